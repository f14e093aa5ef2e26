"""The inbox of returns: what is right stays and is read at each refresh, what is wrong is set aside with its report.

What belongs here: which files stand, and moving the others. Judging a file belongs in `check`.

A file in the inbox stands until it is replaced or taken away. One that is not right is moved to `refused/`, with a
report beside it that says row by row what to mend; so is a folder, a link or a pipe, of which nothing is read. If a
file came in the place of a right one of the same name, that one is put back from its snapshot. Nothing that was handed
in is deleted.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from pathlib import Path, PurePath

from sources.returns.check import SUFFIXES, opened, problems
from sources.returns.rows import Problem
from thindicators.context import RunContext
from thindicators.fetching.snapshots import Receipt, Snapshot
from thindicators.plan.model import Plan
from thindicators.safe_text import visible
from thindicators.settings import Settings
from thindicators.storage.files import write_whole
from thindicators.telling.calendar import london_day

_LOG = logging.getLogger(__name__)

_REPORTED = 100
"""Problems that a report names; nobody mends more at once."""

_LONGEST_STEM, _LONGEST_SUFFIX = 180, 20
"""Bytes of a name, so that a number and `.report.txt` can follow it within 255."""


def sort_inbox(run_context: RunContext) -> list[Path]:
    """Set aside all that is in the live inbox and may not be published.

    Returns:
        Where what was set aside now is.
    """
    if run_context.is_sample:
        return []
    inbox = run_context.settings.inbox
    inbox.mkdir(parents=True, exist_ok=True)
    _make_room(run_context.settings.refused)
    files = _opened(run_context.plan, run_context.settings)
    return _Sorting(run_context).refused(files)


class _Sorting:
    """One sorting of the inbox: what stands so far, and what was read before."""

    def __init__(self, run_context: RunContext) -> None:
        self._run_context = run_context
        self._today = london_day(run_context.now())
        self._read_before = list(_read_before(run_context))
        self._standing: dict[str, Snapshot] = {}

    def refused(
        self,
        files: Mapping[Path, Snapshot | Problem],
    ) -> list[Path]:
        """Where the files now are that were set aside."""
        hashes = {receipt.sha256 for receipt in self._read_before}
        new = _new(files, hashes)
        right = self._right(new)
        refused = []
        # Those that stand already first: of two that contradict each other, the new one is wrong.
        for path in sorted(files, key=lambda path: path.name in new):
            file = files[path]
            # Of two new ones that differ nobody knows which is right, so that neither may stand.
            others = _without(right, path.name) if path.name in new else {}
            if wrong := self._wrong(file, others):
                refused += self._set_aside(path, wrong)
            elif isinstance(file, Snapshot):
                self._standing[path.name] = file
        return refused

    def _right(
        self,
        new: Mapping[str, Snapshot],
    ) -> dict[str, Snapshot]:
        """Those of the new files that have no problem of their own."""
        right = {}
        for name, file in new.items():
            if not self._problems(file, {}):
                right[name] = file
        return right

    def _wrong(
        self,
        file: Snapshot | Problem,
        others: Mapping[str, Snapshot],
    ) -> list[Problem]:
        """What is wrong with a file, that could be opened or not."""
        if isinstance(file, Problem):
            return [file]
        return self._problems(file, others)

    def _problems(
        self,
        file: Snapshot,
        others: Mapping[str, Snapshot],
    ) -> list[Problem]:
        beside = {**self._standing, **others}
        return problems(
            self._run_context.plan,
            file,
            self._today,
            beside,
        )

    def _set_aside(
        self,
        path: Path,
        wrong: Sequence[Problem],
    ) -> list[Path]:
        try:
            aside = _set_aside(self._run_context, path, wrong)
        except OSError as problem:
            if path.is_file():
                raise
            # A folder that cannot be moved, such as one that is mounted there, stops no return beside it.
            _LOG.warning(
                "%s cannot be set aside (%s).",
                visible(str(path)),
                problem.strerror,
            )
            return []
        # Until the file is mended, the figures of the last right one of its name stand.
        self._put_back(path)
        return [aside]

    def _put_back(self, path: Path) -> None:
        """Put the last right file of this name back into the inbox, from its snapshot, if there is one."""
        for receipt in self._read_before:
            if receipt.url != path.name:
                continue
            snapshot = self._run_context.store.load(
                path.name,
                receipt,
            )
            # It was right when it was read; since then the plan, or the files beside it, may have changed.
            if not self._problems(snapshot, {}):
                write_whole(path, snapshot.content)
                self._standing[path.name] = snapshot
                return


def _new(
    files: Mapping[Path, Snapshot | Problem],
    hashes: Collection[str],
) -> dict[str, Snapshot]:
    """The files that could be opened and were not read before, by name."""
    new = {}
    for path, file in files.items():
        if isinstance(file, Snapshot) and file.sha256 not in hashes:
            new[path.name] = file
    return new


def _without(
    files: Mapping[str, Snapshot],
    name: str,
) -> dict[str, Snapshot]:
    return {other: file for other, file in files.items() if other != name}


def right_files(
    plan: Plan,
    settings: Settings,
    today: date,
) -> dict[str, Snapshot]:
    """The files of the inbox that have no problem of their own, by name: those that the next refresh would read.

    Args:
        plan: With all indicators that can be handed in.
        settings: Whose inbox.
        today: The day it is in London.
    """
    if not settings.inbox.is_dir():
        return {}
    right = {}
    for path, file in _opened(plan, settings).items():
        if isinstance(file, Snapshot) and not problems(plan, file, today):
            right[path.name] = file
    return right


def report(name: str, wrong: Sequence[Problem]) -> str:
    """What is wrong with a file, for the person who mends it."""
    count = f"{len(wrong)} {'problem' if len(wrong) == 1 else 'problems'}"
    title = f"{visible(name)}: {count}. Nothing of it is published until the file is mended."
    lines = [str(problem) for problem in wrong[:_REPORTED]]
    if len(wrong) > _REPORTED:
        lines.append(f"And {len(wrong) - _REPORTED} more.")
    return "\n".join([title, "", *lines])


def _read_before(run_context: RunContext) -> Iterator[Receipt]:
    """The receipts of the returns that were read in the last good refresh."""
    for source in run_context.plan.sources.values():
        if source.kind != "return":
            continue
        fetched = run_context.store.last_fetch(source.id)
        if fetched is not None:
            yield from fetched.roles.values()


def _opened(
    plan: Plan,
    settings: Settings,
) -> dict[Path, Snapshot | Problem]:
    """All that was handed in, in the order of names, opened or with the reason why it cannot be."""
    paths = [path for path in sorted(settings.inbox.iterdir()) if _is_handed_in(settings, path)]
    return {path: opened(plan, path) for path in paths}


def _is_handed_in(settings: Settings, path: Path) -> bool:
    """Whether something in the inbox was put there as a return.

    Names that begin with a dot or a tilde are those of an editor at work; a folder without anything in it is none yet.
    """
    if path.name.startswith((".", "~")) or path == settings.refused:
        return False
    # A folder that is called as a return has taken the place of one.
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        return not stat.S_ISDIR(path.lstat().st_mode) or any(path.iterdir())
    except OSError:
        # Gone in this moment, or not ours to look into: `opened` finds out which.
        return os.path.lexists(path)


def _make_room(refused: Path) -> None:
    """Move away a file that is called as the folder of what was set aside; it is then judged like others."""
    if refused.is_dir() or not os.path.lexists(refused):
        return
    names = (refused.with_name(f"{refused.name}-{number}") for number in count(1))
    refused.rename(next(name for name in names if not os.path.lexists(name)))


def _set_aside(
    run_context: RunContext,
    path: Path,
    wrong: Sequence[Problem],
) -> Path:
    folder = run_context.settings.refused
    folder.mkdir(exist_ok=True)
    target, written = _names_aside(folder, path.name)
    when = f"Set aside on {london_day(run_context.now()):%d %B %Y}."
    remedy = f"Mend the file and put it into {visible(str(path.parent))} again."
    # The report first: a file that is gone from the inbox must have its reason beside it.
    write_whole(
        written,
        f"{report(path.name, wrong)}\n\n{when} {remedy}\n".encode(),
    )
    try:
        path.rename(target)
    except OSError:
        written.unlink()
        raise
    _LOG.warning(
        "The return %s was set aside; %s says why.",
        visible(path.name),
        written,
    )
    return target


def _names_aside(folder: Path, name: str) -> tuple[Path, Path]:
    """What a file is called where it is set aside, and its report.

    Nothing that was handed in is overwritten, not even by a file that was refused as well.
    """
    plain = PurePath(_plain_name(name))
    for number in count(1):
        again = "" if number == 1 else f"-{number}"
        target = folder / f"{plain.stem}{again}{plain.suffix}"
        written = folder / f"{target.name}.report.txt"
        if not os.path.lexists(target) and not os.path.lexists(written):
            break
    return target, written


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
