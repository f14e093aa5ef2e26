"""Lines: which figures of a group are joined in a chart, and where the series break.

What belongs here: choosing and ordering figures. Where they stand on paper belongs in `scales`, drawing in `charts`.

Figures of one series are joined, and nothing else is. Series that follow each other share a chart, with a break marked
between them. A series with figures for the same periods as another has a chart of its own, so that nobody compares the
two. A series whose few figures lie between those of another is shown as marks on their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from thindicators.plan.model import Area, Series

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Segment:
    """Figures of one area that are joined, in the order of time; or, if `is_aside`, marks on their own."""

    area: str
    series: str
    rows: tuple[Row, ...]
    is_aside: bool


@dataclass(frozen=True)
class Break:
    """Where one series ends and the next begins.

    Attributes:
        before, after: The last period of the one and the first of the other, as intervals.
        series: The one that begins.
        because: What changed.
    """

    before: str
    after: str
    series: Series
    because: str


@dataclass(frozen=True)
class Track:
    """The series that share a chart."""

    series: tuple[Series, ...]
    segments: tuple[Segment, ...]
    breaks: tuple[Break, ...]

    @property
    def rows(self) -> list[Row]:
        """All figures that are drawn, in the order of time."""
        return sorted((row for one in self.segments for row in one.rows), key=_when)

    @property
    def points(self) -> int:
        """How many figures the area with the most has."""
        areas = [row["area_code"] for row in self.rows]
        return max((areas.count(area) for area in set(areas)), default=0)


def tracks(series: Sequence[Series], areas: Sequence[Area], rows: Sequence[Row]) -> list[Track]:
    """The charts of one group, the newest series last.

    Args:
        series: Of the indicator, the newest last.
        areas: To be drawn, the Plan's own first.
        rows: Of one group.
    """
    wanted = {area.code for area in areas}
    there = [row for row in rows if row["value"] is not None and row["area_code"] in wanted]
    by_series = {one.id: [row for row in there if row["series"] == one.id] for one in series}
    shared: list[list[Series]] = []
    for one in series:
        if not by_series[one.id]:
            continue
        if shared and not _conflict(shared[-1], one, by_series):
            shared[-1].append(one)
        else:
            shared.append([one])
    ordered = sorted(shared, key=lambda together: not together[0].stands_in)
    return [_track(together, areas, by_series, rows) for together in ordered]


def _conflict(together: Sequence[Series], series: Series, by_series: Mapping[str, Sequence[Row]]) -> bool:
    there = {row["period"] for one in together for row in by_series[one.id]}
    return together[0].stands_in != series.stands_in or any(row["period"] in there for row in by_series[series.id])


def _track(
    together: Sequence[Series], areas: Sequence[Area], by_series: Mapping[str, Sequence[Row]], rows: Sequence[Row]
) -> Track:
    aside = {one.id for one in together if _lies_within_another(one, together, by_series)}
    segments = [
        Segment(area.code, series.id, tuple(run), series.id in aside)
        for area in areas
        for series in together
        for run in _runs([row for row in rows if (row["area_code"], row["series"]) == (area.code, series.id)])
    ]
    main = sorted((one for one in together if one.id not in aside), key=lambda one: _when(_first(by_series[one.id])))
    breaks = [_break(before, after, by_series) for before, after in pairwise(main)]
    return Track(tuple(together), tuple(segments), tuple(breaks))


def _lies_within_another(one: Series, together: Sequence[Series], by_series: Mapping[str, Sequence[Row]]) -> bool:
    own = by_series[one.id]
    return any(
        _when(_first(by_series[other.id])) < _when(_first(own))
        and _when(_last(own)) < _when(_last(by_series[other.id]))
        for other in together
        if other.id != one.id
    )


def _break(before: Series, after: Series, by_series: Mapping[str, Sequence[Row]]) -> Break:
    because = after.starts_because or before.ends_because or "The figures before and after may not be compared."
    return Break(_last(by_series[before.id])["period"], _first(by_series[after.id])["period"], after, because)


def _runs(rows: Sequence[Row]) -> list[list[Row]]:
    """Figures in the order of time, parted where one is missing."""
    runs: list[list[Row]] = [[]]
    for row in sorted(rows, key=_when):
        if row["value"] is not None:
            runs[-1].append(row)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _first(rows: Sequence[Row]) -> Row:
    return min(rows, key=_when)


def _last(rows: Sequence[Row]) -> Row:
    return max(rows, key=_when)


def _when(row: Row) -> tuple[object, object]:
    return row["period_end"], row["period_start"]
