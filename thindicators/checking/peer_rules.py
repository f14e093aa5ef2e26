"""Peer rules: what a figure of a peer must be like, or it is published without its value.

What belongs here: one condition for a whole table at once. The Plan's own area and those it is compared with are judged
by Great Expectations, and what is wrong with them stops the indicator; a council that is only shown beside it must not.
It depends on the figures and the indicator's file alone, so that the same snapshots give the same table.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from thindicators.checking.row_rules import bounds_of
from thindicators.observations.observation import KEY
from thindicators.plan.model import Indicator

HELD_BACK = "This figure did not pass our checks and is held back."
"""What is said in place of the figure."""

_EMPTIED = ("value", "lower_ci_95", "upper_ci_95", "numerator", "denominator")
_NOT_AVAILABLE = "x"
_LOPSIDED = 3.0
"""So many times as far below a figure as above it no publisher's limits are."""


def hold_back_doubtful(table: pa.Table, indicator: Indicator) -> pa.Table:
    """The table, in which a peer's figure that breaks a rule has given way to the reason why there is none.

    Of several rows for one figure of a peer the first stays, without its value: nobody chooses between them.
    """
    if not indicator.peers or not table.num_rows:
        return table
    is_peer = pc.is_in(table["area_code"], value_set=pa.array(indicator.peers))
    repeated = _repeated(table)
    doubtful = pc.and_(is_peer, _any([_breaks_a_rule(table, indicator), repeated]))
    emptied = _emptied(table, doubtful)
    surplus = pc.and_(is_peer, _comes_again(table))
    return emptied.filter(pc.invert(surplus))


def _any(conditions: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    # Of an empty cell a comparison says null, which is no breach.
    filled = [pc.fill_null(condition, False) for condition in conditions]
    return reduce(pc.or_, filled)


def _breaks_a_rule(table: pa.Table, indicator: Indicator) -> pa.ChunkedArray:
    value = table["value"]
    has_value = pc.is_valid(value)
    has_limits = pc.or_(pc.is_valid(table["lower_ci_95"]), pc.is_valid(table["upper_ci_95"]))
    series = pa.array([series.id for series in indicator.series])
    return _any(
        [
            # A figure, or the reason why there is none: never both, never neither.
            pc.equal(has_value, pc.is_valid(table["status"])),
            _outside(table, indicator),
            pc.less(table["numerator"], 0.0),
            pc.less(table["denominator"], 0.0),
            pc.less(value, table["lower_ci_95"]),
            pc.greater(value, table["upper_ci_95"]),
            _has_no_lower_limit(table),
            pc.and_(pc.invert(has_value), has_limits),
            pc.invert(pc.is_in(table["series"], value_set=series)),
        ]
    )


def _has_no_lower_limit(table: pa.Table) -> pa.ChunkedArray:
    """Whether a lower limit of 0 stands in the place of one: far below a figure whose upper limit is near.

    The limits of a share that is nearly 0 are the other way round: the upper one is farther away. Files of well-being
    had such limits in rows of several councils.
    """
    below = pc.subtract(table["value"], table["lower_ci_95"])
    above = pc.subtract(table["upper_ci_95"], table["value"])
    is_far = pc.greater(below, pc.multiply(above, _LOPSIDED))
    return pc.and_(pc.equal(table["lower_ci_95"], 0.0), is_far)


def _outside(table: pa.Table, indicator: Indicator) -> pa.ChunkedArray:
    """Whether a figure is outside the range of its unit; of the indicator's own unit, that of its file."""
    conditions = []
    for unit in pc.unique(table["unit"]).to_pylist():
        is_of_unit = pc.equal(table["unit"], unit)
        low, high = bounds_of(unit, indicator)
        if low is not None:
            conditions.append(pc.and_(is_of_unit, pc.less(table["value"], low)))
        if high is not None:
            conditions.append(pc.and_(is_of_unit, pc.greater(table["value"], high)))
    nothing = pc.and_(pc.is_null(table["indicator"]), pc.is_valid(table["indicator"]))
    return _any([nothing, *conditions])


def _key_of(table: pa.Table) -> pa.ChunkedArray:
    # A sign that no code and no period holds parts the columns of a key.
    return pc.binary_join_element_wise(*(table[column] for column in KEY), "\x1f")


def _repeated(table: pa.Table) -> pa.ChunkedArray:
    keys = _key_of(table)
    counts = pc.value_counts(keys)
    several = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    return pc.is_in(keys, value_set=several)


def _comes_again(table: pa.Table) -> pa.ChunkedArray:
    """Whether the same key stands in a row above."""
    keys = _key_of(table).combine_chunks().dictionary_encode()
    seen: set[int] = set()
    again = []
    for index in keys.indices.to_pylist():
        again.append(index in seen)
        seen.add(index)
    return pa.chunked_array([pa.array(again, pa.bool_())])


def _emptied(table: pa.Table, doubtful: pa.ChunkedArray) -> pa.Table:
    if not pc.any(doubtful).as_py():
        return table
    emptied = table
    for column in _EMPTIED:
        emptied = _replaced(emptied, column, doubtful, None)
    emptied = _replaced(emptied, "status", doubtful, _NOT_AVAILABLE)
    return _replaced(emptied, "note", doubtful, HELD_BACK)


def _replaced(
    table: pa.Table,
    column: str,
    where: pa.ChunkedArray,
    by: str | None,
) -> pa.Table:
    place = table.schema.get_field_index(column)
    field = table.schema.field(column)
    cells = pc.if_else(where, pa.scalar(by, field.type), table[column])
    return table.set_column(place, field, cells)
