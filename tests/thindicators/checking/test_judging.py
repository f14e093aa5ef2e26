"""Great Expectations finds the rows that plain Python finds, whatever is in a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings

from tests.support import ROOT
from tests.thindicators.checking.random_tables import AREA_NAMES, plans, tables
from tests.thindicators.checking.test_checks import figure
from thindicators.checking import judging
from thindicators.checking.expected import Expected, Figures, expected_of
from thindicators.checking.findings import findings_of
from thindicators.checking.row_rules import UNIT_RANGES
from thindicators.observations.observation import KEY, Observation, table_of
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Indicator

INDICATOR = load_plan(ROOT / "schemas").indicators["level_1_qualification"]

Row = Mapping[str, Any]
Judge = Callable[[Row, list[Row], Indicator], bool]


def lies_within(row: Row, column: str, indicator: Indicator) -> bool:
    number = row[column]
    if number is None or row["unit"] not in UNIT_RANGES:
        return True
    ranges = [UNIT_RANGES[row["unit"]]]
    if row["unit"] == indicator.unit:
        ranges.append(indicator.valid_range)
    above = all(low is None or low <= number for low, _ in ranges)
    return above and all(high is None or number <= high for _, high in ranges)


def is_alone(row: Row, rows: list[Row], _indicator: Indicator) -> bool:
    return sum(all(row[name] == other[name] for name in KEY) for other in rows) == 1


def has_a_reason(row: Row, _rows: list[Row], _indicator: Indicator) -> bool:
    return (row["value"] is None) != (row["status"] is None)


def is_known(row: Row, _rows: list[Row], indicator: Indicator) -> bool:
    series = {one.id for one in indicator.series}
    return (
        row["series"] in series
        and row["unit"] in UNIT_RANGES
        and row["area_code"] in indicator.areas
    )


def value_lies_within(row: Row, _rows: list[Row], indicator: Indicator) -> bool:
    counts = [row["numerator"], row["denominator"]]
    return lies_within(row, "value", indicator) and all(
        count is None or count >= 0 for count in counts
    )


def limits_lie_within(row: Row, _rows: list[Row], indicator: Indicator) -> bool:
    return all(lies_within(row, name, indicator) for name in ("lower_ci_95", "upper_ci_95"))


def lies_between_its_limits(row: Row, _rows: list[Row], _indicator: Indicator) -> bool:
    value, lower, upper = row["value"], row["lower_ci_95"], row["upper_ci_95"]
    if value is None:
        return lower is None and upper is None
    return (lower is None or lower <= value) and (upper is None or value <= upper)


def follows_the_one_before(row: Row, rows: list[Row], indicator: Indicator) -> bool:
    line_of = ("area_code", "series", "breakdown", "category")
    years = sorted(
        {other["year"] for other in rows if all(other[name] == row[name] for name in line_of)}
    )
    before = {after: earlier for earlier, after in pairwise(years)}.get(
        row["year"], row["year"] - 1
    )
    named = {year for gap in indicator.gaps for year in gap.years}
    between = set(range(before + 1, row["year"]))
    return indicator.period == "survey_wave" or between <= named


JUDGES: dict[str, Judge] = {
    "key_is_unique": is_alone,
    "value_or_reason": has_a_reason,
    "known_words": is_known,
    "value_in_range": value_lies_within,
    "limits_in_range": limits_lie_within,
    "limits_around_value": lies_between_its_limits,
}


@settings(deadline=None, max_examples=60)
@given(tables, plans(INDICATOR))
def test_the_same_rows_break_the_same_rules(made: list[Observation], indicator: Indicator) -> None:
    table = table_of(made, AREA_NAMES)
    rows = table.to_pylist()
    found = findings_of(table, expected_of(Figures(table), indicator), indicator)
    seen = {rule: [finding.row for finding in found.get(rule, [])] for rule in JUDGES}
    assert seen == {
        rule: [place for place, row in enumerate(rows) if not judge(row, rows, indicator)]
        for rule, judge in JUDGES.items()
    }
    alone = {finding.row for finding in found.get("key_is_unique", [])}
    gaps = {finding.row for finding in found.get("periods_without_gaps", [])} - alone
    assert gaps == {
        place
        for place, row in enumerate(rows)
        if place not in alone and not follows_the_one_before(row, rows, indicator)
    }
    there = {row["area_code"] for row in rows}
    missing = [area for area in indicator.areas if area not in there]
    assert [finding.area for finding in found.get("areas_present", [])] == missing
    promised = [("total", "total")] if indicator.has_total else []
    promised += [
        (name, member) for name, members in indicator.breakdowns.items() for member in members
    ]
    groups = {(row["breakdown"], row["category"]) for row in rows}
    absent = [member for name, member in promised if (name, member) not in groups]
    assert [finding.category for finding in found.get("groups_present", [])] == absent


@settings(deadline=None, max_examples=20)
@given(tables, plans(INDICATOR))
def test_what_these_figures_do_not_need_changes_nothing_where_it_is_left_out(
    made: list[Observation], indicator: Indicator
) -> None:
    table = table_of(made, AREA_NAMES)
    every = expected_of(Figures(table, leave_nothing_out=True), indicator)
    row_by_row = [replace(expected, whole="") for expected in every]
    needed = expected_of(Figures(table), indicator)
    assert findings_of(table, needed, indicator) == findings_of(table, row_by_row, indicator)


def test_a_broken_expectation_of_which_nothing_is_seen_is_still_a_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = table_of([figure("E09000030", 2020, 8.1)], AREA_NAMES)
    expected = [
        Expected("areas_present", "", "expect_column_values_to_be_null", {"column": "area_code"})
    ]
    monkeypatch.setattr(
        judging, "_broken", lambda expectation, _result: judging.Broken(expectation)
    )
    (finding,) = findings_of(table, expected, INDICATOR)["areas_present"]
    assert finding.says == "this does not hold: Every area that the indicator promises is there."
