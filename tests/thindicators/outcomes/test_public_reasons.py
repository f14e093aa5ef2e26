"""What the public is told of a failure: a sentence for each kind, made of facts that are ours."""

from __future__ import annotations

import pytest

from thindicators.errors import FailureFacts, FailureKind, ReleaseError, SourceError, facts_of
from thindicators.observations.observation import empty_table
from thindicators.outcomes.outcome import CheckResult, Outcome, Standing
from thindicators.outcomes.public_reasons import as_published, public_reason
from thindicators.plan.model import Plan

FOREIGN = "Access denied by proxy01 for CORP\\jsmith"
TOLD_BY_THE_OUTCOME = {FailureKind.FAILED_CHECKS, FailureKind.HELD, FailureKind.UNKNOWN}


def outcome(facts: FailureFacts | None, reason: str = FOREIGN, **more: object) -> Outcome:
    made = Outcome("ehc_assessments_in_time", "stale", reason, (), (), empty_table(), failed=True)
    return Outcome(**{**vars(made), "facts": facts, **more})


@pytest.mark.parametrize("kind", sorted(set(FailureKind) - TOLD_BY_THE_OUTCOME))
@pytest.mark.parametrize("source", ["ncmp", "council_returns", "ons_els", ""])
def test_every_kind_has_a_sentence_of_its_own(plan: Plan, kind: FailureKind, source: str) -> None:
    sentence = public_reason(plan, FailureFacts(kind, source))
    assert sentence.endswith(".")
    assert sentence != public_reason(plan, FailureFacts(FailureKind.UNKNOWN, source))
    assert "{" not in sentence


def test_the_source_is_called_by_its_title_and_an_unknown_one_by_none(plan: Plan) -> None:
    facts = FailureFacts(FailureKind.REFUSED, "ncmp", 403)
    title = plan.sources["ncmp"].title
    assert public_reason(plan, facts) == f"Our request for “{title}” was refused (HTTP status 403)."
    unknown = FailureFacts(FailureKind.REFUSED, "proxy01")
    assert public_reason(plan, unknown) == "Our request for these figures was refused."


def test_nobody_is_said_to_have_been_asked_for_what_is_handed_in(plan: Plan) -> None:
    facts = FailureFacts(FailureKind.UNREADABLE, "council_returns")
    assert public_reason(plan, facts).startswith("A file that was handed in for “Returns of")


def test_a_failed_check_is_told_by_its_name_and_what_it_saw(plan: Plan) -> None:
    checks = (
        CheckResult("value_in_range", False, "the value 101 of Tower Hamlets is above 100"),
        CheckResult("key_is_unique", True, ""),
    )
    failed = outcome(FailureFacts(FailureKind.FAILED_CHECKS), checks=checks)
    assert as_published(plan, failed).reason == (
        "New figures came, and failed our checks. value_in_range: the value 101 of Tower Hamlets is above 100."
    )


def test_why_figures_are_held_or_awaited_is_said_in_our_own_words_already(plan: Plan) -> None:
    held = outcome(FailureFacts(FailureKind.HELD), "Held: 9 published figures gone.", held=True)
    assert as_published(plan, held) == held
    awaited = outcome(None, "The council has not handed it in.", failed=False, state="empty")
    assert as_published(plan, awaited) == awaited


def test_each_part_is_told_by_its_own_kind(plan: Plan) -> None:
    parts = (
        Standing("council_returns", "Returns", "fresh", "", failed=False, held=False),
        Standing(
            "dfe_ehc",
            "EHC plans",
            "stale",
            FOREIGN,
            failed=True,
            held=False,
            facts=FailureFacts(FailureKind.UNREACHABLE, "dfe_ehc"),
        ),
    )
    published = as_published(plan, outcome(None, f"EHC plans: {FOREIGN}", standings=parts))
    assert published.reason.startswith("EHC plans: We could not reach the publisher of “")
    assert "proxy01" not in str(published)


def test_a_failure_that_was_kept_before_failures_had_kinds_is_told_neutrally(plan: Plan) -> None:
    assert as_published(plan, outcome(None)).reason == (
        "The last refresh failed. What kind of failure it was has not been recorded."
    )


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (
            SourceError("ncmp", expected="a table", came=FOREIGN, where="row 1", remedy="look."),
            FailureKind.UNREADABLE,
        ),
        (ReleaseError("/srv/published is full."), FailureKind.OWN_SYSTEMS),
        (ZeroDivisionError("/srv"), FailureKind.OWN_FAULT),
    ],
)
def test_every_error_has_a_kind(problem: Exception, kind: FailureKind) -> None:
    assert facts_of(problem).kind is kind
