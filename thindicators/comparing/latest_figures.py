"""Latest figures: of each indicator and group the one figure that is shown first, with all that is said of it.

What belongs here: one answer for all who show a latest figure. The table `latest.csv`, the public pages, the table at
the end of a publish and `index.json` are made from it, so that no two of them can name different figures. Which figure
is the latest is decided in `latest`, what is said of it in `verdicts`; the columns of the table belong in `latest_rows`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
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
from thindicators.outcomes.parts import source_of
from thindicators.plan.indicator_parts import Series
from thindicators.plan.model import Indicator, Plan, Source

_NOT_COMPARED = "Figures of different series may not be compared."


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
        return _of_area(self.case.rows, self.case.plan.subject.code)

    @property
    def row(self) -> Row | None:
        """The row of the figure or, where there is none, the newest row that says why; None if there is no row."""
        if self.newest is not None:
            return self.newest
        return max(
            self.own_rows,
            key=_end,
            default=None,
        )

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
        if self.newest is None:
            return ""
        return self.case.shown(self.newest)

    @property
    def period_in_words(self) -> str:
        """The period of `row`; empty if there is no row."""
        if self.row is None:
            return ""
        return self.case.period(self.row)

    @property
    def group_in_words(self) -> str:
        """The member of the breakdown, with the breakdown: two of them may have a member of one name."""
        plan = self.case.plan
        breakdown, category = self.group
        dimension = house_style.breakdown(plan, breakdown)
        return f"{house_style.category(plan, breakdown, category)} ({dimension})"

    @property
    def series_title(self) -> str:
        """Of the series of `row`; empty if there is no row."""
        if self.row is None:
            return ""
        return self._title_of(self.row)

    @property
    def source(self) -> Source:
        """The source that gave the figure; where there is none, the one that it is awaited from."""
        plan = self.case.plan
        if self.newest is None:
            return plan.sources[self.indicator.source]
        return source_of(plan, self.outcome, self.newest["snapshot"])

    @property
    def stands_in(self) -> bool:
        """Whether the figure is of a related measure, and not of the one that the Plan names."""
        if self.newest is None:
            return False
        own = self.newest["series"]
        return any(series.stands_in for series in self.indicator_series if series.id == own)

    @property
    def is_practice(self) -> bool:
        """Whether somebody made the figure up in a sample edition, to try how a return works."""
        if self.newest is None:
            return False
        sha256 = self.newest["snapshot"]
        return any(one.is_practice for one in self.outcome.receipts if one.sha256 == sha256)

    @property
    def is_unreliable(self) -> bool:
        """Whether the figure rests on too few answers."""
        return self.newest is not None and self.is_unreliable_row(self.newest)

    def is_unreliable_row(self, row: Row) -> bool:
        """Whether a figure of the group, such as an earlier one, rests on too few answers."""
        estimate = estimate_of(self.case, row)
        # How sure a figure is without limits or counts is not known.
        if estimate is None:
            return False
        return is_unreliable(self.case, estimate)

    def beside(self, area_code: str) -> Row | None:
        """Another area's row that was made in the same way for the same time; None if it has none."""
        if self.row is None:
            return None
        # A figure made in another way, or for another time, beside it would be read as comparable.
        same = ("period", "series", "unit")
        wanted = cells(self.row, same)
        for row in _of_area(self.case.rows, area_code):
            if cells(row, same) == wanted:
                return row
        return None

    @property
    def in_other_series(self) -> list[Row]:
        """The area's figures for the same time that are of other series."""
        if self.newest is None:
            return []
        others = []
        for row in self.own_rows:
            is_of_time = row["period"] == self.newest["period"]
            is_other = row["series"] != self.newest["series"]
            # What is missing in another series contradicts nothing.
            if is_of_time and is_other and row["value"] is not None:
                others.append(row)
        return others

    @property
    def other_series_in_words(self) -> str:
        """What other series give for the same time, in sentences; empty if there are none."""
        others = []
        for row in self.in_other_series:
            title = self._title_of(row)
            value = self.case.shown(row)
            others.append(f"the series “{title}” gives {value}")
        if not others:
            return ""
        in_others = house_style.together(others)
        return f"For the same time, {in_others}. {_NOT_COMPARED}"

    def verdict(
        self,
        kind: str,
        comparator_code: str = "",
    ) -> Comparison | None:
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

    def place_among(self, group: str) -> Comparison | None:
        """The place among a group of councils, by the group's id, if the question was asked."""
        for verdict in self.verdicts:
            if (verdict.kind, verdict.among) == ("rank", group):
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
    verdicts_on: dict[str, list[Comparison]] = defaultdict(list)
    for verdict in verdicts:
        verdicts_on[verdict.indicator].append(verdict)
    today = newest_day(outcomes)
    figures: list[LatestFigure] = []
    for outcome in outcomes:
        cases = cases_of(plan, outcome, today)
        figures += _of_indicator(
            outcome,
            cases,
            verdicts_on[outcome.indicator],
        )
    return figures


def _of_indicator(
    outcome: Outcome,
    cases: Sequence[Case],
    verdicts: Sequence[Comparison],
) -> Iterator[LatestFigure]:
    headlines = headline_groups([case.group for case in cases])
    for case in cases:
        yield LatestFigure(
            case=case,
            outcome=outcome,
            indicator_series=all_series(case.indicator, outcome),
            is_headline=case.group in headlines,
            verdicts=_verdicts_on(case.group, verdicts),
        )


def _verdicts_on(group: Group, verdicts: Sequence[Comparison]) -> list[Comparison]:
    breakdown, category = group
    of_breakdown = [verdict for verdict in verdicts if verdict.breakdown == breakdown]
    return [verdict for verdict in of_breakdown if verdict.category == category]


def headline_of(figures: Sequence[LatestFigure]) -> LatestFigure:
    """Of an indicator's figures the one that stands for it where there is room for only one.

    The first of its headlines that has a figure; where none has one, the first.
    """
    headlines = [figure for figure in figures if figure.is_headline]
    with_figure = [figure for figure in headlines if figure.newest is not None]
    return (with_figure or headlines)[0]


def _of_area(rows: Iterable[Row], area_code: str) -> list[Row]:
    return [row for row in rows if row["area_code"] == area_code]


def _end(row: Row) -> date:
    return row["period_end"]
