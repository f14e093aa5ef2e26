"""What the label of a period says of its days: every year, split year, year's end, month and day that it names.

What belongs here: reading a label that a person wrote, and comparing it with the days beside it. A label and the days
say the same thing twice; where they differ, one of the two is of another year, and nobody but its author knows which.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from string import digits

from thindicators import plain_numbers
from thindicators.observations.periods import Period, academic_year, financial_year

_MONTHS = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})(?![0-9])"
_SHORT_YEAR = r"(?P<year>(?:19|20)?[0-9]{2})(?![0-9])"
_DAY = r"\b(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_CENTURY = 2000


@dataclass(frozen=True)
class _Named:
    """What a label names: of a day, a month or a year those parts that it writes."""

    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None

    def is_of(self, day: date) -> bool:
        """Whether a day has every part that is written."""
        parts = (
            (self.year, day.year),
            (self.month, day.month),
            (self.day, day.day),
        )
        return all(written in (None, actual) for written, actual in parts)


def contradiction(period: Period) -> str:
    """What the label of a period names that its days are not; empty text if there is nothing."""
    rest = period.label
    # Digits of another script look like a year to people, and to no program.
    others = [letter for letter in rest if unicodedata.category(letter) == "Nd"]
    if strange := [letter for letter in others if letter not in digits]:
        return strange[0]
    for pattern, is_right in _RULES:
        for match in pattern.finditer(rest):
            if not is_right(match, period):
                return match[0].strip()
        # What one rule has read is no year or month of its own for the next.
        rest = pattern.sub(" | ", rest)
    return ""


def _is_first_or_last_day(
    match: re.Match[str],
    period: Period,
) -> bool:
    named = _named(match)
    return named.is_of(period.start) or named.is_of(period.end)


def _is_the_end(match: re.Match[str], period: Period) -> bool:
    return _named(match).is_of(period.end)


def _is_from_to(match: re.Match[str], period: Period) -> bool:
    """April 2025 to March 2026: the first month and the last."""
    # The first year may be left out where it is the last one: February to March 2026.
    first, last = _month(match["first"]), _month(match["last"])
    years = [_year(match[name]) for name in ("first_year", "last_year")]
    start = _Named(match[0], years[0] or None, first)
    end = _Named(match[0], years[1], last)
    return start.is_of(period.start) and end.is_of(period.end)


def _is_within(match: re.Match[str], period: Period) -> bool:
    """June 2018, or June: a month of the period."""
    named = _named(match)
    month = period.start.replace(day=1)
    while month <= period.end:
        if named.is_of(month):
            return True
        month = date(
            month.year + month.month // 12,
            month.month % 12 + 1,
            1,
        )
    return False


def _are_the_years(match: re.Match[str], period: Period) -> bool:
    """2024/25: a financial or academic year in which the period lies; 2022-24: its first year and its last."""
    first, last = _year(match["first_year"]), _year(match["last_year"])
    # 2024/25 over its very years, or a range such as 2018 - 20.
    if first == period.start.year and last == period.end.year:
        return True
    if last != first + 1:
        return False
    # A survey in spring 2026 is of the year 2025/26, though it began in 2026.
    years = (financial_year(first), academic_year(first))
    return any(year.start <= period.start and period.end <= year.end for year in years)


def _is_a_year_of_it(
    match: re.Match[str],
    period: Period,
) -> bool:
    return period.start.year <= _year(match["year"]) <= period.end.year


def _named(match: re.Match[str]) -> _Named:
    parts = match.groupdict()
    day, month, year = (
        parts.get(name) or ""
        for name in (
            "day",
            "month",
            "year",
        )
    )
    return _Named(
        match[0],
        _year(year) if year else None,
        _month(month) if month else None,
        plain_numbers.whole_number(day) if day else None,
    )


def _month(text: str) -> int:
    return _MONTHS[text.lower()] if text.lower() in _MONTHS else plain_numbers.whole_number(text)


def _year(text: str | None) -> int:
    """A year of four digits, or of two in this century; 0 for none."""
    if not text:
        return 0
    year = plain_numbers.whole_number(text)
    # No return is of 1925, and FYE 25 is written every day.
    return year if len(text) == 4 else _CENTURY + year


def _ignoring_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_A_MONTH = _MONTH.replace("?P<month>", "?:")
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Period], bool]], ...] = (
    (
        _ignoring_case(r"\b(?P<year>[0-9]{4})[-/](?P<month>[0-9]{2})[-/](?P<day>[0-9]{2})\b"),
        _is_first_or_last_day,
    ),
    (
        _ignoring_case(rf"\b(?P<day>[0-9]{{1,2}})[/.](?P<month>[0-9]{{1,2}})[/.]{_SHORT_YEAR}"),
        _is_first_or_last_day,
    ),
    (
        _ignoring_case(
            rf"\b(?:fye|y/?e|(?:fy|year|months) (?:to|ending|ended|end))(?: in| on)?(?: the)?\s*"
            rf"(?:{_DAY}\s+)?(?:{_MONTH}\s*)?{_SHORT_YEAR}"
        ),
        _is_the_end,
    ),
    (_ignoring_case(rf"{_DAY}[\s\-]+(?:of )?{_MONTH}[\s,\-]*{_SHORT_YEAR}"), _is_first_or_last_day),
    (
        _ignoring_case(rf"\b{_MONTH}\s+(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}"),
        _is_first_or_last_day,
    ),
    (_ignoring_case(rf"{_DAY}\s+(?:of )?{_MONTH}"), _is_first_or_last_day),
    (
        _ignoring_case(
            rf"\b(?P<first>{_A_MONTH})\s*(?P<first_year>(?:19|20)[0-9]{{2}})?\s*(?:to|until|[-–—/])\s*"
            rf"(?P<last>{_A_MONTH})\s*(?P<last_year>(?:19|20)[0-9]{{2}})(?![0-9])"
        ),
        _is_from_to,
    ),
    (_ignoring_case(rf"\b{_MONTH}[\s,\-]*{_SHORT_YEAR}"), _is_within),
    (_ignoring_case(rf"\b{_MONTH}"), _is_within),
    (
        _ignoring_case(
            r"(?<![0-9])(?P<first_year>(?:19|20)?[0-9]{2})\s*[/\-–—_\\]\s*(?P<last_year>(?:19|20)?[0-9]{2})(?![0-9])"
        ),
        _are_the_years,
    ),
    # As the Department for Education writes 2024/25: 202425.
    (
        _ignoring_case(
            r"(?<![0-9])(?P<first_year>(?:19|20)[0-9]{2})(?P<last_year>[0-9]{2})(?![0-9])"
        ),
        _are_the_years,
    ),
    (_ignoring_case(r"\bfy\s*(?P<year>(?:19|20)?[0-9]{2})(?![0-9])"), _is_a_year_of_it),
    (_ignoring_case(rf"(?<![0-9]){_YEAR}"), _is_a_year_of_it),
)
"""What is looked for in a label, the longest first; and whether it is the period's."""
