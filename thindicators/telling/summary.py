"""The summary of a release: one line for each indicator, for people at a terminal.

What belongs here: choosing the latest figures and putting them into words. Judging them belongs elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from thindicators.observations.observation import STATUSES, Row, rows_of
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Indicator, Plan


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
    return [_line(plan, plan.indicators[outcome.indicator], outcome) for outcome in outcomes]


def _line(plan: Plan, indicator: Indicator, outcome: Outcome) -> Line:
    headline = _headline(outcome.table)
    no_figures = dict.fromkeys(plan.area_names, "–")
    if not headline:
        return Line(indicator, no_figures, "", outcome.state, outcome.reason)
    latest = _latest(headline, plan.subject.code)
    figures = {}
    for row in headline:
        # Figures of another period or series may not stand in one line with it.
        if (row["period"], row["series"]) == (latest["period"], latest["series"]):
            figures[row["area_code"]] = _cell(row, indicator)
    is_total = latest["category"] == "total"
    why_missing = latest["note"] if latest["value"] is None else None
    return Line(
        indicator=indicator,
        figures={**no_figures, **figures},
        period=latest["period_label"]
        if is_total
        else f"{latest['period_label']}, {latest['category']}",
        state=outcome.state,
        reason=outcome.reason or why_missing or "",
    )


def _headline(table: pa.Table) -> list[Row]:
    """The total's rows; of an indicator without a total, the rows of its first group."""
    rows = rows_of(table)
    totals = [row for row in rows if row["breakdown"] == "total"]
    # A terminal has one line for an indicator, and its first group stands for it as on the front page.
    if totals or not rows:
        return totals
    first_group = (rows[0]["breakdown"], rows[0]["category"])
    return [row for row in rows if (row["breakdown"], row["category"]) == first_group]


def _latest(headline: list[Row], area_code: str) -> Row:
    """The newest figure of an area, or of any if it has no row; the newest row if nowhere is a figure."""
    own = [row for row in headline if row["area_code"] == area_code]
    return max(own or headline, key=lambda row: (row["value"] is not None, row["period_end"]))


def _cell(row: Row, indicator: Indicator) -> str:
    if row["value"] is None:
        return f"[{row['status']}]"
    return shown(row["value"], None, indicator)


def shown(value: float | None, status: str | None, indicator: Indicator) -> str:
    """A figure for people: rounded to the indicator's decimals, with its unit; a missing one by its status."""
    if value is None:
        return f"[{status}] {STATUSES.get(status or '', '')}".strip()
    number = f"{value:,.{indicator.decimals}f}"
    before, after = {"percent": ("", "%"), "gbp": ("£", "")}.get(indicator.unit, ("", ""))
    return f"{before}{number}{after}"
