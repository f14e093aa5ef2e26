"""Drawn: what Vega gives, made fit for a page.

What belongs here: calling Vega, and leaving out of its SVG what a page does not need. Saying what to draw belongs in
`charts`. The sparklines of the front page, a few points each, are written here by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import vl_convert
from markupsafe import Markup

_NOISE = re.compile(
    r' (?:aria-hidden|aria-roledescription|role|pointer-events|class|xmlns|xmlns:xlink|version|opacity)="[^"]*"'
    r'| font-family="[^"]*"'
    r'|<path(?: [\w-]+="[^"]*")* d="(?:M0,0h0v0h0Z)?"(?: [\w-]+="[^"]*")*/>'
)
_EMPTY = re.compile(r"<g(?: [\w-]+=\"[^\"]*\")*></g>|<g(?: [\w-]+=\"[^\"]*\")*/>")
_PLAIN = re.compile(r"<g>((?:(?!</?g[ >]).)*)</g>", re.DOTALL)
_HEAD = re.compile(r'<svg[^>]*? viewBox="([^"]+)"[^>]*>')


class _Texts(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...


def draw(spec: Mapping[str, Any], paper: str, texts: _Texts) -> Markup:
    """A Vega chart as an inline SVG image with a title and a description.

    Args:
        spec: In Vega's grammar; it holds all its data.
        paper: By which the style sheet shows or hides it.
        texts: For those who cannot see it.
    """
    svg = vl_convert.vega_to_svg(dict(spec), allowed_base_urls=[])
    found = _HEAD.match(svg)
    if found is None:
        raise ValueError(f"Vega gave no SVG with a viewBox: {svg[:200]}")
    name = f"{texts.name}-{paper}"
    head = Markup(
        '<svg class="{paper}" viewBox="{box}" role="img" aria-labelledby="{name}-title" aria-describedby="{name}-text">'
        '<title id="{name}-title">{title}</title><desc id="{name}-text">{description}</desc>'
    ).format(paper=paper, box=found[1], name=name, title=texts.title, description=texts.description)
    return head + Markup(_slim(svg[found.end() :]))  # noqa: S704 - made by Vega from our own numbers and escaped texts


def _slim(svg: str) -> str:
    slim, before = _NOISE.sub("", svg), ""
    while slim != before:
        before = slim
        slim = _PLAIN.sub(r"\1", _EMPTY.sub("", slim))
    return slim


def sparkline(segments: Sequence[Sequence[tuple[float, float]]], label: str) -> Markup:
    """A line without axes, broken between segments, with a dot on its last point.

    Args:
        segments: Points as time and value, in the order of time.
        label: For those who cannot see it.
    """
    points = [point for segment in segments for point in segment]
    width, height, edge = 120, 32, 4
    (left, low), (right, high) = (tuple(pick(one) for one in zip(*points, strict=True)) for pick in (min, max))

    def placed(point: tuple[float, float]) -> str:
        across = (point[0] - left) / ((right - left) or 1)
        up = (point[1] - low) / ((high - low) or 1) if high > low else 0.5
        return f"{edge + across * (width - 2 * edge):.1f},{height - edge - up * (height - 2 * edge):.1f}"

    def drawn(segment: Sequence[tuple[float, float]]) -> Markup:
        if len(segment) > 1:
            return Markup('<polyline points="{}"/>').format(" ".join(map(placed, segment)))
        return _dot(placed(segment[0]), "1.5")

    head = Markup('<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(width, height, label)
    return Markup("").join([head, *map(drawn, segments), _dot(placed(points[-1]), "3"), Markup("</svg>")])


def _dot(place: str, radius: str) -> Markup:
    across, down = place.split(",")
    return Markup('<circle cx="{}" cy="{}" r="{}"/>').format(across, down, radius)
