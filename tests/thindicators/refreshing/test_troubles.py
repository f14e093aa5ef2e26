"""What people are told after a refresh."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sources import SAMPLES
from tests.sources.returns import HOMES, csv_return
from tests.support import NOW, QUICK
from thindicators.context import Workshop, open_workshop
from thindicators.observations.observation import empty_table
from thindicators.outcomes.outcome import Outcome
from thindicators.refreshing import refresh
from thindicators.refreshing.troubles import alert, alert_of_run, troubles
from thindicators.settings import AlertSettings, Settings


@pytest.fixture
def settings(tmp_path: Path, httpserver: HTTPServer) -> Settings:
    httpserver.expect_request("/hook").respond_with_data("ok")
    nobody = {"fingertips": httpserver.url_for("/nobody")}
    alerts = AlertSettings(webhook=httpserver.url_for("/hook"))
    return Settings(
        state=tmp_path / "state", published=tmp_path / "published", addresses=nobody, alerts=alerts
    )


@pytest.fixture
def workshop(settings: Settings) -> Workshop:
    settings.inbox.mkdir(parents=True)
    made = open_workshop(settings, SAMPLES, "live", lambda: NOW)
    return replace(made, manners=QUICK, sleep=lambda _seconds: None)


def texts(server: HTTPServer) -> list[str]:
    return [str(request.get_json()["text"]) for request, _ in server.log if request.path == "/hook"]


def test_a_source_that_fails_is_one_trouble_however_many_indicators_it_feeds(
    workshop: Workshop,
) -> None:
    assert refresh.fetch(workshop, "fingertips").failure
    for one in workshop.plan.indicators_of("fingertips"):
        refresh.read(workshop, one.id)
    (name, found), *others = troubles(workshop).items()
    assert (name, others) == ("fingertips", [])
    assert found.what.startswith(
        "Healthy life expectancy, Public Health Outcomes Framework could not be fetched"
    )
    assert "men and boys" in found.what
    assert "`thindicators probe fingertips`" in found.remedy


def test_held_figures_come_with_the_command_that_accepts_them(workshop: Workshop) -> None:
    refresh.outcomes(workshop).hold(
        Outcome("gdhi_per_head", "fresh", "", (), (), empty_table()),
        "Held: most figures moved at once.",
    )
    found = troubles(workshop)["gdhi_per_head"]
    assert found.kind == "held"
    assert "`thindicators accept gdhi_per_head" in found.remedy


def test_a_refused_return_is_told_with_what_is_wrong_until_it_is_taken_away(
    workshop: Workshop, httpserver: HTTPServer
) -> None:
    csv_return(workshop.settings.inbox / "july.csv", {**HOMES, "value": "about 800"})
    assert refresh.fetch(workshop, "council_returns").failure == ""
    for _day in range(3):
        alert(workshop)
    (text,) = texts(httpserver)
    assert "A return was refused: july.csv" in text
    assert "about 800" in text
    assert "refused/july.csv.report.txt" in text.replace(str(workshop.settings.inbox), "")
    for path in (workshop.settings.inbox / "refused").iterdir():
        path.unlink()
    alert(workshop)
    assert "all well again" in texts(httpserver)[1]


def test_a_run_that_broke_off_is_told_once_and_ends_with_the_next_report(
    workshop: Workshop, settings: Settings, httpserver: HTTPServer
) -> None:
    for _time in range(2):
        alert_of_run(settings, "refresh", "The release could not be written: no space left.")
    (text,) = texts(httpserver)
    assert "A run of refresh broke off" in text
    assert "no space left" in text
    alert(workshop)
    assert "all well again" in texts(httpserver)[1]


def test_a_sample_edition_alarms_nobody(settings: Settings, httpserver: HTTPServer) -> None:
    sample = open_workshop(settings, SAMPLES, "sample")
    refresh.outcomes(sample).keep_failure("gdhi_per_head", "A check failed.")
    assert alert(sample) == []
    assert alert_of_run(settings, "refresh", "no space left") == []
    assert texts(httpserver) == []
