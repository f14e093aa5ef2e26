"""What would come of a return that has no problem: its figures, what they replace, and what would not be published.

What belongs here: what is said to the person who checks a return. Whether it may be published belongs in `check`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sources.returns.check import opened, problems, published
from sources.returns.file import ReturnFile, read_return
from sources.returns.inbox import right_files
from sources.returns.rows import Problem, ReturnRow
from sources.returns.small_numbers import WITHHELD_NOTE
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator, Plan
from thindicators.safe_text import visible
from thindicators.telling.summary import shown

COLUMNS = (
    "indicator",
    "area",
    "period",
    "group",
    "figure",
    "95% limits",
    "note",
)
"""The columns of `Preview.rows`."""

_SHOWN = 20


@dataclass(frozen=True)
class Preview:
    """What would come of a return.

    Attributes:
        heading: How many of its rows would be published.
        rows: The figures, as the rows of a table for people.
        remarks: What would not be published or not stand, and what is missing, each a sentence.
    """

    heading: str
    rows: Sequence[tuple[str, ...]]
    remarks: Sequence[str]


def judged(
    plan: Plan,
    inbox: Path,
    path: Path,
    today: date,
) -> list[Problem] | Preview:
    """What is wrong with a file that somebody wants to hand in; or, if nothing is, what would come of it.

    Args:
        plan: With all indicators that can be handed in.
        inbox: The folder that the file would be put into; the files there are read with it.
        path: The file, wherever it is.
        today: The day it is in London.
    """
    file = opened(plan, path)
    if isinstance(file, Problem):
        return [file]
    beside = right_files(plan, inbox, today)
    others = {name: other for name, other in beside.items() if name != path.name}
    if wrong := problems(plan, file, today, others):
        return wrong
    # A file that lies there already takes nobody's place.
    is_in_the_inbox = path.absolute() == (inbox / path.name).absolute()
    return preview(
        plan,
        file,
        others if is_in_the_inbox else beside,
    )


def preview(
    plan: Plan,
    snapshot: Snapshot,
    beside: Mapping[str, Snapshot],
) -> Preview:
    """What would come of a return.

    Args:
        plan: With all indicators that can be handed in.
        snapshot: A file without a problem, alone and beside the others.
        beside: The other right files of the inbox, by name; one of this name would be replaced.
    """
    others = {name: file for name, file in beside.items() if name != snapshot.role}
    figures = []
    # Read with the others, since a row may lose to one of theirs, or be withheld for the sake of one.
    for indicator, observation in published(plan, {snapshot.role: snapshot, **others}):
        if observation.snapshot == snapshot.sha256:
            figures.append((indicator, observation))
    file = read_return(snapshot)
    rows = file.rows
    remarks = [
        *_left_blank(file),
        *_unlicensed(rows),
        *_shortened(_replacing(rows, others)),
        *_lost(rows, beside.get(snapshot.role), others),
        *_absent_groups(plan, figures),
        *_withheld(figures),
    ]
    return Preview(
        heading=_heading(snapshot, len(rows), len(figures)),
        rows=[_cells(plan, indicator, observation) for indicator, observation in figures],
        remarks=remarks,
    )


def _heading(
    snapshot: Snapshot,
    rows: int,
    figures: int,
) -> str:
    about = f"{visible(snapshot.role)}: {_counted(rows, 'row')}"
    # “All well” is said only where every row becomes a figure: people read no further.
    if not figures:
        return f"{about}, and none of them would be published."
    if figures < rows:
        return f"{about}, of which {figures} would be published:"
    return f"{about}, all well. This would be published:"


def _cells(
    plan: Plan,
    indicator: Indicator,
    observation: Observation,
) -> tuple[str, ...]:
    lower, upper = observation.lower_ci_95, observation.upper_ci_95
    is_total = observation.category == "total"
    return (
        indicator.id,
        plan.area_names[observation.area_code],
        observation.period.label,
        "" if is_total else f"{observation.breakdown}: {observation.category}",
        shown(observation.value, observation.status, indicator),
        "" if lower is None else f"{lower:g} to {upper:g}",
        observation.note,
    )


def _left_blank(file: ReturnFile) -> Iterator[str]:
    if file.left_blank:
        yield f"Not filled in, and so not handed in: {_counted(len(file.left_blank), 'row')}."


def _unlicensed(rows: Sequence[ReturnRow]) -> Iterator[str]:
    unlicensed = [row for row in rows if row.licence_confirmed == "no"]
    if unlicensed:
        yield f"Not published: {_counted(len(unlicensed), 'row')} whose licence_confirmed is “no”."


def _replacing(
    rows: Sequence[ReturnRow],
    others: Mapping[str, Snapshot],
) -> Iterator[str]:
    """What becomes of each row that is one figure with a row of another file."""
    lines: dict[tuple[str, ...], list[ReturnRow]] = {}
    for row in rows:
        lines.setdefault(row.line, []).append(row)
    for name, file in others.items():
        for other in read_return(file).rows:
            for row in lines.get(other.line, []):
                if row.overlaps(other):
                    yield _meeting(row, other, visible(name))


def _meeting(
    row: ReturnRow,
    other: ReturnRow,
    name: str,
) -> str:
    """What becomes of a row that is one figure with a row of another file, in words."""
    where = f"row {other.row} of {name}"
    value = other.value_text or f"[{other.status}]"
    if row == other:
        return f"Row {row.row} says the same as {where}."
    if row.supplied_on > other.supplied_on:
        return f"Row {row.row} replaces {where}, {value}, supplied on {other.supplied_on}."
    return (
        f"Row {row.row} would not be published: {where}, {value}, was supplied later, on "
        f"{other.supplied_on}, and stands."
    )


def _lost(
    rows: Sequence[ReturnRow],
    replaced: Snapshot | None,
    others: Mapping[str, Snapshot],
) -> Iterator[str]:
    """The figures of the file of this name in the inbox that no file would have any more."""
    if replaced is None:
        return
    # A figure that another file has too stays, whatever becomes of this one.
    left = [*rows]
    for file in others.values():
        left += read_return(file).rows
    yield f"It would take the place of the file {visible(replaced.role)} in the inbox."
    for row in read_return(replaced).rows:
        if not any(row.line == other.line and row.overlaps(other) for other in left):
            yield f"Row {row.row} of that file, {row.indicator_id} {row.period.label}, would be gone."


def _absent_groups(
    plan: Plan,
    figures: Sequence[tuple[Indicator, Observation]],
) -> Iterator[str]:
    """The groups that an indicator's own figures must have and these lack."""
    own = []
    for indicator, observation in figures:
        # The context beside an indicator has no groups that it must have.
        if indicator.source == plan.indicators[indicator.id].source:
            own.append((indicator.id, observation))
    given = {
        (
            name,
            figure.breakdown,
            figure.category,
        )
        for name, figure in own
    }
    for name in dict.fromkeys(name for name, _ in own):
        for breakdown, members in plan.indicators[name].breakdowns.items():
            for member in members:
                if (name, breakdown, member) not in given:
                    yield (
                        f"Missing: {name} also has {breakdown}: {member}. "
                        "It is published once another return or source gives that too."
                    )


def _withheld(figures: Sequence[tuple[Indicator, Observation]]) -> Iterator[str]:
    notes = [observation.note for _, observation in figures]
    hidden = sum(WITHHELD_NOTE in note for note in notes)
    if hidden:
        yield (
            f"Withheld: {_counted(hidden, 'figure')}, so that no number from 1 to 4 can be seen or "
            "worked out."
        )


def _shortened(sentences: Iterator[str]) -> Iterator[str]:
    """The first sentences, and how many more there are."""
    every = list(sentences)
    yield from every[:_SHOWN]
    if len(every) > _SHOWN:
        yield f"And {len(every) - _SHOWN} more rows meet those of other files."


def _counted(number: int, what: str) -> str:
    """A number with what is counted: 1 row, 2 rows."""
    return f"{number} {what if number == 1 else what + 's'}"
