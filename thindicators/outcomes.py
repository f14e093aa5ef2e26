"""Outcomes: what a run found out about each indicator, and what may be published of it.

What belongs here: an indicator's last good figures, whether they are fresh, and the reason if they are not. How they
are read belongs in `sources`; how they are judged belongs in `checks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from thindicators.errors import ThindicatorsError
from thindicators.files import why, write_whole
from thindicators.observations import SCHEMA, empty_table
from thindicators.snapshots import Receipt
from thindicators.text import is_file_name, visible

State = Literal["fresh", "stale", "empty"]


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
        """In one word."""
        if self.review is not None:
            return "excepted"
        return "passed" if self.passed else "failed" if self.severity == "error" else "warning"


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
class Reading:
    """What figures were read from, so that they can be read again.

    Attributes:
        fetched: The receipts of all that the indicator's sources brought, by source and role.
        ended: For figures that stayed when newer ones took their place: the series they are published under, by the
            series that they are read as. Empty for the newest reading, of which everything is published.
    """

    fetched: Mapping[str, Mapping[str, Receipt]]
    ended: Mapping[str, str] = field(default_factory=dict)


def receipts_of(readings: Sequence[Reading], table: pa.Table) -> tuple[Receipt, ...]:
    """The receipts of the snapshots that a table's figures were read from, each once."""
    read_from = set(table["snapshot"].to_pylist())
    every = [one for reading in readings for roles in reading.fetched.values() for one in roles.values()]
    return tuple({one.sha256: one for one in every if one.sha256 in read_from}.values())


@dataclass(frozen=True)
class Outcome:
    """What a run found out about one indicator.

    Attributes:
        indicator: Its id.
        state: `fresh`; `stale`, if the last good figures stand because of a failure; `empty`, if there are none.
        reason: Why it is stale or empty; empty text if it is fresh.
        checks: What the checks saw in this run.
        receipts: Of the snapshots that the figures were read from.
        table: The figures that may be published, in the contract of `observations`.
        failed: Whether the reason is a failure, for which a run ends as failed.
        accepted: What was accepted, in the order in which it was.
        readings: What the figures were read from, the newest first.
        remarks: The warnings and exceptions that are published with the figures, for as long as they stand.
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

    @property
    def closed(self) -> frozenset[str]:
        """The series that ended when others were accepted in their place."""
        return frozenset(series for one in self.accepted for series in one.closed)

    @property
    def newest(self) -> str:
        """When the newest of the bytes came, RFC 3339; empty text if there are none."""
        return max((receipt.retrieved for receipt in self.receipts), default="")


@dataclass(frozen=True)
class _Said:
    """What is kept of an outcome beside its table."""

    indicator: str
    state: State
    reason: str
    checks: tuple[CheckResult, ...]
    receipts: tuple[Receipt, ...]
    failed: bool
    accepted: tuple[Acceptance, ...]
    readings: tuple[Reading, ...] = ()
    remarks: tuple[CheckResult, ...] = ()


def check_rows(outcome: Outcome) -> list[dict[str, object]]:
    """What the checks saw, as rows: of the figures that are published and, if newer ones were refused, of those."""
    if outcome.state == "fresh":
        return [_check_row(outcome.indicator, "published", one) for one in outcome.checks]
    published = [_check_row(outcome.indicator, "published", one) for one in outcome.remarks]
    return published + [_check_row(outcome.indicator, "refused", one) for one in outcome.checks]


def _check_row(indicator: str, figures: str, one: CheckResult) -> dict[str, object]:
    review = one.review or Review("", "", "")
    return {
        "indicator": indicator,
        "figures": figures,
        "check": one.name,
        "result": one.result,
        "seen": one.seen,
        "exception_reason": review.reason,
        "exception_by": review.who,
        "exception_until": date.fromisoformat(review.until) if review.until else None,
    }


_SAID = TypeAdapter(_Said)
_METADATA = b"outcome"
_PATIENCE = 300.0


class _DamagedError(ThindicatorsError):
    """What is kept of an outcome cannot be read."""


@dataclass(frozen=True)
class OutcomeStore:
    """Outcomes in a folder: one Parquet file for each indicator, and one under `held/` for figures that wait.

    What is said of the figures stands in the file's own metadata, so that both are replaced at once.

    Attributes:
        folder: Where they are.
        last_published: What the latest release says about an indicator, for when its file is damaged or gone.
    """

    folder: Path
    last_published: Callable[[str], Outcome | None] = lambda _indicator: None

    @contextmanager
    def alone_with(self, indicator: str) -> Iterator[None]:
        """Keep other runs from changing an indicator between a look at its last outcome and the next one.

        Raises:
            ThindicatorsError: If another run does not let go of it.
        """
        path = self.folder / ".locks" / f"{_id(indicator)}.lock"
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

    def keep_fresh(self, outcome: Outcome) -> Outcome:
        """Replace an indicator's last good figures; whatever waited is superseded."""
        kept = self._keep(outcome)
        self._held(outcome.indicator).unlink(missing_ok=True)
        return kept

    def keep_failure(self, indicator: str, reason: str, checks: tuple[CheckResult, ...] = ()) -> Outcome:
        """Let the last good figures stand, marked stale; without any, the indicator is empty."""
        last = self.load(indicator)
        if last is None or last.state == "empty":
            return self._keep(Outcome(indicator, "empty", reason, checks, (), empty_table(), failed=True))
        return self._keep(replace(last, state="stale", reason=reason, checks=checks, failed=True))

    def keep_empty(self, indicator: str, reason: str) -> Outcome:
        """Remember that there is no figure to publish, and why."""
        return self._keep(Outcome(indicator, "empty", reason, (), (), empty_table()))

    def hold(self, candidate: Outcome, reason: str) -> Outcome:
        """Let new figures wait for somebody's word; the last good ones stand, marked stale."""
        _write(candidate, self._held(candidate.indicator))
        return self.keep_failure(candidate.indicator, reason, candidate.checks)

    def held(self, indicator: str) -> Outcome | None:
        """The figures that wait for somebody's word, if any do."""
        return _read(self._held(indicator))

    def load(self, indicator: str) -> Outcome | None:
        """The last outcome, or None before the first.

        If it is damaged or gone, the figures published last stand in for it, marked stale, until the next refresh.
        """
        try:
            return _read(self._place(indicator)) or self._recovered(indicator, f"{self._place(indicator)} is gone.")
        except _DamagedError as problem:
            empty = Outcome(indicator, "empty", f"{problem} No release has its figures.", (), (), empty_table(), True)
            return self._recovered(indicator, str(problem)) or empty

    def _recovered(self, indicator: str, reason: str) -> Outcome | None:
        last = self.last_published(indicator)
        said = f"{reason} The figures published last stand."
        return None if last is None else replace(last, state="stale", reason=said, checks=(), failed=True)

    def _keep(self, outcome: Outcome) -> Outcome:
        _write(outcome, self._place(outcome.indicator))
        return outcome

    def _place(self, indicator: str) -> Path:
        return self.folder / f"{_id(indicator)}.parquet"

    def _held(self, indicator: str) -> Path:
        return self.folder / "held" / f"{_id(indicator)}.parquet"


def _id(indicator: str) -> str:
    """An indicator's id, which names a file in the folder and leads nowhere else."""
    if not is_file_name(indicator):
        raise ThindicatorsError(f"“{visible(indicator)}” is no id of an indicator.")
    return indicator


def _write(outcome: Outcome, path: Path) -> None:
    said = {one.name: getattr(outcome, one.name) for one in fields(_Said)}
    sink = pa.BufferOutputStream()
    pq.write_table(outcome.table.replace_schema_metadata({_METADATA: _SAID.dump_json(_Said(**said))}), sink)
    write_whole(path, sink.getvalue().to_pybytes())


def _read(path: Path) -> Outcome | None:
    if not path.exists():
        return None
    try:
        table = pq.read_table(path)
        said = _SAID.validate_json((table.schema.metadata or {})[_METADATA])
        return Outcome(**vars(said), table=table.cast(SCHEMA))
    except (OSError, ValueError, pa.ArrowException, KeyError) as problem:
        raise _DamagedError(f"{path} is damaged. Refresh {path.stem} to have it written anew.") from problem
