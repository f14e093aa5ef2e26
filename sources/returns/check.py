"""Whether a file may be published as a return, and what would be published of it.

What belongs here: judging a whole file against the plan, alone and beside the files that stand. The rules of a row
belong in `rules`, those of an indicator in `standing`; what becomes of a file that fails belongs in `inbox`, and what
is said of one that does not in `preview`.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path, PurePath

from sources.returns import standing as returns
from sources.returns.figures import observations
from sources.returns.file import MOST_PROBLEMS, ReturnFile, read_return
from sources.returns.rows import Problem
from thindicators.errors import SourceError
from thindicators.fetching.snapshots import RETURN, Receipt, Snapshot
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator, Plan
from thindicators.safe_text import is_file_name, why_refused

SUFFIXES = frozenset({".csv", ".xlsx"})


def handed_in(plan: Plan) -> list[tuple[str, Indicator]]:
    """Every source that is handed in, with each indicator that it feeds, as the source sees it."""
    views = []
    for source in plan.sources.values():
        if source.kind == "return":
            views += [(source.id, indicator) for indicator in plan.indicators_of(source.id)]
    return views


def opened(plan: Plan, path: Path, edition: str = "live") -> Snapshot | Problem:
    """A file that somebody wants to hand in; or why it cannot be opened at all.

    Args:
        plan: Whose limits of size apply.
        path: Of the file.
        edition: As a run of which it is seen. Only a return of the sample itself may quote figures of others.
    """
    try:
        # Not `stat`, which would follow a link to wherever it leads.
        about = path.lstat()
        if problem := _kind_problem(path.name, about) or _size_problem(plan, about):
            return problem
        content = path.read_bytes()
    except OSError as problem_of_disk:
        why = f"it cannot be read ({problem_of_disk.strerror})"
        return Problem(0, "", why, "check the file.")
    receipt = Receipt(
        sha256=hashlib.sha256(content).hexdigest(),
        source="return",
        edition=edition,
        method=RETURN,
        url=path.name,
        retrieved="",
        size=len(content),
        media_type="",
        licence="",
    )
    return Snapshot(path.name, content, receipt)


def _kind_problem(name: str, about: os.stat_result) -> Problem | None:
    """Why something cannot be a return by its kind and its name, before a byte of it is read."""
    if stat.S_ISDIR(about.st_mode):
        wrong = "it is a folder, and what is in it is not read"
        return Problem(
            0,
            "",
            wrong,
            "put the files themselves into the inbox.",
        )
    # A pipe or a device would be read for ever; a link may lead to any file of the machine.
    if not stat.S_ISREG(about.st_mode):
        wrong = "it is a link, a pipe or a device, and no file"
        return Problem(0, "", wrong, "put the file itself there.")
    # The name is published as where the figures are from.
    if not is_file_name(name) or why_refused(name):
        remedy = "give it a plain name, such as return-2026.csv."
        return Problem(0, "", "its name is not one to publish", remedy)
    suffix = PurePath(name).suffix
    if suffix.lower() not in SUFFIXES:
        wrong = f"a {suffix or 'file without an ending'} is no return"
        return Problem(
            0,
            "",
            wrong,
            "save it from Excel as .xlsx, or as “CSV UTF-8”.",
        )
    return None


def _size_problem(plan: Plan, about: os.stat_result) -> Problem | None:
    # Which source a file is of shows only in its rows, so that the strictest limit holds for all.
    returned = [source for source in plan.sources.values() if source.kind == "return"]
    largest = min(source.largest_body_mb for source in returned)
    if about.st_size > largest * 1_000_000:
        wrong = f"it is larger than {largest:g} MB"
        return Problem(
            0,
            "",
            wrong,
            "split the return into several files.",
        )
    return None


def problems(
    plan: Plan,
    snapshot: Snapshot,
    today: date,
    standing: Mapping[str, Snapshot] | None = None,
) -> list[Problem]:
    """Everything for which a file may not be published, in the order of its rows.

    Args:
        plan: With all indicators that can be handed in.
        snapshot: The file.
        today: The day it is in London.
        standing: The files that stand already, by name; the new one must not contradict them.
    """
    file = read_return(snapshot)
    views = handed_in(plan)
    indicator_ids = {indicator.id for _, indicator in views}
    unknown = returns.unknown_indicators(file, indicator_ids)
    seen = [*file.problems, *unknown, *_days_to_come(file, today)]
    for _, indicator in views:
        seen += returns.indicator_problems(file, indicator)
    # What contradicts other files can only be told of a file that is right in itself.
    if not seen:
        seen += _contradictions(plan, snapshot, standing or {})
    # Several indicators may find the same row wrong for the same reason.
    ordered = sorted(dict.fromkeys(seen), key=lambda problem: problem.row)
    return ordered[:MOST_PROBLEMS]


def _days_to_come(file: ReturnFile, today: date) -> Iterator[Problem]:
    """The days of supply that have not come: one in 2062 would win against every correction until then."""
    for row in file.rows:
        for column, day in (("supplied_on", row.supplied_on), ("published_on", row.published_on)):
            if day is not None and day > today:
                wrong = f"{day} has not come yet; today is {today}"
                yield row.problem(column, wrong, "correct the day.")


def concerned(plan: Plan, file: Path) -> set[str]:
    """The sources that a file seems to be of, by the indicators that it names; all that are handed in if by none."""
    views = handed_in(plan)
    read = opened(plan, file)
    named = read_return(read).indicators if isinstance(read, Snapshot) else {}
    sources = {source for source, indicator in views if indicator.id in named}
    return sources or {source for source, _ in views}


def published(
    plan: Plan,
    snapshots: Mapping[str, Snapshot],
) -> list[tuple[Indicator, Observation]]:
    """The figures that would be published of files that have no problem, small numbers withheld.

    Raises:
        SourceError: If two of the files contradict each other.
    """
    figures: list[tuple[Indicator, Observation]] = []
    for _, indicator in handed_in(plan):
        for observation in observations(indicator, snapshots):
            figures.append((indicator, observation))
    return figures


def _contradictions(
    plan: Plan,
    snapshot: Snapshot,
    standing: Mapping[str, Snapshot],
) -> list[Problem]:
    """What only shows when a file is read together with those that stand."""
    try:
        published(plan, {**standing, snapshot.role: snapshot})
    except SourceError as problem:
        return [
            Problem(
                0,
                "",
                f"expected {problem.expected}; came {problem.came} ({problem.where})",
                problem.remedy,
            )
        ]
    return []
