"""Differing figures are those that a reader finds who goes through both tables row by row."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given

from tests.thindicators.history.test_revisions import TABLES, by_key, figure, of_rows, table
from thindicators.history.differing import differing
from thindicators.observations.observation import KEY

COLUMNS = ("value", "lower_ci_95", "upper_ci_95", "numerator", "note", "revision")
Figures = dict[tuple[int, str, str], dict[str, object]]


def row_by_row(before: pa.Table, after: pa.Table) -> list[tuple[object, ...]]:
    """The differences, found by looking at one figure after the other."""
    old, new = by_key(before), by_key(after)
    found: list[tuple[object, ...]] = []
    for key in sorted(old.keys() | new.keys()):
        sides = [
            {column: rows[key][column] for column in COLUMNS} if key in rows else None
            for rows in (old, new)
        ]
        if sides[0] != sides[1]:
            found.append((key, *sides))
    return found


@given(TABLES, TABLES)
def test_are_those_found_row_by_row(one: Figures, other: Figures) -> None:
    before, after = of_rows(one), of_rows(other)
    assert differing(before, after, COLUMNS) == row_by_row(before, after)


def test_of_two_rows_of_one_key_the_last_counts() -> None:
    twice = pa.concat_tables([table(figure(2020, 1.0)), table(figure(2020, 2.0))])
    [(key, old, new)] = differing(twice, table(figure(2020, 3.0)), ("value",))
    assert len(key) == len(KEY)
    assert (old, new) == ({"value": 2.0}, {"value": 3.0})
