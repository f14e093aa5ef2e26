"""`thindicators ui`: three processes that live and end together, and schedules that stay switched on."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.assets.deployment.installation import Installation
from tests.support import ROOT

SELECTOR = {
    "repositoryLocationName": "assets.definitions",
    "repositoryName": "__repository__",
    "scheduleName": "ncmp_release",
}
SWITCH_ON = "mutation ($selector: ScheduleSelector!) { startSchedule(scheduleSelector: $selector) { __typename } }"
STATE = """query ($selector: ScheduleSelector!) {
  scheduleOrError(scheduleSelector: $selector) { ... on Schedule { scheduleState { status } } }
}"""


def processes_of(folder: Path) -> set[int]:
    """The processes whose environment names the test's folder."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if str(folder).encode() in path.read_bytes():
                found.add(int(path.parent.name))
        except OSError:
            continue
    return found


@contextmanager
def ui(installation: Installation) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (installation.folder / "ui.log").open("wb") as log:
        command = installation.command("ui", "--port", str(port))
        process = subprocess.Popen(
            command, env=installation.environment, cwd=ROOT, stdout=log, stderr=log
        )
        try:
            yield process, f"http://127.0.0.1:{port}/graphql"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def asked(address: str, query: str) -> dict[str, Any]:
    end = time.monotonic() + 240
    while time.monotonic() < end:
        try:
            answer = requests.post(
                address, json={"query": query, "variables": {"selector": SELECTOR}}, timeout=60
            )
            data: dict[str, Any] = answer.json().get("data") or {}
            if any(
                one and one.get("__typename") != "PythonError" and one != {}
                for one in data.values()
            ):
                return data
        except (requests.RequestException, ValueError):
            pass
        time.sleep(0.3)  # the UI has no other sign of being ready than an answer
    raise AssertionError("the UI did not answer")


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_if_one_process_ends_all_do_and_it_is_told(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, "-m", "assets.ui", "127.0.0.1", str(taken.getsockname()[1])]
        (installation.state / "dagster").mkdir(parents=True)
        environment = {
            **installation.environment,
            "DAGSTER_HOME": str(installation.state / "dagster"),
        }
        ran = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, check=False, timeout=300
        )
    assert ran.returncode == 1
    assert processes_of(installation.folder) == set()


def test_whoever_ends_it_again_and_again_leaves_no_process_behind(
    installation: Installation,
) -> None:
    with ui(installation) as (process, address):
        asked(address, STATE)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            process.send_signal(number)
            time.sleep(0.3)
    assert process.returncode == 0
    assert processes_of(installation.folder) == set()
