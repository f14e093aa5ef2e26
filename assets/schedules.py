"""Schedules: refresh one source, and publish, when its publisher is expected to release."""

from __future__ import annotations

from dagster import AssetSelection, RunConfig, ScheduleDefinition, define_asset_job

from assets.naming import RELEASE, REPORT, indicator_key, package_key, snapshot_key
from assets.resources import WorkshopResource
from thindicators.plan import Plan, Source

TIMEZONE = "Europe/London"


def source_schedule(plan: Plan, source: Source) -> ScheduleDefinition:
    """The schedule of one source: weekdays at 10:15 in the months when its publisher releases; always live."""
    indicators = [indicator_key(indicator.id) for indicator in plan.indicators_of(source.id)]
    packages = [package_key(indicator) for indicator in plan.indicators]
    job = define_asset_job(
        f"refresh_{source.id}",
        selection=AssetSelection.assets(snapshot_key(source.id), *indicators, *packages, RELEASE, REPORT),
        description=f"Ask {source.publisher} for {source.title}, read its indicators, and publish a release.",
    )
    months = ",".join(map(str, sorted(source.release_months)))
    return ScheduleDefinition(
        name=f"{source.id}_release",
        job=job,
        cron_schedule=f"15 10 * {months} 1-5",
        execution_timezone=TIMEZONE,
        run_config=RunConfig(resources={"workshop": WorkshopResource(edition="live")}),
        description=f"Expected: {source.expected_release}.",
    )
