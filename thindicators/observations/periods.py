"""Periods: the stretch of time a figure is about, and the ways publishers write it.

What belongs here: building periods from years and months, their ISO 8601 interval, their year. Reading one publisher's
own spelling of a period belongs in its source module.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from thindicators import plain_numbers
from thindicators.errors import ThindicatorsError

# `[0-9]`, never `\d`, which takes digits of all scripts; no more of them than a date can bear.
_INTERVAL = re.compile(
    r"(?P<start>[0-9]{4}-[0-9]{2}-[0-9]{2})/P(?P<count>[1-9][0-9]{0,6})(?P<unit>[YMD])"
)
_SPLIT_YEAR = re.compile(r"(?P<first>[0-9]{4})\s*[/\-–]?\s*(?P<last>[0-9]{2}|[0-9]{4})")


class PeriodError(ThindicatorsError, ValueError):
    """Text, or years, that make no period. Whoever knows the file says where they stand."""


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of whole days with the publisher's words for it.

    Attributes:
        start: First day.
        end: Last day, inclusive.
        label: The publisher's words, such as `2018 - 20`.
    """

    start: date
    end: date
    label: str

    def __post_init__(self) -> None:
        # It would be sorted, and drawn, where nothing was measured.
        if self.end < self.start:
            raise PeriodError(f"a period cannot end ({self.end}) before it starts ({self.start})")

    @property
    def year(self) -> int:
        """The calendar year in which the period ends: 2021/22 is 2022, 2018-20 is 2020."""
        return self.end.year

    @property
    def iso(self) -> str:
        """The ISO 8601 interval `start/duration`, in whole years, months or days, the longest that fits."""
        months = _whole_months(self.start, self.end)
        if months is None:
            days = (self.end - self.start).days + 1
            return f"{self.start}/P{days}D"
        if months % 12 == 0:
            return f"{self.start}/P{months // 12}Y"
        return f"{self.start}/P{months}M"


def from_iso(interval: str, label: str = "") -> Period:
    """Read an interval as `Period.iso` writes it.

    Raises:
        PeriodError: If the text is not `YYYY-MM-DD/PnY`, `/PnM` or `/PnD`.
    """
    interval_parts = _INTERVAL.fullmatch(interval)
    if interval_parts is None:
        raise PeriodError(f"not an ISO 8601 interval of years, months or days: {interval!r}")
    start = _iso_day(interval_parts["start"])
    count = plain_numbers.whole_number(interval_parts["count"])
    try:
        end = _end_of(start, count, interval_parts["unit"])
    except OverflowError as problem:
        raise PeriodError(f"the interval ends after the year 9999: {interval!r}") from problem
    return Period(start, end, label or interval)


def _end_of(
    start: date,
    count: int,
    unit: str,
) -> date:
    """The last day of an interval of days, months or years."""
    if unit == "D":
        # The first day counts too.
        return start + timedelta(days=count - 1)
    months = count * 12 if unit == "Y" else count
    return _last_day(start, months)


def calendar_year(year: int, label: str | None = None) -> Period:
    """January to December."""
    return years_from(year, 1, label or str(year))


def years_from(
    first: int,
    count: int,
    label: str,
) -> Period:
    """`count` calendar years, the first of which is `first`."""
    last = first + count - 1
    return Period(_day(first, 1, 1), _day(last, 12, 31), label)


def financial_year(
    starts: int,
    label: str | None = None,
) -> Period:
    """1 April of `starts` to 31 March of the next year."""
    ends = starts + 1
    return Period(
        _day(starts, 4, 1),
        _day(ends, 3, 31),
        label or split_year(starts),
    )


def academic_year(
    starts: int,
    label: str | None = None,
) -> Period:
    """1 September of `starts` to 31 August of the next year."""
    ends = starts + 1
    return Period(
        _day(starts, 9, 1),
        _day(ends, 8, 31),
        label or split_year(starts),
    )


def twelve_months_ending(
    year: int,
    month: int,
    label: str,
) -> Period:
    """The twelve months whose last is `month` of `year`."""
    _, days_in_month = monthrange(year, month)
    last = _day(year, month, days_in_month)
    # Twelve months that end in December are the year itself; all others begin in the year before.
    first_year, first_month = (year, 1) if month == 12 else (year - 1, month + 1)
    first = _day(first_year, first_month, 1)
    return Period(first, last, label)


def one_day(day: date, label: str | None = None) -> Period:
    """A single day, such as the count of a register."""
    return Period(day, day, label or day.isoformat())


def split_year(starts: int) -> str:
    """`2021/22` for 2021; a year has four digits, so that `read_split_year` reads what stands here."""
    return f"{starts:04d}/{(starts + 1) % 100:02d}"


def read_split_year(text: str) -> int:
    """The first year of `2021/22`, `2021-22`, `202122` or `2021/2022`.

    Raises:
        PeriodError: If the text is none of these, or its years do not follow each other.
    """
    refusal = PeriodError(f"not two years that follow each other: {text!r}")
    years = _SPLIT_YEAR.fullmatch(text.strip())
    if years is None:
        raise refusal
    first = plain_numbers.whole_number(years["first"])
    last = plain_numbers.whole_number(years["last"])
    # By their last two digits, which is all that most publishers write of the second: 1999/00 too.
    if last % 100 != (first + 1) % 100:
        raise refusal
    return first


def _day(
    year: int,
    month: int,
    day: int,
) -> date:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        raise PeriodError(f"the calendar has no {year}-{month}-{day}") from None


def _iso_day(text: str) -> date:
    try:
        return plain_numbers.day(text)
    except plain_numbers.PlainNumberError:
        raise PeriodError(f"the calendar has no {text}") from None


def _last_day(start: date, months: int) -> date:
    if start.day != 1:
        raise PeriodError(
            f"an interval of months or years starts on the first of a month, not on {start}"
        )
    # Months counted from the year 0, January being 0; the first month of the interval counts too.
    first_month = start.year * 12 + start.month - 1
    year, month_from_0 = divmod(first_month + months - 1, 12)
    if year > date.max.year:
        raise OverflowError(year)
    month = month_from_0 + 1
    _, days_in_month = monthrange(year, month)
    return date(year, month, days_in_month)


def _whole_months(start: date, end: date) -> int | None:
    """How many months a stretch of days makes; None if it does not begin and end with a month."""
    _, days_in_month = monthrange(end.year, end.month)
    if start.day != 1 or end.day != days_in_month:
        return None
    years = end.year - start.year
    return years * 12 + end.month - start.month + 1
