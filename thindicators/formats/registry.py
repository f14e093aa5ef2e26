"""The registry: every format in which figures leave, a row for each.

What belongs here: what a format is called, which of its files a reader is offered, and which
function makes it. To add a format, write a module beside this one with a function that makes its
bytes, and add a row here. Downloads, pages, catalogues and SHA256SUMS follow from the row.

What a format holds belongs in its own module; writing the files belongs in `files`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from thindicators.formats.archive import indicator_archive, plan_archive
from thindicators.formats.csvw import indicator_csvw, plan_csvw, plan_csvw_group
from thindicators.formats.dashboard import example_dashboard
from thindicators.formats.dcat import catalogue
from thindicators.formats.expectations import expectations
from thindicators.formats.json_files import index_json, indicator_json, json_schemas, latest_json
from thindicators.formats.media_types import (
    CSV,
    CSVW,
    HTML,
    JSON,
    JSON_LD,
    PARQUET,
    SQL,
    TEXT,
    XLSX,
    ZIP,
)
from thindicators.formats.openapi import openapi
from thindicators.formats.plan_workbook import plan_workbook
from thindicators.formats.published import Published, PublishedPlan
from thindicators.formats.queries import duckdb, power_bi
from thindicators.formats.workbook import begin_workbook
from thindicators.helper import Begun


@dataclass(frozen=True)
class IndicatorFormat:
    """A file that every indicator has, and that every reader is offered.

    Attributes:
        title: For people.
        media_type: By IANA's registry.
        file_name: With `{id}` for the indicator's id.
        content: Makes its bytes, or begins to where that takes long. None for the three files of
            the data package itself, which `release.data_packages` writes first because all others
            are made from them.
        portal_type: Its entry in the European Union's list of file types, by which data portals
            sort what they harvest; empty if catalogues leave it out.
    """

    title: str
    media_type: str
    file_name: str
    content: Callable[[Published], bytes | Begun[bytes]] | None
    portal_type: str = ""

    def path(self, indicator: str) -> str:
        """Of an indicator's file, within the release."""
        return f"indicators/{indicator}/{self.file_name.format(id=indicator)}"


@dataclass(frozen=True)
class PlanFormat:
    """One file, or several of a kind, about the whole plan.

    Attributes:
        title: For people.
        media_type: By IANA's registry.
        contents: Makes the bytes of each file, by its path within the release.
        is_download: Whether it stands in the list of downloads, among the tables.
        portal_type: As of an indicator's format.
    """

    title: str
    media_type: str
    contents: Callable[[PublishedPlan], Mapping[str, bytes]]
    is_download: bool = False
    portal_type: str = ""


TABLE = IndicatorFormat(
    title="CSV",
    media_type=CSV,
    file_name="{id}.csv",
    content=None,
    portal_type="CSV",
)
PARQUET_TABLE = IndicatorFormat(
    title="Parquet",
    media_type=PARQUET,
    file_name="{id}.parquet",
    content=None,
    portal_type="PARQUET",
)
DESCRIPTOR = IndicatorFormat(
    title="Description of the data package",
    media_type=JSON,
    file_name="datapackage.json",
    content=None,
)

OF_AN_INDICATOR: tuple[IndicatorFormat, ...] = (
    TABLE,
    IndicatorFormat(
        title="Excel workbook",
        media_type=XLSX,
        file_name="{id}.xlsx",
        content=begin_workbook,
        portal_type="XLSX",
    ),
    IndicatorFormat(
        title="JSON for charts",
        media_type=JSON,
        file_name="{id}.json",
        content=indicator_json,
        portal_type="JSON",
    ),
    PARQUET_TABLE,
    IndicatorFormat(
        title="Data package",
        media_type=ZIP,
        file_name="{id}.zip",
        content=indicator_archive,
        portal_type="ZIP",
    ),
    DESCRIPTOR,
    IndicatorFormat(
        title="Description of the CSV",
        media_type=CSVW,
        file_name="{id}.csv-metadata.json",
        content=indicator_csvw,
    ),
    IndicatorFormat(
        title="Checks for Great Expectations",
        media_type=JSON,
        file_name="{id}.expectations.json",
        content=expectations,
    ),
)
"""The most wanted first: in this order a reader is offered them."""

OF_THE_PLAN: tuple[PlanFormat, ...] = (
    PlanFormat(
        title="The whole data package",
        media_type=ZIP,
        contents=plan_archive,
    ),
    PlanFormat(
        title="Description of a CSV",
        media_type=CSVW,
        contents=plan_csvw,
    ),
    PlanFormat(
        title="Description of all CSV files",
        media_type=CSVW,
        contents=plan_csvw_group,
    ),
    PlanFormat(
        title="List of all indicators",
        media_type=JSON,
        contents=index_json,
    ),
    PlanFormat(
        title="All indicators by year, as Excel workbook",
        media_type=XLSX,
        contents=plan_workbook,
        is_download=True,
    ),
    PlanFormat(
        title="All tables in Power BI: a query to copy",
        media_type=TEXT,
        contents=power_bi,
        is_download=True,
    ),
    PlanFormat(
        title="All tables in DuckDB: views to create",
        media_type=SQL,
        contents=duckdb,
        is_download=True,
    ),
    PlanFormat(
        title="Latest figures, as JSON",
        media_type=JSON,
        contents=latest_json,
        is_download=True,
    ),
    PlanFormat(
        title="JSON Schema",
        media_type=JSON,
        contents=json_schemas,
    ),
    PlanFormat(
        title="Description of the addresses for programs (OpenAPI)",
        media_type=JSON,
        contents=openapi,
        is_download=True,
    ),
    PlanFormat(
        title="Example dashboard",
        media_type=HTML,
        contents=example_dashboard,
    ),
    PlanFormat(
        title="Catalogue for data portals",
        media_type=JSON_LD,
        contents=catalogue,
    ),
)
"""The catalogue comes last: it lists what was written before it."""
