"""How numbers, dates and periods are written for the public."""

from __future__ import annotations

from datetime import date

import pytest

from thindicators import house_style
from thindicators.plan.model import Plan


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "shown"),
    [
        (66.2, "percent", 1, "66.2%"),
        (25949.0, "gbp", 0, "£25,949"),
        (59.23, "years", 1, "59.2 years"),
        (6.87, "score_0_10", 2, "6.87 out of 10"),
        (31377.3, "ktco2e", 1, "31,377.3 kilotonnes"),
        (1.857, "ratio", 2, "1.86"),
        (0.0, "percent", 1, "0.0%"),
        (-12.5, "ktco2e", 1, "\u221212.5 kilotonnes"),
        (-0.04, "percent", 1, "0.0%"),
        (-1500.0, "gbp", 0, "\u2212£1,500"),
    ],
)
def test_a_figure(value: float, unit: str, decimals: int, shown: str) -> None:
    assert house_style.figure(value, unit, decimals) == shown


@pytest.mark.parametrize(
    ("size", "unit", "decimals", "shown"),
    [
        (-8.44, "percent", 1, "8.4 percentage points"),
        (1.2, "percent", 0, "1 percentage point"),
        (0.04, "percent", 1, "less than 0.1 percentage points"),
        (0.0, "years", 1, "nothing"),
        (3413.0, "gbp", 0, "£3,413"),
    ],
)
def test_the_size_of_a_difference(size: float, unit: str, decimals: int, shown: str) -> None:
    assert house_style.amount(size, unit, decimals) == shown


@pytest.mark.parametrize(
    ("interval", "kind", "shown", "tick"),
    [
        ("2023-01-01/P1Y", "calendar_year", "2023", "2023"),
        ("2023-01-01/P1Y", "twelve_months", "January to December 2023", "2023"),
        ("2022-04-01/P1Y", "financial_year", "April 2022 to March 2023", "2022/23"),
        ("2018-09-01/P1Y", "academic_year", "school year 2018 to 2019", "2018/19"),
        ("2018-01-01/P3Y", "three_years", "2018 to 2020", "2018–20"),
        ("2025-12-01/P3M", "three_months", "December 2025 to February 2026", "2026"),
        ("2021-02-01/P2M", "survey_wave", "February to March 2021", "2021"),
        ("2021-02-01/P1M", "survey_wave", "February 2021", "2021"),
        ("2021-04-01/P1D", "day", "1 April 2021", "2021"),
        ("2025-03-24/P47D", "survey_wave", "24 March to 9 May 2025", "2025"),
        ("2025-12-24/P20D", "survey_wave", "24 December 2025 to 12 January 2026", "2026"),
    ],
)
def test_a_period(interval: str, kind: str, shown: str, tick: str) -> None:
    assert house_style.period(interval, kind) == shown
    assert house_style.tick(interval) == tick


def test_a_day_is_written_the_same_whatever_the_language_of_the_machine() -> None:
    assert house_style.day(date(2021, 4, 1)) == "1 April 2021"
    assert house_style.day_of("2026-11-22T10:15:00Z") == "22 November 2026"


@pytest.mark.parametrize(
    ("count", "shown"), [(17, "17 bytes"), (20_400, "20 kB"), (999_700, "1.0 MB")]
)
def test_the_size_of_a_file(count: int, shown: str) -> None:
    assert house_style.size(count) == shown


def test_every_unit_has_words(plan: Plan) -> None:
    assert {indicator.unit for indicator in plan.indicators.values()} <= set(house_style.UNITS)


def test_no_group_of_the_plan_is_called_by_its_id(plan: Plan) -> None:
    for indicator in plan.indicators.values():
        for dimension, members in indicator.breakdowns.items():
            for member in members:
                name = house_style.category(plan, dimension, member)
                assert "_" not in name
                assert name[0].isupper()
                assert len(name) > 1, f"{dimension} {member} has no words in plan.yaml"


@pytest.mark.parametrize(
    ("shown", "is_zero"),
    [("0", True), ("0.0", True), ("0.00", True), ("0.1", False), ("1,000", False), ("10.0", False)],
)
def test_a_number_reads_as_zero_if_no_other_digit_is_shown(shown: str, is_zero: bool) -> None:
    assert house_style.reads_as_zero(shown) is is_zero


def test_a_capital_letter_first_leaves_the_others_as_they_are() -> None:
    assert house_style.capitalised("an NHS trust") == "An NHS trust"
    assert house_style.capitalised("") == ""


@pytest.mark.parametrize(
    ("title", "in_a_sentence"),
    [
        ("London boroughs", "London boroughs"),
        ("Councils of the East Midlands", "councils of the East Midlands"),
        ("Statistical neighbours", "statistical neighbours"),
        ("East Midlands councils", "East Midlands councils"),
    ],
)
def test_a_title_within_a_sentence_keeps_the_capital_letters_of_names(
    title: str, in_a_sentence: str
) -> None:
    names = ["London", "Leicester", "East Midlands"]
    assert house_style.title_in_a_sentence(title, names) == in_a_sentence
