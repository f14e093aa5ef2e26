"""How publishers are asked: one step at a time for each, and nothing twice for an answer that cannot be read."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from dagster import DagsterInstance, Definitions, ExecuteInProcessResult
from pytest_httpserver import HTTPServer

from assets.home import prepare
from assets.naming import pool_of, snapshot_key
from assets.repository import definitions
from sources import SAMPLES
from tests.support import ROOT, module_of
from thindicators.errors import SourceError
from thindicators.fetching.answers import load_answers
from thindicators.fetching.client import Client
from thindicators.plan.model import Plan
from thindicators.settings import Settings


@pytest.fixture(scope="module")
def defs() -> Definitions:
    return definitions(Settings())


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = Settings(state=tmp_path / "state", published=tmp_path / "published")
    monkeypatch.setenv("THINDICATORS_STATE", str(made.state))
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(made.published))
    monkeypatch.setenv("DAGSTER_HOME", str(made.state / "dagster"))
    prepare(made)
    return made


@pytest.mark.usefixtures("settings")
def test_a_step_waits_until_another_run_has_let_go_of_its_publisher(
    plan: Plan, defs: Definitions
) -> None:
    pool = pool_of(plan.sources["ncmp"])
    ended: list[ExecuteInProcessResult] = []
    with DagsterInstance.get() as instance:
        held = instance.event_log_storage
        held.initialize_concurrency_limit_to_default(pool)
        assert held.get_concurrency_info(pool).slot_count == 1
        assert held.claim_concurrency_slot(pool, "another-run", "another_step").is_claimed
        job = defs.resolve_implicit_global_asset_job_def()

        def ask() -> None:
            ended.append(
                job.execute_in_process(instance=instance, asset_selection=[snapshot_key("ncmp")])
            )

        asking = threading.Thread(target=ask)
        asking.start()
        until_pending(lambda: held.get_concurrency_info(pool).pending_step_count)
        assert not ended
        held.free_concurrency_slot_for_step("another-run", "another_step")
        # A step that waits looks again after a while, and then has its work to do.
        asking.join(180)
    assert [one.success for one in ended] == [True]


def until_pending(count: Callable[[], int]) -> None:
    ends = time.monotonic() + 60
    while not count():
        assert time.monotonic() < ends, "the step does not wait for a place in its publisher's pool"
        time.sleep(0.05)


def test_the_sources_of_one_publisher_share_a_pool_and_every_pool_has_one_place(
    plan: Plan, defs: Definitions, settings: Settings
) -> None:
    written = yaml.safe_load(
        (settings.state / "dagster" / "dagster.yaml").read_text(encoding="utf-8")
    )
    assert written["concurrency"]["pools"] == {"default_limit": 1}
    nodes = {node.name: node for node in defs.resolve_implicit_global_asset_job_def().nodes}
    pools = {
        name: node.definition.pools for name, node in nodes.items() if name.startswith("snapshot__")
    }
    assert (
        pools["snapshot__ncmp"]
        == pools["snapshot__fingertips"]
        == {pool_of(plan.sources["fingertips"])}
    )
    assert all(len(one) == 1 for one in pools.values())


def test_no_step_is_tried_again_by_dagster(defs: Definitions) -> None:
    job = defs.resolve_implicit_global_asset_job_def()
    assert all(node.retry_policy is None for node in job.nodes)


def test_an_answer_that_cannot_be_read_is_asked_for_once(
    plan: Plan, live_client: Callable[..., Client], httpserver: HTTPServer
) -> None:
    answers = load_answers(SAMPLES / "ncmp")
    client = live_client("ncmp", answers)
    asked: list[str] = []
    httpserver.clear_all_handlers()

    def garbage(request: object) -> str:
        asked.append(getattr(request, "url", ""))
        return "<p>Something else</p>"

    httpserver.expect_request("/fingertips/api/area_types").respond_with_handler(garbage)  # type: ignore[arg-type]
    with pytest.raises(SourceError):
        module_of("ncmp").fetch(client, plan.indicators_of("ncmp"))
    assert len(asked) == 1


def test_dg_check_defs_passes(settings: Settings) -> None:
    pytest.importorskip("dagster_dg_cli")
    command = [sys.executable, "-c", "from dagster_dg_cli.cli import main; main()", "check", "defs"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, "All definitions loaded successfully" in ran.stdout + ran.stderr) == (
        0,
        True,
    ), ran.stderr
    assert "Warning" not in ran.stdout + ran.stderr
