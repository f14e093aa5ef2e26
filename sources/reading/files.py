"""Reading files strictly: CSV and spreadsheets into plain rows, with errors that name file, sheet and row.

What belongs here: what every source needs to read any file. What a column means belongs in the source's module.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from sources.reading.archives import ArchiveError
from sources.reading.workbooks import checked
from thindicators import plain_numbers
from thindicators.errors import SourceError
from thindicators.fetching.snapshots import Snapshot

Cell = object
Row = Sequence[Cell]
_JSON_REMEDY = (
    "open the address in a browser; if a web page or a message comes, it says what is wrong at the publisher's, or the "
    "address has moved and the source's module must be adapted."
)
_CSV_REMEDY = (
    "look at the publisher's page; if the file has changed, the source's module must be adapted."
)


@dataclass(frozen=True)
class Place:
    """Where something stands, for an error that a person can follow.

    Attributes:
        snapshot: The file.
        sheet: The sheet, of a workbook.
        row: The row as a spreadsheet or an editor counts it, from 1.
        column: The column's name.
    """

    snapshot: Snapshot
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        parts = [
            f"{self.snapshot.role} ({self.snapshot.receipt.url})",
            f"sheet “{self.sheet}”" if self.sheet else "",
            f"row {self.row}" if self.row else "",
            f"column “{self.column}”" if self.column else "",
        ]
        return ", ".join(filter(None, parts))

    def wrong(
        self,
        expected: str,
        came: object,
        remedy: str,
    ) -> SourceError:
        """The error that this place does not hold what it should."""
        return SourceError(
            self.snapshot.receipt.source,
            expected=expected,
            came=_short(came),
            where=str(self),
            remedy=remedy,
        )


@dataclass(frozen=True)
class Line:
    """One row of a table with a header: cells by column, and where it stands."""

    cells: dict[str, str]
    place: Place

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def at(self, column: str) -> Place:
        """Where a cell of this row stands."""
        return Place(
            self.place.snapshot,
            self.place.sheet,
            self.place.row,
            column,
        )


def csv_header(
    snapshot: Snapshot,
    *,
    rename: Callable[[str], str] = str.strip,
    encoding: str = "utf-8-sig",
) -> list[str]:
    """The names in the header of a CSV file, after `rename`.

    Raises:
        SourceError: If it is not such a file, or empty.
    """
    return [rename(name) for name in next(_csv_rows(snapshot, encoding))]


def csv_lines(
    snapshot: Snapshot,
    needed: Iterable[str],
    *,
    rename: Callable[[str], str] = str.strip,
    encoding: str = "utf-8-sig",
    keep: Callable[[Line], bool] = lambda _line: True,
) -> list[Line]:
    """The rows of a CSV file with a header, every cell as text.

    Args:
        snapshot: The file.
        needed: Columns that must be there, each once, after `rename`.
        rename: Applied to every name in the header.
        encoding: Of the file; a byte-order mark is allowed.
        keep: Which rows to return; a file of the whole country does not fit in memory as rows.

    Raises:
        SourceError: If it is not such a file, has no rows, or a row is longer or shorter than the header.
    """
    whole = Place(snapshot)
    table = _csv_rows(snapshot, encoding)
    names = next(table)
    header = [rename(name) for name in names]
    for column in needed:
        if header.count(column) != 1:
            came = "no such column" if column not in header else "that column more than once"
            raise whole.wrong(
                f"one column “{column}”", f"{came}; the header is {','.join(names)}", _CSV_REMEDY
            )
    lines = []
    empty = True
    for row, cells in enumerate(table, 2):
        # A blank line is no row, and publishers end files with some.
        if cells:
            empty = False
            line = _line(header, cells, Place(snapshot, row=row))
            if keep(line):
                lines.append(line)
    if empty:
        raise whole.wrong(
            "rows under the header",
            "a header only",
            _CSV_REMEDY,
        )
    return lines


def check_ended(snapshot: Snapshot) -> None:
    """Check that the last line of a text has its line break, in a file whose lines end with a figure.

    Without it nobody can tell 34.9 from the beginning of 34.99.

    Raises:
        SourceError: If it has none.
    """
    if not snapshot.content.endswith((b"\n", b"\r")):
        raise Place(snapshot).wrong(
            "a line break after the last line",
            f"{snapshot.content[-40:]!r} and no more",
            "the file may have been cut off within its last figure; refresh.",
        )


def _csv_rows(snapshot: Snapshot, encoding: str) -> Iterator[list[str]]:
    whole = Place(snapshot)
    # Read a line at a time: a file of the whole country has millions of cells.
    text = io.TextIOWrapper(
        io.BytesIO(snapshot.content),
        encoding=encoding,
        newline="",
    )
    empty = True
    try:
        for cells in csv.reader(text, strict=True):
            empty = False
            yield cells
    except (UnicodeDecodeError, csv.Error) as problem:
        raise whole.wrong(
            f"a CSV file in {encoding}",
            problem,
            _CSV_REMEDY,
        ) from None
    if empty:
        raise whole.wrong("a CSV file", "an empty file", _CSV_REMEDY)


def _line(
    header: list[str],
    cells: list[str],
    place: Place,
) -> Line:
    if len(cells) != len(header):
        raise place.wrong(
            f"{len(header)} cells, as in the header",
            f"{len(cells)}: {cells}",
            "the file may have been cut off; refresh.",
        )
    return Line(dict(zip(header, cells, strict=True)), place)


def json_of(snapshot: Snapshot) -> Any:
    """The bytes as JSON, whose numbers are finite and whose objects have each member once.

    Raises:
        SourceError: If they are not.
    """
    try:
        # Python's own reader takes NaN, Infinity and 1e999, none of which is a figure.
        return json.loads(
            snapshot.content,
            parse_constant=_finite,
            parse_float=_finite,
            object_pairs_hook=_each_once,
        )
    except (ValueError, RecursionError) as problem:
        raise Place(snapshot).wrong(
            "JSON", f"{snapshot.content[:80]!r} ({problem})", _JSON_REMEDY
        ) from None


def text_of(member: object) -> str:
    """A member of a JSON document that must be text.

    Raises:
        TypeError: If it is anything else, as a list is when its members are asked for by name.
    """
    if not isinstance(member, str):
        raise TypeError(f"text but {member!r}")
    return member


def number_of(member: object) -> float:
    """A member of a JSON document that must be a number.

    Raises:
        TypeError: If it is anything else: text that looks like one, `true`, or nothing.
    """
    # To Python, true is the number 1.
    if isinstance(member, bool) or not isinstance(member, int | float):
        raise TypeError(f"a number but {member!r}")
    return float(member)


def whole_of(member: object) -> int:
    """A member of a JSON document that must be a whole number.

    Raises:
        TypeError: If it is anything else: text that looks like one, `true`, 1.5, or nothing.
    """
    if isinstance(member, bool) or not isinstance(member, int):
        raise TypeError(f"a whole number but {member!r}")
    return member


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two members with one name, `json` would take the last without a word."""
    by_name = dict(members)
    if len(by_name) != len(members):
        times = Counter(name for name, _ in members)
        twice = sorted(name for name in times if times[name] > 1)
        raise ValueError(f"{twice} stand twice in one object")
    return by_name


def _finite(written: str) -> float:
    return plain_numbers.number(written)


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook; `rows[0]` is the spreadsheet's row 1, and `rows[0][0]` its cell A1."""

    name: str
    rows: Sequence[Row]
    snapshot: Snapshot

    def place(
        self,
        index: int | None = None,
        column: str = "",
    ) -> Place:
        """Where the row with this index stands."""
        return Place(
            self.snapshot,
            self.name,
            None if index is None else index + 1,
            column,
        )

    def outline(self, most: int = 6) -> str:
        """The first rows with several words, by which a person sees how a sheet is laid out that is not known."""
        texts = [_words_of(row) for row in self.rows]
        shown = [(index, cells) for index, cells in enumerate(texts, 1) if len(cells) > 1][:most]
        return (
            "; ".join(f"row {index}: {' | '.join(cells)}" for index, cells in shown)
            or "no row with several words"
        )

    def find_row(
        self,
        fits: Callable[[Row], bool],
        expected: str,
        after: int = -1,
    ) -> int:
        """The index of the one row that fits.

        Raises:
            SourceError: If none fits, or more than one.
        """
        fitting = [index for index, row in enumerate(self.rows) if index > after and fits(row)]
        if len(fitting) != 1:
            raise self.place().wrong(
                f"one row with {expected}",
                f"{len(fitting)} such rows",
                "look at the workbook; if its layout has changed, the source's module must be adapted.",
            )
        return fitting[0]


def sheets(snapshot: Snapshot) -> list[Sheet]:
    """All sheets of a spreadsheet (XLSX in both forms, ODS), hidden ones too.

    Raises:
        SourceError: If it is no spreadsheet, unsafe to open, or has no sheets, or two of one name.
    """
    try:
        plain = checked(snapshot.content)
    except ArchiveError as problem:
        raise _no_spreadsheet(snapshot, problem) from None
    return sheets_of(snapshot, plain)


def sheets_of(snapshot: Snapshot, plain: bytes) -> list[Sheet]:
    """All sheets of a spreadsheet that was checked.

    Args:
        snapshot: The spreadsheet.
        plain: What `checked` made of its content.

    Raises:
        SourceError: If a library cannot read it, or it has no sheets, or two of one name.
    """
    place = Place(snapshot)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(plain))
        opened = [
            Sheet(name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False), snapshot)
            for name in workbook.sheet_names
        ]
    except (CalamineError, OSError, ValueError, OverflowError) as problem:
        raise _no_spreadsheet(snapshot, problem) from None
    # Of two sheets of one name a library reads the first, and a person may mean the other.
    names = [sheet.name for sheet in opened]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise place.wrong(
            "sheets with names of their own", f"two called {doubled}", "look at the workbook."
        )
    if not opened:
        raise place.wrong(
            "a spreadsheet with sheets", "none", "look at the publisher's page and refresh."
        )
    return opened


def _words_of(row: Row) -> list[str]:
    return [words(cell) for cell in row if isinstance(cell, str) and words(cell)]


def _no_spreadsheet(snapshot: Snapshot, problem: Exception) -> SourceError:
    remedy = "look at the publisher's page and refresh."
    return Place(snapshot).wrong("a spreadsheet", problem, remedy)


def words(cell: Cell) -> str:
    """The text of a cell with its spaces and line breaks folded; a whole number without `.0`."""
    # Spreadsheets keep every number as a fraction, the year 2025 as 2025.0.
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).replace("\u00a0", " ").split())


def column_letters(column: int) -> str:
    """A column, counted from 0, as a spreadsheet names it: A, B … Z, AA."""
    return (column_letters(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def is_number(cell: Cell) -> bool:
    """Whether a cell holds a number, as a spreadsheet's number or as plain text without separators or symbols."""
    if isinstance(cell, bool):
        return False
    if isinstance(cell, int | float):
        return isinstance(cell, int) or math.isfinite(cell)
    return isinstance(cell, str) and plain_numbers.is_number(cell.strip())


def number(cell: Cell, place: Place) -> float:
    """A cell that must hold a number.

    Raises:
        SourceError: If it holds anything else: empty, a symbol, a thousands separator, a percent sign.
    """
    if not is_number(cell):
        raise place.wrong(
            "a number",
            "an empty cell" if cell in ("", None) else repr(cell),
            "look at the file; a new symbol must be added to the source's module with its meaning.",
        )
    try:
        return plain_numbers.number(str(cell).strip())
    except plain_numbers.PlainNumberError as problem:
        raise place.wrong(
            "a number",
            repr(cell),
            "look at the file.",
        ) from problem


def count_of(cell: Cell, place: Place) -> int:
    """A cell that must hold a whole number.

    Raises:
        SourceError: If it holds anything else, such as 12.5.
    """
    value = number(cell, place)
    if not value.is_integer():
        raise place.wrong(
            "a whole number",
            repr(cell),
            "look at the file.",
        )
    return int(value)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 400 else f"{text[:400]}…"
