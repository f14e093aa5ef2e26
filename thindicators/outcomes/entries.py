"""Entries: what may stand in the ledger of an indicator, and how each is bound to the one before.

What belongs here: the kinds of entries, and their form as lines. The file that they stand in belongs in `ledger`; what
follows from them in `balance`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from thindicators.errors import FailureFacts
from thindicators.fetching.snapshots import Receipt
from thindicators.outcomes.outcome import Acceptance, CheckResult, Place, Reading


@dataclass(frozen=True)
class Terms:
    """What the plan said when figures were read.

    Attributes:
        asked: The sum of what it asked for: the indicator's `ask`, unit and definition.
        described: The sum of all else by which figures are read and noted, such as exceptions.
        window_years: How many years each of the publisher's files holds; None if it drops none.
    """

    asked: str = ""
    described: str = ""
    window_years: int | None = None


UNKNOWN = Terms()
"""Where it is not known what the plan said."""


@dataclass(frozen=True)
class Gave:
    """A source gave figures that may be published.

    Attributes:
        reading: What they were read from, and the sum of the table that was read.
        checks: What the checks saw.
        remarks: The warnings and exceptions that are published with them.
        terms: What the plan said.
    """

    reading: Reading
    checks: tuple[CheckResult, ...] = ()
    remarks: tuple[CheckResult, ...] = ()
    terms: Terms = UNKNOWN
    kind: Literal["gave"] = "gave"


@dataclass(frozen=True)
class Held:
    """A source gave figures that contradict published ones, and wait for somebody's word.

    Attributes:
        figures: As they would be if they were accepted.
        reason: Why they wait, in the words that were told.
        sum_told: The sum of what was told: the figures, and why they wait.
        ends: The series that end if they are accepted.
    """

    figures: Gave
    reason: str
    sum_told: str
    ends: tuple[str, ...] = ()
    kind: Literal["held"] = "held"


@dataclass(frozen=True)
class Failed:
    """Nothing could be read, or what was read broke a rule.

    Attributes:
        reason: Why.
        checks: What the checks saw, if it came to that.
        facts: What the public may know of it; None if nothing is recorded.
    """

    reason: str
    checks: tuple[CheckResult, ...] = ()
    facts: FailureFacts | None = None
    kind: Literal["failed"] = "failed"


@dataclass(frozen=True)
class Empty:
    """There is no figure to publish, and that is no failure.

    Attributes:
        reason: Why.
    """

    reason: str
    kind: Literal["empty"] = "empty"


@dataclass(frozen=True)
class Accepted:
    """Somebody accepted what is held.

    Attributes:
        sum_told: The sum of what was told of it.
        reason: In the words of the person who accepted.
        day: When, ISO 8601.
    """

    sum_told: str
    reason: str
    day: str
    kind: Literal["accepted"] = "accepted"


@dataclass(frozen=True)
class AskedAnew:
    """The plan asks for something else than before, so what had been read was read again.

    Attributes:
        readings: Those that give the same figures as before, the newest first; the others have ended.
        terms: What the plan says now.
        ended: What readers are told if figures have ended; None if none has.
    """

    readings: tuple[Reading, ...]
    terms: Terms
    ended: Acceptance | None = None
    kind: Literal["asked_anew"] = "asked_anew"


@dataclass(frozen=True)
class Imported:
    """What stood elsewhere: in a release, in another ledger, or in the files of an earlier version.

    Attributes:
        readings: What the figures were read from, with the sums of their tables, the newest first.
        accepted: What had been accepted.
        reason: Why they are not fresh; empty if they are.
        failed: Whether the reason is a failure.
        checks, remarks: As they stood there.
        origin: The place in the ledger of the release that they are from; None if it names none.
        facts: What the public may know of the failure; None if nothing is recorded.
    """

    readings: tuple[Reading, ...]
    accepted: tuple[Acceptance, ...]
    reason: str
    failed: bool
    checks: tuple[CheckResult, ...] = ()
    remarks: tuple[CheckResult, ...] = ()
    origin: Place | None = None
    facts: FailureFacts | None = None
    kind: Literal["imported"] = "imported"


@dataclass(frozen=True)
class Published:
    """What stands was published.

    Attributes:
        release: The name of the first release that it is in.
    """

    release: str
    kind: Literal["published"] = "published"


Event = Annotated[
    Gave | Held | Failed | Empty | Accepted | AskedAnew | Imported | Published,
    Field(discriminator="kind"),
]
"""What an entry says."""

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


@dataclass(frozen=True)
class Entry:
    """One entry of a ledger.

    Attributes:
        sequence: Its number, from 1.
        day: When it was written, ISO 8601; empty if that is not known.
        before: The sum of the entry before; empty for the first.
        event: What it says.
        sum: Its own sum.
    """

    sequence: int
    day: str
    before: str
    event: Event
    sum: str = field(compare=False)

    @property
    def place(self) -> Place:
        """Its place in the ledger."""
        return Place(self.sequence, self.sum)

    @property
    def line(self) -> str:
        """The entry as a line of the file."""
        return json.dumps(
            {
                "sequence": self.sequence,
                "day": self.day,
                "before": self.before,
                "event": _plain(self.event),
            },
            ensure_ascii=False,
        )


def next_entry(entries: Sequence[Entry], event: Event, day: str) -> Entry:
    """The entry that follows others."""
    last = entries[-1].place if entries else Place(0, "")
    sequence = last.sequence + 1
    return Entry(
        sequence,
        day,
        last.sum,
        event,
        _sum(sequence, last.sum, _plain(event)),
    )


def entry_from(line: str) -> Entry:
    """An entry from its line.

    Raises:
        ValueError: If the line is none.
    """
    plain = json.loads(line)
    # Another key would be of a version that knows more than this one.
    if not isinstance(plain, dict) or plain.keys() != {"sequence", "day", "before", "event"}:
        raise ValueError("it is no entry of a ledger")
    sequence, before, event = plain["sequence"], plain["before"], plain["event"]
    if not isinstance(sequence, int):
        raise ValueError("its sequence is no whole number")
    return Entry(
        sequence=sequence,
        day=str(plain["day"]),
        before=str(before),
        event=_EVENT.validate_python(event),
        # Of the event as it stands there, so that a version which knows more fields arrives at the same.
        sum=_sum(sequence, before, event),
    )


def says_the_same(event: Event, other: Event) -> bool:
    """Whether two events differ in nothing but publishers' validators, which change when the bytes do not."""
    same: bool = _plain(_without_validators(event)) == _plain(_without_validators(other))
    return same


def _without_validators(event: Event) -> Event:
    if isinstance(event, Held):
        figures = replace(event.figures, reading=_reading_without(event.figures.reading))
        return replace(event, figures=figures)
    if isinstance(event, Gave):
        return replace(event, reading=_reading_without(event.reading))
    return event


def _reading_without(reading: Reading) -> Reading:
    fetched = {source: _receipts_without(roles) for source, roles in reading.fetched.items()}
    return replace(reading, fetched=fetched)


def _receipts_without(roles: Mapping[str, Receipt]) -> dict[str, Receipt]:
    return {
        role: replace(
            receipt,
            etag="",
            last_modified="",
            release="",
        )
        for role, receipt in roles.items()
    }


def _plain(event: Event) -> Any:
    return _EVENT.dump_python(event, mode="json")


def _sum(sequence: int, before: str, event: Any) -> str:
    # Without the day: the same inputs give the same sums on another day, and so the same releases.
    bound = json.dumps(
        [sequence, before, event],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(bound.encode()).hexdigest()
