"""Fixtures that every test may use: the plan, a place for snapshots, and clients whose publisher is on loopback."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from pytest_httpserver import HTTPServer
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from sources import SAMPLES
from tests.support import NOW, QUICK, ROOT, answer_with, module_of, unhurried
from thindicators.fetching.answers import Answers, load_answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import SnapshotStore, by_role
from thindicators.fetching.transport import live_session
from thindicators.observations.observation import Observation
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Plan

# A law either holds or not; how long an example takes depends on what else the machine does. The examples are the same
# on every machine, so that a change is judged by itself and not by luck; `make search` looks for others, at random.
# Hypothesis would choose its own profile of the name "ci" where the variable CI is set: this one stands in its place.
hypothesis_settings.register_profile("ci", deadline=None, derandomize=True)
# Said outright: where the variable CI is set, what is not said is as in Hypothesis' own profile for it.
hypothesis_settings.register_profile(
    "search", deadline=None, derandomize=False, max_examples=1000, print_blob=True
)
hypothesis_settings.load_profile("ci")


class _BySharedPreparations(LoadScopeScheduling):  # type: ignore[misc]
    """Keeps in one process what shares its preparations: a file, a source's faults, what needs the same servers."""

    def _split_scope(self, nodeid: str) -> str:
        path, _, test = nodeid.partition("::")
        for shared in ("tests/assets/deployment", "tests/readers"):
            if path.startswith(f"{shared}/"):
                return shared
        return f"{path}[{test.partition('[')[2]}" if path == "tests/faults/test_faults.py" else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """How `make test` shares the tests among the processors."""
    return _BySharedPreparations(config, log)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("THINDICATORS_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def plan() -> Plan:
    return load_plan(ROOT / "schemas")


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "snapshots")


@pytest.fixture
def live_client(plan: Plan, store: SnapshotStore, httpserver: HTTPServer) -> Callable[..., Client]:
    """Makes the client of a live run whose publisher is a loopback server, with the source's sample by default."""

    def make(source: str, answers: Answers | None = None, inbox: Path | None = None) -> Client:
        spec = plan.sources[source]
        given = answers if answers is not None else load_answers(SAMPLES / source)
        visits = unhurried(store)
        session = live_session(spec, answer_with(httpserver, given, spec.addresses), visits)
        return Client(
            spec,
            "live",
            session,
            store,
            lambda: NOW,
            manners=QUICK,
            inbox=inbox,
            sleep=lambda _seconds: None,
            visits=visits,
        )

    return make


@pytest.fixture(scope="session")
def samples_read() -> dict[str, list[Observation]]:
    """What was read of the samples, by indicator: the same bytes give the same figures."""
    return {}


@pytest.fixture
def read(
    plan: Plan,
    live_client: Callable[..., Client],
    samples_read: dict[str, list[Observation]],
) -> Callable[..., list[Observation]]:
    """Fetches a source over loopback with the live code and reads an indicator’s expected areas; its sample only once.

    Peers are read in tests of their own: `tests/sources/test_peers.py`.
    """

    def read_indicator(
        indicator: str, answers: Answers | None = None, inbox: Path | None = None
    ) -> list[Observation]:
        is_the_sample = answers is None and inbox is None
        if is_the_sample and indicator in samples_read:
            return list(samples_read[indicator])
        wanted = plan.indicators[indicator].with_only_peers(())
        module = module_of(wanted.source)
        client = live_client(wanted.source, answers, inbox)
        snapshots = by_role(module.fetch(client, plan.indicators_of(wanted.source)))
        figures = module.parse(wanted, snapshots)
        if is_the_sample:
            samples_read[indicator] = list(figures)
        return figures

    return read_indicator
