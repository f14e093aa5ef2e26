"""A publish that is killed leaves the old release or the new one, and the next run clears away after it.

`make kills` does the same two hundred times, and with the whole command.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sources import SAMPLES
from tests.kills.__main__ import status_of
from tests.kills.attempts import Tally
from tests.kills.whole import Known, faults
from tests.support import ROOT, smaller_plan
from tests.thindicators.release.test_publishing import DAY, outcomes
from thindicators.context import open_run_context
from thindicators.release.publishing import publish
from thindicators.settings import Settings

pytestmark = pytest.mark.system

OLD, NEW = "2026-11-22.1", "2026-11-22.2"
SWAP = "os.rename .building-latest latest"
"""The one call by which readers get the new release."""


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What each kill left: one right before each step of a swap, and of the clearing away after the worst of them."""
    command = [sys.executable, "-m", "tests.kills.steps", str(tmp_path_factory.mktemp("steps"))]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_kill_at_any_step_leaves_whole_releases_only(steps: list[dict[str, Any]]) -> None:
    assert len(steps) > 15
    assert {one["step"]: one["faults"] for one in steps if one["faults"]} == {}


def test_readers_see_the_old_release_until_the_very_last_step(steps: list[dict[str, Any]]) -> None:
    seen = [(one["step"], one["latest"]) for one in steps if one["start"] == "first"]
    until = [step for step, _ in seen].index(SWAP)
    assert {latest for _, latest in seen[: until + 1]} == {OLD}
    assert {latest for _, latest in seen[until + 1 :]} == {NEW}


def test_a_folder_that_was_never_the_latest_is_cleared_away_and_the_history_never_has_it(
    steps: list[dict[str, Any]],
) -> None:
    between = [one for one in steps if one["releases"] == [OLD, NEW] and one["latest"] == OLD]
    assert SWAP in [one["step"] for one in between if one["start"] == "first"]
    assert [one["faults"] for one in between] == [[]] * len(
        between
    )  # the inspection reads the history


def test_the_next_run_publishes_and_leaves_nothing_behind(steps: list[dict[str, Any]]) -> None:
    for one in steps:
        assert one["after"] == {
            "ended_well": True,
            "latest": NEW,
            "releases": [OLD, NEW],
            "history": [OLD, NEW],
            "left_overs": [],
            "faults": [],
        }, one["step"]


def test_kills_at_random_moments_leave_whole_releases() -> None:
    few = [
        "--kills",
        "8",
        "--commands",
        "0",
        "--only",
        "life_satisfaction",
        "employment_rate",
        "feeling_safe",
    ]
    command = [sys.executable, "-m", "tests.kills", *few, "--seed", "11"]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "8 kills: 8 whole releases." in ran.stdout


def test_one_kill_after_which_something_is_not_whole_fails_the_count() -> None:
    good = Tally(fell=Counter(reading=5), whole=5)
    assert status_of(good, wanted=5) == 0
    assert status_of(good, wanted=6) == 1
    assert (
        status_of(Tally(fell=Counter(reading=5), whole=4, faults=["half a release"]), wanted=5) == 1
    )


def _write_into(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


DAMAGE: dict[str, Callable[[Settings], object]] = {
    "observations.csv is not what": lambda at: _write_into(
        at.published / "releases" / OLD / "observations.csv"
    ),
    "areas.csv is missing": lambda at: (at.published / "releases" / OLD / "areas.csv").unlink(),
    "note.txt is added": lambda at: (at.published / "releases" / OLD / "note.txt").write_text(
        "mine"
    ),
    "which is no release": lambda at: shutil.rmtree(at.published / "releases" / OLD),
    "latest is not a link": lambda at: (at.published / "latest").unlink(),
    "never the latest, and nothing says so": lambda at: shutil.copytree(
        at.published / "releases" / OLD, at.published / "releases" / NEW
    ),
    "the history has": lambda at: shutil.copy(
        at.state / "history" / f"{OLD}.parquet", at.state / "history" / f"{NEW}.parquet"
    ),
    "cannot be read": lambda at: (at.state / "history" / f"{OLD}.parquet").write_bytes(
        b"PAR1 half"
    ),
}


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders into which one release was published."""
    folder = tmp_path_factory.mktemp("once")
    schemas = smaller_plan(folder / "schemas", "employment_rate", "feeling_safe")
    settings = Settings(schemas=schemas, state=folder / "state", published=folder / "published")
    made = open_run_context(settings, SAMPLES, "live", lambda: DAY)
    publish(made, outcomes(made))
    return folder


@pytest.mark.parametrize("fault", DAMAGE)
def test_the_inspection_sees_what_is_not_whole(once: Path, tmp_path: Path, fault: str) -> None:
    shutil.copytree(once, tmp_path / "own", symlinks=True)
    own = Settings(state=tmp_path / "own" / "state", published=tmp_path / "own" / "published")
    assert faults(own, Known()) == []
    DAMAGE[fault](own)
    assert any(fault in one for one in faults(own, Known(latest=[OLD]), everything=True))
