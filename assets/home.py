"""Dagster's own home: where its runs, schedules and settings live, under `state/dagster` or in PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from dagster import DagsterInstance
from sqlalchemy.exc import SQLAlchemyError

from assets.sqlite_storage import STORAGE
from thindicators.editions import require_apart
from thindicators.errors import SettingsError
from thindicators.settings import PREFIX, SERVER_PACKAGES, Settings
from thindicators.storage.files import write_whole

_SETTINGS = """\
# Written at the first run; yours to change. https://docs.dagster.io/deployment/oss/dagster-yaml
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 2  # the schedules tick in the same minute; each run is a process of some 300 MB
  pools:
    default_limit: 1
"""
_POSTGRES_URL = f"{PREFIX}DAGSTER_POSTGRES_URL"
_DRIVER = "postgresql+psycopg2://"
_IN_POSTGRES = f"""\
storage:
  postgres:
    postgres_url:
      env: {_POSTGRES_URL}
"""
_STORAGES = ("storage", "run_storage", "event_log_storage", "schedule_storage")


def prepare(settings: Settings) -> Path:
    """Make Dagster's home, if there is none, and let this process and its children use it.

    Returns:
        The folder.

    Raises:
        SettingsError: If the settings ask for another storage than its `dagster.yaml`, or `state/` and `published/` lie
            in each other.
    """
    require_apart(settings)
    home = settings.state / "dagster"
    path = home / "dagster.yaml"
    text = path.read_text(encoding="utf-8") if path.exists() else _SETTINGS
    # What was added here gives way to what the settings ask for now; what others wrote does not.
    if settings.dagster_postgres:
        text = text.replace(STORAGE, "")
    wanted = text + _added(settings, _storage(path, text), path)
    if not path.exists() or wanted != text:
        write_whole(path, wanted.encode())
    os.environ["DAGSTER_HOME"] = str(home)
    return home


@contextmanager
def open_instance(settings: Settings) -> Iterator[DagsterInstance]:
    """The instance whose runs and schedules the UI shows.

    Raises:
        SettingsError: If its database cannot be used, from the beginning or any more.
    """
    try:
        opened = DagsterInstance.get()
        opened.get_runs_count()
    except Exception as problem:
        raise SettingsError(_in_words(problem, settings)) from problem
    with opened:
        try:
            yield opened
        except (SQLAlchemyError, sqlite3.Error) as problem:
            raise SettingsError(
                f"Dagster could not write down how the run went on, so that it was stopped: "
                f"{getattr(problem, 'orig', problem)}. See whether the disk of {settings.state} is full or well, and "
                "run again. What is published stands."
            ) from problem


def _in_words(
    problem: Exception,
    settings: Settings,
) -> str:
    if not settings.dagster_postgres:
        return f"{settings.state / 'dagster'}: Dagster's own files there cannot be used: {problem}"
    if "import module" in str(problem):
        return f"{_POSTGRES_URL} needs {SERVER_PACKAGES}."
    # The first line of what the database says; the others would hold the address with its password.
    because = (
        str(problem.__cause__ or problem).replace(settings.dagster_postgres, "…").partition("\n")[0]
    )
    return (
        f"The PostgreSQL database that {_POSTGRES_URL} names cannot be used: {because} "
        "See whether it runs, and whether address, user and password are right. Nothing was done."
    )


def _storage(
    path: Path,
    text: str,
) -> Mapping[str, Any]:
    try:
        given = yaml.safe_load(text) or {}
        return {name: given[name] for name in _STORAGES if name in given}
    except (yaml.YAMLError, TypeError) as problem:
        raise SettingsError(
            f"{path} is not YAML that Dagster can read: {problem}. Mend it, or delete it."
        ) from None


def _added(
    settings: Settings,
    storage: Mapping[str, Any],
    path: Path,
) -> str:
    """What must be added to Dagster's settings, so that they say what ours ask for."""
    if settings.dagster_postgres and not settings.dagster_postgres.startswith(_DRIVER):
        raise SettingsError(
            f"{_POSTGRES_URL} must begin with {_DRIVER}, the driver that Dagster uses."
        )
    ours = dict(storage) == yaml.safe_load(_IN_POSTGRES)
    if ours and not settings.dagster_postgres:
        raise SettingsError(
            f"{path} keeps Dagster's runs in PostgreSQL, but {_POSTGRES_URL} is not set. Set it; or delete the block "
            "`storage:` from the file to begin anew with SQLite."
        )
    if storage and settings.dagster_postgres and not ours:
        raise SettingsError(
            f"{_POSTGRES_URL} is set, but {path} names a storage of its own. Delete that block from the file, or "
            "unset the variable."
        )
    if storage:
        return ""
    return _IN_POSTGRES if settings.dagster_postgres else STORAGE
