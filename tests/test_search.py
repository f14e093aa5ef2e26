"""Tests try the same examples each time, in CI as on any machine; only `make search` looks for others at random."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

LAW = """
from hypothesis import given, strategies as st

def test_law(pytestconfig):
    seen = []

    @given(st.integers())
    def law(number):
        seen.append(number)

    law()
    print("SEEN", len(seen), hash(tuple(seen)))
"""


def tried(folder: Path, *options: str, **environment: str) -> tuple[int, int]:
    """How many examples were tried, and what tells them from others."""
    law = folder / "test_law.py"
    law.write_text(LAW, encoding="utf-8")
    inherited = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTEST_ADDOPTS")}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-s", "-c", str(ROOT / "pyproject.toml")]
    ran = subprocess.run(
        [*command, "--confcutdir", str(ROOT), "-p", "tests.conftest", *options, str(law)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), **environment},
    )
    line = next((line for line in ran.stdout.splitlines() if "SEEN" in line), "")
    assert line, ran.stdout + ran.stderr
    _, count, digest = line[line.index("SEEN") :].split()
    return int(count), int(digest)


@pytest.mark.parametrize("environment", [{}, {"CI": "true"}], ids=["any machine", "CI"])
def test_the_examples_are_the_same_each_time(tmp_path: Path, environment: dict[str, str]) -> None:
    assert tried(tmp_path, **environment) == tried(tmp_path, **environment)


def test_a_search_tries_many_more_and_others_each_time(tmp_path: Path) -> None:
    one, other = (tried(tmp_path, "--hypothesis-profile=search") for _ in range(2))
    assert min(one[0], other[0]) > 500
    assert one[1] != other[1]


def test_make_search_runs_every_property_test_with_that_profile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.partition("\nsearch:")[2].partition("\n\n")[0]
    assert "--hypothesis-profile=search" in recipe
    assert '-m "hypothesis and not system"' in recipe
