"""What people are told after a refresh."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sources import SAMPLES
from tests.sources.returns import HOMES, csv_return
from tests.support import NOW, QUICK
from thindicators.context import RunContext, open_run_context
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
def run_context(settings: Settings) -> RunContext:
    settings.inbox.mkdir(parents=True)
    made = open_run_context(settings, SAMPLES, "live", lambda: NOW)
    return replace(made, manners=QUICK, sleep=lambda _seconds: None)


def texts(server: HTTPServer) -> list[str]:
    return [str(request.get_json()["text"]) for request, _ in server.log if request.path == "/hook"]


def test_a_source_that_fails_is_one_trouble_however_many_indicators_it_feeds(
    run_context: RunContext,
) -> None:
    assert refresh.fetch(run_context, "fingertips").failure
    for one in run_context.plan.indicators_of("fingertips"):
        refresh.read(run_context, one.id)
    (name, found), *others = troubles(run_context).items()
    assert (name, others) == ("fingertips", [])
    assert found.what.startswith(
        "Healthy life expectancy, Public Health Outcomes Framework could not be fetched"
    )
    assert "men and boys" in found.what
    assert "`thindicators probe fingertips`" in found.remedy


def test_an_error_page_with_other_words_every_day_is_told_once_and_another_status_again(
    run_context: RunContext, httpserver: HTTPServer
) -> None:
    for page, status in (("ab", 403), ("cd", 403), ("a nonce", 403), ("gone", 404)):
        httpserver.clear_all_handlers()
        httpserver.expect_request("/hook").respond_with_data("ok")
        httpserver.expect_request(re.compile("^/nobody")).respond_with_data(page, status=status)
        refresh.fetch(run_context, "fingertips")
        alert(run_context)
    first, second = texts(httpserver)
    assert "HTTP 403" in first
    assert "HTTP 404" in second


def test_held_figures_come_with_the_command_that_accepts_them(run_context: RunContext) -> None:
    refresh.outcomes(run_context).hold(
        Outcome("gdhi_per_head", "fresh", "", (), (), empty_table()),
        "Held: most figures moved at once.",
    )
    found = troubles(run_context)["gdhi_per_head"]
    assert found.kind == "held"
    assert "`thindicators accept gdhi_per_head" in found.remedy


def test_a_refused_return_is_told_with_what_is_wrong_until_it_is_taken_away(
    run_context: RunContext, httpserver: HTTPServer
) -> None:
    csv_return(run_context.settings.inbox / "july.csv", {**HOMES, "value": "about 800"})
    assert refresh.fetch(run_context, "council_returns").failure == ""
    for _day in range(3):
        alert(run_context)
    (text,) = texts(httpserver)
    assert "A return was refused: july.csv" in text
    assert "about 800" in text
    assert "refused/july.csv.report.txt" in text.replace(str(run_context.settings.inbox), "")
    for path in (run_context.settings.inbox / "refused").iterdir():
        path.unlink()
    alert(run_context)
    assert "all well again" in texts(httpserver)[1]


def test_a_run_that_broke_off_is_told_once_and_ends_with_the_next_report(
    run_context: RunContext, settings: Settings, httpserver: HTTPServer
) -> None:
    for _time in range(2):
        alert_of_run(settings, "refresh", "The release could not be written: no space left.")
    (text,) = texts(httpserver)
    assert "A run of refresh broke off" in text
    assert "no space left" in text
    alert(run_context)
    assert "all well again" in texts(httpserver)[1]


def test_a_sample_edition_alarms_nobody(settings: Settings, httpserver: HTTPServer) -> None:
    sample = open_run_context(settings, SAMPLES, "sample")
    refresh.outcomes(sample).keep_failure("gdhi_per_head", "A check failed.")
    assert alert(sample) == []
    assert alert_of_run(settings, "refresh", "no space left") == []
    assert texts(httpserver) == []
