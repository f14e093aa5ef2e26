"""A cheap look says whether a publisher may have anything new; it never says no when it does not know."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sources import SAMPLES
from tests.sources.returns import HOMES, csv_return
from tests.support import NOW, QUICK, answer_with, module_of
from thindicators.context import RunContext, open_run_context
from thindicators.fetching.answers import Answers, load_answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import by_role
from thindicators.outcomes.holds import accept
from thindicators.plan.model import Plan
from thindicators.refreshing import news, refresh
from thindicators.refreshing.refresh import all_outcomes
from thindicators.release.publishing import publish
from thindicators.settings import Settings

SOURCE, INDICATOR = "leggi", "co2_emissions"


def at(moment: datetime, run_context: RunContext) -> RunContext:
    return replace(run_context, now=lambda: moment)


BESIDE = "ons_gdhi"
"""A part of the indicator is made of what this source brings as well."""


def answers_of_both() -> Answers:
    answers = [load_answers(SAMPLES / source) for source in (SOURCE, BESIDE)]
    together = [answer for each in answers for answer in each.answers]
    return Answers(answers[0].composed, tuple(together))


def addresses_of_both(plan: Plan) -> dict[str, str]:
    return {**plan.sources[SOURCE].addresses, **plan.sources[BESIDE].addresses}


def opened(folder: Path, plan: Plan, httpserver: HTTPServer) -> RunContext:
    """The context of a live run whose publisher is on loopback."""
    addresses = answer_with(httpserver, answers_of_both(), addresses_of_both(plan))
    settings = Settings(state=folder / "state", published=folder / "published", addresses=addresses)
    made = open_run_context(settings, SAMPLES, "live", lambda: NOW)
    return replace(made, manners=QUICK, sleep=lambda _seconds: None)


@pytest.fixture
def run_context(tmp_path: Path, plan: Plan, httpserver: HTTPServer) -> RunContext:
    return opened(tmp_path, plan, httpserver)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory, plan: Plan, make_httpserver: HTTPServer) -> Path:
    """Folders in which the source was refreshed and published once, for tests to copy."""
    folder = tmp_path_factory.mktemp("once")
    made = opened(folder, plan, make_httpserver)
    for source in (SOURCE, BESIDE):
        assert refresh.fetch(made, source).failure == ""
    assert refresh.read(made, INDICATOR).state == "fresh"
    publish(made, all_outcomes(made))
    return folder


@pytest.fixture
def refreshed(once: Path, run_context: RunContext) -> RunContext:
    """Everything of the source fetched, read and published."""
    for name in ("state", "published"):
        shutil.copytree(
            once / name, run_context.settings.state.parent / name, symlinks=True, dirs_exist_ok=True
        )
    return run_context


@pytest.fixture
def asked(httpserver: HTTPServer) -> Callable[[], list[str]]:
    """The addresses asked since the last time."""

    def since() -> list[str]:
        found = [request.path for request, _ in httpserver.log]
        httpserver.clear_log()
        return found

    return since


class TestAPublisher:
    def test_with_nothing_new_is_asked_for_its_record_alone(
        self, refreshed: RunContext, asked: Callable[[], list[str]]
    ) -> None:
        found = news.look(refreshed, SOURCE)
        assert not found.is_worth_a_run
        assert found.why.startswith(
            "Greater London Authority, on the London Datastore has nothing new since 2026-11-22"
        )
        paths = asked()
        assert paths
        assert all("/api/v3/dataset/" in path for path in paths)

    def test_whose_record_has_changed_is_worth_a_run(
        self, refreshed: RunContext, httpserver: HTTPServer
    ) -> None:
        answers = answers_of_both()
        changed = [
            replace(one, content=one.content + b"\n") if "/api/v3/dataset/" in one.url else one
            for one in answers.answers
        ]
        answer_with(
            httpserver,
            replace(answers, answers=tuple(changed)),
            addresses_of_both(refreshed.plan),
        )
        found = news.look(refreshed, SOURCE)
        assert found.is_worth_a_run
        assert "differs from the last refresh" in found.why

    def test_is_new_until_it_was_fetched_however_often_it_was_looked_at(
        self, refreshed: RunContext, httpserver: HTTPServer
    ) -> None:
        self.test_whose_record_has_changed_is_worth_a_run(refreshed, httpserver)
        assert news.look(refreshed, SOURCE).is_worth_a_run

    def test_that_does_not_answer_is_worth_a_run_that_says_so(
        self, refreshed: RunContext, httpserver: HTTPServer
    ) -> None:
        httpserver.clear_all_handlers()
        found = news.look(refreshed, SOURCE)
        assert found.is_worth_a_run
        assert "The look at what is new failed" in found.why

    def test_without_a_small_page_is_not_asked_before_the_run(
        self, refreshed: RunContext, asked: Callable[[], list[str]]
    ) -> None:
        silent = refreshed.plan.sources[SOURCE].model_copy(update={"news_in": []})
        plan = replace(refreshed.plan, sources={**refreshed.plan.sources, SOURCE: silent})
        asked()
        assert news.look(replace(refreshed, plan=plan), SOURCE).is_worth_a_run
        assert asked() == []


class TestWhatWasNotFinished:
    """Then the publisher is not asked what is new: the run is due whatever it says."""

    def test_a_source_that_was_never_asked(self, run_context: RunContext) -> None:
        assert news.look(run_context, SOURCE) == news.Look(True, "This source was never asked.")

    def test_a_fetch_that_failed(self, refreshed: RunContext, httpserver: HTTPServer) -> None:
        httpserver.clear_all_handlers()
        refresh.fetch(refreshed, SOURCE)
        assert news.look(refreshed, SOURCE) == news.Look(
            True, "The last refresh of this source failed."
        )

    def test_four_weeks_without_asking_for_everything(
        self, refreshed: RunContext, asked: Callable[[], list[str]]
    ) -> None:
        asked()
        assert not news.look(at(NOW + timedelta(days=28), refreshed), SOURCE).is_worth_a_run
        asked()
        found = news.look(at(NOW + timedelta(days=28, seconds=1), refreshed), SOURCE)
        assert found == news.Look(True, "Everything is asked for once in 28 days.")
        assert asked() == []

    def test_nothing_published(self, refreshed: RunContext) -> None:
        shutil.rmtree(refreshed.settings.published)
        assert news.look(refreshed, SOURCE) == news.Look(True, "Nothing is published yet.")

    def test_figures_that_were_fetched_and_not_read(self, refreshed: RunContext) -> None:
        fetched = refreshed.store.last_fetch(SOURCE)
        assert fetched is not None
        role, receipt = next(iter(fetched.roles.items()))
        refreshed.store.record(
            replace(fetched, roles={**fetched.roles, role: replace(receipt, sha256="0" * 64)})
        )
        assert (
            news.look(refreshed, SOURCE).why == f"{INDICATOR}: what was fetched last was not read."
        )

    def test_figures_that_were_accepted_and_not_published(self, refreshed: RunContext) -> None:
        kept = refresh.outcomes(refreshed)
        good = kept.load_part(INDICATOR, SOURCE)
        assert good is not None
        kept.hold(good, "Held: most figures moved at once.")
        accept(kept, INDICATOR, "The publisher says so.", "2026-11-22")
        assert (
            news.look(refreshed, SOURCE).why
            == f"{INDICATOR}: what was read last was not published."
        )

    def test_figures_that_failed(self, refreshed: RunContext) -> None:
        refresh.outcomes(refreshed).keep_failure(
            INDICATOR, "The new figures failed a check.", source=SOURCE
        )
        assert (
            news.look(refreshed, SOURCE).why == f"{INDICATOR}: its last figures could not be read."
        )

    def test_but_held_figures_wait_for_a_person_and_not_for_a_run(
        self, refreshed: RunContext
    ) -> None:
        kept = refresh.outcomes(refreshed)
        good = kept.load_part(INDICATOR, SOURCE)
        assert good is not None
        kept.hold(good, "Held: most figures moved at once.")
        publish(refreshed, all_outcomes(refreshed))
        assert not news.look(refreshed, SOURCE).is_worth_a_run


class TestTheInbox:
    @pytest.fixture
    def inbox(self, run_context: RunContext) -> Iterator[Path]:
        run_context.settings.inbox.mkdir(parents=True)
        yield run_context.settings.inbox

    def refreshed(self, run_context: RunContext) -> None:
        for source in run_context.plan.sources.values():
            if source.kind == "return":
                assert refresh.fetch(run_context, source.id).failure == ""
        for indicator in run_context.plan.indicators_of("council_returns"):
            if run_context.plan.indicators[indicator.id].also == {}:
                refresh.read(run_context, indicator.id)
        publish(run_context, all_outcomes(run_context))

    def test_is_news_when_a_file_comes_changes_or_goes(
        self, run_context: RunContext, inbox: Path
    ) -> None:
        csv_return(inbox / "return.csv", HOMES)
        self.refreshed(run_context)
        assert news.were_read(run_context, news.returns_in(inbox))
        csv_return(inbox / "return.csv", {**HOMES, "value": "820"})
        assert not news.were_read(run_context, news.returns_in(inbox))
        (inbox / "return.csv").unlink()
        assert not news.were_read(run_context, news.returns_in(inbox))

    def test_is_no_news_for_what_an_editor_leaves(self, inbox: Path) -> None:
        for name in (".return.csv.swp", "~$return.xlsx"):
            (inbox / name).write_bytes(b"")
        (inbox / "refused").mkdir()
        assert news.returns_in(inbox) == {}

    def test_that_was_never_read_is_no_news_while_it_is_empty(
        self, run_context: RunContext, inbox: Path
    ) -> None:
        assert news.were_read(run_context, news.returns_in(inbox))


def test_each_source_names_parts_that_it_has_and_not_all_of_them(
    plan: Plan, live_client: Callable[..., Client]
) -> None:
    for source in plan.sources.values():
        if not source.news_in:
            continue
        fetched = by_role(
            module_of(source.id).fetch(live_client(source.id), plan.indicators_of(source.id))
        )
        asked = {
            role
            for role in fetched
            if any(fnmatchcase(role, pattern) for pattern in source.news_in)
        }
        unused = [
            one for one in source.news_in if not any(fnmatchcase(role, one) for role in fetched)
        ]
        assert unused == [], source.id
        assert asked < set(fetched), source.id
        assert all(fetched[role].receipt.method == "GET" for role in asked), source.id
