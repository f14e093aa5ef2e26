"""Holds: new figures that contradict published ones wait until somebody accepts them, with a reason.

What belongs here: when figures are held, and what accepting them makes of the old ones. Keeping them on disk belongs
in `outcomes`.

A series that is restated at once, under the same name or another, is never joined to what was published: once accepted,
the old figures stay, as a series that has ended, beside the new ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import chain, count
from math import inf
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from thindicators.errors import ThindicatorsError
from thindicators.fetching.snapshots import Receipt
from thindicators.history.revisions import MOST, Revision, compare, restated_series
from thindicators.observations.observation import KEY, ORDER
from thindicators.outcomes.outcome import Acceptance, CheckResult, Outcome, Review
from thindicators.outcomes.readings import ended_now, without_kept
from thindicators.outcomes.store import OutcomeStore
from thindicators.plan.rules import LOST
from thindicators.safe_text import why_refused

_SHOWN = 5
_ANOTHER_SIZE = 10
"""How many times a figure grows or shrinks only if its unit changes, not if it is revised."""


def reason_to_hold(
    last: Outcome | None, table: pa.Table, restated_within: Mapping[str, float] = MappingProxyType({})
) -> str:
    """Why new figures must wait for somebody's word; empty text if they need not.

    Args:
        last: The last good figures.
        table: The new ones, as the source gives them now.
        restated_within: The series that each release restates as a whole, and by how many percent a figure may move.
    """
    before = open_figures(last)
    if before is None:
        return ""
    sentences = []
    if back := sorted(_ended_and_back(last, table)):
        sentences.append(f"the series {', '.join(back)} had ended and has come back")
    if gone := sorted(_values(before, "series") - _values(table, "series")):
        sentences.append(f"the series {', '.join(gone)} is replaced by {', '.join(sorted(_values(table, 'series')))}")
    revisions = compare(before, table)
    if lost := [one for one in revisions if _is_lost(one) and one.series not in gone]:
        sentences.append(f"{len(lost)} published figures gone: {'; '.join(_where(one) for one in lost[:_SHOWN])}")
    if restated := sorted(_restated_beyond(revisions, restated_within)):
        sentences.append(f"most figures of {', '.join(restated)} moved at once")
    if slipped := _tenfold(before, revisions):
        sentences.append(f"most figures of {', '.join(slipped)} are ten times what they were, or a tenth of it")
    return "; ".join(sentences)


def _restated_beyond(revisions: Sequence[Revision], restated_within: Mapping[str, float]) -> set[str]:
    """The series that were restated, but for those that always are, as long as no figure moved further than usual."""
    beyond = set()
    for revision in revisions:
        if revision.kind == "restated" and _moved_by_percent(revision) > restated_within.get(revision.series, 0):
            beyond.add(revision.series)
    return beyond


def _moved_by_percent(revision: Revision) -> float:
    if revision.old is None or revision.new is None:
        return 0
    return abs(revision.new - revision.old) / abs(revision.old) * 100 if revision.old else inf


def _tenfold(before: pa.Table, revisions: Sequence[Revision]) -> list[str]:
    """The periods most of whose figures are now of another size, as after a change of unit in the publisher's file."""
    there = Counter(row["period"] for row in before.to_pylist() if row["value"])
    moved = Counter(dict(zip(KEY, one.key, strict=True))["period"] for one in revisions if _is_tenfold(one))
    return sorted(period for period, count in moved.items() if count > MOST * there[period])


def _is_tenfold(one: Revision) -> bool:
    if not one.old or not one.new:
        return False
    return not 1 / _ANOTHER_SIZE < one.new / one.old < _ANOTHER_SIZE


def open_figures(last: Outcome | None) -> pa.Table | None:
    """The last good figures of series that have not ended; None if there are none."""
    if last is None or not last.table.num_rows:
        return None
    return _without(last.table, last.closed)


def _is_lost(one: Revision) -> bool:
    """Whether a published figure is gone; one that the publisher now withholds or marks is not, it says why."""
    return one.old is not None and (one.kind == "withdrawn" or (one.new is None and one.new_status == "x"))


def _where(one: Revision) -> str:
    named = dict(zip(KEY, one.key, strict=True))
    group = dict.fromkeys((named["breakdown"], named["category"]))
    return " ".join((named["area_code"], named["period"], *group))


def with_closed_series(new: Outcome, last: Outcome | None) -> Outcome:
    """New figures together with the series of the last good ones that have ended."""
    if last is None or not last.accepted:
        return new
    ended = last.table.filter(pc.is_in(last.table["series"], pa.array(sorted(last.closed), pa.string())))
    return replace(
        new,
        table=_together(new.table, ended),
        receipts=_receipts(new.receipts, last.receipts, ended),
        accepted=last.accepted,
        readings=(*new.readings, *(reading for reading in last.readings if reading.ended)),
    )


def accept(kept: OutcomeStore, indicator: str, reason: str, day: str, source: str = "") -> Outcome:
    """Let held figures take the place of the last good ones.

    Args:
        kept: Where outcomes are kept.
        indicator: Its id.
        reason: Why the new figures are right, in the words of the person who accepts.
        day: Today, ISO 8601.
        source: Whose figures, where the indicator has several sources and more than one has figures that wait.

    Returns:
        The outcome of the indicator, or of the part of it that the source gives.

    Raises:
        ThindicatorsError: If nothing is held, no reason is given, or one that could act where it is read; or if it is
            not clear which of two held parts is meant.
    """
    if not reason.strip():
        raise ThindicatorsError("Say why the new figures are right: the release tells its readers.")
    if why := why_refused(reason.strip()):
        raise ThindicatorsError(f"The reason cannot be published: {why}. Begin it with a word, all on one line.")
    with kept.alone_with(indicator):
        part = _part_meant(kept, indicator, source)
        candidate, last = kept.held(indicator, part), kept.load_part(indicator, part)
        if candidate is None or last is None:
            raise ThindicatorsError(f"{indicator}: nothing is held, so there is nothing to accept.")
        return kept.keep_fresh(_accepted(candidate, last, reason.strip(), day))


def _part_meant(kept: OutcomeStore, indicator: str, source: str) -> str:
    """The source whose held figures are meant; empty text stands for an indicator's only source."""
    waiting = kept.waiting(indicator)
    if not source and len(waiting) > 1:
        raise ThindicatorsError(
            f"{indicator}: figures of {' and of '.join(waiting)} are held. Accept them one by one: name the source."
        )
    if source and source not in waiting:
        held = ", ".join(filter(None, waiting)) or ("its only source" if waiting else "none")
        raise ThindicatorsError(f"{indicator}: nothing of {source} is held. Held are those of: {held}.")
    return source or next(iter(waiting), "")


def _accepted(candidate: Outcome, good: Outcome, reason: str, day: str) -> Outcome:
    last = _out_of_the_way(good, candidate, day)
    names = _closing(last, candidate, day)
    candidate = without_kept(candidate, names)
    old = last.table.filter(pc.is_in(last.table["series"], pa.array([*names, *sorted(last.closed)], pa.string())))
    ended = _renamed(old, names)
    return replace(
        candidate,
        table=_together(candidate.table, ended),
        receipts=_receipts(candidate.receipts, last.receipts, ended),
        checks=tuple(_let_through(one, reason) for one in candidate.checks),
        accepted=(*last.accepted, Acceptance(day, reason, tuple(sorted(names.values())))),
        readings=(*candidate.readings, *ended_now(last.readings, names)),
    )


def _let_through(one: CheckResult, reason: str) -> CheckResult:
    """A check's result once the figures are accepted: that they contradict published ones stops them no more."""
    if one.name != LOST:
        return one
    return replace(one, passed=True, review=Review(reason, "Whoever accepted them", ""))


def _ended_and_back(last: Outcome | None, table: pa.Table) -> set[str]:
    return set(last.closed) & _values(table, "series") if last else set()


def _out_of_the_way(last: Outcome, candidate: Outcome, day: str) -> Outcome:
    """The last good figures with another name for each ended series whose own has come back."""
    names = {one: _name_of_ended(one, day, last.closed) for one in _ended_and_back(last, candidate.table)}
    return replace(
        last,
        table=_renamed(last.table, names),
        accepted=tuple(
            replace(one, closed=tuple(names.get(name, name) for name in one.closed)) for one in last.accepted
        ),
        readings=tuple(
            replace(one, ended={series: names.get(name, name) for series, name in one.ended.items()})
            for one in last.readings
        ),
    )


def _renamed(table: pa.Table, names: Mapping[str, str]) -> pa.Table:
    series = pa.array([names.get(one, one) for one in table["series"].to_pylist()], pa.string())
    return table.set_column(table.schema.get_field_index("series"), "series", series)


def _name_of_ended(series: str, day: str, taken: Collection[str]) -> str:
    """The name that a series keeps its figures under, even if others of it ended on the same day."""
    plain = f"{series}_until_{day}"
    return next(name for name in chain([plain], (f"{plain}_{number}" for number in count(2))) if name not in taken)


def _closing(last: Outcome, candidate: Outcome, day: str) -> dict[str, str]:
    """The series that end with an acceptance, and the names that they keep their figures under."""
    before = _without(last.table, last.closed)
    gone = _values(before, "series") - _values(candidate.table, "series")
    restated = restated_series(compare(before, candidate.table))
    return {**{series: series for series in gone}, **{one: _name_of_ended(one, day, last.closed) for one in restated}}


def _together(new: pa.Table, ended: pa.Table) -> pa.Table:
    return pa.concat_tables([new, ended]).sort_by([(column, "ascending") for column in ORDER])


def _receipts(new: Sequence[Receipt], old: Sequence[Receipt], ended: pa.Table) -> tuple[Receipt, ...]:
    needed = _values(ended, "snapshot")
    return tuple({one.sha256: one for one in [*(one for one in old if one.sha256 in needed), *new]}.values())


def _without(table: pa.Table, series: frozenset[str]) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table["series"], pa.array(sorted(series), pa.string()))))


def _values(table: pa.Table, column: str) -> set[str]:
    return set(table[column].to_pylist())
