"""The status of every indicator: due, late, paused, waiting, held, failed or up to date, and what to do about it.

What belongs here: gathering what is known and saying what to do next; one list for the terminal and the UI. What the
states mean belongs in `thindicators.telling.calendar`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from thindicators.context import RunContext
from thindicators.errors import ThindicatorsError
from thindicators.observations.observation import empty_table
from thindicators.outcomes.outcome import Outcome, Standing
from thindicators.outcomes.parts import part_of
from thindicators.plan.model import Indicator, Plan, Source
from thindicators.refreshing import refresh
from thindicators.refreshing.announcements import announced
from thindicators.refreshing.troubles import how_to_accept, how_to_mend
from thindicators.telling.calendar import (
    Calendar,
    Facts,
    State,
    Window,
    calendar_of,
    ended_because,
    london_day,
    state_of,
    window,
    worst,
)

COLUMNS = ("indicator", "state", "what to do", "newest figures", "next release", "source")
_QUIET = {State.DUE, State.PAUSED, State.ENDED, State.NOT_COVERED, State.UP_TO_DATE}
"""The states in which nobody has to do anything."""


@dataclass(frozen=True)
class Line:
    """How one indicator stands.

    Attributes:
        source: The one that the state is about, where it has several.
        newest: The publisher's words for its newest period; empty if there is none.
        next_release: When its publisher releases next, in words.
        why: Why it is held, failed, paused or without figures; else empty.
        what_to_do: The next step of a person.
    """

    indicator: Indicator
    source: Source
    state: State
    newest: str
    next_release: str
    why: str
    what_to_do: str

    @property
    def needs_somebody(self) -> bool:
        """Whether a person has something to do."""
        return self.state not in _QUIET

    @property
    def cells(self) -> tuple[str, ...]:
        """The line in the order of `COLUMNS`."""
        about = f"{self.indicator.call_to_action} {self.indicator.title}"
        newest = self.newest or "none"
        page = f"{self.source.title}, {self.source.homepage}"
        return about, str(self.state), self.what_to_do, newest, self.next_release, page


def status(run_context: RunContext) -> list[Line]:
    """A line for every indicator, those first that need somebody; else in the order of the plan."""
    today = london_day(run_context.now())
    lines = [
        _line(run_context, indicator, today) for indicator in run_context.plan.indicators.values()
    ]
    return sorted(lines, key=lambda line: list(State).index(line.state))


def in_short(lines: Sequence[Line]) -> str:
    """How many indicators are in which state."""
    states = [line.state for line in lines]
    return ", ".join(f"{states.count(state)} {state}" for state in State if state in states)


def _line(
    run_context: RunContext,
    indicator: Indicator,
    today: date,
) -> Line:
    outcome = _outcome(run_context, indicator)
    sources = _sources(run_context.plan, indicator)
    calendars = {one: _calendar(run_context, source, indicator) for one, source in sources.items()}
    states = {
        one: state_of(calendars[one], _facts(run_context, indicator, source, outcome), today)
        for one, source in sources.items()
    }
    state = State.NOT_COVERED if indicator.not_covered else worst(states.values())
    of_state = [one for one in states if states[one] == state]
    source = sources[of_state[0] if of_state else indicator.source]
    return Line(
        indicator,
        source,
        state,
        _newest_label(run_context.plan, indicator, source, outcome),
        _next_release(source, calendars[source.id], state, today),
        _why(indicator, source, state, outcome),
        _what_to_do(run_context, indicator, source, state),
    )


def _newest_label(
    plan: Plan,
    indicator: Indicator,
    source: Source,
    outcome: Outcome | None,
) -> str:
    """The publisher's words for the newest period of a source's figures; empty if there is none."""
    rows = _headline(_rows_of(plan, indicator, source, outcome))
    newest = max(rows, key=lambda row: row["period_end"], default={"period_label": ""})
    label: str = newest["period_label"]
    return label


def _outcome(run_context: RunContext, indicator: Indicator) -> Outcome | None:
    """What the last refresh found; a failure if that cannot be read any more."""
    try:
        return refresh.outcomes(run_context).load(indicator.id)
    except ThindicatorsError as problem:
        return Outcome(
            indicator.id,
            "empty",
            str(problem),
            (),
            (),
            empty_table(),
            failed=True,
        )


def _sources(plan: Plan, indicator: Indicator) -> dict[str, Source]:
    return {one: plan.sources[one] for one in indicator.sources}


def _calendar(
    run_context: RunContext,
    source: Source,
    indicator: Indicator,
) -> Calendar:
    return calendar_of(
        source,
        indicator,
        announced(run_context.store, source),
    )


def _facts(
    run_context: RunContext, indicator: Indicator, source: Source, outcome: Outcome | None
) -> Facts:
    plan, standing = run_context.plan, _standing(outcome, source)
    rows = _headline(
        _rows_of(
            plan,
            indicator,
            source,
            outcome,
        )
    )
    return Facts(
        newest=max((row["period_end"] for row in rows), default=None),
        asked=bool(indicator.retired_because)
        or (
            outcome is not None
            and all(run_context.store.last_fetch(one) for one in plan.fetched_for(source.id))
        ),
        failed=standing is not None and standing.failed,
        held=standing is not None and standing.held,
        is_return=source.kind == "return",
        is_paused=bool(source.paused) and not indicator.retired_because,
        has_ended=bool(indicator.retired_because)
        or (bool(rows) and ended_because(indicator) != ""),
    )


def _standing(outcome: Outcome | None, source: Source) -> Outcome | Standing | None:
    """How the figures stand that a source gives to an indicator."""
    parts = outcome.standings if outcome is not None else ()
    return next((part for part in parts if part.source == source.id), outcome)


def _rows(outcome: Outcome | None) -> list[dict[str, Any]]:
    return outcome.table.to_pylist() if outcome is not None else []


def _rows_of(
    plan: Plan, indicator: Indicator, source: Source, outcome: Outcome | None
) -> list[dict[str, Any]]:
    """The figures that one of an indicator's sources gave."""
    if outcome is None or not indicator.also:
        return _rows(outcome)
    return _rows(part_of(plan, outcome, source.id))


def _headline(rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The total's rows where there are any; the parts of a ratio are of other periods."""
    return [row for row in rows if row["breakdown"] == "total"] or rows


def _next_release(
    source: Source,
    when: Calendar,
    state: State,
    today: date,
) -> str:
    if state in (State.PAUSED, State.ENDED, State.NOT_COVERED):
        return "none is expected"
    if when.announced is not None and today <= when.announced.last:
        return f"announced for {_days(when.announced)}"
    if not source.new_periods and source.kind != "return":
        return "at no fixed time"
    return _in_words(window(when, today), today)


def _days(announced_for: Window) -> str:
    day = announced_for.last
    return f"{day.day} {day:%B %Y}" if announced_for.first == day else f"{day:%B %Y}"


def _in_words(next_one: Window, today: date) -> str:
    last = f"{next_one.last.day} {next_one.last:%B %Y}"
    return (
        f"now, to {last}"
        if next_one.holds(today)
        else f"{next_one.first.day} {next_one.first:%B} to {last}"
    )


def _why(
    indicator: Indicator,
    source: Source,
    state: State,
    outcome: Outcome | None,
) -> str:
    standing = _standing(outcome, source)
    reason = standing.reason if standing is not None else ""
    return {
        State.PAUSED: source.paused,
        State.ENDED: ended_because(indicator),
        State.NOT_COVERED: indicator.not_covered,
    }.get(state, reason)


def _sum_held(
    run_context: RunContext,
    indicator: Indicator,
    part: str,
) -> str:
    """The sum of the figures that wait; empty if none do, or if that cannot be read."""
    try:
        return refresh.outcomes(run_context).sum_held(indicator.id, part)
    except ThindicatorsError:
        return ""


def _what_to_do(
    run_context: RunContext,
    indicator: Indicator,
    source: Source,
    state: State,
) -> str:
    if run_context.is_sample and state in (State.LATE, State.DUE):
        return "Nothing. A sample ends where the figures end that it was composed from."
    part = source.id if indicator.also else ""
    said = {
        State.HELD: how_to_accept(
            indicator,
            part,
            _sum_held(run_context, indicator, part),
        ),
        State.FAILED: how_to_mend(source.id),
        State.NOT_ASKED: "Run `thindicators publish`.",
        State.LATE: (
            f"See the source's page. If the publisher has released, run `thindicators probe {source.id}`, and report "
            "what it says; if not, there is nothing to do but wait."
        ),
        State.WAITING: (
            "Fill in its rows of the template (in the UI, a link on the page `status`; or `thindicators return-template`), "
            f"check it (`thindicators check-return`), and put it into {run_context.inbox}."
        ),
        State.NO_FIGURES: "See the source's page; the publisher gives no figure for this area.",
        State.DUE: "Nothing. It is asked for on every weekday.",
    }
    return said.get(state, "Nothing.")
