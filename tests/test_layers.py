"""Arrows point one way: assets, sources, thindicators."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

PACKAGES = ("thindicators", "sources", "assets")


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def test_the_arrows_point_one_way_between_packages_and_between_the_rooms_of_the_domain() -> None:
    """The contracts stand in pyproject.toml, under tool.importlinter."""
    command = str(Path(sys.executable).with_name("lint-imports"))
    ran = subprocess.run(
        [command, "--no-cache"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_imports_the_tests(package: str) -> None:
    wrong = [
        str(path)
        for path in modules(package)
        if re.search(r"^\s*(from|import) tests\b", path.read_text("utf-8"), re.M)
    ]
    assert wrong == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_in_its_first_lines_what_belongs_in_it(package: str) -> None:
    silent = [
        str(path)
        for path in modules(package)
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_the_domain_is_used_without_dagster_and_without_great_expectations() -> None:
    program = (
        "import sys, thindicators.cli; print({'dagster', 'great_expectations'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert ran.stdout.strip() == "set()"
