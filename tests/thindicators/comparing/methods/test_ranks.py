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


PISA_2018_MATHEMATICS = {
    "Australia": (491.3600252, 1.939833031),
    "Austria": (498.9423138, 2.970998694),
    "Belgium": (508.0703063, 2.262662011),
    "Canada": (512.0169429, 2.357475749),
    "Chile": (417.4065563, 2.41588757),
    "Colombia": (390.9322732, 2.989559274),
    "Czech Republic": (499.4676508, 2.460661531),
    "Denmark": (509.3983746, 1.735002337),
    "Estonia": (523.4145802, 1.743602224),
    "Finland": (507.3013618, 1.967920411),
    "France": (495.4075794, 2.320214487),
    "Germany": (500.0437805, 2.647083096),
    "Greece": (451.3703438, 3.091228197),
    "Hungary": (481.0826364, 2.319596741),
    "Iceland": (495.1873762, 1.953082603),
    "Ireland": (499.632894, 2.198621128),
    "Israel": (463.0345488, 3.498563228),
    "Italy": (486.5898573, 2.780045867),
    "Japan": (526.9732502, 2.471475318),
    "Korea": (525.933002, 3.121394315),
    "Latvia": (496.1263306, 1.962766789),
    "Lithuania": (481.1911884, 1.953282039),
    "Luxembourg": (483.421485, 1.097632409),
    "Mexico": (408.8014734, 2.493225544),
    "Netherlands": (519.2309824, 2.632277885),
    "New Zealand": (494.489676, 1.705942856),
    "Norway": (500.9637885, 2.219044878),
    "Poland": (515.6478747, 2.602085176),
    "Portugal": (492.4874062, 2.684570081),
    "Slovak Republic": (486.1648542, 2.555595707),
    "Slovenia": (508.8975441, 1.363877596),
    "Spain": (481.3926126, 1.462417763),
    "Sweden": (502.3877022, 2.654250935),
    "Switzerland": (515.3147131, 2.908003898),
    "Turkey": (453.5077774, 2.260406789),
    "United Kingdom": (501.7698992, 2.564428111),
    "United States": (478.2447174, 3.235444099),
}
"""Scores and standard errors of the OECD's countries, as the authors' package holds them:
https://danielwilhelm.github.io/R-CS-ranks/reference/pisa.html"""


class TestWhatTheAuthorsPublish:
    """The worked example of https://danielwilhelm.github.io/R-CS-ranks/articles/Inference-for-Ranks.html"""

    def test_the_set_of_the_united_kingdom_is_8_to_23(self) -> None:
        estimates = {
            country: estimate(score, error)
            for country, (score, error) in PISA_2018_MATHEMATICS.items()
        }
        ranks = rank_set("United Kingdom", estimates)
        assert (ranks.best, ranks.worst, ranks.of) == (8, 23, 37)

    @pytest.mark.parametrize(
        ("country", "place"),
        [
            ("Japan", 1),
            ("Korea", 2),
            ("Estonia", 3),
            ("Netherlands", 4),
            ("Poland", 5),
            ("Switzerland", 6),
            ("United Kingdom", 13),
        ],
    )
    def test_the_place_that_the_scores_have(self, country: str, place: int) -> None:
        scores = {name: score for name, (score, _) in PISA_2018_MATHEMATICS.items()}
        ranks = rank_as_counted(country, scores)
        assert (ranks.best, ranks.worst) == (place, place)

    @pytest.mark.parametrize(
        ("number", "best", "worst"),
        [
            (1, 7, 10),
            (2, 6, 10),
            (3, 5, 10),
            (4, 4, 10),
            (5, 3, 9),
            (6, 2, 8),
            (7, 1, 7),
            (8, 1, 6),
            (9, 1, 5),
            (10, 1, 4),
        ],
    )
    def test_the_set_of_one_lies_within_the_sets_that_hold_for_all_at_once(
        self, number: int, best: int, worst: int
    ) -> None:
        # Ten figures from 1 to 3 with a standard error of 0.2, and the simultaneous sets printed for them:
        # https://github.com/danielwilhelm/R-CS-ranks/blob/master/docs/reference/csranks.html
        areas = {str(place): estimate(1 + 2 * (place - 1) / 9, 0.2) for place in range(1, 11)}
        ranks = rank_set(str(number), areas)
        assert best <= ranks.best <= ranks.worst <= worst


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


@pytest.mark.parametrize(
    ("areas", "widest"), [(1, 1), (6, 2), (9, 3), (10, 4), (31, 11), (33, 11), (150, 11)]
)
def test_among_few_areas_a_third_of_the_places_is_the_widest(areas: int, widest: int) -> None:
    assert Ranks(1, widest, areas, 0, areas - widest).is_narrow
    assert not Ranks(1, widest + 1, areas, 0, areas - widest - 1).is_narrow
