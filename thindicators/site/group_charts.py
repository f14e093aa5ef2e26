"""Group charts: the members of a breakdown below each other, for one period.

What belongs here: bars for totals, of which only the Plan's own area is drawn; else each area's mark with its limits.
Figures over time are drawn in `charts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thindicators import house_style
from thindicators.plan.model import Area
from thindicators.site import scales
from thindicators.site.drawn import draw
from thindicators.site.marks import (
    AXIS,
    COLOURS,
    GRID,
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

BY_GROUP = (
    Paper("wide", 740, 0, 10, 50, 8, 34, 15, 5, True),
    Paper("narrow", 296, 0, 8, 36, 8, 30, 13, 3, False),
)


def by_group(rows: Sequence[Row], labels: Sequence[str], areas: Sequence[Area], texts: Texts) -> list[str]:
    """The figures of the members of a breakdown for one period, below each other, once for each paper.

    Args:
        rows: One for each member and area.
        labels: Of the members, in order, as `label` of each row.
        areas: To be drawn, the Plan's own first.
        texts: For those who cannot see it.
    """
    return [draw(_by_group(rows, labels, areas, paper), paper.name, texts) for paper in BY_GROUP]


def _by_group(rows: Sequence[Row], labels: Sequence[str], areas: Sequence[Area], paper: Paper) -> dict[str, Any]:
    unit = rows[0]["unit"]
    levels = scales.value_ticks(numbers(rows), unit, paper.labels)
    places_of = {area.code: place for place, area in enumerate(areas)}
    step = 46 if len(areas) > 1 else 40
    height = step * len(labels)
    marks = _across(levels, unit, height)
    for place, label in enumerate(labels):
        marks.append(
            lettering(label, {"x": constant(0), "y": constant(step * place + 14), "fontWeight": constant("bold")})
        )
    for row in rows:
        middle = step * labels.index(row["label"]) + 29
        marks += _beside(row, places_of[row["area_code"]], middle, len(areas))
    return spec(paper, marks, {"x": [levels[0], levels[-1]], "y": [0, height]}, height)


def _across(levels: Sequence[float], unit: str, height: int) -> Marks:
    decimals = scales.decimals_needed(levels)
    rules: Marks = []
    texts: Marks = []
    for one in levels:
        at = {"scale": "x", "value": one}
        ends = {"y": constant(0), "y2": constant(height)}
        rules.append(rule({"x": at, **ends, "stroke": constant(AXIS if one == 0 else GRID)}))
        place = {"x": at, "y": constant(height + 20), "align": constant("center")}
        texts.append(lettering(house_style.short(one, unit, decimals), place))
    return rules + texts


def _beside(row: Row, place: int, y: int, areas: int) -> Marks:
    """A figure of a group: a bar where only one area is drawn, else its area's mark with its limits."""
    if areas == 1:
        size = {"x": {"scale": "x", "value": 0}, "x2": {"scale": "x", "value": row["value"]}}
        return [mark("rect", {**size, "y": constant(y - 9), "height": constant(16), "fill": constant(COLOURS[place])})]
    marks: Marks = []
    middle = y + (place - (areas - 1) / 2) * 3 if areas > 1 else y
    if row["lower_ci_95"] is not None and row["upper_ci_95"] is not None:
        ends = {"x": {"scale": "x", "value": row["lower_ci_95"]}, "x2": {"scale": "x", "value": row["upper_ci_95"]}}
        marks.append(
            rule({**ends, "y": constant(middle), "stroke": constant(COLOURS[place]), "strokeWidth": constant(2)})
        )
    at = {"x": {"scale": "x", "value": row["value"]}, "y": constant(middle)}
    return [*marks, symbol(at, place, row["revision"] == "p", 110)]
