"""Marks: what charts are made of, in Vega's grammar, and the paper they are drawn on.

What belongs here: rules, letters, symbols, colours and sizes. What a chart shows belongs in `charts` and
`group_charts`. The grammar is Vega's, version 6: https://vega.github.io/vega/docs/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thindicators.observations.observation import Row

Look = Mapping[str, Any]
"""How a mark looks, and where it stands: Vega's channels by name."""

Mark = dict[str, Any]
Marks = list[Mark]

# Each has a contrast to white of 4.5 to 1 and more, as WCAG 2.2 (1.4.3) asks of letters too.
COLOURS = ("#12436d", "#b34a00", "#595959")
"""Of the Plan's area and of those it is compared with; the style sheet has others for dark screens."""

_NEVER_MERGED = ("line", "area")
"""A line through two marks' data would join what must stay apart."""

PAPER = "#ffffff"
GRID = "#dadada"
AXIS = "#6e6e6e"
INK = "#1d1d1d"
SHAPES = ("circle", "square", "diamond")


@dataclass(frozen=True)
class Paper:
    """How large a chart is, and how large its letters are.

    Attributes:
        name: By which the style sheet shows or hides it.
        width, height: Of what is drawn, without its edges.
        left, right, top, bottom: The edges.
        letters: Their height.
        labels: How many labels the axis of time has room for.
        names: Whether there is room for the areas' names beside their lines.
    """

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    letters: int
    labels: int
    names: bool


@dataclass(frozen=True)
class Texts:
    """What a chart says to those who cannot see it; and the name by which it is told from others of the page."""

    name: str
    title: str
    description: str


def numbers(rows: Sequence[Row]) -> list[float]:
    """The figures and their limits."""
    cells: list[float | None] = []
    for row in rows:
        cells += [row["value"], row["lower_ci_95"], row["upper_ci_95"]]
    return [number for number in cells if number is not None]


def symbol(
    at: Look,
    place: int,
    is_hollow: bool,
    size: int,
    point: str,
    shape: str = "",
) -> Mark:
    """The mark of a figure, hollow if it is provisional; `shape` overrides that of its area.

    Args:
        at: Where it stands.
        place: Of its area among those that are drawn.
        is_hollow: Whether it is only drawn round.
        size: Its area, in square pixels.
        point: What a reader is told of it, from `points`.
        shape: Instead of that of its area.
    """
    colour = constant(COLOURS[place])
    look = {
        "shape": constant(shape or SHAPES[place]),
        # A hollow mark looks smaller than a full one of its size.
        "size": constant(size + 20 if is_hollow else size),
        "fill": constant(PAPER) if is_hollow else colour,
        "stroke": colour,
        "strokeWidth": constant(2 if is_hollow else 0),
        "description": constant(point),
    }
    return mark("symbol", {**at, **look})


def spec(
    paper: Paper,
    marks: Marks,
    domains: Mapping[str, Sequence[float]],
    height: int,
) -> dict[str, Any]:
    """A whole chart, whose parts are where they are said to be, so that nothing needs to be measured."""
    merged = _merged(marks)
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": paper.width,
        "height": height,
        "padding": {
            "left": paper.left,
            "right": paper.right,
            "top": paper.top,
            "bottom": paper.bottom,
        },
        # Vega would fit the chart to its letters, which it measures with a font of the machine.
        "autosize": "none",
        "config": {
            "text": {
                "fontSize": paper.letters,
                "font": "sans-serif",
                "fill": INK,
            }
        },
        "data": [
            {
                "name": f"d{number}",
                "values": each["values"],
            }
            for number, each in enumerate(merged)
        ],
        "scales": [
            _scale("x", domains["x"], "width"),
            _scale("y", domains["y"], "height"),
        ],
        "marks": [_drawn_from(f"d{number}", each) for number, each in enumerate(merged)],
    }


def _scale(
    name: str,
    domain: Sequence[float],
    side: str,
) -> dict[str, Any]:
    return {
        "name": name,
        "type": "linear",
        "domain": list(domain),
        "range": side,
        # Whether a scale starts at zero is decided by the unit, in `scales`.
        "zero": False,
    }


def _drawn_from(data: str, merged: Mark) -> Mark:
    return {
        "type": merged["type"],
        "from": {"data": data},
        "encode": {"enter": merged["look"]},
    }


def _merged(marks: Marks) -> Marks:
    """Marks of one kind that follow each other as one mark with a row of data for each: Vega is far quicker so."""
    merged: Marks = []
    for each in marks:
        own_look = each["look"]
        constants = {name: how["value"] for name, how in own_look.items() if "value" in how}
        look = {name: _from_data(name, how) for name, how in own_look.items()}
        # A mark without rows of its own is drawn once, by its constants.
        own_rows = each.get("values", [{}])
        values = [{**constants, **row} for row in own_rows]
        last = merged[-1] if merged else None
        if last and _may_merge(last, each["type"], look):
            last["values"] += values
        else:
            merged.append(
                {
                    "type": each["type"],
                    "look": look,
                    "values": values,
                }
            )
    return merged


def _may_merge(
    last: Mark,
    kind: str,
    look: Look,
) -> bool:
    if kind in _NEVER_MERGED:
        return False
    return bool(last["type"] == kind and last["look"] == look)


def _from_data(channel: str, how: Look) -> Look:
    """What is constant in a mark, read from a field of its row of data instead."""
    if "value" not in how:
        return how
    from_data = dict(how)
    del from_data["value"]
    from_data["field"] = channel
    return from_data


def mark(kind: str, look: Look) -> Mark:
    """A mark of any kind that Vega knows, such as `rect` or `line`."""
    return {"type": kind, "look": dict(look)}


def rule(look: Look) -> Mark:
    """A straight line."""
    return mark("rule", look)


def lettering(text: str, look: Look) -> Mark:
    """A line of text."""
    return mark(
        "text",
        {
            "fill": constant(INK),
            "text": constant(text),
            **look,
        },
    )


def constant(value: object) -> dict[str, Any]:
    """What is the same for a whole mark."""
    return {"value": value}


def on(scale: str, value: float) -> dict[str, Any]:
    """Where a number stands on the scale `x` or `y`."""
    return {"scale": scale, "value": value}


def signal(expression: str) -> dict[str, Any]:
    """A place that Vega works out, such as `width` or `height + 6`."""
    return {"signal": expression}
