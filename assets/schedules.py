"""Schedules: each source is asked when its publisher is expected to release, if a look says that there may be news.

What belongs here: when a source is asked, and the jobs that a schedule starts. Whether there is news belongs in
`thindicators.refreshing.news`, the calendar in `thindicators.telling.calendar`.

Every schedule ticks on weekdays at 10:15 in London, half an hour after most publishers release. In the weeks in which
a release is due each tick counts, in others only Monday's. All tick in the same minute, and that is no rush: a look
makes few small requests, and the runs that follow wait in Dagster's queue, one publisher's pool at a time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from dagster import (
    AssetSelection,
    DefaultScheduleStatus,
    RunConfig,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SkipReason,
    define_asset_job,
)

from assets.naming import RELEASE, REPORT, STATUS, indicator_key, package_key, snapshot_key
from assets.resources import RunContextResource
from sources import SAMPLES
from thindicators.context import open_run_context
from thindicators.editions import held_edition
from thindicators.errors import ThindicatorsError
from thindicators.fetching.snapshots import SnapshotStore
from thindicators.plan.model import Plan, Source
from thindicators.refreshing import news
from thindicators.refreshing.announcements import announced
from thindicators.settings import Settings, settings_from
from thindicators.telling.calendar import calendar_of, is_open, london_day, window

AssetJob: TypeAlias = Any
"""A job made from a selection of assets; Dagster does not export its type."""

TIMEZONE = "Europe/London"
AT_QUARTER_PAST_TEN = "15 10 * * 1-5"
IN_THE_MORNING = "30 6 * * *"
REPUBLISH = "republish"
RETURNS = "refresh_returns"
SHOW_STATUS = "show_status"
SAMPLE_HELD = (
    "These folders hold the sample edition, and scheduled runs are live. Clear it away with "
    "`thindicators forget-sample --yes`, or set THINDICATORS_STATE and THINDICATORS_PUBLISHED to other folders."
)
_MONDAY = 0


def source_job(plan: Plan, source: Source) -> AssetJob:
    """The job that asks one source, reads its indicators, and publishes."""
    return define_asset_job(
        f"refresh_{source.id}",
        selection=_and_a_release(plan, [source]),
        description=f"Ask {source.publisher} for {source.title}, read its indicators, and publish a release.",
    )


def returns_job(plan: Plan, returns: list[Source]) -> AssetJob:
    """The job that reads everything that people handed in, and publishes."""
    return define_asset_job(
        RETURNS,
        selection=_and_a_release(plan, returns),
        description="Read the returns in the inbox and their indicators, and publish a release.",
    )


def republish_job(plan: Plan) -> AssetJob:
    """The job that asks nobody, reads every indicator from what was fetched last, and publishes."""
    return define_asset_job(
        REPUBLISH,
        selection=_read_and_publish(plan, list(plan.indicators)),
        description=(
            "Read and check every indicator again from the snapshots that were fetched last, and publish a release. "
            "Asks no publisher. For after an acceptance, or a change of the plan or of a source's module."
        ),
    )


def status_job() -> AssetJob:
    """The job that writes the page of what is due, late, waiting or held."""
    return define_asset_job(
        SHOW_STATUS,
        selection=AssetSelection.assets(STATUS),
        description="Write the page that says what is due, late, waiting, held or failed. Asks no publisher.",
    )


def source_schedule(plan: Plan, source: Source, settings: Settings) -> ScheduleDefinition:
    """The schedule of one source; its runs are always live."""
    return ScheduleDefinition(
        name=f"{source.id}_release",
        job=source_job(plan, source),
        cron_schedule=AT_QUARTER_PAST_TEN,
        execution_timezone=TIMEZONE,
        execution_fn=_evaluation(source),
        default_status=default_status(settings),
        description=(
            f"Expected: {source.expected_release}. Asked on weekdays when a release is due, else on Mondays, "
            "and only if a look at the publisher says that there may be something new."
        ),
    )


def status_schedule(settings: Settings) -> ScheduleDefinition:
    """The schedule that keeps the status page of today."""
    return ScheduleDefinition(
        name=SHOW_STATUS,
        job=status_job(),
        cron_schedule=IN_THE_MORNING,
        execution_timezone=TIMEZONE,
        default_status=default_status(settings),
        description="The page of what is due, late, waiting or held, every morning.",
    )


def default_status(settings: Settings) -> DefaultScheduleStatus:
    """Whether schedules run that nobody has switched on or off."""
    return DefaultScheduleStatus.RUNNING if settings.schedules else DefaultScheduleStatus.STOPPED


def live_run(why: str, run_key: str | None = None) -> RunRequest:
    """A run of the live edition, with the reason for it as a tag."""
    config = RunConfig(resources={"run_context": RunContextResource(edition="live")})
    return RunRequest(run_key=run_key, run_config=config, tags={"because": why[:200]})


def decide(source: Source, moment: datetime) -> RunRequest | SkipReason:
    """Whether a source is asked at a moment, and why or why not, in words."""
    settings, day = settings_from(os.environ), london_day(moment)
    when = calendar_of(
        source, announced=announced(SnapshotStore(settings.state / "snapshots"), source)
    )
    if day.weekday() != _MONDAY and (source.paused or not is_open(when, day)):
        following = f"the next is due from {window(when, day).first:%d %B %Y}"
        why = "the publisher has paused these figures" if source.paused else following
        return SkipReason(f"No release is due this week, {why}; asked on Mondays.")
    if held_edition(settings) == "sample":
        return SkipReason(SAMPLE_HELD)
    try:
        look = news.look(open_run_context(settings, SAMPLES, "live"), source.id)
    except ThindicatorsError as problem:  # the run says so too, in a place where somebody sees it
        return live_run(str(problem))
    return live_run(look.why) if look.is_worth_a_run else SkipReason(look.why)


def _evaluation(source: Source) -> Callable[[ScheduleEvaluationContext], RunRequest | SkipReason]:
    def evaluate(context: ScheduleEvaluationContext) -> RunRequest | SkipReason:
        return decide(source, context.scheduled_execution_time)

    return evaluate


def _and_a_release(plan: Plan, sources: list[Source]) -> AssetSelection:
    indicators = list(
        dict.fromkeys(one.id for source in sources for one in plan.indicators_of(source.id))
    )
    witnesses = dict.fromkeys(
        one.source for name in indicators for one in plan.indicators[name].witnesses
    )
    snapshots = AssetSelection.assets(
        *map(snapshot_key, [*(source.id for source in sources), *witnesses])
    )
    return snapshots | _read_and_publish(plan, indicators)


def _read_and_publish(plan: Plan, indicators: list[str]) -> AssetSelection:
    """Some indicators, and the release, which is always whole."""
    read = (indicator_key(one) for one in indicators)
    return AssetSelection.assets(
        *read, *(package_key(one) for one in plan.indicators), RELEASE, REPORT, STATUS
    )
