"""The ministry's live tables of the dwelling stock: 125 (all years in one sheet) and 100 (a sheet for each year).

What belongs here: finding an area's total by its code or its spelling, the date of the edition, and the census that the
ministry says it counts from. Which table to take, and what is done with the figures, belongs in the source's module.

Headers move from edition to edition and carry marks: (P) or [p] is provisional, (R) or [r] revised, digits are notes.
London is a group of rows and has no code in table 100; up to 2011 that table has no row for it at all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from sources.reading.files import Cell, Place, Row, Sheet, is_number, number, words
from thindicators import plain_numbers
from thindicators.areas.register import LONDON, register

GROUP_OF_LONDON = "London Boroughs"
"""How the row of London calls itself, which has no code."""

STATUSES = {
    "[x]": "x",
    "..": "x",
    "[c]": "c",
    "[u]": "u",
    "[z]": "z",
    "[low]": "low",
}

# Editions have called a column “2001”, “31 March 2001” or “1 April 2001”, with marks behind the year.
_YEAR = re.compile(r"(?:31 March |1 April )?(20[0-9]{2})(?!\d)(.*)")
_TOTAL = re.compile(r"total(?: dwellings| stock)?\b(.*)", re.IGNORECASE)
_MARK = (
    r"\s|,",
    r"\[note [0-9]+\]",
    r"\[[pr]\]",
    # Until 2021 the header was “Total (P)1”, with the note's number as a plain digit.
    r"\([PR](?:, ?[PR])*\)",
    r"[¹²³⁴-⁹]|\^[0-9](?!\d)",
    r"(?<![\d.])[0-9](?!\d)",
)
_MARKS = re.compile(f"(?:{'|'.join(_MARK)})*")
_PROVISIONAL = re.compile(r"\[p\]|\([^)]*P")
_REVISED = re.compile(r"\[r\]|\([^)]*R")
_UPDATED = re.compile(r"latest update:? *([0-9]{1,2} [a-z]+ [0-9]{4})", re.IGNORECASE)
_CENSUS = re.compile(
    r"census(?:es)?(?:,| of| in)? (20[0-9]1(?:(?:,| and|, and) 20[0-9]1)*)|(20[0-9]1) census",
    re.IGNORECASE,
)
_SHEET_OF_A_YEAR = re.compile(r"20[0-9]{2}")
_OTHER_TIME = re.compile(r"\b(not|will|next|planned|future)\b", re.IGNORECASE)
_LAST_COMMON_YEAR = 2011
"""Up to this year both vintages are the same, and table 100 has no row for London or a county."""

# Fewer years in a row may be a note's or a title's; the header has one for each column.
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


RowsByWord = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class _Column:
    year: int
    index: int
    revision: str


@dataclass(frozen=True)
class _Total:
    """A column of totals, and the marks behind the word in its header."""

    index: int
    marks: str


@dataclass(frozen=True)
class _Header:
    """A row of years, and its sheet."""

    sheet: Sheet
    index: int


def read_table_125(
    sheets: Sequence[Sheet],
    areas: Sequence[str],
    peers: Sequence[str] = (),
) -> list[Stock]:
    """All years of table 125, from the unrounded sheet where there are two; peers where it has them.

    Raises:
        SourceError: If there is no such table, or it lacks an area.
    """
    header = _header_125(sheets)
    columns = _year_columns(header.sheet, header.index)
    stocks: list[Stock] = []
    by_word = _rows_by_word(header, columns)
    present = [peer for peer in peers if _rows_of(by_word, peer)]
    for area in (*areas, *present):
        stocks += _area_125(
            header,
            columns,
            by_word,
            area,
        )
    return stocks


def _header_125(sheets: Sequence[Sheet]) -> _Header:
    headers: list[_Header] = []
    for sheet in sheets:
        headers += _year_headers(sheet)
    # Rounded figures stand beside unrounded ones in a sheet of their own, with the same header.
    unrounded = [header for header in headers if "unrounded" in header.sheet.name.lower()]
    candidates = unrounded or headers
    if len(candidates) != 1:
        raise Place(sheets[0].snapshot).wrong(
            "one sheet of dwellings by year, with a row of years",
            f"{len(candidates)} among {[sheet.name for sheet in sheets]}",
            _REMEDY,
        )
    return candidates[0]


def read_table_100(
    sheets: Sequence[Sheet],
    areas: Sequence[str],
    peers: Sequence[str] = (),
) -> list[Stock]:
    """The totals of table 100, which has a sheet for each year; peers where a sheet has them.

    Raises:
        SourceError: If there are no such sheets, or one lacks an area that it should have.
    """
    yearly = [sheet for sheet in sheets if _SHEET_OF_A_YEAR.fullmatch(sheet.name.strip())]
    if not yearly:
        raise Place(sheets[0].snapshot).wrong(
            "a sheet for each year, named by the year",
            [sheet.name for sheet in sheets],
            _REMEDY,
        )
    stocks: list[Stock] = []
    for sheet in yearly:
        year = plain_numbers.year(sheet.name.strip())
        stocks += _year_100(
            sheet,
            year,
            areas,
            peers,
        )
    return stocks


def latest_update(sheets: Sequence[Sheet]) -> str:
    """The day of the edition as the workbook writes it; empty if it does not. Of several days, all."""
    days: list[str] = []
    for sheet in sheets:
        for text in _texts(sheet.rows):
            days += _UPDATED.findall(text)
    # Several sheets may name the day, mostly the same one.
    return ", ".join(dict.fromkeys(days))


def baseline_census(sheets: Sequence[Sheet]) -> int | None:
    """The year of the newest census that the workbook says its totals are based on; None if it names none.

    Sheets of the years up to 2011 are not asked: a later census changes nothing in them.

    Raises:
        SourceError: If sheets name different ones: then a part of the workbook has not been counted anew.
    """
    census_of: dict[str, int] = {}
    for sheet in sheets:
        census = _newest_census(sheet)
        if census and not _is_early(sheet):
            census_of[sheet.name] = census
    if len(set(census_of.values())) > 1:
        raise Place(sheets[0].snapshot).wrong(
            "one census that all totals are based on",
            census_of,
            "read the workbook's notes; years cannot be mixed.",
        )
    return next(iter(census_of.values()), None)


def _newest_census(sheet: Sheet) -> int | None:
    """From sentences about a base or baseline; notes run over several rows, and rows with numbers are no notes."""
    notes = [row for row in sheet.rows if not _has_numbers(row)]
    text = " ".join(_texts(notes))
    years: list[int] = []
    for sentence in re.split(r"\.(?:\s|$)", text):
        # “will be based on the 2031 census” says nothing of the figures in the sheet.
        if "base" not in sentence.lower() or _OTHER_TIME.search(sentence):
            continue
        for mention in _CENSUS.finditer(sentence):
            years += map(plain_numbers.year, re.findall(r"20[0-9]1", mention[0]))
    return max(years, default=None)


def _has_numbers(row: Row) -> bool:
    return any(isinstance(cell, int | float) for cell in row)


def _is_early(sheet: Sheet) -> bool:
    name = sheet.name.strip()
    if not _SHEET_OF_A_YEAR.fullmatch(name):
        return False
    return plain_numbers.year(name) <= _LAST_COMMON_YEAR


def _texts(rows: Iterable[Row]) -> Iterator[str]:
    """Each row as one text: a title or a note may stand in any of its cells, or run over several."""
    for row in rows:
        yield " ".join(filter(None, map(words, row)))


def _year_headers(sheet: Sheet) -> list[_Header]:
    """The rows of years in a sheet that is about dwellings."""
    indices = [index for index, row in enumerate(sheet.rows) if _is_row_of_years(row)]
    if not indices:
        return []
    above = " ".join(_texts(sheet.rows[: indices[0]]))
    about = f"{sheet.name} {above}".lower()
    if "125" not in about and "dwelling" not in about:
        return []
    return [_Header(sheet, index) for index in indices]


def _is_row_of_years(row: Row) -> bool:
    years = [cell for cell in row if _YEAR.fullmatch(words(cell))]
    return len(years) >= _FEWEST_YEARS


def _year_columns(sheet: Sheet, header: int) -> list[_Column]:
    columns: list[_Column] = []
    for index, cell in enumerate(sheet.rows[header]):
        match = _YEAR.fullmatch(words(cell))
        if match:
            year = plain_numbers.year(match[1])
            revision = _revision(
                match[2],
                sheet.place(header, words(cell)),
            )
            columns.append(_Column(year, index, revision))
    years = [column.year for column in columns]
    if years != list(range(years[0], years[0] + len(years))):
        raise sheet.place(header).wrong(
            "years that follow each other",
            years,
            _REMEDY,
        )
    return columns


def _revision(marks: str, place: Place) -> str:
    if not _MARKS.fullmatch(marks):
        remedy = "read what the mark means in the workbook's notes and add it to sources/publishers/live_tables.py."
        raise place.wrong(
            "the marks (P), (R), [p], [r], [note …] and digits",
            marks,
            remedy,
        )
    return "p" if _PROVISIONAL.search(marks) else "r" if _REVISED.search(marks) else ""


def _area_125(
    header: _Header,
    columns: Sequence[_Column],
    by_word: RowsByWord,
    area: str,
) -> list[Stock]:
    sheet = header.sheet
    rows = _rows_of(by_word, area)
    # Two rows with equal figures leave no doubt, two that differ would need a choice.
    distinct = {_texts_in(sheet.rows[row], columns) for row in rows}
    if len(distinct) != 1:
        raise _not_one_row(
            sheet,
            area,
            len(rows),
            len(distinct),
        )
    return [
        _stock(
            sheet,
            rows[0],
            column,
            area,
        )
        for column in columns
    ]


def _texts_in(row: Row, columns: Sequence[_Column]) -> tuple[str, ...]:
    return tuple(words(row[column.index]) for column in columns)


def _year_100(
    sheet: Sheet,
    year: int,
    areas: Sequence[str],
    peers: Sequence[str],
) -> Iterator[Stock]:
    header = sheet.find_row(_is_header_100, "columns “… ONS code” and “Total …”")
    title = " ".join(_texts(sheet.rows[:header]))
    if str(year) not in title or "100" not in title:
        raise sheet.place().wrong(
            f"a title with “Table 100” and {year}",
            title,
            _REMEDY,
        )
    total = _total_columns(sheet.rows[header])[0]
    revision = _revision(total.marks, sheet.place(header, "Total"))
    column = _Column(year, total.index, revision)
    by_word = _rows_by_word(_Header(sheet, header), [column])
    present = [peer for peer in peers if _rows_of(by_word, peer)]
    for area in (*areas, *present):
        rows = _rows_of(by_word, area)
        if not rows and not _is_listed(area, year):
            yield Stock(
                area=area,
                year=year,
                value=None,
                text="",
                place=sheet.place(),
                status="x",
            )
        elif len(rows) != 1:
            raise _not_one_row(
                sheet,
                area,
                len(rows),
                len(rows),
            )
        else:
            yield _stock(
                sheet,
                rows[0],
                column,
                area,
            )


def _is_listed(area: str, year: int) -> bool:
    """Whether a sheet of table 100 should have a row for an area."""
    registered = register()[area]
    # A council that took the place of others stands there from the year after.
    if registered.since is not None and year <= registered.since:
        return False
    tiers = registered.tiers
    # Of regions only London has a row, and in the oldest sheets neither London nor a county has one.
    if "region" in tiers and area != LONDON:
        return False
    return bool(tiers & {"lower", "country"}) or year > _LAST_COMMON_YEAR


def _not_one_row(
    sheet: Sheet,
    area: str,
    rows: int,
    figures: int,
) -> Exception:
    spelled = " or ".join(f"“{name}”" for name in _spellings(area))
    return sheet.place().wrong(
        f"one row with {spelled}",
        f"{rows} rows with {figures} different figures",
        _REMEDY,
    )


def _is_header_100(row: Row) -> bool:
    has_codes = any("ons code" in words(cell).lower() for cell in row)
    return has_codes and len(_total_columns(row)) == 1


def _total_columns(row: Row) -> list[_Total]:
    totals: list[_Total] = []
    for index, cell in enumerate(row):
        match = _TOTAL.fullmatch(words(cell))
        if match:
            totals.append(_Total(index, match[1]))
    return totals


def _rows_by_word(header: _Header, columns: Sequence[_Column]) -> RowsByWord:
    """Indices of the rows that have figures, by each word or name in them, in small letters."""
    rows = header.sheet.rows
    by_word: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows[header.index + 1 :], header.index + 1):
        # A name may also head the group of its districts, in a row without figures.
        if _has_figures(row, columns):
            for word in {words(cell).lower() for cell in row}:
                by_word[word].append(index)
    return by_word


def _rows_of(by_word: RowsByWord, area: str) -> list[int]:
    """Indices of an area's rows: by its code, or one that it had before, and by a larger area's name."""
    indices: Sequence[int] = []
    for code in (area, *register()[area].former_codes):
        # A sheet may have both: the county that Buckinghamshire was keeps a row with 0 dwellings.
        indices = indices or by_word.get(code.lower(), [])
    with_name = [by_word.get(name.lower(), []) for name in _names(area)]
    return list(dict.fromkeys(chain(indices, *with_name)))


def _spellings(area: str) -> list[str]:
    """What may stand in an area's row."""
    return [area, *register()[area].former_codes, *_names(area)]


def _names(area: str) -> list[str]:
    """The names by which a larger area is found where it has no code."""
    registered = register()[area]
    names = []
    # A council's name may also head the group of its districts, but it always has a code.
    if registered.tiers & {"region", "country"}:
        names.append(registered.name)
    if area == LONDON:
        names.append(GROUP_OF_LONDON)
    return names


def _has_figures(row: Row, columns: Sequence[_Column]) -> bool:
    return any(_is_figure(row[column.index]) for column in columns)


def _is_figure(cell: Cell) -> bool:
    return is_number(cell) or words(cell).lower() in STATUSES


def _stock(
    sheet: Sheet,
    index: int,
    column: _Column,
    area: str,
) -> Stock:
    cell = sheet.rows[index][column.index]
    place = sheet.place(index, words(column.year))
    text = words(cell)
    status = STATUSES.get(text.lower(), "")
    value = None if status else number(cell, place)
    if value is not None and value <= 0:
        raise place.wrong(
            "a number of dwellings above zero",
            text,
            _REMEDY,
        )
    return Stock(
        area=area,
        year=column.year,
        value=value,
        text=text,
        place=place,
        status=status,
        revision=column.revision,
    )
