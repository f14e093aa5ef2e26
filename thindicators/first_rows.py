"""First rows: which rows of a table stand first, so that a reader who guesses types from a hundred rows guesses right.

What belongs here: the order of rows that such readers need. How a cell is written belongs in `tables`.

polars looks at a hundred rows of a CSV, takes a column that is empty there for text, and stops at the first cell that
contradicts its guess. No quoting and no header tells it better; only the rows themselves do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

import pyarrow as pa

HEAD = 100
"""How many rows such a reader looks at."""

_WHOLE, _NUMBER, _TRUTH, _TEXT = "whole number", "number", "truth", "text"
_LOOKS_LIKE = {
    _WHOLE: re.compile(r"[+-]?\d+"),
    _NUMBER: re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"),
    _TRUTH: re.compile(r"true|false", re.IGNORECASE),
}


def types_first(table: pa.Table) -> pa.Table:
    """The same rows, in the same order but for those that must move up to the first hundred to tell a column's type.

    Hardly any table has such rows; a table of a hundred rows or fewer has none.
    """
    if table.num_rows <= HEAD:
        return table
    late = sorted(set(chain.from_iterable(_late(column.to_pylist()) for column in table.columns)))
    if not late:
        return table
    others = sorted(set(range(table.num_rows)) - set(late))
    return types_first(table.take([*late, *others]))


def _late(cells: Sequence[object]) -> list[int]:
    """The rows below the head without which a reader of the head takes the column for what it is not."""
    kinds = [_kind(cell) for cell in cells]
    head = set(kinds[:HEAD]) - {None}
    first_row = {kind: kinds.index(kind) for kind in set(kinds) - {None}}
    if _TEXT in head or (_TEXT in first_row and not head):
        return []
    if _TEXT in first_row:
        return [first_row[_TEXT]]
    if _NUMBER in head:
        first_row.pop(_WHOLE, None)
    return [row for row in first_row.values() if row >= HEAD]


def _kind(cell: object) -> str | None:
    """What a cell looks like in a CSV; text that looks like a number is taken for one, in quotes or not."""
    if cell is None:
        return None
    if isinstance(cell, float):
        return _NUMBER
    if isinstance(cell, int):
        return _WHOLE
    return next((kind for kind, looks in _LOOKS_LIKE.items() if looks.fullmatch(str(cell))), _TEXT)
