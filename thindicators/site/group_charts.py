"""Group charts: the members of a breakdown below each other, for one period.

What belongs here: bars for totals, of which only the Plan's own area is drawn; else each area's mark with its limits.
Figures over time are drawn in `charts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from thindicators import house_style
from thindicators.observations.observation import Row, limits_of, value_of
from thindicators.plan.model import Area
from thindicators.site import scales
from thindicators.site.drawn import Drawing, draw
from thindicators.site.marks import (
    AXIS,
    COLOURS,
    GRID,
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
    spec,
    symbol,
)

BY_GROUP = (
    Paper(
        name="wide",
        width=740,
        height=0,
        left=10,
        right=50,
        top=8,
        bottom=34,
        letters=15,
        labels=5,
        names=True,
    ),
    Paper(
        name="narrow",
        width=296,
        height=0,
        left=8,
        right=36,
        top=8,
        bottom=30,
        letters=13,
        labels=3,
        names=False,
    ),
)
"""How high they are depends on how many members there are."""

_STEP_WITH_BAR = 40
_STEP_WITH_MARKS = 46
_LABEL_DOWN = 14
_FIGURE_DOWN = 29
_AREAS_APART = 3


@dataclass(frozen=True)
class LabelledRow:
    """A figure of a member of a breakdown.

    Attributes:
        label: The member's name, as the chart writes it.
        row: The figure.
        point: What a reader is told of it who points at its mark, from `points`.
    """

    label: str
    row: Row
    point: str


def by_group(
    labelled: Sequence[LabelledRow],
    labels: Sequence[str],
    areas: Sequence[Area],
    texts: Texts,
) -> list[Drawing]:
    """The figures of the members of a breakdown for one period, below each other, once for each paper.

    Args:
        labelled: A figure for each member and area.
        labels: Of the members, in the order in which they are drawn.
        areas: To be drawn, the Plan's own first.
        texts: For those who cannot see it.
    """
    drawn: list[Drawing] = []
    for paper in BY_GROUP:
        chart = _by_group(labelled, labels, areas, paper)
        drawn.append(draw(chart, paper.name, texts))
    return drawn


def _by_group(
    labelled: Sequence[LabelledRow],
    labels: Sequence[str],
    areas: Sequence[Area],
    paper: Paper,
) -> dict[str, Any]:
    rows = [each.row for each in labelled]
    unit = rows[0]["unit"]
    levels = scales.value_ticks(numbers(rows), unit, paper.labels)
    place_of_area = {area.code: place for place, area in enumerate(areas)}
    step = _STEP_WITH_MARKS if len(areas) > 1 else _STEP_WITH_BAR
    height = step * len(labels)
    marks = _across(levels, unit, height)
    # A label stands above its figures, not beside them: names of groups are long, and telephones
    # narrow.
    for number, label in enumerate(labels):
        at = {
            "x": constant(0),
            "y": constant(step * number + _LABEL_DOWN),
            "fontWeight": constant("bold"),
        }
        marks.append(lettering(label, at))
    for each in labelled:
        row = each.row
        down = step * labels.index(each.label) + _FIGURE_DOWN
        place = place_of_area[row["area_code"]]
        if len(areas) == 1:
            marks.append(_bar(each, place, down))
        else:
            marks += _beside(each, place, down, len(areas))
    domains: dict[str, list[float]] = {
        "x": [levels[0], levels[-1]],
        "y": [0, height],
    }
    return spec(paper, marks, domains, height)


def _across(
    levels: Sequence[float],
    unit: str,
    height: int,
) -> Marks:
    decimals = scales.decimals_needed(levels)
    # Marks of one kind stand together, so that `spec` can merge them.
    rules: Marks = []
    texts: Marks = []
    for level in levels:
        line = {
            "x": on("x", level),
            "y": constant(0),
            "y2": constant(height),
            "stroke": constant(AXIS if level == 0 else GRID),
        }
        below = {
            "x": on("x", level),
            "y": constant(height + 20),
            "align": constant("center"),
        }
        rules.append(rule(line))
        texts.append(lettering(house_style.short(level, unit, decimals), below))
    return rules + texts


def _bar(
    labelled: LabelledRow,
    place: int,
    down: int,
) -> Mark:
    """The figure of a group where only one area is drawn."""
    look = {
        "x": on("x", 0),
        "x2": on("x", value_of(labelled.row)),
        "y": constant(down - 9),
        "height": constant(16),
        "fill": constant(COLOURS[place]),
        "description": constant(labelled.point),
    }
    return mark("rect", look)


def _beside(
    labelled: LabelledRow,
    place: int,
    down: int,
    areas: int,
) -> Marks:
    """The figure of a group as its area's mark with its limits."""
    # The areas' marks lie a little apart, or one would hide another of the same value.
    row = labelled.row
    middle = down + (place - (areas - 1) / 2) * _AREAS_APART
    marks: Marks = []
    if (both_limits := limits_of(row)) is not None:
        lower, upper = both_limits
        limits = {
            "x": on("x", lower),
            "x2": on("x", upper),
            "y": constant(middle),
            "stroke": constant(COLOURS[place]),
            "strokeWidth": constant(2),
        }
        marks.append(rule(limits))
    at = {"x": on("x", value_of(row)), "y": constant(middle)}
    is_provisional = row["revision"] == "p"
    marks.append(symbol(at, place, is_provisional, 110, labelled.point))
    return marks
