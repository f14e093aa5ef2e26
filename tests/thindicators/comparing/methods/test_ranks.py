"""Ranks: against simulation as their authors do it, and the laws that a set of ranks keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thindicators.comparing.methods.estimates import Estimate
from thindicators.comparing.methods.ranks import WIDEST, Ranks, rank_as_counted, rank_set
from thindicators.observations.limits import Z_95


def estimate(value: float, error: float) -> Estimate:
    return Estimate(value, value - Z_95 * error, value + Z_95 * error)


def by_simulation(values: list[float], errors: list[float]) -> tuple[int, int]:
    """The stepwise set of the first area's ranks with critical values from simulation."""
    chance = np.random.default_rng(20261126).normal(size=(200_000, len(values)))
    chance *= errors
    spread = np.hypot(errors[0], errors[1:])
    studentised = np.abs(chance[:, :1] - chance[:, 1:]) / spread
    distance = np.array(values[0]) - np.array(values[1:])
    undecided = np.ones(len(values) - 1, dtype=bool)
    while undecided.any():
        critical = np.quantile(studentised[:, undecided].max(axis=1), 0.95)
        differing = undecided & (np.abs(distance) / spread > critical)
        if not differing.any():
            break
        undecided &= ~differing
    above = int((~undecided & (distance < 0)).sum())
    below = int((~undecided & (distance > 0)).sum())
    return above + 1, len(values) - below


CASES = [
    ([50.0, 40, 45, 55, 60, 52], [1.0, 1, 1, 1, 1, 1]),
    ([66.2, 74.6, 70.1, 80.3, 61.0, 77.7, 72.4, 69.9], [3.3, 2.9, 3.1, 3.0, 3.4, 2.7, 3.1, 3.0]),
    ([10.0, 10, 10, 10], [0.5, 0.5, 0.5, 0.5]),
    ([30.0, 10, 20], [0.1, 5, 0.1]),
    ([5.0, 1, 2, 3, 4, 6, 7, 8, 9], [0.8, 0.2, 0.8, 0.2, 0.8, 0.2, 0.8, 0.2, 0.8]),
]


@pytest.mark.parametrize(("values", "errors"), CASES)
def test_the_set_is_that_which_simulation_finds(values: list[float], errors: list[float]) -> None:
    areas = {
        str(place): estimate(value, error)
        for place, (value, error) in enumerate(zip(values, errors, strict=True))
    }
    ranks = rank_set("0", areas)
    assert (ranks.best, ranks.worst) == by_simulation(values, errors)


@settings(max_examples=20)
@given(st.lists(st.integers(min_value=0, max_value=60), min_size=2, max_size=8))
def test_a_set_holds_the_place_that_the_figures_have(values: list[int]) -> None:
    areas = {str(place): estimate(value, 4) for place, value in enumerate(values)}
    ranks = rank_set("0", areas)
    as_it_stands = rank_as_counted("0", {name: each.value for name, each in areas.items()})
    assert 1 <= ranks.best <= as_it_stands.best
    assert as_it_stands.worst <= ranks.worst <= len(values)
    assert ranks.above + ranks.below + ranks.not_distinguishable == len(values) - 1


def test_where_everybody_is_counted_ties_are_shared() -> None:
    figures = {"a": 5.0, "b": 7.0, "c": 5.0, "d": 2.0, "e": 5.0}
    assert rank_as_counted("a", figures) == Ranks(best=2, worst=4, of=5, above=1, below=1)
    assert rank_as_counted("b", figures) == Ranks(best=1, worst=1, of=5, above=0, below=4)
    assert rank_as_counted("d", figures) == Ranks(best=5, worst=5, of=5, above=4, below=0)


def test_one_area_alone_is_first_and_last() -> None:
    assert rank_set("a", {"a": estimate(5, 1)}) == Ranks(1, 1, 1, 0, 0)


@pytest.mark.parametrize(("worst", "is_narrow"), [(5 + WIDEST - 1, True), (5 + WIDEST, False)])
def test_a_set_is_told_only_if_it_is_narrow_enough_to_help(worst: int, is_narrow: bool) -> None:
    assert Ranks(5, worst, 32, 4, 32 - worst).is_narrow is is_narrow
