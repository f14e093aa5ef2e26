"""Ranks: which places of many an area may hold, once chance is allowed for.

What belongs here: ranks of figures of which everybody was counted, and the set of ranks of an estimate. Which areas are
ranked, and in which words, belongs with whoever asks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thindicators.comparing.methods.estimates import Estimate
from thindicators.observations.limits import CONFIDENCE

WIDEST = 11
"""A set of more ranks than this helps nobody, and is not published."""

WIDEST_PART = 3
"""Nor is a set of more than one in so many: of nine areas, “between 1st and 9th” says nothing."""

_STEPS = 57
"""Into how many points the integral is parted: sums of a smooth, bell-shaped curve err far less than their step."""
_FARTHEST = 7.0
"""Beyond this many standard deviations the normal density adds less than a millionth of a millionth."""
_HALVINGS = 27
"""How often the interval that holds the critical value is halved: to less than a ten-millionth."""


@dataclass(frozen=True)
class Ranks:
    """The places that an area may hold among all, the highest figure being the first.

    Attributes:
        best: The highest place.
        worst: The lowest place.
        of: How many areas are ranked, the area itself among them.
        above: How many areas are clearly higher.
        below: How many areas are clearly lower.
    """

    best: int
    worst: int
    of: int
    above: int
    below: int

    @property
    def is_narrow(self) -> bool:
        """Whether the set has so few places that it helps a reader."""
        places = self.worst - self.best + 1
        return places <= min(WIDEST, math.ceil(self.of / WIDEST_PART))

    @property
    def not_distinguishable(self) -> int:
        """How many other areas are neither clearly higher nor clearly lower."""
        return self.of - 1 - self.above - self.below


def rank_as_counted(area: str, figures: Mapping[str, float]) -> Ranks:
    """The place of an area where everybody is counted; areas with one figure share their places.

    Args:
        area: The area that is asked about.
        figures: The figures of all areas, by area, rounded as they are published.
    """
    own = figures[area]
    above = sum(figure > own for figure in figures.values())
    below = sum(figure < own for figure in figures.values())
    everybody = len(figures)
    return Ranks(
        above + 1,
        everybody - below,
        everybody,
        above,
        below,
    )


def rank_set(area: str, estimates: Mapping[str, Estimate]) -> Ranks:
    """The 95 % set of ranks of one area: the places that chance cannot rule out.

    The marginal, stepwise set of Mogstad, Romano, Shaikh and Wilhelm (2024), https://doi.org/10.1093/restud/rdad006 ,
    section 3: the area is compared with all others at once, at a level that holds for all comparisons together; those
    that differ are set apart, and the rest is compared again with what the level now allows, until no more differ. Their
    critical values come from simulation. Here the figures are normal and independent, so that the probability is an
    integral over the area's own figure, and the same numbers give the same set on any machine.

    Args:
        area: The area that is asked about.
        estimates: Of all areas, by area.
    """
    own = estimates[area]
    others = {name: estimate for name, estimate in estimates.items() if name != area}
    undecided = dict(others)
    while undecided:
        critical = _critical_value(own, list(undecided.values()))
        differing = [
            name
            for name, other in undecided.items()
            if abs(own.value - other.value) > critical * _error_of_difference(own, other)
        ]
        # With fewer left to compare, the level allows smaller differences: so it is asked again.
        if not differing:
            break
        for name in differing:
            del undecided[name]
    decided = [other for name, other in others.items() if name not in undecided]
    above = sum(other.value > own.value for other in decided)
    below = len(decided) - above
    return Ranks(
        above + 1,
        len(estimates) - below,
        len(estimates),
        above,
        below,
    )


def _error_of_difference(own: Estimate, other: Estimate) -> float:
    return math.hypot(own.standard_error, other.standard_error)


def _critical_value(own: Estimate, others: Sequence[Estimate]) -> float:
    """What the largest of all studentised differences exceeds in 5 % of cases, if nothing truly differs."""
    # The same for every value that is tried, of which there are a thousand.
    errors = [(_error_of_difference(own, other), other.standard_error) for other in others]
    # The probability grows with the value, so that halving the interval finds it.
    low, high = 0.0, _FARTHEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _probability_within(middle, own.standard_error, errors) < CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def _probability_within(
    critical: float,
    own_error: float,
    errors: Sequence[tuple[float, float]],
) -> float:
    """The probability that every studentised difference stays within a value, if nothing truly differs.

    Args:
        critical: The value.
        own_error: The standard error of the area itself.
        errors: Of each other area the standard error of its difference, and its own.
    """
    step = 2 * _FARTHEST / (_STEPS - 1)
    total = 0.0
    for place in range(_STEPS):
        # Given the chance in the area's own figure, the differences from the others are independent.
        own_chance = -_FARTHEST + place * step
        probability = math.exp(-(own_chance**2) / 2) / math.sqrt(2 * math.pi)
        # The area’s own chance moves all its differences alike, which is why they are not independent.
        shift = own_error * own_chance
        for of_difference, of_other in errors:
            reach = critical * of_difference
            probability *= _normal((shift + reach) / of_other) - _normal((shift - reach) / of_other)
        total += probability * step
    return total


def _normal(deviate: float) -> float:
    """The normal distribution function."""
    return math.erfc(-deviate / math.sqrt(2)) / 2
