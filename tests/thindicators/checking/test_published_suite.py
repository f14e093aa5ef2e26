"""Anybody with Great Expectations can judge the published Parquet by the suite beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
import pytest

from tests.samples import sample_release
from thindicators.plan.model import Plan
from thindicators.plan.rules import RULES

WITH_LIMITS = "healthy_life_expectancy_female"


@pytest.fixture(scope="module")
def release() -> Path:
    return sample_release()


@pytest.fixture(scope="module")
def stock() -> Any:
    """Great Expectations' way to a table in memory, as its documentation shows it."""
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("anybody's").add_dataframe_asset("figures")
    return asset.add_batch_definition_whole_dataframe("all")


def suite_of(release: Path, indicator: str) -> dict[str, Any]:
    path = release / "indicators" / indicator / f"{indicator}.expectations.json"
    suite: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return suite


def parquet_of(release: Path, indicator: str) -> pd.DataFrame:
    return pd.read_parquet(release / "indicators" / indicator / f"{indicator}.parquet")


def broken(stock: Any, suite: dict[str, Any], frame: pd.DataFrame) -> set[str]:
    validated = stock.get_batch({"dataframe": frame}).validate(gx.ExpectationSuite(**suite))
    return {
        result.expectation_config.meta["rule"] for result in validated.results if not result.success
    }


def test_every_published_parquet_keeps_its_suite(stock: Any, release: Path, plan: Plan) -> None:
    for indicator in plan.indicators:
        every_row = parquet_of(release, indicator)
        # A limit of a very small council may be no share; of peers that is as the publisher has it.
        frame = every_row[~every_row["area_code"].isin(plan.indicators[indicator].peers)]
        expected_missing = set() if len(frame) else {"areas_present", "groups_present"}
        assert broken(stock, suite_of(release, indicator), frame) <= expected_missing, indicator


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        ("value", 400.0, "value_in_range"),
        ("value", 1.0, "limits_around_value"),
        ("value", None, "value_or_reason"),
        ("status", "x", "value_or_reason"),
        ("upper_ci_95", 500.0, "limits_in_range"),
        ("unit", "furlongs", "known_words"),
        ("area_code", "E06000016", "known_words"),
        ("series", "another", "known_words"),
        ("numerator", -1.0, "value_in_range"),
    ],
)
def test_a_false_cell_breaks_its_rule(
    stock: Any, release: Path, column: str, cell: object, rule: str
) -> None:
    frame = parquet_of(release, WITH_LIMITS)
    frame[column] = [cell, *frame[column].tolist()[1:]]
    assert rule in broken(stock, suite_of(release, WITH_LIMITS), frame)


def test_rows_that_are_twice_or_not_there_break_theirs(stock: Any, release: Path) -> None:
    suite, frame = suite_of(release, WITH_LIMITS), parquet_of(release, WITH_LIMITS)
    assert broken(stock, suite, pd.concat([frame, frame.iloc[:1]])) == {"key_is_unique"}
    assert broken(stock, suite, frame[frame["area_code"] != "E09000030"]) == {"areas_present"}


def test_each_expectation_names_its_rule_in_words(release: Path) -> None:
    suite = suite_of(release, WITH_LIMITS)
    assert "Left out are the rules that need the code of thindicators" in suite["notes"]
    for expectation in suite["expectations"]:
        rule = RULES[expectation["meta"]["rule"]]
        assert expectation["description"] == rule.says
        assert expectation["severity"] == {"error": "critical", "warning": "warning"}[rule.severity]
