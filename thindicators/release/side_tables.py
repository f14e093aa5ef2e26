"""Side tables: what is published beside the figures, as rows: indicators, areas, sources, receipts, checks, verdicts.

What belongs here: which rows these tables have. Writing them belongs in `release_files`, their columns in
`schemas/tables/`.
"""

from __future__ import annotations

from collections.abc import Sequence

from thindicators.comparing.verdicts import comparisons
from thindicators.comparing.witnesses import TABLE, witness_rows
from thindicators.context import Workshop
from thindicators.fetching.snapshots import receipt_rows
from thindicators.outcomes.outcome import Outcome, check_rows
from thindicators.plan.model import Indicator, Plan
from thindicators.release.inputs import Inputs


def side_tables(workshop: Workshop, inputs: Inputs) -> dict[str, list[dict[str, object]]]:
    """The rows of each table but the observations and the revisions, by the name of the table."""
    plan, outcomes = workshop.plan, inputs.outcomes
    licences = {key: licence.name for key, licence in plan.file.licences.items()}
    heard = inputs.statements
    receipts = receipt_rows(
        [
            *(receipt for outcome in outcomes for receipt in outcome.receipts),
            *(receipt for fetched in heard.fetched.values() for receipt in fetched.values()),
        ]
    )
    failures = {**inputs.failures, **heard.failures}
    listed = [*sorted(plan.sources), *sorted(plan.witnesses)]
    composed = [*used_sources(plan, outcomes), *sorted(heard.fetched)]
    origins = [row for source in composed for row in workshop.origins(source)]
    return {
        "indicators": [_indicator_row(plan, plan.indicators[one.indicator], one) for one in outcomes],
        "areas": [area.model_dump() for area in plan.areas],
        "comparisons": [one.row for one in comparisons(plan, outcomes)],
        "checks": [row for outcome in outcomes for row in check_rows(outcome)],
        "sources": [_source_row(plan, source, failures.get(source, "")) for source in listed],
        TABLE: witness_rows(plan, outcomes, heard),
        "receipts": [{**row, "licence": licences[str(row["licence"])]} for row in receipts],
        **({"origins": origins} if origins else {}),
    }


def _indicator_row(plan: Plan, indicator: Indicator, outcome: Outcome) -> dict[str, object]:
    years = outcome.table["year"].to_pylist()
    calls = {call.number: call.title for call in plan.file.calls_to_action}
    plain = ("id", "title", "call_to_action", "plan_measures", "definition", "unit", "decimals", "polarity", "source")
    return {
        **indicator.model_dump(include=set(plain)),
        "call_to_action_title": calls[indicator.call_to_action],
        "licence": plan.licence_of(indicator).name,
        "attribution": plan.attribution_of(indicator),
        "state": outcome.state,
        "reason": outcome.reason,
        "rows": len(years),
        "first_year": min(years, default=None),
        "last_year": max(years, default=None),
        "caveats": " ".join(indicator.caveats),
    }


def _source_row(plan: Plan, source_id: str, failure: str) -> dict[str, object]:
    source = plan.source(source_id)
    licence = plan.file.licences[source.licence]
    plain = ("id", "title", "publisher", "homepage", "attribution", "official_status", "expected_release", "paused")
    return {
        **source.model_dump(include=set(plain)),
        "licence": licence.name,
        "licence_url": licence.path or "",
        "failure": failure,
    }


def used_sources(plan: Plan, outcomes: Sequence[Outcome]) -> list[str]:
    """The sources that have figures in this release."""
    used = [plan.indicators[outcome.indicator] for outcome in outcomes if outcome.table.num_rows]
    return sorted({source for indicator in used for source in all_sources(plan, indicator)})


def all_sources(plan: Plan, indicator: Indicator) -> list[str]:
    """The sources of an indicator, and those that they are derived from."""
    found = [one for source in indicator.sources for one in (source, *plan.sources[source].derived_from)]
    return list(dict.fromkeys(found))
