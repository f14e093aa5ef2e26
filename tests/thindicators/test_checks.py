from __future__ import annotations

from dataclasses import replace

import pytest

from thindicators.checks import CHECKS, check
from thindicators.observations import Observation, table_of
from thindicators.periods import Period, twelve_months_ending
from thindicators.plan import Plan


def year(ends: int) -> Period:
    return twelve_months_ending(ends, 12, f"Jan {ends}-Dec {ends}")


@pytest.fixture
def good(plan: Plan) -> list[Observation]:
    indicator = plan.indicators["level_1_qualification"]
    return [
        Observation(
            indicator=indicator.id,
            area_code=area,
            period=year(ends),
            value=8.1,
            unit="percent",
            lower_ci_95=5.0,
            upper_ci_95=11.2,
            series="nvq",
            source_text="8.1",
            snapshot="ab" * 32,
        )
        for area in indicator.areas
        for ends in (2020, 2021)
    ]


def failed(plan: Plan, rows: list[Observation]) -> dict[str, str]:
    table = table_of(rows, plan.area_names)
    results = check(table, plan.indicators["level_1_qualification"])
    assert [result.name for result in results] == list(CHECKS)
    return {result.name: result.seen for result in results if not result.passed}


def test_good_figures_pass(plan: Plan, good: list[Observation]) -> None:
    assert failed(plan, good) == {}


def test_missing_figures_with_a_reason_pass(plan: Plan, good: list[Observation]) -> None:
    missing = replace(good[0], value=None, lower_ci_95=None, upper_ci_95=None, status="c")
    assert failed(plan, [missing, *good[1:]]) == {}


def test_rounded_counts_that_make_the_rounded_figure_pass(plan: Plan, good: list[Observation]) -> None:
    assert failed(plan, [replace(good[0], numerator=18_700.0, denominator=230_300.0), *good[1:]]) == {}


@pytest.mark.parametrize(
    ("changes", "name", "seen"),
    [
        ({"value": 120.0, "upper_ci_95": None}, "value_in_range", "120"),
        ({"value": -1.0, "lower_ci_95": None}, "value_in_range", "-1"),
        ({"value": None, "lower_ci_95": None, "upper_ci_95": None}, "value_or_reason", "1 not"),
        ({"status": "c"}, "value_or_reason", "1 not"),
        ({"value": None, "status": "?"}, "known_words", "status"),
        ({"series": "rqf"}, "known_words", "rqf"),
        (
            {"numerator": 0.081, "denominator": 1.0, "value": 0.081, "lower_ci_95": None},
            "value_agrees_with_counts",
            "1 not",
        ),
        ({"numerator": 5300.0, "denominator": 230300.0}, "value_agrees_with_counts", "1 not"),
        ({"lower_ci_95": 8.2}, "limits_around_value", "1 not"),
        ({"upper_ci_95": 8.0}, "limits_around_value", "1 not"),
    ],
)
def test_one_wrong_figure_is_found_and_shown(
    plan: Plan, good: list[Observation], changes: dict[str, object], name: str, seen: str
) -> None:
    found = failed(plan, [replace(good[0], **changes), *good[1:]])  # type: ignore[arg-type]
    assert list(found) == [name]
    assert seen in found[name]


def test_a_figure_that_stands_twice_is_found(plan: Plan, good: list[Observation]) -> None:
    assert list(failed(plan, [*good, replace(good[0], value=8.2)])) == ["key_is_unique"]


def test_an_area_that_is_missing_is_named(plan: Plan, good: list[Observation]) -> None:
    found = failed(plan, [row for row in good if row.area_code != "E12000007"])
    assert "E12000007" in found["areas_present"]


def test_a_missing_total_is_named(plan: Plan, good: list[Observation]) -> None:
    found = failed(plan, [replace(row, breakdown="sex", category="female") for row in good])
    assert "total: total" in found["groups_present"]
