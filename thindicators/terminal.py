"""The terminal: text is printed as it is, whatever brackets are in it and whatever letters the terminal is set to.

What belongs here: how text goes to a terminal, a file or a pipe. What is told belongs to the commands.
"""

from __future__ import annotations

import os
import sys
from typing import TextIO

from rich.console import Console

_WIDTH_OF_A_FILE = 160
_UTF8_MODE = ["-X", "utf8"]


def open_console(
    *,
    stderr: bool = False,
    width: int | None = None,
) -> Console:
    """A console that takes nothing in a text for its own markup: `[/]` in a note is three letters.

    Args:
        stderr: Whether it is that of errors.
        width: In letters; that of the terminal by default.
    """
    return Console(
        stderr=stderr,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
    )


def open_console_for_tables() -> Console:
    """A console that is wide enough for a table where no terminal says how wide it is."""
    is_terminal = open_console().is_terminal
    return open_console(width=None if is_terminal else _WIDTH_OF_A_FILE)


def say(text: str, *, stderr: bool = False) -> None:
    """Print text, without a break where the terminal's line ends, so that paths can be copied."""
    open_console(stderr=stderr).print(text, soft_wrap=True)


def use_utf8() -> None:
    """Read and write UTF-8 from now on, here and in every process that is started from here.

    In another locale Python would read files, and print figures, in the letters of that locale, or end at a dash. It
    can only be told otherwise when it starts, so that where needed this starts it anew.
    """
    os.environ["PYTHONUTF8"] = "1"
    if not sys.flags.utf8_mode and not _is_utf8(sys.getfilesystemencoding(), sys.stdout):
        os.execv(sys.executable, [sys.executable, *_UTF8_MODE, *sys.orig_argv[1:]])  # noqa: S606
    for stream in (sys.stdout, sys.stderr):
        # A name that is no UTF-8 is shown by its bytes.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _is_utf8(encoding: str, stream: TextIO) -> bool:
    encodings = (encoding, stream.encoding or "")
    return all(name.lower().replace("-", "") == "utf8" for name in encodings)
