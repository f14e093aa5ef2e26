"""The ministry's live tables of the dwelling stock: 125 (all years in one sheet) and 100 (a sheet for each year).

What belongs here: finding an area's total by its code or its spelling, the date of the edition, and the census that the
ministry says it counts from. Which table to take, and what is done with the figures, belongs in the source's module.

Headers move from edition to edition and carry marks: (P) or [p] is provisional, (R) or [r] revised, digits are notes.
London is a group of rows and has no code in table 100; up to 2011 that table has no row for it at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sources.reading.files import Cell, Place, Row, Sheet, is_number, number, words
from thindicators import plain_numbers

SPELLINGS: Mapping[str, Sequence[str]] = {
    "E92000001": ("england",),
    "E12000007": ("london", "london boroughs"),
    "E09000030": ("00bg",),
}
"""What stands in an area's row where its code does not: a name, or the code that was used until 2009."""

STATUSES = {"[x]": "x", "..": "x", "[c]": "c", "[u]": "u", "[z]": "z", "[low]": "low"}

_YEAR = re.compile(r"(?:31 March |1 April )?(20[0-9]{2})(?!\d)(.*)")
_TOTAL = re.compile(r"total(?: dwellings| stock)?\b(.*)", re.IGNORECASE)
_MARKS = re.compile(
    r"(?:\s|,|\[note [0-9]+\]|\[[pr]\]|\([PR](?:, ?[PR])*\)|[¹²³⁴-⁹]|\^[0-9](?!\d)|(?<![\d.])[0-9](?!\d))*"
)
_PROVISIONAL, _REVISED = re.compile(r"\[p\]|\([^)]*P"), re.compile(r"\[r\]|\([^)]*R")
_UPDATED = re.compile(r"latest update:? *([0-9]{1,2} [a-z]+ [0-9]{4})", re.IGNORECASE)
_CENSUS = re.compile(
    r"census(?:es)?(?:,| of| in)? (20[0-9]1(?:(?:,| and|, and) 20[0-9]1)*)|(20[0-9]1) census",
    re.IGNORECASE,
)
_SHEET_OF_A_YEAR = re.compile(r"20[0-9]{2}")
_OTHER_TIME = re.compile(r"\b(not|will|next|planned|future)\b", re.IGNORECASE)
_LAST_COMMON_YEAR = 2011
"""Up to this year both vintages are the same, and table 100 has no row for London."""

_FEWEST_YEARS = 3
_REMEDY = "look at the workbook; if its layout has changed, sources/publishers/live_tables.py must be adapted."


@dataclass(frozen=True)
class Stock:
    """The dwellings of one area on 31 March of a year: a value, or the status that says why there is none."""

    area: str
    year: int
    value: float | None
    text: str
    place: Place
    status: str = ""
    revision: str = ""


@dataclass(frozen=True)
class _Column:
    year: int
    index: int
    revision: str


def read_table_125(found: Sequence[Sheet], areas: Sequence[str]) -> list[Stock]:
    """All years of table 125, from the unrounded sheet where there are two.

    Raises:
        SourceError: If there is no such table, or it lacks an area.
    """
    fitting = [(sheet, header) for sheet in found for header in _year_headers(sheet)]
    unrounded = [(sheet, header) for sheet, header in fitting if "unrounded" in sheet.name.lower()]
    chosen = unrounded or fitting
    if len(chosen) != 1:
        came = f"{len(chosen)} among {[sheet.name for sheet in found]}"
        raise Place(found[0].snapshot).wrong(
            "one sheet of dwellings by year, with a row of years", came, _REMEDY
        )
    sheet, header = chosen[0]
    columns = _year_columns(sheet, header)
    return [stock for area in areas for stock in _area_125(sheet, header, columns, area)]


def read_table_100(found: Sequence[Sheet], areas: Sequence[str]) -> list[Stock]:
    """The totals of table 100, which has a sheet for each year.

    Raises:
        SourceError: If there are no such sheets, or one lacks an area that it should have.
    """
    yearly = [sheet for sheet in found if _SHEET_OF_A_YEAR.fullmatch(sheet.name.strip())]
    if not yearly:
        came = [sheet.name for sheet in found]
        raise Place(found[0].snapshot).wrong(
            "a sheet for each year, named by the year", came, _REMEDY
        )
    return [
        stock
        for sheet in yearly
        for stock in _year_100(sheet, plain_numbers.year(sheet.name.strip()), areas)
    ]


def latest_update(found: Sequence[Sheet]) -> str:
    """The day of the edition as the workbook writes it; empty if it does not. Of several days, all."""
    days = [match[1] for row in _rows_as_text(found) for match in _UPDATED.finditer(row)]
    return ", ".join(dict.fromkeys(days))


def baseline_census(found: Sequence[Sheet]) -> int | None:
    """The year of the newest census that the workbook says its totals are based on; None if it names none.

    Sheets of the years up to 2011 are not asked: a later census changes nothing in them.

    Raises:
        SourceError: If sheets name different ones: then a part of the workbook has not been counted anew.
    """
    named = {
        sheet.name: census
        for sheet in found
        if (census := _newest_census(sheet)) and not _is_early(sheet)
    }
    if len(set(named.values())) > 1:
        raise Place(found[0].snapshot).wrong(
            "one census that all totals are based on",
            named,
            "read the workbook's notes; years cannot be mixed.",
        )
    return next(iter(named.values()), None)


def _newest_census(sheet: Sheet) -> int | None:
    """From sentences about a base or baseline; notes run over several rows, and rows with numbers are no notes."""
    notes = [row for row in sheet.rows if not any(isinstance(cell, int | float) for cell in row)]
    text = " ".join(_rows_as_text([Sheet(sheet.name, notes, sheet.snapshot)]))
    years = [
        plain_numbers.year(written)
        for sentence in re.split(r"\.(?:\s|$)", text)
        if "base" in sentence.lower() and not _OTHER_TIME.search(sentence)
        for named in _CENSUS.finditer(sentence)
        for written in re.findall(r"20[0-9]1", named[0])
    ]
    return max(years, default=None)


def _is_early(sheet: Sheet) -> bool:
    name = sheet.name.strip()
    return bool(_SHEET_OF_A_YEAR.fullmatch(name)) and plain_numbers.year(name) <= _LAST_COMMON_YEAR


def _rows_as_text(found: Sequence[Sheet]) -> Iterator[str]:
    for sheet in found:
        for row in sheet.rows:
            yield " ".join(filter(None, map(words, row)))


def _year_headers(sheet: Sheet) -> list[int]:
    """Indices of rows of years in a sheet that is about dwellings."""
    rows = [
        index
        for index, row in enumerate(sheet.rows)
        if sum(bool(_YEAR.fullmatch(words(cell))) for cell in row) >= _FEWEST_YEARS
    ]
    above = (
        " ".join(_rows_as_text([Sheet(sheet.name, sheet.rows[: rows[0]], sheet.snapshot)]))
        if rows
        else ""
    )
    about = f"{sheet.name} {above}".lower()
    return rows if "125" in about or "dwelling" in about else []


def _year_columns(sheet: Sheet, header: int) -> list[_Column]:
    columns = [
        _Column(
            plain_numbers.year(found[1]),
            index,
            _revision(found[2], sheet.place(header, words(cell))),
        )
        for index, cell in enumerate(sheet.rows[header])
        if (found := _YEAR.fullmatch(words(cell)))
    ]
    years = [column.year for column in columns]
    if years != list(range(years[0], years[0] + len(years))):
        raise sheet.place(header).wrong("years that follow each other", years, _REMEDY)
    return columns


def _revision(marks: str, place: Place) -> str:
    if not _MARKS.fullmatch(marks):
        remedy = "read what the mark means in the workbook's notes and add it to sources/publishers/live_tables.py."
        raise place.wrong("the marks (P), (R), [p], [r], [note …] and digits", marks, remedy)
    return "p" if _PROVISIONAL.search(marks) else "r" if _REVISED.search(marks) else ""


def _area_125(sheet: Sheet, header: int, columns: Sequence[_Column], area: str) -> list[Stock]:
    rows = _rows_of(sheet, header, area, [column.index for column in columns])
    figures = {tuple(words(sheet.rows[row][column.index]) for column in columns) for row in rows}
    if len(figures) != 1:
        raise _not_one(sheet, area, len(rows), len(figures))
    return [_stock(sheet, rows[0], column, area) for column in columns]


def _year_100(sheet: Sheet, year: int, areas: Sequence[str]) -> Iterator[Stock]:
    header = sheet.find_row(_is_header_100, "columns “… ONS code” and “Total …”")
    title = " ".join(_rows_as_text([Sheet(sheet.name, sheet.rows[:header], sheet.snapshot)]))
    if str(year) not in title or "100" not in title:
        raise sheet.place().wrong(f"a title with “Table 100” and {year}", title, _REMEDY)
    index, marks = _totals(sheet.rows[header])[0]
    column = _Column(year, index, _revision(marks, sheet.place(header, "Total")))
    for area in areas:
        rows = _rows_of(sheet, header, area, [index])
        if not rows and area == "E12000007" and year <= _LAST_COMMON_YEAR:
            yield Stock(area, year, None, "", sheet.place(), "x")
        elif len(rows) != 1:
            raise _not_one(sheet, area, len(rows), len(rows))
        else:
            yield _stock(sheet, rows[0], column, area)


def _not_one(sheet: Sheet, area: str, rows: int, figures: int) -> Exception:
    spelled = " or ".join(f"“{one}”" for one in (area, *SPELLINGS.get(area, ())))
    return sheet.place().wrong(
        f"one row with {spelled}", f"{rows} rows with {figures} different figures", _REMEDY
    )


def _is_header_100(row: Row) -> bool:
    return len(_totals(row)) == 1 and any("ons code" in words(cell).lower() for cell in row)


def _totals(row: Row) -> list[tuple[int, str]]:
    """The indices of columns of totals, and the marks in their headers."""
    return [
        (index, match[1])
        for index, cell in enumerate(row)
        if (match := _TOTAL.fullmatch(words(cell)))
    ]


def _rows_of(sheet: Sheet, header: int, area: str, columns: Sequence[int]) -> list[int]:
    """Indices of an area's rows that have figures; those with its code first."""
    spelled = {area.lower(), *SPELLINGS.get(area, ())}
    rows = [
        index
        for index, row in enumerate(sheet.rows)
        if index > header
        and any(words(cell).lower() in spelled for cell in row)
        and any(_is_figure(row[column]) for column in columns)
    ]
    return sorted(rows, key=lambda index: area not in map(words, sheet.rows[index]))


def _is_figure(cell: Cell) -> bool:
    return is_number(cell) or words(cell).lower() in STATUSES


def _stock(sheet: Sheet, index: int, column: _Column, area: str) -> Stock:
    cell, place = sheet.rows[index][column.index], sheet.place(index, words(column.year))
    text = words(cell)
    if status := STATUSES.get(text.lower()):
        return Stock(area, column.year, None, text, place, status, column.revision)
    value = number(cell, place)
    if value <= 0:
        raise place.wrong("a number of dwellings above zero", text, _REMEDY)
    return Stock(area, column.year, value, text, place, "", column.revision)
