"""A refresh without Dagster: fetch a source, read an indicator, and remember what came of it.

What belongs here: the order of the steps and what a failure of each means. One source that fails never stops another:
its indicators keep their last good figures, marked stale.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date

import pyarrow as pa

import sources
from sources.inbox import sort_inbox
from thindicators.checks import check, lost, with_notes
from thindicators.errors import SourceError, ThindicatorsError, UnreachableError
from thindicators.holds import open_figures, reason_to_hold, with_closed_series
from thindicators.observations import Observation, table_of
from thindicators.outcomes import Outcome, OutcomeStore, Reading, receipts_of
from thindicators.plan import Indicator, Plan, Source
from thindicators.recovery import last_published
from thindicators.rules import LOST
from thindicators.snapshots import Fetched, Snapshot, Unreachable, by_role, timestamp
from thindicators.text import harmless
from thindicators.workshop import Workshop

HELD = "Held"
"""How the reason begins of an indicator whose new figures wait for somebody's word."""

_LOG = logging.getLogger(__name__)


def outcomes(workshop: Workshop) -> OutcomeStore:
    """Where a workshop's outcomes are kept."""
    published = workshop.settings.published
    return OutcomeStore(workshop.settings.state / "indicators", lambda indicator: last_published(published, indicator))


def fetch(workshop: Workshop, source: str) -> Fetched:
    """Ask a source's publisher for all it has, and remember what came or why nothing did."""
    fetched = ask(workshop, source)
    workshop.store.record(fetched)
    return fetched


def ask(workshop: Workshop, source: str) -> Fetched:
    """Ask a source's publisher for all it has; the snapshots are kept, and what came of it is still to be recorded."""
    last = workshop.store.last_fetch(source)
    try:
        if workshop.plan.sources[source].kind == "return":
            sort_inbox(workshop)
        client = workshop.client(source)
        snapshots = sources.module_of(source).fetch(client, workshop.plan.indicators_of(source))
        roles = {role: snapshot.receipt for role, snapshot in by_role(snapshots).items()}
        return Fetched(source=source, checked=timestamp(client.now()), roles=roles)
    except Exception as problem:
        return Fetched(
            source=source,
            checked=timestamp(workshop.now()),
            roles=last.roles if last else {},
            failure=in_words(problem),
            unreachable=Unreachable(problem.host, problem.why) if isinstance(problem, UnreachableError) else None,
        )


def is_fetched(plan: Plan, source: Source) -> bool:
    """Whether a source is asked: a module reads it, an indicator needs it, and it is not derived from others."""
    return sources.exists(source.id) and not source.derived_from and bool(plan.indicators_of(source.id))


def read(workshop: Workshop, indicator_id: str) -> Outcome:
    """Read, check and remember one indicator's figures from what its sources last brought.

    Raises:
        ThindicatorsError: If one of its sources has never been fetched.
    """
    kept = outcomes(workshop)
    with kept.alone_with(indicator_id):
        return _read_alone(workshop, workshop.plan.indicators[indicator_id], kept)


def read_or_stand(workshop: Workshop, indicator_id: str) -> Outcome:
    """As `read`; but if one of its sources was never fetched, what the indicator has stands, and says so.

    A run that asks one source reads indicators that need others too, and must publish all the rest.
    """
    indicator, kept = workshop.plan.indicators[indicator_id], outcomes(workshop)
    never = [one for one in fetched_for(workshop.plan, indicator) if workshop.store.last_fetch(one) is None]
    if not never or not is_read(indicator):
        return read(workshop, indicator_id)
    with kept.alone_with(indicator_id):
        return kept.keep_failure(indicator_id, _never_fetched(indicator, never[0]))


def _read_alone(workshop: Workshop, indicator: Indicator, kept: OutcomeStore) -> Outcome:
    if not is_read(indicator):
        return kept.keep_empty(indicator.id, f"No module reads the source {indicator.source} yet.")
    fetched = {source: _last_fetch(workshop, indicator, source) for source in fetched_for(workshop.plan, indicator)}
    if failure := next((one.failure for one in fetched.values() if one.failure), ""):
        return kept.keep_failure(indicator.id, failure)
    reading = Reading({source: one.roles for source, one in fetched.items()})
    try:
        return _judge(workshop, indicator, figures(workshop, indicator, reading), reading)
    except Exception as problem:
        said = in_words(problem)
        names_a_source = isinstance(problem, SourceError) and problem.source in workshop.plan.sources
        return kept.keep_failure(indicator.id, said if names_a_source else f"{said} {_read_from(indicator, reading)}")


def is_read(indicator: Indicator) -> bool:
    """Whether there is a module for every source of an indicator."""
    return all(sources.exists(source) for source in indicator.sources)


def fetched_for(plan: Plan, indicator: Indicator) -> list[str]:
    """The sources that must be fetched before an indicator can be read."""
    return list(dict.fromkeys(one for source in indicator.sources for one in plan.fetched_for(source)))


def _last_fetch(workshop: Workshop, indicator: Indicator, source: str) -> Fetched:
    fetched = workshop.store.last_fetch(source)
    if fetched is None:
        raise ThindicatorsError(_never_fetched(indicator, source))
    return fetched


def _never_fetched(indicator: Indicator, source: str) -> str:
    return f"{indicator.id}: its source {source} was never fetched. Refresh it first."


def parse(workshop: Workshop, indicator: Indicator, reading: Reading) -> list[Observation]:
    """The figures that some snapshots hold, from all of an indicator's sources.

    Raises:
        ThindicatorsError: If a snapshot is gone or changed, or is not what a source's module knows how to read.
    """
    snapshots = {
        source: {role: workshop.store.load(role, receipt) for role, receipt in roles.items()}
        for source, roles in reading.fetched.items()
    }
    observations = []
    for source in indicator.sources:
        given = _given(workshop.plan.sources[source], snapshots)
        observations += sources.module_of(source).parse(indicator.seen_by(source), given)
    return observations


def figures(workshop: Workshop, indicator: Indicator, reading: Reading) -> pa.Table:
    """The table that some snapshots make, with a note on every figure that a warning or an exception is about.

    Raises:
        ThindicatorsError: As `parse`, or if a figure is not one that a table may hold.
    """
    table = table_of(parse(workshop, indicator, reading), workshop.plan.area_names)
    return with_notes(table, indicator, workshop.plan.exceptions_of(indicator))


def _given(source: Source, snapshots: Mapping[str, Mapping[str, Snapshot]]) -> Mapping[str, Snapshot]:
    """What a source's module is given: its own snapshots; a derived source's, those of its sources as `source/role`."""
    if not source.derived_from:
        return snapshots[source.id]
    return {f"{one}/{role}": part for one in source.derived_from for role, part in snapshots[one].items()}


def _judge(workshop: Workshop, indicator: Indicator, table: pa.Table, reading: Reading) -> Outcome:
    kept = outcomes(workshop)
    if not table.num_rows:
        return _nothing(kept, indicator, reading)
    last = kept.load(indicator.id)
    exceptions, today = workshop.plan.exceptions_of(indicator), _today(workshop, reading)
    results = check(table, indicator, workshop.contract, exceptions, today, open_figures(last))
    why = reason_to_hold(last, table)
    results = (*results, lost(why))
    failed = [one for one in results if one.result == "failed" and one.name != LOST]
    if failed:
        reason = "; ".join(f"{one.name}: {one.seen}" for one in failed)
        said = f"The new figures failed a check. {reason}. {_read_from(indicator, reading, table)}"
        return kept.keep_failure(indicator.id, said, results)
    receipts = receipts_of([reading], table)
    remarks = tuple(one for one in results if one.result in ("warning", "excepted"))
    candidate = Outcome(indicator.id, "fresh", "", results, receipts, table, readings=(reading,), remarks=remarks)
    if why:
        return kept.hold(candidate, f"{HELD}: {why}. {_how_to_accept(indicator)}")
    return kept.keep_fresh(with_closed_series(candidate, last))


def _today(workshop: Workshop, reading: Reading) -> date:
    """The day by which reviewed exceptions are in date; for a sample that on which it was composed, as for receipts."""
    if not workshop.is_sample:
        return workshop.now().date()
    composed = max(one.retrieved for roles in reading.fetched.values() for one in roles.values())
    return date.fromisoformat(composed[:10])


def _read_from(indicator: Indicator, reading: Reading, table: pa.Table | None = None) -> str:
    """Where to look, for a failure that names no file itself: the sources, and the files that the figures are from."""
    kept = None if table is None else set(table["snapshot"].to_pylist())
    receipts = [one for roles in reading.fetched.values() for one in roles.values()]
    files = dict.fromkeys(one.url for one in receipts if kept is None or one.sha256 in kept)
    return f"Where: {', '.join(indicator.sources)}, read from {', '.join(files) or 'no file'}."


def _how_to_accept(indicator: Indicator) -> str:
    return (
        "The last good figures stand. See what the publisher says about it; if the new figures are right, run "
        f'`thindicators accept {indicator.id} --reason "…"`, or the job accept_held in the UI, then publish.'
    )


def _nothing(kept: OutcomeStore, indicator: Indicator, reading: Reading) -> Outcome:
    last = kept.load(indicator.id)
    if last is not None and last.state != "empty":
        before = ", ".join(dict.fromkeys(receipt.url for receipt in last.receipts))
        said = f"The source has no figures for this indicator any more; the last were read from {before}."
        return kept.keep_failure(indicator.id, f"{said} {_read_from(indicator, reading)}")
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
    return harmless(f"An error in the source's module, to be reported: {type(problem).__name__}: {problem}")
