"""Figures: which of an indicator's rows a question is asked of, and what is known of how sure each is.

What belongs here: choosing the rows of one group that may be compared, and making estimates of them. The statistics
belong in `methods`; what follows from them belongs in `verdicts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from thindicators import house_style
from thindicators.comparing.latest import Group
from thindicators.comparing.methods.estimates import Estimate, Proportion, from_counts
from thindicators.observations.observation import Row, value_of
from thindicators.plan.indicator_parts import Judgement, Series
from thindicators.plan.model import Indicator, Plan

DAYS_IN_A_YEAR = 365.25

LONGEST_PRESENT = 2 * DAYS_IN_A_YEAR
"""Of a period that ended longer ago, in days, nothing is said in the present tense."""

_NEAR = 0.6
"""By how many points a percentage may differ from its own counts, where it was rounded to a whole number."""


@dataclass(frozen=True)
class Case:
    """What is judged: the figures of one group of one indicator.

    Attributes:
        plan: Whose figures they are.
        indicator: What is measured.
        group: A breakdown and its member.
        rows: All rows of the group, of all areas.
        newest: The latest figure of the Plan's area; None if there is none.
        series: The series of the latest figure; None if there is none, or if the plan no longer knows it.
        today: The day on which the newest of the release's files came, which the tense of what is said goes by.
    """

    plan: Plan
    indicator: Indicator
    group: Group
    rows: Sequence[Row]
    newest: Row | None
    series: Series | None
    today: date

    @property
    def unit(self) -> str:
        """The unit of the latest figure, which may be another than the indicator's."""
        return self.newest["unit"] if self.newest else self.indicator.unit

    @property
    def is_judged_together(self) -> bool:
        """Whether the group is a part that means nothing good or bad without the others of its breakdown."""
        return self.group[0] in self.indicator.judged_together

    @property
    def goes_on(self) -> bool:
        """Whether what is said of the latest figure may be said in the present tense."""
        if self.newest is None or (self.series is not None and self.series.ends_because):
            return False
        return (self.today - self.newest["period_end"]).days <= LONGEST_PRESENT

    def no_question(self, kind: Judgement) -> str:
        """Why the indicator's file does not allow a question; empty if it does."""
        return self.indicator.no_verdict.get(kind, "")

    def shown(self, row: Row) -> str:
        """A figure with its unit."""
        decimals = house_style.decimals_of(row["unit"], self.indicator)
        return house_style.figure(
            value_of(row),
            row["unit"],
            decimals,
        )

    def amount(self, size: float) -> str:
        """The size of a difference in words."""
        decimals = house_style.decimals_of(self.unit, self.indicator)
        return house_style.amount(size, self.unit, decimals)

    def period(self, row: Row) -> str:
        """A figure's period in words."""
        return house_style.period(row["period"], self.indicator.period)


def like(
    case: Case,
    newest: Row,
    area_code: str,
) -> Row | None:
    """The figure of another area that was made in the same way for the same time; None if it has none."""
    for row in case.rows:
        is_of_time = row["period"] == newest["period"]
        if is_of_time and _is_like(row, newest, area_code):
            return row
    return None


def series_of(case: Case, newest: Row) -> list[Row]:
    """The figures that one may be joined to: of its area, its series and its unit, in the order of time."""
    area_code = newest["area_code"]
    joined = [row for row in case.rows if _is_like(row, newest, area_code)]
    return sorted(joined, key=_by_time)


def _is_like(
    row: Row,
    newest: Row,
    area_code: str,
) -> bool:
    """Whether a row is a figure of an area that was made in the same way as another."""
    if row["area_code"] != area_code or row["value"] is None:
        return False
    # A series may hold counts beside percentages, which no unit turns into each other.
    return row["series"] == newest["series"] and row["unit"] == newest["unit"]


def _by_time(row: Row) -> tuple[date, date]:
    return row["period_end"], row["period_start"]


def line_to(case: Case, newest: Row) -> list[Row]:
    """The figures of one series up to the latest, in the order of time, none of whose periods overlaps another's."""
    line: list[Row] = []
    # From the newest backwards, so that of two periods that overlap the later one is taken.
    for row in reversed(series_of(case, newest)):
        is_apart = not line or row["period_end"] < line[-1]["period_start"]
        if is_apart and row["period_end"] <= newest["period_end"]:
            line.append(row)
    return line[::-1]


def baseline_of(case: Case, newest: Row) -> Row | None:
    """The figure that the latest is compared with since the Plan began; None if there is none.

    The last whose period ends in the Plan's first year; or, if that shares some of its time with the latest, the last
    before it that does not.
    """
    start = case.plan.file.starts
    until_start = [row for row in series_of(case, newest) if row["year"] <= start]
    if not until_start or until_start[-1]["year"] != start:
        return None
    # Limits of a difference hold for two samples; figures of overlapping times share people.
    apart = [row for row in until_start if row["period_end"] < newest["period_start"]]
    return apart[-1] if apart else None


def estimate_of(case: Case, row: Row) -> Estimate | None:
    """A figure with its limits: those published, or those that follow from its counts; None if it has neither."""
    lower, upper = row["lower_ci_95"], row["upper_ci_95"]
    if lower is not None and upper is not None:
        return Estimate(
            value_of(row),
            lower,
            upper,
        )
    proportion = proportion_of(case, row)
    return from_counts(proportion) if proportion is not None else None


def proportion_of(case: Case, row: Row) -> Proportion | None:
    """The counts behind a percentage of which everybody was counted; None where it is no such figure.

    Where only the denominator is published, the count is what the percentage makes of it. Counts that do not give the
    percentage are those of something else, and are not used.
    """
    base = row["denominator"]
    is_percentage = row["unit"] == "percent" and case.indicator.measured_by == "full_count"
    if not is_percentage or not base:
        return None
    # NEET is published as a percentage of a cohort, without the count.
    count = row["numerator"]
    if count is None:
        return Proportion(value_of(row) * base / 100, base)
    proportion = Proportion(count, base)
    is_within = 0 <= count <= base
    # A numerator may be of another group than the percentage, as the people of a modelled share are.
    is_near = abs(proportion.percentage - value_of(row)) <= _NEAR
    return proportion if is_within and is_near else None


def is_unreliable(case: Case, estimate: Estimate) -> bool:
    """Whether a figure rests on too few answers; where everybody was counted, a small figure is no worse known."""
    return case.indicator.measured_by != "full_count" and estimate.is_unreliable


def time_of(row: Row) -> float:
    """When a figure was, in years: the middle of its period."""
    start, end = row["period_start"].toordinal(), row["period_end"].toordinal()
    return (start + end) / 2 / DAYS_IN_A_YEAR


def decimals_published(rows: Sequence[Row]) -> int:
    """The decimals of the coarsest of the files that some figures are from.

    A spreadsheet holds 3.0 as 3, so that the decimals of a file are those of its longest figure.
    """
    by_file: dict[str, int] = {}
    for row in rows:
        decimals = _decimals(value_of(row))
        by_file[row["snapshot"]] = max(by_file.get(row["snapshot"], 0), decimals)
    return min(by_file.values(), default=0)


def _decimals(value: float) -> int:
    # Ten decimals are more than any publisher gives, and fewer than binary noise needs.
    return len(f"{value:.10f}".rstrip("0").partition(".")[2])
