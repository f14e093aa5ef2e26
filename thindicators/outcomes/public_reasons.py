"""Public reasons: what the public is told of a failure, in plain English.

What belongs here: a sentence for each kind of failure, made from the kind and from facts that are ours: a source's
title, a status number, the name of a check. What an error page, a proxy or this machine said never passes through here.
Those words stay in `state/`, in logs, in alerts and in Dagster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from thindicators.errors import FailureFacts, FailureKind
from thindicators.outcomes.outcome import CheckResult, Outcome, Standing
from thindicators.outcomes.parts import reason_of_parts
from thindicators.plan.model import Plan

_SENTENCES = {
    FailureKind.UNREACHABLE: "We could not reach the publisher of {title}.",
    FailureKind.TOO_SLOW: "The publisher of {title} did not answer in time.",
    FailureKind.UNTRUSTED: "We could not be sure that the answer to our request for {title} came from its publisher.",
    FailureKind.REFUSED: "Our request for {title} was refused{status}.",
    FailureKind.ERROR_ANSWER: "Our request for {title} was answered with an error{status}.",
    FailureKind.REDIRECTED: "Our request for {title} was sent on to an address that we do not know.",
    FailureKind.BROKEN_ANSWER: "The answer to our request for {title} was incomplete or damaged.",
    FailureKind.TOO_LARGE: "The answer to our request for {title} was larger than we take.",
    FailureKind.UNREADABLE: "What we were sent for {title} is not in the form that we know how to read.",
    FailureKind.WITHDRAWN: "The publisher of {title} no longer has figures for this indicator.",
    FailureKind.NOT_ASKED: "We have not asked the publisher of {title} yet.",
    FailureKind.NOT_SET_UP: "We are not set up to ask the publisher of {title}.",
    FailureKind.OWN_SYSTEMS: "A problem in our own systems kept us from refreshing the data.",
    FailureKind.OWN_FAULT: "A fault in our own software stopped us from reading the data.",
    FailureKind.UNKNOWN: "The last refresh failed. What kind of failure it was has not been recorded.",
}
_OF_A_RETURN = {
    FailureKind.UNREADABLE: "A file that was handed in for {title} does not keep the rules for such files.",
    FailureKind.TOO_LARGE: "A file that was handed in for {title} is larger than we take.",
    FailureKind.NOT_ASKED: "We have not looked for {title} yet.",
    FailureKind.WITHDRAWN: "{title} no longer have figures for this indicator.",
}
"""Nobody is asked for what is handed in, so that some sentences would be false of it."""


def public_reason(plan: Plan, facts: FailureFacts) -> str:
    """What the public is told of the failure of a source or a witness.

    Args:
        plan: Which has the source's title.
        facts: Of a failure of any kind but those of figures, which are told by `as_published`.
    """
    sources = {**plan.sources, **plan.witnesses}
    source = sources.get(facts.source)
    # What is named may be no source: an error may name an indicator, or what the plan no longer has.
    title = "these figures"
    sentences = _SENTENCES
    if source is not None:
        title = f"“{source.title}”"
        if source.kind == "return":
            sentences = {**_SENTENCES, **_OF_A_RETURN}
    status = ""
    if facts.status:
        status = f" (HTTP status {facts.status})"
    unknown = sentences[FailureKind.UNKNOWN]
    sentence = sentences.get(facts.kind, unknown)
    return sentence.format(title=title, status=status)


def as_published(plan: Plan, outcome: Outcome) -> Outcome:
    """An outcome whose reason may be read by anybody, in place of the words of a failure.

    What is no failure, such as that figures are awaited, and why figures are held is said in our own words already.
    """
    if outcome.standings:
        standings = tuple(_standing(plan, standing) for standing in outcome.standings)
        reason = reason_of_parts(standings, outcome.state)
        return replace(outcome, reason=reason, standings=standings)
    return replace(outcome, reason=_reason(plan, outcome))


def _standing(plan: Plan, standing: Standing) -> Standing:
    return replace(standing, reason=_reason(plan, standing))


def _reason(plan: Plan, part: Outcome | Standing) -> str:
    # Why figures are held is made of figures and names that are published, none of it quoted from elsewhere.
    if not part.failed or part.held:
        return part.reason
    facts = part.facts or FailureFacts(FailureKind.UNKNOWN)
    if facts.kind is FailureKind.FAILED_CHECKS:
        return _failed_checks(part.checks)
    return public_reason(plan, facts)


def _failed_checks(checks: Sequence[CheckResult]) -> str:
    failed = []
    for check in checks:
        if check.result == "failed":
            failed.append(f"{check.name}: {check.seen}")
    words = "; ".join(failed)
    return f"New figures came, and failed our checks. {words}."
