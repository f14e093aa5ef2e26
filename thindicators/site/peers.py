"""Peers: the councils like the Plan's own, beside it for the latest period, as a chart, a map and a table.

What belongs here: which figures are shown, in which order, and the words for those who cannot see them. The drawing
belongs in `peer_charts` and `tile_map`; a rank among the councils is a verdict, and made with the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow.compute as pc

from thindicators import house_style
from thindicators.areas.tiles import tiles_of
from thindicators.comparing.latest import Group
from thindicators.comparing.verdicts import TOTALS
from thindicators.observations.observation import Row, rows_of, value_of
from thindicators.plan.model import Area
from thindicators.site.content import Part
from thindicators.site.drawn import Drawing
from thindicators.site.marks import COLOURS, Texts
from thindicators.site.peer_charts import CouncilFigure, Reference, by_council, has_bars
from thindicators.site.points import point_of
from thindicators.site.tile_map import SHADES, shade_of, tile_map
from thindicators.site.views import element_id, group_name

_SAME = ("period", "series", "unit", "breakdown", "category")
"""What figures of two councils must have in common to stand beside each other."""

_MOST_REFERENCES = len(COLOURS) - 1
"""As many larger areas as there are colours and dashes to tell them apart."""

_IN_TABLE = "Every figure is in the table below."


@dataclass(frozen=True)
class TableRow:
    """A council in the table: its name, its figure and limits in words, and whether the Plan is about it."""

    name: str
    figure: str
    limits: str
    note: str
    is_own: bool


@dataclass(frozen=True)
class Shade:
    """An entry of the map's key: its style, and the figures that it stands for."""

    kind: str
    text: str


@dataclass(frozen=True)
class AmongPeers:
    """The councils of one group for the latest period.

    Attributes:
        name: By which it is told from others of the page.
        title: Of the group of councils, and of the figures.
        order: In which order the councils stand, in words.
        unit: What the numbers are, and where their scale begins.
        rank: What is said of the Plan's own place among them, in sentences; empty if nothing is.
        drawings: The chart as SVG, once for each paper.
        references: The larger areas whose figures are drawn as lines.
        map: The map of tiles as SVG; empty if there is none.
        is_in_thousands: Whether the map's figures are.
        shades: What the map's shades are.
        rows: Of the table.
        missing: The councils without a figure.
        named_by: Who says that they are like the Plan's own area; empty where all of an area stand here.
        source: Whose figures are drawn.
    """

    name: str
    title: str
    order: str
    unit: str
    rank: str
    drawings: Sequence[Drawing]
    references: Sequence[str]
    map: str
    is_in_thousands: bool
    shades: Sequence[Shade]
    rows: Sequence[TableRow]
    missing: Sequence[str]
    named_by: str
    source: str


def among_peers(part: Part) -> list[AmongPeers]:
    """The Plan's own area among its peers, for each headline and group of councils that has figures."""
    shown = []
    for group in part.headline_groups:
        # A part that means nothing without what stands beside it would be read as if it did.
        if group[0] in part.indicator.judged_together:
            continue
        newest = part.newest(group)
        # Without a figure of its own there is nothing that the others could stand beside.
        if newest is None:
            continue
        row_by_code = _rows_beside(part, newest)
        for name in part.plan.peer_groups:
            beside = _among(part, group, name, newest, row_by_code)
            if beside is not None:
                shown.append(beside)
    return shown


def _rows_beside(part: Part, newest: Row) -> dict[str, Row]:
    """The figures of all areas that are like the newest one, by the area's code."""
    table = part.outcome.table
    for column in _SAME:
        table = table.filter(pc.equal(table[column], newest[column]))  # type: ignore[literal-required]
    return {row["area_code"]: row for row in rows_of(table)}


def _among(
    part: Part,
    group: Group,
    name: str,
    newest: Row,
    row_by_code: Mapping[str, Row],
) -> AmongPeers | None:
    members = _members(part, name)
    figures = _figures(part, members, row_by_code)
    # Two councils are no crowd to find a place in.
    if len(figures) <= 2:
        return None
    of_figures = "" if group[0] == "total" else f", {group_name(part, group)}"
    period = house_style.period(newest["period"], part.indicator.period)
    title = f"{part.plan.file.peers[name].title}{of_figures}, {period}"
    references = _references(part, row_by_code)
    with_figure = {figure.name for figure in figures}
    map_drawn, shades = _map(part, name, group, members, row_by_code, title)
    return AmongPeers(
        name=element_id("peers", name, *group),
        title=title,
        order=_ORDER[_is_ranked(part)],
        unit=_unit([figure.row for figure in figures]),
        rank=_rank(part, group, name),
        drawings=by_council(
            figures,
            references,
            house_style.decimals_of(newest["unit"], part.indicator),
            _texts(part, name, group, title, figures),
        ),
        references=[reference.name for reference in references[:_MOST_REFERENCES]],
        map=map_drawn,
        is_in_thousands=f"{_THOUSANDS}</text></g>" in map_drawn,
        shades=shades,
        rows=[_table_row(part, figure) for figure in figures],
        missing=[area.name for area in members if area.name not in with_figure],
        named_by=part.plan.file.peers[name].named_by,
        source=part.sources_of([figure.row for figure in figures]),
    )


_ORDER = {
    True: "From the highest figure to the lowest.",
    False: "In the order of the alphabet: the publisher asks not to rank councils by these figures.",
}


def _is_ranked(part: Part) -> bool:
    return "rank" not in part.indicator.no_verdict


def _members(part: Part, name: str) -> list[Area]:
    """The areas of a group, the Plan's own first; one that it is compared with may be among them."""
    codes = set(part.plan.peer_groups[name])
    return [area for area in part.plan.every_area if area.code in codes]


def _figures(
    part: Part,
    members: Sequence[Area],
    row_by_code: Mapping[str, Row],
) -> list[CouncilFigure]:
    own_code = part.plan.subject.code
    figures = []
    for area in members:
        row = row_by_code.get(area.code)
        if row is not None and row["value"] is not None:
            point = point_of(part, row, area.name)
            figures.append(CouncilFigure(area.name, row, area.code == own_code, point))
    figures.sort(key=lambda figure: figure.name)
    if _is_ranked(part):
        # Names decide between equal figures, so that the order is the same on every machine.
        figures.sort(key=lambda figure: -value_of(figure.row))
    return figures


def _references(part: Part, row_by_code: Mapping[str, Row]) -> list[Reference]:
    """The areas that the Plan's own is compared with, where they may be."""
    references = []
    for area in part.plan.compared_areas[1:]:
        row = row_by_code.get(area.code)
        # Of a total a larger area has more, and its line would be far off the paper.
        if row is not None and row["value"] is not None and row["unit"] not in TOTALS:
            references.append(Reference(area.name, row["value"]))
    return references


def _unit(rows: Sequence[Row]) -> str:
    unit = rows[0]["unit"]
    name = house_style.capitalised(house_style.UNITS[unit])
    start = "starts at zero" if has_bars(rows) else "does not start at zero"
    of_totals = "; a larger council has more" if unit in TOTALS else ""
    return f"{name}; the scale {start}{of_totals}"


def _rank(
    part: Part,
    group: Group,
    name: str,
) -> str:
    verdict = part.place_among(group, name)
    return verdict.words if verdict is not None else ""


def _texts(
    part: Part,
    name: str,
    group: Group,
    title: str,
    figures: Sequence[CouncilFigure],
) -> Texts:
    highest = max(figures, key=_value)
    lowest = min(figures, key=_value)
    own = next(figure for figure in figures if figure.is_own)
    in_words = partial(_in_words, part)
    description = (
        f"{in_words(own)}. Highest of {len(figures)} councils: {in_words(highest)}. "
        f"Lowest: {in_words(lowest)}. {_IN_TABLE}"
    )
    return Texts(
        name=element_id("chart-peers", name, *group),
        title=title,
        description=description,
    )


def _value(figure: CouncilFigure) -> float:
    return value_of(figure.row)


def _in_words(part: Part, figure: CouncilFigure) -> str:
    return f"{figure.name}, {house_style.figure_of(figure.row, part.indicator)}"


def _table_row(part: Part, figure: CouncilFigure) -> TableRow:
    decimals = house_style.decimals_of(figure.row["unit"], part.indicator)
    return TableRow(
        name=figure.name,
        figure=house_style.figure_of(figure.row, part.indicator),
        limits=house_style.limits(figure.row, decimals),
        note=figure.row["note"] or "",
        is_own=figure.is_own,
    )


def _map(
    part: Part,
    name: str,
    group: Group,
    members: Sequence[Area],
    row_by_code: Mapping[str, Row],
    title: str,
) -> tuple[str, list[Shade]]:
    """The map of tiles with the key of its shades; empty where there are no tiles, or shades would mislead."""
    # Of some councils of an area a map would be full of holes.
    is_of_an_area = bool(part.plan.file.peers[name].within)
    tiles = tiles_of(area.code for area in members) if is_of_an_area else []
    own_row = row_by_code[part.plan.subject.code]
    # A shade for a total would show which councils are large.
    if not tiles or own_row["unit"] in TOTALS:
        return "", []
    value_by_code = {}
    point_by_code = {}
    for tile in tiles:
        row = row_by_code.get(tile.code)
        if row is not None and row["value"] is not None:
            value_by_code[tile.code] = row["value"]
            point_by_code[tile.code] = point_of(part, row, row["area_name"])
    lowest = min(value_by_code.values())
    highest = max(value_by_code.values())
    unit = own_row["unit"]
    decimals = house_style.decimals_of(unit, part.indicator)
    drawn = tile_map(
        tiles,
        {code: shade_of(value, lowest, highest) for code, value in value_by_code.items()},
        {code: _on_tile(value, decimals) for code, value in value_by_code.items()},
        point_by_code,
        part.plan.subject.code,
        Texts(
            name=element_id("map", name, *group),
            title=f"Map: {title}",
            description=f"Each council is a square with its figure. {_IN_TABLE}",
        ),
    )
    return drawn, _shades(value_by_code, tiles, lowest, highest, unit, decimals)


def _on_tile(value: float, decimals: int) -> str:
    """A figure without its unit, which the heading gives: a square has room for five letters."""
    shown = house_style.number(value, decimals)
    if len(shown) <= _LETTERS_ON_TILE:
        return shown
    return f"{house_style.number(value / 1000, 0)}{_THOUSANDS}"


_LETTERS_ON_TILE = 5
_THOUSANDS = "k"


def _shades(
    value_by_code: Mapping[str, float],
    tiles: Sequence[object],
    lowest: float,
    highest: float,
    unit: str,
    decimals: int,
) -> list[Shade]:
    used = {shade_of(value, lowest, highest) for value in value_by_code.values()}
    width = (highest - lowest) / SHADES
    shades = []
    for number in range(1, SHADES + 1):
        if number in used:
            start = house_style.short(lowest + (number - 1) * width, unit, decimals)
            end = house_style.short(lowest + number * width, unit, decimals)
            shades.append(Shade(f"shade-{number}", f"{start} to {end}"))
    if len(value_by_code) < len(tiles):
        shades.append(Shade("no-figure", "no figure"))
    return shades
