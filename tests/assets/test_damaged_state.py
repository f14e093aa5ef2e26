"""A damaged or lost file under `state/` stops its own indicator or source, and never the others."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sources import SAMPLES
from tests.support import NOW
from thindicators.context import RunContext, open_run_context
from thindicators.errors import ReleaseError, ThindicatorsError
from thindicators.history.vintages import History
from thindicators.outcomes.holds import accept
from thindicators.outcomes.outcome import Outcome
from thindicators.refreshing import refresh
from thindicators.refreshing.refresh import all_outcomes
from thindicators.refreshing.troubles import troubles
from thindicators.release.publishing import Release, publish
from thindicators.settings import Settings

WEIGHT, GRANTS = "year_6_overweight", "gdhi_per_head"
"""Two indicators of different sources."""


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders in which two indicators were read and published."""
    folder = tmp_path_factory.mktemp("once")
    made = opened(folder)
    for source, indicator in (("ncmp", WEIGHT), ("ons_gdhi", GRANTS)):
        refresh.fetch(made, source)
        refresh.read(made, indicator)
    publish(made, all_outcomes(made))
    return folder


@pytest.fixture
def made(once: Path, tmp_path: Path) -> RunContext:
    """The same in folders of this test alone."""
    shutil.copytree(once, tmp_path / "own", symlinks=True)
    return opened(tmp_path / "own")


def opened(folder: Path) -> RunContext:
    settings = Settings(state=folder / "state", published=folder / "published")
    return open_run_context(settings, SAMPLES, "sample", lambda: NOW)


def place(made: RunContext, indicator: str = WEIGHT) -> Path:
    return made.settings.state / "ledger" / f"{indicator}.jsonl"


def load(made: RunContext, indicator: str = WEIGHT) -> Outcome:
    found = refresh.outcomes(made).load(indicator)
    assert found is not None
    return found


def published(release: Release, indicator: str) -> int:
    return int(
        pq.read_table(release.folder / "indicators" / indicator / f"{indicator}.parquet").num_rows
    )


@pytest.mark.parametrize("content", [b"{}\n", b"[1]\n", b"no JSON at all\n", b"\xff\n"])
def test_a_damaged_ledger_keeps_its_published_figures_and_stops_nobody(
    made: RunContext, content: bytes
) -> None:
    good = load(made)
    place(made).write_bytes(content)
    recovered = load(made)
    assert (recovered.state, recovered.failed) == ("stale", True)
    assert recovered.reason == (
        f"{place(made)} is damaged in line 1. Restore it from a backup; or move it away, and the next refresh begins "
        "it anew with the figures published last. The figures published last stand."
    )
    assert recovered.table.equals(good.table)
    assert (recovered.receipts, recovered.readings) == (good.receipts, good.readings)
    release = publish(made, all_outcomes(made))
    assert published(release, WEIGHT) == good.table.num_rows
    assert refresh.failures(made) == {WEIGHT: recovered.reason}
    assert [trouble.kind for trouble in troubles(made).values()] == ["failed"]
    with pytest.raises(ThindicatorsError, match="is damaged in line 1"):
        accept(refresh.outcomes(made), WEIGHT, "They are right.", "2026-11-22")
    assert load(made, GRANTS).state == "fresh"


def test_a_refresh_adds_nothing_to_a_damaged_ledger_and_reads_the_others(made: RunContext) -> None:
    place(made).write_bytes(b"damaged\n")
    assert refresh.read(made, WEIGHT).state == "stale"
    assert refresh.read(made, GRANTS).state == "fresh"
    assert place(made).read_bytes() == b"damaged\n"


def test_a_damaged_ledger_that_was_moved_away_begins_with_the_published_figures(
    made: RunContext,
) -> None:
    good = load(made)
    place(made).write_bytes(b"damaged\n")
    place(made).rename(place(made).with_suffix(".damaged"))
    refresh.read(made, WEIGHT)
    assert load(made).state == "fresh"
    assert load(made).table.equals(good.table)


def test_a_damaged_table_is_written_anew_by_a_refresh(made: RunContext) -> None:
    good = load(made)
    [reading] = good.readings
    damaged = place(made).parent / "tables" / f"{reading.table}.parquet"
    damaged.write_bytes(b"damaged")
    assert load(made).reason.startswith(f"{damaged} is damaged.")
    assert load(made).table.equals(good.table)
    assert refresh.read(made, WEIGHT).state == "fresh"
    damaged.unlink()
    assert load(made).reason.startswith(f"{damaged} cannot be read")


def test_figures_of_a_lost_outcome_stay_published(made: RunContext) -> None:
    shutil.rmtree(place(made).parent)
    release = publish(made, all_outcomes(made))
    assert published(release, WEIGHT) == load(made).table.num_rows > 0
    assert load(made).reason.startswith(f"{place(made)} is gone.")


def test_what_was_accepted_is_recovered_too(made: RunContext) -> None:
    kept = refresh.outcomes(made)
    good = load(made)
    series = good.table["series"].to_pylist()
    renamed = good.table.set_column(
        good.table.schema.get_field_index("series"), "series", [["other" for _ in series]]
    )
    kept.hold(replace(good, table=renamed), "Held: another series.")
    accept(kept, WEIGHT, "Counted otherwise.", "2026-11-22")
    publish(made, all_outcomes(made))
    place(made).write_bytes(b"damaged\n")
    assert [one.reason for one in load(made).accepted] == ["Counted otherwise."]
    assert load(made).closed == frozenset(series)


def test_a_damaged_outcome_that_was_never_published_is_empty_with_the_reason(
    made: RunContext,
) -> None:
    shutil.rmtree(made.settings.published / "releases")
    (made.settings.published / "latest").unlink()
    place(made).write_bytes(b"damaged\n")
    found = load(made)
    assert (found.state, found.failed, found.table.num_rows) == ("empty", True, 0)
    assert "is damaged" in found.reason
    assert load(made, GRANTS).state == "fresh"


def test_figures_are_not_recovered_from_a_release_that_was_changed(made: RunContext) -> None:
    place(made).write_bytes(b"damaged\n")
    with (made.settings.published / "latest" / "areas.csv").open("a") as file:
        file.write("changed")
    with pytest.raises(ReleaseError, match=r"cannot be recovered.*areas\.csv was changed.*backup"):
        load(made)


def test_a_damaged_record_of_a_fetch_stops_its_source_until_it_is_fetched_again(
    made: RunContext,
) -> None:
    path = made.settings.state / "snapshots" / "fetched" / "ncmp.json"
    path.write_text("{")
    assert refresh.read(made, WEIGHT).state == "stale"
    assert refresh.read(made, GRANTS).state == "fresh"
    reason = refresh.failures(made)["ncmp"]
    assert reason.startswith(f"{path} is damaged")
    assert published(publish(made, all_outcomes(made)), WEIGHT) > 0
    assert refresh.fetch(made, "ncmp").failure == ""
    assert refresh.read(made, WEIGHT).state == "fresh"


def test_a_damaged_record_of_a_request_stops_its_source_and_says_what_to_do(
    made: RunContext,
) -> None:
    kept = made.settings.state / "snapshots"
    fetched = made.store.last_fetch("ncmp")
    assert fetched is not None
    receipts = [path for path in (kept / "requests").glob("*.json") if '"ncmp"' in path.read_text()]
    receipts[0].write_text("{")
    failure = refresh.fetch(made, "ncmp").failure
    assert failure.startswith(f"{receipts[0]} is damaged")
    assert failure.endswith("Delete it and refresh.")
    assert refresh.fetch(made, "ons_gdhi").failure == ""
    assert refresh.read(made, WEIGHT).table.num_rows > 0
    receipts[0].unlink()
    assert refresh.fetch(made, "ncmp").failure == ""


def test_a_lost_snapshot_stops_its_indicator_and_is_fetched_again(made: RunContext) -> None:
    for receipt in load(made).receipts:
        next((made.settings.state / "snapshots" / "bytes").rglob(receipt.sha256)).unlink()
    stale = refresh.read(made, WEIGHT)
    assert (stale.state, stale.table.num_rows > 0) == ("stale", True)
    assert "cannot be read" in stale.reason
    refresh.fetch(made, "ncmp")
    assert refresh.read(made, WEIGHT).state == "fresh"


def test_damaged_figures_that_wait_stop_nobody_but_who_accepts_them(made: RunContext) -> None:
    kept = refresh.outcomes(made)
    good = load(made)
    others = good.table.slice(0, 1)
    kept.hold(replace(good, table=others), "Held: figures are gone.")
    waiting = kept.held(WEIGHT)
    assert waiting is not None
    (kept.folder / "tables" / f"{waiting.readings[0].table}.parquet").write_bytes(b"damaged")
    with pytest.raises(ThindicatorsError, match="is damaged"):
        accept(kept, WEIGHT, "They are right.", "2026-11-22")
    assert refresh.read(made, WEIGHT).state == "fresh"


def test_a_damaged_vintage_is_kept_anew_from_its_release(made: RunContext) -> None:
    history = History(made.settings.state / "history")
    [name] = history.names()
    figures = history.figures(name)
    (history.folder / f"{name}.parquet").write_bytes(b"damaged")
    with pytest.raises(
        ReleaseError, match=r"is damaged.*delete it, and the next publish writes it anew"
    ):
        history.figures(name)
    publish(made, all_outcomes(made))
    assert history.figures(name).equals(figures)


def test_a_release_that_was_changed_never_becomes_a_vintage(made: RunContext) -> None:
    history = History(made.settings.state / "history")
    [name] = history.names()
    (history.folder / f"{name}.parquet").unlink()
    release = made.settings.published / "releases" / name
    with (release / "observations.csv").open("a") as file:
        file.write("changed")
    with pytest.raises(
        ReleaseError, match=r"not as it was published: observations\.csv was changed.*backup"
    ):
        publish(made, all_outcomes(made))
    assert history.names() == []


def test_state_that_is_deleted_between_two_steps_is_told_and_the_old_release_stands(
    made: RunContext,
) -> None:
    before = sorted(path.name for path in (made.settings.published / "releases").iterdir())
    shutil.rmtree(made.settings.state)
    with pytest.raises(ThindicatorsError, match=r"was never fetched\. Refresh it first"):
        refresh.read(made, WEIGHT)
    assert sorted(path.name for path in (made.settings.published / "releases").iterdir()) == before
