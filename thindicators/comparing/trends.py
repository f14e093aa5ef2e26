"""Trends: whether the figures of one series rise or fall, lately and over many years.

What belongs here: which figures of a line a trend may be asked of, and what is said of the answer. The tests belong in
`methods`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from thindicators import house_style
from thindicators.comparing import sentences
from thindicators.comparing.comparison import Comparison, Method, Reason
from thindicators.comparing.figures import (
    Case,
    decimals_published,
    estimate_of,
    proportion_of,
    time_of,
)
from thindicators.comparing.methods import long_run as long_run_method
from thindicators.comparing.methods.estimates import Estimate, Proportion
from thindicators.comparing.methods.long_run import mann_kendall
from thindicators.comparing.methods.recent_trend import (
    POINTS,
    Trend,
    trend_of_estimates,
    trend_of_proportions,
)
from thindicators.comparing.words import probability, sentence_of, verdict_of
from thindicators.observations.observation import Row, value_of

WIDEST_GAP = 2.5
"""Years between two figures that still count as one a year: a year may be missing, as in the pandemic, but not more."""


@dataclass(frozen=True)
class _Tested:
    """A trend, and the test that found it."""

    trend: Trend
    method: Method
    words: str


def recent(
    case: Case,
    line: Sequence[Row],
    blank: Comparison,
) -> Comparison:
    """Whether the last five figures rise or fall.

    Args:
        case: The group that is judged.
        line: Figures of one series in the order of time, none of whose periods overlaps another's.
        blank: The comparison to fill in.
    """
    if len(line) < POINTS:
        return _too_few(blank, line, POINTS)
    # Only the newest: what fell ten years ago is not getting better now.
    rows = line[-POINTS:]
    blank = replace(blank, baseline_period=rows[0]["period"])
    widest = max(time_of(later) - time_of(earlier) for earlier, later in pairwise(rows))
    if widest > WIDEST_GAP:
        why = sentences.NOT_YEARLY.format(count=_in_words(POINTS), years=round(widest))
        return _none(blank, "not_yearly", why)
    tested = _tested(case, rows)
    if tested is None:
        why = sentences.NO_LIMITS_OVER_TIME.format(count=_in_words(POINTS))
        return _none(blank, "no_limits", why)
    return _recent_in_words(
        case,
        rows,
        tested,
        blank,
    )


def _tested(case: Case, rows: Sequence[Row]) -> _Tested | None:
    """The trend of some figures by the test that fits them; None if none does."""
    # True times, so that a missing year leaves a gap and does not steepen the line.
    times = [time_of(row) for row in rows]
    # Counts say more than limits that were made from them, so that they are tried first.
    proportions = [proportion_of(case, row) for row in rows]
    counted: list[Proportion] = [each for each in proportions if each is not None]
    if len(counted) == len(rows):
        trend = trend_of_proportions(times, counted)
        return _Tested(trend, "chi_squared_for_trend", sentences.CHI_SQUARED_TEST)
    estimates = [estimate_of(case, row) for row in rows]
    # A figure whose limits leave no room would weigh more than all others together.
    with_width: list[Estimate] = [
        each for each in estimates if each is not None and each.standard_error > 0
    ]
    if len(with_width) == len(rows):
        trend = trend_of_estimates(times, with_width)
        return _Tested(trend, "weighted_line", sentences.WEIGHTED_LINE_TEST)
    return None


def _recent_in_words(
    case: Case,
    rows: Sequence[Row],
    tested: _Tested,
    blank: Comparison,
) -> Comparison:
    first, last = rows[0], rows[-1]
    trend = tested.trend
    verdict = verdict_of(case, trend.sign)
    template = sentences.TREND if trend.sign else sentences.TREND_NONE
    words = sentence_of(
        template,
        course=_course(case, trend.sign),
        count=_in_words(POINTS),
        start=house_style.tick(first["period"]),
        end=house_style.tick(last["period"]),
        first=case.shown(first),
        last=case.shown(last),
        test=tested.words.format(p=probability(trend.p)),
    )
    return replace(
        _answered(blank, rows, words),
        verdict=verdict,
        method=tested.method,
        p_value=trend.p,
    )


def _course(case: Case, sign: int) -> str:
    """What a clear trend is called, in the present only while the series goes on and its latest figure is recent."""
    verdict = verdict_of(case, sign)
    moved = "rose" if sign > 0 else "fell"
    if verdict not in ("better", "worse"):
        return moved
    # Nobody knows what has happened since figures of years ago.
    tense = "getting" if case.goes_on else "got"
    return f"{tense} {verdict}: {moved}"


def long_run(
    case: Case,
    line: Sequence[Row],
    blank: Comparison,
) -> Comparison:
    """Whether all comparable figures, taken together, tend to rise or to fall.

    Args:
        case: The group that is judged.
        line: Figures of one series in the order of time, none of whose periods overlaps another's.
        blank: The comparison to fill in.
    """
    if len(line) < long_run_method.FEWEST:
        return _too_few(blank, line, long_run_method.FEWEST)
    # Figures that publishers printed with fewer decimals are ties, not differences.
    decimals = decimals_published(line)
    tendency = mann_kendall([round(value_of(row), decimals) for row in line])
    sign = 0
    if tendency.p < long_run_method.LEVEL:
        sign = 1 if tendency.score > 0 else -1
    first, last = line[0], line[-1]
    template = sentences.LONG_RUN if sign else sentences.LONG_RUN_NONE
    words = sentence_of(
        template,
        moved="Rose" if sign > 0 else "Fell",
        count=len(line),
        start=house_style.tick(first["period"]),
        end=house_style.tick(last["period"]),
        first=case.shown(first),
        last=case.shown(last),
        test=sentences.MANN_KENDALL_TEST.format(p=probability(tendency.p)),
    )
    return replace(
        _answered(blank, line, words),
        verdict=verdict_of(case, sign),
        method="mann_kendall",
        p_value=tendency.p,
    )


def _answered(
    blank: Comparison,
    rows: Sequence[Row],
    words: str,
) -> Comparison:
    """A comparison with what any answer about some rows says: where they begin, and how far they went."""
    first, last = rows[0], rows[-1]
    return replace(
        blank,
        baseline_period=first["period"],
        difference=value_of(last) - value_of(first),
        words=words,
    )


def _too_few(
    blank: Comparison,
    line: Sequence[Row],
    needed: int,
) -> Comparison:
    there_are = "there is one" if len(line) == 1 else f"there are {_in_words(len(line))}"
    why = sentences.TOO_FEW.format(needed=_in_words(needed), there_are=there_are)
    return _none(blank, "too_few_figures", why)


def _none(
    blank: Comparison,
    reason: Reason,
    why: str,
) -> Comparison:
    return replace(
        blank,
        reason=reason,
        words=house_style.sentence(why),
    )


def _in_words(number: int) -> str:
    """A small number as GOV.UK writes it within a sentence."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[number] if number < len(words) else str(number)
