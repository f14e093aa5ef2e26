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

AUTHORITIES, REGIONS = "local authorities", "regions"
MISSING = {"-": "x", "[x]": "x", "[u]": "u"}
"""The publisher's signs for a figure that is not there, and the status that each means."""

NOTES = {
    "x": "The publisher has no figure for this area and year.",
    "u": "The publisher keeps this figure back, because it is too uncertain.",
}
ROUNDING = 1
"""In pounds: how far the same figure may differ between the two workbooks."""

_AUTHORITY = re.compile(r"E0[6-9][0-9]{6}")
_CODE_COLUMNS = {
    AUTHORITIES: re.compile(r"(lad|la|local authority) code"),
    REGIONS: re.compile(r"(itl|nuts) code"),
}
_NAME_COLUMN = re.compile(r"(region|area) name")
_YEAR = re.compile(r"((?:19|20)[0-9]{2})(?:[0-9]|\D.*)?")
_TRANSACTION = re.compile(r"transaction( code)?")
_PER_HEAD = re.compile(r"\bper head\b")
_OTHERS = re.compile(
    r"growth|ind(ex|ices)|per ?cent|million|constant prices|chained|real terms|component"
)
_REMEDY = "look at the workbook; if its layout has changed, sources/ons_gdhi.py must be adapted."


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


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
        rows = enumerate(self.sheet.rows)
        found = [
            index for index, row in rows if index > self.header and words(row[self.code]) in codes
        ]
        if len(found) != 1:
            raise self.sheet.place().wrong(
                f"one row with the code {' or '.join(codes)}",
                f"{len(found)} rows",
                _REMEDY,
            )
        return found[0]

    def figure(self, index: int, year: int) -> float | None:
        """The pounds of a row in a year; None where the publisher has none.

        Raises:
            SourceError: If the cell is neither a number nor a sign for a missing one.
        """
        cell = self.sheet.rows[index][self.years[year]]
        return None if words(cell) in MISSING else number(cell, self.place(index, year))

    def status(self, index: int, year: int) -> str:
        """Why a row has no figure in a year; empty if it has one."""
        return MISSING.get(words(self.sheet.rows[index][self.years[year]]), "")

    def place(self, index: int, year: int) -> Place:
        """Where the figure of a row in a year stands."""
        return self.sheet.place(
            index,
            words(self.sheet.rows[self.header][self.years[year]]),
        )


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
    authorities, regions = (read_table(snapshots[role], role) for role in (AUTHORITIES, REGIONS))
    _check_one_release(indicator, ask, authorities, regions)
    rows = {
        area: _find(
            indicator,
            ask,
            area,
            authorities,
            regions,
        )
        for area in indicator.areas
    }
    return [
        _observation(
            indicator,
            area,
            table,
            index,
            year,
        )
        for area, (table, index) in rows.items()
        for year in table.years
    ]


def read_table(snapshot: Snapshot, role: str) -> Table:
    """The one table of income per head, and not of its growth, its index or its components.

    Raises:
        SourceError: If no table says so, or several, or its header is not as it should be.
    """
    tables = [
        (sheet, at) for sheet in sheets(snapshot) for at in [_header(sheet, role)] if at is not None
    ]
    fitting = [(sheet, header) for sheet, header in tables if _is_per_head(sheet, header)]
    if len(fitting) != 1:
        raise Place(snapshot).wrong(
            "one table that says “per head”, and not growth, an index or components",
            f"{len(fitting)} among {[_title(sheet) for sheet, _ in tables]}",
            _REMEDY,
        )
    sheet, header = fitting[0]
    code, name = (
        _column(sheet, header, pattern) for pattern in (_CODE_COLUMNS[role], _NAME_COLUMN)
    )
    return Table(
        sheet,
        header,
        code,
        name,
        _years(sheet, header),
    )


def _header(sheet: Sheet, role: str) -> int | None:
    """The index of the row with a column of codes and columns of years; None for a sheet without a table."""
    for index, row in enumerate(sheet.rows):
        cells = [words(cell).lower() for cell in row]
        if any(map(_CODE_COLUMNS[role].fullmatch, cells)) and any(map(_YEAR.fullmatch, cells)):
            return index
    return None


def _title(sheet: Sheet) -> str:
    return next(
        (text for row in sheet.rows if (text := " ".join(filter(None, map(words, row))))),
        "",
    )


def _is_per_head(sheet: Sheet, header: int) -> bool:
    """Whether a table is of income per head, by the words above its header and by the header itself."""
    above = " ".join(words(cell).lower() for row in sheet.rows[:header] for cell in row)
    is_of_parts = any(_TRANSACTION.fullmatch(words(cell).lower()) for cell in sheet.rows[header])
    return bool(_PER_HEAD.search(above)) and not _OTHERS.search(above) and not is_of_parts


def _column(sheet: Sheet, header: int, pattern: re.Pattern[str]) -> int:
    cells = [words(cell) for cell in sheet.rows[header]]
    found = [index for index, cell in enumerate(cells) if pattern.fullmatch(cell.lower())]
    if len(found) != 1:
        raise sheet.place(header).wrong(
            f"one column named like “{pattern.pattern}”",
            cells,
            _REMEDY,
        )
    return found[0]


def _years(sheet: Sheet, header: int) -> dict[int, int]:
    """Columns by year, from the first four digits of each header; a year may not be missing or come twice."""
    cells = [words(cell) for cell in sheet.rows[header]]
    matches = [(_YEAR.fullmatch(cell), index) for index, cell in enumerate(cells)]
    found = [(plain_numbers.year(match[1]), index) for match, index in matches if match]
    years = [year for year, _ in found]
    if years != list(range(years[0], years[0] + len(years))):
        raise sheet.place(header).wrong(
            "years that follow each other",
            cells,
            _REMEDY,
        )
    return dict(found)


def _check_one_release(
    indicator: Indicator,
    ask: Ask,
    authorities: Table,
    regions: Table,
) -> None:
    """Both workbooks show the same years, and the same figures for every authority that is in both."""
    remedy = (
        "the two workbooks are of different releases; refresh when the publisher has put out both."
    )
    if list(authorities.years) != list(regions.years):
        came = f"{min(regions.years)} to {max(regions.years)}"
        expected = f"the years of the local authorities, {min(authorities.years)} to {max(authorities.years)}"
        raise regions.sheet.place(regions.header).wrong(
            expected,
            came,
            remedy,
        )
    in_both = [area for area in indicator.areas if _AUTHORITY.fullmatch(area) and area in ask.names]
    if not in_both:
        raise indicator.wrong(
            "ask",
            "`names` must have one local authority, by which the two workbooks are compared",
        )
    for area in in_both:
        one, other = authorities.row_of([area]), _row_of_region(ask, area, regions)
        for year in authorities.years:
            ours, theirs = authorities.figure(one, year), regions.figure(other, year)
            if ours != theirs and (ours is None or theirs is None or abs(ours - theirs) > ROUNDING):
                raise regions.place(other, year).wrong(
                    f"{ours}, as in the table of local authorities",
                    theirs,
                    remedy,
                )


def _find(
    indicator: Indicator,
    ask: Ask,
    area: str,
    authorities: Table,
    regions: Table,
) -> tuple[Table, int]:
    if _AUTHORITY.fullmatch(area):
        return authorities, authorities.row_of([area])
    if area not in ask.names:
        raise indicator.wrong(
            "ask",
            f"`names` says nothing about {area}, which is no local authority",
        )
    return regions, _row_of_region(ask, area, regions)


def _row_of_region(ask: Ask, area: str, regions: Table) -> int:
    wanted = ask.names[area]
    index = regions.row_of(wanted.codes)
    name = words(regions.sheet.rows[index][regions.name])
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
    table: Table,
    index: int,
    year: int,
) -> Observation:
    value, status = table.figure(index, year), table.status(index, year)
    return Observation(
        indicator=indicator.id,
        area_code=area,
        period=calendar_year(year),
        value=value,
        unit=indicator.unit,
        status=status,
        revision="p" if year == max(table.years) else "",
        series=indicator.series_of(year),
        source_text=words(table.sheet.rows[index][table.years[year]]),
        snapshot=table.sheet.snapshot.sha256,
        note=NOTES.get(status, ""),
    )
