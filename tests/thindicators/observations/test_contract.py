"""The contract is enforced before anything is written: columns, types, and what each column may hold."""

from __future__ import annotations

import pyarrow as pa
import pytest

from thindicators.observations.contract import KINDS, violations
from thindicators.observations.observation import SCHEMA, Observation, table_of
from thindicators.observations.periods import calendar_year
from thindicators.observations.tables import TableSchema, table_schemas


@pytest.fixture
def contract() -> TableSchema:
    return table_schemas()["observations"]


@pytest.fixture
def table() -> pa.Table:
    rows = [
        Observation(
            indicator="co2_emissions",
            area_code="E09000030",
            period=calendar_year(year),
            value=1.5,
            unit="ktco2e",
            series="leggi_2019",
            source_text="1.5",
            snapshot="ab" * 32,
        )
        for year in (2018, 2019)
    ]
    return table_of(rows, {"E09000030": "Tower Hamlets"})


def with_column(
    table: pa.Table, name: str, values: list[object], kind: pa.DataType | None = None
) -> pa.Table:
    at = table.schema.get_field_index(name)
    return table.set_column(at, name, pa.array(values, kind or table.schema.field(name).type))


def test_what_keeps_it_is_let_through(table: pa.Table, contract: TableSchema) -> None:
    assert violations(table, contract) == []
    assert violations(SCHEMA.empty_table(), contract) == []


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        (
            "area_code",
            ["E9000030", "E09000030"],
            "like [EWSNK][0-9]{8}, and is not in 1 row: row 1 “E9000030”",
        ),
        (
            "area_code",
            [" E09000030", "E09000030 "],
            "and is not in 2 rows: row 1 “ E09000030”, row 2 “E09000030 ”",
        ),
        ("period", ["2018-01-01/P0Y", "2019"], "the column period must be like"),
        ("snapshot", ["ab" * 32, "AB" * 32], "the column snapshot must be like [0-9a-f]{64}"),
        (
            "status",
            [None, "?"],
            "the column status must hold one of c, low, u, x, z, and differs in 1 row: row 2 “?”",
        ),
        ("revision", ["p", "q"], "the column revision must hold one of p, r"),
        ("unit", ["ktco2e", None], "the column unit must be filled, and is empty in 1 row: row 2"),
        ("year", [2018, None], "the column year must be filled, and is empty in 1 row: row 2"),
    ],
)
def test_a_cell_that_breaks_it_is_named(
    table: pa.Table, contract: TableSchema, name: str, values: list[object], said: str
) -> None:
    (words,) = violations(with_column(table, name, values), contract)
    assert said in words


def test_a_column_of_another_type_is_named(table: pa.Table, contract: TableSchema) -> None:
    texts = with_column(table, "value", ["1.5", "1.5"], pa.string())
    assert violations(texts, contract) == ["the column value holds string; it must hold double"]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (SCHEMA.names[:-1], "missing are note"),
        (SCHEMA.names[::-1], "their order differs"),
    ],
)
def test_other_columns_are_named(
    table: pa.Table, contract: TableSchema, columns: list[str], said: str
) -> None:
    assert violations(table.select(columns), contract) == [
        f"the columns are not those of the contract: {said}"
    ]


def test_an_unknown_column_is_named(table: pa.Table, contract: TableSchema) -> None:
    more = table.append_column("notes", pa.array(["", ""]))
    assert violations(more, contract) == [
        "the columns are not those of the contract: unknown are notes"
    ]


def test_a_number_outside_its_bounds_is_named(table: pa.Table, contract: TableSchema) -> None:
    fields = [
        {**one, "constraints": {"minimum": 2019, "maximum": 2018}} if one["name"] == "year" else one
        for one in contract["fields"]
    ]
    assert violations(table, {**contract, "fields": fields}) == [
        "the column year must be at least 2019, and is less in 1 row: row 1 “2018”",
        "the column year must be at most 2018, and is more in 1 row: row 2 “2019”",
    ]


def test_every_constraint_of_every_published_table_can_be_checked() -> None:
    for schema in table_schemas().values():
        assert {kind for field in schema["fields"] for kind in field.get("constraints", {})} <= set(
            KINDS
        )
