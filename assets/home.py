"""Dagster's own home: where its runs, schedules and settings live, under `state/dagster`."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from thindicators.settings import Settings
from thindicators.snapshots import write_whole

_SETTINGS = """\
# Written at the first run; yours to change. https://docs.dagster.io/deployment/oss/dagster-yaml
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    default_limit: 1
"""


def prepare(settings: Settings) -> Path:
    """Make Dagster's home, if there is none, and let this process and its children use it.

    Returns:
        The folder.
    """
    home = settings.state / "dagster"
    path = home / "dagster.yaml"
    if not path.exists():
        write_whole(path, _SETTINGS.encode())
    os.environ["DAGSTER_HOME"] = str(home)
    return home


@contextmanager
def write_ahead_log_kept(home: Path) -> Iterator[None]:
    """Keep Dagster's SQLite databases open while a run writes to them.

    Dagster opens and closes a connection for each event, and SQLite folds its write-ahead log into the database when
    the last connection closes: hundreds of times in a run, unless another connection stays open.
    https://www.sqlite.org/wal.html
    """
    with ExitStack() as stack:
        for path in home.glob("history/**/*.db"):
            connection = stack.enter_context(closing(sqlite3.connect(path)))
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield
