"""Judging: whether what came of a part of an indicator may be published, and remembering what follows.

What belongs here: the order in which new figures are checked, compared with those that stand, and kept or held. The
rules belong in `thindicators.checking`; when figures are held, in `thindicators.outcomes.holds`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pyarrow as pa

from thindicators import plain_numbers
from thindicators.checking.checks import lost
from thindicators.context import RunContext
from thindicators.errors import FailureFacts, FailureKind
from thindicators.fetching.snapshots import Receipt
from thindicators.observations.observation import ORDER, without_areas
from thindicators.outcomes.entries import Terms
from thindicators.outcomes.holds import open_figures, reason_to_hold, reason_to_hold_for_peers
from thindicators.outcomes.ledger import ledger_name
from thindicators.outcomes.outcome import CheckResult, Outcome, Reading, receipts_of
from thindicators.outcomes.readings import OutOfWindow, out_of_window
from thindicators.outcomes.store import OutcomeStore
from thindicators.outcomes.told import short, sum_of_told
from thindicators.parsing.parsing import doubts
from thindicators.plan.model import Indicator
from thindicators.plan.rules import LOST, Finding
from thindicators.refreshing.asked import terms_of
from thindicators.refreshing.judged_before import JUDGED, Question, ask_once
from thindicators.telling.calendar import london_day


@dataclass(frozen=True)
class Came:
    """What came of reading one part of an indicator.

    Attributes:
        failure: Why it could not be read; empty if it could.
        table: The figures that were read; None if it could not be.
        reading: What they were read from.
        facts: What the public may know of the failure.
        remarks: What a person should know of figures that were left out.
    """

    failure: str
    table: pa.Table | None = None
    reading: Reading = field(default_factory=lambda: Reading({}))
    facts: FailureFacts | None = None
    remarks: Sequence[Finding] = ()


@dataclass(frozen=True)
class Part:
    """One part of an indicator, and what came of all of them.

    Attributes:
        source: Its source; empty for an indicator that has one source only.
        came: What came of each part, by source.
    """

    source: str
    came: Mapping[str, Came]

    @property
    def reading(self) -> Reading:
        """What its own figures were read from."""
        return self.came[self.source].reading


def judge(
    run_context: RunContext,
    store: OutcomeStore,
    indicator: Indicator,
    part: Part,
    new: pa.Table,
) -> Outcome:
    """Check new figures, compare them with those that stand, and keep what follows.

    Args:
        run_context: Whose plan and contract apply.
        store: Where outcomes are kept.
        indicator: Whose figures they are.
        part: Of which they are all.
        new: The figures.

    Raises:
        ThindicatorsError: If what stands cannot be read, or what follows cannot be kept.
    """
    if not new.num_rows:
        return _keep_nothing(store, indicator, part)
    weighed = _weigh(
        run_context,
        store,
        indicator,
        part,
        new,
    )
    if reason := _why_failed(
        indicator,
        part.reading,
        new,
        weighed.results,
    ):
        return store.keep_failure(
            indicator.id,
            reason,
            weighed.results,
            part.source,
            FailureFacts(FailureKind.FAILED_CHECKS),
        )
    candidate = _candidate(indicator, part, weighed)
    if weighed.why_held:
        return _hold(
            store,
            indicator,
            candidate,
            weighed,
        )
    return store.keep_fresh(candidate, weighed.terms)


@dataclass(frozen=True)
class _Weighed:
    """New figures, with all that decides whether they may be published.

    Attributes:
        table: The figures, with those of years that the publisher's newer files no longer hold.
        left: What stays of those years.
        results: What the checks saw.
        why_held: Why the figures must wait for somebody's word; empty if they need not.
        terms: What the plan says of them.
    """

    table: pa.Table
    left: OutOfWindow
    results: tuple[CheckResult, ...]
    why_held: str
    terms: Terms


def _weigh(
    run_context: RunContext,
    store: OutcomeStore,
    indicator: Indicator,
    part: Part,
    new: pa.Table,
) -> _Weighed:
    last = store.load_part(indicator.id, part.source)
    terms = terms_of(run_context.plan, indicator, part.source)
    left = out_of_window(last, new, terms.window_years)
    table = _together(new, left.table)
    why_held = _why_held(
        indicator,
        part,
        last,
        table,
    )
    results = _checked(
        run_context,
        store,
        indicator,
        part,
        new,
        left.table,
        last,
    )
    return _Weighed(
        table,
        left,
        (*results, lost(why_held)),
        why_held,
        terms,
    )


def _why_held(
    indicator: Indicator,
    part: Part,
    last: Outcome | None,
    table: pa.Table,
) -> str:
    # A figure of a council that is only shown beside the Plan's own holds nothing up, whatever it says.
    of_expected = reason_to_hold(
        _without_peers(last, indicator),
        without_areas(table, indicator.peers),
        indicator.restated_within,
        part.reading,
    )
    unreadable = {remark.area for remark in part.came[part.source].remarks}
    readable = set(indicator.peers) - unreadable
    of_peers = reason_to_hold_for_peers(last, table, readable)
    return "; ".join(filter(None, (of_expected, of_peers)))


def _without_peers(last: Outcome | None, indicator: Indicator) -> Outcome | None:
    if last is None:
        return None
    return replace(last, table=without_areas(last.table, indicator.peers))


def _hold(
    store: OutcomeStore,
    indicator: Indicator,
    candidate: Outcome,
    weighed: _Weighed,
) -> Outcome:
    sum_told = sum_of_told(weighed.table, weighed.why_held)
    how_to_accept = _how_to_accept(indicator, candidate.source, sum_told)
    return store.hold(
        candidate,
        f"Held: {weighed.why_held}. {how_to_accept}",
        sum_told,
        weighed.terms,
        indicator.restated_within,
    )


def read_from(
    indicator: Indicator,
    reading: Reading,
    table: pa.Table | None = None,
) -> str:
    """Where to look, for a failure that names no file itself: the sources, and the files that the figures are from."""
    snapshots = set() if table is None else set(table["snapshot"].to_pylist())
    files: dict[str, None] = {}
    for roles in reading.fetched.values():
        receipts = list(roles.values())
        with_figures = [receipt for receipt in receipts if receipt.sha256 in snapshots]
        # A figure that is divided has the snapshot of one part only: of the other all files are named.
        for receipt in with_figures or receipts:
            files[receipt.url] = None
    return f"Where: {', '.join(indicator.sources)}, read from {', '.join(files) or 'no file'}."


def _together(new: pa.Table, left: pa.Table) -> pa.Table:
    order = [(column, "ascending") for column in ORDER]
    return pa.concat_tables([new, left]).sort_by(order)


def _candidate(
    indicator: Indicator,
    part: Part,
    weighed: _Weighed,
) -> Outcome:
    """The new figures as an outcome that may be published."""
    readings = (part.reading, *weighed.left.readings)
    remarks = [result for result in weighed.results if result.result in ("warning", "excepted")]
    return Outcome(
        indicator=indicator.id,
        state="fresh",
        reason="",
        checks=weighed.results,
        receipts=receipts_of(readings, weighed.table),
        table=weighed.table,
        readings=readings,
        remarks=tuple(remarks),
        source=part.source,
    )


def _why_failed(
    indicator: Indicator,
    reading: Reading,
    new: pa.Table,
    results: Sequence[CheckResult],
) -> str:
    """Why new figures may not be published whatever anybody says; empty if they may."""
    failed = [result for result in results if result.result == "failed" and result.name != LOST]
    if not failed:
        return ""
    broken = "; ".join(f"{result.name}: {result.seen}" for result in failed)
    where = read_from(indicator, reading, new)
    return f"The new figures failed a check. {broken}. {where}"


def _checked(
    run_context: RunContext,
    store: OutcomeStore,
    indicator: Indicator,
    part: Part,
    new: pa.Table,
    left: pa.Table,
    last: Outcome | None,
) -> tuple[CheckResult, ...]:
    """Check new figures, beside those of the window's earlier years and of the indicator's other sources."""
    others, all_read = _beside(store, indicator, part)
    beside = without_areas(pa.concat_tables([left, *others]), indicator.peers)
    question = Question(
        table=without_areas(new, indicator.peers),
        indicator=indicator,
        contract=run_context.contract,
        exceptions=run_context.plan.exceptions_of(indicator),
        today=_today(run_context, part.reading),
        published=open_figures(last),
        remarks=[*part.came[part.source].remarks, *doubts(run_context, indicator, part.reading)],
        beside=beside,
        others_are_read=all_read,
    )
    name = f"{ledger_name(indicator.id, part.source)}.json"
    return ask_once(question, run_context.settings.state / JUDGED / name)


def _beside(
    store: OutcomeStore,
    indicator: Indicator,
    part: Part,
) -> tuple[list[pa.Table], bool]:
    """The figures of the indicator's other sources, and whether none of those failed without any."""
    tables = []
    all_read = True
    for source, came in part.came.items():
        if source == part.source:
            continue
        if came.table is not None:
            tables.append(came.table)
            continue
        standing = store.load_part(indicator.id, source)
        if standing is not None:
            tables.append(standing.table)
        has_figures = standing is not None and standing.table.num_rows > 0
        all_read = all_read and has_figures
    return tables, all_read


def _today(run_context: RunContext, reading: Reading) -> date:
    """The day by which reviewed exceptions are in date; for a sample that on which it was composed, as for receipts."""
    if not run_context.is_sample:
        return london_day(run_context.now())
    composed = max(receipt.retrieved for receipt in _receipts(reading))
    return plain_numbers.day(composed[:10])


def _receipts(reading: Reading) -> list[Receipt]:
    receipts: list[Receipt] = []
    for roles in reading.fetched.values():
        receipts += roles.values()
    return receipts


def _how_to_accept(
    indicator: Indicator,
    source: str,
    sum_told: str,
) -> str:
    named = f" --source {source}" if source else ""
    return (
        "The last good figures stand. See what the publisher says about it; if the new figures are right, run "
        f'`thindicators accept {indicator.id}{named} --sum {short(sum_told)} --reason "…"`, or the job accept_held in the '
        "UI, then publish."
    )


def _keep_nothing(
    store: OutcomeStore,
    indicator: Indicator,
    part: Part,
) -> Outcome:
    """Keep that a source has no figures: a failure if it had some before."""
    last = store.load_part(indicator.id, part.source)
    if last is None or last.state == "empty":
        why = indicator.no_figures_because or "The source has no figure for this indicator."
        return store.keep_empty(indicator.id, why, part.source)
    before = ", ".join(dict.fromkeys(receipt.url for receipt in last.receipts))
    gone = (
        f"The source has no figures for this indicator any more; the last were read from {before}."
    )
    reason = f"{gone} {read_from(indicator, part.reading)}"
    return store.keep_failure(
        indicator.id,
        reason,
        source=part.source,
        facts=FailureFacts(FailureKind.WITHDRAWN, part.source or indicator.source),
    )
