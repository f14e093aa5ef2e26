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
from datetime import date
from pathlib import Path

import pyarrow as pa
from filelock import FileLock, Timeout

from thindicators.comparing.witness_words import witnessed
from thindicators.comparing.witnesses import NO_WITNESS, Statements
from thindicators.context import RunContext
from thindicators.errors import ReleaseError, ThindicatorsError
from thindicators.history.release_names import in_order, is_name, next_name, releases_in
from thindicators.history.vintages import History, Vintage
from thindicators.outcomes.outcome import Outcome
from thindicators.outcomes.public_reasons import as_published, public_reason
from thindicators.release.inputs import Inputs, sequence_of
from thindicators.release.last_look import as_they_stand, remember_published
from thindicators.release.recovery import outcome_store
from thindicators.release.sameness import is_made_from, is_same
from thindicators.settings import Settings
from thindicators.storage.files import (
    clear_left_overs,
    make_open_folder,
    open_to_readers,
    sync,
    sync_all,
    why,
)
from thindicators.storage.locks import RELEASE_LOCK
from thindicators.storage.sums import differences
from thindicators.telling.calendar import london_day

LATEST = "latest"
RELEASES = "releases"
BUILDING = ".building-"
_POINTING = f"{BUILDING}{LATEST}"
_POINTING_BACK = f"{BUILDING}back"
_PATIENCE = 60.0
"""Seconds: longer than it takes another run to publish."""

_STATE_FOLDERS = ("snapshots", "ledger", "judged", "indicators", "history")
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
            return _publish(
                run_context,
                outcomes,
                announce,
                statements,
            )
    except (OSError, pa.ArrowException) as problem:
        reason = why(problem) if isinstance(problem, OSError) else str(problem)
        raise ReleaseError(
            f"The release could not be written to {published}. {reason} The release before stands."
        ) from problem


def latest(published: Path) -> Path | None:
    """The folder of the latest release, or None before the first.

    Where a copy of the folder left the link out, it is the newest release that there is.

    Raises:
        ReleaseError: If `latest` is not a link, or points to nothing.
    """
    link = published / LATEST
    if not os.path.lexists(link):
        return _newest(published)
    if not link.is_symlink():
        raise ReleaseError(
            f"{link} is not a link, but {'a folder' if link.is_dir() else 'a file'}: whatever copied {published} wrote "
            f"what the link led to in its place. Move it away (`mv {link} {link}-copy`) and run again: the newest of "
            f"{published / RELEASES} is the latest then, and the next publish makes the link anew. Nothing was published."
        )
    if not link.is_dir():
        raise ReleaseError(
            f"{link} points to {link.readlink()}, which is not there. Restore the release from a backup, or let the "
            f"link point to the newest release that is whole: `ln -sfn releases/… {link}`. Nothing was published."
        )
    return link.resolve()


def _newest(published: Path) -> Path | None:
    """The newest of the releases that were published; None if there is none."""
    pointing = published / _POINTING
    # A killed first publish leaves a folder that nobody was told of, and a link that names it.
    unpublished = pointing.readlink().name if pointing.is_symlink() else ""
    releases = releases_in(published / RELEASES)
    were_published = [folder for folder in releases if folder.name != unpublished]
    return were_published[-1].resolve() if were_published else None


def find(
    published: Path,
    name: str = "",
) -> Path:
    """The folder of a release, by default the latest.

    Raises:
        ReleaseError: If there is none of this name.
    """
    by_name = {folder.name: folder for folder in _releases(published)}
    # By its name among those that are there: a name with slashes leads nowhere.
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
    folders = [path for path in releases.iterdir() if is_name(path.name) and path.is_dir()]
    return sorted(folders, key=lambda folder: in_order(folder.name))


def prune(
    settings: Settings,
    keep: int,
) -> list[Path]:
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
    make_open_folder(published)
    lock = FileLock(published / RELEASE_LOCK, timeout=_PATIENCE)
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
    current = _latest_with_its_link(published)
    store = outcome_store(run_context, lambda: current)
    outcomes = as_they_stand(store, outcomes)
    _require_a_figure(current, outcomes)
    releases = published / RELEASES
    history.keep(releases)
    today = london_day(run_context.now())
    names = {*history.names(), *(folder.name for folder in releases_in(releases))}
    folder = releases / next_name(names, today)
    inputs = _inputs(run_context, outcomes, statements, _before(history, current))
    inputs = replace(inputs, name=folder.name, sequence=_next_sequence(current, len(names)))
    stands_whole = current is not None and _is_whole(current)
    if current is not None and stands_whole and is_made_from(current, run_context, inputs):
        return Release(current.name, current, is_new=False)
    # All formats come with it, and on most days nothing is written.
    from thindicators.release.writing import write_release

    building = Path(tempfile.mkdtemp(prefix=BUILDING, dir=published))
    try:
        write_release(run_context, inputs, building)
        if current is not None and stands_whole and is_same(current, building):
            return Release(current.name, current, is_new=False)
        announce(building, folder.name)
        _swap_in(building, folder)
    finally:
        _clear_away(run_context.settings)
    remember_published(store, outcomes, folder.name)
    _keep_newest(history, folder, today)
    return Release(folder.name, folder, is_new=True)


def _latest_with_its_link(published: Path) -> Path | None:
    """The latest release; where a copy of the folder left the link to it out, the link is made anew."""
    current = latest(published)
    if current is not None and not os.path.lexists(published / LATEST):
        _LOG.warning("%s was lost. It points to %s again.", published / LATEST, current.name)
        point_to(current)
    return current


def _require_a_figure(current: Path | None, outcomes: Sequence[Outcome]) -> None:
    """Refuse a first release that would hold nothing."""
    if current is None and not any(outcome.table.num_rows for outcome in outcomes):
        raise ReleaseError(
            "No indicator has a figure yet, so there is nothing to publish. Refresh everything; "
            "the state of each indicator says what stands in its way."
        )


def _swap_in(
    building: Path,
    folder: Path,
) -> None:
    """Make a folder the latest release; each step is on the disk before the next."""
    published = building.parent
    make_open_folder(folder.parent)
    open_to_readers(building)
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


def _keep_newest(
    history: History,
    folder: Path,
    today: date,
) -> None:
    try:
        history.keep_one(folder, today)
    except (ThindicatorsError, OSError) as problem:
        reason = why(problem) if isinstance(problem, OSError) else str(problem)
        raise ReleaseError(
            f"Release {folder.name} is published, but `as-of` and `diff` cannot answer for it yet. {reason} "
            "The next publish tries again."
        ) from problem


def _inputs(
    run_context: RunContext,
    outcomes: Sequence[Outcome],
    statements: Statements,
    before: Vintage | None,
) -> Inputs:
    """What the next release is made from, but for its name and its place among the others."""
    failures = {}
    for source in run_context.plan.sources:
        fetched = run_context.store.last_fetch(source)
        if fetched is not None and fetched.failure:
            failures[source] = public_reason(run_context.plan, fetched.failure_facts)
    # The one door to the public: what an error page or this machine said does not pass it.
    public = [as_published(run_context.plan, outcome) for outcome in outcomes]
    compared = [witnessed(run_context.plan, outcome, statements) for outcome in public]
    return Inputs(
        compared,
        failures,
        before,
        name="",
        statements=statements,
    )


def _before(
    history: History,
    current: Path | None,
) -> Vintage | None:
    """What the release before said; the history knows it also where its folder was moved away."""
    if current is None:
        names = history.names()
        return history.vintage(names[-1]) if names else None
    try:
        return history.vintage(current.name)
    except ReleaseError:
        # What the history lost, the release still has.
        return history.keep_one(current)


def _next_sequence(
    current: Path | None,
    earlier: int,
) -> int:
    """Which in the row of all releases the next one is.

    Releases of an earlier version do not say which they are: then the number of those before counts.

    Args:
        current: The latest release.
        earlier: How many releases are known.
    """
    latest_sequence = sequence_of(current) if current is not None else 0
    return max(latest_sequence, earlier) + 1
