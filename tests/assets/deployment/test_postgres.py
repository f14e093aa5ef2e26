"""Dagster's runs and schedules in PostgreSQL."""

from __future__ import annotations

import sys
from pathlib import Path

import psycopg2
import pytest
import yaml

from assets.home import prepare
from tests import servers
from tests.assets.deployment.installation import Installation
from tests.support import ROOT
from thindicators.errors import SettingsError
from thindicators.settings import Settings

EXAMPLE = ROOT / "assets" / "deployment" / "dagster-postgres.yaml"
URL = "postgresql+psycopg2://dagster:0xsecret@db/dagster"


def rows(database: servers.Server, query: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(database.url.replace("+psycopg2", ""))
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())
    finally:
        connection.close()


@pytest.mark.system
def test_the_release_has_the_sums_of_the_embedded_one(
    one_server: Installation, embedded: Installation
) -> None:
    assert one_server.sums() == embedded.sums()


@pytest.mark.system
def test_runs_and_events_are_in_the_database_and_in_no_file(
    one_server: Installation, database: servers.Server
) -> None:
    assert rows(database, "SELECT pipeline_name, status FROM runs") == [("refresh", "SUCCESS")]
    assert rows(database, "SELECT count(*) > 200 FROM event_logs") == [(True,)]
    assert list(one_server.state.rglob("*.db")) == []


@pytest.mark.system
def test_a_schedule_that_was_switched_on_is_so_in_the_database(
    one_server: Installation, database: servers.Server
) -> None:
    home = {"DAGSTER_HOME": str(one_server.state / "dagster")}
    command = [
        sys.executable,
        "-m",
        "dagster",
        "schedule",
        "start",
        "-w",
        "workspace.yaml",
        "ncmp_release",
    ]
    said = Installation(one_server.folder, {**one_server.settings, **home}).run_program(command)
    assert said.returncode == 0, said.stdout + said.stderr
    assert rows(database, "SELECT status FROM instigators") == [("RUNNING",)]


@pytest.mark.system
def test_the_password_is_in_no_file(one_server: Installation, database: servers.Server) -> None:
    assert one_server.files_with(database.password) == []


def test_a_database_that_does_not_answer_is_said_in_plain_words(tmp_path: Path) -> None:
    settings = {
        "THINDICATORS_DAGSTER_POSTGRES_URL": "postgresql+psycopg2://dagster:0xsecret@127.0.0.1:1/dagster"
    }
    ran = Installation(tmp_path, settings).run("publish")
    assert ran.returncode == 1
    assert (
        "The PostgreSQL database that THINDICATORS_DAGSTER_POSTGRES_URL names cannot be used"
        in ran.stderr
    )
    assert "Connection refused" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "0xsecret" not in ran.stderr + ran.stdout


def test_the_example_is_what_a_first_run_with_the_setting_writes(tmp_path: Path) -> None:
    home = prepare(Settings(state=tmp_path, dagster_postgres=URL))
    assert yaml.safe_load((home / "dagster.yaml").read_text()) == yaml.safe_load(
        EXAMPLE.read_text()
    )


def test_settings_of_dagster_that_were_there_before_get_the_storage_added(tmp_path: Path) -> None:
    path = prepare(Settings(state=tmp_path)) / "dagster.yaml"
    path.write_text("telemetry:\n  enabled: false\n# mine\n", encoding="utf-8")
    for _ in range(2):
        prepare(Settings(state=tmp_path, dagster_postgres=URL))
    assert path.read_text().startswith("telemetry:\n  enabled: false\n# mine\nstorage:\n")
    assert path.read_text().count("storage:") == 1
    assert "0xsecret" not in path.read_text()


def test_a_storage_of_the_users_own_is_not_replaced(tmp_path: Path) -> None:
    path = prepare(Settings(state=tmp_path)) / "dagster.yaml"
    path.write_text("storage:\n  sqlite:\n    base_dir: /elsewhere\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="names a storage of its own"):
        prepare(Settings(state=tmp_path, dagster_postgres=URL))


def test_without_its_address_the_database_is_not_silently_replaced_by_sqlite(
    tmp_path: Path,
) -> None:
    prepare(Settings(state=tmp_path, dagster_postgres=URL))
    with pytest.raises(SettingsError, match="THINDICATORS_DAGSTER_POSTGRES_URL is not set"):
        prepare(Settings(state=tmp_path))


def test_an_address_for_another_driver_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"must begin with postgresql\+psycopg2://"):
        prepare(Settings(state=tmp_path, dagster_postgres="postgresql://dagster@db/dagster"))


def test_dagsters_settings_that_are_no_yaml_are_said_in_plain_words(tmp_path: Path) -> None:
    path = prepare(Settings(state=tmp_path)) / "dagster.yaml"
    path.write_text("storage: [", encoding="utf-8")
    with pytest.raises(SettingsError, match="is not YAML that Dagster can read"):
        prepare(Settings(state=tmp_path))
