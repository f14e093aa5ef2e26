"""The sample of children's weight in folders of its own, whose publisher can change, withdraw and revise its figures."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq

from sources import SAMPLES
from tests.support import NOW, smaller_plan
from thindicators.context import RunContext, open_run_context
from thindicators.outcomes.outcome import Outcome
from thindicators.refreshing import refresh
from thindicators.refreshing.refresh import all_outcomes
from thindicators.release.publishing import Release, publish
from thindicators.settings import Settings

WEIGHT, SOURCE = "year_6_overweight", "ncmp"

Cells = list[str]
Change = Callable[[Cells], Cells | None]
_VALUE = 12
"""The place of the value among the cells of a row."""


def opened(folder: Path, *others: str, moment: datetime = NOW) -> RunContext:
    """A run in folders of its own, of a plan with this indicator and perhaps others."""
    schemas, samples = folder / "schemas", folder / "samples"
    if not schemas.exists():
        smaller_plan(schemas, WEIGHT, *others)
        shutil.copytree(SAMPLES, samples)
    settings = Settings(schemas=schemas, state=folder / "state", published=folder / "published")
    return open_run_context(settings, samples, "sample", lambda: moment)


def refreshed(run_context: RunContext) -> Outcome:
    """Fetch and read the indicator."""
    refresh.fetch(run_context, SOURCE)
    return refresh.read_or_stand(run_context, WEIGHT)


def published(run_context: RunContext) -> Release:
    """Publish what stands."""
    return publish(run_context, all_outcomes(run_context))


def figures_in(release: Release) -> list[tuple[object, ...]]:
    """What a release publishes of the indicator: series, area, period, value."""
    table = pq.read_table(release.folder / "indicators" / WEIGHT / f"{WEIGHT}.parquet")
    columns = ("series", "area_code", "period", "value")
    return sorted(zip(*(table[name].to_pylist() for name in columns), strict=True))


def change(run_context: RunContext, change_row: Change) -> None:
    """Let the publisher change every row, as cells; a row for which the change gives None is left out."""
    for path in (run_context.samples / SOURCE).glob("*.csv"):
        if path.name != "ORIGIN.csv":
            header, *rows = path.read_bytes().decode().splitlines()
            changed = [change_row(row.split(",")) for row in rows]
            lines = [header, *(",".join(row) for row in changed if row), ""]
            path.write_bytes("\r\n".join(lines).encode())


def raised(by: float, where: str = "") -> Change:
    """Every value is greater, or those of the rows in which a text stands."""

    def change_row(row: Cells) -> Cells:
        if row[_VALUE] and where in ",".join(row):
            return [*row[:_VALUE], f"{float(row[_VALUE]) + by:g}", *row[_VALUE + 1 :]]
        return row

    return change_row


def without(pattern: str) -> Change:
    """The rows in which a pattern stands are left out."""
    return lambda row: None if re.search(pattern, ",".join(row)) else row


def restore(run_context: RunContext) -> None:
    """Let the publisher give again what it gave first."""
    shutil.copytree(SAMPLES / SOURCE, run_context.samples / SOURCE, dirs_exist_ok=True)


def withdraw(run_context: RunContext) -> None:
    """Let the publisher answer nothing any more."""
    path = run_context.samples / SOURCE / "answers.yaml"
    path.write_text("composed: 2026-11-22\nanswers: []\n", encoding="utf-8")
