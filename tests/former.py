"""State as an earlier version kept it: a Parquet file for each outcome, with what is said of it in the metadata."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq

from thindicators.outcomes.outcome import Outcome

_KEPT = (
    "indicator",
    "state",
    "reason",
    "checks",
    "receipts",
    "failed",
    "accepted",
    "readings",
    "remarks",
    "held",
    "source",
)


def write_former(outcome: Outcome, folder: Path) -> None:
    """Keep an outcome, or the part of one, as it was kept before there were ledgers."""
    name = ".".join(filter(None, (outcome.indicator, outcome.source)))
    said = asdict(outcome, dict_factory=_without_tables)
    metadata = {b"outcome": json.dumps({key: said[key] for key in _KEPT}).encode()}
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(outcome.table.replace_schema_metadata(metadata), folder / f"{name}.parquet")


def _without_tables(pairs: list[tuple[str, object]]) -> dict[str, object]:
    return {key: value for key, value in pairs if key != "table"}
