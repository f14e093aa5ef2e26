"""Tables: CSV and Parquet with equal rows and equal bytes in every run, described by a Table Schema.

What belongs here: the Table Schemas of what is published, and writing and reading tables. Which tables a release has
belongs in `release`.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, TextIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from thindicators.contract import contract_files
from thindicators.errors import ReleaseError
from thindicators.safe_text import why_refused

TableSchema = dict[str, Any]
_NEEDS_QUOTES = re.compile(r'[,"\r\n]')
_ROWS_AT_ONCE = 100_000
_ROWS_OF_A_GROUP = 1 << 20
_TYPES = {
    "string": pa.string(),
    "integer": pa.int32(),
    "number": pa.float64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}


ELSEWHERE = "councils_elsewhere"
"""The table of the figures of councils that the Plan is neither about nor compared with."""


def table_schemas() -> dict[str, TableSchema]:
    """The Table Schemas of everything that is published, by the name of the table."""
    return dict(_schemas_of_contract())


@lru_cache(maxsize=1)
def _schemas_of_contract() -> dict[str, TableSchema]:
    schemas = {}
    for path, text in contract_files().items():
        if path.startswith("tables/"):
            name = PurePosixPath(path).stem
            schemas[name] = json.loads(text)
    # Figures of councils elsewhere keep the same contract as all others.
    schemas[ELSEWHERE] = schemas["observations"]
    return schemas


def arrow_schema(schema: TableSchema) -> pa.Schema:
    """A Table Schema as an Arrow schema, with the descriptions of its columns."""
    fields = []
    for described in schema["fields"]:
        metadata = {"description": described["description"]}
        field = pa.field(
            described["name"],
            _TYPES[described["type"]],
            metadata=metadata,
        )
        fields.append(field)
    return pa.schema(fields)


def table_from(
    rows: Iterable[Mapping[str, object]],
    schema: TableSchema,
) -> pa.Table:
    """Rows as a table; empty text is null."""
    cleaned = [_without_empty_text(row) for row in rows]
    return pa.Table.from_pylist(cleaned, schema=arrow_schema(schema))


def _without_empty_text(row: Mapping[str, object]) -> dict[str, object]:
    # A CSV cannot tell empty text from nothing, and what it says must be what Parquet says.
    return {name: None if value == "" else value for name, value in row.items()}


def csv_content(table: pa.Table) -> bytes:
    """A table as the bytes of a CSV file, in UTF-8; see `write_csv_to`."""
    text = io.StringIO(newline="")
    write_csv_to(table, text)
    return text.getvalue().encode("utf-8")


def write_csv_to(table: pa.Table, file: TextIO) -> None:
    """Write RFC 4180 CSV: a header, LF, quotes only where needed; null is empty, and a number has a decimal point.

    A column of numbers that begins with whole ones must not look like one of integers: readers guess from the first
    rows, and stop where the guess was wrong.

    Raises:
        ReleaseError: If a cell holds text that could act in a spreadsheet; see `thindicators.safe_text`.
    """
    # LF, where the standard has CRLF: every tool reads it, and `diff` shows no stray letters.
    file.write(",".join(map(_quoted, table.column_names)) + "\n")
    # A line without any letter would be no row, so that an only cell that is empty is written with its quotes.
    nothing = "" if table.num_columns > 1 else '""'
    for first in range(0, table.num_rows, _ROWS_AT_ONCE):
        rows = table.slice(first, _ROWS_AT_ONCE)
        columns = [_written(name, rows[name], nothing, first) for name in table.column_names]
        lines = pc.binary_join_element_wise(*columns, ",")
        file.write("\n".join(lines.to_pylist()) + "\n")


def _written(
    name: str,
    column: pa.ChunkedArray,
    nothing: str,
    first: int,
) -> pa.Array:
    """A column as it stands in a CSV file; each different value is looked at and written once.

    Args:
        name: Of the column.
        column: Its cells.
        nothing: What is written for a cell without a value.
        first: How many rows stand above, for the place of a cell that is refused.
    """
    encoded = column.combine_chunks().dictionary_encode()
    values = encoded.dictionary.to_pylist()
    for index, value in enumerate(values):
        if isinstance(value, str) and (why := why_refused(value)):
            row = first + pc.index(encoded.indices, index).as_py()
            raise _refused(name, row, value, why)
    texts = pa.array([_quoted(str(_cell(value))) for value in values], pa.string())
    return pc.fill_null(texts.take(encoded.indices), nothing)


def _quoted(text: str) -> str:
    if not _NEEDS_QUOTES.search(text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def parquet_content(
    table: pa.Table,
    schema: TableSchema,
    about: Mapping[str, str] | None = None,
    grouped_by: str = "",
) -> bytes:
    """A table as the bytes of a Parquet file; the same rows give the same bytes with the same pyarrow.

    It is compressed with Snappy because every reader has that; the usual ones of JavaScript have no Zstandard.

    Args:
        table: The rows.
        schema: Of the rows; the file holds the descriptions of its columns.
        about: What the file says of itself in its own metadata, such as its licence.
        grouped_by: A column whose equal cells stand together: each run of them is a group of rows of its own, so that a
            reader who wants one of them opens no other. Empty for one group, which is best for a small table.
    """
    metadata = dict(about or {})
    described = arrow_schema(schema).with_metadata(metadata or None)
    content = io.BytesIO()
    with pq.ParquetWriter(content, described, compression="snappy") as writer:
        for rows in _runs(table.cast(described), grouped_by):
            writer.write_table(rows, row_group_size=_ROWS_OF_A_GROUP)
    return content.getvalue()


def _runs(table: pa.Table, column: str) -> list[pa.Table]:
    """The parts of a table in which a column has one value after the other; the whole of it if it is none's."""
    if not column or not table.num_rows:
        return [table]
    runs = pc.run_end_encode(table[column].combine_chunks())
    ends = runs.run_ends.to_pylist()
    starts = [0, *ends[:-1]]
    return [table.slice(start, end - start) for start, end in zip(starts, ends, strict=True)]


def read_csv(
    file: Path | BinaryIO,
    schema: TableSchema,
) -> pa.Table:
    """Read back what `write_csv_to` wrote."""
    options = pyarrow.csv.ConvertOptions(
        column_types=arrow_schema(schema),
        strings_can_be_null=True,
        null_values=[""],
        quoted_strings_can_be_null=True,
    )
    # RFC 4180 lets a quoted cell hold a line end, which Arrow takes for the row's unless asked.
    parsing = pyarrow.csv.ParseOptions(newlines_in_values=True)
    return pyarrow.csv.read_csv(
        file,
        parse_options=parsing,
        convert_options=options,
    )


def require_equal(
    name: str,
    text: bytes,
    parquet: bytes,
    schema: TableSchema,
) -> None:
    """Refuse a CSV and a Parquet file that do not hold the same rows.

    Args:
        name: Of both files, without their endings.
        text: The content of the CSV file.
        parquet: The content of the Parquet file.
        schema: Of the rows.

    Raises:
        ReleaseError: If they differ.
    """
    # Read from the bytes as they will be published, not from the table that both were made of.
    in_parquet = pq.read_table(io.BytesIO(parquet))
    in_text = read_csv(io.BytesIO(text), schema).cast(in_parquet.schema)
    if not in_text.equals(in_parquet):
        raise ReleaseError(
            f"{name}.csv and {name}.parquet do not hold the same rows; the release before stands."
        )


def _refused(
    name: str,
    index: int,
    text: str,
    why: str,
) -> ReleaseError:
    """The last defence: text is refused where it comes in, and what still gets here is a defect of the project."""
    # People count from one, and the header is a row.
    row = index + 2
    return ReleaseError(
        f"The column “{name}” cannot be written: row {row} holds {text[:100]!r}; {why}. "
        "The release before stands. Mend it where it comes from: a file under schemas/, a return, or a reason."
    )


def _cell(value: object) -> object:
    """A number with its decimal point and without an exponent, in the fewest digits that tell it from all others."""
    # As Table Schema and CSVW write it; Python would begin with a capital letter.
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, float):
        return value
    # `repr` gives the fewest digits that are read back as the same number.
    written = repr(value)
    if "e" not in written:
        return written
    plain = f"{Decimal(written):f}"
    return plain if "." in plain else f"{plain}.0"
