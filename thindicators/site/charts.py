"""Charts: vector graphics of the figures, drawn by Vega without a browser and without a network.

What belongs here: figures over time. Members of a breakdown are drawn in `group_charts`. Which figures are joined
belongs in `lines`, where they stand in `scales`; `drawn` turns what Vega gives into what a page holds.

Each chart is drawn twice, for wide and for narrow screens, so that its letters are never made too small; the page shows
one of the two. Nothing in it is measured with a font, so that it is the same on every machine. An area is told from the
others by the dashes of its line and the shape of its marks, not by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from thindicators import house_style
from thindicators.observations.observation import Row, limits_of, value_of
from thindicators.plan.model import Area
from thindicators.site import scales
from thindicators.site.drawn import Drawing, draw
from thindicators.site.lines import Break, Segment, Track
from thindicators.site.marks import (
    AXIS,
    COLOURS,
    GRID,
    INK,
    Look,
    Mark,
    Marks,
    Paper,
    Texts,
    constant,
    lettering,
    mark,
    numbers,
    on,
    rule,
    signal,
    spec,
    symbol,
)
from thindicators.site.points import PointOf

OVER_TIME = (
    Paper(
        name="wide",
        width=590,
        height=290,
        left=66,
        right=144,
        top=30,
        bottom=34,
        letters=15,
        labels=7,
        names=True,
    ),
    Paper(
        name="narrow",
        width=276,
        height=220,
        left=50,
        right=14,
        top=26,
        bottom=30,
        letters=13,
        labels=4,
        names=False,
    ),
)
_LEVELS = 5

# Of the Plan's area and those it is compared with: its own line is what a reader came for.
_DASHES = ([1, 0], [7, 4], [2, 3])
_WIDTHS = (3, 2, 2)
_BAND = (0.2, 0.12, 0.12)
_BOLD = constant("bold")

Point = dict[str, float]
"""A figure as Vega reads it: numbers by the channel in which they are drawn."""


def over_time(
    track: Track,
    areas: Sequence[Area],
    texts: Texts,
    point_of: PointOf,
) -> list[Drawing]:
    """The figures of a track as lines with their limits as bands, once for each paper.

    Args:
        track: The series that share the chart.
        areas: To be drawn, the Plan's own first.
        texts: For those who cannot see it.
        point_of: What a reader is told of a figure who points at its mark.
    """
    drawn: list[Drawing] = []
    for paper in OVER_TIME:
        chart = _over_time(track, areas, paper, point_of)
        drawn.append(draw(chart, paper.name, texts))
    return drawn


def _over_time(
    track: Track,
    areas: Sequence[Area],
    paper: Paper,
    point_of: PointOf,
) -> dict[str, Any]:
    rows = track.rows
    unit = rows[0]["unit"]
    levels = scales.value_ticks(numbers(rows), unit, _LEVELS)
    places = _places_in_time(rows)
    start = places[0][0]
    end = places[-1][0]
    # Marks and limits at either end must not be cut off; a single period has no span to take a
    # share of.
    least_room = 0.5 if start == end else 0.15
    room = max((end - start) * 0.03, least_room)
    labelled = _labelled(places, end - start + 2 * room, paper)
    marks = [
        *_levels(levels, unit),
        *_times(labelled),
        *_breaks(track.breaks),
    ]
    # Rules first and names last: what is drawn later lies above what was drawn before.
    place_of_area = {area.code: place for place, area in enumerate(areas)}
    for segment in track.segments:
        marks += _segment(segment, place_of_area[segment.area], point_of)
    if paper.names and len(areas) > 1:
        marks += _names(track, areas, levels, paper)
    domains = {
        "x": [start - room, end + room],
        "y": [levels[0], levels[-1]],
    }
    return spec(paper, marks, domains, paper.height)


def _places_in_time(rows: Sequence[Row]) -> list[tuple[float, str]]:
    """Where each period stands on the axis of time, with its label."""
    periods = {row["period"] for row in rows}
    places = [(scales.place_of(period), house_style.tick(period)) for period in periods]
    return sorted(places)


def _labelled(
    places: Sequence[tuple[float, str]],
    span: float,
    paper: Paper,
) -> list[tuple[float, str]]:
    """Those periods that there is room to label."""
    width_of_label = 54 if paper.names else 46
    apart = span / paper.width * width_of_label
    labelled = scales.spaced(
        [place for place, _ in places],
        paper.labels,
        apart,
    )
    return [places[index] for index in labelled]


def _levels(levels: Sequence[float], unit: str) -> Marks:
    decimals = scales.decimals_needed(levels)
    # Marks of one kind stand together, so that `spec` can merge them.
    rules: Marks = []
    texts: Marks = []
    for level in levels:
        is_floor = level == 0 or level == levels[0]
        line = {
            "x": constant(0),
            "x2": signal("width"),
            "y": on("y", level),
            "stroke": constant(AXIS if is_floor else GRID),
        }
        beside = {
            "x": constant(-8),
            "y": on("y", level),
            "align": constant("right"),
            "baseline": constant("middle"),
        }
        rules.append(rule(line))
        texts.append(lettering(house_style.short(level, unit, decimals), beside))
    return rules + texts


def _times(places: Sequence[tuple[float, str]]) -> Marks:
    rules: Marks = []
    texts: Marks = []
    for place, label in places:
        short_line = {
            "x": on("x", place),
            "y": signal("height"),
            "y2": signal("height + 6"),
            "stroke": constant(AXIS),
        }
        below = {
            "x": on("x", place),
            "y": signal("height + 24"),
            "align": constant("center"),
        }
        rules.append(rule(short_line))
        texts.append(lettering(label, below))
    return rules + texts


def _breaks(breaks: Sequence[Break]) -> Marks:
    rules: Marks = []
    texts: Marks = []
    for number, each in enumerate(breaks, 1):
        end = scales.place_of(each.before)
        start = scales.place_of(each.after)
        middle = (end + start) / 2
        place = on("x", round(middle, 3))
        line = {
            "x": place,
            "y": constant(-6),
            "y2": signal("height"),
            "stroke": constant(INK),
            "strokeDash": constant([4, 4]),
            "strokeWidth": constant(1.5),
        }
        above = {
            "x": place,
            "y": constant(-11),
            "align": constant("center"),
            "fontWeight": _BOLD,
        }
        # Several breaks are explained below the chart, in a list whose numbers these are.
        label = "break" if len(breaks) == 1 else str(number)
        rules.append(rule(line))
        texts.append(lettering(label, above))
    return rules + texts


def _segment(
    segment: Segment,
    place: int,
    point_of: PointOf,
) -> Marks:
    rows = segment.rows
    colour = constant(COLOURS[place])
    is_alone = len(rows) == 1
    marks: Marks = []
    if segment.is_aside or is_alone:
        marks += [_whisker(limited, colour) for limited in _with_limits(rows)]
    else:
        line = {
            "stroke": colour,
            "strokeWidth": constant(_WIDTHS[place]),
            "strokeDash": constant(list(_DASHES[place])),
        }
        points = [{"x": _time_of(row), "y": value_of(row)} for row in rows]
        marks += _bands(rows, place)
        marks.append(_joined("line", points, line))
    # A shape that no area has, for figures that none may be compared with.
    shape = "triangle-up" if segment.is_aside else ""
    size = 50 if place == 0 or is_alone else 38
    for row in rows:
        is_provisional = row["revision"] == "p"
        marks.append(symbol(_at(row), place, is_provisional, size, point_of(row), shape))
    return marks


def _bands(rows: Sequence[Row], place: int) -> Marks:
    """The limits as bands, parted where a figure has none."""
    runs: list[list[Point]] = [[]]
    for row in rows:
        if limited := _with_limits([row]):
            runs[-1] += limited
        elif runs[-1]:
            runs.append([])
    colour = constant(COLOURS[place])
    fill = {"fill": colour, "fillOpacity": constant(_BAND[place])}
    bands: Marks = []
    whiskers: Marks = []
    for run in runs:
        if len(run) > 1:
            bands.append(_joined("area", run, fill))
        # A band of one figure has no width, and would not be seen.
        elif run:
            whiskers.append(_whisker(run[0], colour))
    return bands + whiskers


def _with_limits(rows: Sequence[Row]) -> list[Point]:
    """The limits of those figures that have both: their time, the lower as `y` and the upper as `y2`."""
    points = []
    for row in rows:
        limits = limits_of(row)
        if limits is not None:
            lower, upper = limits
            points.append({"x": _time_of(row), "y": lower, "y2": upper})
    return points


def _joined(
    kind: str,
    points: Sequence[Point],
    look: Look,
) -> Mark:
    """A line or an area through some figures; the data stand in the mark itself, by a name that the spec collects."""
    encoded = {}
    for channel in points[0]:
        # `y2`, the other edge of an area, has the scale of `y`.
        encoded[channel] = {"scale": channel[0], "field": channel}
    return {**mark(kind, {**encoded, **look}), "values": list(points)}


def _whisker(limited: Point, colour: Look) -> Mark:
    """The limits of a single figure as an upright line."""
    line = {
        "x": on("x", limited["x"]),
        "y": on("y", limited["y"]),
        "y2": on("y", limited["y2"]),
        "stroke": colour,
        "strokeWidth": constant(2),
    }
    return rule(line)


def _at(row: Row) -> dict[str, Any]:
    return {
        "x": on("x", _time_of(row)),
        "y": on("y", value_of(row)),
    }


def _time_of(row: Row) -> float:
    return scales.place_of(row["period"])


def _names(
    track: Track,
    areas: Sequence[Area],
    levels: Sequence[float],
    paper: Paper,
) -> Marks:
    """The areas' names at the right edge, at the height of their last figures, parted where these are close."""
    # The rows are in the order of time, so that each area's last one stays.
    last_value = {row["area_code"]: value_of(row) for row in track.rows}
    drawn = []
    for place, area in enumerate(areas):
        if area.code in last_value:
            drawn.append((place, area))
    span = levels[-1] - levels[0]
    best = []
    for _, area in drawn:
        share = (last_value[area.code] - levels[0]) / span
        best.append(paper.height * (1 - share))
    heights = scales.parted(
        best,
        apart=paper.letters + 4,
        low=4,
        high=paper.height - 4,
    )
    names: Marks = []
    for (place, area), height in zip(drawn, heights, strict=True):
        beside = {
            "x": signal("width + 10"),
            "y": constant(height),
            "baseline": constant("middle"),
            "fill": constant(COLOURS[place]),
            "fontWeight": _BOLD,
        }
        names.append(lettering(area.name, beside))
    return names
