from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators import periods
from thindicators.periods import Period


@pytest.mark.parametrize(
    ("period", "iso", "year", "label"),
    [
        (periods.calendar_year(2018), "2018-01-01/P1Y", 2018, "2018"),
        (periods.years_from(2018, 3, "2018 - 20"), "2018-01-01/P3Y", 2020, "2018 - 20"),
        (periods.financial_year(2021), "2021-04-01/P1Y", 2022, "2021/22"),
        (periods.academic_year(1999), "1999-09-01/P1Y", 2000, "1999/00"),
        (periods.twelve_months_ending(2021, 12, "Jan 2021-Dec 2021"), "2021-01-01/P1Y", 2021, "Jan 2021-Dec 2021"),
        (periods.twelve_months_ending(2024, 2, "to February"), "2023-03-01/P1Y", 2024, "to February"),
        (periods.one_day(date(2023, 3, 31)), "2023-03-31/P1D", 2023, "2023-03-31"),
        (Period(date(2025, 3, 24), date(2025, 5, 9), "2025"), "2025-03-24/P47D", 2025, "2025"),
        (Period(date(2021, 2, 1), date(2021, 3, 31), "2021"), "2021-02-01/P2M", 2021, "2021"),
    ],
)
def test_a_period_has_an_interval_a_year_and_the_publishers_words(
    period: Period, iso: str, year: int, label: str
) -> None:
    assert (period.iso, period.year, period.label) == (iso, year, label)


@given(st.dates(), st.dates())
def test_every_period_reads_back_from_its_interval(one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other), "words")
    assert periods.from_iso(period.iso, "words") == period


@given(st.dates(), st.dates())
def test_the_year_is_the_year_of_the_last_day(one: date, other: date) -> None:
    assert Period(min(one, other), max(one, other), "").year == max(one, other).year


@given(st.integers(1900, 2999))
def test_two_years_written_together_read_back(starts: int) -> None:
    assert periods.read_split_year(periods.split_year(starts)) == starts


@pytest.mark.parametrize("text", ["2021/22", "2021-22", "202122", "2021/2022", "2021 – 22", "2021 / 22"])
def test_years_written_together_are_read_in_every_spelling(text: str) -> None:
    assert periods.read_split_year(text) == 2021


@pytest.mark.parametrize("text", ["2021", "2021/23", "2021/21", "21/22", "", "2021/22/23"])
def test_years_that_do_not_follow_each_other_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not two years"):
        periods.read_split_year(text)


@pytest.mark.parametrize(
    "text", ["", "2018", "2018-01-01", "2018-01-01/P0Y", "2018-13-01/P1Y", "2018-06-15/P1Y", "9999-01-01/P2Y"]
)
def test_what_is_no_interval_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        periods.from_iso(text)


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Period(date(2020, 1, 2), date(2020, 1, 1), "")
