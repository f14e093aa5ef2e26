"""The latest figure of each group: which it is, what stands beside it, and why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import sample_outcomes
from tests.thindicators.history.test_revisions import figure
from tests.thindicators.release.test_publishing import RECEIPT
from thindicators.comparing.comparison import Comparison
from thindicators.comparing.latest_figures import LatestFigure, latest_figures
from thindicators.comparing.latest_rows import latest_row, latest_rows
from thindicators.comparing.summaries import summary
from thindicators.comparing.verdicts import comparisons
from thindicators.fetching.snapshots import PRACTICE, RETURN
from thindicators.observations.contract import violations
from thindicators.observations.observation import Observation, empty_table, rows_of, table_of
from thindicators.observations.tables import table_from, table_schemas
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan

LONDON, ENGLAND = "E12000007", "E92000001"
CITY_HALL, MAYOR = "city_hall_reported", "mayor_reported"


def of_outcomes(plan: Plan, *outcomes: Outcome) -> list[LatestFigure]:
    return latest_figures(plan, outcomes, comparisons(plan, outcomes))


def of_rows(plan: Plan, *rows: Observation, reason: str = "") -> LatestFigure:
    """The latest figure of an indicator that has one group."""
    table = table_of(rows, plan.area_names) if rows else empty_table()
    indicator = rows[0].indicator if rows else "happiness"
    outcome = Outcome(indicator, "fresh" if rows else "empty", reason, (), (), table)
    (latest,) = of_outcomes(plan, outcome)
    return latest


def homes(value: float, series: str, year: int = 2016) -> Observation:
    return figure(year, value, indicator="affordable_homes_delivered", unit="count", series=series)


@pytest.fixture(scope="module")
def sample(plan: Plan) -> list[LatestFigure]:
    return of_outcomes(plan, *sample_outcomes())


def test_it_is_the_newest_and_stands_beside_figures_of_the_same_period(plan: Plan) -> None:
    london, england = (
        figure(2020, 7.4, area_code=LONDON, lower_ci_95=7.3, upper_ci_95=7.5),
        figure(2021, 7.6, area_code=ENGLAND),
    )
    row = latest_row(of_rows(plan, figure(2019, 7.1), figure(2020, 7.25), london, england))
    assert (row["value"], row["value_in_words"], row["year"]) == (7.25, "7.25 out of 10", 2020)
    assert (row["region_value"], row["region_lower_ci_95"]) == (7.4, 7.3)
    assert "country_value" not in row
    assert row["country_reason"] == "comparator_has_no_figure"


def test_another_areas_figure_of_another_series_does_not_stand_beside_it(plan: Plan) -> None:
    london = figure(2020, 7.4, area_code=LONDON, series="another")
    assert of_rows(plan, figure(2020, 7.25), london).beside(LONDON) is None


def test_why_another_area_has_no_figure_is_told(plan: Plan) -> None:
    london = figure(2020, None, area_code=LONDON, status="c")
    row = latest_row(of_rows(plan, figure(2020, 7.25), london))
    assert (row["region_value"], row["region_status"]) == (None, "c")


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_series_of_one_period_the_later_of_the_file_is_taken_and_the_other_told(
    plan: Plan, order: int
) -> None:
    rows = [homes(886, CITY_HALL), homes(1073, MAYOR)][::order]
    latest = of_rows(plan, *rows)
    assert latest.value_in_words == "1,073"
    assert latest.other_series_in_words == (
        "For the same time, the series “Publicly reported from City Hall's figures, definition not stated” gives 886. "
        "Figures of different series may not be compared."
    )


def test_a_series_of_another_period_is_not_told_beside_it(plan: Plan) -> None:
    latest = of_rows(plan, homes(886, CITY_HALL), homes(1073, MAYOR, 2017))
    assert (latest.value_in_words, latest.other_series_in_words) == ("1,073", "")


def test_a_missing_figure_of_another_series_is_not_told(plan: Plan) -> None:
    missing = replace(homes(0, CITY_HALL), value=None, status="x")
    assert of_rows(plan, missing, homes(1073, MAYOR)).other_series_in_words == ""


def test_without_a_figure_the_newest_row_says_why(plan: Plan) -> None:
    rows = [figure(2020, None, note="Nobody asked."), figure(2021, None, note="Too few answered.")]
    row = latest_row(of_rows(plan, *rows))
    assert (row["value"], row["status"], row["value_in_words"]) == (None, "x", "")
    assert row["why_none"] == "For 2021: Too few answered."
    assert row["period_in_words"] == "2021"


def test_without_any_row_the_outcome_says_why(plan: Plan) -> None:
    row = latest_row(of_rows(plan, reason="Nobody has counted"))
    assert (row["status"], row["why_none"]) == ("x", "Nobody has counted.")
    assert "period" not in row


def test_a_figure_comes_before_a_later_missing_one(plan: Plan) -> None:
    latest = of_rows(plan, figure(2020, 7.25), figure(2021, None))
    assert (latest.value_in_words, latest.why_none) == ("7.25 out of 10", "")


@pytest.mark.parametrize(("method", "is_practice"), [(RETURN, False), (PRACTICE, True)])
def test_a_figure_that_was_made_up_to_practise_says_so_before_all_else(
    plan: Plan, method: str, is_practice: bool
) -> None:
    row = homes(812, CITY_HALL)
    receipt = replace(RECEIPT, method=method, sha256=row.snapshot)
    outcome = Outcome(row.indicator, "fresh", "", (), (receipt,), table_of([row], plan.area_names))
    (latest,) = of_outcomes(plan, outcome)
    assert latest.is_practice is is_practice
    assert ("made up to try how a return works" in summary(latest)) is is_practice


def test_an_unreliable_figure_is_marked_and_another_is_not(plan: Plan) -> None:
    wide = figure(2020, 2.0, lower_ci_95=0.5, upper_ci_95=3.5)
    narrow = figure(2020, 2.0, lower_ci_95=1.9, upper_ci_95=2.1)
    assert latest_row(of_rows(plan, wide))["reliability"] == "u"
    assert latest_row(of_rows(plan, narrow))["reliability"] == ""


def test_headlines_are_the_total_or_where_there_is_none_every_group(
    plan: Plan, sample: Sequence[LatestFigure]
) -> None:
    for indicator in plan.indicators.values():
        of_indicator = [latest for latest in sample if latest.indicator is indicator]
        headlines = [latest.group for latest in of_indicator if latest.is_headline]
        every_group = [latest.group for latest in of_indicator]
        assert headlines == ([("total", "total")] if indicator.has_total else every_group)


def test_the_table_keeps_its_contract(sample: Sequence[LatestFigure]) -> None:
    schema = table_schemas()["latest"]
    rows = latest_rows(sample)
    assert violations(table_from(rows, schema), schema) == []
    # A column that the schema does not know would be lost without a word.
    columns = {name for row in rows for name in row}
    assert columns == {field["name"] for field in schema["fields"]}


def test_each_row_has_a_figure_or_a_reason_and_the_verdicts_of_the_comparisons(
    plan: Plan, sample: Sequence[LatestFigure]
) -> None:
    verdicts: dict[tuple[object, ...], Comparison] = {}
    for verdict in comparisons(plan, sample_outcomes()):
        question: str = verdict.kind
        if question == "comparison":
            question = {LONDON: "region", ENGLAND: "country"}[verdict.comparator_code]
        verdicts[verdict.indicator, verdict.breakdown, verdict.category, question] = verdict
    for row in latest_rows(sample):
        assert (row.get("value") is None) == bool(row["status"]) == bool(row["why_none"])
        group = (row["indicator"], row["breakdown"], row["category"])
        asked = [str(name) for *of_group, name in verdicts if tuple(of_group) == group]
        assert set(asked) >= {"region", "country", "recent_trend", "long_run", "since_start"}
        for question in asked:
            key = (*group, question)
            expected = verdicts.pop(key)
            answer = [row[f"{question}_{part}"] for part in ("verdict", "reason", "words")]
            assert answer == [expected.verdict, expected.reason, expected.words]
            # Without a figure the comparisons name no period; here it is that of the row that says why.
            assert expected.period == ("" if row["status"] else row["period"])
    assert verdicts == {}


@given(st.lists(st.tuples(st.integers(2004, 2023), st.booleans()), unique_by=lambda each: each[0]))
def test_no_figure_of_the_area_is_newer(plan: Plan, years: list[tuple[int, bool]]) -> None:
    rows = [figure(year, 7.0 if has_value else None) for year, has_value in years]
    latest = of_rows(plan, *rows)
    with_value = [year for year, has_value in years if has_value]
    if with_value:
        assert latest_row(latest)["year"] == max(with_value)
    else:
        assert latest.newest is None


def test_the_day_is_that_of_the_newest_file(sample: Sequence[LatestFigure]) -> None:
    for latest in sample:
        fetched = latest_row(latest)["fetched"]
        days = [date.fromisoformat(each.retrieved[:10]) for each in latest.outcome.receipts]
        assert fetched == max(days, default=None)


def test_it_is_one_of_the_published_figures(sample: Sequence[LatestFigure]) -> None:
    published = pa.concat_tables([outcome.table for outcome in sample_outcomes()])
    rows = rows_of(published)
    assert all(latest.newest in rows for latest in sample if latest.newest)
