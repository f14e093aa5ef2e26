"""Presence: what must be in a table and is not: areas, groups, and rows of the latest period.

What belongs here: which rows of the latest period are missing, and the words for everything that
is. That areas and groups are there is judged by Great Expectations. Rules about the rows that are
there belong in `row_rules` and `series_rules`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thindicators.checking.series_rules import Calendar, calendar_of
from thindicators.observations.observation import Row
from thindicators.plan.rules import Finding

Place = tuple[str, str, str, str]
"""An area, a series, a breakdown and its member."""


def missing_area(area: str) -> Finding:
    """That an area is not there."""
    return Finding(f"the area {area} is not there", area=area)


def missing_group(breakdown: str, member: str) -> Finding:
    """That a member of a breakdown is not there."""
    return Finding(f"the group {_group(breakdown, member)} is not there", category=member)


def _group(breakdown: str, member: str) -> str:
    """A group for a person; the total is called so once."""
    return member if breakdown == member else f"{breakdown} {member}"


def missing_of_the_latest(
    rows: Sequence[Row],
    areas: Sequence[str],
) -> list[Finding]:
    """The rows that the latest period of each calendar should have, and has not.

    A series that has a row in the latest period should have one for every area, in every group that
    it ever had.
    """
    of_areas = [row for row in rows if row["area_code"] in areas]
    latest_of = _latest_rows(of_areas)
    # Of all areas: one that is not compared may be the only sign that a series goes on.
    latest_rows = [row for row in rows if _is_latest(row, latest_of)]
    present = {_place(row, row["area_code"]) for row in latest_rows}
    # A series that has ended, or has not this period yet in any group, is not missing from it.
    series_now = {_series_and_calendar(row) for row in latest_rows}
    expected = [row for row in of_areas if _series_and_calendar(row) in series_now]
    names = {row["area_code"]: row["area_name"] for row in rows}
    # By their place, or a group that had rows in ten years would be missed ten times.
    missing: dict[Place, Finding] = {}
    for row in expected:
        latest = latest_of[calendar_of(row)]
        for area in areas:
            place = _place(row, area)
            if place not in present:
                name = names.get(area, area)
                missing[place] = _not_there(row, latest, area, name)
    return list(missing.values())


def _latest_rows(rows: Sequence[Row]) -> dict[Calendar, Row]:
    """A row of the latest period of each calendar."""
    latest: dict[Calendar, Row] = {}
    for row in rows:
        calendar = calendar_of(row)
        latest_so_far = latest.setdefault(calendar, row)
        if row["period_end"] > latest_so_far["period_end"]:
            latest[calendar] = row
    return latest


def _is_latest(
    row: Row,
    latest_of: Mapping[Calendar, Row],
) -> bool:
    latest = latest_of.get(calendar_of(row))
    return latest is not None and row["period_end"] == latest["period_end"]


def _series_and_calendar(row: Row) -> tuple[str, Calendar]:
    return row["series"], calendar_of(row)


def _place(row: Row, area: str) -> Place:
    """Where in the latest period a row like this one stands, for an area."""
    return area, row["series"], row["breakdown"], row["category"]


def _not_there(
    row: Row,
    latest: Row,
    area: str,
    name: str,
) -> Finding:
    group = _group(row["breakdown"], row["category"])
    says = f"{name}, {group}: no row for {latest['period_label']}, the latest period"
    periods = frozenset({latest["period"], latest["period_label"]})
    return Finding(
        says=says,
        area=area,
        periods=periods,
        category=row["category"],
    )
