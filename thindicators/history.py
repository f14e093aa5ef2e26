"""History: every vintage of the figures, so that any past release can be asked for, even one that was pruned.

What belongs here: keeping the observations of each release under `state/history/` and finding the release of a day.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from thindicators.errors import ReleaseError
from thindicators.release_files import observations_of
from thindicators.snapshots import write_whole

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d+)")


@dataclass(frozen=True)
class History:
    """Vintages in a folder, a Parquet file for each release."""

    folder: Path

    def keep(self, releases: Path) -> None:
        """Keep the figures of every release that is not kept yet, also of those an interrupted run left out."""
        for release in releases.iterdir():
            path = self.folder / f"{release.name}.parquet"
            if _NAME.fullmatch(release.name) and not path.exists():
                sink = pa.BufferOutputStream()
                pq.write_table(observations_of(release), sink)
                write_whole(path, sink.getvalue().to_pybytes())

    def names(self) -> list[str]:
        """The names of all releases there ever were, in their order."""
        return sorted((path.stem for path in self.folder.glob("*.parquet")), key=_in_order)

    def figures(self, release: str) -> pa.Table:
        """The figures of a release.

        Raises:
            ReleaseError: If there was none of this name.
        """
        path = self.folder / f"{release}.parquet"
        if release not in self.names():
            raise ReleaseError(f"There was no release {release}. There were: {', '.join(self.names()) or 'none'}.")
        return pq.read_table(path)

    def as_of(self, day: date) -> str:
        """The name of the release that readers saw at the end of a day.

        Raises:
            ReleaseError: If nothing had been published by then.
        """
        earlier = [name for name in self.names() if _in_order(name)[0] <= day]
        if not earlier:
            first = f"the first release is {self.names()[0]}" if self.names() else "there has been no release"
            raise ReleaseError(f"Nothing had been published by {day}; {first}.")
        return earlier[-1]


def _in_order(name: str) -> tuple[date, int]:
    found = _NAME.fullmatch(name)
    if found is None:
        raise ReleaseError(f"{name} is no name of a release, such as 2026-11-22.1.")
    return date.fromisoformat(found[1]), int(found[2])


def prune(releases: Path, history: History, keep: int) -> list[Path]:
    """Delete old releases whose figures the history can still give.

    Args:
        releases: The folder of all releases.
        history: Of the same releases.
        keep: How many of the newest stay; at least one, so that readers keep theirs.

    Returns:
        What was deleted.

    Raises:
        ReleaseError: If none would be kept.
    """
    if keep < 1:
        raise ReleaseError("At least one release must be kept: readers use the newest.")
    found = sorted((path.name for path in releases.iterdir() if _NAME.fullmatch(path.name)), key=_in_order)
    known = set(history.names())
    gone = [releases / name for name in found[:-keep] if name in known]
    for path in gone:
        shutil.rmtree(path)
    return gone
