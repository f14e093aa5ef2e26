"""Drawn: what Vega gives, made fit for a page.

What belongs here: leaving out of Vega's SVG what a page does not need, and saying what it shows. Asking Vega belongs in
`drawing`, saying what to draw in `charts`. The sparklines of the front page, a few points each, are written here by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from markupsafe import Markup

from thindicators.site import drawing

# By pattern, not by a parser: Vega writes each mark in one way, and a parser in another.
_NOISE = re.compile(
    r' (?:aria-hidden|aria-roledescription|role|pointer-events|class|xmlns|xmlns:xlink|version|opacity)="[^"]*"'
    r'| font-family="[^"]*"'
    r'|<path(?: [\w-]+="[^"]*")* d="(?:M0,0h0v0h0Z)?"(?: [\w-]+="[^"]*")*/>'
)
"""What a browser, or a screen reader, does nothing with or the page says once for all its charts."""

POINT = "data-point"
"""The attribute of a mark that says which figure it stands for; see `points`."""

_EMPTY = re.compile(r"<g(?: [\w-]+=\"[^\"]*\")*></g>|<g(?: [\w-]+=\"[^\"]*\")*/>")
_PLAIN = re.compile(r"<g>((?:(?!</?g[ >]).)*)</g>", re.DOTALL)
_HEAD = re.compile(r'<svg[^>]*? viewBox="([^"]+)"[^>]*>')

_SPARK_WIDTH = 120
_SPARK_HEIGHT = 32
# Room for the dot on the last point, which would be cut off otherwise.
_SPARK_EDGE = 4

Point = tuple[float, float]
"""A time and a value, or a place across and down."""


class _Texts(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...


@dataclass(frozen=True)
class Drawing:
    """A chart that is being drawn: an inline SVG image with a title and a description.

    A template that shows it waits until it is there.
    """

    svg: Future[str]
    paper: str
    texts: _Texts

    def __html__(self) -> Markup:
        """The image, by which a template shows it as it is."""
        return _described(self.svg.result(), self.paper, self.texts)


def draw(
    spec: Mapping[str, Any],
    paper: str,
    texts: _Texts,
) -> Drawing:
    """Begin to draw a Vega chart.

    Args:
        spec: In Vega's grammar; it holds all its data.
        paper: By which the style sheet shows or hides it.
        texts: For those who cannot see it.
    """
    return Drawing(drawing.begin(json.dumps(spec)), paper, texts)


def _described(
    svg: str,
    paper: str,
    texts: _Texts,
) -> Markup:
    head = _HEAD.match(svg)
    if head is None:
        raise ValueError(f"Vega gave no SVG with a viewBox: {svg[:200]}")
    described = Markup(
        '<svg class="{paper}" viewBox="{box}" role="img" aria-labelledby="{name}-title" aria-describedby="{name}-text">'
        '<title id="{name}-title">{title}</title><desc id="{name}-text">{description}</desc>'
    ).format(
        paper=paper,
        box=head[1],
        name=f"{texts.name}-{paper}",
        title=texts.title,
        description=texts.description,
    )
    body = _slim(svg[head.end() :])
    return described + Markup(body)  # noqa: S704 - made by Vega from our own numbers and escaped texts


def _slim(svg: str) -> str:
    # A screen reader is given the chart as one image; what each mark says is for the page's script.
    slim = _NOISE.sub("", svg).replace(' aria-label="', f' {POINT}="')
    before = ""
    # A group that held only empty groups is empty once these are gone: again, until nothing
    # changes.
    while slim != before:
        before = slim
        slim = _EMPTY.sub("", slim)
        slim = _PLAIN.sub(r"\1", slim)
    return slim


def sparkline(
    segments: Sequence[Sequence[Point]],
    label: str,
) -> Markup:
    """A line without axes, broken between segments, with a dot on its last point.

    Args:
        segments: Points as time and value, in the order of time.
        label: For those who cannot see it.
    """
    placed = _on_spark_paper(segments)
    head = Markup('<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        _SPARK_WIDTH,
        _SPARK_HEIGHT,
        label,
    )
    parts = [head]
    for places in placed:
        # A line through one point has no length, and would not be seen.
        if len(places) > 1:
            parts.append(Markup('<polyline points="{}"/>').format(" ".join(places)))
        else:
            parts.append(_dot(places[0], "1.5"))
    parts.append(_dot(placed[-1][-1], "3"))
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


def _on_spark_paper(segments: Sequence[Sequence[Point]]) -> list[list[str]]:
    """The points of a sparkline as places on its paper, each as `across,down`."""
    times: list[float] = []
    values: list[float] = []
    for segment in segments:
        times += [time for time, _ in segment]
        values += [value for _, value in segment]
    first = min(times)
    low = min(values)
    # Where all times, or all values, are one there is nothing to divide by.
    time_span = (max(times) - first) or 1
    value_span = max(values) - low
    inner_width = _SPARK_WIDTH - 2 * _SPARK_EDGE
    inner_height = _SPARK_HEIGHT - 2 * _SPARK_EDGE

    def placed(point: Point) -> str:
        time, value = point
        across = (time - first) / time_span
        # Values that are all the same lie in the middle.
        up = (value - low) / value_span if value_span else 0.5
        right = _SPARK_EDGE + across * inner_width
        down = _SPARK_HEIGHT - _SPARK_EDGE - up * inner_height
        return f"{right:.1f},{down:.1f}"

    return [list(map(placed, segment)) for segment in segments]


def _dot(place: str, radius: str) -> Markup:
    across, down = place.split(",")
    return Markup('<circle cx="{}" cy="{}" r="{}"/>').format(
        across,
        down,
        radius,
    )
