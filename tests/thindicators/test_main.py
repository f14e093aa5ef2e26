"""`python -m thindicators`."""

from __future__ import annotations

import runpy
import sys
from importlib.metadata import EntryPoint, EntryPoints

import pytest


def start(monkeypatch: pytest.MonkeyPatch, *words: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["thindicators", *words])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("thindicators", run_name="__main__")
    return ended.value.code


def test_it_is_the_whole_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start(monkeypatch, "--help") == 0
    shown = capsys.readouterr().out
    assert all(command in shown for command in ("publish", "ui", "verify", "as-of"))


def test_it_ends_as_the_command_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(monkeypatch, "no-such-command") == 2


def test_the_command_that_pyproject_names_is_one() -> None:
    """That of this very environment may be of another checkout, which an installation wrote down."""
    command = EntryPoint("thindicators", "assets.__main__:main", "console_scripts")
    assert callable(command.load())


def test_where_nothing_is_installed_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: EntryPoints())
    assert "pip install ." in str(start(monkeypatch, "--help"))
