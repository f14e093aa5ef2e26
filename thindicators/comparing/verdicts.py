"""Verdicts: how Tower Hamlets stands to London and England, and where it is going, by rules stated here.

What belongs here: which figures may be compared, by which test, what the difference is called, and the reason wherever
no verdict is given. The statistics belong in `significance`. The verdicts are published as `comparisons.csv`, and the
public pages say nothing of the kind that is not there.

**Comparison.** The latest figure of the Plan's area with the figure of London, and of England, for the same period,
group and series. It is higher or lower if the 95 % limits of the difference do not include zero, else similar; better
or worse where the indicator says which is which. Without published limits of both there is no verdict. Totals, such as
a number of jobs, depend on the size of an area and are never compared. Only figures of one series are compared, so
that neither another definition nor a figure shown for context comes into it.

**Direction.** The latest ten figures of one series, less those whose periods overlap a later one's. At least five: the
Mann-Kendall test at the level of 5 %. Three or four, the first and last with limits: the limits of the difference of
those two. Else no verdict.

**Since the Plan's start.** The figure for the Plan's first year and the latest one, of one series, by the limits of the
difference, if the two periods do not overlap.

One verdict in twenty is better or worse by chance alone, where nothing differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from thindicators import house_style
from thindicators.comparing.latest import Group, all_series, groups, latest
from thindicators.comparing.significance import Estimate, limits_of_difference, mann_kendall
from thindicators.observations.observation import Row, cells, rows_of, value_of
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.indicator_parts import Judgement
from thindicators.plan.model import Indicator, Plan

Verdict = Literal["", "better", "worse", "higher", "lower", "similar"]

TOTALS = {"count", "ktco2e"}
"""The units of which an area has the more, the larger it is."""

LEVEL = 0.05
"""A tendency that chance gives less often than this is called a direction."""

LONGEST = 10
"""Of how many figures the direction is told: what was longer ago says little of where it is going now."""

FEWEST, FEWEST_WITH_LIMITS = 5, 3
"""The figures that a direction needs: of four, no order is rarer than `LEVEL` by the Mann-Kendall test."""

LIMITS, TREND = "limits_of_difference", "mann_kendall"

_NUMBERS = ("difference", "lower", "upper", "p_value")


@dataclass(frozen=True)
class Comparison:
    """One verdict, or the reason why there is none.

    Attributes:
        indicator: Its id.
        kind: Which of the three questions it answers.
        comparator_code: The area it is compared with; for a change over time its own.
        breakdown, category: The group.
        series, period: Of the latest figure; empty if there is none.
        baseline_period: What the latest figure is compared with, for a change over time.
        verdict: Empty if and only if `reason` says why.
        method: By which test.
        difference: The latest figure minus the one it is compared with.
        lower, upper: Its 95 % limits.
        p_value: Of the Mann-Kendall test.
        words: The verdict, or the reason, in a sentence.
        reason: Why there is no verdict, in one word.
    """

    indicator: str
    area_code: str
    comparator_code: str
    breakdown: str
    category: str
    kind: Judgement
    series: str = ""
    period: str = ""
    baseline_period: str = ""
    verdict: Verdict = ""
    method: str = ""
    difference: float | None = None
    lower: float | None = None
    upper: float | None = None
    p_value: float | None = None
    words: str = ""
    reason: str = ""

    @property
    def row(self) -> dict[str, object]:
        """The verdict as a row of `comparisons.csv`."""
        rounded = {name: _rounded(getattr(self, name)) for name in _NUMBERS}
        return {**vars(self), **rounded}


def comparisons(plan: Plan, outcomes: Sequence[Outcome]) -> list[Comparison]:
    """All verdicts on the figures of a release, in the order of the outcomes."""
    verdicts: list[Comparison] = []
    for outcome in outcomes:
        verdicts += _of_indicator(plan, outcome)
    return verdicts


@dataclass(frozen=True)
class _Case:
    """What is judged: the figures of one group of one indicator."""

    plan: Plan
    indicator: Indicator
    group: Group
    rows: Sequence[Row]
    newest: Row | None

    @property
    def unit(self) -> str:
        """The unit of the latest figure, which may be another than the indicator's."""
        return self.newest["unit"] if self.newest else self.indicator.unit

    def blank(self, kind: Judgement, comparator: str = "") -> Comparison:
        """A comparison that nothing is said in yet."""
        subject = self.plan.subject.code
        breakdown, category = self.group
        return Comparison(
            indicator=self.indicator.id,
            area_code=subject,
            comparator_code=comparator or subject,
            breakdown=breakdown,
            category=category,
            kind=kind,
            series=self.newest["series"] if self.newest else "",
            period=self.newest["period"] if self.newest else "",
        )

    def shown(self, row: Row) -> str:
        """A figure with its unit."""
        decimals = house_style.decimals_of(row["unit"], self.indicator)
        return house_style.figure(value_of(row), row["unit"], decimals)

    def amount(self, size: float) -> str:
        """The size of a difference in words."""
        decimals = house_style.decimals_of(self.unit, self.indicator)
        return house_style.amount(size, self.unit, decimals)

    def period(self, row: Row) -> str:
        """A figure's period in words."""
        return house_style.period(row["period"], self.indicator.period)

    def limits_in_words(self, lower: float, upper: float) -> str:
        """The limits of a difference in words."""
        if lower <= 0 <= upper:
            return f"95% limits: from {self.amount(lower)} lower to {self.amount(upper)} higher"
        small, large = sorted((abs(lower), abs(upper)))
        decimals = house_style.decimals_of(self.unit, self.indicator)
        size = house_style.spread(small, large, self.unit, decimals)
        return f"95% limits: {size} {'higher' if lower > 0 else 'lower'}"


def _of_indicator(plan: Plan, outcome: Outcome) -> Iterator[Comparison]:
    indicator = plan.indicators[outcome.indicator]
    series = all_series(indicator, outcome)
    rows = rows_of(outcome.table)
    # Every question is asked of every group, so that the table says of each why it has no verdict.
    for group in groups(plan, indicator, rows):
        of_group = [row for row in rows if (row["breakdown"], row["category"]) == group]
        own = [row for row in of_group if row["area_code"] == plan.subject.code]
        case = _Case(plan, indicator, group, of_group, latest(series, own))
        for area in plan.compared_areas[1:]:
            yield _judged(case, "comparison", area.code)
        yield _judged(case, "direction")
        yield _judged(case, "since_start")


def _judged(case: _Case, kind: Judgement, comparator: str = "") -> Comparison:
    indicator = case.indicator
    blank = case.blank(kind, comparator)
    # In this order: that there is nothing to compare with stays true once there is a figure.
    if kind == "comparison" and comparator in indicator.no_comparator:
        return _none(blank, "no_comparator", indicator.no_comparator[comparator])
    if case.newest is None:
        return _none(blank, "no_figure", f"There is no figure for {case.plan.subject.name} yet")
    if kind in indicator.no_verdict:
        return _none(blank, "not_given", indicator.no_verdict[kind])
    if kind == "comparison":
        return _compared(case, case.newest, blank)
    line = _line(case, case.newest)
    if kind == "direction":
        return _direction(case, line, blank)
    return _since_start(case, line, blank)


def _compared(case: _Case, newest: Row, blank: Comparison) -> Comparison:
    name = case.plan.area_names[blank.comparator_code]
    if newest["unit"] in TOTALS:
        why = "A total depends on the size of the area, so that the two are not compared"
        return _none(blank, "totals", why)
    theirs = _like_of(case, newest, blank.comparator_code)
    if theirs is None:
        why = (
            f"There is no figure of {name} for {case.period(newest)} that was made in the same way"
        )
        return _none(blank, "comparator_has_no_figure", why)
    judged = _by_limits(case, newest, theirs, blank)
    figures = f"{case.shown(newest)} against {case.shown(theirs)}"
    if not judged.verdict:
        return _none(judged, "no_limits", f"{_no_limits(case, newest, theirs, name)}: {figures}")
    lower, upper = _limits_of(judged)
    limits = case.limits_in_words(lower, upper)
    # “Similar” would say that there is no difference; all that is known is that none is clear.
    if judged.verdict == "similar":
        words = f"No clear difference from {name}: {figures} ({limits})"
    else:
        how = f"{case.amount(judged.difference or 0)} {'higher' if lower > 0 else 'lower'}"
        words = f"{judged.verdict.capitalize()} than {name}: {figures}, {how} ({limits})"
    return replace(judged, words=house_style.sentence(words))


def _like_of(case: _Case, newest: Row, area_code: str) -> Row | None:
    """The figure of another area that was made in the same way for the same time; None if it has none."""
    same = ("period", "series", "unit")
    for row in case.rows:
        is_like = cells(row, same) == cells(newest, same)
        if is_like and row["area_code"] == area_code and row["value"] is not None:
            return row
    return None


def _direction(case: _Case, line: Sequence[Row], blank: Comparison) -> Comparison:
    if len(line) >= FEWEST:
        return _by_trend(case, line, blank)
    first, last = line[0], line[-1]
    has_limits = _estimate(first) is not None and _estimate(last) is not None
    if len(line) < FEWEST_WITH_LIMITS or not has_limits:
        count = "there is one" if len(line) == 1 else f"there are {len(line)}"
        needed = f"{FEWEST} comparable figures, or {FEWEST_WITH_LIMITS} with limits"
        return _none(blank, "too_few_figures", f"A direction needs {needed}; {count}")
    judged = _by_limits(case, last, first, blank)
    words = _change_in_words(case, judged, first, last)
    return replace(judged, baseline_period=first["period"], words=words)


def _by_trend(case: _Case, line: Sequence[Row], blank: Comparison) -> Comparison:
    first, last = line[0], line[-1]
    trend = mann_kendall([value_of(row) for row in line])
    # The score has the sign of the tendency; one that chance would give as well has none.
    sign = trend.score if trend.p < LEVEL else 0
    verdict = _verdict(case.indicator, sign)
    start, end = house_style.tick(first["period"]), house_style.tick(last["period"])
    words = (
        f"{_led(verdict)}{_tendency(sign)} over the {len(line)} figures from {start} to {end}: "
        f"{case.shown(first)} at first, {case.shown(last)} at last "
        f"(Mann-Kendall test, p {_probability(trend.p)})"
    )
    return replace(
        blank,
        verdict=verdict,
        method=TREND,
        baseline_period=first["period"],
        difference=value_of(last) - value_of(first),
        p_value=trend.p,
        words=house_style.sentence(words),
    )


def _tendency(sign: int) -> str:
    if not sign:
        return "no clear direction"
    return "a tendency to rise" if sign > 0 else "a tendency to fall"


def _since_start(case: _Case, line: Sequence[Row], blank: Comparison) -> Comparison:
    last = line[-1]
    start = case.plan.file.starts
    if last["year"] <= start:
        why = f"The latest figure, for {case.period(last)}, is not later than {start}, the Plan’s first year"
        return _none(blank, "no_later_figure", why)
    of_start = [row for row in _series_of(case, last) if row["year"] == start]
    if not of_start:
        why = f"There is no comparable figure for {start}, the Plan’s first year"
        return _none(blank, "no_baseline", why)
    # A year may have several figures, such as those of rolling periods; the last of them is taken.
    first = max(of_start, key=lambda row: row["period_end"])
    judged = replace(_by_limits(case, last, first, blank), baseline_period=first["period"])
    if first["period_end"] >= last["period_start"]:
        why = f"The figures for {case.period(first)} and for {case.period(last)} share some of their time"
        # Limits of a difference hold for two samples, and these have some people in common.
        return replace(_none(judged, "periods_overlap", why), lower=None, upper=None)
    if not judged.verdict:
        figures = f"{case.shown(first)} for {case.period(first)}, {case.shown(last)} now"
        return _none(judged, "no_limits", f"{_no_limits(case, last, first, '')}: {figures}")
    return replace(judged, words=_change_in_words(case, judged, first, last))


def _change_in_words(
    case: _Case,
    judged: Comparison,
    first: Row,
    last: Row,
) -> str:
    before = f"{case.shown(first)} for {case.period(first)}"
    now = f"{case.shown(last)} for {case.period(last)}"
    limits = case.limits_in_words(*_limits_of(judged))
    is_similar = judged.verdict == "similar"
    verdict = "No clear change" if is_similar else judged.verdict.capitalize()
    return house_style.sentence(f"{verdict}: {before}, {now} ({limits})")


def _by_limits(
    case: _Case,
    row: Row,
    other: Row,
    blank: Comparison,
) -> Comparison:
    """The difference of two figures and, where both have limits, its limits and the verdict."""
    judged = replace(blank, difference=value_of(row) - value_of(other))
    estimate, other_estimate = _estimate(row), _estimate(other)
    if estimate is None or other_estimate is None:
        return judged
    lower, upper = limits_of_difference(estimate, other_estimate)
    # Neither limit beyond zero: the difference may as well be none.
    sign = (lower > 0) - (upper < 0)
    return replace(
        judged,
        verdict=_verdict(case.indicator, sign),
        method=LIMITS,
        lower=lower,
        upper=upper,
    )


def _line(case: _Case, newest: Row) -> list[Row]:
    """The latest figures of one series, in the order of time, none of whose periods overlaps another's."""
    line: list[Row] = []
    # From the newest backwards, so that of two periods that overlap the later one is taken.
    for row in reversed(_series_of(case, newest)):
        is_apart = not line or row["period_end"] < line[-1]["period_start"]
        if is_apart and row["period_end"] <= newest["period_end"]:
            line.append(row)
    return line[:LONGEST][::-1]


def _series_of(case: _Case, newest: Row) -> list[Row]:
    """The figures that one was preceded and followed by: of its area, its series and its unit, in the order of time."""
    same = ("area_code", "series", "unit")
    series = []
    for row in case.rows:
        if row["value"] is not None and cells(row, same) == cells(newest, same):
            series.append(row)
    return sorted(series, key=lambda row: (row["period_end"], row["period_start"]))


def _estimate(row: Row) -> Estimate | None:
    value, lower, upper = row["value"], row["lower_ci_95"], row["upper_ci_95"]
    if value is None or lower is None or upper is None:
        return None
    return Estimate(value, lower, upper)


def _verdict(indicator: Indicator, sign: int) -> Verdict:
    if not sign:
        return "similar"
    is_higher = sign > 0
    if indicator.polarity == "neither":
        return "higher" if is_higher else "lower"
    is_better = is_higher == (indicator.polarity == "higher_is_better")
    return "better" if is_better else "worse"


def _none(blank: Comparison, reason: str, why: str) -> Comparison:
    return replace(
        blank,
        verdict="",
        method="",
        reason=reason,
        words=house_style.sentence(why),
    )


def _no_limits(
    case: _Case,
    row: Row,
    other: Row,
    name: str,
) -> str:
    lacking = [each for each in (row, other) if _estimate(each) is None]
    who = "either figure" if len(lacking) == 2 else "one of the two figures"
    # Only between two areas does an area's name tell which figure is meant.
    if name and len(lacking) == 1:
        who = case.plan.area_names[lacking[0]["area_code"]]
    return f"No limits are published for {who}, so that a difference cannot be told from chance"


def _limits_of(judged: Comparison) -> tuple[float, float]:
    # Whoever asks has a verdict by limits, so that there are some; the types cannot know it.
    return judged.lower or 0.0, judged.upper or 0.0


def _led(verdict: Verdict) -> str:
    openings = {"better": "Getting better: ", "worse": "Getting worse: "}
    return openings.get(verdict, "")


def _probability(p: float) -> str:
    if p < 0.001:
        return "below 0.001"
    return f"= {p:.3f}" if p < 0.1 else f"= {p:.2f}"


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
