"""Content: everything that the pages are made of, put together once.

What belongs here: what is given to the pages, and what is worked out once for each indicator. How a page says it
belongs in `views`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from thindicators import house_style
from thindicators.comparing.comparison import Comparison
from thindicators.comparing.latest import Group, all_series
from thindicators.comparing.latest_figures import LatestFigure, headline_of
from thindicators.observations.observation import Row, rows_of
from thindicators.observations.tables import TableSchema
from thindicators.outcomes.outcome import Outcome
from thindicators.outcomes.parts import source_of
from thindicators.plan.indicator_parts import Series
from thindicators.plan.model import Indicator, Plan
from thindicators.site.log import Entry
from thindicators.site.status import Status, statuses
from thindicators.storage.manifest import WrittenFile


@dataclass(frozen=True)
class Content:
    """What the pages are made of.

    Attributes:
        plan: Whose indicators they show.
        parts: What is known of each indicator, in the order of the plan.
        logs: What has changed, by indicator, the newest first.
        is_sample: Whether the release is of the sample edition.
        failures: Why the last fetch of a source failed, by source.
        schemas: Of the published tables, by name.
        downloads: Of each indicator; those of the whole plan by the empty name.
        descriptions: What stands in a page's head for search engines, JSON-LD that can stand in a script as it is, by
            indicator; the front page's by the empty name.
        witnessed: What each witness says of an indicator's figures, in sentences, by indicator.
        councils_elsewhere: How many councils have a figure in the table of councils elsewhere, by indicator.
    """

    plan: Plan
    parts: Sequence[Part]
    logs: Mapping[str, Sequence[Entry]]
    is_sample: bool
    failures: Mapping[str, str]
    schemas: Mapping[str, TableSchema]
    downloads: Mapping[str, Sequence[WrittenFile]]
    descriptions: Mapping[str, str] = field(default_factory=dict)
    witnessed: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    councils_elsewhere: Mapping[str, int] = field(default_factory=dict)

    @property
    def fetched(self) -> str:
        """The day on which the newest bytes of all came, in words; empty if there are none."""
        # Times in RFC 3339, all of them in UTC, sort as the text that they are.
        newest = max((part.outcome.newest for part in self.parts), default="")
        return _day_of(newest)


@dataclass(frozen=True)
class Part:
    """What is known of one indicator.

    Attributes:
        plan: Whose indicator it is.
        outcome: What a run found out about it.
        latest: The latest figure of each of its groups, in the order in which they are shown.
    """

    plan: Plan
    outcome: Outcome
    latest: Sequence[LatestFigure]

    @property
    def indicator(self) -> Indicator:
        """The indicator, as the plan's file describes it."""
        return self.plan.indicators[self.outcome.indicator]

    @cached_property
    def rows(self) -> list[Row]:
        """The figures of the areas that the Plan is about and compares, as rows of the contract."""
        # Those of peers are many times as many, and are shown for the latest period only.
        codes = pa.array([area.code for area in self.plan.areas])
        table = self.outcome.table
        return rows_of(table.filter(pc.is_in(table["area_code"], value_set=codes)))

    @cached_property
    def series(self) -> list[Series]:
        """The indicator's series, with those that ended when others took their place."""
        return all_series(self.indicator, self.outcome)

    @cached_property
    def series_by_id(self) -> dict[str, Series]:
        """The indicator's series, by the id that the column `series` holds."""
        return {series.id: series for series in self.series}

    @cached_property
    def series_with_rows(self) -> list[Series]:
        """The indicator's series that have a row, with a figure or with the reason why there is none."""
        with_rows = {row["series"] for row in self.rows}
        return [series for series in self.series if series.id in with_rows]

    @cached_property
    def latest_by_group(self) -> dict[Group, LatestFigure]:
        """The latest figure of each group of the Plan's own area."""
        return {figure.group: figure for figure in self.latest}

    @cached_property
    def groups_of_several_series(self) -> set[Group]:
        """The groups with figures that may not be joined, since they are of more than one series."""
        series_by_group: dict[Group, set[str]] = defaultdict(set)
        for row in self.rows:
            series_by_group[row["breakdown"], row["category"]].add(row["series"])
        return {group for group, series in series_by_group.items() if len(series) > 1}

    def sources_of(self, rows: Sequence[Row]) -> str:
        """Whose figures some rows are, in words: publisher and title of each source."""
        snapshots = dict.fromkeys(row["snapshot"] for row in rows)
        sources = [source_of(self.plan, self.outcome, snapshot) for snapshot in snapshots]
        named = dict.fromkeys(f"{source.publisher}, {source.title}" for source in sources)
        return "; ".join(named)

    @property
    def groups(self) -> list[Group]:
        """The total and the members of the breakdowns."""
        return list(self.latest_by_group)

    @property
    def headline_groups(self) -> list[Group]:
        """The total; of an indicator without one, all its groups."""
        return [figure.group for figure in self.latest if figure.is_headline]

    @property
    def other_groups(self) -> list[Group]:
        """The groups that are not in the headline: the members of breakdowns beside a total."""
        # Once: it is worked out anew each time that it is asked for.
        headline_groups = self.headline_groups
        return [group for group in self.groups if group not in headline_groups]

    @property
    def context_groups(self) -> list[Group]:
        """Groups without a row of the Plan's own area: shown beside, and compared with nothing."""
        with_rows = {(row["breakdown"], row["category"]) for row in self.rows}
        own = set(self.groups)
        return sorted(with_rows - own)

    def rows_of(self, group: Group) -> list[Row]:
        """The figures of one group."""
        breakdown, category = group
        of_breakdown = [row for row in self.rows if row["breakdown"] == breakdown]
        return [row for row in of_breakdown if row["category"] == category]

    def own_rows_of(self, group: Group) -> list[Row]:
        """The figures of the Plan's own area in a group."""
        own_code = self.plan.subject.code
        return [row for row in self.rows_of(group) if row["area_code"] == own_code]

    def newest(self, group: Group) -> Row | None:
        """The latest figure of the Plan's own area in a group."""
        figure = self.latest_by_group.get(group)
        return figure.newest if figure else None

    @property
    def headline(self) -> Row | None:
        """The latest figure of all; of an indicator without a total, that of its first group with a figure."""
        return headline_of(self.latest).newest

    @property
    def fetched(self) -> str:
        """The day on which its newest bytes came, in words; empty if there are none."""
        return _day_of(self.outcome.newest)

    @cached_property
    def statuses(self) -> list[Status]:
        """How current the figures are, the gravest first."""
        return statuses(
            self.plan,
            self.outcome,
            self.series_by_id,
            headline_of(self.latest),
        )

    def verdict(
        self,
        group: Group,
        kind: str,
        comparator: str = "",
    ) -> Comparison | None:
        """One verdict, if the question was asked."""
        return self.latest_by_group[group].verdict(kind, comparator)

    def place_among(self, group: Group, councils: str) -> Comparison | None:
        """The place among a group of councils, by that group's id, if the question was asked."""
        return self.latest_by_group[group].place_among(councils)


def parts_of(
    plan: Plan,
    outcomes: Sequence[Outcome],
    latest: Sequence[LatestFigure],
) -> list[Part]:
    """What is known of each indicator.

    Args:
        plan: Whose indicators they are.
        outcomes: One for each indicator, in the order of the plan.
        latest: The latest figure of each indicator and group, with the verdicts on it.
    """
    latest_of: dict[str, list[LatestFigure]] = defaultdict(list)
    for figure in latest:
        latest_of[figure.indicator.id].append(figure)
    return [Part(plan, outcome, latest_of[outcome.indicator]) for outcome in outcomes]


def _day_of(timestamp: str) -> str:
    return house_style.day_of(timestamp) if timestamp else ""
