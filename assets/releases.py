"""The packages, the release they stand in, and the report by which a run with a failure ends as failed."""

from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    AssetSpec,
    Failure,
    MaterializeResult,
    MetadataValue,
    asset,
    multi_asset,
)

from assets.indicators import column_schema
from assets.naming import OWNERS, RELEASE, REPORT, indicator_key, package_key
from assets.resources import RunContextResource
from thindicators.helper import helping
from thindicators.observations.tables import TableSchema
from thindicators.plan.model import Plan
from thindicators.refreshing import refresh, witnessing
from thindicators.refreshing.troubles import alert
from thindicators.release.publishing import publish


def release_assets(plan: Plan, schema: TableSchema) -> AssetsDefinition:
    """The packages and the release: one step, because a release is published whole or not at all."""

    @multi_asset(name="release", specs=_specs(plan, schema))
    def release(run_context: RunContextResource) -> Iterator[MaterializeResult[Any]]:
        with helping(), run_context.publishing() as (opened, announce):
            outcomes = refresh.all_outcomes(opened)
            made = publish(opened, outcomes, announce, witnessing.hear(opened))
        for outcome in outcomes:
            yield MaterializeResult(
                asset_key=package_key(outcome.indicator),
                metadata={
                    "path": MetadataValue.path(made.folder / "indicators" / outcome.indicator),
                    "state": outcome.state,
                    "reason": outcome.reason or "none",
                    "dagster/row_count": outcome.table.num_rows,
                },
            )
        yield MaterializeResult(
            asset_key=RELEASE,
            metadata={
                "path": MetadataValue.path(made.folder),
                "release": made.name,
                "is_new": made.is_new,
                "edition": opened.edition,
                "dagster/row_count": sum(outcome.table.num_rows for outcome in outcomes),
            },
        )

    return release


def _specs(plan: Plan, schema: TableSchema) -> list[AssetSpec]:
    packages = [
        AssetSpec(
            package_key(indicator.id),
            deps=[indicator_key(indicator.id)],
            group_name="packages",
            description=f"The data package of “{indicator.title}”, as published.",
            kinds={"parquet", "csv"},
            owners=OWNERS,
            metadata={"dagster/column_schema": column_schema(schema)},
        )
        for indicator in plan.indicators.values()
    ]
    whole = AssetSpec(
        RELEASE,
        deps=[spec.key for spec in packages],
        group_name="release",
        description=f"{plan.file.title}: the release that readers see under published/latest.",
        kinds={"parquet", "csv"},
        owners=OWNERS,
        metadata={"dagster/column_schema": column_schema(schema)},
    )
    return [*packages, whole]


@asset(
    key=REPORT,
    deps=[RELEASE],
    group_name="release",
    description="What failed in this refresh. Fails the run if anything did, after all the rest has been published.",
    kinds={"python"},
    owners=OWNERS,
)
def report(
    context: AssetExecutionContext, run_context: RunContextResource
) -> MaterializeResult[Any]:
    """Tell people what is new about it, and fail the run if a source or an indicator failed, naming it."""
    with run_context.at_work() as opened:
        failures = refresh.failures(opened)
        alerted = alert(opened)
    for channel in alerted:
        context.log.info(f"An alert was sent by {channel}.")
    if failures:
        raise Failure(
            description=f"{len(failures)} failed; the rest is published. "
            + " | ".join(failures.values()),
            metadata={name: MetadataValue.text(reason) for name, reason in failures.items()},
            allow_retries=False,
        )
    return MaterializeResult(metadata={"failures": 0, "dagster/row_count": 0})
