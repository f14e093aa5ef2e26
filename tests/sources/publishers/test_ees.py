"""What every file of Explore education statistics means: places, periods, symbols."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.publishers import ees
from sources.reading.files import Line, Place
from tests.support import snapshot_of
from thindicators.errors import SourceError
from thindicators.observations.periods import Period, financial_year


def line(**cells: str) -> Line:
    return Line(cells, Place(snapshot_of(b""), row=2))


# --- places ---


@pytest.mark.parametrize(
    ("level", "region", "authority", "area"),
    [
        ("National", ("", ""), ("", ""), "E92000001"),
        ("Regional", ("E12000007", "London"), ("", ""), "E12000007"),
        ("Regional", ("E12000007", "Inner London"), ("", ""), ""),
        ("Regional", ("E12000007", "Outer London"), ("", ""), ""),
        ("Regional", ("E13000001", "Inner London"), ("", ""), "E13000001"),
        ("Regional", ("E12000002", "North West"), ("", ""), "E12000002"),
        (
            "Local authority",
            ("E12000007", "Inner London"),
            ("E09000030", "Tower Hamlets"),
            "E09000030",
        ),
        (
            "Local authority",
            ("E13000001", "Inner London"),
            ("E09000030", "Tower Hamlets"),
            "E09000030",
        ),
        ("Local authority", ("E12000007", "London"), ("E09000030", "Tower Hamlets"), "E09000030"),
        ("Local authority district", ("E12000007", "London"), ("E09000030", "Tower Hamlets"), ""),
        ("School", ("E12000007", "London"), ("E09000030", "Tower Hamlets"), ""),
    ],
)
def test_a_row_is_about_the_place_of_its_level(
    level: str, region: tuple[str, str], authority: tuple[str, str], area: str
) -> None:
    row = line(
        geographic_level=level,
        country_code="E92000001",
        country_name="England",
        region_code=region[0],
        region_name=region[1],
        new_la_code=authority[0],
        la_name=authority[1],
    )
    assert ees.area_of(row) == area


def test_a_level_without_its_columns_is_an_error() -> None:
    with pytest.raises(SourceError, match=r"a column “region_code” for the level Regional"):
        ees.area_of(
            line(geographic_level="Regional", country_code="E92000001", country_name="England")
        )


HEADER = "{}time_period,time_identifier,geographic_level,{},value\r\n"
ROW = '201819,Academic year,Local authority,{},"45.6"\r\n'


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        ("new_la_code,old_la_code,la_name", "E09000030,211,Tower Hamlets"),
        ("old_la_code,new_la_code,la_name", "211,E09000030,Tower Hamlets"),
        ("old_la_code,la_name,new_la_code", "211,Tower Hamlets,E09000030"),
        ('"old_la_code","la_name","new_la_code"', '"211","Tower Hamlets","E09000030"'),
    ],
)
def test_columns_are_read_by_name_in_any_order(mark: str, columns: str, cells: str) -> None:
    file = snapshot_of((HEADER.format(mark, columns) + ROW.format(cells)).encode())
    (row,) = ees.read_file(file, ["value"], ["E09000030"])
    assert (row["value"], row["old_la_code"]) == ("45.6", "211")
    assert str(row.at("value")).endswith("row 2, column “value”")


def test_rows_of_other_areas_are_not_kept() -> None:
    text = HEADER.format("", "new_la_code,la_name")
    text += ROW.format("E09000012,Hackney") + ROW.format("E09000030,Tower Hamlets")
    (row,) = ees.read_file(snapshot_of(text.encode()), ["value"], ["E09000030"])
    assert row.place.row == 3


# --- periods ---


@pytest.mark.parametrize(
    ("kind", "text", "iso", "label"),
    [
        ("Academic year", "201819", "2018-09-01/P1Y", "2018/19"),
        ("Academic year", "199900", "1999-09-01/P1Y", "1999/00"),
        ("Academic year", "2018/2019", "2018-09-01/P1Y", "2018/19"),
        ("Financial year", "202223", "2022-04-01/P1Y", "2022/23"),
        ("Calendar year", "2026", "2026-01-01/P1Y", "2026"),
    ],
)
def test_periods(kind: str, text: str, iso: str, label: str) -> None:
    period = ees.period_of(line(time_identifier=kind, time_period=text))
    assert (period.iso, period.label) == (iso, label)


@given(st.integers(min_value=1900, max_value=2100))
def test_an_academic_year_starts_in_its_first_year_and_ends_in_its_second(first: int) -> None:
    period = ees.period_of(
        line(time_identifier="Academic year", time_period=f"{first}{(first + 1) % 100:02d}")
    )
    assert (period.start.year, period.end.year, period.year) == (first, first + 1, first + 1)


def test_a_reporting_year_is_what_the_publication_says() -> None:
    def to_march(text: str) -> Period:
        return financial_year(int(text) - 1, text)

    row = line(time_identifier="Reporting year", time_period="2025")
    assert ees.period_of(row, to_march).iso == "2024-04-01/P1Y"
    with pytest.raises(SourceError, match="came Reporting year"):
        ees.period_of(row)


@pytest.mark.parametrize(
    ("kind", "text"), [("Academic year", "201820"), ("Calendar year", "z"), ("Week 1", "2020")]
)
def test_other_periods_are_refused(kind: str, text: str) -> None:
    with pytest.raises(SourceError, match="row 2, column “time_"):
        ees.period_of(line(time_identifier=kind, time_period=text))


# --- cells ---


@pytest.mark.parametrize(("symbol", "status"), ees.STATUSES.items())
def test_a_symbol_is_a_status(symbol: str, status: str) -> None:
    assert ees.value_of(line(value=symbol), "value") == (None, status)


@given(st.decimals(min_value=-1000, max_value=1000, places=12))
def test_a_number_is_itself_however_many_decimals_it_has(number: object) -> None:
    value, status = ees.value_of(line(value=format(number, "f")), "value")
    assert (value, status) == (float(str(number)), "")


@given(st.text(max_size=5))
def test_a_cell_has_a_number_or_a_status_and_never_both(text: str) -> None:
    try:
        value, status = ees.value_of(line(value=text), "value")
    except SourceError:
        return
    assert (value is None) == bool(status)


def test_a_blank_is_an_error_unless_the_publication_says_what_it_means() -> None:
    with pytest.raises(SourceError, match=r"a number; came an empty cell.*row 2, column “value”"):
        ees.value_of(line(value=""), "value")
    assert ees.value_of(line(value=" "), "value", blank="x") == (None, "x")


# --- headers and counts ---

HEADERS = {"new": ["count", "percent"], "old": ["number", "percentage"]}


@pytest.mark.parametrize(
    ("columns", "header"), [("percent,count,note", "new"), ("number,percentage", "old")]
)
def test_a_header_is_known_by_its_columns(columns: str, header: str) -> None:
    assert ees.header_of(snapshot_of(f"time_period,{columns}\r\n".encode()), HEADERS) == header


@pytest.mark.parametrize(
    ("columns", "came"),
    [
        (
            "count,share",
            r"0 of them; the nearest is new, without \['percent'\] but with \['share'\]",
        ),
        ("count,percent,number,percentage", "2 of them"),
    ],
)
def test_a_header_that_is_none_of_the_known_is_refused(columns: str, came: str) -> None:
    with pytest.raises(SourceError, match=f"one of the headers of new, old; came {came}"):
        ees.header_of(snapshot_of(f"time_period,{columns}\r\n".encode()), HEADERS)


@given(part=st.integers(0, 10_000), rest=st.integers(1, 10_000), off=st.floats(-0.4, 0.4))
def test_a_rounded_share_of_its_counts_is_accepted(part: int, rest: int, off: float) -> None:
    ees.check_share(line().place, 100 * part / (part + rest) + off, part, part + rest, within=0.5)


@given(
    part=st.integers(0, 10_000), rest=st.integers(1, 10_000), off=st.sampled_from([-5, -1, 1, 5])
)
def test_another_share_than_that_of_its_counts_is_refused(part: int, rest: int, off: float) -> None:
    with pytest.raises(SourceError, match="as the counts say"):
        ees.check_share(
            line().place, 100 * part / (part + rest) + off, part, part + rest, within=0.5
        )


def test_without_anybody_there_is_no_share_to_check() -> None:
    ees.check_share(line().place, 0, 0, 0, within=0.5)
