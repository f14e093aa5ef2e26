"""A refresh without Dagster: fetch a source, read an indicator, and remember what came of it.

What belongs here: the order of the steps and what a failure of each means. One source that fails never stops another:
its indicators keep their last good figures, marked stale.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import pyarrow as pa

from thindicators import plain_numbers
from thindicators.checking.checks import check, lost, with_notes
from thindicators.context import RunContext
from thindicators.errors import (
    FailureFacts,
    FailureKind,
    SourceError,
    ThindicatorsError,
    UnreachableError,
    facts_of,
)
from thindicators.fetching.snapshots import Fetched, Snapshot, Unreachable, by_role, timestamp
from thindicators.observations.observation import ORDER, Observation, empty_table, table_of
from thindicators.outcomes.holds import open_figures, reason_to_hold, with_closed_series
from thindicators.outcomes.outcome import CheckResult, Outcome, Reading, receipts_of
from thindicators.outcomes.parts import parts_of
from thindicators.outcomes.readings import out_of_window, standing_of
from thindicators.outcomes.store import OutcomeStore
from thindicators.plan.model import Indicator, Plan, Source
from thindicators.plan.rules import LOST, Finding
from thindicators.refreshing import retiring
from thindicators.refreshing.modules import PreparingModule, makes_remarks, module_of, remarks_of
from thindicators.release.recovery import last_published
from thindicators.safe_text import harmless
from thindicators.telling.calendar import london_day

_LOG = logging.getLogger(__name__)

WORDS = ["area_name", "note"]
"""The columns of figures that say in the plan's words what the others say in numbers and codes."""


def outcomes(run_context: RunContext) -> OutcomeStore:
    """Where the outcomes of an installation are kept."""
    published, folder = run_context.settings.published, run_context.settings.state / "indicators"
    return OutcomeStore(
        folder, run_context.plan, lambda indicator: last_published(published, indicator)
    )


def fetch(run_context: RunContext, source: str) -> Fetched:
    """Ask a source's publisher for all it has, and remember what came or why nothing did."""
    fetched = ask(run_context, source)
    run_context.store.record(fetched)
    return fetched


def ask(run_context: RunContext, source: str) -> Fetched:
    """Ask a source's publisher for all it has; the snapshots are kept, and what came of it is still to be recorded."""
    last = run_context.store.last_fetch(source)
    try:
        module = module_of(run_context.plan.sources[source])
        if isinstance(module, PreparingModule):
            module.prepare(run_context)
        client = run_context.client(source)
        snapshots = module.fetch(client, run_context.plan.indicators_of(source))
        roles = {role: snapshot.receipt for role, snapshot in by_role(snapshots).items()}
        return Fetched(source=source, checked=timestamp(client.now()), roles=roles)
    except Exception as problem:
        return Fetched(
            source=source,
            checked=timestamp(run_context.now()),
            roles=last.roles if last else {},
            failure=in_words(problem),
            unreachable=Unreachable(problem.host, problem.why)
            if isinstance(problem, UnreachableError)
            else None,
            facts=replace(facts_of(problem), source=source),
        )


def is_fetched(plan: Plan, source: Source) -> bool:
    """Whether a source is asked: a module reads it, an indicator needs it, and it is not derived from others."""
    return bool(source.module) and not source.derived_from and bool(plan.indicators_of(source.id))


def read(run_context: RunContext, indicator_id: str) -> Outcome:
    """Read, check and remember one indicator's figures from what its sources last brought.

    Raises:
        ThindicatorsError: If one of its sources has never been fetched.
    """
    indicator = run_context.plan.indicators[indicator_id]
    if is_read(run_context.plan, indicator) and not indicator.retired_because:
        for source in fetched_for(run_context.plan, indicator):
            if run_context.store.last_fetch(source) is None:
                raise ThindicatorsError(_never_fetched(indicator, source))
    return read_or_stand(run_context, indicator_id)


def read_or_stand(run_context: RunContext, indicator_id: str) -> Outcome:
    """As `read`; but what a source gave last stands, and says so, if the source was never fetched here.

    A run that asks one source reads indicators that need others too, and must publish all the rest.
    """
    kept = outcomes(run_context)
    with kept.locked(indicator_id):
        return _read_locked(run_context, run_context.plan.indicators[indicator_id], kept)


def _read_locked(run_context: RunContext, indicator: Indicator, kept: OutcomeStore) -> Outcome:
    if indicator.retired_because:
        return retiring.last_figures(run_context.plan, indicator, kept)
    if not is_read(run_context.plan, indicator):
        return kept.keep_empty(indicator.id, f"No module reads the source {indicator.source} yet.")
    parts = parts_of(run_context.plan, indicator.id) or [""]
    came = {part: _figures_of(run_context, indicator, part) for part in parts}
    for part in parts:
        _remember(run_context, indicator, kept, Part(part, came))
    return kept.load(indicator.id) or kept.keep_empty(indicator.id, "")


@dataclass(frozen=True)
class Came:
    """What came of reading one part of an indicator.

    Attributes:
        failure: Why it could not be read; empty if it could.
        table: The figures that were read; None if it could not be.
        reading: What they were read from.
        facts: What the public may know of the failure.
    """

    failure: str
    table: pa.Table | None = None
    reading: Reading = field(default_factory=lambda: Reading({}))
    facts: FailureFacts | None = None


@dataclass(frozen=True)
class Part:
    """One part of an indicator, and what came of all of them.

    Attributes:
        source: Its source; empty for an indicator that has one source only.
        came: What came of each part, by source.
    """

    source: str
    came: Mapping[str, Came]


def _figures_of(run_context: RunContext, indicator: Indicator, part: str) -> Came:
    """Read the part of one source, or all of an indicator if `part` is empty."""
    asked = run_context.plan.fetched_for(part) if part else fetched_for(run_context.plan, indicator)
    fetched = {source: _last_fetch(run_context, indicator, source) for source in asked}
    if failed := next((fetch for fetch in fetched.values() if fetch.failure), None):
        return Came(failed.failure, facts=failed.failure_facts)
    reading = Reading({source: fetch.roles for source, fetch in fetched.items()})
    try:
        return Came("", figures(run_context, indicator, reading), reading)
    except Exception as problem:
        words = _in_words_with_place(run_context, indicator, problem, reading)
        return Came(words, facts=facts_of(problem))


def _remember(
    run_context: RunContext, indicator: Indicator, kept: OutcomeStore, part: Part
) -> Outcome:
    """Judge what came of a part, and keep what follows."""
    came = part.came[part.source]
    if came.table is None:
        return kept.keep_failure(indicator.id, came.failure, source=part.source, facts=came.facts)
    try:
        return _judge(run_context, indicator, part, came.table)
    except Exception as problem:
        reason = _in_words_with_place(run_context, indicator, problem, came.reading)
        return kept.keep_failure(indicator.id, reason, source=part.source, facts=facts_of(problem))


def _in_words_with_place(
    run_context: RunContext, indicator: Indicator, problem: Exception, reading: Reading
) -> str:
    told = in_words(problem)
    names_a_source = isinstance(problem, SourceError) and problem.source in run_context.plan.sources
    return told if names_a_source else f"{told} {_read_from(indicator, reading)}"


def is_read(plan: Plan, indicator: Indicator) -> bool:
    """Whether there is a module for every source of an indicator."""
    return all(plan.sources[source].module for source in indicator.sources)


def fetched_for(plan: Plan, indicator: Indicator) -> list[str]:
    """The sources that must be fetched before an indicator can be read."""
    return list(
        dict.fromkeys(one for source in indicator.sources for one in plan.fetched_for(source))
    )


def _last_fetch(run_context: RunContext, indicator: Indicator, source: str) -> Fetched:
    """A source's last fetch; one that failed if there was none."""
    fetched = run_context.store.last_fetch(source)
    if fetched is not None:
        return fetched
    return Fetched(
        source=source,
        checked="",
        roles={},
        failure=_never_fetched(indicator, source),
        facts=FailureFacts(FailureKind.NOT_ASKED, source),
    )


def _never_fetched(indicator: Indicator, source: str) -> str:
    return f"{indicator.id}: its source {source} was never fetched. Refresh it first."


def parse(run_context: RunContext, indicator: Indicator, reading: Reading) -> list[Observation]:
    """The figures that some snapshots hold, from all of an indicator's sources.

    Raises:
        ThindicatorsError: If a snapshot is gone or changed, or is not what a source's module knows how to read.
    """
    snapshots = _load(run_context, reading)
    observations = []
    for source in _read_by(run_context.plan, indicator, reading):
        given = _given(run_context.plan.sources[source], snapshots)
        module = module_of(run_context.plan.sources[source])
        observations += module.parse(indicator.seen_by(source), given)
    return observations


def _read_by(plan: Plan, indicator: Indicator, reading: Reading) -> list[str]:
    """The indicator's sources whose answers are in a reading: those of one part, or all."""
    return [
        source
        for source in indicator.sources
        if set(plan.fetched_for(source)) <= set(reading.fetched)
    ]


def doubts(run_context: RunContext, indicator: Indicator, reading: Reading) -> list[Finding]:
    """What the modules of an indicator's sources remark on in some snapshots.

    Raises:
        ThindicatorsError: As `parse`.
    """
    read_by = _read_by(run_context.plan, indicator, reading)
    plan = run_context.plan
    remarking = [source for source in read_by if makes_remarks(plan.sources[source])]
    snapshots = _load(run_context, reading) if remarking else {}
    remarks: list[Finding] = []
    for source in remarking:
        given = _given(plan.sources[source], snapshots)
        remarks += remarks_of(plan.sources[source], indicator.seen_by(source), given)
    return remarks


def figures(run_context: RunContext, indicator: Indicator, reading: Reading) -> pa.Table:
    """The table that some snapshots make, with a note on every figure that a warning or an exception is about.

    Raises:
        ThindicatorsError: As `parse`, or if a figure is not one that a table may hold.
    """
    table = table_of(parse(run_context, indicator, reading), run_context.plan.area_names)
    return with_notes(table, indicator, run_context.plan.exceptions_of(indicator))


def _load(run_context: RunContext, reading: Reading) -> dict[str, dict[str, Snapshot]]:
    return {
        source: {role: run_context.store.load(role, receipt) for role, receipt in roles.items()}
        for source, roles in reading.fetched.items()
    }


def _given(
    source: Source, snapshots: Mapping[str, Mapping[str, Snapshot]]
) -> Mapping[str, Snapshot]:
    """What a source's module is given: its own snapshots; a derived source's, those of its sources as `source/role`."""
    if not source.derived_from:
        return snapshots[source.id]
    return {
        f"{one}/{role}": part
        for one in source.derived_from
        for role, part in snapshots[one].items()
    }


def _judge(run_context: RunContext, indicator: Indicator, part: Part, new: pa.Table) -> Outcome:
    kept = outcomes(run_context)
    reading = part.came[part.source].reading
    if not new.num_rows:
        return _nothing(kept, indicator, part, reading)
    last = kept.load_part(indicator.id, part.source)
    left = out_of_window(last, new, _window_years(run_context.plan, indicator, part))
    table = pa.concat_tables([new, left.table]).sort_by([(column, "ascending") for column in ORDER])
    why = reason_to_hold(last, table, indicator.restated_within)
    results = (*_checked(run_context, indicator, part, new, left.table, last), lost(why))
    failed = [result for result in results if result.result == "failed" and result.name != LOST]
    if failed:
        broken = "; ".join(f"{result.name}: {result.seen}" for result in failed)
        reason = f"The new figures failed a check. {broken}. {_read_from(indicator, reading, new)}"
        facts = FailureFacts(FailureKind.FAILED_CHECKS)
        return kept.keep_failure(indicator.id, reason, results, part.source, facts)
    readings = (reading, *left.readings)
    candidate = Outcome(
        indicator=indicator.id,
        state="fresh",
        reason="",
        checks=results,
        receipts=receipts_of(readings, table),
        table=table,
        readings=readings,
        remarks=tuple(result for result in results if result.result in ("warning", "excepted")),
        source=part.source,
    )
    if why:
        return kept.hold(candidate, f"Held: {why}. {_how_to_accept(indicator, part.source)}")
    return kept.keep_fresh(with_closed_series(candidate, last))


def _checked(
    run_context: RunContext,
    indicator: Indicator,
    part: Part,
    new: pa.Table,
    left: pa.Table,
    last: Outcome | None,
) -> tuple[CheckResult, ...]:
    """Check new figures, beside those of the window's earlier years and of the indicator's other sources."""
    reading = part.came[part.source].reading
    others, all_read = _beside(outcomes(run_context), indicator, part)
    return check(
        new,
        indicator,
        run_context.contract,
        run_context.plan.exceptions_of(indicator),
        _today(run_context, reading),
        open_figures(last),
        doubts(run_context, indicator, reading),
        beside=pa.concat_tables([left, *others]),
        others_are_read=all_read,
    )


def _beside(kept: OutcomeStore, indicator: Indicator, part: Part) -> tuple[list[pa.Table], bool]:
    """The figures of the indicator's other sources, and whether none of those failed without any."""
    tables = []
    all_read = True
    for source, came in part.came.items():
        if source == part.source:
            continue
        standing = kept.load_part(indicator.id, source) if came.table is None else None
        table = standing.table if standing is not None else came.table
        if table is not None:
            tables.append(table)
        all_read = all_read and (
            came.table is not None or (table is not None and table.num_rows > 0)
        )
    return tables, all_read


def _window_years(plan: Plan, indicator: Indicator, part: Part) -> int | None:
    return plan.sources[part.source or indicator.source].window_years


def _today(run_context: RunContext, reading: Reading) -> date:
    """The day by which reviewed exceptions are in date; for a sample that on which it was composed, as for receipts."""
    if not run_context.is_sample:
        return london_day(run_context.now())
    composed = max(one.retrieved for roles in reading.fetched.values() for one in roles.values())
    return plain_numbers.day(composed[:10])


def _read_from(indicator: Indicator, reading: Reading, table: pa.Table | None = None) -> str:
    """Where to look, for a failure that names no file itself: the sources, and the files that the figures are from."""
    kept = None if table is None else set(table["snapshot"].to_pylist())
    receipts = [one for roles in reading.fetched.values() for one in roles.values()]
    files = dict.fromkeys(one.url for one in receipts if kept is None or one.sha256 in kept)
    return f"Where: {', '.join(indicator.sources)}, read from {', '.join(files) or 'no file'}."


def _how_to_accept(indicator: Indicator, source: str) -> str:
    named = f" --source {source}" if source else ""
    return (
        "The last good figures stand. See what the publisher says about it; if the new figures are right, run "
        f'`thindicators accept {indicator.id}{named} --reason "…"`, or the job accept_held in the UI, then publish.'
    )


def _nothing(kept: OutcomeStore, indicator: Indicator, part: Part, reading: Reading) -> Outcome:
    last = kept.load_part(indicator.id, part.source)
    if last is not None and last.state != "empty":
        before = ", ".join(dict.fromkeys(receipt.url for receipt in last.receipts))
        gone = f"The source has no figures for this indicator any more; the last were read from {before}."
        reason = f"{gone} {_read_from(indicator, reading)}"
        facts = FailureFacts(FailureKind.WITHDRAWN, part.source or indicator.source)
        return kept.keep_failure(indicator.id, reason, source=part.source, facts=facts)
    why = indicator.no_figures_because or "The source has no figure for this indicator."
    return kept.keep_empty(indicator.id, why, part.source)


def all_outcomes(run_context: RunContext) -> list[Outcome]:
    """One outcome for each indicator of the plan, in today's words; empty for those that were never refreshed.

    Figures may stand that were read by an earlier wording of the plan: while a source is down, or because only another
    was refreshed. They are read again from their snapshots, so that a release is what its plan and its snapshots make.
    """
    return [_in_todays_words(run_context, outcome) for outcome in kept_outcomes(run_context)]


def kept_outcomes(run_context: RunContext) -> list[Outcome]:
    """One outcome for each indicator of the plan, in the words of when it was read."""
    kept = outcomes(run_context)
    never = "This indicator has not been refreshed yet."
    return [
        kept.load(indicator) or Outcome(indicator, "empty", never, (), (), empty_table())
        for indicator in run_context.plan.indicators
    ]


def _in_todays_words(run_context: RunContext, outcome: Outcome) -> Outcome:
    if not outcome.readings:
        return outcome
    try:
        again = made_again(run_context, outcome)
    except Exception as problem:  # whatever it is, what was checked and stands is not lost for it
        _LOG.warning("%s keeps the words it was read with: %s", outcome.indicator, problem)
        return outcome
    # Words may change with the plan. A figure that comes out otherwise is no matter of words: it
    # was never checked, and what was checked stands.
    is_same = again.table.drop_columns(WORDS).equals(outcome.table.drop_columns(WORDS))
    return again if is_same else outcome


def made_again(run_context: RunContext, outcome: Outcome) -> Outcome:
    """An outcome with the figures that its snapshots hold, as they are read now.

    Raises:
        ThindicatorsError: If a snapshot is gone or changed, or cannot be read any more.
    """
    indicator = run_context.plan.indicators[outcome.indicator]
    table = empty_table()
    for reading in outcome.readings:
        standing = standing_of(reading, figures(run_context, indicator, reading), newer=table)
        table = pa.concat_tables([table, standing])
    table = table.sort_by([(column, "ascending") for column in ORDER])
    return replace(outcome, table=table, receipts=receipts_of(outcome.readings, table))


def failures(run_context: RunContext) -> dict[str, str]:
    """What failed in the last refresh: the reason, by source, or by indicator where the source itself came."""
    found: dict[str, str] = {}
    for source in run_context.plan.sources:
        fetched = run_context.store.last_fetch(source)
        if fetched is not None and fetched.failure:
            found[source] = fetched.failure
    for indicator in run_context.plan.indicators.values():
        outcome = outcomes(run_context).load(indicator.id)
        if outcome is not None and (
            reason := _own_failure(run_context.plan, indicator, outcome, set(found))
        ):
            found[indicator.id] = reason
    return found


def _own_failure(
    plan: Plan, indicator: Indicator, outcome: Outcome, failed_sources: set[str]
) -> str:
    """Why an indicator's figures were not read although the source came; empty if there is no such reason."""
    if not outcome.standings:
        asked = fetched_for(plan, indicator)
        return outcome.reason if outcome.failed and not failed_sources & set(asked) else ""
    return " ".join(
        f"{standing.title}: {standing.reason}"
        for standing in outcome.standings
        if standing.failed and not failed_sources & set(plan.fetched_for(standing.source))
    )


def in_words(problem: Exception) -> str:
    """A failure in words. One that is not ours is a defect of this project, and must not stop the other sources."""
    if isinstance(problem, ThindicatorsError):
        return str(problem)
    _LOG.error("An error that this project does not foresee", exc_info=problem)
    return harmless(
        f"An error in the source's module, to be reported: {type(problem).__name__}: {problem}"
    )
