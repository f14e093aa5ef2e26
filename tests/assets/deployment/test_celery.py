"""Steps on Celery's workers: two of them, Redis and PostgreSQL, all sources, and the bytes of the embedded run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from dagster import DagsterEventType, DagsterInstance

from assets.naming import pool_of
from tests import servers
from tests.assets.deployment.installation import Installation
from tests.support import ROOT
from thindicators.plan.model import Plan

pytestmark = pytest.mark.system


@dataclass(frozen=True)
class Step:
    """When a step ran, and where."""

    key: str
    worker: str
    start: float
    end: float


@dataclass(frozen=True)
class Run:
    """A refresh that two workers ran."""

    installation: Installation
    steps: list[Step]
    passwords: list[str]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("many")
    with servers.postgres() as database, servers.redis_server() as queue, ExitStack() as workers:
        settings = {
            "THINDICATORS_DAGSTER_POSTGRES_URL": database.url,
            "THINDICATORS_REDIS_URL": queue.url,
            "THINDICATORS_EXECUTOR": "celery",
        }
        installation = Installation(folder, settings)
        for name in ("one", "other"):
            log = workers.enter_context((folder / f"{name}.log").open("wb"))
            command = installation.command("worker", "--name", name)
            workers.enter_context(
                servers.process(command, log, environment=installation.environment, folder=ROOT)
            )
        installation.publish()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            yield Run(
                installation,
                steps_of(installation.state / "dagster"),
                [database.password, queue.password],
            )


def steps_of(home: Path) -> list[Step]:
    with DagsterInstance.from_config(str(home)) as instance:
        [record] = instance.get_run_records()
        run_id = record.dagster_run.run_id
        stats = instance.get_run_step_stats(run_id)
        said = instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT)
    workers = {
        entry.step_key: entry.get_dagster_event().engine_event_data.metadata["Celery worker"].text
        for entry in said
        if "Celery worker" in entry.get_dagster_event().engine_event_data.metadata
    }
    return [
        Step(one.step_key, str(workers[one.step_key]), one.start_time or 0, one.end_time or 0)
        for one in stats
    ]


def test_the_release_has_the_sums_of_the_embedded_one(run: Run, embedded: Installation) -> None:
    assert run.installation.sums() == embedded.sums()


def test_both_workers_had_a_share_of_the_steps(run: Run, plan: Plan) -> None:
    assert {step.worker.partition("@")[0] for step in run.steps} == {"one", "other"}
    assert {f"indicator__{indicator}" for indicator in plan.indicators} < {
        step.key for step in run.steps
    }


def test_at_most_one_step_of_a_pool_ran_at_a_time(run: Run, plan: Plan) -> None:
    pools: dict[str, list[Step]] = defaultdict(list)
    for step in run.steps:
        kind, _, source = step.key.partition("__")
        if kind == "snapshot":
            asked = plan.sources.get(source) or plan.witnesses[source]
            pools[pool_of(asked)].append(step)
    assert max(len(steps) for steps in pools.values()) > 1
    for pool, steps in pools.items():
        in_order = sorted(steps, key=lambda step: step.start)
        for before, after in pairwise(in_order):
            assert before.end <= after.start, pool


def test_no_password_is_in_a_file(run: Run) -> None:
    for password in run.passwords:
        assert run.installation.files_with(password) == []


@pytest.mark.parametrize("words", [["publish"], ["worker"]])
def test_without_redis_it_is_said_what_to_set(tmp_path: Path, words: list[str]) -> None:
    ran = Installation(tmp_path, {"THINDICATORS_EXECUTOR": "celery"}).run(*words)
    assert ran.returncode == 1
    assert "set THINDICATORS_REDIS_URL" in ran.stderr
    assert "Traceback" not in ran.stderr
