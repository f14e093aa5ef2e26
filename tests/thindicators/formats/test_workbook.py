"""Workbook: what a reader of the Excel file sees, read back with other libraries than the one that wrote it."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pytest
from openpyxl.workbook import Workbook  # type: ignore[import-untyped]
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

from tests.thindicators.formats.conftest import INDICATORS, NOTE, TOWER_HAMLETS
from tests.written import indicator_at
from thindicators.formats.sheets import HEADER_ROW
from thindicators.formats.workbook import begin_workbook
from thindicators.observations.observation import STATUSES
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan

WITH_FIGURES = INDICATORS[:-1]


def path_of(release: Path, indicator: str) -> Path:
    return release / "indicators" / indicator / f"{indicator}.xlsx"


def book_of(release: Path, indicator: str) -> Workbook:
    return openpyxl.load_workbook(path_of(release, indicator))


def cover_of(book: Workbook) -> str:
    return "\n".join(str(row[0]) for row in book["Cover"].iter_rows(values_only=True))


def table_of(release: Path, indicator: str, sheet: str) -> pd.DataFrame:
    return pd.read_excel(
        path_of(release, indicator), sheet_name=sheet, header=HEADER_ROW, engine="openpyxl"
    )


@pytest.mark.parametrize("indicator", WITH_FIGURES)
def test_the_figures_equal_those_of_the_csv(release: Path, indicator: str) -> None:
    expected = pd.read_csv(release / "indicators" / indicator / f"{indicator}.csv")
    found = table_of(release, indicator, "Figures")
    assert list(found["Area code"]) == list(expected["area_code"])
    assert list(found["Period"]) == list(expected["period"])
    assert list(found["Category"]) == list(expected["category"])
    assert [str(one.date()) for one in found["First day"]] == list(expected["period_start"])
    for column, title in {
        "value": "Value",
        "lower_ci_95": "Lower 95% limit",
        "numerator": "Numerator",
    }.items():
        if title in found or column == "value":
            numbers = pd.to_numeric(found[title], errors="coerce")
            pd.testing.assert_series_equal(
                numbers, expected[column], check_names=False, check_dtype=False
            )
        else:
            assert expected[column].isna().all()


@pytest.mark.parametrize("indicator", WITH_FIGURES)
def test_the_sheet_by_period_holds_every_figure_once(release: Path, indicator: str) -> None:
    expected = pd.read_csv(release / "indicators" / indicator / f"{indicator}.csv")
    found = table_of(release, indicator, "By period")
    for area, rows in expected.groupby("area_name"):
        shown = pd.to_numeric(found[area], errors="coerce").dropna()
        assert sorted(shown) == sorted(rows["value"].dropna())


def test_the_sheet_by_period_has_a_row_for_each_year_and_a_column_for_each_area(
    release: Path,
) -> None:
    found = table_of(release, "employment_rate", "By period")
    assert list(found.columns) == [
        "Period",
        "Group",
        "Tower Hamlets",
        "London",
        "England",
        "Marks and notes",
    ]
    assert list(found["Group"].drop_duplicates()) == ["Total", "Pakistani or Bangladeshi", "Female"]
    assert list(found["Period"][:3]) == [
        f"January to December {year}" for year in (2020, 2021, 2022)
    ]
    assert list(found["Tower Hamlets"][:3]) == [66.2, 67.2, "[u]"]
    assert found["Marks and notes"][1] == "London [note 1]"


def test_where_units_differ_each_row_names_its_own(release: Path) -> None:
    found = table_of(release, "pm25_concentration", "By period")
    assert list(found["Unit"]) == ["micrograms per cubic metre (µg/m³)", "percentage"]
    assert list(found["London"]) == [11.7210977518943, 87.67]


def test_figures_of_two_series_stand_apart_and_the_cover_says_why(release: Path) -> None:
    found = table_of(release, "healthy_life_expectancy_male", "By period")
    assert found["Series"].nunique() == 2
    assert "Tower Hamlets [p]" in found["Marks and notes"].iloc[-1]
    cover = cover_of(book_of(release, "healthy_life_expectancy_male"))
    assert re.search(r"^Series .+: .+\.$", cover, re.MULTILINE)


@pytest.mark.parametrize("indicator", WITH_FIGURES)
def test_each_sheet_has_one_marked_table_without_merged_or_blank_cells(
    release: Path, indicator: str
) -> None:
    book = book_of(release, indicator)
    names = [sheet.title for sheet in book.worksheets]
    assert names[:3] == ["Cover", "By period", "Figures"]
    tables = [sheet for sheet in book.worksheets if sheet.title != "Cover"]
    for sheet in tables:
        assert not sheet.merged_cells.ranges
        assert sheet.freeze_panes == f"B{HEADER_ROW + 2}"
        _assert_one_table(sheet)


def _assert_one_table(sheet: Worksheet) -> None:
    (table,) = sheet.tables.values()
    assert (
        table.ref == f"A{HEADER_ROW + 1}:{sheet.cell(sheet.max_row, sheet.max_column).coordinate}"
    )
    assert table.headerRowCount == 1
    header, *rows = sheet[table.ref]
    names = [cell.value for cell in header]
    assert len(set(names)) == len(names)
    assert all(cell.value not in (None, "") for row in rows for cell in row)
    assert all(cell.data_type != "f" for row in rows for cell in row)


def test_the_cover_says_what_whose_when_and_how_to_read_it(release: Path, small_plan: Plan) -> None:
    cover = cover_of(book_of(release, "employment_rate"))
    indicator = small_plan.indicators["employment_rate"]
    for text in (
        indicator.title,
        indicator.plan_measures,
        indicator.definition,
        *indicator.all_caveats,
    ):
        assert text.rstrip(".") in cover
    assert small_plan.attribution_of(indicator) in cover
    assert "Open Government Licence v3.0" in cover
    assert "https://www.nomisweb.co.uk/datasets/apsnew" in cover.splitlines()
    assert "The newest of what they were read from came on 20 November 2026." in cover
    assert all(f"[{letter}] {meaning}" in cover for letter, meaning in STATUSES.items())
    assert "SAMPLE" not in cover


def test_a_sample_says_so_at_the_top(public_release: Path) -> None:
    book = book_of(public_release, "employment_rate")
    assert "(sample edition)" in str(book["Cover"]["A1"].value)
    assert str(book["Cover"]["A2"].value).startswith("THIS IS A SAMPLE EDITION")
    assert all("(sample edition)" in str(sheet["A1"].value) for sheet in book.worksheets)


def test_an_indicator_without_figures_has_a_cover_that_says_why(release: Path) -> None:
    book = book_of(release, "feeling_safe")
    assert book.sheetnames == ["Cover"]
    assert "There is no figure yet, and so no table. Nobody has handed in a figure." in cover_of(
        book
    )


def test_notes_are_numbered_and_stand_on_a_sheet_of_their_own(release: Path) -> None:
    notes = table_of(release, "employment_rate", "Notes")
    assert list(notes.iloc[0]) == ["note 1", NOTE]
    figures = table_of(release, "employment_rate", "Figures")
    assert set(figures["Notes"]) == {"none", "[note 1]"}


def test_numbers_are_shown_with_the_indicators_decimals_and_kept_whole(release: Path) -> None:
    sheet = book_of(release, "healthy_life_expectancy_male")["Figures"]
    header = [cell.value for cell in sheet[HEADER_ROW + 1]]
    cell = sheet.cell(HEADER_ROW + 2, header.index("Value") + 1)
    assert cell.number_format == "#,##0.0"
    assert isinstance(cell.value, float)


@pytest.mark.parametrize(
    "odd", ["=1+1", "+44", "@now", '=HYPERLINK("https://example.org")', "https://example.org"]
)
def test_text_in_a_figure_stays_text(
    odd: str, small_plan: Plan, outcomes: list[Outcome], release: Path, tmp_path: Path
) -> None:
    outcome = next(one for one in outcomes if one.indicator == "employment_rate")
    table = outcome.table.set_column(
        outcome.table.schema.get_field_index("source_text"),
        "source_text",
        [[odd] * outcome.table.num_rows],
    )
    published = indicator_at(release, small_plan, replace(outcome, table=table))
    path = path_of(tmp_path, "employment_rate")
    path.parent.mkdir(parents=True)
    path.write_bytes(begin_workbook(published).answer())
    sheet = book_of(tmp_path, "employment_rate")["Figures"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == odd]
    assert len(cells) == table.num_rows
    with zipfile.ZipFile(path_of(tmp_path, "employment_rate")) as parts:
        sheets = [
            parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")
        ]
    assert all(b"<f>" not in sheet for sheet in sheets)
    assert not any(b"<hyperlink" in sheet for sheet in sheets[1:])


def test_the_file_holds_no_time_of_its_making(release: Path) -> None:
    with zipfile.ZipFile(path_of(release, "employment_rate")) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {part.compress_type for part in parts.infolist()} == {zipfile.ZIP_STORED}
        core = parts.read("docProps/core.xml").decode()
    assert set(re.findall(r">(\d{4}-[^<]+)<", core)) == {"2026-11-20T10:15:00Z"}


def test_an_area_without_a_figure_for_a_period_has_no_blank_cell(
    small_plan: Plan, outcomes: list[Outcome], release: Path, tmp_path: Path
) -> None:
    outcome = next(one for one in outcomes if one.indicator == "employment_rate")
    rows = outcome.table.to_pylist()
    kept = [not (row["area_code"] == TOWER_HAMLETS and row["year"] == 2020) for row in rows]
    published = indicator_at(
        release, small_plan, replace(outcome, table=outcome.table.filter(kept))
    )
    path = path_of(tmp_path, "employment_rate")
    path.parent.mkdir(parents=True)
    path.write_bytes(begin_workbook(published).answer())
    assert table_of(tmp_path, "employment_rate", "By period")["Tower Hamlets"][0] == "[x]"


@pytest.mark.parametrize("note", ["a" * 32_767, "a" * 32_768, "µ 𝐱 " * 40_000])
@pytest.mark.parametrize("column", ["note", "source_text"])
def test_a_text_longer_than_a_cell_is_begun_there_and_the_reader_told_where_all_of_it_is(
    release: Path,
    small_plan: Plan,
    outcomes: list[Outcome],
    tmp_path: Path,
    column: str,
    note: str,
) -> None:
    outcome = next(one for one in outcomes if one.indicator == "employment_rate")
    place = outcome.table.schema.get_field_index(column)
    table = outcome.table.set_column(place, column, [[note] * outcome.table.num_rows])
    published = indicator_at(release, small_plan, replace(outcome, table=table))
    path = path_of(tmp_path, "employment_rate")
    path.parent.mkdir(parents=True)
    path.write_bytes(begin_workbook(published).answer())
    book = book_of(tmp_path, "employment_rate")
    texts = {
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value
    }
    [written] = [text for text in texts if text[:50] == note[:50]]
    assert len(written.encode("utf-16-le")) <= 2 * 32_767
    if len(note) <= 32_767:
        assert written == note
    else:
        assert written.endswith("… (The whole text is in the CSV file.)")
        assert note.startswith(written.partition(" … (")[0])
