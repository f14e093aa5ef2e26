"""The status page, and Dagster's freshness by the release calendar."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from dagster import AssetKey, DagsterInstance, Definitions
from dagster._core.definitions.freshness import CronFreshnessPolicy

from assets.freshness import freshness_of
from assets.repository import definitions
from assets.schedules import SHOW_STATUS
from sources import SAMPLES
from thindicators.context import open_run_context
from thindicators.plan.model import Plan
from thindicators.refreshing.status import in_short, status
from thindicators.settings import Settings


@pytest.fixture(scope="module")
def defs() -> Definitions:
    return definitions(Settings())


@pytest.mark.parametrize(
    ("indicator", "deadline"),
    [
        ("year_6_overweight", "0 0 16 1 *"),
        ("employment_rate", "0 0 16 6 *"),
        ("children_low_income", "0 0 16 5 *"),
        ("gdhi_per_head", "0 0 16 11 *"),
    ],
)
def test_an_indicator_must_have_been_read_when_its_release_and_the_grace_are_over(
    plan: Plan, defs: Definitions, indicator: str, deadline: str
) -> None:
    policy = freshness_of(plan, plan.indicators[indicator])
    assert isinstance(policy, CronFreshnessPolicy)
    assert (policy.deadline_cron, policy.timezone) == (deadline, "Europe/London")
    assert policy.lower_bound_delta == timedelta(days=336)
    (spec,) = [
        one
        for one in defs.resolve_all_asset_specs()
        if one.key == AssetKey(["indicator", indicator])
    ]
    assert spec.freshness_policy == policy


@pytest.mark.parametrize(
    "indicator",
    [
        "happiness",
        "anxiety",
        "life_satisfaction",
        "level_1_qualification",
        "no2_exposure",
        "affordable_homes_delivered",
    ],
)
def test_what_is_paused_ended_at_no_fixed_time_or_handed_in_is_never_overdue(
    plan: Plan, indicator: str
) -> None:
    assert freshness_of(plan, plan.indicators[indicator]) is None


def test_the_page_shows_what_the_command_prints(
    plan: Plan, defs: Definitions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(state=tmp_path / "state", published=tmp_path / "published")
    monkeypatch.setenv("THINDICATORS_STATE", str(settings.state))
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(settings.published))
    with DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def(SHOW_STATUS).execute_in_process(instance=instance)
    (event,) = result.get_asset_materialization_events()
    shown = event.materialization.metadata
    lines = status(open_run_context(settings, SAMPLES))
    count = len(plan.indicators)
    assert shown["in_short"].value == in_short(lines) == f"{count} not asked yet"
    assert shown["needs_somebody"].value == count
    rows = str(shown["status"].value).splitlines()
    # Under a header of two lines.
    assert len(rows) == count + 2
    assert all(
        line.indicator.title.split("(")[0][:20] in row
        for line, row in zip(lines, rows[2:], strict=True)
    )
