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
    none = dict.fromkeys(plan.area_names, "–")
    if not headline:
        return Line(indicator, none, "", outcome.state, outcome.reason)
    own = [row for row in headline if row["area_code"] == plan.subject.code] or headline
    latest = max(own, key=lambda row: (row["value"] is not None, row["period_end"]))
    same = [row for row in headline if (row["period"], row["series"]) == (latest["period"], latest["series"])]
    figures = {
        row["area_code"]: f"[{row['status']}]" if row["value"] is None else shown(row["value"], None, indicator)
        for row in same
    }
    label = (
        latest["period_label"] if latest["category"] == "total" else f"{latest['period_label']}, {latest['category']}"
    )
    missing = (latest["note"] or "") if latest["value"] is None else ""
    return Line(indicator, {**none, **figures}, label, outcome.state, outcome.reason or missing)


def _headline(table: pa.Table) -> list[Row]:
    """The total's rows; of an indicator without a total, the rows of its first group."""
    rows = rows_of(table)
    totals = [row for row in rows if row["breakdown"] == "total"]
    if totals or not rows:
        return totals
    first = rows[0]
    return [row for row in rows if (row["breakdown"], row["category"]) == (first["breakdown"], first["category"])]


def shown(value: float | None, status: str | None, indicator: Indicator) -> str:
    """A figure for people: rounded to the indicator's decimals, with its unit; a missing one by its status."""
    if value is None:
        return f"[{status}] {STATUSES.get(status or '', '')}".strip()
    number = f"{value:,.{indicator.decimals}f}"
    before, after = {"percent": ("", "%"), "gbp": ("£", "")}.get(indicator.unit, ("", ""))
    return f"{before}{number}{after}"
