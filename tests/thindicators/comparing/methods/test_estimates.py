"""How sure a figure is: Wilson's published limits, and when a figure is unreliable."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from thindicators.comparing.methods.estimates import Estimate, Proportion, from_counts


@pytest.mark.parametrize(
    ("count", "base", "lower", "upper"),
    [
        (81, 263, 25.53, 36.62),
        (15, 148, 6.24, 16.05),
        (0, 20, 0.0, 16.11),
        (1, 29, 0.61, 17.18),
        (0, 10, 0.0, 27.75),
    ],
)
def test_wilsons_limits_are_those_that_newcombe_prints(
    count: int, base: int, lower: float, upper: float
) -> None:
    """Table I of Newcombe (1998), https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E

    The fifth follows from example f of the second paper, where it is compared with itself. scipy gives all of them.
    """
    estimate = from_counts(Proportion(count, base))
    assert (estimate.lower, estimate.upper) == pytest.approx((lower, upper), abs=0.006)
    again = binomtest(count, base).proportion_ci(method="wilson")
    assert (estimate.lower, estimate.upper) == pytest.approx((100 * again.low, 100 * again.high))


def test_a_standard_error_is_the_width_of_the_limits_over_twice_1_96() -> None:
    assert Estimate(50, 50 - 1.959964, 50 + 1.959964).standard_error == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("value", "half", "is_unreliable"), [(10, 3.9, False), (10, 3.93, True), (0, 1, False)]
)
def test_a_figure_is_unreliable_if_its_standard_error_is_more_than_a_fifth_of_it(
    value: float, half: float, is_unreliable: bool
) -> None:
    assert Estimate(value, value - half, value + half).is_unreliable is is_unreliable
