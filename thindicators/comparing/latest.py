"""Latest: which groups and series an indicator has figures of, and which figure of a group is the newest.

What belongs here: choosing the figure that is shown and judged first. Judging it belongs in `verdicts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from thindicators import house_style
from thindicators.observations.observation import STATUSES, Row
from thindicators.outcomes.outcome import Acceptance, Outcome
from thindicators.plan.indicator_parts import Series
from thindicators.plan.model import Indicator, Plan

Group = tuple[str, str]
"""A breakdown and one of its members."""


def all_series(indicator: Indicator, outcome: Outcome) -> list[Series]:
    """The series of an indicator: those that ended when others were accepted in their place, then those of its file.

    One that was restated in place stays under a name of its own, which no file knows. Before them all come those of
    figures that are still published although the indicator's file names their series no more.
    """
    in_file = {series.id: series for series in indicator.series}
    ended = _ended_series(outcome, in_file)
    ids_with_title = {*in_file, *(series.id for series in ended)}
    ids_of_figures = set(outcome.table["series"].to_pylist())
    untitled = []
    # Without a title of its own, a series is still better shown under its id than left out.
    for series in sorted(ids_of_figures - ids_with_title):
        untitled.append(Series(id=series, title=series))
    return [*untitled, *ended, *indicator.series]


def _ended_series(outcome: Outcome, in_file: Mapping[str, Series]) -> list[Series]:
    ended = []
    for acceptance in outcome.accepted:
        for series in acceptance.closed:
            if series not in in_file:
                ended.append(_ended(series, acceptance, in_file))
    return ended


def _ended(
    series: str,
    acceptance: Acceptance,
    in_file: Mapping[str, Series],
) -> Series:
    """A series that an acceptance ended, whose id is `<series>_until_<day>`, with a number if there are several."""
    base_id, _, until = series.partition("_until_")
    number = until.partition("_")[2]
    base = in_file.get(base_id)
    base_title = base.title if base else series
    title = f"{base_title}, as published until {house_style.day_of(acceptance.day)}"
    return Series(
        id=series,
        title=f"{title} ({number})" if number else title,
        ends_because=acceptance.reason,
    )


def latest(series: Sequence[Series], rows: Sequence[Row]) -> Row | None:
    """The newest of the figures of one area and group; None if there is none.

    A figure of a related measure that stands in for the Plan's own is taken only where there is no other. Of two
    series of one period, that which comes later among the indicator's is taken.
    """
    # The order of the indicator's file decides last: it names the newest series last.
    place_of = {each.id: place for place, each in enumerate(series)}
    stand_ins = {each.id for each in series if each.stands_in}

    def rank(row: Row) -> tuple[bool, date, int]:
        is_own_measure = row["series"] not in stand_ins
        return is_own_measure, row["period_end"], place_of[row["series"]]

    # A withheld figure of this year does not hide last year’s.
    figures = [row for row in rows if row["value"] is not None]
    return max(
        figures,
        key=rank,
        default=None,
    )


def groups(
    plan: Plan,
    indicator: Indicator,
    rows: Sequence[Row],
) -> list[Group]:
    """The groups that the Plan's area has rows for, the total first, then as the indicator's file has them.

    An indicator without any rows has those that its file names.
    """
    in_file = _groups_in_file(indicator)
    with_rows: set[Group] = set()
    for row in rows:
        if row["area_code"] == plan.subject.code:
            with_rows.add((row["breakdown"], row["category"]))
    if not with_rows:
        return in_file
    expected: list[Group] = [group for group in in_file if group in with_rows]
    unexpected: list[Group] = sorted(with_rows - set(in_file))
    return [*expected, *unexpected]


def headline_groups(shown: Sequence[Group]) -> list[Group]:
    """Of the groups of an indicator its headline: the total; where there is none, all of them."""
    totals = [group for group in shown if group[0] == "total"]
    return totals or list(shown)


def why_no_figure(
    plan: Plan,
    outcome: Outcome,
    own_rows: Sequence[Row],
) -> str:
    """Why the Plan's area has no figure, in a sentence.

    Args:
        plan: Whose area it is.
        outcome: What a run found out about the indicator.
        own_rows: The area's rows of the group that is asked about, none of which has a figure.
    """
    indicator = plan.indicators[outcome.indicator]
    if not own_rows and outcome.state in ("empty", "not_covered"):
        return house_style.sentence(outcome.reason)
    if not own_rows:
        because = indicator.no_figures_because or f"There is no figure for {plan.subject.name}"
        return house_style.sentence(because)
    # The last is of the latest period, which is what a reader asks for.
    last = max(own_rows, key=_end)
    period = house_style.period(last["period"], indicator.period)
    because = last["note"] or STATUSES.get(last["status"] or "", "")
    return house_style.sentence(f"For {period}: {because}")


def _end(row: Row) -> date:
    return row["period_end"]


def _groups_in_file(indicator: Indicator) -> list[Group]:
    in_file = [("total", "total")] if indicator.has_total else []
    for dimension, members in indicator.breakdowns.items():
        for member in members:
            in_file.append((dimension, member))
    return in_file
