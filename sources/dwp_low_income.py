"""DWP's children in low income families: the local authority table of the newest workbook on gov.uk.

The relative, before-housing-costs table by local authority is the only one read; how it is found is in
`sources.publishers.dwp_workbook`.

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

from sources.publishers import dwp_workbook, govuk, stat_xplore
from sources.reading import Place, sheets
from thindicators.errors import SourceError
from thindicators.http import Client
from thindicators.observations import Observation
from thindicators.periods import financial_year, read_split_year
from thindicators.plan import Indicator
from thindicators.snapshots import Snapshot

COLLECTION = "/government/collections/children-in-low-income-families-local-area-statistics"
DOCUMENT = re.compile(r"^children in low income families: local area statistics", re.IGNORECASE)
FILE = re.compile(r"^children-in-low-income-families-.*\.(ods|xlsx)$", re.IGNORECASE)

DATABASE = "str:database:CILIF_REL"
MEASURE = "str:count:CILIF_REL:V_F_CILIF_REL"
YEAR_FIELD = "str:field:CILIF_REL:F_CILIF_DATE:DATE_NAME"
AREA_FIELD = "str:field:CILIF_REL:V_F_CILIF_REL:COA"
AGE_FIELD = "str:field:CILIF_REL:V_F_CILIF_REL:CHILD_AGE"
AGES = ("0-4", "5-10", "11-15")
AGE_IDS = tuple(f"{AGE_FIELD.replace('field', 'value', 1)}:C_CILIF_AGE_BAND:{band}" for band in (1, 2, 3))

CAUTION_YEARS = range(2021, 2024)
CAUTION = (
    "In its releases of 2022 to 2024 DWP asked for extra caution when this year is compared with others, because of "
    "the pandemic."
)
ONLY_A_COUNT = "Stat-Xplore gives the number of children and no percentage."

_RELATIVE = re.compile(r"^(?!.*(ahc|after housing costs)).*\brelative\b", re.IGNORECASE)
_VALUE_SET = re.compile(r":V_C_MASTERGEOG\d+_LA_TO_\w+$")
_REMEDY = "build the same table on stat-xplore.dwp.gov.uk and adapt the ids in sources/dwp_low_income.py."


class Edition(BaseModel):
    """Which workbooks are one series: by their first year and the day they were published."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    series: str
    first_year: int
    published_from: date = date.min
    published_before: date = date.max


class Ask(BaseModel):
    """What an indicator asks of these statistics."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    editions: list[Edition]
    counts: Literal["never", "if_workbook_fails", "instead"] = Field("never", description="Counts of Stat-Xplore")
    counts_series: str = ""


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The collection, its newest release and that release's workbook; or counts, where `ask.counts` says so."""
    counts = {one.read_ask(Ask).counts for one in indicators}
    areas = sorted({area for one in indicators for area in one.areas})
    if "instead" in counts:
        return _fetch_counts(client, areas)
    try:
        return _fetch_workbook(client)
    except SourceError:
        if "if_workbook_fails" not in counts or not client.secrets.get(stat_xplore.KEY):
            raise
    return _fetch_counts(client, areas)


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area and year of the workbook, or of the counts where those were fetched."""
    if "counts" in snapshots:
        return _read_counts(indicator, snapshots["counts"])
    found = sheets(snapshots["workbook"])
    table = dwp_workbook.read_table(dwp_workbook.relative_authorities(found))
    published = dwp_workbook.published(found) or govuk.first_published(snapshots["release page"])
    series = _series(indicator, table, published)
    _check_last_year(table)
    rows = {area: table.row_of(area) for area in indicator.areas}
    fractions = dwp_workbook.are_fractions(table)
    return [
        _observation(indicator, area, table, year, dwp_workbook.read_figure(table, index, year, fractions), series)
        for area, index in rows.items()
        for year in table.years
    ]


def _fetch_workbook(client: Client) -> list[Snapshot]:
    collection = govuk.fetch_page(client, "collection", COLLECTION)
    release = govuk.newest_document(collection, DOCUMENT)
    page = govuk.fetch_page(client, "release page", release.path)
    workbook = govuk.attachment(page, FILE)
    return [collection, page, client.get("workbook", workbook.url, release=release.title)]


def _series(indicator: Indicator, table: dwp_workbook.Table, published: date) -> str:
    first = table.years[0].year
    fitting = [
        edition.series
        for edition in indicator.read_ask(Ask).editions
        if edition.first_year == first and edition.published_from <= published < edition.published_before
    ]
    if len(fitting) != 1:
        raise table.sheet.place().wrong(
            f"a workbook of one of the editions in `ask.editions` of indicators/{indicator.id}.yaml",
            f"one that starts in FYE {first} and was published on {published}, which fits {fitting or 'none'}",
            "read DWP's note on the method of this release; if its figures may be compared with those of an earlier "
            "release, widen that edition, else add a series and an edition.",
        )
    return _known_series(indicator, fitting[0], "editions")


def _known_series(indicator: Indicator, series: str, field: str) -> str:
    if series not in {one.id for one in indicator.series}:
        raise indicator.wrong("ask", f"{field} names the series “{series}”, which is not among the file's `series`")
    return series


def _check_last_year(table: dwp_workbook.Table) -> None:
    release, last = table.snapshot.receipt.release, table.years[-1].year
    if str(last) not in release:
        raise table.sheet.place(table.header).wrong(
            f"the years of the release “{release}”", f"years to FYE {last}", "see which file the release page links to."
        )


def _observation(
    indicator: Indicator,
    area: str,
    table: dwp_workbook.Table,
    year: dwp_workbook.Year,
    figure: dwp_workbook.Figure,
    series: str,
) -> Observation:
    return Observation(
        indicator=indicator.id,
        area_code=area,
        period=financial_year(year.year - 1, f"FYE {year.year}"),
        value=figure.value,
        unit=indicator.unit,
        numerator=figure.children,
        status=figure.status,
        revision=year.revision,
        series=series,
        source_text=figure.text,
        snapshot=table.snapshot.sha256,
        note=CAUTION if year.year in CAUTION_YEARS else "",
    )


def _fetch_counts(client: Client, areas: Sequence[str]) -> list[Snapshot]:
    geography = stat_xplore.fetch_schema(client, "geography", AREA_FIELD)
    known = stat_xplore.read_schema(geography)
    value_sets = sorted(one for one in known if _VALUE_SET.search(one))
    if not value_sets:
        raise Place(geography).wrong("a value set of local authorities, …_LA_TO_…", sorted(known), _REMEDY)
    prefix = value_sets[-1].replace("valueset", "value", 1)
    fields: dict[str, list[Sequence[str]]] = {
        YEAR_FIELD: [],
        AREA_FIELD: [[f"{prefix}:{area}"] for area in areas],
        AGE_FIELD: [AGE_IDS],
    }
    return [geography, stat_xplore.fetch_table(client, "counts", DATABASE, MEASURE, fields)]


def _read_counts(indicator: Indicator, snapshot: Snapshot) -> list[Observation]:
    place, table = Place(snapshot), stat_xplore.read_table(snapshot)
    if not _RELATIVE.search(table.label):
        raise place.wrong("counts of relative low income before housing costs", f"“{table.label}”", _REMEDY)
    if set(table.fields) != {YEAR_FIELD, AREA_FIELD, AGE_FIELD} or MEASURE not in table.cells:
        raise place.wrong("counts by year, area and age", [*table.fields, *table.cells], _REMEDY)
    series = _known_series(indicator, indicator.read_ask(Ask).counts_series, "counts_series")
    found = [_count(indicator, cell, snapshot, series) for cell in table.cells[MEASURE] if not _is_total(cell)]
    areas = {one.area_code for one in found}
    if areas != set(indicator.areas):
        raise place.wrong(f"counts for {', '.join(indicator.areas)}", sorted(areas), _REMEDY)
    return found


def _is_total(cell: stat_xplore.Cell) -> bool:
    return any(not item.ids for item in cell.items.values())


def _count(indicator: Indicator, cell: stat_xplore.Cell, snapshot: Snapshot, series: str) -> Observation:
    place = Place(snapshot)
    year, area, age = (cell.items[name] for name in (YEAR_FIELD, AREA_FIELD, AGE_FIELD))
    if tuple("-".join(re.findall(r"\d+", label)) for label in age.labels) != AGES:
        raise place.wrong(f"the ages {AGES} as one group", age.labels, _REMEDY)
    try:
        period = financial_year(read_split_year(year.labels[0]), year.labels[0])
    except ValueError as problem:
        raise place.wrong("a financial year such as 2021/22", problem, _REMEDY) from None
    return Observation(
        indicator=indicator.id,
        area_code=area.codes[0],
        period=period,
        value=None,
        unit=indicator.unit,
        numerator=cell.value or None,
        status="x",
        revision=next((key for key in cell.annotations if key in ("p", "r")), ""),
        series=series,
        source_text=str(cell.value),
        snapshot=snapshot.sha256,
        note=ONLY_A_COUNT if cell.value else f"{ONLY_A_COUNT} Here it is nil or negligible.",
    )
