"""Numbers and days from text: one place that reads them, and takes the ten digits 0 to 9 and no others.

What belongs here: reading what a publisher, a return, a setting or a header writes as a number, a day or a moment.
What is done with it, and where in a file it stands, is known to whoever asks.

Python's own `int`, `float`, `Decimal` and `strptime` take digits of all scripts, and the first three take `1_000`;
`float` takes `nan` and `infinity`, and `date.fromisoformat` takes `20260101` and `2026-W01-1`. Each of these is a
figure or a year that nobody wrote. A test keeps them out of the rest of the project.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime

from thindicators.errors import ThindicatorsError

_LONGEST = 400
"""Digits of a whole number; far more than any count has, and fewer than Python refuses to read."""

_WHOLE = re.compile(rf"[+-]?[0-9]{{1,{_LONGEST}}}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_YEAR = re.compile(r"[0-9]{4}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
_MOMENT = re.compile(rf"{_DAY.pattern}([T ]{_TIME}(Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?")


class PlainNumberError(ThindicatorsError, ValueError):
    """Text that is no number, day or moment in plain digits. Whoever knows the file says where it stands."""


def is_whole_number(text: str) -> bool:
    """Whether `whole_number` reads the text."""
    return _WHOLE.fullmatch(text) is not None


def whole_number(text: str) -> int:
    """A whole number: an optional sign, and digits from 0 to 9.

    Raises:
        PlainNumberError: If the text holds anything else: a space, a separator, a digit of another script.
    """
    if not is_whole_number(text):
        raise PlainNumberError(f"not a whole number in the digits 0 to 9: {text[:100]!r}")
    return int(text)


def count(text: str) -> int:
    """How many, or which in a row: digits from 0 to 9 without a sign.

    Raises:
        PlainNumberError: If the text holds anything else.
    """
    # Nobody counts to +5; where a sign stands, something else was meant.
    if text[:1] in ("+", "-"):
        raise PlainNumberError(f"not digits from 0 to 9 alone: {text[:100]!r}")
    return whole_number(text)


def is_number(text: str) -> bool:
    """Whether the text is written as a number in plain digits; it may still be too large to be held."""
    return _NUMBER.fullmatch(text) is not None


def number(text: str) -> float:
    """A number: an optional sign, digits from 0 to 9, a decimal point or none, an exponent or none.

    Raises:
        PlainNumberError: If the text holds anything else, such as `1_000`, `1,000`, `nan` or `١٢`, or is not finite.
    """
    if not is_number(text):
        raise PlainNumberError(f"not a number in the digits 0 to 9: {text[:100]!r}")
    value = float(text)
    # 1e999 is in plain digits, and Python makes infinity of it without a word.
    if not math.isfinite(value):
        raise PlainNumberError(f"a number too large to be held: {text[:100]!r}")
    return value


def is_year(text: str) -> bool:
    """Whether the text is a year in four digits from 0 to 9."""
    return _YEAR.fullmatch(text) is not None


def year(text: str) -> int:
    """A year: four digits from 0 to 9.

    Raises:
        PlainNumberError: If the text holds anything else.
    """
    if not is_year(text):
        raise PlainNumberError(f"not a year in four of the digits 0 to 9: {text[:100]!r}")
    return int(text)


def day(text: str) -> date:
    """A day, as `2026-03-31` and in no other way.

    Raises:
        PlainNumberError: If the text is written otherwise, or the calendar has no such day.
    """
    if not _DAY.fullmatch(text):
        raise PlainNumberError(f"not a day such as 2026-03-31: {text[:100]!r}")
    # By now it has the form; 2026-02-30 has it too.
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PlainNumberError(f"the calendar has no {text}") from None


def day_in_words(text: str) -> date:
    """A day, as `31 March 2022`.

    Raises:
        PlainNumberError: If the text is written otherwise, or the calendar has no such day.
    """
    return _day_written(text, "%d %B %Y", "31 March 2022")


def british_day(text: str) -> date:
    """A day, as `31/03/2022`.

    Raises:
        PlainNumberError: If the text is written otherwise, or the calendar has no such day.
    """
    return _day_written(text, "%d/%m/%Y", "31/03/2022")


def moment(text: str) -> datetime:
    """A day with its time, as `2022-03-31T09:30:00+01:00`; with a space for the T, without an offset, or the day alone.

    Raises:
        PlainNumberError: If the text is written otherwise, or there is no such moment.
    """
    if not _MOMENT.fullmatch(text):
        raise PlainNumberError(f"not a moment such as 2022-03-31T09:30:00+01:00: {text[:100]!r}")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise PlainNumberError(f"there is no such moment: {text[:100]}") from None


def _day_written(
    text: str,
    form: str,
    example: str,
) -> date:
    # `strptime` takes digits of all scripts; letters of others no English month has.
    if not text.isascii():
        raise PlainNumberError(f"not a day such as {example}: {text[:100]!r}")
    try:
        return datetime.strptime(text, form).date()
    except ValueError:
        raise PlainNumberError(f"not a day such as {example}: {text[:100]!r}") from None
