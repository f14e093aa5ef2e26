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
from thindicators.observations.periods import Period, financial_year
from thindicators.plan.model import Indicator

COLLECTION = "/government/collections/children-in-low-income-families-local-area-statistics"
# The collection has other documents too, such as those on the method.
DOCUMENT = re.compile(r"^children in low income families: local area statistics", re.IGNORECASE)
# The id in its address changes with each release, and 2026 left the “to” out of the name.
FILE = re.compile(r"^children-in-low-income-families-.*\.(ods|xlsx)$", re.IGNORECASE)

CAUTION = (
    "DWP asks for extra caution when this year is compared with others, because of the pandemic."
)
ONLY_A_COUNT = "Stat-Xplore gives the number of children and no percentage."
ONLY_AUTHORITIES = "Stat-Xplore is asked for local authorities only, and has no percentages."


class Edition(BaseModel):
    """Which workbooks are one series: by their first year and the day they were published."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
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

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    editions: list[Edition]
    counts: Literal["never", "if_workbook_fails", "instead"] = Field(
        "never",
        description="Counts of Stat-Xplore",
    )
    counts_series: str = ""


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The collection, its newest release and that release's workbook; or counts, where `ask.counts` says so."""
    counts = {indicator.read_ask(Ask).counts for indicator in indicators}
    areas = {area for indicator in indicators for area in indicator.areas}
    authorities = sorted(area for area in areas if not dwp_areas.is_larger(area))
    if "instead" in counts:
        return dwp_counts.fetch(client, authorities)
    try:
        return _fetch_workbook(client)
    except SourceError:
        # Without a key the failure of the workbook says more than the want of a key.
        if "if_workbook_fails" not in counts or not client.secrets.get(stat_xplore.KEY):
            raise
    return dwp_counts.fetch(client, authorities)


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area and year of the workbook, or of the counts where those were fetched."""
    if dwp_counts.ROLE in snapshots:
        return _read_counts(indicator, snapshots[dwp_counts.ROLE])
    workbook = sheets(snapshots["workbook"])
    # The workbook's own day comes first: a page may be of several workbooks.
    published = dwp_workbook.published(workbook)
    if published is None:
        published = govuk.first_published(snapshots["release page"])
    table = dwp_workbook.relative_table(workbook, dwp_workbook.AUTHORITIES)
    edition = _edition(indicator, table, published)
    tables = dwp_areas.read_tables(workbook, edition.has_regions)
    _check_last_year(tables.authorities)
    observations: list[Observation] = []
    peers = [peer for peer in indicator.peers if tables.authorities.has(peer)]
    for area in (*indicator.areas, *peers):
        figures = dwp_areas.figures_of(tables, area)
        for year, figure in zip(tables.years, figures, strict=True):
            observation = _observation(
                indicator,
                area,
                year,
                figure,
                tables,
                edition,
            )
            observations.append(observation)
    return observations


def _fetch_workbook(client: Client) -> list[Snapshot]:
    collection = govuk.fetch_page(client, "collection", COLLECTION)
    release = govuk.newest_document(collection, DOCUMENT)
    page = govuk.fetch_page(client, "release page", release.path)
    workbook = govuk.attachment(page, FILE)
    return [collection, page, client.get("workbook", workbook.url, release=release.title)]


def _edition(
    indicator: Indicator,
    table: dwp_workbook.Table,
    published: date,
) -> Edition:
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
    _check_series(indicator, fitting[0].series, "editions")
    return fitting[0]


def _check_series(
    indicator: Indicator,
    series_id: str,
    field: str,
) -> None:
    if series_id not in {series.id for series in indicator.series}:
        raise indicator.wrong(
            "ask",
            f"{field} names the series “{series_id}”, which is not among the file's `series`",
        )


def _check_last_year(table: dwp_workbook.Table) -> None:
    release = table.snapshot.receipt.release
    last = table.years[-1].year
    # The workbook of another year would pass for this release's.
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
    needs_caution = year.year in edition.caution_years and figure.value is not None
    notes = [figure.note, CAUTION if needs_caution else ""]
    return Observation(
        indicator=indicator.id,
        area_code=area,
        # A year is called by its end: FYE 2025 began in April 2024.
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
        note=" ".join(filter(None, notes)),
    )


def _read_counts(indicator: Indicator, snapshot: Snapshot) -> list[Observation]:
    series = indicator.read_ask(Ask).counts_series
    _check_series(indicator, series, "counts_series")
    authorities = [area for area in indicator.areas if not dwp_areas.is_larger(area)]
    counts = dwp_counts.read(snapshot, authorities)
    periods = list(dict.fromkeys(count.period for count in counts))
    for area in indicator.areas:
        if dwp_areas.is_larger(area):
            # Rows without a count say why there is none, instead of being absent.
            counts += [_not_asked(area, period) for period in periods]
    return [
        _count(
            indicator,
            count,
            series,
            snapshot,
        )
        for count in counts
    ]


def _not_asked(area: str, period: Period) -> dwp_counts.Count:
    return dwp_counts.Count(
        area=area,
        period=period,
        children=None,
        revision="",
        text="",
    )


def _count(
    indicator: Indicator,
    count: dwp_counts.Count,
    series: str,
    snapshot: Snapshot,
) -> Observation:
    note = ONLY_A_COUNT
    if not count.text:
        note = ONLY_AUTHORITIES
    elif not count.children:
        note = f"{ONLY_A_COUNT} Here it is nil or negligible."
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
