"""First rows: which rows of a table stand first, so that a reader who guesses types from a hundred rows guesses right.

What belongs here: the order of rows that such readers need. How a cell is written belongs in `tables`.

polars looks at a hundred rows of a CSV, takes a column that is empty there for text, and stops at the first cell that
contradicts its guess. No quoting and no header tells it better; only the rows themselves do.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

HEAD = 100
"""How many rows such a reader looks at."""

_KEPT = 30
"""How many rows stay first whatever follows; the others of the head have room for a few of each of twenty columns."""

# What polars tells apart. A day is text to it, as long as nobody asks it to try days.
_WHOLE, _NUMBER, _TRUTH, _TEXT = "whole number", "number", "truth", "text"

_WHOLE_NUMBER = "[+-]?[0-9]+"
_ANY_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
_TRUE_OR_FALSE = "(?i)true|false"

FirstRows = Mapping[str, int]
"""The first row of each kind of cell that a column has; an empty cell is of none."""


def types_first(table: pa.Table) -> pa.Table:
    """The same rows, in the same order but for those that must move up into the head to tell a column's type.

    Where the head tells it already, as nearly always, nothing moves.
    """
    columns = [_first_rows_in(column) for column in table.columns]
    if all(_is_told_by_head(first_rows) for first_rows in columns):
        return table
    telling: set[int] = set()
    for first_rows in columns:
        telling.update(_telling(first_rows))
    # A row that stands early enough stays: the fewer move, the easier a table is to read.
    moving = sorted(row for row in telling if row >= _KEPT)
    others = [row for row in range(table.num_rows) if row not in moving]
    order = [*others[:_KEPT], *moving, *others[_KEPT:]]
    return table.take(order)


def _first_rows_in(column: pa.ChunkedArray) -> FirstRows:
    kind = _kind_of_numbers(column.type)
    first_rows = {kind: _first(pc.is_valid(column))} if kind else _first_rows_in_text(column)
    return {kind: row for kind, row in first_rows.items() if row >= 0}


def _kind_of_numbers(data_type: pa.DataType) -> str:
    """What all cells of a type look like; empty for text, which may look like anything."""
    if pa.types.is_boolean(data_type):
        return _TRUTH
    if pa.types.is_floating(data_type):
        return _NUMBER
    return _WHOLE if pa.types.is_integer(data_type) else ""


def _first_rows_in_text(column: pa.ChunkedArray) -> FirstRows:
    """Text that looks like a number is taken for one, in quotes or not."""
    texts = column.cast(pa.string())
    is_whole = _matches(texts, _WHOLE_NUMBER)
    is_any_number = _matches(texts, _ANY_NUMBER)
    is_truth = _matches(texts, _TRUE_OR_FALSE)
    # A whole number looks like any number too.
    is_number = pc.and_not(is_any_number, is_whole)
    is_text = pc.invert(pc.or_(is_any_number, is_truth))
    return {
        _WHOLE: _first(is_whole),
        _NUMBER: _first(is_number),
        _TRUTH: _first(is_truth),
        _TEXT: _first(is_text),
    }


def _matches(column: pa.ChunkedArray, pattern: str) -> pa.ChunkedArray:
    return pc.match_substring_regex(column, rf"\A(?:{pattern})\z")


def _first(is_of_kind: pa.ChunkedArray) -> int:
    """The first row that is; -1 if none is."""
    return int(pc.index(is_of_kind, value=True).as_py())


def _is_told_by_head(first_rows: FirstRows) -> bool:
    in_head = {kind for kind, row in first_rows.items() if row < HEAD}
    return _guess(in_head) == _guess(set(first_rows))


def _guess(kinds: set[str]) -> str:
    """What a reader takes a column for who sees cells of these kinds."""
    if kinds == {_WHOLE, _NUMBER}:
        return _NUMBER
    # A mixture can only be read as text, and so is a column in which nothing is seen.
    return min(kinds) if len(kinds) == 1 else _TEXT


def _telling(first_rows: FirstRows) -> list[int]:
    """The rows that a reader must see to guess right: the first text or, without any, the first of each kind."""
    if _TEXT in first_rows:
        return [first_rows[_TEXT]]
    return list(first_rows.values())
