"""A mirror: `state/` as an object store has it, so that any machine can go on where another one stopped.

What belongs here: bringing the folder and the store to the same content, file by file. Three things are compared: the
folder, the store, and what both held when they were last the same. What changed on one side goes to the other; where
both changed, the store's stays. What is missing on one side is taken from the other, so that a folder or a prefix that
somebody cleared away takes nothing along; only figures that waited for somebody's word, and returns, go for good.
Snapshots' bytes never change: they are sent once and brought when they are needed.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

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
_MAY_GO = ("indicators/held/", "returns/")
_INDEX = ".store.json"
_PATIENCE = 300.0
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
        there = self.bucket.entries(STATE)
        here = {path.relative_to(self.folder).as_posix(): path for path in self._files()}
        with self._index() as index:
            if not set(here) - {MARK} or not there:
                index.files.clear()  # somebody cleared one side away
            if not there:
                index.sent.clear()
            if not index.files:
                self._refuse_strangers(here, there)
            self._send_bytes(index)
            for name in sorted({*here, *there, *index.files}):
                known = index.files.pop(name, None)
                same = self._settle(name, here.get(name), there.get(name), known)
                if same is not None:
                    index.files[name] = same

    def _settle(
        self, name: str, path: Path | None, entry: Entry | None, known: Same | None
    ) -> Same | None:
        """Bring one file to the same content on both sides; None if it is gone from both."""
        changed_here = path is not None and _look(path) != (
            (known.size, known.changed) if known else None
        )
        changed_there = entry is not None and (known is None or entry.etag != known.etag)
        if entry is not None and (changed_there or path is not None or not _may_go(name)):
            if changed_there or path is None:
                return self._bring(name, changed_here)
            return self._send(name, path, entry) if changed_here else known
        if path is not None and (changed_here or not _may_go(name)):
            return self._send(name, path, None)
        if path is not None:
            path.unlink(missing_ok=True)
        if entry is not None:
            self.bucket.delete([f"{STATE}{name}"])
        return None

    def _bring(self, name: str, changed_here: bool) -> Same | None:
        found = self.bucket.get(f"{STATE}{name}")
        if found is None:
            return None
        path = self.folder / name
        if not path.exists() or path.read_bytes() != found.content:
            if changed_here:
                _LOG.warning(
                    "%s was changed here and in the store; what the store has stays.", path
                )
            write_whole(path, found.content)
        return Same(found.etag, *_look(path))

    def _send(self, name: str, path: Path, entry: Entry | None) -> Same:
        looked = _look(path)
        etag = self.bucket.put_instead(
            f"{STATE}{name}", path.read_bytes(), entry.etag if entry else None
        )
        if etag is None:
            raise StoreError(
                f"{self.bucket.url}: another run changed {name} at the same moment. Run again."
            )
        return Same(etag, *looked)

    def _send_bytes(self, index: _Index) -> None:
        for path in self.folder.glob(f"{_BYTES}/*/[!.]*"):
            if path.name not in index.sent:
                key = path.relative_to(self.folder / SNAPSHOTS).as_posix()
                if not self.bucket.has(key):
                    self.bucket.put(key, path.read_bytes())
                index.sent.add(path.name)

    def _files(self) -> Iterator[Path]:
        """What is shared: everything but Dagster's files, snapshots' bytes, locks, and what is being written."""
        for place, folders, files in os.walk(self.folder):
            inside = Path(place).relative_to(self.folder)
            folders[:] = [
                one for one in folders if one[0] != "." and inside / one not in _NOT_SHARED
            ]
            yield from (
                Path(place, one) for one in files if one[0] != "." or inside / one == Path(MARK)
            )

    def _refuse_strangers(self, here: Mapping[str, Path], there: Mapping[str, Entry]) -> None:
        """Refuse to mix two states that were never the same."""
        both_used = set(here) - {MARK} and set(there) - {MARK}
        different = sorted(set(here) ^ set(there)) if both_used else []
        different += [
            name for name in sorted(set(here) & set(there)) if self._is_other(name, here[name])
        ]
        if different:
            raise SettingsError(
                f"{self.folder} and {self.bucket.url} hold different things ({different[0]}, for one) and were never "
                "the same. Point THINDICATORS_STATE and THINDICATORS_PUBLISHED at new folders, or THINDICATORS_STORE "
                "at a new prefix."
            )

    def _is_other(self, name: str, path: Path) -> bool:
        found = self.bucket.get(f"{STATE}{name}")
        return found is None or found.content != path.read_bytes()

    @contextmanager
    def _index(self) -> Iterator[_Index]:
        """What folder and store were last the same in; kept also if not everything could be brought to the same."""
        path = self.folder / _INDEX
        index = _Index(self.bucket.url)
        if path.exists():
            try:
                kept = _INDEXES.validate_json(path.read_bytes())
            except ValidationError as problem:
                raise StoreError(
                    f"{path} is damaged: {problem.errors()[0]['msg']}. Delete it and run again."
                ) from None
            index = kept if kept.url == self.bucket.url else index
        try:
            yield index
        finally:
            write_whole(path, _INDEXES.dump_json(index))


def _may_go(name: str) -> bool:
    return name.startswith(_MAY_GO)


def _look(path: Path) -> tuple[int, int]:
    seen = path.stat()
    return seen.st_size, seen.st_mtime_ns
