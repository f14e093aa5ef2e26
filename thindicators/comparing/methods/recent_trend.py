"""Recent trend: whether the last five figures rise or fall, as England's public health statistics say it.

What belongs here: the two tests of the Office for Health Improvement and Disparities (OHID), for figures that follow
each other without overlap or break. Choosing those figures belongs in `thindicators.comparing.figures`.

The method is “recent trends” in OHID's technical guidance,
https://fingertips.phe.org.uk/static-reports/public-health-technical-guidance/ : the most recent five figures; a
chi-squared test for trend where they are proportions with their counts, and else a straight line weighted by the
limits. A trend is called one if the statistic is above 9.5495, which chance alone gives in fewer than two of a thousand
cases, and if the slope keeps its sign whichever of the figures is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from thindicators.comparing.methods.estimates import Estimate, Proportion

POINTS = 5
"""How many of the newest figures a recent trend is of."""

CUT_OFF = 9.5495
"""What the statistic must exceed: chi-squared with one degree of freedom does so by chance in 0.2 % of cases."""


@dataclass(frozen=True)
class Trend:
    """What a test for a trend finds.

    Attributes:
        slope: The change in a year, in the unit of the figures.
        chi_squared: The statistic, with one degree of freedom.
        is_steady: Whether the slope keeps its sign whichever figure is left out.
    """

    slope: float
    chi_squared: float
    is_steady: bool

    @property
    def p(self) -> float:
        """How often chance alone gives a statistic as large, where nothing rises or falls."""
        return math.erfc(math.sqrt(self.chi_squared / 2))

    @property
    def sign(self) -> int:
        """1 for a clear rise, -1 for a clear fall, else 0."""
        if self.chi_squared <= CUT_OFF or not self.is_steady:
            return 0
        return 1 if self.slope > 0 else -1


def trend_of_proportions(times: Sequence[float], proportions: Sequence[Proportion]) -> Trend:
    """The chi-squared test for trend in proportions, for figures of which everybody was counted.

    From Armitage (1955), https://doi.org/10.2307/3001775 . Full counts vary by more than a lottery would: their figures
    lie about any straight line further off than the counts alone explain. The statistic is divided by how much further
    (the residual chi-squared by its degrees of freedom), but never made larger. See the chapter on overdispersion of the
    same guidance, and McCullagh and Nelder, Generalized Linear Models, 4.5.

    Args:
        times: When each figure was, in years.
        proportions: The counts, in the same order.
    """
    statistic = _chi_squared_for_trend(times, proportions)
    # What is left once the line is taken out has n − 2 degrees of freedom, and as many on average by chance.
    residual = _chi_squared_of_all(proportions) - statistic
    dispersion = max(1.0, residual / (len(times) - 2))

    def slope_of(places: Sequence[int]) -> float:
        chosen = [proportions[place] for place in places]
        weights = [proportion.base for proportion in chosen]
        values = [proportion.percentage for proportion in chosen]
        return _slope(
            [times[place] for place in places],
            values,
            weights,
        )

    slope, is_steady = _with_each_left_out(len(times), slope_of)
    return Trend(
        slope,
        statistic / dispersion,
        is_steady,
    )


def trend_of_estimates(times: Sequence[float], estimates: Sequence[Estimate]) -> Trend:
    """A straight line through figures with limits, each weighing as much as it is sure.

    The weights are the inverse squares of the standard errors, so that the variance of the slope is known and its
    square over that variance is chi-squared with one degree of freedom.

    Args:
        times: When each figure was, in years.
        estimates: The figures with their limits, in the same order; none without a width.
    """
    # The least squares of independent figures weigh each by the inverse of its variance.
    weights = [1 / estimate.standard_error**2 for estimate in estimates]
    values = [estimate.value for estimate in estimates]

    def slope_of(places: Sequence[int]) -> float:
        return _slope(
            [times[place] for place in places],
            [values[place] for place in places],
            [weights[place] for place in places],
        )

    slope, is_steady = _with_each_left_out(len(times), slope_of)
    return Trend(
        slope,
        slope**2 * _spread(times, weights),
        is_steady,
    )


def _chi_squared_for_trend(times: Sequence[float], proportions: Sequence[Proportion]) -> float:
    everybody = sum(proportion.base for proportion in proportions)
    counted = sum(proportion.count for proportion in proportions)
    share = counted / everybody
    # Where nobody or everybody was counted in every year, nothing can rise or fall.
    if share in (0, 1):
        return 0.0
    bases = [proportion.base for proportion in proportions]
    # How many more were counted than an even share would be, each weighed by its time.
    excess = 0.0
    for time, proportion in zip(
        times,
        proportions,
        strict=True,
    ):
        excess += time * (proportion.count - proportion.base * share)
    return excess**2 / (share * (1 - share) * _spread(times, bases))


def _chi_squared_of_all(proportions: Sequence[Proportion]) -> float:
    """Pearson's statistic for any difference at all among the proportions."""
    everybody = sum(proportion.base for proportion in proportions)
    share = sum(proportion.count for proportion in proportions) / everybody
    if share in (0, 1):
        return 0.0
    variance = share * (1 - share)
    total = 0.0
    for proportion in proportions:
        expected = proportion.base * share
        total += (proportion.count - expected) ** 2 / (proportion.base * variance)
    return total


def _slope(
    times: Sequence[float],
    values: Sequence[float],
    weights: Sequence[float],
) -> float:
    """The slope of the weighted straight line through some points."""
    middle = _mean(times, weights)
    level = _mean(values, weights)
    spread = _spread(times, weights)
    # Figures of one time lie on no line through time.
    if not spread:
        return 0.0
    product = 0.0
    for time, value, weight in zip(
        times,
        values,
        weights,
        strict=True,
    ):
        product += weight * (time - middle) * (value - level)
    return product / spread


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    weighted = [
        value * weight
        for value, weight in zip(
            values,
            weights,
            strict=True,
        )
    ]
    return sum(weighted) / sum(weights)


def _spread(times: Sequence[float], weights: Sequence[float]) -> float:
    """The weighted sum of squares of the times about their mean."""
    middle = _mean(times, weights)
    pairs = zip(
        times,
        weights,
        strict=True,
    )
    return sum(weight * (time - middle) ** 2 for time, weight in pairs)


def _with_each_left_out(
    points: int,
    slope_of: Callable[[Sequence[int]], float],
) -> tuple[float, bool]:
    """The slope through all points, and whether it keeps its sign whichever of them is left out."""
    everywhere = range(points)
    slope = slope_of(everywhere)
    # One odd year can make a slope; then it turns, or is flat, without that year.
    is_steady = True
    for left_out in everywhere:
        others = [place for place in everywhere if place != left_out]
        is_steady = is_steady and slope_of(others) * slope > 0
    return slope, is_steady
