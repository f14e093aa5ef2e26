"""The everyday run, as whole processes: importing what it needs, a first publish, and a second one without news.

Each is timed several times in turn, so that what else the machine does meets all of them; medians count.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.support import ROOT, without_settings

ROUNDS = 3

_STACK = (
    "import dagster, pandas, pyarrow.parquet, frictionless, great_expectations; "
    "import great_expectations.expectations, assets.publishing"
)
_PUBLISH = "from assets.command_line import app; app()"

IMPORT, FIRST, SECOND = "importing the stack", "a first publish", "a second one without news"
GOALS = {FIRST: "2 × the import, 500 MiB", SECOND: "1 × the import, 500 MiB"}


@dataclass(frozen=True)
class Run:
    """One process, whole.

    Attributes:
        seconds: From its start to its end.
        mebibytes: The most memory that it had at once, without that of processes it started.
    """

    seconds: float
    mebibytes: float


def measure(
    console: Console,
    rounds: int = ROUNDS,
    schemas: Path = ROOT / "schemas",
) -> None:
    """Time all three, and print their medians and what they are of the import."""
    runs: dict[str, list[Run]] = defaultdict(list)
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                **without_settings(ROOT),
                "THINDICATORS_SCHEMAS": str(schemas),
                "THINDICATORS_STATE": str(Path(folder) / "state"),
                "THINDICATORS_PUBLISHED": str(Path(folder) / "published"),
            }
            runs[IMPORT].append(_run(["-c", _STACK], environment))
            for what in (FIRST, SECOND):
                runs[what].append(_run(["-c", _PUBLISH, "publish"], environment))
    console.print(_table(runs, rounds))


def _run(arguments: Sequence[str], environment: Mapping[str, str]) -> Run:
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=dict(environment),
        stdout=subprocess.DEVNULL,
    )
    # Not `wait`, which says nothing of the memory.
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with status {process.returncode}")
    return Run(seconds, usage.ru_maxrss / 1024)


def _table(runs: Mapping[str, Sequence[Run]], rounds: int) -> Table:
    title = f"The everyday run of the sample edition: medians of {rounds}"
    shown = Table(title=title, title_justify="left")
    for column in ("what", "seconds", "from", "to", "× the import", "MiB", "goal"):
        shown.add_column(column, justify="left" if column in ("what", "goal") else "right")
    import_seconds = statistics.median(run.seconds for run in runs[IMPORT])
    for what, of_what in runs.items():
        seconds = [run.seconds for run in of_what]
        median = statistics.median(seconds)
        memory = statistics.median(run.mebibytes for run in of_what)
        figures = (median, min(seconds), max(seconds), median / import_seconds)
        shown.add_row(
            what,
            *(f"{figure:.1f}" for figure in figures),
            f"{memory:.0f}",
            GOALS.get(what, ""),
        )
    return shown


if __name__ == "__main__":
    measure(Console())
