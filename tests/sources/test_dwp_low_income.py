"""DWP's children in low income families: the right table of the newest workbook is read, and doubt refused."""

from __future__ import annotations

import csv
import runpy
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources import SAMPLES, dwp_low_income
from sources.publishers import dwp_workbook, govuk
from sources.reading import Sheet, sheets
from tests.sources.dwp_answers import (
    ABSOLUTE,
    COVER,
    HARTLEPOOL,
    HARTLEPOOL_2026,
    NUMBERS,
    PERCENTAGES,
    TOWER_HAMLETS,
    WARD,
    Rows,
    answers_with,
    asking,
    edition,
    header,
    of,
    relative,
    snapshot,
    table,
    title,
    tower_hamlets,
    workbook,
)
from tests.support import one, real
from thindicators.answers import Answer, Answers
from thindicators.errors import PlanError, SourceError
from thindicators.http import Client
from thindicators.observations import Observation
from thindicators.plan import Indicator, Plan
from thindicators.snapshots import by_role

SAMPLE = SAMPLES / "dwp_low_income"
REAL_WORKBOOK = "dwp/children-in-low-income-families-local-area-statistics-2014-to-2021.xlsx"

Read = Callable[..., list[Observation]]
MakeClient = Callable[..., Client]


@pytest.fixture
def indicator(plan: Plan) -> Indicator:
    return plan.indicators["children_low_income"]


@pytest.fixture
def real_answers() -> Answers:
    return answers_with(real(REAL_WORKBOOK).read_bytes())


def read_workbook(indicator: Indicator, parts: Mapping[str, Rows], years: str = "2014 to 2021") -> list[Observation]:
    file = snapshot(workbook(parts), "workbook", release=f"Children in low income families {years}")
    return dwp_low_income.parse(indicator, {"workbook": file})


# The sample


@pytest.mark.parametrize("year", NUMBERS)
def test_the_sample_has_the_figures_of_the_release_of_march_2022(read: Read, year: int) -> None:
    figure = one(read("children_low_income"), year=year)
    assert (figure.value, figure.numerator, figure.denominator) == (PERCENTAGES[year], NUMBERS[year], None)
    assert (figure.area_code, figure.unit, figure.status) == (TOWER_HAMLETS, "percent", "")
    assert (figure.lower_ci_95, figure.upper_ci_95) == (None, None)
    assert (figure.breakdown, figure.category, figure.series) == ("total", "total", "regional_calibration")


def test_a_period_is_a_financial_year_in_the_publishers_words(read: Read) -> None:
    figure = one(read("children_low_income"), year=2021)
    assert (figure.period.iso, figure.period.label) == ("2020-04-01/P1Y", "FYE 2021")


def test_the_latest_year_is_provisional_and_only_it(read: Read) -> None:
    assert {row.period.year: row.revision for row in read("children_low_income")} == {
        **dict.fromkeys(range(2015, 2021), ""),
        2021: "p",
    }


def test_the_cell_is_kept_letter_for_letter(read: Read) -> None:
    assert one(read("children_low_income"), year=2021).source_text == "0.253"


def test_a_year_that_dwp_warns_of_says_so(read: Read) -> None:
    notes = {row.period.year: row.note for row in read("children_low_income")}
    assert notes[2020] == ""
    assert "caution" in notes[2021]


def test_the_sample_workbook_is_composed_from_its_origin() -> None:
    script = runpy.run_path(str(SAMPLES / "compose_dwp_low_income.py"))
    composed = script["compose"](script["read_figures"](SAMPLE / "ORIGIN.csv"))
    assert (SAMPLE / script["WORKBOOK"]).read_bytes() == composed


def test_every_figure_of_the_sample_has_its_origin(read: Read) -> None:
    with (SAMPLE / "ORIGIN.csv").open(encoding="utf-8", newline="") as file:
        origin = {(row["figure"], row["area"], row["period"]): float(row["value"]) for row in csv.DictReader(file)}
    for row in read("children_low_income"):
        assert origin["children_low_income", row.area_code, row.period.label] == row.value
        assert origin["number of children", row.area_code, row.period.label] == row.numerator


# DWP's own workbook, saved again as Strict OOXML

REAL_ROWS = {
    TOWER_HAMLETS: [*NUMBERS.values(), *PERCENTAGES.values()],
    "E09000012": [9215, 9621, 10053, 12120, 12985, 14117, 12322, 16.9, 17.3, 17.7, 21.1, 22.4, 24.3, 21.3],
    "E09000025": [17029, 17339, 18284, 20265, 21087, 22221, 19661, 22.8, 22.9, 23.6, 26.1, 26.8, 28.4, 25.1],
    HARTLEPOOL: [3333, 3505, 4114, 4549, 4481, 5202, 5417, 18.9, 19.9, 23.2, 25.6, 25.0, 28.9, 30.1],
    "E08000025": [68940, 77296, 80997, 86565, 89156, 96684, 91470, 27.3, 30.4, 31.5, 33.4, 34.3, 37.4, 35.6],
    "W06000015": [11727, 11607, 11467, 12463, 12489, 14059, 17358, 18.0, 17.6, 17.2, 18.6, 18.5, 20.8, 25.5],
    "N09000003": [15736, 17112, 17182, 15457, 16605, 15369, 15278, 23.8, 25.7, 25.7, 22.9, 24.4, 22.4, 22.4],
}


@pytest.mark.filterwarnings("ignore:File contains an invalid specification")
def test_a_workbook_in_strict_ooxml_shows_other_readers_no_sheets() -> None:
    assert openpyxl.load_workbook(real(REAL_WORKBOOK)).sheetnames == []


@pytest.fixture(scope="module")
def real_rows(plan: Plan) -> list[Observation]:
    file = snapshot(real(REAL_WORKBOOK).read_bytes(), "workbook", release="local area statistics 2014 to 2021")
    return dwp_low_income.parse(of(plan.indicators["children_low_income"], *REAL_ROWS), {"workbook": file})


@pytest.mark.parametrize("area", REAL_ROWS)
def test_dwps_own_workbook_is_read_cell_by_cell(real_rows: list[Observation], area: str) -> None:
    rows = [row for row in real_rows if row.area_code == area]
    assert [row.numerator for row in rows] + [row.value for row in rows] == REAL_ROWS[area]
    assert [row.period.year for row in rows] == list(NUMBERS)


def test_dwps_own_workbook_is_fetched_and_read(read: Read, real_answers: Answers) -> None:
    rows = read("children_low_income", real_answers)
    assert {row.period.year: row.value for row in rows} == PERCENTAGES
    assert {row.series for row in rows} == {"regional_calibration"}
    assert one(rows, year=2017).source_text == "0.23800000000000002"
    assert one(rows, year=2021).revision == "p"


def test_the_boroughs_of_dwps_own_workbook_add_to_the_count_of_london() -> None:
    found = sheets(snapshot(real(REAL_WORKBOOK).read_bytes()))
    whole = dwp_workbook.read_table(dwp_workbook.relative_authorities(found))
    last = whole.years[-1]
    counts = {code: row[last.number] for _, code, row in whole.rows()}
    assert sum(float(str(n)) for code, n in counts.items() if code.startswith("E09")) == 306_727
    assert sum(float(str(n)) for code, n in counts.items() if code.startswith("E")) == 2_003_734


def test_a_ward_called_tower_hamlets_is_not_the_borough(indicator: Indicator) -> None:
    file = snapshot(real(REAL_WORKBOOK).read_bytes(), "workbook", release="2014 to 2021")
    with pytest.raises(SourceError, match="expected one row for E05012868; came 0 rows"):
        dwp_low_income.parse(of(indicator, "E05012868"), {"workbook": file})


# The layouts of the releases


@pytest.mark.parametrize(
    ("name", "header_row", "figure_header"),
    [
        ("1_Relative_Local_Authority", 10, "Percentage of children \nFYE {} \n(%)\n[note 3]"),
        ("3_Relative_Local_Authority", 10, "Percentage of children FYE {} [note 3]"),
        ("3_Relative_Local_Authority", 9, "Percentage of children FYE {} (%) [note 3]"),
    ],
    ids=["March 2022", "March 2023", "March 2025"],
)
def test_the_table_is_found_wherever_it_stands(
    indicator: Indicator, name: str, header_row: int, figure_header: str
) -> None:
    heads = [*header()[:9], *(figure_header.format(year) for year in NUMBERS)]
    rows = table(heads, tower_hamlets(), header_row=header_row)
    found = read_workbook(indicator, {"Cover": COVER, "Contents": [["Table of contents"]], name: rows})
    assert {row.period.year: row.value for row in found} == PERCENTAGES


def test_only_the_relative_table_by_local_authority_is_read(indicator: Indicator) -> None:
    parts = {
        "Cover_sheet": COVER,
        "2_Absolute_Local_Authority": table(
            header(),
            ["Tower Hamlets", TOWER_HAMLETS, *ABSOLUTE],
            title_row=title("Absolute low income families, Local Authority"),
        ),
        "5_Relative_Ward": table(
            header(name="Ward [note 2]"),
            ["Tower Hamlets", "E05012868", *WARD],
            title_row=title("Relative low income families, Ward"),
        ),
        "3_Relative_ParlC": table(
            header(), title_row=title("Relative low income families, Westminster Parliamentary Constituency")
        ),
        "1_Relative_Local_Authority": relative(),
    }
    assert {row.period.year: row.value for row in read_workbook(indicator, parts)} == PERCENTAGES


RELATIVE_2026: dict[str, Rows] = {
    "2_AHC_Relative_LA": table(header([2024, 2025]), title_row=title("Relative low income, Local Authority")),
    "4_AHC_Relative_Ward": table(header([2024, 2025]), title_row=title("Relative low income, Ward")),
    "7_BHC_Relative_LA": table(
        header([2022, 2023, 2024, 2025]),
        ["Hartlepool", HARTLEPOOL, *HARTLEPOOL_2026],
        title_row=title("Relative low income, Local Authority"),
        header_row=9,
    ),
    "8_BHC_Absolute_LA": table(header([2024, 2025]), title_row=title("Absolute low income, Local Authority")),
    "11_BHC_Relative_Ward": table(header([2024, 2025]), title_row=title("Relative low income, Ward")),
}


def test_the_release_of_2026_is_read_before_housing_costs_and_unrounded(indicator: Indicator) -> None:
    cover: Rows = [["Published: 26 March 2026"]]
    rows = read_workbook(of(indicator, HARTLEPOOL), {"Cover": cover, **RELATIVE_2026}, "2022 to 2025")
    assert [row.value for row in rows] == [25.7665228, 29.2944613, 27.5197002, 27.1839948]
    assert [row.numerator for row in rows] == [4538, 5215, 4994, 5041]
    assert [row.period.label for row in rows] == ["FYE 2022", "FYE 2023", "FYE 2024", "FYE 2025"]
    assert [row.revision for row in rows] == ["", "", "", "p"]
    assert {row.series for row in rows} == {"uk_calibration_from_2022"}


def test_a_table_that_does_not_say_before_housing_costs_is_refused_beside_one_after_them(indicator: Indicator) -> None:
    parts = {"Cover": COVER, "1_Relative_LA": relative(), "2_AHC_Relative_LA": RELATIVE_2026["2_AHC_Relative_LA"]}
    with pytest.raises(SourceError, match="one sheet of relative low income before housing costs"):
        read_workbook(indicator, parts)


# Which series a workbook is


@pytest.mark.parametrize(
    ("published", "series"),
    [
        ("31 March 2022", "regional_calibration"),
        ("23 March 2023", "regional_calibration"),
        ("21 March 2024", "regional_calibration"),
        ("27 March 2025", "uk_calibration"),
    ],
)
def test_the_workbook_decides_the_series_of_all_its_years(indicator: Indicator, published: str, series: str) -> None:
    parts: dict[str, Rows] = {"Cover": [[f"Published: {published}"]], "1_Relative_Local_Authority": relative()}
    assert {row.series for row in read_workbook(indicator, parts)} == {series}


def test_without_a_day_on_the_cover_the_release_page_says_when(read: Read) -> None:
    answers = edition({"1_Relative_Local_Authority": relative()}, published="2025-03-27")
    assert {row.series for row in read("children_low_income", answers)} == {"uk_calibration"}


def test_a_workbook_of_no_known_edition_is_refused_with_what_to_do(indicator: Indicator) -> None:
    parts: dict[str, Rows] = {"Cover": [["Published: 25 March 2027"]], "1_Relative_Local_Authority": relative()}
    with pytest.raises(SourceError, match=r"starts in FYE 2015 and was published on 2027-03-25.*add a series"):
        read_workbook(indicator, parts)


def test_an_edition_of_an_undescribed_series_is_an_error_of_the_plan(indicator: Indicator) -> None:
    wrong = asking(indicator, editions=[{"series": "nowhere", "first_year": 2015}])
    with pytest.raises(PlanError, match="“nowhere”"):
        read_workbook(wrong, {"Cover": COVER, "1_Relative_Local_Authority": relative()})


# What is refused


def replaced(rows: Rows, row: int, column: int, cell: object) -> Rows:
    changed = [list(one) for one in rows]
    changed[row][column] = cell
    return changed


NO_SUCH_SHEET = "one sheet of relative low income"
DAMAGED: dict[str, tuple[dict[str, Rows], str]] = {
    "no table": ({"Cover": COVER}, f"{NO_SUCH_SHEET}.*came 0 among"),
    "only the absolute table": (
        {"2_Absolute_Local_Authority": table(header(), title_row=title("Absolute low income, Local Authority"))},
        NO_SUCH_SHEET,
    ),
    "two tables": ({"1_Relative_LA": relative(), "3_Relative_LA": relative()}, f"{NO_SUCH_SHEET}.*came 2 among"),
    "a name that says relative over a title that says absolute": (
        {"1_Relative_LA": [title("Absolute low income, Local Authority"), *relative()[1:]]},
        NO_SUCH_SHEET,
    ),
    "no header": ({"1_Relative_LA": relative()[:9]}, "one row with a column “Area Code”"),
    "two headers": ({"1_Relative_LA": table(header(), tower_hamlets(), header())}, "came 2 such rows"),
    "children of all ages": (
        {"1_Relative_LA": [["Relative low income families, Local Authority"], *relative()[1:]]},
        "a table of children aged under 16",
    ),
    "no area": ({"1_Relative_LA": table(header())}, "one row for E09000030; came 0 rows"),
    "another area only": (
        {"1_Relative_LA": replaced(relative(), 10, 1, "E09000012")},
        "one row for E09000030; came 0 rows",
    ),
    "an area twice": (
        {"1_Relative_LA": table(header(), tower_hamlets(), tower_hamlets())},
        "one row for E09000030; came 2 rows",
    ),
    "a number without its percentage": (
        {"1_Relative_LA": replaced(relative(), 9, 15, "Comment")},
        "a number and a percentage for each year",
    ),
    "a column twice": (
        {"1_Relative_LA": replaced(relative(), 9, 15, "Percentage of children FYE 2020 (%)")},
        "one such column for each year; came a second",
    ),
    "a column of something else": (
        {"1_Relative_LA": replaced(relative(), 9, 15, "Percentage of children FYE 2021 after housing costs")},
        "“Number of children FYE …”",
    ),
    "an unknown mark": (
        {"1_Relative_LA": replaced(relative(), 9, 15, "Percentage of children FYE 2021 (%) [b]")},
        r"the marks \[p\], \[r\] and \[note …\]",
    ),
    "an unknown symbol": (
        {"1_Relative_LA": replaced(relative(), 10, 15, "..")},
        r"a number; came '\.\.'.*sheet “1_Relative_LA”, row 11, column “Percentage of children FYE 2021",
    ),
    "an empty cell": ({"1_Relative_LA": replaced(relative(), 10, 15, None)}, "came an empty cell"),
    "a percentage among fractions": (
        {"1_Relative_LA": replaced(relative(), 10, 15, 25.3)},
        "a percentage from 0 to 100; came 2530.0 %",
    ),
    "a share a hundred times too small": (
        {"1_Relative_LA": replaced(relative(), 10, 15, 0.00253)},
        "a share of 3000 to 300000 children",
    ),
    "a cover with no day": (
        {"Cover": [["Published: 31 Mars 2022"]], "1_Relative_LA": relative()},
        "a day such as 31 March 2022",
    ),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_workbook_in_doubt_is_refused(indicator: Indicator, damage: str) -> None:
    parts, said = DAMAGED[damage]
    with pytest.raises(SourceError, match=said):
        read_workbook(indicator, {"Cover_sheet": COVER, **parts} if "Cover" not in parts else parts)


def test_percentages_that_are_neither_fractions_nor_per_hundred_are_refused(indicator: Indicator) -> None:
    counts_twice = [*tower_hamlets()[:9], *NUMBERS.values()]
    with pytest.raises(SourceError, match="percentages as fractions or per hundred"):
        read_workbook(indicator, {"Cover": COVER, "1_Relative_LA": table(header(), counts_twice)})


@pytest.mark.parametrize(("symbol", "status"), dwp_workbook.STATUSES.items())
def test_a_symbol_says_why_a_figure_is_missing(indicator: Indicator, symbol: str, status: str) -> None:
    rows = read_workbook(indicator, {"Cover": COVER, "1_Relative_LA": replaced(relative(), 10, 15, symbol)})
    figure = one(rows, year=2021)
    assert (figure.value, figure.status, figure.source_text, figure.numerator) == (None, status, symbol, 16931)


def test_a_number_that_is_missing_leaves_the_percentage(indicator: Indicator) -> None:
    rows = read_workbook(indicator, {"Cover": COVER, "1_Relative_LA": replaced(relative(), 10, 8, "[x]")})
    assert (one(rows, year=2021).value, one(rows, year=2021).numerator) == (25.3, None)


@given(
    st.lists(
        st.tuples(st.integers(6_000, 150_000), st.decimals("0.05", "0.6", places=3)).map(
            lambda pair: (round(pair[0] * float(pair[1])), pair[1])
        ),
        min_size=7,
        max_size=7,
    )
)
def test_fractions_and_percentages_give_the_same_figures(pairs: list[tuple[int, Any]]) -> None:
    counts = [count for count, _ in pairs]

    def values(shares: list[float]) -> list[float | None]:
        rows = table(header(), ["Tower Hamlets", TOWER_HAMLETS, *counts, *shares])
        found = dwp_workbook.read_table(Sheet("1_Relative_LA", rows_of(rows), snapshot(b"")))
        fractions = dwp_workbook.are_fractions(found)
        return [dwp_workbook.read_figure(found, 10, year, fractions).value for year in found.years]

    as_fractions = values([float(share) for _, share in pairs])
    assert as_fractions == values([float(share * 100) for _, share in pairs])
    assert as_fractions == [float(share * 100) for _, share in pairs]


def rows_of(rows: Rows) -> list[list[object]]:
    width = max(map(len, rows))
    return [[*row, *[""] * (width - len(row))] for row in rows]


# What comes on the way to the workbook


def test_a_page_that_is_not_json_is_refused(read: Read) -> None:
    answers = Answers(
        date(2026, 11, 22),
        (Answer("GET", f"{govuk.CONTENT}{dwp_low_income.COLLECTION}", b"<html>", media_type="text/html"),),
    )
    with pytest.raises(SourceError, match="expected JSON"):
        read("children_low_income", answers)


def test_the_workbook_of_another_release_than_the_page_is_refused(read: Read) -> None:
    answers = edition({"Cover": COVER, "1_Relative_LA": relative()}, years="2014-to-2022")
    with pytest.raises(SourceError, match=r"the years of the release.*2014 to 2022.*came years to FYE 2021"):
        read("children_low_income", answers)


def test_a_workbook_without_sheets_is_refused(read: Read) -> None:
    with pytest.raises(SourceError, match="a spreadsheet"):
        read("children_low_income", answers_with(b"PK\x05\x06" + bytes(18)))


def test_the_release_is_kept_with_the_bytes(plan: Plan, live_client: MakeClient) -> None:
    client = live_client("dwp_low_income")
    fetched = by_role(dwp_low_income.fetch(client, plan.indicators_of("dwp_low_income")))
    assert fetched["workbook"].receipt.release == "Children in low income families: local area statistics 2014 to 2021"
    assert fetched["workbook"].receipt.url.startswith("https://assets.publishing.service.gov.uk/")
