"""The Mann-Kendall test: against counting every order, and published tables."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators.comparing.methods.long_run import FEWEST, LEVEL, mann_kendall


@given(st.lists(st.integers(min_value=0, max_value=4), min_size=1, max_size=7))
def test_the_probability_is_what_counting_every_order_says(values: list[int]) -> None:
    def score(order: tuple[int, ...]) -> int:
        total = 0
        for place, earlier in enumerate(order):
            total += sum((later > earlier) - (later < earlier) for later in order[place + 1 :])
        return total

    scores = [score(order) for order in permutations(values)]
    own = score(tuple(values))
    tendency = mann_kendall(values)
    assert tendency.score == own
    as_far = sum(abs(each) >= abs(own) for each in scores)
    assert tendency.p == pytest.approx(as_far / len(scores))


@pytest.mark.parametrize(
    ("figures", "inversions", "one_sided"),
    [
        (4, 0, 0.042),
        (5, 0, 0.0083),
        (5, 1, 0.042),
        (6, 1, 0.0083),
        (7, 3, 0.015),
        (8, 5, 0.016),
        (9, 6, 0.0063),
        (10, 14, 0.078),
    ],
)
def test_the_published_table_of_kendalls_score_comes_out(
    figures: int, inversions: int, one_sided: float
) -> None:
    """Kendall, Rank Correlation Methods, appendix table 1; Gilbert (1987), table A18: one side only."""
    values = _with_inversions(figures, inversions)
    tendency = mann_kendall(values)
    assert tendency.score == figures * (figures - 1) / 2 - 2 * inversions
    assert tendency.p / 2 == pytest.approx(one_sided, rel=0.07)


def _with_inversions(figures: int, inversions: int) -> list[int]:
    """Rising figures in which some neighbours have changed places."""
    values = list(range(figures))
    left = inversions
    while left:
        for place in range(figures - 1):
            if left and values[place] < values[place + 1]:
                values[place], values[place + 1] = values[place + 1], values[place]
                left -= 1
    return values


def test_seven_is_the_fewest_that_can_say_something_at_this_level() -> None:
    assert mann_kendall(range(FEWEST)).p < LEVEL
    assert mann_kendall(range(FEWEST - 1)).p > LEVEL
