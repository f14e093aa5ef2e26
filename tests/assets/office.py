"""Dagster's UI as `make ui` starts it, in folders of its own, with publishers on loopback; asked by GraphQL."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from pytest_httpserver import HTTPServer

from sources import SAMPLES
from tests.support import NOW, ROOT, answer_with, environment_at
from thindicators.fetching.answers import Answers, load_answers
from thindicators.plan.loading import load_plan
from thindicators.settings import Settings

PATIENCE = 300.0
"""Seconds; Dagster starts a process for each run, and other tests may be at work."""

PLACE = {"repositoryLocationName": "assets.definitions", "repositoryName": "__repository__"}
_ENDED = {"SUCCESS", "FAILURE", "CANCELED"}


@dataclass(frozen=True)
class Office:
    """Folders, publishers, a port and an edition."""

    settings: Settings
    server: HTTPServer
    port: int
    edition: str = "live"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def samples(self) -> Path:
        return self.settings.state.parent / "samples"

    def answer(self) -> dict[str, str]:
        """Let the publishers say what the samples say now."""
        given = [
            load_answers(path)
            for path in self.samples.iterdir()
            if (path / "answers.yaml").exists()
        ]
        answers = Answers(NOW.date(), tuple(one for answers in given for one in answers.answers))
        return answer_with(self.server, answers, load_plan(self.settings.schemas).addresses)

    @contextmanager
    def open(self) -> Iterator[float]:
        """The UI and its daemon; gives the seconds until it answered. Ends with all its processes."""
        venv = self.settings.state.parent / "venv"
        command = [
            "make",
            "ui",
            f"VENV={venv if venv.exists() else environment_at(venv)}",
            f"PORT={self.port}",
        ]
        log = (self.settings.state.parent / "ui.log").open("ab")
        begun = time.monotonic()
        process = subprocess.Popen(
            command, cwd=ROOT, env=self._environment(), stdout=log, stderr=log
        )
        try:
            until(self.is_up, "the UI")
            yield time.monotonic() - begun
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=100)
            log.close()
            until(lambda: not self.processes(), "the end of every process of the UI", 30)

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        answer = requests.post(
            f"{self.address}/graphql", json={"query": query, "variables": variables}, timeout=60
        )
        said: dict[str, Any] = answer.json()
        assert not said.get("errors"), said["errors"]
        data: dict[str, Any] = said["data"]
        return data

    def launch(self, job: str, config: Mapping[str, object] | None = None) -> str:
        """Launch a job; gives the id of its run."""
        params = {"selector": {**PLACE, "jobName": job}, "runConfigData": config or {}}
        launched = self.ask(_LAUNCH, params=params)["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return str(launched["run"]["runId"])

    def run_of(self, job: str, begun: int = 0) -> str:
        """The id of a job's run, once as many of them were begun before."""
        until(lambda: len(self._runs(job)) > begun, f"a run of {job}")
        return str(self._runs(job)[0]["runId"])

    def end_of(self, run: str) -> str:
        """How a run ended."""
        until(lambda: self._status(run) in _ENDED, f"the end of run {run}")
        return self._status(run)

    def processes(self) -> list[str]:
        """The processes that work in this office's folders."""
        mark = f"THINDICATORS_STATE={self.settings.state}\0".encode()
        return [
            path.parent.name for path in Path("/proc").glob("[0-9]*/environ") if mark in _read(path)
        ]

    def _runs(self, job: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(_RUNS, job=job)["runsOrError"]["results"]
        return found

    def _status(self, run: str) -> str:
        return str(self.ask(_RUN, run=run)["runOrError"]["status"])

    def is_up(self) -> bool:
        try:
            nodes = self.ask("{ assetNodes { id } }")["assetNodes"]
        except (requests.RequestException, AssertionError):
            return False
        return bool(nodes)

    def _environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("THINDICATORS_", "DAGSTER_", "MAKE"))
        }
        addresses = {
            f"THINDICATORS_{name.upper()}_URL": address for name, address in self.answer().items()
        }
        folders = {
            "THINDICATORS_STATE": str(self.settings.state),
            "THINDICATORS_PUBLISHED": str(self.settings.published),
            "THINDICATORS_SCHEMAS": str(self.settings.schemas),
        }
        return {**kept, **addresses, **folders, "THINDICATORS_EDITION": self.edition}


@contextmanager
def office(folder: Path, edition: str = "live") -> Iterator[Office]:
    """An office; that of the live edition has publishers who answer with samples that a test may change."""
    schemas = plan_without_pauses(folder / "schemas")
    shutil.copytree(SAMPLES, folder / "samples")
    settings = Settings(schemas=schemas, state=folder / "state", published=folder / "published")
    with HTTPServer() as server:
        yield Office(settings, server, free_port(), edition)


def plan_without_pauses(folder: Path) -> Path:
    """The plan with no pause between requests."""
    shutil.copytree(ROOT / "schemas", folder)
    for path in (folder / "sources").glob("*.yaml"):
        text = re.sub(
            r"^seconds_between_requests:.*\n",
            "",
            path.read_text(encoding="utf-8"),
            flags=re.MULTILINE,
        )
        path.write_text(f"seconds_between_requests: 0\n{text}", encoding="utf-8")
    return folder


def until(holds: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, f"{what} did not come about in {seconds:g} seconds"
        time.sleep(0.3)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


_LAUNCH = """
mutation ($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""
_RUNS = "query ($job: String!) { runsOrError(filter: {pipelineName: $job}) { ... on Runs { results { runId status } } } }"
_RUN = "query ($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"
