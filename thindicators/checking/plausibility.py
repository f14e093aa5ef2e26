"""Plausibility: whether a change from year to year is beyond what history and limits let expect.

What belongs here: the statistics, on plain numbers. Which figures are comparable, and the words for
a reader, belong in `series_rules`.

A change is judged by its modified z-score: its distance from the median of the changes before it,
in units of their median absolute deviation; beyond 3.5 it is unusual. The score, and 3.5, are those
of Iglewicz and Hoaglin (1993), “How to Detect and Handle Outliers”, as the NIST/SEMATECH e-Handbook
of Statistical Methods gives them,
https://www.itl.nist.gov/div898/handbook/eda/section3/eda35h.htm

Medians are used because a few odd years in the history, such as those of the pandemic, do not move
them. The median is taken off, so that a figure that rises every year is not unusual for rising. The
spread is never taken as less than

- the standard error of the change itself, from the half widths of both 95 % limits: so much is
  chance;
- one of the last decimal that is shown: so much is rounding;
- one per cent of the figure: less does not matter to a reader, and short histories are quieter than
  they should be.

Only changes before the judged one count as its history, so that a later figure never changes what
was said of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from thindicators.observations.limits import Z_95

CUT_OFF = 3.5
CONSISTENT = 0.6745
"""Divides the median absolute deviation, to be a standard deviation where changes are normal."""

FEWEST = 5
"""Changes that there must be before one is judged."""

SMALLEST_SHARE = 0.01


@dataclass(frozen=True)
class Figure:
    """One figure of a series for one area and group.

    Attributes:
        year: Of its period.
        half_width: Half of its 95 % interval; None where there are no limits.
    """

    year: int
    value: float
    half_width: float | None = None


@dataclass(frozen=True)
class Change:
    """A change from one year to the next, and what was to be expected of it.

    Attributes:
        year: The later of the two.
        size: The later figure minus the earlier.
        usual: The median of the changes before.
        spread: How far from it a change may easily be.
        history: How many changes there were before.
    """

    year: int
    size: float
    usual: float
    spread: float
    history: int

    @property
    def is_plausible(self) -> bool:
        """Whether history and limits let expect it."""
        return abs(self.size - self.usual) <= CUT_OFF * self.spread


def judged_changes(
    figures: Sequence[Figure],
    grain: float,
) -> list[Change]:
    """Every change that has history enough to be judged.

    Args:
        figures: Of one series, area and group, one for a year, in any order.
        grain: One of the last decimal that is shown.
    """
    by_year = {figure.year: figure for figure in figures}
    history: list[float] = []
    judged = []
    for year in sorted(by_year):
        figure = by_year[year]
        before = by_year.get(year - 1)
        # Over a gap the change is of several years, which no history of single years can judge.
        if before is None:
            continue
        size = figure.value - before.value
        if len(history) >= FEWEST:
            usual = median(history)
            spread = max(
                _deviation(history, usual),
                _standard_error(before, figure),
                grain,
                _share(before),
            )
            judged.append(Change(year, size, usual, spread, len(history)))
        history.append(size)
    return judged


def _deviation(changes: Sequence[float], usual: float) -> float:
    distances = [abs(change - usual) for change in changes]
    return median(distances) / CONSISTENT


def _standard_error(before: Figure, after: Figure) -> float:
    if before.half_width is None or after.half_width is None:
        return 0.0
    # Standard errors of independent estimates add by their squares. Those of two surveys that share
    # people add up to less, so that this lets a change pass sooner than it flags one.
    return math.hypot(before.half_width, after.half_width) / Z_95


def _share(figure: Figure) -> float:
    return SMALLEST_SHARE * abs(figure.value)
