"""A whole publish of the sample edition in new folders: how long it takes, how much memory, and where the time goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.support import ROOT

PROGRAM = """
import gc, json, os, resource, sys, time
gc.disable()  # as the command does
started = float(os.environ["BENCH_STARTED"])
marks = {"Python starts": time.time() - started}
def mark(name, since):
    marks[name] = time.time() - since
    return time.time()
now = time.time()
import dagster
now = mark("import dagster", now)
import pandas, pyarrow.parquet
now = mark("import pandas and pyarrow", now)
import frictionless
now = mark("import frictionless", now)
import assets.publishing as publishing
now = mark("import this project", now)
import great_expectations
import great_expectations.expectations
now = mark("import great_expectations", now)
from thindicators.refreshing import judged_before
checks = []
def timed(check):
    def run(*given, **more):
        since = time.time()
        results = check(*given, **more)
        checks.append(time.time() - since)
        return results
    return run
judged_before.check = timed(judged_before.check)
from rich.console import Console
from thindicators.settings import settings_from
settings = settings_from(os.environ)
succeeded = publishing.run_refresh(settings, "sample", Console(file=open(os.devnull, "w")))
now = mark("the job", now)
from dagster import DagsterInstance
with DagsterInstance.get() as instance:
    run = instance.get_runs(limit=1)[0]
    steps = {one.step_key: one.end_time - one.start_time for one in instance.get_run_step_stats(run.run_id)}
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"succeeded": succeeded, "marks": marks, "steps": steps, "peak": peak, "checks": checks}))
"""


def measure(console: Console) -> None:
    """Run it and print the figures.

    Raises:
        RuntimeError: If the publish failed; with what it said.
    """
    with tempfile.TemporaryDirectory() as folder:
        started = time.time()
        environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith("THINDICATORS_")
            },
            "THINDICATORS_STATE": str(Path(folder) / "state"),
            "THINDICATORS_PUBLISHED": str(Path(folder) / "published"),
            "BENCH_STARTED": str(started),
        }
        command = [sys.executable, "-c", PROGRAM]
        ran = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        seconds = time.time() - started
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    _print(console, json.loads(ran.stdout.splitlines()[-1]), seconds)


def _print(console: Console, found: dict[str, Any], seconds: float) -> None:
    console.print(
        f"A publish of the sample edition: {seconds:.1f} s in all, start-up included; {found['peak']:.0f} MiB."
    )
    checks = found["checks"]
    console.print(
        f"All expectations of its {len(checks)} indicators with figures: {sum(checks):.2f} s beyond the import."
    )
    kinds: dict[str, list[float]] = defaultdict(list)
    for step, duration in found["steps"].items():
        kinds[step.split("__")[0]].append(duration)
    console.print(_table("Where the time goes", found["marks"]))
    console.print(
        _table("In the job, by kind of step", {f"{k} ({len(v)})": sum(v) for k, v in kinds.items()})
    )
    slowest = dict(sorted(found["steps"].items(), key=lambda one: -one[1])[:8])
    console.print(_table("The slowest steps", slowest))


def _table(title: str, rows: dict[str, float]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("what")
    table.add_column("seconds", justify="right")
    for name, seconds in rows.items():
        table.add_row(name, f"{seconds:.2f}")
    return table
