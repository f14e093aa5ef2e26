"""Only a sample is ever forgotten, and nothing that this project did not make."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from assets.command_line import typer_app
from tests.thindicators.used_folders import everything_in, opened, settings_in, used, without_marks
from thindicators.editions import MARK
from thindicators.errors import SettingsError
from thindicators.forgetting import forget_sample
from thindicators.settings import Settings


def refused(settings: Settings, why: str) -> None:
    """Nothing may be deleted."""
    before = everything_in(settings)
    with pytest.raises(SettingsError, match=why):
        forget_sample(settings)
    assert before <= everything_in(settings)


def test_a_live_edition_that_lost_its_marks_is_never_forgotten(tmp_path: Path) -> None:
    refused(without_marks(used(tmp_path, "live")), "hold the live edition.*nothing was deleted")


def test_a_live_release_below_a_sample_keeps_everything(tmp_path: Path) -> None:
    settings = used(tmp_path / "sample", "sample")
    live = used(tmp_path / "live", "live").published / "releases" / "2026-11-22.1"
    live.rename(settings.published / "releases" / "2026-11-21.1")
    refused(settings, "hold the live edition")


@pytest.mark.parametrize("words", ["Live\n", "live!\n", ""])
def test_a_mark_that_names_no_edition_keeps_everything(tmp_path: Path, words: str) -> None:
    settings = used(tmp_path, "sample")
    (settings.state / MARK).write_text(words, encoding="utf-8")
    refused(settings, "which is no edition")


def test_somebodys_own_folder_is_left_alone(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    (documents / "history").mkdir(parents=True)
    (documents / "history" / "thesis.txt").write_text("mine", encoding="utf-8")
    settings = replace(settings_in(tmp_path), state=documents)
    refused(settings, "Neither .* holds a sample edition; nothing was deleted")
    # The releases may be of a sample all the same: then they go, and what is beside them stays.
    sample = used(tmp_path / "sample", "sample")
    forget_sample(replace(settings, published=sample.published))
    assert (documents / "history" / "thesis.txt").exists()
    assert not (sample.published / "releases").exists()


def test_what_this_project_did_not_make_stays_beside_a_sample(tmp_path: Path) -> None:
    settings = used(tmp_path, "sample")
    for folder in (settings.state, settings.published):
        (folder / "thesis.txt").write_text("mine", encoding="utf-8")
    linked = tmp_path / "elsewhere"
    (linked / "deep").mkdir(parents=True)
    (settings.state / "dagster").symlink_to(linked)
    forget_sample(settings)
    assert (linked / "deep").exists()
    left = {path for path in everything_in(settings) if path.name != ".lock"}
    assert left == {settings.state / "thesis.txt", settings.published / "thesis.txt"}


@pytest.mark.parametrize("lock", ["state/dagster/.publish.lock", "published/.lock"])
def test_nothing_is_forgotten_while_a_publish_is_at_work(tmp_path: Path, lock: str) -> None:
    settings = used(tmp_path, "sample")
    (tmp_path / lock).parent.mkdir(exist_ok=True)
    with FileLock(tmp_path / lock):
        refused(settings, "A publish is at work.*nothing was deleted")
    forget_sample(settings)
    assert opened(settings, "live").edition == "live"


def test_a_sample_that_a_store_would_bring_back_is_not_forgotten(tmp_path: Path) -> None:
    settings = used(tmp_path, "sample")
    refused(
        replace(settings, store="s3://figures/sample"), "would bring it back; nothing was deleted"
    )
    assert forget_sample(settings)


def test_an_empty_place_has_nothing_to_forget(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    refused(settings, "Neither")
    assert everything_in(settings) == set()


def test_after_a_whole_publish_nothing_of_a_sample_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path)
    for name in ("schemas", "state", "published"):
        monkeypatch.setenv(f"THINDICATORS_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("DAGSTER_HOME", "")
    published = CliRunner().invoke(typer_app, ["publish"])
    assert published.exit_code == 0, published.output
    forgotten = CliRunner().invoke(typer_app, ["forget-sample", "--yes"])
    assert forgotten.exit_code == 0, forgotten.output
    left = {path.name for path in everything_in(settings)}
    assert left <= {".lock", "returns", "refused"}
