"""Differing figures: the rows of two tables that are not the same, found for whole columns at once.

What belongs here: joining two tables of the contract on the key, and keeping what differs. What a difference is called
belongs in `revisions`, which looks at the few rows that are found here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from thindicators.observations.observation import KEY

Key = tuple[str, ...]
Cells = Mapping[str, object]
"""The cells of one figure that were compared, by the names of their columns."""

_OLD, _NEW = "_old", "_new"
_IS_THERE = "is_there"


def differing(
    before: pa.Table,
    after: pa.Table,
    columns: Sequence[str],
) -> list[tuple[Key, Cells | None, Cells | None]]:
    """The figures that differ in one of some columns, or are in one of two tables only, in the order of the key.

    Args:
        before: One table; of rows with the same key the last counts.
        after: The other.
        columns: What to compare, beside the key.
    """
    joined = _side(before, columns).join(
        _side(after, columns),
        keys=list(KEY),
        join_type="full outer",
        left_suffix=_OLD,
        right_suffix=_NEW,
    )
    unequal = [_differ(joined, column) for column in (*columns, _IS_THERE)]
    rows = joined.filter(reduce(pc.or_, unequal)).to_pylist()
    figures = [(_key(row), _cells(row, columns, _OLD), _cells(row, columns, _NEW)) for row in rows]
    return sorted(figures, key=_first)


def _side(table: pa.Table, columns: Sequence[str]) -> pa.Table:
    """What is compared of a table, each key once, with a mark that the row is there."""
    compared = _each_key_once(table.select([*KEY, *columns]))
    is_there = pa.array([True]).take(pa.array([0] * compared.num_rows, pa.int32()))
    return compared.append_column(_IS_THERE, is_there)


def _each_key_once(table: pa.Table) -> pa.Table:
    keys = table.select(KEY).group_by(list(KEY))
    if keys.aggregate([]).num_rows == table.num_rows:
        return table
    place = "place"
    numbered = table.append_column(place, pa.array(range(table.num_rows), pa.int64()))
    last = numbered.group_by(list(KEY)).aggregate([(place, "max")])
    return table.take(last[f"{place}_max"])


def _differ(joined: pa.Table, column: str) -> pa.ChunkedArray:
    old, new = joined[f"{column}{_OLD}"], joined[f"{column}{_NEW}"]
    both_empty = pc.and_(pc.is_null(old), pc.is_null(new))
    # Where one of the two is empty a comparison says nothing, and they differ.
    same = pc.or_(pc.fill_null(pc.equal(old, new), False), both_empty)
    return pc.invert(same)


def _key(row: Cells) -> Key:
    return tuple(str(row[name]) for name in KEY)


def _cells(
    row: Cells,
    columns: Sequence[str],
    side: str,
) -> Cells | None:
    if not row[f"{_IS_THERE}{side}"]:
        return None
    return {column: row[f"{column}{side}"] for column in columns}


def _first(figure: tuple[Key, Cells | None, Cells | None]) -> Key:
    return figure[0]
