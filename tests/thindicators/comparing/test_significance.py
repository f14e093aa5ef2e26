"""Whether figures differ by more than chance: against published examples, and against counting every case."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators.comparing.significance import Estimate, limits_of_difference, mann_kendall
from thindicators.observations.limits import wilson

VALUES = st.floats(min_value=-1000, max_value=1000)
HALVES = st.floats(min_value=0, max_value=100)


def proportion(found: int, asked: int) -> Estimate:
    share = 100 * found / asked
    return Estimate(share, *wilson(share, asked))


@pytest.mark.parametrize(
    ("one", "other", "lower", "upper"),
    [
        ((56, 70), (48, 80), 5.24, 33.39),
        ((9, 10), (3, 10), 17.05, 80.90),
        ((10, 10), (0, 20), 67.91, 100.0),
    ],
)
def test_the_published_examples_of_the_hybrid_score_method_come_out(
    one: tuple[int, int], other: tuple[int, int], lower: float, upper: float
) -> None:
    assert limits_of_difference(proportion(*one), proportion(*other)) == pytest.approx(
        (lower, upper), abs=0.006
    )


@given(VALUES, VALUES, HALVES, HALVES)
def test_of_symmetric_limits_the_variances_are_added(
    one: float, other: float, half: float, other_half: float
) -> None:
    lower, upper = limits_of_difference(
        Estimate(one, one - half, one + half),
        Estimate(other, other - other_half, other + other_half),
    )
    width = (half**2 + other_half**2) ** 0.5
    assert (lower, upper) == pytest.approx((one - other - width, one - other + width), abs=1e-6)


@given(VALUES, VALUES, HALVES, HALVES, HALVES, HALVES)
def test_the_other_way_round_the_limits_change_places(
    one: float, other: float, below: float, above: float, other_below: float, other_above: float
) -> None:
    first, second = (
        Estimate(one, one - below, one + above),
        Estimate(other, other - other_below, other + other_above),
    )
    lower, upper = limits_of_difference(first, second)
    assert limits_of_difference(second, first) == pytest.approx((-upper, -lower))
    assert lower <= one - other + 1e-9
    assert upper >= one - other - 1e-9


@given(st.lists(st.integers(min_value=0, max_value=4), min_size=1, max_size=7))
def test_the_trend_is_as_likely_as_counting_every_order_says(values: list[int]) -> None:
    def score(order: tuple[int, ...]) -> int:
        return sum((b > a) - (b < a) for place, a in enumerate(order) for b in order[place + 1 :])

    orders = [score(order) for order in permutations(values)]
    own = score(tuple(values))
    trend = mann_kendall(values)
    assert trend.score == own
    assert trend.p == pytest.approx(sum(abs(one) >= abs(own) for one in orders) / len(orders))


def test_four_figures_in_a_row_may_be_chance_and_five_are_not() -> None:
    assert mann_kendall([1, 2, 3, 4]).p == pytest.approx(2 / 24)
    assert mann_kendall([1, 2, 3, 4, 5]).p == pytest.approx(2 / 120)
