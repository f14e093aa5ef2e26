"""Page charts: all charts of an indicator's page, begun together, and drawn while something else is done.

What belongs here: which charts are drawn for a page. What each of them shows belongs in `graphics` and `peers`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thindicators.site import graphics, peers
from thindicators.site.content import Part
from thindicators.site.graphics import Graphic
from thindicators.site.peers import AmongPeers


@dataclass(frozen=True)
class PageCharts:
    """The charts of an indicator's page.

    Attributes:
        headline: Over time, the newest series first.
        breakdowns: Of each breakdown beside the headline, by its name and in the order of the page.
        among_peers: Of councils beside each other, with their map and their table.
    """

    headline: Sequence[Graphic]
    breakdowns: Mapping[str, Sequence[Graphic]]
    among_peers: Sequence[AmongPeers]


ChartsByIndicator = Mapping[str, PageCharts]


def begin_charts(parts: Sequence[Part]) -> ChartsByIndicator:
    """Begin the charts of all pages; whoever shows one waits until it is drawn."""
    return {part.indicator.id: _begin(part) for part in parts}


def _begin(part: Part) -> PageCharts:
    breakdowns = dict.fromkeys(breakdown for breakdown, _ in part.other_groups)
    return PageCharts(
        headline=graphics.headline(part),
        breakdowns={name: graphics.of_breakdown(part, name) for name in breakdowns},
        among_peers=peers.among_peers(part),
    )
