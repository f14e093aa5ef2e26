"""Snapshot assets: one for each source that a module reads."""

from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetsDefinition,
    Failure,
    MaterializeResult,
    MetadataValue,
    asset,
)

from assets.downloads import TEMPLATE_LINK
from assets.naming import OWNERS, REPORT, pool_of, snapshot_key
from assets.refused import refused_results, refused_specs
from assets.resources import RunContextResource
from thindicators.context import RunContext
from thindicators.fetching.snapshots import Fetched
from thindicators.plan.model import Source
from thindicators.safe_text import markdown_table


def snapshot_asset(source: Source) -> AssetsDefinition:
    """The asset that asks one source's publisher."""
    key = snapshot_key(source.id)

    @asset(
        key=key,
        group_name="sources",
        description=f"{source.title}, {source.publisher}. {source.expected_release}.",
        kinds={"file" if source.kind == "return" else "api"},
        owners=OWNERS,
        pool=pool_of(source),
        metadata=_about(source),
        check_specs=[
            AssetCheckSpec(
                "publisher_answered", asset=key, description="The publisher gave what was asked."
            ),
            *refused_specs(source),
        ],
    )
    def snapshot(
        context: AssetExecutionContext, run_context: RunContextResource
    ) -> Iterator[MaterializeResult[Any]]:
        with run_context.at_work() as opened:
            fetches = run_context.fetches(opened, _asked_by(context, opened, source.id))
            fetched = fetches.take(source.id, context.log.info)
            opened.store.record(fetched)
            refused = refused_results(opened, source, context.log.warning)
        answered = AssetCheckResult(
            passed=not fetched.failure,
            check_name="publisher_answered",
            metadata={"seen": fetched.failure or f"{len(fetched.roles)} answers"},
        )
        yield MaterializeResult(metadata=_metadata(fetched), check_results=[answered, *refused])
        stop_if_only_step(context, fetched.failure)

    return snapshot


def _asked_by(context: AssetExecutionContext, run_context: RunContext, source: str) -> list[str]:
    """The sources that this run asks in this process."""
    if run_context.settings.is_remote:
        return [source]
    selected, steps = (
        context.job_def.asset_layer.selected_asset_keys,
        context.run.step_keys_to_execute,
    )
    asked = []
    for name in run_context.plan.sources:
        key = snapshot_key(name)
        # A run that names no steps takes all that are selected.
        if key in selected and (steps is None or key.to_python_identifier() in steps):
            asked.append(name)
    return asked


def stop_if_only_step(context: AssetExecutionContext, failure: str) -> None:
    """Fail this step, if the run has no report that would fail it at its end.

    A step that fails takes everything after it along, and one source must not stop the others; so a run that ends with
    the report goes on, and the report fails it.
    """
    selection = context.run.asset_selection
    if failure and selection and REPORT not in selection:
        raise Failure(description=failure, allow_retries=False)


def _about(source: Source) -> dict[str, Any]:
    """What is true of a source before it is asked."""
    about: dict[str, Any] = {
        "homepage": MetadataValue.url(source.homepage),
        "licence": source.licence,
    }
    if source.kind == "return":
        about["template"] = TEMPLATE_LINK
    return about


def _metadata(fetched: Fetched) -> dict[str, MetadataValue[Any]]:
    receipts = [
        (role, receipt.url, receipt.size, receipt.retrieved, receipt.sha256[:12])
        for role, receipt in fetched.roles.items()
    ]
    table = markdown_table(("part", "address", "bytes", "retrieved", "sha256"), receipts)
    return {
        "checked": MetadataValue.text(fetched.checked),
        "receipts": MetadataValue.md(table),
        "bytes": MetadataValue.int(sum(receipt.size for receipt in fetched.roles.values())),
        "dagster/row_count": MetadataValue.int(len(fetched.roles)),
    }
