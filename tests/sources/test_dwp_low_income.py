"""DWP's children in low income families: the right table of the newest workbook is read, and doubt refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources import SAMPLES, dwp_low_income
from sources.publishers import dwp_areas, dwp_workbook, govuk
from sources.reading.files import Sheet, sheets
from sources.samples import compose_dwp_low_income
from tests.sources.dwp_answers import (
    ABSOLUTE,
    COVER,
    ENGLAND,
    HARTLEPOOL,
    HARTLEPOOL_2026,
    LONDON,
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
from thindicators.errors import PlanError, SourceError
from thindicators.fetching.answers import Answer, Answers, load_answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot, by_role
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator, Plan

SAMPLE = SAMPLES / "dwp_low_income"
VINTAGE_2022 = SAMPLE / "vintages" / "2022-03-31"
REAL_WORKBOOK = "dwp/children-in-low-income-families-local-area-statistics-2014-to-2021.xlsx"
REAL_WORKBOOK_2026 = "dwp/children-in-low-income-families-local-area-statistics-2022-2025.ods"

Read = Callable[..., list[Observation]]
MakeClient = Callable[..., Client]


@pytest.fixture
def indicator(plan: Plan) -> Indicator:
    """For Tower Hamlets alone; the tests that are about regions say so."""
    return of(plan.indicators["children_low_income"], TOWER_HAMLETS).with_only_peers(())


@pytest.fixture
def real_answers() -> Answers:
    return answers_with(real(REAL_WORKBOOK).read_bytes())


def read_workbook(
    indicator: Indicator, parts: Mapping[str, Rows], years: str = "2014 to 2021"
) -> list[Observation]:
    file = snapshot(workbook(parts), "workbook", release=f"Children in low income families {years}")
    return dwp_low_income.parse(indicator, {"workbook": file})


# The sample

FIGURES_2026 = {
    TOWER_HAMLETS: [13788, 15176, 14708, 14969, 57670, 57795, 56635, 56085, 23.9, 26.3, 26.0, 26.7],
    LONDON: [
        241711,
        258436,
        255239,
        265040,
        1691655,
        1696925,
        1701203,
        1698384,
        14.3,
        15.2,
        15.0,
        15.6,
    ],
    ENGLAND: [
        1947994,
        2109334,
        2063574,
        2130682,
        10467816,
        10581013,
        10703266,
        10768248,
        18.6,
        19.9,
        19.3,
        19.8,
    ],
}
"""Numbers, all children and percentages of FYE 2022 to 2025, from the workbook of 26 March 2026."""


def of_area(rows: list[Observation], area: str) -> list[object]:
    found = [row for row in rows if row.area_code == area]
    numbers = [*(row.numerator for row in found), *(row.denominator for row in found)]
    return [*numbers, *(None if row.value is None else round(row.value, 1) for row in found)]


@pytest.mark.parametrize("area", FIGURES_2026)
def test_the_sample_has_the_figures_of_the_release_of_march_2026(read: Read, area: str) -> None:
    rows = read("children_low_income")
    assert of_area(rows, area) == FIGURES_2026[area]
    assert [row.period.year for row in rows if row.area_code == area] == [2022, 2023, 2024, 2025]
    assert {(row.unit, row.status, row.breakdown, row.category) for row in rows} == {
        ("percent", "", "total", "total")
    }
    assert {row.series for row in rows} == {"uk_calibration_from_2022"}


def test_a_period_is_a_financial_year_in_the_publishers_words(read: Read) -> None:
    figure = one(read("children_low_income"), year=2025, area_code=TOWER_HAMLETS)
    assert (figure.period.iso, figure.period.label) == ("2024-04-01/P1Y", "FYE 2025")


def test_all_figures_of_the_release_of_2026_are_provisional(read: Read) -> None:
    assert {row.revision for row in read("children_low_income")} == {"p"}


def test_the_cell_is_kept_letter_for_letter(read: Read) -> None:
    rows = read("children_low_income")
    assert one(rows, year=2025, area_code=TOWER_HAMLETS).source_text == "0.26689845769813675"
    assert one(rows, year=2025, area_code=ENGLAND).source_text == "2130682 / 10768248"


def test_a_figure_that_dwp_does_not_print_says_how_it_was_made(read: Read) -> None:
    rows = read("children_low_income")
    assert one(rows, year=2025, area_code=ENGLAND).note == (
        "DWP's workbook has no row for England. This project has added up its nine regions: 2,130,682 of 10,768,248 "
        "children. How many children a region has follows from its number and its unrounded share."
    )
    assert {row.note for row in rows if row.area_code != ENGLAND} == {""}


def test_the_sample_workbooks_are_composed_from_their_origins() -> None:
    for sample in compose_dwp_low_income.EDITIONS:
        composed = sample.compose(compose_dwp_low_income.read_figures(sample.folder))
        assert (sample.folder / sample.file).read_bytes() == composed


@pytest.mark.parametrize("folder", [SAMPLE, VINTAGE_2022], ids=["2026", "2022"])
def test_every_figure_of_a_sample_has_its_origin(read: Read, folder: Path) -> None:
    sheets_read = ("5_BHC_Relative_Region", "7_BHC_Relative_LA", "1_Relative_Local_Authority")
    figures = compose_dwp_low_income.read_figures(folder)
    origin = {key[1:]: float(value) for key, value in figures.items() if key[0] in sheets_read}
    rows = [
        row for row in read("children_low_income", load_answers(folder)) if row.area_code != ENGLAND
    ]
    for row in (row for row in rows if row.value is not None):
        assert row.value == pytest.approx(
            origin["children_low_income", row.area_code, row.period.label], abs=1e-9
        )
        assert row.numerator == origin["number of children", row.area_code, row.period.label]


# The release of March 2022, as it is kept among the samples


@pytest.mark.parametrize("year", NUMBERS)
def test_the_release_of_march_2022_has_its_own_figures(read: Read, year: int) -> None:
    figure = one(
        read("children_low_income", load_answers(VINTAGE_2022)), year=year, area_code=TOWER_HAMLETS
    )
    assert (figure.value, figure.numerator, figure.denominator) == (
        PERCENTAGES[year],
        NUMBERS[year],
        None,
    )
    assert (figure.lower_ci_95, figure.upper_ci_95) == (None, None)
    assert figure.series == "regional_calibration"
    assert figure.revision == ("p" if year == 2021 else "")


def test_a_year_that_dwp_warns_of_says_so(read: Read) -> None:
    rows = read("children_low_income", load_answers(VINTAGE_2022))
    notes = {row.period.year: row.note for row in rows if row.area_code == TOWER_HAMLETS}
    assert notes[2020] == ""
    assert "caution" in notes[2021]


@pytest.mark.parametrize("area", [LONDON, ENGLAND])
def test_a_release_without_a_table_by_region_has_no_figure_for_them_and_says_why(
    read: Read, area: str
) -> None:
    rows = [
        row
        for row in read("children_low_income", load_answers(VINTAGE_2022))
        if row.area_code == area
    ]
    assert [row.period.year for row in rows] == list(NUMBERS)
    assert {
        (row.value, row.numerator, row.status, row.revision, row.source_text) for row in rows
    } == {(None, None, "x", "", "")}
    assert {row.note for row in rows} == {dwp_areas.NO_REGIONS}


# DWP's own workbook of March 2026


@pytest.fixture(scope="module")
def real_2026(plan: Plan) -> list[Sheet]:
    return sheets(
        snapshot(real(REAL_WORKBOOK_2026).read_bytes(), "workbook", release="2022 to 2025")
    )


@pytest.mark.parametrize(
    "kind", [dwp_workbook.AUTHORITIES, dwp_workbook.REGIONS], ids=lambda kind: kind.name
)
def test_every_number_and_share_of_it_give_a_whole_number_of_children(
    real_2026: list[Sheet], kind: dwp_workbook.Kind
) -> None:
    table = dwp_workbook.relative_table(real_2026, kind)
    figures = [figure for year in table.years for figure in figures_in(table, year)]
    assert len(figures) == 4 * (362 if kind is dwp_workbook.AUTHORITIES else 13)
    for children, share in figures:
        assert children / round(children / share) == share
    assert table.unrounded


def figures_in(
    table: dwp_workbook.Table, year: dwp_workbook.Year, start: str = ""
) -> list[tuple[float, float]]:
    """Numbers and shares of the areas whose code starts so; also of those too small for a figure to be read."""
    rows = [row for _, code, row in table.rows() if code and code.startswith(start)]
    return [(float(str(row[year.number])), float(str(row[year.percentage]))) for row in rows]


def test_the_children_of_its_regions_are_those_of_its_authorities_and_of_the_united_kingdom(
    real_2026: list[Sheet],
) -> None:
    """So England's denominator is exact, and its numerator misses by what single numbers are disturbed."""
    authorities = dwp_workbook.relative_table(real_2026, dwp_workbook.AUTHORITIES)
    regions = dwp_workbook.relative_table(real_2026, dwp_workbook.REGIONS)
    for year in authorities.years:
        whole = total(regions, year, "E12")
        assert whole[1] == total(authorities, year, "E0")[1]
        nations = [total(regions, year, start) for start in ("E12", "W", "S", "N")]
        kingdom = total(regions, year, "K")
        assert sum(one[1] for one in nations) == kingdom[1]
        assert abs(sum(one[0] for one in nations) - kingdom[0]) <= 2
        assert abs(whole[0] - total(authorities, year, "E0")[0]) < 50
        assert total(regions, year, LONDON)[1] == total(authorities, year, "E09")[1]


def total(table: dwp_workbook.Table, year: dwp_workbook.Year, start: str) -> tuple[float, float]:
    """The children in low income, and all children, of the areas whose code starts so."""
    figures = figures_in(table, year, start)
    return sum(children for children, _ in figures), sum(
        round(children / share) for children, share in figures
    )


def test_it_is_fetched_and_read(read: Read) -> None:
    content = real(REAL_WORKBOOK_2026).read_bytes()
    rows = read("children_low_income", answers_with(content, "2022-to-2025", "2026-03-26"))
    for area, figures in FIGURES_2026.items():
        assert of_area(rows, area) == figures
    assert {row.revision for row in rows} == {"p"}
    assert {row.series for row in rows} == {"uk_calibration_from_2022"}


# DWP's own workbook of March 2022, saved again as Strict OOXML

REAL_ROWS = {
    TOWER_HAMLETS: [*NUMBERS.values(), *PERCENTAGES.values()],
    "E09000012": [
        9215,
        9621,
        10053,
        12120,
        12985,
        14117,
        12322,
        16.9,
        17.3,
        17.7,
        21.1,
        22.4,
        24.3,
        21.3,
    ],
    "E09000025": [
        17029,
        17339,
        18284,
        20265,
        21087,
        22221,
        19661,
        22.8,
        22.9,
        23.6,
        26.1,
        26.8,
        28.4,
        25.1,
    ],
    HARTLEPOOL: [
        3333,
        3505,
        4114,
        4549,
        4481,
        5202,
        5417,
        18.9,
        19.9,
        23.2,
        25.6,
        25.0,
        28.9,
        30.1,
    ],
    "E08000025": [
        68940,
        77296,
        80997,
        86565,
        89156,
        96684,
        91470,
        27.3,
        30.4,
        31.5,
        33.4,
        34.3,
        37.4,
        35.6,
    ],
    "W06000015": [
        11727,
        11607,
        11467,
        12463,
        12489,
        14059,
        17358,
        18.0,
        17.6,
        17.2,
        18.6,
        18.5,
        20.8,
        25.5,
    ],
    "N09000003": [
        15736,
        17112,
        17182,
        15457,
        16605,
        15369,
        15278,
        23.8,
        25.7,
        25.7,
        22.9,
        24.4,
        22.4,
        22.4,
    ],
}


@pytest.mark.filterwarnings("ignore:File contains an invalid specification")
def test_a_workbook_in_strict_ooxml_shows_other_readers_no_sheets() -> None:
    assert openpyxl.load_workbook(real(REAL_WORKBOOK)).sheetnames == []


@pytest.fixture(scope="module")
def real_rows(plan: Plan) -> list[Observation]:
    file = snapshot(
        real(REAL_WORKBOOK).read_bytes(), "workbook", release="local area statistics 2014 to 2021"
    )
    return dwp_low_income.parse(
        of(plan.indicators["children_low_income"], *REAL_ROWS), {"workbook": file}
    )


@pytest.mark.parametrize("area", REAL_ROWS)
def test_dwps_own_workbook_is_read_cell_by_cell(real_rows: list[Observation], area: str) -> None:
    rows = [row for row in real_rows if row.area_code == area]
    assert [row.numerator for row in rows] + [row.value for row in rows] == REAL_ROWS[area]
    assert [row.period.year for row in rows] == list(NUMBERS)


def test_dwps_own_workbook_is_fetched_and_read(read: Read, real_answers: Answers) -> None:
    rows = [
        row for row in read("children_low_income", real_answers) if row.area_code == TOWER_HAMLETS
    ]
    assert {row.period.year: row.value for row in rows} == PERCENTAGES
    assert {row.series for row in rows} == {"regional_calibration"}
    assert one(rows, year=2017).source_text == "0.23800000000000002"
    assert one(rows, year=2021).revision == "p"


def test_the_boroughs_of_dwps_own_workbook_add_to_the_count_of_london() -> None:
    found = sheets(snapshot(real(REAL_WORKBOOK).read_bytes()))
    whole = dwp_workbook.relative_table(found, dwp_workbook.AUTHORITIES)
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
    found = read_workbook(
        indicator, {"Cover": COVER, "Contents": [["Table of contents"]], name: rows}
    )
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
            header(),
            title_row=title("Relative low income families, Westminster Parliamentary Constituency"),
        ),
        "1_Relative_Local_Authority": relative(),
    }
    assert {row.period.year: row.value for row in read_workbook(indicator, parts)} == PERCENTAGES


def header_2026(years: range, name: str = "Local Authority [note 2]") -> list[object]:
    counts = [f"Number of children \nFYE {year}" for year in years]
    return [
        name,
        "Area Code",
        *counts,
        *(f"Percentage of children \nFYE {year}\n(%)\n[note 3]" for year in years),
    ]


FOUR, TWO = range(2022, 2026), range(2024, 2026)
BEFORE, AFTER = "Before Housing Costs", "After Housing Costs"
NOTES: Rows = [
    ["Notes"],
    [
        "[Note 1] ",
        "Figures within these tables are provisional and may be subject to revision in subsequent releases. ",
    ],
]
WORKBOOK_2026: dict[str, Rows] = {
    "Cover": [["Published: 26 March 2026"]],
    "Notes": NOTES,
    "2_AHC_Relative_LA": table(
        header_2026(TWO), title_row=title(f"Relative low income families, {AFTER}, Local Authority")
    ),
    "4_AHC_Relative_Ward": table(
        header_2026(TWO), title_row=title(f"Relative low income families, {AFTER}, Ward")
    ),
    "7_BHC_Relative_LA": table(
        header_2026(FOUR),
        ["Hartlepool", HARTLEPOOL, *HARTLEPOOL_2026],
        title_row=title("Relative low income families, Before  Housing Costs Local Authority"),
        header_row=9,
    ),
    "8_BHC_Absolute_LA": table(
        header_2026(FOUR),
        title_row=title(f"Absolute low income families, {BEFORE},  Local Authority"),
    ),
    "11_BHC_Relative_Ward": table(
        header_2026(FOUR), title_row=title(f"Relative low income families, {BEFORE}, Ward")
    ),
}


def regions(change: Callable[[list[object]], list[object]] = list) -> Rows:
    """The rows by region that the sample has, each changed."""
    sheet = next(one for one in sheets(sample_workbook()) if one.name == "5_BHC_Relative_Region")
    return [change(list(row)) if str(row[1])[1:].isdigit() else list(row) for row in sheet.rows]


def sample_workbook() -> Snapshot:
    content = next(one.content for one in load_answers(SAMPLE).answers if one.url.endswith(".ods"))
    return snapshot(content, "workbook", release="2022 to 2025")


def test_the_release_of_2026_is_read_before_housing_costs_and_unrounded(
    indicator: Indicator,
) -> None:
    parts = {**WORKBOOK_2026, "5_BHC_Relative_Region": regions()}
    rows = read_workbook(of(indicator, HARTLEPOOL), parts, "2022 to 2025")
    assert [row.value for row in rows] == [
        25.7665228253,
        29.2944612965,
        27.5197002259,
        27.1839948231,
    ]
    assert [row.numerator for row in rows] == [4538, 5215, 4994, 5041]
    assert [row.denominator for row in rows] == [17612, 17802, 18147, 18544]
    assert [row.period.label for row in rows] == ["FYE 2022", "FYE 2023", "FYE 2024", "FYE 2025"]
    assert {(row.revision, row.series) for row in rows} == {("p", "uk_calibration_from_2022")}


def test_a_table_that_does_not_say_before_housing_costs_is_refused_beside_one_after_them(
    indicator: Indicator,
) -> None:
    parts = {
        "Cover": COVER,
        "1_Relative_LA": relative(),
        "2_AHC_Relative_LA": WORKBOOK_2026["2_AHC_Relative_LA"],
    }
    with pytest.raises(SourceError, match="one sheet of relative low income before housing costs"):
        read_workbook(indicator, parts)


def test_a_workbook_that_does_not_say_what_is_provisional_is_refused(indicator: Indicator) -> None:
    parts: dict[str, Rows] = {
        **WORKBOOK_2026,
        "5_BHC_Relative_Region": regions(),
        "Notes": [["Notes"]],
    }
    with pytest.raises(
        SourceError, match=r"“Figures within these tables are provisional”.*came neither"
    ):
        read_workbook(of(indicator, HARTLEPOOL), parts, "2022 to 2025")


def test_the_note_of_2022_is_not_taken_for_one_about_all_figures(indicator: Indicator) -> None:
    notes: Rows = [["Notes"], [1, "Figures for the latest year are marked as provisional."]]
    rows = read_workbook(indicator, {"Cover": COVER, "Notes": notes, "1_Relative_LA": relative()})
    assert [row.revision for row in rows] == [*[""] * 6, "p"]


# Regions and England


def region_figures(indicator: Indicator, by_region: Rows | None, *areas: str) -> list[Observation]:
    more = {} if by_region is None else {"5_BHC_Relative_Region": by_region}
    return read_workbook(
        of(indicator, *(areas or (ENGLAND,))), {**WORKBOOK_2026, **more}, "2022 to 2025"
    )


def test_a_release_from_2026_without_its_table_by_region_is_refused(indicator: Indicator) -> None:
    with pytest.raises(SourceError, match="before housing costs by region; came 0 among"):
        region_figures(indicator, None)


def test_england_is_not_made_of_rounded_shares(indicator: Indicator) -> None:
    rounded = regions(lambda row: [*row[:6], *(round(float(str(share)), 3) for share in row[6:10])])
    rows = region_figures(indicator, rounded, LONDON, ENGLAND)
    england = [row for row in rows if row.area_code == ENGLAND]
    assert {(row.value, row.denominator, row.status, row.note) for row in england} == {
        (None, None, "x", dwp_areas.ROUNDED)
    }
    assert [row.value for row in rows if row.area_code == LONDON] == [14.3, 15.2, 15.0, 15.6]
    assert {row.denominator for row in rows} == {None}


def test_england_is_not_made_of_regions_that_are_not_all_of_it(indicator: Indicator) -> None:
    """A region that is another size than in the United Kingdom's figure, as when boundaries are mixed."""
    smaller = regions(
        lambda row: [*row[:9], float(str(row[5])) / 400_000] if row[1] == "E12000001" else row
    )
    rows = region_figures(indicator, smaller)
    assert [(row.value is None, row.note == dwp_areas.NOT_ALL) for row in rows] == [
        (False, False)
    ] * 3 + [(True, True)]


def test_england_is_not_made_without_a_regions_figure(indicator: Indicator) -> None:
    missing = regions(lambda row: [*row[:9], "[x]"] if row[1] == "E12000009" else row)
    assert [row.status for row in region_figures(indicator, missing)] == ["", "", "", "x"]


def test_england_is_taken_as_it_is_where_the_table_has_a_row_for_it(indicator: Indicator) -> None:
    table_rows = regions()
    numbers = [
        1947000,
        2109000,
        2063000,
        2130000,
        *(n / 10_500_000 for n in (1947000, 2109000, 2063000, 2130000)),
    ]
    rows = region_figures(indicator, [*table_rows, ["England", ENGLAND, *numbers]])
    assert [row.numerator for row in rows] == numbers[:4]
    assert {row.note for row in rows} == {""}


def test_tables_of_different_years_are_refused(indicator: Indicator) -> None:
    shorter = [[*row[:2], *row[3:6], *row[7:10]] if len(row) > 9 else row for row in regions()]
    with pytest.raises(SourceError, match=r"the years of the table by local authority, \[2022"):
        region_figures(indicator, shorter)


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
def test_the_workbook_decides_the_series_of_all_its_years(
    indicator: Indicator, published: str, series: str
) -> None:
    parts: dict[str, Rows] = {
        "Cover": [[f"Published: {published}"]],
        "1_Relative_Local_Authority": relative(),
    }
    assert {row.series for row in read_workbook(indicator, parts)} == {series}


def test_without_a_day_on_the_cover_the_release_page_says_when(read: Read) -> None:
    answers = edition({"1_Relative_Local_Authority": relative()}, published="2025-03-27")
    assert {row.series for row in read("children_low_income", answers)} == {"uk_calibration"}


def test_a_workbook_of_no_known_edition_is_refused_with_what_to_do(indicator: Indicator) -> None:
    parts: dict[str, Rows] = {
        "Cover": [["Published: 25 March 2027"]],
        "1_Relative_Local_Authority": relative(),
    }
    with pytest.raises(
        SourceError, match=r"starts in FYE 2015 and was published on 2027-03-25.*add a series"
    ):
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
        {
            "2_Absolute_Local_Authority": table(
                header(), title_row=title("Absolute low income, Local Authority")
            )
        },
        NO_SUCH_SHEET,
    ),
    "two tables": (
        {"1_Relative_LA": relative(), "3_Relative_LA": relative()},
        f"{NO_SUCH_SHEET}.*came 2 among",
    ),
    "a name that says relative over a title that says absolute": (
        {"1_Relative_LA": [title("Absolute low income, Local Authority"), *relative()[1:]]},
        NO_SUCH_SHEET,
    ),
    "no header": ({"1_Relative_LA": relative()[:9]}, "one row with a column “Area Code”"),
    "two headers": (
        {"1_Relative_LA": table(header(), tower_hamlets(), header())},
        "came 2 such rows",
    ),
    "children of all ages": (
        {"1_Relative_LA": [["Relative low income families, Local Authority"], *relative()[1:]]},
        "a table of children aged under 16",
    ),
    "a number without its percentage": (
        {"1_Relative_LA": replaced(relative(), 9, 15, "Comment")},
        "a number and a percentage for each year",
    ),
    "a column of something else": (
        {
            "1_Relative_LA": replaced(
                relative(), 9, 15, "Percentage of children FYE 2021 after housing costs"
            )
        },
        "“Number of children FYE …”",
    ),
    "an unknown mark": (
        {"1_Relative_LA": replaced(relative(), 9, 15, "Percentage of children FYE 2021 (%) [b]")},
        r"the marks \[p\], \[r\] and \[note …\]",
    ),
    "a percentage among fractions": (
        {"1_Relative_LA": replaced(relative(), 10, 15, 25.3)},
        "a percentage from 0 to 100; came 2530.0 %",
    ),
    "a share of three hundred digits": (
        {"1_Relative_LA": replaced(relative(), 10, 15, 1e300)},
        "a percentage from 0 to 100; came 1e",
    ),
    "a share below nothing": (
        {"1_Relative_LA": replaced(relative(), 10, 15, -0.253)},
        "a percentage from 0 to 100; came -25.3 %",
    ),
    "a number of three hundred digits": (
        {"1_Relative_LA": replaced(relative(), 10, 8, 1e308)},
        "a share of 3000 to 300000 children",
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


def test_a_number_without_end_in_another_area_s_row_tells_no_population(
    indicator: Indicator,
) -> None:
    other = replaced([tower_hamlets()], 0, 1, "E09000012")
    other = replaced(replaced(other, 0, 2, 1e308), 0, 9, 1e-5)
    sheet = table(header(), *other, tower_hamlets())
    rows = read_workbook(indicator, {"Cover_sheet": COVER, "1_Relative_LA": sheet})
    assert {row.denominator for row in rows if row.area_code == "E09000030"} == {None}


def test_percentages_that_are_neither_fractions_nor_per_hundred_are_refused(
    indicator: Indicator,
) -> None:
    counts_twice = [*tower_hamlets()[:9], *NUMBERS.values()]
    with pytest.raises(SourceError, match="percentages as fractions or per hundred"):
        read_workbook(indicator, {"Cover": COVER, "1_Relative_LA": table(header(), counts_twice)})


@pytest.mark.parametrize(("symbol", "status"), dwp_workbook.STATUSES.items())
def test_a_symbol_says_why_a_figure_is_missing(
    indicator: Indicator, symbol: str, status: str
) -> None:
    rows = read_workbook(
        indicator, {"Cover": COVER, "1_Relative_LA": replaced(relative(), 10, 15, symbol)}
    )
    figure = one(rows, year=2021)
    assert (figure.value, figure.status, figure.source_text, figure.numerator) == (
        None,
        status,
        symbol,
        16931,
    )


def test_a_number_that_is_missing_leaves_the_percentage(indicator: Indicator) -> None:
    rows = read_workbook(
        indicator, {"Cover": COVER, "1_Relative_LA": replaced(relative(), 10, 8, "[x]")}
    )
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
        return [dwp_workbook.read_figure(found, 10, year).value for year in found.years]

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
        (
            Answer(
                "GET",
                f"{govuk.CONTENT}{dwp_low_income.COLLECTION}",
                b"<html>",
                media_type="text/html",
            ),
        ),
    )
    with pytest.raises(SourceError, match="expected JSON"):
        read("children_low_income", answers)


def test_the_workbook_of_another_release_than_the_page_is_refused(read: Read) -> None:
    answers = edition({"Cover": COVER, "1_Relative_LA": relative()}, years="2014-to-2022")
    with pytest.raises(
        SourceError, match=r"the years of the release.*2014 to 2022.*came years to FYE 2021"
    ):
        read("children_low_income", answers)


def test_a_workbook_without_sheets_is_refused(read: Read) -> None:
    with pytest.raises(SourceError, match="a spreadsheet"):
        read("children_low_income", answers_with(b"PK\x05\x06" + bytes(18)))


def test_the_release_is_kept_with_the_bytes(plan: Plan, live_client: MakeClient) -> None:
    client = live_client("dwp_low_income")
    fetched = by_role(dwp_low_income.fetch(client, plan.indicators_of("dwp_low_income")))
    assert (
        fetched["workbook"].receipt.release
        == "Children in low income families: local area statistics 2022 to 2025"
    )
    assert fetched["workbook"].receipt.url.startswith("https://assets.publishing.service.gov.uk/")
