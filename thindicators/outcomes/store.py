"""The outcome store: the ledgers of an installation, and what stands by them of each indicator.

What belongs here: appending what a run found out, and what stands then. What a ledger has to begin or to go on with
belongs in `beginnings`, what follows from one in `balance`, how the parts of an indicator make one in `parts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pyarrow as pa
from filelock import FileLock, Timeout

from thindicators.errors import FailureFacts, ThindicatorsError
from thindicators.observations.observation import empty_table
from thindicators.outcomes.balance import Balance, after, fold, outcome_of
from thindicators.outcomes.beginnings import (
    NO_RELEASE,
    OWN_SYSTEMS,
    Beginnings,
    LatestRelease,
    stale,
)
from thindicators.outcomes.elsewhere import taken_apart
from thindicators.outcomes.ended import series_that_end
from thindicators.outcomes.entries import (
    UNKNOWN,
    Empty,
    Entry,
    Event,
    Failed,
    Gave,
    Held,
    Imported,
    Published,
    Terms,
    next_entry,
    says_the_same,
)
from thindicators.outcomes.ledger import Ledger, LedgerError, Tables, ledger_in, ledger_name
from thindicators.outcomes.outcome import CheckResult, Outcome, Reading
from thindicators.outcomes.parts import combined, parts_of
from thindicators.outcomes.told import sum_of_told
from thindicators.plan.model import Plan
from thindicators.storage.files import why

_PATIENCE = 300.0
"""Seconds to wait for another run: longer than any one indicator takes."""


@dataclass(frozen=True)
class Account:
    """A ledger with all that it has to take up, and what it comes to.

    Attributes:
        entries: All of them, also those that are not written yet.
        written: How many of them are written.
        balance: What they come to.
        load: Gives the tables that they name.
        tables: Those of the tables that are not kept yet, by their sums.
    """

    entries: tuple[Entry, ...]
    written: int
    balance: Balance
    load: Callable[[str], pa.Table]
    tables: Mapping[str, pa.Table]


@dataclass(frozen=True)
class OutcomeStore:
    """Ledgers in a folder: `<indicator>.jsonl`, and the tables that they name under `tables/`.

    An indicator of several sources has a ledger for the part of each, `<indicator>.<source>.jsonl`, so that each part
    stands or falls alone.

    Attributes:
        folder: Where they are.
        plan: Whose indicators they are; without one, every indicator counts as having one source.
        latest: What the latest release says.
        day: Today, ISO 8601, for the entries.
        former: Where an earlier version kept outcomes; None if there was none.
    """

    folder: Path
    plan: Plan | None = None
    latest: LatestRelease = NO_RELEASE
    day: str = ""
    former: Path | None = None

    @contextmanager
    def locked(self, indicator: str) -> Iterator[None]:
        """Keep other runs from changing an indicator between a look at its last outcome and the next one.

        Raises:
            ThindicatorsError: If another run does not let go of it.
        """
        path = self.folder / ".locks" / f"{ledger_name(indicator, '')}.lock"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(path, timeout=_PATIENCE)
            lock.acquire()
        except Timeout:
            raise ThindicatorsError(
                f"{indicator}: another run has been at work on it for {_PATIENCE:g} seconds. "
                "Try again when it has ended."
            ) from None
        except OSError as problem:
            raise ThindicatorsError(f"{path} could not be locked. {why(problem)}") from problem
        try:
            yield
        finally:
            lock.release()

    def keep_fresh(self, outcome: Outcome, terms: Terms = UNKNOWN) -> Outcome:
        """Let new figures of an indicator, or of its part, take the place of those that stood.

        Args:
            outcome: The figures; of those that were not read last, the ledger knows itself what stands.
            terms: What the plan said when they were read.
        """
        return self.append(
            outcome.indicator,
            outcome.source,
            self._gave(outcome, terms),
        )

    def keep_failure(
        self,
        indicator: str,
        reason: str,
        checks: tuple[CheckResult, ...] = (),
        source: str = "",
        facts: FailureFacts | None = None,
    ) -> Outcome:
        """Let the last good figures stand, marked stale; without any, the indicator, or its part, is empty.

        Args:
            indicator: Its id.
            reason: Why it failed, in words that may name this machine.
            checks: What the checks saw, if it came to that.
            source: The id of the source, for a part.
            facts: What the public may know of it.
        """
        return self.append(indicator, source, Failed(reason, checks, facts))

    def keep_empty(
        self,
        indicator: str,
        reason: str,
        source: str = "",
    ) -> Outcome:
        """Remember that there is no figure to publish, and why."""
        return self.append(indicator, source, Empty(reason))

    def hold(
        self,
        candidate: Outcome,
        reason: str,
        sum_told: str = "",
        terms: Terms = UNKNOWN,
        usual: Mapping[str, float] | None = None,
    ) -> Outcome:
        """Let new figures wait for somebody's word; the last good ones stand, marked stale.

        Args:
            candidate: The figures.
            reason: Why they wait, in words for people.
            sum_told: The sum of what is told of them; empty to take that of the figures and the reason.
            terms: What the plan said when they were read.
            usual: The series that each release restates as a whole, and by how many percent a figure may move.
        """
        before = self.account(candidate.indicator, candidate.source)
        # What would end is decided now, and told; an acceptance must do what was told.
        last = self._outcome(before, candidate.indicator, candidate.source)
        held = Held(
            figures=self._gave(candidate, terms),
            reason=reason,
            sum_told=sum_told or sum_of_told(candidate.table, reason),
            ends=series_that_end(last.open_figures, candidate.table, usual or {}),
        )
        return self.append(candidate.indicator, candidate.source, held)

    def settle(self, indicator: str, source: str = "") -> Outcome:
        """Let the figures that are published stay for good: a failure or a hold of the last refresh ends."""
        balance = self.account(indicator, source).balance
        settled = Imported(
            readings=balance.readings,
            accepted=balance.accepted,
            reason="",
            failed=False,
            remarks=balance.remarks,
        )
        return self.append(indicator, source, settled)

    def held(self, indicator: str, source: str = "") -> Outcome | None:
        """The figures that wait for somebody's word, if any do."""
        account = self.account(indicator, source)
        held = account.balance.held
        if held is None:
            return None
        alone = replace(
            after(Balance(), held.figures, account.load),
            held=held,
        )
        return outcome_of(
            alone,
            account.load,
            indicator,
            source,
            {},
        )

    def sum_held(self, indicator: str, source: str = "") -> str:
        """The sum of what is told of the figures that wait; empty text if none do."""
        held = self.account(indicator, source).balance.held
        return held.sum_told if held is not None else ""

    def waiting(self, indicator: str) -> list[str]:
        """The sources whose figures wait for somebody's word; empty text stands for an indicator's only source."""
        waiting = []
        for source in self.parts(indicator):
            # Of a ledger that cannot be read nothing can be accepted; what stands says so.
            with suppress(LedgerError):
                if self.sum_held(indicator, source):
                    waiting.append(source)
        return waiting

    def parts(self, indicator: str) -> list[str]:
        """The sources of an indicator that has several; else empty text, which stands for the whole."""
        return self._parts(indicator) or [""]

    def published(self, outcome: Outcome, release: str) -> None:
        """Remember that what stands of an indicator was published, where it stands by these ledgers."""
        for name, place in outcome.places.items():
            source = name.removeprefix(outcome.indicator).removeprefix(".")
            with self.locked(outcome.indicator):
                entries = self.account(outcome.indicator, source).entries
                # Another run may have added something since, which is not in this release.
                if entries and entries[-1].place == place:
                    self.append(outcome.indicator, source, Published(release))

    def load(self, indicator: str) -> Outcome | None:
        """What stands of the whole of an indicator, or None before the first refresh.

        If its ledger is damaged or gone, the figures published last stand, marked stale, until the next refresh.
        """
        parts = self._parts(indicator)
        if self.plan is None or not parts:
            return self.load_part(indicator)
        loaded = {source: self.load_part(indicator, source) for source in parts}
        return combined(self.plan, indicator, loaded)

    def load_part(self, indicator: str, source: str = "") -> Outcome | None:
        """What stands of the part that one of several sources gives; of the whole if `source` is empty."""
        try:
            account = self.account(indicator, source)
            return self._outcome(account, indicator, source) if account.entries else None
        except LedgerError as problem:
            return self.set_aside(indicator, str(problem), source)

    def set_aside(
        self,
        indicator: str,
        reason: str,
        source: str = "",
    ) -> Outcome:
        """The figures published last of an indicator whose own cannot be known, marked stale; empty if there are none."""
        last = self._beginnings.published_last(indicator, source)
        if last is None:
            reason = f"{reason} No release has its figures."
            return _nothing(indicator, reason, source)
        return stale(last, reason)

    def account(self, indicator: str, source: str = "") -> Account:
        """A ledger with all that it has to take up, and what it comes to.

        Raises:
            LedgerError: If it is damaged.
        """
        written = self._ledger(indicator, source).read()
        taken_up = self._beginnings.of(indicator, source, written)
        entries = list(written)
        for event in taken_up.events:
            entries.append(next_entry(entries, event, self.day))

        def load(sum_of_table: str) -> pa.Table:
            table = taken_up.tables.get(sum_of_table)
            return self._tables.load(sum_of_table) if table is None else table

        balance = fold((entry.event for entry in entries), load)
        return Account(
            tuple(entries),
            len(written),
            balance,
            load,
            taken_up.tables,
        )

    def append(
        self,
        indicator: str,
        source: str,
        event: Event,
    ) -> Outcome:
        """Write what has become of an indicator, or of its part, unless its ledger says so already.

        Raises:
            LedgerError: If the ledger is damaged.
            ThindicatorsError: If it cannot be written.
        """
        account = self.account(indicator, source)
        entries = list(account.entries)
        # A quiet day adds nothing, so that ledgers stay short and places stand still.
        if not _is_said(entries, event):
            entries.append(next_entry(entries, event, self.day))
        for table in account.tables.values():
            self._tables.keep(table)
        # The tables first: an entry must name none that is not there.
        self._ledger(indicator, source).append(entries[account.written :])
        return self._outcome(self.account(indicator, source), indicator, source)

    def would_stand(
        self,
        indicator: str,
        source: str,
        event: Event,
    ) -> Outcome:
        """What would stand of the whole of an indicator with one more entry for one of its parts."""
        account = self.account(indicator, source)
        balance = after(account.balance, event, account.load)
        part = outcome_of(
            balance,
            account.load,
            indicator,
            source,
            {},
        )
        parts = self._parts(indicator)
        if self.plan is None or not parts:
            return part
        loaded = {name: self.load_part(indicator, name) for name in parts if name != source}
        whole = combined(self.plan, indicator, {**loaded, source: part})
        return whole or part

    def keep_table(self, table: pa.Table) -> str:
        """Keep a table that an entry is to name, and say its sum."""
        return self._tables.keep(table)

    @cached_property
    def _tables(self) -> Tables:
        return Tables(self.folder / "tables")

    @cached_property
    def _beginnings(self) -> Beginnings:
        return Beginnings(self.folder, self._tables, self.plan, self.latest, self.former)

    def _gave(self, outcome: Outcome, terms: Terms) -> Gave:
        parts = taken_apart(outcome) or [(Reading({}), outcome.table)]
        reading, table = parts[0]
        return Gave(
            reading=replace(reading, table=self._tables.keep(table)),
            checks=outcome.checks,
            remarks=outcome.remarks,
            terms=terms,
        )

    def _outcome(
        self,
        account: Account,
        indicator: str,
        source: str,
    ) -> Outcome:
        places = {}
        if account.entries:
            places = {ledger_name(indicator, source): account.entries[-1].place}
        return outcome_of(
            account.balance,
            account.load,
            indicator,
            source,
            places,
        )

    def _parts(self, indicator: str) -> list[str]:
        return parts_of(self.plan, indicator) if self.plan is not None else []

    def _ledger(self, indicator: str, source: str) -> Ledger:
        return ledger_in(self.folder, indicator, source)


def _is_said(entries: Sequence[Entry], event: Event) -> bool:
    """Whether the last entry says this already, but for those that tell of a release."""
    if isinstance(event, Published):
        published = [entry.event for entry in entries if isinstance(entry.event, Published)]
        return bool(published) and published[-1] == event
    others = [entry.event for entry in entries if not isinstance(entry.event, Published)]
    return bool(others) and says_the_same(others[-1], event)


def _nothing(indicator: str, reason: str, source: str) -> Outcome:
    """The outcome of an indicator, or of its part, without any figure because of a failure."""
    return Outcome(
        indicator=indicator,
        state="empty",
        reason=reason,
        checks=(),
        receipts=(),
        table=empty_table(),
        failed=True,
        source=source,
        facts=OWN_SYSTEMS,
    )
