"""Due dates: when a publisher's next figures are expected, and how an indicator stands beside that.

What belongs here: the release calendar of a source as pure functions of a day, and the state that follows from it and
from what the last refresh found. When a source is asked belongs in `assets.schedules`; what is known of an indicator
is gathered in `thindicators.refreshing.status`.

A publisher's months are windows, because days move: the same survey came on 17 October one year and on 4 November the
next. A day that the publisher has announced opens its week as well. How late is late is said by `new_periods` in the
source's file: by the end of which month, figures for a period of which age are out. `GRACE` after that they are late.
What the publisher itself last announced stands over the file: a release that it has put off is waited for until then.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from thindicators.plan.indicator_parts import Series
from thindicators.plan.model import Indicator, NewPeriod, Source

LONDON = ZoneInfo("Europe/London")
GRACE = timedelta(days=45)
"""How long after its usual time a release may come before it is called late."""

_DAY = timedelta(days=1)
_ALL_MONTHS = frozenset(range(1, 13))
_YEARS_BACK = 6


class State(StrEnum):
    """How an indicator stands; the words are those that people read. The first that holds is the one that counts."""

    HELD = "held"
    FAILED = "failed"
    NOT_ASKED = "not asked yet"
    LATE = "late"
    WAITING = "waiting for a council return"
    NO_FIGURES = "no figures"
    DUE = "due"
    PAUSED = "paused by the publisher"
    ENDED = "series ended"
    NOT_COVERED = "not covered here"
    UP_TO_DATE = "up to date"


@dataclass(frozen=True)
class Window:
    """The days from the first to the last on which a release is due."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether a day is one of them."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Calendar:
    """When a source's publisher releases.

    Attributes:
        months: In which there are releases.
        days: On which there was one, or for which one is announced.
        new_periods: By when which period is out.
        announced: When the publisher said, at the last fetch, that it releases next; None if it did not.
    """

    months: frozenset[int]
    days: frozenset[date]
    new_periods: tuple[NewPeriod, ...]
    announced: Window | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of an indicator's figures from one of its sources.

    Attributes:
        newest: The last day of the newest period that has a row; None if there is none.
        asked: Whether the source was ever asked.
        failed: Whether the last refresh could not use what came.
        held: Whether new figures wait for somebody's word.
        is_return: Whether the figures are handed in.
        is_paused: Whether the publisher has paused them.
        has_ended: Whether no series of the indicator goes on.
    """

    newest: date | None
    asked: bool = True
    failed: bool = False
    held: bool = False
    is_return: bool = False
    is_paused: bool = False
    has_ended: bool = False


def calendar_of(
    source: Source, indicator: Indicator | None = None, announced: Window | None = None
) -> Calendar:
    """The calendar of a source, or of an indicator that has only this source and months of its own.

    Args:
        source: Whose file has the months.
        indicator: That may have months of its own.
        announced: What the publisher said of its next release at the last fetch.
    """
    own: list[int] = []
    # The months of an indicator of several sources would be wrong for all of these but one.
    if indicator is not None and not indicator.also:
        own = indicator.release_months
    months = own or source.release_months
    return Calendar(
        months=frozenset(months),
        days=frozenset(source.release_dates),
        new_periods=tuple(source.new_periods),
        announced=announced,
    )


def ended_because(indicator: Indicator) -> str:
    """Why no series of an indicator goes on; empty text if one does, or if another is to follow the last."""
    if indicator.retired_because:
        return indicator.retired_because
    # A series without a last year goes on, and so outlasts all that have one.
    last = max(indicator.series, key=_last_year)
    if last.last_year is None:
        return ""
    return last.ends_because


def _last_year(series: Series) -> int:
    return series.last_year or date.max.year


def london_day(moment: datetime) -> date:
    """The day it is in London at a moment."""
    in_london = moment.astimezone(LONDON)
    return in_london.date()


def is_open(when: Calendar, day: date) -> bool:
    """Whether a release is due on a day: it lies in one of the months, or in the week of a known or announced day."""
    if day.month in when.months:
        return True
    week = _week(day)
    if any(week == _week(release) for release in when.days):
        return True
    announced = when.announced
    if announced is None:
        return False
    return _week(announced.first) <= week <= _week(announced.last)


def window(when: Calendar, day: date) -> Window:
    """The window that a day lies in, or else the next one."""
    # Without a closed day there is no first or last one to look for.
    if when.months == _ALL_MONTHS:
        return Window(
            first=date(day.year, 1, 1),
            last=date(day.year, 12, 31),
        )
    within = _next_day(when, day, _DAY, is_to_be_open=True)
    day_before = _next_day(when, within, -_DAY, is_to_be_open=False)
    day_after = _next_day(when, within, _DAY, is_to_be_open=False)
    return Window(
        first=day_before + _DAY,
        last=day_after - _DAY,
    )


def _next_day(
    when: Calendar,
    day: date,
    step: timedelta,
    *,
    is_to_be_open: bool,
) -> date:
    """The first day from a day on, itself among them, on which a release is due, or on which none is."""
    while is_open(when, day) != is_to_be_open:
        day += step
    return day


def state_of(when: Calendar, facts: Facts, today: date) -> State:
    """How an indicator stands on a day."""
    # The gravest first: what a person must act on hides what the calendar alone would say.
    if facts.held:
        return State.HELD
    if facts.failed:
        return State.FAILED
    if not facts.asked:
        return State.NOT_ASKED
    if facts.is_paused:
        return State.PAUSED
    if facts.has_ended:
        return State.ENDED
    if facts.is_return:
        return _of_return(when, facts, today)
    if facts.newest is None:
        return State.NO_FIGURES
    return _of_release(when, facts, today)


def worst(states: Iterable[State]) -> State:
    """The state that counts, of several."""
    by_gravity = list(State)
    return min(states, key=by_gravity.index)


def _of_return(when: Calendar, facts: Facts, today: date) -> State:
    if facts.newest is None:
        return State.WAITING
    if _lacks(when, facts, today):
        return State.WAITING
    if _lacks_what_is_due(when, facts, today):
        return State.WAITING
    return State.UP_TO_DATE


def _of_release(when: Calendar, facts: Facts, today: date) -> State:
    # Days move: what is missing is called late only when the grace is over as well.
    day_of_grace = today - GRACE
    if _lacks(when, facts, day_of_grace):
        return State.LATE
    if _lacks(when, facts, today):
        return State.DUE
    if _lacks_what_is_due(when, facts, today):
        return State.DUE
    return State.UP_TO_DATE


def _lacks(when: Calendar, facts: Facts, day: date) -> bool:
    """Whether figures are missing that were to be out before a day."""
    for deadline, required in _deadlines(when, day):
        is_over = deadline < day
        if is_over and _is_older(facts, required):
            return True
    return False


def _lacks_what_is_due(when: Calendar, facts: Facts, today: date) -> bool:
    """Whether figures are missing that the window of today brings."""
    if not is_open(when, today):
        return False
    last = window(when, today).last
    for deadline, required in _deadlines(when, today):
        is_due_now = today <= deadline <= last
        if is_due_now and _is_older(facts, required):
            return True
    return False


def _deadlines(when: Calendar, day: date) -> Iterator[tuple[date, int]]:
    """The last days of the months by which figures are out, some years back and one ahead, and for which month."""
    first_year = day.year - _YEARS_BACK
    next_year = day.year + 1
    for year in range(first_year, next_year + 1):
        for new in when.new_periods:
            usual = _last_of_month(year, new.by_end_of)
            required = _month(usual) - new.ended_within_months
            deadline = _as_announced(when, usual)
            yield deadline, required


def _last_of_month(year: int, month: int) -> date:
    _, days = calendar.monthrange(year, month)
    return date(year, month, days)


def _as_announced(when: Calendar, deadline: date) -> date:
    """A deadline, or the later day to which the publisher has put the release off.

    An announced day that lies in another of the months is of that month's release, and puts off none before it.
    """
    announced = when.announced
    if announced is None or announced.last <= deadline:
        return deadline
    first = _month(deadline) + 1
    last = _month(announced.last)
    for month in range(first, last + 1):
        if _month_of_year(month) in when.months:
            return deadline
    return announced.last


def _is_older(facts: Facts, required: int) -> bool:
    if facts.newest is None:
        return True
    return _month(facts.newest) < required


def _month(day: date) -> int:
    """The number of a day's month, counted over the years."""
    return day.year * 12 + day.month


def _month_of_year(month: int) -> int:
    """The number within its year, 1 to 12, of a month that is counted over the years."""
    before = month - 1
    return before % 12 + 1


def _week(day: date) -> tuple[int, int]:
    in_weeks = day.isocalendar()
    return in_weeks.year, in_weeks.week
