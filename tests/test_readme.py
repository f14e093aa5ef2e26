"""The README as a new user follows it: every command in it is run, in a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.support import ROOT, copy_of_checkout, environment_at

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


COMMANDS = [line for block in blocks("console") for line in block.splitlines()]
RUN_ELSEWHERE = {
    "make test": "this very run",
    "make systems": "CI runs it after the tests",
    "make lint": "CI runs it before the tests",
    "make ui": "tests/assets/test_officers_week.py",
    "make faults": "tests/faults",
    "make kills": "tests/kills, with fewer kills",
    "make bench": "tests/benchmarks",
    ".venv/bin/thindicators worker --name one": "tests/assets/deployment/test_celery.py",
    ".venv/bin/thindicators test-alert": "tests/sources/test_alarm.py, to a webhook and a mail server on loopback",
    ".venv/bin/thindicators publish --edition live": "tests/test_live_publish.py, against publishers on loopback",
    ".venv/bin/thindicators probe": "tests/test_live_publish.py, against publishers on loopback",
    ".venv/bin/thindicators probe ncmp --record recorded": "the same",
    ".venv/bin/thindicators as-of 2026-11-30 employment_rate": "tests/thindicators/test_history.py",
    ".venv/bin/thindicators prune --keep 50": "tests/thindicators/test_history.py",
    ".venv/bin/thindicators diff 2026-11-22.1 2026-11-29.1": "tests/thindicators/test_history.py",
    '.venv/bin/thindicators accept healthy_life_expectancy_female --reason "Rebased on the 2021 Census"': (
        "tests/sources/test_holds.py"
    ),
}

RETURN_COMMANDS = (
    "return-template --folder template",
    "check-return template/thindicators-return.csv",
)

WITNESS_COMMANDS = ("witness", "witness gdhi_per_head")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project as a clone would have it, with the environment of this run as its `.venv`."""
    folder = copy_of_checkout(tmp_path_factory.mktemp("clone"))
    environment_at(folder / ".venv")
    return folder


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command.split(), cwd=folder, env=environment(folder), capture_output=True, text=True, check=False, timeout=180
    )


def environment(folder: Path) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("THINDICATORS_", "DAGSTER_", "MAKE"))
    }
    return {**kept, "PYTHONPATH": str(folder), "COLUMNS": "200"}


@pytest.fixture(scope="module")
def published(checkout: Path) -> subprocess.CompletedProcess[str]:
    return run("make publish", checkout)


def test_every_command_is_run_by_a_test() -> None:
    here = {"make publish", "make help"}
    words = ("check-plan", "verify", "status", "forget-sample --yes", *WITNESS_COMMANDS, *RETURN_COMMANDS)
    here |= {f".venv/bin/thindicators {one}" for one in words}
    assert set(COMMANDS) == here | set(RUN_ELSEWHERE)


def test_make_publish_ends_with_the_thirty_indicators_and_the_path_of_the_release(
    published: subprocess.CompletedProcess[str], checkout: Path
) -> None:
    assert published.returncode == 0, published.stderr
    assert "66.2%" in published.stdout
    assert f"Release: {checkout / 'published' / 'releases'}" in published.stdout
    assert (checkout / "published" / "latest" / "observations.parquet").exists()


def test_a_second_call_installs_nothing(published: subprocess.CompletedProcess[str], checkout: Path) -> None:
    planned = run("make --dry-run publish", checkout)
    assert "pip" not in planned.stdout
    assert "Installing" not in published.stdout


def test_make_help_lists_what_there_is(checkout: Path) -> None:
    said = run("make help", checkout).stdout
    for target in ("publish", "test", "systems", "ui", "lint", "bench", "help"):
        assert f"make {target}" in said


def test_the_python_lines_print_a_table(published: subprocess.CompletedProcess[str], checkout: Path) -> None:
    for block in blocks("python"):
        ran = subprocess.run([sys.executable, "-c", block], cwd=checkout, capture_output=True, text=True, check=True)
        assert "Tower Hamlets" in ran.stdout
        assert "66.2" in ran.stdout


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
            ran = subprocess.run(["Rscript", "-e", block], cwd=checkout, capture_output=True, text=True, check=True)
            assert "Tower Hamlets" in ran.stdout


def test_the_power_bi_line_names_a_file_that_is_there(
    published: subprocess.CompletedProcess[str], checkout: Path
) -> None:
    for block in blocks("powerquery"):
        path = re.findall(r'"C:\\thindicators\\(.*?)"', block)[0].replace("\\", "/")
        assert (checkout / path).exists()


def test_every_file_and_folder_that_is_named_is_there(
    published: subprocess.CompletedProcess[str], checkout: Path
) -> None:
    for path in re.findall(r"\]\(([^)]+)\)", README):
        assert path.startswith("https://") or (checkout / path).exists(), path
    for folder in ("state", "published/latest", "schemas/indicators"):
        assert (checkout / folder).exists(), folder


def test_every_setting_is_one() -> None:
    from thindicators.plan.model import load_plan
    from thindicators.settings import settings_from

    names = set(re.findall(r"`(THINDICATORS_[A-Z_]+)`", README))
    values = {
        "THINDICATORS_EDITION": "live",
        "THINDICATORS_EXECUTOR": "celery",
        "THINDICATORS_SCHEDULES": "on",
        "THINDICATORS_ALERT_EMAIL_TO": "team@example.org",
        "THINDICATORS_ALERT_EMAIL_FROM": "thindicators@example.org",
        "THINDICATORS_SMTP_URL": "smtp://127.0.0.1:9",
    }
    settings = settings_from({name: values.get(name, "http://127.0.0.1:9") for name in names})
    settings.check_against(load_plan(ROOT / "schemas"))


def test_the_plan_is_checked(checkout: Path) -> None:
    assert "30 indicators" in run(".venv/bin/thindicators check-plan", checkout).stdout


def test_the_release_is_made_again_from_its_snapshots(
    published: subprocess.CompletedProcess[str], checkout: Path
) -> None:
    ran = run(".venv/bin/thindicators verify", checkout)
    assert (ran.returncode, "with the same bytes" in ran.stdout) == (0, True), ran.stdout + ran.stderr


def test_the_status_lists_every_indicator(published: subprocess.CompletedProcess[str], checkout: Path) -> None:
    ran = run(".venv/bin/thindicators status", checkout)
    assert ran.returncode == 0, ran.stderr
    assert "Healthy life expectancy" in ran.stdout


def test_the_witnesses_are_heard(published: subprocess.CompletedProcess[str], checkout: Path) -> None:
    for words in WITNESS_COMMANDS:
        ran = run(f".venv/bin/thindicators {words}", checkout)
        assert (ran.returncode, "0 differ and are not" in ran.stdout) == (0, True), ran.stdout + ran.stderr


def test_the_template_is_written_and_checked(checkout: Path) -> None:
    write, check = (f".venv/bin/thindicators {words}" for words in RETURN_COMMANDS)
    assert run(write, checkout).returncode == 0
    assert (checkout / "template" / "thindicators-return.xlsx").exists()
    checked = run(check, checkout)
    assert checked.returncode == 1
    assert "there is no row under the header" in checked.stdout


def test_the_sample_is_forgotten_last(
    published: subprocess.CompletedProcess[str], tmp_path: Path, checkout: Path
) -> None:
    copied = tmp_path / "copy"
    shutil.copytree(checkout, copied, symlinks=True)
    command = next(command for command in COMMANDS if "forget-sample" in command)
    assert run(command, copied).returncode == 0
    assert not (copied / "published" / "latest").exists()
    assert (copied / "published" / "README.md").exists()
