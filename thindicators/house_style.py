"""Words: how numbers, units, dates and periods are written for the public.

What belongs here: spelling, by the style guide of GOV.UK (https://www.gov.uk/guidance/style-guide). What is said about
a figure belongs to whoever says it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from thindicators.observations.observation import Row, limits_of, value_of
from thindicators.observations.periods import from_iso
from thindicators.plan.model import Indicator, Plan

UNITS = {
    "percent": "percentage",
    "years": "years",
    "score_0_10": "score from 0 to 10",
    "count": "number",
    "gbp": "pounds",
    "ktco2e": "kilotonnes of carbon dioxide equivalent",
    "ug_m3": "micrograms per cubic metre (µg/m³)",
    "tco2e_per_head": "tonnes of carbon dioxide equivalent for each resident",
    "ratio": "ratio",
    "points": "points",
}
"""What the numbers of a chart or a table are."""

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
"""Written out, since the names that `strftime` gives depend on the machine's language."""

MINUS = "\u2212"

_AROUND = {
    "percent": ("", "%"),
    "gbp": ("£", ""),
    "years": ("", " years"),
    "score_0_10": ("", " out of 10"),
    "ktco2e": ("", " kilotonnes"),
    "ug_m3": ("", " µg/m³"),
    "tco2e_per_head": ("", " tonnes a resident"),
    "points": ("", " points"),
}
"""What stands before and after a figure of a unit."""

_STEPS = {
    "percent": ("", " percentage points"),
    "gbp": ("£", ""),
    "years": ("", " years"),
    "score_0_10": ("", " points"),
    "ktco2e": ("", " kilotonnes"),
    "ug_m3": ("", " µg/m³"),
    "tco2e_per_head": ("", " tonnes a resident"),
    "points": ("", " points"),
}
"""What stands before and after a difference: between two percentages lie percentage points."""


def number(value: float, decimals: int) -> str:
    """A bare number, with commas for thousands and a real minus sign."""
    shown = f"{abs(value):,.{decimals}f}"
    # What rounds to nought has no sign: −0.0 says nothing that 0.0 does not.
    if value < 0 and not reads_as_zero(shown):
        return f"{MINUS}{shown}"
    return shown


def reads_as_zero(shown: str) -> bool:
    """Whether a number, as it is written for a reader, is nought to the last decimal that is shown."""
    return set(shown) <= set("0.")


def decimals_of(unit: str, indicator: Indicator) -> int:
    """How many decimals to show of a figure, which may be in another unit than its indicator."""
    if unit == indicator.unit:
        return indicator.decimals
    # A file states decimals for its own unit only. Nobody counts tenths of people.
    return 0 if unit == "count" else 1


def around(unit: str) -> tuple[str, str]:
    """What stands before and after a figure of a unit, such as `£` and nothing, or nothing and `%`."""
    return _AROUND.get(unit, ("", ""))


def figure(
    value: float,
    unit: str,
    decimals: int,
) -> str:
    """A figure with its unit, such as `66.2%`, `£25,949` or `59.2 years`."""
    before, after = around(unit)
    shown = number(value, decimals)
    # The sign comes first: −£5, not £−5.
    sign = MINUS if shown.startswith(MINUS) else ""
    return f"{sign}{before}{shown.removeprefix(MINUS)}{after}"


def figure_of(row: Row, indicator: Indicator) -> str:
    """The figure of a row that has one, with its unit and as many decimals as its indicator shows."""
    decimals = decimals_of(row["unit"], indicator)
    return figure(value_of(row), row["unit"], decimals)


def short(
    value: float,
    unit: str,
    decimals: int,
) -> str:
    """A figure for a table or an axis, whose heading names the unit."""
    # Signs so short that a reader would miss them.
    if unit in ("percent", "gbp"):
        return figure(value, unit, decimals)
    return number(value, decimals)


def amount(
    size: float,
    unit: str,
    decimals: int,
) -> str:
    """The size of a difference, whatever its sign, such as `8.4 percentage points`."""
    if not size:
        return "nothing"
    before, after = _STEPS.get(unit, ("", ""))
    shown = number(abs(size), decimals)
    # “0.0 percentage points higher” would contradict itself.
    if reads_as_zero(shown):
        least = f"{10.0**-decimals:.{decimals}f}"
        unit_words = after.removesuffix("s") if least == "1" else after
        return f"less than {before}{least}{unit_words}"
    unit_words = after.removesuffix("s") if shown == "1" else after
    return f"{before}{shown}{unit_words}"


def spread(
    small: float,
    large: float,
    unit: str,
    decimals: int,
) -> str:
    """Two sizes of a difference with their unit once, such as `1.9 to 14.9 percentage points`."""
    before, after = _STEPS.get(unit, ("", ""))
    # A sign before a sum of money stands with both sums, words after a number once for the two.
    least = number(abs(small), decimals)
    most = number(abs(large), decimals)
    return f"{before}{least} to {before}{most}{after}"


def limits(row: Row, decimals: int) -> str:
    """The 95 % limits of a figure, such as `59.8% to 72.6%`; empty if it has none."""
    both_limits = limits_of(row)
    if both_limits is None:
        return ""
    lower, upper = both_limits
    unit = row["unit"]
    least = short(lower, unit, decimals)
    most = short(upper, unit, decimals)
    return f"{least} to {most}"


def day(when: date) -> str:
    """A day, such as `1 April 2021`."""
    return f"{when.day} {_month(when)} {when.year}"


def day_of(timestamp: str) -> str:
    """The day of a time in RFC 3339."""
    return day(date.fromisoformat(timestamp[:10]))


def period(interval: str, kind: str) -> str:
    """A period in words, such as `2018 to 2020` or `April 2021 to March 2022`.

    Args:
        interval: ISO 8601, as in the column `period`.
        kind: Of the indicator.
    """
    stretch = from_iso(interval)
    start = stretch.start
    end = stretch.end
    if start == end:
        return day(start)
    # The school year is what everybody calls it; its first and last days are nobody's words.
    if kind == "academic_year" and interval.endswith("P1Y"):
        return f"school year {start.year} to {end.year}"
    if _is_month(start, end):
        return f"{_month(start)} {start.year}"
    if _is_whole_years(start, end):
        return _years(start, end, kind)
    return _stretch(start, end)


def tick(interval: str) -> str:
    """A period for an axis: `2023`, `2021/22` or `2018–20`."""
    # GOV.UK writes “2021 to 2022”; an axis has no room for it.
    stretch = from_iso(interval)
    first = stretch.start.year
    last = stretch.end.year
    last_short = f"{last % 100:02d}"
    if interval.endswith("P1Y") and last != first:
        return f"{first}/{last_short}"
    # Of two years, such as July 2022 to June 2023, the axis has room for the later.
    if last - first <= 1:
        return str(last)
    return f"{first}–{last_short}"


def size(count: int) -> str:
    """The size of a file."""
    # By powers of ten, as browsers and most systems tell readers, not by 1,024.
    if count < 1000:
        return f"{count} bytes"
    # 999,500 bytes and more would be rounded to 1,000 kB.
    if count < 999_500:
        return f"{count / 1000:,.0f} kB"
    return f"{count / 1_000_000:,.1f} MB"


def months(numbers: list[int]) -> str:
    """Months of the year in words."""
    return together([MONTHS[month - 1] for month in numbers])


def ordinal(number: int) -> str:
    """A place in a row: `1st`, `2nd`, `13th`."""
    if 10 < number % 100 < 14:
        return f"{number}th"
    return f"{number}{_ENDINGS.get(number % 10, 'th')}"


_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def together(parts: list[str]) -> str:
    """Several things in one sentence: `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    # Without a comma before the “and”, as GOV.UK writes.
    all_but_last = ", ".join(parts[:-1])
    return f"{all_but_last} and {parts[-1]}"


def title_in_a_sentence(title: str, names: Iterable[str]) -> str:
    """A title as it stands within a sentence: with a small letter, unless it begins with a word of some names."""
    words_of_names = {word for name in names for word in name.split()}
    first_word, _, _ = title.partition(" ")
    return title if first_word in words_of_names else title[:1].lower() + title[1:]


def sentence(text: str) -> str:
    """Text as a sentence: with a capital letter and a full stop."""
    bare = text.strip()
    if not bare:
        return ""
    # Inside a quotation the full stop of the quoted sentence is enough.
    stop = "" if bare.endswith((".", "!", "?", "”")) else "."
    return f"{capitalised(bare)}{stop}"


def capitalised(text: str) -> str:
    """Text with a capital letter first. The others stay as they are: `str.capitalize` would make NHS Nhs."""
    return f"{text[:1].upper()}{text[1:]}"


def breakdown(plan: Plan, name: str) -> str:
    """What figures are broken down by."""
    return plan.file.breakdown_names.get(name) or _spoken(name)


def category(
    plan: Plan,
    dimension: str,
    name: str,
) -> str:
    """A member of a breakdown."""
    names = plan.file.category_names.get(dimension, {})
    return names.get(name) or _spoken(name)


def _spoken(name: str) -> str:
    return capitalised(name.replace("_", " "))


def _stretch(start: date, end: date) -> str:
    """A stretch of months or days, with its year once where it is one."""
    is_one_year = start.year == end.year
    # Of whole months the days go without saying.
    if start.day == 1 and _ends_a_month(end):
        month = _month(start)
        first = month if is_one_year else f"{month} {start.year}"
        return f"{first} to {_month(end)} {end.year}"
    first = f"{start.day} {_month(start)}" if is_one_year else day(start)
    return f"{first} to {day(end)}"


def _is_whole_years(start: date, end: date) -> bool:
    begins_a_year = (start.month, start.day) == (1, 1)
    ends_a_year = (end.month, end.day) == (12, 31)
    return begins_a_year and ends_a_year


def _is_month(start: date, end: date) -> bool:
    first_month = (start.year, start.month)
    last_month = (end.year, end.month)
    is_within_one = first_month == last_month
    return is_within_one and start.day == 1 and _ends_a_month(end)


def _ends_a_month(day: date) -> bool:
    next_day = day + timedelta(days=1)
    return next_day.day == 1


def _years(
    start: date,
    end: date,
    kind: str,
) -> str:
    if start.year != end.year:
        return f"{start.year} to {end.year}"
    # Of rolling twelve months one may happen to be a calendar year, beside others that are none.
    if kind == "twelve_months":
        return f"January to December {end.year}"
    return str(end.year)


def _month(when: date) -> str:
    return MONTHS[when.month - 1]
