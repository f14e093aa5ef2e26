"""Content: everything that the pages are made of, put together once.

What belongs here: what is given to the pages, and what is worked out once for each indicator. How a page says it
belongs in `views`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from thindicators.comparing.latest import Group, all_series, groups, latest
from thindicators.comparing.verdicts import Comparison
from thindicators.observations.tables import TableSchema
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Indicator, Plan, Series
from thindicators.site.log import Entry
from thindicators.site.status import Status, statuses
from thindicators.storage.manifest import WrittenFile

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Content:
    """What the pages are made of.

    Attributes:
        plan: Whose indicators they show.
        outcomes: One for each indicator, in the order of the plan.
        comparisons: The verdicts on them.
        logs: What has changed, by indicator, the newest first.
        is_sample: Whether the release is of the sample edition.
        failures: Why the last fetch of a source failed, by source.
        schemas: Of the published tables, by name.
        downloads: Of each indicator; those of the whole plan by the empty name.
        descriptions: What stands in a page's head for search engines, JSON-LD that can stand in a script as it is, by
            indicator; the front page's by the empty name.
        witnessed: What each witness says of an indicator's figures, in sentences, by indicator.
    """

    plan: Plan
    outcomes: Sequence[Outcome]
    comparisons: Sequence[Comparison]
    logs: Mapping[str, Sequence[Entry]]
    is_sample: bool
    failures: Mapping[str, str]
    schemas: Mapping[str, TableSchema]
    downloads: Mapping[str, Sequence[WrittenFile]]
    descriptions: Mapping[str, str] = field(default_factory=dict)
    witnessed: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)

    @cached_property
    def parts(self) -> list[Part]:
        """What is known of each indicator, in the order of the plan."""
        verdicts: dict[str, list[Comparison]] = {outcome.indicator: [] for outcome in self.outcomes}
        for one in self.comparisons:
            verdicts[one.indicator].append(one)
        return [Part(self.plan, outcome, verdicts[outcome.indicator]) for outcome in self.outcomes]


@dataclass(frozen=True)
class Part:
    """What is known of one indicator.

    Attributes:
        plan: Whose indicator it is.
        outcome: What a run found out about it.
        verdicts: On its figures.
    """

    plan: Plan
    outcome: Outcome
    verdicts: Sequence[Comparison]

    @property
    def indicator(self) -> Indicator:
        """From the plan."""
        return self.plan.indicators[self.outcome.indicator]

    @cached_property
    def rows(self) -> list[Row]:
        """Its figures."""
        rows: list[Row] = self.outcome.table.to_pylist()
        return rows

    @cached_property
    def series(self) -> list[Series]:
        """Its series, with those that ended when others took their place."""
        return all_series(self.indicator, self.outcome)

    @cached_property
    def series_by_id(self) -> dict[str, Series]:
        """The same by id."""
        return {one.id: one for one in self.series}

    @cached_property
    def groups(self) -> list[Group]:
        """The total and the members of the breakdowns."""
        return groups(self.plan, self.indicator, self.rows)

    @property
    def headline_groups(self) -> list[Group]:
        """The total; of an indicator without one, all its groups."""
        totals = [one for one in self.groups if one[0] == "total"]
        return totals or self.groups

    @property
    def other_groups(self) -> list[Group]:
        """Those that are not in the headline."""
        return [one for one in self.groups if one not in self.headline_groups]

    @property
    def context_groups(self) -> list[Group]:
        """Groups without a row of the Plan's own area: shown beside, and compared with nothing."""
        there = {(row["breakdown"], row["category"]) for row in self.rows}
        return sorted(there - set(self.groups))

    def rows_of(self, group: Group) -> list[Row]:
        """The figures of one group."""
        return [row for row in self.rows if (row["breakdown"], row["category"]) == group]

    def newest(self, group: Group) -> Row | None:
        """The latest figure of the Plan's own area in a group."""
        own = [row for row in self.rows_of(group) if row["area_code"] == self.plan.subject.code]
        return latest(self.series, own)

    @property
    def headline(self) -> Row | None:
        """The latest figure of all; of an indicator without a total, that of its first group with a figure."""
        found = (self.newest(group) for group in self.headline_groups)
        return next((row for row in found if row is not None), None)

    @cached_property
    def statuses(self) -> list[Status]:
        """How current the figures are, the gravest first."""
        return statuses(self.plan, self.outcome, self.series_by_id, self.headline)

    def verdict(self, group: Group, kind: str, comparator: str = "") -> Comparison | None:
        """One verdict, if the question was asked."""
        wanted = (*group, kind, comparator or self.plan.subject.code)
        found = (one for one in self.verdicts if (one.breakdown, one.category, one.kind, one.comparator_code) == wanted)
        return next(found, None)
