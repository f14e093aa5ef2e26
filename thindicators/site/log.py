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
from thindicators.observations.observation import STATUSES
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Indicator, Plan
from thindicators.telling.changes import accepted_since, became, reasons_of, sentences

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
    if descriptor is None:
        return []
    log = []
    for change in descriptor.get("changes", []):
        log.append(Entry(change["day"], tuple(change["says"])))
    return log


def continued(
    plan: Plan,
    outcome: Outcome,
    before: Mapping[str, Any] | None,
    revisions: Sequence[Revision],
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
        return _first_entries(day, outcome.table.num_rows)
    indicator = plan.indicators[outcome.indicator]

    def words_of(revision: Revision) -> str:
        return _in_words(plan, indicator, revision)

    reasons = reasons_of(accepted_since(before, outcome.accepted))
    sentences_told = [*sentences(revisions, words_of, _SHOWN), *reasons]
    says = tuple(f"{words}." for words in sentences_told)
    changed = [Entry(day, says)] if says else []
    return changed + entries(before)


def _first_entries(day: str, count: int) -> list[Entry]:
    # An indicator without a figure is published too, and has nothing to log yet.
    if not count:
        return []
    figures = "1 figure" if count == 1 else f"{count:,} figures"
    return [Entry(day, (f"First published here: {figures}.",))]


def _in_words(
    plan: Plan,
    indicator: Indicator,
    revision: Revision,
) -> str:
    where = _where(plan, indicator, revision)
    old = _value(indicator, revision.old, revision.old_status)
    new = _value(indicator, revision.new, revision.new_status)
    match revision.kind:
        # The figure stays as it was, so that only its place is to be told.
        case "metadata_only":
            return where
        case "new" | "ended":
            return f"{where}: {new}"
        case "withdrawn":
            return f"{where}: {old}"
        case _:
            return f"{where}: {became(revision, old, new)}"


def _where(
    plan: Plan,
    indicator: Indicator,
    revision: Revision,
) -> str:
    """Which figure it is: its area, its group if it is not the total, and its period."""
    key = revision.named
    parts = [plan.area_names.get(key["area_code"], key["area_code"])]
    if key["breakdown"] != "total":
        parts.append(house_style.category(plan, key["breakdown"], key["category"]))
    parts.append(house_style.period(key["period"], indicator.period))
    return ", ".join(parts)


def _value(
    indicator: Indicator,
    value: float | None,
    status: str | None,
) -> str:
    """A figure in full: a revision may be smaller than the decimals that a page shows."""
    if value is None:
        return STATUSES.get(status or "", "no figure")
    in_full = f"{value:.10g}"
    # Very large and very small numbers have a power of ten, whose digits are no decimals.
    if "e" in in_full:
        return f"{value:g}"
    _, _, decimals = in_full.partition(".")
    return house_style.number(value, max(len(decimals), indicator.decimals))
