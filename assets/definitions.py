"""What `dagster dev` loads: everything follows from the plan under `schemas/`."""

from __future__ import annotations

import os

from dagster import AssetSelection, Definitions, define_asset_job, in_process_executor

from assets.accepting import accept_held
from assets.indicators import indicator_asset
from assets.releases import release_assets, report
from assets.resources import WorkshopResource
from assets.schedules import source_schedule
from assets.snapshots import snapshot_asset
from sources import refresh
from thindicators.plan import load_plan
from thindicators.settings import Settings, settings_from
from thindicators.tables import table_schemas

REFRESH = "refresh"


def definitions(settings: Settings) -> Definitions:
    """All assets, jobs and schedules of a plan."""
    plan = load_plan(settings.schemas)
    schema = table_schemas(settings.schemas / "tables")["observations"]
    read = [source for source in plan.sources.values() if refresh.is_fetched(plan, source)]
    everything = define_asset_job(
        REFRESH,
        selection=AssetSelection.all(),
        description="Ask every publisher, read and check every indicator, and publish a release.",
    )
    return Definitions(
        assets=[
            *(snapshot_asset(source) for source in read),
            *(indicator_asset(plan, indicator, schema) for indicator in plan.indicators.values()),
            release_assets(plan, schema),
            report,
        ],
        jobs=[everything, accept_held],
        schedules=[source_schedule(plan, source) for source in read],
        resources={"workshop": WorkshopResource()},
        executor=in_process_executor,
    )


defs = definitions(settings_from(os.environ))
