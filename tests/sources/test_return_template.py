"""The template of a return: a workbook with drop-down lists and a CSV file, which a filled return comes back in."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

from sources.returns import template as return_template
from sources.returns.awaited import AwaitedFigure, awaited
from sources.returns.check import handed_in, opened, problems, published
from sources.returns.file import COLUMNS, KNOWN, Column, read_return
from tests.sources.returns import (
    AWAY,
    HEADER,
    HOMES,
    LETS,
    PUPILS,
    REGISTER,
    RESIDENTS,
    TODAY,
    csv_return,
)
from thindicators.fetching.snapshots import Snapshot
from thindicators.plan.model import Plan

FILLED = [HOMES, LETS, REGISTER, PUPILS, RESIDENTS, AWAY]
LISTED = [
    *(
        "indicator_id",
        "measure_id",
        "area_code",
        "breakdown_type",
        "breakdown",
        "period_type",
        "unit",
        "status",
    ),
    *("revision", "series_break", "collection_mode", "definition_version", "licence_confirmed"),
]


TEMPLATE_HEADER = [return_template.ASKED_FOR, *return_template.ORDER]


@pytest.fixture
def figures(plan: Plan) -> list[AwaitedFigure]:
    return awaited(plan, TODAY)


@pytest.fixture
def workbook(plan: Plan, figures: list[AwaitedFigure]) -> Workbook:
    return load_workbook(io.BytesIO(return_template.as_workbook(plan, figures)))


def letter_of(column: str) -> str:
    return str(get_column_letter(TEMPLATE_HEADER.index(column) + 1))


def help_of(workbook: Workbook, column: str) -> list[Any]:
    """What a spreadsheet offers and explains in the cells of a column."""
    every = workbook["Return"].data_validations.dataValidation
    return [one for one in every if f"{letter_of(column)}2" in one.sqref]


def offered(workbook: Workbook, column: str) -> list[str]:
    """What the drop-down list of a column offers, as a spreadsheet finds it."""
    fitting = help_of(workbook, column)
    assert [one.type for one in fitting] == ["list"], f"{column} has {len(fitting)} drop-down lists"
    sheet, _, cells = fitting[0].formula1.partition("!")
    return [row[0].value for row in workbook[sheet][cells.replace("$", "")]]


def texts(sheet: Worksheet) -> list[list[object]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


class TestTheWorkbook:
    def test_has_four_sheets(self, workbook: Workbook) -> None:
        assert workbook.sheetnames == ["Read me", "Return", "Lists", "Notes"]

    def test_has_every_column_of_a_return_and_what_is_asked_for_before_them(
        self, workbook: Workbook
    ) -> None:
        header, *_rows = texts(workbook["Return"])
        assert header == TEMPLATE_HEADER
        assert sorted(TEMPLATE_HEADER[1:]) == sorted(HEADER)

    def test_begins_with_what_a_person_must_fill_in(self, workbook: Workbook) -> None:
        first = TEMPLATE_HEADER[1 : TEMPLATE_HEADER.index(KNOWN[0])]
        required = {column.name for column in COLUMNS if column.required}
        assert required <= {*first, *KNOWN}
        assert not set(first) & set(KNOWN)

    def test_has_a_row_for_each_awaited_figure_with_all_that_is_known(
        self, workbook: Workbook, figures: list[AwaitedFigure]
    ) -> None:
        _header, *rows = texts(workbook["Return"])
        assert [row[0] for row in rows] == [figure.words for figure in figures]
        for row, figure in zip(rows, figures, strict=True):
            cells = dict(zip(TEMPLATE_HEADER[1:], row[1:], strict=True))
            filled = {name: _as_day(cell) for name, cell in cells.items() if cell is not None}
            assert filled == figure.known

    def test_has_the_rows_of_the_csv_file(
        self, workbook: Workbook, figures: list[AwaitedFigure]
    ) -> None:
        text = return_template.as_csv(figures).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        shown = [[_as_text(cell) for cell in row] for row in texts(workbook["Return"])]
        assert rows == shown

    def test_has_a_drop_down_list_wherever_there_is_a_choice(self, workbook: Workbook) -> None:
        assert all(offered(workbook, name) for name in LISTED)

    @pytest.mark.parametrize("column", HEADER)
    def test_explains_each_column_in_its_cells(self, workbook: Workbook, column: str) -> None:
        (helper,) = help_of(workbook, column)
        assert helper.promptTitle == column
        assert return_template.ABOUT[column][:200] in helper.prompt
        assert len(helper.prompt) <= 255  # Excel takes no more

    def test_offers_every_indicator_that_is_handed_in_and_no_other(
        self, workbook: Workbook, plan: Plan
    ) -> None:
        assert offered(workbook, "indicator_id") == sorted({one.id for _, one in handed_in(plan)})
        assert len(offered(workbook, "indicator_id")) == 11

    @pytest.mark.parametrize(
        "column", [column for column in COLUMNS if column.choices], ids=lambda one: one.name
    )
    def test_offers_what_the_reader_accepts(self, workbook: Workbook, column: Column) -> None:
        accepted = [choice for choice in column.choices if choice != "quoted"]
        assert offered(workbook, column.name) == accepted

    @pytest.mark.parametrize("row", FILLED, ids=lambda row: str(row["definition_version"]))
    def test_offers_all_that_a_right_return_needs(
        self, workbook: Workbook, row: dict[str, str]
    ) -> None:
        for column in LISTED:
            if row.get(column):
                assert row[column] in offered(workbook, column)

    def test_keeps_words_as_text_so_that_excel_makes_no_dates_of_them(
        self, workbook: Workbook
    ) -> None:
        formats = workbook["Return"].column_dimensions
        kept = {name: formats[letter_of(name)].number_format for name in HEADER}
        assert {
            kept[name] for name in ("period_label", "breakdown", "measure_id", "definition_version")
        } == {"@"}
        assert {
            kept[name] for name in ("period_start", "period_end", "supplied_on", "published_on")
        } == {"yyyy-mm-dd"}
        assert kept["value"] == kept["numerator"] == "General"

    def test_says_of_every_column_what_to_write_and_whether_it_must_be_filled(
        self, workbook: Workbook
    ) -> None:
        told = {row[1]: row for row in texts(workbook["Notes"]) if row[0] == "column"}
        assert list(told) == HEADER
        for column in COLUMNS:
            assert bool(told[column.name][2]) == column.required
            assert str(told[column.name][3]).endswith(".")

    def test_says_of_every_indicator_what_goes_together(self, workbook: Workbook) -> None:
        told = {row[1]: str(row[3]) for row in texts(workbook["Notes"]) if row[0] == "indicator"}
        assert (
            "measure_id: lets | area_code: E09000030 | unit: count"
            in told["lets_to_overcrowded_households"]
        )
        assert (
            "gross_completions (admin); net_completions (admin)"
            in told["affordable_homes_delivered"]
        )
        assert "breakdown: phase: primary, secondary" in told["children_happy"]

    def test_says_how_to_check_and_hand_in(self, workbook: Workbook) -> None:
        read_me = " ".join(str(row[0]) for row in texts(workbook["Read me"]))
        assert "thindicators check-return" in read_me
        assert "state/returns" in read_me

    def test_is_the_same_bytes_each_time(self, plan: Plan, figures: list[AwaitedFigure]) -> None:
        first = return_template.as_workbook(plan, figures)
        assert first == return_template.as_workbook(plan, figures)


class TestTheRoundTrip:
    """What a person fills in comes back as figures."""

    def test_a_filled_workbook_is_right(
        self, workbook: Workbook, plan: Plan, tmp_path: Path
    ) -> None:
        for row in FILLED:
            workbook["Return"].append([row.get(name) for name in TEMPLATE_HEADER])
        path = tmp_path / "filled.xlsx"
        workbook.save(path)
        assert_right(plan, path)

    def test_a_filled_csv_file_is_right(
        self, plan: Plan, tmp_path: Path, figures: list[AwaitedFigure]
    ) -> None:
        lines = [",".join(f'"{row.get(name, "")}"' for name in TEMPLATE_HEADER) for row in FILLED]
        path = tmp_path / "filled.csv"
        path.write_bytes(return_template.as_csv(figures) + "\r\n".join(lines).encode())
        assert_right(plan, path)

    def test_one_row_of_it_needs_a_figure_a_licence_and_who_supplies_it_when(
        self, workbook: Workbook, plan: Plan, tmp_path: Path
    ) -> None:
        sheet = workbook["Return"]
        _header, *rows = texts(sheet)
        row = next(at for at, cells in enumerate(rows, 2) if "taken off; Tower" in str(cells[0]))
        written = {
            "value": 812,
            "licence_confirmed": "yes",
            "supplied_by": "A. Analyst",
            "supplied_on": date(2026, 7, 15),
        }
        for column, cell in written.items():
            sheet[f"{letter_of(column)}{row}"] = cell
        path = tmp_path / "filled.xlsx"
        workbook.save(path)
        assert values_of(plan, path) == [812]

    def test_rows_that_are_left_as_they_are_may_be_filtered_out(
        self, workbook: Workbook, plan: Plan, tmp_path: Path
    ) -> None:
        sheet = workbook["Return"]
        for row in range(2, sheet.max_row + 1):
            sheet.row_dimensions[row].hidden = True
        sheet.append([HOMES.get(name) for name in TEMPLATE_HEADER])
        path = tmp_path / "filled.xlsx"
        workbook.save(path)
        assert values_of(plan, path) == [812]

    @pytest.mark.parametrize("kind", ["xlsx", "csv"])
    def test_the_template_as_it_is_is_no_return(
        self, plan: Plan, tmp_path: Path, kind: str, figures: list[AwaitedFigure]
    ) -> None:
        path = tmp_path / f"empty.{kind}"
        made = {
            "csv": return_template.as_csv(figures),
            "xlsx": return_template.as_workbook(plan, figures),
        }
        path.write_bytes(made[kind])
        found = opened(plan, path)
        assert isinstance(found, Snapshot)
        assert [one.wrong for one in problems(plan, found, TODAY)] == ["nobody has filled in a row"]


class TestARowOfTheTemplate:
    """A row into which nothing was written is left out; one into which anything was written is read."""

    @pytest.mark.parametrize("column", [name for name in HEADER if name not in KNOWN])
    def test_is_read_if_a_person_wrote_into_any_column(
        self, plan: Plan, tmp_path: Path, column: str
    ) -> None:
        known = {name: HOMES.get(name, "") for name in KNOWN}
        path = csv_return(tmp_path / "return.csv", {**known, column: "7"})
        file = opened(plan, path)
        assert isinstance(file, Snapshot)
        assert read_return(file).left_blank == ()
        assert problems(plan, file, TODAY)

    def test_is_read_if_something_stands_beside_the_table(self, plan: Plan, tmp_path: Path) -> None:
        path = csv_return(tmp_path / "return.csv", {name: HOMES.get(name, "") for name in KNOWN})
        path.write_bytes(path.read_bytes().rstrip() + b",812\r\n")
        file = opened(plan, path)
        assert isinstance(file, Snapshot)
        assert "outside the table" in " ".join(one.wrong for one in problems(plan, file, TODAY))

    def test_is_left_out_if_nobody_wrote_into_it(self, plan: Plan, tmp_path: Path) -> None:
        known = {name: LETS.get(name, "") for name in KNOWN}
        path = csv_return(tmp_path / "return.csv", HOMES, known)
        file = opened(plan, path)
        assert isinstance(file, Snapshot)
        assert read_return(file).left_blank == (3,)
        assert values_of(plan, path) == [812]


def _as_day(cell: object) -> object:
    return cell.date() if isinstance(cell, datetime) else cell


def _as_text(cell: object) -> str:
    return "" if cell is None else str(_as_day(cell))


def values_of(plan: Plan, path: Path) -> list[float]:
    """The figures that would be published of a file without a problem."""
    found = opened(plan, path)
    assert isinstance(found, Snapshot)
    assert problems(plan, found, TODAY) == []
    return sorted(one.value or 0 for _, one in published(plan, {found.role: found}))


def assert_right(plan: Plan, path: Path) -> None:
    assert values_of(plan, path) == [9.2, 67, 73, 82, 640, 812]
