"""DWP's workbooks of children in low income families: the sheets, the table in each, and the unit of its percentages.

What belongs here: finding one table in a workbook whose sheet names, sheet numbers and header rows change with every
release, and reading its cells. Which table has an area's figures belongs in `dwp_areas`; which figures to publish, and
as which series, in the source's module.

The tables are of areas by year: for each year a column “Number of children FYE 2021 [p]” and one “Percentage of
children FYE 2021 (%) [p] [note 3]”. What the header calls (%) is a fraction of one in the cell.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from statistics import median

from sources.reading.files import Cell, Place, Row, Sheet, is_number, number, words
from sources.reading.years import check_every_year
from thindicators import plain_numbers
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import percent


@dataclass(frozen=True)
class Kind:
    """What the rows of a table are.

    Attributes:
        name: In words, for an error.
        says: What a sheet's name and title say where it is a table of them.
        children: From how many to how many children aged 0-15 live in one. The two ends are a hundredfold apart, so
            that a count divided by its share lies between them either as a fraction or as a percentage, never as both.
    """

    name: str
    says: re.Pattern[str]
    children: tuple[int, int]


AUTHORITIES = Kind(
    "local authority", re.compile(r"\b(local authorit(y|ies)|la)\b"), (3_000, 300_000)
)
"""From Orkney to Birmingham."""

REGIONS = Kind("region", re.compile(r"\bregions?\b"), (100_000, 10_000_000))
"""The nine regions of England, with Wales, Scotland and Northern Ireland: from Northern Ireland to the South East."""

WHOLE = 1e-6
"""A number divided by its share is so near a whole number of children where the share was not rounded."""

UNITED_KINGDOM, ENGLAND = "K02000001", "E92000001"
STATUSES = {"[x]": "x", "[low]": "low", "[c]": "c", "[u]": "u", "[z]": "z"}

_RELATIVE = re.compile(r"\brelative\b")
_OTHERS = re.compile(r"\b(absolute|wards?|constituenc(y|ies)|parlc|msoa|ahc|after housing costs)\b")
_AFTER = re.compile(r"\b(ahc|after housing costs)\b")
_BEFORE = re.compile(r"\b(bhc|before housing costs)\b")
_UNDER_16 = re.compile(r"\b(under 16|0 to 15|0-15)\b")
_CODE = re.compile(r"(area|local authority|la) code", re.IGNORECASE)
_FIGURE = re.compile(r"(number|percentage) of children fye ([0-9]{4})( \(%\))?", re.IGNORECASE)
_YEAR = re.compile(r"\bfye [0-9]{4}\b", re.IGNORECASE)
_MARK = re.compile(r"\[([^\]]*)\]")
_NOTE = re.compile(r"notes? [0-9]+")
_AREA = re.compile(r"[EWSNK][0-9]{8}")
_PUBLISHED = re.compile(
    r"(published|publication date|release date|released):? *([0-9]{1,2} [a-z]+ [0-9]{4})",
    re.IGNORECASE,
)
_COVER_ROWS = 40
_ALL_PROVISIONAL = re.compile(
    r"\bfigures (?:with)?in (?:these|this|the) [a-z]+ are provisional\b", re.IGNORECASE
)
_REMEDY = "look at the workbook; if its layout has changed, sources/publishers/dwp_workbook.py must be adapted."


@dataclass(frozen=True)
class Year:
    """One year of a table: where its two columns stand, and `p` or `r` where their headers say so."""

    year: int
    number: int
    percentage: int
    revision: str


def _is_whole(size: float) -> bool:
    # A number near the largest of all makes a size without end, which `round` cannot take.
    return math.isfinite(size) and abs(size - round(size)) < WHOLE


@dataclass(frozen=True)
class Table:
    """The table of a sheet.

    Attributes:
        sheet: Where it stands.
        header: Index of the header's row.
        code: Index of the column of area codes.
        years: In order.
        kind: What its rows are.
    """

    sheet: Sheet
    header: int
    code: int
    years: tuple[Year, ...]
    kind: Kind

    @property
    def snapshot(self) -> Snapshot:
        """The workbook."""
        return self.sheet.snapshot

    @cached_property
    def fractions(self) -> bool:
        """Whether its percentages are fractions of one; see `_are_fractions`."""
        return _are_fractions(self)

    @cached_property
    def unrounded(self) -> bool:
        """Whether every number divided by its share is a whole number of children, so that no share was rounded."""
        sizes = [size for size, _ in _sizes(self)]
        wholes = [size if self.fractions else size * 100 for size in sizes]
        return bool(wholes) and all(map(_is_whole, wholes))

    def rows(self) -> Iterable[tuple[int, str, Row]]:
        """Index, area code and cells of each row under the header."""
        for index, row in enumerate(self.sheet.rows[self.header + 1 :], self.header + 1):
            yield index, words(row[self.code]), row

    def has(self, area: str) -> bool:
        """Whether there is a row for an area."""
        return any(code == area for _, code, _ in self.rows())

    def row_of(self, area: str) -> int:
        """The index of an area's row.

        Raises:
            SourceError: If it has none, or several.
        """
        found = [index for index, code, _ in self.rows() if code == area]
        if len(found) != 1:
            raise self.place(None, self.code).wrong(
                f"one row for {area}", f"{len(found)} rows", _REMEDY
            )
        return found[0]

    def place(self, index: int | None, column: int) -> Place:
        """Where a cell stands."""
        return self.sheet.place(index, words(self.sheet.rows[self.header][column]))


@dataclass(frozen=True)
class Figure:
    """One area in one year.

    Attributes:
        value: Per hundred; None if `status` says why.
        children: The number of children in low income families, where there is one.
        population: All children, where the number and its unrounded share tell how many.
        text: The cell of the percentage.
        note: What a reader must know of it.
    """

    value: float | None
    status: str
    children: float | None
    population: float | None
    text: str
    note: str = ""


def relative_table(found: Sequence[Sheet], kind: Kind) -> Table:
    """The table of relative low income before housing costs, by local authority or by region.

    Raises:
        SourceError: If no sheet has it, or several, or its layout is not known.
    """
    fitting = relative_sheets(found, kind)
    if len(fitting) != 1:
        raise Place(found[0].snapshot).wrong(
            f"one sheet of relative low income before housing costs by {kind.name}",
            f"{len(fitting)} among {[sheet.name for sheet in found]}",
            _REMEDY,
        )
    return read_table(fitting[0], kind)


def relative_sheets(found: Sequence[Sheet], kind: Kind) -> list[Sheet]:
    """The sheets of relative low income before housing costs, by their names and first rows."""
    says = {sheet.name: _says(sheet) for sheet in found}
    fitting = [
        sheet
        for sheet in found
        if _RELATIVE.search(says[sheet.name])
        and kind.says.search(says[sheet.name])
        and not _OTHERS.search(says[sheet.name])
    ]
    if any(_AFTER.search(text) for text in says.values()):
        fitting = [sheet for sheet in fitting if _BEFORE.search(says[sheet.name])]
    return fitting


def all_are_provisional(found: Sequence[Sheet]) -> bool:
    """Whether the sheet of notes says that the figures of all tables are provisional, as it does since 2026."""
    notes = [sheet for sheet in found if sheet.name.strip().lower().startswith("note")]
    return any(
        _ALL_PROVISIONAL.search(words(cell))
        for sheet in notes
        for row in sheet.rows
        for cell in row
    )


def published(found: Sequence[Sheet]) -> date | None:
    """The day of publication, where a cover sheet names one.

    Raises:
        SourceError: If what it names is no day.
    """
    for sheet in found:
        for index, row in enumerate(sheet.rows[:_COVER_ROWS]):
            said = _PUBLISHED.match(" ".join(words(cell) for cell in row))
            if said:
                try:
                    return plain_numbers.day_in_words(said[2])
                except plain_numbers.PlainNumberError:
                    raise sheet.place(index).wrong(
                        "a day such as 31 March 2022", said[0], _REMEDY
                    ) from None
    return None


def read_table(sheet: Sheet, kind: Kind = AUTHORITIES) -> Table:
    """The table of a sheet, found by its header.

    Raises:
        SourceError: If there is no such header, or it is not of children under 16 by area and year.
    """
    header = sheet.find_row(
        _is_header, "a column “Area Code” and columns “Number of children FYE …”"
    )
    above = " ".join(words(cell) for row in sheet.rows[:header] for cell in row).lower()
    if not _UNDER_16.search(above):
        raise sheet.place().wrong("a table of children aged under 16", above, _REMEDY)
    cells = sheet.rows[header]
    codes = [index for index, cell in enumerate(cells) if _CODE.fullmatch(_plain(cell))]
    if len(codes) != 1:
        raise sheet.place(header).wrong(
            "one column of area codes", [words(cell) for cell in cells], _REMEDY
        )
    return Table(sheet, header, codes[0], _years(sheet, header), kind)


def _sizes(table: Table) -> Iterable[tuple[float, str]]:
    """What every number divided by its share is, with the code of its row."""
    for index, code, row in table.rows():
        for year in table.years:
            place = table.place(index, year.percentage)
            if not _AREA.fullmatch(code) or not all(
                is_number(row[one]) for one in (year.number, year.percentage)
            ):
                continue
            if share := number(row[year.percentage], place):
                yield number(row[year.number], place) / share, code


def _are_fractions(table: Table) -> bool:
    """Whether the percentages are fractions of one, by the children that all the numbers and shares amount to.

    Raises:
        SourceError: If they are neither fractions nor per hundred.
    """
    sizes = [size for size, code in _sizes(table) if code not in (UNITED_KINGDOM, ENGLAND)]
    low, high = table.kind.children
    typical = median(sizes) if sizes else 0
    if low <= typical < high:
        return True
    if low <= typical * 100 < high:
        return False
    raise table.sheet.place().wrong(
        f"percentages as fractions or per hundred, so that number divided by share is a {table.kind.name}'s children",
        f"{typical:.0f} children, or {typical * 100:.0f}",
        _REMEDY,
    )


def read_figure(table: Table, index: int, year: Year) -> Figure:
    """The figure of one row and year, in per hundred.

    Raises:
        SourceError: If a cell is neither a number nor a known symbol, or number and share do not go together.
    """
    row = table.sheet.rows[index]
    place = table.place(index, year.percentage)
    share, status = _cell(row[year.percentage], place)
    children, _ = _cell(row[year.number], table.place(index, year.number))
    value = None if share is None else percent(share if table.fractions else share / 100)
    if value is not None and not 0 <= value <= 100:
        raise place.wrong("a percentage from 0 to 100", f"{value} %", _REMEDY)
    if not (value and children):
        return Figure(value, status, children, None, str(row[year.percentage]))
    low, high = table.kind.children
    size = children / value * 100
    if words(row[table.code]) not in (UNITED_KINGDOM, ENGLAND) and not low <= size < high:
        came = f"{children:.0f} as {value} %"
        raise place.wrong(
            f"a share of {low} to {high} children, as a {table.kind.name} has", came, _REMEDY
        )
    return Figure(
        value, status, children, round(size) if table.unrounded else None, str(row[year.percentage])
    )


def _says(sheet: Sheet) -> str:
    title = next((row for row in sheet.rows if any(words(cell) for cell in row)), ())
    return f"{sheet.name.replace('_', ' ')} {' '.join(words(cell) for cell in title)}".lower()


def _is_header(row: Row) -> bool:
    return any(_CODE.fullmatch(_plain(cell)) for cell in row) and any(
        _YEAR.search(_plain(cell)) for cell in row
    )


def _plain(cell: Cell) -> str:
    """A header without its marks in square brackets."""
    return " ".join(_MARK.sub(" ", words(cell)).split())


def _years(sheet: Sheet, header: int) -> tuple[Year, ...]:
    columns: dict[tuple[str, int], int] = {}
    for index, cell in enumerate(sheet.rows[header]):
        if not _YEAR.search(_plain(cell)):
            continue
        place = sheet.place(header, words(cell))
        found = _FIGURE.fullmatch(_plain(cell))
        if not found:
            raise place.wrong(
                "“Number of children FYE …” or “Percentage of children FYE … (%)”",
                words(cell),
                _REMEDY,
            )
        if columns.setdefault((found[1].lower(), plain_numbers.year(found[2])), index) != index:
            raise place.wrong("one such column for each year", "a second", _REMEDY)
    years = sorted({year for _, year in columns})
    if set(columns) != {(kind, year) for kind in ("number", "percentage") for year in years}:
        raise sheet.place(header).wrong(
            "a number and a percentage for each year", sorted(columns), _REMEDY
        )
    check_every_year(years, sheet.place(header))
    return tuple(
        _year(sheet, header, year, columns["number", year], columns["percentage", year])
        for year in years
    )


def _year(sheet: Sheet, header: int, year: int, count: int, percentage: int) -> Year:
    cells = sheet.rows[header]
    marks = {
        mark.strip() for index in (count, percentage) for mark in _MARK.findall(words(cells[index]))
    }
    revisions = sorted(mark for mark in marks if not _NOTE.match(mark))
    if revisions not in ([], ["p"], ["r"]):
        raise sheet.place(header, words(cells[percentage])).wrong(
            "the marks [p], [r] and [note …]",
            revisions,
            "read what the mark means on the cover sheet and add it to sources/publishers/dwp_workbook.py.",
        )
    return Year(year, count, percentage, "".join(revisions))


def _cell(cell: Cell, place: Place) -> tuple[float | None, str]:
    status = STATUSES.get(words(cell).lower())
    return (None, status) if status else (number(cell, place), "")
