"""Estimates: a figure with its 95 % limits, and how sure it is.

What belongs here: making an estimate from counts, and saying whether it is sure enough to be judged. Limits that are
published with a figure are computed in `thindicators.observations.limits`.
"""

from __future__ import annotations

from dataclasses import dataclass

from thindicators.observations.limits import Z_95, wilson

UNRELIABLE = 0.2
"""A figure whose standard error is more than this part of it is unreliable.

Nomis puts this bar to estimates of the Business Register and Employment Survey, https://www.nomisweb.co.uk/
"""


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % limits, which need not lie equally far on either side."""

    value: float
    lower: float
    upper: float

    @property
    def standard_error(self) -> float:
        """The standard error that the limits stand for: their width is twice 1.96 of it."""
        return (self.upper - self.lower) / (2 * Z_95)

    @property
    def coefficient_of_variation(self) -> float | None:
        """The standard error as a part of the figure; None for a figure of zero, of which nothing is a part."""
        if not self.value:
            return None
        return self.standard_error / abs(self.value)

    @property
    def is_unreliable(self) -> bool:
        """Whether the standard error is more than a fifth of the figure."""
        variation = self.coefficient_of_variation
        return variation is not None and variation > UNRELIABLE


@dataclass(frozen=True)
class Proportion:
    """How many of how many, as counted; `count` need not be whole, where it was worked out from a percentage."""

    count: float
    base: float

    @property
    def percentage(self) -> float:
        """The count as a percentage of the base."""
        return 100 * self.count / self.base


def from_counts(proportion: Proportion) -> Estimate:
    """A percentage with Wilson's 95 % limits, from the counts that it was made of.

    Everybody was counted, and still another year's young people would have done otherwise: the limits are those of the
    chance behind the count, as the Office for Health Improvement and Disparities computes them in its technical guidance
    (https://fingertips.phe.org.uk/static-reports/public-health-technical-guidance/).
    """
    percentage = proportion.percentage
    lower, upper = wilson(percentage, proportion.base)
    return Estimate(percentage, lower, upper)
