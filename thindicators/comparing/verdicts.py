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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from thindicators import house_style
from thindicators.comparing.latest import Group, all_series, groups, latest
from thindicators.comparing.significance import Estimate, limits_of_difference, mann_kendall
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Indicator, Judgement, Plan

Row = Mapping[str, Any]
Verdict = Literal["", "better", "worse", "higher", "lower", "similar"]

TOTALS = {"count", "ktco2e"}
"""The units of which an area has the more, the larger it is."""

LEVEL = 0.05
LONGEST, FEWEST, FEWEST_WITH_LIMITS = 10, 5, 3

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
        """As a row of `comparisons.csv`."""
        return {**vars(self), **{name: _rounded(getattr(self, name)) for name in _NUMBERS}}


def comparisons(plan: Plan, outcomes: Sequence[Outcome]) -> list[Comparison]:
    """All verdicts on the figures of a release, in the order of the outcomes."""
    return [one for outcome in outcomes for one in _of_indicator(plan, outcome)]


@dataclass(frozen=True)
class _Case:
    """What is judged: the figures of one group of one indicator."""

    plan: Plan
    indicator: Indicator
    group: Group
    rows: Sequence[Row]
    newest: Row | None

    def blank(self, kind: Judgement, comparator: str = "") -> Comparison:
        subject = self.plan.subject.code
        newest = self.newest or {"series": "", "period": ""}
        return Comparison(
            self.indicator.id,
            subject,
            comparator or subject,
            *self.group,
            kind,
            newest["series"],
            newest["period"],
        )

    def shown(self, row: Row) -> str:
        decimals = house_style.decimals_of(row["unit"], self.indicator)
        return house_style.figure(row["value"], row["unit"], decimals)

    def amount(self, size: float) -> str:
        unit = self.newest["unit"] if self.newest else self.indicator.unit
        return house_style.amount(size, unit, house_style.decimals_of(unit, self.indicator))

    def period(self, row: Row) -> str:
        return house_style.period(row["period"], self.indicator.period)

    def limits_in_words(self, lower: float, upper: float) -> str:
        if lower <= 0 <= upper:
            return f"95% limits: from {self.amount(lower)} lower to {self.amount(upper)} higher"
        small, large = sorted((abs(lower), abs(upper)))
        unit = self.newest["unit"] if self.newest else self.indicator.unit
        size = house_style.spread(small, large, unit, house_style.decimals_of(unit, self.indicator))
        return f"95% limits: {size} {'higher' if lower > 0 else 'lower'}"


def _of_indicator(plan: Plan, outcome: Outcome) -> Iterator[Comparison]:
    indicator = plan.indicators[outcome.indicator]
    rows: list[Row] = outcome.table.to_pylist()
    for group in groups(plan, indicator, rows):
        own = [row for row in rows if (row["breakdown"], row["category"]) == group]
        newest = latest(all_series(indicator, outcome), [row for row in own if row["area_code"] == plan.subject.code])
        case = _Case(plan, indicator, group, own, newest)
        for area in plan.compared_areas[1:]:
            yield _judged(case, "comparison", area.code)
        yield _judged(case, "direction")
        yield _judged(case, "since_start")


def _judged(case: _Case, kind: Judgement, comparator: str = "") -> Comparison:
    blank = case.blank(kind, comparator)
    if kind == "comparison" and comparator in case.indicator.no_comparator:
        return _none(blank, "no_comparator", case.indicator.no_comparator[comparator])
    if case.newest is None:
        return _none(blank, "no_figure", f"There is no figure for {case.plan.subject.name} yet")
    if kind in case.indicator.no_verdict:
        return _none(blank, "not_given", case.indicator.no_verdict[kind])
    if kind == "comparison":
        return _compared(case, case.newest, blank)
    line = _line(case, case.newest)
    return _direction(case, line, blank) if kind == "direction" else _since_start(case, line, blank)


def _compared(case: _Case, newest: Row, blank: Comparison) -> Comparison:
    name = case.plan.area_names[blank.comparator_code]
    if newest["unit"] in TOTALS:
        return _none(blank, "totals", "A total depends on the size of the area, so that the two are not compared")
    same = ("period", "series", "unit")
    others = [
        row
        for row in case.rows
        if row["area_code"] == blank.comparator_code
        and row["value"] is not None
        and all(row[column] == newest[column] for column in same)
    ]
    if not others:
        said = f"There is no figure of {name} for {case.period(newest)} that was made in the same way"
        return _none(blank, "comparator_has_no_figure", said)
    judged = _by_limits(case, newest, others[0], blank)
    one, other = case.shown(newest), case.shown(others[0])
    if not judged.verdict:
        return _none(judged, "no_limits", f"{_no_limits(case, newest, others[0], name)}: {one} against {other}")
    lower, upper = _limits_of(judged)
    limits = case.limits_in_words(lower, upper)
    if judged.verdict == "similar":
        said = f"No clear difference from {name}: {one} against {other} ({limits})"
    else:
        how = f"{case.amount(judged.difference or 0)} {'higher' if lower > 0 else 'lower'}"
        said = f"{judged.verdict.capitalize()} than {name}: {one} against {other}, {how} ({limits})"
    return replace(judged, words=house_style.sentence(said))


def _direction(case: _Case, line: Sequence[Row], blank: Comparison) -> Comparison:
    first, last = line[0], line[-1]
    if len(line) >= FEWEST:
        return _by_trend(case, line, blank)
    if len(line) < FEWEST_WITH_LIMITS or _estimate(first) is None or _estimate(last) is None:
        there = "there is one" if len(line) == 1 else f"there are {len(line)}"
        said = f"A direction needs {FEWEST} comparable figures, or {FEWEST_WITH_LIMITS} with limits; {there}"
        return _none(blank, "too_few_figures", said)
    judged = replace(_by_limits(case, last, first, blank), baseline_period=first["period"])
    return replace(judged, words=_change_in_words(case, judged, first, last))


def _by_trend(case: _Case, line: Sequence[Row], blank: Comparison) -> Comparison:
    first, last = line[0], line[-1]
    trend = mann_kendall([row["value"] for row in line])
    sign = 0 if trend.p >= LEVEL else trend.score
    verdict = _verdict(case.indicator, sign)
    way = "no clear direction" if not sign else "a tendency to rise" if sign > 0 else "a tendency to fall"
    said = (
        f"{_led(verdict)}{way} over the {len(line)} figures from {house_style.tick(first['period'])} to "
        f"{house_style.tick(last['period'])}: {case.shown(first)} at first, {case.shown(last)} at last "
        f"(Mann-Kendall test, "
        f"p {_probability(trend.p)})"
    )
    return replace(
        blank,
        verdict=verdict,
        method=TREND,
        baseline_period=first["period"],
        difference=last["value"] - first["value"],
        p_value=trend.p,
        words=house_style.sentence(said),
    )


def _since_start(case: _Case, line: Sequence[Row], blank: Comparison) -> Comparison:
    last, start = line[-1], case.plan.file.starts
    if last["year"] <= start:
        said = f"The latest figure, for {case.period(last)}, is not later than {start}, the Plan’s first year"
        return _none(blank, "no_later_figure", said)
    found = [row for row in _series_of(case, last) if row["year"] == start]
    if not found:
        said = f"There is no comparable figure for {start}, the Plan’s first year"
        return _none(blank, "no_baseline", said)
    first = max(found, key=lambda row: row["period_end"])
    judged = replace(_by_limits(case, last, first, blank), baseline_period=first["period"])
    if first["period_end"] >= last["period_start"]:
        said = f"The figures for {case.period(first)} and for {case.period(last)} share some of their time"
        return replace(_none(judged, "periods_overlap", said), lower=None, upper=None)
    if not judged.verdict:
        said = (
            f"{_no_limits(case, last, first, '')}: {case.shown(first)} for {case.period(first)}, {case.shown(last)} now"
        )
        return _none(judged, "no_limits", said)
    return replace(judged, words=_change_in_words(case, judged, first, last))


def _change_in_words(case: _Case, judged: Comparison, first: Row, last: Row) -> str:
    lower, upper = _limits_of(judged)
    change = f"{case.shown(first)} for {case.period(first)}, {case.shown(last)} for {case.period(last)}"
    limits = case.limits_in_words(lower, upper)
    if judged.verdict == "similar":
        return house_style.sentence(f"No clear change: {change} ({limits})")
    return house_style.sentence(f"{judged.verdict.capitalize()}: {change} ({limits})")


def _by_limits(case: _Case, one: Row, other: Row, blank: Comparison) -> Comparison:
    """The difference of two figures and, where both have limits, its limits and the verdict."""
    judged = replace(blank, difference=one["value"] - other["value"])
    first, second = _estimate(one), _estimate(other)
    if first is None or second is None:
        return judged
    lower, upper = limits_of_difference(first, second)
    sign = (lower > 0) - (upper < 0)
    return replace(judged, verdict=_verdict(case.indicator, sign), method=LIMITS, lower=lower, upper=upper)


def _line(case: _Case, newest: Row) -> list[Row]:
    """The latest figures of one series, in the order of time, none of whose periods overlaps another's."""
    line: list[Row] = []
    for row in reversed(_series_of(case, newest)):
        if (not line or row["period_end"] < line[-1]["period_start"]) and row["period_end"] <= newest["period_end"]:
            line.append(row)
    return line[:LONGEST][::-1]


def _series_of(case: _Case, newest: Row) -> list[Row]:
    same = ("area_code", "series", "unit")
    there = [row for row in case.rows if row["value"] is not None and all(row[one] == newest[one] for one in same)]
    return sorted(there, key=lambda row: (row["period_end"], row["period_start"]))


def _estimate(row: Row) -> Estimate | None:
    value, lower, upper = row["value"], row["lower_ci_95"], row["upper_ci_95"]
    return None if None in (value, lower, upper) else Estimate(value, lower, upper)


def _verdict(indicator: Indicator, sign: int) -> Verdict:
    if not sign:
        return "similar"
    if indicator.polarity == "neither":
        return "higher" if sign > 0 else "lower"
    return "better" if (sign > 0) == (indicator.polarity == "higher_is_better") else "worse"


def _none(blank: Comparison, reason: str, said: str) -> Comparison:
    return replace(blank, verdict="", method="", reason=reason, words=house_style.sentence(said))


def _no_limits(case: _Case, one: Row, other: Row, name: str) -> str:
    lacking = [row for row in (one, other) if _estimate(row) is None]
    who = "either figure" if len(lacking) == 2 else "one of the two figures"
    if name and len(lacking) == 1:
        who = case.plan.area_names[lacking[0]["area_code"]]
    return f"No limits are published for {who}, so that a difference cannot be told from chance"


def _limits_of(judged: Comparison) -> tuple[float, float]:
    return judged.lower or 0.0, judged.upper or 0.0


def _led(verdict: Verdict) -> str:
    return {"better": "Getting better: ", "worse": "Getting worse: "}.get(verdict, "")


def _probability(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"= {p:.3f}" if p < 0.1 else f"= {p:.2f}"


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
