"""The inbox of returns: what is right stays and is read at each refresh, what is wrong is set aside with its report.

What belongs here: which files stand, and moving the others. Judging a file belongs in `check`.

A file in the inbox stands until it is replaced or taken away. One that is not right is moved to `refused/`, with a
report beside it that says row by row what to mend. If it came in the place of a right one of the same name, that one is
put back from its snapshot. Nothing that was handed in is deleted.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from sources.returns.check import opened, problems
from sources.returns.rows import Problem
from thindicators.context import RunContext
from thindicators.fetching.snapshots import Receipt, Snapshot
from thindicators.safe_text import visible
from thindicators.storage.files import write_whole

_LOG = logging.getLogger(__name__)


def sort_inbox(run_context: RunContext) -> list[Path]:
    """Set aside every file of the live inbox that may not be published.

    Returns:
        Where the files set aside now are.
    """
    if run_context.is_sample:
        return []
    inbox = run_context.settings.inbox
    inbox.mkdir(parents=True, exist_ok=True)
    read_before = list(_read_before(run_context))
    hashes = {receipt.sha256 for receipt in read_before}
    files = {path: opened(run_context.plan, path) for path in _in_order(inbox, hashes)}
    new = _new(files, hashes)
    right = {name: file for name, file in new.items() if not problems(run_context.plan, file)}
    standing: dict[str, Snapshot] = {}
    refused = []
    for path, file in files.items():
        if isinstance(file, Problem):
            wrong = [file]
        else:
            # A new file is judged beside the other new ones as well: of two that differ neither may stand.
            others = _without(right, path.name) if path.name in new else {}
            wrong = problems(run_context.plan, file, {**standing, **others})
            if not wrong:
                standing[path.name] = file
                continue
        refused.append(_set_aside(run_context, path, wrong))
        if earlier := _put_back(run_context, path, read_before, standing):
            standing[path.name] = earlier
    return refused


def _new(files: Mapping[Path, Snapshot | Problem], hashes: Collection[str]) -> dict[str, Snapshot]:
    """The files that could be opened and were not read before, by name."""
    new = {}
    for path, file in files.items():
        if isinstance(file, Snapshot) and file.sha256 not in hashes:
            new[path.name] = file
    return new


def _without(files: Mapping[str, Snapshot], name: str) -> dict[str, Snapshot]:
    return {other: file for other, file in files.items() if other != name}


def standing_beside(run_context: RunContext, name: str) -> dict[str, Snapshot]:
    """The returns that were read in the last good refresh and are still there, but for the one of this name."""
    inbox = run_context.settings.inbox
    receipts = {receipt.url: receipt for receipt in _read_before(run_context)}
    beside = {}
    for other, receipt in receipts.items():
        if other != name and (inbox / other).exists():
            beside[other] = run_context.store.load(other, receipt)
    return beside


def report(name: str, wrong: Sequence[Problem]) -> str:
    """What is wrong with a file, for the person who mends it."""
    count = f"{len(wrong)} {'problem' if len(wrong) == 1 else 'problems'}"
    title = f"{visible(name)}: {count}. Nothing of it is published until the file is mended."
    return "\n".join([title, "", *map(str, wrong)])


def _read_before(run_context: RunContext) -> Iterator[Receipt]:
    """The receipts of the returns that were read in the last good refresh."""
    for source in run_context.plan.sources.values():
        if source.kind != "return":
            continue
        fetched = run_context.store.last_fetch(source.id)
        if fetched is not None:
            yield from fetched.roles.values()


def _in_order(inbox: Path, read_before: Collection[str]) -> list[Path]:
    """The files of the inbox, those that stand already first: of two that contradict each other, the new one is wrong.

    Of two new ones nobody knows which is, so that both are set aside.

    Files that begin with a dot or a tilde are those of an editor at work.
    """
    files = [path for path in inbox.iterdir() if path.is_file()]
    returns = [path for path in files if not path.name.startswith((".", "~"))]
    return sorted(returns, key=lambda path: (_sha256(path) not in read_before, path.name))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _set_aside(run_context: RunContext, path: Path, wrong: Sequence[Problem]) -> Path:
    folder = run_context.settings.refused
    folder.mkdir(exist_ok=True)
    target = folder / path.name
    written = folder / f"{path.name}.report.txt"
    again = 1
    # Nothing that was handed in is overwritten, not even by a file that was refused as well.
    while target.exists() or written.exists():
        again += 1
        target = folder / f"{path.stem}-{again}{path.suffix}"
        written = folder / f"{target.name}.report.txt"
    when = f"Set aside on {run_context.now():%d %B %Y}. Mend the file and put it into {path.parent} again."
    # The report first: a file that is gone from the inbox must have its reason beside it.
    write_whole(written, f"{report(path.name, wrong)}\n\n{when}\n".encode())
    path.replace(target)
    _LOG.warning("The return %s was set aside; %s says why.", path.name, written)
    return target


def _put_back(
    run_context: RunContext,
    path: Path,
    read_before: Sequence[Receipt],
    standing: Mapping[str, Snapshot],
) -> Snapshot | None:
    """The last right file of this name, from its snapshot, back in the inbox; None if there is none."""
    for receipt in read_before:
        if receipt.url != path.name:
            continue
        snapshot = run_context.store.load(path.name, receipt)
        # It was right when it was read; since then the plan, or the files beside it, may have changed.
        if not problems(run_context.plan, snapshot, standing):
            write_whole(path, snapshot.content)
            return snapshot
    return None
