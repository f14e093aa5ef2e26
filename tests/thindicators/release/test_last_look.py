"""What is published is what stands when the release is made, and never takes a published figure back unasked."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from tests.weight import (
    WEIGHT,
    change,
    figures_in,
    opened,
    published,
    raised,
    refreshed,
    restore,
    without,
)
from thindicators.context import RunContext
from thindicators.outcomes.holds import accept
from thindicators.refreshing import refresh
from thindicators.refreshing.refresh import all_outcomes
from thindicators.refreshing.remake import verify
from thindicators.release.inputs import read_inputs
from thindicators.release.publishing import Release, find, publish

DAY = "2026-11-22"


@pytest.fixture
def run_context(tmp_path: Path) -> RunContext:
    made = opened(tmp_path)
    refreshed(made)
    published(made)
    return made


def test_a_run_that_waited_publishes_what_stands_and_not_what_it_had_read(
    run_context: RunContext,
) -> None:
    read_before = all_outcomes(run_context)
    change(run_context, raised(0.3, "2017/18"))
    refreshed(run_context)
    revised = published(run_context)
    late = publish(run_context, read_before)
    assert not late.is_new
    assert figures_in(late) == figures_in(revised)


def test_a_run_that_waited_does_not_undo_an_acceptance(run_context: RunContext) -> None:
    change(run_context, raised(1))
    refreshed(run_context)
    read_before = all_outcomes(run_context)
    accept(refresh.outcomes(run_context), WEIGHT, "Weighted anew.", DAY)
    accepted = published(run_context)
    assert figures_in(publish(run_context, read_before)) == figures_in(accepted)


class TestAStateThatWasRestored:
    """The release is newer than the backup of state/ that was brought back."""

    @pytest.fixture
    def restored(self, tmp_path: Path) -> RunContext:
        made = opened(tmp_path)
        change(made, without("2020/21"))
        refreshed(made)
        published(made)
        shutil.copytree(tmp_path / "state", tmp_path / "backup")
        restore(made)
        change(made, raised(0.3, "2017/18"))
        refreshed(made)
        published(made)
        shutil.rmtree(tmp_path / "state")
        (tmp_path / "backup").rename(tmp_path / "state")
        return made

    def test_without_a_refresh_the_published_figures_stand(self, restored: RunContext) -> None:
        before = figures_in(latest(restored))
        again = published(restored)
        assert figures_in(again) == before
        [outcome] = all_outcomes(restored)
        assert (outcome.state, outcome.failed) == ("stale", True)
        assert "is not the one that the latest release was made from" in outcome.reason

    def test_what_the_backup_had_fetched_is_held(self, restored: RunContext) -> None:
        before = figures_in(latest(restored))
        outcome = refresh.read_or_stand(restored, WEIGHT)
        assert outcome.held
        assert "published figures gone" in outcome.reason
        assert figures_in(published(restored)) == before

    def test_what_the_publisher_gives_goes_on_from_the_release(self, restored: RunContext) -> None:
        before = figures_in(latest(restored))
        outcome = refreshed(restored)
        assert (outcome.state, outcome.reason) == ("fresh", "")
        release = published(restored)
        assert figures_in(release) == before
        assert verify(restored, release.folder) == []

    def test_its_ledger_takes_the_release_up_once(self, restored: RunContext) -> None:
        refreshed(restored)
        store = refresh.outcomes(restored)
        entries = store.account(WEIGHT).entries
        refreshed(restored)
        assert refresh.outcomes(restored).account(WEIGHT).entries == entries


def latest(run_context: RunContext) -> Release:
    folder = find(run_context.settings.published)
    return Release(folder.name, folder, is_new=False)


def test_a_ledger_that_went_another_way_is_not_published_over_the_release(tmp_path: Path) -> None:
    made = opened(tmp_path)
    refreshed(made)
    published(made)
    shutil.copytree(tmp_path / "state", tmp_path / "other")
    change(made, raised(0.3, "2017/18"))
    refreshed(made)
    revised = published(made)
    elsewhere = replace(made, settings=replace(made.settings, state=tmp_path / "other"))
    refresh.outcomes(elsewhere).keep_failure(WEIGHT, "no answer")
    assert figures_in(published(elsewhere)) == figures_in(revised)


def test_figures_that_would_share_a_key_are_set_aside_and_the_others_published(
    tmp_path: Path,
) -> None:
    made = opened(tmp_path, "gdhi_per_head")
    refreshed(made)
    first = published(made)
    refresh.fetch(made, "ons_gdhi")
    refresh.read(made, "gdhi_per_head")
    weight, income = all_outcomes(made)
    if weight.indicator != WEIGHT:
        weight, income = income, weight
    twice = pa.concat_tables([weight.table, weight.table.slice(0, 1)])
    release = publish(made, [replace(weight, table=twice), income])
    assert figures_in(release) == figures_in(first)
    said = {outcome.indicator: outcome for outcome in read_inputs(release.folder).outcomes}
    # What is wrong with a ledger is no matter for the public.
    assert "problem in our own systems" in said[WEIGHT].reason
    assert said["gdhi_per_head"].state == "fresh"


def test_a_release_names_the_places_in_the_ledgers_that_it_was_made_from(
    run_context: RunContext,
) -> None:
    release = latest(run_context)
    [outcome] = read_inputs(release.folder).outcomes
    [entry, *_] = refresh.outcomes(run_context).account(WEIGHT).entries
    assert outcome.places == {WEIGHT: entry.place}
    account = refresh.outcomes(run_context).account(WEIGHT)
    assert account.balance.release == release.name
