"""Releases in a bucket: sent whole, checked, and only then pointed to, so that a reader sees the old one or the new.

What belongs here: `releases/<name>/…` and `latest.json`, which is written last and names the release that readers
read. A release newer than the one it names was never published: a killed run left it, and the next one deletes it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from thindicators.errors import ReleaseError, SettingsError, StoreError
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
    stored = bucket.get(POINTER)
    if stored is None:
        return None
    try:
        content = json.loads(stored.content)
        # For what it refuses: a name that is none.
        in_order(content["release"])
        return Pointer(content["release"], content["sha256sums"], stored.etag)
    except (ValueError, KeyError, TypeError, AttributeError, ReleaseError):
        raise StoreError(
            f"{bucket.url}: {POINTER} is damaged. Restore it from a backup. Nothing was done."
        ) from None


def bring_latest(
    bucket: Bucket,
    published: Path,
) -> None:
    """Let `published/latest` be the release that readers of the bucket are pointed to.

    Raises:
        StoreError: If it is not in the bucket as it was published.
        SettingsError: If the folder holds a release that the bucket does not have.
    """
    wanted = pointer(bucket)
    if wanted is None:
        return
    current = latest(published)
    if current is not None and _sum_of_sums(current) == wanted.sums:
        return
    # Of folders that never were this store's, nothing is taken over silently.
    if current is not None and not _has(bucket, current):
        raise SettingsError(
            f"{published} holds the release {current.name}, which {bucket.url} does not have. Point "
            "THINDICATORS_PUBLISHED and THINDICATORS_STATE at new folders, or THINDICATORS_STORE at another prefix."
        )
    point_to(
        bring(
            bucket,
            wanted.release,
            published,
            wanted.sums,
        )
    )


def bring(
    bucket: Bucket,
    name: str,
    published: Path,
    sums: str = "",
) -> Path:
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
        # Under a name that the next publish clears away, if this run is killed.
        building = Path(tempfile.mkdtemp(prefix=BUILDING, dir=published))
        _fetch(bucket, name, building)
        if problems := differences(building):
            raise StoreError(
                f"{bucket.url}: the release {name} is not as it was published: {' '.join(problems[:5])}"
            )
        make_open_folder(folder.parent)
        open_to_readers(building)
        sync_all(building)
        building.rename(folder)
    if sums and _sum_of_sums(folder) != sums:
        raise StoreError(
            f"{bucket.url}: the release {name} is another one than {folder}, or than {POINTER} says. Restore it from a "
            "backup. Nothing was done."
        )
    return folder


def send(
    bucket: Bucket,
    building: Path,
    name: str,
    lock: Lock,
) -> None:
    """Send a release, read it back, and point readers to it.

    Raises:
        StoreError: If it could not be sent whole; readers still see the release before.
    """
    before = pointer(bucket)
    _clear_away(bucket, before, name)
    contents = {}
    for path in sorted(building.rglob("*")):
        if path.is_file():
            contents[path.relative_to(building).as_posix()] = path.read_bytes()
    place = f"{RELEASES}/{name}/"
    # SHA256SUMS comes last: only a release that has it was sent whole.
    sums = contents.pop(SUMS)

    def put(path: str) -> None:
        _put_new(bucket, f"{place}{path}", contents[path])

    def read_back(path: str) -> None:
        _require_same(bucket, f"{place}{path}", contents[path])

    _in_parts(put, contents, lock)
    _in_parts(read_back, contents, lock)
    _put_new(bucket, f"{place}{SUMS}", sums)
    _require_same(bucket, f"{place}{SUMS}", sums)
    _require_listed(bucket.entries(place), {**contents, SUMS: sums}, bucket)
    _point_to(
        bucket,
        name,
        sums,
        before,
    )


def _point_to(
    bucket: Bucket,
    name: str,
    sums: bytes,
    before: Pointer | None,
) -> None:
    """Point readers to a release, unless somebody else has pointed them elsewhere meanwhile."""
    words = {"release": name, "sha256sums": hashlib.sha256(sums).hexdigest()}
    content = f"{json.dumps(words)}\n".encode()
    expected = before.etag if before else None
    if bucket.put_instead(POINTER, content, expected) is None:
        raise _met_another(bucket)


def _clear_away(
    bucket: Bucket,
    before: Pointer | None,
    name: str,
) -> None:
    """Delete what killed runs left: releases newer than the one that readers are pointed to."""
    names = {path.partition("/")[0] for path in bucket.entries(f"{RELEASES}/")}
    if before is None:
        _require_no_whole(bucket, names)
    elif in_order(name) <= in_order(before.release):
        raise StoreError(
            f"{bucket.url}: {name} would not be newer than {before.release}. Nothing was published."
        )
    # What is no release is somebody else's, and left alone.
    for release in filter(is_name, names):
        if before is None or in_order(release) > in_order(before.release):
            place = f"{RELEASES}/{release}/"
            bucket.delete(f"{place}{path}" for path in bucket.entries(place))


def _require_no_whole(
    bucket: Bucket,
    names: Iterable[str],
) -> None:
    """Refuse a bucket in which releases were published and the pointer to them is lost."""
    whole = [release for release in names if bucket.has(f"{RELEASES}/{release}/{SUMS}")]
    if whole:
        raise StoreError(
            f"{bucket.url}: {POINTER} is missing, though there are releases ({min(whole)}). Restore it from a "
            "backup, or delete those releases. Nothing was published."
        )


def _fetch(
    bucket: Bucket,
    name: str,
    building: Path,
) -> None:
    place = f"{RELEASES}/{name}/"
    paths = bucket.entries(place)
    for path in paths:
        if ".." in PurePosixPath(path).parts or PurePosixPath(path).is_absolute():
            raise StoreError(
                f"{bucket.url}: the release {name} holds {path}, which leads out of a release. Nothing was done."
            )

    def write(path: str) -> None:
        stored = bucket.get(f"{place}{path}")
        if stored is not None:
            (building / path).parent.mkdir(parents=True, exist_ok=True)
            (building / path).write_bytes(stored.content)

    _in_parts(write, paths)


def _in_parts(
    do: Callable[[str], None],
    paths: Iterable[str],
    lock: Lock | None = None,
) -> None:
    """Do something with each of some files, several at once, and keep the lock meanwhile."""
    waiting = list(paths)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for start in range(0, len(waiting), _AT_ONCE):
            part = waiting[start : start + _AT_ONCE]
            # The list waits for all of them, and lets the first failure through.
            list(threads.map(do, part))
            if lock is not None:
                lock.keep()


def _put_new(
    bucket: Bucket,
    key: str,
    content: bytes,
) -> None:
    """Write where nothing is, so that two runs of which each takes the other for killed never mix their files."""
    if bucket.put_instead(key, content, None) is None:
        raise _met_another(bucket)


def _met_another(bucket: Bucket) -> StoreError:
    return StoreError(
        f"{bucket.url}: another run published at the same moment. Nothing was published. Run again."
    )


def _require_same(
    bucket: Bucket,
    key: str,
    content: bytes,
) -> None:
    stored = bucket.get(key)
    if stored is None or stored.content != content:
        raise StoreError(
            f"{bucket.url}: {key} is not there as it was sent. Nothing was published. Run again."
        )


def _require_listed(
    entries: Mapping[str, Entry],
    contents: Mapping[str, bytes],
    bucket: Bucket,
) -> None:
    """Refuse a store whose list of a release is not what was sent: readers find files by it."""
    listed = {path: entry.size for path, entry in entries.items()}
    sent = {path: len(content) for path, content in contents.items()}
    if listed != sent:
        raise StoreError(
            f"{bucket.url}: the store lists other files than were sent. Nothing was published. Run again."
        )


def _has(
    bucket: Bucket,
    release: Path,
) -> bool:
    stored = bucket.get(f"{RELEASES}/{release.name}/{SUMS}")
    return stored is not None and stored.content == (release / SUMS).read_bytes()


def _sum_of_sums(release: Path) -> str:
    path = release / SUMS
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
