"""ONS Annual Population Survey: rates with their limits and counts, for Decembers, by the names of the variables."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from sources import SAMPLES, ons_aps
from sources.reading.files import sheets, words
from tests.sources.publishers.nomis_bodies import (
    AREAS,
    ENGLAND,
    LONDON,
    MISSING,
    NORMAL,
    TOWER_HAMLETS,
    Row,
    code_answer,
    code_list,
    data_answer,
    snapshot,
    table,
)
from tests.sources.sample_readings import origins_in
from tests.support import NOW, one, real
from thindicators.areas.register import register
from thindicators.errors import PlanError, SourceError
from thindicators.fetching.answers import Answers, load_answers
from thindicators.observations.observation import KEY, Observation, table_of
from thindicators.plan.model import Plan
from thindicators.plan.rules import Finding

Read = Callable[..., list[Observation]]

RATE = "Employment rate - aged 16-64"
NVQ1 = "% with NVQ1 only - aged 16-64"
NAMES = {
    "45": RATE,
    "54": "Employment rate males - aged 16-64",
    "63": "Employment rate females - aged 16-64",
    "594": "aged 16-64 employment rate - ethnic minority",
    "1207": "Employment rate - aged 16-24",
}
NO_SAMPLE_3_TO_9 = (
    "Estimate and confidence interval unreliable since the group sample size is small (3-9)."
)
NO_SAMPLE_0_TO_2 = "Estimate and confidence interval not available since the group sample size is zero or disclosive (0-2)."


# --- the sample: published figures, read by the live code over HTTP -----------------------------------------------


@pytest.mark.parametrize(
    ("area", "year", "value", "lower", "upper", "in_work", "people"),
    [
        (TOWER_HAMLETS, 2004, 53.2, 49.7, 56.7, 78_300, 147_100),
        (TOWER_HAMLETS, 2010, 61.1, 57.3, 64.9, 111_400, 182_300),
        (TOWER_HAMLETS, 2015, 70.5, 66.8, 74.2, 152_000, 215_800),
        (TOWER_HAMLETS, 2017, 62.1, 57.8, 66.4, 139_900, 225_100),
        (TOWER_HAMLETS, 2020, 72.8, 67.0, 78.6, 171_800, 235_800),
        (TOWER_HAMLETS, 2022, 72.8, 67.2, 78.4, 178_600, 245_400),
        (TOWER_HAMLETS, 2023, 66.2, 59.8, 72.6, 161_300, 243_800),
        (LONDON, 2004, 68.1, 67.4, 68.8, 3_433_700, 5_039_000),
        (LONDON, 2015, 72.9, 72.2, 73.6, 4_278_400, 5_867_700),
        (LONDON, 2023, 74.6, 73.5, 75.7, 4_606_700, 6_176_200),
        (ENGLAND, 2004, 72.8, 72.6, 73.0, 23_382_200, 32_101_000),
        (ENGLAND, 2018, 75.4, 75.2, 75.6, 26_169_200, 34_728_600),
        (ENGLAND, 2023, 76.0, 75.6, 76.4, 26_695_000, 35_135_400),
    ],
)
def test_employment_rate(
    area: str,
    year: int,
    value: float,
    lower: float,
    upper: float,
    in_work: int,
    people: int,
    read: Read,
) -> None:
    figure = one(read("employment_rate"), area_code=area, year=year, category="total")
    assert (figure.value, figure.lower_ci_95, figure.upper_ci_95) == (value, lower, upper)
    assert (figure.numerator, figure.denominator) == (in_work, people)
    assert (figure.status, figure.revision, figure.note, figure.unit) == ("", "", "", "percent")
    assert figure.source_text == f"{value:.1f}"


@pytest.mark.parametrize(
    ("area", "year", "value", "lower", "upper", "number", "people"),
    [
        (TOWER_HAMLETS, 2016, 5.5, 3.4, 7.6, 12_200, 223_300),
        (TOWER_HAMLETS, 2017, 5.3, 3.3, 7.3, 12_000, 225_100),
        (TOWER_HAMLETS, 2018, 6.9, 4.4, 9.4, 15_800, 229_700),
        (TOWER_HAMLETS, 2019, 2.2, 0.7, 3.7, 5_300, 235_600),
        (TOWER_HAMLETS, 2020, 5.4, 0.7, 10.1, 12_700, 235_700),
        (TOWER_HAMLETS, 2021, 6.1, 1.8, 10.4, 14_600, 239_200),
        (LONDON, 2016, 7.6, 7.2, 8.0, 448_900, 5_915_300),
        (LONDON, 2021, 5.8, 5.1, 6.5, 351_400, 6_095_200),
        (ENGLAND, 2016, 11.3, 11.1, 11.5, 3_880_600, 34_435_600),
        (ENGLAND, 2021, 9.6, 9.3, 9.9, 3_334_700, 34_720_100),
    ],
)
def test_level_1_qualification(
    area: str,
    year: int,
    value: float,
    lower: float,
    upper: float,
    number: int,
    people: int,
    read: Read,
) -> None:
    figure = one(read("level_1_qualification"), area_code=area, year=year)
    assert (figure.value, figure.lower_ci_95, figure.upper_ci_95) == (value, lower, upper)
    assert (figure.numerator, figure.denominator) == (number, people)
    assert (figure.series, figure.status) == ("nvq", "")


@pytest.mark.parametrize(
    ("indicator", "years"),
    [("employment_rate", range(2004, 2024)), ("level_1_qualification", range(2016, 2022))],
)
def test_every_area_has_every_year(indicator: str, years: range, read: Read, plan: Plan) -> None:
    figures = [row for row in read(indicator) if row.category == "total"]
    for area in AREAS:
        assert sorted(row.period.year for row in figures if row.area_code == area) == list(years)
    assert table_of(figures, plan.area_names).group_by(list(KEY)).aggregate([]).num_rows == len(
        figures
    )


def test_a_period_is_the_calendar_year_in_the_publishers_words(read: Read) -> None:
    figure = one(read("employment_rate"), area_code=TOWER_HAMLETS, year=2023, category="total")
    assert (figure.period.iso, figure.period.label) == ("2023-01-01/P1Y", "Jan 2023-Dec 2023")
    assert figure.period.end == date(2023, 12, 31)


@pytest.mark.parametrize("category", ["female", "male", "ethnic_minority", "16-24"])
def test_a_group_without_published_figures_says_so(category: str, read: Read) -> None:
    for area in AREAS:
        figure = one(read("employment_rate"), area_code=area, category=category)
        assert (figure.value, figure.lower_ci_95, figure.numerator, figure.status) == (
            None,
            None,
            None,
            "x",
        )
        assert figure.note.startswith("These figures are missing from this sample")


@pytest.mark.parametrize("category", ["pakistani_bangladeshi", "disabled", "50-64"])
def test_a_group_that_no_variable_names_says_so(category: str, read: Read) -> None:
    """The codes of these are not known for sure: without the one name that has the words, nothing is taken."""
    for area in AREAS:
        figure = one(read("employment_rate"), area_code=area, category=category)
        assert (figure.value, figure.status, figure.period.year) == (None, "x", 2023)
        assert "names no single variable with the words employment rate" in figure.note


def test_all_groups_of_the_indicator_are_there(read: Read, plan: Plan) -> None:
    promised = plan.indicators["employment_rate"].breakdowns
    found = {(row.breakdown, row.category) for row in read("employment_rate")}
    assert found == {("total", "total")} | {
        (name, one) for name, members in promised.items() for one in members
    }


def test_what_is_asked(read: Read, httpserver: HTTPServer) -> None:
    """Literal Decembers, areas by code, and every parameter that could be left open pinned; never a keyword."""
    read("employment_rate", load_answers(SAMPLES / "ons_aps"))
    urls = [request.full_path for request, _ in httpserver.log]
    assert [url.split("?")[0].rpartition("/")[2] for url in urls] == [
        "variable.def.sdmx.json",
        "variable.def.sdmx.json",
        "time.def.sdmx.json",
        "NM_17_5.data.csv",
    ]
    asked = httpserver.log[-1][0].args
    assert asked["geography"].split(",") == [*register().boroughs, "E12000007", "E92000001"]
    assert asked["date"].split(",") == [f"{year}-12" for year in range(2004, 2024)]
    assert asked["variable"] == "45,54,63,326,594,1207"
    assert asked["measures"] == "20599,21001,21002,21003"
    assert [httpserver.log[index][0].args["search"] for index in (0, 1)] == [
        "*employment*",
        "*nvq*",
    ]
    assert not any(word in url for url in urls for word in ("latest", "previous", "MINUS", "uid"))


def test_every_figure_of_the_sample_has_its_origin() -> None:
    """`ORIGIN.csv` holds the cells of `data.csv` that are not empty: as many, and the same ones."""
    kinds = {
        "Variable": "",
        "Numerator": ", numerator",
        "Denominator": ", denominator",
        "Confidence": ", confidence",
    }
    with (SAMPLES / "ons_aps" / "data.csv").open(encoding="utf-8") as file:
        filled = [row for row in csv.DictReader(file) if row["OBS_VALUE"]]
    rows = [row for row in filled if row["GEOGRAPHY_CODE"] in (TOWER_HAMLETS, LONDON, ENGLAND)]
    origins = origins_in(SAMPLES / "ons_aps")
    figures = {
        (
            row["VARIABLE_NAME"] + kinds[row["MEASURES_NAME"]],
            row["GEOGRAPHY_CODE"],
            row["DATE_NAME"],
            row["OBS_VALUE"],
        )
        for row in rows
    }
    assert {(row["figure"], row["area"], row["period"], row["value"]) for row in origins} == figures
    assert len(figures) == len(rows) == len(origins) == 312
    assert all(row["publisher"] and row["published_where"] for row in origins)


# --- the publisher's own files ------------------------------------------------------------------------------------

T01 = "nomis/aps_T01_empRate_nomis_2023_04_24_143523.xlsx"
T19 = "nomis/aps_T19_nvq_nomis_2022_10_13_090020.xlsx"
LABELS = {TOWER_HAMLETS: "ladu:Tower Hamlets", LONDON: "lep:London", ENGLAND: "country:England"}
Counts = Mapping[tuple[str, int], tuple[object, object]]


@cache
def workbook(path: Path) -> Sequence[Sequence[object]]:
    """All rows of a download of the query wizard."""
    return sheets(snapshot("ons_aps", path.name, path.read_bytes()))[0].rows


@cache
def workbook_counts(path: Path, header: str) -> Counts:
    """Counts and their confidence intervals from one column of a workbook, by label and year."""
    counts: dict[tuple[str, int], tuple[object, object]] = {}
    year, column = 0, 0
    for row in workbook(path):
        if row[0] == "date":
            year = int(words(row[1])[-4:])
        elif row[0] == "Area":
            column = next(index for index, cell in enumerate(row) if words(cell).startswith(header))
        elif column and row[0] and row[column] != "":
            counts[words(row[0]), year] = (row[column], row[column + 2])
    return counts


def rows_for(
    code: str,
    name: str,
    area: str,
    year: int,
    *,
    value: str,
    numerator: str,
    denominator: str,
    confidence: str,
) -> list[Row]:
    """The four rows of one figure; an empty cell is marked as the publisher marks what is missing."""
    cells = {
        "Variable": value,
        "Numerator": numerator,
        "Denominator": denominator,
        "Confidence": confidence,
    }
    common = {
        "date": f"{year}-12",
        "date_name": f"Jan {year}-Dec {year}",
        "geography_code": area,
        "variable": code,
        "variable_name": name,
    }
    return [
        {
            **common,
            "measures": ons_aps.MEASURES[m],
            "measures_name": m,
            "obs_value": cell,
            **(NORMAL if cell else MISSING),
        }
        for m, cell in cells.items()
    ]


def answers_with(names: Mapping[str, str], rows: Sequence[Row], years: Sequence[int]) -> Answers:
    """What Nomis would say if these rows were all it had."""
    employment = {code: name for code, name in names.items() if "employment rate" in name.lower()}
    nvq = {code: name for code, name in names.items() if "nvq" in name.lower()}
    return Answers(
        NOW.date(),
        (
            code_answer("NM_17_5", "variable", code_list(employment), {"search": "*employment*"}),
            code_answer("NM_17_5", "variable", code_list(nvq), {"search": "*nvq*"}),
            code_answer(
                "NM_17_5",
                "time",
                code_list({f"{year}-12": f"Jan {year}-Dec {year}" for year in years}),
            ),
            data_answer("NM_17_5", table(rows)),
        ),
    )


def blank_rows(codes: Mapping[str, str], year: int) -> list[Row]:
    return [
        row
        for code, name in codes.items()
        for area in AREAS
        for row in rows_for(
            code, name, area, year, value="", numerator="", denominator="", confidence=""
        )
    ]


T01_COUNTS = [
    (TOWER_HAMLETS, 2018, 168_000, 230_300),
    (TOWER_HAMLETS, 2019, 168_200, 235_600),
    (TOWER_HAMLETS, 2020, 171_800, 235_800),
    (TOWER_HAMLETS, 2021, 174_700, 240_000),
    (TOWER_HAMLETS, 2022, 178_600, 245_400),
    (LONDON, 2018, 4_475_000, 6_024_100),
    (LONDON, 2019, 4_521_400, 6_069_200),
    (LONDON, 2020, 4_590_500, 6_106_600),
    (LONDON, 2021, 4_591_300, 6_131_200),
    (LONDON, 2022, 4_691_200, 6_156_400),
    (ENGLAND, 2018, 26_169_200, 34_728_600),
    (ENGLAND, 2019, 26_454_800, 34_811_200),
    (ENGLAND, 2020, 26_349_300, 34_858_500),
    (ENGLAND, 2021, 26_200_100, 34_873_900),
    (ENGLAND, 2022, 26_537_400, 34_994_700),
]


def edition_of_april_2023() -> Answers:
    """What Nomis would have said with the counts of the workbook that its query wizard gave in April 2023."""
    path = real(T01)
    in_work, people = workbook_counts(path, "T01:28 "), workbook_counts(path, "T01:22 ")
    rows = [
        row
        for area, label in LABELS.items()
        for year in range(2018, 2023)
        for row in rows_for(
            "45",
            RATE,
            area,
            year,
            value="",
            numerator=words(in_work[label, year][0]),
            denominator=words(people[label, year][0]),
            confidence="",
        )
    ]
    others = {code: name for code, name in NAMES.items() if code != "45"}
    nvq = blank_rows({"326": NVQ1}, 2021)
    return answers_with(
        {**NAMES, "326": NVQ1}, [*rows, *blank_rows(others, 2022), *nvq], range(2018, 2023)
    )


def test_counts_of_the_publishers_own_workbook(read: Read) -> None:
    """Table T01 has counts and no rates: numerators and denominators are read, and no rate is worked out from them."""
    figures = read("employment_rate", edition_of_april_2023())
    for area, year, numerator, denominator in T01_COUNTS:
        figure = one(figures, area_code=area, year=year, category="total")
        assert (figure.numerator, figure.denominator) == (numerator, denominator)
        assert (figure.value, figure.status, figure.lower_ci_95) == (None, "x", None)


@pytest.mark.parametrize(("area", "year", "numerator", "denominator"), T01_COUNTS)
def test_the_sample_agrees_with_the_publishers_own_workbook(
    area: str, year: int, numerator: int, denominator: int, read: Read
) -> None:
    """Two ways of publication, one edition: the workbook of April 2023 has the counts of the sample."""
    path = real(T01)
    assert workbook_counts(path, "T01:28 ")[LABELS[area], year][0] == numerator
    assert workbook_counts(path, "T01:22 ")[LABELS[area], year][0] == denominator
    figure = one(read("employment_rate"), area_code=area, year=year, category="total")
    assert (figure.numerator, figure.denominator) == (numerator, denominator)


@pytest.mark.parametrize(
    ("area", "year", "count", "in_sample"),
    [
        (TOWER_HAMLETS, 2017, 12_000, 12_000),
        (TOWER_HAMLETS, 2018, 15_800, 15_800),
        (TOWER_HAMLETS, 2019, 5_300, 5_300),
        (TOWER_HAMLETS, 2020, 12_800, 12_700),
        (TOWER_HAMLETS, 2021, 14_800, 14_600),
        (LONDON, 2017, 405_300, 405_300),
        (LONDON, 2018, 412_800, 412_800),
        (LONDON, 2019, 392_800, 392_800),
        (LONDON, 2020, 369_000, 372_400),
        (LONDON, 2021, 347_200, 351_400),
        (ENGLAND, 2017, 3_760_900, 3_760_900),
        (ENGLAND, 2018, 3_678_200, 3_678_200),
        (ENGLAND, 2019, 3_513_000, 3_513_000),
        (ENGLAND, 2020, 3_426_000, 3_435_600),
        (ENGLAND, 2021, 3_323_700, 3_334_700),
    ],
)
def test_the_survey_is_reweighted(
    area: str, year: int, count: int, in_sample: int, read: Read
) -> None:
    """Editions differ for 2020 and 2021: figures of one edition cannot be completed from another."""
    assert (
        workbook_counts(real(T19), "T19:2 (Total - All people aged 16-64 : NVQ1 )")[
            LABELS[area], year
        ][0]
        == count
    )
    assert one(read("level_1_qualification"), area_code=area, year=year).numerator == in_sample


def test_the_denominator_of_one_table_is_not_that_of_another(read: Read) -> None:
    """People whose qualification is not known are in no level: the rate is not of all people of the age."""
    people = workbook_counts(real(T01), "T01:22 ")[LABELS[TOWER_HAMLETS], 2018][0]
    figure = one(read("level_1_qualification"), area_code=TOWER_HAMLETS, year=2018)
    assert (people, figure.denominator) == (230_300, 229_700)


@pytest.mark.parametrize(
    ("label", "header", "year", "symbols"),
    [
        (
            "ladu:Tower Hamlets",
            "T19:4 (Total - All people aged 16-64 : Trade Apprenticeships )",
            2017,
            (1400, "*"),
        ),
        (
            "ladu:Tower Hamlets",
            "T19:4 (Total - All people aged 16-64 : Trade Apprenticeships )",
            2018,
            ("!", "!"),
        ),
    ],
)
def test_symbols_of_the_publishers_own_workbook(
    label: str, header: str, year: int, symbols: tuple[object, object]
) -> None:
    """The two footnotes that the tests below take their words from, on the figures they stand at."""
    path = real(T19)
    assert workbook_counts(path, header)[label, year] == symbols
    assert {f"! {NO_SAMPLE_0_TO_2}", f"* {NO_SAMPLE_3_TO_9}"} <= {
        words(row[0]) for row in workbook(path)
    }


# --- what the notes warn of ---------------------------------------------------------------------------------------


def nvq_rows(year: int = 2021, value: str = "6.1", confidence: str = "4.3") -> list[Row]:
    return [
        row
        for area in AREAS
        for row in rows_for(
            "326",
            NVQ1,
            area,
            year,
            value=value,
            numerator="14600",
            denominator="239200",
            confidence=confidence,
        )
    ]


TWO_OF_50_TO_64 = {
    "51": "Employment rate - aged 50-64",
    "1300": "aged 50-64 employment rate - white",
}


def with_names(names: Mapping[str, str]) -> Answers:
    """The sample's answers with another list of variables."""
    sample = load_answers(SAMPLES / "ons_aps")
    codes = code_answer("NM_17_5", "variable", code_list(names), {"search": "*employment*"})
    return Answers(sample.composed, (codes, *sample.answers))


def remarks(plan: Plan, names: Mapping[str, str]) -> list[Finding]:
    """What is remarked on a list of variables."""
    codes = snapshot("ons_aps", "variable codes *employment*", code_list(names))
    return ons_aps.remarks(plan.indicators["employment_rate"], {codes.role: codes})


def nvq(
    plan: Plan, rows: Sequence[Row], names: Mapping[str, str] | None = None
) -> list[Observation]:
    """Level 1 qualification, read from these rows."""
    codes = snapshot("ons_aps", "variable codes *nvq*", code_list(names or {"326": NVQ1}))
    data = snapshot("ons_aps", "data 1", table(rows))
    return ons_aps.parse(
        plan.indicators["level_1_qualification"], {codes.role: codes, data.role: data}
    )


def changed(rows: Sequence[Row], index: int, **cells: str) -> list[Row]:
    return [{**row, **cells} if number == index else row for number, row in enumerate(rows)]


class TestLimits:
    @given(
        value=st.integers(min_value=0, max_value=1000).map(lambda tenths: tenths / 10),
        half=st.integers(min_value=0, max_value=300).map(lambda tenths: tenths / 10),
    )
    def test_are_the_figure_and_the_confidence_either_way(
        self, value: float, half: float, plan: Plan
    ) -> None:
        figure = nvq(plan, nvq_rows(value=f"{value:g}", confidence=f"{half:g}"))[0]
        assert figure.value == value
        assert figure.lower_ci_95 == pytest.approx(value - half, abs=1e-9)
        assert figure.upper_ci_95 == pytest.approx(value + half, abs=1e-9)
        assert len(str(figure.upper_ci_95).partition(".")[2]) == 1

    def test_an_unreliable_figure_is_kept_without_limits_and_says_so(self, plan: Plan) -> None:
        marks = {"obs_value": "", "obs_status": "*", "obs_status_name": NO_SAMPLE_3_TO_9}
        figure = nvq(plan, changed(nvq_rows(), 3, **marks))[0]
        assert (figure.value, figure.lower_ci_95, figure.upper_ci_95) == (6.1, None, None)
        assert (
            figure.note
            == "Unreliable, and without limits: the sample behind this figure is 3 to 9 people."
        )

    def test_limits_that_are_merely_missing_are_not_called_unreliable(self, plan: Plan) -> None:
        figure = nvq(plan, changed(nvq_rows(), 3, **MISSING))[0]
        assert (figure.value, figure.lower_ci_95) == (6.1, None)
        assert figure.note == "The publisher gives no limits for this figure."


class TestWhatIsMissing:
    def test_a_disclosive_group_is_confidential(self, plan: Plan) -> None:
        marks = {"obs_value": "", "obs_status": "!", "obs_status_name": NO_SAMPLE_0_TO_2}
        figure = nvq(plan, changed(changed(nvq_rows(), 0, **marks), 3, **marks))[0]
        assert (figure.value, figure.status, figure.lower_ci_95, figure.source_text) == (
            None,
            "c",
            None,
            "",
        )
        assert figure.note == NO_SAMPLE_0_TO_2

    def test_a_count_below_500_is_no_zero(self, plan: Plan) -> None:
        marks = {
            "obs_value": "",
            "obs_status": "~",
            "obs_status_name": "Estimate is less than 500.",
        }
        assert nvq(plan, changed(nvq_rows(), 1, **marks))[0].numerator is None

    def test_an_unknown_status_is_refused(self, plan: Plan) -> None:
        marks = {"obs_value": "", "obs_status": "W", "obs_status_name": "Withdrawn."}
        with pytest.raises(SourceError, match=r"came W “Withdrawn.”.*row 2, column “obs_status”"):
            nvq(plan, changed(nvq_rows(), 0, **marks))

    def test_a_variable_without_rows_is_refused(self, plan: Plan) -> None:
        others = [
            {**row, "variable": "290", "variable_name": "% with NVQ4+ - aged 16-64"}
            for row in nvq_rows()
        ]
        with pytest.raises(SourceError, match=r"rows of variable 326.*; came none"):
            nvq(plan, others)

    def test_a_missing_measure_is_refused(self, plan: Plan) -> None:
        with pytest.raises(SourceError, match=r"came none for \['Confidence'\]"):
            nvq(plan, [row for row in nvq_rows() if row["measures_name"] != "Confidence"])


class TestTheEndOfNvq:
    """From 2022 the survey asks about another framework; its figures are never joined to these."""

    def test_later_years_are_blank_and_left_out(self, plan: Plan) -> None:
        later = [{**row, **MISSING} for year in (2022, 2023) for row in nvq_rows(year)]
        assert {row.period.year for row in nvq(plan, [*nvq_rows(), *later])} == {2021}

    def test_a_later_figure_is_refused(self, plan: Plan) -> None:
        with pytest.raises(
            SourceError, match="no figure for 2022, which no series of level_1_qualification holds"
        ):
            nvq(plan, [*nvq_rows(), *nvq_rows(2022)])

    def test_the_other_framework_is_not_taken_for_it(self, plan: Plan) -> None:
        names = {"1800": "% with RQF1 only - aged 16-64"}
        with pytest.raises(
            SourceError, match="one code named “% with NVQ1 only - aged 16-64”; came 0 of"
        ):
            nvq(plan, nvq_rows(), names)


class TestNamesAndCodes:
    def test_a_moved_code_is_followed_by_name(self, plan: Plan) -> None:
        rows = [{**row, "variable": "4711"} for row in nvq_rows()]
        assert (
            nvq(plan, rows, {"4711": NVQ1, "326": "% with NVQ2 only - aged 16-64"})[0].value == 6.1
        )

    def test_rows_under_another_name_are_refused(self, plan: Plan) -> None:
        with pytest.raises(
            SourceError, match=r"expected “% with NVQ1 only.*came “% with NVQ2 only"
        ):
            nvq(plan, changed(nvq_rows(), 0, variable_name="% with NVQ2 only - aged 16-64"))

    def test_a_measure_under_another_name_is_refused(self, plan: Plan) -> None:
        with pytest.raises(SourceError, match="came Numerator 20599"):
            nvq(plan, changed(nvq_rows(), 0, measures_name="Numerator"))

    def test_words_must_fit_one_name_only(self, read: Read) -> None:
        """Two names with the words of a group, and neither is taken."""
        figures = read("employment_rate", with_names({**NAMES, **TWO_OF_50_TO_64}))
        assert one(figures, area_code=TOWER_HAMLETS, category="50-64").status == "x"

    def test_a_group_that_no_name_fits_is_told_with_the_nearest(self, plan: Plan) -> None:
        names = {
            **NAMES,
            "1734": "aged 16-64 employment rate - EA disabled",
            "84": "Unemployment rate - disabled",
        }
        (remark,) = [one for one in remarks(plan, names) if one.category == "disabled"]
        assert remark.says.startswith(
            "disability disabled: no name in the code list has the words “employment rate”,"
        )
        assert "the nearest are “aged 16-64 employment rate - EA disabled”" in remark.says
        assert "Unemployment" not in remark.says
        assert remark.says.endswith("; none is taken")

    def test_a_group_that_two_names_fit_is_told_with_both(self, plan: Plan) -> None:
        (remark,) = [
            one for one in remarks(plan, {**NAMES, **TWO_OF_50_TO_64}) if one.category == "50-64"
        ]
        assert "2 names have the words “employment rate”, “50-64”" in remark.says
        assert all(f"“{name}”" in remark.says for name in TWO_OF_50_TO_64.values())

    def test_a_group_that_one_name_fits_needs_no_remark(self, plan: Plan) -> None:
        assert {one.category for one in remarks(plan, NAMES)} == {
            "pakistani_bangladeshi",
            "disabled",
            "50-64",
        }

    @pytest.mark.parametrize(
        "search", ["*employment rate*", "*employment+rate*", "*employment*rate*", "employment", ""]
    )
    def test_a_search_has_one_word(self, search: str) -> None:
        """Whether Nomis takes a space for itself, for `*` or for `+` was never seen: one word reads the same in all."""
        with pytest.raises(ValueError, match="search"):
            ons_aps.Ask(search=search, variables=[])

    @pytest.mark.parametrize(
        ("name", "taken"),
        [
            ("Employment rate - aged 50-64", True),
            ("Unemployment rate - aged 50-64", False),
            ("Employment rate females - aged 50-64", False),
        ],
    )
    def test_words_that_one_name_has(self, name: str, taken: bool, read: Read) -> None:
        others = {code: text for code, text in NAMES.items() if code != "45"}
        rates = [
            row
            for area in AREAS
            for code, text, value in (("45", RATE, "66.2"), ("51", name, "58.0"))
            for row in rows_for(
                code, text, area, 2023, value=value, numerator="", denominator="", confidence=""
            )
        ]
        rows = [*rates, *blank_rows({**others, "326": NVQ1}, 2023)]
        figures = read(
            "employment_rate", answers_with({**NAMES, "51": name, "326": NVQ1}, rows, [2023])
        )
        assert (one(figures, area_code=TOWER_HAMLETS, category="50-64").value == 58.0) is taken

    def test_a_variable_is_named_or_described(self) -> None:
        with pytest.raises(ValueError, match="either a name or words"):
            ons_aps.Variable(name="Employment rate", words=["employment"])

    def test_two_groups_cannot_be_the_same_variable(self, plan: Plan) -> None:
        twice = {
            "search": "*nvq*",
            "variables": [{"name": NVQ1}, {"category": "again", "name": NVQ1}],
        }
        indicator = plan.indicators["level_1_qualification"].model_copy(update={"ask": twice})
        indicator._file = None
        codes = snapshot("ons_aps", "variable codes *nvq*", code_list({"326": NVQ1}))
        with pytest.raises(SourceError, match="another code for each variable"):
            ons_aps.parse(indicator, {codes.role: codes})


class TestDates:
    @pytest.mark.parametrize("month", ["2022-03", "2022-06", "2022-09", "latest"])
    def test_another_quarter_is_refused(self, month: str, plan: Plan) -> None:
        """`latest` means twelve months to December in one season, to March, June or September in the others."""
        with pytest.raises(SourceError, match=f"YYYY-12; came {month}"):
            nvq(plan, [{**row, "date": month} for row in nvq_rows()])

    def test_a_december_that_is_not_the_twelve_months_before_is_refused(self, plan: Plan) -> None:
        with pytest.raises(SourceError, match="“Jan 2021-Dec 2021”; came Oct 2021-Dec 2021"):
            nvq(plan, [{**row, "date_name": "Oct 2021-Dec 2021"} for row in nvq_rows()])

    def test_only_decembers_are_asked_for(self, read: Read, httpserver: HTTPServer) -> None:
        sample = load_answers(SAMPLES / "ons_aps")
        months = {f"{year}-{month:02}": "" for year in (2022, 2023) for month in (3, 6, 9, 12)}
        time = code_answer("NM_17_5", "time", code_list({**months, "latest": "", "2021": ""}))
        read("employment_rate", Answers(sample.composed, (time, *sample.answers)))
        assert httpserver.log[-1][0].args["date"] == "2022-12,2023-12"

    def test_a_list_without_decembers_is_refused(self, read: Read) -> None:
        sample = load_answers(SAMPLES / "ons_aps")
        time = code_answer("NM_17_5", "time", code_list({"2023": "2023"}))
        with pytest.raises(
            SourceError, match=re.escape("codes of months, such as 2019-12; came ['2023']")
        ):
            read("employment_rate", Answers(sample.composed, (time, *sample.answers)))


class TestDoubledRows:
    def test_equal_rows_are_one(self, plan: Plan) -> None:
        assert len(nvq(plan, [*nvq_rows(), *nvq_rows()])) == 3

    def test_areas_that_were_not_asked_for_are_left_out(self, plan: Plan) -> None:
        wales = [{**row, "geography_code": "W92000004"} for row in nvq_rows()[:4]]
        assert {row.area_code for row in nvq(plan, [*nvq_rows(), *wales])} == set(AREAS)


def test_a_wrong_ask_names_file_and_field(plan: Plan) -> None:
    indicator = plan.indicators["level_1_qualification"]
    assert indicator.read_ask(ons_aps.Ask).variables[0].name == NVQ1
    with pytest.raises(PlanError, match=r"level_1_qualification\.yaml, line"):
        plan.indicators["level_1_qualification"].series_of(2022)
