"""Long run: whether the figures of many years tend to rise or to fall.

What belongs here: the Mann-Kendall test. Where the figures of the last five years are going is another question, and
belongs in `recent_trend`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

LEVEL = 0.002
"""A tendency that chance gives less often than this is called one.

The level is that of recent trends. At 5 % the test would call far more than one in twenty: people of the Annual
Population Survey's boost are asked in up to four years, so that the figures of neighbouring years share people.
"""

FEWEST = 7
"""How many figures a tendency needs: of six, no order is rarer than `LEVEL`."""


@dataclass(frozen=True)
class Tendency:
    """What the Mann-Kendall test finds.

    Attributes:
        score: Pairs of figures of which the later is higher, less those of which it is lower.
        p: How often figures in random order have a score as far from zero, on either side.
    """

    score: int
    p: float


def mann_kendall(values: Sequence[float]) -> Tendency:
    """The exact, two-sided Mann-Kendall test for a trend, for figures in the order of time, with ties.

    It asks only whether figures tend to rise or to fall, by whatever steps, so that one odd year does not make a trend.
    From Mann (1945), https://doi.org/10.2307/1907187 . How many orders of the figures have each score is counted, not
    approximated: with ties, they are the coefficients of a Gaussian multinomial.
    """
    pairs = list(combinations(values, 2))
    rising = sum(later > earlier for earlier, later in pairs)
    falling = sum(later < earlier for earlier, later in pairs)
    # Ties count for neither side.
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
    return Tendency(score, as_far / sum(orders))


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
