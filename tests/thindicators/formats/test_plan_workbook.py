"""The workbook of the whole plan, cell by cell: the latest figures, and the headlines by year."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]

from tests.samples import sample_outcomes, sample_release
from tests.support import ROOT
from tests.thindicators.history.test_revisions import figure
from tests.written import plan_at
from thindicators.formats.plan_workbook import (
    BY_YEAR,
    LATEST,
    PATH,
    one_of_each_year,
    plan_workbook,
)
from thindicators.formats.sheets import COVER, HEADER_ROW
from thindicators.observations.observation import rows_of as observation_rows
from thindicators.observations.observation import table_of
from thindicators.observations.periods import one_day
from thindicators.plan.loading import load_plan

SUBJECT, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"


@pytest.fixture(scope="module")
def release() -> Path:
    return sample_release()


@pytest.fixture(scope="module")
def book(release: Path) -> Workbook:
    return load_workbook(io.BytesIO((release / PATH).read_bytes()))


def rows_of(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    header, *rows = list(book[sheet].iter_rows(min_row=HEADER_ROW + 1, values_only=True))
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_it_has_a_cover_and_two_tables(book: Workbook) -> None:
    assert book.sheetnames == [COVER, LATEST, BY_YEAR]
    cover = " ".join(str(cell.value) for (cell,) in book[COVER].iter_rows())
    assert "SAMPLE EDITION" in cover.upper()
    assert "[x]" in cover


def test_no_cell_of_a_table_is_blank(book: Workbook) -> None:
    for sheet in (LATEST, BY_YEAR):
        for row in rows_of(book, sheet):
            assert all(cell is not None for cell in row.values())


def test_the_latest_figures_are_those_of_the_table_in_its_words(
    release: Path, book: Workbook
) -> None:
    latest = pq.read_table(release / "latest.parquet").to_pylist()
    headlines = [row for row in latest if row["is_headline"]]
    shown = [(row["Indicator"], row["Group"], row["Figure"]) for row in rows_of(book, LATEST)]
    assert shown == [
        (row["title"], row["category_title"], row["value_in_words"] or "[z]") for row in headlines
    ]


def test_each_figure_by_year_is_one_of_the_observations_and_none_is_left_out(
    release: Path, book: Workbook
) -> None:
    title = {
        row["id"]: row["title"] for row in pq.read_table(release / "indicators.parquet").to_pylist()
    }
    group = {
        (row["indicator"], row["breakdown"], row["category"]): row["category_title"]
        for row in pq.read_table(release / "breakdowns.parquet").to_pylist()
        if row["is_headline"]
    }
    series = {
        (row["indicator"], row["series"]): row["title"]
        for row in pq.read_table(release / "series.parquet").to_pylist()
    }
    expected = {}
    for row in pq.read_table(release / "observations.parquet").to_pylist():
        key = (row["indicator"], row["breakdown"], row["category"])
        if key in group and row["area_code"] in (SUBJECT, LONDON, ENGLAND):
            of_series = series[row["indicator"], row["series"]]
            place = (title[row["indicator"]], group[key], row["area_name"], of_series, row["year"])
            value = row["value"]
            # Excel's own format keeps sixteen digits of a number.
            expected[place] = f"[{row['status']}]" if value is None else float(f"{value:.16g}")
    shown = {}
    for line in rows_of(book, BY_YEAR):
        what = [line.pop(name) for name in ("Call to action", "Indicator", "Group", "Area")]
        of_series, _unit = line.pop("Series"), line.pop("Unit")
        for year, cell in line.items():
            place = (*what[1:], of_series, int(year))
            if cell != "[x]" or place in expected:
                shown[place] = cell
    assert shown == expected


def test_figures_are_shown_with_the_decimals_of_the_pages(book: Workbook) -> None:
    formats = {}
    for row in book[BY_YEAR].iter_rows(min_row=HEADER_ROW + 2):
        numbers = [cell for cell in row[6:] if isinstance(cell.value, int | float)]
        formats[row[1].value] = {cell.number_format for cell in numbers}
    assert formats["Children in relative low income families"] == {"#,##0.0"}
    assert formats["Affordable homes delivered"] == {"#,##0"}


def test_no_figure_takes_the_place_of_another_of_its_year() -> None:
    """Two surveys of one year: the later stands in the first line, the other in one of its own."""
    spring = figure(2023, 81.0)
    autumn = replace(spring, period=one_day(date(2023, 10, 1)), value=83.0)
    before = figure(2022, 80.0)
    spring = replace(spring, period=one_day(date(2023, 4, 1)))
    rows = observation_rows(table_of([before, spring, autumn], {"E09000030": "Tower Hamlets"}))
    first, second = one_of_each_year(rows)
    assert {year: row["value"] for year, row in first.items()} == {2022: 80.0, 2023: 83.0}
    assert {year: row["value"] for year, row in second.items()} == {2023: 81.0}


def test_series_of_one_title_stay_apart(tmp_path: Path, release: Path) -> None:
    """A plan may call two series the same; no line of the workbook goes over the break between them."""
    schemas = Path(shutil.copytree(ROOT / "schemas", tmp_path / "schemas"))
    path = schemas / "indicators" / "gcse_english_maths_9_5.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("title: Exams from 2023", "title: Exams of 2022"), encoding="utf-8"
    )
    whole = plan_at(release, load_plan(schemas), sample_outcomes(), release.name)
    made = load_workbook(io.BytesIO(plan_workbook(whole)[PATH]))
    title = whole.plan.indicators["gcse_english_maths_9_5"].title
    what = {"Indicator": title, "Area": "Tower Hamlets", "Series": "Exams of 2022"}
    of_subject = [line for line in rows_of(made, BY_YEAR) if what.items() <= line.items()]
    of_2022, from_2023 = of_subject
    assert (of_2022["2022"], of_2022["2023"]) == (54.5, "[x]")
    assert from_2023["2022"] == "[x]"
    assert isinstance(from_2023["2023"], float)
