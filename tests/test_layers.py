"""Arrows point one way: assets, sources, thindicators."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

FORBIDDEN = {
    "thindicators": {"sources", "assets", "dagster", "tests"},
    "sources": {"assets", "dagster", "tests"},
    "assets": {"tests"},
}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("package", FORBIDDEN)
def test_no_module_imports_against_the_arrows(package: str) -> None:
    wrong = {str(path): imported(path) & FORBIDDEN[package] for path in modules(package)}
    assert {path: names for path, names in wrong.items() if names} == {}


@pytest.mark.parametrize("package", FORBIDDEN)
def test_every_module_says_in_its_first_lines_what_belongs_in_it(package: str) -> None:
    silent = [str(path) for path in modules(package) if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert silent == []


def test_the_domain_is_used_without_dagster_and_without_great_expectations() -> None:
    program = "import sys, thindicators.cli; print({'dagster', 'great_expectations'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout.strip() == "set()"
