"""Peer charts: councils of one kind below each other, for one period, with the Plan's own area marked.

What belongs here: a bar, or a mark with its limits, for each council. Which figures are shown and what is said of them
belongs in `peers`; the map of tiles is drawn in `tile_map`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from thindicators import house_style
from thindicators.observations.observation import Row, limits_of, value_of
from thindicators.site import scales
from thindicators.site.drawn import Drawing, draw
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
    on,
    rule,
    spec,
    symbol,
)

BY_COUNCIL = (
    Paper(
        name="wide",
        width=500,
        height=0,
        left=220,
        right=64,
        top=30,
        bottom=34,
        letters=15,
        labels=5,
        names=True,
    ),
    Paper(
        name="narrow",
        width=130,
        height=0,
        left=158,
        right=48,
        top=26,
        bottom=28,
        letters=12,
        labels=2,
        names=False,
    ),
)
"""How high they are depends on how many councils there are."""

_STEP = 22
_LETTERS_DOWN = 5
_OWN = 0
"""The place of the Plan's own area among colours and shapes."""

_OTHER = 2


@dataclass(frozen=True)
class CouncilFigure:
    """The figure of one council.

    Attributes:
        name: Of the council.
        row: The figure.
        is_own: Whether the Plan is about it.
        point: What a reader is told of it who points at its mark, from `points`.
    """

    name: str
    row: Row
    is_own: bool
    point: str


@dataclass(frozen=True)
class Reference:
    """What a larger area has, drawn as a line across all councils."""

    name: str
    value: float


def by_council(
    figures: Sequence[CouncilFigure],
    references: Sequence[Reference],
    decimals: int,
    texts: Texts,
) -> list[Drawing]:
    """The figures of councils below each other, once for each paper.

    Args:
        figures: In the order in which they are drawn.
        references: Larger areas, each drawn as a line.
        decimals: Of the figures that are written.
        texts: For those who cannot see it.
    """
    drawn: list[Drawing] = []
    for paper in BY_COUNCIL:
        chart = _by_council(
            figures,
            references,
            decimals,
            paper,
        )
        drawn.append(draw(chart, paper.name, texts))
    return drawn


def _by_council(
    figures: Sequence[CouncilFigure],
    references: Sequence[Reference],
    decimals: int,
    paper: Paper,
) -> dict[str, Any]:
    rows = [figure.row for figure in figures]
    unit = rows[0]["unit"]
    edges = [*numbers(rows), *(reference.value for reference in references)]
    levels = _levels(rows, edges, paper)
    height = _STEP * len(figures)
    marks = _axis(levels, unit, height)
    marks += _reference_lines(references, height)
    marks += _names(figures)
    marks += _bars_or_limits(figures)
    marks += _values(figures, decimals)
    domains: dict[str, list[float]] = {
        "x": [levels[0], levels[-1]],
        "y": [0, height],
    }
    return spec(paper, marks, domains, height)


def has_bars(rows: Sequence[Row]) -> bool:
    """Whether figures are drawn as bars from zero: quantities without limits; others are marks."""
    has_limits = any(limits_of(row) is not None for row in rows)
    return rows[0]["unit"] in scales.FROM_ZERO and not has_limits


def _levels(
    rows: Sequence[Row],
    edges: Sequence[float],
    paper: Paper,
) -> list[float]:
    """The numbers at the edge; only a bar's length must be read from zero, and marks are told apart better nearer."""
    if has_bars(rows):
        return scales.value_ticks(edges, rows[0]["unit"], paper.labels)
    return scales.ticks(min(edges), max(edges), paper.labels)


def _axis(
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


def _reference_lines(references: Sequence[Reference], height: int) -> Marks:
    lines: Marks = []
    for place, reference in enumerate(references[: len(COLOURS) - 1], 1):
        # Told from each other by their dashes too, as the key below the chart shows them.
        line = {
            "x": on("x", reference.value),
            "y": constant(-8),
            "y2": constant(height),
            "stroke": constant(COLOURS[place]),
            "strokeWidth": constant(2),
            "strokeDash": constant([7, 4] if place == 1 else [2, 3]),
        }
        lines.append(rule(line))
    return lines


def _middle(number: int) -> float:
    """How far down the figure of a council stands."""
    return _STEP * (number + 0.5)


def _names(figures: Sequence[CouncilFigure]) -> Marks:
    names: Marks = []
    for number, figure in enumerate(figures):
        beside = {
            "x": constant(-8),
            "y": constant(_middle(number) + _LETTERS_DOWN),
            "align": constant("right"),
            "fontWeight": constant("bold" if figure.is_own else "normal"),
        }
        names.append(lettering(figure.name, beside))
    return names


def _bars_or_limits(figures: Sequence[CouncilFigure]) -> Marks:
    """A bar for each figure that is a quantity without limits; else its mark with its limits."""
    if has_bars([figure.row for figure in figures]):
        return _bars(figures)
    return _marks_with_limits(figures)


def _bars(figures: Sequence[CouncilFigure]) -> Marks:
    bars: Marks = []
    for number, figure in enumerate(figures):
        look = {
            "x": on("x", 0),
            "x2": on("x", value_of(figure.row)),
            "y": constant(_middle(number) - 7),
            "height": constant(14),
            "fill": constant(COLOURS[_OWN] if figure.is_own else AXIS),
            "description": constant(figure.point),
        }
        bars.append(mark("rect", look))
    return bars


def _marks_with_limits(figures: Sequence[CouncilFigure]) -> Marks:
    rules: Marks = []
    symbols: Marks = []
    for number, figure in enumerate(figures):
        place = _OWN if figure.is_own else _OTHER
        middle = constant(_middle(number))
        limits = limits_of(figure.row)
        if limits is not None:
            lower, upper = limits
            line = {
                "x": on("x", lower),
                "x2": on("x", upper),
                "y": middle,
                "stroke": constant(COLOURS[place]),
                "strokeWidth": constant(3 if figure.is_own else 1.5),
            }
            rules.append(rule(line))
        at = {"x": on("x", value_of(figure.row)), "y": middle}
        is_provisional = figure.row["revision"] == "p"
        size = 90 if figure.is_own else 50
        symbols.append(symbol(at, place, is_provisional, size, figure.point))
    return rules + symbols


def _values(figures: Sequence[CouncilFigure], decimals: int) -> Marks:
    """Every figure in a column at the right edge, where no mark can hide it."""
    texts: Marks = []
    for number, figure in enumerate(figures):
        unit = figure.row["unit"]
        at = {
            "x": {"signal": "width + 8"},
            "y": constant(_middle(number) + _LETTERS_DOWN),
            "fontWeight": constant("bold" if figure.is_own else "normal"),
        }
        texts.append(lettering(house_style.short(value_of(figure.row), unit, decimals), at))
    return texts
