"""What several machines share: the folders, kept as an object store has them, if a setting names one.

What belongs here: when the folders are brought to the same as the store. Without a store nothing here does anything:
the folders are all there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from thindicators.history.release_names import is_name
from thindicators.release.publishing import RELEASES, latest, release_lock
from thindicators.settings import Settings
from thindicators.sharing import bucket_releases
from thindicators.sharing.bucket_lock import locked_bucket
from thindicators.sharing.mirror import STATE, Mirror
from thindicators.storage.bucket import open_bucket

Announce = Callable[[Path, str], None]
"""Lets readers elsewhere see a release: its folder, written whole, and its name."""


def bring_to_same(settings: Settings) -> None:
    """Bring the folders and the store to the same content.

    Raises:
        StoreError: If the store cannot be used.
        SettingsError: If the folders and the store hold things that do not belong together.
    """
    if settings.store:
        bucket = open_bucket(settings.store)
        # The releases first: they say whose edition and plan the store holds.
        with release_lock(settings.published):
            bucket_releases.bring_latest(bucket, settings.published)
        Mirror(settings.state, bucket).bring_to_same()


def bring_release(
    settings: Settings,
    name: str,
) -> None:
    """Bring a release that only the store has.

    Raises:
        StoreError: If it is not in the store as it was published.
    """
    if not settings.store or not name or (settings.published / RELEASES / name).exists():
        return
    bucket = open_bucket(settings.store)
    # Whoever looks for it next says that there is no such release.
    if is_name(name) and bucket.entries(f"{RELEASES}/{name}/"):
        with release_lock(settings.published):
            bucket_releases.bring(bucket, name, settings.published)


def delete_here_and_there(settings: Settings, files: Sequence[Path]) -> None:
    """Delete files of `state/`, and in the store too: what is missing on one side only is taken from the other.

    Raises:
        StoreError: If the store cannot be used.
    """
    if settings.store:
        names = [path.relative_to(settings.state).as_posix() for path in files]
        open_bucket(settings.store).delete(f"{STATE}{name}" for name in names)
    for path in files:
        path.unlink()


@contextmanager
def same_before_and_after(settings: Settings) -> Iterator[None]:
    """Work on the folders as the store has them, and send what came of it; also if the work failed."""
    bring_to_same(settings)
    try:
        yield
    finally:
        bring_to_same(settings)


@contextmanager
def publishing(settings: Settings) -> Iterator[Announce]:
    """Keep other machines from publishing to the store, and give what lets its readers see a new release."""
    if not settings.store:
        yield lambda _building, _name: None
        return
    bucket = open_bucket(settings.store)
    with locked_bucket(bucket) as lock, same_before_and_after(settings):

        def announce(
            building: Path,
            name: str,
        ) -> None:
            bucket_releases.send(
                bucket,
                building,
                name,
                lock,
            )

        # Folders may have been used before there was a store: what they hold comes first.
        current = latest(settings.published)
        if current is not None and bucket_releases.pointer(bucket) is None:
            announce(current, current.name)
        yield announce
