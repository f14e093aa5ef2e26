from __future__ import annotations

import json
import math
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators.contract import contract_text
from thindicators.errors import SourceError, ThindicatorsError
from thindicators.observations.observation import (
    SCHEMA,
    Observation,
    Row,
    limits_of,
    percent,
    rows_of,
    table_of,
    value_of,
)
from thindicators.observations.periods import calendar_year
from thindicators.observations.tables import arrow_schema

NAMES = {"E09000030": "Tower Hamlets", "E12000007": "London"}


def observation(**changes: object) -> Observation:
    given = {
        "indicator": "happiness",
        "area_code": "E09000030",
        "period": calendar_year(2020),
        "value": 7.0,
        "unit": "score_0_10",
        "series": "aps",
        "source_text": "7.0",
        "snapshot": "ab" * 32,
    }
    return Observation(**{**given, **changes})  # type: ignore[arg-type]


def test_a_table_has_the_contracts_columns_and_empty_text_is_null() -> None:
    table = table_of([observation()], NAMES)
    assert table.schema == SCHEMA
    row = table.to_pylist()[0]
    assert row["area_name"] == "Tower Hamlets"
    assert (row["period"], row["year"], row["period_label"]) == ("2020-01-01/P1Y", 2020, "2020")
    assert (row["status"], row["note"], row["revision"]) == (None, None, None)
    assert (row["breakdown"], row["category"]) == ("total", "total")


def test_rows_are_sorted_whatever_order_they_come_in() -> None:
    rows = [
        observation(area_code=area, period=calendar_year(year))
        for year in (2021, 2019)
        for area in NAMES
    ]
    assert table_of(rows, NAMES).equals(table_of(reversed(rows), NAMES))


def test_an_area_that_is_not_in_the_plan_is_refused() -> None:
    with pytest.raises(ThindicatorsError, match="E09000001"):
        table_of([observation(area_code="E09000001")], NAMES)


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [(0.23800000000000002, 23.8), (0.0747, 7.47), ("0.253", 25.3), (Decimal(1), 100.0), (0, 0)],
)
def test_a_fraction_becomes_a_percentage_without_noise(
    fraction: float | str | Decimal, expected: float
) -> None:
    assert percent(fraction) == expected


@given(st.integers(0, 1000))
def test_a_fraction_with_three_decimals_is_a_percentage_with_one(thousandths: int) -> None:
    assert percent(thousandths / 1000) == thousandths / 10


def test_the_published_table_schema_is_the_contract() -> None:
    published = json.loads(contract_text("tables/observations.json"))
    assert arrow_schema(published).remove_metadata() == SCHEMA
    assert all(field["description"].endswith(".") for field in published["fields"])
    assert pa.types.is_date(SCHEMA.field("period_start").type)


class TestNothingThatActsGetsIn:
    @pytest.mark.parametrize("column", ["source_text", "note", "category", "breakdown", "series"])
    def test_text_that_a_spreadsheet_takes_for_a_formula(self, column: str) -> None:
        with pytest.raises(
            SourceError,
            match=f"expected a {column} that is safe to publish.*for a formula.*Tower Hamlets",
        ):
            table_of([observation(**{column: "=1+1"})], NAMES)

    def test_a_label_that_turns_its_direction(self) -> None:
        with pytest.raises(SourceError, match=r"U\+202E.*read from the snapshot"):
            table_of([observation(period=calendar_year(2020, "\u202e0202"))], NAMES)

    @pytest.mark.parametrize("column", ["value", "lower_ci_95", "numerator"])
    @pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
    def test_a_number_that_is_not_finite(self, column: str, number: float) -> None:
        with pytest.raises(SourceError, match="no finite number"):
            table_of([observation(**{column: number})], NAMES)

    @pytest.mark.parametrize("text", ["-0.3", "-", "–", "-5 [r]", "+1.2"])
    def test_what_a_publisher_writes_stays_letter_for_letter(self, text: str) -> None:
        assert table_of([observation(source_text=text)], NAMES)["source_text"].to_pylist() == [text]

    @given(st.text())
    def test_any_other_text_is_kept_whole_or_refused(self, text: str) -> None:
        try:
            table = table_of([observation(note=text)], NAMES)
        except SourceError:
            return
        assert (table["note"][0].as_py() or "") == text


def row(**changes: object) -> Row:
    (only_row,) = rows_of(table_of([observation(**changes)], NAMES))
    return only_row


def test_a_missing_figure_is_never_read_as_a_number() -> None:
    assert value_of(row(value=0.0)) == 0.0
    with pytest.raises(ValueError, match="no figure of Tower Hamlets for 2020"):
        value_of(row(value=None, status="x"))


def test_limits_are_both_or_none() -> None:
    assert limits_of(row(lower_ci_95=0.0, upper_ci_95=8.0)) == (0.0, 8.0)
    assert limits_of(row()) is None
    assert limits_of(row(lower_ci_95=6.0)) is None
    assert limits_of(row(upper_ci_95=8.0)) is None
