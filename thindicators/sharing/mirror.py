"""A mirror: `state/` as an object store has it, so that any machine can go on where another one stopped.

What belongs here: bringing the folder and the store to the same content, file by file. Three things are compared: the
folder, the store, and what both held when they were last the same. What changed on one side goes to the other; where
both changed, the store's stays, and a return is kept beside it under another name: two officers may hand in files of
one name. What is missing on one side is taken from the other, so that a folder or a prefix that somebody cleared away
takes nothing along; only figures that waited for somebody's word, and returns, go for good. Snapshots' bytes never
change: they are sent once and brought when they are needed.

Links are never followed, on either side: they may lead anywhere on this machine.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from thindicators.editions import MARK
from thindicators.errors import SettingsError, StoreError
from thindicators.storage.bucket import SNAPSHOTS, Bucket, Entry
from thindicators.storage.files import why, write_whole

STATE = "state/"
"""How the names of the objects begin that mirror files of the folder, snapshots' bytes apart."""

_BYTES = Path(SNAPSHOTS, "bytes")
_NOT_SHARED = (Path("dagster"), _BYTES)
_HANDED_IN = ("returns/", "practice/")
_MAY_GO = ("indicators/held/", *_HANDED_IN)
_INDEX = ".store.json"
_PATIENCE = 300.0
_LONGEST_STEM = 200
"""Bytes of a file's name before its ending; systems take 255 with it."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Same:
    """A file as it was when folder and store held the same: the store's tag, and the file's size and time."""

    etag: str
    size: int
    changed: int


@dataclass
class _Index:
    """What folder and store held when they were last the same."""

    url: str
    files: dict[str, Same] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)


_INDEXES = TypeAdapter(_Index)


@dataclass(frozen=True)
class _Sides:
    """One file on both sides, and when they were last the same.

    Attributes:
        name: Of the file within the folder.
        path: Of the file; None if the folder does not have it.
        entry: What the store's list says of it; None if the store does not have it.
        last: When both were last the same; None if they never were.
    """

    name: str
    path: Path | None
    entry: Entry | None
    last: Same | None

    @property
    def is_changed_here(self) -> bool:
        """Whether the folder's is another than when both were last the same."""
        if self.path is None:
            return False
        size_and_time = (self.last.size, self.last.changed) if self.last else None
        return _size_and_time(self.path) != size_and_time

    @property
    def is_changed_there(self) -> bool:
        """Whether the store's is another than when both were last the same."""
        if self.entry is None:
            return False
        return self.last is None or self.entry.etag != self.last.etag

    @property
    def may_go(self) -> bool:
        """Whether a file that is missing on one side was deleted there on purpose."""
        return self.name.startswith(_MAY_GO)


@dataclass(frozen=True)
class Mirror:
    """A folder and the bucket that it mirrors."""

    folder: Path
    bucket: Bucket

    def bring_to_same(self) -> None:
        """Send what changed in the folder, and bring what changed in the store.

        Raises:
            StoreError: If the store cannot be used, or somebody else changed a file of it at the same moment.
            SettingsError: If folder and store were never the same and hold different things.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / ".store.lock", timeout=_PATIENCE):
                self._bring_to_same()
        except Timeout:
            raise StoreError(
                f"{self.folder} has been in use for {_PATIENCE:g} seconds. Run again."
            ) from None
        except OSError as problem:
            raise StoreError(f"{self.folder}: {why(problem)}") from problem

    def _bring_to_same(self) -> None:
        entries = self._entries()
        paths = {path.relative_to(self.folder).as_posix(): path for path in self._files()}
        with self._index() as index:
            # Somebody cleared one side away: nothing of it was deleted on purpose.
            if not set(paths) - {MARK} or not entries:
                index.files.clear()
            if not entries:
                index.sent.clear()
            if not index.files:
                self._refuse_strangers(paths, entries)
            self._send_bytes(index)
            for name in sorted({*paths, *entries, *index.files}):
                last = index.files.pop(name, None)
                same = self._settle(
                    _Sides(
                        name,
                        paths.get(name),
                        entries.get(name),
                        last,
                    )
                )
                if same is not None:
                    index.files[name] = same

    def _settle(self, sides: _Sides) -> Same | None:
        """Bring one file to the same content on both sides; None if it is gone from both."""
        path, entry = sides.path, sides.entry
        if path is None and entry is None:
            return None
        if path is None:
            # It was deleted here on purpose only if nobody has changed it there since.
            if sides.is_changed_there or not sides.may_go:
                return self._bring(sides)
            self.bucket.delete([f"{STATE}{sides.name}"])
            return None
        if entry is None:
            if sides.is_changed_here or not sides.may_go:
                return self._send(sides.name, path, None)
            path.unlink(missing_ok=True)
            return None
        if sides.is_changed_there:
            return self._bring(sides)
        return self._send(sides.name, path, entry) if sides.is_changed_here else sides.last

    def _bring(self, sides: _Sides) -> Same | None:
        """Let the folder hold what the store has."""
        stored = self.bucket.get(f"{STATE}{sides.name}")
        if stored is None:
            # Deleted since it was listed: the next run settles it.
            return None
        path = self.folder / sides.name
        if not path.parent.resolve().is_relative_to(self.folder.resolve()):
            _LOG.warning("%s lies behind a link and is not brought from the store.", path)
            return None
        if sides.path is None or sides.path.read_bytes() != stored.content:
            if sides.path is not None and sides.is_changed_here:
                self._give_way(sides.name, sides.path)
            write_whole(path, stored.content)
        return Same(stored.etag, *_size_and_time(path))

    def _give_way(
        self,
        name: str,
        path: Path,
    ) -> None:
        """Let a file that was changed on both sides be the store's, and lose no return by it."""
        if not name.startswith(_HANDED_IN):
            _LOG.warning("%s was changed here and in the store; what the store has stays.", path)
            return
        content = path.read_bytes()
        beside = path.with_name(_other_name(path, content))
        path.rename(beside)
        _LOG.warning(
            "%s was handed in here and on another machine. Both are kept: this machine's is now %s.",
            path,
            beside.name,
        )
        # Sent at once: another machine may be the next to read the inbox.
        self.bucket.put_instead(
            f"{STATE}{beside.relative_to(self.folder).as_posix()}", content, None
        )

    def _send(
        self,
        name: str,
        path: Path,
        entry: Entry | None,
    ) -> Same:
        """Let the store hold what the folder has."""
        # Looked at first: what is written meanwhile is seen as a change the next time.
        size_and_time = _size_and_time(path)
        expected = entry.etag if entry else None
        etag = self.bucket.put_instead(f"{STATE}{name}", path.read_bytes(), expected)
        if etag is None:
            raise StoreError(
                f"{self.bucket.url}: another run changed {name} at the same moment. Run again."
            )
        return Same(etag, *size_and_time)

    def _send_bytes(self, index: _Index) -> None:
        """Send the bytes of snapshots that the store does not have yet."""
        for path in self.folder.glob(f"{_BYTES}/*/[!.]*"):
            if path.name in index.sent or not _is_plain(path):
                continue
            key = path.relative_to(self.folder / SNAPSHOTS).as_posix()
            if not self.bucket.has(key):
                self.bucket.put(key, path.read_bytes())
            index.sent.add(path.name)

    def _entries(self) -> dict[str, Entry]:
        """What the store has of what is shared, by the file's name within the folder."""
        entries = self.bucket.entries(STATE)
        for name in sorted(entries):
            if not _is_shared(name):
                _LOG.warning(
                    "%s: %s%s is left alone: it is no file of `state/`.",
                    self.bucket.url,
                    STATE,
                    name,
                )
                del entries[name]
        return entries

    def _files(self) -> Iterator[Path]:
        """What the folder has of what is shared; links, devices and pipes are none of it."""
        for place, folders, names in os.walk(self.folder):
            inside = Path(place).relative_to(self.folder)
            folders[:] = [folder for folder in folders if _is_shared((inside / folder).as_posix())]
            for name in names:
                path = Path(place, name)
                if not _is_shared((inside / name).as_posix()):
                    continue
                if _is_plain(path):
                    yield path
                else:
                    _LOG.warning("%s is no plain file and is not shared with the store.", path)

    def _refuse_strangers(
        self,
        paths: Mapping[str, Path],
        entries: Mapping[str, Entry],
    ) -> None:
        """Refuse to mix two states that were never the same."""
        # A machine that is new has nothing yet, or a mark alone.
        are_both_used = set(paths) - {MARK} and set(entries) - {MARK}
        different = sorted(set(paths) ^ set(entries)) if are_both_used else []
        for name in sorted(set(paths) & set(entries)):
            if self._is_other(name, paths[name]):
                different.append(name)
        if different:
            raise SettingsError(
                f"{self.folder} and {self.bucket.url} hold different things ({different[0]}, for one) and were never "
                "the same. Point THINDICATORS_STATE and THINDICATORS_PUBLISHED at new folders, or THINDICATORS_STORE "
                "at a new prefix."
            )

    def _is_other(
        self,
        name: str,
        path: Path,
    ) -> bool:
        stored = self.bucket.get(f"{STATE}{name}")
        return stored is None or stored.content != path.read_bytes()

    @contextmanager
    def _index(self) -> Iterator[_Index]:
        """What folder and store were last the same in; kept also if not everything could be brought to the same."""
        path = self.folder / _INDEX
        index = _Index(self.bucket.url)
        if path.exists():
            try:
                of_last_time = _INDEXES.validate_json(path.read_bytes())
            except ValidationError as problem:
                raise StoreError(
                    f"{path} is damaged: {problem.errors()[0]['msg']}. Delete it and run again."
                ) from None
            # Of another store, it says nothing about this one.
            index = of_last_time if of_last_time.url == self.bucket.url else index
        try:
            yield index
        finally:
            write_whole(path, _INDEXES.dump_json(index))


def _is_shared(name: str) -> bool:
    """Whether a file of this name in `state/` is shared: no lock, nothing that is being written, nothing of Dagster's.

    A name that leads out of the folder begins a part with a dot, as locks do.
    """
    path = PurePosixPath(name)
    is_hidden = any(part.startswith(".") for part in path.parts)
    is_own = any(path.is_relative_to(folder) for folder in _NOT_SHARED)
    return name == MARK or not (is_hidden or is_own or path.is_absolute() or not _is_text(name))


def _is_text(name: str) -> bool:
    """Whether a name is Unicode; others are none that a store takes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_plain(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)


def _other_name(
    path: Path,
    content: bytes,
) -> str:
    """A name for a file beside one of the same name, the same for the same content on any machine."""
    stem = path.stem.encode()[:_LONGEST_STEM].decode(errors="ignore")
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:8]}{path.suffix}"


def _size_and_time(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
