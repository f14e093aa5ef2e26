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
_STEPS = (1, 2, 2.5, 5, 10)


def place_of(interval: str) -> float:
    """Where a period stands on the axis of time: its middle, in years."""
    found = from_iso(interval)
    middle = (found.start.toordinal() + found.end.toordinal() + 1) / 2
    first = date.fromordinal(int(middle)).replace(month=1, day=1)
    length = first.replace(year=first.year + 1).toordinal() - first.toordinal()
    return round(first.year + (middle - first.toordinal()) / length, 3)


def ticks(low: float, high: float, count: int) -> list[float]:
    """About `count` round numbers, the first not above `low` and the last not below `high`."""
    span = (high - low) or abs(high) or 1.0
    rough = span / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * one for one in _STEPS if power * one >= rough * 0.999999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(place * step, 10) for place in range(first, max(last, first + 1) + 1)]


def value_ticks(numbers: Sequence[float], unit: str, count: int) -> list[float]:
    """The numbers at the edge of a chart of figures and their limits."""
    low, high = min(numbers), max(numbers)
    if unit in FROM_ZERO:
        low, high = min(low, 0.0), max(high, 0.0)
    found = ticks(low, high, count)
    return [one for one in found if one <= 100] if unit == "percent" and high <= 100 else found


def decimals_needed(numbers: Sequence[float]) -> int:
    """The fewest decimals with which round numbers are written in full."""
    return next((n for n in range(4) if all(abs(round(one, n) - one) < 1e-9 for one in numbers)), 3)


def spaced(places: Sequence[float], most: int, apart: float) -> list[int]:
    """Which of some places on the axis of time get a label: the last and first, and others evenly, not too close.

    Args:
        places: In order.
        most: How many labels there is room for.
        apart: How far two labels must be from each other at least.
    """
    if not places:
        return []
    step = max(1, math.ceil((len(places) - 1) / max(most - 1, 1)))
    chosen = list(range(len(places) - 1, -1, -step))
    kept: list[int] = []
    for place in chosen:
        if not kept or places[kept[-1]] - places[place] >= apart:
            kept.append(place)
    return kept[::-1]


def parted(places: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Places moved as little as needed, so that labels there do not overlap; in the order they were given.

    Args:
        places: Where the labels would best be.
        apart: How far two must be from each other.
        low: The least place.
        high: The greatest place.
    """
    order = sorted(range(len(places)), key=lambda one: (places[one], one))
    moved: list[float] = []
    for one in order:
        moved.append(max(places[one], moved[-1] + apart if moved else low))
    for later in range(len(moved) - 1, -1, -1):
        highest = moved[later + 1] - apart if later + 1 < len(moved) else high
        moved[later] = min(moved[later], highest)
    result = [0.0] * len(places)
    for place, one in zip(moved, order, strict=True):
        result[one] = round(place, 1)
    return result
