"""Which rows stand first: a reader who guesses from a hundred rows guesses right, and else nothing moves."""

from __future__ import annotations

import io

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators.observations.first_rows import HEAD, types_first
from thindicators.observations.tables import write_csv_to

TEXT_CELLS = st.sampled_from(["66.2", "12", "-3", "c", "1,234", "true", "x"])


@st.composite
def late_tables(draw: st.DrawFn) -> pa.Table:
    """Tables whose columns begin with a run of one cell, often an empty one, and have other cells only after it."""
    rows = 150
    columns = {}
    for name, cells in (
        ("number", st.floats(-1e9, 1e9)),
        ("whole", st.integers(-999, 999)),
        ("text", TEXT_CELLS),
    ):
        start = draw(st.integers(0, rows))
        later = draw(st.lists(cells | st.none(), min_size=1, max_size=5))
        columns[name] = [draw(cells | st.none())] * start + (later * rows)[: rows - start]
    types = {"number": pa.float64(), "whole": pa.int32(), "text": pa.string()}
    return pa.table(
        {"row": pa.array([f"r{at}" for at in range(rows)])}
        | {name: pa.array(cells, types[name]) for name, cells in columns.items()}
    )


@given(late_tables())
def test_a_reader_of_a_hundred_rows_guesses_as_one_of_all_rows(table: pa.Table) -> None:
    text = io.StringIO()
    write_csv_to(types_first(table), text)
    content = text.getvalue().encode()
    assert pl.read_csv(content).schema == pl.read_csv(content, infer_schema_length=None).schema


@given(late_tables())
def test_it_holds_the_same_rows(table: pa.Table) -> None:
    assert sorted(map(str, types_first(table).to_pylist())) == sorted(map(str, table.to_pylist()))


def test_a_late_number_moves_up_and_the_first_rows_stay_first() -> None:
    table = pa.table(
        {"row": [f"r{at}" for at in range(200)], "value": pa.array([None] * 150 + [1.5] * 50)}
    )
    moved = types_first(table)["row"].to_pylist()
    assert moved[:31] == [*(f"r{at}" for at in range(30)), "r150"]
    assert [row for row in moved if row != "r150"] == [f"r{at}" for at in range(200) if at != 150]


@pytest.mark.parametrize("rows", [0, HEAD, 1000])
def test_a_table_that_tells_its_types_stays_as_it_is(rows: int) -> None:
    table = pa.table(
        {"value": pa.array([1.0] * rows), "note": pa.array([None] * rows, pa.string())}
    )
    assert types_first(table).equals(table)


def test_text_that_begins_late_in_an_empty_column_need_not_move() -> None:
    table = pa.table({"revision": pa.array([None] * 150 + ["p"])})
    assert types_first(table).equals(table)
