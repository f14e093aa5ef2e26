"""DWP's children in low income families: local authorities, London and England from the newest workbook on gov.uk.

Only relative low income before housing costs is read: by local authority and, where the release has it, by region.
How the tables are found is in `sources.publishers.dwp_workbook`, and how England is made of its regions in
`sources.publishers.dwp_areas`.

Every release restates the past, and the method has changed, so that all figures come from one workbook and the workbook
decides their series: by its first year and the day it was published, which `ask.editions` describes.

Stat-Xplore, with a key from the setting THINDICATORS_STAT_XPLORE_KEY, has the number of children but no percentage. Its
rows have a numerator and no value. `ask.counts` says when they may stand in for the workbook; by default never, because
the last published percentages, marked stale, tell a reader more than counts in their place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sources.publishers import dwp_areas, dwp_counts, dwp_workbook, govuk, stat_xplore
from sources.publishers.dwp_areas import Tables
from sources.reading.files import sheets
from thindicators.errors import SourceError
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.observations.periods import financial_year
from thindicators.plan.model import Indicator

COLLECTION = "/government/collections/children-in-low-income-families-local-area-statistics"
DOCUMENT = re.compile(r"^children in low income families: local area statistics", re.IGNORECASE)
FILE = re.compile(r"^children-in-low-income-families-.*\.(ods|xlsx)$", re.IGNORECASE)

CAUTION = (
    "DWP asks for extra caution when this year is compared with others, because of the pandemic."
)
ONLY_A_COUNT = "Stat-Xplore gives the number of children and no percentage."
ONLY_AUTHORITIES = "Stat-Xplore is asked for local authorities only, and has no percentages."


class Edition(BaseModel):
    """Which workbooks are one series: by their first year and the day they were published."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    series: str
    first_year: int
    published_from: date = date.min
    published_before: date = date.max
    has_regions: bool = Field(False, description="Whether a table by region must be there")
    caution_years: list[int] = Field(
        [],
        description="Years whose figures DWP asks to compare with caution",
    )


class Ask(BaseModel):
    """What an indicator asks of these statistics."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    editions: list[Edition]
    counts: Literal["never", "if_workbook_fails", "instead"] = Field(
        "never",
        description="Counts of Stat-Xplore",
    )
    counts_series: str = ""


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The collection, its newest release and that release's workbook; or counts, where `ask.counts` says so."""
    counts = {one.read_ask(Ask).counts for one in indicators}
    areas = sorted(
        {area for one in indicators for area in one.areas if not dwp_areas.is_larger(area)}
    )
    if "instead" in counts:
        return dwp_counts.fetch(client, areas)
    try:
        return _fetch_workbook(client)
    except SourceError:
        if "if_workbook_fails" not in counts or not client.secrets.get(stat_xplore.KEY):
            raise
    return dwp_counts.fetch(client, areas)


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area and year of the workbook, or of the counts where those were fetched."""
    if dwp_counts.ROLE in snapshots:
        return _read_counts(indicator, snapshots[dwp_counts.ROLE])
    found = sheets(snapshots["workbook"])
    published = dwp_workbook.published(found) or govuk.first_published(snapshots["release page"])
    edition = _edition(
        indicator,
        dwp_workbook.relative_table(found, dwp_workbook.AUTHORITIES),
        published,
    )
    tables = dwp_areas.read_tables(found, edition.has_regions)
    _check_last_year(tables.authorities)
    return [
        _observation(
            indicator,
            area,
            year,
            figure,
            tables,
            edition,
        )
        for area in indicator.areas
        for year, figure in zip(
            tables.years,
            dwp_areas.figures_of(tables, area),
            strict=True,
        )
    ]


def _fetch_workbook(client: Client) -> list[Snapshot]:
    collection = govuk.fetch_page(client, "collection", COLLECTION)
    release = govuk.newest_document(collection, DOCUMENT)
    page = govuk.fetch_page(client, "release page", release.path)
    workbook = govuk.attachment(page, FILE)
    return [collection, page, client.get("workbook", workbook.url, release=release.title)]


def _edition(indicator: Indicator, table: dwp_workbook.Table, published: date) -> Edition:
    first = table.years[0].year
    fitting = [
        edition
        for edition in indicator.read_ask(Ask).editions
        if edition.first_year == first
        and edition.published_from <= published < edition.published_before
    ]
    if len(fitting) != 1:
        raise table.sheet.place().wrong(
            f"a workbook of one of the editions in `ask.editions` of indicators/{indicator.id}.yaml",
            f"one that starts in FYE {first} and was published on {published}, which fits "
            f"{[edition.series for edition in fitting] or 'none'}",
            "read DWP's note on the method of this release; if its figures may be compared with those of an earlier "
            "release, widen that edition, else add a series and an edition.",
        )
    _known_series(indicator, fitting[0].series, "editions")
    return fitting[0]


def _known_series(indicator: Indicator, series: str, field: str) -> str:
    if series not in {one.id for one in indicator.series}:
        raise indicator.wrong(
            "ask",
            f"{field} names the series “{series}”, which is not among the file's `series`",
        )
    return series


def _check_last_year(table: dwp_workbook.Table) -> None:
    release, last = table.snapshot.receipt.release, table.years[-1].year
    if str(last) not in release:
        raise table.sheet.place(table.header).wrong(
            f"the years of the release “{release}”",
            f"years to FYE {last}",
            "see which file the release page links to.",
        )


def _observation(
    indicator: Indicator,
    area: str,
    year: dwp_workbook.Year,
    figure: dwp_workbook.Figure,
    tables: Tables,
    edition: Edition,
) -> Observation:
    caution = CAUTION if year.year in edition.caution_years and figure.value is not None else ""
    return Observation(
        indicator=indicator.id,
        area_code=area,
        period=financial_year(year.year - 1, f"FYE {year.year}"),
        value=figure.value,
        unit=indicator.unit,
        numerator=figure.children,
        denominator=figure.population,
        status=figure.status,
        revision=tables.revision(year) if figure.text else "",
        series=edition.series,
        source_text=figure.text,
        snapshot=tables.snapshot.sha256,
        note=" ".join(filter(None, (figure.note, caution))),
    )


def _read_counts(indicator: Indicator, snapshot: Snapshot) -> list[Observation]:
    series = _known_series(
        indicator,
        indicator.read_ask(Ask).counts_series,
        "counts_series",
    )
    authorities = [area for area in indicator.areas if not dwp_areas.is_larger(area)]
    counts = dwp_counts.read(snapshot, authorities)
    not_asked = [
        dwp_counts.Count(
            area,
            period,
            None,
            "",
            "",
        )
        for area in indicator.areas
        if dwp_areas.is_larger(area)
        for period in dict.fromkeys(count.period for count in counts)
    ]
    return [_count(indicator, count, series, snapshot) for count in (*counts, *not_asked)]


def _count(
    indicator: Indicator,
    count: dwp_counts.Count,
    series: str,
    snapshot: Snapshot,
) -> Observation:
    if not count.text:
        note = ONLY_AUTHORITIES
    else:
        note = ONLY_A_COUNT if count.children else f"{ONLY_A_COUNT} Here it is nil or negligible."
    return Observation(
        indicator=indicator.id,
        area_code=count.area,
        period=count.period,
        value=None,
        unit=indicator.unit,
        numerator=count.children,
        status="x",
        revision=count.revision,
        series=series,
        source_text=count.text,
        snapshot=snapshot.sha256,
        note=note,
    )
