"""News: whether a publisher has anything that was not fetched and published yet, without downloading it.

What belongs here: the cheap look before a scheduled refresh. When a source is looked at belongs in `assets.schedules`.

The look asks for the small parts of the last good fetch that the source's file names in `news_in`: a catalogue, a data
set's record, a page with the links to its files. If each is as it was, to the byte, so is what it leads to. A part that
differs may be news or not: then everything is asked. So it is whenever the look cannot tell: it failed, the source has
no such parts, something of the last refresh failed or was not published, or the last one is `LONGEST_REST` old. For a
return, the look is at the inbox.
"""

from __future__ import annotations

import hashlib
import stat
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from thindicators import plain_numbers
from thindicators.context import RunContext
from thindicators.errors import ThindicatorsError
from thindicators.fetching.attempts import Manners
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import RETURN, Fetched, Receipt
from thindicators.outcomes.outcome import Outcome
from thindicators.outcomes.public_reasons import as_published
from thindicators.outcomes.store import OutcomeStore
from thindicators.plan.model import Plan, Source
from thindicators.refreshing import refresh
from thindicators.release.inputs import Written, WrittenOutcome, read_inputs
from thindicators.release.publishing import latest
from thindicators.settings import REFUSED

LONGEST_REST = timedelta(days=28)
"""After so long everything is asked again, whatever the look says."""

_LARGEST_HASHED = 100_000_000
_LONGEST_LOOK = 20.0
_MANNERS = Manners(
    connect_timeout=4,
    read_timeout=8,
    body_timeout=12,
    turn_timeout=4,
    attempts=1,
)


@dataclass(frozen=True)
class Look:
    """What a look found.

    Attributes:
        is_worth_a_run: Whether there is news, or may be.
        why: In words.
    """

    is_worth_a_run: bool
    why: str


def look(
    run_context: RunContext,
    source_id: str,
    manners: Manners = _MANNERS,
) -> Look:
    """Whether a refresh of a source may find anything new.

    Args:
        run_context: Of the live edition.
        source_id: Of the source.
        manners: How patiently the publisher is asked; a look must not take long.
    """
    source, fetched = run_context.plan.sources[source_id], run_context.store.last_fetch(source_id)
    try:
        if fetched is None or (why := _unfinished(run_context, fetched)):
            return Look(True, why if fetched else "This source was never asked.")
        if source.kind == "return":
            return _at_inbox(run_context, source)
        return _at_publisher(
            replace(run_context, manners=manners).client(source_id), source, fetched
        )
    except Exception as problem:  # a look that fails is no reason not to ask
        return Look(True, f"The look at what is new failed: {refresh.in_words(problem)}")


def returns_in(inbox: Path) -> dict[str, str]:
    """The files that people handed in: their SHA-256 by name."""
    return {path.name: _sha256(path) for path in return_files(inbox)}


def were_read(run_context: RunContext, files: Mapping[str, str]) -> bool:
    """Whether every source of returns has read these files as they are, and none that is gone.

    Args:
        run_context: Whose sources they are.
        files: Their sums by name, as from `returns_in`.
    """
    returns = [source for source in run_context.plan.sources.values() if source.kind == "return"]
    return all(_was_read(run_context, source, files) for source in returns)


def return_files(inbox: Path) -> list[Path]:
    """What is in the inbox and is read at a refresh, or refused; nothing that an editor is at work on.

    A folder with something in it, a link or a pipe is refused too: somebody waits for what they meant to hand in.
    """
    if not inbox.is_dir():
        return []
    paths = sorted(inbox.iterdir())
    # Spreadsheet programs leave files of such names beside one that is open.
    return [path for path in paths if not path.name.startswith((".", "~")) and _is_put_in(path)]


def _is_put_in(path: Path) -> bool:
    return not path.is_dir() or (path.name != REFUSED and any(path.iterdir()))


def _sha256(path: Path) -> str:
    about = path.lstat()
    # What is refused for its kind or its size is not read before that: a pipe would be read for ever.
    if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST_HASHED:
        return f"{about.st_mode:o}, {about.st_size} bytes, changed at {about.st_mtime_ns}"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unfinished(run_context: RunContext, fetched: Fetched) -> str:
    """Why the last refresh of a source is not the last word, in words; empty if it is."""
    if fetched.failure:
        return "The last refresh of this source failed."
    if run_context.now() - plain_numbers.moment(fetched.checked) > LONGEST_REST:
        return f"Everything is asked for once in {LONGEST_REST.days} days."
    release = latest(run_context.settings.published)
    if release is None:
        return "Nothing is published yet."
    written = read_inputs(release)
    published = {outcome.indicator: outcome for outcome in written.outcomes}
    fed = {indicator.id for indicator in run_context.plan.indicators_of(fetched.source)}
    for indicator in sorted(fed):
        if why := _unfinished_indicator(
            run_context,
            fetched,
            indicator,
            written,
            published.get(indicator),
        ):
            return f"{indicator}: {why}"
    return ""


def _unfinished_indicator(
    run_context: RunContext,
    fetched: Fetched,
    indicator: str,
    written: Written,
    published: WrittenOutcome | None,
) -> str:
    store = refresh.outcomes(run_context)
    outcome = store.load(indicator)
    if outcome is None or _has_failed(run_context.plan, outcome, fetched.source):
        return "its last figures could not be read."
    newest = _newest(
        run_context.plan,
        store,
        outcome,
        fetched.source,
    )
    is_return = run_context.plan.sources[fetched.source].kind == "return"
    if not is_return and not _is_read_from(newest, fetched):
        return "what was fetched last was not read."
    # The release has what the public may know of a failure, and no more.
    public = as_published(run_context.plan, outcome)
    if published is None or not _is_same(written.outcome(published), public):
        return "what was read last was not published."
    return ""


def _has_failed(
    plan: Plan,
    outcome: Outcome,
    source: str,
) -> bool:
    """Whether the figures that this source gives to an indicator could not be read; held ones were."""
    standings = [
        standing for standing in outcome.standings if source in plan.fetched_for(standing.source)
    ]
    if standings:
        return any(standing.failed and not standing.held for standing in standings)
    return outcome.failed and not outcome.held


def _newest(
    plan: Plan,
    store: OutcomeStore,
    outcome: Outcome,
    source: str,
) -> Outcome | None:
    """The outcome, or the part of it, that what this source brought last was read into, be it held or published."""
    parts = [
        part
        for part in store.waiting(outcome.indicator)
        if not part or source in plan.fetched_for(part)
    ]
    return store.held(outcome.indicator, parts[0]) if parts else outcome


def _is_read_from(outcome: Outcome | None, fetched: Fetched) -> bool:
    newest = (
        [reading for reading in outcome.readings if reading.is_newest]
        if outcome is not None
        else []
    )
    # A derived indicator's reading has more sources than this one.
    of_source = (reading.fetched.get(fetched.source) for reading in newest)
    roles = next(filter(None, of_source), {})
    return _sums(roles.values()) == _sums(fetched.roles.values())


def _is_same(published: Outcome, outcome: Outcome) -> bool:
    return _told_to_readers(published) == _told_to_readers(outcome)


def _told_to_readers(outcome: Outcome) -> tuple[object, ...]:
    """What readers are told of an outcome, and the sums of what it was read from."""
    read_from = []
    for reading in outcome.readings:
        sums = [_sums(roles.values()) for roles in reading.fetched.values()]
        read_from.append(sorted(sums))
    return (
        outcome.state,
        outcome.reason,
        outcome.accepted,
        read_from,
    )


def _sums(receipts: Iterable[Receipt]) -> list[str]:
    return sorted(receipt.sha256 for receipt in receipts)


def _at_inbox(run_context: RunContext, source: Source) -> Look:
    inbox = run_context.inbox
    if _was_read(
        run_context,
        source,
        returns_in(inbox),
    ):
        return Look(False, f"Nothing new in {inbox}.")
    return Look(True, f"The files in {inbox} are others than at the last refresh.")


def _was_read(
    run_context: RunContext,
    source: Source,
    files: Mapping[str, str],
) -> bool:
    fetched = run_context.store.last_fetch(source.id)
    receipts = fetched.roles.values() if fetched is not None else ()
    # A file that was read and is gone is news too.
    if not {receipt.url for receipt in receipts} <= set(files):
        return False
    return all(_sum_read(run_context, source, name) == files[name] for name in files)


def _sum_read(
    run_context: RunContext,
    source: Source,
    name: str,
) -> str:
    """The SHA-256 of the file of this name that a source read last, whether or not it had rows for it."""
    asked = Receipt(
        sha256="",
        source=source.id,
        edition=run_context.edition,
        method=RETURN,
        url=name,
        retrieved="",
        size=0,
        media_type="",
        licence=source.licence,
    )
    receipt = run_context.store.last_answer(asked)
    return receipt.sha256 if receipt is not None else ""


def _at_publisher(
    client: Client,
    source: Source,
    fetched: Fetched,
) -> Look:
    roles = {}
    for role, receipt in fetched.roles.items():
        is_small_page = any(fnmatchcase(role, pattern) for pattern in source.news_in)
        if is_small_page and receipt.method == "GET":
            roles[role] = receipt
    if not roles:
        return Look(
            True, "This publisher gives no small page that would say whether there is anything new."
        )
    started = time.monotonic()
    for role, receipt in roles.items():
        if time.monotonic() - started > _LONGEST_LOOK:
            raise ThindicatorsError(
                f"{source.id}: the publisher takes too long to say what is new."
            )
        if (
            client.get(
                role,
                receipt.url,
                release=receipt.release,
            ).sha256
            != receipt.sha256
        ):
            return Look(True, f"“{role}” differs from the last refresh.")
    return Look(
        False,
        f"{source.publisher} has nothing new since {fetched.checked[:10]} ({', '.join(roles)}).",
    )
