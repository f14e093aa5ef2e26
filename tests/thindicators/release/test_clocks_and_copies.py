"""Clocks that were wrong and folders that were copied cost no release, no version and no answer about the past."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.command_line import typer_app
from tests import servers
from tests.thindicators.release.test_publishing import DAY, Make, outcomes, run_context
from thindicators.context import RunContext
from thindicators.errors import ReleaseError
from thindicators.history.vintages import History
from thindicators.release.inputs import read_inputs
from thindicators.release.publishing import Release, latest, publish
from thindicators.sharing.shared import publishing

__all__ = ["run_context"]  # the fixture

IN_2030 = datetime(2030, 1, 1, 12, tzinfo=UTC)
Publish = Callable[[float, datetime], Release]


@pytest.fixture
def made(run_context: Make) -> RunContext:
    return run_context()


@pytest.fixture
def publish_at(made: RunContext) -> Publish:
    """Publish a value when the clock says a moment."""

    def at(value: float, moment: datetime) -> Release:
        return publish(replace(made, now=lambda: moment), outcomes(made, value))

    return at


def history(made: RunContext) -> History:
    return History(made.settings.state / "history")


def version(release: Path) -> str:
    descriptor = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    return str(descriptor["version"])


def test_a_clock_that_ran_ahead_for_one_publish_stops_nothing(
    made: RunContext, publish_at: Publish
) -> None:
    publish_at(66.1, DAY)
    publish_at(66.2, IN_2030)
    back = publish_at(66.3, DAY + timedelta(days=1))
    assert (back.name, latest(made.settings.published)) == ("2030-01-01.2", back.folder)
    # What the clock said when a release came out counts, and none came out after one that followed.
    assert history(made).as_of(date(2026, 11, 22)) == "2026-11-22.1"
    assert history(made).as_of(date(2026, 11, 23)) == "2030-01-01.2"
    later = publish_at(66.4, IN_2030 + timedelta(days=1))
    assert later.name == "2030-01-02.1"
    assert history(made).as_of(date(2029, 1, 1)) == "2030-01-01.2"


def test_a_clock_that_went_back_over_midnight_does_not_hide_the_newest(
    made: RunContext, publish_at: Publish
) -> None:
    publish_at(66.1, datetime(2026, 11, 26, 0, 5, tzinfo=UTC))
    newest = publish_at(66.2, datetime(2026, 11, 25, 23, 58, tzinfo=UTC))
    assert newest.name == "2026-11-26.2"
    assert history(made).as_of(date(2026, 11, 26)) == newest.name
    assert latest(made.settings.published) == newest.folder


def test_a_clock_in_2030_does_not_stop_a_store(
    made: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    # boto3 remembers whose keys it used first, and would use these for other tests' stores.
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    with servers.object_store() as store:
        for variable, setting in store.environment.items():
            monkeypatch.setenv(variable, setting)
        settings = replace(made.settings, store=f"s3://{store.bucket}/clock")
        moments = [IN_2030, DAY, DAY + timedelta(days=1)]
        names = []
        for number, moment in enumerate(moments):
            # Without arguments, `replace` gives the moment itself.
            on_that_day = replace(made, settings=settings, now=moment.replace)
            with publishing(settings) as announce:
                figures = outcomes(made, 66.1 + number)
                names.append(publish(on_that_day, figures, announce).name)
    assert names == ["2030-01-01.1", "2030-01-01.2", "2030-01-01.3"]


def test_the_day_of_a_release_is_that_of_london(publish_at: Publish) -> None:
    summer_evening = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert publish_at(66.1, summer_evening).name == "2026-07-02.1"


def test_each_release_says_which_in_the_row_it_is(made: RunContext, publish_at: Publish) -> None:
    moments = (DAY, IN_2030, DAY)
    released = [publish_at(66 + number, moment) for number, moment in enumerate(moments)]
    assert [read_inputs(release.folder).sequence for release in released] == [1, 2, 3]
    # Neither pruned releases nor a history that was lost make it begin anew.
    shutil.rmtree(made.settings.state / "history")
    for release in released[:2]:
        shutil.rmtree(release.folder)
    assert read_inputs(publish_at(70, DAY).folder).sequence == 4


@pytest.mark.parametrize("is_new", [True, False])
def test_a_lost_link_is_made_anew_and_versions_go_on(
    made: RunContext, publish_at: Publish, is_new: bool
) -> None:
    publish_at(66.1, DAY)
    publish_at(66.2, DAY)
    link = made.settings.published / "latest"
    link.unlink()
    assert latest(made.settings.published) == link.parent / "releases" / "2026-11-22.2"
    release = publish_at(66.3 if is_new else 66.2, DAY)
    assert (release.is_new, link.resolve()) == (is_new, release.folder)
    assert version(release.folder) == ("1.0.2" if is_new else "1.0.1")


def test_versions_go_on_where_all_releases_were_moved_away(
    made: RunContext, publish_at: Publish
) -> None:
    publish_at(66.1, DAY)
    shutil.rmtree(made.settings.published / "releases")
    (made.settings.published / "latest").unlink()
    release = publish_at(66.2, DAY)
    assert (release.name, version(release.folder)) == ("2026-11-22.2", "1.0.1")
    assert "66.1 became 66.2" in (release.folder / "CHANGES.md").read_text(encoding="utf-8")


def test_a_copy_that_followed_the_link_gets_advice_that_helps(
    made: RunContext, publish_at: Publish
) -> None:
    first = publish_at(66.1, DAY)
    link = made.settings.published / "latest"
    link.unlink()
    shutil.copytree(first.folder, link)
    with pytest.raises(ReleaseError, match=r"is not a link, but a folder.*`mv .*latest.*-copy`"):
        publish_at(66.2, DAY)
    link.rename(link.with_name("latest-copy"))
    second = publish_at(66.2, DAY)
    assert (version(second.folder), link.resolve()) == ("1.0.1", second.folder)


@pytest.mark.parametrize("name", ["2026-02-30.1", "2026-11-22.1.bak", "2026-11-22.1 (copy)"])
def test_a_copy_with_an_odd_name_ends_no_command(
    made: RunContext, publish_at: Publish, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    first = publish_at(66.1, DAY)
    shutil.copytree(first.folder, first.folder.with_name(name))
    second = publish_at(66.2, DAY)
    assert (second.name, history(made).names()[-1]) == ("2026-11-22.2", "2026-11-22.2")
    for folder in ("schemas", "state", "published"):
        monkeypatch.setenv(f"THINDICATORS_{folder.upper()}", str(getattr(made.settings, folder)))
    for words in (["as-of", "2026-11-30"], ["prune", "--keep", "1"], ["status"]):
        ran = CliRunner().invoke(typer_app, words)
        assert ran.exit_code == 0, (words, ran.output, ran.exception)


def test_a_copied_release_is_never_taken_for_the_newest(
    made: RunContext, publish_at: Publish
) -> None:
    first = publish_at(66.1, DAY)
    publish_at(66.2, DAY)
    shutil.copytree(first.folder, first.folder.with_name("2026-12-24.1"))
    assert publish_at(66.3, DAY).name == "2026-11-22.3"
    assert history(made).as_of(date(2026, 12, 31)) == "2026-11-22.3"
    (made.settings.published / "latest").unlink()
    assert publish_at(66.4, DAY).name == "2026-11-22.4"
