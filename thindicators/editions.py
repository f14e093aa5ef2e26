"""Editions: which edition, live or sample, the folders of a run hold, so that the two never mix.

What belongs here: the mark by which a folder remembers its edition, refusing the other one, and clearing a sample away.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from thindicators.errors import SettingsError
from thindicators.settings import Settings
from thindicators.storage.files import write_whole

MARK = ".edition"
"""The file by which a folder remembers the edition it holds."""


def held_edition(settings: Settings) -> str:
    """The edition that the folders already hold; empty before the first run."""
    marks = {_read_mark(folder) for folder in (settings.state, settings.published)} - {""}
    if len(marks) > 1:
        raise SettingsError(
            f"{settings.state} and {settings.published} hold different editions. Point THINDICATORS_STATE and "
            "THINDICATORS_PUBLISHED at folders of one edition."
        )
    return marks.pop() if marks else ""


def forget_sample(settings: Settings) -> list[Path]:
    """Delete a sample edition's state and releases, so that the folders are free for the live edition.

    Returns:
        What was deleted.

    Raises:
        SettingsError: If the folders hold the live edition, which is never deleted.
    """
    if held_edition(settings) == "live":
        raise SettingsError("These folders hold the live edition; nothing was deleted.")
    kept = {settings.inbox, settings.published / "README.md"}
    gone = [
        path
        for folder in (settings.state, settings.published)
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path not in kept
    ]
    for path in gone:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    return gone


def take_folder(folder: Path, edition: str) -> None:
    """Let a folder hold an edition from now on.

    Raises:
        SettingsError: If it holds the other one.
    """
    held = _read_mark(folder)
    if not held:
        write_whole(folder / MARK, f"{edition}\n".encode())
    elif held != edition:
        remedy = (
            "Run `thindicators forget-sample` to clear it away first."
            if held == "sample"
            else "Set THINDICATORS_STATE and THINDICATORS_PUBLISHED to other folders to see the sample edition."
        )
        raise SettingsError(
            f"{folder} holds the {held} edition; a {edition} run never takes its place. {remedy}"
        )


def _read_mark(folder: Path) -> str:
    mark = folder / MARK
    return mark.read_text(encoding="utf-8").strip() if mark.exists() else ""
