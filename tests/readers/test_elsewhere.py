"""The stock readers of JavaScript and of R; skipped where Node, its packages or R are absent, which CI installs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from tests.readers.test_csv import all_tables, expected
from tests.support import ROOT

pytestmark = pytest.mark.system

NODE = ROOT / "tests" / "readers" / "node"
CLASSES = {
    "text": "character",
    "day": "character",
    "whole number": "integer",
    "number": "numeric",
    # `read.csv` knows TRUE and T only; XML Schema, and so CSVW, writes true.
    "truth": "character",
}


@pytest.fixture(scope="session")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scripts and the packages of tests/readers/node."""
    modules = Path(
        os.environ.get("READERS_NODE_MODULES", ROOT / "tests" / "readers" / "node" / "node_modules")
    )
    if not shutil.which("node") or not (modules / "hyparquet").exists():
        pytest.skip(
            "Node or the packages of tests/readers/node/package.json are not here; see .ci/run"
        )
    folder = tmp_path_factory.mktemp("node")
    shutil.copytree(NODE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").symlink_to(modules)
    return folder


def node(folder: Path, script: str, *arguments: str) -> dict[str, dict[str, int] | list[int]]:
    ran = subprocess.run(
        ["node", script, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    said: dict[str, dict[str, int] | list[int]] = json.loads(ran.stdout.splitlines()[-1])
    return said


def test_javascript_reads_every_parquet_file(node_folder: Path, release: Path) -> None:
    files = sorted(release.rglob("*.parquet"))
    rows = [pq.ParquetFile(path).metadata.num_rows for path in files]
    read = node(node_folder, "parquet.js", *map(str, files))
    assert read == {"hyparquet": rows, "parquet-wasm": rows, "@dsnp/parquetjs": rows}


def test_javascript_reads_every_table_of_every_package(node_folder: Path, release: Path) -> None:
    for descriptor in (
        release / "datapackage.json",
        *sorted(release.glob("indicators/*/datapackage.json")),
    ):
        resources = json.loads(descriptor.read_text(encoding="utf-8"))["resources"]
        rows = {
            one["name"]: pyarrow.csv.read_csv(descriptor.parent / one["path"]).num_rows
            for one in resources
        }
        assert node(node_folder, "packages.js", str(descriptor)) == {
            "frictionless.js": rows,
            "datapackage": rows,
        }


def test_javascript_reads_a_package_over_http(
    node_folder: Path, release: Path, address: str
) -> None:
    read = node(node_folder, "packages.js", f"{address}/indicators/happiness/datapackage.json")
    rows = pyarrow.csv.read_csv(release / "indicators" / "happiness" / "happiness.csv").num_rows
    assert read == {"frictionless.js": {"happiness": rows}, "datapackage": {"happiness": rows}}


def test_r_reads_every_csv_with_its_types(release: Path) -> None:
    if not shutil.which("Rscript"):
        pytest.skip("R is not here: apt-get install r-base-core")
    ran = subprocess.run(
        ["Rscript", ROOT / "tests" / "readers" / "types.R", release],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    said = {tuple(line.split()[:2]): line.split()[2] for line in ran.stdout.splitlines()}
    for path, schema in all_tables(release):
        name = path.relative_to(release).as_posix()
        assert int(said[name, "(rows)"]) == pyarrow.csv.read_csv(path).num_rows
        for column, kind in expected(path, schema).items():
            assert said[name, column] == CLASSES[kind], (name, column)
