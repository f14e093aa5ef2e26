"""Peer map: the figures of a group of councils on a map of tiles, with the key of its shades.

What belongs here: whether there is a map, what stands on its tiles, and what its shades mean. Drawing it belongs in
`tile_map`, and where the tiles stand in `thindicators.areas.tiles`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thindicators import house_style
from thindicators.areas.tiles import Tile, tiles_of
from thindicators.observations.observation import value_of
from thindicators.site.marks import Texts
from thindicators.site.points import point_of
from thindicators.site.standing import Standing
from thindicators.site.tile_map import SHADES, shade_of, tile_map

_LETTERS_ON_TILE = 5
_THOUSANDS = "k"


@dataclass(frozen=True)
class Shade:
    """An entry of the map's key: its style, and the figures that it stands for."""

    kind: str
    text: str


@dataclass(frozen=True)
class PeerMap:
    """A map of tiles.

    Attributes:
        drawn: The map as SVG.
        is_in_thousands: Whether figures on it are.
        shades: What its shades are.
    """

    drawn: str
    is_in_thousands: bool
    shades: Sequence[Shade]


def map_of(standing: Standing, texts: Texts) -> PeerMap | None:
    """The map of a group of councils; none where there are no tiles, or shades would mislead.

    Args:
        standing: The councils and their figures.
        texts: For those who cannot see it.
    """
    # Of some councils of an area a map would be full of holes; a shade for a total would show which councils are large.
    if not standing.peer_group.within or standing.is_of_totals:
        return None
    tiles = tiles_of(area.code for area in standing.members)
    if not tiles:
        return None
    values = _values(standing, tiles)
    on_tiles = {code: _on_tile(value, standing.decimals) for code, value in values.items()}
    lowest, highest = min(values.values()), max(values.values())
    drawn = tile_map(
        tiles,
        {code: shade_of(value, lowest, highest) for code, value in values.items()},
        on_tiles,
        _points(standing, values),
        standing.part.plan.subject.code,
        texts,
    )
    is_in_thousands = any(shown.endswith(_THOUSANDS) for shown in on_tiles.values())
    return PeerMap(drawn, is_in_thousands, _shades(standing, tiles, values))


def _values(standing: Standing, tiles: Sequence[Tile]) -> dict[str, float]:
    with_figure = [tile.code for tile in tiles if standing.has_figure(tile.code)]
    return {code: value_of(standing.row_by_code[code]) for code in with_figure}


def _points(standing: Standing, codes: Mapping[str, float]) -> dict[str, str]:
    """What a reader is told who points at a tile, by the council's code."""
    points = {}
    for code in codes:
        row = standing.row_by_code[code]
        points[code] = point_of(standing.part, row, row["area_name"])
    return points


def _on_tile(value: float, decimals: int) -> str:
    """A figure without its unit, which the heading gives: a square has room for five letters."""
    shown = house_style.number(value, decimals)
    if len(shown) <= _LETTERS_ON_TILE:
        return shown
    return f"{house_style.number(value / 1000, 0)}{_THOUSANDS}"


def _shades(
    standing: Standing,
    tiles: Sequence[Tile],
    values: Mapping[str, float],
) -> list[Shade]:
    """The key of the shades that are used, and of tiles without a figure where there are some."""
    lowest, highest = min(values.values()), max(values.values())
    used = {shade_of(value, lowest, highest) for value in values.values()}
    width = (highest - lowest) / SHADES
    shades = []
    for number in sorted(used):
        start = _in_words(standing, lowest + (number - 1) * width)
        end = _in_words(standing, lowest + number * width)
        shades.append(Shade(f"shade-{number}", f"{start} to {end}"))
    if len(values) < len(tiles):
        shades.append(Shade("no-figure", "no figure"))
    return shades


def _in_words(standing: Standing, value: float) -> str:
    return house_style.short(value, standing.unit, standing.decimals)
