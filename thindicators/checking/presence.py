"""Presence: what must be in a table and is not: areas, groups, and rows of the latest period.

What belongs here: which rows of the latest period are missing, and the words for everything that
is. That areas and groups are there is judged by Great Expectations. Rules about the rows that are
there belong in `row_rules` and `series_rules`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from thindicators.checking.series_rules import phase
from thindicators.observations.observation import Row
from thindicators.plan.rules import Finding

Calendar = tuple[str, int]
"""The length of a period and the month in which it ends."""


def missing_area(area: str) -> Finding:
    """That an area is not there."""
    return Finding(f"the area {area} is not there", area=area)


def missing_group(breakdown: str, member: str) -> Finding:
    """That a member of a breakdown is not there."""
    return Finding(f"the group {_group(breakdown, member)} is not there", category=member)


def _group(breakdown: str, member: str) -> str:
    """A group for a person; the total is called so once."""
    return member if breakdown == member else f"{breakdown} {member}"


def missing_of_the_latest(rows: Sequence[Row], areas: Sequence[str]) -> list[Finding]:
    """The rows that the latest period of each calendar should have, and has not.

    A series that has a row in the latest period should have one for every area, in every group that
    it ever had.
    """
    latest_of = _latest_rows(rows, areas)
    latest_rows = [row for row in rows if _is_latest(row, latest_of)]
    series_now = {(row["series"], phase(row)) for row in latest_rows}
    present = {_group_in_area(row, row["area_code"]) for row in latest_rows}
    names = {row["area_code"]: row["area_name"] for row in rows}
    missing: dict[tuple[str, ...], Finding] = {}
    for row in rows:
        if (row["series"], phase(row)) not in series_now or row["area_code"] not in areas:
            continue
        for area in areas:
            wanted = _group_in_area(row, area)
            if wanted not in present:
                latest = latest_of[phase(row)]
                missing[wanted] = _not_there(
                    row,
                    latest,
                    area,
                    names.get(area, area),
                )
    return list(missing.values())


def _latest_rows(rows: Sequence[Row], areas: Collection[str]) -> dict[Calendar, Row]:
    """A row of the latest period of each calendar."""
    latest: dict[Calendar, Row] = {}
    for row in rows:
        if row["area_code"] in areas:
            known_latest = latest.setdefault(phase(row), row)
            if row["period_end"] > known_latest["period_end"]:
                latest[phase(row)] = row
    return latest


def _is_latest(row: Row, latest_of: Mapping[Calendar, Row]) -> bool:
    latest = latest_of.get(phase(row))
    return latest is not None and bool(row["period_end"] == latest["period_end"])


def _group_in_area(row: Row, area: str) -> tuple[str, ...]:
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
        says,
        area,
        periods,
        row["category"],
    )
