"""Holds: new figures that contradict published ones wait until somebody accepts them, with a reason.

What belongs here: when figures are held, and accepting them. What follows for the figures that stand belongs in
`balance`, the names of series that end in `ended`, keeping it all on disk in `store`.

A series that is restated at once, under the same name or another, is never joined to what was published: once accepted,
the old figures stay, as a series that has ended, beside the new ones.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

import pyarrow as pa

from thindicators import house_style
from thindicators.errors import ThindicatorsError
from thindicators.history.revisions import MOST, Revision, compare
from thindicators.observations.observation import key_of, rows_of
from thindicators.outcomes.ended import restated_beyond, series_in
from thindicators.outcomes.entries import Accepted
from thindicators.outcomes.outcome import Outcome, Reading
from thindicators.outcomes.store import OutcomeStore
from thindicators.outcomes.told import is_meant, short
from thindicators.safe_text import why_refused

_SHOWN = 5
_ANOTHER_SIZE = 10
"""How many times a figure grows or shrinks only if its unit changes, not if it is revised."""
_MAY_BE_OLDER = ("new", "metadata_only")
"""Differences in which no published figure goes back."""
_NUMBERS = re.compile(r"[0-9]+")


def reason_to_hold(
    last: Outcome | None,
    table: pa.Table,
    restated_within: Mapping[str, float] = MappingProxyType({}),
    reading: Reading | None = None,
) -> str:
    """Why new figures must wait for somebody's word; empty text if they need not.

    Args:
        last: The last good figures.
        table: The new ones, as the source gives them now.
        restated_within: The series that each release restates as a whole, and by how many percent a figure may move.
        reading: What the new ones were read from; None if that is not known.
    """
    before = open_figures(last)
    if last is None or before is None:
        return ""
    revisions = compare(before, table)
    sentences = [
        *_of_series(
            last,
            before,
            table,
        ),
        *_of_lost_figures(
            before,
            table,
            revisions,
        ),
        *_of_moved_figures(
            before,
            revisions,
            restated_within,
        ),
        *_of_labels(
            before,
            table,
            revisions,
        ),
        *_of_older_answers(
            last,
            reading,
            revisions,
        ),
    ]
    # Each reason is one that an officer can look up in the publisher's own words, so that all are told.
    return "; ".join(sentences)


def reason_to_hold_for_peers(
    last: Outcome | None,
    table: pa.Table,
    peers: Collection[str],
) -> str:
    """Why new figures must wait because rows of peers are gone; empty text if they need not.

    A doubtful figure of a peer stays in the table without its value. A row that is not there any more is another thing: the
    file may have been cut off, and then nobody knows what else it lost.

    Args:
        last: The last good figures.
        table: The new ones, as the source gives them now.
        peers: The codes of those peers that could be read.
    """
    before = open_figures(last)
    if before is None or not peers:
        return ""
    revisions = compare(before, table)
    lost = [revision for revision in revisions if revision.kind == "withdrawn"]
    lost = [revision for revision in lost if revision.named["area_code"] in peers]
    if not lost:
        return ""
    return f"{len(lost)} published figures of other councils gone: {_first_of(lost)}"


def open_figures(last: Outcome | None) -> pa.Table | None:
    """The last good figures of series that have not ended; None if there are none."""
    if last is None or not last.table.num_rows:
        return None
    return last.open_figures


def accept(
    store: OutcomeStore,
    indicator: str,
    reason: str,
    day: str,
    source: str = "",
    sum_told: str = "",
) -> Outcome:
    """Let held figures take the place of the last good ones.

    Args:
        store: Where outcomes are kept.
        indicator: Its id.
        reason: Why the new figures are right, in the words of the person who accepts.
        day: Today, ISO 8601.
        source: Whose figures, where the indicator has several sources and more than one has figures that wait.
        sum_told: The sum that was told with the figures, or its short form; empty for those that were told first since
            figures wait.

    Returns:
        The outcome of the indicator, or of the part of it that the source gives.

    Raises:
        ThindicatorsError: If nothing is held, or something else than was told; if no reason is given, or one that could
            act where it is read; or if it is not clear which of two held parts is meant.
    """
    words = _publishable(reason)
    # Between a look at what is held and the entry that accepts it, no run may hold something else.
    with store.locked(indicator):
        part = _part_meant(store, indicator, source)
        sum_held = _sum_meant(
            store,
            indicator,
            part,
            sum_told,
        )
        accepted = Accepted(sum_held, words, day)
        _require_keys(store.would_stand(indicator, part, accepted))
        return store.append(indicator, part, accepted)


def _publishable(reason: str) -> str:
    """A reason as it is published, without spaces around it."""
    words = reason.strip()
    if not words:
        raise ThindicatorsError("Say why the new figures are right: the release tells its readers.")
    if why := why_refused(words):
        raise ThindicatorsError(
            f"The reason cannot be published: {why}. Begin it with a word, all on one line."
        )
    return words


def _part_meant(
    store: OutcomeStore,
    indicator: str,
    source: str,
) -> str:
    """The source whose held figures are meant; empty text stands for an indicator's only source."""
    waiting = store.waiting(indicator)
    if not waiting:
        raise ThindicatorsError(f"{indicator}: {_why_nothing_is_held(store, indicator)}")
    if not source and len(waiting) > 1:
        raise ThindicatorsError(
            f"{indicator}: figures of {' and of '.join(waiting)} are held. Accept them one by one: name the source."
        )
    if source and source not in waiting:
        held = ", ".join(filter(None, waiting)) or "its only source"
        raise ThindicatorsError(
            f"{indicator}: nothing of {source} is held. Held are those of: {held}."
        )
    return source or waiting[0]


def _why_nothing_is_held(store: OutcomeStore, indicator: str) -> str:
    for part in store.parts(indicator):
        # What was told is remembered until the source gives figures that need nobody's word.
        balance = store.account(indicator, part).balance
        if balance.sum_told:
            return (
                f"nothing is held any more, so there is nothing to accept: the figures that were told "
                f"({short(balance.sum_told)}) are gone since. {balance.reason} Refresh it; if figures are held again, they "
                "can be accepted."
            )
    return "nothing is held, so there is nothing to accept."


def _sum_meant(
    store: OutcomeStore,
    indicator: str,
    part: str,
    sum_told: str,
) -> str:
    """The sum of the held figures, if they are those that were told."""
    held = store.sum_held(indicator, part)
    # Without a sum, the first that was told is meant: later ones may never have been looked at.
    expected = sum_told or store.account(indicator, part).balance.sum_told
    if not is_meant(held, expected):
        raise ThindicatorsError(
            f"{indicator}: other figures are held now ({short(held)}) than those that were told ({short(expected)}), so "
            "nothing is accepted. See `thindicators status` and what the publisher says about those of now; if they are "
            f"right, accept them by their sum: {short(held)}."
        )
    return held


def _require_keys(outcome: Outcome) -> None:
    """Refuse what could not be published because two figures would have one key."""
    if repeated := repeated_keys(outcome.table):
        raise ThindicatorsError(
            f"{outcome.indicator}: if these figures were accepted, two would be published for "
            f"{' '.join(repeated[0])}. Nothing is accepted; report this, with the ledger of the indicator."
        )


def repeated_keys(table: pa.Table) -> list[tuple[str, ...]]:
    """The keys that more than one figure of a table has."""
    counts = Counter(key_of(row) for row in rows_of(table))
    return [key for key, number in counts.items() if number > 1]


def _of_series(
    last: Outcome,
    before: pa.Table,
    table: pa.Table,
) -> list[str]:
    """What happened to whole series."""
    now = series_in(table)
    sentences = []
    if back := sorted(last.closed & now):
        sentences.append(f"the series {', '.join(back)} had ended and has come back")
    if gone := sorted(series_in(before) - now):
        sentences.append(f"the series {', '.join(gone)} is replaced by {', '.join(sorted(now))}")
    return sentences


def _of_lost_figures(
    before: pa.Table,
    table: pa.Table,
    revisions: Iterable[Revision],
) -> list[str]:
    gone = series_in(before) - series_in(table)
    # Of a series that is gone every figure is, which has been said already.
    lost = [revision for revision in revisions if _is_lost(revision)]
    lost = [revision for revision in lost if revision.series not in gone]
    if not lost:
        return []
    return [f"{len(lost)} published figures gone: {_first_of(lost)}"]


def _is_lost(revision: Revision) -> bool:
    """Whether a published figure is gone; one that the publisher now withholds or marks is not, it says why."""
    if revision.old is None:
        return False
    is_blank = revision.new is None and revision.new_status == "x"
    return revision.kind == "withdrawn" or is_blank


def _of_moved_figures(
    before: pa.Table,
    revisions: Sequence[Revision],
    usual: Mapping[str, float],
) -> list[str]:
    sentences = []
    if restated := sorted(restated_beyond(revisions, usual)):
        sentences.append(f"most figures of {', '.join(restated)} moved at once")
    if slipped := _tenfold(before, revisions):
        periods = ", ".join(slipped)
        sentences.append(
            f"most figures of {periods} are ten times what they were, or a tenth of it"
        )
    if others := [revision for revision in revisions if revision.unit_changed]:
        units = sorted({f"{revision.old_unit} to {revision.new_unit}" for revision in others})
        sentences.append(
            f"the unit of {len(others)} published figures changed from {', '.join(units)}"
        )
    return sentences


def _tenfold(before: pa.Table, revisions: Sequence[Revision]) -> list[str]:
    """The periods most of whose figures are now of another size, as after a change of unit in the publisher's file."""
    # A nought has no size that could change.
    figures = Counter(row["period"] for row in before.to_pylist() if row["value"])
    slipped = [revision for revision in revisions if _is_tenfold(revision)]
    slipped_figures = Counter(revision.named["period"] for revision in slipped)
    return sorted(
        period for period, count in slipped_figures.items() if count > MOST * figures[period]
    )


def _is_tenfold(revision: Revision) -> bool:
    if not revision.old or not revision.new:
        return False
    return not 1 / _ANOTHER_SIZE < revision.new / revision.old < _ANOTHER_SIZE


def _of_labels(
    before: pa.Table,
    table: pa.Table,
    revisions: Iterable[Revision],
) -> list[str]:
    """Figures that would take the place of others whose period the publisher called by another name.

    Last year's row with this year's label and last year's days would take the place of last year's figure.
    """
    relabelled = [revision for revision in revisions if "period_label" in revision.changed]
    if not relabelled:
        return []
    labels, labels_now = _labels(before), _labels(table)
    doubtful = []
    for revision in relabelled:
        label, label_now = labels[revision.key], labels_now[revision.key]
        # “2018 - 20” and “2018-20” are one period; “2024/25” and “2025/26” are not.
        is_another_year = _NUMBERS.findall(label) != _NUMBERS.findall(label_now)
        if is_another_year or revision.kind != "metadata_only":
            doubtful.append(f"“{label}” would become “{label_now}”")
    if not doubtful:
        return []
    which = "; ".join(list(dict.fromkeys(doubtful))[:_SHOWN])
    return [f"{len(doubtful)} published figures would stand under another period's name: {which}"]


def _labels(table: pa.Table) -> dict[tuple[str, ...], str]:
    return {key_of(row): row["period_label"] for row in rows_of(table)}


def _of_older_answers(
    last: Outcome,
    reading: Reading | None,
    revisions: Iterable[Revision],
) -> list[str]:
    """Figures that would go back to what a publisher had said before it said what is published."""
    newest = next(filter(_is_newest, last.readings), None)
    if reading is None or newest is None:
        return []
    # By when each source's bytes came: only folders that were restored, or a publisher, go back.
    now, then = _came(reading), _came(newest)
    shared = now.keys() & then.keys()
    older = [source for source in shared if now[source] < then[source]]
    newer = [source for source in shared if now[source] > then[source]]
    differing = [revision for revision in revisions if revision.kind not in _MAY_BE_OLDER]
    if not older or newer or not differing:
        return []
    came = max(now[source] for source in shared)
    came_then = max(then[source] for source in shared)
    return [
        f"{len(differing)} published figures would go back to an older answer: these came on "
        f"{house_style.day_of(came)}, those that stand on {house_style.day_of(came_then)}"
    ]


def _is_newest(reading: Reading) -> bool:
    return reading.is_newest


def _came(reading: Reading) -> dict[str, str]:
    """When the newest of what each source brought came, by source."""
    days = {}
    for source, roles in reading.fetched.items():
        days[source] = max((receipt.retrieved for receipt in roles.values()), default="")
    return days


def _first_of(revisions: Sequence[Revision]) -> str:
    return "; ".join(_where(revision) for revision in revisions[:_SHOWN])


def _where(revision: Revision) -> str:
    key = revision.named
    # The total is called total in both columns; once is enough.
    group = dict.fromkeys((key["breakdown"], key["category"]))
    return " ".join((key["area_code"], key["period"], *group))
