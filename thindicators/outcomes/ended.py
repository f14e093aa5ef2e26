"""Ended series: which series end when contradicting figures are accepted, and the names that they keep.

What belongs here: pure rules about series and names. When figures are held belongs in `holds`; that somebody accepted
them, and what follows for the figures that stand, in `balance`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import count

import pyarrow as pa

from thindicators.history.revisions import Revision, compare, moved_by_percent
from thindicators.outcomes.outcome import Acceptance, Reading


def series_that_end(
    before: pa.Table,
    after: pa.Table,
    usual: Mapping[str, float],
) -> tuple[str, ...]:
    """The series whose figures may not be joined to those that would take their place.

    Args:
        before: The figures that stand, of series that have not ended.
        after: The figures that contradict them.
        usual: The series that each release restates as a whole, and by how many percent a figure may move.
    """
    revisions = compare(before, after)
    # A series under another name is another series, also where its figures are the same.
    gone = series_in(before) - series_in(after)
    # A line may not join two units, however few figures have moved.
    others = {revision.series for revision in revisions if revision.unit_changed}
    restated = restated_beyond(revisions, usual)
    return tuple(sorted(gone | others | restated))


def restated_beyond(
    revisions: Iterable[Revision],
    usual: Mapping[str, float],
) -> set[str]:
    """The series that were restated, but for those that always are, as long as no figure moved further than usual."""
    beyond = set()
    for revision in revisions:
        limit = usual.get(revision.series, 0)
        if revision.kind == "restated" and moved_by_percent(revision) > limit:
            beyond.add(revision.series)
    return beyond


def names_of_ended(
    ends: Iterable[str],
    going_on: Collection[str],
    taken: Collection[str],
    day: str,
) -> dict[str, str]:
    """The names that ending series keep their figures under, each used by no other series.

    Args:
        ends: The series that end.
        going_on: The series of the figures that take their place: one of the same name needs it for those.
        taken: The names of all other series that have ended.
        day: On which they end, ISO 8601.
    """
    names: dict[str, str] = {}
    for series in ends:
        in_use = {*going_on, *taken, *names.values()}
        names[series] = (
            series
            if series not in in_use
            else _free_name(
                series,
                day,
                in_use,
            )
        )
    return names


def _free_name(
    series: str,
    day: str,
    in_use: Collection[str],
) -> str:
    plain = f"{series}_until_{day}"
    if plain not in in_use:
        return plain
    numbered = (f"{plain}_{number}" for number in count(2))
    return next(name for name in numbered if name not in in_use)


def with_names(
    acceptance: Acceptance,
    names: Mapping[str, str],
) -> Acceptance:
    """An acceptance whose ended series have other names."""
    closed = tuple(names.get(series, series) for series in acceptance.closed)
    return replace(
        acceptance,
        closed=closed,
    )


def published_as(
    reading: Reading,
    names: Mapping[str, str],
) -> Reading:
    """A reading of ended series that are published under other names."""
    ended = {read_as: names.get(name, name) for read_as, name in reading.ended.items()}
    return replace(
        reading,
        ended=ended,
    )


def series_in(table: pa.Table) -> set[str]:
    """The series of a table's figures."""
    return set(table["series"].to_pylist())
