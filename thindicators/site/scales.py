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

FROM_ZERO = {"percent", "count", "ktco2e", "gbp", "ug_m3"}

_ROUND_STEPS = (1, 2, 2.5, 5, 10)
"""What may lie between two numbers at the edge of a chart, times a power of ten."""

_NEARLY = 1e-9
"""Two numbers closer than this are one: a step such as 0.1 has no exact binary form."""

_MOST_DECIMALS = 3


def place_of(interval: str) -> float:
    """Where a period stands on the axis of time: its middle, in years."""
    period = from_iso(interval)
    # The last day belongs to the period, so that it ends where the day after begins.
    middle = (period.start.toordinal() + period.end.toordinal() + 1) / 2
    new_year = date.fromordinal(int(middle)).replace(month=1, day=1)
    next_new_year = new_year.replace(year=new_year.year + 1)
    days_in_year = next_new_year.toordinal() - new_year.toordinal()
    return round(new_year.year + (middle - new_year.toordinal()) / days_in_year, 3)


def ticks(
    low: float,
    high: float,
    count: int,
) -> list[float]:
    """About `count` round numbers, the first not above `low` and the last not below `high`."""
    # All figures may be the same, and may all be zero: there must be a span to divide even so.
    span = (high - low) or abs(high) or 1.0
    step = _round_step(span / count)
    first = math.floor(low / step + _NEARLY)
    last = math.ceil(high / step - _NEARLY)
    last = max(last, first + 1)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _round_step(rough: float) -> float:
    """The first round step that is not smaller than a rough one."""
    power = 10.0 ** math.floor(math.log10(rough))
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
    low, high = min(numbers), max(numbers)
    if unit in FROM_ZERO:
        low, high = min(low, 0.0), max(high, 0.0)
    levels = ticks(low, high, count)
    # A scale up to 120% would promise what no share of a whole can be.
    if unit == "percent" and high <= 100:
        return [level for level in levels if level <= 100]
    return levels


def decimals_needed(numbers: Sequence[float]) -> int:
    """The fewest decimals with which round numbers are written in full."""
    for decimals in range(_MOST_DECIMALS + 1):
        if all(abs(round(number, decimals) - number) < _NEARLY for number in numbers):
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
    step = max(1, math.ceil((len(places) - 1) / max(most - 1, 1)))
    labelled: list[int] = []
    # From the last backwards: the newest period must have its label, whichever others have none.
    for index in range(len(places) - 1, -1, -step):
        if not labelled or places[labelled[-1]] - places[index] >= apart:
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
    order = sorted(range(len(places)), key=lambda index: (places[index], index))
    moved: list[float] = []
    for index in order:
        least = moved[-1] + apart if moved else low
        moved.append(max(places[index], least))
    # Pushing them apart upwards may have pushed the last ones off the paper: back down, from the top.
    for later in range(len(moved) - 1, -1, -1):
        is_last = later + 1 == len(moved)
        highest = high if is_last else moved[later + 1] - apart
        moved[later] = min(moved[later], highest)
    in_given_order = [0.0] * len(places)
    for place, index in zip(moved, order, strict=True):
        in_given_order[index] = round(place, 1)
    return in_given_order
