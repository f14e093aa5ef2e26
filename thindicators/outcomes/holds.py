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
from itertools import count
from math import inf
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from thindicators.errors import ThindicatorsError
from thindicators.fetching.snapshots import Receipt
from thindicators.history.revisions import MOST, Revision, compare, restated_series
from thindicators.observations.observation import ORDER
from thindicators.outcomes.outcome import Acceptance, CheckResult, Outcome, Reading, Review
from thindicators.outcomes.readings import ended_now, without_kept
from thindicators.outcomes.store import OutcomeStore
from thindicators.plan.rules import LOST
from thindicators.safe_text import why_refused

_SHOWN = 5
_ANOTHER_SIZE = 10
"""How many times a figure grows or shrinks only if its unit changes, not if it is revised."""


def reason_to_hold(
    last: Outcome | None,
    table: pa.Table,
    restated_within: Mapping[str, float] = MappingProxyType({}),
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
    series_before = _values(before, "series")
    series_now = _values(table, "series")
    revisions = compare(before, table)
    sentences = []
    # Each reason is one that an officer can look up in the publisher's own words, so that all are told.
    if back := sorted(_ended_and_back(last, table)):
        sentences.append(f"the series {', '.join(back)} had ended and has come back")
    if gone := sorted(series_before - series_now):
        now = ", ".join(sorted(series_now))
        sentences.append(f"the series {', '.join(gone)} is replaced by {now}")
    # Of a series that is gone every figure is, which has been said already.
    if lost := [each for each in revisions if _is_lost(each) and each.series not in gone]:
        first = "; ".join(_where(each) for each in lost[:_SHOWN])
        sentences.append(f"{len(lost)} published figures gone: {first}")
    if restated := sorted(_restated_beyond(revisions, restated_within)):
        sentences.append(f"most figures of {', '.join(restated)} moved at once")
    if renamed := [each for each in revisions if _is_of_another_period(each)]:
        first = "; ".join(_where(each) for each in renamed[:_SHOWN])
        sentences.append(
            f"{len(renamed)} published figures replaced under another label of the period: {first}"
        )
    if slipped := _tenfold(before, revisions):
        periods = ", ".join(slipped)
        sentences.append(
            f"most figures of {periods} are ten times what they were, or a tenth of it"
        )
    return "; ".join(sentences)


def _restated_beyond(
    revisions: Sequence[Revision], restated_within: Mapping[str, float]
) -> set[str]:
    """The series that were restated, but for those that always are, as long as no figure moved further than usual."""
    beyond = set()
    for revision in revisions:
        usual = restated_within.get(revision.series, 0)
        if revision.kind == "restated" and _moved_by_percent(revision) > usual:
            beyond.add(revision.series)
    return beyond


def _moved_by_percent(revision: Revision) -> float:
    if revision.old is None or revision.new is None:
        return 0
    # From nothing, any step is beyond all bounds.
    if not revision.old:
        return inf
    return abs(revision.new - revision.old) / abs(revision.old) * 100


def _tenfold(before: pa.Table, revisions: Sequence[Revision]) -> list[str]:
    """The periods most of whose figures are now of another size, as after a change of unit in the publisher's file."""
    # A nought has no size that could change.
    figures = Counter(row["period"] for row in before.to_pylist() if row["value"])
    slipped = [each for each in revisions if _is_tenfold(each)]
    slipped_figures = Counter(each.named["period"] for each in slipped)
    return sorted(
        period for period, count in slipped_figures.items() if count > MOST * figures[period]
    )


def _is_tenfold(revision: Revision) -> bool:
    if not revision.old or not revision.new:
        return False
    return not 1 / _ANOTHER_SIZE < revision.new / revision.old < _ANOTHER_SIZE


def open_figures(last: Outcome | None) -> pa.Table | None:
    """The last good figures of series that have not ended; None if there are none."""
    if last is None or not last.table.num_rows:
        return None
    return _without(last.table, last.closed)


def _is_lost(revision: Revision) -> bool:
    """Whether a published figure is gone; one that the publisher now withholds or marks is not, it says why."""
    if revision.old is None:
        return False
    is_blank = revision.new is None and revision.new_status == "x"
    return revision.kind == "withdrawn" or is_blank


def _is_of_another_period(revision: Revision) -> bool:
    """Whether another figure stands where one was published, and its period is called otherwise.

    Last year's row with this year's label and last year's days would take the place of last year's figure.
    """
    is_another = (
        revision.old is not None and revision.new is not None and revision.old != revision.new
    )
    return is_another and "period_label" in revision.changed


def _where(revision: Revision) -> str:
    key = revision.named
    # The total is called total in both columns; once is enough.
    group = dict.fromkeys((key["breakdown"], key["category"]))
    return " ".join((key["area_code"], key["period"], *group))


def with_closed_series(new: Outcome, last: Outcome | None) -> Outcome:
    """New figures together with the series of the last good ones that have ended."""
    if last is None or not last.accepted:
        return new
    ended = _only(last.table, last.closed)
    readings_of_ended = [reading for reading in last.readings if reading.ended]
    return replace(
        new,
        table=_together(new.table, ended),
        receipts=_receipts(new.receipts, last.receipts, ended),
        accepted=last.accepted,
        readings=(*new.readings, *readings_of_ended),
    )


def accept(
    store: OutcomeStore,
    indicator: str,
    reason: str,
    day: str,
    source: str = "",
) -> Outcome:
    """Let held figures take the place of the last good ones.

    Args:
        store: Where outcomes are kept.
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
        raise ThindicatorsError(
            f"The reason cannot be published: {why}. Begin it with a word, all on one line."
        )
    with store.locked(indicator):
        part = _part_meant(store, indicator, source)
        candidate = store.held(indicator, part)
        last = store.load_part(indicator, part)
        if candidate is None or last is None:
            raise ThindicatorsError(f"{indicator}: nothing is held, so there is nothing to accept.")
        return store.keep_fresh(_accepted(candidate, last, reason.strip(), day))


def _part_meant(store: OutcomeStore, indicator: str, source: str) -> str:
    """The source whose held figures are meant; empty text stands for an indicator's only source."""
    waiting = store.waiting(indicator)
    if not source and len(waiting) > 1:
        raise ThindicatorsError(
            f"{indicator}: figures of {' and of '.join(waiting)} are held. Accept them one by one: name the source."
        )
    if source and source not in waiting:
        held = ", ".join(filter(None, waiting)) or ("its only source" if waiting else "none")
        raise ThindicatorsError(
            f"{indicator}: nothing of {source} is held. Held are those of: {held}."
        )
    return source or next(iter(waiting), "")


def _accepted(
    candidate: Outcome,
    good: Outcome,
    reason: str,
    day: str,
) -> Outcome:
    # In this order: a name must be free before a series that ends now can take it.
    last = _out_of_the_way(good, candidate, day)
    names = _closing(last, candidate, day)
    candidate = without_kept(candidate, names)
    ended = _renamed(_only(last.table, {*names, *last.closed}), names)
    acceptance = Acceptance(day, reason, closed=tuple(sorted(names.values())))
    return replace(
        candidate,
        table=_together(candidate.table, ended),
        receipts=_receipts(candidate.receipts, last.receipts, ended),
        checks=tuple(_let_through(result, reason) for result in candidate.checks),
        accepted=(*last.accepted, acceptance),
        readings=(*candidate.readings, *ended_now(last.readings, names)),
    )


def _let_through(result: CheckResult, reason: str) -> CheckResult:
    """A check's result once the figures are accepted: that they contradict published ones stops them no more."""
    if result.name != LOST:
        return result
    return replace(result, passed=True, review=Review(reason, "Whoever accepted them", ""))


def _ended_and_back(last: Outcome | None, table: pa.Table) -> set[str]:
    if last is None:
        return set()
    return set(last.closed) & _values(table, "series")


def _out_of_the_way(last: Outcome, candidate: Outcome, day: str) -> Outcome:
    """The last good figures with another name for each ended series whose own has come back."""
    names = {
        series: _name_of_ended(series, day, last.closed)
        for series in _ended_and_back(last, candidate.table)
    }
    return replace(
        last,
        table=_renamed(last.table, names),
        accepted=tuple(_with_names(acceptance, names) for acceptance in last.accepted),
        readings=tuple(_published_as(reading, names) for reading in last.readings),
    )


def _with_names(acceptance: Acceptance, names: Mapping[str, str]) -> Acceptance:
    closed = tuple(names.get(series, series) for series in acceptance.closed)
    return replace(acceptance, closed=closed)


def _published_as(reading: Reading, names: Mapping[str, str]) -> Reading:
    ended = {read_as: names.get(name, name) for read_as, name in reading.ended.items()}
    return replace(reading, ended=ended)


def _renamed(table: pa.Table, names: Mapping[str, str]) -> pa.Table:
    renamed = [names.get(series, series) for series in table["series"].to_pylist()]
    place = table.schema.get_field_index("series")
    return table.set_column(place, "series", pa.array(renamed, pa.string()))


def _name_of_ended(series: str, day: str, taken: Collection[str]) -> str:
    """The name that a series keeps its figures under, even if others of it ended on the same day."""
    plain = f"{series}_until_{day}"
    if plain not in taken:
        return plain
    numbered = (f"{plain}_{number}" for number in count(2))
    return next(name for name in numbered if name not in taken)


def _closing(last: Outcome, candidate: Outcome, day: str) -> dict[str, str]:
    """The series that end with an acceptance, and the names that they keep their figures under."""
    before = _without(last.table, last.closed)
    gone = _values(before, "series") - _values(candidate.table, "series")
    restated = restated_series(compare(before, candidate.table))
    # A series that is gone keeps its name; one that goes on needs it for its new figures.
    names = {series: series for series in gone}
    for series in restated:
        names[series] = _name_of_ended(series, day, last.closed)
    return names


def _together(new: pa.Table, ended: pa.Table) -> pa.Table:
    table = pa.concat_tables([new, ended])
    return table.sort_by([(column, "ascending") for column in ORDER])


def _receipts(
    new: Sequence[Receipt],
    old: Sequence[Receipt],
    ended: pa.Table,
) -> tuple[Receipt, ...]:
    """The receipts of new figures, and of the old ones that ended."""
    needed = _values(ended, "snapshot")
    receipts = {receipt.sha256: receipt for receipt in old if receipt.sha256 in needed}
    receipts.update({receipt.sha256: receipt for receipt in new})
    return tuple(receipts.values())


def _only(table: pa.Table, series: Collection[str]) -> pa.Table:
    return table.filter(_is_of(table, series))


def _without(table: pa.Table, series: Collection[str]) -> pa.Table:
    return table.filter(pc.invert(_is_of(table, series)))


def _is_of(table: pa.Table, series: Collection[str]) -> pa.ChunkedArray:
    return pc.is_in(table["series"], pa.array(sorted(series), pa.string()))


def _values(table: pa.Table, column: str) -> set[str]:
    return set(table[column].to_pylist())
