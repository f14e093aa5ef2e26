"""Numbers and days are written in the digits 0 to 9 and in one way, or are refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.digits import ZEROS, in_other_digits
from thindicators import plain_numbers
from thindicators.plain_numbers import PlainNumberError

READERS: dict[str, tuple[Callable[[str], object], str, object]] = {
    "whole_number": (plain_numbers.whole_number, "-1203", -1203),
    "count": (plain_numbers.count, "1203", 1203),
    "number": (plain_numbers.number, "-12.50e1", -125.0),
    "year": (plain_numbers.year, "2021", 2021),
    "day": (plain_numbers.day, "2022-03-31", date(2022, 3, 31)),
    "day_in_words": (plain_numbers.day_in_words, "31 March 2022", date(2022, 3, 31)),
    "british_day": (plain_numbers.british_day, "31/03/2022", date(2022, 3, 31)),
    "moment": (plain_numbers.moment, "2022-11-02 09:30:00", datetime(2022, 11, 2, 9, 30)),
}
"""What reads, an example, and what it says."""


@pytest.mark.parametrize("name", READERS)
def test_plain_digits_are_read(name: str) -> None:
    read, written, meant = READERS[name]
    assert read(written) == meant


@pytest.mark.parametrize("name", READERS)
@given(st.data())
def test_a_digit_of_another_script_is_refused(name: str, data: st.DataObject) -> None:
    read, written, _ = READERS[name]
    with pytest.raises(PlainNumberError):
        read(data.draw(in_other_digits(written)))


def test_the_other_scripts_are_many() -> None:
    assert {"٠", "۰", "०", "０", "𝟎"} <= set(ZEROS)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "odd", ["", " ", "x", "１２", "1_000", "1,000", "nan", "infinity", "-", "0x1F", "½", "²"]
)
def test_what_is_written_otherwise_is_refused(name: str, odd: str) -> None:
    read, written, _ = READERS[name]
    for text in (odd, f" {written}", f"{written}\n", f"{written}_0"):
        with pytest.raises(PlainNumberError):
            read(text)


@pytest.mark.parametrize(
    "text", ["20260101", "2026-W01-1", "2026-1-1", "2026-02-30", "2026-01-01T00:00:00"]
)
def test_a_day_is_written_in_one_way(text: str) -> None:
    with pytest.raises(PlainNumberError):
        plain_numbers.day(text)


@pytest.mark.parametrize(
    "text",
    ["20260101T10", "2026-W01-1", "2026-01-01x10:30", "2026-01-01T25:00:00", "2026-01-01T10"],
)
def test_a_moment_has_its_day_written_so_too(text: str) -> None:
    with pytest.raises(PlainNumberError):
        plain_numbers.moment(text)


@pytest.mark.parametrize(
    "text", ["2023-11-07", "2020-06-04T08:30:00.000Z", "2022-03-31T09:30:00+01:00"]
)
def test_the_moments_that_publishers_write_are_read(text: str) -> None:
    assert plain_numbers.moment(text) == datetime.fromisoformat(text)


@pytest.mark.parametrize("text", ["1e999", "-1e999", "9" * 400])
def test_a_number_that_cannot_be_held_is_refused(text: str) -> None:
    with pytest.raises(PlainNumberError, match="too large"):
        plain_numbers.number(text)


@given(st.integers(-(10**30), 10**30))
def test_a_whole_number_reads_back(value: int) -> None:
    assert plain_numbers.whole_number(str(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back(value: float) -> None:
    assert plain_numbers.number(repr(value)) == value


@given(st.text())
def test_any_text_is_read_or_refused_and_what_is_read_is_ascii(text: str) -> None:
    for read, _, _ in READERS.values():
        try:
            read(text)
        except PlainNumberError:
            continue
        assert text.isascii()


@given(st.text())
def test_what_is_called_a_number_beforehand_is_read(text: str) -> None:
    asked: list[tuple[Callable[[str], bool], Callable[[str], object]]] = [
        (plain_numbers.is_whole_number, plain_numbers.whole_number),
        (plain_numbers.is_year, plain_numbers.year),
        (plain_numbers.is_number, plain_numbers.number),
    ]
    for is_one, read in asked:
        if is_one(text):
            read(text)
