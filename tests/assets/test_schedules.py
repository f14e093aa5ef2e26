"""When each source is asked, and why not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dagster import (
    DagsterInstance,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    Definitions,
    RunRequest,
    ScheduleDefinition,
    SkipReason,
    build_schedule_context,
)
from pytest_httpserver import HTTPServer

from assets.repository import definitions
from assets.schedules import SHOW_STATUS, decide
from thindicators.context import open_run_context
from thindicators.plan.model import Plan
from thindicators.refreshing import refresh
from thindicators.settings import Settings

LONDON = ZoneInfo("Europe/London")
MONDAY_OUTSIDE = datetime(2026, 8, 3, 10, 15, tzinfo=LONDON)
TUESDAY_OUTSIDE = datetime(2026, 8, 4, 10, 15, tzinfo=LONDON)
TUESDAY_INSIDE = datetime(2026, 11, 3, 10, 15, tzinfo=LONDON)


@pytest.fixture(scope="module")
def defs() -> Definitions:
    return definitions(Settings())


@pytest.fixture(scope="module")
def schedules(defs: Definitions) -> dict[str, ScheduleDefinition]:
    return {one.name: one for one in defs.schedules or [] if isinstance(one, ScheduleDefinition)}


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("THINDICATORS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(tmp_path / "published"))
    return Settings(state=tmp_path / "state", published=tmp_path / "published")


@pytest.fixture
def no_publisher(plan: Plan, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    """Every publisher's address leads to a server that knows nothing."""
    for name in plan.addresses:
        monkeypatch.setenv(f"THINDICATORS_{name.upper()}_URL", httpserver.url_for(f"/{name}"))
    return httpserver


def ticked(plan: Plan, source: str, moment: datetime) -> RunRequest | SkipReason:
    return decide(plan.sources[source], moment)


def reason(found: RunRequest | SkipReason) -> str:
    assert isinstance(found, SkipReason)
    return str(found.skip_message)


class TestEverySource:
    def test_has_a_schedule_on_weekdays_at_a_quarter_past_ten_in_london(
        self, schedules: dict[str, ScheduleDefinition], plan: Plan
    ) -> None:
        expected = {
            f"{one.id}_release" for one in plan.sources.values() if refresh.is_fetched(plan, one)
        }
        assert set(schedules) == {*expected, SHOW_STATUS}
        for name in expected:
            assert schedules[name].cron_schedule == "15 10 * * 1-5"
            assert schedules[name].execution_timezone == "Europe/London"

    def test_starts_switched_off(self, schedules: dict[str, ScheduleDefinition]) -> None:
        assert {one.default_status for one in schedules.values()} == {DefaultScheduleStatus.STOPPED}

    def test_is_switched_on_by_one_setting(self) -> None:
        switched = definitions(replace(Settings(), schedules=True))
        assert {one.default_status for one in switched.schedules or []} == {
            DefaultScheduleStatus.RUNNING
        }
        assert {one.default_status for one in switched.sensors or []} == {
            DefaultSensorStatus.RUNNING
        }

    def test_starts_live_runs_only(
        self, schedules: dict[str, ScheduleDefinition], folders: Settings, no_publisher: HTTPServer
    ) -> None:
        for name, schedule in schedules.items():
            if name == SHOW_STATUS:
                continue
            with (
                DagsterInstance.ephemeral() as instance,
                build_schedule_context(instance, MONDAY_OUTSIDE) as context,
            ):
                requests = schedule.evaluate_tick(context).run_requests or []
            assert [
                one.run_config["resources"]["run_context"]["config"]["edition"] for one in requests
            ] == ["live"]


class TestATick:
    def test_outside_the_weeks_of_a_release_counts_on_mondays_only(
        self, plan: Plan, folders: Settings, no_publisher: HTTPServer
    ) -> None:
        said = reason(ticked(plan, "ncmp", TUESDAY_OUTSIDE))
        assert (
            said
            == "No release is due this week, the next is due from 01 November 2026; asked on Mondays."
        )
        assert isinstance(ticked(plan, "ncmp", MONDAY_OUTSIDE), RunRequest)
        assert isinstance(ticked(plan, "ncmp", TUESDAY_INSIDE), RunRequest)

    def test_asks_a_paused_publisher_on_mondays_only(
        self, plan: Plan, folders: Settings, no_publisher: HTTPServer
    ) -> None:
        assert "paused" in reason(ticked(plan, "ons_wellbeing", TUESDAY_INSIDE))
        assert isinstance(ticked(plan, "ons_wellbeing", MONDAY_OUTSIDE), RunRequest)

    def test_over_a_sample_edition_starts_nothing_asks_nobody_and_says_what_to_do(
        self, plan: Plan, folders: Settings, no_publisher: HTTPServer
    ) -> None:
        open_run_context(folders, Path("unused"), "sample")
        assert "thindicators forget-sample" in reason(ticked(plan, "leggi", TUESDAY_INSIDE))
        assert no_publisher.log == []

    def test_that_cannot_look_starts_the_run_that_says_why(
        self,
        plan: Plan,
        folders: Settings,
        no_publisher: HTTPServer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("THINDICATORS_NOBODY_URL", "http://127.0.0.1:1")
        found = ticked(plan, "leggi", TUESDAY_INSIDE)
        assert isinstance(found, RunRequest)
        assert "THINDICATORS_NOBODY_URL names no publisher" in found.tags["because"]

    def test_with_nothing_new_in_the_inbox_starts_nothing(
        self, plan: Plan, folders: Settings
    ) -> None:
        run_context = open_run_context(folders, Path("unused"), "live")
        assert isinstance(ticked(plan, "lga_poll", TUESDAY_INSIDE), RunRequest)
        refresh.fetch(run_context, "lga_poll")
        assert isinstance(ticked(plan, "lga_poll", TUESDAY_INSIDE), RunRequest), (
            "nothing is published yet"
        )


@pytest.fixture(autouse=True)
def _cleared(folders: Settings) -> Iterator[None]:
    yield
    shutil.rmtree(folders.state, ignore_errors=True)
