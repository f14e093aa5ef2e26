"""Every verdict of the sample edition, worked out again by another route than the code's own; and what has none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from statistics import NormalDist

import pandas as pd
import pyarrow as pa
import pytest

from tests.samples import sample_outcomes
from thindicators.comparing.verdicts import Comparison, comparisons
from thindicators.observations.observation import Observation, table_of
from thindicators.observations.periods import calendar_year, financial_year, years_from
from thindicators.observations.tables import table_from, table_schemas
from thindicators.outcomes.outcome import Acceptance, Outcome
from thindicators.plan.model import Indicator, Plan

TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
Z = NormalDist().inv_cdf(0.975)


@pytest.fixture(scope="module")
def found(plan: Plan) -> list[Comparison]:
    return comparisons(plan, sample_outcomes())


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    frame: pd.DataFrame = pa.concat_tables(
        [outcome.table for outcome in sample_outcomes()]
    ).to_pandas()
    return frame


def figure(figures: pd.DataFrame, one: Comparison, area: str, period: str) -> pd.Series:
    same = {
        "indicator": one.indicator,
        "breakdown": one.breakdown,
        "category": one.category,
        "series": one.series,
        "area_code": area,
        "period": period,
    }
    rows = figures[figures[list(same)].eq(pd.Series(same)).all(axis=1)]
    assert len(rows) == 1
    return rows.iloc[0]


def compared(figures: pd.DataFrame, one: Comparison) -> tuple[pd.Series, pd.Series]:
    own = figure(figures, one, TOWER_HAMLETS, one.period)
    other_period = one.period if one.kind == "comparison" else one.baseline_period
    return own, figure(figures, one, one.comparator_code, other_period)


def farthest(one: pd.Series, other: pd.Series) -> tuple[float, float]:
    """The limits of the difference as the farthest points of two quarter ellipses, found by walking along them."""
    angles = [step * math.pi / 2 / 20_000 for step in range(20_001)]
    below, above = one["value"] - one["lower_ci_95"], one["upper_ci_95"] - one["value"]
    other_below, other_above = (
        other["value"] - other["lower_ci_95"],
        other["upper_ci_95"] - other["value"],
    )
    low = max(below * math.cos(angle) + other_above * math.sin(angle) for angle in angles)
    high = max(above * math.cos(angle) + other_below * math.sin(angle) for angle in angles)
    difference = one["value"] - other["value"]
    return difference - low, difference + high


def word(plan: Plan, indicator: str, is_higher: bool) -> str:
    polarity = plan.indicators[indicator].polarity
    if polarity == "neither":
        return "higher" if is_higher else "lower"
    return "better" if is_higher == (polarity == "higher_is_better") else "worse"


def test_each_verdict_by_limits_is_found_again(
    plan: Plan, found: list[Comparison], figures: pd.DataFrame
) -> None:
    judged = [one for one in found if one.method == "limits_of_difference"]
    assert len(judged) >= 15
    for one in judged:
        own, other = compared(figures, one)
        lower, upper = farthest(own, other)
        assert (one.lower, one.upper) == pytest.approx((lower, upper), abs=1e-6)
        clear = lower > 0 or upper < 0
        assert one.verdict == (
            word(plan, one.indicator, own["value"] > other["value"]) if clear else "similar"
        ), one


def test_where_limits_are_symmetric_a_z_test_says_the_same(
    found: list[Comparison], figures: pd.DataFrame
) -> None:
    tested = 0
    for one in found:
        if one.method != "limits_of_difference":
            continue
        own, other = compared(figures, one)
        errors = [(row["upper_ci_95"] - row["lower_ci_95"]) / 2 / Z for row in (own, other)]
        lopsided = max(
            abs(row["upper_ci_95"] + row["lower_ci_95"] - 2 * row["value"]) for row in (own, other)
        )
        z = abs(own["value"] - other["value"]) / math.hypot(*errors)
        if lopsided > 0.11 or abs(z - Z) < 0.1:
            continue
        tested += 1
        assert (one.verdict == "similar") == (2 * (1 - NormalDist().cdf(z)) >= 0.05), one
    assert tested >= 10


def test_each_direction_is_found_again_by_trying_every_order(
    plan: Plan, found: list[Comparison], figures: pd.DataFrame
) -> None:
    judged = [one for one in found if one.method == "mann_kendall"]
    assert len(judged) >= 10
    for one in judged:
        same = (figures["indicator"] == one.indicator) & (figures["area_code"] == TOWER_HAMLETS)
        same &= (figures["breakdown"] == one.breakdown) & (figures["category"] == one.category)
        line = figures[
            same & (figures["series"] == one.series) & figures["value"].notna()
        ].sort_values("period_end")
        line = line.tail(10)
        assert (line["period_start"].to_numpy()[1:] > line["period_end"].to_numpy()[:-1]).all()
        values = line["value"].tolist()
        assert one.baseline_period == line.iloc[0]["period"]
        assert one.difference == pytest.approx(values[-1] - values[0])
        p = _probability(values)
        assert one.p_value == pytest.approx(p, abs=0.02 if len(values) > 8 else 1e-9)
        rises = sum(
            math.copysign(1, b - a) for i, a in enumerate(values) for b in values[i + 1 :] if a != b
        )
        if abs(p - 0.05) > 0.01:
            assert one.verdict == (word(plan, one.indicator, rises > 0) if p < 0.05 else "similar")


def _probability(values: Sequence[float]) -> float:
    """Of a score as far from zero: by every order of up to eight figures, else by the usual normal approximation."""
    own = _score(values)
    if len(values) <= 8:
        orders = [_score(order) for order in permutations(values)]
        return sum(abs(one) >= abs(own) for one in orders) / len(orders)
    n, ties = len(values), [values.count(one) for one in set(values)]
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    return 2 * (1 - NormalDist().cdf(max(abs(own) - 1, 0) / math.sqrt(variance)))


def _score(values: Sequence[float]) -> int:
    return sum((b > a) - (b < a) for place, a in enumerate(values) for b in values[place + 1 :])


def test_there_is_a_verdict_or_a_reason_and_always_a_sentence(found: list[Comparison]) -> None:
    for one in found:
        assert bool(one.verdict) != bool(one.reason), one
        assert bool(one.verdict) == bool(one.method), one
        assert one.words.endswith((".", "”")), one
        assert one.words[0].isupper(), one


def test_no_verdict_rests_on_a_figure_without_limits_or_on_a_total(
    found: list[Comparison], figures: pd.DataFrame
) -> None:
    for one in found:
        if one.verdict and one.kind != "direction":
            own, other = compared(figures, one)
            assert not pd.isna(
                [own["lower_ci_95"], own["upper_ci_95"], other["lower_ci_95"], other["upper_ci_95"]]
            ).any()
        if one.verdict and one.kind == "comparison":
            assert figure(figures, one, TOWER_HAMLETS, one.period)["unit"] not in (
                "count",
                "ktco2e",
            )


def test_the_latest_figure_is_judged_and_areas_of_mere_context_are_not(
    plan: Plan, found: list[Comparison], figures: pd.DataFrame
) -> None:
    assert "K03000001" not in {one.comparator_code for one in found}
    for one in found:
        own = figures[
            (figures["indicator"] == one.indicator)
            & (figures["area_code"] == TOWER_HAMLETS)
            & (figures["category"] == one.category)
            & (figures["breakdown"] == one.breakdown)
            & figures["value"].notna()
        ]
        assert one.period == ("" if own.empty else own.sort_values("period_end").iloc[-1]["period"])


def test_every_indicator_is_asked_all_three_questions(plan: Plan, found: list[Comparison]) -> None:
    for indicator in plan.indicators:
        kinds = [(one.kind, one.comparator_code) for one in found if one.indicator == indicator]
        wanted = {("comparison", LONDON), ("comparison", ENGLAND), ("direction", TOWER_HAMLETS)}
        assert {*wanted, ("since_start", TOWER_HAMLETS)} == set(kinds)


def test_the_rows_fit_their_table_schema(found: list[Comparison]) -> None:
    schema = table_schemas()["comparisons"]
    assert [field["name"] for field in schema["fields"]] == list(found[0].row)
    table = table_from([one.row for one in found], schema)
    keys = {tuple(row[name] for name in schema["primaryKey"]) for row in table.to_pylist()}
    assert len(keys) == table.num_rows == len(found)
    for field in schema["fields"]:
        allowed = field.get("constraints", {}).get("enum")
        assert not allowed or {one for one in table[field["name"]].to_pylist() if one} <= set(
            allowed
        )


def outcome(plan: Plan, indicator: str, rows: list[Observation], **changed: object) -> Outcome:
    table = table_of(rows, plan.area_names)
    return replace(Outcome(indicator, "fresh", "", (), (), table), **changed)  # type: ignore[arg-type]


def life(
    end: int, series: str, value: float, half: float = 1.0, area: str = TOWER_HAMLETS
) -> Observation:
    """Healthy life expectancy over the three years to `end`."""
    return Observation(
        indicator="healthy_life_expectancy_female",
        area_code=area,
        period=years_from(end - 2, 3, f"{end - 2} - {end % 100}"),
        value=value,
        unit="years",
        series=series,
        source_text=str(value),
        snapshot="0" * 64,
        lower_ci_95=value - half,
        upper_ci_95=value + half,
    )


OLDER, NEWER = "hle_older_method", "hle_modelled_health"


def of_kind(found: list[Comparison], kind: str, comparator: str = TOWER_HAMLETS) -> Comparison:
    (one,) = [one for one in found if one.kind == kind and one.comparator_code == comparator]
    return one


class TestHealthyLifeExpectancyHasTwoSeries:
    """The Plan's 58 years for 2018 to 2020 and today's 62.8 for the same years must never meet."""

    def test_neither_the_direction_nor_the_change_crosses_from_one_to_the_other(
        self, plan: Plan
    ) -> None:
        rows = [life(year, OLDER, 57 + year % 3) for year in range(2011, 2021)]
        rows += [life(2020, NEWER, 62.8), life(2023, NEWER, 59.2)]
        found = comparisons(plan, [outcome(plan, "healthy_life_expectancy_female", rows)])
        assert {one.series for one in found} == {NEWER}
        assert of_kind(found, "direction").reason == "too_few_figures"

    def test_london_of_one_series_is_no_comparison_for_the_borough_of_the_other(
        self, plan: Plan
    ) -> None:
        rows = [
            life(2020, NEWER, 62.8),
            life(2020, OLDER, 63.8, area=LONDON),
            life(2020, NEWER, 64.8, area=ENGLAND),
        ]
        found = comparisons(plan, [outcome(plan, "healthy_life_expectancy_female", rows)])
        assert of_kind(found, "comparison", LONDON).reason == "comparator_has_no_figure"
        assert of_kind(found, "comparison", ENGLAND).verdict == "worse"

    def test_of_overlapping_three_years_only_those_apart_count(self, plan: Plan) -> None:
        rows = [life(year, NEWER, 50.0 + year - 2013) for year in range(2013, 2025)]
        direction = of_kind(
            comparisons(plan, [outcome(plan, "healthy_life_expectancy_female", rows)]), "direction"
        )
        assert direction.method == "limits_of_difference"
        assert direction.baseline_period == "2013-01-01/P3Y"
        assert direction.verdict == "better"

    def test_since_the_start_waits_for_three_years_that_share_nothing_with_the_first(
        self, plan: Plan
    ) -> None:
        rows = [life(year, NEWER, 60.0) for year in (2023, 2025)]
        found = comparisons(plan, [outcome(plan, "healthy_life_expectancy_female", rows)])
        assert of_kind(found, "since_start").reason == "periods_overlap"
        rows.append(life(2026, NEWER, 70.0))
        found = comparisons(plan, [outcome(plan, "healthy_life_expectancy_female", rows)])
        assert of_kind(found, "since_start").verdict == "better"


def rate(
    year: int,
    value: float | None,
    area: str = TOWER_HAMLETS,
    half: float | None = 2.0,
    **more: object,
) -> Observation:
    known = value is not None and half is not None
    given = Observation(
        indicator="employment_rate",
        area_code=area,
        period=calendar_year(year),
        value=value,
        unit="percent",
        series="aps",
        source_text=str(value),
        snapshot="0" * 64,
        status="" if value is not None else "x",
        lower_ci_95=value - half if known and value is not None and half is not None else None,
        upper_ci_95=value + half if known and value is not None and half is not None else None,
    )
    return replace(given, **more)  # type: ignore[arg-type]


def of_employment(plan: Plan, rows: list[Observation]) -> list[Comparison]:
    return comparisons(plan, [outcome(plan, "employment_rate", rows)])


def test_another_period_is_no_comparison(plan: Plan) -> None:
    found = of_employment(
        plan, [rate(2023, 66.0), rate(2022, 75.0, LONDON), rate(2023, None, ENGLAND)]
    )
    assert of_kind(found, "comparison", LONDON).reason == "comparator_has_no_figure"
    assert of_kind(found, "comparison", ENGLAND).reason == "comparator_has_no_figure"


def test_a_missing_latest_figure_lets_the_one_before_be_judged(plan: Plan) -> None:
    found = of_employment(plan, [rate(2022, 66.0), rate(2023, None), rate(2022, 75.0, LONDON)])
    assert of_kind(found, "comparison", LONDON).period == "2022-01-01/P1Y"


def test_without_limits_the_difference_is_told_and_not_judged(plan: Plan) -> None:
    one = of_kind(
        of_employment(plan, [rate(2023, 66.0, half=None), rate(2023, 75.0, LONDON)]),
        "comparison",
        LONDON,
    )
    assert (one.verdict, one.reason, one.difference) == ("", "no_limits", -9.0)
    assert "No limits are published for Tower Hamlets" in one.words


@pytest.mark.parametrize(("half", "verdict"), [(6.3, "worse"), (6.4, "similar")])
def test_a_difference_is_clear_just_when_its_limits_leave_out_zero(
    plan: Plan, half: float, verdict: str
) -> None:
    rows = [rate(2023, 66.0, half=half), rate(2023, 75.0, LONDON, half=half)]
    assert of_kind(of_employment(plan, rows), "comparison", LONDON).verdict == verdict


def test_since_the_start_needs_a_figure_of_the_first_year(plan: Plan) -> None:
    assert (
        of_kind(of_employment(plan, [rate(2022, 60.0), rate(2024, 70.0)]), "since_start").reason
        == "no_baseline"
    )
    assert (
        of_kind(of_employment(plan, [rate(2022, 60.0), rate(2023, 70.0)]), "since_start").reason
        == "no_later_figure"
    )
    assert (
        of_kind(of_employment(plan, [rate(2023, 60.0), rate(2024, 70.0)]), "since_start").verdict
        == "better"
    )


def test_where_lower_is_better_a_fall_is(plan: Plan) -> None:
    rows = [
        replace(rate(year, 30.0 - year % 100), indicator="year_6_overweight", series="ncmp")
        for year in range(2015, 2021)
    ]
    (direction,) = [
        one
        for one in comparisons(plan, [outcome(plan, "year_6_overweight", rows)])
        if one.kind == "direction"
    ]
    assert direction.verdict == "better"
    assert direction.words.startswith("Getting better: a tendency to fall")


def test_a_stand_in_gives_way_to_the_plans_own_measure(plan: Plan) -> None:
    def plans(year: int, series: str, value: float) -> Observation:
        return replace(rate(year, value), indicator="ehc_assessments_in_time", series=series)

    rows = [plans(2024, "council_in_time", 50.0), plans(2025, "dfe_person_level", 46.0)]
    found = comparisons(plan, [outcome(plan, "ehc_assessments_in_time", rows)])
    assert {one.series for one in found} == {"council_in_time"}


def test_rises_of_prices_are_not_judged(plan: Plan) -> None:
    rows = [
        replace(
            rate(year, 20_000.0 + 500 * year), indicator="gdhi_per_head", unit="gbp", series="gdhi"
        )
        for year in range(2012, 2024)
    ]
    found = comparisons(plan, [outcome(plan, "gdhi_per_head", rows)])
    assert of_kind(found, "direction").reason == of_kind(found, "since_start").reason == "not_given"


def test_a_series_that_ended_when_another_was_accepted_is_compared_with_nothing_later(
    plan: Plan,
) -> None:
    ended = "aps_until_2026-11-01"
    rows = [rate(year, 50.0 + year % 100, series=ended) for year in range(2010, 2024)] + [
        rate(2023, 66.0)
    ]
    accepted = (Acceptance("2026-11-01", "Reweighted to the 2021 Census", (ended,)),)
    found = comparisons(plan, [outcome(plan, "employment_rate", rows, accepted=accepted)])
    assert {one.series for one in found} == {"aps"}
    assert of_kind(found, "direction").reason == "too_few_figures"


def test_an_indicator_without_any_figure_still_has_its_questions(plan: Plan) -> None:
    empty = outcome(plan, "feeling_safe", [])
    found = comparisons(plan, [empty])
    assert {(one.breakdown, one.category) for one in found} == {
        ("time_of_day", "during_the_day"),
        ("time_of_day", "after_dark"),
    }
    assert all(one.reason in ("no_figure", "no_comparator") for one in found)


def test_the_order_of_the_rows_makes_no_difference(plan: Plan) -> None:
    rows = [rate(year, 60.0 + year % 7) for year in range(2010, 2024)] + [rate(2023, 75.0, LONDON)]
    assert of_employment(plan, rows) == of_employment(plan, rows[::-1])


def test_a_financial_year_counts_for_the_year_it_ends_in(plan: Plan) -> None:
    indicator: Indicator = plan.indicators["happiness"]
    rows = [
        replace(
            rate(2023, value),
            indicator=indicator.id,
            unit="score_0_10",
            series="aps",
            period=financial_year(start),
        )
        for start, value in ((2022, 7.0), (2023, 7.9))
    ]
    found = comparisons(plan, [outcome(plan, indicator.id, rows)])
    assert of_kind(found, "since_start").baseline_period == "2022-04-01/P1Y"
