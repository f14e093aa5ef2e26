"""The inbox of returns: what is right stays and is read at each refresh, what is wrong is set aside with its report.

What belongs here: which files stand. Judging a file belongs in `check`, moving one that does not in `setting_aside`.

A file in the inbox stands until it is replaced or taken away. One that is not right is moved to `refused/`, with a
report beside it that says row by row what to mend; so is a folder, a link or a pipe, of which nothing is read. If a
file came in the place of a right one of the same name, that one is put back from its snapshot. When a right one of the
name is handed in later, what was refused waits for nobody any more, and is moved on to `mended/`. Nothing that was
handed in is deleted.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path, PurePath

from sources.returns import setting_aside
from sources.returns.check import SUFFIXES, opened, problems
from sources.returns.rows import Problem
from thindicators.context import RunContext
from thindicators.fetching.snapshots import Receipt, Snapshot
from thindicators.plan.model import Plan
from thindicators.safe_text import visible
from thindicators.settings import EDITIONS, REFUSED
from thindicators.storage.files import write_whole
from thindicators.telling.calendar import london_day

_LOG = logging.getLogger(__name__)


def sort_inbox(run_context: RunContext) -> list[Path]:
    """Set aside all that is in the inbox of this edition and may not be published.

    Returns:
        Where what was set aside now is.
    """
    for edition in EDITIONS:
        inbox = run_context.settings.inbox_of(edition)
        inbox.mkdir(parents=True, exist_ok=True)
    setting_aside.make_room(run_context.refused)
    files = _opened(run_context.plan, run_context.inbox)
    return _Sorting(run_context).refused(files)


class _Sorting:
    """One sorting of the inbox: what stands so far, and what was read before."""

    def __init__(self, run_context: RunContext) -> None:
        self._run_context = run_context
        self._today = london_day(run_context.now())
        self._read_before = list(_read_before(run_context))
        self._standing: dict[str, Snapshot] = {}
        # Read with the sample's own returns, one to practise on must not contradict them.
        self._samples = _samples(run_context)

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
                if path.name in new:
                    setting_aside.move_on(self._run_context.refused, path.name)
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
        beside = {**self._samples, **self._standing, **others}
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
            aside = setting_aside.set_aside(self._run_context.refused, path, wrong, self._today)
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
            if _name_of(receipt) != path.name:
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
    inbox: Path,
    today: date,
) -> dict[str, Snapshot]:
    """The files of an inbox that have no problem of their own, by name: those that the next refresh would read.

    Args:
        plan: With all indicators that can be handed in.
        inbox: The folder.
        today: The day it is in London.
    """
    if not inbox.is_dir():
        return {}
    right = {}
    for path, file in _opened(plan, inbox).items():
        if isinstance(file, Snapshot) and not problems(plan, file, today):
            right[path.name] = file
    return right


def _samples(run_context: RunContext) -> dict[str, Snapshot]:
    """The returns that the sample edition has of itself, by their paths, which no name in the inbox equals."""
    samples = {}
    for path in run_context.sample_returns():
        file = opened(run_context.plan, path, "sample")
        if isinstance(file, Snapshot):
            samples[str(path)] = file
    return samples


def _name_of(receipt: Receipt) -> str:
    """What a file was called in the inbox."""
    return PurePath(receipt.url).name


def _read_before(run_context: RunContext) -> Iterator[Receipt]:
    """The receipts of the returns of the inbox that were read in the last good refresh."""
    for source in run_context.plan.sources.values():
        if source.kind != "return":
            continue
        fetched = run_context.store.last_fetch(source.id)
        receipts = fetched.roles.values() if fetched is not None else ()
        # The sample's own returns lie in no inbox.
        yield from (one for one in receipts if one.is_practice == run_context.is_sample)


def _opened(
    plan: Plan,
    inbox: Path,
) -> dict[Path, Snapshot | Problem]:
    """All that was handed in, in the order of names, opened or with the reason why it cannot be."""
    paths = [path for path in sorted(inbox.iterdir()) if _is_handed_in(path)]
    return {path: opened(plan, path) for path in paths}


def _is_handed_in(path: Path) -> bool:
    """Whether something in the inbox was put there as a return.

    Names that begin with a dot or a tilde are those of an editor at work; a folder without anything in it is none yet.
    """
    if path.name.startswith((".", "~")) or path.name == REFUSED:
        return False
    # A folder that is called as a return has taken the place of one.
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        return not stat.S_ISDIR(path.lstat().st_mode) or any(path.iterdir())
    except OSError:
        # Gone in this moment, or not ours to look into: `opened` finds out which.
        return os.path.lexists(path)
