"""The summary of a release: one line for each indicator, for people at a terminal.

What belongs here: putting the latest figures into short words. Which figures are the latest is decided in `comparing`,
for a terminal as for the pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thindicators import house_style
from thindicators.comparing.latest_figures import LatestFigure, headline_of, latest_figures
from thindicators.observations.observation import STATUSES, Row
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Indicator, Plan

_NO_FIGURE = "–"
_TOTAL = "total"


@dataclass(frozen=True)
class Line:
    """The latest figures of one indicator.

    Attributes:
        figures: As shown, by area code; a dash where there is none.
        period: Of the figures, with their group where they are not of all; empty if there are none.
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
    # A terminal has no room for verdicts, so that none is worked out for it.
    figures = latest_figures(plan, outcomes, [])
    lines = []
    for outcome in outcomes:
        of_indicator = [each for each in figures if each.indicator.id == outcome.indicator]
        lines.append(_line(plan, headline_of(of_indicator), outcome))
    return lines


def _line(plan: Plan, headline: LatestFigure, outcome: Outcome) -> Line:
    figures = {}
    for area in plan.areas:
        is_own = area.code == plan.subject.code
        row = headline.row if is_own else headline.beside(area.code)
        figures[area.code] = _cell(headline, row)
    return Line(
        indicator=headline.indicator,
        figures=figures,
        period=_period_and_group(plan, headline),
        state=outcome.state,
        reason=outcome.reason or headline.why_none,
    )


def _period_and_group(plan: Plan, headline: LatestFigure) -> str:
    """The period, and whose the figure is if it is not of all."""
    breakdown, category = headline.group
    if breakdown == _TOTAL or not headline.row:
        return headline.period_in_words
    return f"{headline.period_in_words}, {house_style.category(plan, breakdown, category)}"


def _cell(headline: LatestFigure, row: Row | None) -> str:
    if row is None:
        return _NO_FIGURE
    # The meaning of a status has no room in a cell.
    if row["value"] is None:
        return f"[{row['status']}]"
    # Units that are words the title of the indicator has said.
    return house_style.short(row["value"], row["unit"], headline.decimals)


def shown(value: float | None, status: str | None, indicator: Indicator) -> str:
    """A figure for people: rounded to the indicator's decimals, with its unit; a missing one by its status."""
    if value is None:
        meaning = STATUSES.get(status or "", "")
        words = f"[{status}] {meaning}"
        return words.strip()
    return house_style.short(value, indicator.unit, indicator.decimals)
