"""The sample's earlier releases are published in their order, and only where nothing newer stands."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from sources import SAMPLES
from tests.support import NOW
from thindicators.context import RunContext, open_run_context
from thindicators.errors import ThindicatorsError
from thindicators.history.vintages import History
from thindicators.refreshing import refresh
from thindicators.refreshing.remake import verify
from thindicators.refreshing.sample_history import Published, days, publish_history
from thindicators.release.publishing import publish
from thindicators.settings import Settings

OVERWEIGHT = "year_6_overweight"


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    """A sample with two earlier releases, each up to the school year that ended before it."""
    folder = tmp_path / "samples"
    shutil.copytree(SAMPLES / "ncmp", folder / "ncmp", ignore=shutil.ignore_patterns("vintages"))
    years = sorted(
        set(re.findall(r",(20\d\d/\d\d),", data_file(folder / "ncmp").read_text(encoding="utf-8")))
    )
    for day, last in (("2018-10-11", "2017/18"), ("2017-10-19", "2016/17")):
        vintage = folder / "ncmp" / "vintages" / day
        shutil.copytree(folder / "ncmp", vintage, ignore=shutil.ignore_patterns("vintages"))
        keep_until(data_file(vintage), last, years)
        answers = vintage / "answers.yaml"
        dated = re.sub(r"composed: .*", f"composed: {day}", answers.read_text(encoding="utf-8"))
        answers.write_text(dated, encoding="utf-8")
    return folder


def data_file(folder: Path) -> Path:
    return next(path for path in folder.glob("*.csv") if path.name != "ORIGIN.csv")


def keep_until(path: Path, last: str, years: list[str]) -> None:
    gone = tuple(f",{year}," for year in years if year > last)
    lines = path.read_bytes().decode().splitlines(keepends=True)
    path.write_bytes(
        "".join(line for line in lines if not any(year in line for year in gone)).encode()
    )


@pytest.fixture
def run_context(tmp_path: Path, samples: Path) -> RunContext:
    settings = Settings(state=tmp_path / "state", published=tmp_path / "published")
    return open_run_context(settings, samples, "sample", lambda: NOW)


def test_each_day_with_news_becomes_a_release_of_what_was_public_then(
    run_context: RunContext,
) -> None:
    told: list[Published] = []
    assert publish_history(run_context, told.append) == told
    assert [(published.release.name, published.sources) for published in told] == [
        ("2017-10-19.1", ("ncmp",)),
        ("2018-10-11.1", ("ncmp",)),
    ]
    history = History(run_context.settings.state / "history")
    first, second = (
        history.vintage(published.release.name).figures(OVERWEIGHT) for published in told
    )
    assert max(second["year"].to_pylist()) == max(first["year"].to_pylist()) + 1


def test_the_newest_figures_follow_as_the_next_release_and_each_release_verifies(
    run_context: RunContext,
) -> None:
    made = publish_history(run_context, lambda _published: None)
    refresh.fetch(run_context, "ncmp")
    assert refresh.read(run_context, OVERWEIGHT).state == "fresh"
    newest = publish(run_context, refresh.all_outcomes(run_context))
    assert newest.name == "2026-11-22.1"
    for release in (*(published.release for published in made), newest):
        assert verify(run_context, release.folder) == []
    history = History(run_context.settings.state / "history")
    assert history.as_of(date(2018, 1, 1)) == "2017-10-19.1"


def test_history_is_never_written_behind_what_is_published(run_context: RunContext) -> None:
    refresh.fetch(run_context, "ncmp")
    refresh.read(run_context, OVERWEIGHT)
    publish(run_context, refresh.all_outcomes(run_context))
    with pytest.raises(ThindicatorsError, match="older figures never come after newer ones"):
        publish_history(run_context, lambda _published: None)


def test_every_vintage_of_the_sample_is_composed_on_the_day_that_it_is_named_by() -> None:
    for day, sources in days(SAMPLES).items():
        for source in sources:
            answers = SAMPLES / source / "vintages" / day.isoformat() / "answers.yaml"
            assert f"composed: {day}" in answers.read_text(encoding="utf-8"), source
            assert (answers.parent / "ORIGIN.csv").exists(), source
