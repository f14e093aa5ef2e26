"""Values: the tables of every figure, with symbols in words and notes by number.

What belongs here: rows and cells. Headlines belong in `views`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thindicators import house_style
from thindicators.comparing.latest import Group
from thindicators.observations.observation import REVISIONS, STATUSES, Row
from thindicators.plan.indicator_parts import Series
from thindicators.plan.model import Area
from thindicators.site.content import Part
from thindicators.site.views import element_id, group_name


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
    # One list for all tables: a note that several figures share has one number on the page.
    notes: list[str] = []
    own = [group for group in part.groups if part.rows_of(group)]
    made = [_table(part, group, notes, is_context=False) for group in own]
    # What is compared with nothing comes last, or it would look like a part of the indicator.
    made += [_table(part, group, notes, is_context=True) for group in part.context_groups]
    return made, notes


def symbols(part: Part) -> list[tuple[str, str]]:
    """The symbols that stand in the tables, and what they say."""
    statuses = {row["status"] for row in part.rows}
    used = statuses | {row["revision"] for row in part.rows}
    # Only those that a reader comes upon: a key to symbols that are nowhere is read in vain.
    meanings = {**STATUSES, **REVISIONS}
    explained = []
    for symbol, meaning in meanings.items():
        if symbol in used:
            explained.append((symbol, meaning))
    return explained


def _table(
    part: Part,
    group: Group,
    notes: list[str],
    *,
    is_context: bool,
) -> Values:
    rows = part.rows_of(group)
    area_codes = {row["area_code"] for row in rows}
    areas = [area for area in part.plan.areas if area.code in area_codes]
    series_ids = {row["series"] for row in rows}
    bodies = []
    # The newest first, which is the last that the indicator's file names.
    for series in reversed(part.series):
        if series.id in series_ids:
            bodies.append(_body(part, series, rows, areas, notes))
    return Values(
        name=element_id(*group),
        title=part.indicator.title if group[0] == "total" else group_name(part, group),
        unit=house_style.UNITS[rows[0]["unit"]],
        areas=[area.name for area in areas],
        bodies=bodies,
        has_limits=any(row["lower_ci_95"] is not None for row in rows),
        is_context=is_context,
    )


def _body(
    part: Part,
    series: Series,
    rows: Sequence[Row],
    areas: Sequence[Area],
    notes: list[str],
) -> Body:
    own = [row for row in rows if row["series"] == series.id]
    title = series.title if len(part.series) > 1 else ""
    return Body(title, _periods(part, own, areas, notes))


def _periods(
    part: Part,
    rows: Sequence[Row],
    areas: Sequence[Area],
    notes: list[str],
) -> list[tuple[str, list[Cell | None]]]:
    # An area may lack a row where others have one: its cell is empty, and the others stay in their
    # columns.
    by_place = {(row["period"], row["area_code"]): row for row in rows}
    periods = {(row["period_end"], row["period"]) for row in rows}
    written = []
    for _, period in sorted(periods, reverse=True):
        cells = []
        for area in areas:
            row = by_place.get((period, area.code))
            cells.append(_cell(part, row, notes))
        in_words = house_style.period(period, part.indicator.period)
        written.append((in_words, cells))
    return written


def _cell(
    part: Part,
    row: Row | None,
    notes: list[str],
) -> Cell | None:
    if row is None:
        return None
    decimals = house_style.decimals_of(row["unit"], part.indicator)
    value = row["value"]
    return Cell(
        value="" if value is None else house_style.short(value, row["unit"], decimals),
        limits=house_style.limits(row, decimals),
        marks=_marks(row),
        note=_number_of(row["note"], notes),
    )


def _marks(row: Row) -> list[tuple[str, str]]:
    marks = []
    status = row["status"]
    revision = row["revision"]
    if status in STATUSES:
        marks.append((status, STATUSES[status]))
    if revision in REVISIONS:
        marks.append((revision, REVISIONS[revision]))
    return marks


def _number_of(note: str | None, notes: list[str]) -> int:
    if not note:
        return 0
    if note not in notes:
        notes.append(note)
    # Readers count from one, and nought stands for no note.
    return notes.index(note) + 1
