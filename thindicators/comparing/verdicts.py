"""Verdicts: how the Plan's area stands to others, and where it is going, by rules stated here.

What belongs here: the five questions, which figures each is asked of, what the answer is called, and the reason wherever
there is none. The statistics belong in `methods`, the choice of figures in `figures`, the words in `sentences`. The
verdicts are published as `comparisons.csv`, and the public pages say nothing of the kind that is not there.

**Comparison.** The latest figure of the Plan's area with that of another, for the same period, group and series. With
limits, published or made from counts, it is higher or lower if the 95 % limits of the difference do not include zero,
else similar; better or worse where the indicator says which is which. Without limits, figures that were counted or
modelled in full are higher or lower as they stand, with their ratio, and never better or worse. Totals, such as a number
of jobs, depend on the size of an area and are never compared.

**Recent trend.** The last five yearly figures of one series, by the method of England's public health statistics.

**Long run.** All comparable figures of one series, at least seven, by the Mann-Kendall test.

**Since the Plan's start.** The figure for the Plan's first year and the latest, by the limits of the difference.

**Rank.** The places that the latest figure may hold among those of councils like the Plan's own; see `ranking`.

A figure that is unreliable is given no verdict. Groups that mean something only together, such as young people who are
out of work and those of whom nothing is known, are higher or lower, never better or worse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from thindicators import house_style
from thindicators.comparing import sentences, trends
from thindicators.comparing.cases import cases_of, newest_day
from thindicators.comparing.comparison import Comparison, Method, Reason, Verdict
from thindicators.comparing.figures import (
    Case,
    baseline_of,
    decimals_published,
    estimate_of,
    is_unreliable,
    like,
    line_to,
    series_of,
)
from thindicators.comparing.methods.differences import (
    clear_sign,
    difference_as_published,
    limits_of_difference,
)
from thindicators.comparing.methods.estimates import Estimate
from thindicators.comparing.ranking import ranked
from thindicators.comparing.words import by_the_counts, limits_in_words, sentence_of, verdict_of
from thindicators.observations.observation import Row, value_of
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.indicator_parts import Judgement
from thindicators.plan.model import Plan

TOTALS = {"count", "ktco2e"}
"""The units of which an area has the more, the larger it is."""


def comparisons(plan: Plan, outcomes: Sequence[Outcome]) -> list[Comparison]:
    """All verdicts on the figures of a release, in the order of the outcomes."""
    today = newest_day(outcomes)
    verdicts: list[Comparison] = []
    for outcome in outcomes:
        for case in cases_of(plan, outcome, today):
            verdicts += _of_case(case)
    return verdicts


def _of_case(case: Case) -> Iterator[Comparison]:
    """Every question is asked of every group, so that the table says of each why it has no verdict."""
    for area in case.plan.compared_areas[1:]:
        yield _judged(case, "comparison", area.code)
    yield _judged(case, "recent_trend")
    yield _judged(case, "long_run")
    yield _judged(case, "since_start")
    for group in case.plan.file.peers:
        # Where nobody publishes figures of other councils, a rank is no question.
        if case.indicator.peers:
            yield _place_among(case, group)


def _place_among(
    case: Case,
    group: str,
) -> Comparison:
    container = case.plan.file.peers[group].container(case.plan.subject.code)
    blank = replace(_blank(case, "rank", container), among=group)
    if case.newest is None:
        why = sentences.NO_FIGURE.format(area=case.plan.subject.name)
        return _none(blank, "no_figure", why)
    if why := case.no_question("rank"):
        return _none(blank, "not_given", why)
    if case.newest["unit"] in TOTALS:
        return _none(blank, "totals", sentences.TOTALS_NOT_RANKED)
    if case.is_judged_together:
        return _none(blank, "not_given", sentences.ONLY_TOGETHER)
    return ranked(
        case,
        case.newest,
        group,
        blank,
    )


def _judged(
    case: Case,
    kind: Judgement,
    comparator: str = "",
) -> Comparison:
    blank = _blank(case, kind, comparator)
    no_comparator = case.indicator.no_comparator
    # In this order: that there is nothing to compare with stays true once there is a figure.
    if kind == "comparison" and comparator in no_comparator:
        return _none(
            blank,
            "no_comparator",
            no_comparator[comparator],
        )
    if case.newest is None:
        why = sentences.NO_FIGURE.format(area=case.plan.subject.name)
        return _none(blank, "no_figure", why)
    if why := case.no_question(kind):
        return _none(blank, "not_given", why)
    if kind == "comparison":
        return _compared(case, case.newest, blank)
    if kind == "since_start":
        return _since_start(case, case.newest, blank)
    own_estimate = estimate_of(case, case.newest)
    if own_estimate is not None and is_unreliable(case, own_estimate):
        return _unreliable(
            case,
            blank,
            case.newest,
            own_estimate,
        )
    line = line_to(case, case.newest)
    if kind == "recent_trend":
        return trends.recent(case, line, blank)
    return trends.long_run(case, line, blank)


def _blank(
    case: Case,
    kind: Judgement,
    comparator: str,
) -> Comparison:
    """A comparison that nothing is said in yet."""
    subject = case.plan.subject.code
    breakdown, category = case.group
    return Comparison(
        indicator=case.indicator.id,
        area_code=subject,
        comparator_code=comparator or subject,
        breakdown=breakdown,
        category=category,
        kind=kind,
        series=case.newest["series"] if case.newest else "",
        period=case.newest["period"] if case.newest else "",
    )


def _compared(
    case: Case,
    newest: Row,
    blank: Comparison,
) -> Comparison:
    name = case.plan.area_names[blank.comparator_code]
    if newest["unit"] in TOTALS:
        return _none(blank, "totals", sentences.TOTALS)
    theirs = like(case, newest, blank.comparator_code)
    if theirs is None:
        why = sentences.NO_LIKE_FIGURE.format(area=name, period=case.period(newest))
        return _none(blank, "comparator_has_no_figure", why)
    judged = _difference(
        case,
        newest,
        theirs,
        blank,
    )
    if judged.reason:
        return judged
    figures = f"{case.shown(newest)} against {case.shown(theirs)}"
    if judged.method == "limits_of_difference":
        return replace(
            judged,
            words=_comparison_in_words(
                case,
                judged,
                name,
                figures,
                value_of(newest) - value_of(theirs),
            ),
        )
    # Nothing has a ratio to zero.
    theirs_value = value_of(theirs)
    ratio = value_of(newest) / theirs_value if theirs_value else None
    judged = replace(judged, ratio=ratio)
    return replace(
        judged,
        words=_comparison_without_limits(
            case,
            judged,
            name,
            figures,
        ),
    )


def _comparison_in_words(
    case: Case,
    judged: Comparison,
    name: str,
    figures: str,
    difference_printed: float,
) -> str:
    limits = limits_in_words(case, judged)
    # “Similar” would say that there is no difference; all that is known is that none is clear.
    if judged.verdict == "similar":
        return sentence_of(
            sentences.COMPARED_SIMILAR,
            area=name,
            figures=figures,
            limits=limits,
        )
    difference = judged.difference or 0
    return sentence_of(
        sentences.COMPARED,
        verdict=judged.verdict.capitalize(),
        area=name,
        figures=figures,
        size=case.amount(difference),
        way="higher" if difference > 0 else "lower",
        by=by_the_counts(case, difference, difference_printed),
        limits=limits,
    )


def _comparison_without_limits(
    case: Case,
    judged: Comparison,
    name: str,
    figures: str,
) -> str:
    why = _why_without_limits(judged.method)
    if judged.verdict == "similar":
        return sentence_of(
            sentences.COMPARED_SAME,
            area=name,
            figures=figures,
            why=why,
        )
    ratio = ""
    # Of points between percentages a ratio says nothing that the difference does not say better.
    if judged.ratio is not None and case.unit != "percent":
        ratio = sentences.RATIO.format(percent=f"{judged.ratio:.0%}", area=name)
    difference = judged.difference or 0
    return sentence_of(
        sentences.COMPARED_WITHOUT_LIMITS,
        verdict=judged.verdict.capitalize(),
        area=name,
        figures=figures,
        size=case.amount(difference),
        way="higher" if difference > 0 else "lower",
        ratio=ratio,
        why=why,
    )


def _since_start(
    case: Case,
    newest: Row,
    blank: Comparison,
) -> Comparison:
    start = case.plan.file.starts
    if newest["year"] <= start:
        return _none(
            blank,
            "no_later_figure",
            _why_no_later_figure(case, newest),
        )
    # People of a survey who were asked for both figures would make them agree more than chance does.
    baseline = baseline_of(case, newest)
    if baseline is None:
        has_start = any(row["year"] == start for row in series_of(case, newest))
        reason: Reason = "periods_overlap" if has_start else "no_baseline"
        why = sentences.PERIODS_OVERLAP if has_start else sentences.NO_BASELINE
        return _none(
            blank,
            reason,
            why.format(start=start),
        )
    blank = replace(blank, baseline_period=baseline["period"])
    judged = _difference(
        case,
        newest,
        baseline,
        blank,
    )
    if judged.reason:
        return judged
    return replace(
        judged,
        words=_change_in_words(
            case,
            judged,
            baseline,
            newest,
        ),
    )


def _why_no_later_figure(case: Case, newest: Row) -> str:
    """Why there is none since the Plan began: the series has ended, its publisher has paused it, or none has come."""
    period = case.period(newest)
    ends = case.series.ends_because if case.series is not None else ""
    if because := ends or case.plan.sources[case.indicator.source].paused:
        sentence = house_style.sentence(because)
        return sentences.NO_LATER_FIGURE_BECAUSE.format(period=period, because=sentence)
    return sentences.NO_LATER_FIGURE.format(period=period, start=case.plan.file.starts)


def _change_in_words(
    case: Case,
    judged: Comparison,
    first: Row,
    last: Row,
) -> str:
    before = f"{case.shown(first)} for {case.period(first)}"
    now = f"{case.shown(last)} for {case.period(last)}"
    verdict = judged.verdict.capitalize()
    is_similar = judged.verdict == "similar"
    if judged.method == "limits_of_difference":
        template = sentences.SINCE_SIMILAR if is_similar else sentences.SINCE
        limits = limits_in_words(case, judged)
        return sentence_of(
            template,
            verdict=verdict,
            before=before,
            now=now,
            limits=limits,
        )
    template = sentences.SINCE_SAME if is_similar else sentences.SINCE_WITHOUT_LIMITS
    why = _why_without_limits(judged.method)
    return sentence_of(
        template,
        verdict=verdict,
        before=before,
        now=now,
        why=why,
    )


def _difference(
    case: Case,
    row: Row,
    other: Row,
    blank: Comparison,
) -> Comparison:
    """The difference of two figures with the verdict that it allows, or the reason why it allows none."""
    estimate, other_estimate = estimate_of(case, row), estimate_of(case, other)
    for judged_row, its_estimate in ((row, estimate), (other, other_estimate)):
        if its_estimate is not None and is_unreliable(case, its_estimate):
            return _unreliable(
                case,
                blank,
                judged_row,
                its_estimate,
            )
    if estimate is not None and other_estimate is not None:
        return _by_limits(
            case,
            estimate,
            other_estimate,
            blank,
        )
    if case.indicator.measured_by == "sample":
        return _without_limits(
            case,
            row,
            other,
            blank,
        )
    return _as_it_stands(
        case,
        row,
        other,
        blank,
    )


def _by_limits(
    case: Case,
    estimate: Estimate,
    other: Estimate,
    blank: Comparison,
) -> Comparison:
    # Half of the unit either way, for each of the two figures.
    rounding = (case.indicator.rounded_to or 0) / 2
    lower, upper = limits_of_difference(estimate, other, rounding)
    return replace(
        blank,
        verdict=verdict_of(case, clear_sign((lower, upper))),
        method="limits_of_difference",
        difference=estimate.value - other.value,
        lower=lower,
        upper=upper,
    )


def _as_it_stands(
    case: Case,
    row: Row,
    other: Row,
    blank: Comparison,
) -> Comparison:
    """Higher or lower, never better or worse: what is known is the difference, not whether it means anything."""
    decimals = decimals_published([row, other])
    difference = difference_as_published(
        value_of(row),
        value_of(other),
        decimals,
    )
    verdict: Verdict = "similar"
    # What is known is the difference; whether it is good or bad, chance may decide next year.
    if difference:
        verdict = "higher" if difference > 0 else "lower"
    method: Method = "as_counted" if case.indicator.measured_by == "full_count" else "as_modelled"
    return replace(
        blank,
        verdict=verdict,
        method=method,
        difference=difference,
    )


def _why_without_limits(method: Method) -> str:
    return sentences.MODELLED if method == "as_modelled" else sentences.EVERYBODY_COUNTED


def _without_limits(
    case: Case,
    row: Row,
    other: Row,
    blank: Comparison,
) -> Comparison:
    """A sample whose limits nobody has published: whether a difference is more than chance is not known."""
    lacking = [each for each in (row, other) if estimate_of(case, each) is None]
    who = "either figure" if len(lacking) == 2 else "one of the two figures"
    is_between_areas = row["area_code"] != other["area_code"]
    # Only between two areas does an area's name tell which figure is meant.
    if is_between_areas and len(lacking) == 1:
        who = case.plan.area_names[lacking[0]["area_code"]]
    figures = f"{case.shown(row)} against {case.shown(other)}"
    if not is_between_areas:
        before = f"{case.shown(other)} for {case.period(other)}"
        figures = f"{before}, {case.shown(row)} for {case.period(row)}"
    why = sentences.NO_LIMITS.format(who=who, figures=figures)
    difference = value_of(row) - value_of(other)
    return replace(_none(blank, "no_limits", why), difference=difference)


def _unreliable(
    case: Case,
    blank: Comparison,
    row: Row,
    estimate: Estimate,
) -> Comparison:
    name = case.plan.area_names[row["area_code"]]
    percent = f"{estimate.coefficient_of_variation or 0:.0%}"
    who = f"{name} for {case.period(row)}"
    why = sentences.UNRELIABLE.format(who=who, percent=percent)
    return replace(_none(blank, "unreliable", why), reliability="u")


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
