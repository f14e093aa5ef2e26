"""The template of a return: a workbook with drop-down lists and a CSV file, which a filled return comes back in."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

from sources.returns import template as return_template
from sources.returns.check import handed_in, opened, problems, published
from sources.returns.file import COLUMNS, Column
from tests.sources.returns import AWAY, HEADER, HOMES, LETS, PUPILS, REGISTER, RESIDENTS, TODAY
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


@pytest.fixture
def workbook(plan: Plan) -> Workbook:
    return load_workbook(io.BytesIO(return_template.as_workbook(plan)))


def offered(workbook: Workbook, column: str) -> list[str]:
    """What the drop-down list of a column offers, as a spreadsheet finds it."""
    letter = get_column_letter(HEADER.index(column) + 1)
    fitting = [
        one
        for one in workbook["Return"].data_validations.dataValidation
        if f"{letter}2" in one.sqref
    ]
    assert [one.type for one in fitting] == ["list"], f"{column} has {len(fitting)} drop-down lists"
    sheet, _, cells = fitting[0].formula1.partition("!")
    return [row[0].value for row in workbook[sheet][cells.replace("$", "")]]


def texts(sheet: Worksheet) -> list[list[object]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


class TestTheWorkbook:
    def test_has_four_sheets(self, workbook: Workbook) -> None:
        assert workbook.sheetnames == ["Read me", "Return", "Lists", "Notes"]

    def test_has_the_columns_of_the_csv_file_in_their_order_from_cell_a1(
        self, workbook: Workbook
    ) -> None:
        assert texts(workbook["Return"]) == [HEADER]
        assert return_template.as_csv().decode("utf-8-sig") == f"{','.join(HEADER)}\r\n"

    def test_has_a_drop_down_list_wherever_there_is_a_choice(self, workbook: Workbook) -> None:
        assert [name for name in HEADER if name in return_template.ABOUT] == HEADER
        assert len(workbook["Return"].data_validations.dataValidation) == len(LISTED)
        assert all(offered(workbook, name) for name in LISTED)

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
        kept = {
            name: formats[get_column_letter(at)].number_format for at, name in enumerate(HEADER, 1)
        }
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

    def test_is_the_same_bytes_each_time(self, plan: Plan) -> None:
        assert return_template.as_workbook(plan) == return_template.as_workbook(plan)


class TestTheRoundTrip:
    """What a person fills in comes back as figures."""

    def test_a_filled_workbook_is_right(
        self, workbook: Workbook, plan: Plan, tmp_path: Path
    ) -> None:
        for row in FILLED:
            workbook["Return"].append([row.get(name) for name in HEADER])
        path = tmp_path / "filled.xlsx"
        workbook.save(path)
        assert_right(plan, path)

    def test_a_filled_csv_file_is_right(self, plan: Plan, tmp_path: Path) -> None:
        lines = [",".join(f'"{row.get(name, "")}"' for name in HEADER) for row in FILLED]
        path = tmp_path / "filled.csv"
        path.write_bytes(return_template.as_csv() + "\r\n".join(lines).encode())
        assert_right(plan, path)

    @pytest.mark.parametrize("kind", ["xlsx", "csv"])
    def test_the_empty_template_is_no_return(self, plan: Plan, tmp_path: Path, kind: str) -> None:
        path = tmp_path / f"empty.{kind}"
        path.write_bytes(
            return_template.as_csv() if kind == "csv" else return_template.as_workbook(plan)
        )
        found = opened(plan, path)
        assert isinstance(found, Snapshot)
        assert [one.wrong for one in problems(plan, found, TODAY)] == [
            "there is no row under the header"
        ]


def assert_right(plan: Plan, path: Path) -> None:
    found = opened(plan, path)
    assert isinstance(found, Snapshot)
    assert problems(plan, found, TODAY) == []
    values = sorted(one.value or 0 for _, one in published(plan, {found.role: found}))
    assert values == [9.2, 67, 73, 82, 640, 812]
