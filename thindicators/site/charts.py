"""Charts: vector graphics of the figures, drawn by Vega without a browser and without a network.

What belongs here: figures over time. Members of a breakdown are drawn in `group_charts`. Which figures are joined
belongs in `lines`, where they stand in `scales`; `drawn` turns what Vega gives into what a page holds.

Each chart is drawn twice, for wide and for narrow screens, so that its letters are never made too small; the page shows
one of the two. Nothing in it is measured with a font, so that it is the same on every machine. An area is told from the
others by the dashes of its line and the shape of its marks, not by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thindicators import house_style
from thindicators.plan.model import Area
from thindicators.site import scales
from thindicators.site.drawn import draw
from thindicators.site.lines import Break, Segment, Track
from thindicators.site.marks import (
    AXIS,
    COLOURS,
    GRID,
    INK,
    Marks,
    Paper,
    Texts,
    constant,
    lettering,
    mark,
    numbers,
    rule,
    spec,
    symbol,
)

Row = Mapping[str, Any]

OVER_TIME = (
    Paper("wide", 590, 290, 66, 144, 30, 34, 15, 7, True),
    Paper("narrow", 276, 220, 50, 14, 26, 30, 13, 4, False),
)
_DASHES = ([1, 0], [7, 4], [2, 3])
_WIDTHS = (3, 2, 2)
_BAND = (0.2, 0.12, 0.12)


def over_time(track: Track, areas: Sequence[Area], texts: Texts) -> list[str]:
    """The figures of a track as lines with their limits as bands, once for each paper."""
    return [draw(_over_time(track, areas, paper), paper.name, texts) for paper in OVER_TIME]


def _over_time(track: Track, areas: Sequence[Area], paper: Paper) -> dict[str, Any]:
    rows = track.rows
    unit = rows[0]["unit"]
    levels = scales.value_ticks(numbers(rows), unit, 5)
    places = sorted({(scales.place_of(row["period"]), house_style.tick(row["period"])) for row in rows})
    times = [place for place, _ in places]
    start, end = times[0], times[-1]
    room = max((end - start) * 0.03, 0.5 if start == end else 0.15)
    places_of = {area.code: place for place, area in enumerate(areas)}
    apart = (end - start + 2 * room) / paper.width * (54 if paper.names else 46)
    labelled = scales.spaced(times, paper.labels, apart)
    marks = [
        *_levels(levels, unit),
        *_times([places[one] for one in labelled]),
        *_breaks(track.breaks),
        *[part for one in track.segments for part in _segment(one, places_of[one.area])],
        *(_names(track, areas, levels, paper) if paper.names and len(places_of) > 1 else []),
    ]
    return spec(paper, marks, {"x": [start - room, end + room], "y": [levels[0], levels[-1]]}, paper.height)


def _levels(levels: Sequence[float], unit: str) -> Marks:
    decimals = scales.decimals_needed(levels)
    rules: Marks = []
    texts: Marks = []
    for one in levels:
        at = {"scale": "y", "value": one}
        colour = AXIS if one == 0 or one == levels[0] else GRID
        rules.append(rule({"x": constant(0), "x2": {"signal": "width"}, "y": at, "stroke": constant(colour)}))
        place = {"x": constant(-8), "y": at, "align": constant("right"), "baseline": constant("middle")}
        texts.append(lettering(house_style.short(one, unit, decimals), place))
    return rules + texts


def _times(places: Sequence[tuple[float, str]]) -> Marks:
    rules: Marks = []
    texts: Marks = []
    for place, label in places:
        at = {"scale": "x", "value": place}
        ends = {"y": {"signal": "height"}, "y2": {"signal": "height + 6"}}
        rules.append(rule({"x": at, **ends, "stroke": constant(AXIS)}))
        texts.append(lettering(label, {"x": at, "y": {"signal": "height + 24"}, "align": constant("center")}))
    return rules + texts


def _breaks(breaks: Sequence[Break]) -> Marks:
    rules: Marks = []
    texts: Marks = []
    for number, one in enumerate(breaks, 1):
        middle = (scales.place_of(one.before) + scales.place_of(one.after)) / 2
        at = {"scale": "x", "value": round(middle, 3)}
        line = {"x": at, "y": constant(-6), "y2": {"signal": "height"}, "stroke": constant(INK)}
        rules.append(rule({**line, "strokeDash": constant([4, 4]), "strokeWidth": constant(1.5)}))
        label = "break" if len(breaks) == 1 else str(number)
        texts.append(
            lettering(label, {"x": at, "y": constant(-11), "align": constant("center"), "fontWeight": constant("bold")})
        )
    return rules + texts


def _segment(segment: Segment, place: int) -> Marks:
    rows, colour = segment.rows, constant(COLOURS[place])
    with_limits = [row for row in rows if row["lower_ci_95"] is not None and row["upper_ci_95"] is not None]
    marks: Marks = []
    if segment.is_aside or len(rows) == 1:
        marks += [_whisker(row, colour) for row in with_limits]
    else:
        marks += _bands(rows, place)
        line = {"stroke": colour, "strokeWidth": constant(_WIDTHS[place]), "strokeDash": constant(list(_DASHES[place]))}
        marks.append(_joined("line", rows, {"y": "value"}, line))
    shape = "triangle-up" if segment.is_aside else ""
    size = 50 if place == 0 or len(rows) == 1 else 38
    return [*marks, *(symbol(_at(row), place, row["revision"] == "p", size, shape) for row in rows)]


def _bands(rows: Sequence[Row], place: int) -> Marks:
    """The limits as bands, parted where a figure has none."""
    runs: list[list[Row]] = [[]]
    for row in rows:
        if row["lower_ci_95"] is not None and row["upper_ci_95"] is not None:
            runs[-1].append(row)
        elif runs[-1]:
            runs.append([])
    fill = {"fill": constant(COLOURS[place]), "fillOpacity": constant(_BAND[place])}
    bands = [_joined("area", run, {"y": "lower_ci_95", "y2": "upper_ci_95"}, fill) for run in runs if len(run) > 1]
    return bands + [_whisker(run[0], constant(COLOURS[place])) for run in runs if len(run) == 1]


def _joined(kind: str, rows: Sequence[Row], columns: Mapping[str, str], look: Mapping[str, Any]) -> dict[str, Any]:
    """A line or an area through some figures; the data stand in the mark itself, by a name that the spec collects."""
    values = [
        {"x": scales.place_of(row["period"]), **{name: row[one] for name, one in columns.items()}} for row in rows
    ]
    encoded = {"x": {"scale": "x", "field": "x"}, **{name: {"scale": "y", "field": name} for name in columns}}
    return {**mark(kind, {**encoded, **look}), "values": values}


def _whisker(row: Row, colour: Mapping[str, Any]) -> dict[str, Any]:
    ends = {"y": {"scale": "y", "value": row["lower_ci_95"]}, "y2": {"scale": "y", "value": row["upper_ci_95"]}}
    at = {"scale": "x", "value": scales.place_of(row["period"])}
    return rule({"x": at, **ends, "stroke": colour, "strokeWidth": constant(2)})


def _at(row: Row) -> dict[str, Any]:
    return {"x": {"scale": "x", "value": scales.place_of(row["period"])}, "y": {"scale": "y", "value": row["value"]}}


def _names(track: Track, areas: Sequence[Area], levels: Sequence[float], paper: Paper) -> Marks:
    """The areas' names at the right edge, at the height of their last figures, parted where these are close."""
    found = [(place, [row for row in track.rows if row["area_code"] == area.code]) for place, area in enumerate(areas)]
    last = [(place, own[-1]["value"]) for place, own in found if own]
    span = levels[-1] - levels[0]
    best = [paper.height * (1 - (value - levels[0]) / span) for _, value in last]
    heights = scales.parted(best, paper.letters + 4, 4, paper.height - 4)
    return [
        lettering(
            areas[place].name,
            {
                "x": {"signal": "width + 10"},
                "y": constant(height),
                "baseline": constant("middle"),
                "fill": constant(COLOURS[place]),
                "fontWeight": constant("bold"),
            },
        )
        for (place, _), height in zip(last, heights, strict=True)
    ]
