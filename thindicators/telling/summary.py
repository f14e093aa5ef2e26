"""The summary of a release: one line for each indicator, for people at a terminal.

What belongs here: choosing the latest figures and putting them into words. Judging them belongs elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from thindicators.observations.observation import STATUSES, Row, rows_of
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Indicator, Plan

_TOTAL = "total"


@dataclass(frozen=True)
class Line:
    """The latest figures of one indicator.

    Attributes:
        figures: As shown, by area code; a dash where there is none.
        period: Of the figures; empty if there are none.
        state: `fresh`, `stale` or `empty`.
        reason: Why it is stale or empty, or why its latest figure is missing; else empty text.
    """

    indicator: Indicator
    figures: dict[str, str]
    period: str
    state: str
    reason: str


def summarise(plan: Plan, outcomes: Sequence[Outcome]) -> list[Line]:
    """One line for each outcome, in the order of the plan."""
    lines = []
    for outcome in outcomes:
        indicator = plan.indicators[outcome.indicator]
        lines.append(_line(plan, indicator, outcome))
    return lines


def _line(plan: Plan, indicator: Indicator, outcome: Outcome) -> Line:
    headline = _headline(outcome.table)
    figures = dict.fromkeys(plan.area_names, "–")
    if not headline:
        return Line(
            indicator=indicator,
            figures=figures,
            period="",
            state=outcome.state,
            reason=outcome.reason,
        )
    latest = _latest(headline, plan.subject.code)
    for row in headline:
        # Figures of another period or series may not stand in one line with it.
        if _period_and_series(row) == _period_and_series(latest):
            area_code = row["area_code"]
            figures[area_code] = _cell(row, indicator)
    return Line(
        indicator=indicator,
        figures=figures,
        period=_period_and_group(latest),
        state=outcome.state,
        reason=outcome.reason or _why_missing(latest),
    )


def _period_and_series(row: Row) -> tuple[str, str]:
    return row["period"], row["series"]


def _period_and_group(row: Row) -> str:
    """The period in the publisher's words, and whose the figure is if it is not of all."""
    period, category = row["period_label"], row["category"]
    if category == _TOTAL:
        return period
    return f"{period}, {category}"


def _why_missing(row: Row) -> str:
    note = row["note"]
    if row["value"] is not None or note is None:
        return ""
    return note


def _headline(table: pa.Table) -> list[Row]:
    """The total's rows; of an indicator without a total, the rows of its first group."""
    rows = rows_of(table)
    if not rows:
        return []
    totals = [row for row in rows if row["breakdown"] == _TOTAL]
    if totals:
        return totals
    # A terminal has one line for an indicator, and its first group stands for it as on the front page.
    first_group = _group(rows[0])
    return [row for row in rows if _group(row) == first_group]


def _group(row: Row) -> tuple[str, str]:
    return row["breakdown"], row["category"]


def _latest(headline: list[Row], area_code: str) -> Row:
    """The newest figure of an area, or of any if it has no row; the newest row if nowhere is a figure."""
    own = [row for row in headline if row["area_code"] == area_code]
    # An area that the source does not cover has no row at all.
    candidates = own or headline
    return max(candidates, key=_having_a_value_and_newest)


def _having_a_value_and_newest(row: Row) -> tuple[bool, date]:
    # A missing figure is shown only if there is no other, however new it is.
    has_value = row["value"] is not None
    return has_value, row["period_end"]


def _cell(row: Row, indicator: Indicator) -> str:
    value, status = row["value"], row["status"]
    # The meaning of a status has no room in a cell.
    if value is None:
        return f"[{status}]"
    return shown(value, None, indicator)


def shown(value: float | None, status: str | None, indicator: Indicator) -> str:
    """A figure for people: rounded to the indicator's decimals, with its unit; a missing one by its status."""
    if value is None:
        meaning = STATUSES.get(status or "", "")
        words = f"[{status}] {meaning}"
        return words.strip()
    decimals = indicator.decimals
    number = f"{value:,.{decimals}f}"
    # Other units are words, which the title of the indicator has said.
    if indicator.unit == "percent":
        return f"{number}%"
    if indicator.unit == "gbp":
        return f"£{number}"
    return number
