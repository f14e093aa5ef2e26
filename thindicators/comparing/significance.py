"""Significance: whether two figures, or the figures of some years, differ by more than chance would explain.

What belongs here: the statistics, each with the address it is published at, on plain numbers. Which figures may be
compared, and what a difference means, belongs in `verdicts`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % limits, which need not lie equally far on either side."""

    value: float
    lower: float
    upper: float


def limits_of_difference(figure: Estimate, other: Estimate) -> tuple[float, float]:
    """The 95 % limits of `figure` minus `other`, from the limits of both.

    Each side of the difference takes the sides of the two figures' limits that push it that way. For two proportions
    with Wilson limits this is Newcombe's hybrid score method, method 10 of
    https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I ; for any two estimates it is the
    method of variance estimates recovery, https://doi.org/10.1002/sim.3095 ; where both have symmetric limits it is the
    usual sum of the two variances.

    The two are taken to be independent. If one is a part of the other, as a borough is of London, they are not quite:
    the true limits are then narrower, so that this errs towards “no clear difference”.
    """
    difference = figure.value - other.value
    # The difference is smallest where the figure is at its lower limit and the other at its upper one.
    figure_below = figure.value - figure.lower
    other_above = other.upper - other.value
    below = math.hypot(figure_below, other_above)
    figure_above = figure.upper - figure.value
    other_below = other.value - other.lower
    above = math.hypot(figure_above, other_below)
    return difference - below, difference + above


@dataclass(frozen=True)
class Trend:
    """What the Mann-Kendall test finds.

    Attributes:
        score: Pairs of figures of which the later is higher, less those of which it is lower.
        p: How often figures in random order have a score as far from zero, on either side.
    """

    score: int
    p: float


def mann_kendall(values: Sequence[float]) -> Trend:
    """The exact, two-sided Mann-Kendall test for a trend, for figures in the order of time, with ties.

    It asks only whether figures tend to rise or to fall, by whatever steps, so that one odd year does not make a trend.
    From Mann (1945), https://doi.org/10.2307/1907187 . How many orders of the figures have each score is counted, not
    approximated: with ties, they are the coefficients of a Gaussian multinomial.
    """
    pairs = list(combinations(values, 2))
    rising = sum(later > earlier for earlier, later in pairs)
    falling = sum(later < earlier for earlier, later in pairs)
    score = rising - falling
    ties = list(Counter(values).values())
    orders = _orders_by_inversions(ties)
    # Without any inversion each pair of untied figures rises, and each inversion takes two from the score.
    untied = len(orders) - 1
    as_far = sum(
        count
        for inversions, count in enumerate(orders)
        if abs(untied - 2 * inversions) >= abs(score)
    )
    return Trend(score, as_far / sum(orders))


def _orders_by_inversions(ties: Sequence[int]) -> list[int]:
    """How many different orders of tied figures have 0, 1, 2… pairs the wrong way round."""
    # A Gaussian multinomial is made of factors (1 - x^(placed + step)) / (1 - x^step), one for each figure.
    orders = [1]
    placed = 0
    for size in ties:
        for step in range(1, size + 1):
            orders = _multiplied(orders, placed + step)
            orders = _divided(orders, step)
        placed += size
    return orders


def _multiplied(polynomial: Sequence[int], factor: int) -> list[int]:
    """A polynomial, by its coefficients, times 1 - x^factor."""
    product = [*polynomial, *[0] * factor]
    for power, coefficient in enumerate(polynomial):
        product[power + factor] -= coefficient
    return product


def _divided(polynomial: Sequence[int], divisor: int) -> list[int]:
    """A polynomial, by its coefficients, divided by 1 - x^divisor, which leaves no rest."""
    quotient: list[int] = []
    for power in range(len(polynomial) - divisor):
        carried = quotient[power - divisor] if power >= divisor else 0
        quotient.append(polynomial[power] + carried)
    return quotient
