"""The inbox of returns: what is right stays and is read at each refresh, what is wrong is set aside with its report.

What belongs here: which files stand, and moving the others. Judging a file belongs in `publishers.return_check`.

A file in the inbox stands until it is replaced or taken away. One that is not right is moved to `refused/`, with a
report beside it that says row by row what to mend. If it came in the place of a right one of the same name, that one is
put back from its snapshot. Nothing that was handed in is deleted.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from sources.returns.check import opened, problems
from sources.returns.rows import Problem
from thindicators.context import Workshop
from thindicators.fetching.snapshots import Receipt, Snapshot
from thindicators.safe_text import visible
from thindicators.storage.files import write_whole

_LOG = logging.getLogger(__name__)


def sort_inbox(workshop: Workshop) -> list[Path]:
    """Set aside every file of the live inbox that may not be published.

    Returns:
        Where the files set aside now are.
    """
    if workshop.is_sample:
        return []
    inbox = workshop.settings.inbox
    inbox.mkdir(parents=True, exist_ok=True)
    kept = list(_kept_before(workshop))
    known = {receipt.sha256 for receipt in kept}
    files = {path: opened(workshop.plan, path) for path in _in_order(inbox, known)}
    new = {path.name: one for path, one in files.items() if isinstance(one, Snapshot) and one.sha256 not in known}
    right = {name: one for name, one in new.items() if not problems(workshop.plan, one)}
    standing: dict[str, Snapshot] = {}
    refused = []
    for path, found in files.items():
        others = {name: one for name, one in right.items() if name != path.name and path.name in new}
        wrong = [found] if isinstance(found, Problem) else problems(workshop.plan, found, {**standing, **others})
        if isinstance(found, Snapshot) and not wrong:
            standing[path.name] = found
            continue
        refused.append(_set_aside(workshop, path, wrong))
        if earlier := _put_back(workshop, path, kept, standing):
            standing[path.name] = earlier
    return refused


def standing_beside(workshop: Workshop, name: str) -> dict[str, Snapshot]:
    """The returns that were read in the last good refresh and are still there, but for the one of this name."""
    there = {
        receipt.url: receipt for receipt in _kept_before(workshop) if (workshop.settings.inbox / receipt.url).exists()
    }
    kept = {other: receipt for other, receipt in there.items() if other != name}
    return {other: workshop.store.load(other, receipt) for other, receipt in kept.items()}


def report(name: str, wrong: Sequence[Problem]) -> str:
    """What is wrong with a file, for the person who mends it."""
    count = f"{len(wrong)} {'problem' if len(wrong) == 1 else 'problems'}"
    title = f"{visible(name)}: {count}. Nothing of it is published until the file is mended."
    return "\n".join([title, "", *map(str, wrong)])


def _kept_before(workshop: Workshop) -> Iterator[Receipt]:
    """The receipts of the returns that were read in the last good refresh."""
    for source in workshop.plan.sources.values():
        fetched = workshop.store.last_fetch(source.id) if source.kind == "return" else None
        yield from fetched.roles.values() if fetched else ()


def _in_order(inbox: Path, known: set[str]) -> list[Path]:
    """The files of the inbox, those that stand already first: of two that contradict each other, the new one is wrong.

    Of two new ones nobody knows which is, so that both are set aside.

    Files that begin with a dot or a tilde are those of an editor at work.
    """
    files = [path for path in inbox.iterdir() if path.is_file() and not path.name.startswith((".", "~"))]
    return sorted(files, key=lambda path: (_sha256(path) not in known, path.name))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _set_aside(workshop: Workshop, path: Path, wrong: Sequence[Problem]) -> Path:
    folder = workshop.settings.refused
    folder.mkdir(exist_ok=True)
    target, written = folder / path.name, folder / f"{path.name}.report.txt"
    again = 1
    while target.exists() or written.exists():
        again += 1
        target = folder / f"{path.stem}-{again}{path.suffix}"
        written = folder / f"{target.name}.report.txt"
    when = f"Set aside on {workshop.now():%d %B %Y}. Mend the file and put it into {path.parent} again."
    write_whole(written, f"{report(path.name, wrong)}\n\n{when}\n".encode())
    path.replace(target)
    _LOG.warning("The return %s was set aside; %s says why.", path.name, written)
    return target


def _put_back(
    workshop: Workshop, path: Path, kept: Sequence[Receipt], standing: dict[str, Snapshot]
) -> Snapshot | None:
    """The last right file of this name, from its snapshot, back in the inbox; None if there is none."""
    for receipt in kept:
        if receipt.url == path.name:
            snapshot = workshop.store.load(path.name, receipt)
            if not problems(workshop.plan, snapshot, standing):
                write_whole(path, snapshot.content)
                return snapshot
    return None
