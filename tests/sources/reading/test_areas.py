"""Areas: a council whose code has changed is found by each of its codes, and is never there twice for one figure."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.reading.areas import codes_of, with_present_codes
from sources.reading.files import Line, csv_lines
from tests.support import snapshot_of
from thindicators.areas.register import register

SHEFFIELD, SHEFFIELD_UNTIL_2025 = "E08000039", "E08000019"
TOWER_HAMLETS = "E09000030"


def read(*rows: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    """Rows of area, year and figure, after present codes were put in."""
    lines = with_present_codes(lines_of(rows), "area", ("year",))
    return [(line["area"], line["year"], line["figure"]) for line in lines]


def lines_of(rows: Sequence[tuple[str, str, str]]) -> list[Line]:
    text = "".join(f"{','.join(row)}\n" for row in [("area", "year", "figure"), *rows])
    return csv_lines(snapshot_of(text.encode()), ("area", "year", "figure"))


def test_a_council_is_looked_for_under_each_of_its_codes() -> None:
    wanted = codes_of([SHEFFIELD, TOWER_HAMLETS])
    assert wanted == {SHEFFIELD, SHEFFIELD_UNTIL_2025, TOWER_HAMLETS}


def test_a_code_of_the_time_before_gss_is_in_no_file_of_today() -> None:
    assert register()[SHEFFIELD].former_codes == (SHEFFIELD_UNTIL_2025, "00CG")
    assert "00CG" not in codes_of([SHEFFIELD])


def test_an_area_that_is_not_in_the_register_has_the_code_that_it_has() -> None:
    assert codes_of(["E99999999"]) == {"E99999999"}


def test_a_row_with_an_earlier_code_is_one_of_the_council_that_it_names() -> None:
    assert read((SHEFFIELD_UNTIL_2025, "2023", "27.5")) == [(SHEFFIELD, "2023", "27.5")]


def test_a_row_with_an_earlier_code_still_says_where_it_stands() -> None:
    lines = lines_of([(TOWER_HAMLETS, "2023", "1"), (SHEFFIELD_UNTIL_2025, "2023", "2")])
    [_, second] = with_present_codes(lines, "area", ("year",))
    assert second.place.row == 3


@pytest.mark.parametrize("earlier", ["27.5", "27.9"])
def test_of_two_rows_of_one_figure_the_present_codes_is_taken(earlier: str) -> None:
    """An earlier code stands for the boundary of its time, so that its figure may be another one."""
    rows = [(SHEFFIELD_UNTIL_2025, "2024", earlier), (SHEFFIELD, "2024", "27.5")]
    assert read(*rows) == read(*reversed(rows)) == [(SHEFFIELD, "2024", "27.5")]


def test_each_year_is_taken_from_the_code_that_has_it() -> None:
    came = read((SHEFFIELD_UNTIL_2025, "2024", "27.5"), (SHEFFIELD, "2025", "28.1"))
    assert came == [(SHEFFIELD, "2024", "27.5"), (SHEFFIELD, "2025", "28.1")]


def test_two_rows_with_one_code_are_left_for_the_source_to_refuse() -> None:
    rows = [(SHEFFIELD, "2024", "1"), (SHEFFIELD, "2024", "2")]
    assert read(*rows) == rows
    earlier = [(SHEFFIELD_UNTIL_2025, "2024", "1"), (SHEFFIELD_UNTIL_2025, "2024", "2")]
    assert read(*earlier) == rows


_CODES = st.sampled_from([SHEFFIELD, SHEFFIELD_UNTIL_2025, TOWER_HAMLETS, "E92000001", ""])


@given(st.lists(st.tuples(_CODES, st.sampled_from(["2023", "2024"]), st.sampled_from("12"))))
def test_no_figure_is_lost_and_none_is_under_an_earlier_code(
    rows: list[tuple[str, str, str]],
) -> None:
    came = read(*rows) if rows else []
    assert SHEFFIELD_UNTIL_2025 not in {area for area, _, _ in came}
    figures = {(register().present_code(area), year) for area, year, _ in rows}
    assert {(area, year) for area, year, _ in came} == figures
    untouched = [row for row in rows if row[0] != SHEFFIELD_UNTIL_2025]
    assert [row for row in came if row in untouched] == untouched or untouched == []
