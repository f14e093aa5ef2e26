"""Outcomes: what a run found out about each indicator, and what may be published of it.

What belongs here: an indicator's last good figures, whether they are fresh, and the reason if they are not. How they
are read belongs in `sources`; how they are judged belongs in `checks`.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    """

    indicator: str
    state: State
    reason: str
    checks: tuple[CheckResult, ...]
    receipts: tuple[Receipt, ...]
    table: pa.Table
    failed: bool = False

    @property
    def newest(self) -> str:
        """When the newest of the bytes came, RFC 3339; empty text if there are none."""
        return max((receipt.retrieved for receipt in self.receipts), default="")


@dataclass(frozen=True)
class _Kept:
    indicator: str
    state: State
    reason: str
    checks: tuple[CheckResult, ...]
    receipts: tuple[Receipt, ...]
    failed: bool


_KEPT = TypeAdapter(_Kept)


@dataclass(frozen=True)
class OutcomeStore:
    """Outcomes in a folder: `<indicator>.json` and, once there are figures, `<indicator>.parquet`."""

    folder: Path

    def keep_fresh(self, outcome: Outcome) -> Outcome:
        """Replace an indicator's last good figures."""
        self.folder.mkdir(parents=True, exist_ok=True)
        sink = pa.BufferOutputStream()
        pq.write_table(outcome.table, sink)
        write_whole(self._figures(outcome.indicator), sink.getvalue().to_pybytes())
        return self._keep(outcome)

    def keep_failure(self, indicator: str, reason: str, checks: tuple[CheckResult, ...] = ()) -> Outcome:
        """Let the last good figures stand, marked stale; without any, the indicator is empty."""
        last = self.load(indicator)
        if last is None or last.state == "empty":
            return self._keep(Outcome(indicator, "empty", reason, checks, (), empty_table(), failed=True))
        return self._keep(Outcome(indicator, "stale", reason, checks, last.receipts, last.table, failed=True))

    def keep_empty(self, indicator: str, reason: str) -> Outcome:
        """Remember that there is no figure to publish, and why."""
        return self._keep(Outcome(indicator, "empty", reason, (), (), empty_table()))

    def load(self, indicator: str) -> Outcome | None:
        """The last outcome, or None before the first."""
        path = self.folder / f"{indicator}.json"
        if not path.exists():
            return None
        try:
            kept = _KEPT.validate_json(path.read_bytes())
        except ValidationError as problem:
            raise ThindicatorsError(f"{path} is damaged. Delete it and refresh {indicator}.") from problem
        table = empty_table() if kept.state == "empty" else pq.read_table(self._figures(indicator))
        return Outcome(kept.indicator, kept.state, kept.reason, kept.checks, kept.receipts, table, kept.failed)

    def _keep(self, outcome: Outcome) -> Outcome:
        kept = _Kept(outcome.indicator, outcome.state, outcome.reason, outcome.checks, outcome.receipts, outcome.failed)
        write_whole(self.folder / f"{outcome.indicator}.json", _KEPT.dump_json(kept, indent=1))
        return outcome

    def _figures(self, indicator: str) -> Path:
        return self.folder / f"{indicator}.parquet"
