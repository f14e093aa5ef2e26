"""Lines: which figures of a group are joined in a chart, and where the series break.

What belongs here: choosing and ordering figures. Where they stand on paper belongs in `scales`, drawing in `charts`.

Figures of one series are joined, and nothing else is. Series that follow each other share a chart, with a break marked
between them. A series with figures for the same periods as another has a chart of its own, so that nobody compares the
two. A series whose few figures lie between those of another is shown as marks on their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from thindicators.observations.observation import Row
from thindicators.plan.indicator_parts import Series
from thindicators.plan.model import Area

RowsBySeries = Mapping[str, Sequence[Row]]
"""The figures that are drawn, by the id of their series."""


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
        rows: list[Row] = []
        for segment in self.segments:
            rows += segment.rows
        return sorted(rows, key=_when)

    @property
    def points(self) -> int:
        """How many figures the area with the most has."""
        figures_by_area = Counter(row["area_code"] for row in self.rows)
        return max(figures_by_area.values(), default=0)


def tracks(
    series: Sequence[Series],
    areas: Sequence[Area],
    rows: Sequence[Row],
) -> list[Track]:
    """The charts of one group, the newest series last.

    Args:
        series: Of the indicator, the newest last.
        areas: To be drawn, the Plan's own first.
        rows: Of one group.
    """
    by_series = _by_series(series, areas, rows)
    shared = _sharing_a_chart(series, by_series)
    # What only stands in for the Plan's own measure comes first, where a page shows what is older.
    ordered = sorted(shared, key=lambda together: not together[0].stands_in)
    return [_track(together, areas, by_series, rows) for together in ordered]


def _by_series(
    series: Sequence[Series],
    areas: Sequence[Area],
    rows: Sequence[Row],
) -> dict[str, list[Row]]:
    area_codes = {area.code for area in areas}
    by_series: dict[str, list[Row]] = {}
    for each in series:
        by_series[each.id] = []
    for row in rows:
        is_drawn = row["value"] is not None and row["area_code"] in area_codes
        if is_drawn and row["series"] in by_series:
            by_series[row["series"]].append(row)
    return by_series


def _sharing_a_chart(
    series: Sequence[Series],
    by_series: RowsBySeries,
) -> list[list[Series]]:
    """The series with figures, those that follow each other together."""
    shared: list[list[Series]] = []
    for each in series:
        if not by_series[each.id]:
            continue
        if shared and not _conflict(shared[-1], each, by_series):
            shared[-1].append(each)
        else:
            shared.append([each])
    return shared


def _conflict(
    together: Sequence[Series],
    series: Series,
    by_series: RowsBySeries,
) -> bool:
    """Whether a series may not be drawn in the chart of some others, since readers would compare them."""
    if together[0].stands_in != series.stands_in:
        return True
    # Of one period a reader would see two figures, and take their difference for one of the world.
    periods: set[str] = set()
    for other in together:
        periods.update(row["period"] for row in by_series[other.id])
    return any(row["period"] in periods for row in by_series[series.id])


def _track(
    together: Sequence[Series],
    areas: Sequence[Area],
    by_series: RowsBySeries,
    rows: Sequence[Row],
) -> Track:
    aside: set[str] = set()
    for series in together:
        if _lies_within_another(series, together, by_series):
            aside.add(series.id)
    segments: list[Segment] = []
    for area in areas:
        for series in together:
            own = [row for row in rows if _is_of(row, area, series)]
            for run in _runs(own):
                segment = Segment(
                    area=area.code,
                    series=series.id,
                    rows=tuple(run),
                    is_aside=series.id in aside,
                )
                segments.append(segment)
    # Marks on their own begin and end nothing.
    following = [series for series in together if series.id not in aside]

    def starts(series: Series) -> tuple[object, object]:
        return _when(_first(by_series[series.id]))

    following.sort(key=starts)
    breaks = []
    for before, after in pairwise(following):
        breaks.append(_break(before, after, by_series))
    return Track(
        series=tuple(together),
        segments=tuple(segments),
        breaks=tuple(breaks),
    )


def _is_of(
    row: Row,
    area: Area,
    series: Series,
) -> bool:
    return row["area_code"] == area.code and row["series"] == series.id


def _lies_within_another(
    series: Series,
    together: Sequence[Series],
    by_series: RowsBySeries,
) -> bool:
    own_rows = by_series[series.id]
    first = _when(_first(own_rows))
    last = _when(_last(own_rows))
    for other in together:
        if other.id == series.id:
            continue
        others_rows = by_series[other.id]
        starts_earlier = _when(_first(others_rows)) < first
        ends_later = last < _when(_last(others_rows))
        if starts_earlier and ends_later:
            return True
    return False


def _break(
    before: Series,
    after: Series,
    by_series: RowsBySeries,
) -> Break:
    because = (
        after.starts_because
        or before.ends_because
        or "The figures before and after may not be compared."
    )
    last_before = _last(by_series[before.id])
    first_after = _first(by_series[after.id])
    return Break(
        before=last_before["period"],
        after=first_after["period"],
        series=after,
        because=because,
    )


def _runs(rows: Sequence[Row]) -> list[list[Row]]:
    """Figures in the order of time, parted where one is missing."""
    runs: list[list[Row]] = [[]]
    in_order = sorted(rows, key=_when)
    for row in in_order:
        # A line across a missing figure would say what it was.
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
    # By the end first: publishers date a figure by the day on which its period ends.
    return row["period_end"], row["period_start"]
