"""A figure that was read for one question is no answer to another; words that change take no figure away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.weight import WEIGHT, figures_in, opened, published, refreshed, withdraw
from thindicators.context import RunContext
from thindicators.refreshing.remake import verify

_changed = 0


@pytest.fixture
def run_context(tmp_path: Path) -> RunContext:
    made = opened(tmp_path)
    refreshed(made)
    published(made)
    return made


def with_plan(run_context: RunContext, old: str, new: str) -> RunContext:
    """The same folders after a line of the indicator's file was changed."""
    path = run_context.settings.schemas / "indicators" / f"{WEIGHT}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    os.utime(path, ns=(10**18, 10**18))
    return opened(run_context.settings.schemas.parent)


def test_a_note_reworded_while_the_source_is_down_is_published_and_verifies(
    run_context: RunContext,
) -> None:
    made = with_plan(
        run_context, "Schools closed in March 2020", "Schools were closed in March 2020"
    )
    withdraw(made)
    outcome = refreshed(made)
    assert outcome.state == "stale"
    release = published(made)
    assert release.is_new
    assert verify(made, release.folder) == []


def test_a_definition_that_says_the_same_in_other_words_takes_no_figure_away(
    run_context: RunContext,
) -> None:
    before = refreshed(run_context).table
    made = with_plan(run_context, "definition: ", "definition: In short, ")
    withdraw(made)
    outcome = refreshed(made)
    assert outcome.table.drop_columns(["note"]).equals(before.drop_columns(["note"]))
    assert verify(made, published(made).folder) == []


def test_another_unit_ends_what_was_read_also_while_the_source_is_down(
    run_context: RunContext,
) -> None:
    made = with_plan(run_context, "unit: percent", "unit: ratio")
    withdraw(made)
    outcome = refreshed(made)
    assert (outcome.state, outcome.table.num_rows) == ("empty", 0)
    assert "What is asked for was changed" in outcome.accepted[-1].reason
    release = published(made)
    assert figures_in(release) == []
    text = (release.folder / "CHANGES.md").read_text(encoding="utf-8")
    assert "figures withdrawn" in text
    assert "What is asked for was changed" in text
    assert verify(made, release.folder) == []


def test_another_unit_is_told_with_both_units_and_the_reason(run_context: RunContext) -> None:
    made = with_plan(run_context, "unit: percent", "unit: ratio")
    outcome = refreshed(made)
    assert outcome.state == "fresh"
    text = (published(made).folder / "CHANGES.md").read_text(encoding="utf-8")
    assert "(percentage) became " in text
    assert "(ratio)" in text
    assert "What is asked for was changed" in text
