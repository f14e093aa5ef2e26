"""One `thindicators publish` at a time, and an end to the runs of those that were killed."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dagster import DagsterInstance, DagsterRunStatus, job, op
from rich.console import Console

from assets import one_at_a_time
from assets.home import prepare
from tests.support import ROOT
from thindicators.errors import ThindicatorsError
from thindicators.settings import Settings

HOLDS_THE_LOCK = """
import io, sys
from pathlib import Path
from rich.console import Console
from assets.one_at_a_time import one_at_a_time
with one_at_a_time(Path(sys.argv[1]), Console(file=io.StringIO())):
    print("held", flush=True)
    sys.stdin.readline()
"""


@op
def nothing() -> None: ...


@job
def refresh() -> None:
    nothing()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGSTER_HOME", "")
    return prepare(Settings(state=tmp_path / "state", published=tmp_path / "published"))


@pytest.fixture
def other(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that is at work in the same folders."""
    command = [sys.executable, "-c", HOLDS_THE_LOCK, str(home)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "held\n"
        yield started
        started.kill()


def test_a_second_publish_says_that_it_waits_and_why_it_gives_up(
    home: Path, other: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert other.poll() is None
    monkeypatch.setattr(one_at_a_time, "_PATIENCE", 0.2)
    said = io.StringIO()
    with pytest.raises(ThindicatorsError, match=r"has been at work in .*state.*Nothing was done"):
        one_at_a_time.one_at_a_time(home, Console(file=said, width=200)).__enter__()
    assert "waiting until it has ended" in said.getvalue()


def test_the_lock_of_a_killed_publish_is_free(home: Path, other: subprocess.Popen[str]) -> None:
    other.kill()
    other.wait()
    said = io.StringIO()
    with one_at_a_time.one_at_a_time(home, Console(file=said)):
        assert said.getvalue() == ""


def test_the_run_of_a_killed_publish_is_ended_and_its_place_in_a_pool_is_free(home: Path) -> None:
    with DagsterInstance.get() as instance:
        run = instance.create_run_for_job(
            refresh, status=DagsterRunStatus.STARTED, tags=one_at_a_time.tags_of(home)
        )
        storage = instance.event_log_storage
        storage.initialize_concurrency_limit_to_default("nomis")
        assert storage.claim_concurrency_slot("nomis", run.run_id, "snapshot__ons_aps").is_claimed
        assert not storage.claim_concurrency_slot(
            "nomis", "the next run", "snapshot__ons_aps"
        ).is_claimed
        one_at_a_time.end_killed_runs(instance, home)
        ended = instance.get_run_by_id(run.run_id)
        assert ended is not None
        assert ended.status == DagsterRunStatus.FAILURE
        assert storage.claim_concurrency_slot(
            "nomis", "the next run", "snapshot__ons_aps"
        ).is_claimed


def test_a_run_that_another_program_started_is_left_alone(home: Path) -> None:
    with DagsterInstance.get() as instance:
        run = instance.create_run_for_job(refresh, status=DagsterRunStatus.STARTED)
        one_at_a_time.end_killed_runs(instance, home)
        left = instance.get_run_by_id(run.run_id)
        assert left is not None
        assert left.status == DagsterRunStatus.STARTED


def copied(home: Path, place: Path) -> Path:
    """A copy of the folders, as faithful as a tool can make it."""
    shutil.copytree(home.parent, place / "state", symlinks=True)
    return place / "state" / "dagster"


def renewed(home: Path, place: Path) -> Path:
    """Other folders, which have never known the first."""
    folders = Settings(state=place / "state", published=place / "published")
    return prepare(folders)


@pytest.mark.parametrize("make", [copied, renewed])
def test_the_runs_of_other_folders_that_share_a_database_are_left_alone(
    home: Path, tmp_path: Path, make: Callable[[Path, Path], Path]
) -> None:
    tags = one_at_a_time.tags_of(home)
    with DagsterInstance.get() as shared:
        run = shared.create_run_for_job(refresh, status=DagsterRunStatus.STARTED, tags=tags)
        one_at_a_time.end_killed_runs(shared, make(home, tmp_path / "other"))
        left = shared.get_run_by_id(run.run_id)
        assert left is not None
        assert left.status == DagsterRunStatus.STARTED
        one_at_a_time.end_killed_runs(shared, home)
        ended = shared.get_run_by_id(run.run_id)
        assert ended is not None
        assert ended.status == DagsterRunStatus.FAILURE


def test_folders_know_their_own_runs_whatever_the_machine_is_called(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container has another name each time that it starts."""
    tags = one_at_a_time.tags_of(home)
    monkeypatch.setattr("socket.gethostname", lambda: "another")
    assert one_at_a_time.tags_of(home) == tags
