"""Dagster's SQLite databases with connections that stay open, named in its `dagster.yaml`.

What belongs here: Dagster's own storage for runs, events and schedules, but that each keeps its engine between statements.
Dagster makes a new engine for every statement, so that SQLAlchemy compiles each anew, and SQLite opens and closes its files
some 2,400 times in a run of this plan; and another for every event of a check, to see whether there is a table for it. Nor
does an event wait for the disk. Nothing else is changed: tables, files and their places are Dagster's, and a
`dagster.yaml` without these classes opens the same databases. Where it lies is Dagster's home, whatever the file says of it.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from dagster import StringSource
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool

STORAGE = """\
# Dagster's own SQLite, with connections that stay open. Another storage may be named in place of these three.
run_storage:
  module: assets.sqlite_storage
  class: RunStorage
  config: {home: {env: DAGSTER_HOME}}
event_log_storage:
  module: assets.sqlite_storage
  class: EventLogStorage
  config: {home: {env: DAGSTER_HOME}}
schedule_storage:
  module: assets.sqlite_storage
  class: ScheduleStorage
  config: {home: {env: DAGSTER_HOME}}
"""
"""What `dagster.yaml` says to use them."""

_MOST_ENGINES = 8
"""The databases that stay open: the UI looks at many runs, each of which has a database of its own."""

_BUSY_SECONDS = 30


@dataclass(frozen=True)
class _OpenEngine:
    """An engine, and the file that it was made for."""

    engine: Engine
    file: tuple[int, int] | None


class _Engines:
    """Engines by address, of which the last used stay."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, _OpenEngine] = OrderedDict()
        self._lock = Lock()

    def engine(self, address: str) -> Engine:
        """The engine for an address; a new one if its file was deleted or replaced, as by Dagster's `wipe`."""
        with self._lock:
            # Taken out and put back at the end, so that the least used is first.
            last = self._open.pop(address, None)
            if last is not None and last.file != _file_of(address):
                last.engine.dispose()
                last = None
            if last is None:
                last = _open(address)
            self._open[address] = last
            while len(self._open) > _MOST_ENGINES:
                _, oldest = self._open.popitem(last=False)
                oldest.engine.dispose()
            return last.engine

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            for each in self._open.values():
                each.engine.dispose()
            self._open.clear()


def _open(address: str) -> _OpenEngine:
    arguments = {"timeout": _BUSY_SECONDS, "check_same_thread": False}
    # A statement may be made while another is read, so that one connection is not enough.
    engine = create_engine(address, poolclass=QueuePool, pool_size=2, connect_args=arguments)
    event.listen(engine, "connect", _write_without_waiting)
    with engine.connect():
        return _OpenEngine(engine, _file_of(address))


def _write_without_waiting(connection: sqlite3.Connection, _record: object) -> None:
    # With a log written ahead, as Dagster has it, a database stays whole if the machine loses its power; only what was
    # written last is lost, and what was published does not rest on it. Else every event waits for the disk.
    connection.execute("PRAGMA synchronous = NORMAL")


def _file_of(address: str) -> tuple[int, int] | None:
    """What tells a file from another of the same name; None if there is none."""
    path = Path(make_url(address).database or "")
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


class _InOneDatabase:
    """What runs and schedules have in common: one database, whose connections stay open.

    Attributes:
        folder: Where the database lies in Dagster's home.
    """

    folder: str
    _conn_string: str

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines = _Engines()
        super().__init__(conn_string, inst_data)  # type: ignore[call-arg]

    @classmethod
    def config_type(cls) -> Any:
        """The setting: Dagster's home."""
        return {"home": StringSource}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Any:
        """As Dagster makes it from `dagster.yaml`."""
        base = Path(config_value["home"]) / cls.folder
        return cls.from_local(str(base), inst_data)  # type: ignore[attr-defined]

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection within a transaction."""
        with self._engines.engine(self._conn_string).begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close the database."""
        self._engines.close()


class RunStorage(_InOneDatabase, SqliteRunStorage):
    """Dagster's runs in SQLite."""

    folder = "history"


class ScheduleStorage(_InOneDatabase, SqliteScheduleStorage):
    """Dagster's schedules in SQLite."""

    folder = "schedules"


class EventLogStorage(SqliteEventLogStorage):
    """Dagster's events in SQLite: a database for each run, and an index of all."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines = _Engines()
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> Any:
        """The setting: Dagster's home."""
        return {"home": StringSource}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> EventLogStorage:
        """As Dagster makes it from `dagster.yaml`."""
        return cls(str(Path(config_value["home"]) / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        # As Dagster's own, but for the engine.
        with self._db_lock:
            engine = self._engines.engine(self.conn_string_for_shard(shard))
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table; one that is there stays, and Dagster asks for each event."""
        if table_name not in self._tables:
            # Asked within a transaction too, which a connection of its own does not wait for.
            engine = self._engines.engine(self.conn_string_for_shard(INDEX_SHARD_NAME))
            with engine.connect() as connection:
                if not inspect(connection).has_table(table_name):
                    return False
            self._tables.add(table_name)
        return True

    def dispose(self) -> None:
        """Stop watching, and close all databases."""
        super().dispose()
        self._engines.close()
