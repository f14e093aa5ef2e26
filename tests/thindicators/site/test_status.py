"""Whether figures are current, and why not, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.samples import sample_outcomes
from thindicators.comparing.latest_figures import latest_figures
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan
from thindicators.site.content import Part
from thindicators.site.status import Status


def outcome_of(indicator: str) -> Outcome:
    return next(one for one in sample_outcomes() if one.indicator == indicator)


def first(plan: Plan, outcome: Outcome) -> Status:
    return Part(plan, outcome, latest_figures(plan, [outcome], [])).statuses[0]


@pytest.mark.parametrize(
    ("indicator", "kind", "because"),
    [
        ("employment_rate", "current", ""),
        ("happiness", "paused", "The Office for National Statistics has paused"),
        ("level_1_qualification", "ended", "From 2022 the survey uses"),
        ("ehc_assessments_in_time", "stands_in", "not the measure that the Plan names"),
        ("good_work_standard_employers", "waiting", "Awaiting the council's return"),
        ("children_happy", "waiting", "Words are not turned into a figure"),
        ("co2_emissions", "provisional", "will revise"),
    ],
)
def test_each_indicator_of_the_sample_says_how_it_stands(
    plan: Plan, indicator: str, kind: str, because: str
) -> None:
    status = first(plan, outcome_of(indicator))
    assert status.kind == kind
    assert because in status.because


def test_figures_that_could_not_be_refreshed_are_stale_with_the_reason(plan: Plan) -> None:
    stale = replace(
        outcome_of("employment_rate"), state="stale", reason="ons_aps: no answer", failed=True
    )
    assert first(plan, stale) == Status(
        "stale", "Not refreshed", "The last good figures stand. The reason: ons_aps: no answer"
    )


def test_figures_that_contradict_others_are_held(plan: Plan) -> None:
    held = replace(
        outcome_of("employment_rate"),
        state="stale",
        reason="Held: most moved at once",
        failed=True,
        held=True,
    )
    assert first(plan, held).kind == "held"


def test_a_failure_without_any_figure_is_no_wait(plan: Plan) -> None:
    failed = replace(
        outcome_of("feeling_safe"), reason="The return could not be read.", failed=True
    )
    assert first(plan, failed).kind == "failed"
