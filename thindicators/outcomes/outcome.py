"""Outcomes: what a run found out about each indicator, and what may be published of it.

What belongs here: an indicator's last good figures, whether they are fresh, and the reason if they are not. How they
are read belongs in `sources`; how they are judged belongs in `checks`; what they are derived from in `balance`; how the
parts of an indicator that has several sources make one outcome in `parts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from thindicators.errors import FailureFacts
from thindicators.fetching.snapshots import Receipt

State = Literal["fresh", "stale", "empty", "not_covered"]
_REMARKED = ("warning", "failed")


@dataclass(frozen=True)
class Review:
    """Somebody's word that what a check found is right all the same.

    Attributes:
        reason: Why.
        who: The role of whoever looked.
        until: The last day on which it holds, ISO 8601; empty if it needs no other look.
    """

    reason: str
    who: str
    until: str


@dataclass(frozen=True)
class CheckResult:
    """What one check saw.

    Attributes:
        name: Of the check, such as `key_is_unique`.
        passed: Whether it holds, or what was seen is excepted.
        seen: What was seen, in words for a data officer.
        severity: An `error` stops the indicator; a `warning` is published with the figures.
        review: Why what was seen is excepted; None if it is not.
    """

    name: str
    passed: bool
    seen: str
    severity: Literal["error", "warning"] = "error"
    review: Review | None = None

    @property
    def result(self) -> Literal["passed", "excepted", "warning", "failed"]:
        """What became of the check, as the table of checks says it in one word."""
        if self.review is not None:
            return "excepted"
        if self.passed:
            return "passed"
        return "failed" if self.severity == "error" else "warning"


@dataclass(frozen=True)
class Acceptance:
    """Somebody's word that new figures may take the place of old ones that they contradict.

    Attributes:
        day: When, ISO 8601.
        reason: In the words of the person who accepted.
        closed: The series that ended with it: their figures stay, and nothing is added to them.
    """

    day: str
    reason: str
    closed: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A place in a ledger, by which it is seen whether another state of the ledger comes after it.

    Attributes:
        sequence: The number of the entry, from 1.
        sum: Of the entry and, since each has the sum of the one before, of all that came before it.
    """

    sequence: int
    sum: str


@dataclass(frozen=True)
class Reading:
    """What figures were read from, so that they can be read again.

    Attributes:
        fetched: The receipts of all that the indicator's sources brought, by source and role.
        ended: For figures that stayed when newer ones took their place: the series they are published under, by the
            series that they are read as. Empty for the newest reading, of which everything is published.
        kept: For figures that stayed when the publisher's newer files no longer held their years: those years, by the
            series that they are read as. Empty if no such limit applies.
        table: The sum under which the table that was read is kept; empty if it is not kept.
    """

    fetched: Mapping[str, Mapping[str, Receipt]]
    ended: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    # Where a table is kept says nothing of what was read.
    table: str = field(default="", compare=False)

    @property
    def is_newest(self) -> bool:
        """Whether everything that was read is published, and not only what newer readings left."""
        return not self.ended and not self.kept


def receipts_of(readings: Sequence[Reading], table: pa.Table) -> tuple[Receipt, ...]:
    """The receipts of the snapshots that a table's figures were read from, each once."""
    snapshots = set(table["snapshot"].to_pylist())
    receipts: dict[str, Receipt] = {}
    for reading in readings:
        for roles in reading.fetched.values():
            for receipt in roles.values():
                if receipt.sha256 in snapshots:
                    receipts[receipt.sha256] = receipt
    return tuple(receipts.values())


@dataclass(frozen=True)
class Standing:
    """How what one source gives to an indicator stands, where the indicator has several sources.

    Attributes:
        source: Its id.
        title: The source's title.
        state, reason, failed, held, checks, remarks, facts: As those of `Outcome`, for the figures from this source.
    """

    source: str
    title: str
    state: State
    reason: str
    failed: bool
    held: bool
    checks: tuple[CheckResult, ...] = ()
    remarks: tuple[CheckResult, ...] = ()
    facts: FailureFacts | None = None


@dataclass(frozen=True)
class Outcome:
    """What a run found out about one indicator, or about the part of it that one of several sources gives.

    Attributes:
        indicator: Its id.
        state: `fresh`; `stale`, if the last good figures stand because of a failure; `empty`, if there are none;
            `not_covered`, if none of its sources has figures of the plan's own area.
        reason: Why it is stale or empty; empty text if it is fresh. The words of a failure are for those who run this
            project; `outcomes.public_reasons` makes those of the public from `facts`.
        checks: What the checks saw in this run.
        receipts: Of the snapshots that the figures were read from.
        table: The figures that may be published, in the contract of `observations`.
        failed: Whether the reason is a failure, for which a run ends as failed.
        accepted: What was accepted, in the order in which it was.
        readings: What the figures were read from, the newest first.
        remarks: The warnings and exceptions that are published with the figures, for as long as they stand.
        held: Whether newer figures wait for somebody's word.
        source: The id of the source, for a part; empty for the whole of an indicator.
        standings: How each part stands; empty for a part, and for an indicator that has one source.
        facts: What the public may know of a failure; None if there is none, if the outcome is older than facts, or if
            it is of several parts, whose standings then have them.
        places: The places in the ledgers that it was derived from, by their names.
    """

    indicator: str
    state: State
    reason: str
    checks: tuple[CheckResult, ...]
    receipts: tuple[Receipt, ...]
    table: pa.Table
    failed: bool = False
    accepted: tuple[Acceptance, ...] = ()
    readings: tuple[Reading, ...] = ()
    remarks: tuple[CheckResult, ...] = ()
    held: bool = False
    source: str = ""
    standings: tuple[Standing, ...] = ()
    facts: FailureFacts | None = None
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def closed(self) -> frozenset[str]:
        """The series that ended when others were accepted in their place."""
        return frozenset(series for accepted in self.accepted for series in accepted.closed)

    @property
    def open_figures(self) -> pa.Table:
        """The figures of series that have not ended."""
        ended = pa.array(sorted(self.closed), pa.string())
        return self.table.filter(pc.invert(pc.is_in(self.table["series"], ended)))

    @property
    def newest(self) -> str:
        """When the newest of the bytes came, RFC 3339; empty text if there are none."""
        return max((receipt.retrieved for receipt in self.receipts), default="")


def check_rows(outcome: Outcome) -> list[dict[str, object]]:
    """What the checks saw, as rows: of the figures that are published and, if newer ones were refused, of those."""
    rows: list[dict[str, object]] = []
    for part in outcome.standings or (outcome,):
        rows += _check_rows(outcome.indicator, part)
    return _without_repetition(rows)


def _check_rows(indicator: str, part: Outcome | Standing) -> list[dict[str, object]]:
    if part.state == "fresh":
        return [
            _check_row(
                indicator,
                "published",
                result,
            )
            for result in part.checks
        ]
    # The checks of this run are those of newer figures, which were refused; the published ones keep their remarks.
    published = [
        _check_row(
            indicator,
            "published",
            result,
        )
        for result in part.remarks
    ]
    refused = [
        _check_row(
            indicator,
            "refused",
            result,
        )
        for result in part.checks
    ]
    return published + refused


def _without_repetition(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """The rows of several parts, each once; that a rule is kept is said only if it is kept in every part."""
    # A rule that one part breaks may not also be said to be kept.
    remarked = {_check_of(row) for row in rows if row["result"] in _REMARKED}
    distinct: list[dict[str, object]] = []
    for row in rows:
        is_kept_elsewhere_only = row["result"] == "passed" and _check_of(row) in remarked
        if row not in distinct and not is_kept_elsewhere_only:
            distinct.append(row)
    return distinct


def _check_of(row: Mapping[str, object]) -> tuple[object, object]:
    return row["figures"], row["check"]


def _check_row(
    indicator: str,
    figures: str,
    result: CheckResult,
) -> dict[str, object]:
    review = result.review or Review(
        reason="",
        who="",
        until="",
    )
    return {
        "indicator": indicator,
        "figures": figures,
        "check": result.name,
        "result": result.result,
        "seen": result.seen,
        "exception_reason": review.reason,
        "exception_by": review.who,
        "exception_until": date.fromisoformat(review.until) if review.until else None,
    }
