"""A release: everything that is published, written beside the current release and swapped in at once.

What belongs here: that a reader sees the old release or the new one, never a mixture, and that two runs do not meet.
Which files a release has belongs in `writing`.

A release is written into a folder of its own, checked whole, and put on the disk. Then, in this order, a link
`.building-latest` is made that names it, the folder is moved to `releases/`, and the link takes the place of `latest`:
that last step publishes it. A folder under `releases/` that `latest` never pointed to was never published: nobody was
told of it, and the figures it was compared with may have moved on. Only a run that ended between the last two steps
leaves one, and the link it left names it, so that the next run deletes both and makes its own release. So whatever
stands under `releases/` when a run begins was published, and the history may keep it.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
from filelock import FileLock, Timeout

from thindicators.comparing.witness_words import witnessed
from thindicators.comparing.witnesses import NO_WITNESS, Statements
from thindicators.context import RunContext
from thindicators.errors import ReleaseError, ThindicatorsError
from thindicators.history.vintages import History, Vintage, in_order, is_name
from thindicators.outcomes.outcome import Outcome
from thindicators.release.inputs import Inputs
from thindicators.release.last_look import as_they_stand, remember_published
from thindicators.release.recovery import outcome_store
from thindicators.release.sameness import is_same
from thindicators.release.writing import write_release
from thindicators.settings import Settings
from thindicators.storage.files import clear_left_overs, sync, sync_all, why
from thindicators.storage.sums import differences

LATEST = "latest"
RELEASES = "releases"
BUILDING = ".building-"
_POINTING = f"{BUILDING}{LATEST}"
_POINTING_BACK = f"{BUILDING}back"
_PATIENCE = 60.0
"""Seconds: longer than it takes another run to publish."""

_STATE_FOLDERS = ("snapshots", "ledger", "indicators", "history")
"""Where a killed run may have left parts of files in `state/`."""

_LOG = logging.getLogger(__name__)


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


def publish(
    run_context: RunContext,
    outcomes: Sequence[Outcome],
    announce: Callable[[Path, str], None] = lambda _folder, _name: None,
    statements: Statements = NO_WITNESS,
) -> Release:
    """Write a release of all outcomes, check it whole, and make it the latest.

    Args:
        run_context: Whose plan, edition, clock and folders apply.
        outcomes: One for each indicator of the plan.
        announce: Given a new release's folder, written whole, and its name; lets readers elsewhere see it.
        statements: What witnesses say of the figures.

    Returns:
        The new release, or the latest one if nothing has changed.

    Raises:
        ReleaseError: If it cannot be written or does not hold what it must; the release before stands.
    """
    published = run_context.settings.published
    try:
        with release_lock(published):
            return _publish(run_context, outcomes, announce, statements)
    except (OSError, pa.ArrowException) as problem:
        reason = why(problem) if isinstance(problem, OSError) else str(problem)
        raise ReleaseError(
            f"The release could not be written to {published}. {reason} The release before stands."
        ) from problem


def latest(published: Path) -> Path | None:
    """The folder of the latest release, or None before the first.

    Raises:
        ReleaseError: If `latest` is not a link, or points to nothing.
    """
    link = published / LATEST
    if not os.path.lexists(link):
        return None
    if not link.is_symlink() or not link.is_dir():
        came = "is not a link"
        if link.is_symlink():
            came = f"points to {link.readlink()}, which is not there"
        raise ReleaseError(
            f"{link} {came}. Restore the release from a backup, or let the link point to the newest release that is "
            f"whole: `ln -sfn releases/… {link}`. Nothing was published."
        )
    return link.resolve()


def find(published: Path, name: str = "") -> Path:
    """The folder of a release, by default the latest.

    Raises:
        ReleaseError: If there is none of this name.
    """
    by_name = {folder.name: folder for folder in _releases(published)}
    folder = by_name.get(name) if name else latest(published)
    if folder is None:
        names = ", ".join(sorted(by_name, key=in_order)) or "none"
        raise ReleaseError(
            f"There is no release {name or LATEST} in {published}. There are: {names}."
        )
    return folder


def _releases(published: Path) -> list[Path]:
    """The folders of all releases, the old first."""
    releases = published / RELEASES
    if not releases.is_dir():
        return []
    folders = [path for path in releases.iterdir() if is_name(path.name)]
    return sorted(folders, key=lambda folder: in_order(folder.name))


def prune(settings: Settings, keep: int) -> list[Path]:
    """Delete old releases whose figures the history can still give; never the latest.

    Args:
        settings: Whose folders apply.
        keep: How many of the newest stay; at least one, so that readers keep theirs.

    Returns:
        What was deleted.

    Raises:
        ReleaseError: If none would be kept.
    """
    if keep < 1:
        raise ReleaseError("At least one release must be kept: readers use the newest.")
    history = History(settings.state / "history")
    with release_lock(settings.published):
        current = latest(settings.published)
        old = _releases(settings.published)[:-keep]
        gone = [path for path in old if path.resolve() != current and history.answers_for(path)]
        # Renamed first: a run that is killed here leaves nothing that looks like a whole release.
        for path in gone:
            path.rename(settings.published / f"{BUILDING}{path.name}")
        _clear_away(settings)
    return gone


@contextmanager
def release_lock(published: Path) -> Iterator[None]:
    """Keep other runs from publishing to the same folder; the lock of a killed run is free."""
    published.mkdir(parents=True, exist_ok=True)
    lock = FileLock(published / ".lock", timeout=_PATIENCE)
    try:
        lock.acquire()
    except Timeout:
        raise ReleaseError(
            f"Another run has been publishing to {published} for {_PATIENCE:g} seconds. Try again when it has ended."
        ) from None
    try:
        yield
    finally:
        lock.release()


def _publish(
    run_context: RunContext,
    outcomes: Sequence[Outcome],
    announce: Callable[[Path, str], None],
    statements: Statements,
) -> Release:
    published = run_context.settings.published
    _clear_away(run_context.settings)
    history = History(run_context.settings.state / "history")
    current = latest(published)
    store = outcome_store(run_context, lambda: current)
    outcomes = as_they_stand(store, outcomes)
    if current is None and not any(outcome.table.num_rows for outcome in outcomes):
        raise ReleaseError(
            "No indicator has a figure yet, so there is nothing to publish. Refresh everything; "
            "the state of each indicator says what stands in its way."
        )
    releases = published / RELEASES
    history.keep(releases)
    folder = releases / _next_name(run_context, releases, history)
    building = Path(tempfile.mkdtemp(prefix=BUILDING, dir=published))
    try:
        compared = [witnessed(run_context.plan, outcome, statements) for outcome in outcomes]
        inputs = _inputs(run_context, compared, history, current, folder.name)
        write_release(run_context, replace(inputs, statements=statements), building)
        if current is not None and _is_whole(current) and is_same(current, building):
            return Release(current.name, current, is_new=False)
        announce(building, folder.name)
        _swap_in(building, folder)
    finally:
        _clear_away(run_context.settings)
    remember_published(store, outcomes, folder.name)
    _keep_newest(history, folder)
    return Release(folder.name, folder, is_new=True)


def _swap_in(building: Path, folder: Path) -> None:
    """Make a folder the latest release; each step is on the disk before the next."""
    published = building.parent
    folder.parent.mkdir(exist_ok=True)
    building.chmod(0o755)
    sync_all(building)
    # From here on the link names the folder: if the run ends before the last step, the next run
    # knows by it that nobody was told of this release.
    link = published / _POINTING
    link.symlink_to(folder.relative_to(published))
    sync(published)
    building.rename(folder)
    sync(folder.parent)
    sync(published)
    link.replace(published / LATEST)
    sync(published)


def point_to(folder: Path) -> None:
    """Let `latest` point to a release that was published before.

    The link has another name than in a swap, so that a killed run never makes a published release look unpublished.
    """
    link = folder.parent.parent / _POINTING_BACK
    link.unlink(missing_ok=True)
    link.symlink_to(folder.relative_to(link.parent))
    link.replace(link.parent / LATEST)
    sync(link.parent)


def _clear_away(settings: Settings) -> None:
    """Delete what a run left behind that did not come to its end; see above."""
    published = settings.published
    link = published / _POINTING
    if link.is_symlink():
        named = published / link.readlink()
        was_latest = named.name in History(settings.state / "history").names()
        is_latest = named.resolve() == (published / LATEST).resolve()
        # What was never the latest was never published: the next run makes its own.
        if named.exists() and not was_latest and not is_latest:
            named.rename(published / f"{BUILDING}{named.name}")
        link.unlink()
    for left_over in published.glob(f"{BUILDING}*"):
        left_over.unlink() if left_over.is_symlink() else shutil.rmtree(left_over)
    clear_left_overs(published)
    for name in _STATE_FOLDERS:
        clear_left_overs(settings.state / name)


def _is_whole(current: Path) -> bool:
    """Whether the latest release is as it was published; if it is not, readers get a new one of the same figures."""
    differing = differences(current)
    if differing:
        _LOG.warning(
            "%s is not as it was published: %s A new release takes its place.",
            current,
            " ".join(differing[:5]),
        )
    return not differing


def _keep_newest(history: History, folder: Path) -> None:
    try:
        history.keep(folder.parent)
    except (ThindicatorsError, OSError) as problem:
        reason = why(problem) if isinstance(problem, OSError) else str(problem)
        raise ReleaseError(
            f"Release {folder.name} is published, but `as-of` and `diff` cannot answer for it yet. {reason} "
            "The next publish tries again."
        ) from problem


def _inputs(
    run_context: RunContext,
    outcomes: Sequence[Outcome],
    history: History,
    current: Path | None,
    name: str,
) -> Inputs:
    failures = {}
    for source in run_context.plan.sources:
        fetched = run_context.store.last_fetch(source)
        if fetched is not None and fetched.failure:
            failures[source] = fetched.failure
    before = _before(history, current) if current else None
    return Inputs(outcomes, failures, before, name)


def _before(history: History, current: Path) -> Vintage:
    try:
        return history.vintage(current.name)
    except ReleaseError:
        return history.keep_one(current)


def _next_name(run_context: RunContext, releases: Path, history: History) -> str:
    """Of the next release today; no name is given twice, even where its release was pruned."""
    today = run_context.now().date().isoformat()
    on_disk = [path.name for path in releases.glob(f"{today}.*")]
    names = [name for name in (*on_disk, *history.names()) if name.startswith(f"{today}.")]
    numbers = [int(name.rpartition(".")[2]) for name in names]
    return f"{today}.{max(numbers, default=0) + 1}"
