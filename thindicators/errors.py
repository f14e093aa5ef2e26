"""The errors of this project: few, and written for the person who must act.

Each says what was expected, what came, where, and what to do. Nothing else in the project may reach a user as an
exception: a library's error is turned into one of these where it happens.
"""

from __future__ import annotations

from thindicators.safe_text import harmless, visible


class ThindicatorsError(Exception):
    """Anything this project refuses to do, in words for the person who must act."""


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
    """

    def __init__(self, source: str, *, expected: str, came: str, where: str, remedy: str) -> None:
        said = f"{source}: expected {expected}; came {came}. Where: {where}. What to do: {remedy}"
        super().__init__(harmless(said))
        self.source, self.expected, self.came = source, expected, visible(came)
        self.where, self.remedy = visible(where), remedy


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
        super().__init__(source, expected="an answer", came=came, where=where, remedy=remedy)
        self.host, self.why = host, visible(why)


class ReleaseError(ThindicatorsError):
    """A release could not be written or does not hold what it must; the one before stands."""


class StoreError(ThindicatorsError):
    """An object store cannot be reached, refuses, or holds something else than it must; says what to do."""
