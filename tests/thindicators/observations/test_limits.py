"""Wilson's limits: published examples, and the laws they keep."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators.observations.limits import Z_95, wilson

percentages = st.floats(0, 100)
samples = st.integers(1, 1_000_000)


@pytest.mark.parametrize(
    ("found", "sample", "lower", "upper"),
    [
        (81, 263, 25.53, 36.62),
        (15, 148, 6.24, 16.05),
        (0, 20, 0.00, 16.11),
        (1, 29, 0.61, 17.18),
    ],
)
def test_gives_the_examples_of_newcombe_1998(
    found: int, sample: int, lower: float, upper: float
) -> None:
    """https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I, method 3."""
    assert wilson(100 * found / sample, sample) == pytest.approx((lower, upper), abs=0.005)


@given(percentages, samples)
def test_the_figure_lies_within_its_limits_and_they_within_0_and_100(
    percentage: float, sample: int
) -> None:
    lower, upper = wilson(percentage, sample)
    assert 0 <= lower <= percentage <= upper <= 100


@given(percentages, samples)
def test_those_who_do_not_agree_have_the_mirrored_limits(percentage: float, sample: int) -> None:
    lower, upper = wilson(percentage, sample)
    assert wilson(100 - percentage, sample) == pytest.approx((100 - upper, 100 - lower), abs=1e-7)


@given(percentages, st.integers(1, 100_000), st.integers(2, 10))
def test_more_people_never_give_wider_limits(percentage: float, sample: int, times: int) -> None:
    few, many = wilson(percentage, sample), wilson(percentage, sample * times)
    assert many[1] - many[0] <= few[1] - few[0] + 1e-9


@given(st.floats(0.1, 99.9), st.integers(1, 100_000))
def test_each_limit_is_a_share_from_which_the_figure_is_just_not_surprising(
    percentage: float, sample: int
) -> None:
    for limit in wilson(percentage, sample):
        share = limit / 100
        assert abs(percentage / 100 - share) == pytest.approx(
            Z_95 * math.sqrt(share * (1 - share) / sample), abs=1e-7
        )


@pytest.mark.parametrize(
    ("percentage", "sample"), [(-0.1, 10), (100.1, 10), (math.nan, 10), (50, 0), (50, -3)]
)
def test_refuses_what_is_no_share_of_a_sample(percentage: float, sample: int) -> None:
    with pytest.raises(ValueError, match=r"within 0 and 100|at least one"):
        wilson(percentage, sample)
