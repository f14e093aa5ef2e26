"""Where figures stand in a chart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators.site import scales

NUMBERS = st.integers(min_value=-1_000_000_000, max_value=1_000_000_000).map(lambda one: one / 1000)


@given(NUMBERS, NUMBERS)
def test_round_numbers_enclose_what_is_drawn(one: float, other: float) -> None:
    low, high = sorted((one, other))
    found = scales.ticks(low, high, 5)
    step = found[1] - found[0]
    assert found[0] <= low + step * 1e-6
    assert found[-1] >= high - step * 1e-6
    assert 2 <= len(found) <= 8
    assert found == sorted(found)


@pytest.mark.parametrize("unit", ["percent", "count", "ktco2e", "gbp", "ug_m3"])
def test_quantities_start_at_zero(unit: str) -> None:
    assert scales.value_ticks([62.0, 71.0], unit, 5)[0] == 0


@pytest.mark.parametrize("unit", ["years", "score_0_10", "ratio", "points"])
def test_years_of_life_and_scores_do_not(unit: str) -> None:
    assert scales.value_ticks([62.0, 71.0], unit, 5)[0] >= 60


def test_land_that_takes_up_more_than_it_gives_off_is_drawn_below_zero() -> None:
    assert scales.value_ticks([-12.0, 30.0], "ktco2e", 5)[0] < 0


def test_no_share_is_above_all() -> None:
    assert scales.value_ticks([99.4], "percent", 5)[-1] == 100


@pytest.mark.parametrize(
    ("interval", "place"),
    [
        ("2023-01-01/P1Y", 2023.5),
        ("2018-01-01/P3Y", 2019.5),
        ("2022-04-01/P1Y", 2022.747),
        ("2024-07-01/P1D", 2024.499),
    ],
)
def test_a_period_stands_at_its_middle(interval: str, place: float) -> None:
    assert scales.place_of(interval) == pytest.approx(place, abs=0.002)


@given(st.lists(st.floats(min_value=0, max_value=300), min_size=1, max_size=3))
def test_names_are_parted_and_stay_in_order(places: list[float]) -> None:
    moved = scales.parted(places, 20, 0, 300)
    order = sorted(range(len(places)), key=lambda one: (places[one], one))
    gaps = [moved[after] - moved[before] for before, after in pairwise(order)]
    assert all(gap >= 19.5 for gap in gaps)
    assert all(-0.1 <= one <= 300.1 for one in moved)


def test_the_last_period_always_has_its_label_and_labels_keep_their_distance() -> None:
    places = [2004.5 + year for year in range(20)]
    kept = scales.spaced(places, 7, 2)
    assert kept[-1] == 19
    assert all(places[after] - places[before] >= 2 for before, after in pairwise(kept))
