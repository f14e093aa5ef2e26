"""A comparison: one question about one group, with its answer or the reason why there is none.

What belongs here: the row of `comparisons.csv`, and the closed lists of what may stand in it. How an answer is found
belongs in `verdicts`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from thindicators.plan.indicator_parts import Judgement

Verdict = Literal["", "better", "worse", "higher", "lower", "similar", "ranked"]

Method = Literal[
    "",
    "limits_of_difference",
    "as_counted",
    "as_modelled",
    "chi_squared_for_trend",
    "weighted_line",
    "mann_kendall",
    "rank_set",
]

Reason = Literal[
    "",
    "no_figure",
    "no_comparator",
    "comparator_has_no_figure",
    "no_limits",
    "unreliable",
    "totals",
    "too_few_figures",
    "not_yearly",
    "no_later_figure",
    "no_baseline",
    "periods_overlap",
    "too_wide",
    "not_given",
]

BESIDE = {
    "better": "better",
    "worse": "worse",
    "higher": "higher",
    "lower": "lower",
    "similar": "not clearly different",
}
"""How a figure stands beside another area's, in a word or two, by the verdict; in the order of a tally."""

SIGNIFICANT_DIGITS = 4
"""Of a probability: 5.5e-07 is not 0."""


NO_GROUP = "none"
"""In place of a group of councils: a part of a table's key may not be empty."""


@dataclass(frozen=True)
class Comparison:
    """One verdict, or the reason why there is none.

    Attributes:
        indicator: Its id.
        area_code: The area that is judged.
        comparator_code: The area it is compared with; for a change over time its own, for a rank the area whose
            councils it stands among.
        breakdown: What the figures are broken down by.
        category: The member of the breakdown.
        kind: Which of the five questions it answers.
        among: For a rank, the id of the group of councils; `none` for the other questions.
        series: Of the latest figure; empty if there is none.
        period: Of the latest figure; empty if there is none.
        baseline_period: What the latest figure is compared with, for a change over time.
        verdict: Empty if and only if `reason` says why.
        method: By which test.
        difference: The latest figure minus the one it is compared with; for a trend, the first of its figures.
        ratio: The latest figure divided by that of the other area, where no limits are known.
        lower: Lower 95 % limit of the difference.
        upper: Upper 95 % limit of the difference.
        p_value: Of a test for a trend.
        reliability: `u` if one of the figures is unreliable: its standard error is more than a fifth of it.
        rank_best: The highest place that the area may hold, the highest figure being the first.
        rank_worst: The lowest place.
        rank_of: How many councils have a figure, the area itself among them.
        words: The verdict, or the reason, in a sentence.
        reason: Why there is no verdict.
    """

    indicator: str
    area_code: str
    comparator_code: str
    breakdown: str
    category: str
    kind: Judgement
    among: str = NO_GROUP
    series: str = ""
    period: str = ""
    baseline_period: str = ""
    verdict: Verdict = ""
    method: Method = ""
    difference: float | None = None
    ratio: float | None = None
    lower: float | None = None
    upper: float | None = None
    p_value: float | None = None
    reliability: Literal["", "u"] = ""
    rank_best: int | None = None
    rank_worst: int | None = None
    rank_of: int | None = None
    words: str = ""
    reason: Reason = ""

    @property
    def row(self) -> dict[str, object]:
        """The verdict as a row of `comparisons.csv`."""
        return {
            **vars(self),
            "difference": _rounded(self.difference),
            "ratio": _rounded(self.ratio),
            "lower": _rounded(self.lower),
            "upper": _rounded(self.upper),
            "p_value": _significant(self.p_value),
        }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def _significant(number: float | None) -> float | None:
    if not number:
        return number
    magnitude = math.floor(math.log10(abs(number)))
    return round(number, SIGNIFICANT_DIGITS - 1 - magnitude)
