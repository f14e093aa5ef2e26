"""The contract, enforced: whether a table keeps the Table Schema that is published with it.

What belongs here: columns, types and constraints of a Table Schema, checked on a table in memory, before anything is
written. The written files are checked once more with frictionless, in `packages`; what the figures themselves must be
like belongs in `row_rules`. The standard: https://datapackage.org/standard/table-schema/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from thindicators.observations.tables import TableSchema, arrow_schema

_SHOWN = 3


def violations(table: pa.Table, schema: TableSchema) -> list[str]:
    """What in a table breaks its Table Schema, in words; nothing if it keeps it.

    Args:
        table: As it would be published.
        schema: Its Table Schema.
    """
    expected = arrow_schema(schema)
    if table.column_names != expected.names:
        return [_columns(table.column_names, expected.names)]
    types = [
        f"the column {field.name} holds {table.schema.field(field.name).type}; it must hold {field.type}"
        for field in expected
        if table.schema.field(field.name).type != field.type
    ]
    return types or [
        words for field in schema["fields"] for words in _constraints(table[field["name"]], field)
    ]


def _columns(came: list[str], expected: list[str]) -> str:
    missing = [name for name in expected if name not in came]
    unknown = [name for name in came if name not in expected]
    parts = [
        *([f"missing are {', '.join(missing)}"] if missing else []),
        *([f"unknown are {', '.join(unknown)}"] if unknown else []),
    ]
    return f"the columns are not those of the contract: {'; '.join(parts) or 'their order differs'}"


def _constraints(column: pa.ChunkedArray, field: dict[str, Any]) -> Iterator[str]:
    for name, wanted in field.get("constraints", {}).items():
        broken, says = KINDS[name](column, wanted)
        rows = pc.indices_nonzero(pc.fill_null(broken, False)).to_pylist()
        if rows:
            some = ", ".join(f"row {row + 1}{_cell(column[row])}" for row in rows[:_SHOWN])
            count = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
            yield f"the column {field['name']} {says} in {count}: {some}"


def _cell(value: pa.Scalar) -> str:
    return f" “{value.as_py()}”" if value.is_valid else ""


def _required(column: pa.ChunkedArray, wanted: bool) -> tuple[pa.ChunkedArray, str]:
    return pc.and_(pc.is_null(column), pa.scalar(wanted)), "must be filled, and is empty"


def _enum(column: pa.ChunkedArray, wanted: list[Any]) -> tuple[pa.ChunkedArray, str]:
    known = pc.is_in(column, pa.array(wanted, column.type))
    unknown = pc.and_(pc.is_valid(column), pc.invert(known))
    return unknown, f"must hold one of {', '.join(map(str, wanted))}, and differs"


def _pattern(column: pa.ChunkedArray, wanted: str) -> tuple[pa.ChunkedArray, str]:
    return pc.invert(
        pc.match_substring_regex(column, f"^(?:{wanted})$")
    ), f"must be like {wanted}, and is not"


def _minimum(column: pa.ChunkedArray, wanted: float) -> tuple[pa.ChunkedArray, str]:
    return pc.less(column, wanted), f"must be at least {wanted}, and is less"


def _maximum(column: pa.ChunkedArray, wanted: float) -> tuple[pa.ChunkedArray, str]:
    return pc.greater(column, wanted), f"must be at most {wanted}, and is more"


KINDS: dict[str, Callable[[pa.ChunkedArray, Any], tuple[pa.ChunkedArray, str]]] = {
    "required": _required,
    "enum": _enum,
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
}
"""The constraints that the contract uses; one that is not here must be added before it can be written there."""
