"""docs/READERS.md says the truth: its versions are those that run here, and its lines do what it says.

So are the lines on the pages, which a reader copies.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import duckdb
import pytest

from tests.readers.test_elsewhere import NODE, node_folder
from tests.support import ROOT
from thindicators.plan.model import Plan
from thindicators.site.snippets import Snippet, snippets

DOCUMENT = (ROOT / "docs" / "READERS.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([^|]+) \| ([\d.]+) \| [^|]+ \|$", DOCUMENT, flags=re.MULTILINE)
DISTRIBUTIONS = {"datapackage (Python)": "datapackage", "datasets (Hugging Face)": "datasets"}
PACKAGES = {"datapackage (JavaScript)": "datapackage"}

__all__ = ["node_folder"]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT, flags=re.DOTALL)


def says(command: list[str], folder: Path) -> str:
    beside_python = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {
        **os.environ,
        "PATH": beside_python,
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(folder / "cache"),
    }
    ran = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture
def folder(published: Path, tmp_path: Path) -> Path:
    """A folder in which `published/` is."""
    (tmp_path / "published").symlink_to(published)
    return tmp_path


@pytest.fixture
def employment(plan: Plan) -> dict[str, Snippet]:
    """The lines on a page, by their tool."""
    return {
        one.tool: one
        for one in snippets(plan, plan.indicators["employment_rate"], has_figures=True)
    }


def test_every_tool_has_a_version_that_runs_here() -> None:
    in_javascript = json.loads((NODE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    for tool, said in ROWS:
        if tool in in_javascript or tool in PACKAGES:
            assert in_javascript[PACKAGES.get(tool, tool)] == said, tool
        elif tool != "R":
            assert version(DISTRIBUTIONS.get(tool, tool)) == said, tool
    assert len(ROWS) >= 18


@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_lines_run(code: str, folder: Path) -> None:
    assert says([sys.executable, "-c", code], folder)


@pytest.mark.parametrize("code", blocks("sql"))
def test_the_sql_gives_rows(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    rows = duckdb.connect().execute(code).fetchall()
    assert sum(figures for _, figures in rows) > 500


@pytest.mark.parametrize(
    "command", [line for block in blocks("console") for line in block.splitlines()]
)
def test_the_commands_run(command: str, folder: Path) -> None:
    assert "INVALID" not in says(command.split(), folder)


def test_the_lines_of_a_page_run(
    employment: dict[str, Snippet], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "66.2" in says(
        [sys.executable, "-c", f"{employment['pandas'].code}\nprint(figures.to_csv())"], folder
    )
    monkeypatch.chdir(folder)
    assert len(duckdb.connect().execute(employment["DuckDB"].code).fetchall()) > 50
    assert (folder / employment["Excel"].code).exists()


def test_the_lines_of_a_page_run_with_its_public_address(
    plan: Plan, address: str, folder: Path
) -> None:
    public = replace(
        plan, file=plan.file.model_copy(update={"public_url": address.removesuffix("/latest")})
    )
    code = {
        one.tool: one.code
        for one in snippets(public, plan.indicators["employment_rate"], has_figures=True)
    }
    assert "66.2" in says(
        [sys.executable, "-c", f"{code['pandas']}\nprint(figures.to_csv())"], folder
    )


@pytest.mark.system
@pytest.mark.parametrize("code", blocks("js"))
def test_the_javascript_lines_run(code: str, folder: Path, node_folder: Path) -> None:
    (folder / "node_modules").symlink_to(node_folder / "node_modules")
    (folder / "lines.mjs").write_text(code, encoding="utf-8")
    assert int(says(["node", "lines.mjs"], folder)) > 0


@pytest.mark.system
class TestR:
    @pytest.fixture(autouse=True)
    def _is_here(self) -> None:
        if not shutil.which("Rscript"):
            pytest.skip("R is not here: apt-get install r-base-core")

    @pytest.mark.parametrize("code", blocks("r"))
    def test_its_lines_run(self, code: str, folder: Path) -> None:
        assert "employment_rate" in says(["Rscript", "-e", code], folder)

    def test_its_lines_on_a_page_run(self, employment: dict[str, Snippet], folder: Path) -> None:
        assert "66.2" in says(
            ["Rscript", "-e", f"{employment['R'].code}\nprint(figures$value)"], folder
        )

    def test_it_has_the_version_that_is_said(self, folder: Path) -> None:
        assert (
            says(["Rscript", "-e", "cat(as.character(getRversion()))"], folder) == dict(ROWS)["R"]
        )
