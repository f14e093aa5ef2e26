"""A publication says when it comes next; that is kept with the fetch, shown by the status, and opens the schedule."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dagster import RunRequest, SkipReason
from pytest_httpserver import HTTPServer

from assets.schedules import decide
from sources import SAMPLES
from tests.support import NOW, QUICK, answer_with
from thindicators.context import RunContext, open_run_context
from thindicators.fetching.answers import load_answers
from thindicators.plan.model import Plan
from thindicators.refreshing import refresh
from thindicators.refreshing.announcements import announced
from thindicators.refreshing.status import status
from thindicators.settings import Settings
from thindicators.telling.calendar import State, Window

LONDON = ZoneInfo("Europe/London")
SOURCE, INDICATOR = "dfe_neet", "neet_16_17"
"""Figures that come in June or July, those of 2026 being here."""

SEPTEMBER = {"year": 2027, "month": 9, "day": 9}

Fetched = Callable[[object], RunContext]


@pytest.fixture
def fetched(tmp_path: Path, plan: Plan, httpserver: HTTPServer) -> Fetched:
    """The context of a live run that has fetched the source, whose publication announces something."""

    def make(said: object) -> RunContext:
        sample = load_answers(SAMPLES / SOURCE)
        about, *others = sample.answers
        told = {**json.loads(about.content), "nextReleaseDate": said}
        answers = replace(
            sample, answers=(replace(about, content=json.dumps(told).encode()), *others)
        )
        settings = Settings(
            state=tmp_path / "state",
            published=tmp_path / "published",
            addresses=answer_with(httpserver, answers, plan.sources[SOURCE].addresses),
        )
        settings.inbox.mkdir(parents=True)
        opened = open_run_context(settings, SAMPLES, "live", lambda: NOW)
        run_context = replace(opened, manners=QUICK, sleep=lambda _seconds: None)
        assert refresh.fetch(run_context, SOURCE).failure == ""
        refresh.read(run_context, INDICATOR)
        return run_context

    return make


def on(run_context: RunContext, day: date) -> tuple[State, str]:
    """How the indicator stands on a day, and when its next release is expected."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)
    (found,) = [
        one
        for one in status(replace(run_context, now=lambda: noon))
        if one.indicator.id == INDICATOR
    ]
    return found.state, found.next_release


def test_what_was_announced_is_kept_with_the_fetch(fetched: Fetched, plan: Plan) -> None:
    run_context = fetched(SEPTEMBER)
    assert announced(run_context.store, plan.sources[SOURCE]) == Window(
        date(2027, 9, 9), date(2027, 9, 9)
    )


@pytest.mark.parametrize("said", [None, {"year": 2027}])
def test_without_a_month_nothing_is_announced(fetched: Fetched, plan: Plan, said: object) -> None:
    run_context = fetched(said)
    assert announced(run_context.store, plan.sources[SOURCE]) is None
    assert on(run_context, date(2026, 11, 22)) == (State.UP_TO_DATE, "1 June to 31 July 2027")


def test_an_announcement_that_no_calendar_has_does_not_stop_the_status(fetched: Fetched) -> None:
    assert (
        on(fetched({"year": 2027, "month": 13}), date(2026, 11, 22))[1] == "1 June to 31 July 2027"
    )


def test_a_source_that_was_never_asked_has_announced_nothing(tmp_path: Path, plan: Plan) -> None:
    run_context = open_run_context(
        Settings(state=tmp_path / "state", published=tmp_path / "published"), SAMPLES, "live"
    )
    assert announced(run_context.store, plan.sources[SOURCE]) is None


def test_the_status_shows_the_announced_day_until_it_has_passed(fetched: Fetched) -> None:
    run_context = fetched(SEPTEMBER)
    assert on(run_context, date(2027, 5, 31)) == (
        State.UP_TO_DATE,
        "announced for 9 September 2027",
    )
    assert on(run_context, date(2027, 9, 9)) == (State.DUE, "announced for 9 September 2027")
    assert on(run_context, date(2027, 9, 10))[1] == "now, to 12 September 2027"
    assert on(run_context, date(2027, 9, 13))[1] == "1 June to 31 July 2028"


def test_an_announced_month_is_shown_as_one(fetched: Fetched) -> None:
    assert (
        on(fetched({"year": 2027, "month": 9}), date(2027, 5, 31))[1]
        == "announced for September 2027"
    )


def test_figures_that_are_put_off_are_late_only_after_the_day_they_are_put_off_to(
    fetched: Fetched,
) -> None:
    """July and its grace end on 14 September, those of the announced day on 24 October."""
    put_off = fetched(SEPTEMBER)
    assert [
        on(put_off, date(2027, month, day))[0] for month, day in ((9, 15), (10, 24), (10, 25))
    ] == [*(State.DUE, State.DUE, State.LATE)]


def test_without_the_announcement_they_are_late_before(fetched: Fetched) -> None:
    assert on(fetched(None), date(2027, 9, 15))[0] == State.LATE


def test_the_publisher_is_asked_in_the_announced_week(
    fetched: Fetched, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = fetched(SEPTEMBER).settings
    monkeypatch.setenv("THINDICATORS_STATE", str(settings.state))
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(settings.published))
    monkeypatch.setenv("THINDICATORS_EES_CONTENT_URL", settings.addresses["ees_content"])
    before, within = (datetime(2027, 9, day, 10, 15, tzinfo=LONDON) for day in (3, 7))
    skipped = decide(plan.sources[SOURCE], before)
    assert isinstance(skipped, SkipReason)
    assert "the next is due from 06 September 2027" in str(skipped.skip_message)
    assert isinstance(decide(plan.sources[SOURCE], within), RunRequest)
