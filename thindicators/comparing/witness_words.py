"""Words about witnesses: what a comparison with another publisher's figures says, for officers and for readers.

What belongs here: the check of an indicator's figures by its witnesses, and the sentences on its page. Comparing
belongs in `witnesses`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from thindicators.comparing.witnesses import (
    UNDECLARED,
    Pair,
    Report,
    Statements,
    reports_of,
    without_noise,
)
from thindicators.house_style import sentence
from thindicators.outcomes.outcome import CheckResult, Outcome
from thindicators.plan.model import Plan
from thindicators.safe_text import harmless

WITNESSED = "figures_are_witnessed"
"""The check that an indicator's figures are those that its witnesses print."""

SAYS = "Every figure agrees with that of its witnesses, or differs for a reason that the file declares."

_SHOWN = 5


def check_result(reports: Sequence[Report]) -> CheckResult:
    """The result of the check: a difference without a declared reason is a warning, and never stops an indicator."""
    undeclared = [pair for report in reports for pair in report.having(*UNDECLARED)]
    parts = [_with_declared(report) for report in reports]
    parts += [says(pair) for pair in undeclared[:_SHOWN]]
    # A source read wrongly differs in every figure, and nobody reads hundreds of them in a sentence.
    if len(undeclared) > _SHOWN:
        parts.append(f"and {len(undeclared) - _SHOWN} more, in witnesses.csv")
    if undeclared:
        parts.append(_likely(undeclared))
    return CheckResult(
        WITNESSED,
        not undeclared,
        harmless("; ".join(parts)),
        "warning",
    )


def witnessed(
    plan: Plan,
    outcome: Outcome,
    statements: Statements,
) -> Outcome:
    """An outcome with what its witnesses say of the published figures, in the place of what they said last."""
    remarks = [result for result in outcome.remarks if result.name != WITNESSED]
    checks = [result for result in outcome.checks if result.name != WITNESSED]
    reports = reports_of(plan, outcome, statements)
    result = check_result(reports)
    if reports and not result.passed:
        remarks.append(result)
    if (
        reports and outcome.state == "fresh"
    ):  # else the checks are those of newer figures, which were refused
        checks.append(result)
    return replace(
        outcome,
        checks=tuple(checks),
        remarks=tuple(remarks),
    )


def witness_sentences(
    plan: Plan,
    outcomes: Sequence[Outcome],
    statements: Statements,
) -> dict[str, list[list[str]]]:
    """What readers are told of each witness, in sentences, by indicator."""
    by_indicator = {}
    for outcome in outcomes:
        reports = reports_of(plan, outcome, statements)
        by_indicator[outcome.indicator] = [sentences(report) for report in reports]
    return by_indicator


def sentences(report: Report) -> list[str]:
    """What a reader is told of a comparison, in plain English."""
    if report.missing:
        return [
            f"These figures have not been compared with {whose(report)}, which publishes them as well."
        ]
    if not report.compared:
        return [f"{whose(report)} publishes this measure as well, but none of the figures above."]
    parts = [f"{counts(report)}, which publishes this measure as well."]
    parts += _of_declared(report.having("differs_as_declared"))
    undeclared = report.having(*UNDECLARED)
    # Readers are told of every difference, also of those that no file declares.
    if undeclared:
        parts.append(f"Figures that differ: {_first(undeclared)}. {sentence(_likely(undeclared))}")
    alone = len(report.having("not_with_witness"))
    if alone:
        because = f"because it does not have {_them(alone)}"
        parts.append(f"{alone} {_figures(alone)} could not be compared, {because}.")
    return parts


def _first(undeclared: Sequence[Pair]) -> str:
    """The first of some pairs in words, and how many there are beside them."""
    shown = "; ".join(says(pair) for pair in undeclared[:_SHOWN])
    rest = len(undeclared) - _SHOWN
    return f"{shown}; and {rest} more" if rest > 0 else shown


def says(pair: Pair) -> str:
    """The two figures in words."""
    group = "" if pair.category == "total" else f", {pair.category.replace('_', ' ')}"
    figures = f"{_plain(pair.value)} here, {_plain(pair.witness_value)} there"
    return f"{pair.area_name}, {pair.period.label}{group}: {figures}"


def whose(report: Report) -> str:
    """The witness's name for people."""
    return f"{report.witness.title} ({report.witness.publisher})"


def counts(report: Report) -> str:
    """What was found, in one sentence without its full stop."""
    if report.missing:
        return f"Not compared with {whose(report)}: {report.missing}"
    if not report.compared:
        return f"Nothing to compare with {whose(report)}: it has no figure that is published here"
    agree = len(report.having("agrees"))
    whole = len(report.compared)
    return f"{agree} of {whole} {_figures(whole)} {_agree(whole)} with {whose(report)}"


def _with_declared(report: Report) -> str:
    parts = [counts(report)]
    declared = report.having("differs_as_declared")
    if declared:
        reasons = "; ".join(dict.fromkeys(pair.reason for pair in declared))
        parts.append(f"{len(declared)} differ for a known reason: {reasons}")
    alone = len(report.having("not_with_witness"))
    if alone and not report.missing:
        parts.append(f"{alone} without a counterpart")
    return "; ".join(parts)


def _of_declared(declared: Sequence[Pair]) -> list[str]:
    pairs_by_reason = Counter(pair.reason for pair in declared)
    return [
        f"{count} {_differ(count)} for a known reason: {reason}"
        for reason, count in pairs_by_reason.items()
    ]


def _likely(undeclared: Sequence[Pair]) -> str:
    reasons = list(dict.fromkeys(pair.reason for pair in undeclared if pair.reason))
    return f"the likely reason: {'; '.join(reasons)}" if reasons else "the reason is not known yet"


def _plain(value: float | None) -> str:
    return "nothing" if value is None else f"{without_noise(value).normalize():f}"


def _figures(count: int) -> str:
    return "figure" if count == 1 else "figures"


def _agree(count: int) -> str:
    return "agrees" if count == 1 else "agree"


def _differ(count: int) -> str:
    return "differs" if count == 1 else "differ"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"
