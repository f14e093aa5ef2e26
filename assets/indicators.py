"""Indicator assets: one for each indicator of the plan, generated from its YAML."""

from collections.abc import Iterator, Sequence
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

from assets.downloads import TEMPLATE_LINK
from assets.drawing import chart
from assets.freshness import freshness_of
from assets.holding import held_figures
from assets.lineage import code_references, column_lineage
from assets.naming import OWNERS, group_of, indicator_key, snapshot_key
from assets.resources import RunContextResource
from assets.snapshots import stop_if_only_step
from assets.witnesses import witness_keys, witness_results, witness_specs
from thindicators.context import RunContext
from thindicators.observations import tables
from thindicators.observations.observation import Row, rows_of
from thindicators.outcomes.outcome import CheckResult, Outcome
from thindicators.parsing import parsing
from thindicators.plan.model import Indicator, Plan
from thindicators.plan.rules import RULES
from thindicators.refreshing import refresh, witnessing
from thindicators.refreshing.waiting import waiting_of
from thindicators.release.publishing import LATEST
from thindicators.safe_text import in_markdown, markdown_table

FRESH = "figures_are_fresh"
GOOD = "figures_are_good"
_SHOWN = 12


def indicator_asset(
    plan: Plan, indicator: Indicator, schema: tables.TableSchema
) -> AssetsDefinition:
    """The asset that reads and checks one indicator."""
    key = indicator_key(indicator.id)
    has_module = parsing.is_read(plan, indicator)
    good = " ".join(rule.says for rule in RULES.values())
    names = {FRESH: "The last refresh read these figures.", GOOD: good} if has_module else {}

    @asset(
        key=key,
        group_name=group_of(plan, indicator),
        description=f"{indicator.title}. {indicator.definition}",
        kinds={"table"},
        owners=OWNERS,
        freshness_policy=freshness_of(plan, indicator),
        deps=[*map(snapshot_key, parsing.fetched_for(plan, indicator)), *witness_keys(indicator)]
        if has_module
        else [],
        tags={"source": indicator.source},
        metadata=_about(plan, indicator, schema),
        check_specs=[
            *(AssetCheckSpec(name, asset=key, description=words) for name, words in names.items()),
            *witness_specs(indicator),
        ],
    )
    def figures(
        context: AssetExecutionContext, run_context: RunContextResource
    ) -> Iterator[MaterializeResult[Any]]:
        with run_context.at_work() as opened:
            outcome = refresh.read_or_stand(opened, indicator.id)
            # Only of what failed a ledger is read once more.
            held = held_figures(waiting_of(opened, indicator.id) if outcome.failed else [])
            witnesses = witness_results(indicator, witnessing.reports(opened, outcome))
        checked = check_results(outcome, held) if has_module else []
        yield MaterializeResult(
            metadata=_metadata(opened, outcome), check_results=[*checked, *witnesses]
        )
        stop_if_only_step(context, outcome.reason if outcome.failed else "")

    return figures


def column_schema(schema: tables.TableSchema) -> TableSchema:
    """A Table Schema as Dagster shows it."""
    return TableSchema(
        columns=[
            TableColumn(
                one["name"],
                one["type"],
                one["description"],
                TableColumnConstraints(
                    nullable=not one.get("constraints", {}).get("required", False)
                ),
            )
            for one in schema["fields"]
        ]
    )


def check_results(outcome: Outcome, held: str = "") -> list[AssetCheckResult]:
    """An outcome as the two checks of its asset: a warning shows as one, and fails no run.

    Args:
        outcome: What a refresh found out.
        held: The held figures beside the published ones, as Markdown; empty if none are held.
    """
    failed = [one for one in outcome.checks if not one.passed]
    only_warnings = bool(failed) and all(one.severity == "warning" for one in failed)
    seen: dict[str, str] = {}
    for one in outcome.checks:
        seen[one.name] = f"{seen[one.name]} | {_seen(one)}" if one.name in seen else _seen(one)
    return [
        AssetCheckResult(
            passed=not outcome.failed,
            check_name=FRESH,
            metadata={
                **({"held": MetadataValue.md(held)} if held else {}),
                "seen": outcome.reason or "The last refresh read them.",
            },
        ),
        AssetCheckResult(
            passed=not failed,
            check_name=GOOD,
            severity=AssetCheckSeverity.WARN if only_warnings else AssetCheckSeverity.ERROR,
            metadata=seen or {"seen": "Not run: there were no new figures to check."},
        ),
    ]


def _seen(one: CheckResult) -> str:
    """What a check saw, in words, with the result first unless it passed."""
    if one.review is not None:
        until = f" (until {one.review.until})" if one.review.until else ""
        return f"EXCEPTED: {one.seen}. {one.review.who}: {one.review.reason}{until}"
    return one.seen if one.passed else f"{one.result.upper()}: {one.seen}"


def _about(plan: Plan, indicator: Indicator, schema: tables.TableSchema) -> dict[str, Any]:
    """What is true of an indicator before it is read."""
    source, licence = plan.sources[indicator.source], plan.licence_of(indicator)
    title, whose = (
        in_markdown(licence.title),
        f"{in_markdown(source.title)}, {in_markdown(source.publisher)}",
    )
    is_handed_in = any(plan.sources[one].kind == "return" for one in indicator.sources)
    template = {"template": TEMPLATE_LINK}
    return {
        **(template if is_handed_in else {}),
        "dagster/column_schema": column_schema(schema),
        "dagster/code_references": code_references(plan, indicator),
        "source": MetadataValue.md(f"[{whose}]({source.homepage})"),
        "licence": MetadataValue.md(f"[{title}]({licence.path})" if licence.path else title),
        "attribution": plan.attribution_of(indicator),
        "unit": indicator.unit,
    }


def _metadata(opened: RunContext, outcome: Outcome) -> dict[str, Any]:
    rows = rows_of(outcome.table)
    indicator = opened.plan.indicators[outcome.indicator]
    lineage = column_lineage(opened.plan, indicator)
    return {
        "state": MetadataValue.text(outcome.state),
        "reason": MetadataValue.text(outcome.reason or "none"),
        "dagster/row_count": MetadataValue.int(len(rows)),
        "last_year": MetadataValue.text(str(max((row["year"] for row in rows), default="none"))),
        "figures": MetadataValue.md(_last_figures(opened.plan, rows)),
        "chart": MetadataValue.md(chart(_headline(rows), indicator.unit)),
        "receipts": MetadataValue.md(_receipts(outcome)),
        "published_page": MetadataValue.path(
            opened.settings.published / LATEST / "indicators" / indicator.id
        ),
        **({"dagster/column_lineage": lineage} if lineage else {}),
    }


def _headline(rows: Sequence[Row]) -> list[Row]:
    """The total; of an indicator without one, its first group."""
    groups = {(row["breakdown"], row["category"]) for row in rows}
    first = ("total", "total") if ("total", "total") in groups else min(groups, default=None)
    return [row for row in rows if (row["breakdown"], row["category"]) == first]


def _last_figures(plan: Plan, rows: Sequence[Row]) -> str:
    """The newest figures, of each period the plan's own area and the total first, those that are not available last."""

    def place(row: Row) -> tuple[object, ...]:
        is_own = row["area_code"] == plan.subject.code
        is_total = row["breakdown"] == "total"
        return -row["period_end"].toordinal(), row["status"] == "x", not is_own, not is_total

    newest = sorted(rows, key=place)[:_SHOWN]
    cells = [
        (
            row["period_label"],
            row["area_name"],
            row["category"],
            _shown(row["value"], row["status"]),
        )
        for row in newest
    ]
    return markdown_table(("period", "area", "group", "value"), cells)


def _receipts(outcome: Outcome) -> str:
    """Which bytes the figures were read from."""
    cells = [(one.url, one.retrieved, one.size, one.sha256) for one in outcome.receipts]
    return markdown_table(("address", "retrieved", "bytes", "sha256"), cells)


def _shown(value: float | None, status: str | None) -> str:
    return f"[{status}]" if value is None else f"{value:g}"
