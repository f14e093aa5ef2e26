"""A publisher's file as plain tables, read from its real format and written back into it.

What belongs here: CSV, JSON, XLSX and ODS as rows of cells. Where a source's file has its areas, periods and figures is
said by its `Layout`; which files there are belongs in `good_files`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from python_calamine import CalamineWorkbook

from sources.reading.files import column_letters, words
from sources.samples import ods, xlsx

Cell = str | float
Rows = list[list[Cell]]
Tables = dict[str, Rows]
"""Rows by the sheet's name; a file without sheets has one table, named by an empty text."""

Format = Literal["csv", "json", "xlsx", "ods"]
ABSENT = "\x00"
"""What stands in a row of a JSON document for a member that it does not have."""


class DoesNotApplyError(Exception):
    """Damage that a file cannot have; the words say why."""


@dataclass(frozen=True)
class Layout:
    """Where a file has what.

    Attributes:
        file: What the file is called in the table of outcomes.
        address: The end of the address it comes from; for a return, its name in the inbox.
        areas: Cells that a row must all have to be about an area, by the area's code.
        names: The name beside the code in such a row, by the area's code, where the file has one.
        header: A cell that only the header has; empty for a CSV or JSON document, whose header is its first row.
        sheets: A regular expression that the names of the sheets with figures fit.
        periods: The columns that say when, where every row has its own period.
        wide: A regular expression of the headers of figures, where every period has its own columns.
        titles: A regular expression of other cells that name the period.
        values: The columns of figures by their headers, or by their numbers where one header stands for several.
        percents: Those of them that hold percentages.
        fractions: Whether the publisher writes percentages as fractions.
        text: A column of words.
        counted: The column in which the publisher counts its own rows.
    """

    file: str
    address: str
    format: Format
    areas: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str] = field(default_factory=dict)
    header: str = ""
    sheets: str = ""
    periods: tuple[str, ...] = ()
    wide: str = ""
    titles: str = ""
    values: tuple[str | int, ...] = ()
    percents: tuple[str | int, ...] = ()
    fractions: bool = False
    text: str = ""
    counted: str = ""

    @property
    def is_workbook(self) -> bool:
        """Whether it is a zip of sheets."""
        return self.format in ("xlsx", "ods")


def csv_rows(content: bytes) -> list[list[str]]:
    """The rows of a CSV file, with or without a byte-order mark."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def as_csv(rows: Iterable[Iterable[Cell]]) -> bytes:
    """Rows as a CSV file; what UTF-8 cannot write is written all the same."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


def read_tables(layout: Layout, content: bytes) -> Tables:
    """The tables of a file."""
    if layout.format == "csv":
        return {"": [list(row) for row in csv_rows(content)]}
    if layout.format == "json":
        results = json.loads(content)["results"]
        return {"": _table_of([_flattened(result) for result in results])}
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: _rows_of_sheet(book, name) for name in book.sheet_names}


def _rows_of_sheet(book: CalamineWorkbook, name: str) -> Rows:
    rows: Rows = []
    for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False):
        rows.append([_plain(cell) for cell in row])
    return rows


def write_tables(layout: Layout, tables: Tables, good: bytes) -> bytes:
    """A file with these tables; what is not in a table is as in the good one."""
    if layout.format == "json":
        return _json(tables[""], json.loads(good))
    if layout.format == "csv":
        return as_csv(_counted(layout, tables[""]))
    if layout.format == "ods":
        return ods.workbook(tables)
    return xlsx.workbook({name: dict(_addressed(rows)) for name, rows in tables.items()})


def sheets_of(layout: Layout, tables: Tables) -> list[str]:
    """The names of the sheets with figures."""
    return [name for name in tables if re.fullmatch(layout.sheets, name)]


def header_of(layout: Layout, rows: Rows) -> int:
    """The index of the header."""
    index = 0
    # A CSV file or a document has its header first.
    while layout.header and not _has(rows[index], layout.header):
        index += 1
    return index


def _has(row: list[Cell], part: str) -> bool:
    return any(part in words(cell) for cell in row)


def rows_of(layout: Layout, rows: Rows, area: str) -> list[int]:
    """The indices of the rows about an area."""
    wanted = set(layout.areas[area])
    return [index for index, row in enumerate(rows) if wanted <= set(map(words, row))]


def columns_of(layout: Layout, rows: Rows, wanted: tuple[str | int, ...]) -> list[int]:
    """The indices of columns, by their headers or by their numbers."""
    numbers = [column for column in wanted if isinstance(column, int)]
    patterns = [column for column in wanted if isinstance(column, str)]
    if not patterns:
        return numbers
    any_of_them = re.compile("|".join(patterns))
    header = rows[header_of(layout, rows)]
    named = [index for index, cell in enumerate(header) if any_of_them.fullmatch(words(cell))]
    return numbers + named


def figures_of(
    layout: Layout, rows: Rows, wanted: tuple[str | int, ...]
) -> Iterator[tuple[int, int]]:
    """Row and column of every number in some columns, under the header."""
    first = header_of(layout, rows) + 1
    for column in columns_of(layout, rows, wanted):
        for index in range(first, len(rows)):
            if as_number(rows[index][column]) is not None:
                yield index, column


def as_number(cell: Cell) -> float | None:
    """The number in a cell; None if there is none."""
    try:
        return None if cell in ("", ABSENT) else float(cell)
    except ValueError:
        return None


def like(cell: Cell, number: float) -> Cell:
    """A number as the file writes numbers: as text, or as itself."""
    return round(number, 12) if isinstance(cell, float) else format(round(number, 12), ".12g")


def _plain(cell: object) -> Cell:
    """Text or a number: the samples have no other cells."""
    return float(cell) if isinstance(cell, int | float) else str(cell)


def _counted(layout: Layout, rows: Rows) -> Rows:
    """Rows with the publisher's own count of them put right, as the publisher would have it."""
    if not layout.counted or layout.counted not in rows[0]:
        return rows
    column = rows[0].index(layout.counted)
    counted = [list(row) for row in rows]
    for row in counted[1:]:
        # A row that was cut short ends before its count.
        if len(row) > column:
            row[column] = str(len(rows) - 1)
    return counted


def _addressed(rows: Rows) -> Iterator[tuple[str, Cell]]:
    for index, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if cell != "":
                yield f"{column_letters(column)}{index}", cell


def _flattened(whole: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """The members of an object and of those within it, by names such as `filters.sex`."""
    members: dict[str, str] = {}
    for name, part in whole.items():
        if isinstance(part, dict):
            members |= _flattened(part, f"{before}{name}.")
        else:
            members[f"{before}{name}"] = part
    return members


def _table_of(results: list[dict[str, str]]) -> Rows:
    names: list[Cell] = []
    for result in results:
        names += [name for name in result if name not in names]
    rows: Rows = [names]
    for result in results:
        rows.append([result.get(str(name), ABSENT) for name in names])
    return rows


def _json(rows: Rows, good: dict[str, Any]) -> bytes:
    """Rows as `results`; a name that stands twice in the header stands twice in the document, as JSON allows."""
    paths = [str(name).split(".") for name in rows[0]]
    results = []
    for row in rows[1:]:
        members = zip(paths, row, strict=True)
        results.append(_object([(path, cell) for path, cell in members if cell != ABSENT]))
    paging = {**good["paging"], "totalResults": len(results)}
    parts = [f'"paging": {json.dumps(paging)}', f'"results": [{", ".join(results)}]']
    for name in sorted(good.keys() - {"paging", "results"}):
        parts.insert(1, f'"{name}": {json.dumps(good[name])}')
    return f"{{{', '.join(parts)}}}".encode()


def _object(members: list[tuple[list[str], Cell]]) -> str:
    parts = []
    for name in dict.fromkeys(path[0] for path, _ in members):
        inner = [(path[1:], cell) for path, cell in members if path[0] == name and path[1:]]
        if inner:
            parts.append(f'"{name}": {_object(inner)}')
            continue
        for path, cell in members:
            if path == [name]:
                parts.append(f'"{name}": {json.dumps(cell)}')
    return f"{{{', '.join(parts)}}}"
