"""Peers: the councils like the Plan's own, beside it for the latest period, as a chart, a map and a table.

What belongs here: what a page shows of them, and the words for those who cannot see it. Which councils and figures belong
in `standing`, the drawing in `peer_charts` and `peer_map`; a rank among them is a verdict, and made with the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thindicators import house_style
from thindicators.observations.observation import value_of
from thindicators.site.content import Part
from thindicators.site.drawn import Drawing
from thindicators.site.marks import COLOURS, Texts
from thindicators.site.peer_charts import CouncilFigure, by_council, has_bars
from thindicators.site.peer_map import PeerMap, map_of
from thindicators.site.standing import Standing, standings_of
from thindicators.site.views import element_id

_MOST_REFERENCES = len(COLOURS) - 1
"""As many larger areas as there are colours and dashes to tell them apart."""

_IN_TABLE = "Every figure is in the table below."
_ORDER = {
    True: "From the highest figure to the lowest.",
    False: "In the order of the alphabet: the publisher asks not to rank councils by these figures.",
}


@dataclass(frozen=True)
class TableRow:
    """A council in the table: its name, its figure and limits in words, and whether the Plan is about it."""

    name: str
    figure: str
    limits: str
    note: str
    is_own: bool


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
        map: The councils on a map of tiles; None if there is none.
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
    map: PeerMap | None
    rows: Sequence[TableRow]
    missing: Sequence[str]
    named_by: str
    source: str


def among_peers(part: Part) -> list[AmongPeers]:
    """The Plan's own area among its peers, for each headline and group of councils that has figures."""
    return [_shown(standing) for standing in standings_of(part)]


def _shown(standing: Standing) -> AmongPeers:
    figures = standing.figures
    references = standing.references
    return AmongPeers(
        name=element_id("peers", standing.councils, *standing.group),
        title=standing.title,
        order=_ORDER[standing.is_ranked],
        unit=_unit(standing),
        rank=_rank(standing),
        drawings=by_council(figures, references, standing.decimals, _texts_of_chart(standing)),
        references=[reference.name for reference in references[:_MOST_REFERENCES]],
        map=map_of(standing, _texts_of_map(standing)),
        rows=[_table_row(standing, figure) for figure in figures],
        missing=standing.missing,
        named_by=standing.peer_group.named_by,
        source=standing.part.sources_of([figure.row for figure in figures]),
    )


def _unit(standing: Standing) -> str:
    name = house_style.capitalised(house_style.UNITS[standing.unit])
    rows = [figure.row for figure in standing.figures]
    start = "starts at zero" if has_bars(rows) else "does not start at zero"
    of_totals = "; a larger council has more" if standing.is_of_totals else ""
    return f"{name}; the scale {start}{of_totals}"


def _rank(standing: Standing) -> str:
    verdict = standing.part.place_among(standing.group, standing.councils)
    return verdict.words if verdict is not None else ""


def _texts_of_chart(standing: Standing) -> Texts:
    figures = standing.figures
    highest = max(figures, key=_value)
    lowest = min(figures, key=_value)
    own = next(figure for figure in figures if figure.is_own)
    return Texts(
        name=element_id("chart-peers", standing.councils, *standing.group),
        title=standing.title,
        description=(
            f"{_in_words(standing, own)}. Highest of {len(figures)} councils: "
            f"{_in_words(standing, highest)}. Lowest: {_in_words(standing, lowest)}. {_IN_TABLE}"
        ),
    )


def _texts_of_map(standing: Standing) -> Texts:
    return Texts(
        name=element_id("map", standing.councils, *standing.group),
        title=f"Map: {standing.title}",
        description=f"Each council is a square with its figure. {_IN_TABLE}",
    )


def _value(figure: CouncilFigure) -> float:
    return value_of(figure.row)


def _in_words(standing: Standing, figure: CouncilFigure) -> str:
    return f"{figure.name}, {house_style.figure_of(figure.row, standing.part.indicator)}"


def _table_row(standing: Standing, figure: CouncilFigure) -> TableRow:
    return TableRow(
        name=figure.name,
        figure=house_style.figure_of(figure.row, standing.part.indicator),
        limits=house_style.limits(figure.row, standing.decimals),
        note=figure.row["note"] or "",
        is_own=figure.is_own,
    )
