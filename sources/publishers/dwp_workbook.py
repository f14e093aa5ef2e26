"""DWP's workbooks of children in low income families: the sheets, the table in each, and the unit of its percentages.

What belongs here: finding one table in a workbook whose sheet names, sheet numbers and header rows change with every
release, and reading its cells. Which table has an area's figures belongs in `dwp_areas`; which figures to publish, and
as which series, in the source's module.

The tables are of areas by year: for each year a column “Number of children FYE 2021 [p]” and one “Percentage of
children FYE 2021 (%) [p] [note 3]”. What the header calls (%) is a fraction of one in the cell.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import isfinite
from statistics import median
from typing import NamedTuple

from sources.reading.areas import code_among
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
    "local authority",
    re.compile(r"\b(local authorit(y|ies)|la)\b"),
    (3_000, 300_000),
)
"""From Orkney to Birmingham."""

REGIONS = Kind(
    "region",
    re.compile(r"\bregions?\b"),
    (100_000, 10_000_000),
)
"""The nine regions of England, with Wales, Scotland and Northern Ireland: from Northern Ireland to the South East."""

SMALLEST_AUTHORITIES = {"E09000001": 100, "E06000053": 100}
"""The City of London and the Isles of Scilly, where some hundred children live, and how many at least."""

WHOLE = 1e-6
"""A number divided by its share is so near a whole number of children where the share was not rounded."""

UNITED_KINGDOM, ENGLAND = "K02000001", "E92000001"
STATUSES = {
    "[x]": "x",
    "[low]": "low",
    "[c]": "c",
    "[u]": "u",
    "[z]": "z",
}

_RELATIVE = re.compile(r"\brelative\b")
# A ward outside the borough is called Tower Hamlets too: tables of wards must not fit.
_OTHERS = re.compile(r"\b(absolute|wards?|constituenc(y|ies)|parlc|msoa|ahc|after housing costs)\b")
_AFTER = re.compile(r"\b(ahc|after housing costs)\b")
_BEFORE = re.compile(r"\b(bhc|before housing costs)\b")
_UNDER_16 = re.compile(r"\b(under 16|0 to 15|0-15)\b")
_CODE = re.compile(r"(area|local authority|la) code", re.IGNORECASE)
# Headers have line breaks and stray spaces, which `_plain` folds.
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
    r"\bfigures (?:with)?in (?:these|this|the) [a-z]+ are provisional\b",
    re.IGNORECASE,
)
_REMEDY = "look at the workbook; if its layout has changed, sources/publishers/dwp_workbook.py must be adapted."


@dataclass(frozen=True)
class Year:
    """One year of a table: where its two columns stand, and `p` or `r` where their headers say so."""

    year: int
    number: int
    percentage: int
    revision: str


class AreaRow(NamedTuple):
    """One row of a table: its position in the sheet, the text in its column of codes, and its cells."""

    position: int
    area: str
    cells: Row


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
        # The release of 2022 rounds shares to three decimals; that of 2026 does not round them.
        factor = 1 if self.fractions else 100
        children = [factor * size.children for size in _sizes(self)]
        if not children:
            return False
        return all(map(_is_whole, children))

    def rows(self) -> Iterable[AreaRow]:
        """Each row under the header."""
        first = self.header + 1
        for index, cells in enumerate(self.sheet.rows[first:], first):
            yield AreaRow(index, words(cells[self.code]), cells)

    def has(self, area: str) -> bool:
        """Whether there is a row for an area."""
        return bool(self._positions_of(area))

    def _positions_of(self, area: str) -> Sequence[int]:
        return self._positions_by_code.get(code_among(self._positions_by_code, area), [])

    @cached_property
    def _positions_by_code(self) -> Mapping[str, list[int]]:
        # Once: a plan may ask for hundreds of councils.
        positions_by_code: dict[str, list[int]] = defaultdict(list)
        for row in self.rows():
            positions_by_code[row.area].append(row.position)
        return dict(positions_by_code)

    def row_of(self, area: str) -> int:
        """The index of an area's row.

        Raises:
            SourceError: If it has none, or several.
        """
        positions = self._positions_of(area)
        if len(positions) != 1:
            raise self.place(None, self.code).wrong(
                f"one row for {area}",
                f"{len(positions)} rows",
                _REMEDY,
            )
        return positions[0]

    def place(
        self,
        index: int | None,
        column: int,
    ) -> Place:
        """Where a cell stands."""
        return self.sheet.place(
            index,
            words(self.sheet.rows[self.header][column]),
        )


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


@dataclass(frozen=True)
class _Size:
    """How many children live in an area, as a number divided by its share tells."""

    area: str
    children: float


def relative_table(sheets: Sequence[Sheet], kind: Kind) -> Table:
    """The table of relative low income before housing costs, by local authority or by region.

    Raises:
        SourceError: If no sheet has it, or several, or its layout is not known.
    """
    fitting = relative_sheets(sheets, kind)
    if len(fitting) != 1:
        raise Place(sheets[0].snapshot).wrong(
            f"one sheet of relative low income before housing costs by {kind.name}",
            f"{len(fitting)} among {[sheet.name for sheet in sheets]}",
            _REMEDY,
        )
    return read_table(fitting[0], kind)


def relative_sheets(sheets: Sequence[Sheet], kind: Kind) -> list[Sheet]:
    """The sheets of relative low income before housing costs, by their names and first rows."""
    title_of = {sheet.name: _title(sheet) for sheet in sheets}
    # Up to 2025 no sheet says which costs it is before; since 2026 there are sheets of both kinds.
    must_say_before = any(_AFTER.search(title) for title in title_of.values())
    fitting: list[Sheet] = []
    for sheet in sheets:
        title = title_of[sheet.name]
        is_relative = _RELATIVE.search(title) and not _OTHERS.search(title)
        is_before = _BEFORE.search(title) or not must_say_before
        if is_relative and is_before and kind.says.search(title):
            fitting.append(sheet)
    return fitting


def all_are_provisional(sheets: Sequence[Sheet]) -> bool:
    """Whether the sheet of notes says that the figures of all tables are provisional, as it does since 2026."""
    for sheet in sheets:
        if not sheet.name.strip().lower().startswith("note"):
            continue
        for row in sheet.rows:
            if any(_ALL_PROVISIONAL.search(words(cell)) for cell in row):
                return True
    return False


def published(sheets: Sequence[Sheet]) -> date | None:
    """The day of publication, where a cover sheet names one.

    Raises:
        SourceError: If what it names is no day.
    """
    for sheet in sheets:
        for index, row in enumerate(sheet.rows[:_COVER_ROWS]):
            match = _PUBLISHED.match(" ".join(map(words, row)))
            if match:
                return _day(match, sheet.place(index))
    return None


def _day(mention: re.Match[str], place: Place) -> date:
    try:
        return plain_numbers.day_in_words(mention[2])
    except plain_numbers.PlainNumberError:
        raise place.wrong(
            "a day such as 31 March 2022",
            mention[0],
            _REMEDY,
        ) from None


def read_table(sheet: Sheet, kind: Kind = AUTHORITIES) -> Table:
    """The table of a sheet, found by its header.

    Raises:
        SourceError: If there is no such header, or it is not of children under 16 by area and year.
    """
    # The header has stood in the ninth row and in the tenth.
    header = sheet.find_row(
        _is_header,
        "a column “Area Code” and columns “Number of children FYE …”",
    )
    above = " ".join(words(cell) for row in sheet.rows[:header] for cell in row).lower()
    # On Stat-Xplore the same counts are of all dependent children, up to 19.
    if not _UNDER_16.search(above):
        raise sheet.place().wrong(
            "a table of children aged under 16",
            above,
            _REMEDY,
        )
    cells = sheet.rows[header]
    codes = [index for index, cell in enumerate(cells) if _CODE.fullmatch(_plain(cell))]
    if len(codes) != 1:
        raise sheet.place(header).wrong(
            "one column of area codes",
            [words(cell) for cell in cells],
            _REMEDY,
        )
    return Table(
        sheet=sheet,
        header=header,
        code=codes[0],
        years=_years(sheet, header),
        kind=kind,
    )


def _sizes(table: Table) -> Iterable[_Size]:
    """What every number divided by its share is."""
    for row in table.rows():
        # Notes under the table have no area's code.
        if not _AREA.fullmatch(row.area):
            continue
        for year in table.years:
            count = row.cells[year.number]
            share = row.cells[year.percentage]
            if not is_number(count) or not is_number(share):
                continue
            place = table.place(row.position, year.percentage)
            # An area where the share is nil says nothing of how many live there.
            if divisor := number(share, place):
                yield _Size(row.area, number(count, place) / divisor)


def _are_fractions(table: Table) -> bool:
    """Whether the percentages are fractions of one, by the children that all the numbers and shares amount to.

    Raises:
        SourceError: If they are neither fractions nor per hundred.
    """
    # The nations are far larger than what the table is of, and would shift the middle.
    sizes = [size.children for size in _sizes(table) if size.area not in (UNITED_KINGDOM, ENGLAND)]
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


def read_figure(
    table: Table,
    index: int,
    year: Year,
) -> Figure:
    """The figure of one row and year, in per hundred.

    Raises:
        SourceError: If a cell is neither a number nor a known symbol, or number and share do not go together.
    """
    row = table.sheet.rows[index]
    place = table.place(index, year.percentage)
    # The header says (%), and the cell holds a fraction: 0.253 or 0.257665228.
    share, status = _cell(row[year.percentage], place)
    children, _ = _cell(
        row[year.number],
        table.place(index, year.number),
    )
    value = None if share is None else _percentage(table, place, share)
    population = None
    if value and children:
        size = _size_of(
            table,
            index,
            place,
            children,
            value,
        )
        # A rounded share tells about how many children there are, but not how many.
        population = round(size) if table.unrounded else None
    return Figure(
        value=value,
        status=status,
        children=children,
        population=population,
        text=str(row[year.percentage]),
    )


def _percentage(
    table: Table,
    place: Place,
    share: float,
) -> float:
    fraction = share if table.fractions else share / 100
    # Looked at before it is rounded: a damaged file may hold a number of three hundred digits.
    if not 0 <= fraction <= 1:
        raise place.wrong(
            "a percentage from 0 to 100",
            f"{fraction * 100} %",
            _REMEDY,
        )
    return percent(fraction)


def _is_whole(count: float) -> bool:
    return isfinite(count) and abs(count - round(count)) < WHOLE


def _size_of(
    table: Table,
    index: int,
    place: Place,
    children: float,
    value: float,
) -> float:
    """How many children live in an area, which must be as many as areas of its kind have, nations apart."""
    size = children / value * 100
    area = words(table.sheet.rows[index][table.code])
    low, high = table.kind.children
    # Whether shares are fractions is decided by all areas together, so that these two cannot deceive.
    low = SMALLEST_AUTHORITIES.get(area, low)
    if area not in (UNITED_KINGDOM, ENGLAND) and not low <= size < high:
        raise place.wrong(
            f"a share of {low} to {high} children, as a {table.kind.name} has",
            f"{children:.0f} as {value} %",
            _REMEDY,
        )
    return size


def _title(sheet: Sheet) -> str:
    """What a sheet is called: its name, and its first row that is not empty."""
    first_row: Row = ()
    for row in sheet.rows:
        if any(map(words, row)):
            first_row = row
            break
    name = sheet.name.replace("_", " ")
    return f"{name} {' '.join(map(words, first_row))}".lower()


def _is_header(row: Row) -> bool:
    headers = [_plain(cell) for cell in row]
    has_code = any(_CODE.fullmatch(header) for header in headers)
    return has_code and any(_YEAR.search(header) for header in headers)


def _plain(cell: Cell) -> str:
    """A header without its marks in square brackets."""
    return " ".join(_MARK.sub(" ", words(cell)).split())


def _years(sheet: Sheet, header: int) -> tuple[Year, ...]:
    columns = _columns_of_years(sheet, header)
    years = sorted({year for _, year in columns})
    pairs = {("number", year) for year in years} | {("percentage", year) for year in years}
    if set(columns) != pairs:
        raise sheet.place(header).wrong(
            "a number and a percentage for each year",
            sorted(columns),
            _REMEDY,
        )
    check_every_year(years, sheet.place(header))
    return tuple(
        Year(
            year=year,
            number=columns["number", year],
            percentage=columns["percentage", year],
            revision=_revision(
                sheet,
                header,
                columns["number", year],
                columns["percentage", year],
            ),
        )
        for year in years
    )


def _columns_of_years(sheet: Sheet, header: int) -> dict[tuple[str, int], int]:
    """Indices of the columns of figures, by `number` or `percentage` and the year."""
    columns: dict[tuple[str, int], int] = {}
    for index, cell in enumerate(sheet.rows[header]):
        if not _YEAR.search(_plain(cell)):
            continue
        place = sheet.place(header, words(cell))
        match = _FIGURE.fullmatch(_plain(cell))
        if not match:
            raise place.wrong(
                "“Number of children FYE …” or “Percentage of children FYE … (%)”",
                words(cell),
                _REMEDY,
            )
        column = match[1].lower(), plain_numbers.year(match[2])
        if column in columns:
            raise place.wrong(
                "one such column for each year",
                "a second",
                _REMEDY,
            )
        columns[column] = index
    return columns


def _revision(
    sheet: Sheet,
    header: int,
    count: int,
    percentage: int,
) -> str:
    """The mark in the headers of a year's two columns: `p`, `r` or none."""
    cells = sheet.rows[header]
    marks = [*_MARK.findall(words(cells[count])), *_MARK.findall(words(cells[percentage]))]
    stripped = {mark.strip() for mark in marks}
    revisions = sorted(mark for mark in stripped if not _NOTE.match(mark))
    # Marks stand in the headers of a year, never in its cells.
    if revisions not in ([], ["p"], ["r"]):
        raise sheet.place(header, words(cells[percentage])).wrong(
            "the marks [p], [r] and [note …]",
            revisions,
            "read what the mark means on the cover sheet and add it to sources/publishers/dwp_workbook.py.",
        )
    return "".join(revisions)


def _cell(cell: Cell, place: Place) -> tuple[float | None, str]:
    """The number of a cell, or the status that its symbol stands for."""
    status = STATUSES.get(words(cell).lower())
    if status:
        return None, status
    return number(cell, place), ""
