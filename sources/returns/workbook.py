"""The sheet of a workbook that is a return, and what a person cannot see in it or did not mean.

What belongs here: which sheet is read, and how its rows and cells look: hidden, struck through, merged, raised. What
its cells say belongs in `file` and `cells`.

What a person sees is what is read. A row that is hidden or struck through was not meant, or nobody looked at it; a cell
that is merged over two rows is one of both, and a program reads it for the first only. So these are refused, each with
its place, and nothing is guessed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zipfile import ZipFile

from openpyxl.cell.rich_text import CellRichText, TextBlock  # type: ignore[import-untyped]
from openpyxl.reader.excel import ExcelReader  # type: ignore[import-untyped]

from sources.reading.archives import ArchiveError
from sources.reading.files import Cell, Sheet, sheets_of, words
from sources.reading.workbooks import Seen, checked_and_counted
from sources.returns.rows import Problem
from thindicators.errors import SourceError
from thindicators.fetching.snapshots import Snapshot

SHEET = "Return"

MOST_FILLED = 200_000
"""Cells of a workbook that hold anything, on all its sheets: a return of 5,000 rows has 155,000."""


_PICTURES = re.compile(
    rb"<(?:\w+:)?Relationship\s[^>]*/(?:drawing|vmlDrawing|image|chart|comments|threadedComment|pivotTable"
    rb"|ctrlProp|oleObject|printerSettings)\"[^>]*>"
)
_WHITE = ("FFFFFFFF", "00FFFFFF")


class NoTableError(Exception):
    """A file has no table that could be read as a return: what is wrong with it."""

    def __init__(
        self,
        wrong: str,
        remedy: str,
    ) -> None:
        super().__init__(wrong)
        self.problem = Problem(0, "", wrong, remedy)


@dataclass(frozen=True)
class ReturnSheet:
    """The sheet that is the return.

    Attributes:
        rows: Its cells; the first row is the header.
        looks: How openpyxl sees the same sheet.
        is_calculated: Whether a program has calculated the formulas of the workbook.
    """

    rows: Sequence[Sequence[Cell]]
    looks: Any = field(repr=False)
    is_calculated: bool

    def problems(self, names: Sequence[str]) -> Iterator[Problem]:
        """Everything in which the sheet is not what it looks like.

        Args:
            names: The columns of the header, in their order; blank where a column is none of the template's.
        """
        columns = [(at, name) for at, name in enumerate(names, 1) if name]
        yield from self._hidden_columns(columns)
        for row in range(2, len(self.rows) + 1):
            filled = [(at, name) for at, name in columns if words(self.rows[row - 1][at - 1])]
            merged = [(at, name) for at, name in columns if (row, at) in self._merged]
            if filled or merged:
                yield from self._row_problems(row, filled, merged)

    def _hidden_columns(
        self,
        columns: Sequence[tuple[int, str]],
    ) -> Iterator[Problem]:
        for at, name in columns:
            is_filled = any(words(row[at - 1]) for row in self.rows[1:])
            if at in self._hidden and is_filled:
                yield Problem(
                    1,
                    name,
                    "the column is hidden, and has cells that are filled",
                    "show it, and look at what stands there.",
                )

    def _row_problems(
        self,
        row: int,
        filled: Sequence[tuple[int, str]],
        merged: Sequence[tuple[int, str]],
    ) -> Iterator[Problem]:
        if self._is_hidden(row):
            remedy = "show all rows and clear the filter; then delete the row, or leave it shown."
            yield Problem(
                row,
                "",
                "the row is hidden, or filtered out",
                remedy,
            )
        for at, name in merged:
            wrong = f"the cell is merged with others ({self._merged[row, at]})"
            yield Problem(
                row,
                name,
                wrong,
                "unmerge the cells, and fill each of them.",
            )
        # Where all of a row is struck, one sentence says so.
        struck = [name for at, name in filled if _is_struck(self.looks.cell(row, at))]
        if len(struck) == len(filled) > 1:
            wrong = "the row is struck through"
            yield Problem(
                row,
                "",
                wrong,
                "delete the row, or take the line away.",
            )
        else:
            for name in struck:
                wrong = "the cell is struck through, or a part of it is"
                yield Problem(
                    row,
                    name,
                    wrong,
                    "clear the cell, or take the line away.",
                )
        for at, name in filled:
            yield from self._cell_problems(
                row,
                name,
                self.looks.cell(row, at),
            )

    def _cell_problems(
        self,
        row: int,
        name: str,
        cell: Any,
    ) -> Iterator[Problem]:
        if _is_raised(cell):
            yield Problem(
                row,
                name,
                f"a part of “{words(str(cell.value))}” is raised or lowered, as the mark of a note is",
                "write it without the mark, and what the mark stands for into note.",
            )
        if _is_invisible(cell):
            yield Problem(
                row,
                name,
                "its colour or its format hides what it holds",
                "show it, and look at what stands there.",
            )
        if cell.data_type == "f" and not self.is_calculated:
            yield Problem(
                row,
                name,
                "it has a formula, and the workbook says that its formulas are to be calculated still",
                "open the file in Excel, look at the cell, and save it; or write what it comes to.",
            )

    def _is_hidden(self, row: int) -> bool:
        # Asked for a row that it does not have, the library would make one.
        if row not in self.looks.row_dimensions:
            return bool(self.looks.sheet_format.zeroHeight)
        about = self.looks.row_dimensions[row]
        return bool(about.hidden) or about.height == 0

    @cached_property
    def _hidden(self) -> frozenset[int]:
        """The columns that are hidden, counted from 1."""
        hidden: set[int] = set()
        for about in self.looks.column_dimensions.values():
            # One entry stands for a group of columns that look alike.
            if about.hidden or about.width == 0:
                hidden.update(range(about.min, about.max + 1))
        return frozenset(hidden)

    @cached_property
    def _merged(self) -> dict[tuple[int, int], str]:
        """The cells that are merged with others, by row and column, and with which."""
        height, width = len(self.rows), max((len(row) for row in self.rows), default=0)
        merged: dict[tuple[int, int], str] = {}
        for area in self.looks.merged_cells.ranges:
            for row in range(area.min_row, min(area.max_row, height) + 1):
                for column in range(area.min_col, min(area.max_col, width) + 1):
                    merged[row, column] = str(area)
        return merged


def return_sheet(snapshot: Snapshot, required: frozenset[str]) -> ReturnSheet:
    """The sheet of a workbook that is the return.

    Args:
        snapshot: The workbook.
        required: The columns by which another sheet is recognised as a return too.

    Raises:
        NoTableError: If it cannot be opened, or if it is not clear which sheet is meant.
    """
    plain, seen = _plain(snapshot)
    try:
        sheets = sheets_of(snapshot, plain)
    except SourceError as problem:
        raise NoTableError(
            f"the workbook cannot be opened: {problem.came}", "save it from Excel as .xlsx."
        ) from None
    looks = _looks(plain)
    sheet = _the_return(sheets, looks, required)
    # A program that writes formulas without calculating them asks Excel to do so when it opens the file.
    return ReturnSheet(
        sheet.rows,
        looks[sheet.name],
        not seen.is_to_be_calculated,
    )


def _plain(snapshot: Snapshot) -> tuple[bytes, Seen]:
    try:
        plain, seen = checked_and_counted(snapshot.content)
    except ArchiveError as problem:
        if "reach over" in str(problem):
            remedy = "delete the rows and columns of that sheet that are far from its table."
        else:
            remedy = "save it from Excel as .xlsx."
        raise NoTableError(
            f"the workbook cannot be opened: {problem}",
            remedy,
        ) from None
    # The second library, which sees how cells look, needs a kilobyte for each.
    if seen.filled > MOST_FILLED:
        raise NoTableError(
            f"the workbook has {seen.filled:,} cells, and at most {MOST_FILLED:,} are read",
            "take the sheets out of it that are not the return, or split it into several files.",
        )
    return plain, seen


class _LooksReader(ExcelReader):  # type: ignore[misc]
    """Reads how the cells of sheets look; a sheet that is one chart has none."""

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        """Pass over it."""


def _without_pictures(plain: bytes) -> bytes:
    """The same workbook without the relations that lead to pictures and charts, which were taken out of it."""
    whole = io.BytesIO()
    with ZipFile(io.BytesIO(plain)) as archive, ZipFile(whole, "w") as bare:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith(".rels"):
                content = _PICTURES.sub(b"", content)
            bare.writestr(name, content)
    return whole.getvalue()


def _looks(plain: bytes) -> Any:
    try:
        bare = io.BytesIO(_without_pictures(plain))
        reader = _LooksReader(bare, keep_links=False, rich_text=True)
        reader.read()
        return reader.wb
    # The library raises whatever it stumbles on, and none of it may stop another return.
    except Exception as problem:
        raise NoTableError(
            f"how the workbook looks cannot be read ({type(problem).__name__})",
            "open it in Excel, and save it as .xlsx.",
        ) from None


def _the_return(
    sheets: Sequence[Sheet],
    looks: Any,
    required: frozenset[str],
) -> Sheet:
    shown = {sheet.title for sheet in looks.worksheets if sheet.sheet_state == "visible"}
    # Excel lets two sheets be called “Return” and “Return ”, which people take for one.
    named = [sheet for sheet in sheets if sheet.name.strip().lower() == SHEET.lower()]
    if not named:
        raise NoTableError(
            f"there is no sheet “{SHEET}”, only {_names(sheets)}",
            f"name the sheet with the table “{SHEET}”.",
        )
    meant = named[0]
    fitting = [sheet for sheet in sheets if sheet.name in shown and _fits(sheet, required)]
    # Last year's figures are often kept on a copy of the sheet; which one is meant only its author knows.
    others = [sheet for sheet in (*named[1:], *fitting) if sheet.name != meant.name]
    if others:
        both = list(dict.fromkeys(sheet.name for sheet in (meant, *others)))
        raise NoTableError(
            f"it is not clear which sheet is the return: {', '.join(f'“{name}”' for name in both)}",
            "keep one of them, called “Return” and not hidden, and take the others out of the workbook.",
        )
    if meant.name not in shown:
        raise NoTableError(
            f"the sheet “{meant.name}” is hidden, so that nobody sees what is handed in",
            "show the sheet, and look at it.",
        )
    return meant


def _fits(sheet: Sheet, required: frozenset[str]) -> bool:
    """Whether a sheet is a return by its header, and has rows under it."""
    header = {words(cell).lower() for cell in sheet.rows[0]} if sheet.rows else set()
    is_filled = any(_is_filled(row) for row in sheet.rows[1:])
    return is_filled and required <= header


def _is_filled(row: Sequence[Cell]) -> bool:
    return any(words(cell) for cell in row)


def _names(sheets: Sequence[Sheet]) -> str:
    return ", ".join(f"“{sheet.name}”" for sheet in sheets)


def _is_struck(cell: Any) -> bool:
    return bool(cell.font.strike) or any(block.font.strike for block in _blocks(cell))


def _is_raised(cell: Any) -> bool:
    fonts = [cell.font, *(block.font for block in _blocks(cell))]
    return any(font.vertAlign in ("superscript", "subscript") for font in fonts)


def _is_invisible(cell: Any) -> bool:
    """Whether a cell is written in white on nothing, or has a format that shows nothing."""
    # The four parts of a format are for numbers above and below 0, for 0, and for text.
    is_formatted_away = cell.number_format.strip() in (";;;", ";;")
    colour = cell.font.color
    is_white = colour is not None and colour.type == "rgb" and colour.rgb in _WHITE
    return is_formatted_away or (is_white and cell.fill.fill_type is None)


def _blocks(cell: Any) -> list[Any]:
    """The parts of a cell's text that have a look of their own."""
    if not isinstance(cell.value, CellRichText):
        return []
    # A look without letters, as Excel leaves it behind the last of them, is nothing to see.
    blocks = [part for part in cell.value if isinstance(part, TextBlock)]
    return [block for block in blocks if words(block.text)]
