"""The README and the documents as a new user follows them: every command in them is run, in a copy of the project.

What belongs here: running what is told. Whether links lead somewhere, and whether nothing is left out, is looked at in
`tests/docs`; the lines of docs/READERS.md are run in `tests/readers`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.docs import documents
from tests.docs.documents import DOCUMENTS, READERS, README
from tests.docs.generated import DATA
from tests.support import ROOT, checkout_in, environment_at, without_settings

COMMANDS = [
    line for document in DOCUMENTS if document != READERS for line in documents.commands(document)
]


def blocks(language: str) -> list[str]:
    """The blocks of code that are about the figures."""
    return [block for document in (README, DATA) for block in documents.blocks(document, language)]


RUN_ELSEWHERE = {
    "make test": "this very run",
    "make systems": "CI runs it after the tests",
    "make lint": "CI runs it before the tests",
    "make ui": "tests/assets/test_officers_week.py",
    "make faults": "tests/faults",
    "make kills": "tests/kills, with fewer kills",
    "make bench": "tests/benchmarks",
    ".venv/bin/thindicators worker --name one": "tests/assets/deployment/test_celery.py",
    ".venv/bin/thindicators test-alert": "tests/thindicators/refreshing/test_troubles.py",
    ".venv/bin/thindicators publish": "`make publish` runs it",
    ".venv/bin/thindicators publish --edition live": "tests/test_live_publish.py, against publishers on loopback",
    ".venv/bin/thindicators probe": "tests/test_live_publish.py, against publishers on loopback",
    ".venv/bin/thindicators probe ncmp --record recorded": "the same",
    ".venv/bin/thindicators as-of 2026-11-30 employment_rate": "tests/thindicators/history/test_vintages.py",
    ".venv/bin/thindicators prune --keep 50": "tests/thindicators/history/test_vintages.py",
    ".venv/bin/thindicators diff 2026-11-22.1 2026-11-29.1": "tests/thindicators/history/test_vintages.py",
    '.venv/bin/thindicators accept healthy_life_expectancy_female --reason "Rebased on the 2021 Census"': (
        "tests/thindicators/outcomes/test_holds.py"
    ),
    '.venv/bin/thindicators accept ehc_assessments_in_time --source dfe_ehc --reason "Counted anew"': (
        "tests/thindicators/outcomes/test_parts.py"
    ),
    '.venv/bin/thindicators retire level_1_qualification --reason "The survey no longer asks about these qualifications."': (
        "tests/thindicators/refreshing/test_retiring.py"
    ),
    ".venv/bin/thindicators forget a_mistake": "tests/thindicators/refreshing/test_retiring.py",
    '.venv/bin/thindicators accept year_6_overweight --sum 1a2b3c4d --reason "Weighted anew"': (
        "tests/thindicators/outcomes/test_accepting.py"
    ),
    ".venv/bin/thindicators pack --call-to-action 2 for-the-board": "tests/thindicators/packs/test_deck.py",
    ".venv/bin/thindicators pack --theme health for-the-board": "tests/thindicators/packs/test_deck.py",
    ".venv/bin/thindicators backfill": "tests/thindicators/refreshing/test_sample_history.py",
}

RETURN_COMMANDS = (
    "return-template --folder template",
    "check-return template/thindicators-return.csv",
)

WITNESS_COMMANDS = ("witness", "witness gdhi_per_head")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project as a clone would have it, with the environment of this run as its `.venv`."""
    folder = checkout_in(tmp_path_factory.mktemp("clone"))
    environment_at(folder / ".venv")
    return folder


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command.split(),
        cwd=folder,
        env=without_settings(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


@pytest.fixture(scope="module")
def published(checkout: Path) -> subprocess.CompletedProcess[str]:
    return run("make publish", checkout)


def test_every_command_is_run_by_a_test() -> None:
    here = {"make publish", "make help"}
    words = (
        "check-plan",
        "verify",
        "status",
        "forget-sample --yes",
        *WITNESS_COMMANDS,
        *RETURN_COMMANDS,
    )
    here |= {f".venv/bin/thindicators {one}" for one in words}
    assert set(COMMANDS) == here | set(RUN_ELSEWHERE)


def test_the_tests_that_run_the_others_are_there() -> None:
    for place in RUN_ELSEWHERE.values():
        for path in re.findall(r"tests/[\w/.]*\w", place):
            assert (ROOT / path).exists(), path


def test_make_publish_ends_with_the_figures_and_the_path_of_the_release(
    published: subprocess.CompletedProcess[str], checkout: Path
) -> None:
    assert published.returncode == 0, published.stderr
    assert "66.2%" in published.stdout
    assert f"Release: {checkout / 'published' / 'releases'}" in published.stdout
    assert (checkout / "published" / "latest" / "observations.parquet").exists()


def test_a_second_call_installs_nothing(
    published: subprocess.CompletedProcess[str], checkout: Path
) -> None:
    planned = run("make --dry-run publish", checkout)
    assert "pip" not in planned.stdout
    assert "Installing" not in published.stdout


def test_make_help_lists_what_there_is(checkout: Path) -> None:
    said = run("make help", checkout).stdout
    for target in ("publish", "test", "systems", "ui", "lint", "bench", "help"):
        assert f"make {target}" in said


def test_the_python_lines_print_the_answers_that_are_shown(
    published: subprocess.CompletedProcess[str], checkout: Path
) -> None:
    python = "\n".join(documents.blocks(README, "python"))
    ran = subprocess.run(
        [sys.executable, "-c", python], cwd=checkout, capture_output=True, text=True, check=True
    )
    shown = "\n".join(documents.blocks(README, "text"))
    assert ran.stdout.split() == shown.split()


def test_the_sql_gives_rows(
    published: subprocess.CompletedProcess[str], checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    for block in blocks("sql"):
        rows = duckdb.connect().execute(block).df()
        assert set(rows["area_name"]) == {"Tower Hamlets", "London", "England"}
        assert rows["lower_ci_95"].notna().all()


def test_the_r_lines_name_a_file_and_columns_that_are_there(
    published: subprocess.CompletedProcess[str], checkout: Path
) -> None:
    for block in blocks("r"):
        path = re.findall(r'read\.csv\("(.*?)"\)', block)[0]
        columns = pd.read_csv(checkout / path).columns
        assert {"category", "year", "area_name", "value", "series"} <= set(columns)
        if shutil.which("Rscript"):
            ran = subprocess.run(
                ["Rscript", "-e", block], cwd=checkout, capture_output=True, text=True, check=True
            )
            assert "Tower Hamlets" in ran.stdout


def test_the_power_bi_line_names_a_file_that_is_there(
    published: subprocess.CompletedProcess[str], checkout: Path
) -> None:
    for block in blocks("powerquery"):
        path = re.findall(r'"C:\\thindicators\\(.*?)"', block)[0].replace("\\", "/")
        assert (checkout / path).exists()


def test_every_place_that_the_readme_tells_of_is_there(
    published: subprocess.CompletedProcess[str], checkout: Path
) -> None:
    table = documents.text_of(README).partition("## What appears where")[2].partition("\n## ")[0]
    places = re.findall(r"`((?:published|state)[^`]*)`", table)
    assert places
    for place in places:
        assert (checkout / place.replace("<id>", "happiness")).exists(), place


def test_the_plan_is_checked(checkout: Path) -> None:
    written = len(list((checkout / "schemas" / "indicators").glob("*.yaml")))
    assert f"{written} indicators" in run(".venv/bin/thindicators check-plan", checkout).stdout


def test_the_release_is_made_again_from_its_snapshots(
    published: subprocess.CompletedProcess[str], checkout: Path
) -> None:
    ran = run(".venv/bin/thindicators verify", checkout)
    assert (ran.returncode, "with the same bytes" in ran.stdout) == (0, True), (
        ran.stdout + ran.stderr
    )


def test_the_status_lists_every_indicator(
    published: subprocess.CompletedProcess[str], checkout: Path
) -> None:
    ran = run(".venv/bin/thindicators status", checkout)
    assert ran.returncode == 0, ran.stderr
    assert "Healthy life expectancy" in ran.stdout


def test_the_witnesses_are_heard(
    published: subprocess.CompletedProcess[str], checkout: Path
) -> None:
    for words in WITNESS_COMMANDS:
        ran = run(f".venv/bin/thindicators {words}", checkout)
        assert (ran.returncode, "0 differ and are not" in ran.stdout) == (0, True), (
            ran.stdout + ran.stderr
        )


def test_the_template_is_written_and_checked(checkout: Path) -> None:
    write, check = (f".venv/bin/thindicators {words}" for words in RETURN_COMMANDS)
    assert run(write, checkout).returncode == 0
    assert (checkout / "template" / "thindicators-return.xlsx").exists()
    checked = run(check, checkout)
    assert checked.returncode == 1
    assert "nobody has filled in a row" in checked.stdout


def test_the_sample_is_forgotten_last(
    published: subprocess.CompletedProcess[str], tmp_path: Path, checkout: Path
) -> None:
    copied = tmp_path / "copy"
    shutil.copytree(checkout, copied, symlinks=True)
    command = next(command for command in COMMANDS if "forget-sample" in command)
    assert run(command, copied).returncode == 0
    assert not (copied / "published" / "latest").exists()
    assert (copied / "published" / "README.md").exists()
