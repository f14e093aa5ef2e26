"""Tile map: councils as squares of one size, shaded by their figures, with each figure written on its square.

What belongs here: drawing. Where the squares stand belongs in `thindicators.areas.tiles`, what is shown in `peers`.

No boundary is drawn: the shapes of councils have nothing to do with their figures, and the largest would look like the
most important. The shade is never all there is: each square has its figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from thindicators.areas.tiles import Tile
from thindicators.site.drawn import POINT
from thindicators.site.marks import Texts

SHADES = 5
"""How many shades there are, each for a fifth of the way from the lowest figure to the highest."""

_SIDE = 38
_GAP = 2


def shade_of(
    value: float,
    lowest: float,
    highest: float,
) -> int:
    """The shade of a figure, from 1 for the lowest fifth of the range to 5 for the highest."""
    # Where all figures are one there is no range to divide.
    if highest == lowest:
        return 1
    share = (value - lowest) / (highest - lowest)
    return min(int(share * SHADES), SHADES - 1) + 1


def tile_map(
    tiles: Sequence[Tile],
    shades: Mapping[str, int],
    figures: Mapping[str, str],
    points: Mapping[str, str],
    own_code: str,
    texts: Texts,
) -> Markup:
    """A map of tiles as an inline SVG image.

    Args:
        tiles: Of all councils.
        shades: By the council's code; one without a figure has none.
        figures: What is written on each tile, by the council's code.
        points: What a reader is told who points at a tile, from `points`, by the council's code.
        own_code: Of the council that is marked.
        texts: For those who cannot see it.
    """
    width = max(tile.column for tile in tiles) * (_SIDE + _GAP) + _GAP
    height = max(tile.row for tile in tiles) * (_SIDE + _GAP) + _GAP
    head = Markup(
        '<svg class="tiles" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="{name}-title" aria-describedby="{name}-text">'
        '<title id="{name}-title">{title}</title><desc id="{name}-text">{description}</desc>'
    ).format(
        width=width,
        height=height,
        name=texts.name,
        title=texts.title,
        description=texts.description,
    )
    # The marked one is drawn last, or its neighbours would lie over its edge.
    in_order = sorted(tiles, key=lambda tile: tile.code == own_code)
    drawn = []
    for tile in in_order:
        shade = shades.get(tile.code)
        kind = f"shade-{shade}" if shade else "no-figure"
        if tile.code == own_code:
            kind = f"{kind} own"
        drawn.append(_tile(tile, kind, figures.get(tile.code, "–"), points.get(tile.code, "")))
    return head + Markup("").join(drawn) + Markup("</svg>")


def _tile(
    tile: Tile,
    kind: str,
    figure: str,
    point: str,
) -> Markup:
    left = (tile.column - 1) * (_SIDE + _GAP) + _GAP
    top = (tile.row - 1) * (_SIDE + _GAP) + _GAP
    middle = left + _SIDE / 2
    # A tile without a figure has nothing to say.
    says = Markup(' {attribute}="{point}"').format(attribute=POINT, point=point) if point else ""
    return Markup(
        '<g class="{kind}"{says}><rect x="{left}" y="{top}" width="{side}" height="{side}"/>'
        '<text x="{middle:g}" y="{label_down}">{label}</text>'
        '<text class="figure" x="{middle:g}" y="{figure_down}">{figure}</text></g>'
    ).format(
        kind=kind,
        says=says,
        left=left,
        top=top,
        side=_SIDE,
        middle=middle,
        label=tile.label,
        label_down=top + 16,
        figure=figure,
        figure_down=top + 31,
    )
