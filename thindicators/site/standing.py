"""Standing: which councils of a group stand beside the Plan's own for a headline, and with which figures.

What belongs here: who has a figure that may stand beside the others, in which order, and what larger areas are told with
them. How they are shown belongs in `peers`, and on a map in `peer_map`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pyarrow.compute as pc

from thindicators import house_style
from thindicators.comparing.latest import Group
from thindicators.comparing.verdicts import TOTALS
from thindicators.observations.observation import Row, rows_of, value_of
from thindicators.plan.groups import PeerGroup
from thindicators.plan.model import Area
from thindicators.site.content import Part
from thindicators.site.peer_charts import CouncilFigure, Reference
from thindicators.site.points import point_of
from thindicators.site.views import group_name

_SAME = ("period", "series", "unit", "breakdown", "category")
"""What figures of two councils must have in common to stand beside each other."""


@dataclass(frozen=True)
class Standing:
    """The councils of one group beside each other, for one headline and its latest period.

    Attributes:
        part: Of which indicator.
        group: The headline: a breakdown and its category.
        councils: The id of the group of councils.
        newest: The figure of the Plan's own area.
        row_by_code: The figures of all areas that are like it, by the area's code.
    """

    part: Part
    group: Group
    councils: str
    newest: Row
    row_by_code: Mapping[str, Row]

    @property
    def peer_group(self) -> PeerGroup:
        """The group of councils, as the plan describes it."""
        return self.part.plan.file.peers[self.councils]

    @property
    def title(self) -> str:
        """Of the group of councils, and of the figures."""
        of_figures = "" if self.group[0] == "total" else f", {group_name(self.part, self.group)}"
        period = house_style.period(self.newest["period"], self.part.indicator.period)
        return f"{self.peer_group.title}{of_figures}, {period}"

    @property
    def unit(self) -> str:
        """Of the figures."""
        return self.newest["unit"]

    @property
    def decimals(self) -> int:
        """With how many decimals the figures are written."""
        return house_style.decimals_of(self.unit, self.part.indicator)

    @property
    def is_of_totals(self) -> bool:
        """Whether a larger council has more, whatever it does."""
        return self.unit in TOTALS

    @property
    def is_ranked(self) -> bool:
        """Whether the publisher lets councils be put in the order of these figures."""
        return "rank" not in self.part.indicator.no_verdict

    @cached_property
    def members(self) -> list[Area]:
        """The areas of the group, the Plan's own first; one that it is compared with may be among them."""
        codes = set(self.part.plan.peer_groups[self.councils])
        return [area for area in self.part.plan.every_area if area.code in codes]

    @cached_property
    def figures(self) -> list[CouncilFigure]:
        """The members with a figure: from the highest to the lowest, or in the order of their names."""
        figures = [self._figure(area) for area in self.members if self.has_figure(area.code)]
        figures.sort(key=lambda figure: figure.name)
        if self.is_ranked:
            # Names decide between equal figures, so that the order is the same on every machine.
            figures.sort(key=lambda figure: -value_of(figure.row))
        return figures

    @property
    def missing(self) -> list[str]:
        """The names of the members without a figure."""
        return [area.name for area in self.members if not self.has_figure(area.code)]

    @property
    def references(self) -> list[Reference]:
        """The areas that the Plan's own is compared with, where they may be."""
        # Of a total a larger area has more, and its line would be far off the paper.
        if self.is_of_totals:
            return []
        references = []
        for area in self.part.plan.compared_areas[1:]:
            if self.has_figure(area.code):
                references.append(Reference(area.name, value_of(self.row_by_code[area.code])))
        return references

    def has_figure(self, code: str) -> bool:
        """Whether an area has a figure, and not only the reason why there is none."""
        row = self.row_by_code.get(code)
        return row is not None and row["value"] is not None

    def _figure(self, area: Area) -> CouncilFigure:
        row = self.row_by_code[area.code]
        is_own = area.code == self.part.plan.subject.code
        return CouncilFigure(area.name, row, is_own, point_of(self.part, row, area.name))


def standings_of(part: Part) -> list[Standing]:
    """The groups of councils beside each other, for each headline of an indicator that has a figure of the Plan's own."""
    standings = []
    for group in part.headline_groups:
        # A part that means nothing without what stands beside it would be read as if it did.
        if group[0] in part.indicator.judged_together:
            continue
        newest = part.newest(group)
        # Without a figure of its own there is nothing that the others could stand beside.
        if newest is None:
            continue
        row_by_code = _rows_like(newest, part)
        for councils in part.plan.peer_groups:
            standings.append(Standing(part, group, councils, newest, row_by_code))
    # Two councils are no crowd to find a place in.
    return [standing for standing in standings if len(standing.figures) > 2]


def _rows_like(newest: Row, part: Part) -> dict[str, Row]:
    """The figures of all areas that may stand beside one, by the area's code."""
    table = part.outcome.table
    for column in _SAME:
        table = table.filter(pc.equal(table[column], newest[column]))  # type: ignore[literal-required]
    return {row["area_code"]: row for row in rows_of(table)}
