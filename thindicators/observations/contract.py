"""The contract, enforced: whether a table keeps the Table Schema that is published with it.

What belongs here: columns, types and constraints of a Table Schema, checked on a table in memory, before anything is
written. The written files are checked once more with frictionless, in `packages`; what the figures themselves must be
like belongs in `row_rules`. The standard: https://datapackage.org/standard/table-schema/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from thindicators.observations.tables import TableSchema, arrow_schema

_SHOWN = 3


@dataclass(frozen=True)
class Breach:
    """What one constraint finds in a column.

    Attributes:
        cells: For each cell whether it breaks the constraint; null where nothing can be said of it.
        says: What such a cell must be and is not, in words.
    """

    cells: pa.ChunkedArray
    says: str


def violations(
    table: pa.Table,
    schema: TableSchema,
) -> list[str]:
    """What in a table breaks its Table Schema, in words; nothing if it keeps it.

    Args:
        table: As it would be published.
        schema: Its Table Schema.
    """
    expected = arrow_schema(schema)
    if table.column_names != expected.names:
        return [_columns(table.column_names, expected.names)]
    # Where a type is wrong, comparing its cells with a constraint would fail or mislead.
    if wrong_types := _wrong_types(table.schema, expected):
        return wrong_types
    words: list[str] = []
    for field in schema["fields"]:
        column = table[field["name"]]
        words += _broken_constraints(column, field)
    return words


def _wrong_types(
    came: pa.Schema,
    expected: pa.Schema,
) -> list[str]:
    words = []
    for field in expected:
        held = came.field(field.name).type
        if held != field.type:
            words.append(f"the column {field.name} holds {held}; it must hold {field.type}")
    return words


def _columns(came: list[str], expected: list[str]) -> str:
    missing = [name for name in expected if name not in came]
    unknown = [name for name in came if name not in expected]
    differences = []
    if missing:
        listed = ", ".join(missing)
        differences.append(f"missing are {listed}")
    if unknown:
        listed = ", ".join(unknown)
        differences.append(f"unknown are {listed}")
    # Where all are there, only their order can be wrong.
    in_words = "; ".join(differences) or "their order differs"
    return f"the columns are not those of the contract: {in_words}"


def _broken_constraints(
    column: pa.ChunkedArray,
    field: dict[str, Any],
) -> Iterator[str]:
    for name, wanted in field.get("constraints", {}).items():
        breach = KINDS[name](column, wanted)
        # Of an empty cell a comparison says null: whether it may be empty is for `required` to say.
        broken = pc.fill_null(breach.cells, False)
        places = pc.indices_nonzero(broken).to_pylist()
        if places:
            examples = [_example(column, place) for place in places[:_SHOWN]]
            shown = ", ".join(examples)
            count = "1 row" if len(places) == 1 else f"{len(places)} rows"
            yield f"the column {field['name']} {breach.says} in {count}: {shown}"


def _example(column: pa.ChunkedArray, place: int) -> str:
    # People count rows from one.
    return f"row {place + 1}{_cell(column[place])}"


def _cell(value: pa.Scalar) -> str:
    return f" “{value.as_py()}”" if value.is_valid else ""


def _required(column: pa.ChunkedArray, wanted: bool) -> Breach:
    is_empty = pc.is_null(column)
    broken = pc.and_(is_empty, pa.scalar(wanted))
    return Breach(broken, "must be filled, and is empty")


def _enum(column: pa.ChunkedArray, wanted: list[Any]) -> Breach:
    allowed = pa.array(wanted, column.type)
    is_other = pc.invert(pc.is_in(column, allowed))
    # `is_in` says false of an empty cell, not null as the comparisons do.
    broken = pc.and_(pc.is_valid(column), is_other)
    listed = ", ".join(map(str, wanted))
    return Breach(broken, f"must hold one of {listed}, and differs")


def _pattern(column: pa.ChunkedArray, wanted: str) -> Breach:
    # Table Schema means the whole cell, Arrow searches in it. A group, or `a|b` is `^a` or `b$`.
    whole_cell = f"^(?:{wanted})$"
    matches = pc.match_substring_regex(column, whole_cell)
    return Breach(pc.invert(matches), f"must be like {wanted}, and is not")


def _minimum(column: pa.ChunkedArray, wanted: float) -> Breach:
    broken = pc.less(column, wanted)
    return Breach(broken, f"must be at least {wanted}, and is less")


def _maximum(column: pa.ChunkedArray, wanted: float) -> Breach:
    broken = pc.greater(column, wanted)
    return Breach(broken, f"must be at most {wanted}, and is more")


KINDS: dict[str, Callable[[pa.ChunkedArray, Any], Breach]] = {
    "required": _required,
    "enum": _enum,
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
}
"""The constraints that the contract uses; one that is not here must be added before it can be written there."""
