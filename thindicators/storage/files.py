"""Files: written whole and on the disk before anything relies on them, and cleared away where a killed run left parts.

What belongs here: writing one file so that a reader sees the old one or the new one, making what was written last
through a power cut, and saying in plain words why a disk refused. What the files hold belongs elsewhere.
"""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from thindicators.errors import ThindicatorsError

_WRITING = ".writing-"

_FULL = "Free some space there (`thindicators prune` deletes old releases) and run again."
_NOT_ALLOWED = "Let the user who runs this write there, or choose another folder."
_IN_THE_WAY = "A file stands where a folder must be, or a folder where a file must be: move it away and run again."
_GONE = "It was deleted or moved while it was in use. Run again."
_REMEDIES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _NOT_ALLOWED,
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EISDIR: _IN_THE_WAY,
    errno.EEXIST: _IN_THE_WAY,
    errno.ENOENT: _GONE,
}


def why(problem: OSError, place: bool = True) -> str:
    """Why a disk refused, in plain words, where it is not said yet, and what to do about it."""
    where = f"{problem.filename}: " if place and problem.filename else ""
    remedy = _REMEDIES.get(problem.errno or 0, "See whether the disk is well, and run again.")
    return f"{where}{problem.strerror or problem}. {remedy}"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    Raises:
        ThindicatorsError: If it cannot be written; what was there before stands.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _beside(path) as (file, written):
            file.write(content)
            file.flush()
            # Before the rename: a file system may write the new name first, and a power cut leave it empty.
            os.fsync(file.fileno())
            # A temporary file is its owner's alone; a web server must read what is published.
            written.chmod(0o644)
            written.replace(path)
        sync(path.parent)
    except OSError as problem:
        because = why(problem, place=False)
        raise ThindicatorsError(f"{path} could not be written. {because}") from problem


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(folder: Path) -> None:
    """Wait until a folder is on the disk with all that is in it."""
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


def clear_left_overs(folder: Path) -> None:
    """Delete what killed runs were writing into a folder and those below it; what is being written now stays."""
    for path in folder.rglob(f"{_WRITING}*"):
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
        except (BlockingIOError, FileNotFoundError):
            # Its writer is alive, or has just finished.
            continue


@contextmanager
def _beside(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file beside another, locked for as long as it is open, so that nobody clears it away."""
    file, written = _locked(path.parent)
    try:
        with file:
            yield file, written
    except BaseException:
        written.unlink(missing_ok=True)
        raise


def _locked(folder: Path) -> tuple[BinaryIO, Path]:
    # Another process may clear it away between its making and its locking: then a new one is made.
    while True:
        descriptor, name = tempfile.mkstemp(prefix=_WRITING, dir=folder)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return os.fdopen(descriptor, "wb"), Path(name)
        os.close(descriptor)
