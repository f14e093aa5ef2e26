"""Files: written whole and on the disk before anything relies on them, and cleared away where a killed run left parts.

What belongs here: writing one file so that a reader sees the old one or the new one, making what was written last
through a power cut, and saying in plain words why a disk refused. What the files hold belongs elsewhere.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from thindicators.errors import ThindicatorsError

_WRITING = ".writing-"
_OPEN_FOLDER, _OPEN_FILE = 0o755, 0o644

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
            # Before the rename: a disk may take the new name first, and a power cut leave it empty.
            os.fsync(file.fileno())
            written.replace(path)
        sync(path.parent)
    except OSError as problem:
        because = why(problem, place=False)
        raise ThindicatorsError(f"{path} could not be written. {because}") from problem


def make_open_folder(folder: Path) -> None:
    """Make a folder, and those above it, so that everybody may read in it; one that is there stays as it is."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for above in reversed(missing):
        above.mkdir(exist_ok=True)
        above.chmod(_OPEN_FOLDER)


def open_to_readers(folder: Path) -> None:
    """Let everybody read a folder and all that is in it, whatever the umask: a web server is another user."""
    folder.chmod(_OPEN_FOLDER)
    for path in folder.rglob("*"):
        path.chmod(_OPEN_FOLDER if path.is_dir() else _OPEN_FILE)


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
        written = folder / f"{_WRITING}{secrets.token_hex(8)}"
        # Who may read it is left to the umask, as for any new file: what is in `state/` may be private.
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return os.fdopen(descriptor, "wb"), written
        os.close(descriptor)
