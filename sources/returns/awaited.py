"""Awaited figures: those that only the council has and that are not published yet, each as a row of a return to fill in.

What belongs here: which figures are awaited, and all that is known of each before anybody fills it in. How the template
looks belongs in `template`, what becomes of a row in `file`.

The years of the plan that have ended are awaited one by one. On which day a count is made, and when people were asked,
only the council knows: such a figure is awaited always, and its days are left to whoever fills it in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from sources.returns import standing as returns
from sources.returns.check import handed_in
from sources.returns.figures import place_of
from sources.returns.rules import WHOLE_YEARS
from thindicators import house_style
from thindicators.observations.periods import Period
from thindicators.plan.model import Indicator, Plan

_KINDS = {
    "financial_year": "financial_year",
    "calendar_year": "calendar_year",
    "academic_year": "academic_year",
    "day": "snapshot",
    "survey_wave": "survey_wave",
}
"""What a return calls the kinds of period of an indicator."""

_WITH_COUNTS = "Give the numerator and the denominator too."
_WITH_BASE = "Give how many people answered too, as base_unweighted."
_WHICH_DAYS = {
    "snapshot": "on the day of the count",
    "survey_wave": "the newest survey",
}
TOTAL = ("total", "total")
_GIVEN = ("indicator", "area_code", "series", "breakdown", "category", "period")

Given = tuple[str, str, str, str, str, str]
"""A figure that is published: indicator, area, series, breakdown, category and period.

Not its year: a calendar year and a financial year that end in the same one are two periods.
"""


@dataclass(frozen=True)
class AwaitedFigure:
    """A figure that somebody in the council may hand in.

    Attributes:
        words: What is asked for, for a person.
        known: The cells of its row that are known already, by their columns.
    """

    words: str
    known: Mapping[str, object]


def awaited(
    plan: Plan,
    today: date,
    given: Collection[Given] = (),
) -> list[AwaitedFigure]:
    """The figures that are awaited, in the order of their sources, of each indicator by series, group and period.

    Args:
        plan: Whose indicators are handed in.
        today: The day it is in London.
        given: The figures that are published already.
    """
    figures = []
    for source, indicator in handed_in(plan):
        for line in _lines(plan, source, indicator, today):
            for period in _periods(plan, line.kind, today):
                if line.key(period) not in given:
                    figures.append(AwaitedFigure(line.words(period), line.known(period)))
    return figures


def given_in(release: Path | None) -> set[Given]:
    """The figures of a release that have a value, or a reason that will not pass; none before the first."""
    if release is None:
        return set()
    table = pq.read_table(
        release / "observations.parquet",
        columns=[*_GIVEN],
        # An [x] says only that nobody has the figure yet.
        filters=pc.is_null(pc.field("status")) | (pc.field("status") != "x"),
    )
    columns = [table[name].to_pylist() for name in _GIVEN]
    return set(zip(*columns, strict=True))


@dataclass(frozen=True)
class _Line:
    """What is awaited for one period after the other.

    Attributes:
        source: Its title.
        kind: What a return calls its kind of period.
        group: Breakdown and member, as a return calls them.
    """

    plan: Plan
    source: str
    indicator: Indicator
    ask: returns.Ask
    kind: str
    area: str
    rule: returns.SeriesRule
    group: tuple[str, str]

    def key(self, period: Period | None) -> Given:
        """By which a published figure of it is found; of a period without days there is none."""
        breakdown, category = place_of(self.group, self.ask.context)
        interval = period.iso if period is not None else ""
        return self.indicator.id, self.area, self.rule.series, breakdown, category, interval

    def known(self, period: Period | None) -> dict[str, object]:
        """The cells of its row that are known."""
        unit = self.indicator.unit
        known: dict[str, object] = {
            "indicator_id": self.indicator.id,
            "measure_id": self.ask.measure,
            "area_code": self.area,
            "breakdown_type": self.group[0],
            "breakdown": self.group[1],
            "period_type": self.kind,
            "unit": returns.UNITS_HANDED_IN.get(unit, unit),
            "collection_mode": self.rule.collection_mode,
            "definition_version": self.rule.definition_version,
            "source_title": self.source,
        }
        if period is not None:
            known["period_start"], known["period_end"] = period.start, period.end
            known["period_label"] = period.label
        return {name: value for name, value in known.items() if value}

    def words(self, period: Period | None) -> str:
        """What is asked for."""
        series = next(one for one in self.indicator.series if one.id == self.rule.series)
        parts = [self.indicator.title, series.title, self.plan.area_names[self.area]]
        if self.group != TOTAL:
            parts.append(house_style.category(self.plan, *self.group))
        parts.append(period.label if period is not None else _WHICH_DAYS[self.kind])
        return f"{'; '.join(parts)}. {self._asked_beside}".strip()

    @property
    def _asked_beside(self) -> str:
        if self.rule.collection_mode != "admin":
            return _WITH_BASE
        return _WITH_COUNTS if self.indicator.unit == "percent" else ""


def _lines(
    plan: Plan,
    source: str,
    indicator: Indicator,
    today: date,
) -> Iterator[_Line]:
    ask = returns.ask_of(indicator)
    title = plan.sources[source].title
    # The council returns its own area; only what is asked for as context has others.
    areas = indicator.areas if ask.context else (plan.subject.code,)
    rules = _current(indicator, ask, today.year)
    for area, rule, group in product(areas, rules, _groups(indicator)):
        yield _Line(plan, title, indicator, ask, _kind(indicator, ask), area, rule, group)


def _kind(indicator: Indicator, ask: returns.Ask) -> str:
    """What a return calls the kind of period that an indicator is usually measured for."""
    usual = _KINDS[indicator.period]
    return usual if usual in ask.period_types or not ask.period_types else ask.period_types[0]


def _current(
    indicator: Indicator,
    ask: returns.Ask,
    year: int,
) -> list[returns.SeriesRule]:
    """The first rule of each series that goes on: one that has ended takes no new figure."""
    last_years = {series.id: series.last_year for series in indicator.series}
    rules: dict[str, returns.SeriesRule] = {}
    for rule in ask.series:
        last = last_years[rule.series]
        if last is None or last >= year:
            rules.setdefault(rule.series, rule)
    return list(rules.values())


def _groups(indicator: Indicator) -> list[tuple[str, str]]:
    groups = [TOTAL] if indicator.has_total else []
    for breakdown, members in indicator.breakdowns.items():
        groups += [(breakdown, member) for member in members]
    return groups


def _periods(
    plan: Plan,
    kind: str,
    today: date,
) -> Sequence[Period | None]:
    """The years of the plan that have ended; None where only the council knows the days."""
    whole_year = WHOLE_YEARS.get(kind)
    if whole_year is None:
        return [None]
    years = [whole_year(year) for year in range(plan.file.starts, today.year + 1)]
    return [period for period in years if period.end < today]
