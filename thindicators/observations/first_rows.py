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
    columns = [[_kind(cell) for cell in column.to_pylist()] for column in table.columns]
    if all(_guess(kinds[:HEAD]) == _guess(kinds) for kinds in columns):
        return table
    telling = {row for kinds in columns for row in _telling(kinds) if row >= _KEPT}
    others = [row for row in range(table.num_rows) if row not in telling]
    return table.take([*others[:_KEPT], *sorted(telling), *others[_KEPT:]])


def _guess(cells: Sequence[str | None]) -> str:
    """What a reader takes a column for who sees these cells."""
    kinds = set(cells) - {None}
    if kinds == {_WHOLE, _NUMBER}:
        return _NUMBER
    return str(kinds.pop()) if len(kinds) == 1 else _TEXT


def _telling(kinds: Sequence[str | None]) -> list[int]:
    """The rows that a reader must see to guess right: the first text or, without any, the first of each kind."""
    first = {kind: kinds.index(kind) for kind in set(kinds) - {None}}
    return [first[_TEXT]] if _TEXT in first else list(first.values())


def _kind(cell: object) -> str | None:
    """What a cell looks like in a CSV; text that looks like a number is taken for one, in quotes or not."""
    if cell is None:
        return None
    if isinstance(cell, float):
        return _NUMBER
    if isinstance(cell, int):
        return _WHOLE
    return next((kind for kind, looks in _LOOKS_LIKE.items() if looks.fullmatch(str(cell))), _TEXT)
