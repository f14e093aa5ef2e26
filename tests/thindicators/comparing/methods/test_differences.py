"""Limits of a difference: against Newcombe's published examples, and the laws that any such limits keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators.comparing.methods.differences import (
    clear_sign,
    difference_as_published,
    limits_of_difference,
)
from thindicators.comparing.methods.estimates import Estimate, Proportion, from_counts

VALUES = st.floats(min_value=-1000, max_value=1000)
HALVES = st.floats(min_value=0, max_value=100)


@pytest.mark.parametrize(
    ("figure", "other", "lower", "upper"),
    [
        ((56, 70), (48, 80), 5.24, 33.39),
        ((9, 10), (3, 10), 17.05, 80.90),
        ((6, 7), (2, 7), 5.82, 80.62),
        ((5, 56), (0, 29), -3.81, 19.26),
        ((0, 10), (0, 20), -16.11, 27.75),
        ((0, 10), (0, 10), -27.75, 27.75),
        ((10, 10), (0, 20), 67.91, 100.0),
        ((10, 10), (0, 10), 60.75, 100.0),
    ],
)
def test_newcombes_eight_examples_come_out(
    figure: tuple[int, int], other: tuple[int, int], lower: float, upper: float
) -> None:
    """Table II of Newcombe (1998), method 10, in percentage points."""
    limits = limits_of_difference(from_counts(Proportion(*figure)), from_counts(Proportion(*other)))
    assert limits == pytest.approx((lower, upper), abs=0.006)


@given(VALUES, VALUES, HALVES, HALVES)
def test_of_symmetric_limits_the_variances_are_added(
    value: float, other_value: float, half: float, other_half: float
) -> None:
    lower, upper = limits_of_difference(
        Estimate(value, value - half, value + half),
        Estimate(other_value, other_value - other_half, other_value + other_half),
    )
    width = (half**2 + other_half**2) ** 0.5
    difference = value - other_value
    assert (lower, upper) == pytest.approx((difference - width, difference + width), abs=1e-6)


@given(VALUES, VALUES, HALVES, HALVES, HALVES, HALVES)
def test_the_other_way_round_the_limits_change_places(
    value: float,
    other_value: float,
    below: float,
    above: float,
    other_below: float,
    other_above: float,
) -> None:
    figure = Estimate(value, value - below, value + above)
    other = Estimate(other_value, other_value - other_below, other_value + other_above)
    lower, upper = limits_of_difference(figure, other)
    assert limits_of_difference(other, figure) == pytest.approx((-upper, -lower))
    assert lower <= value - other_value + 1e-9
    assert upper >= value - other_value - 1e-9


def test_rounding_of_both_figures_is_added_to_both_ends() -> None:
    """87 % may be 86.5 or 87.5 and 91 % likewise, so that a point of the difference may be rounding."""
    before, now = Estimate(87, 85, 89), Estimate(91, 89, 93)
    lower, upper = limits_of_difference(now, before)
    assert limits_of_difference(now, before, rounding=0.5) == pytest.approx((lower - 1, upper + 1))


@pytest.mark.parametrize(
    ("limits", "sign"), [((0.1, 2), 1), ((-2, -0.1), -1), ((-1, 1), 0), ((0, 1), 0), ((-1, 0), 0)]
)
def test_a_difference_is_clear_only_if_zero_is_left_out(
    limits: tuple[float, float], sign: int
) -> None:
    assert clear_sign(limits) == sign


@pytest.mark.parametrize(
    ("figure", "other", "decimals", "difference"),
    [(3.409, 3.4, 1, 0), (3.46, 3.4, 1, 0.1), (0.3, 0.1, 1, 0.2), (31111, 25425, 0, 5686)],
)
def test_figures_are_rounded_to_the_coarser_before_they_differ(
    figure: float, other: float, decimals: int, difference: float
) -> None:
    assert difference_as_published(figure, other, decimals) == difference
