"""CONTRIBUTING as a newcomer follows it: the indicator, and the whole small source, in a copy of the project."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from operator import attrgetter
from pathlib import Path

import pytest
import yaml

from tests.docs.documents import text_of
from tests.support import ROOT, checkout_in, without_settings
from tests.test_schemas import LONGEST_FILE

DOCUMENT = ROOT / "docs" / "CONTRIBUTING.md"
FILES = dict(
    re.findall(
        r"^`([\w/.]+)`:\n\n```\w+\n(.*?)^```$", text_of(DOCUMENT), flags=re.DOTALL | re.MULTILINE
    )
)
"""The files that it shows whole, by path."""

ENTRIES = re.findall(
    r'^```python\n("residents.*?)^```$', text_of(DOCUMENT), re.DOTALL | re.MULTILINE
)
"""What it adds to tables of the tests."""

INDICATOR = "schemas/indicators/women_in_work.yaml"
READ = """
from pathlib import Path
from sources import SAMPLES
from thindicators.context import open_run_context
from thindicators.refreshing import refresh
from thindicators.settings import Settings

run_context = open_run_context(Settings(state=Path("tried/state"), published=Path("tried/published")), SAMPLES, "sample")
for source, indicator in (("ons_aps", "women_in_work"), ("residents", "residents")):
    assert refresh.fetch(run_context, source).failure == ""
    outcome = refresh.read(run_context, indicator)
    print(indicator, outcome.state, outcome.table.num_rows, outcome.reason)
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which every file of the document is where it says."""
    folder = checkout_in(tmp_path_factory.mktemp("clone"))
    for name, text in FILES.items():
        assert not (folder / name).exists(), f"{name} is there already"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for name, table in (
        ("tests/damage/good_files.py", "LAYOUTS: dict[str, tuple[Layout, ...]] = {\n"),
        ("tests/sources/contract.py", "NEEDED: dict[str, tuple[str, ...]] = {\n"),
    ):
        text = (folder / name).read_text(encoding="utf-8")
        (entry,) = (entry for entry in ENTRIES if ("Layout" in entry) == ("LAYOUTS" in table))
        assert table in text
        (folder / name).write_text(text.replace(table, f"{table}    {entry}"), encoding="utf-8")
    return folder


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    environment = without_settings(folder)
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_it_shows_an_indicator_and_all_files_of_a_source() -> None:
    assert set(FILES) == {
        INDICATOR,
        "schemas/indicators/residents.yaml",
        "schemas/sources/residents.yaml",
        "sources/residents.py",
        "sources/samples/residents/ORIGIN.csv",
        "sources/samples/residents/answers.yaml",
        "sources/samples/residents/data.csv",
        "tests/sources/test_residents.py",
    }


READY = re.findall(r"^\| (?:`([\w.]+)`)? ?\| (`.*?`) \| .* \|$", text_of(DOCUMENT), re.MULTILINE)
"""The rows of its table of what is ready to be used: their module, which only the first of its rows names, and they."""


def test_what_it_says_is_ready_to_be_used_is_there() -> None:
    module = ""
    names = set()
    for written_module, written_names in READY:
        module = written_module or module
        for name in re.findall(r"`([\w.]+)", written_names):
            assert attrgetter(name)(import_module(module)), name
            names.add(name)
    assert {"csv_lines", "Client.get", "one_day", "Observation"} <= names


def test_it_says_how_long_a_file_of_an_indicator_may_be() -> None:
    assert f"at most {LONGEST_FILE} lines" in " ".join(text_of(DOCUMENT).split())


def test_the_plan_with_them_is_well(checkout: Path) -> None:
    checked = python(checkout, "-c", "from assets.command_line import app; app()", "check-plan")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    written = len(list((ROOT / "schemas" / "indicators").glob("*.yaml")))
    assert f"{written + 2} indicators" in checked.stdout


def test_both_indicators_are_read(checkout: Path) -> None:
    ran = python(checkout, "-c", READ)
    assert ran.returncode == 0, ran.stderr
    first, second = ran.stdout.splitlines()
    assert re.match(r"women_in_work fresh [1-9]\d* ", first), first
    assert second.startswith("residents fresh 3 "), second


def test_the_tests_of_the_source_pass(checkout: Path) -> None:
    ran = python(
        checkout, "-m", "pytest", "-p", "no:cacheprovider", "tests/sources/test_residents.py"
    )
    assert "6 passed" in ran.stdout, ran.stdout


def test_the_source_keeps_the_contract_of_all(checkout: Path) -> None:
    command = "tests/sources/test_contract.py -k "
    (chosen,) = re.findall(rf'^.*{re.escape(command)}"(.*)"$', text_of(DOCUMENT), re.MULTILINE)
    tests = ["tests/sources/test_contract.py", "-k", chosen]
    ran = python(checkout, "-m", "pytest", "-p", "no:cacheprovider", *tests)
    assert ran.returncode == 0, ran.stdout


def test_a_forgotten_entry_is_named_by_that_command(checkout: Path) -> None:
    for name in ("tests/damage/good_files.py", "tests/sources/contract.py"):
        whole = (checkout / name).read_text(encoding="utf-8")
        lines = [
            line for line in whole.splitlines() if '"residents' not in line or "survey" in line
        ]
        (checkout / name).write_text("\n".join(lines), encoding="utf-8")
        ran = python(checkout, "-m", "pytest", "tests/sources/test_contract.py", "-k", "says")
        (checkout / name).write_text(whole, encoding="utf-8")
        assert f" in {name}" in ran.stdout


def test_no_test_of_the_plan_changes_for_an_indicator(checkout: Path) -> None:
    tests = ["tests/test_schemas.py", "tests/sources/test_contract.py", "-k", "women or ons_aps"]
    ran = python(checkout, "-m", "pytest", "-p", "no:cacheprovider", *tests)
    assert ran.returncode == 0, ran.stdout


def test_the_module_keeps_the_projects_own_style(checkout: Path) -> None:
    names = [name for name in FILES if name.endswith(".py")]
    for words in (["check", "--no-cache"], ["format", "--check", "--no-cache"]):
        ran = python(checkout, "-m", "ruff", *words, *names)
        assert ran.returncode == 0, ran.stdout


def test_each_figure_of_its_sample_has_its_origin() -> None:
    folder = "sources/samples/residents/"
    figures = re.findall(r",(\d+),\"A\"", FILES[f"{folder}data.csv"])
    origins = [line.split(",")[4] for line in FILES[f"{folder}ORIGIN.csv"].splitlines()[1:]]
    assert figures == origins
    assert yaml.safe_load(FILES[f"{folder}answers.yaml"])["answers"][0]["file"] == "data.csv"
