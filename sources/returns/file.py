"""A council return as a file: its columns, its rows, and everything that is wrong with it, in plain words.

What belongs here: reading a table into rows, within bounds. Which sheet of a workbook is the table belongs in
`workbook`, single cells in `cells`, the rules of a row in `rules`; the rules of an indicator, and what becomes of
several files, belong in `standing`. Nothing here raises: a person who mends a return wants to see all problems at once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice
from typing import Any

from sources.reading.files import Cell, words
from sources.returns import cells
from sources.returns.rows import Problem, ReturnRow
from sources.returns.rules import WHOLE_YEARS, problems_of
from sources.returns.workbook import NoTableError, return_sheet
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.periods import Period

MOST_ROWS, MOST_COLUMNS = 5_000, 200
"""Of a return; the council's whole Plan has some hundred figures a year, in 31 columns."""

_NO_ROW = "there is no row under the header"

MOST_PROBLEMS = 300
"""Problems of a file after which the rest is not looked at: nobody mends more at once."""


@dataclass(frozen=True)
class Column:
    """A column of the template.

    Attributes:
        read: Reads a cell of it.
        choices: What it may say; empty if anything.
        required: Whether every row must fill it.
    """

    name: str
    read: Callable[[Cell], object] = cells.text
    choices: tuple[str, ...] = ()
    required: bool = False


COLUMNS = (
    Column("return_id"),
    Column("indicator_id", required=True),
    Column("measure_id", required=True),
    Column("area_code", required=True),
    Column("breakdown_type", required=True),
    Column("breakdown", required=True),
    Column(
        "period_type",
        choices=(
            *("financial_year", "calendar_year", "academic_year"),
            *("survey_wave", "snapshot", "quarter_cumulative"),
        ),
        required=True,
    ),
    Column("period_start", cells.day, required=True),
    Column("period_end", cells.day, required=True),
    Column("period_label", required=True),
    Column("value", cells.percentage),
    Column("unit", choices=("percent", "count", "score", "gbp", "ratio"), required=True),
    Column("numerator", cells.number),
    Column("denominator", cells.number),
    Column("base_unweighted", cells.whole_number),
    Column("ci_lower_95", cells.percentage),
    Column("ci_upper_95", cells.percentage),
    Column("ci_published"),
    Column("status", choices=("c", "low", "u", "x", "z")),
    Column("revision", choices=("p", "r")),
    Column("series_break", choices=("b",)),
    Column("collection_mode", choices=("f2f", "telephone", "online", "admin")),
    Column("definition_version", required=True),
    Column("source_title", required=True),
    Column("source_url"),
    Column("published_on", cells.day),
    Column("licence_confirmed", choices=("yes", "no", "quoted"), required=True),
    Column("supplied_by", required=True),
    Column("supplied_on", cells.day, required=True),
    Column("approved_by"),
    Column("note"),
)
"""The template: names in their order. A file may have them in any order, and may lack those that are not required."""

_NAMES = frozenset(column.name for column in COLUMNS)
_REQUIRED = frozenset(column.name for column in COLUMNS if column.required)
_WHAT_AND_WHERE = ("indicator_id", "area_code")

KNOWN = (
    *("indicator_id", "measure_id", "area_code", "breakdown_type", "breakdown"),
    *("period_type", "period_start", "period_end", "period_label", "unit"),
    *("collection_mode", "definition_version", "source_title"),
)
"""The columns that the template fills in. Of a row that fills no other, nobody has handed in a figure."""

_LEFT_TO_A_PERSON = (_NAMES - frozenset(KNOWN)) | {""}
"""The other columns, and cells under no name."""


@dataclass(frozen=True)
class ReturnFile:
    """What a file says.

    Attributes:
        rows: The rows that could be read.
        problems: Everything that is wrong; a file with any is not published.
        named: The indicators named in the file, each with its area and the first row that names the two.
        left_blank: The rows of the template into which nobody has written anything.
    """

    snapshot: Snapshot
    rows: tuple[ReturnRow, ...]
    problems: tuple[Problem, ...]
    named: Mapping[tuple[str, str], int]
    left_blank: tuple[int, ...] = ()

    @property
    def indicators(self) -> dict[str, int]:
        """The indicators named in the file, each with the first row that names it."""
        rows: dict[str, int] = {}
        for (name, _), row in self.named.items():
            rows.setdefault(name, row)
        return rows


@lru_cache(maxsize=32)
def read_return(snapshot: Snapshot) -> ReturnFile:
    """Read a file, whatever is wrong with it; once, because every indicator of the inbox asks for all its files."""
    try:
        table = _table_of(snapshot)
    except NoTableError as problem:
        return ReturnFile(snapshot, (), (problem.problem,), {})
    problems = list(_header_problems(table.header))
    if problems:
        return ReturnFile(snapshot, (), tuple(problems), {})
    return _Reading(snapshot, table).file()


@dataclass(frozen=True)
class _Table:
    """The cells of a file, and what is wrong with how they look.

    Attributes:
        header: The names in the first row, in small letters.
        rows: The rows under the header.
        unseen: Problems of rows and columns that are not what they look like; none in a CSV file.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    unseen: Sequence[Problem] = ()


def _table_of(snapshot: Snapshot) -> _Table:
    if not snapshot.role.lower().endswith(".xlsx"):
        return _table(_csv(snapshot))
    sheet = return_sheet(snapshot, _REQUIRED)
    for number, row in enumerate(sheet.rows, 1):
        _check_size(number, len(row))
    table = _table([list(row) for row in sheet.rows])
    names = [name if name in _NAMES else "" for name in table.header]
    unseen = list(islice(sheet.problems(names), MOST_PROBLEMS))
    return replace(table, unseen=unseen)


def _table(lines: list[list[Cell]]) -> _Table:
    # Names are compared in small letters: Excel and people like capitals.
    even = _even(lines)
    header = [words(name).lower() for name in even[0]] if even else []
    return _Table(header, even[1:])


class _Reading:
    """Reads the rows of a table one after the other, and notes all that is wrong with them."""

    def __init__(
        self,
        snapshot: Snapshot,
        table: _Table,
    ) -> None:
        self._snapshot, self._table = snapshot, table
        self._rows: list[ReturnRow] = []
        self._left_blank = list(_left_blank(table))
        # Whoever filters the template for their own rows hides the others, of which nothing is read.
        unseen = [problem for problem in table.unseen if problem.row not in self._left_blank]
        self._problems = unseen
        self._unseen_rows = {problem.row for problem in unseen}
        self._named: dict[tuple[str, str], int] = {}

    def file(self) -> ReturnFile:
        """What the file says."""
        for row, line in enumerate(self._table.rows, 2):
            if any(words(cell) for cell in line) and row not in self._left_blank:
                self._read(row, line)
            if len(self._problems) >= MOST_PROBLEMS:
                self._stop(row)
                break
        else:
            self._problems += _doubled(self._rows)
        if not self._named:
            remedy = "fill it in, or take the file away."
            wrong = "nobody has filled in a row" if self._left_blank else _NO_ROW
            self._problems.append(Problem(0, "", wrong, remedy))
        problems = sorted(self._problems, key=lambda problem: problem.row)
        return ReturnFile(
            self._snapshot,
            tuple(self._rows),
            tuple(problems),
            self._named,
            tuple(self._left_blank),
        )

    def _read(
        self,
        row: int,
        line: Sequence[Cell],
    ) -> None:
        header = self._table.header
        indicator, area = (words(line[header.index(name)]) for name in _WHAT_AND_WHERE)
        self._named.setdefault((indicator, area), row)
        # What its cells say is of no use where they do not look as they are.
        if row not in self._unseen_rows:
            rows, problems = _read_row(
                self._snapshot,
                row,
                header,
                line,
            )
            self._rows += rows
            self._problems += problems

    def _stop(self, row: int) -> None:
        left = len(self._table.rows) + 1 - row
        if left:
            wrong = f"{left:,} rows, from row {row + 1} on, were not looked at: so much is wrong already"
            self._problems.append(Problem(0, "", wrong, "mend the others first."))


def _left_blank(table: _Table) -> Iterator[int]:
    """The rows that fill columns of the template which it fills in itself, and none that is left to a person."""
    for row, line in enumerate(table.rows, 2):
        filled = {name for name, cell in zip(table.header, line, strict=True) if words(cell)}
        # A cell under no name may be a figure that slipped out of its column.
        if filled & set(KNOWN) and not filled & _LEFT_TO_A_PERSON:
            yield row


def _csv(snapshot: Snapshot) -> list[list[Cell]]:
    table: list[list[Cell]] = []
    try:
        lines = csv.reader(io.StringIO(snapshot.text(), newline=""), strict=True)
        for number, line in enumerate(lines, 1):
            _check_size(number, len(line))
            table.append(list(line))
    except UnicodeDecodeError:
        raise NoTableError(
            "the file is not in UTF-8, so that letters such as £ and – cannot be read",
            "in Excel, save it as “CSV UTF-8 (Comma delimited)”.",
        ) from None
    except csv.Error as problem:
        raise NoTableError(
            f"this is no CSV file: {problem}", "save it from Excel as “CSV UTF-8”."
        ) from None
    return table


def _check_size(row: int, width: int) -> None:
    """Stop before a small file of nothing but commas and line breaks takes all memory."""
    if row > MOST_ROWS + 1:
        raise NoTableError(
            f"it has more than {MOST_ROWS:,} rows, blank ones too",
            "delete the blank rows under the table, or split the return into several files.",
        )
    if width > MOST_COLUMNS:
        raise NoTableError(
            f"row {row} has {width:,} cells, and at most {MOST_COLUMNS} are read",
            "delete the columns beside the table.",
        )


def _even(table: list[list[Cell]]) -> list[list[Cell]]:
    """Rows of one length: Excel leaves out blank cells at the end of a CSV row."""
    width = max((len(line) for line in table), default=0)
    return [line + [""] * (width - len(line)) for line in table]


def _header_problems(header: Sequence[str]) -> Iterator[Problem]:
    names = [column.name for column in COLUMNS]
    absent = [name for name in names if name not in header]
    for name in names:
        if header.count(name) > 1:
            yield Problem(
                1,
                name,
                "the header has this column more than once",
                "keep one of them.",
            )
    for name in header:
        # A column of the officer's own may stand there, but not a misspelt one of ours, which would be lost.
        meant = get_close_matches(name, absent, 1, cutoff=0.8) if name and name not in names else []
        if meant:
            yield Problem(
                1,
                name,
                "the template has no such column",
                f"if you mean `{meant[0]}`, write it so.",
            )
    for column in COLUMNS:
        if column.required and column.name in absent:
            yield Problem(
                1,
                column.name,
                "the header lacks this column",
                "put the template's header in the first row.",
            )


def _read_row(
    snapshot: Snapshot,
    row: int,
    header: Sequence[str],
    line: Sequence[Cell],
) -> tuple[list[ReturnRow], list[Problem]]:
    problems = [
        Problem(
            row,
            "",
            f"“{words(cell)}” stands outside the table",
            "a text with a comma needs quotes around it.",
        )
        for cell in _outside(header, line)
    ]
    given = dict(zip(header, line, strict=True))
    values: dict[str, Any] = {}
    for column in COLUMNS:
        try:
            values[column.name] = _read_cell(column, given)
        except cells.CellError as problem:
            problems.append(Problem(row, column.name, problem.wrong, problem.remedy))
    if problems:
        return [], problems
    start, end, label = (values.pop(f"period_{part}") for part in ("start", "end", "label"))
    # A period cannot be made of days in the wrong order, so that the row ends here.
    if end < start:
        return [], [
            Problem(
                row,
                "period_end",
                f"{end} lies before period_start, {start}",
                "correct the two days.",
            )
        ]
    read = ReturnRow(
        snapshot=snapshot,
        row=row,
        period=Period(start, end, label),
        value_text=_letter_for_letter(given.get("value", "")),
        **values,
    )
    return [read], list(problems_of(read))


def _outside(header: Sequence[str], line: Sequence[Cell]) -> list[Cell]:
    """The filled cells of a row that stand under no name."""
    named = zip(header, line, strict=True)
    return [cell for name, cell in named if not name and words(cell)]


def _read_cell(column: Column, given: Mapping[str, Cell]) -> object:
    try:
        found = column.read(given.get(column.name, ""))
    except cells.AmbiguousDayError as problem:
        found = _first_of_a_year(given, problem.days) if column.name == "period_start" else None
        if found is None:
            raise
    if found in ("", None):
        if column.required:
            raise cells.CellError(
                "it is blank, and every row must fill it", f"write {_what_fits(column)}."
            )
        return found
    if not column.choices:
        return found
    choice = str(found).lower()
    if choice not in column.choices:
        raise cells.CellError(
            f"“{found}” is none of the choices",
            f"write {_what_fits(column)}.",
        )
    return choice


def _first_of_a_year(
    given: Mapping[str, Cell],
    days: Sequence[date],
) -> date | None:
    """The one of several days on which the row's kind of year begins: 01/04/2025 of a financial year is in April."""
    whole_year = WHOLE_YEARS.get(words(given.get("period_type", "")).lower())
    fitting = [day for day in days if whole_year and whole_year(day.year).start == day]
    return fitting[0] if len(fitting) == 1 else None


def _what_fits(column: Column) -> str:
    if column.choices:
        return f"{'' if column.required else 'nothing, or '}one of {', '.join(column.choices)}"
    return "a day as 2023-03-31" if column.read is cells.day else "it in"


def _letter_for_letter(cell: Cell) -> str:
    return cell if isinstance(cell, str) else words(cell)


def _doubled(rows: Sequence[ReturnRow]) -> Iterator[Problem]:
    """The rows of a file that are one figure: the same line, and some of the same days."""
    longest: dict[tuple[str, ...], ReturnRow] = {}
    # In the order of their days a row has only to be compared with the one that ends last before it.
    for row in sorted(rows, key=lambda row: (row.period.start, row.row)):
        other = longest.setdefault(row.line, row)
        if other is not row and row.overlaps(other):
            first, second = sorted((row, other), key=lambda row: row.row)
            yield _is_one_with(second, first)
        if row.period.end > other.period.end:
            longest[row.line] = row


def _is_one_with(row: ReturnRow, other: ReturnRow) -> Problem:
    if row.key == other.key:
        return row.problem(
            "indicator_id",
            f"row {other.row} has the same indicator, measure, area, breakdown, period and definition",
            "keep the right one of the two rows.",
        )
    return row.problem(
        "period_start",
        f"row {other.row} is about some of the same days, {other.period.start} to {other.period.end}, "
        "and the same figure",
        "keep the right one of the two rows, or correct the days.",
    )
