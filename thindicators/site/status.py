"""Status: whether an indicator's figures are current, and why not, in a word and a sentence.

What belongs here: choosing the words. Nothing here knows the day, so that nothing is called overdue: the page says when
the figures came and when the next are expected, and the reader can see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from thindicators import house_style
from thindicators.observations.observation import STATUSES
from thindicators.outcomes.outcome import Outcome, Standing
from thindicators.plan.model import Indicator, Plan, Series

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Status:
    """One thing that a reader must know of how current the figures are.

    Attributes:
        kind: By which pages are filtered and styled.
        label: In a word or two.
        because: In a sentence or more; empty if there is nothing to explain.
    """

    kind: str
    label: str
    because: str


def statuses(plan: Plan, outcome: Outcome, series: Mapping[str, Series], newest: Row | None) -> list[Status]:
    """What must be known of an indicator's figures, the gravest first; never empty.

    Args:
        plan: Whose indicator it is.
        outcome: What a run found out about it.
        series: Its series by id.
        newest: The latest figure of the Plan's own area; None if there is none.
    """
    indicator = plan.indicators[outcome.indicator]
    paused = _of_source(plan, indicator)
    found = [*_not_fresh(outcome, newest), *paused, *_of_figure(indicator, series, newest, not paused)]
    if newest is None and not found:
        found = [Status("waiting", "No figure yet", _why_missing(plan, outcome, indicator))]
    return found or [Status("current", "Refreshed", "")]


def _not_fresh(outcome: Outcome, newest: Row | None) -> list[Status]:
    if outcome.state == "fresh":
        return []
    if outcome.state == "empty":
        return [Status("failed" if outcome.failed else "waiting", "No figure yet", outcome.reason.strip())]
    if not outcome.standings:
        return [_stale(outcome, "")]
    current = [one.title for one in outcome.standings if one.state == "fresh"]
    told = [_part(one) for one in outcome.standings if one.failed]
    if current:
        told[-1] = replace(told[-1], because=f"{told[-1].because} Current: {'; '.join(current)}.")
    return told


def _part(standing: Standing) -> Status:
    """How current the figures are that one of several sources gives."""
    if standing.state == "empty":
        return Status("failed", "Part not there", f"{standing.title}: no figure yet. The reason: {standing.reason}")
    return _stale(standing, f"{standing.title}: ")


def _stale(part: Outcome | Standing, of: str) -> Status:
    reason = part.reason.strip()
    if part.held:
        said = f"{of}New figures contradict these and wait until somebody accepts them. The reason: {reason}"
        return Status("held", "New figures held", said)
    return Status("stale", "Not refreshed", f"{of}The last good figures stand. The reason: {reason}")


def _of_source(plan: Plan, indicator: Indicator) -> list[Status]:
    paused = plan.sources[indicator.source].paused
    return [Status("paused", "Paused by the publisher", paused)] if paused else []


def _of_figure(
    indicator: Indicator, series: Mapping[str, Series], newest: Row | None, may_have_ended: bool
) -> list[Status]:
    if newest is None:
        return []
    own = series[newest["series"]]
    found = []
    if own.stands_in:
        said = f"{house_style.sentence(own.title)} It is not the measure that the Plan names, which is awaited."
        found.append(Status("stands_in", "Related measure", said))
    if may_have_ended and own.ends_because and own.id == indicator.series[-1].id and newest["year"] == own.last_year:
        found.append(Status("ended", "Series has ended", own.ends_because))
    if newest["revision"] == "p":
        found.append(Status("provisional", "Provisional", "The publisher will revise the latest figure."))
    return found


def _why_missing(plan: Plan, outcome: Outcome, indicator: Indicator) -> str:
    own = [row for row in outcome.table.to_pylist() if row["area_code"] == plan.subject.code]
    last = max(own, key=lambda row: row["period_end"], default=None)
    if last is None:
        return house_style.sentence(indicator.no_figures_because or f"There is no figure for {plan.subject.name}")
    why = last["note"] or STATUSES.get(last["status"], "")
    return house_style.sentence(f"For {house_style.period(last['period'], indicator.period)}: {why}")
