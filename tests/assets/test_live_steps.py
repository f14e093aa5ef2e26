"""The steps of a live run: all publishers are asked from the first step on, and only those of the run."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dagster import AssetKey, DagsterInstance
from pytest_httpserver import HTTPServer
from rich.console import Console
from werkzeug import Request, Response

from assets.home import prepare
from assets.publishing import run_refresh
from assets.repository import REFRESH, definitions
from sources import SAMPLES
from tests.support import NOW, answer_with, closed_port, smaller_plan
from thindicators.context import open_run_context
from thindicators.fetching.answers import Answers, load_answers
from thindicators.fetching.hosts import host_of
from thindicators.plan.loading import load_plan
from thindicators.refreshing import side_by_side
from thindicators.settings import Settings

PATIENCE = 30.0
OVERWEIGHT, POLLUTION = "year_6_overweight", "no2_exposure"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Of a plan with two indicators of two publishers, Fingertips at one port of loopback and the others at another."""
    schemas = smaller_plan(tmp_path / "schemas", OVERWEIGHT, POLLUTION)
    samples = [load_answers(SAMPLES / source) for source in ("ncmp", "laei")]
    answers = Answers(NOW.date(), tuple(answer for one in samples for answer in one.answers))
    addresses = load_plan(schemas).addresses
    with HTTPServer(threaded=True) as fingertips, HTTPServer(threaded=True) as others:
        at = answer_with(others, answers, addresses)
        at["fingertips"] = answer_with(fingertips, answers, addresses)["fingertips"]
        given = {
            "SCHEMAS": schemas,
            "STATE": tmp_path / "state",
            "PUBLISHED": tmp_path / "published",
        }
        for name, value in (
            *given.items(),
            *((f"{name.upper()}_URL", url) for name, url in at.items()),
        ):
            monkeypatch.setenv(f"THINDICATORS_{name}", str(value))
        yield Settings(schemas, tmp_path / "state", tmp_path / "published", addresses=at)


def publish(settings: Settings, said: Any = None) -> tuple[bool, str]:
    file = said or io.StringIO()
    succeeded = run_refresh(settings, "live", Console(file=file, width=100))
    return succeeded, file.getvalue()


def test_a_run_of_one_source_asks_only_that(settings: Settings) -> None:
    prepare(settings)
    job = definitions(settings).resolve_job_def(REFRESH)
    with DagsterInstance.get() as instance:
        config = {"resources": {"run_context": {"config": {"edition": "live"}}}}
        selection = [AssetKey(["snapshot", "ncmp"])]
        assert job.execute_in_process(config, instance=instance, asset_selection=selection).success
    store = open_run_context(settings, SAMPLES).store
    assert {path.name for path in (store.folder / "fetched").iterdir()} == {"ncmp.json"}
    kept = [path.read_text(encoding="utf-8") for path in (store.folder / "requests").iterdir()]
    assert all('"source": "ncmp"' in receipt for receipt in kept)


class Told(io.StringIO):
    """What is printed; lets the publisher answer when it has been told that it is waited for."""

    def __init__(self, host: str, publisher: threading.Event) -> None:
        super().__init__()
        self._words, self._publisher = f"waiting for {host}: ", publisher

    def write(self, text: str) -> int:
        if self._words in text:
            self._publisher.set()
        return super().write(text)


def test_progress_says_who_is_waited_for_on_the_command_line_and_in_the_log_of_the_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publisher answers when the command line has said it; if it says nothing, it answers that it has nothing."""
    monkeypatch.setattr(side_by_side, "SHORT_WAIT", 0.05)
    may_answer = threading.Event()

    def answer(_: Request) -> Response:
        return Response("nothing here", 404 if may_answer.wait(PATIENCE) else 410)

    with HTTPServer(threaded=True) as slow:
        slow.expect_request(re.compile("")).respond_with_handler(answer)
        monkeypatch.setenv("THINDICATORS_FINGERTIPS_URL", slow.url_for("").rstrip("/"))
        host = host_of(slow.url_for(""))
        succeeded, said = publish(settings, Told(host, may_answer))
    assert not succeeded
    assert "HTTP 404" in said
    line = f"waiting for {host}: attempt 1 of 5"
    assert line in said
    with DagsterInstance.get() as instance:
        run = instance.get_runs(limit=1)[0]
        assert line in [entry.user_message for entry in instance.all_logs(run.run_id)]


def test_when_no_publisher_is_there_the_figures_stand_and_a_screen_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    succeeded, said = publish(settings)
    assert succeeded, said
    for name in settings.addresses:
        monkeypatch.setenv(f"THINDICATORS_{name.upper()}_URL", closed_port())
    succeeded, said = publish(settings)
    assert not succeeded
    assert "Of 2 indicators 0 are fresh, 2 keep their last figures, 0 have none." in said
    assert said.count("(it was refused): ") == 2
    assert "What to do first: No publisher could be reached." in said
    assert len(said.splitlines()) <= 24
    assert (settings.published / "latest" / "indicators" / OVERWEIGHT).exists()


def test_a_first_publish_without_any_publisher_is_refused_on_a_screen(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in settings.addresses:
        monkeypatch.setenv(f"THINDICATORS_{name.upper()}_URL", closed_port())
    succeeded, said = publish(settings)
    assert not succeeded
    assert "FAILED release: " in said
    assert "No release has been made yet." in said
    assert len(said.splitlines()) <= 24
