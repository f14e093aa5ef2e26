"""The table of kinds names tests that exist, at least two for each kind."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

_TESTS = Path(__file__).parents[1]
_TABLE = Path(__file__).with_name("KINDS.md")
_NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def _rows() -> list[str]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("| ") and not line.startswith("| kind")]


def _names_in(module: Path) -> set[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", _rows())
def test_each_kind_names_two_tests_that_exist(row: str) -> None:
    named = _NAMED.findall(row)
    assert len(named) >= 2, row
    for path, name in named:
        assert (_TESTS / path).is_file(), f"there is no tests/{path}"
        assert name in _names_in(_TESTS / path), f"tests/{path} has no {name}"
