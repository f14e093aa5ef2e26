"""What folders hold is known by what is in them, and neither another edition nor another plan ever takes them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.thindicators.used_folders import (
    everything_in,
    opened,
    settings_in,
    used,
    with_other_plan,
    without_marks,
)
from thindicators.editions import MARK, held_edition
from thindicators.errors import SettingsError
from thindicators.settings import EDITIONS


@pytest.mark.parametrize("edition", EDITIONS)
def test_folders_without_their_marks_are_known_by_what_is_in_them(
    tmp_path: Path, edition: str
) -> None:
    settings = without_marks(used(tmp_path, edition))
    assert held_edition(settings) == edition
    assert opened(settings).edition == edition


@pytest.mark.parametrize("folder", ["state", "published"])
def test_live_folders_of_which_one_lost_everything_take_no_sample(
    tmp_path: Path, folder: str
) -> None:
    settings = without_marks(used(tmp_path, "live"))
    shutil.rmtree(getattr(settings, folder))
    with pytest.raises(SettingsError, match="holds the live edition; a sample run never takes"):
        opened(settings, "sample")
    assert opened(settings).edition == "live"


def test_a_live_release_without_its_link_takes_no_sample(tmp_path: Path) -> None:
    settings = without_marks(used(tmp_path, "live"))
    (settings.published / "latest").unlink()
    shutil.rmtree(settings.state)
    with pytest.raises(SettingsError, match="holds the live edition"):
        opened(settings, "sample")


def test_a_mark_that_belies_its_folder_is_refused(tmp_path: Path) -> None:
    settings = used(tmp_path, "live")
    (settings.published / MARK).write_text("sample\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="hold different editions"):
        opened(settings)


@pytest.mark.parametrize("edition", ["Live", "LIVE", " live", "production", "samples"])
def test_an_edition_that_is_none_is_refused_before_a_folder_is_marked(
    tmp_path: Path, edition: str
) -> None:
    settings = settings_in(tmp_path)
    with pytest.raises(SettingsError, match=r"There is no edition .*one of live, sample"):
        opened(settings, edition)
    assert everything_in(settings) == set()
    assert opened(settings, "live").edition == "live"


@pytest.mark.parametrize("words", ["Live\n", "", "live edition\n", "\x00\x00"])
def test_a_mark_that_names_no_edition_stops_the_run(tmp_path: Path, words: str) -> None:
    settings = settings_in(tmp_path)
    settings.state.mkdir()
    (settings.state / MARK).write_text(words, encoding="utf-8")
    with pytest.raises(SettingsError, match="which is no edition; it must say one of live, sample"):
        opened(settings)
    assert not settings.published.exists()


@pytest.mark.parametrize("held", ["state", "published"])
def test_a_refused_run_marks_neither_folder(tmp_path: Path, held: str) -> None:
    settings = used(tmp_path / "sample", "sample")
    new = tmp_path / "new"
    mixed = replace(settings, published=new) if held == "state" else replace(settings, state=new)
    with pytest.raises(SettingsError, match="forget-sample"):
        opened(mixed, "live")
    assert not new.exists()
    assert opened(settings).edition == "sample"


def test_marks_of_an_earlier_version_are_taken_and_completed(tmp_path: Path) -> None:
    settings = used(tmp_path, "live")
    whole = (settings.state / MARK).read_text(encoding="utf-8")
    for folder in (settings.state, settings.published):
        (folder / MARK).write_text("live\n", encoding="utf-8")
    assert opened(settings).edition == "live"
    assert (settings.state / MARK).read_text(encoding="utf-8") == whole


@pytest.mark.parametrize("marks", ["with their marks", "without their marks"])
def test_another_plan_never_takes_the_folders(tmp_path: Path, marks: str) -> None:
    settings = used(tmp_path, "live")
    if marks == "without their marks":
        without_marks(settings)
    with_other_plan(settings, "hackney-plan-indicators")
    with pytest.raises(SettingsError, match=r"of the plan “tower-hamlets.*of “hackney-plan-"):
        opened(settings)


def test_another_plan_never_takes_a_state_whose_releases_are_gone(tmp_path: Path) -> None:
    settings = used(tmp_path, "live")
    shutil.rmtree(settings.published)
    with_other_plan(settings, "hackney-plan-indicators")
    with pytest.raises(SettingsError, match="never takes its place"):
        opened(settings)
    assert not settings.published.exists()


@pytest.mark.parametrize("state", ["published/state", "published", "published/../published/x"])
def test_state_within_published_is_refused(tmp_path: Path, state: str) -> None:
    settings = replace(settings_in(tmp_path), state=tmp_path / state)
    with pytest.raises(SettingsError, match=r"one is in the other.*side by side"):
        opened(settings)
    assert not settings.published.exists()


def test_published_within_state_is_refused_behind_a_link_too(tmp_path: Path) -> None:
    (tmp_path / "state" / "public").mkdir(parents=True)
    (tmp_path / "published").symlink_to(tmp_path / "state" / "public")
    with pytest.raises(SettingsError, match="one is in the other"):
        opened(settings_in(tmp_path))


def test_folders_whose_names_begin_alike_are_apart(tmp_path: Path) -> None:
    settings = replace(settings_in(tmp_path), state=tmp_path / "published-state")
    assert opened(settings, "live").edition == "live"
