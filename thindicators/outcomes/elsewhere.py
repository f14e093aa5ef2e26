"""What stood elsewhere: figures of a release, of another ledger or of an earlier version, as the beginning of a ledger.

What belongs here: taking an outcome apart into what was read, and reading the files in which earlier versions kept
outcomes. When a ledger has to begin with them is decided in `beginnings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from thindicators.errors import FailureFacts
from thindicators.fetching.snapshots import Receipt
from thindicators.observations.observation import SCHEMA, Row, rows_of
from thindicators.outcomes.entries import Event, Imported
from thindicators.outcomes.ledger import LedgerError, sum_of_table
from thindicators.outcomes.outcome import (
    Acceptance,
    CheckResult,
    Outcome,
    Place,
    Reading,
    State,
    receipts_of,
)

_METADATA = b"outcome"


@dataclass(frozen=True)
class Import:
    """Events that a ledger has to take up, and the tables that they name, by their sums."""

    events: tuple[Event, ...] = ()
    tables: Mapping[str, pa.Table] = field(default_factory=dict)


def import_of(outcome: Outcome, origin: Place | None = None) -> Import:
    """What stood elsewhere, as the beginning of a ledger.

    Args:
        outcome: What stood there.
        origin: The place in the ledger of the release that it is from; None if it names none.
    """
    readings = []
    # Nothing is written yet: whoever only looks at what stands must leave no files behind.
    tables = {}
    for reading, table in taken_apart(outcome):
        name = sum_of_table(table)
        tables[name] = table
        readings.append(replace(reading, table=name))
    imported = Imported(
        readings=tuple(readings),
        accepted=outcome.accepted,
        reason=outcome.reason,
        failed=outcome.failed,
        checks=outcome.checks,
        remarks=outcome.remarks,
        origin=origin,
        facts=outcome.facts,
    )
    return Import((imported,), tables)


def taken_apart(outcome: Outcome) -> list[tuple[Reading, pa.Table]]:
    """Each reading of an outcome, the newest first, and the figures that stand of it under the series they are read as.

    Figures that no reading accounts for count as read in the first.
    """
    rows = rows_of(outcome.table)
    # Readings that keep or end something claim their own figures; what is left is the newest's.
    first, *others = outcome.readings or (Reading({}),)
    parts: list[tuple[Reading, list[Row]]] = []
    for reading in others:
        snapshots = {receipt.sha256 for receipt in receipts_of([reading], outcome.table)}
        own: list[Row] = []
        left: list[Row] = []
        for row in rows:
            # A snapshot may have been part of two readings, so that it alone does not tell.
            is_own = row["snapshot"] in snapshots and _is_of(reading, row)
            (own if is_own else left).append(row)
        rows = left
        parts.append((reading, [_as_read(reading, row) for row in own]))
    if outcome.readings or rows:
        parts.insert(0, (first, rows))
    return [(reading, pa.Table.from_pylist(own, schema=SCHEMA)) for reading, own in parts]


def _is_of(reading: Reading, row: Row) -> bool:
    if reading.is_newest:
        return True
    series = _as_read(reading, row)["series"]
    if reading.ended and row["series"] not in reading.ended.values():
        return False
    years = reading.kept.get(series)
    # A reading that keeps years gives of its other series nothing, unless they have ended with it.
    return row["year"] in years if years is not None else bool(reading.ended)


def _as_read(reading: Reading, row: Row) -> Row:
    read_as = {name: series for series, name in reading.ended.items()}
    return {**row, "series": read_as.get(row["series"], row["series"])}


@dataclass(frozen=True)
class _About:
    """What an earlier version kept of an outcome in the metadata of its table."""

    indicator: str
    state: State
    reason: str
    checks: tuple[CheckResult, ...]
    receipts: tuple[Receipt, ...]
    failed: bool
    accepted: tuple[Acceptance, ...]
    readings: tuple[Reading, ...] = ()
    remarks: tuple[CheckResult, ...] = ()
    held: bool = False
    source: str = ""
    facts: FailureFacts | None = None


_ABOUT = TypeAdapter(_About)


def former_outcome(path: Path) -> Outcome | None:
    """The outcome that an earlier version kept in a file; None if there is none.

    Raises:
        LedgerError: If the file is damaged.
    """
    if not path.exists():
        return None
    try:
        table = pq.read_table(path)
        about = _ABOUT.validate_json((table.schema.metadata or {})[_METADATA])
        return Outcome(**vars(about), table=table.cast(SCHEMA))
    except (OSError, ValueError, pa.ArrowException, KeyError):
        raise LedgerError(
            f"{path} is damaged, in which an earlier version kept figures. Restore it from a backup; or move it away, "
            "and the next refresh begins with the figures published last."
        ) from None
