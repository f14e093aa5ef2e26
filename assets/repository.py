"""The repository of a plan: everything that Dagster runs and shows, which follows from the files under `schemas/`.

What belongs here: which assets, jobs, schedules and sensors there are. What each of them does belongs in its own module.
"""

from __future__ import annotations

from dagster import AssetSelection, Definitions, define_asset_job

from assets.accepting import accept_held
from assets.backfilling import backfill
from assets.checking import check_return
from assets.executors import executor
from assets.freshness import status_page
from assets.indicators import indicator_asset
from assets.releases import release_assets, report
from assets.resources import RunContextResource
from assets.schedules import republish_job, returns_job, source_schedule, status_schedule
from assets.sensors import broke_off_sensor, inbox_sensor
from assets.snapshots import snapshot_asset
from assets.witnesses import witness_asset
from thindicators.observations.tables import table_schemas
from thindicators.plan.loading import load_plan
from thindicators.refreshing import refresh, witnessing
from thindicators.refreshing.asks import check_asks
from thindicators.settings import Settings

REFRESH = "refresh"


def definitions(settings: Settings) -> Definitions:
    """All assets, jobs and schedules of a plan."""
    plan = load_plan(settings.schemas)
    # Before a refresh, and not only by `check-plan`: a copied file would publish another indicator's figures.
    check_asks(plan)
    schema = table_schemas()["observations"]
    read = [source for source in plan.sources.values() if refresh.is_fetched(plan, source)]
    everything = define_asset_job(
        REFRESH,
        selection=AssetSelection.all(),
        description="Ask every publisher, read and check every indicator, and publish a release.",
    )
    returns = returns_job(plan, [source for source in read if source.kind == "return"])
    return Definitions(
        assets=[
            *(snapshot_asset(source) for source in read),
            *(witness_asset(plan.witnesses[witness]) for witness in witnessing.asked(plan)),
            *(indicator_asset(plan, indicator, schema) for indicator in plan.indicators.values()),
            release_assets(plan, schema),
            report,
            status_page,
        ],
        jobs=[
            everything,
            republish_job(plan),
            accept_held,
            check_return,
            backfill,
            returns,
        ],
        schedules=[
            *(source_schedule(plan, source, settings) for source in read),
            status_schedule(settings),
        ],
        sensors=[inbox_sensor(returns, settings), broke_off_sensor(settings)],
        resources={"run_context": RunContextResource()},
        executor=executor(settings),
    )
