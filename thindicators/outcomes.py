"""Outcomes: what a run found out about each indicator, and what may be published of it.

What belongs here: an indicator's last good figures, whether they are fresh, and the reason if they are not. How they
are read belongs in `sources`; how they are judged belongs in `checks`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter, ValidationError

from thindicators.errors import ThindicatorsError
from thindicators.observations import empty_table
from thindicators.snapshots import Receipt, write_whole

State = Literal["fresh", "stale", "empty"]


@dataclass(frozen=True)
class CheckResult:
    """What one check saw.

    Attributes:
        name: Of the check, such as `key_is_unique`.
        passed: Whether it holds.
        seen: What was seen, in words for a data officer.
        severity: An `error` stops the indicator; a `warning` is published with the figures.
    """

    name: str
    passed: bool
    seen: str
    severity: Literal["error", "warning"] = "error"


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
    """

    indicator: str
    state: State
    reason: str
    checks: tuple[CheckResult, ...]
    receipts: tuple[Receipt, ...]
    table: pa.Table
    failed: bool = False
    accepted: tuple[Acceptance, ...] = ()

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


_SAID = TypeAdapter(_Said)
_METADATA = b"outcome"


@dataclass(frozen=True)
class OutcomeStore:
    """Outcomes in a folder: one Parquet file for each indicator, and one under `held/` for figures that wait.

    What is said of the figures stands in the file's own metadata, so that both are replaced at once.
    """

    folder: Path

    def keep_fresh(self, outcome: Outcome) -> Outcome:
        """Replace an indicator's last good figures; whatever waited is superseded."""
        self._held(outcome.indicator).unlink(missing_ok=True)
        return self._keep(outcome)

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
        """The last outcome, or None before the first."""
        return _read(self._place(indicator))

    def _keep(self, outcome: Outcome) -> Outcome:
        _write(outcome, self._place(outcome.indicator))
        return outcome

    def _place(self, indicator: str) -> Path:
        return self.folder / f"{indicator}.parquet"

    def _held(self, indicator: str) -> Path:
        return self.folder / "held" / f"{indicator}.parquet"


def _write(outcome: Outcome, path: Path) -> None:
    said = {field.name: getattr(outcome, field.name) for field in fields(_Said)}
    sink = pa.BufferOutputStream()
    pq.write_table(outcome.table.replace_schema_metadata({_METADATA: _SAID.dump_json(_Said(**said))}), sink)
    write_whole(path, sink.getvalue().to_pybytes())


def _read(path: Path) -> Outcome | None:
    if not path.exists():
        return None
    try:
        table = pq.read_table(path)
        said = _SAID.validate_json((table.schema.metadata or {})[_METADATA])
    except (pa.ArrowException, KeyError, ValidationError) as problem:
        raise ThindicatorsError(f"{path} is damaged. Delete it and refresh {path.stem}.") from problem
    return Outcome(**vars(said), table=table.replace_schema_metadata(None))
