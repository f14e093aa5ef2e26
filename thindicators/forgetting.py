"""Forgetting a sample: clearing the sample edition away, so that the live edition can take the same folders.

What belongs here: which names may be deleted, and when. Only what this project makes is deleted, by its name, and only
from a folder of which it is sure that it holds a sample. What belongs to a live edition, to a person or to another
program stays: a setting that names the wrong folder must cost nobody anything.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from thindicators.editions import (
    MARK,
    Contents,
    contents_of_published,
    contents_of_state,
    require_apart,
)
from thindicators.errors import SettingsError
from thindicators.settings import Settings
from thindicators.storage.locks import PUBLISH_LOCK, RELEASE_LOCK

# The inbox `returns/` is not among them: what a person handed in is no part of a sample.
_IN_STATE = (
    "snapshots",
    "indicators",
    "history",
    "ledger",
    "judged",
    "dagster",
    "alerts.json",
    ".hosts",
    ".store.json",
    ".store.lock",
)
# `latest` comes first: readers of a half deleted folder find no release rather than half of one.
_IN_PUBLISHED = ("latest", "releases")
_BEING_WRITTEN = ".building-*"


def forget_sample(settings: Settings) -> list[Path]:
    """Delete a sample edition's state and releases, so that the folders are free for the live edition.

    Returns:
        What was deleted.

    Raises:
        SettingsError: If the folders hold anything of a live edition, or no sample, or a publish is at work in them, or an
            object store would bring everything back.
    """
    require_apart(settings)
    _require_no_store(settings)
    with _no_publish(settings):
        of_state = list(contents_of_state(settings.state))
        of_published = list(contents_of_published(settings.published))
        _require_sample(settings, [*of_state, *of_published])
        # A folder that says nothing of a sample may be anybody's: nothing is deleted from it.
        deleted = []
        if of_published:
            deleted += _delete(settings.published, _IN_PUBLISHED)
        if of_state:
            deleted += _delete(settings.state, _IN_STATE)
        return deleted


def _require_no_store(settings: Settings) -> None:
    if settings.store:
        raise SettingsError(
            f"{settings.store} holds the sample edition too and would bring it back; nothing was deleted. Give the live "
            "edition another prefix in THINDICATORS_STORE, and new folders; or unset THINDICATORS_STORE and run this again."
        )


@contextmanager
def _no_publish(settings: Settings) -> Iterator[None]:
    """Keep publishes away; refuse at once if one is at work."""
    places = [settings.state / "dagster" / PUBLISH_LOCK, settings.published / RELEASE_LOCK]
    # A lock would make the folder that it is in; where there is none, nobody is at work in it.
    locks = [FileLock(place) for place in places if place.parent.is_dir()]
    try:
        for lock in locks:
            lock.acquire(timeout=0)
        yield
    except Timeout:
        raise SettingsError(
            f"A publish is at work in {settings.state} and {settings.published}; nothing was deleted. Run this again "
            "when it has ended."
        ) from None
    finally:
        for lock in locks:
            lock.release()


def _require_sample(settings: Settings, contents: Iterable[Contents]) -> None:
    editions = {content.edition: content.where for content in contents}
    if "live" in editions:
        raise SettingsError(
            f"{settings.state} and {settings.published} hold the live edition, as {editions['live']} says; nothing "
            "was deleted."
        )
    if not editions:
        raise SettingsError(
            f"Neither {settings.state} nor {settings.published} holds a sample edition; nothing was deleted. See "
            "whether THINDICATORS_STATE and THINDICATORS_PUBLISHED name the folders that you mean."
        )


def _delete(folder: Path, names: Iterable[str]) -> list[Path]:
    """Delete what has one of these names, and at last the mark: a run that is killed before may be run again."""
    places = [folder / name for name in names]
    places += [*sorted(folder.glob(_BEING_WRITTEN)), folder / MARK]
    deleted = []
    for place in places:
        if place.is_symlink() or place.is_file():
            place.unlink()
        elif place.is_dir():
            shutil.rmtree(place)
        else:
            continue
        deleted.append(place)
    return deleted
