"""Dagster's SQLite with connections that stay open: the same databases, and nothing that Dagster does goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    DagsterInstance,
    MaterializeResult,
    asset,
    materialize,
)
from sqlalchemy import event
from sqlalchemy.engine import Engine

from assets.home import open_instance, prepare
from assets.sqlite_storage import STORAGE, EventLogStorage, RunStorage, ScheduleStorage
from thindicators.settings import Settings, settings_from

POSTGRES = "postgresql+psycopg2://nobody@127.0.0.1:1/none"


@asset
def figure() -> int:
    return 1


@asset(
    check_specs=[AssetCheckSpec(f"rule_{number}", asset="checked_figure") for number in range(9)]
)
def checked_figure() -> Iterator[MaterializeResult[int]]:
    checks = [AssetCheckResult(passed=True, check_name=f"rule_{number}") for number in range(9)]
    yield MaterializeResult(value=1, check_results=checks, tags={"edition": "sample"})


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # `prepare` sets Dagster's home for this process, which no other test must inherit.
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    folders = {"THINDICATORS_STATE": tmp_path / "state", "THINDICATORS_PUBLISHED": tmp_path / "out"}
    return settings_from({name: str(path) for name, path in folders.items()})


@pytest.fixture
def opened(chosen: Settings) -> Iterator[DagsterInstance]:
    prepare(chosen)
    with open_instance(chosen) as instance:
        yield instance


def runs_of(instance: DagsterInstance) -> list[str]:
    return [run.run_id for run in instance.get_runs()]


def test_a_new_home_names_all_three(opened: DagsterInstance) -> None:
    assert isinstance(opened.run_storage, RunStorage)
    assert isinstance(opened.event_log_storage, EventLogStorage)
    assert isinstance(opened.schedule_storage, ScheduleStorage)


def test_the_databases_lie_where_dagsters_own_classes_look(chosen: Settings) -> None:
    """A home that was written to with connections kept open is read without, and the other way round."""
    home = prepare(chosen)
    with open_instance(chosen) as instance:
        materialize([figure], instance=instance)
        before = runs_of(instance)
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    with DagsterInstance.from_config(str(home)) as plain:
        assert not isinstance(plain.run_storage, RunStorage)
        assert runs_of(plain) == before
        assert len(plain.all_logs(before[0])) > 5
        materialize([figure], instance=plain)
        after = runs_of(plain)
    prepare(chosen)
    with open_instance(chosen) as instance:
        assert runs_of(instance) == after


def test_a_run_opens_a_database_a_few_times_not_for_each_statement(
    opened: DagsterInstance,
) -> None:
    connections = []
    event.listen(Engine, "connect", lambda *_: connections.append(1))
    result = materialize([figure], instance=opened)
    assert len(opened.all_logs(result.run_id)) > 10
    assert len(connections) < 8


def test_a_checked_asset_opens_no_more_databases_than_any_other(opened: DagsterInstance) -> None:
    """Dagster asks for each event of a check or with tags whether there is a table for it."""
    connections = []
    event.listen(Engine, "connect", lambda *_: connections.append(1))
    result = materialize([checked_figure], instance=opened)
    assert len(result.get_asset_check_evaluations()) == 9
    assert len(connections) < 8


def test_a_table_is_seen_once_it_is_there(opened: DagsterInstance) -> None:
    storage = opened.event_log_storage
    assert isinstance(storage, EventLogStorage)
    assert not storage.has_table("of_a_later_version")
    with storage.index_connection() as connection:
        connection.exec_driver_sql("CREATE TABLE of_a_later_version (id INTEGER)")
    assert storage.has_table("of_a_later_version")


def test_no_event_waits_for_the_disk_and_the_log_is_written_ahead(opened: DagsterInstance) -> None:
    """As SQLite advises for databases that must stay whole if the power fails: https://sqlite.org/wal.html ."""
    result = materialize([figure], instance=opened)
    storage = opened.event_log_storage
    assert isinstance(storage, EventLogStorage)
    for connected in (storage.index_connection(), storage.run_connection(result.run_id)):
        with connected as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1


def test_what_is_wiped_is_gone_and_the_next_run_is_there(opened: DagsterInstance) -> None:
    materialize([figure], instance=opened)
    opened.event_log_storage.wipe()
    opened.run_storage.wipe()
    assert runs_of(opened) == []
    result = materialize([figure], instance=opened)
    assert runs_of(opened) == [result.run_id]
    assert opened.get_latest_materialization_event(figure.key) is not None


def test_a_deleted_run_takes_its_events_along(opened: DagsterInstance) -> None:
    result = materialize([figure], instance=opened)
    opened.delete_run(result.run_id)
    assert runs_of(opened) == []
    assert opened.all_logs(result.run_id) == []


def test_more_runs_than_stay_open_are_all_read(opened: DagsterInstance) -> None:
    results = [materialize([figure], instance=opened) for _ in range(12)]
    for result in results:
        assert any(record.is_dagster_event for record in opened.all_logs(result.run_id))


def test_an_older_home_gains_them_and_keeps_what_somebody_wrote(chosen: Settings) -> None:
    home = chosen.state / "dagster"
    home.mkdir(parents=True)
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n# mine\n", encoding="utf-8")
    prepare(chosen)
    text = (home / "dagster.yaml").read_text(encoding="utf-8")
    assert text.startswith("telemetry:\n  enabled: false\n# mine\n")
    assert text.endswith(STORAGE)


def test_another_storage_that_somebody_named_stays(chosen: Settings) -> None:
    home = chosen.state / "dagster"
    home.mkdir(parents=True)
    own = "run_storage:\n  module: dagster._core.storage.runs\n  class: InMemoryRunStorage\n"
    (home / "dagster.yaml").write_text(own, encoding="utf-8")
    prepare(chosen)
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == own


def test_postgresql_takes_their_place_where_it_is_asked_for(chosen: Settings) -> None:
    home = prepare(chosen)
    prepare(replace(chosen, dagster_postgres=POSTGRES))
    settings = yaml.safe_load((home / "dagster.yaml").read_text(encoding="utf-8"))
    assert set(settings) & {"storage", "run_storage"} == {"storage"}
