"""A refresh without Dagster: fetch a source, read an indicator, and remember what came of it.

What belongs here: the order of the steps and what a failure of each means. One source that fails never stops another:
its indicators keep their last good figures, marked stale. How snapshots are read belongs in `parsing`, whether what
was read may be published in `judging`, and what becomes of it when the plan asks for something else in `asked`.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace

from thindicators.context import RunContext
from thindicators.errors import (
    FailureFacts,
    FailureKind,
    SourceError,
    ThindicatorsError,
    UnreachableError,
    facts_of,
)
from thindicators.fetching.snapshots import Fetched, Unreachable, by_role, timestamp
from thindicators.observations.observation import empty_table
from thindicators.outcomes.ledger import LedgerError
from thindicators.outcomes.outcome import Outcome, Reading
from thindicators.outcomes.parts import parts_of
from thindicators.outcomes.store import OutcomeStore
from thindicators.parsing.modules import PreparingModule, module_of
from thindicators.parsing.parsing import fetched_for, figures_and_doubts, is_read
from thindicators.plan.model import Indicator, Plan, Source
from thindicators.refreshing import retiring
from thindicators.refreshing.asked import read_anew
from thindicators.refreshing.judging import Came, Part, judge, read_from
from thindicators.refreshing.rewording import in_todays_words
from thindicators.release.publishing import latest
from thindicators.release.recovery import outcome_store
from thindicators.safe_text import harmless

_NEVER = "This indicator has not been refreshed yet."
_LOG = logging.getLogger(__name__)


def outcomes(run_context: RunContext) -> OutcomeStore:
    """Where the outcomes of an installation are kept."""
    published = run_context.settings.published
    return outcome_store(run_context, lambda: latest(published))


def fetch(run_context: RunContext, source: str) -> Fetched:
    """Ask a source's publisher for all it has, and remember what came or why nothing did."""
    fetched = ask(run_context, source)
    run_context.store.record(fetched)
    return fetched


def ask(run_context: RunContext, source: str) -> Fetched:
    """Ask a source's publisher for all it has; the snapshots are kept, and what came of it is still to be recorded."""
    last = run_context.store.last_fetch(source)
    try:
        return _asked(run_context, source)
    except Exception as problem:
        unreachable = None
        if isinstance(problem, UnreachableError):
            unreachable = Unreachable(problem.host, problem.why)
        return Fetched(
            source=source,
            checked=timestamp(run_context.now()),
            roles=last.roles if last else {},
            failure=in_words(problem),
            unreachable=unreachable,
            facts=replace(facts_of(problem), source=source),
        )


def _asked(run_context: RunContext, source: str) -> Fetched:
    module = module_of(run_context.plan.sources[source])
    if isinstance(module, PreparingModule):
        module.prepare(run_context)
    client = run_context.client(source)
    snapshots = module.fetch(client, run_context.plan.indicators_of(source))
    roles = {role: snapshot.receipt for role, snapshot in by_role(snapshots).items()}
    return Fetched(
        source=source,
        checked=timestamp(client.now()),
        roles=roles,
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
    if is_read(run_context.plan, indicator) and indicator.is_asked_for:
        for source in fetched_for(run_context.plan, indicator):
            if run_context.store.last_fetch(source) is None:
                raise ThindicatorsError(_never_fetched(indicator, source))
    return read_or_stand(run_context, indicator_id)


def read_or_stand(run_context: RunContext, indicator_id: str) -> Outcome:
    """As `read`; but what a source gave last stands, and says so, if the source was never fetched here.

    A run that asks one source reads indicators that need others too, and must publish all the rest.
    """
    store = outcomes(run_context)
    with store.locked(indicator_id):
        return _read_locked(
            run_context,
            run_context.plan.indicators[indicator_id],
            store,
        )


def _read_locked(
    run_context: RunContext,
    indicator: Indicator,
    store: OutcomeStore,
) -> Outcome:
    if indicator.not_covered:
        return _not_covered(indicator)
    if indicator.retired_because:
        return retiring.last_figures(run_context.plan, indicator, store)
    if not is_read(run_context.plan, indicator):
        reason = f"No module reads the source {indicator.source} yet."
        return store.keep_empty(indicator.id, reason)
    parts = parts_of(run_context.plan, indicator.id) or [""]
    came = {part: _figures_of(run_context, indicator, part) for part in parts}
    for source in parts:
        # Nothing can be added to a past that cannot be read: what was published last stands.
        with suppress(LedgerError):
            read_anew(
                run_context,
                store,
                indicator,
                source,
            )
            _remember(
                run_context,
                store,
                indicator,
                Part(source, came),
            )
    return store.load(indicator.id) or store.keep_empty(indicator.id, _NEVER)


def _figures_of(
    run_context: RunContext,
    indicator: Indicator,
    part: str,
) -> Came:
    """Read the part of one source, or all of an indicator if `part` is empty."""
    plan = run_context.plan
    sources = plan.fetched_for(part) if part else fetched_for(plan, indicator)
    fetched = {source: _last_fetch(run_context, indicator, source) for source in sources}
    for last in fetched.values():
        if last.failure:
            return Came(last.failure, facts=last.failure_facts)
    reading = Reading({source: last.roles for source, last in fetched.items()})
    try:
        table, remarks = figures_and_doubts(run_context, indicator, reading)
        return Came(
            "",
            table,
            reading,
            remarks=remarks,
        )
    except Exception as problem:
        words = _in_words_with_place(
            run_context,
            indicator,
            problem,
            reading,
        )
        return Came(words, facts=facts_of(problem))


def _remember(
    run_context: RunContext,
    store: OutcomeStore,
    indicator: Indicator,
    part: Part,
) -> Outcome:
    """Judge what came of a part, and keep what follows."""
    came = part.came[part.source]
    if came.table is None:
        return store.keep_failure(
            indicator.id,
            came.failure,
            source=part.source,
            facts=came.facts,
        )
    try:
        return judge(
            run_context,
            store,
            indicator,
            part,
            came.table,
        )
    except LedgerError:
        raise
    except Exception as problem:
        reason = _in_words_with_place(
            run_context,
            indicator,
            problem,
            came.reading,
        )
        return store.keep_failure(
            indicator.id,
            reason,
            source=part.source,
            facts=facts_of(problem),
        )


def _in_words_with_place(
    run_context: RunContext,
    indicator: Indicator,
    problem: Exception,
    reading: Reading,
) -> str:
    words = in_words(problem)
    names_a_source = isinstance(problem, SourceError) and problem.source in run_context.plan.sources
    return words if names_a_source else f"{words} {read_from(indicator, reading)}"


def _last_fetch(
    run_context: RunContext,
    indicator: Indicator,
    source: str,
) -> Fetched:
    """A source's last fetch; one that failed if there was none, or if what is kept of it cannot be read."""
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


def all_outcomes(run_context: RunContext) -> list[Outcome]:
    """One outcome for each indicator of the plan, in today's words; empty for those that were never refreshed."""
    return [in_todays_words(run_context, outcome) for outcome in kept_outcomes(run_context)]


def kept_outcomes(run_context: RunContext) -> list[Outcome]:
    """One outcome for each indicator of the plan, in the words of when it was read."""
    store = outcomes(run_context)
    kept = []
    for indicator in run_context.plan.indicators.values():
        if indicator.not_covered:
            kept.append(_not_covered(indicator))
        else:
            kept.append(store.load(indicator.id) or _never_read(indicator))
    return kept


def _not_covered(indicator: Indicator) -> Outcome:
    # It follows from the plan alone, so that nothing of it is kept.
    return Outcome(
        indicator.id,
        "not_covered",
        f"Not covered here. {indicator.not_covered}",
        (),
        (),
        empty_table(),
    )


def _never_read(indicator: Indicator) -> Outcome:
    return Outcome(
        indicator.id,
        "empty",
        _NEVER,
        (),
        (),
        empty_table(),
    )


def failures(run_context: RunContext) -> dict[str, str]:
    """What failed in the last refresh: the reason, by source, or by indicator where the source itself came."""
    plan = run_context.plan
    by_name: dict[str, str] = {}
    for source in plan.sources:
        fetched = run_context.store.last_fetch(source)
        if fetched is not None and fetched.failure:
            by_name[source] = fetched.failure
    failed_sources = set(by_name)
    store = outcomes(run_context)
    for indicator in plan.indicators.values():
        outcome = store.load(indicator.id)
        if outcome is not None:
            reason = _own_failure(
                plan,
                indicator,
                outcome,
                failed_sources,
            )
            if reason:
                by_name[indicator.id] = reason
    return by_name


def _own_failure(
    plan: Plan,
    indicator: Indicator,
    outcome: Outcome,
    failed_sources: Collection[str],
) -> str:
    """Why an indicator's figures were not read although the source came; empty if there is no such reason."""
    if not outcome.standings:
        came = not _any_in(fetched_for(plan, indicator), failed_sources)
        return outcome.reason if outcome.failed and came else ""
    reasons = []
    for standing in outcome.standings:
        came = not _any_in(plan.fetched_for(standing.source), failed_sources)
        if standing.failed and came:
            reasons.append(f"{standing.title}: {standing.reason}")
    return " ".join(reasons)


def _any_in(sources: Sequence[str], failed: Collection[str]) -> bool:
    return any(source in failed for source in sources)


def in_words(problem: Exception) -> str:
    """A failure in words. One that is not ours is a defect of this project, and must not stop the other sources."""
    if isinstance(problem, ThindicatorsError):
        return str(problem)
    _LOG.error("An error that this project does not foresee", exc_info=problem)
    return harmless(
        f"An error in the source's module, to be reported: {type(problem).__name__}: {problem}"
    )
