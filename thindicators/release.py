"""A release: everything that is published, written beside the current release and swapped in at once.

What belongs here: that a reader sees the old release or the new one, never a mixture, and that two runs do not meet.
Which files a release has belongs in `release_files`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from thindicators.errors import ReleaseError
from thindicators.history import History
from thindicators.outcomes import Outcome
from thindicators.release_files import is_same, write_release
from thindicators.workshop import Workshop

LATEST = "latest"
_BUILDING = ".building-"
_PATIENCE = 60.0


@dataclass(frozen=True)
class Release:
    """A release on disk.

    Attributes:
        name: Such as `2026-11-22.1`.
        folder: Where it is.
        is_new: Whether it was made now; False if nothing had changed since the one before.
    """

    name: str
    folder: Path
    is_new: bool


def publish(workshop: Workshop, outcomes: Sequence[Outcome]) -> Release:
    """Write a release of all outcomes, check it whole, and make it the latest.

    Args:
        workshop: Whose plan, edition, clock and folders apply.
        outcomes: One for each indicator of the plan.

    Returns:
        The new release, or the latest one if nothing has changed.

    Raises:
        ReleaseError: If it cannot be written or does not hold what it must; the release before stands.
    """
    published = workshop.settings.published
    try:
        published.mkdir(parents=True, exist_ok=True)
        with FileLock(published / ".lock", timeout=_PATIENCE):
            return _publish(workshop, outcomes, published)
    except Timeout:
        raise ReleaseError(
            f"Another run has been publishing to {published} for {_PATIENCE:g} seconds. Try again when it has ended."
        ) from None
    except OSError as problem:
        raise ReleaseError(
            f"The release could not be written to {published}: {problem.strerror or problem}. "
            "The release before stands."
        ) from problem


def latest(published: Path) -> Path | None:
    """The folder of the latest release, or None before the first."""
    link = published / LATEST
    return link.resolve() if link.exists() else None


def _publish(workshop: Workshop, outcomes: Sequence[Outcome], published: Path) -> Release:
    for left_over in published.glob(f"{_BUILDING}*"):
        left_over.unlink() if left_over.is_symlink() else shutil.rmtree(left_over)
    history = History(workshop.settings.state / "history")
    building = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=published))
    try:
        current = latest(published)
        write_release(workshop, outcomes, building, current)
        if current is not None and is_same(current, building):
            history.keep(published / "releases")
            return Release(current.name, current, is_new=False)
        name = _next_name(workshop, published / "releases")
        folder = published / "releases" / name
        folder.parent.mkdir(exist_ok=True)
        building.chmod(0o755)
        building.rename(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    _point_latest(published, name)
    history.keep(published / "releases")
    return Release(name, folder, is_new=True)


def _next_name(workshop: Workshop, releases: Path) -> str:
    today = workshop.now().date().isoformat()
    numbers = [int(path.name.rpartition(".")[2]) for path in releases.glob(f"{today}.*")]
    return f"{today}.{max(numbers, default=0) + 1}"


def _point_latest(published: Path, name: str) -> None:
    link = published / f"{_BUILDING}latest"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / name)
    link.replace(published / LATEST)
