"""A small chart for the UI: the headline of an indicator over time, an image inside a text of Markdown.

What belongs here: the lines of a picture that fits into a dialogue of Dagster's. The charts that the public sees are
drawn in `thindicators.site`.

Only figures of the same series are joined by a line, and a missing one, or a period left out, breaks it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import pairwise

from thindicators.observations.observation import Row, value_of

Point = tuple[float, float]

_WIDTH = 640
_HEIGHT = 240
_LEFT = 64
_RIGHT = 16
_TOP = 34
_BOTTOM = 30
_TITLE_DOWN = 18
_LEFT_OUT = 1.5
"""How many times the usual time between two figures means that a period was left out between them."""
_COLOURS = ("#12436d", "#c2410c", "#3d7a3d", "#6b21a8", "#555555")


def chart(rows: Sequence[Row], unit: str) -> str:
    """An image of one group's figures, a colour for each area; a sentence if there are not two to draw.

    Args:
        rows: Of the contract, of one group.
        unit: For the scale's title.
    """
    drawn = [row for row in rows if row["value"] is not None]
    drawn.sort(key=_end)
    if len({_end(row) for row in drawn}) < 2:
        return "There are not two figures to join by a line."
    svg = "".join(_svg(rows, drawn, unit))
    # A part of the text, which is all that Dagster keeps of what a step says of its asset.
    encoded = b64encode(svg.encode()).decode()
    return f"![{escape(unit)} by year](data:image/svg+xml;base64,{encoded})"


def _svg(
    rows: Sequence[Row],
    drawn: Sequence[Row],
    unit: str,
) -> Iterator[str]:
    point_of = _scale(drawn)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"'
    yield ' font-family="sans-serif" font-size="12">'
    yield '<rect width="100%" height="100%" fill="white"/>'
    yield from _edges(drawn, unit, point_of)
    areas = dict.fromkeys(row["area_name"] for row in rows)
    for place, area in enumerate(areas):
        # More areas than colours are rare, and no reason to show none.
        colour = _COLOURS[place % len(_COLOURS)]
        yield _text(
            area,
            across=_LEFT + 130 * place,
            down=_TITLE_DOWN,
            colour=colour,
        )
        of_area = [row for row in rows if row["area_name"] == area]
        for line in _lines(of_area):
            points = [point_of(row) for row in line]
            yield _line(points, colour)
    yield "</svg>"


def _edges(
    drawn: Sequence[Row],
    unit: str,
    point_of: Callable[[Row], Point],
) -> Iterator[str]:
    """The lowest and the highest figure, the first and the last period, and the unit."""
    lowest = min(drawn, key=value_of)
    highest = max(drawn, key=value_of)
    for row in (lowest, highest):
        _, down = point_of(row)
        yield f'<path d="M{_LEFT} {down:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>'
        yield _text(
            f"{row['value']:g}",
            across=_LEFT - 6,
            # Letters stand on their line: four down, and their middle is at the figure's height.
            down=down + 4,
            anchor="end",
        )
    yield _text(
        drawn[0]["period_label"],
        across=_LEFT,
        down=_HEIGHT - 8,
    )
    yield _text(
        drawn[-1]["period_label"],
        across=_WIDTH - _RIGHT,
        down=_HEIGHT - 8,
        anchor="end",
    )
    yield _text(
        unit,
        across=_WIDTH - _RIGHT,
        down=_TITLE_DOWN,
        anchor="end",
    )


def _scale(drawn: Sequence[Row]) -> Callable[[Row], Point]:
    """Where each of some figures, in the order of time, stands in the picture."""
    values = [value_of(row) for row in drawn]
    low = min(values)
    high = max(values)
    first = _end(drawn[0])
    last = _end(drawn[-1])
    width = _WIDTH - _LEFT - _RIGHT
    height = _HEIGHT - _TOP - _BOTTOM - 10

    def point_of(row: Row) -> Point:
        across = (_end(row) - first) / (last - first)
        # Figures that are all the same lie in the middle.
        up = 0.5
        if high > low:
            up = (value_of(row) - low) / (high - low)
        right = _LEFT + across * width
        # SVG counts downwards from the top.
        down = _HEIGHT - _BOTTOM - up * height
        return right, down

    return point_of


def _lines(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that may be joined: of one series, one period after the other, without a missing one between them."""
    ordered = sorted(rows, key=lambda row: (row["series"], row["period_end"]))
    pairs = []
    for earlier, later in pairwise(ordered):
        if earlier["series"] == later["series"]:
            pairs.append((earlier, later))
    # The shortest, not the mean: periods are left out, and never put in.
    usual = min((_days(earlier, later) for earlier, later in pairs), default=0)
    # By identity: two rows may be equal in all that they say.
    joined = set()
    for earlier, later in pairs:
        has_values = earlier["value"] is not None and later["value"] is not None
        if has_values and _days(earlier, later) < _LEFT_OUT * usual:
            joined.add(id(later))
    lines: list[list[Row]] = []
    for row in ordered:
        if row["value"] is None:
            continue
        if id(row) in joined:
            lines[-1].append(row)
        else:
            lines.append([row])
    return lines


def _end(row: Row) -> int:
    """The last day of a figure's period, counted."""
    return int(row["period_end"].toordinal())


def _days(earlier: Row, later: Row) -> int:
    return _end(later) - _end(earlier)


def _line(points: Sequence[Point], colour: str) -> str:
    path = []
    # A dot on each figure: between them the line only leads the eye.
    dots = []
    for across, down in points:
        path.append(f"{across:.1f},{down:.1f}")
        dot = f'<circle cx="{across:.1f}" cy="{down:.1f}" r="2.5" fill="{colour}"/>'
        dots.append(dot)
    joined = " ".join(path)
    line = f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>'
    return line + "".join(dots)


def _text(
    words: str,
    *,
    across: float,
    down: float,
    anchor: str = "start",
    colour: str = "#333",
) -> str:
    place = f'x="{across:.1f}" y="{down:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{colour}">{escape(words)}</text>'
