"""The errors of this project: few, and written for the person who must act.

Each says what was expected, what came, where, and what to do. Nothing else in the project may reach a user as an
exception: a library's error is turned into one of these where it happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from thindicators.safe_text import harmless, visible


class FailureKind(StrEnum):
    """Why there are no new figures, as far as the public is told.

    The words of a failure may quote an error page, a proxy or a path of this machine. They stay in `state/`, in logs,
    in alerts and in Dagster; what is published is made from the kind alone and from facts that are ours.
    """

    UNREACHABLE = "could_not_be_reached"
    TOO_SLOW = "took_too_long"
    UNTRUSTED = "certificate_not_trusted"
    REFUSED = "refused_us"
    ERROR_ANSWER = "answered_with_an_error"
    REDIRECTED = "led_us_elsewhere"
    BROKEN_ANSWER = "answer_not_whole"
    TOO_LARGE = "answer_too_large"
    UNREADABLE = "sent_what_we_cannot_read"
    FAILED_CHECKS = "failed_our_checks"
    HELD = "held"
    WITHDRAWN = "no_longer_published"
    NOT_ASKED = "not_asked_yet"
    NOT_SET_UP = "not_set_up"
    OWN_SYSTEMS = "our_own_systems"
    OWN_FAULT = "fault_of_our_own"
    UNKNOWN = "not_recorded"


@dataclass(frozen=True)
class FailureFacts:
    """What the public may know of a failure.

    Attributes:
        kind: Why there are no new figures.
        source: The id of the source or witness that failed; empty if it was none, or not one alone.
        status: The status number of an HTTP answer; 0 if there was no answer.
    """

    kind: FailureKind
    source: str = ""
    status: int = 0


class ThindicatorsError(Exception):
    """Anything this project refuses to do, in words for the person who must act."""

    @property
    def facts(self) -> FailureFacts:
        """What the public may know of it; of most, that it was a matter of this installation."""
        return FailureFacts(FailureKind.OWN_SYSTEMS)


class PlanError(ThindicatorsError):
    """A file under `schemas/` is wrong: names file, line and field."""

    def __init__(self, file: str, line: int, field: str, problem: str) -> None:
        super().__init__(f"{file}, line {line}, field “{field}”: {problem}")
        self.file, self.line, self.field, self.problem = file, line, field, problem


class SettingsError(ThindicatorsError):
    """A setting or a folder is not what the run needs; says which and what to do instead."""


class SourceError(ThindicatorsError):
    """A publisher's answer is not what the source module knows how to read.

    Args:
        source: Id of the source.
        expected: What the module expects.
        came: What came instead.
        where: File, sheet, row or address.
        remedy: What the reader should do.
        kind: What the public is told of it.
        status: The status number of an HTTP answer; 0 if there was none.
    """

    def __init__(
        self,
        source: str,
        *,
        expected: str,
        came: str,
        where: str,
        remedy: str,
        kind: FailureKind = FailureKind.UNREADABLE,
        status: int = 0,
    ) -> None:
        words = f"{source}: expected {expected}; came {came}. Where: {where}. What to do: {remedy}"
        super().__init__(harmless(words))
        self.source, self.expected, self.came = source, expected, visible(came)
        self.where, self.remedy = visible(where), remedy
        self.kind, self.status = kind, status

    @property
    def facts(self) -> FailureFacts:
        """What the public may know of it."""
        return FailureFacts(self.kind, self.source, self.status)


class FetchError(SourceError):
    """A publisher could not be reached, refused, or sent something that is not an answer."""


class UnreachableError(FetchError):
    """A publisher's host gives no connection; it was asked twice and is not asked again in the same run.

    Args:
        source: Id of the source.
        host: The host as it is really called, or the proxy on the way to it.
        why: Why there is no connection.
        where: The publisher's address.
    """

    def __init__(self, source: str, *, host: str, why: str, where: str) -> None:
        came = f"no connection: {why} (asked twice, and not again in this run)"
        remedy = (
            "see whether a browser on this machine gets there: the network, a firewall, and the proxy that HTTPS_PROXY "
            "names; then run again."
        )
        super().__init__(
            source,
            expected="an answer",
            came=came,
            where=where,
            remedy=remedy,
            kind=FailureKind.UNREACHABLE,
        )
        self.host, self.why = host, visible(why)


class ReleaseError(ThindicatorsError):
    """A release could not be written or does not hold what it must; the one before stands."""


class StoreError(ThindicatorsError):
    """An object store cannot be reached, refuses, or holds something else than it must; says what to do."""


def facts_of(problem: Exception) -> FailureFacts:
    """What the public may know of any error; one that is not ours is a fault of this project."""
    if isinstance(problem, ThindicatorsError):
        return problem.facts
    return FailureFacts(FailureKind.OWN_FAULT)
