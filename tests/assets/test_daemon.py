"""Dagster's daemon at work: a return dropped in the inbox is in the next release, and one job switches everything."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from dagster import DagsterInstance, DagsterRunStatus
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.scheduler.instigation import InstigatorStatus

from assets.home import prepare
from assets.schedules import RETURNS
from sources import SAMPLES
from tests.sources.returns import HOMES, csv_return
from tests.support import ROOT
from thindicators.plan import Plan
from thindicators.settings import Settings
from thindicators.workshop import open_workshop

PATIENCE = 300.0
"""Seconds; the daemon starts a process for each run, and other tests may be at work."""


def until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, f"{what} did not come about in {seconds:g} seconds"
        time.sleep(0.5)


@pytest.fixture
def settings(tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Live folders, with no way to any publisher."""
    made = Settings(state=tmp_path / "state", published=tmp_path / "published")
    monkeypatch.setenv("THINDICATORS_STATE", str(made.state))
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(made.published))
    monkeypatch.setenv("THINDICATORS_SCHEDULES", "on")
    for name in plan.addresses:
        monkeypatch.setenv(f"THINDICATORS_{name.upper()}_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("DAGSTER_HOME", str(made.state / "dagster"))
    open_workshop(made, SAMPLES, "live")
    made.inbox.mkdir()
    prepare(made)
    return made


@pytest.fixture
def daemon(settings: Settings, tmp_path: Path) -> Iterator[None]:
    with (tmp_path / "daemon.log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "dagster._daemon", "run", "-w", str(ROOT / "workspace.yaml")],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            running.terminate()
            running.wait(60)


def launch(job: str, config: object) -> None:
    arguments = ["job", "launch", "-w", str(ROOT / "workspace.yaml"), "-j", job, "--config-json", json.dumps(config)]
    subprocess.run([sys.executable, "-m", "dagster", *arguments], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.usefixtures("daemon")
def test_a_return_is_published_and_everything_can_be_switched_off(settings: Settings) -> None:
    csv_return(settings.inbox / "return.csv", HOMES)
    table = settings.published / "latest/indicators/affordable_homes_delivered/affordable_homes_delivered.parquet"
    until(table.exists, "the release with the return")
    assert 812 in pq.read_table(table)["value"].to_pylist()

    with DagsterInstance.get() as instance:
        (run,) = instance.get_runs()
        assert (run.job_name, run.tags["because"]) == (RETURNS, "In the inbox: return.csv")

        launch("switch_all_schedules", {"ops": {"switch_all": {"config": {"to": "off"}}}})
        until(lambda: _statuses(instance, "switch_all_schedules") == {DagsterRunStatus.SUCCESS}, "the switch")
        states = {(one.instigator_type, one.instigator_name): one.status for one in instance.all_instigator_state()}
        assert set(states.values()) == {InstigatorStatus.STOPPED}
        kinds = [kind for kind, _ in states]
        assert (kinds.count(InstigatorType.SCHEDULE), kinds.count(InstigatorType.SENSOR)) == (_schedules(), 2)


def _statuses(instance: DagsterInstance, job: str) -> set[DagsterRunStatus]:
    return {run.status for run in instance.get_runs() if run.job_name == job}


def _schedules() -> int:
    from assets.definitions import definitions

    return len(list(definitions(Settings()).schedules or []))
