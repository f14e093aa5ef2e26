from __future__ import annotations

import csv
import io
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators.errors import ReleaseError
from thindicators.observations import tables
from thindicators.safe_text import why_refused

SCHEMA: tables.TableSchema = {
    "fields": [
        {"name": "name", "type": "string", "description": "A name."},
        {"name": "value", "type": "number", "description": "A value."},
        {"name": "day", "type": "date", "description": "A day."},
        {"name": "count", "type": "integer", "description": "A count."},
    ]
}
TEXT = st.text(min_size=1).filter(lambda text: not why_refused(text)) | st.sampled_from(
    ["a,b", 'say "so"', "-0.3", "-", " padded ", "£", "null", "NaN", "–"]
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": TEXT | st.none(),
            "value": st.floats(allow_nan=False, allow_infinity=False) | st.none(),
            "day": st.dates() | st.none(),
            "count": st.integers(-(2**31), 2**31 - 1) | st.none(),
        }
    ),
    min_size=1,
)


@given(ROWS)
def test_csv_and_parquet_hold_equal_rows(rows: list[dict[str, object]]) -> None:
    table = tables.table_from(rows, SCHEMA)
    tables.require_equal(
        "t", tables.csv_content(table), tables.parquet_content(table, SCHEMA), SCHEMA
    )


@given(ROWS)
def test_csv_is_what_the_standard_library_writes_row_by_row(rows: list[dict[str, object]]) -> None:
    table = tables.table_from(rows, SCHEMA)
    expected = io.StringIO(newline="")
    writer = csv.writer(expected, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in table.to_pylist():
        number = row["value"]
        written = None if number is None else plainly(number)
        writer.writerow([row["name"], written, row["day"], row["count"]])
    assert tables.csv_content(table).decode() == expected.getvalue()


def plainly(number: float) -> str:
    """A number without an exponent, always with a point."""
    plain = f"{Decimal(repr(number)):f}"
    return plain if "." in plain else f"{plain}.0"


def test_an_only_cell_that_is_empty_is_a_row_still() -> None:
    table = pa.table({"name": pa.array(["a", None], pa.string())})
    assert tables.csv_content(table) == b'name\na\n""\n'


def test_a_refused_text_is_told_with_its_row_however_many_stand_above() -> None:
    rows = [*({"name": "plain"} for _ in range(100_001)), {"name": "=1+1"}]
    with pytest.raises(ReleaseError, match="row 100003 holds '=1\\+1'"):
        tables.csv_content(tables.table_from(rows, SCHEMA))


def test_csv_is_plain() -> None:
    table = tables.table_from(
        [{"name": "a,b", "value": 12.0, "day": None, "count": 3}, {"name": "", "value": 0.1}],
        SCHEMA,
    )
    assert tables.csv_content(table) == b'name,value,day,count\n"a,b",12.0,,3\n,0.1,,\n'


def test_parquet_says_what_its_columns_mean() -> None:
    content = tables.parquet_content(tables.table_from([], SCHEMA), SCHEMA)
    field = pa.parquet.read_schema(pa.BufferReader(content)).field("value")
    assert field.metadata[b"description"] == b"A value."


def test_parquet_has_a_group_of_rows_for_each_run_of_a_column() -> None:
    rows = [{"name": name, "value": 1.0} for name in ("a", "b", "b", "c")]
    table = tables.table_from(rows, SCHEMA)
    content = tables.parquet_content(table, SCHEMA, grouped_by="name")
    file = pa.parquet.ParquetFile(pa.BufferReader(content))
    sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    assert sizes == [1, 2, 1]
    assert file.read().equals(pa.parquet.read_table(pa.BufferReader(content)))
    assert file.read().to_pylist() == table.to_pylist()


def test_files_that_differ_are_refused() -> None:
    text = tables.csv_content(tables.table_from([{"name": "a", "value": 1.0}], SCHEMA))
    parquet = tables.parquet_content(
        tables.table_from([{"name": "a", "value": 1.1}], SCHEMA), SCHEMA
    )
    with pytest.raises(ReleaseError, match=r"t\.csv and t\.parquet do not hold the same rows"):
        tables.require_equal("t", text, parquet, SCHEMA)


@pytest.mark.parametrize("text", ["=1+1", "two\nlines", "\u202e12", "a;@b"])
def test_text_that_could_act_in_a_spreadsheet_is_not_written(text: str) -> None:
    table = tables.table_from([{"name": "plain", "value": -0.3}, {"name": text}], SCHEMA)
    with pytest.raises(ReleaseError, match="The column “name” cannot be written: row 3 holds"):
        tables.csv_content(table)
