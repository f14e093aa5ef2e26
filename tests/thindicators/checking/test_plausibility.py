"""A change is judged by its own history and limits: the laws of the score, and the floors of the spread."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from thindicators.checking.plausibility import CUT_OFF, FEWEST, Change, Figure, judged_changes

GRAIN = 0.1
values = st.integers(-2000, 2000).map(lambda tenths: tenths / 10)
half_widths = st.none() | st.integers(0, 100).map(lambda tenths: tenths / 10)
histories = st.lists(st.tuples(values, half_widths), min_size=2, max_size=14).map(
    lambda some: [Figure(2000 + at, value, half) for at, (value, half) in enumerate(some)]
)


def series(*steps: float, starts: float = 50.0, half_width: float | None = None) -> list[Figure]:
    """Figures that change by these steps."""
    figures = [Figure(2000, starts, half_width)]
    for at, step in enumerate(steps, 1):
        figures.append(Figure(2000 + at, figures[-1].value + step, half_width))
    return figures


def last(figures: list[Figure], grain: float = GRAIN) -> Change:
    return judged_changes(figures, grain)[-1]


def is_near_the_edge(change: Change) -> bool:
    """Whether the noise of binary numbers could turn the verdict."""
    return abs(abs(change.size - change.usual) - CUT_OFF * change.spread) < 1e-6


STEADY = (1.0, -2.0, 1.5, -0.5, 2.0, -1.0)


class TestAWorkedExample:
    """Changes of 1, -2, 1.5, -0.5, 2 and -1: their median is 0.25, and their median distance from it 1.25."""

    def test_takes_the_median_and_its_median_deviation_as_the_handbook_does(self) -> None:
        change = last(series(*STEADY, 3.0))
        assert (change.size, change.usual, change.history) == pytest.approx((3.0, 0.25, 6))
        assert change.spread == pytest.approx(1.25 / 0.6745)

    @pytest.mark.parametrize(
        ("step", "plausible"), [(6.7, True), (6.8, False), (-6.2, True), (-6.3, False)]
    )
    def test_cuts_off_at_three_and_a_half(self, step: float, plausible: bool) -> None:
        assert last(series(*STEADY, step)).is_plausible is plausible


class TestTheSpreadIsNeverLess:
    def test_than_one_of_the_last_decimal(self) -> None:
        flat = series(*[0.0] * 6, 0.3, starts=0.5)
        assert last(flat).spread == GRAIN
        assert last(flat).is_plausible
        assert not last(series(*[0.0] * 6, 0.4, starts=0.5)).is_plausible

    def test_than_a_hundredth_of_the_figure(self) -> None:
        assert last(series(*[0.0] * 6, 3.5, starts=100.0)).is_plausible
        assert not last(series(*[0.0] * 6, 3.6, starts=100.0)).is_plausible

    def test_than_the_standard_error_of_the_change(self) -> None:
        change = last(series(*[0.0] * 6, 5.0, starts=1.0, half_width=1.96))
        assert change.spread == pytest.approx(2**0.5, rel=1e-4)

    def test_and_limits_that_are_missing_on_one_side_count_for_nothing(self) -> None:
        figures = series(*[0.0] * 6, 5.0, starts=1.0, half_width=1.96)
        assert last([*figures[:-1], replace(figures[-1], half_width=None)]).spread == GRAIN


class TestHistory:
    def test_is_needed(self) -> None:
        assert judged_changes(series(*[1.0] * FEWEST), GRAIN) == []
        assert len(judged_changes(series(*[1.0] * (FEWEST + 1)), GRAIN)) == 1

    def test_skips_years_that_are_missing_and_compares_over_none(self) -> None:
        figures = [one for one in series(*STEADY, 30.0, 30.0) if one.year != 2007]
        assert [change.year for change in judged_changes(figures, GRAIN)] == [2006]

    def test_of_a_steady_rise_makes_the_rise_usual_and_a_standstill_unusual(self) -> None:
        assert last(series(*[5.0] * 8)).is_plausible
        assert not last(series(*[5.0] * 8, 0.0)).is_plausible

    def test_with_one_wild_year_is_not_moved_by_it(self) -> None:
        assert not last(series(*STEADY[:3], 40.0, *STEADY[3:], 20.0)).is_plausible


class TestLaws:
    @given(histories, st.integers(1, 12))
    def test_a_later_figure_never_changes_what_was_said(
        self, figures: list[Figure], kept: int
    ) -> None:
        whole = judged_changes(figures, GRAIN)
        assert (
            judged_changes(figures[:kept], GRAIN)
            == whole[: len(judged_changes(figures[:kept], GRAIN))]
        )

    @given(histories, st.randoms(use_true_random=False))
    def test_the_order_of_the_figures_does_not_matter(
        self, figures: list[Figure], chance: random.Random
    ) -> None:
        mixed = chance.sample(figures, len(figures))
        assert judged_changes(mixed, GRAIN) == judged_changes(figures, GRAIN)

    @given(histories, st.sampled_from([0.01, 0.5, 3.0, 100.0]))
    def test_another_unit_changes_no_verdict(self, figures: list[Figure], times: float) -> None:
        scaled = [
            replace(
                one, value=one.value * times, half_width=one.half_width and one.half_width * times
            )
            for one in figures
        ]
        before, after = judged_changes(figures, GRAIN), judged_changes(scaled, GRAIN * times)
        assume(not any(map(is_near_the_edge, before)))
        assert [one.is_plausible for one in before] == [one.is_plausible for one in after]

    @given(histories)
    def test_turned_upside_down_it_is_as_plausible(self, figures: list[Figure]) -> None:
        turned = [replace(one, value=-one.value) for one in figures]
        before, after = judged_changes(figures, GRAIN), judged_changes(turned, GRAIN)
        assert [one.size for one in after] == [-one.size for one in before]
        assert [one.is_plausible for one in before] == [one.is_plausible for one in after]

    @given(histories, st.integers(1, 50))
    def test_wider_limits_never_make_a_change_less_plausible(
        self, figures: list[Figure], wider: int
    ) -> None:
        narrow = [replace(one, half_width=one.half_width or 0.0) for one in figures]
        wide = [replace(one, half_width=(one.half_width or 0.0) + wider) for one in figures]
        for one, other in zip(
            judged_changes(narrow, GRAIN), judged_changes(wide, GRAIN), strict=True
        ):
            assert other.is_plausible >= one.is_plausible
