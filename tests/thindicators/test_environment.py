"""A user without a home, as in a container that knows no name of its user: everything works all the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT, smaller_plan, without_settings
from thindicators.environment import give_home

CHECKED = """
import os
from pathlib import Path
from sources import SAMPLES
from thindicators.cli import run
from thindicators.context import open_run_context
from thindicators.refreshing import refresh
from thindicators.settings import settings_from

def application():
    run_context = open_run_context(settings_from(os.environ), SAMPLES, "sample")
    refresh.fetch(run_context, "ncmp")
    print(os.environ["HOME"], refresh.read(run_context, "year_6_overweight").state)

run(application)
"""
NOBODY = ["--user", "--map-user=54321", "--map-group=54321"]
"""A user of whom the system knows no name and no home."""


def as_nobody() -> list[str]:
    """The beginning of a command that is run as such a user; the test is skipped where that is not allowed."""
    command = ["unshare", *NOBODY, "true"]
    if not shutil.which("unshare") or subprocess.run(command, check=False).returncode:
        pytest.skip("This machine lets nobody be another user (unshare --user)")
    return ["unshare", *NOBODY]


@pytest.mark.parametrize("home", [None, "", "/nonexistent"])
def test_figures_are_read_and_checked_without_a_home(tmp_path: Path, home: str | None) -> None:
    environment = without_settings(ROOT)
    environment.pop("HOME", None)
    if home is not None:
        environment["HOME"] = home
    environment["THINDICATORS_SCHEMAS"] = str(smaller_plan(tmp_path / "p", "year_6_overweight"))
    for name in ("state", "published"):
        environment[f"THINDICATORS_{name.upper()}"] = str(tmp_path / name)
    ran = subprocess.run(
        [*as_nobody(), sys.executable, "-c", CHECKED],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert ran.stdout == "/nonexistent fresh\n", ran.stderr[-2000:]


def test_a_home_that_is_there_stays() -> None:
    environment = {"HOME": "/home/officer"}
    give_home(environment)
    assert environment == {"HOME": "/home/officer"}


def test_a_home_that_only_the_system_knows_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME", raising=False)
    environment: dict[str, str] = {}
    give_home(environment)
    assert environment["HOME"] == os.path.expanduser("~")  # noqa: PTH111
