"""Words: what a clear difference is called, and how limits and probabilities are written.

What belongs here: what `verdicts` and `trends` both need to put an answer into words. The sentences themselves stand in
`sentences`.
"""

from __future__ import annotations

from thindicators import house_style
from thindicators.comparing import sentences
from thindicators.comparing.comparison import Comparison, Verdict
from thindicators.comparing.figures import Case

_SMALLEST_P = 0.001


def verdict_of(case: Case, sign: int) -> Verdict:
    """What a clear difference is called: by whether more is better, where the indicator says so."""
    if not sign:
        return "similar"
    is_higher = sign > 0
    if case.indicator.polarity == "neither" or case.is_judged_together:
        return "higher" if is_higher else "lower"
    is_better = is_higher == (case.indicator.polarity == "higher_is_better")
    return "better" if is_better else "worse"


def limits_in_words(case: Case, judged: Comparison) -> str:
    """The limits of a difference in words, such as `95% limits: 1.9 to 14.9 percentage points lower`."""
    lower, upper = judged.lower or 0.0, judged.upper or 0.0
    if lower <= 0 <= upper:
        return sentences.LIMITS_AROUND_ZERO.format(
            lower=case.amount(lower), upper=case.amount(upper)
        )
    small, large = sorted((abs(lower), abs(upper)))
    decimals = house_style.decimals_of(case.unit, case.indicator)
    size = house_style.spread(
        small,
        large,
        case.unit,
        decimals,
    )
    return sentences.LIMITS.format(size=size, way="higher" if lower > 0 else "lower")


def by_the_counts(
    case: Case,
    difference: float,
    difference_printed: float,
) -> str:
    """That a difference is not the one of the two printed figures, where a reader would find another; else empty.

    Args:
        case: Of the figures.
        difference: As it was worked out, from counts where there are any.
        difference_printed: Of the figures as the publisher prints them.
    """
    last_digit = 10.0 ** -house_style.decimals_of(case.unit, case.indicator)
    # Each of the two is rounded to be shown, so that the last digit may differ by one.
    is_as_printed = abs(difference - difference_printed) <= last_digit
    return "" if is_as_printed else sentences.BY_THE_COUNTS


def probability(p: float) -> str:
    """A probability as it is printed after `p`."""
    if p < _SMALLEST_P:
        return f"below {_SMALLEST_P}"
    return f"= {p:.3f}" if p < 0.1 else f"= {p:.2f}"


def sentence_of(template: str, **parts: object) -> str:
    """One of the sentences, filled in."""
    return house_style.sentence(template.format(**parts))
