"""What Dagster watches: the inbox, and runs that break off."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from dagster import (
    DagsterInstance,
    SensorResult,
    SkipReason,
    build_run_status_sensor_context,
    job,
    op,
)
from pytest_httpserver import HTTPServer

from assets import sensors
from assets.naming import REPORT
from assets.repository import REFRESH, definitions
from assets.sensors import broke_off_sensor, watch_inbox
from sources import SAMPLES
from tests.sources.returns import HOMES, csv_return
from thindicators.context import open_run_context
from thindicators.refreshing import refresh
from thindicators.settings import AlertSettings, Settings

SOURCES = ("council_returns", "lga_poll", "pupil_survey", "residents_survey")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("THINDICATORS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(tmp_path / "published"))
    made = Settings(state=tmp_path / "state", published=tmp_path / "published")
    open_run_context(made, SAMPLES, "live")
    made.inbox.mkdir()
    return made


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as whole at once."""
    monkeypatch.setattr(sensors, "SETTLED", -1.0)


def read_all(settings: Settings) -> None:
    run_context = open_run_context(settings, SAMPLES, "live")
    for source in SOURCES:
        assert refresh.fetch(run_context, source).failure == ""


def started(found: SensorResult | SkipReason) -> str:
    """The cursor after a tick that started a run."""
    assert isinstance(found, SensorResult)
    (request,) = found.run_requests or []
    assert request.run_config["resources"]["run_context"]["config"]["edition"] == "live"
    assert found.cursor
    return found.cursor


def waited(found: SensorResult | SkipReason) -> str:
    """Why a tick started nothing."""
    reason = found if isinstance(found, SkipReason) else found.skip_reason
    assert reason is not None
    return str(reason.skip_message)


def key(found: SensorResult | SkipReason) -> str | None:
    assert isinstance(found, SensorResult)
    (request,) = found.run_requests or []
    return request.run_key


@pytest.mark.usefixtures("settled")
class TestTheInbox:
    def test_that_is_empty_starts_nothing(self, settings: Settings) -> None:
        assert waited(watch_inbox(settings, None)) == "No return was put in, changed or taken away."

    def test_with_a_return_starts_a_run_once(self, settings: Settings) -> None:
        csv_return(settings.inbox / "return.csv", HOMES)
        cursor = started(watch_inbox(settings, None))
        assert "A run was started for these files" in waited(watch_inbox(settings, cursor))

    def test_that_was_read_starts_nothing(self, settings: Settings) -> None:
        csv_return(settings.inbox / "return.csv", HOMES)
        read_all(settings)
        assert waited(watch_inbox(settings, None)) == "No return was put in, changed or taken away."

    def test_starts_another_run_for_a_changed_file_and_for_one_that_is_taken_away(
        self, settings: Settings
    ) -> None:
        csv_return(settings.inbox / "return.csv", HOMES)
        read_all(settings)
        csv_return(settings.inbox / "return.csv", {**HOMES, "value": "820"})
        cursor = started(watch_inbox(settings, None))
        (settings.inbox / "return.csv").unlink()
        started(watch_inbox(settings, cursor))

    def test_starts_a_run_for_the_same_refused_file_each_time_it_is_put_in(
        self, settings: Settings
    ) -> None:
        cursor: str | None = None
        keys: list[str | None] = []
        for _time in range(2):
            csv_return(settings.inbox / "return.csv", {**HOMES, "value": "about 800"})
            found = watch_inbox(settings, cursor)
            cursor, keys = started(found), [*keys, key(found)]
            read_all(settings)
            after = watch_inbox(settings, cursor)
            assert waited(after) == "No return was put in, changed or taken away."
            assert isinstance(after, SensorResult)
            cursor = after.cursor
        assert len(set(keys)) == 2

    @pytest.mark.parametrize("target", ["nowhere.csv", "/dev/zero"])
    def test_with_a_link_starts_a_run_that_sets_it_aside(
        self, settings: Settings, target: str
    ) -> None:
        (settings.inbox / "return.csv").symlink_to(target)
        cursor = started(watch_inbox(settings, None))
        read_all(settings)
        assert "No return was put in" in waited(watch_inbox(settings, cursor))

    def test_with_a_folder_that_holds_a_return_starts_a_run(self, settings: Settings) -> None:
        (settings.inbox / "2025-26").mkdir()
        assert "No return was put in" in waited(watch_inbox(settings, None))
        csv_return(settings.inbox / "2025-26" / "return.csv", HOMES)
        started(watch_inbox(settings, None))

    def test_of_a_sample_edition_is_not_watched(self, tmp_path: Path) -> None:
        sample = Settings(state=tmp_path / "other", published=tmp_path / "releases")
        open_run_context(sample, SAMPLES, "sample")
        assert "forget-sample" in waited(watch_inbox(sample, None))


class TestAFileThatIsStillBeingWritten:
    def test_is_waited_for(self, settings: Settings) -> None:
        csv_return(settings.inbox / "return.csv", HOMES)
        assert waited(watch_inbox(settings, None)) == "Still being written: return.csv."

    def test_is_waited_for_even_if_it_bears_the_old_time_of_its_original(
        self, settings: Settings
    ) -> None:
        path = csv_return(settings.inbox / "return.csv", HOMES)
        os.utime(path, (1, 1))
        assert "Still being written" in waited(watch_inbox(settings, None))

    def test_is_whole_after_some_seconds(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sensors, "SETTLED", 0.2)
        csv_return(settings.inbox / "return.csv", HOMES)
        time.sleep(0.4)
        started(watch_inbox(settings, None))

    def test_and_a_run_starts_within_a_minute(self) -> None:
        assert 2 * sensors.LOOK_EVERY - 1 <= 60
        assert sensors.SETTLED < sensors.LOOK_EVERY


@op
def breaks() -> None:
    raise OSError(28, "No space left on device")


@job
def broken() -> None:
    breaks()


@op(name="report")
def reports() -> None:
    raise RuntimeError("1 failed; the rest is published.")


@job
def reported() -> None:
    reports()


class TestARunThatFails:
    def evaluate(self, settings: Settings, failing: object) -> str:
        with DagsterInstance.ephemeral() as instance:
            result = failing.execute_in_process(instance=instance, raise_on_error=False)  # type: ignore[attr-defined]
            event = next(
                one for one in result.all_events if one.event_type_value == "PIPELINE_FAILURE"
            )
            context = build_run_status_sensor_context(
                sensor_name="runs_that_break_off",
                dagster_instance=instance,
                dagster_run=result.dagster_run,
                dagster_event=event,
            ).for_run_failure()
            found = broke_off_sensor(settings)(context)
        return str(found.skip_message) if isinstance(found, SkipReason) else ""

    @pytest.fixture
    def webhook(
        self, httpserver: HTTPServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> HTTPServer:
        httpserver.expect_request("/hook").respond_with_data("ok")
        monkeypatch.setenv("THINDICATORS_ALERT_WEBHOOK", httpserver.url_for("/hook"))
        return httpserver

    def test_before_its_report_is_told_once_with_its_reason(
        self, settings: Settings, webhook: HTTPServer
    ) -> None:
        for _time in range(2):
            assert self.evaluate(settings, broken) == ""
        ((request, _),) = webhook.log
        assert "A run of broken broke off" in request.get_json()["text"]
        assert "No space left on device" in request.get_json()["text"]

    def test_in_its_report_has_told_it_already(
        self, settings: Settings, webhook: HTTPServer
    ) -> None:
        assert self.evaluate(settings, reported) == "Its report has told what failed."
        assert webhook.log == []


def test_a_refresh_that_ends_tells_what_failed_itself_and_once(
    settings: Settings, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/hook").respond_with_data("ok")
    monkeypatch.setenv("THINDICATORS_ALERT_WEBHOOK", httpserver.url_for("/hook"))
    refresh.outcomes(open_run_context(settings, SAMPLES, "live")).keep_failure(
        "happiness", "A check failed."
    )
    refresh_all = definitions(settings).resolve_job_def(REFRESH)
    for _day in range(2):
        with DagsterInstance.ephemeral() as instance:
            result = refresh_all.execute_in_process(
                instance=instance, asset_selection=[REPORT], raise_on_error=False
            )
            assert not result.success
            assert not sensors.tell_if_broken_off(settings, instance, result.dagster_run)
    ((request, _),) = httpserver.log
    assert "Not read: How happy people say they felt yesterday" in request.get_json()["text"]


def test_alerts_are_off_by_default() -> None:
    assert Settings().alerts == AlertSettings()
