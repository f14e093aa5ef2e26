"""A ledger begins with what an earlier version kept, or with what was published last, and says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.former import write_former
from tests.thindicators.outcomes.past import DAY, INDICATOR, outcome, values_of
from thindicators.outcomes.beginnings import LatestRelease
from thindicators.outcomes.entries import Imported, Terms
from thindicators.outcomes.holds import accept
from thindicators.outcomes.outcome import Outcome, Place
from thindicators.outcomes.store import OutcomeStore

A, B, C = ({2021: 1.0 * size, 2022: 2.0 * size, 2023: 3.0 * size} for size in (1, 10, 100))
NEWER = {2022: 2.0, 2023: 3.0, 2024: 4.0}
ELSEWHERE = Place(7, "f" * 64)


def loaded(store: OutcomeStore) -> Outcome:
    found = store.load(INDICATOR)
    assert found is not None
    return found


@pytest.fixture
def former(tmp_path: Path) -> Path:
    return tmp_path / "state" / "indicators"


@pytest.fixture
def store(tmp_path: Path, former: Path) -> OutcomeStore:
    return OutcomeStore(tmp_path / "state" / "ledger", former=former)


@pytest.fixture
def long_past(tmp_path: Path) -> Outcome:
    """An outcome with a series that ended, years that left the window, and newer figures."""
    store = OutcomeStore(tmp_path / "long past")
    window = Terms(window_years=3)
    store.keep_fresh(outcome(A, "2024-01-05"), window)
    store.hold(outcome(B, "2024-02-05"), "Held: restated.", terms=window)
    accept(store, INDICATOR, "Weighted anew.", DAY)
    later = {year + 1: value for year, value in B.items()}
    store.keep_fresh(outcome(later, "2025-01-05"), window)
    return loaded(store)


def test_what_an_earlier_version_kept_is_the_first_entry(
    store: OutcomeStore, former: Path, long_past: Outcome
) -> None:
    write_former(long_past, former)
    before = loaded(store)
    assert not store.folder.exists()
    assert before.table.equals(long_past.table)
    assert before.accepted == long_past.accepted
    assert before.readings == long_past.readings
    assert (before.state, before.reason) == ("fresh", "")
    store.keep_failure(INDICATOR, "no answer")
    [first, _failed] = store.account(INDICATOR).entries
    assert isinstance(first.event, Imported)
    assert loaded(store).table.equals(long_past.table)
    assert (former / f"{INDICATOR}.parquet").exists()


def test_figures_that_waited_then_wait_still_and_are_accepted(
    store: OutcomeStore, former: Path
) -> None:
    reason = "Held: most figures moved at once."
    stood = replace(outcome(A), state="stale", reason=reason, failed=True, held=True)
    write_former(stood, former)
    write_former(outcome(C), former / "held")
    assert loaded(store).held
    accept(store, INDICATOR, "Weighted anew.", DAY)
    assert values_of(loaded(store).open_figures) == {"first": C}


def test_figures_that_waited_and_were_withdrawn_wait_no_more(
    store: OutcomeStore, former: Path
) -> None:
    write_former(replace(outcome(A), state="stale", reason="no answer", failed=True), former)
    write_former(outcome(C), former / "held")
    assert not loaded(store).held
    assert store.waiting(INDICATOR) == []


@pytest.mark.parametrize("content", [b"", b"no Parquet"])
def test_a_damaged_file_of_an_earlier_version_is_told(
    store: OutcomeStore, former: Path, content: bytes
) -> None:
    former.mkdir(parents=True)
    (former / f"{INDICATOR}.parquet").write_bytes(content)
    assert "is damaged, in which an earlier version kept figures" in loaded(store).reason


class TestBesideARelease:
    @pytest.fixture
    def released(self, store: OutcomeStore) -> OutcomeStore:
        """The same folder beside a release that was made from another ledger."""
        published = replace(outcome(B), places={INDICATOR: ELSEWHERE})
        latest = LatestRelease(lambda _indicator: published, lambda _indicator: published.places)
        return replace(store, latest=latest)

    def test_a_lost_ledger_begins_with_what_was_published(self, released: OutcomeStore) -> None:
        begun = loaded(released)
        assert values_of(begun.table) == {"first": B}
        assert begun.state == "stale"
        assert begun.reason.endswith(".jsonl is gone. The figures published last stand.")

    def test_the_release_counts_more_than_what_an_earlier_version_kept(
        self, released: OutcomeStore, former: Path
    ) -> None:
        write_former(outcome(A), former)
        assert values_of(loaded(released).table) == {"first": B}

    def test_a_ledger_that_went_another_way_goes_on_with_what_was_published(
        self, store: OutcomeStore, released: OutcomeStore
    ) -> None:
        store.keep_fresh(outcome(A))
        assert values_of(loaded(released).table) == {"first": B}
        released.keep_fresh(outcome(C))
        assert values_of(loaded(released).table) == {"first": C}
        assert len(released.account(INDICATOR).entries) == 3

    def test_figures_do_not_come_back_that_the_release_has_no_more(
        self, store: OutcomeStore
    ) -> None:
        store.keep_fresh(outcome(A))
        latest = LatestRelease(places=lambda _indicator: {INDICATOR: ELSEWHERE})
        without_figures = loaded(replace(store, latest=latest))
        assert (without_figures.state, without_figures.table.num_rows) == ("empty", 0)


def test_what_is_said_twice_is_written_once(store: OutcomeStore) -> None:
    store.keep_fresh(outcome(A))
    before = store.account(INDICATOR).entries
    store.keep_fresh(outcome(A))
    assert store.account(INDICATOR).entries == before
    for _time in range(2):
        store.keep_failure(INDICATOR, "no answer")
    assert len(store.account(INDICATOR).entries) == 2
    store.published(loaded(store), "2026-11-22.1")
    store.keep_failure(INDICATOR, "no answer")
    assert len(store.account(INDICATOR).entries) == 3
