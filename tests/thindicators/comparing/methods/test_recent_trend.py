"""Recent trends: against published chi-squared tests for trend, and lines fitted by another library."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, chi2_contingency

from thindicators.comparing.methods.estimates import Estimate, Proportion
from thindicators.comparing.methods.recent_trend import (
    CUT_OFF,
    Trend,
    trend_of_estimates,
    trend_of_proportions,
)
from thindicators.observations.limits import Z_95

YEARS = [2019.0, 2020, 2021, 2022, 2023]


def plain_statistic(
    times: Sequence[float], counts: Sequence[tuple[float, float]]
) -> tuple[float, float]:
    """The statistic as published, without overdispersion, and what it was divided by here."""
    proportions = [Proportion(*count) for count in counts]
    trend = trend_of_proportions(times, proportions)
    table = np.array([[count, base - count] for count, base in counts])
    all_of_it = chi2_contingency(table, correction=False).statistic
    # The published statistic s was divided by max(1, (all - s) / (n - 2)), so that it can be had back.
    degrees = len(times) - 2
    divided = trend.chi_squared * all_of_it / (degrees + trend.chi_squared)
    undivided = trend.chi_squared
    is_overdispersed = (all_of_it - divided) / degrees > 1
    return (divided, (all_of_it - divided) / degrees) if is_overdispersed else (undivided, 1.0)


@pytest.mark.parametrize(
    ("name", "times", "counts", "statistic"),
    [
        (
            "R, prop.trend.test, smokers",
            [1, 2, 3, 4],
            [(83, 86), (90, 93), (129, 136), (70, 82)],
            8.2249,
        ),
        (
            "SAS, PROC FREQ, pain by dose, Z -4.7918",
            [0, 1, 2, 3, 4],
            [(6, 32), (7, 33), (9, 32), (14, 32), (23, 32)],
            4.7918**2,
        ),
        (
            "Armitage 1955, carriers and tonsils",
            [-1, 0, 1],
            [(19, 516), (29, 589), (24, 293)],
            7.19,
        ),
        (
            "R, prop.trend.test, smokers, the last group against the others",
            [0, 0, 0, 1],
            [(83, 86), (90, 93), (129, 136), (70, 82)],
            12.173,
        ),
        (
            "Agresti, malformations and alcohol",
            [0, 0.5, 1.5, 4, 7],
            [(48, 17114), (38, 14502), (5, 793), (1, 127), (1, 38)],
            6.570,
        ),
    ],
)
def test_published_tests_for_trend_come_out(
    name: str, times: Sequence[float], counts: Sequence[tuple[float, float]], statistic: float
) -> None:
    found, _ = plain_statistic(times, counts)
    assert found == pytest.approx(statistic, abs=0.006), name


def test_full_counts_that_scatter_about_their_line_say_less() -> None:
    """Each year lies far above or below the line: the statistic shrinks by how much further than chance."""
    scattered = [(50, 1000), (90, 1000), (60, 1000), (110, 1000), (80, 1000)]
    statistic, dispersion = plain_statistic(YEARS, scattered)
    trend = trend_of_proportions(YEARS, [Proportion(*count) for count in scattered])
    assert dispersion > 5
    assert trend.chi_squared == pytest.approx(statistic / dispersion)
    assert trend.sign == 0


def test_the_cut_off_is_what_chance_exceeds_in_two_of_a_thousand() -> None:
    assert chi2.sf(CUT_OFF, df=1) == pytest.approx(0.002, abs=1e-6)
    assert Trend(1, CUT_OFF + 0.001, is_steady=True).sign == 1
    assert Trend(-1, CUT_OFF + 0.001, is_steady=True).sign == -1
    assert Trend(1, CUT_OFF, is_steady=True).sign == 0
    assert Trend(1, 100, is_steady=False).sign == 0


@pytest.mark.parametrize("statistic", [0.1, 3.841459, 6.634897, 9.5495, 30.0])
def test_probabilities_are_those_of_chi_squared_with_one_degree_of_freedom(
    statistic: float,
) -> None:
    assert Trend(1, statistic, is_steady=True).p == pytest.approx(chi2.sf(statistic, df=1))


FIGURES = st.lists(
    st.tuples(st.floats(min_value=0, max_value=100), st.floats(min_value=0.5, max_value=10)),
    min_size=5,
    max_size=5,
)


ANSCOMBE_TIMES = (10.0, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5)
ANSCOMBE = {
    "I": (ANSCOMBE_TIMES, (8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68)),
    "II": (ANSCOMBE_TIMES, (9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74)),
    "III": (ANSCOMBE_TIMES, (7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73)),
    "IV": (
        (8.0, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8),
        (6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89),
    ),
}
"""Anscombe (1973), https://doi.org/10.1080/00031305.1973.10478966 : slope 0.500, standard error 0.118, residual 1.237."""


@pytest.mark.parametrize("name", ANSCOMBE)
def test_anscombes_four_lines_come_out(name: str) -> None:
    """With the residual standard deviation as the error of each figure, the slope has the published one."""
    times, values = ANSCOMBE[name]
    half = 1.2366 * Z_95
    trend = trend_of_estimates(times, [Estimate(each, each - half, each + half) for each in values])
    assert trend.slope == pytest.approx(0.500, abs=0.0005)
    assert trend.slope / trend.chi_squared**0.5 == pytest.approx(0.118, abs=0.0005)


NORRIS = """
0.2 0.1 337.4 338.8 118.2 118.1 884.6 888.0 10.1 9.2 226.5 228.1 666.3 668.5 996.3 998.5 448.6 449.1 777.0 778.9
558.2 559.2 0.4 0.3 0.6 0.1 775.5 778.1 666.9 668.8 338.0 339.3 447.5 448.9 11.6 10.8 556.0 557.7 228.1 228.3
995.8 998.0 887.6 888.8 120.2 119.6 0.3 0.3 0.3 0.6 556.8 557.6 339.1 339.3 887.2 888.0 999.0 998.5 779.0 778.9
11.1 10.2 118.3 117.6 229.2 228.9 669.1 668.4 448.9 449.2 0.5 0.2
"""
"""Pairs of x and y of the data set Norris, https://www.itl.nist.gov/div898/strd/lls/data/Norris.shtml"""


def test_the_certified_line_of_the_american_institute_of_standards_comes_out() -> None:
    numbers = [float(text) for text in NORRIS.split()]
    times, values = numbers[::2], numbers[1::2]
    half = 0.884796396144373 * Z_95
    trend = trend_of_estimates(times, [Estimate(each, each - half, each + half) for each in values])
    assert trend.slope == pytest.approx(1.00211681802045, rel=1e-12)
    error = trend.slope / trend.chi_squared**0.5
    assert error == pytest.approx(0.429796848199937e-03, rel=1e-9)


@given(FIGURES)
def test_the_line_is_that_of_another_library(figures: list[tuple[float, float]]) -> None:
    """numpy fits the same weighted line, and gives the slope's variance without scaling it."""
    estimates = [Estimate(value, value - half, value + half) for value, half in figures]
    trend = trend_of_estimates(YEARS, estimates)
    errors = [half / Z_95 for _, half in figures]
    middle = [year - 2021 for year in YEARS]
    values = [value for value, _ in figures]
    coefficients, covariance = np.polyfit(
        middle, values, 1, w=[1 / error for error in errors], cov="unscaled"
    )
    assert trend.slope == pytest.approx(coefficients[0], rel=1e-6, abs=1e-8)
    statistic = coefficients[0] ** 2 / covariance[0, 0]
    assert trend.chi_squared == pytest.approx(statistic, rel=1e-6, abs=1e-8)


def test_a_slope_that_one_figure_makes_alone_is_no_trend() -> None:
    """Without the last figure the line falls, however high the statistic is."""
    figures = [(50.0, 0.5), (49.5, 0.5), (49.0, 0.5), (48.5, 0.5), (60.0, 0.5)]
    estimates = [Estimate(value, value - half, value + half) for value, half in figures]
    trend = trend_of_estimates(YEARS, estimates)
    assert trend.chi_squared > CUT_OFF
    assert not trend.is_steady
    assert trend.sign == 0


@given(st.lists(st.integers(min_value=0, max_value=200), min_size=5, max_size=5))
def test_turned_about_in_time_a_trend_has_the_other_sign(counts: list[int]) -> None:
    proportions = [Proportion(count, 200) for count in counts]
    there = trend_of_proportions(YEARS, proportions)
    back = trend_of_proportions(YEARS, proportions[::-1])
    assert there.sign == -back.sign
    assert there.chi_squared == pytest.approx(back.chi_squared)


@given(st.sampled_from([0, 200]))
def test_where_nobody_or_everybody_is_counted_there_is_no_trend(count: int) -> None:
    trend = trend_of_proportions(YEARS, [Proportion(count, 200)] * 5)
    assert (trend.sign, trend.chi_squared) == (0, 0)


def test_a_missing_year_counts_with_its_true_distance() -> None:
    """The same figures a year further apart have a flatter line."""
    estimates = [Estimate(value, value - 1, value + 1) for value in (50.0, 51, 52, 53, 54)]
    with_gap = [2018.0, 2019, 2021, 2022, 2023]
    assert all(later > earlier for earlier, later in pairwise(with_gap))
    assert (
        trend_of_estimates(with_gap, estimates).slope < trend_of_estimates(YEARS, estimates).slope
    )
