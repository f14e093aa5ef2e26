"""A small chart for the UI: the headline of an indicator over time, an image inside a text of Markdown.

What belongs here: the lines of a picture that fits into a dialogue of Dagster's. The charts that the public sees are
drawn in `thindicators.site`.

Only figures of the same series are joined by a line, and a missing one, or a period left out, breaks it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

Row = Mapping[str, Any]
Point = tuple[float, float]

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 640, 240, 64, 34, 30
_LEFT_OUT = 1.5
"""How many times the usual time between two figures means that a period was left out between them."""
_COLOURS = ("#12436d", "#c2410c", "#3d7a3d", "#6b21a8", "#555555")


def chart(rows: Sequence[Row], unit: str) -> str:
    """An image of one group's figures, a colour for each area; a sentence if there are not two to draw.

    Args:
        rows: Of the contract, of one group.
        unit: For the scale's title.
    """
    drawn = sorted((row for row in rows if row["value"] is not None), key=lambda row: row["period_end"])
    if len({row["period_end"] for row in drawn}) < 2:
        return "There are not two figures to join by a line."
    svg = "".join(_svg(rows, drawn, unit))
    return f"![{escape(unit)} by year](data:image/svg+xml;base64,{b64encode(svg.encode()).decode()})"


def _svg(rows: Sequence[Row], drawn: Sequence[Row], unit: str) -> Iterator[str]:
    low, high = min(row["value"] for row in drawn), max(row["value"] for row in drawn)
    first, last = drawn[0]["period_end"].toordinal(), drawn[-1]["period_end"].toordinal()

    def at(row: Row) -> Point:
        across = (row["period_end"].toordinal() - first) / (last - first)
        up = (row["value"] - low) / (high - low) if high > low else 0.5
        return _LEFT + across * (_WIDTH - _LEFT - 16), _HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM - 10)

    yield f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif"'
    yield ' font-size="12"><rect width="100%" height="100%" fill="white"/>'
    for row in (min(drawn, key=lambda one: one["value"]), max(drawn, key=lambda one: one["value"])):
        _, down = at(row)
        yield f'<path d="M{_LEFT} {down:.1f}H{_WIDTH - 16}" stroke="#ddd"/>'
        yield _text(_LEFT - 6, down + 4, f"{row['value']:g}", "end")
    yield _text(_LEFT, _HEIGHT - 8, drawn[0]["period_label"], "start")
    yield _text(_WIDTH - 16, _HEIGHT - 8, drawn[-1]["period_label"], "end")
    yield _text(_WIDTH - 16, 18, unit, "end")
    for place, area in enumerate(dict.fromkeys(row["area_name"] for row in rows)):
        colour = _COLOURS[place % len(_COLOURS)]
        yield _text(_LEFT + 130 * place, 18, area, "start", colour)
        for points in _lines([row for row in rows if row["area_name"] == area]):
            yield _line([at(row) for row in points], colour)
    yield "</svg>"


def _lines(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that may be joined: of one series, one period after the other, without a missing one between them."""
    ordered = sorted(rows, key=lambda one: (one["series"], one["period_end"]))
    pairs = [(one, other) for one, other in pairwise(ordered) if one["series"] == other["series"]]
    usual = min((_days(one, other) for one, other in pairs), default=0)
    joined = {
        id(other)
        for one, other in pairs
        if None not in (one["value"], other["value"]) and _days(one, other) < _LEFT_OUT * usual
    }
    lines: list[list[Row]] = []
    for row in ordered:
        if row["value"] is not None:
            lines[-1].append(row) if id(row) in joined else lines.append([row])
    return lines


def _days(one: Row, other: Row) -> int:
    return int((other["period_end"] - one["period_end"]).days)


def _line(points: Sequence[Point], colour: str) -> str:
    path = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
    dots = "".join(f'<circle cx="{across:.1f}" cy="{down:.1f}" r="2.5" fill="{colour}"/>' for across, down in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'


def _text(across: float, down: float, said: str, anchor: str, colour: str = "#333") -> str:
    return f'<text x="{across:.1f}" y="{down:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(said)}</text>'
