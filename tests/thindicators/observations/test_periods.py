from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators.observations import periods
from thindicators.observations.periods import Period, PeriodError


@pytest.mark.parametrize(
    ("period", "iso", "year", "label"),
    [
        (periods.calendar_year(2018), "2018-01-01/P1Y", 2018, "2018"),
        (periods.years_from(2018, 3, "2018 - 20"), "2018-01-01/P3Y", 2020, "2018 - 20"),
        (periods.financial_year(2021), "2021-04-01/P1Y", 2022, "2021/22"),
        (periods.academic_year(1999), "1999-09-01/P1Y", 2000, "1999/00"),
        (
            periods.twelve_months_ending(2021, 12, "Jan 2021-Dec 2021"),
            "2021-01-01/P1Y",
            2021,
            "Jan 2021-Dec 2021",
        ),
        (
            periods.twelve_months_ending(2024, 2, "to February"),
            "2023-03-01/P1Y",
            2024,
            "to February",
        ),
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


@pytest.mark.parametrize(
    "text", ["2021/22", "2021-22", "202122", "2021/2022", "2021 – 22", "2021 / 22"]
)
def test_years_written_together_are_read_in_every_spelling(text: str) -> None:
    assert periods.read_split_year(text) == 2021


@pytest.mark.parametrize("text", ["2021", "2021/23", "2021/21", "21/22", "", "2021/22/23"])
def test_years_that_do_not_follow_each_other_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not two years"):
        periods.read_split_year(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2018",
        "2018-01-01",
        "2018-01-01/P0Y",
        "2018-13-01/P1Y",
        "2018-06-15/P1Y",
        "9999-01-01/P2Y",
    ],
)
def test_what_is_no_interval_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        periods.from_iso(text)


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Period(date(2020, 1, 2), date(2020, 1, 1), "")


@given(st.integers(-(10**30), 10**30), st.integers(-5, 10**6))
def test_years_that_no_calendar_has_are_refused_and_all_others_are_read_back(
    first: int, count: int
) -> None:
    builds: list[Callable[[], Period]] = [
        lambda: periods.calendar_year(first),
        lambda: periods.financial_year(first),
        lambda: periods.academic_year(first),
        lambda: periods.years_from(first, count, "words"),
    ]
    for build in builds:
        try:
            period = build()
        except PeriodError:
            continue
        assert periods.from_iso(period.iso, period.label) == period


@given(st.text() | st.from_regex(r"\d{4}-\d{2}-\d{2}/P\d{1,8}[YMD]", fullmatch=True))
def test_any_text_is_an_interval_that_is_written_as_it_was_read_or_is_refused(text: str) -> None:
    try:
        period = periods.from_iso(text)
    except PeriodError:
        return
    assert periods.from_iso(period.iso, period.label) == period
    assert period.label == text


@given(st.text() | st.from_regex(r"\d{4}\s?[/–-]?\s?\d{2,4}", fullmatch=True))
def test_any_text_is_two_years_that_follow_each_other_or_is_refused(text: str) -> None:
    try:
        starts = periods.read_split_year(text)
    except PeriodError:
        return
    assert periods.read_split_year(periods.split_year(starts)) == starts


@pytest.mark.parametrize("text", ["٢٠٢١/٢٢", "２０２１/２２", "2021/٢٢"])
def test_digits_of_other_scripts_are_no_years(text: str) -> None:
    with pytest.raises(PeriodError):
        periods.read_split_year(text)


@given(st.integers(1, 9998))
def test_the_label_of_a_year_names_the_years_of_its_days(starts: int) -> None:
    for build in (periods.financial_year, periods.academic_year):
        period = build(starts)
        assert (period.start.year, period.end.year) == (starts, starts + 1)
        assert period.label == f"{starts:04d}/{(starts + 1) % 100:02d}"
        assert periods.read_split_year(period.label) == starts
    assert periods.calendar_year(starts).label == str(periods.calendar_year(starts).year)


@given(st.dates(), st.dates(), st.dates(), st.dates())
def test_periods_stand_in_the_order_of_their_days(a: date, b: date, c: date, d: date) -> None:
    one, other = Period(min(a, b), max(a, b), "z"), Period(min(c, d), max(c, d), "a")
    assert (one < other) == ((one.start, one.end) < (other.start, other.end)) or (
        one.start,
        one.end,
    ) == (
        other.start,
        other.end,
    )
    assert (one.iso == other.iso) == ((one.start, one.end) == (other.start, other.end))
