"""Areas in DWP's workbooks of children in low income families: in which table each has its figures, if in any.

What belongs here: local authorities have a row in one table and, since the release of 2026, regions in another; England
has a row in none. Its percentage is made here from the regions' rows where they tell it exactly. How a table is found
and read is in `dwp_workbook`.

A number divided by its share is the children who live in the area, a whole number, as long as the share was not
rounded. So the nine regions give England's numerator and denominator both. That they are all of England is checked by
the United Kingdom, whose children must be those of the nine regions and of the three other nations together. (The
numbers of children in low income do not add up so: each is disturbed a little against disclosure. In 2026 those of the
twelve areas were within two of the 2.4 million of the United Kingdom.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sources.publishers.dwp_workbook import (
    AUTHORITIES,
    ENGLAND,
    REGIONS,
    UNITED_KINGDOM,
    Figure,
    Table,
    Year,
    all_are_provisional,
    read_figure,
    relative_sheets,
    relative_table,
)
from sources.reading.files import Sheet
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import percent

REGIONS_OF_ENGLAND = tuple(f"E1200000{number}" for number in range(1, 10))
OTHER_NATIONS = ("W92000004", "S92000003", "N92000002")

NO_REGIONS = (
    "DWP's workbook of this release has no table by region, and so no figure for London or England."
)
NOT_IN_ENGLAND = "DWP's workbook has no row for England"
ROUNDED = f"{NOT_IN_ENGLAND}, and this release rounds the regions' shares, so that England's cannot be worked out."
NOT_ALL = f"{NOT_IN_ENGLAND}, and the regions of this release do not add up to the whole of it."
MADE = (
    f"{NOT_IN_ENGLAND}. This project has added up its nine regions: {{children:,.0f}} of {{population:,.0f}} children. "
    "How many children a region has follows from its number and its unrounded share."
)
_LARGEST_DISTURBANCE = 100
"""By how many children the areas' numbers may miss that of the United Kingdom; they are disturbed one by one."""


@dataclass(frozen=True)
class Tables:
    """What is read of a workbook.

    Attributes:
        authorities: Relative low income before housing costs by local authority.
        regions: Relative low income before housing costs by region, where the release has it.
        all_provisional: Whether the workbook's notes say so of all figures.
    """

    authorities: Table
    regions: Table | None
    all_provisional: bool

    @property
    def years(self) -> tuple[Year, ...]:
        """The years of the workbook, in order."""
        return self.authorities.years

    def revision(self, year: Year) -> str:
        """`p` or `r` where the notes or the headers of a year say so."""
        return "p" if self.all_provisional else year.revision

    @property
    def snapshot(self) -> Snapshot:
        """The workbook."""
        return self.authorities.snapshot


def read_tables(sheets: Sequence[Sheet], has_regions: bool) -> Tables:
    """The tables of a workbook.

    Args:
        sheets: Of the workbook.
        has_regions: Whether workbooks of this edition are known to have a table by region.

    Raises:
        SourceError: If a table is missing, two fit, they are of different years, or nothing says what is provisional.
    """
    authorities = relative_table(sheets, AUTHORITIES)
    regions = None
    # Where an edition is known to have regions, a workbook without them is refused.
    if has_regions or relative_sheets(sheets, REGIONS):
        regions = relative_table(sheets, REGIONS)
    tables = Tables(
        authorities=authorities,
        regions=regions,
        all_provisional=all_are_provisional(sheets),
    )
    _check_years(tables)
    _check_revisions(tables)
    return tables


def is_larger(area: str) -> bool:
    """Whether an area is a region or a nation."""
    is_region = area.startswith("E12")
    is_nation = area[1:3] == "92"
    return is_region or is_nation or area == UNITED_KINGDOM


def figures_of(tables: Tables, area: str) -> list[Figure]:
    """The figures of an area, one for each year.

    Raises:
        SourceError: If the table that must have the area has no row for it, or several.
    """
    if not is_larger(area):
        return _read(tables.authorities, area)
    if tables.regions is None:
        return [_missing(NO_REGIONS) for _ in tables.years]
    if area == ENGLAND and not tables.regions.has(area):
        return [_england(tables.regions, year) for year in tables.regions.years]
    return _read(tables.regions, area)


def _read(table: Table, area: str) -> list[Figure]:
    index = table.row_of(area)
    return [read_figure(table, index, year) for year in table.years]


def _missing(because: str) -> Figure:
    return Figure(
        value=None,
        status="x",
        children=None,
        population=None,
        text="",
        note=because,
    )


def _england(table: Table, year: Year) -> Figure:
    """England's figure from its regions, or the reason why they do not tell it."""
    # From a rounded share the children of a region cannot be told.
    if not table.unrounded:
        return _missing(ROUNDED)
    regions = [_figure_of(table, area, year) for area in REGIONS_OF_ENGLAND]
    others = [_figure_of(table, area, year) for area in OTHER_NATIONS]
    kingdom = _figure_of(table, UNITED_KINGDOM, year)
    if not _are_all(kingdom, [*regions, *others]):
        return _missing(NOT_ALL)
    children = _children(regions)
    population = _population(regions)
    return Figure(
        value=percent(children / population),
        status="",
        children=children,
        population=population,
        text=f"{children:.0f} / {population:.0f}",
        note=MADE.format(children=children, population=population),
    )


def _children(parts: Iterable[Figure]) -> float:
    return sum(part.children or 0 for part in parts)


def _population(parts: Iterable[Figure]) -> float:
    return sum(part.population or 0 for part in parts)


def _figure_of(
    table: Table,
    area: str,
    year: Year,
) -> Figure:
    return read_figure(table, table.row_of(area), year)


def _are_all(kingdom: Figure, parts: Sequence[Figure]) -> bool:
    """Whether parts have figures and are the United Kingdom: all its children, and nearly all in low income."""
    for figure in (kingdom, *parts):
        if figure.children is None or figure.population is None:
            return False
    if _population(parts) != kingdom.population:
        return False
    # The numbers in low income are disturbed one by one, the populations are not.
    missed = _children(parts) - (kingdom.children or 0)
    return abs(missed) <= _LARGEST_DISTURBANCE


def _check_years(tables: Tables) -> None:
    if tables.regions is None:
        return
    years = [column.year for column in tables.authorities.years]
    others = [column.year for column in tables.regions.years]
    if years != others:
        raise tables.regions.sheet.place(tables.regions.header).wrong(
            f"the years of the table by local authority, {years}",
            others,
            "look at the workbook.",
        )


def _check_revisions(tables: Tables) -> None:
    """Something must say which figures are provisional: the latest have been so in every release."""
    if tables.all_provisional or any(year.revision for year in tables.years):
        return
    raise tables.authorities.sheet.place(tables.authorities.header).wrong(
        "[p] in the header of a year, or “Figures within these tables are provisional” in the sheet of notes",
        "neither",
        "read the workbook's notes; if they say it in other words, add those to sources/publishers/dwp_workbook.py.",
    )
