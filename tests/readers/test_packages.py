"""Every package and every ZIP, as the stock tools of data packages read them: no option is given to any of them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path

import datapackage  # type: ignore[import-untyped]
import pyarrow.csv
import pytest
from csvw import CSVW  # type: ignore[import-untyped]
from dplib.models.package.package import Package as DplibPackage
from frictionless import Package
from frictionless.console.console import console
from typer.testing import CliRunner

from thindicators.plan.model import Plan

FRICTIONLESS = str(Path(sys.executable).with_name("frictionless"))
TABLES = [
    "areas",
    "breakdowns",
    "checks",
    "comparisons",
    "councils_elsewhere",
    "indicators",
    "latest",
    "observations",
    "origins",
    "periods",
    "receipts",
    "revisions",
    "series",
    "sources",
    "units",
    "witnesses",
]


@pytest.fixture(scope="session")
def packages(plan: Plan) -> list[str]:
    """All descriptors and all ZIPs, by their path within a release."""
    whole = ["datapackage.json", f"{plan.file.id}.zip"]
    return whole + [
        f"indicators/{one}/{name}"
        for one in plan.indicators
        for name in ("datapackage.json", f"{one}.zip")
    ]


@pytest.fixture(scope="session")
def rows(release: Path) -> dict[str, int]:
    """How many rows each table of the whole plan has."""
    return {path.stem: count(path) for path in release.glob("*.csv")}


def count(path: Path) -> int:
    return int(pyarrow.csv.read_csv(path).num_rows)


def says(arguments: Sequence[str]) -> str:
    ran = CliRunner().invoke(console, list(arguments))
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_there_are_thirty_one_packages_with_a_zip_each(packages: list[str]) -> None:
    assert len(packages) == 62


def test_frictionless_says_valid_of_each(place: str, packages: list[str]) -> None:
    for package in packages:
        said = says(["validate", f"{place}/{package}"])
        assert "VALID" in said
        assert "INVALID" not in said, f"{package}: {said}"


def test_frictionless_says_valid_in_the_folder_of_a_package(release: Path) -> None:
    ran = subprocess.run(
        [FRICTIONLESS, "validate", "datapackage.json"],
        cwd=release,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.count(" VALID") == len(TABLES)


def test_frictionless_finds_a_changed_table(release: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(release / "indicators" / "happiness" / "happiness.zip") as archive:
        archive.extractall(tmp_path)
    table = tmp_path / "happiness.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("7.03", "7.04", 1), encoding="utf-8")
    ran = CliRunner().invoke(console, ["validate", str(tmp_path / "datapackage.json")])
    assert (ran.exit_code, "hash-count" in ran.output) == (1, True), ran.output


def test_frictionless_indexes_every_table_with_all_its_rows(
    release: Path, tmp_path: Path, rows: dict[str, int]
) -> None:
    said = says(
        [
            "index",
            str(release / "datapackage.json"),
            "--database",
            f"sqlite:///{tmp_path / 'all.db'}",
        ]
    )
    assert f"{len(TABLES)} tables" in said
    assert rows_in(tmp_path / "all.db") == rows


def test_frictionless_publishes_every_table_with_all_its_rows(
    release: Path, tmp_path: Path, rows: dict[str, int]
) -> None:
    Package(str(release / "datapackage.json")).publish(f"sqlite:///{tmp_path / 'all.db'}")
    assert rows_in(tmp_path / "all.db") == rows


def test_what_is_missing_is_null_in_the_database(release: Path, tmp_path: Path) -> None:
    Package(str(release / "datapackage.json")).publish(f"sqlite:///{tmp_path / 'all.db'}")
    with sqlite3.connect(tmp_path / "all.db") as database:
        found = database.execute(
            "select count(*) from observations where (value is null) <> (status is not null)"
        )
        assert found.fetchone() == (0,)
        kinds = database.execute(
            "select distinct typeof(value) from observations order by 1"
        ).fetchall()
    assert kinds == [("null",), ("real",)]


def rows_in(path: Path) -> dict[str, int]:
    with sqlite3.connect(path) as database:
        names = [
            name
            for (name,) in database.execute("select name from sqlite_master where type = 'table'")
        ]
        return {
            name: database.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names
        }


def test_periods_of_the_comparisons_are_those_of_observations(release: Path) -> None:
    """A pattern in the Table Schema would say it too, but databases take it for a refusal of what is empty."""
    observations = pyarrow.csv.read_csv(release / "observations.csv")
    comparisons = pyarrow.csv.read_csv(release / "comparisons.csv")
    periods = set(observations["period"].to_pylist())
    for column in ("period", "baseline_period"):
        assert set(comparisons[column].to_pylist()) - {""} <= periods


def test_datapackage_reads_every_table_of_every_package(
    place: str, packages: list[str], rows: dict[str, int]
) -> None:
    # It reads a ZIP from a disk only: of one that came over HTTP it takes the bytes for a file's name.
    readable = [name for name in packages if name.endswith(".json") or not place.startswith("http")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in readable:
            package = datapackage.Package(f"{place}/{name}")
            assert package.valid, (name, package.errors)
            read = {one.name: len(one.read(relations=False)) for one in package.resources}
            assert read == rows if "/" not in name else len(read) == 1


def test_datapackage_follows_the_relations(release: Path, rows: dict[str, int]) -> None:
    observations = datapackage.Package(str(release / "datapackage.json")).get_resource(
        "observations"
    )
    assert observations.check_relations()
    assert len(observations.read(relations=True)) == rows["observations"]


def test_dplib_reads_every_descriptor(place: str, packages: list[str]) -> None:
    for name in packages:
        if name.endswith(".json"):
            package = DplibPackage.from_path(f"{place}/{name}")
            schemas = [one.get_schema() for one in package.resources]
            assert all(one and one.fields for one in schemas)
            assert package.get_resource(name=package.resources[0].name)


def test_csvw_reads_every_table(place: str, packages: list[str], rows: dict[str, int]) -> None:
    paths = [f"{name}.csv" for name in rows]
    paths += [
        name.replace(".zip", ".csv")
        for name in packages
        if name.startswith("indicators/") and "zip" in name
    ]
    for path in paths:
        read = CSVW(f"{place}/{path}")
        assert read.is_valid, (path, read.warnings)
