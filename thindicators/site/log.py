"""The log: what has changed in an indicator's figures since they were first published here.

What belongs here: the log's entries, and adding to it what a release changes. A release says only what differs from the
one before, while a page must tell the whole story, and may not change when its indicator does not; so the log is
carried from release to release, in each indicator's `datapackage.json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thindicators import house_style
from thindicators.history.revisions import Revision
from thindicators.observations.observation import KEY, STATUSES
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Indicator, Plan
from thindicators.telling.changes import sentences

_SHOWN = 12


@dataclass(frozen=True)
class Entry:
    """What changed at once.

    Attributes:
        day: Of the newest data then, ISO 8601; empty if there were none.
        says: Sentences.
    """

    day: str
    says: tuple[str, ...]


def entries(descriptor: Mapping[str, Any] | None) -> list[Entry]:
    """The log in an indicator's `datapackage.json`; empty if it has none."""
    return [Entry(one["day"], tuple(one["says"])) for one in (descriptor or {}).get("changes", [])]


def continued(
    plan: Plan, outcome: Outcome, before: Mapping[str, Any] | None, revisions: Sequence[Revision]
) -> list[Entry]:
    """The log with what a release changes, the newest first.

    Args:
        plan: For names and decimals.
        outcome: What is published now.
        before: The indicator's `datapackage.json` in the release before; None if it was not in it.
        revisions: Of this indicator, since the release before.
    """
    day = outcome.newest[:10]
    if before is None:
        count = outcome.table.num_rows
        return (
            [Entry(day, (f"First published here: {count:,} {'figure' if count == 1 else 'figures'}.",))]
            if count
            else []
        )
    indicator = plan.indicators[outcome.indicator]
    said = sentences(revisions, lambda one: _figure(plan, indicator, one), _SHOWN)
    return [*([Entry(day, tuple(f"{one}." for one in said))] if said else []), *entries(before)]


def _figure(plan: Plan, indicator: Indicator, one: Revision) -> str:
    named = dict(zip(KEY, one.key, strict=True))
    group = house_style.category(plan, named["breakdown"], named["category"])
    where = [
        plan.area_names.get(named["area_code"], named["area_code"]),
        *([] if named["breakdown"] == "total" else [group]),
        house_style.period(named["period"], indicator.period),
    ]
    place = ", ".join(where)
    if one.kind == "metadata_only":
        return place
    if one.kind in ("new", "withdrawn"):
        value, status = (one.new, one.new_status) if one.kind == "new" else (one.old, one.old_status)
        return f"{place}: {_value(indicator, value, status)}"
    return f"{place}: {_value(indicator, one.old, one.old_status)} became {_value(indicator, one.new, one.new_status)}"


def _value(indicator: Indicator, value: float | None, status: str | None) -> str:
    """A figure in full: a revision may be smaller than the decimals that a page shows."""
    if value is None:
        return STATUSES.get(status or "", "no figure")
    whole, _, decimals = f"{value:.10g}".partition(".")
    return (
        house_style.number(value, max(len(decimals), indicator.decimals))
        if "e" not in whole + decimals
        else f"{value:g}"
    )
