"""Latest figures: of each indicator and group the one figure that is shown first, with all that is said of it.

What belongs here: one answer for all who show a latest figure. The table `latest.csv`, the public pages, the table at
the end of a publish and `index.json` are made from it, so that no two of them can name different figures. Which figure
is the latest is decided in `latest`, what is said of it in `verdicts`; the columns of the table belong in `latest_rows`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from thindicators import house_style
from thindicators.comparing.cases import cases_of, newest_day
from thindicators.comparing.comparison import Comparison
from thindicators.comparing.figures import Case, estimate_of, is_unreliable
from thindicators.comparing.latest import Group, all_series, headline_groups, why_no_figure
from thindicators.observations.observation import Row, cells
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.indicator_parts import Series
from thindicators.plan.model import Indicator, Plan


@dataclass(frozen=True)
class LatestFigure:
    """The latest figure of one group of an indicator, or the reason why there is none.

    Attributes:
        case: The group, with all its figures.
        outcome: What a run found out about the indicator.
        indicator_series: The indicator's series, with those that have ended.
        is_headline: Whether the indicator's page shows it as its headline.
        verdicts: On the figure.
    """

    case: Case
    outcome: Outcome
    indicator_series: Sequence[Series]
    is_headline: bool
    verdicts: Sequence[Comparison]

    @property
    def indicator(self) -> Indicator:
        """What is measured."""
        return self.case.indicator

    @property
    def group(self) -> Group:
        """A breakdown and its member."""
        return self.case.group

    @property
    def newest(self) -> Row | None:
        """The row of the figure; None if there is no figure."""
        return self.case.newest

    @cached_property
    def own_rows(self) -> list[Row]:
        """All rows of the Plan's area in the group."""
        own_code = self.case.plan.subject.code
        return [row for row in self.case.rows if row["area_code"] == own_code]

    @property
    def row(self) -> Row | None:
        """The row of the figure or, where there is none, the newest row that says why; None if there is no row."""
        return self.newest or max(self.own_rows, key=_end, default=None)

    @property
    def why_none(self) -> str:
        """Why there is no figure, in a sentence; empty if there is one."""
        if self.newest is not None:
            return ""
        return why_no_figure(self.case.plan, self.outcome, self.own_rows)

    @property
    def decimals(self) -> int:
        """How many decimals to show."""
        return house_style.decimals_of(self.case.unit, self.indicator)

    @property
    def value_in_words(self) -> str:
        """The figure with its unit; empty if there is none."""
        return self.case.shown(self.newest) if self.newest else ""

    @property
    def period_in_words(self) -> str:
        """The period of `row`; empty if there is no row."""
        return self.case.period(self.row) if self.row else ""

    @property
    def series_title(self) -> str:
        """Of the series of `row`; empty if there is no row."""
        return self._title_of(self.row) if self.row else ""

    @property
    def is_unreliable(self) -> bool:
        """Whether the figure rests on too few answers."""
        estimate = estimate_of(self.case, self.newest) if self.newest else None
        return estimate is not None and is_unreliable(self.case, estimate)

    def beside(self, area_code: str) -> Row | None:
        """Another area's row that was made in the same way for the same time; None if it has none."""
        if self.row is None:
            return None
        # A figure made in another way, or for another time, beside it would be read as comparable.
        same = ("period", "series", "unit")
        alike = [row for row in self.case.rows if cells(row, same) == cells(self.row, same)]
        of_area = [row for row in alike if row["area_code"] == area_code]
        return of_area[0] if of_area else None

    @property
    def in_other_series(self) -> list[Row]:
        """The area's figures for the same time that are of other series."""
        if self.newest is None:
            return []
        of_time = [row for row in self.own_rows if row["period"] == self.newest["period"]]
        others = [row for row in of_time if row["series"] != self.newest["series"]]
        return [row for row in others if row["value"] is not None]

    @property
    def other_series_in_words(self) -> str:
        """What other series give for the same time, in sentences; empty if there are none."""
        others = []
        for row in self.in_other_series:
            others.append(f"“{self._title_of(row)}” gives {self.case.shown(row)}")
        if not others:
            return ""
        series = "the series" if len(others) == 1 else "other series:"
        return (
            f"For the same time, {series} {house_style.together(others)}. "
            "Figures of different series may not be compared."
        )

    def verdict(self, kind: str, comparator_code: str = "") -> Comparison | None:
        """The verdict on one question, if it was asked.

        Args:
            kind: Which question.
            comparator_code: The other area; empty for a change over time.
        """
        # A change over time compares the Plan's area with itself.
        comparator = comparator_code or self.case.plan.subject.code
        for verdict in self.verdicts:
            if (verdict.kind, verdict.comparator_code) == (kind, comparator):
                return verdict
        return None

    def _title_of(self, row: Row) -> str:
        for series in self.indicator_series:
            if series.id == row["series"]:
                return series.title
        return row["series"]


def latest_figures(
    plan: Plan,
    outcomes: Sequence[Outcome],
    verdicts: Iterable[Comparison],
) -> list[LatestFigure]:
    """The latest figure of every indicator and group, in the order in which they are shown.

    Args:
        plan: Whose figures they are.
        outcomes: What a run found out about each indicator.
        verdicts: On the figures of these outcomes.
    """
    verdicts_on: dict[tuple[str, str, str], list[Comparison]] = defaultdict(list)
    for verdict in verdicts:
        verdicts_on[verdict.indicator, verdict.breakdown, verdict.category].append(verdict)
    today = newest_day(outcomes)
    figures = []
    for outcome in outcomes:
        series = all_series(plan.indicators[outcome.indicator], outcome)
        cases = cases_of(plan, outcome, today)
        headline = headline_groups([case.group for case in cases])
        for case in cases:
            judged = verdicts_on[outcome.indicator, *case.group]
            is_headline = case.group in headline
            figures.append(LatestFigure(case, outcome, series, is_headline, judged))
    return figures


def headline_of(figures: Sequence[LatestFigure]) -> LatestFigure:
    """Of an indicator's figures the one that stands for it where there is room for only one.

    The first of its headlines that has a figure; where none has one, the first.
    """
    headlines = [figure for figure in figures if figure.is_headline]
    with_figure = [figure for figure in headlines if figure.newest is not None]
    return (with_figure or headlines)[0]


def _end(row: Row) -> date:
    return row["period_end"]
