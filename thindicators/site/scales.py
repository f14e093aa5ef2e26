"""Scales: where figures and periods stand in a chart, and which of them are written at its edge.

What belongs here: arithmetic. Which units start at zero is stated here too: shares, counts, amounts and concentrations
do, since there a bar or a height is read as a quantity. Years of life, scores from 0 to 10, ratios and points do not:
nobody lives zero years, and the differences that matter would not be seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from thindicators.observations.periods import from_iso

FROM_ZERO = {"percent", "count", "ktco2e", "gbp", "ug_m3", "tco2e_per_head"}

_ROUND_STEPS = (1, 2, 2.5, 5, 10)
"""What may lie between two numbers at the edge of a chart, times a power of ten."""

_NEARLY = 1e-9
"""Two numbers closer than this are one: a step such as 0.1 has no exact binary form."""

_MOST_DECIMALS = 3


def place_of(interval: str) -> float:
    """Where a period stands on the axis of time: its middle, in years."""
    period = from_iso(interval)
    first_day = period.start.toordinal()
    # The last day belongs to the period, so that it ends where the day after begins.
    day_after = period.end.toordinal() + 1
    middle = (first_day + day_after) / 2
    year = date.fromordinal(int(middle)).year
    new_year = date(year, 1, 1).toordinal()
    next_new_year = date(year + 1, 1, 1).toordinal()
    days_in_year = next_new_year - new_year
    part_of_year = (middle - new_year) / days_in_year
    # A thousandth of a year is less than a dot of any screen.
    return round(year + part_of_year, 3)


def ticks(
    low: float,
    high: float,
    count: int,
) -> list[float]:
    """About `count` round numbers, the first not above `low` and the last not below `high`."""
    # All figures may be the same, and may all be zero: there must be a span to divide even so.
    span = (high - low) or abs(high) or 1.0
    step = _round_step(span / count)
    # Without the allowance, 0.3 / 0.1 would come out just below 3, and a step more would be drawn.
    first = math.floor(low / step + _NEARLY)
    last = math.ceil(high / step - _NEARLY)
    last = max(last, first + 1)
    steps = range(first, last + 1)
    return [round(number * step, 10) for number in steps]


def _round_step(rough: float) -> float:
    """The first round step that is not smaller than a rough one."""
    exponent = math.floor(math.log10(rough))
    power = 10.0**exponent
    steps = [power * round_step for round_step in _ROUND_STEPS]
    # A little less will do: the logarithm of a power of ten may come out just below a whole number.
    enough = rough * 0.999999
    return next(step for step in steps if step >= enough)


def value_ticks(
    numbers: Sequence[float],
    unit: str,
    count: int,
) -> list[float]:
    """The numbers at the edge of a chart of figures and their limits."""
    low = min(numbers)
    high = max(numbers)
    if unit in FROM_ZERO:
        # Emissions may be below zero, and then it is the upper end that must reach it.
        low = min(low, 0.0)
        high = max(high, 0.0)
    levels = ticks(low, high, count)
    # A scale up to 120% would promise what no share of a whole can be.
    if unit == "percent" and high <= 100:
        return [level for level in levels if level <= 100]
    return levels


def decimals_needed(numbers: Sequence[float]) -> int:
    """The fewest decimals with which round numbers are written in full."""
    for decimals in range(_MOST_DECIMALS + 1):
        errors = [abs(round(number, decimals) - number) for number in numbers]
        if all(error < _NEARLY for error in errors):
            return decimals
    return _MOST_DECIMALS


def spaced(
    places: Sequence[float],
    most: int,
    apart: float,
) -> list[int]:
    """Which of some places on the axis of time get a label: the last and first, and others evenly, not too close.

    Args:
        places: In order.
        most: How many labels there is room for.
        apart: How far two labels must be from each other at least.
    """
    if not places:
        return []
    gaps_between_places = len(places) - 1
    gaps_between_labels = max(most - 1, 1)
    step = max(1, math.ceil(gaps_between_places / gaps_between_labels))
    labelled: list[int] = []
    # From the last backwards: the newest period must have its label, whichever others have none.
    for index in range(len(places) - 1, -1, -step):
        if labelled:
            distance = places[labelled[-1]] - places[index]
            if distance < apart:
                continue
        labelled.append(index)
    return labelled[::-1]


def parted(
    places: Sequence[float],
    apart: float,
    low: float,
    high: float,
) -> list[float]:
    """Places moved as little as needed, so that labels there do not overlap; in the order they were given.

    Args:
        places: Where the labels would best be.
        apart: How far two must be from each other.
        low: The least place.
        high: The greatest place.
    """
    # Of two at one place the one that was given first stays the lower, on every machine.
    places_in_order = sorted(zip(places, range(len(places)), strict=True))
    order = [index for _, index in places_in_order]
    moved: list[float] = []
    for index in order:
        least = moved[-1] + apart if moved else low
        moved.append(max(places[index], least))
    # Pushing them apart upwards may have pushed the last ones off the paper: back down, from the
    # top.
    for later in range(len(moved) - 1, -1, -1):
        is_last = later + 1 == len(moved)
        highest = high if is_last else moved[later + 1] - apart
        moved[later] = min(moved[later], highest)
    in_given_order = [0.0] * len(places)
    for place, index in zip(moved, order, strict=True):
        in_given_order[index] = round(place, 1)
    return in_given_order
