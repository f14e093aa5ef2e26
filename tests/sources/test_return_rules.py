"""What a row may not say: days that have not come, a share that is not its counts, words that a program left."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.returns.rows import Problem
from tests.sources.returns import HOMES, LETS, REGISTER, RESIDENTS, Row, csv_return
from tests.sources.seen_returns import figures, told
from thindicators.plan.model import Plan


def told_of(plan: Plan, folder: Path, *rows: Row) -> list[Problem]:
    return told(plan, csv_return(folder / "return.csv", *rows))


def places(plan: Plan, folder: Path, *rows: Row) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in told_of(plan, folder, *rows)]


class TestDays:
    @pytest.mark.parametrize("column", ["supplied_on", "published_on"])
    @pytest.mark.parametrize("day", ["2062-07-15", "2026-11-23"])
    def test_that_have_not_come_are_refused(
        self, plan: Plan, tmp_path: Path, column: str, day: str
    ) -> None:
        (problem,) = told_of(plan, tmp_path, {**HOMES, column: day})
        assert (problem.row, problem.column) == (2, column)
        assert "has not come yet; today is 2026-11-22" in problem.wrong

    def test_today_has_come(self, plan: Plan, tmp_path: Path) -> None:
        assert told_of(plan, tmp_path, {**HOMES, "supplied_on": "2026-11-22"}) == []

    @pytest.mark.parametrize("column", ["supplied_on", "published_on"])
    @pytest.mark.parametrize("row", [HOMES, RESIDENTS, REGISTER])
    def test_before_the_period_ended_are_refused(
        self, plan: Plan, tmp_path: Path, column: str, row: Row
    ) -> None:
        assert places(plan, tmp_path, {**row, column: "2026-01-15"}) == [(2, column)]

    def test_on_its_last_day_are_taken(self, plan: Plan, tmp_path: Path) -> None:
        assert told_of(plan, tmp_path, {**REGISTER, "supplied_on": "2026-03-31"}) == []


def test_a_label_of_another_year_is_refused(plan: Plan, tmp_path: Path) -> None:
    days = {"period_start": "2024-04-01", "period_end": "2025-03-31"}
    assert places(plan, tmp_path, {**HOMES, **days}) == [(2, "period_label")]


@pytest.mark.parametrize("column", ["period_label", "source_title", "note", "ci_published"])
@pytest.mark.parametrize(
    "word",
    [
        *("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#SPILL!", "#BEZUG!", "Err:502"),
        *("########", "nan", "NaT", "<NA>", "None", "2025 #REF!"),
    ],
)
def test_what_a_program_writes_for_nothing_is_no_text(
    plan: Plan, tmp_path: Path, column: str, word: str
) -> None:
    assert places(plan, tmp_path, {**LETS, column: word}) == [(2, column)]


def test_the_apostrophe_that_keeps_text_as_text_is_no_part_of_it(
    plan: Plan, tmp_path: Path
) -> None:
    assert places(plan, tmp_path, {**LETS, "period_label": "'2025/26"}) == [(2, "period_label")]
    assert told_of(plan, tmp_path, {**LETS, "note": "'Net' lets"}) == []


@pytest.mark.parametrize("zero", ["-0", "-0.0", "-0.00"])
def test_a_minus_before_nothing_is_no_number(plan: Plan, tmp_path: Path, zero: str) -> None:
    assert (2, "value") in places(plan, tmp_path, {**HOMES, "value": zero})


class TestAShare:
    """2,668 of 28,852 are 9.2472 %."""

    @pytest.mark.parametrize("value", ["9", "9.2", "9.25", "9.247", "9.2472"])
    def test_is_taken_as_it_is_rounded(self, plan: Plan, tmp_path: Path, value: str) -> None:
        assert told_of(plan, tmp_path, {**REGISTER, "value": value}) == []

    @pytest.mark.parametrize("value", ["10", "9.3", "9.1", "9.24", "9.26", "9.246", "9.248"])
    def test_is_refused_by_one_in_its_last_digit(
        self, plan: Plan, tmp_path: Path, value: str
    ) -> None:
        assert places(plan, tmp_path, {**REGISTER, "value": value}) == [(2, "value")]


class TestRowsOfTheSameDays:
    def test_are_one_figure(self, plan: Plan, tmp_path: Path) -> None:
        second = {**RESIDENTS, "period_end": "2026-03-28", "value": "78"}
        (problem,) = told_of(plan, tmp_path, RESIDENTS, second)
        assert (problem.row, problem.column) == (3, "period_start")
        assert "row 2 is about some of the same days" in problem.wrong

    def test_within_each_other_are_one_figure(self, plan: Plan, tmp_path: Path) -> None:
        within = {**RESIDENTS, "period_start": "2026-02-10", "period_end": "2026-02-20"}
        assert places(plan, tmp_path, RESIDENTS, within) == [(3, "period_start")]

    def test_that_only_follow_each_other_are_two(self, plan: Plan, tmp_path: Path) -> None:
        days = {"period_start": "2026-03-28", "period_end": "2026-05-01"}
        path = csv_return(tmp_path / "return.csv", RESIDENTS, {**RESIDENTS, **days, "value": "78"})
        assert [figure.value for figure in figures(plan, path)] == [82, 78]


class TestSize:
    def test_columns_and_rows_without_end_are_refused_at_once(
        self, plan: Plan, tmp_path: Path
    ) -> None:
        path = tmp_path / "return.csv"
        path.write_bytes(b"," * 2_400_000 + b"\n" + b"\n" * 2_400_000)
        (problem,) = told(plan, path)
        assert "row 1 has 2,400,001 cells, and at most 200 are read" in problem.wrong

    def test_blank_lines_without_end_are_refused(self, plan: Plan, tmp_path: Path) -> None:
        path = csv_return(tmp_path / "return.csv", HOMES)
        path.write_bytes(path.read_bytes() + b"\n" * 2_000_000)
        (problem,) = told(plan, path)
        assert "more than 5,000 rows, blank ones too" in problem.wrong

    def test_no_more_problems_are_told_than_anybody_mends(self, plan: Plan, tmp_path: Path) -> None:
        rows = [{**HOMES, "value": "x" * 30_000, "unit": "homes"}] * 160
        problems = told_of(plan, tmp_path, *rows)
        assert len(problems) <= 301
        assert max(len(str(problem)) for problem in problems) < 1_500

    def test_the_rows_that_were_not_looked_at_are_counted(self, plan: Plan, tmp_path: Path) -> None:
        rows = [{**HOMES, "value": "about", "unit": "homes", "revision": "?"}] * 400
        (last,) = [problem for problem in told_of(plan, tmp_path, *rows) if not problem.column]
        assert last.wrong.startswith("300 rows, from row 102 on, were not looked at")
