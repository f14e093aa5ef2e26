"""The balance of a ledger: what follows from its entries, and from nothing else.

What belongs here: the fold over entries, which is pure: the figures that stand, the series that ended and their names,
the years that a publisher's window has dropped, the hold that waits, and what was accepted. Where entries are kept
belongs in `ledger`; when figures are held in `holds`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from thindicators.errors import FailureFacts, FailureKind
from thindicators.outcomes.ended import names_of_ended, published_as, series_in, with_names
from thindicators.outcomes.entries import (
    UNKNOWN,
    Accepted,
    AskedAnew,
    Empty,
    Event,
    Failed,
    Gave,
    Held,
    Imported,
    Published,
    Terms,
)
from thindicators.outcomes.outcome import (
    Acceptance,
    CheckResult,
    Outcome,
    Place,
    Reading,
    Review,
    State,
    receipts_of,
)
from thindicators.outcomes.readings import ended_now, out_of_window, standing_together
from thindicators.plan.rules import LOST

_HELD = FailureFacts(FailureKind.HELD)

LoadTable = Callable[[str], pa.Table]
"""Gives a table by its sum."""


@dataclass(frozen=True)
class Balance:
    """What a ledger comes to.

    Attributes:
        readings: What the figures that stand were read from, the newest first; none if no figures stand.
        accepted: What was accepted, in the order in which it was.
        reason: Why the figures are not fresh, or why there are none; empty text if they are fresh.
        failed: Whether the reason is a failure.
        facts: What the public may know of the failure; None if there is none, or nothing is recorded.
        checks: What the checks of the last figures saw, published or refused.
        remarks: The warnings and exceptions that are published with the figures that stand.
        held: The figures that wait for somebody's word.
        sum_told: The sum of what was told first since figures wait; it stays while those that wait are replaced or gone.
        terms: What the plan said when the figures that stand were read.
        release: The last release that they were published in; empty before the first.
    """

    readings: tuple[Reading, ...] = ()
    accepted: tuple[Acceptance, ...] = ()
    reason: str = ""
    failed: bool = False
    facts: FailureFacts | None = None
    checks: tuple[CheckResult, ...] = ()
    remarks: tuple[CheckResult, ...] = ()
    held: Held | None = None
    sum_told: str = ""
    terms: Terms = UNKNOWN
    release: str = ""

    @property
    def closed(self) -> frozenset[str]:
        """The names of the series that have ended."""
        return frozenset(name for reading in self.readings for name in reading.ended.values())


def fold(events: Iterable[Event], load: LoadTable) -> Balance:
    """What a ledger comes to.

    Args:
        events: What its entries say, the oldest first.
        load: Gives the tables that they name.
    """
    balance = Balance()
    for event in events:
        balance = after(balance, event, load)
    return balance


def after(balance: Balance, event: Event, load: LoadTable) -> Balance:
    """What a ledger comes to with one more entry."""
    match event:
        case Gave():
            return _given(balance, event, load)
        case Held():
            return replace(
                balance,
                reason=event.reason,
                failed=True,
                facts=_HELD,
                checks=event.figures.checks,
                held=event,
                sum_told=balance.sum_told or event.sum_told,
            )
        case Failed():
            # What was told stays: if figures are held again, they need not be those that somebody looked at.
            return replace(
                balance,
                reason=event.reason,
                failed=True,
                facts=event.facts,
                checks=event.checks,
                held=None,
            )
        case Empty():
            return Balance(reason=event.reason, release=balance.release)
        case Accepted():
            return _accepted(balance, event, load)
        case AskedAnew():
            return _asked_anew(balance, event)
        case Imported():
            return _imported(balance, event)
        case Published():
            return replace(balance, release=event.release)


def table_of_balance(balance: Balance, load: LoadTable) -> pa.Table:
    """The figures that stand, those of ended series too."""
    return standing_together(balance.readings, lambda reading: load(reading.table))


def outcome_of(
    balance: Balance,
    load: LoadTable,
    indicator: str,
    source: str,
    places: Mapping[str, Place],
) -> Outcome:
    """A balance as the outcome that a release is made from.

    Args:
        balance: What a ledger comes to.
        load: Gives the tables that it names.
        indicator: Whose ledger it is.
        source: The id of the source, for a part; empty for the whole of an indicator.
        places: The ledger's place, by its name.
    """
    table = table_of_balance(balance, load)
    return Outcome(
        indicator=indicator,
        state=_state(balance, table),
        reason=balance.reason,
        checks=balance.checks,
        receipts=receipts_of(balance.readings, table),
        table=table,
        failed=balance.failed,
        accepted=balance.accepted,
        readings=balance.readings,
        remarks=balance.remarks,
        held=balance.held is not None,
        source=source,
        places=places,
        facts=balance.facts,
    )


def _state(balance: Balance, table: pa.Table) -> State:
    if not table.num_rows:
        return "empty"
    return "stale" if balance.reason else "fresh"


def _given(balance: Balance, gave: Gave, load: LoadTable) -> Balance:
    """New figures take the place of those that stand; what has ended stays."""
    # Figures of series that have ended are of the past, which nothing that comes later changes.
    ended = [reading for reading in balance.readings if reading.ended]
    return replace(
        balance,
        readings=(
            *_open_readings(balance, gave, load),
            *ended,
        ),
        reason="",
        failed=False,
        facts=None,
        checks=gave.checks,
        remarks=gave.remarks,
        held=None,
        sum_told="",
        terms=gave.terms,
    )


def _open_readings(balance: Balance, gave: Gave, load: LoadTable) -> list[Reading]:
    """The newest reading, and those of years that the publisher's newer files no longer hold."""
    # Most publishers drop no year, and then no table has to be read.
    if gave.terms.window_years is None or not balance.readings:
        return [gave.reading]
    last = outcome_of(
        balance,
        load,
        "",
        "",
        {},
    )
    left = out_of_window(last, load(gave.reading.table), gave.terms.window_years)
    return [gave.reading, *left.readings]


def _accepted(balance: Balance, accepted: Accepted, load: LoadTable) -> Balance:
    """What was held takes the place of what stood, whose series end as far as they cannot be joined."""
    held = balance.held
    # `accept` writes no such entry; one that somebody wrote by hand takes nothing.
    if held is None or held.sum_told != accepted.sum_told:
        return balance
    going_on = series_in(load(held.figures.reading.table))
    # An ended series whose own name is used again keeps its figures under another.
    back = sorted(balance.closed & going_on)
    moved = names_of_ended(
        back,
        going_on,
        balance.closed,
        accepted.day,
    )
    closed = {moved.get(name, name) for name in balance.closed}
    names = names_of_ended(
        held.ends,
        going_on,
        closed,
        accepted.day,
    )

    given = _given(balance, held.figures, load)
    # Years that stay because they left the window end with their series, like its other figures.
    newest = [reading for reading in given.readings if not reading.ended]
    readings = [_without(reading, names) for reading in newest]
    acceptance = Acceptance(
        accepted.day,
        accepted.reason,
        tuple(sorted(names.values())),
    )
    before = [published_as(reading, moved) for reading in balance.readings]
    return replace(
        given,
        readings=(*filter(None, readings), *ended_now(before, names)),
        accepted=(*(with_names(each, moved) for each in balance.accepted), acceptance),
        checks=tuple(_let_through(result, accepted.reason) for result in held.figures.checks),
    )


def _without(reading: Reading, ends: Mapping[str, str]) -> Reading | None:
    """A reading without the years that it keeps of ending series; None if nothing is left of it."""
    if not reading.kept:
        return reading
    kept = {series: years for series, years in reading.kept.items() if series not in ends}
    return replace(reading, kept=kept) if kept else None


def _let_through(result: CheckResult, reason: str) -> CheckResult:
    """A check's result once the figures are accepted: that they contradict published ones stops them no more."""
    if result.name != LOST:
        return result
    return replace(
        result,
        passed=True,
        review=Review(reason, "Whoever accepted them", ""),
    )


def _asked_anew(balance: Balance, event: AskedAnew) -> Balance:
    """Of what was read, that stands which is the same under what the plan asks for now."""
    anew = replace(
        balance,
        readings=event.readings,
        terms=event.terms,
        held=None,
        sum_told="",
    )
    if event.ended is None:
        return anew
    return replace(
        anew,
        accepted=(*_still_closed(balance, event), event.ended),
        reason="" if event.readings else event.ended.reason,
        remarks=balance.remarks if event.readings else (),
    )


def _still_closed(balance: Balance, event: AskedAnew) -> list[Acceptance]:
    """What was accepted before, without the series whose figures have ended altogether."""
    left = {name for reading in event.readings for name in reading.ended.values()}
    still = []
    for acceptance in balance.accepted:
        closed = tuple(name for name in acceptance.closed if name in left)
        still.append(replace(acceptance, closed=closed))
    return still


def _imported(balance: Balance, event: Imported) -> Balance:
    return Balance(
        readings=event.readings,
        accepted=event.accepted,
        reason=event.reason,
        failed=event.failed,
        facts=event.facts,
        checks=event.checks,
        remarks=event.remarks,
        release=balance.release,
    )
