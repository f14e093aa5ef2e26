"""Gross disposable household income per head, from two workbooks of the Office for National Statistics.

The table of local authorities has no row for a region or a country; the table of all regions has both, under the codes
of the International Territorial Levels (TL…, before 2021 NUTS codes, UK…) instead of GSS codes. Both belong to one
release a year, in August or September, and every release restates all years. So both must show the same years, and the
same figures for an authority that has a row in both: else they are of different releases, and are not put side by side.

The number of the sheet, the row of the header and the words above it change with the release, so that the table is
found by what these words say. Another table says the same of the components of income: its header has a column of
transactions. The header of the last year may carry the digit of a footnote (“20181”); that year is provisional.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from sources.publishers import ons
from sources.reading.areas import code_among
from sources.reading.files import Place, Sheet, number, sheets, words
from thindicators import plain_numbers
from thindicators.areas.register import register
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.observations.periods import calendar_year
from thindicators.plan.model import Indicator

SOURCE = "ons_gdhi"
AUTHORITIES = "local authorities"
REGIONS = "regions"
# “[u]” and “[x]” have been seen in Scottish rows only.
MISSING = {"-": "x", "[x]": "x", "[u]": "u"}
"""The publisher's signs for a figure that is not there, and the status that each means."""

NOTES = {
    "x": "The publisher has no figure for this area and year.",
    "u": "The publisher keeps this figure back, because it is too uncertain.",
}
ROUNDING = 1
"""In pounds: how far the same figure may differ between the two workbooks."""

_DATASETS = "/economy/regionalaccounts/grossdisposablehouseholdincome/datasets"
_AUTHORITY = re.compile(r"E0[6-9][0-9]{6}")
# NUTS codes gave way to ITL codes in 2021.
_CODE_COLUMNS = {
    AUTHORITIES: re.compile(r"(lad|la|local authority) code"),
    REGIONS: re.compile(r"(itl|nuts) code"),
}
_NAME_COLUMN = re.compile(r"(region|area) name")
# The header of the last year has been “20181”, with the digit of a footnote.
_YEAR = re.compile(r"((?:19|20)[0-9]{2})(?:[0-9]|\D.*)?")
_TRANSACTION = re.compile(r"transaction( code)?")
_PER_HEAD = re.compile(r"\bper head\b")
_RESIDENTS = re.compile(r"\bresident population numbers\b")
# The same workbook has totals, indices and growth of the same income.
_OTHERS = re.compile(
    r"growth|ind(ex|ices)|per ?cent|million|constant prices|chained|real terms|component"
)
_REMEDY = "look at the workbook; if its layout has changed, sources/ons_gdhi.py must be adapted."
_OF_TWO_RELEASES = (
    "the two workbooks are of different releases; refresh when the publisher has put out both."
)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Ask(_Model):
    """Where the two workbooks are, as pages of the website."""

    authorities: str = f"{_DATASETS}/regionalgrossdisposablehouseholdincomelocalauthorities"
    regions: str = f"{_DATASETS}/regionalgrossdisposablehouseholdincomegdhi"


@dataclass(frozen=True)
class Residents:
    """The people of an area in the middle of a year: how many, and what the cell says letter for letter."""

    count: int
    text: str


@dataclass(frozen=True)
class Table:
    """A table of areas by year in a workbook.

    Attributes:
        header: Index of its row.
        code, name: Indexes of the columns of codes and of names.
        years: Index of each year's column.
    """

    sheet: Sheet
    header: int
    code: int
    name: int
    years: Mapping[int, int]

    def code_of(self, council: str) -> str:
        """The code by which the table has a council."""
        return code_among(self._indexes_by_code, council)

    def rows_with(self, codes: Sequence[str]) -> list[int]:
        """The indexes of the rows with one of these codes."""
        indexes: list[int] = []
        for code in codes:
            indexes += self._indexes_by_code.get(code, [])
        return indexes

    @cached_property
    def _indexes_by_code(self) -> Mapping[str, list[int]]:
        # Once: a plan may ask for hundreds of councils.
        first = self.header + 1
        indexes_by_code: dict[str, list[int]] = defaultdict(list)
        for index, row in enumerate(self.sheet.rows[first:], first):
            indexes_by_code[words(row[self.code])].append(index)
        return dict(indexes_by_code)

    def row_of(self, codes: Sequence[str]) -> int:
        """The index of the one row with one of these codes.

        Raises:
            SourceError: If there is none, or several.
        """
        indices = self.rows_with(codes)
        if len(indices) != 1:
            raise self.sheet.place().wrong(
                f"one row with the code {' or '.join(codes)}",
                f"{len(indices)} rows",
                _REMEDY,
            )
        return indices[0]

    def figure(self, index: int, year: int) -> float | None:
        """The number of a row in a year; None where the publisher has none.

        Raises:
            SourceError: If the cell is neither a number nor a sign for a missing one.
        """
        cell = self.sheet.rows[index][self.years[year]]
        if words(cell) in MISSING:
            return None
        return number(cell, self.place(index, year))

    def status(self, index: int, year: int) -> str:
        """Why a row has no figure in a year; empty if it has one."""
        cell = self.sheet.rows[index][self.years[year]]
        return MISSING.get(words(cell), "")

    def place(self, index: int, year: int) -> Place:
        """Where the figure of a row in a year stands."""
        header = self.sheet.rows[self.header]
        return self.sheet.place(index, words(header[self.years[year]]))


@dataclass(frozen=True)
class TableRow:
    """One area's row, in the table that has the area."""

    table: Table
    index: int


@dataclass(frozen=True)
class _Candidate:
    """A sheet with a table of areas by year, of whatever kind, and the index of its header."""

    sheet: Sheet
    header: int


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """For each workbook: its data set's page, the newest edition, and the workbook."""
    # An indicator that divides by the residents in the workbook asks for nothing else of it.
    own = [indicator for indicator in indicators if indicator.source == SOURCE]
    ask = own[0].read_ask(Ask) if own else Ask()
    return [
        *ons.fetch_workbook(client, AUTHORITIES, ask.authorities),
        *ons.fetch_workbook(client, REGIONS, ask.regions),
    ]


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area and year."""
    indicator.read_ask(Ask)
    authorities = read_table(snapshots[AUTHORITIES], AUTHORITIES)
    regions = read_table(snapshots[REGIONS], REGIONS)
    _check_one_release(
        indicator,
        authorities,
        regions,
    )
    rows = {area: _row_of(indicator, area, authorities, regions) for area in indicator.areas}
    for peer in indicator.peers:
        if authorities.rows_with([authorities.code_of(peer)]):
            rows[peer] = _row_of(indicator, peer, authorities, regions)
    observations: list[Observation] = []
    for area, row in rows.items():
        for year in row.table.years:
            observation = _observation(
                indicator,
                area,
                row,
                year,
            )
            observations.append(observation)
    return observations


def residents(
    indicator: Indicator,
    snapshots: Mapping[str, Snapshot],
) -> dict[tuple[str, int], Residents]:
    """The people by whom income is divided, by area and year: ONS' mid-year estimates, in the workbook of regions.

    Raises:
        SourceError: If the workbook has no table of them, or has not an area of the indicator.
    """
    table = read_table(
        snapshots[REGIONS],
        REGIONS,
        _is_of_residents,
        "one table that says “resident population numbers”",
    )
    people: dict[tuple[str, int], Residents] = {}
    for area in indicator.areas:
        index = _row_of_region(indicator, area, table)
        for year in table.years:
            count = table.figure(index, year)
            if count is not None:
                text = words(table.sheet.rows[index][table.years[year]])
                people[area, year] = Residents(round(count), text)
    return people


def _is_of_residents(candidate: _Candidate) -> bool:
    return bool(_RESIDENTS.search(_words_above(candidate)))


def _words_above(candidate: _Candidate) -> str:
    """What stands above the header of a table, in small letters."""
    rows = candidate.sheet.rows[: candidate.header]
    return " ".join(words(cell).lower() for row in rows for cell in row)


def _is_per_head(candidate: _Candidate) -> bool:
    """Whether a table is of income per head, by the words above its header and by the header itself."""
    above = _words_above(candidate)
    # The components of income per head have the same title, and a column of transactions.
    headers = [words(cell).lower() for cell in candidate.sheet.rows[candidate.header]]
    is_of_components = any(map(_TRANSACTION.fullmatch, headers))
    is_per_head = _PER_HEAD.search(above) and not _OTHERS.search(above)
    return bool(is_per_head) and not is_of_components


def read_table(
    snapshot: Snapshot,
    role: str,
    is_wanted: Callable[[_Candidate], bool] = _is_per_head,
    expected: str = "one table that says “per head”, and not growth, an index or components",
) -> Table:
    """The one table that is wanted: by default that of income per head, not of its growth, index or components.

    Raises:
        SourceError: If no table says so, or several, or its header is not as it should be.
    """
    candidates: list[_Candidate] = []
    for sheet in sheets(snapshot):
        header = _header(sheet, role)
        if header is not None:
            candidates.append(_Candidate(sheet, header))
    fitting = [candidate for candidate in candidates if is_wanted(candidate)]
    if len(fitting) != 1:
        raise Place(snapshot).wrong(
            expected,
            f"{len(fitting)} among {[_title(candidate.sheet) for candidate in candidates]}",
            _REMEDY,
        )
    sheet = fitting[0].sheet
    header = fitting[0].header
    return Table(
        sheet=sheet,
        header=header,
        code=_column(sheet, header, _CODE_COLUMNS[role]),
        name=_column(sheet, header, _NAME_COLUMN),
        years=_years(sheet, header),
    )


def _header(sheet: Sheet, role: str) -> int | None:
    """The index of the row with a column of codes and columns of years; None for a sheet without a table."""
    for index, row in enumerate(sheet.rows):
        cells = [words(cell).lower() for cell in row]
        has_codes = any(map(_CODE_COLUMNS[role].fullmatch, cells))
        if has_codes and any(map(_YEAR.fullmatch, cells)):
            return index
    return None


def _title(sheet: Sheet) -> str:
    """The first row that is not empty, as one text."""
    for row in sheet.rows:
        text = " ".join(filter(None, map(words, row)))
        if text:
            return text
    return ""


def _column(
    sheet: Sheet,
    header: int,
    pattern: re.Pattern[str],
) -> int:
    cells = [words(cell) for cell in sheet.rows[header]]
    columns = [index for index, cell in enumerate(cells) if pattern.fullmatch(cell.lower())]
    if len(columns) != 1:
        raise sheet.place(header).wrong(
            f"one column named like “{pattern.pattern}”",
            cells,
            _REMEDY,
        )
    return columns[0]


def _years(sheet: Sheet, header: int) -> dict[int, int]:
    """Columns by year, from the first four digits of each header; a year may not be missing or come twice."""
    cells = [words(cell) for cell in sheet.rows[header]]
    years: list[int] = []
    columns: list[int] = []
    for index, cell in enumerate(cells):
        match = _YEAR.fullmatch(cell)
        if match:
            years.append(plain_numbers.year(match[1]))
            columns.append(index)
    if years != list(range(years[0], years[0] + len(years))):
        raise sheet.place(header).wrong(
            "years that follow each other",
            cells,
            _REMEDY,
        )
    return dict(zip(years, columns, strict=True))


def _check_one_release(
    indicator: Indicator,
    authorities: Table,
    regions: Table,
) -> None:
    """Both workbooks show the same years, and the same figures for an authority that is in both."""
    if list(authorities.years) != list(regions.years):
        raise regions.sheet.place(regions.header).wrong(
            f"the years of the local authorities, {min(authorities.years)} to {max(authorities.years)}",
            f"{min(regions.years)} to {max(regions.years)}",
            _OF_TWO_RELEASES,
        )
    # The same years are not enough: every release restates all of them.
    in_both = _in_both(indicator, authorities, regions)
    if not in_both:
        raise regions.sheet.place(regions.header).wrong(
            "one local authority that is in both workbooks",
            "none",
            _REMEDY,
        )
    for area in in_both:
        own_row = TableRow(authorities, authorities.row_of([authorities.code_of(area)]))
        other_row = TableRow(
            regions,
            _row_of_region(indicator, area, regions),
        )
        for year in authorities.years:
            _check_same(own_row, other_row, year)


def _in_both(
    indicator: Indicator,
    authorities: Table,
    regions: Table,
) -> list[str]:
    """The expected authorities that are in both workbooks; where none is, any council that is."""
    own = [area for area in indicator.areas if _AUTHORITY.fullmatch(area) and register()[area].itl]
    if own:
        return own
    for code, area in register().by_code.items():
        is_in_one = bool(_AUTHORITY.fullmatch(code) and authorities.rows_with([code]))
        if is_in_one and regions.rows_with(area.territorial_codes):
            return [code]
    return []


def _check_same(
    own_row: TableRow,
    other_row: TableRow,
    year: int,
) -> None:
    own = own_row.table.figure(own_row.index, year)
    other = other_row.table.figure(other_row.index, year)
    if own == other:
        return
    # Each workbook is rounded on its own.
    if own is None or other is None or abs(own - other) > ROUNDING:
        raise other_row.table.place(other_row.index, year).wrong(
            f"{own}, as in the table of local authorities",
            other,
            _OF_TWO_RELEASES,
        )


def _row_of(
    indicator: Indicator,
    area: str,
    authorities: Table,
    regions: Table,
) -> TableRow:
    if _AUTHORITY.fullmatch(area):
        return TableRow(authorities, authorities.row_of([authorities.code_of(area)]))
    return TableRow(regions, _row_of_region(indicator, area, regions))


def _row_of_region(
    indicator: Indicator,
    area: str,
    regions: Table,
) -> int:
    registered = register()[area]
    if not registered.itl:
        raise indicator.wrong(
            "comparators",
            f"{registered.name} ({area}) is no area of the regional accounts by itself",
        )
    index = regions.row_of(registered.territorial_codes)
    name = words(regions.sheet.rows[index][regions.name])
    # Codes were exchanged for others in 2021, so that the name must agree with the code.
    if not registered.is_called(name):
        raise regions.sheet.place(index).wrong(
            f"“{registered.name}” beside the code",
            name,
            _REMEDY,
        )
    return index


def _observation(
    indicator: Indicator,
    area: str,
    row: TableRow,
    year: int,
) -> Observation:
    table = row.table
    status = table.status(row.index, year)
    # The latest year has not been through the balancing of supply and use, whatever its header says.
    is_provisional = year == max(table.years)
    return Observation(
        indicator=indicator.id,
        area_code=area,
        period=calendar_year(year),
        value=table.figure(row.index, year),
        unit=indicator.unit,
        status=status,
        revision="p" if is_provisional else "",
        series=indicator.series_of(year),
        source_text=words(table.sheet.rows[row.index][table.years[year]]),
        snapshot=table.sheet.snapshot.sha256,
        note=NOTES.get(status, ""),
    )
