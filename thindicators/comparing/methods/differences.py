"""Differences: whether two figures differ by more than chance would explain.

What belongs here: the limits of a difference, and comparing figures that have no limits. What a difference is called
belongs in `thindicators.comparing.verdicts`.
"""

from __future__ import annotations

import math

from thindicators.comparing.methods.estimates import Estimate


def limits_of_difference(
    figure: Estimate,
    other: Estimate,
    rounding: float = 0,
) -> tuple[float, float]:
    """The 95 % limits of `figure` minus `other`, from the limits of both.

    Each side of the difference takes the sides of the two figures' limits that push it that way. For two proportions
    with Wilson limits this is Newcombe's hybrid score method, method 10 of
    https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I ; for any two estimates it is the
    method of variance estimates recovery, https://doi.org/10.1002/sim.3095 ; where both have symmetric limits it is the
    usual sum of the two variances.

    The two are taken to be independent. If one is a part of the other, as a council is of its region, they are not quite:
    the true limits are then narrower, so that this errs towards “no clear difference”.

    Args:
        figure: The figure that is judged.
        other: The one that it is compared with.
        rounding: By how much each of the two may have been moved when it was rounded: half a point for percentages
            that are published as whole numbers. Chance has no part in it, so that it is added to both ends.
    """
    difference = figure.value - other.value
    # The difference is smallest where the figure is at its lower limit and the other at its upper one.
    figure_below = figure.value - figure.lower
    other_above = other.upper - other.value
    below = math.hypot(figure_below, other_above) + 2 * rounding
    figure_above = figure.upper - figure.value
    other_below = other.value - other.lower
    above = math.hypot(figure_above, other_below) + 2 * rounding
    return difference - below, difference + above


def clear_sign(limits: tuple[float, float]) -> int:
    """1 if both limits of a difference are above zero, -1 if both are below it, else 0: it may as well be none."""
    lower, upper = limits
    return (lower > 0) - (upper < 0)


def difference_as_published(
    figure: float,
    other: float,
    decimals: int,
) -> float:
    """The difference of two figures at the decimals of the coarser one: 3.409 and a published 3.4 do not differ."""
    difference = round(figure, decimals) - round(other, decimals)
    # Subtraction of decimal fractions leaves binary noise behind.
    return round(difference, decimals)
