"""Holds: new figures that contradict published ones wait until somebody accepts them, with a reason.

What belongs here: when figures are held, and what accepting them makes of the old ones. Keeping them on disk belongs
in `outcomes`.

A series that is restated at once, under the same name or another, is never joined to what was published: once accepted,
the old figures stay, as a series that has ended, beside the new ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from thindicators.errors import ThindicatorsError
from thindicators.observations import KEY, ORDER
from thindicators.outcomes import Acceptance, Outcome, OutcomeStore
from thindicators.revisions import Revision, compare, restated_series
from thindicators.snapshots import Receipt

_SHOWN = 5


def reason_to_hold(last: Outcome | None, table: pa.Table) -> str:
    """Why new figures must wait for somebody's word; empty text if they need not.

    Args:
        last: The last good figures.
        table: The new ones, as the source gives them now.
    """
    if last is None or not last.table.num_rows:
        return ""
    before = _without(last.table, last.closed)
    sentences = []
    if gone := sorted(_values(before, "series") - _values(table, "series")):
        sentences.append(f"the series {', '.join(gone)} is replaced by {', '.join(sorted(_values(table, 'series')))}")
    revisions = compare(before, table)
    if lost := [one for one in revisions if _is_lost(one) and one.series not in gone]:
        sentences.append(f"{len(lost)} published figures gone: {'; '.join(_where(one) for one in lost[:_SHOWN])}")
    if restated := sorted(restated_series(revisions)):
        sentences.append(f"most figures of {', '.join(restated)} moved at once")
    return "; ".join(sentences)


def _is_lost(one: Revision) -> bool:
    """Whether a published figure is gone; one that the publisher now withholds or marks is not, it says why."""
    return one.old is not None and (one.kind == "withdrawn" or (one.new is None and one.new_status == "x"))


def _where(one: Revision) -> str:
    named = dict(zip(KEY, one.key, strict=True))
    return " ".join(named[name] for name in ("area_code", "period", "category"))


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
    )


def accept(kept: OutcomeStore, indicator: str, reason: str, day: str) -> Outcome:
    """Let held figures take the place of the last good ones.

    Args:
        kept: Where outcomes are kept.
        indicator: Its id.
        reason: Why the new figures are right, in the words of the person who accepts.
        day: Today, ISO 8601.

    Raises:
        ThindicatorsError: If nothing is held, or no reason is given.
    """
    candidate, last = kept.held(indicator), kept.load(indicator)
    if candidate is None or last is None:
        raise ThindicatorsError(f"{indicator}: nothing is held, so there is nothing to accept.")
    if not reason.strip():
        raise ThindicatorsError("Say why the new figures are right: the release tells its readers.")
    names = _closing(last, candidate, day)
    old = last.table.filter(pc.is_in(last.table["series"], pa.array([*names, *sorted(last.closed)], pa.string())))
    renamed = pa.array([names.get(series, series) for series in old["series"].to_pylist()], pa.string())
    ended = old.set_column(old.schema.get_field_index("series"), "series", renamed)
    acceptance = Acceptance(day, reason.strip(), tuple(sorted(names.values())))
    return kept.keep_fresh(
        replace(
            candidate,
            table=_together(candidate.table, ended),
            receipts=_receipts(candidate.receipts, last.receipts, ended),
            accepted=(*last.accepted, acceptance),
        )
    )


def _closing(last: Outcome, candidate: Outcome, day: str) -> dict[str, str]:
    """The series that end with an acceptance, and the names that they keep their figures under."""
    before = _without(last.table, last.closed)
    gone = _values(before, "series") - _values(candidate.table, "series")
    restated = restated_series(compare(before, candidate.table))
    return {**{series: series for series in gone}, **{series: f"{series}_until_{day}" for series in restated}}


def _together(new: pa.Table, ended: pa.Table) -> pa.Table:
    return pa.concat_tables([new, ended]).sort_by([(column, "ascending") for column in ORDER])


def _receipts(new: Sequence[Receipt], old: Sequence[Receipt], ended: pa.Table) -> tuple[Receipt, ...]:
    needed = _values(ended, "snapshot")
    return tuple({one.sha256: one for one in [*(one for one in old if one.sha256 in needed), *new]}.values())


def _without(table: pa.Table, series: frozenset[str]) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table["series"], pa.array(sorted(series), pa.string()))))


def _values(table: pa.Table, column: str) -> set[str]:
    return set(table[column].to_pylist())
