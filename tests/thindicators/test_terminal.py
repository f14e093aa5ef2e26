"""Text goes to a terminal as it is: brackets are no markup, and letters are UTF-8 whatever the locale."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from typer.testing import CliRunner

from assets.command_line import typer_app
from tests.support import ROOT, smaller_plan, without_settings
from thindicators.terminal import open_console, say

WORDS = "Straße – “Ζωή” ‘ok’ 5 µg/m³"
PROGRAM = f"""
import os, sys
import typer
from thindicators.cli import run
from thindicators.terminal import say
application = typer.Typer()
@application.command()
def main(text: str):
    say({WORDS!a})
    say(text)
    open("here", "w").write(text)
    sys.stdout.flush()
    os.system(sys.executable + ' -c "print(open(\\'here\\').read())"')
run(application)
"""
LOCALES = {
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "POSIX": {"LC_ALL": "POSIX"},
    "none": {"LC_ALL": "", "LANG": ""},
    "one that is not there": {"LC_ALL": "en_GB.ISO-8859-1", "PYTHONUTF8": "0"},
    "an encoding for the terminal": {"PYTHONIOENCODING": "ascii:strict"},
    "of another time": {"PYTHONIOENCODING": "cp437"},
}


@pytest.mark.parametrize("locale", LOCALES)
def test_letters_are_utf8_here_in_files_and_in_processes_that_are_started(
    tmp_path: Path, locale: str
) -> None:
    environment = {**without_settings(ROOT), **LOCALES[locale]}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, WORDS],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert (tmp_path / "here").read_text(encoding="utf-8") == WORDS
    first, second, *_ = ran.stdout.decode("utf-8").splitlines()
    assert (first, second) == (WORDS, WORDS)


def test_an_error_in_other_letters_is_told_and_does_not_end_in_a_traceback(tmp_path: Path) -> None:
    program = "from assets.command_line import app; app()"
    ran = subprocess.run(
        [sys.executable, "-c", program, "retire", "“schön”", "--reason", "x"],
        env={**without_settings(ROOT), **LOCALES["C"]},
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert ran.stderr.decode("utf-8") == "No indicator is called ““schön””.\n"


@pytest.mark.parametrize("text", ["[/]", "[/red] x", "[bold]x[/bold]", "\\[/]", "a [link=x", ":x:"])
def test_brackets_are_letters(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    say(text)
    assert capsys.readouterr().out == f"{text}\n"


@given(st.text(st.characters(codec="ascii", min_codepoint=32), max_size=60))
def test_any_text_in_a_table_is_printed_as_it_is(text: str) -> None:
    console = open_console(width=200)
    table = Table(title=text, caption=text)
    table.add_column(text)
    table.add_row(text)
    with console.capture() as printed:
        console.print(table)
    cells = [line.strip(" │┃") for line in printed.get().splitlines()]
    assert cells.count(text.strip()) >= 4 or not text.strip()


def test_a_plan_with_brackets_in_its_titles_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schemas = smaller_plan(tmp_path / "schemas", "year_6_overweight")
    path = schemas / "indicators" / "year_6_overweight.yaml"
    text = path.read_text(encoding="utf-8").replace("title: Children", "title: '[/] Children", 1)
    path.write_text(text.replace("with obesity\n", "with obesity [/b]'\n", 1), encoding="utf-8")
    for name in ("schemas", "state", "published"):
        monkeypatch.setenv(f"THINDICATORS_{name.upper()}", str(tmp_path / name))
    ran = CliRunner().invoke(typer_app, ["status"])
    assert ran.exit_code == 0, ran.exception
    assert "[/] Children in Year 6" in " ".join(ran.output.split())


def test_a_folder_with_brackets_in_its_name_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "[/]" / "contract"
    folder.mkdir(parents=True)
    ran = CliRunner().invoke(typer_app, ["write-schemas", "--folder", str(folder)])
    assert ran.exit_code == 0, ran.exception
    assert "[/]/contract" in ran.output
