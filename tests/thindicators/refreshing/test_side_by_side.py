"""Publishers are asked side by side: none waits for another, and what comes of it is as if one were asked by one."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sources import SAMPLES
from tests.support import NOW, QUICK, answer_with, closed_port
from thindicators.context import RunContext
from thindicators.fetching.answers import Answers, load_answers
from thindicators.fetching.hosts import host_of
from thindicators.fetching.snapshots import Fetched
from thindicators.plan.model import Plan
from thindicators.refreshing import probe, refresh, side_by_side
from thindicators.refreshing.side_by_side import Fetches, begin
from thindicators.settings import Settings

PATIENCE = 30.0
SLOW, QUICK_ONES = "ncmp", ("ons_gdhi", "leggi")


class Publishers:
    """Publishers on loopback that answer with samples, each at a port of its own; one may be made to wait."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        samples = [
            load_answers(path) for path in SAMPLES.iterdir() if (path / "answers.yaml").exists()
        ]
        self._answers = Answers(
            NOW.date(), tuple(answer for one in samples for answer in one.answers)
        )
        self.may_answer = threading.Event()
        self.servers = {name: HTTPServer(threaded=True) for name in plan.addresses}
        for server in self.servers.values():
            server.start()
        self.addresses = {
            name: answer_with(server, self._answers, {name: plan.addresses[name]})[name]
            for name, server in self.servers.items()
        }

    def end(self) -> None:
        """Let those that wait answer, and end all of them at the same time."""
        self.may_answer.set()
        with ThreadPoolExecutor() as pool:
            list(pool.map(HTTPServer.stop, self.servers.values()))

    def let_wait(self, name: str) -> None:
        """Let a publisher answer nothing until it may."""

        def wait(_: Request) -> Response:
            assert self.may_answer.wait(PATIENCE)
            return Response("so late", 404)

        self.servers[name].clear_all_handlers()
        self.servers[name].expect_request(re.compile("")).respond_with_handler(wait)

    def tells_when_asked(self, source: str) -> threading.Event:
        """An event that is set when a source's publisher is asked, which then refuses."""
        is_asked = threading.Event()

        def refuse(_: Request) -> Response:
            is_asked.set()
            return Response("moved", 410)

        for name in self.plan.sources[source].addresses:
            self.servers[name].clear_all_handlers()
            self.servers[name].expect_request(re.compile("")).respond_with_handler(refuse)
        return is_asked


@pytest.fixture
def publishers(plan: Plan) -> Iterator[Publishers]:
    opened = Publishers(plan)
    yield opened
    opened.end()


def run_context_in(folder: Path, plan: Plan, addresses: dict[str, str]) -> RunContext:
    settings = Settings(state=folder / "state", published=folder / "published", addresses=addresses)
    manners = replace(QUICK, read_timeout=PATIENCE)
    return RunContext(
        settings, plan, "live", SAMPLES, lambda: NOW, manners, sleep=lambda _seconds: None
    )


def asked(plan: Plan) -> list[str]:
    return [source.id for source in plan.sources.values() if refresh.is_fetched(plan, source)]


def nobody(_: str) -> None:
    """Is told of waits."""


def test_a_slow_publisher_delays_only_its_own_source(
    plan: Plan, publishers: Publishers, tmp_path: Path
) -> None:
    """It answers only when all others have come; if one of them waited for it, none of them would come in time."""
    publishers.let_wait("fingertips")
    fetches = Fetches(run_context_in(tmp_path, plan, publishers.addresses), [SLOW, *QUICK_ONES])
    assert [fetches.take(source, nobody).failure for source in QUICK_ONES] == ["", ""]
    assert not publishers.may_answer.is_set()
    publishers.may_answer.set()
    assert "HTTP 404" in fetches.take(SLOW, nobody).failure


def test_who_waits_is_told_for_which_publisher(
    plan: Plan, publishers: Publishers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(side_by_side, "SHORT_WAIT", 0.0)
    publishers.let_wait("fingertips")
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        publishers.may_answer.set()

    Fetches(run_context_in(tmp_path, plan, publishers.addresses), [SLOW]).take(SLOW, tell)
    assert told == [f"waiting for {host_of(publishers.addresses['fingertips'])}: attempt 1 of 2"]


def test_what_comes_of_it_is_the_same_as_one_after_another(
    plan: Plan, publishers: Publishers, tmp_path: Path
) -> None:
    """With one publisher that refuses connections and one that has nothing: the same records, receipts and bytes."""
    publishers.servers["ons"].clear_all_handlers()
    addresses = {**publishers.addresses, "datastore": closed_port()}
    in_turn = run_context_in(tmp_path / "in turn", plan, addresses)
    for source in asked(plan):
        refresh.fetch(in_turn, source)
    together = run_context_in(tmp_path / "together", plan, addresses)
    fetches = Fetches(together, asked(plan))
    for source in asked(plan):
        together.store.record(fetches.take(source, nobody))
    assert files_in(together) == files_in(in_turn)
    failed = {
        source: record.failure
        for source in asked(plan)
        if (record := last(together, source)).failure
    }
    refused = {"ons", "datastore"}
    assert {"ons_gdhi", "laei", "leggi"} <= set(failed)
    assert set(failed) == {
        source for source in asked(plan) if refused & set(plan.sources[source].addresses)
    }
    assert refresh.read(together, "year_6_overweight") == refresh.read(in_turn, "year_6_overweight")


def files_in(run_context: RunContext) -> dict[str, bytes]:
    folder = run_context.store.folder
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def last(run_context: RunContext, source: str) -> Fetched:
    fetched = run_context.store.last_fetch(source)
    assert fetched is not None
    return fetched


def test_a_host_that_is_away_is_asked_twice_for_all_its_sources(plan: Plan, tmp_path: Path) -> None:
    slept: list[float] = []
    run_context = run_context_in(tmp_path, plan, dict.fromkeys(plan.addresses, closed_port()))
    fetches = Fetches(replace(run_context, sleep=slept.append), asked(plan))
    ends = {source: fetches.take(source, nobody) for source in asked(plan)}
    away = {source for source, end in ends.items() if end.unreachable is not None}
    assert away == {
        source.id for source in plan.sources.values() if source.addresses and source.id in ends
    }
    assert {end.unreachable.why for end in ends.values() if end.unreachable is not None} == {
        "it was refused"
    }
    backing_off = [seconds for seconds in slept if seconds <= QUICK.longest_wait]
    assert len(backing_off) == 1


def test_nothing_is_recorded_before_it_is_taken(
    plan: Plan, publishers: Publishers, tmp_path: Path
) -> None:
    run_context = run_context_in(tmp_path, plan, publishers.addresses)
    fetches = Fetches(run_context, ["ncmp"])
    assert fetches.take("ncmp", nobody).roles
    assert run_context.store.last_fetch("ncmp") is None


def test_a_source_taken_again_is_asked_again(
    plan: Plan, publishers: Publishers, tmp_path: Path
) -> None:
    fetches = Fetches(run_context_in(tmp_path, plan, publishers.addresses), ["ncmp"])
    fetches.take("ncmp", nobody)
    before = len(publishers.servers["fingertips"].log)
    assert fetches.take("ncmp", nobody).failure == ""
    assert len(publishers.servers["fingertips"].log) == 2 * before


@pytest.mark.parametrize("edition", ["sample", "live"])
def test_samples_and_returns_are_fetched_when_they_are_taken(
    plan: Plan, tmp_path: Path, edition: str
) -> None:
    run_context = replace(run_context_in(tmp_path, plan, {}), edition=edition)
    sources = asked(plan) if edition == "sample" else ["council_returns", "lga_poll"]
    fetches = Fetches(run_context, sources)
    assert [
        thread.name for thread in threading.enumerate() if thread.name.startswith("asks ")
    ] == []
    assert not run_context.store.folder.exists()
    assert {fetches.take(source, nobody).failure for source in sources} == {""}


def test_a_slow_publisher_does_not_delay_the_probe_of_others(
    plan: Plan, publishers: Publishers, tmp_path: Path
) -> None:
    """It answers only once the other was asked; one after another, the other would never be."""
    publishers.let_wait("fingertips")
    other_is_asked = publishers.tells_when_asked(QUICK_ONES[0])
    run_context = run_context_in(tmp_path, plan, publishers.addresses)
    sources = [plan.sources[source] for source in (SLOW, QUICK_ONES[0])]
    findings = probe.probe_all(run_context, sources)
    first = begin(lambda: next(findings), "takes the first finding")
    assert other_is_asked.wait(PATIENCE)
    assert not first.done()
    publishers.may_answer.set()
    slow, quick_one = first.result(PATIENCE), next(findings)
    assert "HTTP 404" in slow.differs[0]
    assert quick_one.source == QUICK_ONES[0]
    assert "HTTP 410" in quick_one.differs[0]
