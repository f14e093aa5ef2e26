"""First rows: which rows of a table stand first, so that a reader who guesses types from a hundred rows guesses right.

What belongs here: the order of rows that such readers need. How a cell is written belongs in `tables`.

polars looks at a hundred rows of a CSV, takes a column that is empty there for text, and stops at the first cell that
contradicts its guess. No quoting and no header tells it better; only the rows themselves do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa

HEAD = 100
"""How many rows such a reader looks at."""

_KEPT = 30
"""How many rows stay first whatever follows; the others of the head have room for a few of each of twenty columns."""

# What polars tells apart. A day is text to it, as long as nobody asks it to try days.
_WHOLE, _NUMBER, _TRUTH, _TEXT = "whole number", "number", "truth", "text"
_LOOKS_LIKE = {
    _WHOLE: re.compile(r"[+-]?[0-9]+"),
    _NUMBER: re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"),
    _TRUTH: re.compile(r"true|false", re.IGNORECASE),
}


def types_first(table: pa.Table) -> pa.Table:
    """The same rows, in the same order but for those that must move up into the head to tell a column's type.

    Where the head tells it already, as nearly always, nothing moves.
    """
    columns = [_kinds_in(column) for column in table.columns]
    if all(_is_told_by_head(kinds) for kinds in columns):
        return table
    telling: set[int] = set()
    for kinds in columns:
        telling.update(_telling(kinds))
    # A row that stands early enough stays: the fewer move, the easier a table is to read.
    moving = sorted(row for row in telling if row >= _KEPT)
    others = [row for row in range(table.num_rows) if row not in moving]
    order = [*others[:_KEPT], *moving, *others[_KEPT:]]
    return table.take(order)


def _kinds_in(column: pa.ChunkedArray) -> list[str | None]:
    return [_kind(cell) for cell in column.to_pylist()]


def _is_told_by_head(kinds: Sequence[str | None]) -> bool:
    return _guess(kinds[:HEAD]) == _guess(kinds)


def _guess(cells: Sequence[str | None]) -> str:
    """What a reader takes a column for who sees these cells."""
    kinds = set(cells) - {None}
    if kinds == {_WHOLE, _NUMBER}:
        return _NUMBER
    # A mixture can only be read as text, and so is a column in which nothing is seen.
    return str(kinds.pop()) if len(kinds) == 1 else _TEXT


def _telling(kinds: Sequence[str | None]) -> list[int]:
    """The rows that a reader must see to guess right: the first text or, without any, the first of each kind."""
    # A row with an empty cell tells nothing.
    kinds_seen = set(kinds) - {None}
    first_of = {kind: kinds.index(kind) for kind in kinds_seen}
    if _TEXT in first_of:
        return [first_of[_TEXT]]
    return list(first_of.values())


def _kind(cell: object) -> str | None:
    """What a cell looks like in a CSV; text that looks like a number is taken for one, in quotes or not."""
    if cell is None:
        return None
    # Before the numbers: to Python, a truth is one of them.
    if isinstance(cell, bool):
        return _TRUTH
    if isinstance(cell, float):
        return _NUMBER
    if isinstance(cell, int):
        return _WHOLE
    text = str(cell)
    for kind, looks in _LOOKS_LIKE.items():
        if looks.fullmatch(text):
            return kind
    return _TEXT
