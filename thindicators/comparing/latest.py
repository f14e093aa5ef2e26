"""Latest: which groups and series an indicator has figures of, and which figure of a group is the newest.

What belongs here: choosing the figure that is shown and judged first. Judging it belongs in `verdicts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thindicators import house_style
from thindicators.outcomes.outcome import Acceptance, Outcome
from thindicators.plan.model import Indicator, Plan, Series

Row = Mapping[str, Any]
Group = tuple[str, str]
"""A breakdown and one of its members."""


def all_series(indicator: Indicator, outcome: Outcome) -> list[Series]:
    """The series of an indicator: those that ended when others were accepted in their place, then those of its file.

    One that was restated in place stays under a name of its own, which no file knows. Before them all come those of
    figures that stand although the indicator's file names their series no more.
    """
    named = {one.id: one for one in indicator.series}
    ended = [
        _ended(series, accepted, named)
        for accepted in outcome.accepted
        for series in accepted.closed
        if series not in named
    ]
    known = {*named, *(one.id for one in ended)}
    forgotten = sorted(set(outcome.table["series"].to_pylist()) - known)
    return [*(Series(id=series, title=series) for series in forgotten), *ended, *indicator.series]


def _ended(series: str, accepted: Acceptance, named: Mapping[str, Series]) -> Series:
    name, _, ended = series.partition("_until_")
    base, number = named.get(name), ended.partition("_")[2]
    title = f"{base.title if base else series}, as published until {house_style.day_of(accepted.day)}"
    return Series(id=series, title=f"{title} ({number})" if number else title, ends_because=accepted.reason)


def latest(series: Sequence[Series], rows: Sequence[Row]) -> Row | None:
    """The newest of the figures of one area and group; None if there is none.

    A figure of a related measure that stands in for the Plan's own is taken only where there is no other. Of two
    series of one period, that which comes later among the indicator's is taken.
    """
    order = {one.id: place for place, one in enumerate(series)}
    stand_ins = {one.id for one in series if one.stands_in}
    there = [row for row in rows if row["value"] is not None]
    return max(
        there, key=lambda row: (row["series"] not in stand_ins, row["period_end"], order[row["series"]]), default=None
    )


def groups(plan: Plan, indicator: Indicator, rows: Sequence[Row]) -> list[Group]:
    """The groups that the Plan's area has rows for, the total first, then as the indicator's file has them.

    An indicator without any rows has those that its file names.
    """
    named = [("total", "total")] * indicator.has_total
    named += [(dimension, member) for dimension, members in indicator.breakdowns.items() for member in members]
    there = {(row["breakdown"], row["category"]) for row in rows if row["area_code"] == plan.subject.code}
    return [*(one for one in named if one in there or not there), *sorted(there - set(named))]
