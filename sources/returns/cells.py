"""One cell of a council return: text, number, or date, with the damage that Excel does to it.

What belongs here: reading a cell right where that is certain, and saying what is wrong and how to mend it where it is
not. Which column holds what, and the rules of a row, belong in `return_file`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from sources.reading.as_seen import NOT_CALCULATED
from sources.reading.files import Cell, words
from thindicators import plain_numbers
from thindicators.safe_text import why_refused

_PLAIN = re.compile(r"[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})([ T]00:00:00)?")
_BRITISH_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_DATE_LIKE = re.compile(
    r"[A-Z][a-z]{2}-[0-9]{2,4}|[0-9]{1,2}-[A-Z][a-z]{2}(-[0-9]{2,4})?|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}( 00:00:00)?"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_ERROR = re.compile(
    r"#[A-Z][A-Z0-9_/]*[!?]|#N/A|#DIV/0!|#NOT-CALCULATED!|#{2,}|Err:[0-9]{3}", re.IGNORECASE
)
"""What spreadsheet programs write in the place of a result; ### stands for a column that is too narrow."""

_NOTHING = frozenset({"nan", "-nan", "nat", "<na>", "none", "null", "inf", "-inf"})
"""What programs write for nothing, or for no number."""

_AS_TEXT = (
    "format the cell as text, then type it again; an apostrophe before it ('2022-23) also keeps it."
)


class CellError(ValueError):
    """A cell cannot be read with certainty: what is wrong, and how to mend it."""

    def __init__(
        self,
        wrong: str,
        remedy: str,
    ) -> None:
        super().__init__(wrong)
        self.wrong, self.remedy = wrong, remedy


class AmbiguousDayError(CellError):
    """A day that may be one of two, for want of knowing which part of it is the month."""

    def __init__(
        self,
        written: str,
        days: tuple[date, date],
    ) -> None:
        super().__init__(
            f"“{written}” may be one of two days",
            f"write {days[0]} if {days[0].day} is the day of the month.",
        )
        self.days = days


def text(cell: Cell) -> str:
    """Words, with spaces folded.

    Raises:
        CellError: If Excel has turned them into something else, or they could act where they are read.
    """
    if isinstance(cell, date | time | timedelta):
        raise CellError(
            f"Excel has turned this into a date or a time, {cell}",
            _AS_TEXT,
        )
    # To Python, True is a number.
    if isinstance(cell, bool):
        raise CellError(f"Excel has turned this into {str(cell).upper()}", _AS_TEXT)
    written = words(cell)
    if NOT_CALCULATED in written:
        raise CellError(
            "it has a formula that no program has calculated",
            "open the file in Excel, look at the cell, and save it; or write what it comes to.",
        )
    if _ERROR.search(written) or written.lower() in _NOTHING:
        raise CellError(
            f"“{written}” is what a program writes in the place of a missing result",
            "mend the formula, or write what is meant; leave the cell blank if there is nothing.",
        )
    # Typed into Excel it keeps text as text and is not shown; in a CSV file it is a letter like others.
    if written.startswith("'") and written.count("'") == 1:
        raise CellError(
            f"“{written}” begins with an apostrophe", "take it away: it would be published."
        )
    if why := why_refused(written):
        raise CellError(
            f"“{written}” cannot be published: {why}", "begin it with a word, and type it anew."
        )
    return written


def looks_like_a_date(written: str) -> bool:
    """Whether words are what Excel leaves of `2022-23` or `10-14`, such as `Dec-22`, `14-Oct` or `01/12/2022`."""
    return _DATE_LIKE.fullmatch(written) is not None


def number(cell: Cell) -> float | None:
    """A number, thousands with or without commas; None for a blank cell.

    Raises:
        CellError: If it is anything else.
    """
    written = text(cell)
    if not written:
        return None
    # A nought that was rounded down from below is published as −0, which is no number to a reader.
    if written.startswith("-") and not written.strip("-0.,"):
        raise CellError(f"“{written}” is no number", "write 0, or what is meant.")
    if isinstance(cell, int | float):
        # Excel shows a −0 as 0, which it then is.
        return float(cell) + 0.0
    if not _PLAIN.fullmatch(written):
        raise CellError(
            f"“{written}” is not a number",
            "write digits only, with a point for decimals; if there is no figure, leave the cell blank and give the "
            "reason in `status` (c, low, u, x or z).",
        )
    return plain_numbers.number(written.replace(",", ""))


def percentage(cell: Cell) -> float | None:
    """A number that may carry a percent sign; `87%` and `87` are the same.

    Raises:
        CellError: If it is anything else.
    """
    if isinstance(cell, int | float):
        return number(cell)
    return number(text(cell).removesuffix("%").rstrip())


def whole_number(cell: Cell) -> int | None:
    """How many; None for a blank cell.

    Raises:
        CellError: If it is no whole number above zero.
    """
    count = number(cell)
    if count is None:
        return None
    if count < 1 or not count.is_integer():
        raise CellError(
            f"“{words(cell)}” is not a whole number above zero",
            "write how many, exactly; never “about”.",
        )
    return int(count)


def day(cell: Cell) -> date | None:
    """A day, as a date cell, as `2023-03-31`, or as `31/03/2023`; None for a blank cell.

    `03/04/2023` is refused: it is 3 April to one reader and 4 March to another.

    Raises:
        CellError: If it is no day, or not certainly one.
    """
    if isinstance(cell, datetime):
        if cell.time() != time(0):
            raise CellError(
                f"“{cell}” is a day with a time",
                "write the day alone, as 2023-03-31.",
            )
        return _day(cell.year, cell.month, cell.day, str(cell))
    if isinstance(cell, date):
        return _day(cell.year, cell.month, cell.day, str(cell))
    written = text(cell)
    if not written:
        return None
    if match := _ISO_DAY.fullmatch(written):
        year, month, of_month = (plain_numbers.whole_number(part) for part in match.groups()[:3])
    elif match := _BRITISH_DAY.fullmatch(written):
        of_month, month, year = (plain_numbers.whole_number(part) for part in match.groups())
        # Where both could be the month, the year of two readers is another.
        if of_month <= 12 and month <= 12 and of_month != month:
            days = (_day(year, month, of_month, written), _day(year, of_month, month, written))
            raise AmbiguousDayError(written, days)
    else:
        raise CellError(
            f"“{written}” is not a day",
            "write year-month-day, as 2023-03-31.",
        )
    return _day(year, month, of_month, written)


def _day(
    year: int,
    month: int,
    of_month: int,
    written: str,
) -> date:
    try:
        day = date(year, month, of_month)
    except ValueError:
        raise CellError(
            f"the calendar has no “{written}”", "write year-month-day, as 2023-03-31."
        ) from None
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise CellError(
            f"“{written}” is not of our time", "write the year with four digits, as 2023-03-31."
        )
    return day


def decimals(written: str) -> int:
    """How many decimals a number is written with."""
    return len(written.rstrip("% ").partition(".")[2])
