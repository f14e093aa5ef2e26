"""Indicator assets: one for each indicator of the plan, generated from its YAML."""

from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetsDefinition,
    MaterializeResult,
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableSchema,
    asset,
)

from assets.naming import OWNERS, group_of, indicator_key, snapshot_key
from assets.resources import WorkshopResource
from assets.snapshots import stop_if_alone
from sources import refresh
from thindicators import tables
from thindicators.checks import CHECKS
from thindicators.outcomes import Outcome
from thindicators.plan import Indicator, Plan

FRESH = "figures_are_fresh"
GOOD = "figures_are_good"
_SHOWN = 12


def indicator_asset(plan: Plan, indicator: Indicator, schema: tables.TableSchema) -> AssetsDefinition:
    """The asset that reads and checks one indicator."""
    key = indicator_key(indicator.id)
    has_module = refresh.is_read(indicator)
    names = {FRESH: "The last refresh read these figures.", GOOD: " ".join(CHECKS.values())} if has_module else {}

    @asset(
        key=key,
        group_name=group_of(indicator),
        description=f"{indicator.title}. {indicator.definition}",
        kinds={"table"},
        owners=OWNERS,
        deps=[snapshot_key(one) for one in refresh.fetched_for(plan, indicator)] if has_module else [],
        tags={"source": indicator.source},
        metadata={
            "dagster/column_schema": column_schema(schema),
            "source": plan.sources[indicator.source].title,
            "licence": plan.licence_of(indicator).title,
            "attribution": plan.attribution_of(indicator),
            "unit": indicator.unit,
        },
        check_specs=[AssetCheckSpec(name, asset=key, description=words) for name, words in names.items()],
    )
    def figures(context: AssetExecutionContext, workshop: WorkshopResource) -> Iterator[MaterializeResult[Any]]:
        outcome = refresh.read(workshop.open(), indicator.id)
        yield MaterializeResult(metadata=_metadata(outcome), check_results=_results(outcome) if has_module else [])
        stop_if_alone(context, outcome.reason if outcome.failed else "")

    return figures


def column_schema(schema: tables.TableSchema) -> TableSchema:
    """A Table Schema as Dagster shows it."""
    return TableSchema(
        columns=[
            TableColumn(
                one["name"],
                one["type"],
                one["description"],
                TableColumnConstraints(nullable=not one.get("constraints", {}).get("required", False)),
            )
            for one in schema["fields"]
        ]
    )


def _results(outcome: Outcome) -> list[AssetCheckResult]:
    failed = [one for one in outcome.checks if not one.passed]
    only_warnings = bool(failed) and all(one.severity == "warning" for one in failed)
    seen = {one.name: f"{'' if one.passed else 'FAILED: '}{one.seen}" for one in outcome.checks}
    return [
        AssetCheckResult(
            passed=not outcome.failed,
            check_name=FRESH,
            metadata={"seen": outcome.reason or "The last refresh read them."},
        ),
        AssetCheckResult(
            passed=not failed,
            check_name=GOOD,
            severity=AssetCheckSeverity.WARN if only_warnings else AssetCheckSeverity.ERROR,
            metadata=seen or {"seen": "Not run: there were no new figures to check."},
        ),
    ]


def _metadata(outcome: Outcome) -> dict[str, MetadataValue[Any]]:
    years = outcome.table["year"].to_pylist()
    return {
        "state": MetadataValue.text(outcome.state),
        "reason": MetadataValue.text(outcome.reason or "none"),
        "dagster/row_count": MetadataValue.int(outcome.table.num_rows),
        "last_year": MetadataValue.text(str(max(years, default="none"))),
        "figures": MetadataValue.md(_last_figures(outcome)),
    }


def _last_figures(outcome: Outcome) -> str:
    rows = sorted(outcome.table.to_pylist(), key=lambda row: row["period_end"], reverse=True)[:_SHOWN]
    lines = [
        f"| {row['period_label']} | {row['area_name']} | {row['category']} | {_shown(row['value'], row['status'])} |"
        for row in rows
    ]
    return "\n".join(["| period | area | group | value |", "|---|---|---|---|", *lines])


def _shown(value: float | None, status: str | None) -> str:
    return f"[{status}]" if value is None else f"{value:g}"
