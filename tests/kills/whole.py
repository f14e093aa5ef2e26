"""Whether everything a reader or the next run relies on is whole: an inspection that shares nothing with the writer.

What belongs here: reading what is on the disk and saying what is wrong with it. Which left overs there are is counted
here too: they are no fault, as long as the next run clears them away.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from tests.kills.place import AREA, INDICATOR
from thindicators.settings import Settings


@dataclass
class Known:
    """What an inspection remembers for the next.

    Attributes:
        sums: The bytes of SHA256SUMS of each release seen, by its name.
        latest: The releases that `latest` has pointed to, in order.
    """

    sums: dict[str, bytes] = field(default_factory=dict)
    latest: list[str] = field(default_factory=list)


def left_overs(settings: Settings) -> set[str]:
    """What a killed run left behind."""
    folders = (settings.state, settings.published)
    found = [path for folder in folders if folder.is_dir() for path in folder.rglob(".writing-*")]
    return {str(path) for path in [*found, *settings.published.glob(".building-*")]}


def faults(settings: Settings, known: Known, everything: bool = False) -> list[str]:
    """What is wrong; nothing if all is whole.

    Args:
        settings: Whose folders.
        known: What was seen before; brought up to date.
        everything: Read releases again that were whole before.
    """
    if everything:
        found = list(_changed_since(settings.published / "releases", known))
        known.sums.clear()
    else:
        found = []
    return [
        *found,
        *_latest(settings.published, known),
        *_releases(settings.published, known),
        *_history(settings.state / "history", known),
        *_ledgers(settings.state / "ledger"),
        *_snapshots(settings.state / "snapshots"),
        *_lock(settings.published),
    ]


def figure_in_latest(settings: Settings) -> float:
    """What readers see of the figure that changes."""
    with (settings.published / "latest" / "observations.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = [
            one
            for one in csv.DictReader(file)
            if (one["indicator"], one["area_code"]) == (INDICATOR, AREA)
        ]
    return float(max(rows, key=lambda row: row["period"])["value"])


def _latest(published: Path, known: Known) -> Iterator[str]:
    link = published / "latest"
    if not link.is_symlink():
        if known.latest or link.exists():
            yield "latest is not a link"
        return
    target = link.readlink()
    if target.parent != Path("releases") or not (published / target / "SHA256SUMS").is_file():
        yield f"latest points to {target}, which is no release"
        return
    if not known.latest or known.latest[-1] != target.name:
        if target.name in known.latest:
            yield f"latest went back to {target.name}"
        known.latest.append(target.name)


def _releases(published: Path, known: Known) -> Iterator[str]:
    releases = published / "releases"
    unpublished = _named_by(published / ".building-latest")
    for folder in sorted(releases.iterdir()) if releases.is_dir() else ():
        if folder.name not in known.sums or folder.name not in known.latest:
            yield from _release(folder)
            known.sums[folder.name] = (folder / "SHA256SUMS").read_bytes()
        if folder.name not in known.latest and folder.name != unpublished:
            yield f"{folder.name} was never the latest, and nothing says so"


def _named_by(link: Path) -> str:
    return link.readlink().name if link.is_symlink() else ""


def _release(folder: Path) -> Iterator[str]:
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {
        "SHA256SUMS"
    }
    for name in sorted(there ^ set(sums)):
        yield f"{folder.name}: {name} is {'added' if name in there else 'missing'}"
    for name in sorted(there & set(sums)):
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != sums[name]:
            yield f"{folder.name}: {name} is not what SHA256SUMS says"
    with (folder / "observations.csv").open(encoding="utf-8", newline="") as file:
        rows = sum(1 for _ in csv.DictReader(file))
    if rows != pq.read_table(folder / "observations.parquet").num_rows or not rows:
        yield f"{folder.name}: observations.csv has {rows} rows, which its Parquet file has not"


def _changed_since(releases: Path, known: Known) -> Iterator[str]:
    for name, sums in known.sums.items():
        folder = releases / name
        if name in known.latest and (
            not folder.is_dir() or (folder / "SHA256SUMS").read_bytes() != sums
        ):
            yield f"{name} is not what it was"


def _history(folder: Path, known: Known) -> Iterator[str]:
    for path in sorted(folder.glob("*.parquet")):
        if path.stem not in known.latest:
            yield f"the history has {path.stem}, which was never the latest"
    yield from _unreadable(sorted(folder.glob("*.parquet"))[-3:])


def _ledgers(folder: Path) -> Iterator[str]:
    for path in folder.glob("*.jsonl"):
        whole, newline, _part = path.read_bytes().rpartition(b"\n")
        for number, line in enumerate(whole.split(b"\n") if newline else (), start=1):
            try:
                if json.loads(line)["sequence"] != number:
                    yield f"{path} lacks the entry {number}"
            except ValueError as problem:
                yield f"{path}, line {number} cannot be read: {problem}"
        for name in re.findall(rb'"table": "([0-9a-f]{64})"', whole):
            if not (folder / "tables" / f"{name.decode()}.parquet").is_file():
                yield f"{path} names the table {name.decode()}, which is not there"
    yield from _unreadable((folder / "tables").glob("*.parquet"))


def _unreadable(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        try:
            pq.read_table(path)
        except (OSError, pa.ArrowException) as problem:
            yield f"{path} cannot be read: {problem}"


def _snapshots(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.json"):
        try:
            json.loads(path.read_bytes())
        except ValueError as problem:
            yield f"{path} cannot be read: {problem}"
    for path in (folder / "bytes").rglob("*"):
        if path.is_file() and not path.name.startswith(".writing-"):
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != path.name:
                    yield f"{path} is not what its name says"


def _lock(published: Path) -> Iterator[str]:
    if not published.is_dir():
        return
    try:
        with FileLock(published / ".lock", timeout=0):
            pass
    except Timeout:
        yield "the lock of a killed run is still held"
