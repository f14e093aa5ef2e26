"""The package: what an installation brings along, that it works in an empty folder, and which locks install what.

Everything here installs without a network: the libraries are those of the environment that runs the tests.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

from tests.support import ROOT, copy_of_checkout, files_of_checkout
from thindicators.contract import contract_files

PACKAGES = ("assets/", "sources/", "thindicators/")
QUIETLY = (
    "--quiet",
    "--disable-pip-version-check",
    "--no-index",
    "--no-deps",
    "--no-build-isolation",
)

Command = Callable[..., subprocess.CompletedProcess[str]]


def pip(*words: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pip", *words], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the project, because building writes into the folder that it builds from."""
    return copy_of_checkout(tmp_path_factory.mktemp("clone"))


def test_every_file_of_the_packages_and_the_plan_is_in_the_wheel_and_nothing_else(
    checkout: Path, tmp_path: Path
) -> None:
    pip("wheel", *QUIETLY, "--wheel-dir", str(tmp_path), str(checkout))
    (wheel,) = tmp_path.glob("*.whl")
    built = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = files_of_checkout()
    plan = {f"thindicators/{name}" for name in files if name.startswith("schemas/")}
    assert built == {name for name in files if name.startswith(PACKAGES)} | plan


def test_every_file_of_the_plan_names_the_schema_that_an_editor_completes_it_by() -> None:
    kinds = {"indicators": "indicator", "sources": "source", "witnesses": "source"}
    files = sorted((ROOT / "schemas").rglob("*.yaml"))
    assert len(files) > 50
    for path in files:
        named = path.read_text(encoding="utf-8").splitlines()[0].partition("$schema=")[2]
        schema = (path.parent / named).resolve()
        assert schema.name == f"{kinds.get(path.parent.name, path.stem)}.schema.json", path
        assert schema.read_bytes() == contract_files()[schema.name]


class TestTheLocks:
    @staticmethod
    def pins(name: str) -> set[str]:
        """Each package with its version and sums, as pip reads them."""
        text = (ROOT / name).read_text(encoding="utf-8")
        return {" ".join(pin.split()) for pin in text.replace("\\\n", " ").splitlines()}

    @pytest.mark.parametrize("name", ["requirements.lock", "requirements-server.lock"])
    def test_are_of_one_resolution(self, name: str) -> None:
        assert self.pins(name) < self.pins("requirements-dev.lock")

    def test_of_running_are_without_what_only_tests_or_servers_need(self) -> None:
        def names(lock: str) -> set[str]:
            return {pin.partition("==")[0] for pin in self.pins(lock)}

        running, server = names("requirements.lock"), names("requirements-server.lock")
        assert {"dagster-webserver", "great-expectations", "setuptools"} <= running < server
        assert {"boto3", "dagster-postgres", "celery", "dagster-k8s"} <= server - running
        assert not {"pytest", "mypy", "polars", "duckdb", "playwright"} & server


def test_every_line_that_installs_something_is_true() -> None:
    """`pip install thindicators` would bring whatever bears that name on an index: the project is on none."""
    lines = [
        line
        for name in files_of_checkout()
        if name.endswith((".md", ".py", ".yaml", "Containerfile", "Makefile", ".toml", ".service"))
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if "pip install" in line and name != "tests/test_packaging.py"
    ]
    assert len(lines) > 3
    assert [line for line in lines if re.search(r"install\s[^`]*\bthindicators\b", line)] == []
    for lock in {lock for line in lines for lock in re.findall(r"-r (\S+\.lock)", line)}:
        assert (ROOT / lock).exists(), lock


@pytest.fixture(scope="module")
def environment(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with `pip install .` of the checkout; it reads the libraries of the one that runs the tests."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, with_pip=False)
    own = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    libraries = sysconfig.get_path("purelib"), sysconfig.get_path("platlib")
    (own / "libraries.pth").write_text("\n".join(dict.fromkeys(libraries)), encoding="utf-8")
    pip("--python", str(folder / "bin" / "python"), "install", *QUIETLY, str(checkout))
    return folder


@pytest.fixture
def run(environment: Path, tmp_path: Path) -> Command:
    """Run a program of the new environment in an empty folder that knows nothing of the checkout."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("THINDICATORS_", "DAGSTER_"))
    }
    own = {**kept, "COLUMNS": "200"}
    own.pop("PYTHONPATH", None)

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        program = [str(environment / "bin" / words[0]), *words[1:]]
        return subprocess.run(
            program, cwd=tmp_path, env=own, capture_output=True, text=True, check=False, timeout=600
        )

    return command


@pytest.mark.system
class TestAnInstallationInAnEmptyFolder:
    def test_is_of_the_wheel_and_not_of_the_checkout(self, run: Command, environment: Path) -> None:
        for package in ("thindicators", "sources", "assets"):
            ran = run("python", "-c", f"import {package}; print({package}.__file__)")
            assert ran.stdout.startswith(str(environment)), ran.stdout + ran.stderr

    def test_publishes_the_sample_of_the_plan_that_it_brings_along(
        self, run: Command, tmp_path: Path
    ) -> None:
        ran = run("thindicators", "publish")
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "66.2%" in ran.stdout
        assert f"Release: {tmp_path / 'published' / 'releases'}" in ran.stdout
        assert {path.name for path in tmp_path.iterdir()} == {"published", "state"}
        assert (tmp_path / "published" / "latest" / "observations.parquet").exists()
        verified = run("thindicators", "verify")
        assert (verified.returncode, "with the same bytes" in verified.stdout) == (0, True), (
            verified.stdout
        )

    def test_checks_the_plan_that_it_brings_along(self, run: Command) -> None:
        written = len(list((ROOT / "schemas" / "indicators").glob("*.yaml")))
        assert f"{written} indicators" in run("thindicators", "check-plan").stdout

    def test_prefers_the_plan_in_the_folder(self, run: Command, tmp_path: Path) -> None:
        for name in files_of_checkout():
            if name.startswith("schemas/") and name != "schemas/indicators/happiness.yaml":
                (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / name).write_bytes((ROOT / name).read_bytes())
        ran = run("thindicators", "check-plan")
        assert "29 indicators" in ran.stdout, ran.stdout + ran.stderr

    def test_says_where_the_plan_of_the_folder_is_wrong(self, run: Command, tmp_path: Path) -> None:
        (tmp_path / "schemas").mkdir()
        ran = run("thindicators", "check-plan")
        assert (ran.returncode, ran.stdout) == (1, "")
        assert "plan.yaml" in ran.stderr

    def test_is_a_module_that_python_runs(self, run: Command) -> None:
        ran = run("python", "-m", "thindicators", "--help")
        assert ran.returncode == 0, ran.stderr
        assert "python -m thindicators" in ran.stdout
        assert "publish" in ran.stdout
        assert "check-plan" in ran.stdout

    def test_writes_the_schemas_for_the_editor_of_another_plan(
        self, run: Command, tmp_path: Path
    ) -> None:
        ran = run("thindicators", "write-schemas", "--folder", ".")
        assert ran.returncode == 0, ran.stderr
        schema = json.loads((tmp_path / "plan.schema.json").read_text(encoding="utf-8"))
        given = yaml.safe_load((ROOT / "schemas" / "plan.yaml").read_text(encoding="utf-8"))
        assert set(given) <= set(schema["properties"])
