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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from sources.publishers import ons
from sources.reading.files import Place, Sheet, number, sheets, words
from thindicators import plain_numbers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.observations.periods import calendar_year
from thindicators.plan.model import Indicator

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


class Region(_Model):
    """How the table of regions names an area."""

    name: str
    codes: list[str] = Field(description="Its code, in one classification or another")


class Ask(_Model):
    """Where the two workbooks are, as pages of the website, and how the second one names areas, by GSS code."""

    authorities: str
    regions: str
    names: dict[str, Region]


@dataclass(frozen=True)
class Table:
    """The table of income per head in a workbook.

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

    def row_of(self, codes: Sequence[str]) -> int:
        """The index of the one row with one of these codes.

        Raises:
            SourceError: If there is none, or several.
        """
        first = self.header + 1
        indices = [
            index
            for index, row in enumerate(self.sheet.rows[first:], first)
            if words(row[self.code]) in codes
        ]
        if len(indices) != 1:
            raise self.sheet.place().wrong(
                f"one row with the code {' or '.join(codes)}",
                f"{len(indices)} rows",
                _REMEDY,
            )
        return indices[0]

    def figure(self, index: int, year: int) -> float | None:
        """The pounds of a row in a year; None where the publisher has none.

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
    ask = indicators[0].read_ask(Ask)
    return [
        *ons.fetch_workbook(client, AUTHORITIES, ask.authorities),
        *ons.fetch_workbook(client, REGIONS, ask.regions),
    ]


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area and year."""
    ask = indicator.read_ask(Ask)
    authorities = read_table(snapshots[AUTHORITIES], AUTHORITIES)
    regions = read_table(snapshots[REGIONS], REGIONS)
    _check_one_release(
        indicator,
        ask,
        authorities,
        regions,
    )
    rows = [
        _row_of(
            indicator,
            ask,
            area,
            authorities,
            regions,
        )
        for area in indicator.areas
    ]
    observations: list[Observation] = []
    for area, row in zip(indicator.areas, rows, strict=True):
        for year in row.table.years:
            observation = _observation(
                indicator,
                area,
                row,
                year,
            )
            observations.append(observation)
    return observations


def read_table(snapshot: Snapshot, role: str) -> Table:
    """The one table of income per head, and not of its growth, its index or its components.

    Raises:
        SourceError: If no table says so, or several, or its header is not as it should be.
    """
    candidates: list[_Candidate] = []
    for sheet in sheets(snapshot):
        header = _header(sheet, role)
        if header is not None:
            candidates.append(_Candidate(sheet, header))
    fitting = [candidate for candidate in candidates if _is_per_head(candidate)]
    if len(fitting) != 1:
        raise Place(snapshot).wrong(
            "one table that says “per head”, and not growth, an index or components",
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


def _is_per_head(candidate: _Candidate) -> bool:
    """Whether a table is of income per head, by the words above its header and by the header itself."""
    rows = candidate.sheet.rows
    above = " ".join(words(cell).lower() for row in rows[: candidate.header] for cell in row)
    # The components of income per head have the same title, and a column of transactions.
    headers = [words(cell).lower() for cell in rows[candidate.header]]
    is_of_components = any(map(_TRANSACTION.fullmatch, headers))
    is_per_head = _PER_HEAD.search(above) and not _OTHERS.search(above)
    return bool(is_per_head) and not is_of_components


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
    ask: Ask,
    authorities: Table,
    regions: Table,
) -> None:
    """Both workbooks show the same years, and the same figures for every authority that is in both."""
    if list(authorities.years) != list(regions.years):
        raise regions.sheet.place(regions.header).wrong(
            f"the years of the local authorities, {min(authorities.years)} to {max(authorities.years)}",
            f"{min(regions.years)} to {max(regions.years)}",
            _OF_TWO_RELEASES,
        )
    # The same years are not enough: every release restates all of them.
    in_both = [area for area in indicator.areas if _AUTHORITY.fullmatch(area) and area in ask.names]
    if not in_both:
        raise indicator.wrong(
            "ask",
            "`names` must have one local authority, by which the two workbooks are compared",
        )
    for area in in_both:
        own_row = TableRow(authorities, authorities.row_of([area]))
        other_row = TableRow(
            regions,
            _row_of_region(ask, area, regions),
        )
        for year in authorities.years:
            _check_same(own_row, other_row, year)


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
    ask: Ask,
    area: str,
    authorities: Table,
    regions: Table,
) -> TableRow:
    if _AUTHORITY.fullmatch(area):
        return TableRow(authorities, authorities.row_of([area]))
    if area not in ask.names:
        raise indicator.wrong(
            "ask",
            f"`names` says nothing about {area}, which is no local authority",
        )
    return TableRow(regions, _row_of_region(ask, area, regions))


def _row_of_region(
    ask: Ask,
    area: str,
    regions: Table,
) -> int:
    wanted = ask.names[area]
    index = regions.row_of(wanted.codes)
    name = words(regions.sheet.rows[index][regions.name])
    # Codes were exchanged for others in 2021, so that the name must agree with the code.
    if name.casefold() != wanted.name.casefold():
        raise regions.sheet.place(index).wrong(
            f"“{wanted.name}” beside the code",
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
