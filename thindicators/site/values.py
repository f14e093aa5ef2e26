"""Values: the tables of every figure, with symbols in words and notes by number.

What belongs here: rows and cells. Headlines belong in `views`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thindicators import house_style
from thindicators.comparing.latest import Group
from thindicators.observations.observation import REVISIONS, STATUSES
from thindicators.plan.model import Area
from thindicators.site.content import Part
from thindicators.site.views import group_name

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """One figure of a table.

    Attributes:
        value: In the words of its unit; empty if there is none.
        limits: Its limits in words; empty if it has none.
        marks: Symbols with what they say.
        note: The number of its note; 0 for none.
    """

    value: str
    limits: str
    marks: Sequence[tuple[str, str]]
    note: int


@dataclass(frozen=True)
class Body:
    """The rows of one series.

    Attributes:
        title: Of the series; empty if there is only one.
        rows: Periods in words with a cell for each area, the newest first; None where there is no row.
    """

    title: str
    rows: Sequence[tuple[str, Sequence[Cell | None]]]


@dataclass(frozen=True)
class Values:
    """One table: the figures of one group.

    Attributes:
        name: By which it is told from the other tables of the page.
        title: Of the group.
        unit: What the numbers are.
        areas: The names of the columns.
        bodies: A part for each series, the newest first.
        has_limits: Whether any figure has limits.
        is_context: Whether it is shown beside and compared with nothing.
    """

    name: str
    title: str
    unit: str
    areas: Sequence[str]
    bodies: Sequence[Body]
    has_limits: bool
    is_context: bool


def tables(part: Part) -> tuple[list[Values], list[str]]:
    """The tables of an indicator, and the notes that they refer to."""
    notes: list[str] = []
    found = [_table(part, group, notes, is_context=False) for group in part.groups if part.rows_of(group)]
    found += [_table(part, group, notes, is_context=True) for group in part.context_groups]
    return found, notes


def symbols(part: Part) -> list[tuple[str, str]]:
    """The symbols that stand in the tables, and what they say."""
    used = {row["status"] for row in part.rows} | {row["revision"] for row in part.rows}
    return [(letter, says) for letter, says in {**STATUSES, **REVISIONS}.items() if letter in used]


def _table(part: Part, group: Group, notes: list[str], *, is_context: bool) -> Values:
    rows = part.rows_of(group)
    there = {row["area_code"] for row in rows}
    areas = [area for area in part.plan.areas if area.code in there]
    series = [one for one in reversed(part.series) if any(row["series"] == one.id for row in rows)]
    bodies = [
        Body(
            one.title if len(part.series) > 1 else "",
            _periods(part, [row for row in rows if row["series"] == one.id], areas, notes),
        )
        for one in series
    ]
    title = part.indicator.title if group[0] == "total" else group_name(part, group)
    unit = house_style.UNITS[rows[0]["unit"]]
    has_limits = any(row["lower_ci_95"] is not None for row in rows)
    name = "-".join(group).replace("_", "-").lower()
    return Values(name, title, unit, [area.name for area in areas], bodies, has_limits, is_context)


def _periods(
    part: Part, rows: Sequence[Row], areas: Sequence[Area], notes: list[str]
) -> list[tuple[str, list[Cell | None]]]:
    by_place = {(row["period"], row["area_code"]): row for row in rows}
    periods = sorted({(row["period_end"], row["period"]) for row in rows}, reverse=True)
    found = []
    for _, period in periods:
        cells = [_cell(part, by_place.get((period, area.code)), notes) for area in areas]
        found.append((house_style.period(period, part.indicator.period), cells))
    return found


def _cell(part: Part, row: Row | None, notes: list[str]) -> Cell | None:
    if row is None:
        return None
    decimals = house_style.decimals_of(row["unit"], part.indicator)
    value = "" if row["value"] is None else house_style.short(row["value"], row["unit"], decimals)
    marks = [
        (letter, says[letter])
        for letter, says in ((row["status"], STATUSES), (row["revision"], REVISIONS))
        if letter in says
    ]
    return Cell(value, house_style.limits(row, decimals), marks, _number_of(row["note"], notes))


def _number_of(note: str | None, notes: list[str]) -> int:
    if not note:
        return 0
    if note not in notes:
        notes.append(note)
    return notes.index(note) + 1
