"""The end of a refresh fits a screen, whatever failed, and says what to do first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sources import SAMPLES
from tests.support import NOW, QUICK, closed_port
from thindicators.context import RunContext, open_run_context
from thindicators.fetching.snapshots import Unreachable
from thindicators.plan.model import Plan
from thindicators.refreshing import refresh
from thindicators.refreshing.ending import Ending, ending_of, on_a_screen
from thindicators.refreshing.refresh import all_outcomes
from thindicators.settings import Settings

SCREEN = 24
AROUND = 4
"""Lines before and after the ending: where the release is, and those of the shell."""

WHY = "expected an answer; came HTTP 503 (5 attempts). Where: https://publisher.example/. What to do: try again later."
GOOD = Ending(
    {"fresh": 20, "empty": 10},
    [f"source_{n}" for n in range(16)],
    {},
    {},
    {},
    ["getting_on_well"] * 10,
)


def lines(ending: Ending, width: int = 100) -> list[str]:
    said = on_a_screen(ending, width)
    assert len(said) <= SCREEN - AROUND
    assert [line for line in said if len(line) > width] == []
    return said


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("hosts", [1, 8, 30])
@pytest.mark.parametrize("failures", [0, 1, 40])
@pytest.mark.parametrize("held", [0, 30])
def test_it_fits_a_screen_whatever_failed(width: int, hosts: int, failures: int, held: int) -> None:
    away = {
        Unreachable(f"www.publisher-{n}.example", "it was refused"): ["a_source", "another"]
        for n in range(hosts)
    }
    failed = {f"source_{n}": f"source_{n}: {WHY * 3}" for n in range(failures)}
    not_read = {f"indicator_{n}": f"Held: {WHY}" for n in range(held)}
    said = lines(replace(GOOD, unreachable=away, failed=failed, not_read=not_read), width)
    assert any(
        "www.publisher-0.example (it was refused): a_source, another" in line for line in said
    )
    assert sum(line.startswith("FAILED") for line in said) >= bool(failures) + bool(held)
    assert "What to do first:" in "\n".join(said)


def test_a_single_failure_is_told_in_full() -> None:
    said = " ".join(lines(replace(GOOD, failed={"ncmp": f"ncmp: {WHY}"})))
    assert f"FAILED ncmp: ncmp: {WHY}" in said
    assert "What to do first: Read what failed" in said


def test_of_many_failures_there_is_a_line_each_and_the_number_of_the_others() -> None:
    said = lines(replace(GOOD, failed={f"source_{n}": WHY for n in range(40)}))
    assert said[2].startswith("FAILED source_0: expected an answer; came HTTP 503")
    assert "  … and 29 more" in said


def test_when_all_is_well_there_is_nothing_to_do() -> None:
    said = lines(GOOD)
    assert said[:2] == [
        "Of 30 indicators 20 are fresh, 0 keep their last figures, 10 have none.",
        "Of 16 sources that were asked 16 came.",
    ]
    assert "What to do first" not in " ".join(said)
    assert said[-1] == "Why, for each indicator and in full: `thindicators status`."


def test_when_only_some_came_the_network_is_not_to_blame() -> None:
    away = {Unreachable("www.publisher.example", "its name has no address"): ["a_source"]}
    said = " ".join(lines(replace(GOOD, unreachable=away)))
    assert "See whether a browser on this machine gets to what gave no connection" in said


@pytest.mark.parametrize("width", [80, 120])
def test_of_a_refresh_without_any_publisher_every_host_is_named_once_with_its_sources(
    plan: Plan, tmp_path: Path, width: int
) -> None:
    away = {name: closed_port() for name in plan.addresses}
    settings = Settings(state=tmp_path / "state", published=tmp_path / "published", addresses=away)
    run_context = RunContext(
        settings, plan, "live", SAMPLES, lambda: NOW, QUICK, sleep=lambda _seconds: None
    )
    for source in plan.sources.values():
        if refresh.is_fetched(plan, source):
            refresh.fetch(run_context, source.id)
    ending = ending_of(run_context, all_outcomes(run_context))
    named = [source for sources in ending.unreachable.values() for source in sources]
    assert sorted(named) == sorted(
        one.id for one in plan.sources.values() if one.addresses and one.id in set(named)
    )
    said = lines(ending, width)
    assert "none came" in said[1]
    assert sum("(it was refused): " in line for line in said) == len(ending.unreachable)
    assert "What to do first: No publisher could be reached." in " ".join(said)


def test_what_was_recorded_of_a_sample_is_all_well(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path / "state", published=tmp_path / "published")
    run_context = open_run_context(settings, SAMPLES, "sample", lambda: NOW)
    refresh.fetch(run_context, "ncmp")
    ending = ending_of(run_context, all_outcomes(run_context))
    assert ending.is_good
    assert ending.came == ["ncmp"]
