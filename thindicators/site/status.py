"""Status: whether an indicator's figures are current, and why not, in a word and a sentence.

What belongs here: choosing the words. Nothing here knows the day, so that nothing is called overdue: the page says when
the figures came and when the next are expected, and the reader can see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from thindicators import house_style
from thindicators.comparing.latest_figures import LatestFigure
from thindicators.observations.observation import Row
from thindicators.outcomes.outcome import Outcome, Standing
from thindicators.plan.indicator_parts import Series
from thindicators.plan.model import Indicator, Plan


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


def statuses(
    plan: Plan,
    outcome: Outcome,
    series: Mapping[str, Series],
    headline: LatestFigure,
) -> list[Status]:
    """What must be known of an indicator's figures, the gravest first; never empty.

    Args:
        plan: Whose indicator it is.
        outcome: What a run found out about it.
        series: Its series by id.
        headline: The latest figure that stands for it.
    """
    indicator = plan.indicators[outcome.indicator]
    if indicator.retired_because:
        because = house_style.sentence(indicator.retired_because)
        return [Status("ended", "No longer measured", because)]
    if indicator.not_covered:
        return [Status("ended", "Not covered here", indicator.not_covered)]
    paused = _of_source(plan, indicator)
    # Where the publisher has paused a source, that its series has ended would only be said twice.
    of_figure = _of_figure(
        indicator,
        series,
        headline.newest,
        may_have_ended=not paused,
    )
    reasons = [*_not_fresh(outcome), *paused, *of_figure]
    if reasons:
        return reasons
    if headline.newest is None:
        return [Status(kind="waiting", label="No figure yet", because=headline.why_none)]
    return [
        Status(
            kind="current",
            label="Refreshed",
            because="",
        )
    ]


def _not_fresh(outcome: Outcome) -> list[Status]:
    if outcome.state == "fresh":
        return []
    if outcome.state == "empty":
        kind = "failed" if outcome.failed else "waiting"
        return [
            Status(
                kind=kind,
                label="No figure yet",
                because=outcome.reason.strip(),
            )
        ]
    if not outcome.standings:
        return [_stale(outcome, of="")]
    # Each source by its title: what one gives may be right where another failed.
    failed = [_part(standing) for standing in outcome.standings if standing.failed]
    current = [standing.title for standing in outcome.standings if standing.state == "fresh"]
    # A reader of what failed must not take the rest for failed as well.
    if current:
        because = f"{failed[-1].because} Current: {'; '.join(current)}."
        failed[-1] = replace(failed[-1], because=because)
    return failed


def _part(standing: Standing) -> Status:
    """How current the figures are that one of several sources gives."""
    if standing.state == "empty":
        because = f"{standing.title}: no figure yet. The reason: {standing.reason}"
        return Status(
            kind="failed",
            label="Part not there",
            because=because,
        )
    return _stale(standing, of=f"{standing.title}: ")


def _stale(part: Outcome | Standing, of: str) -> Status:
    reason = part.reason.strip()
    # Held is graver than stale: somebody must decide, and waiting mends nothing.
    if part.held:
        waiting = "New figures contradict these and wait until somebody accepts them."
        return Status(
            "held",
            "New figures held",
            f"{of}{waiting} The reason: {reason}",
        )
    because = f"{of}The last good figures stand. The reason: {reason}"
    return Status(
        kind="stale",
        label="Not refreshed",
        because=because,
    )


def _of_source(plan: Plan, indicator: Indicator) -> list[Status]:
    paused = plan.sources[indicator.source].paused
    if not paused:
        return []
    status = Status(
        kind="paused",
        label="Paused by the publisher",
        because=paused,
    )
    return [status]


def _of_figure(
    indicator: Indicator,
    series: Mapping[str, Series],
    newest: Row | None,
    *,
    may_have_ended: bool,
) -> list[Status]:
    if newest is None:
        return []
    own = series[newest["series"]]
    reasons = []
    if own.stands_in:
        title = house_style.sentence(own.title)
        because = f"{title} It is not the measure that the Plan names, which is awaited."
        reasons.append(
            Status(
                kind="stands_in",
                label="Related measure",
                because=because,
            )
        )
    if may_have_ended and _has_ended(indicator, own, newest):
        reasons.append(
            Status(
                kind="ended",
                label="Series has ended",
                because=own.ends_because,
            )
        )
    if newest["revision"] == "p":
        because = "The publisher will revise the latest figure."
        reasons.append(
            Status(
                kind="provisional",
                label="Provisional",
                because=because,
            )
        )
    return reasons


def _has_ended(
    indicator: Indicator,
    series: Series,
    newest: Row,
) -> bool:
    """Whether the newest figure is the last of a series that no other follows."""
    # One that another follows, or that goes on with missing figures, has not ended.
    is_last_series = series.id == indicator.series[-1].id
    is_last_year = newest["year"] == series.last_year
    return bool(series.ends_because) and is_last_series and is_last_year
