"""Every borough of London has one tile, and no two stand at one place."""

from __future__ import annotations

from thindicators.areas.register import register
from thindicators.areas.tiles import all_tiles, tiles_of


def test_each_of_londons_authorities_has_a_tile_of_its_own() -> None:
    assert set(all_tiles()) == set(register().boroughs)
    places = {(tile.column, tile.row) for tile in all_tiles().values()}
    labels = {tile.label for tile in all_tiles().values()}
    assert len(places) == len(labels) == 33


def test_a_council_without_a_tile_leaves_no_map() -> None:
    assert tiles_of([*register().boroughs, "E06000016"]) == []


def test_tiles_come_from_the_north_west() -> None:
    tiles = tiles_of(register().boroughs)
    assert [tiles[0].label, tiles[-1].label] == ["Enf", "Sut"]
