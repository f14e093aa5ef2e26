"""Every verdict of the sample edition, worked out again by another route than the code's own; and what has none."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from statistics import NormalDist

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2, kendalltau
from scipy.stats.contingency import chi2_contingency

from tests.samples import sample_outcomes
from thindicators.comparing import sentences
from thindicators.comparing.comparison import Comparison
from thindicators.comparing.verdicts import comparisons
from thindicators.fetching.snapshots import Receipt
from thindicators.observations.observation import Observation, table_of
from thindicators.observations.periods import calendar_year, financial_year, years_from
from thindicators.observations.tables import table_from, table_schemas
from thindicators.outcomes.outcome import Acceptance, Outcome
from thindicators.plan.model import Indicator, Plan

FloatArray = NDArray[np.float64]
TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
Z = NormalDist().inv_cdf(0.975)


@pytest.fixture(scope="module")
def found(plan: Plan) -> list[Comparison]:
    return comparisons(plan, sample_outcomes())


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    tables = [outcome.table for outcome in sample_outcomes()]
    frame: pd.DataFrame = pa.concat_tables(tables).to_pandas()
    return frame


def figures_of(figures: pd.DataFrame, verdict: Comparison, area: str) -> pd.DataFrame:
    """The figures of an area that a verdict may be made from, in the order of time."""
    same = {
        "indicator": verdict.indicator,
        "breakdown": verdict.breakdown,
        "category": verdict.category,
        "series": verdict.series,
        "area_code": area,
    }
    chosen = figures[figures[list(same)].eq(pd.Series(same)).all(axis=1)]
    return chosen[chosen["value"].notna()].sort_values("period_end")


def figure(figures: pd.DataFrame, verdict: Comparison, area: str, period: str) -> pd.Series:
    rows = figures_of(figures, verdict, area)
    rows = rows[rows["period"] == period]
    assert len(rows) == 1
    return rows.iloc[0]


def compared(figures: pd.DataFrame, verdict: Comparison) -> tuple[pd.Series, pd.Series]:
    own = figure(figures, verdict, TOWER_HAMLETS, verdict.period)
    is_between_areas = verdict.kind == "comparison"
    other_period = verdict.period if is_between_areas else verdict.baseline_period
    return own, figure(figures, verdict, verdict.comparator_code, other_period)


def share_and_limits(plan: Plan, row: pd.Series) -> tuple[float, float, float] | None:
    """A figure with limits: those of its row; or the roots of Wilson's quadratic, for what was counted."""
    if not pd.isna(row["lower_ci_95"]):
        return row["value"], row["lower_ci_95"], row["upper_ci_95"]
    is_counted = plan.indicators[row["indicator"]].measured_by == "full_count"
    if not is_counted or row["unit"] != "percent" or pd.isna(row["denominator"]):
        return None
    base = row["denominator"]
    count = row["value"] * base / 100 if pd.isna(row["numerator"]) else row["numerator"]
    share = count / base
    roots = np.roots([1 + Z**2 / base, -(2 * share + Z**2 / base), share**2])
    return 100 * share, 100 * min(roots), 100 * max(roots)


def farthest(
    own: tuple[float, float, float], other: tuple[float, float, float]
) -> tuple[float, float]:
    """The limits of the difference as the farthest points of two quarter ellipses, found by walking along them."""
    angles = np.linspace(0, math.pi / 2, 20_001)
    value, lower, upper = own
    other_value, other_lower, other_upper = other
    low = max((value - lower) * np.cos(angles) + (other_upper - other_value) * np.sin(angles))
    high = max((upper - value) * np.cos(angles) + (other_value - other_lower) * np.sin(angles))
    difference = value - other_value
    return difference - low, difference + high


def word(plan: Plan, verdict: Comparison, is_higher: bool) -> str:
    indicator = plan.indicators[verdict.indicator]
    if indicator.polarity == "neither" or verdict.breakdown in indicator.judged_together:
        return "higher" if is_higher else "lower"
    return "better" if is_higher == (indicator.polarity == "higher_is_better") else "worse"


def test_each_verdict_by_limits_is_found_again(
    plan: Plan, found: list[Comparison], figures: pd.DataFrame
) -> None:
    judged = [verdict for verdict in found if verdict.method == "limits_of_difference"]
    assert len(judged) >= 30
    for verdict in judged:
        rows = compared(figures, verdict)
        own, other = (share_and_limits(plan, row) for row in rows)
        assert own is not None, verdict
        assert other is not None, verdict
        rounding = plan.indicators[verdict.indicator].rounded_to or 0
        lower, upper = farthest(own, other)
        lower, upper = lower - rounding, upper + rounding
        assert (verdict.lower, verdict.upper) == pytest.approx((lower, upper), abs=1e-5), verdict
        is_clear = lower > 0 or upper < 0
        expected = word(plan, verdict, own[0] > other[0]) if is_clear else "similar"
        assert verdict.verdict == expected, verdict


def test_each_figure_as_it_stands_is_higher_or_lower_and_never_better_or_worse(
    plan: Plan, found: list[Comparison], figures: pd.DataFrame
) -> None:
    as_it_stands = [each for each in found if each.method in ("as_counted", "as_modelled")]
    judged = [verdict for verdict in as_it_stands if verdict.kind != "rank"]
    assert len(judged) >= 15
    for verdict in judged:
        own, other = compared(figures, verdict)
        assert share_and_limits(plan, own) is None or share_and_limits(plan, other) is None
        measured_by = plan.indicators[verdict.indicator].measured_by
        assert measured_by == {"as_counted": "full_count", "as_modelled": "model"}[verdict.method]
        higher = own["value"] > other["value"]
        assert verdict.verdict == ("higher" if higher else "lower"), verdict
        if verdict.kind == "comparison":
            assert verdict.ratio == pytest.approx(own["value"] / other["value"])


def test_each_recent_trend_is_found_again(
    plan: Plan, found: list[Comparison], figures: pd.DataFrame
) -> None:
    methods = ("chi_squared_for_trend", "weighted_line")
    judged = [verdict for verdict in found if verdict.method in methods]
    assert len(judged) >= 6
    for verdict in judged:
        line = figures_of(figures, verdict, TOWER_HAMLETS).tail(5)
        assert verdict.baseline_period == line.iloc[0]["period"]
        statistic, slopes = trend_again(verdict.method, line)
        assert verdict.p_value == pytest.approx(chi2.sf(statistic, df=1), rel=1e-4, abs=1e-12)
        is_steady = min(slopes) > 0 or max(slopes) < 0
        is_clear = statistic > 9.5495 and is_steady
        expected = word(plan, verdict, slopes[0] > 0) if is_clear else "similar"
        assert verdict.verdict == expected, verdict


def trend_again(method: str, line: pd.DataFrame) -> tuple[float, list[float]]:
    """The statistic of five figures by numpy and scipy, and the slopes of all, and without each of them."""
    middle = (
        pd.to_datetime(line["period_start"])
        + (pd.to_datetime(line["period_end"]) - pd.to_datetime(line["period_start"])) / 2
    )
    times = (middle - middle.iloc[0]).dt.total_seconds().to_numpy() / 86400 / 365.25
    if method == "weighted_line":
        values = line["value"].to_numpy()
        errors = (line["upper_ci_95"] - line["lower_ci_95"]).to_numpy() / 2 / Z
        return weighted_again(times, values, errors)
    bases = line["denominator"].to_numpy()
    counts = line["numerator"].to_numpy()
    counts = np.where(np.isnan(counts), line["value"].to_numpy() * bases / 100, counts)
    share = counts.sum() / bases.sum()
    errors = np.sqrt(share * (1 - share) / bases) * 100
    statistic, slopes = weighted_again(times, 100 * counts / bases, errors)
    everything = chi2_contingency(np.array([counts, bases - counts]), correction=False).statistic
    return statistic / max(1, (everything - statistic) / 3), slopes


def weighted_again(
    times: FloatArray, values: FloatArray, errors: FloatArray
) -> tuple[float, list[float]]:
    coefficients, covariance = np.polyfit(times, values, 1, w=1 / errors, cov="unscaled")
    slopes = [coefficients[0]]
    for place in range(len(times)):
        kept = np.arange(len(times)) != place
        slopes.append(np.polyfit(times[kept], values[kept], 1, w=1 / errors[kept])[0])
    return coefficients[0] ** 2 / covariance[0, 0], slopes


def test_each_long_run_is_found_again_by_kendalls_test_of_another_library(
    plan: Plan, found: list[Comparison], figures: pd.DataFrame
) -> None:
    judged = [verdict for verdict in found if verdict.method == "mann_kendall"]
    assert len(judged) >= 7
    for verdict in judged:
        line = apart(figures_of(figures, verdict, TOWER_HAMLETS))
        assert len(line) >= 7
        assert verdict.baseline_period == line.iloc[0]["period"]
        values = line["value"].tolist()
        kendall = kendalltau(range(len(values)), values)
        is_approximate = len(set(values)) < len(values) and len(values) > 8
        accuracy = 0.07 if is_approximate else 1e-9
        assert verdict.p_value == pytest.approx(_probability(values), abs=accuracy)
        is_clear = verdict.p_value is not None and verdict.p_value < 0.002
        expected = word(plan, verdict, kendall.statistic > 0) if is_clear else "similar"
        assert verdict.verdict == expected, verdict


def _probability(values: Sequence[float]) -> float:
    """Of a score as far from zero: exactly by scipy; with ties by every order, or nearly if there are too many."""
    has_ties = len(set(values)) < len(values)
    if not has_ties or len(values) > 8:
        method = "asymptotic" if has_ties else "exact"
        return float(kendalltau(range(len(values)), values, method=method).pvalue)
    orders = np.array(list(permutations(values)))
    scores = np.zeros(len(orders))
    for earlier in range(len(values)):
        for later in range(earlier + 1, len(values)):
            scores += np.sign(orders[:, later] - orders[:, earlier])
    # The first order is that of time.
    return float((np.abs(scores) >= abs(scores[0])).mean())


def apart(line: pd.DataFrame) -> pd.DataFrame:
    """The figures none of whose periods overlaps another's, from the newest backwards."""
    chosen: list[int] = []
    start = None
    for place in range(len(line) - 1, -1, -1):
        row = line.iloc[place]
        if start is None or row["period_end"] < start:
            chosen.append(place)
            start = row["period_start"]
    return line.iloc[chosen[::-1]]


def verdict_of(found: list[Comparison], indicator: str, kind: str, **more: str) -> Comparison:
    matching = []
    for verdict in found:
        is_same = (verdict.indicator, verdict.kind) == (indicator, kind)
        if is_same and all(getattr(verdict, name) == value for name, value in more.items()):
            matching.append(verdict)
    assert len(matching) == 1, matching
    return matching[0]


NAMED = [
    ("ehc_assessments_in_time", "comparison", "total", LONDON, "worse", -15.7, -19.5, -11.8),
    ("ehc_assessments_in_time", "comparison", "total", ENGLAND, "similar", -0.1, -3.9, 3.6),
    ("ehc_assessments_in_time", "since_start", "total", TOWER_HAMLETS, "similar", -2.3, -7.6, 3.0),
    ("gcse_english_maths_9_5", "comparison", "eligible", LONDON, "better", 6.5, 3.6, 9.4),
    ("gcse_english_maths_9_5", "comparison", "eligible", ENGLAND, "better", 16.8, 14.0, 19.7),
    (
        "care_experienced_and_send_neet",
        "comparison",
        "care_experienced",
        LONDON,
        "better",
        -10.4,
        -16.0,
        -4.4,
    ),
    (
        "care_experienced_and_send_neet",
        "comparison",
        "care_experienced",
        ENGLAND,
        "better",
        -13.8,
        -19.3,
        -7.9,
    ),
    (
        "care_experienced_and_send_neet",
        "since_start",
        "care_experienced",
        TOWER_HAMLETS,
        "similar",
        -3.9,
        -12.3,
        4.5,
    ),
    ("neet_16_17", "comparison", "total", LONDON, "similar", 0.40, -0.02, 0.88),
    ("neet_16_17", "comparison", "total", ENGLAND, "better", -2.2, -2.6, -1.7),
    ("neet_16_17", "comparison", "neet", LONDON, "higher", 1.3, 0.9, 1.8),
    (
        "healthy_life_expectancy_female",
        "since_start",
        "total",
        TOWER_HAMLETS,
        "similar",
        -3.9,
        -13.3,
        5.5,
    ),
    (
        "healthy_life_expectancy_male",
        "since_start",
        "total",
        TOWER_HAMLETS,
        "similar",
        -3.1,
        -11.0,
        4.8,
    ),
]


@pytest.mark.parametrize(
    ("indicator", "kind", "category", "comparator", "verdict", "difference", "lower", "upper"),
    NAMED,
)
def test_the_verdicts_that_a_statistician_worked_out_by_hand_come_out(
    found: list[Comparison],
    indicator: str,
    kind: str,
    category: str,
    comparator: str,
    verdict: str,
    difference: float,
    lower: float,
    upper: float,
) -> None:
    of_all = [each for each in found if each.breakdown not in ("neet", "not_known")]
    judged = verdict_of(of_all, indicator, kind, category=category, comparator_code=comparator)
    assert judged.verdict == verdict
    figures = (judged.difference, judged.lower, judged.upper)
    assert figures == pytest.approx((difference, lower, upper), abs=0.056)


def test_happiness_fell_in_its_last_five_years_and_is_told_in_the_past(
    found: list[Comparison],
) -> None:
    fall = verdict_of(found, "happiness", "recent_trend")
    assert (fall.verdict, fall.method) == ("worse", "weighted_line")
    assert fall.p_value == pytest.approx(0.0016, abs=0.0001)
    assert fall.words.startswith("Got worse: fell over the last five figures, 2018/19 to 2022/23")


def test_what_fell_long_ago_is_not_getting_better_now(found: list[Comparison]) -> None:
    for indicator in ("neet_16_17", "year_6_overweight", "children_low_income"):
        for verdict in found:
            if verdict.indicator == indicator and verdict.kind in ("recent_trend", "long_run"):
                assert verdict.verdict in ("", "similar", "lower"), verdict
                assert not verdict.words.startswith("Getting"), verdict


def test_an_unreliable_estimate_is_marked_and_has_no_sign(found: list[Comparison]) -> None:
    """The standard error of 2021's level 1 figure is 36 % of it."""
    verdict = verdict_of(found, "level_1_qualification", "comparison", comparator_code=LONDON)
    assert (verdict.verdict, verdict.reason, verdict.reliability) == ("", "unreliable", "u")
    assert "36%" in verdict.words


def test_income_is_told_with_its_ratio(found: list[Comparison]) -> None:
    verdict = verdict_of(found, "gdhi_per_head", "comparison", comparator_code=ENGLAND)
    assert (verdict.verdict, verdict.method) == ("higher", "as_modelled")
    assert f"{verdict.ratio:.0%} of the figure of England" in verdict.words


def pattern(template: str) -> re.Pattern[str]:
    """What a sentence may look like once it is filled in."""
    parts = re.split(r"\{\w+\}", template)
    body = ".+".join(re.escape(part) for part in parts)
    return re.compile(f"(?i:{body[:1]}){body[1:]}\\.?", re.DOTALL)


def test_every_sentence_is_one_of_the_list_or_of_an_indicators_own_file(
    plan: Plan, found: list[Comparison]
) -> None:
    patterns = [pattern(each) for each in (*sentences.JUDGED, *sentences.NOT_JUDGED)]
    for verdict in found:
        if verdict.reason in ("no_comparator", "not_given"):
            continue
        assert any(each.fullmatch(verdict.words) for each in patterns), verdict.words


def test_there_is_a_verdict_or_a_reason_and_always_a_sentence(found: list[Comparison]) -> None:
    for verdict in found:
        assert bool(verdict.verdict) != bool(verdict.reason), verdict
        assert bool(verdict.verdict) == bool(verdict.method), verdict
        assert verdict.words.endswith((".", "”")), verdict
        assert verdict.words[0].isupper(), verdict


def test_totals_are_compared_with_no_other_area(
    found: list[Comparison], figures: pd.DataFrame
) -> None:
    for verdict in found:
        if verdict.verdict and verdict.kind == "comparison":
            own = figure(figures, verdict, TOWER_HAMLETS, verdict.period)
            assert own["unit"] not in ("count", "ktco2e")


def test_the_latest_figure_is_judged_and_areas_of_mere_context_are_not(
    plan: Plan, found: list[Comparison], figures: pd.DataFrame
) -> None:
    assert "K03000001" not in {verdict.comparator_code for verdict in found}
    for verdict in found:
        own = figures[
            (figures["indicator"] == verdict.indicator)
            & (figures["area_code"] == TOWER_HAMLETS)
            & (figures["category"] == verdict.category)
            & (figures["breakdown"] == verdict.breakdown)
            & figures["value"].notna()
        ]
        newest = "" if own.empty else own.sort_values("period_end").iloc[-1]["period"]
        assert verdict.period == newest


def test_every_indicator_is_asked_all_questions(plan: Plan, found: list[Comparison]) -> None:
    for indicator in plan.indicators:
        asked = {
            (verdict.kind, verdict.comparator_code)
            for verdict in found
            if verdict.indicator == indicator
        }
        # Where nobody publishes figures of other councils, no place among them is asked for.
        has_peers = bool(plan.indicators[indicator].peers)
        assert (("rank", LONDON) in asked) == has_peers
        assert asked - {("rank", LONDON)} == {
            ("comparison", LONDON),
            ("comparison", ENGLAND),
            ("recent_trend", TOWER_HAMLETS),
            ("long_run", TOWER_HAMLETS),
            ("since_start", TOWER_HAMLETS),
        }


def test_the_rows_fit_their_table_schema(found: list[Comparison]) -> None:
    schema = table_schemas()["comparisons"]
    assert [field["name"] for field in schema["fields"]] == list(found[0].row)
    table = table_from([verdict.row for verdict in found], schema)
    keys = {tuple(row[name] for name in schema["primaryKey"]) for row in table.to_pylist()}
    assert len(keys) == table.num_rows == len(found)
    for field in schema["fields"]:
        allowed = field.get("constraints", {}).get("enum")
        if allowed:
            assert set(table[field["name"]].to_pylist()) - {None, ""} <= set(allowed)


def test_a_probability_keeps_four_significant_digits(found: list[Comparison]) -> None:
    dwellings = verdict_of(found, "dwellings_per_child", "long_run", category="dwellings")
    assert dwellings.row["p_value"] == pytest.approx(2 / math.factorial(13), rel=1e-3)
    assert float(f"{dwellings.row['p_value']:.4g}") == dwellings.row["p_value"] != 0


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
        assert of_kind(found, "recent_trend").reason == "too_few_figures"
        assert of_kind(found, "long_run").reason == "too_few_figures"

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
        found = comparisons(plan, [outcome(plan, "healthy_life_expectancy_female", rows)])
        trend = of_kind(found, "recent_trend")
        assert trend.reason == "too_few_figures"
        assert trend.words == "This needs five figures of the same kind; there are four."

    def test_since_the_start_goes_back_to_three_years_that_share_nothing_with_the_latest(
        self, plan: Plan
    ) -> None:
        rows = [life(year, NEWER, 60.0) for year in (2021, 2023, 2025)]
        found = comparisons(plan, [outcome(plan, "healthy_life_expectancy_female", rows)])
        assert of_kind(found, "since_start").baseline_period == "2019-01-01/P3Y"
        rows.append(life(2026, NEWER, 70.0))
        found = comparisons(plan, [outcome(plan, "healthy_life_expectancy_female", rows)])
        since = of_kind(found, "since_start")
        assert (since.baseline_period, since.verdict) == ("2021-01-01/P3Y", "better")

    def test_since_the_start_waits_where_every_earlier_period_overlaps(self, plan: Plan) -> None:
        rows = [life(year, NEWER, 60.0) for year in (2023, 2025)]
        found = comparisons(plan, [outcome(plan, "healthy_life_expectancy_female", rows)])
        assert of_kind(found, "since_start").reason == "periods_overlap"


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
    rows = []
    for year in range(2014, 2021):
        row = rate(year, 30.0 - 2 * (year % 100 - 14), half=1.0)
        rows.append(replace(row, indicator="year_6_overweight", series="ncmp"))
    found = comparisons(plan, [outcome(plan, "year_6_overweight", rows)])
    assert of_kind(found, "recent_trend").verdict == "better"
    assert of_kind(found, "recent_trend").words.startswith(
        "Getting better: fell over the last five"
    )
    assert of_kind(found, "long_run").verdict == "better"
    assert of_kind(found, "long_run").words.startswith("Fell over 7 figures from 2014 to 2020")


@pytest.mark.parametrize(
    ("came", "opening"), [("2024-06-01", "Getting worse: fell"), ("2026-06-01", "Got worse: fell")]
)
def test_what_is_said_of_a_trend_is_in_the_present_for_two_years(
    plan: Plan, came: str, opening: str
) -> None:
    rows = [rate(year, 80.0 - 4 * (year - 2019), half=1.0) for year in range(2019, 2024)]
    receipt = Receipt(
        sha256="0" * 64,
        source="ons_aps",
        edition="live",
        method="GET",
        url="https://example.org",
        retrieved=f"{came}T09:00:00Z",
        size=1,
        media_type="text/csv",
        licence="ogl-3",
    )
    found = comparisons(plan, [outcome(plan, "employment_rate", rows, receipts=(receipt,))])
    assert of_kind(found, "recent_trend").words.startswith(opening)


@pytest.mark.parametrize(
    ("years", "reason"),
    [
        ([2018, 2019, 2020, 2022, 2023], ""),
        ([2015, 2016, 2017, 2022, 2023], "not_yearly"),
        ([2020, 2021, 2022, 2023], "too_few_figures"),
    ],
)
def test_a_recent_trend_bears_one_missing_year_and_no_more(
    plan: Plan, years: list[int], reason: str
) -> None:
    found = of_employment(plan, [rate(year, 60.0 + year % 10) for year in years])
    assert of_kind(found, "recent_trend").reason == reason


def test_four_figures_and_five_never_say_opposite_things(plan: Plan) -> None:
    """Of four, nothing is said of a trend; a fifth can only add what the test finds."""
    four = [rate(2020 + place, value, half=3.0) for place, value in enumerate((60, 66, 72, 78))]
    assert of_kind(of_employment(plan, four), "recent_trend").verdict == ""
    five = [*four, rate(2024, 77.0, half=3.0)]
    assert of_kind(of_employment(plan, five), "recent_trend").verdict == "better"


def test_figures_of_a_survey_that_rounds_need_more_than_a_point_beyond_chance(plan: Plan) -> None:
    rows = []
    for year, value in ((2023, 87.0), (2025, 91.0)):
        row = rate(year, value, half=2.25)
        rows.append(replace(row, indicator="getting_on_well", series="face_to_face"))
    found = comparisons(plan, [outcome(plan, "getting_on_well", rows)])
    since = of_kind(found, "since_start")
    assert since.verdict == "similar"
    assert since.lower == pytest.approx(4 - math.hypot(2.25, 2.25) - 1)


def test_one_of_two_files_that_prints_fewer_decimals_makes_no_difference(plan: Plan) -> None:
    """3.409 in one file and 3.4 in another are one figure; in the long run they are a tie."""
    rows = []
    for year in range(2014, 2024):
        value, snapshot = (3.4, "1" * 64) if year % 2 else (3.409, "2" * 64)
        row = rate(year, value, half=None, snapshot=snapshot)
        rows.append(replace(row, indicator="year_6_overweight", series="ncmp"))
    found = comparisons(plan, [outcome(plan, "year_6_overweight", rows)])
    assert of_kind(found, "long_run").p_value == 1.0
    assert of_kind(found, "since_start").reason == "no_later_figure"


def test_counts_that_do_not_make_the_percentage_are_not_its_counts(plan: Plan) -> None:
    def grants(area: str, value: float, count: float) -> Observation:
        row = rate(2023, value, area, half=None, numerator=count, denominator=1000.0)
        return replace(row, indicator="year_6_overweight", series="ncmp")

    rows = [grants(TOWER_HAMLETS, 42.0, 420), grants(LONDON, 37.0, 370), grants(ENGLAND, 34.0, 400)]
    found = comparisons(plan, [outcome(plan, "year_6_overweight", rows)])
    assert of_kind(found, "comparison", LONDON).method == "limits_of_difference"
    assert of_kind(found, "comparison", ENGLAND).method == "as_counted"


def test_a_difference_that_the_printed_figures_do_not_give_is_said_to_be_of_the_counts(
    found: list[Comparison],
) -> None:
    """Care leavers are published as whole percentages, 20 against 36; by the counts it is 16.6 points."""
    care = verdict_of(
        found,
        "care_experienced_and_send_neet",
        "comparison",
        comparator_code=LONDON,
        breakdown="neet",
        category="care_experienced",
    )
    assert "16.6 percentage points lower by the counts behind them (95% limits" in care.words
    employment = verdict_of(
        found, "employment_rate", "comparison", comparator_code=LONDON, breakdown="total"
    )
    assert "by the counts" not in employment.words


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
    for kind in ("recent_trend", "long_run", "since_start"):
        assert of_kind(found, kind).reason == "not_given"


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
    assert of_kind(found, "recent_trend").reason == "too_few_figures"
    assert of_kind(found, "long_run").reason == "too_few_figures"


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
