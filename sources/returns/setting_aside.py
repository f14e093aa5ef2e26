"""Setting a return aside: where a file goes that is not right, its report, and where it goes once it is mended.

What belongs here: names and moves in the folder of what was refused. What is wrong with a file belongs in `check`,
which files stand in `inbox`. Nothing that was handed in is deleted or overwritten.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from datetime import date
from itertools import count
from pathlib import Path, PurePath

from sources.returns.rows import Problem
from thindicators.refreshing.refused import REPORT
from thindicators.safe_text import visible
from thindicators.storage.files import write_whole

_LOG = logging.getLogger(__name__)

_MENDED = "mended"
_REPORTED = 100
"""Problems that a report names; nobody mends more at once."""

_LONGEST_STEM, _LONGEST_SUFFIX = 180, 20
"""Bytes of a name, so that a number and `.report.txt` can follow it within 255."""


def report(name: str, wrong: Sequence[Problem]) -> str:
    """What is wrong with a file, for the person who mends it."""
    count = f"{len(wrong)} {'problem' if len(wrong) == 1 else 'problems'}"
    title = f"{visible(name)}: {count}. Nothing of it is published until the file is mended."
    lines = [str(problem) for problem in wrong[:_REPORTED]]
    if len(wrong) > _REPORTED:
        lines.append(f"And {len(wrong) - _REPORTED} more.")
    return "\n".join([title, "", *lines])


def make_room(refused: Path) -> None:
    """Move away a file that is called as the folder of what was set aside; it is then judged like others."""
    if refused.is_dir() or not os.path.lexists(refused):
        return
    names = (refused.with_name(f"{refused.name}-{number}") for number in count(1))
    refused.rename(next(name for name in names if not os.path.lexists(name)))


def set_aside(
    refused: Path,
    path: Path,
    wrong: Sequence[Problem],
    today: date,
) -> Path:
    """Move a file out of the inbox, with its report beside it.

    Args:
        refused: The folder that it goes to.
        path: Where the file is.
        wrong: What is wrong with it.
        today: The day it is in London.

    Returns:
        Where the file now is.
    """
    refused.mkdir(exist_ok=True)
    target = _free(refused, PurePath(_plain_name(path.name)))
    written = _report_of(target)
    when = f"Set aside on {today:%d %B %Y}."
    remedy = f"Mend the file and put it into {visible(str(path.parent))} again."
    # The report first: a file that is gone from the inbox must have its reason beside it.
    write_whole(written, f"{report(path.name, wrong)}\n\n{when} {remedy}\n".encode())
    try:
        path.rename(target)
    except OSError:
        written.unlink()
        raise
    _LOG.warning("The return %s was set aside; %s says why.", visible(path.name), written)
    return target


def move_on(refused: Path, name: str) -> None:
    """Let what was refused under a name wait for nobody any more: a right file of that name has come."""
    for written in sorted(refused.glob(f"*{REPORT}")):
        if not written.is_file() or not _is_about(written, name):
            continue
        mended = refused / _MENDED
        mended.mkdir(exist_ok=True)
        file = written.with_name(written.name.removesuffix(REPORT))
        target = _free(mended, PurePath(file.name))
        if os.path.lexists(file):
            file.rename(target)
        written.rename(_report_of(target))


def _is_about(written: Path, name: str) -> bool:
    """Whether a report is about a file that had a name in the inbox; where it is set aside it may have another."""
    with written.open(encoding="utf-8", errors="replace") as lines:
        return lines.readline().startswith(f"{visible(name)}: ")


def _free(folder: Path, plain: PurePath) -> Path:
    """Where a file of a name can lie with its report: nothing that was handed in is overwritten."""
    for number in count(1):
        again = "" if number == 1 else f"-{number}"
        target = folder / f"{plain.stem}{again}{plain.suffix}"
        if not os.path.lexists(target) and not os.path.lexists(_report_of(target)):
            break
    return target


def _report_of(file: Path) -> Path:
    return file.with_name(f"{file.name}{REPORT}")


def _plain_name(name: str) -> str:
    """A name that leaves room for its report's, and all of whose letters can be seen."""
    # Letters that cannot be seen are written as their numbers, which begin with a backslash.
    plain = visible(name).replace("\\", "_")
    path = PurePath(plain)
    # A file's name has at most 255 bytes, and a letter up to four.
    return f"{_cut(path.stem, _LONGEST_STEM)}{_cut(path.suffix, _LONGEST_SUFFIX)}"


def _cut(text: str, length: int) -> str:
    """The beginning of a text, of so many bytes at most."""
    return text.encode()[:length].decode("utf-8", "ignore")
