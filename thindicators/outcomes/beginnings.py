"""Beginnings: what a ledger has to take up because it is new, is lost, or went another way than the latest release.

What belongs here: recognising a ledger by its place, and where its figures come from if it is not the one. How figures
become an entry belongs in `elsewhere`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from thindicators.errors import FailureFacts, FailureKind
from thindicators.outcomes.balance import fold, outcome_of
from thindicators.outcomes.elsewhere import Import, former_outcome, import_of
from thindicators.outcomes.ended import series_that_end
from thindicators.outcomes.entries import Entry, Gave, Held, Imported
from thindicators.outcomes.ledger import Tables, ledger_in, ledger_name
from thindicators.outcomes.outcome import Outcome, Place
from thindicators.outcomes.parts import part_of
from thindicators.outcomes.told import sum_of_told
from thindicators.plan.model import Plan


@dataclass(frozen=True)
class LatestRelease:
    """What the latest release says, for when a ledger is lost or is not the one that the release was made from.

    Attributes:
        outcome: What it says of an indicator; None if it has no figures of it.
        places: The places in the ledgers that it was made from, by indicator and by the name of the ledger.
    """

    outcome: Callable[[str], Outcome | None] = lambda _indicator: None
    places: Callable[[str], Mapping[str, Place]] = lambda _indicator: {}


OWN_SYSTEMS = FailureFacts(FailureKind.OWN_SYSTEMS)
"""What the public may know where this installation has lost or damaged what it kept."""

NO_RELEASE = LatestRelease()
"""Where nothing is published yet."""


@dataclass(frozen=True)
class Beginnings:
    """What ledgers have to take up.

    Attributes:
        folder: Where the ledgers are.
        tables: The tables that they name.
        plan: Whose indicators they are; without one, every indicator counts as having one source.
        latest: What the latest release says.
        former: Where an earlier version kept outcomes; None if there was none.
    """

    folder: Path
    tables: Tables
    plan: Plan | None
    latest: LatestRelease
    former: Path | None

    def of(
        self,
        indicator: str,
        source: str,
        written: Sequence[Entry],
    ) -> Import:
        """What the ledger of an indicator, or of its part, has to take up after what is written in it."""
        place = self.latest.places(indicator).get(ledger_name(indicator, source))
        # The release was made from another ledger than this: a backup, or that of another machine.
        if place is not None and not is_after(written, place):
            return self._of_release(
                indicator,
                source,
                place,
                is_lost=not written,
            )
        if written:
            return Import()
        former = self._of_former(indicator, source) or self._of_whole(indicator, source)
        return former or self._of_release(
            indicator,
            source,
            place=None,
            is_lost=True,
        )

    def published_last(
        self,
        indicator: str,
        source: str,
    ) -> Outcome | None:
        """What the latest release says of an indicator, or of its part; None if it has no figures of it."""
        last = self.latest.outcome(indicator)
        if source and last is not None and self.plan is not None:
            return part_of(self.plan, last, source)
        return last

    def _of_release(
        self,
        indicator: str,
        source: str,
        place: Place | None,
        *,
        is_lost: bool,
    ) -> Import:
        """The figures that the latest release has, marked stale: what came of them since is not known."""
        path = ledger_in(self.folder, indicator, source).path
        reason = f"{path} is not the one that the latest release was made from."
        if is_lost:
            reason = f"{path} is {'empty' if path.exists() else 'gone'}."
        last = self.published_last(indicator, source)
        if last is not None:
            return import_of(stale(last, reason), place)
        if is_lost:
            return Import()
        # The release has no figures, so that those of this ledger may not come back unasked.
        nothing = Imported(
            (),
            (),
            reason,
            failed=True,
            origin=place,
            facts=OWN_SYSTEMS,
        )
        return Import((nothing,))

    def _of_former(self, indicator: str, source: str) -> Import | None:
        """What an earlier version kept, with the figures that waited for somebody's word."""
        stood = self._former(".", indicator, source)
        if stood is None:
            return None
        waiting = self._former("held", indicator, source)
        # Earlier versions left the file behind when the source failed after a hold.
        if waiting is None or not stood.held:
            return import_of(stood)
        began, candidate = import_of(stood), import_of(waiting)
        tables = {**began.tables, **candidate.tables}
        balance = fold(began.events, tables.__getitem__)
        last = outcome_of(
            balance,
            tables.__getitem__,
            indicator,
            source,
            {},
        )
        newest = fold(candidate.events, tables.__getitem__).readings[0]
        held = Held(
            figures=Gave(newest, waiting.checks, waiting.remarks),
            reason=stood.reason,
            sum_told=sum_of_told(waiting.table, stood.reason),
            ends=series_that_end(last.open_figures, waiting.table, {}),
        )
        return Import((*began.events, held), tables)

    def _of_whole(self, indicator: str, source: str) -> Import | None:
        """What was kept of the whole of an indicator, before its parts had ledgers of their own."""
        if not source or self.plan is None:
            return None
        written = ledger_in(self.folder, indicator).read()
        whole = self._former(".", indicator, "")
        # The plan may name further sources today than when the ledger of the whole was written.
        if written:
            balance = fold((entry.event for entry in written), self.tables.load)
            whole = outcome_of(
                balance,
                self.tables.load,
                indicator,
                "",
                {},
            )
        part = part_of(self.plan, whole, source) if whole is not None else None
        return import_of(part) if part is not None else None

    def _former(
        self,
        folder: str,
        indicator: str,
        source: str,
    ) -> Outcome | None:
        if self.former is None:
            return None
        return former_outcome(self.former / folder / f"{ledger_name(indicator, source)}.parquet")


def is_after(entries: Sequence[Entry], place: Place) -> bool:
    """Whether a ledger goes on from a place, or has taken up what was published there."""
    for entry in entries:
        event = entry.event
        if entry.place == place or (isinstance(event, Imported) and event.origin == place):
            return True
    return False


def stale(last: Outcome, reason: str) -> Outcome:
    """What was published last, where nothing newer is known."""
    return replace(
        last,
        state="stale",
        reason=f"{reason} The figures published last stand.",
        checks=(),
        failed=True,
        held=False,
        standings=(),
        facts=OWN_SYSTEMS,
    )
