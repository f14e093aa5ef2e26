"""Side tables: what is published beside the figures, as rows: indicators, latest figures, verdicts, sources, checks.

What belongs here: which rows these tables have. Writing them belongs in `data_packages`,
their columns in the Table Schemas.
"""

from __future__ import annotations

from collections.abc import Sequence

from thindicators.comparing import latest_rows
from thindicators.comparing.comparison import Comparison
from thindicators.comparing.latest_figures import LatestFigure
from thindicators.comparing.witnesses import TABLE, witness_rows
from thindicators.context import RunContext
from thindicators.fetching.snapshots import Receipt, receipt_rows
from thindicators.outcomes.outcome import Outcome, check_rows
from thindicators.parsing.councils_elsewhere import FiguresElsewhere
from thindicators.plan.model import Area, Indicator, Plan
from thindicators.release.dimensions import dimensions
from thindicators.release.inputs import Inputs

SideRow = dict[str, object]

_OF_AN_INDICATOR = {
    "id",
    "title",
    "call_to_action",
    "plan_measures",
    "definition",
    "unit",
    "decimals",
    "polarity",
    "source",
}
_OF_A_SOURCE = {
    "id",
    "title",
    "publisher",
    "homepage",
    "attribution",
    "official_status",
    "expected_release",
    "paused",
}


def side_tables(
    run_context: RunContext,
    inputs: Inputs,
    verdicts: Sequence[Comparison],
    latest: Sequence[LatestFigure],
    elsewhere: Sequence[FiguresElsewhere],
) -> dict[str, list[SideRow]]:
    """The rows of each table but the observations and the revisions, by the name of the table.

    Args:
        run_context: Whose plan and edition apply.
        inputs: What the release is made from.
        verdicts: On all figures.
        latest: The latest figure of each indicator and group.
        elsewhere: The figures of councils elsewhere; none if the plan asks for none.
    """
    plan, outcomes, statements = run_context.plan, inputs.outcomes, inputs.statements
    figures_elsewhere = {figures.indicator: figures for figures in elsewhere}
    indicators = [
        _indicator_row(plan, outcome, figures_elsewhere.get(outcome.indicator))
        for outcome in outcomes
    ]
    checks = [row for outcome in outcomes for row in check_rows(outcome)]
    tables = {
        latest_rows.TABLE: latest_rows.latest_rows(latest),
        "indicators": indicators,
        "areas": [_area_row(plan, area) for area in plan.every_area],
        **dimensions(plan, outcomes, latest),
        "comparisons": [verdict.row for verdict in verdicts],
        "checks": checks,
        "sources": _source_rows(plan, inputs),
        TABLE: witness_rows(plan, outcomes, statements),
        "receipts": _receipt_rows(plan, inputs, elsewhere),
    }
    # The live edition has no origins, and so no table of them.
    if origins := _origin_rows(run_context, inputs):
        tables["origins"] = origins
    return tables


def _area_row(plan: Plan, area: Area) -> SideRow:
    groups = [name for name, members in plan.peer_groups.items() if area.code in members]
    return {**area.model_dump(), "peer_groups": " ".join(groups)}


def _indicator_row(
    plan: Plan,
    outcome: Outcome,
    elsewhere: FiguresElsewhere | None,
) -> SideRow:
    indicator = plan.indicators[outcome.indicator]
    years = outcome.table["year"].to_pylist()
    calls = {call.number: call.title for call in plan.file.calls_to_action}
    return {
        **indicator.model_dump(include=_OF_AN_INDICATOR),
        "call_to_action_title": calls[indicator.call_to_action],
        "theme": indicator.plan_theme,
        "theme_title": plan.file.plan_themes.get(indicator.plan_theme, ""),
        "licence": plan.licence_of(indicator).name,
        "attribution": plan.attribution_of(indicator),
        "state": outcome.state,
        "reason": outcome.reason,
        "rows": len(years),
        "first_year": min(years, default=None),
        "last_year": max(years, default=None),
        "caveats": " ".join(indicator.all_caveats),
        "councils_elsewhere": elsewhere.councils if elsewhere else 0,
        "councils_elsewhere_reason": elsewhere.reason if elsewhere else "",
    }


def _source_rows(plan: Plan, inputs: Inputs) -> list[SideRow]:
    """All sources of the plan, and then its witnesses."""
    # Sources and witnesses have no id in common, as the plan's own check holds.
    failures = {**inputs.failures, **inputs.statements.failures}
    listed = [*sorted(plan.sources), *sorted(plan.witnesses)]
    return [
        _source_row(
            plan,
            source,
            failures.get(source, ""),
        )
        for source in listed
    ]


def _source_row(plan: Plan, source_id: str, failure: str) -> SideRow:
    source = plan.source(source_id)
    licence = plan.file.licences[source.licence]
    return {
        **source.model_dump(include=_OF_A_SOURCE),
        "licence": licence.name,
        "licence_url": licence.path or "",
        "failure": failure,
    }


def _receipt_rows(
    plan: Plan,
    inputs: Inputs,
    elsewhere: Sequence[FiguresElsewhere],
) -> list[SideRow]:
    """What the figures were read from, and what they were compared with."""
    receipts: list[Receipt] = []
    for outcome in inputs.outcomes:
        receipts.extend(outcome.receipts)
    for figures in elsewhere:
        receipts.extend(figures.receipts)
    for fetched in inputs.statements.fetched.values():
        receipts.extend(fetched.values())
    licences = plan.file.licences
    return [
        {**row, "licence": licences[str(row["licence"])].name} for row in receipt_rows(receipts)
    ]


def _origin_rows(run_context: RunContext, inputs: Inputs) -> list[SideRow]:
    """Where the figures of a sample were published; nothing for the live edition."""
    used = used_sources(run_context.plan, inputs.outcomes)
    rows: list[SideRow] = []
    for source in [*used, *sorted(inputs.statements.fetched)]:
        rows.extend({**row} for row in run_context.origins(source))
    return rows


def used_sources(plan: Plan, outcomes: Sequence[Outcome]) -> list[str]:
    """The sources that have figures in this release."""
    sources: set[str] = set()
    for outcome in outcomes:
        if outcome.table.num_rows:
            sources.update(all_sources(plan, plan.indicators[outcome.indicator]))
    return sorted(sources)


def all_sources(plan: Plan, indicator: Indicator) -> list[str]:
    """The sources of an indicator, and those that they are derived from."""
    sources: list[str] = []
    # A derived source has no file of its own: those that it is made of have.
    for source in indicator.sources:
        sources += [source, *plan.sources[source].derived_from]
    return list(dict.fromkeys(sources))
