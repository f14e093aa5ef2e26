"""A label and the days beside it say the same thing twice; where they differ, the row is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.returns.labels import contradiction
from thindicators.observations.periods import Period, financial_year, one_day

YEAR = (date(2024, 4, 1), date(2025, 3, 31))
SCHOOL_YEAR = (date(2024, 9, 1), date(2025, 8, 31))
WAVE = (date(2026, 2, 2), date(2026, 3, 27))
DAY = (date(2026, 3, 31), date(2026, 3, 31))
TWO_QUARTERS = (date(2025, 4, 1), date(2025, 9, 30))
THREE_YEARS = (date(2018, 1, 1), date(2020, 12, 31))

RIGHT = {
    YEAR: (
        *("2024/25", "2024-25", "2024–25", "2024/2025", "24/25", "FY 2024/25", "FY2024/25", "FY25"),
        *("FYE 2025", "FYE 25", "year to March 2025", "year ending 31 March 2025", "2024", "2025"),
        *("April 2024 to March 2025", "Apr 2024 – Mar 2025", "1 April 2024 to 31 March 2025"),
        *("2024/25 (provisional)", "1 Apr 24 – 31-Mar-25", "y/e March 2025", "202425", "2024_25"),
    ),
    SCHOOL_YEAR: ("2024/25", "academic year 2024/25", "2024-25"),
    WAVE: (
        *("2026", "2025/26", "February to March 2026", "Feb–Mar 2026", "March 2026", "Wave 3"),
        *("2 February to 27 March 2026", "spring 2026", "Annual Residents Survey 2026"),
    ),
    DAY: (
        *("31 March 2026", "31st March 2026", "March 31, 2026", "2026-03-31", "31/03/2026"),
        *("March 2026", "Mar-26", "as at 31 March 2026", "2025/26", "31.03.2026", "2026/03/31"),
    ),
    TWO_QUARTERS: ("2025/26", "Q2 2025/26", "April to September 2025"),
    THREE_YEARS: ("2018 - 20", "2018-2020", "2018 to 2020"),
}
WRONG = {
    YEAR: (
        *("2025/26", "2025-26", "2025–26", "2025/2026", "25/26", "FY 2025/26", "FY2025/26", "FY26"),
        *(
            "FYE 2024",
            "FYE 26",
            "year to March 2026",
            "year ended 31 March 2024",
            "2023/24",
            "2026",
        ),
        *("April 2025 to March 2026", "31 March 2026", "March 2026", "2024/25 and 2025/26"),
        *("2024/25 revised 2026", "2024-26", "2024-12", "1 Apr 25 – 31-Mar-26", "31 Mar 26"),
        *("y/e March 2024", "FY ending 2024", "202526", "2025_26", "2025\\26", "２０２４/25"),
    ),
    SCHOOL_YEAR: ("2025/26", "2023/24"),
    WAVE: (
        *("2025", "2024/25", "January 2026", "28 March 2026", "3 February to 27 March 2026"),
        *("February to April 2026", "Feb-25", "2 February 2025"),
    ),
    DAY: (
        *("30 September 2026", "31 December 2026", "1 April 2026", "2026-04-01", "30/03/2026"),
        *("April 2026", "2026/27", "31 March 2025", "Mar-25", "30.09.2026", "2026/04/01"),
    ),
    TWO_QUARTERS: ("2024/25", "April to June 2025"),
    THREE_YEARS: ("2017 - 19", "2018-21", "2021"),
}


@pytest.mark.parametrize(
    ("days", "label"), [(days, label) for days, labels in RIGHT.items() for label in labels]
)
def test_a_label_that_people_rightly_write_is_taken(days: tuple[date, date], label: str) -> None:
    assert contradiction(Period(*days, label)) == ""


@pytest.mark.parametrize(
    ("days", "label"), [(days, label) for days, labels in WRONG.items() for label in labels]
)
def test_a_label_of_other_days_is_named(days: tuple[date, date], label: str) -> None:
    named = contradiction(Period(*days, label))
    assert named and named in label


YEARS = st.integers(2001, 2079)


@given(YEARS, YEARS, st.sampled_from(["{0}/{2:02d}", "{0}-{1}", "FYE {1}", "year to March {1}"]))
def test_a_year_is_taken_for_itself_alone(meant: int, written: int, form: str) -> None:
    label = form.format(written, written + 1, (written + 1) % 100)
    assert (contradiction(financial_year(meant, label)) == "") == (meant == written)


@given(st.dates(date(2001, 1, 1), date(2079, 12, 31)), st.integers(-400, 400))
def test_a_day_is_taken_for_itself_alone(day: date, later: int) -> None:
    written = day + timedelta(days=later)
    for label in (f"{written:%d %B %Y}", written.isoformat(), f"{written:%d/%m/%Y}"):
        assert (contradiction(one_day(day, label)) == "") == (later == 0)
