"""Tile maps: where each council stands if all are drawn as squares of one size.

What belongs here: the places of tiles. They are this project's own layout, made so that neighbours stay near each
other; it shows no boundaries, and no council is larger than another. Drawing one belongs in the pages.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from thindicators import plain_numbers


@dataclass(frozen=True)
class Tile:
    """The square of one council.

    Attributes:
        code: Of the council.
        label: A few letters of its name, for which a square has room.
        column, row: From the west and from the north, from 1.
    """

    code: str
    label: str
    column: int
    row: int


@lru_cache(maxsize=1)
def all_tiles() -> dict[str, Tile]:
    """Every tile that there is, by the code of its council."""
    text = files("thindicators.areas").joinpath("tiles.csv").read_text(encoding="utf-8")
    tiles = {}
    for row in csv.DictReader(text.splitlines()):
        tiles[row["code"]] = Tile(
            code=row["code"],
            label=row["label"],
            column=plain_numbers.whole_number(row["column"]),
            row=plain_numbers.whole_number(row["row"]),
        )
    return tiles


def tiles_of(area_codes: Iterable[str]) -> list[Tile]:
    """The tiles of some councils, from the north-west; empty if any of them has none."""
    wanted = set(area_codes)
    # A map with a council left out would say that it is not there.
    if not wanted <= all_tiles().keys():
        return []
    tiles = [all_tiles()[code] for code in wanted]
    return sorted(tiles, key=lambda tile: (tile.row, tile.column))
