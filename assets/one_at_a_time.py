"""One `thindicators publish` at a time, and an end to the runs of those that were killed.

What belongs here: the lock that a publish holds for as long as it runs, and what follows from holding it. That two
runs do not meet while a release is swapped in, however they were started, belongs in `thindicators.release.publishing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter
from filelock import FileLock, Timeout
from rich.console import Console

from thindicators.errors import ThindicatorsError
from thindicators.storage.files import why, write_whole
from thindicators.storage.locks import PUBLISH_LOCK

_STARTED_BY = "thindicators publish"
_IDENTITY = ".identity"
"""In Dagster's home: by which the folders are told from all others that use the same database."""

_PATIENCE = 600.0
_UNDER_WAY = [DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.STARTED]


@contextmanager
def one_at_a_time(home: Path, console: Console) -> Iterator[None]:
    """Wait until no other `thindicators publish` uses the same folders; the lock of a killed one is free.

    Raises:
        ThindicatorsError: If another one does not come to its end.
    """
    lock = FileLock(home / PUBLISH_LOCK)
    try:
        if not _is_taken(lock, 0):
            console.print(
                "Another `thindicators publish` is at work in these folders; waiting until it has ended."
            )
            if not _is_taken(lock, _PATIENCE):
                raise ThindicatorsError(
                    f"Another `thindicators publish` has been at work in {home.parent} for {_PATIENCE:g} seconds. "
                    "Nothing was done. Run this again when it has ended."
                )
    except OSError as problem:
        raise ThindicatorsError(f"{home} could not be locked. {why(problem)}") from problem
    try:
        yield
    finally:
        lock.release()


def tags_of(home: Path) -> dict[str, str]:
    """The tags of every run that holds the lock of these folders.

    Several sets of folders may share a database for Dagster, on one machine or on many, and each has a lock of its
    own: by these tags each knows its own runs.
    """
    path = home / _IDENTITY
    if not path.exists():
        write_whole(path, uuid4().hex.encode())
    # A copy of the folders has the same content, and its file has another place on the disk and another time of change,
    # which no tool can copy.
    status = path.stat()
    identity = f"{path.read_text(encoding='utf-8')}-{status.st_ino}-{status.st_ctime_ns}"
    return {"started_by": _STARTED_BY, "started_in": identity}


def end_killed_runs(instance: DagsterInstance, home: Path) -> None:
    """End the runs whose process was killed: they hold places in pools, for which later runs would wait for ever.

    Only whoever holds the lock may say so: then no run of these folders is under way.
    """
    killed = instance.get_runs(RunsFilter(statuses=_UNDER_WAY, tags=tags_of(home)))
    for run in killed:
        instance.report_run_failed(
            run, "The process of this run was killed. What it had not published, the next does."
        )
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def _is_taken(lock: FileLock, patience: float) -> bool:
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        return False
    return True
