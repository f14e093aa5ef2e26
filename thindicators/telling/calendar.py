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
    return Calendar(
        months=frozenset(own or source.release_months),
        days=frozenset(source.release_dates),
        new_periods=tuple(source.new_periods),
        announced=announced,
    )


def ended_because(indicator: Indicator) -> str:
    """Why no series of an indicator goes on; empty text if one does, or if another is to follow the last."""
    if indicator.retired_because:
        return indicator.retired_because
    last = max(indicator.series, key=lambda series: series.last_year or date.max.year)
    return last.ends_because if last.last_year else ""


def london_day(moment: datetime) -> date:
    """The day it is in London at a moment."""
    return moment.astimezone(LONDON).date()


def is_open(when: Calendar, day: date) -> bool:
    """Whether a release is due on a day: it lies in one of the months, or in the week of a known or announced day."""
    if day.month in when.months:
        return True
    if any(_week(day) == _week(release) for release in when.days):
        return True
    announced = when.announced
    if announced is None:
        return False
    return _week(announced.first) <= _week(day) <= _week(announced.last)


def window(when: Calendar, day: date) -> Window:
    """The window that a day lies in, or else the next one."""
    # Without a closed day there is no first or last one to look for.
    if when.months == _ALL_MONTHS:
        return Window(date(day.year, 1, 1), date(day.year, 12, 31))
    within = next(each for each in _days_from(day, 1) if is_open(when, each))
    day_before = next(each for each in _days_from(within, -1) if not is_open(when, each))
    day_after = next(each for each in _days_from(within, 1) if not is_open(when, each))
    return Window(day_before + _DAY, day_after - _DAY)


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
    return min(states, key=list(State).index)


def _of_return(when: Calendar, facts: Facts, today: date) -> State:
    is_missing = (
        facts.newest is None or _lacks(when, facts, today) or _lacks_what_is_due(when, facts, today)
    )
    return State.WAITING if is_missing else State.UP_TO_DATE


def _of_release(when: Calendar, facts: Facts, today: date) -> State:
    if _lacks(when, facts, today - GRACE):
        return State.LATE
    is_due = _lacks(when, facts, today) or _lacks_what_is_due(when, facts, today)
    return State.DUE if is_due else State.UP_TO_DATE


def _lacks(when: Calendar, facts: Facts, day: date) -> bool:
    """Whether figures are missing that were to be out before a day."""
    overdue = [required for deadline, required in _deadlines(when, day) if deadline < day]
    return any(_is_older(facts, required) for required in overdue)


def _lacks_what_is_due(when: Calendar, facts: Facts, today: date) -> bool:
    """Whether figures are missing that the window of today brings."""
    if not is_open(when, today):
        return False
    last = window(when, today).last
    now_due = [
        required for deadline, required in _deadlines(when, today) if today <= deadline <= last
    ]
    return any(_is_older(facts, required) for required in now_due)


def _deadlines(when: Calendar, day: date) -> Iterator[tuple[date, int]]:
    """The last days of the months by which figures are out, some years back and one ahead, and for which month."""
    for year in range(day.year - _YEARS_BACK, day.year + 2):
        for new in when.new_periods:
            _, days = calendar.monthrange(year, new.by_end_of)
            last = date(year, new.by_end_of, days)
            yield _as_announced(when, last), _month(last) - new.ended_within_months


def _as_announced(when: Calendar, deadline: date) -> date:
    """A deadline, or the later day to which the publisher has put the release off.

    An announced day that lies in another of the months is of that month's release, and puts off none before it.
    """
    announced = when.announced
    if announced is None or announced.last <= deadline:
        return deadline
    following = range(_month(deadline) + 1, _month(announced.last) + 1)
    if any((month - 1) % 12 + 1 in when.months for month in following):
        return deadline
    return announced.last


def _is_older(facts: Facts, required: int) -> bool:
    return facts.newest is None or _month(facts.newest) < required


def _month(day: date) -> int:
    """The number of a day's month, counted over the years."""
    return day.year * 12 + day.month


def _days_from(day: date, step: int) -> Iterator[date]:
    while True:
        yield day
        day += step * _DAY


def _week(day: date) -> tuple[int, int]:
    year, week, _ = day.isocalendar()
    return year, week
