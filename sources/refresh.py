"""A refresh without Dagster: fetch a source, read an indicator, and remember what came of it.

What belongs here: the order of the steps and what a failure of each means. One source that fails never stops another:
its indicators keep their last good figures, marked stale.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import sources
from sources.inbox import sort_inbox
from thindicators.checks import check
from thindicators.errors import ThindicatorsError
from thindicators.holds import reason_to_hold, with_closed_series
from thindicators.observations import Observation, table_of
from thindicators.outcomes import Outcome, OutcomeStore
from thindicators.plan import Indicator, Plan, Source
from thindicators.snapshots import Fetched, Snapshot, by_role, timestamp
from thindicators.workshop import Workshop

HELD = "Held"
"""How the reason begins of an indicator whose new figures wait for somebody's word."""

_LOG = logging.getLogger(__name__)


def outcomes(workshop: Workshop) -> OutcomeStore:
    """Where a workshop's outcomes are kept."""
    return OutcomeStore(workshop.settings.state / "indicators")


def fetch(workshop: Workshop, source: str) -> Fetched:
    """Ask a source's publisher for all it has, and remember what came or why nothing did."""
    last = workshop.store.last_fetch(source)
    try:
        if workshop.plan.sources[source].kind == "return":
            sort_inbox(workshop)
        client = workshop.client(source)
        snapshots = sources.module_of(source).fetch(client, workshop.plan.indicators_of(source))
        roles = {role: snapshot.receipt for role, snapshot in by_role(snapshots).items()}
        fetched = Fetched(source=source, checked=timestamp(client.now()), roles=roles)
    except Exception as problem:
        roles = last.roles if last else {}
        fetched = Fetched(source=source, checked=timestamp(workshop.now()), roles=roles, failure=in_words(problem))
    workshop.store.record(fetched)
    return fetched


def is_fetched(plan: Plan, source: Source) -> bool:
    """Whether a source is asked: a module reads it, an indicator needs it, and it is not derived from others."""
    return sources.exists(source.id) and not source.derived_from and bool(plan.indicators_of(source.id))


def read(workshop: Workshop, indicator_id: str) -> Outcome:
    """Read, check and remember one indicator's figures from what its sources last brought.

    Raises:
        ThindicatorsError: If one of its sources has never been fetched.
    """
    indicator = workshop.plan.indicators[indicator_id]
    kept = outcomes(workshop)
    if not is_read(indicator):
        return kept.keep_empty(indicator.id, f"No module reads the source {indicator.source} yet.")
    fetched = {source: _last_fetch(workshop, indicator, source) for source in fetched_for(workshop.plan, indicator)}
    if failure := next((one.failure for one in fetched.values() if one.failure), ""):
        return kept.keep_failure(indicator.id, failure)
    try:
        snapshots = {source: workshop.store.load_all(one) for source, one in fetched.items()}
        return _judge(workshop, indicator, _parse(workshop.plan, indicator, snapshots), snapshots)
    except Exception as problem:
        return kept.keep_failure(indicator.id, in_words(problem))


def is_read(indicator: Indicator) -> bool:
    """Whether there is a module for every source of an indicator."""
    return all(sources.exists(source) for source in indicator.sources)


def fetched_for(plan: Plan, indicator: Indicator) -> list[str]:
    """The sources that must be fetched before an indicator can be read."""
    return list(dict.fromkeys(one for source in indicator.sources for one in plan.fetched_for(source)))


def _last_fetch(workshop: Workshop, indicator: Indicator, source: str) -> Fetched:
    fetched = workshop.store.last_fetch(source)
    if fetched is None:
        raise ThindicatorsError(f"{indicator.id}: its source {source} was never fetched. Refresh it first.")
    return fetched


def _parse(plan: Plan, indicator: Indicator, snapshots: Mapping[str, Mapping[str, Snapshot]]) -> list[Observation]:
    """The figures from all of an indicator's sources; a derived source sees its sources' snapshots as `source/role`."""
    observations = []
    for source in indicator.sources:
        derived = plan.sources[source].derived_from
        seen = {f"{one}/{role}": part for one in derived for role, part in snapshots[one].items()}
        given = seen if derived else snapshots[source]
        observations += sources.module_of(source).parse(indicator.seen_by(source), given)
    return observations


def _judge(
    workshop: Workshop,
    indicator: Indicator,
    observations: Sequence[Observation],
    snapshots: Mapping[str, Mapping[str, Snapshot]],
) -> Outcome:
    kept = outcomes(workshop)
    if not observations:
        return _nothing(kept, indicator)
    table = table_of(observations, workshop.plan.area_names)
    results = check(table, indicator)
    failed = [one for one in results if not one.passed and one.severity == "error"]
    if failed:
        reason = "; ".join(f"{one.name}: {one.seen}" for one in failed)
        return kept.keep_failure(indicator.id, f"The new figures failed a check. {reason}", results)
    read_from = set(table["snapshot"].to_pylist())
    all_of_them = [one for parts in snapshots.values() for one in parts.values()]
    receipts = tuple(one.receipt for one in all_of_them if one.sha256 in read_from)
    last = kept.load(indicator.id)
    candidate = Outcome(indicator.id, "fresh", "", results, receipts, table)
    if why := reason_to_hold(last, table):
        return kept.hold(candidate, f"{HELD}: {why}. {_how_to_accept(indicator)}")
    return kept.keep_fresh(with_closed_series(candidate, last))


def _how_to_accept(indicator: Indicator) -> str:
    return (
        "The last good figures stand. See what the publisher says about it; if the new figures are right, run "
        f'`thindicators accept {indicator.id} --reason "…"`, then publish.'
    )


def _nothing(kept: OutcomeStore, indicator: Indicator) -> Outcome:
    last = kept.load(indicator.id)
    if last is not None and last.state != "empty":
        return kept.keep_failure(indicator.id, "The source has no figures for this indicator any more.")
    return kept.keep_empty(indicator.id, indicator.no_figures_because or "The source has no figure for this indicator.")


def failures(workshop: Workshop) -> dict[str, str]:
    """What failed in the last refresh: the reason, by source, or by indicator where the source itself came."""
    found: dict[str, str] = {}
    for source in workshop.plan.sources:
        fetched = workshop.store.last_fetch(source)
        if fetched is not None and fetched.failure:
            found[source] = fetched.failure
    for indicator in workshop.plan.indicators.values():
        outcome = outcomes(workshop).load(indicator.id)
        if outcome is not None and outcome.failed and not set(fetched_for(workshop.plan, indicator)) & set(found):
            found[indicator.id] = outcome.reason
    return found


def in_words(problem: Exception) -> str:
    """A failure in words. One that is not ours is a defect of this project, and must not stop the other sources."""
    if isinstance(problem, ThindicatorsError):
        return str(problem)
    _LOG.error("An error that this project does not foresee", exc_info=problem)
    return f"An error in the source's module, to be reported: {type(problem).__name__}: {problem}"
