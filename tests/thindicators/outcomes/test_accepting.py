"""An acceptance takes what somebody was told of, once, and nothing else; and it never stops a release."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.command_line import typer_app
from tests.weight import (
    WEIGHT,
    change,
    figures_in,
    opened,
    published,
    raised,
    refreshed,
    restore,
    withdraw,
    without,
)
from thindicators.context import RunContext
from thindicators.errors import ThindicatorsError
from thindicators.outcomes.holds import accept, repeated_keys
from thindicators.outcomes.told import short
from thindicators.refreshing import refresh
from thindicators.refreshing.remake import verify

DAY, WHY = "2026-11-22", "The publisher weighted the figures anew."


@pytest.fixture
def run_context(tmp_path: Path) -> RunContext:
    made = opened(tmp_path)
    refreshed(made)
    published(made)
    return made


def test_a_series_restated_and_accepted_twice_on_a_day_is_published_twice(
    run_context: RunContext,
) -> None:
    for number in (1, 2):
        change(run_context, raised(1))
        assert refreshed(run_context).held
        accepted = accept(refresh.outcomes(run_context), WEIGHT, f"{WHY} ({number})", DAY)
        assert repeated_keys(accepted.table) == []
        release = published(run_context)
        assert verify(run_context, release.folder) == []
    [series] = set(accepted.open_figures["series"].to_pylist())
    ended = {f"{series}_until_{DAY}", f"{series}_until_{DAY}_2"}
    assert {series for series, *_ in figures_in(release)} == {series, *ended}


def test_there_and_back_and_there_again_is_published_each_time(run_context: RunContext) -> None:
    for restated in (True, False, True):
        change(run_context, raised(1)) if restated else restore(run_context)
        assert refreshed(run_context).held
        accept(refresh.outcomes(run_context), WEIGHT, WHY, DAY)
        assert verify(run_context, published(run_context).folder) == []


def test_figures_that_came_after_those_that_were_told_are_not_accepted(
    run_context: RunContext,
) -> None:
    change(run_context, raised(1))
    on_monday = refreshed(run_context).reason
    change(run_context, raised(7))
    on_tuesday = refreshed(run_context).reason
    assert on_monday != on_tuesday
    store = refresh.outcomes(run_context)
    with pytest.raises(ThindicatorsError, match="other figures are held now"):
        accept(store, WEIGHT, "The publisher confirms Monday's file.", DAY)
    sum_told = short(store.sum_held(WEIGHT))
    assert f"--sum {sum_told}" in on_tuesday
    assert accept(
        store, WEIGHT, "The publisher confirms Tuesday's file.", DAY, sum_told=sum_told
    ).accepted


def test_figures_that_come_in_other_bytes_are_still_those_that_were_told(
    run_context: RunContext,
) -> None:
    change(run_context, raised(1))
    first = refreshed(run_context).reason
    for path in (run_context.samples / "ncmp").glob("*.csv"):
        if path.name != "ORIGIN.csv":
            path.write_bytes(path.read_bytes() + b"\r\n")
    assert refreshed(run_context).reason == first
    assert accept(refresh.outcomes(run_context), WEIGHT, WHY, DAY).state == "fresh"


def test_figures_that_the_publisher_has_taken_back_are_not_accepted(
    run_context: RunContext,
) -> None:
    change(run_context, raised(1))
    assert refreshed(run_context).held
    withdraw(run_context)
    assert not refreshed(run_context).held
    with pytest.raises(ThindicatorsError, match=r"nothing is held any more.*are gone since"):
        accept(refresh.outcomes(run_context), WEIGHT, WHY, DAY)


def test_what_was_told_is_not_forgotten_while_the_publisher_fails(run_context: RunContext) -> None:
    change(run_context, raised(1))
    refreshed(run_context)
    refresh.outcomes(run_context).keep_failure(WEIGHT, "no answer")
    change(run_context, raised(7))
    assert refreshed(run_context).held
    with pytest.raises(ThindicatorsError, match="other figures are held now"):
        accept(refresh.outcomes(run_context), WEIGHT, WHY, DAY)


@pytest.mark.parametrize("sum_told", ["", "0000000", "00000000", "f" * 64])
def test_a_sum_that_is_not_that_of_the_held_figures_is_refused(
    run_context: RunContext, sum_told: str
) -> None:
    change(run_context, raised(1))
    refreshed(run_context)
    store = refresh.outcomes(run_context)
    if not sum_told:
        sum_told = store.sum_held(WEIGHT)[:4]
    with pytest.raises(ThindicatorsError, match="so nothing is accepted"):
        accept(store, WEIGHT, WHY, DAY, sum_told=sum_told)


def test_the_command_takes_the_sum_that_was_told(
    run_context: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = run_context.settings
    for name in ("state", "published", "schemas"):
        monkeypatch.setenv(f"THINDICATORS_{name.upper()}", str(getattr(settings, name)))
    for by in (1, 7):
        change(run_context, raised(by))
        refreshed(run_context)
    words = ["accept", WEIGHT, "--reason", WHY]
    refused = CliRunner().invoke(typer_app, words)
    assert "other figures are held now" in str(refused.exception)
    told = short(refresh.outcomes(run_context).sum_held(WEIGHT))
    assert told in str(refused.exception)
    ran = CliRunner().invoke(typer_app, [*words, "--sum", told])
    assert ran.exit_code == 0, ran.output
    assert not refresh.outcomes(run_context).waiting(WEIGHT)


def test_accepting_twice_what_was_held_once_is_refused(run_context: RunContext) -> None:
    change(run_context, raised(1))
    refreshed(run_context)
    store = refresh.outcomes(run_context)
    accept(store, WEIGHT, WHY, DAY)
    with pytest.raises(ThindicatorsError, match="nothing is held"):
        accept(store, WEIGHT, WHY, DAY)


def test_accepting_a_lost_figure_ends_no_series_that_every_release_restates(
    run_context: RunContext,
) -> None:
    path = run_context.settings.schemas / "indicators" / f"{WEIGHT}.yaml"
    text = path.read_text(encoding="utf-8")
    title = "title: National Child Measurement Programme"
    assert title in text
    path.write_text(text.replace(title, f"{title}, restated_within_percent: 50"), "utf-8")
    made = opened(path.parents[2])
    refreshed(made)
    change(made, raised(0.2))
    change(made, without(r"E09000030.*,2012/13,"))
    held = refreshed(made)
    assert "1 published figures gone" in held.reason
    assert "moved at once" not in held.reason
    accepted = accept(refresh.outcomes(made), WEIGHT, "The publisher withdrew it.", DAY)
    assert accepted.closed == frozenset()


def test_what_is_told_of_a_restated_series_says_it_once_with_the_reason(
    run_context: RunContext,
) -> None:
    change(run_context, raised(1))
    before = refreshed(run_context)
    accept(refresh.outcomes(run_context), WEIGHT, WHY, DAY)
    release = published(run_context).folder
    text = (release / "CHANGES.md").read_text(encoding="utf-8")
    figures = before.table.num_rows
    assert "new figure" not in text
    assert f"{figures} figures stay as they were, in a series that has ended" in text
    assert "figures restated, as most of the series moved at once" in text
    reason = WHY.rstrip(".").replace("_", r"\_")
    for name in ("CHANGES.md", "feed.xml", f"indicators/{WEIGHT}/index.html"):
        assert reason in (release / name).read_text(encoding="utf-8"), name
    page = (release / f"indicators/{WEIGHT}/index.html").read_text(encoding="utf-8")
    assert "new figures" not in page
