"""The status of every indicator, and what to do about it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sources import SAMPLES
from tests.sources.returns import HOMES, csv_return
from tests.support import NOW, QUICK, ROOT, answer_with
from thindicators.context import RunContext, open_run_context
from thindicators.fetching.answers import Answers, load_answers
from thindicators.outcomes.told import short
from thindicators.plan.model import Plan
from thindicators.refreshing import refresh
from thindicators.refreshing.status import Line, in_short, status
from thindicators.settings import Settings
from thindicators.telling.calendar import State

ASKED = {
    "fingertips": ["healthy_life_expectancy_male"],
    "ons_wellbeing": ["happiness"],
    "ons_aps": ["level_1_qualification", "employment_rate"],
    "ons_gdhi": ["gdhi_per_head"],
    "leggi": ["co2_emissions"],
}
SUMMER = datetime(2027, 7, 1, 9, 15, tzinfo=UTC)


@pytest.fixture
def run_context(tmp_path: Path, plan: Plan, httpserver: HTTPServer) -> RunContext:
    """The context of a live run whose publishers are on loopback."""
    answers = [load_answers(SAMPLES / source) for source in ASKED]
    together = Answers(
        answers[0].composed, tuple(answer for one in answers for answer in one.answers)
    )
    addresses = {
        name: url for source in ASKED for name, url in plan.sources[source].addresses.items()
    }
    settings = Settings(
        state=tmp_path / "state",
        published=tmp_path / "published",
        addresses=answer_with(httpserver, together, addresses),
    )
    settings.inbox.mkdir(parents=True)
    made = open_run_context(settings, SAMPLES, "live", lambda: NOW)
    return replace(made, manners=QUICK, sleep=lambda _seconds: None)


@pytest.fixture
def refreshed(run_context: RunContext) -> RunContext:
    for source, indicators in ASKED.items():
        assert refresh.fetch(run_context, source).failure == ""
        for indicator in indicators:
            refresh.read(run_context, indicator)
    return run_context


def line(run_context: RunContext, indicator: str) -> Line:
    (found,) = [one for one in status(run_context) if one.indicator.id == indicator]
    return found


def test_before_the_first_refresh_everything_is_still_to_be_asked(run_context: RunContext) -> None:
    lines = status(run_context)
    assert in_short(lines) == f"{len(run_context.plan.indicators)} not asked yet"
    assert {one.what_to_do for one in lines} == {"Run `thindicators publish`."}


def test_figures_that_came_when_they_were_due_are_up_to_date(refreshed: RunContext) -> None:
    found = line(refreshed, "healthy_life_expectancy_male")
    assert (found.state, found.newest) == (State.UP_TO_DATE, "2022 - 24")
    assert found.next_release == "1 December to 31 March 2027"
    assert not found.needs_somebody


def test_figures_that_do_not_come_are_due_then_late(refreshed: RunContext) -> None:
    def state(year: int, month: int, day: int) -> State:
        now = datetime(year, month, day, 12, tzinfo=UTC)
        return line(replace(refreshed, now=lambda: now), "healthy_life_expectancy_male").state

    assert state(2026, 11, 30) == State.UP_TO_DATE
    assert [state(2026, 12, 1), state(2027, 3, 31), state(2027, 5, 15)] == [State.DUE] * 3
    assert state(2027, 5, 16) == State.LATE


def test_a_late_publisher_is_named_with_its_page_and_the_probe(refreshed: RunContext) -> None:
    found = line(replace(refreshed, now=lambda: SUMMER), "healthy_life_expectancy_male")
    assert found.needs_somebody
    assert "https://fingertips.phe.org.uk" in found.cells[-1]
    assert "`thindicators probe fingertips`" in found.what_to_do


@pytest.mark.parametrize("now", [NOW, SUMMER, datetime(2031, 1, 1, tzinfo=UTC)])
def test_a_paused_publisher_and_an_ended_series_are_never_late(
    refreshed: RunContext, now: datetime
) -> None:
    later = replace(refreshed, now=lambda: now)
    paused, ended = line(later, "happiness"), line(later, "level_1_qualification")
    assert (paused.state, paused.next_release) == (State.PAUSED, "none is expected")
    assert "has paused" in paused.why
    assert (ended.state, ended.next_release) == (State.ENDED, "none is expected")
    assert "Regulated Qualifications Framework" in ended.why
    assert not paused.needs_somebody


def test_a_source_that_failed_says_why_and_names_the_probe(
    refreshed: RunContext, httpserver: HTTPServer
) -> None:
    httpserver.clear_all_handlers()
    assert refresh.fetch(refreshed, "fingertips").failure
    refresh.read(refreshed, "healthy_life_expectancy_male")
    found = line(refreshed, "healthy_life_expectancy_male")
    assert (found.state, found.newest) == (State.FAILED, "2022 - 24")
    assert "expected an answer" in found.why
    assert "`thindicators probe fingertips`" in found.what_to_do


def test_held_figures_come_first_with_the_command_that_accepts_them(refreshed: RunContext) -> None:
    kept = refresh.outcomes(refreshed)
    good = kept.load("employment_rate")
    assert good is not None
    kept.hold(good, "Held: most figures moved at once.")
    first = status(refreshed)[0]
    assert (first.indicator.id, first.state) == ("employment_rate", State.HELD)
    told = short(kept.sum_held("employment_rate"))
    assert f'`thindicators accept employment_rate --sum {told} --reason "…"`' in first.what_to_do


def test_figures_that_cannot_be_read_any_more_are_a_failure_of_theirs_alone(
    refreshed: RunContext,
) -> None:
    (refreshed.settings.state / "ledger" / "happiness.jsonl").write_bytes(b"no entry\n")
    assert line(refreshed, "happiness").state == State.FAILED
    assert line(refreshed, "healthy_life_expectancy_male").state == State.UP_TO_DATE


class TestAReturn:
    @pytest.fixture
    def handed_in(self, run_context: RunContext) -> Callable[..., Line]:
        def hand_in(*rows: dict[str, object]) -> Line:
            if rows:
                csv_return(run_context.settings.inbox / "return.csv", *rows)
            assert refresh.fetch(run_context, "council_returns").failure == ""
            refresh.read(run_context, "affordable_homes_delivered")
            return line(run_context, "affordable_homes_delivered")

        return hand_in

    def test_that_nobody_handed_in_is_waited_for(self, handed_in: Callable[..., Line]) -> None:
        found = handed_in()
        assert (found.state, found.newest) == (State.WAITING, "")
        for command in ("return-template", "check-return", "returns"):
            assert command in found.what_to_do

    def test_of_the_last_financial_year_is_enough(self, handed_in: Callable[..., Line]) -> None:
        found = handed_in(dict(HOMES))
        assert (found.state, found.newest) == (State.UP_TO_DATE, "2025/26")

    def test_of_the_year_before_is_not(self, handed_in: Callable[..., Line]) -> None:
        earlier = {
            "period_start": "2024-04-01",
            "period_end": "2025-03-31",
            "period_label": "2024/25",
        }
        assert handed_in({**HOMES, **earlier}).state == State.WAITING


def test_the_command_prints_the_list_without_the_slow_libraries(tmp_path: Path) -> None:
    program = (
        "import sys; from assets.commands import print_status; print_status(); "
        "print({'dagster', 'great_expectations', 'altair'} & set(sys.modules))"
    )
    environment = {
        "THINDICATORS_STATE": str(tmp_path / "s"),
        "THINDICATORS_PUBLISHED": str(tmp_path / "p"),
        "PATH": "",
    }
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    written = len(list((ROOT / "schemas" / "indicators").glob("*.yaml")))
    assert f"{written} not asked yet" in ran.stdout
    assert "Employment rate" in ran.stdout
    assert ran.stdout.strip().splitlines()[-1] == "set()"
