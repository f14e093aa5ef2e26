"""Marks: what charts are made of, in Vega's grammar, and the paper they are drawn on.

What belongs here: rules, letters, symbols, colours and sizes. What a chart shows belongs in `charts` and
`group_charts`. The grammar is Vega's, version 6: https://vega.github.io/vega/docs/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
Marks = list[dict[str, Any]]

COLOURS = ("#12436d", "#b34a00", "#595959")
"""Of the Plan's area and of those it is compared with; the style sheet has others for dark screens."""

PAPER, GRID, AXIS, INK = "#ffffff", "#dadada", "#6e6e6e", "#1d1d1d"
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
    columns = ("value", "lower_ci_95", "upper_ci_95")
    return [row[name] for row in rows for name in columns if row[name] is not None]


def symbol(at: Mapping[str, Any], place: int, is_hollow: bool, size: int, shape: str = "") -> dict[str, Any]:
    """The mark of a figure, hollow if it is provisional; `shape` overrides that of its area."""
    look = {
        "shape": constant(shape or SHAPES[place]),
        "size": constant(size if not is_hollow else size + 20),
        "fill": constant(PAPER if is_hollow else COLOURS[place]),
        "stroke": constant(COLOURS[place]),
        "strokeWidth": constant(2 if is_hollow else 0),
    }
    return mark("symbol", {**at, **look})


def spec(paper: Paper, marks: Marks, domains: Mapping[str, Sequence[float]], height: int) -> dict[str, Any]:
    """A whole chart, whose parts are where they are said to be, so that nothing needs to be measured."""
    merged = _merged(marks)
    sides = {"left": paper.left, "right": paper.right, "top": paper.top, "bottom": paper.bottom}
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": paper.width,
        "height": height,
        "padding": sides,
        "autosize": "none",
        "config": {"text": {"fontSize": paper.letters, "font": "sans-serif", "fill": INK}},
        "data": [{"name": f"d{place}", "values": one["values"]} for place, one in enumerate(merged)],
        "scales": [
            {"name": "x", "type": "linear", "domain": list(domains["x"]), "range": "width", "zero": False},
            {"name": "y", "type": "linear", "domain": list(domains["y"]), "range": "height", "zero": False},
        ],
        "marks": [
            {"type": one["type"], "from": {"data": f"d{place}"}, "encode": {"enter": one["look"]}}
            for place, one in enumerate(merged)
        ],
    }


def _merged(marks: Marks) -> Marks:
    """Marks of one kind that follow each other as one mark with a row of data for each: Vega is far quicker so."""
    merged: Marks = []
    for one in marks:
        constants = {name: how["value"] for name, how in one["look"].items() if "value" in how}
        look = {
            name: {**{key: given for key, given in how.items() if key != "value"}, "field": name}
            if "value" in how
            else how
            for name, how in one["look"].items()
        }
        values = [{**constants, **row} for row in one.get("values", [{}])]
        last = merged[-1] if merged else None
        if last and (last["type"], last["look"]) == (one["type"], look) and one["type"] not in ("line", "area"):
            last["values"] += values
        else:
            merged.append({"type": one["type"], "look": look, "values": values})
    return merged


def mark(kind: str, look: Mapping[str, Any]) -> dict[str, Any]:
    """Of any kind that Vega knows."""
    return {"type": kind, "look": dict(look)}


def rule(look: Mapping[str, Any]) -> dict[str, Any]:
    """A straight line."""
    return mark("rule", look)


def lettering(text: str, look: Mapping[str, Any]) -> dict[str, Any]:
    """A line of text."""
    return mark("text", {"fill": constant(INK), "text": constant(text), **look})


def constant(value: object) -> dict[str, Any]:
    """What is the same for a whole mark."""
    return {"value": value}
