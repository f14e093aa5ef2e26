"""A council return as a file: its columns, its rows, and everything that is wrong with it, in plain words.

What belongs here: reading CSV and XLSX (sheet `Return`) into rows, and the rules that a row keeps whatever its
indicator. The rules of an indicator, and what becomes of several files, belong in `returns`; single cells belong in
`return_cells`. Nothing here raises: a person who mends a return wants to see all problems at once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from sources.reading.files import Cell, sheets, words
from sources.returns import cells
from sources.returns.rows import Problem, ReturnRow
from sources.returns.rules import WHOLE_YEARS, problems_of
from thindicators.errors import SourceError
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.periods import Period

SHEET = "Return"


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


@dataclass(frozen=True)
class ReturnFile:
    """What a file says.

    Attributes:
        rows: The rows that could be read.
        problems: Everything that is wrong; a file with any is not published.
        named: The indicators named in the file, each with its area and the first row that names the two.
    """

    snapshot: Snapshot
    rows: tuple[ReturnRow, ...]
    problems: tuple[Problem, ...]
    named: Mapping[tuple[str, str], int]

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
        table = _xlsx(snapshot) if snapshot.role.lower().endswith(".xlsx") else _csv(snapshot)
        header = [words(name).lower() for name in table[0]] if table else []
    except _NoTableError as problem:
        return ReturnFile(snapshot, (), (problem.problem,), {})
    problems = list(_header_problems(header))
    if problems:
        return ReturnFile(snapshot, (), tuple(problems), {})
    rows: list[ReturnRow] = []
    named: dict[tuple[str, str], int] = {}
    for row, line in enumerate(table[1:], 2):
        if not any(words(cell) for cell in line):
            continue
        found, wrong = _read_row(snapshot, row, header, line)
        problems += wrong
        rows += found
        indicator, area = (
            words(line[header.index(name)]) for name in ("indicator_id", "area_code")
        )
        named.setdefault((indicator, area), row)
    if not named:
        problems.append(
            Problem(0, "", "there is no row under the header", "fill it in, or take the file away.")
        )
    problems += _doubled(rows)
    return ReturnFile(
        snapshot, tuple(rows), tuple(sorted(problems, key=lambda one: one.row)), named
    )


class _NoTableError(Exception):
    def __init__(self, wrong: str, remedy: str) -> None:
        super().__init__(wrong)
        self.problem = Problem(0, "", wrong, remedy)


def _csv(snapshot: Snapshot) -> list[list[Cell]]:
    try:
        lines = csv.reader(io.StringIO(snapshot.text(), newline=""), strict=True)
        return _even([list(line) for line in lines])
    except UnicodeDecodeError:
        raise _NoTableError(
            "the file is not in UTF-8, so that letters such as £ and – cannot be read",
            "in Excel, save it as “CSV UTF-8 (Comma delimited)”.",
        ) from None
    except csv.Error as problem:
        raise _NoTableError(
            f"this is no CSV file: {problem}", "save it from Excel as “CSV UTF-8”."
        ) from None


def _xlsx(snapshot: Snapshot) -> list[list[Cell]]:
    try:
        found = sheets(snapshot)
    except SourceError as problem:
        raise _NoTableError(
            f"the workbook cannot be opened: {problem.came}", "save it from Excel as .xlsx."
        ) from None
    for sheet in found:
        if sheet.name.strip().lower() == SHEET.lower():
            return _even([list(row) for row in sheet.rows])
    names = ", ".join(f"“{sheet.name}”" for sheet in found)
    raise _NoTableError(
        f"there is no sheet “{SHEET}”, only {names}", f"name the sheet with the table “{SHEET}”."
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
            yield Problem(1, name, "the header has this column more than once", "keep one of them.")
    for name in header:
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
    snapshot: Snapshot, row: int, header: Sequence[str], line: Sequence[Cell]
) -> tuple[list[ReturnRow], list[Problem]]:
    problems = [
        Problem(
            row,
            "",
            f"“{words(cell)}” stands outside the table",
            "a text with a comma needs quotes around it.",
        )
        for name, cell in zip(header, line, strict=True)
        if not name and words(cell)
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
        raise cells.CellError(f"“{found}” is none of the choices", f"write {_what_fits(column)}.")
    return choice


def _first_of_a_year(given: Mapping[str, Cell], days: Sequence[date]) -> date | None:
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
    first: dict[tuple[object, ...], int] = {}
    for one in rows:
        known = first.setdefault(one.key, one.row)
        if known != one.row:
            yield Problem(
                one.row,
                "indicator_id",
                f"row {known} has the same indicator, measure, area, breakdown, period and definition",
                "keep the right one of the two rows.",
            )
