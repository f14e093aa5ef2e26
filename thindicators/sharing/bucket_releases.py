"""Releases in a bucket: sent whole, checked, and only then pointed to, so that a reader sees the old one or the new.

What belongs here: `releases/<name>/…` and `latest.json`, which is written last and names the release that readers
read. A release newer than the one it names was never published: a killed run left it, and the next one deletes it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from thindicators.errors import SettingsError, StoreError
from thindicators.history.release_names import in_order, is_name
from thindicators.release.publishing import BUILDING, RELEASES, latest, point_to
from thindicators.sharing.bucket_lock import Lock
from thindicators.storage.bucket import Bucket, Entry
from thindicators.storage.files import make_open_folder, open_to_readers, sync_all
from thindicators.storage.sums import SUMS, differences

POINTER = "latest.json"
_AT_ONCE = 8


@dataclass(frozen=True)
class Pointer:
    """What readers are pointed to.

    Attributes:
        release: Its name.
        sums: The SHA-256 of its SHA256SUMS.
        etag: Of the object that says so.
    """

    release: str
    sums: str
    etag: str


def pointer(bucket: Bucket) -> Pointer | None:
    """What readers are pointed to; None before the first release.

    Raises:
        StoreError: If the pointer is damaged.
    """
    found = bucket.get(POINTER)
    if found is None:
        return None
    try:
        said = json.loads(found.content)
        in_order(said["release"])
        return Pointer(said["release"], said["sha256sums"], found.etag)
    except (ValueError, KeyError, TypeError):
        raise StoreError(
            f"{bucket.url}: {POINTER} is damaged. Restore it from a backup. Nothing was done."
        ) from None


def bring_latest(bucket: Bucket, published: Path) -> None:
    """Let `published/latest` be the release that readers of the bucket are pointed to.

    Raises:
        StoreError: If it is not in the bucket as it was published.
        SettingsError: If the folder holds a release that the bucket does not have.
    """
    wanted = pointer(bucket)
    if wanted is None:
        return
    current = latest(published)
    if current is not None and _sums_sum(current) == wanted.sums:
        return
    if current is not None and not _has(bucket, current):
        raise SettingsError(
            f"{published} holds the release {current.name}, which {bucket.url} does not have. Point "
            "THINDICATORS_PUBLISHED and THINDICATORS_STATE at new folders, or THINDICATORS_STORE at another prefix."
        )
    point_to(bring(bucket, wanted.release, published, wanted.sums))


def bring(bucket: Bucket, name: str, published: Path, sums: str = "") -> Path:
    """Bring a release from the bucket, if it is not in the folder yet.

    Args:
        bucket: Where it is.
        name: Its name.
        published: The folder of the releases.
        sums: The SHA-256 of its SHA256SUMS, if that is known.

    Returns:
        Its folder.

    Raises:
        StoreError: If it is not as it was published.
    """
    folder = published / RELEASES / name
    if not folder.exists():
        building = Path(tempfile.mkdtemp(prefix=BUILDING, dir=published))
        _fetch(bucket, name, building)
        if found := differences(building):
            raise StoreError(
                f"{bucket.url}: the release {name} is not as it was published: {' '.join(found[:5])}"
            )
        make_open_folder(folder.parent)
        open_to_readers(building)
        sync_all(building)
        building.rename(folder)
    if sums and _sums_sum(folder) != sums:
        raise StoreError(
            f"{bucket.url}: the release {name} is another one than {folder}, or than {POINTER} says. Restore it from a "
            "backup. Nothing was done."
        )
    return folder


def send(bucket: Bucket, building: Path, name: str, lock: Lock) -> None:
    """Send a release, read it back, and point readers to it.

    Raises:
        StoreError: If it could not be sent whole; readers still see the release before.
    """
    before = pointer(bucket)
    _clear_away(bucket, before, name)
    place = f"{RELEASES}/{name}/"
    files = {
        path.relative_to(building).as_posix(): path
        for path in sorted(building.rglob("*"))
        if path.is_file()
    }
    content = {one: path.read_bytes() for one, path in files.items()}
    last = content.pop(SUMS)
    _in_parts(lambda one: _put_new(bucket, f"{place}{one}", content[one]), content, lock)
    _in_parts(lambda one: _require_same(bucket, f"{place}{one}", content[one]), content, lock)
    _put_new(bucket, f"{place}{SUMS}", last)
    _require_same(bucket, f"{place}{SUMS}", last)
    _require_listed(bucket.entries(place), {**content, SUMS: last}, bucket)
    said = {"release": name, "sha256sums": hashlib.sha256(last).hexdigest()}
    if (
        bucket.put_instead(
            POINTER, f"{json.dumps(said)}\n".encode(), before.etag if before else None
        )
        is None
    ):
        raise _met_another(bucket)


def _clear_away(bucket: Bucket, before: Pointer | None, name: str) -> None:
    """Delete what killed runs left: releases newer than the one that readers are pointed to."""
    there = {path.partition("/")[0] for path in bucket.entries(f"{RELEASES}/")}
    if before is None:
        whole = [one for one in there if bucket.has(f"{RELEASES}/{one}/{SUMS}")]
        if whole:
            raise StoreError(
                f"{bucket.url}: {POINTER} is missing, though there are releases ({min(whole)}). Restore it from a "
                "backup, or delete those releases. Nothing was published."
            )
    elif in_order(name) <= in_order(before.release):
        raise StoreError(
            f"{bucket.url}: {name} would not be newer than {before.release}. Nothing was published."
        )
    for one in there:
        if is_name(one) and (before is None or in_order(one) > in_order(before.release)):
            place = f"{RELEASES}/{one}/"
            bucket.delete(f"{place}{path}" for path in bucket.entries(place))


def _fetch(bucket: Bucket, name: str, building: Path) -> None:
    place = f"{RELEASES}/{name}/"

    def write(path: str) -> None:
        found = bucket.get(f"{place}{path}")
        if found is not None:
            (building / path).parent.mkdir(parents=True, exist_ok=True)
            (building / path).write_bytes(found.content)

    _in_parts(write, bucket.entries(place))


def _in_parts(do: Callable[[str], object], names: Iterable[str], lock: Lock | None = None) -> None:
    every = list(names)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for start in range(0, len(every), _AT_ONCE):
            list(threads.map(do, every[start : start + _AT_ONCE]))
            if lock is not None:
                lock.keep()


def _put_new(bucket: Bucket, key: str, content: bytes) -> None:
    """Write where nothing is, so that two runs of which each takes the other for killed never mix their files."""
    if bucket.put_instead(key, content, None) is None:
        raise _met_another(bucket)


def _met_another(bucket: Bucket) -> StoreError:
    return StoreError(
        f"{bucket.url}: another run published at the same moment. Nothing was published. Run again."
    )


def _require_same(bucket: Bucket, key: str, content: bytes) -> None:
    found = bucket.get(key)
    if found is None or found.content != content:
        raise StoreError(
            f"{bucket.url}: {key} is not there as it was sent. Nothing was published. Run again."
        )


def _require_listed(there: dict[str, Entry], content: dict[str, bytes], bucket: Bucket) -> None:
    sizes = {one: entry.size for one, entry in there.items()}
    if sizes != {one: len(what) for one, what in content.items()}:
        raise StoreError(
            f"{bucket.url}: the store lists other files than were sent. Nothing was published. Run again."
        )


def _has(bucket: Bucket, release: Path) -> bool:
    found = bucket.get(f"{RELEASES}/{release.name}/{SUMS}")
    return found is not None and found.content == (release / SUMS).read_bytes()


def _sums_sum(release: Path) -> str:
    path = release / SUMS
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
