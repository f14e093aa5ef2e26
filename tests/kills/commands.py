"""The real command, `thindicators publish` with Dagster, killed at random moments of its whole life.

What belongs here: starting the command in a copy of the project, so that its sample can change, and killing it.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

from dagster import DagsterInstance, DagsterRunStatus
from dagster._core.instance.ref import InstanceRef

from tests.kills.attempts import Tally
from tests.kills.place import change_figure
from tests.kills.whole import Known, faults, figure_in_latest, left_overs
from tests.support import ROOT
from thindicators.settings import Settings

_PARTS = ("thindicators", "sources", "assets", "schemas")
_PROGRAM = "from assets.command_line import app; app()"
_LONGEST = 900.0
_UNDER_WAY = {DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED}


def kill_commands(folder: Path, kills: int, seed: str) -> Tally:
    """Publish in new folders with the command, once in peace, then killed so many times, then in peace again."""
    chance = random.Random(seed)
    project, known, tally = _copy(folder / "project"), Known(), Tally()
    settings = Settings(state=project / "state", published=project / "published")
    began = time.monotonic()
    _in_peace(project, 0, tally)
    lasts = time.monotonic() - began
    tally.faults += [f"after the first command: {one}" for one in faults(settings, known)]
    number, left = 0, set[str]()
    while tally.kills < kills and number < 3 * kills and known.latest:
        number += 1
        figure = change_figure(project / "sources" / "samples", number)
        began = time.monotonic()
        killed = _killed(project, chance.random() * lasts)
        problems = faults(settings, known)
        before, left = left, left_overs(settings)
        tally.cleared += len(before - left)
        tally.faults += [f"command {number}: {one}" for one in problems]
        if killed:
            tally.fell["anywhere"] += 1
            tally.whole += not problems
            tally.swapped += figure_in_latest(settings) == figure
            sys.stderr.write(f"command: {tally.kills} of {kills} kills\n")
        else:
            tally.finished += 1
            lasts = min(lasts, time.monotonic() - began)
    _last(project, settings, number + 1, known, tally)
    tally.cleared += len(left - left_overs(settings))
    return tally


def _last(project: Path, settings: Settings, number: int, known: Known, tally: Tally) -> None:
    figure = _in_peace(project, number, tally)
    tally.faults += [
        f"after the last command: {one}" for one in faults(settings, known, everything=True)
    ]
    tally.faults += [f"the last command left {one}" for one in sorted(left_overs(settings))]
    tally.faults += [
        f"Dagster believes that run {one} is under way" for one in _under_way(settings)
    ]
    if known.latest and figure_in_latest(settings) != figure:
        tally.faults.append("the last command did not publish its figure")


def _copy(project: Path) -> Path:
    for part in _PARTS:
        shutil.copytree(ROOT / part, project / part, ignore=shutil.ignore_patterns("__pycache__"))
    return project


def _start(project: Path) -> subprocess.Popen[str]:
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("THINDICATORS_", "DAGSTER_"))
    }
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, "publish"],
        cwd=project,
        env=own,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _in_peace(project: Path, number: int, tally: Tally) -> float:
    figure = change_figure(project / "sources" / "samples", number)
    command = _start(project)
    try:
        _, said = command.communicate(timeout=_LONGEST)
    except subprocess.TimeoutExpired:
        command.kill()
        _, said = command.communicate()
        tally.faults.append(
            f"command {number}, which nobody killed, did not end within {_LONGEST:g} seconds"
        )
    if command.returncode:
        tally.faults.append(
            f"command {number}, which nobody killed, ended with {command.returncode}: {said[-500:]}"
        )
    return figure


def _killed(project: Path, wait: float) -> bool:
    """Start the command and kill it so many seconds later; False if it had ended before."""
    command = _start(project)
    try:
        command.communicate(timeout=wait)
        return False
    except subprocess.TimeoutExpired:
        command.kill()
        command.communicate()
        return True


def _under_way(settings: Settings) -> list[str]:
    with DagsterInstance.from_ref(
        InstanceRef.from_dir(str(settings.state / "dagster"))
    ) as instance:
        return [run.run_id for run in instance.get_runs() if run.status in _UNDER_WAY]
