"""What a person sees in a workbook is what is read of it; the rest is refused with its place and the remedy."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock  # type: ignore[import-untyped]
from openpyxl.cell.text import InlineFont  # type: ignore[import-untyped]
from openpyxl.chart import LineChart, Reference  # type: ignore[import-untyped]
from openpyxl.comments import Comment  # type: ignore[import-untyped]
from openpyxl.styles import Font, PatternFill  # type: ignore[import-untyped]
from openpyxl.worksheet.table import Table  # type: ignore[import-untyped]

from tests.sources.returns import HOMES, LETS, RESIDENTS, Row, xlsx_return
from tests.sources.seen_returns import address, changed, column, edited, figures, told, with_cell
from thindicators.plan.model import Plan

EARLIER: Row = {
    **HOMES,
    "period_start": "2024-04-01",
    "period_end": "2025-03-31",
    "period_label": "2024/25",
    "value": "999",
}
LETS_EARLIER: Row = {
    **LETS,
    **{name: EARLIER[name] for name in ("period_start", "period_end", "period_label")},
    "value": "600",
}
SHEET = "xl/worksheets/sheet2.xml"
RAISED = InlineFont(vertAlign="superscript")
STRUCK = InlineFont(strike=True)


def places(plan: Plan, path: Path) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in told(plan, path)]


class TestRaisedText:
    """812 with a raised 1 is refused; it is never 8121."""

    @pytest.mark.parametrize("name", ["value", "period_label", "note", "denominator"])
    def test_in_a_cell_is_refused(self, plan: Plan, tmp_path: Path, name: str) -> None:
        path = xlsx_return(tmp_path / "return.xlsx", {**LETS, "note": "Provisional"})
        run = '<r><t>{}</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r>'
        text = run.format({"value": "640", "denominator": "1790"}.get(name, "2025/26"))
        xml = f'<c r="{address(name)}" t="inlineStr"><is>{text}</is></c>'
        (problem,) = told(plan, with_cell(path, address(name), xml))
        assert (problem.row, problem.column) == (2, name)
        assert "write it without the mark" in problem.remedy

    @pytest.mark.parametrize("position", ["superscript", "subscript"])
    def test_that_cells_share_is_refused(self, plan: Plan, tmp_path: Path, position: str) -> None:
        def change(_: Any, sheet: Any) -> None:
            mark = TextBlock(InlineFont(vertAlign=position), "1")
            sheet[address("value")] = CellRichText("812", mark)

        assert places(plan, changed(tmp_path / "r.xlsx", change, HOMES)) == [(2, "value")]

    def test_of_a_whole_cell_is_refused(self, plan: Plan, tmp_path: Path) -> None:
        def change(_: Any, sheet: Any) -> None:
            sheet[address("value")].font = Font(vertAlign="superscript")

        assert places(plan, changed(tmp_path / "r.xlsx", change, HOMES)) == [(2, "value")]

    def test_that_is_only_bold_is_read(self, plan: Plan, tmp_path: Path) -> None:
        def change(_: Any, sheet: Any) -> None:
            sheet[address("note")] = CellRichText(
                "Gross, ", TextBlock(InlineFont(b=True), "not"), " net"
            )

        (figure,) = figures(plan, changed(tmp_path / "r.xlsx", change, HOMES))
        assert figure.note == "Gross, not net"


class TestRowsThatNobodySees:
    @pytest.mark.parametrize("is_filtered", [False, True])
    def test_hidden_or_filtered_out(self, plan: Plan, tmp_path: Path, is_filtered: bool) -> None:
        def change(_: Any, sheet: Any) -> None:
            if is_filtered:
                sheet.auto_filter.ref = sheet.dimensions
            sheet.row_dimensions[3].hidden = True

        (problem,) = told(plan, changed(tmp_path / "r.xlsx", change, HOMES, EARLIER))
        assert (problem.row, problem.wrong) == (3, "the row is hidden, or filtered out")

    def test_of_no_height(self, plan: Plan, tmp_path: Path) -> None:
        path = changed(tmp_path / "r.xlsx", lambda *_: None, HOMES, EARLIER)
        edited(path, SHEET, lambda text: text.replace('<row r="3"', '<row r="3" ht="0"'))
        assert places(plan, path) == [(3, "")]

    def test_of_no_height_as_all_that_say_nothing(self, plan: Plan, tmp_path: Path) -> None:
        path = changed(tmp_path / "r.xlsx", lambda *_: None, HOMES)
        edited(
            path,
            SHEET,
            lambda text: text.replace("<sheetFormatPr ", '<sheetFormatPr zeroHeight="1" '),
        )
        assert places(plan, path) == [(2, "")]

    def test_struck_through(self, plan: Plan, tmp_path: Path) -> None:
        def change(_: Any, sheet: Any) -> None:
            for cell in sheet[3]:
                cell.font = Font(strike=True)

        (problem,) = told(plan, changed(tmp_path / "r.xlsx", change, HOMES, EARLIER))
        assert (problem.row, problem.column) == (3, "")
        assert problem.wrong == "the row is struck through"

    def test_one_cell_or_a_part_of_it_struck_through(self, plan: Plan, tmp_path: Path) -> None:
        def change(_: Any, sheet: Any) -> None:
            sheet[address("value")].font = Font(strike=True)
            sheet[address("note")] = CellRichText("Final", TextBlock(STRUCK, " 2024"))

        assert places(plan, changed(tmp_path / "r.xlsx", change, HOMES)) == [
            (2, "value"),
            (2, "note"),
        ]

    def test_a_hidden_row_without_anything_in_it_is_nothing(
        self, plan: Plan, tmp_path: Path
    ) -> None:
        def change(_: Any, sheet: Any) -> None:
            sheet.row_dimensions[3].hidden = True

        assert told(plan, changed(tmp_path / "r.xlsx", change, HOMES)) == []


class TestColumnsThatNobodySees:
    @pytest.mark.parametrize("look", ['hidden="1"', 'width="0"'])
    def test_a_filled_one_is_refused(self, plan: Plan, tmp_path: Path, look: str) -> None:
        path = changed(tmp_path / "r.xlsx", lambda *_: None, LETS)
        at = column("denominator")
        columns = f'<cols><col min="{at - 1}" max="{at + 1}" {look}/></cols><sheetData>'
        edited(path, SHEET, lambda text: text.replace("<sheetData>", columns))
        assert places(plan, path) == [(1, "denominator")]

    def test_a_blank_one_is_nothing(self, plan: Plan, tmp_path: Path) -> None:
        def change(_: Any, sheet: Any) -> None:
            sheet.column_dimensions[address("ci_published").rstrip("2")].hidden = True

        assert told(plan, changed(tmp_path / "r.xlsx", change, LETS)) == []


@pytest.mark.parametrize(
    ("name", "cell"), [("denominator", "1790"), ("note", "x"), ("revision", "p")]
)
def test_a_cell_merged_over_two_rows_is_refused(
    plan: Plan, tmp_path: Path, name: str, cell: str
) -> None:
    def change(_: Any, sheet: Any) -> None:
        at = column(name)
        sheet.merge_cells(start_row=2, end_row=3, start_column=at, end_column=at)

    rows = ({**LETS, name: cell}, {**LETS_EARLIER, name: cell})
    assert places(plan, changed(tmp_path / "r.xlsx", change, *rows)) == [(2, name), (3, name)]


def test_cells_merged_beside_the_table_are_nothing(plan: Plan, tmp_path: Path) -> None:
    def change(_: Any, sheet: Any) -> None:
        sheet.merge_cells("BA1:BB3")

    assert told(plan, changed(tmp_path / "r.xlsx", change, HOMES, EARLIER)) == []


class TestWhatIsHiddenByItsLook:
    def test_white_on_nothing_is_refused(self, plan: Plan, tmp_path: Path) -> None:
        def change(_: Any, sheet: Any) -> None:
            sheet[address("note")].font = Font(color="FFFFFFFF")

        row = {**HOMES, "note": "Final"}
        assert places(plan, changed(tmp_path / "r.xlsx", change, row)) == [(2, "note")]

    def test_a_format_that_shows_nothing_is_refused(self, plan: Plan, tmp_path: Path) -> None:
        def change(_: Any, sheet: Any) -> None:
            sheet[address("denominator")].number_format = ";;;"

        assert places(plan, changed(tmp_path / "r.xlsx", change, LETS)) == [(2, "denominator")]

    def test_white_on_a_colour_is_read(self, plan: Plan, tmp_path: Path) -> None:
        def change(_: Any, sheet: Any) -> None:
            sheet[address("value")].font = Font(color="FFFFFFFF")
            sheet[address("value")].fill = PatternFill("solid", fgColor="FF003366")

        assert told(plan, changed(tmp_path / "r.xlsx", change, HOMES)) == []


def test_what_else_people_put_into_a_workbook_is_nothing(plan: Plan, tmp_path: Path) -> None:
    """A chart, a sheet that is one, a comment, a link, a table of Excel's own, a frozen and filtered header."""

    def change(workbook: Any, sheet: Any) -> None:
        chart = LineChart()
        chart.add_data(Reference(sheet, min_col=column("value"), min_row=1, max_row=2))
        sheet.add_chart(chart, "BA5")
        workbook.create_chartsheet("Chart").add_chart(LineChart())
        sheet[address("value")].comment = Comment("see the report", "B.")
        sheet[address("source_url")].hyperlink = "https://example.org/report"
        sheet.add_table(Table(displayName="Return_1", ref=sheet.dimensions))
        sheet.freeze_panes = "A2"

    row = {**HOMES, "source_url": "https://example.org/report"}
    assert [
        figure.value for figure in figures(plan, changed(tmp_path / "r.xlsx", change, row))
    ] == [812]


class TestFormulas:
    @pytest.mark.parametrize(
        ("name", "row", "formula"),
        [
            ("denominator", LETS, "=1000+790"),
            ("revision", HOMES, '="p"'),
            ("note", HOMES, '="Provisional"'),
            ("series_break", HOMES, '="b"'),
            ("ci_lower_95", RESIDENTS, "=79.1"),
        ],
    )
    def test_that_no_program_has_calculated_are_refused(
        self, plan: Plan, tmp_path: Path, name: str, row: Row, formula: str
    ) -> None:
        def change(_: Any, sheet: Any) -> None:
            sheet[address(name)] = formula

        (problem,) = told(plan, changed(tmp_path / "r.xlsx", change, row))
        assert (problem.row, problem.column) == (2, name)
        assert "that no program has calculated" in problem.wrong

    def test_that_were_calculated_are_read(self, plan: Plan, tmp_path: Path) -> None:
        path = changed(tmp_path / "r.xlsx", lambda *_: None, LETS)
        cell = f'<c r="{address("denominator")}"><f>1000+790</f><v>1790</v></c>'
        (figure,) = figures(plan, with_cell(path, address("denominator"), cell))
        assert figure.denominator == 1790

    def test_whose_workbook_asks_for_their_calculation_are_refused(
        self, plan: Plan, tmp_path: Path
    ) -> None:
        path = xlsx_return(tmp_path / "r.xlsx", LETS)
        cell = f'<c r="{address("denominator")}"><f>1000+790</f><v>0</v></c>'
        (problem,) = told(plan, with_cell(path, address("denominator"), cell))
        assert "formulas are to be calculated still" in problem.wrong


class TestErrors:
    @pytest.mark.parametrize("code", ["#REF!", "#N/A", "#SPILL!", "#DIV/0!"])
    @pytest.mark.parametrize("name", ["denominator", "note", "status", "value"])
    def test_are_no_blank_cells(self, plan: Plan, tmp_path: Path, name: str, code: str) -> None:
        row = {**LETS, "note": "x", "status": "x"}
        path = changed(tmp_path / "return.xlsx", lambda *_: None, row)
        cell = f'<c r="{address(name)}" t="e"><f>X1</f><v>{code}</v></c>'
        (problem,) = told(plan, with_cell(path, address(name), cell))
        assert (problem.row, problem.column) == (2, name)
        assert code in problem.wrong

    def test_on_another_sheet_are_its_own_affair(self, plan: Plan, tmp_path: Path) -> None:
        def change(workbook: Any, _: Any) -> None:
            workbook.create_sheet("Scratch")["A1"] = "=1/0"

        path = changed(tmp_path / "r.xlsx", change, HOMES)
        error = '<c r="A1" t="e"><v>#GETTING_DATA</v></c>'
        edited(path, "xl/worksheets/sheet3.xml", lambda text: text.replace(_cell_a1(text), error))
        assert [figure.value for figure in figures(plan, path)] == [812]


def _cell_a1(sheet: str) -> str:
    start = sheet.index('<c r="A1"')
    return sheet[start : sheet.index("</c>", start) + len("</c>")]


class TestWhichSheet:
    def test_one_that_is_hidden_is_refused(self, plan: Plan, tmp_path: Path) -> None:
        def change(_: Any, sheet: Any) -> None:
            sheet.sheet_state = "hidden"

        (problem,) = told(plan, changed(tmp_path / "r.xlsx", change, HOMES))
        assert "is hidden" in problem.wrong

    @pytest.mark.parametrize("state", ["hidden", "veryHidden"])
    def test_a_hidden_one_beside_a_copy_is_refused(
        self, plan: Plan, tmp_path: Path, state: str
    ) -> None:
        def change(workbook: Any, sheet: Any) -> None:
            workbook.copy_worksheet(sheet).title = "Return (2)"
            sheet.sheet_state = state

        (problem,) = told(plan, changed(tmp_path / "r.xlsx", change, HOMES))
        assert "“Return”, “Return (2)”" in problem.wrong

    @pytest.mark.parametrize("title", ["Return ", "Return (2)", "2025-26"])
    def test_two_that_fit_are_refused(self, plan: Plan, tmp_path: Path, title: str) -> None:
        def change(workbook: Any, sheet: Any) -> None:
            copy = workbook.copy_worksheet(sheet)
            copy.title = title
            copy[address("value")] = "777"

        (problem,) = told(plan, changed(tmp_path / "r.xlsx", change, HOMES))
        assert f"“Return”, “{title}”" in problem.wrong

    def test_a_copy_without_rows_is_nothing(self, plan: Plan, tmp_path: Path) -> None:
        def change(workbook: Any, sheet: Any) -> None:
            copy = workbook.copy_worksheet(sheet)
            copy.title = "Blank"
            copy.delete_rows(2)

        assert told(plan, changed(tmp_path / "r.xlsx", change, HOMES)) == []


class TestSize:
    def test_a_far_cell_is_told_with_its_sheet(self, plan: Plan, tmp_path: Path) -> None:
        def change(workbook: Any, _: Any) -> None:
            workbook.create_sheet("Scratch").cell(200_000, 40, "x")

        (problem,) = told(plan, changed(tmp_path / "r.xlsx", change, HOMES))
        assert "Scratch" in problem.wrong
        assert problem.remedy.startswith("delete the rows and columns of that sheet")

    def test_a_far_cell_of_the_return_is_refused(self, plan: Plan, tmp_path: Path) -> None:
        def change(_: Any, sheet: Any) -> None:
            sheet.cell(20_000, 1, "x")

        (problem,) = told(plan, changed(tmp_path / "r.xlsx", change, HOMES))
        assert "more than 5,000 rows" in problem.wrong


FLAWS = ("hidden", "struck", "raised", "merged", "error", "not calculated")
YEARS = st.lists(st.sampled_from([None, None, *FLAWS]), min_size=1, max_size=5)


def _flaw(sheet: Any, row: int, flaw: str | None) -> None:
    """Leave something in a row by which it is not what its cells say."""
    value = sheet[address("value", row)]
    match flaw:
        case "hidden":
            sheet.row_dimensions[row].hidden = True
        case "struck":
            value.font = Font(strike=True)
        case "raised":
            value.value = CellRichText(str(value.value), TextBlock(RAISED, "1"))
        case "merged":
            sheet.merge_cells(f"{address('note', row)}:{address('note', row + 1)}")
        case "error":
            value.value = "#REF!"
        case "not calculated":
            value.value = "=800+12"


@given(YEARS, st.data())
@settings(max_examples=40)
def test_a_return_is_read_as_it_is_seen_or_refused_at_the_rows_that_are_not(
    plan: Plan, flaws: list[str | None], data: st.DataObject
) -> None:
    """The oracle: without a flaw every figure is read as typed; with one, its rows are named and nothing is read."""
    values = [data.draw(st.integers(5, 99_999)) for _ in flaws]
    rows: list[Row] = []
    for at, value in enumerate(values):
        start = 2020 - at
        days = {"period_start": f"{start}-04-01", "period_end": f"{start + 1}-03-31"}
        label = {"period_label": f"{start}/{(start + 1) % 100:02d}"}
        rows.append({**HOMES, **days, **label, "value": str(value)})

    def change(_: Any, sheet: Any) -> None:
        for row, flaw in enumerate(flaws, 2):
            _flaw(sheet, row, flaw)

    with TemporaryDirectory() as folder:
        path = changed(Path(folder) / "return.xlsx", change, *rows)
        flawed = {row for row, flaw in enumerate(flaws, 2) if flaw}
        # A merged cell is one of the row below it as well, if that is a row of the table.
        flawed |= {
            row + 1
            for row, flaw in enumerate(flaws, 2)
            if flaw == "merged" and row + 1 < len(flaws) + 2
        }
        if flawed:
            assert {problem.row for problem in told(plan, path)} == flawed
        else:
            assert [figure.value for figure in figures(plan, path)] == values
