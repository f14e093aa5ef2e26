from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from typer.testing import CliRunner

from tests.thindicators.release.test_publishing import Make, outcomes, run_context
from thindicators.cli import app
from thindicators.context import RunContext
from thindicators.errors import ReleaseError
from thindicators.history.vintages import History
from thindicators.release.publishing import prune, publish

__all__ = ["run_context"]  # the fixture

MARCH, JULY = datetime(2026, 3, 31, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def twice(run_context: Make, monkeypatch: pytest.MonkeyPatch) -> RunContext:
    """Published in March, and with a revised figure in July."""
    march, july = run_context(now=MARCH), run_context(now=JULY)
    publish(march, outcomes(march))
    publish(july, outcomes(july, value=66.3))
    monkeypatch.setenv("THINDICATORS_STATE", str(july.settings.state))
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(july.settings.published))
    return july


def history(made: RunContext) -> History:
    return History(made.settings.state / "history")


def test_every_vintage_is_kept(twice: RunContext) -> None:
    assert history(twice).names() == ["2026-03-31.1", "2026-07-01.1"]


@pytest.mark.parametrize(
    ("day", "release"),
    [
        (date(2026, 3, 31), "2026-03-31.1"),
        (date(2026, 6, 30), "2026-03-31.1"),
        (date(2026, 7, 1), "2026-07-01.1"),
    ],
)
def test_readers_of_a_day_saw_the_last_release_before_its_end(
    twice: RunContext, day: date, release: str
) -> None:
    assert history(twice).as_of(day) == release


def test_before_the_first_release_there_was_nothing(twice: RunContext) -> None:
    with pytest.raises(ReleaseError, match=r"first release is 2026-03-31\.1"):
        history(twice).as_of(date(2026, 3, 30))


def test_an_unknown_release_is_refused_with_those_there_were(twice: RunContext) -> None:
    with pytest.raises(ReleaseError, match=r"2026-03-31\.1, 2026-07-01\.1"):
        history(twice).figures("2026-05-05.1")


def test_a_tenth_release_of_a_day_comes_after_the_ninth(twice: RunContext) -> None:
    kept = history(twice)
    for number in (9, 10):
        (kept.folder / f"2026-07-01.{number}.parquet").write_bytes(
            (kept.folder / "2026-07-01.1.parquet").read_bytes()
        )
    assert kept.names()[-2:] == ["2026-07-01.9", "2026-07-01.10"]


def test_a_vintage_that_an_interrupted_run_left_out_is_kept_by_the_next(twice: RunContext) -> None:
    lost = history(twice).folder / "2026-03-31.1.parquet"
    lost.unlink()
    publish(twice, outcomes(twice, value=66.3))
    assert lost.exists()


def test_the_figures_of_a_day_are_printed(twice: RunContext) -> None:
    said = CliRunner().invoke(app, ["as-of", "2026-05-01", "employment_rate"])
    rows = list(csv.DictReader(io.StringIO(said.stdout)))
    assert {row["value"] for row in rows if row["year"] == "2023"} == {"66.2"}


def test_two_releases_are_told_apart_in_sentences(twice: RunContext) -> None:
    said = CliRunner().invoke(app, ["diff", "2026-03-31.1", "2026-07-01.1"])
    assert "66.2 became 66.3" in said.stdout
    back = CliRunner().invoke(app, ["diff", "2026-07-01.1", "2026-03-31.1"])
    assert "66.3 became 66.2" in back.stdout


def test_pruned_releases_are_gone_and_their_figures_still_given(twice: RunContext) -> None:
    releases = twice.settings.published / "releases"
    (releases / "notes.txt").write_text("not a release")
    said = CliRunner().invoke(app, ["prune", "--keep", "1"])
    assert said.exit_code == 0
    assert sorted(path.name for path in releases.iterdir()) == ["2026-07-01.1", "notes.txt"]
    assert history(twice).figures(history(twice).as_of(date(2026, 5, 1))).num_rows > 0


def test_a_release_whose_figures_the_history_lacks_is_not_pruned(twice: RunContext) -> None:
    (history(twice).folder / "2026-03-31.1.parquet").unlink()
    assert prune(twice.settings, 1) == []


def test_the_newest_release_is_never_pruned(twice: RunContext) -> None:
    with pytest.raises(ReleaseError, match="At least one"):
        prune(twice.settings, 0)
