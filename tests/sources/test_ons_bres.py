"""ONS Business Register and Employment Survey: jobs of employees, counted, each figure as it is published."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from sources import SAMPLES, ons_bres
from sources.publishers import nomis
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
from tests.support import one, real
from thindicators.areas.register import register
from thindicators.errors import SourceError
from thindicators.fetching.answers import Answers, load_answers
from thindicators.fetching.snapshots import by_role
from thindicators.observations.observation import KEY, Observation, table_of
from thindicators.plan.model import Indicator, Plan

Read = Callable[..., list[Observation]]
SAMPLE = load_answers(SAMPLES / "ons_bres")


def sample_names(concept: str) -> dict[str, str]:
    content = (SAMPLES / "ons_bres" / f"{concept}.json").read_bytes()
    return nomis.read_codes(snapshot("ons_bres", concept, content))


HACKNEY, HOUNSLOW = "E09000012", "E09000018"
INDUSTRIES, STATUSES, MEASURES = (
    sample_names(name) for name in ("industry", "employment_status", "measure")
)
TOTAL, *SECTIONS = INDUSTRIES
EMPLOYEES, FULL_TIME, PART_TIME, EMPLOYMENT = STATUSES
CODES = {
    "industry": INDUSTRIES,
    "employment_status": STATUSES,
    "measure": MEASURES,
    "time": {"2022": "2022", "2023": "2023"},
}


def row(area: str, year: int, industry: str, status: str, value: str) -> Row:
    return {
        "date": str(year),
        "date_name": str(year),
        "geography_code": area,
        "industry": industry,
        "industry_name": INDUSTRIES[industry],
        "employment_status": status,
        "employment_status_name": STATUSES[status],
        "measure": "1",
        "measure_name": "Count",
        "measures": "20100",
        "obs_value": value,
        **(NORMAL if value else MISSING),
    }


def all_rows(
    years: Sequence[int] = (2022, 2023), value: Callable[[str, str], str] = lambda *_: "1000"
) -> list[Row]:
    """A row for everything that is asked for: the statuses of the working patterns with every industry too."""
    return [
        row(area, year, industry, status, value(industry, status))
        for area, year, industry, status in product(
            AREAS, years, INDUSTRIES, (EMPLOYEES, FULL_TIME, PART_TIME)
        )
    ]


def parse(
    indicator: Indicator,
    rows: Sequence[Row],
    codes: Mapping[str, Mapping[str, str]] | None = None,
    said: Mapping[str, Mapping[str, str | int]] | None = None,
) -> list[Observation]:
    """What is read of rows, with these code lists, and with what the list of times says of its years."""
    lists = [
        snapshot(
            "ons_bres", f"{concept} codes", code_list(names, said if concept == "time" else None)
        )
        for concept, names in (codes or CODES).items()
    ]
    return ons_bres.parse(indicator, by_role([*lists, snapshot("ons_bres", "data 1", table(rows))]))


@pytest.fixture(scope="module")
def jobs(plan: Plan) -> Indicator:
    return plan.indicators["employee_jobs"]


# --- the sample: no published figure was found, and it says so -----------------------------------------------------


def test_every_group_of_every_area_says_that_there_is_no_figure(
    read: Read, jobs: Indicator, plan: Plan
) -> None:
    figures = read("employee_jobs")
    groups = {("total", "total")} | {
        (name, one) for name, members in jobs.breakdowns.items() for one in members
    }
    assert {(figure.breakdown, figure.category) for figure in figures} == groups
    assert {figure.area_code for figure in figures} == set(AREAS)
    assert len(figures) == 3 * (1 + 2 + 21)
    assert {(figure.value, figure.status, figure.period.year) for figure in figures} == {
        (None, "x", 2024)
    }
    assert all("no published figure for employees was found" in figure.note for figure in figures)
    assert table_of(figures, plan.area_names).group_by(list(KEY)).aggregate([]).num_rows == len(
        figures
    )


def test_the_sample_has_no_figure_without_an_origin() -> None:
    with (SAMPLES / "ons_bres" / "data.csv").open(encoding="utf-8") as file:
        assert {line["OBS_VALUE"] for line in csv.DictReader(file)} == {""}
    assert origins_in(SAMPLES / "ons_bres") == []


# --- other boroughs ------------------------------------------------------------------------------------------------


class TestOtherBoroughs:
    @pytest.fixture
    def figures(self, jobs: Indicator) -> list[Observation]:
        """What is read of the three expected areas, with Hackney and Hounslow, in years before and after a correction."""
        years = (2023, 2025)
        of_boroughs = [
            row(area, year, "37748736", EMPLOYEES, "5000")
            for area in (HACKNEY, HOUNSLOW)
            for year in years
        ]
        codes = {**CODES, "time": {"2023": "2023", "2024": "2024", "2025": "2025"}}
        return parse(jobs, [*all_rows((2023, 2024, 2025)), *of_boroughs], codes)

    def test_are_published_where_the_answer_has_them(self, figures: list[Observation]) -> None:
        areas = {figure.area_code for figure in figures}
        assert areas == {*AREAS, HACKNEY, HOUNSLOW}

    def test_bear_what_the_publisher_said_against_them(self, figures: list[Observation]) -> None:
        doubted = {
            (figure.area_code, figure.period.year)
            for figure in figures
            if "Hillingdon and of Hounslow for 2015 to 2024 are wrong" in figure.note
        }
        assert doubted == {(HOUNSLOW, 2023)}


# --- what is asked -------------------------------------------------------------------------------------------------


def test_employees_are_asked_for_and_nothing_is_left_open(
    read: Read, httpserver: HTTPServer
) -> None:
    read("employee_jobs", SAMPLE)
    asked = httpserver.log[-1][0].args
    assert asked["geography"].split(",") == [*register().boroughs, "E12000007", "E92000001"]
    assert asked["employment_status"] == "1,2,3"
    assert (asked["measure"], asked["measures"]) == ("1", "20100")
    assert asked["industry"].split(",") == [str(150_994_945 + n) for n in range(21)] + ["37748736"]
    assert asked["date"] == "2024"
    assert asked["select"].endswith("record_count")


def test_years_are_literal_and_of_the_present_basis(read: Read, httpserver: HTTPServer) -> None:
    """Years before 2015 are without small employers; `latest` names another year every autumn."""
    time = code_answer(
        "NM_189_1",
        "time",
        code_list({str(y): "" for y in [*range(2009, 2025), "latest", "2024-09"]}),
    )
    data = data_answer("NM_189_1", table(all_rows(range(2015, 2025))))
    figures = read("employee_jobs", Answers(SAMPLE.composed, (time, data, *SAMPLE.answers)))
    assert httpserver.log[-1][0].args["date"] == "2015,2016,2017,2018,2019,2020,2021,2022,2023,2024"
    assert {figure.period.year for figure in figures} == set(range(2015, 2025))


def test_no_bytes_and_status_200_is_refused(read: Read) -> None:
    with pytest.raises(SourceError, match="rows of data; came an answer without a byte"):
        read(
            "employee_jobs",
            Answers(SAMPLE.composed, (data_answer("NM_189_1", b""), *SAMPLE.answers)),
        )


# --- how figures are read ------------------------------------------------------------------------------------------


class TestFigures:
    @pytest.mark.parametrize(
        ("breakdown", "category", "industry", "status", "note"),
        [
            ("total", "total", TOTAL, EMPLOYEES, ""),
            ("working_pattern", "full_time", TOTAL, FULL_TIME, ""),
            ("working_pattern", "part_time", TOTAL, PART_TIME, ""),
            ("industry", "A", SECTIONS[0], EMPLOYEES, "A : Agriculture, forestry and fishing"),
            ("industry", "K", SECTIONS[10], EMPLOYEES, "K : Financial and insurance activities"),
            (
                "industry",
                "U",
                SECTIONS[20],
                EMPLOYEES,
                "U : Activities of extraterritorial organisations and bodies",
            ),
        ],
    )
    def test_one_figure_is_one_cell(
        self, breakdown: str, category: str, industry: str, status: str, note: str, jobs: Indicator
    ) -> None:
        rows = all_rows(value=lambda i, s: "12345" if (i, s) == (industry, status) else "7")
        figures = parse(jobs, rows)
        for area in AREAS:
            figure = one(figures, area_code=area, year=2022, breakdown=breakdown, category=category)
            assert (figure.value, figure.source_text, figure.unit, figure.note) == (
                12_345,
                "12345",
                "count",
                note,
            )
            assert (figure.status, figure.revision, figure.series) == ("", "", "bres")
            assert (figure.lower_ci_95, figure.numerator) == (None, None)
        assert sum(figure.value == 12_345 for figure in figures) == 3 * 2

    @settings(max_examples=20)
    @given(values=st.lists(st.integers(min_value=0, max_value=400_000), min_size=22, max_size=22))
    def test_the_total_is_never_a_sum(self, values: list[int], jobs: Indicator) -> None:
        """Each is rounded on its own: in Gateshead 2024 the sections make 93,130 and the total is 95,000."""
        published = dict(zip(INDUSTRIES, values, strict=True))
        figures = parse(jobs, all_rows(value=lambda industry, _: str(published[industry])))
        assert one(figures, area_code=LONDON, year=2022, category="total").value == published[TOTAL]
        for code in SECTIONS:
            assert (
                one(figures, area_code=LONDON, year=2022, category=INDUSTRIES[code][0]).value
                == published[code]
            )

    def test_a_zero_is_a_figure_and_a_blank_is_none(self, jobs: Indicator) -> None:
        rows = all_rows(
            value=lambda industry, _: {SECTIONS[19]: "0", SECTIONS[20]: ""}.get(industry, "10")
        )
        figures = parse(jobs, rows)
        zero = one(figures, area_code=TOWER_HAMLETS, year=2023, category="T")
        blank = one(figures, area_code=TOWER_HAMLETS, year=2023, category="U")
        assert (zero.value, zero.status) == (0, "")
        assert (blank.value, blank.status) == (None, "x")
        assert blank.note.endswith(". These figures are missing.")

    def test_a_year_is_a_calendar_year(self, jobs: Indicator) -> None:
        figure = one(parse(jobs, all_rows()), area_code=ENGLAND, year=2022, category="total")
        assert (figure.period.iso, figure.period.label) == ("2022-01-01/P1Y", "2022")

    def test_the_year_that_was_never_revised_is_provisional(self, jobs: Indicator) -> None:
        """Its figures have the status “Normal Value” like all others: the list of times tells."""
        said = {"2022": {"CurrentRevisionVersion": 2}, "2023": {"CurrentRevisionVersion": 0}}
        revisions = {
            (figure.period.year, figure.revision) for figure in parse(jobs, all_rows(), said=said)
        }
        assert revisions == {(2022, ""), (2023, "p")}

    def test_a_newest_year_that_was_revised_is_not(self, jobs: Indicator) -> None:
        said = {"2022": {"CurrentRevisionVersion": 2}, "2023": {"CurrentRevisionVersion": 1}}
        assert {figure.revision for figure in parse(jobs, all_rows(), said=said)} == {""}

    def test_the_status_of_a_figure_does_not_make_it_provisional(self, jobs: Indicator) -> None:
        rows = [
            {**one, "obs_status_name": "Provisional"} if one["date"] == "2022" else one
            for one in all_rows()
        ]
        assert {figure.period.year for figure in parse(jobs, rows) if figure.revision} == {2023}

    def test_equal_rows_are_one(self, jobs: Indicator) -> None:
        assert len(parse(jobs, [*all_rows(), *all_rows()])) == 3 * 2 * 24


# --- what is refused -----------------------------------------------------------------------------------------------


class TestRows:
    @pytest.mark.parametrize(
        ("cells", "problem"),
        [
            (
                {"employment_status": EMPLOYMENT, "employment_status_name": "Employment"},
                "came 4 “Employment”",
            ),
            ({"employment_status_name": "Employment"}, "came 1 “Employment”"),
            (
                {"measure": "2", "measure_name": "Industry percentage"},
                "came 2 “Industry percentage”",
            ),
            ({"measures": "20701"}, "expected 20100; came 20701"),
            (
                {
                    "industry": "163577857",
                    "industry_name": "1 : Agriculture, forestry & fishing (A)",
                },
                "came 163577857",
            ),
            (
                {"industry_name": "B : Mining and quarrying"},
                "came 37748736 “B : Mining and quarrying”",
            ),
            ({"date": "2014"}, "came 2014"),
        ],
    )
    def test_a_row_that_was_not_asked_for_is_refused(
        self, cells: dict[str, str], problem: str, jobs: Indicator
    ) -> None:
        """Employment is not employees, a share is not a count, and a broad group is not a section."""
        with pytest.raises(SourceError, match=problem):
            parse(
                jobs, [{**row(TOWER_HAMLETS, 2023, TOTAL, EMPLOYEES, "1000"), **cells}, *all_rows()]
            )

    def test_the_error_says_where(self, jobs: Indicator) -> None:
        rows = [*all_rows(), row(LONDON, 2023, TOTAL, EMPLOYMENT, "5650000")]
        with pytest.raises(
            SourceError, match=rf"row {len(rows) + 1}, column “employment_status”.*What to do"
        ):
            parse(jobs, rows)

    @pytest.mark.parametrize("missing", ["geography_code", "date", "industry"])
    def test_a_row_that_is_missing_is_refused(self, missing: str, jobs: Indicator) -> None:
        """Some areas are given from 2022 only, without a word: a history cut short is not taken for the whole."""
        without = {"geography_code": TOWER_HAMLETS, "date": "2022", "industry": SECTIONS[3]}[
            missing
        ]
        with pytest.raises(
            SourceError,
            match="a row for every area, year, employment status and industry; came none",
        ):
            parse(jobs, [one for one in all_rows() if one[missing] != without])

    def test_an_unknown_status_is_refused(self, jobs: Indicator) -> None:
        marks = {"obs_value": "", "obs_status": "*", "obs_status_name": "Suppressed"}
        rows = [{**one, **marks} if one["industry"] == SECTIONS[1] else one for one in all_rows()]
        with pytest.raises(SourceError, match=r"came \* “Suppressed”"):
            parse(jobs, rows)


class TestCodeLists:
    def listed(self, concept: str, names: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
        return {**CODES, concept: names}

    def test_codes_are_found_by_name(self, jobs: Indicator) -> None:
        """If the publisher numbers anew, the names still tell employees from employment."""
        renumbered = {
            "4": "Employees",
            "1": "Employment",
            "2": "Full-time employees",
            "3": "Part-time employees",
        }
        rows = [
            {**one, "employment_status": "4"} if one["employment_status"] == EMPLOYEES else one
            for one in all_rows()
        ]
        figures = parse(jobs, rows, self.listed("employment_status", renumbered))
        assert one(figures, area_code=LONDON, year=2023, category="total").value == 1000

    def test_other_levels_of_the_classification_are_no_sections(self, jobs: Indicator) -> None:
        others = {
            "163577857": "1 : Agriculture, forestry & fishing (A)",
            "146800687": "47 : Retail trade, except of motor vehicles and motorcycles",
        }
        assert (
            len(parse(jobs, all_rows(), self.listed("industry", {**INDUSTRIES, **others})))
            == 3 * 2 * 24
        )

    @pytest.mark.parametrize(
        ("concept", "names", "problem"),
        [
            ("employment_status", {EMPLOYMENT: "Employment"}, "one code named “Employees”; came 0"),
            (
                "employment_status",
                {**STATUSES, "5": "employees"},
                "one code named “Employees”; came 2",
            ),
            ("measure", {"2": "Industry percentage"}, "one code named “Count”; came 0"),
            ("industry", {TOTAL: "Total"}, "the sections ABCDEFGHIJKLMNOPQRSTU; came"),
            ("industry", {**INDUSTRIES, "9": "C : Manufacturing"}, "came ABCCDEFGHIJKLMNOPQRSTU"),
            ("time", {"latest": "latest", "2014": "2014"}, "years from 2015; came"),
        ],
    )
    def test_a_list_without_what_is_needed_is_refused(
        self, concept: str, names: dict[str, str], problem: str, jobs: Indicator
    ) -> None:
        with pytest.raises(SourceError, match=problem):
            parse(jobs, all_rows(), self.listed(concept, names))


# --- the publisher's own answers ----------------------------------------------------------------------------------

KIRKLEES = "E08000034"


def kirklees(*names: str) -> list[Row]:
    """Rows of raw answers of the API, in the columns that the module selects."""
    rows: list[Row] = []
    for name in names:
        with real(f"nomis/{name}.csv").open(encoding="utf-8", newline="") as file:
            rows += [
                {name: line[name.upper()] for name in ons_bres.COLUMNS}
                for line in csv.DictReader(file)
            ]
    return rows


def of_kirklees(jobs: Indicator, rows: Sequence[Row]) -> list[Observation]:
    """What is read of rows for Kirklees in 2024, with the publisher's own list of times."""
    ask = {**jobs.ask, "first_year": 2024, "working_pattern": {}}
    indicator = jobs.changed({"ask": ask}, (KIRKLEES,))
    indicator._file = None
    years = json.loads(real("nomis/NM_189_1_time_rows.json").read_bytes())["rows"]
    said = {str(year): {"CurrentRevisionVersion": version} for year, _, _, version in years}
    return parse(indicator, rows, {**CODES, "time": {year: year for year in said}}, said)


def test_the_publishers_own_answers_are_read(jobs: Indicator) -> None:
    """Counts of all sections and the total, as Nomis answered for a code of the Office for National Statistics."""
    counts = [
        one
        for one in kirklees("nomis-bres-sic-sections", "nomis-bres-sectors")
        if one["measure"] == "1"
    ]
    figures = of_kirklees(jobs, counts)
    assert len(figures) == 22
    assert one(figures, category="total").value == 162_000
    found = {letter: one(figures, breakdown="industry", category=letter) for letter in "ABCTU"}
    assert {letter: figure.value for letter, figure in found.items()} == {
        "A": 300,
        "B": 100,
        "C": 25_000,
        "T": 0,
        "U": 0,
    }
    assert {(figure.period.year, figure.revision, figure.status) for figure in figures} == {
        (2024, "p", "")
    }


def test_the_publishers_own_shares_are_no_counts(jobs: Indicator) -> None:
    """The answers were asked for without `measure`, so that each figure comes twice with two meanings."""
    with pytest.raises(SourceError, match="came 2 “Industry percentage”"):
        of_kirklees(jobs, kirklees("nomis-bres-sic-sections", "nomis-bres-sectors"))


def test_an_industry_that_the_publisher_answers_as_the_total_is_refused(jobs: Indicator) -> None:
    """Nine codes that do not exist were each answered as “Total”, with status 200 and not a word about it."""
    answered = [one for one in kirklees("nomis-bres-by-industry") if one["measure"] == "1"]
    assert {one["industry_name"] for one in answered} == {"Total"}
    assert len(answered) == 9
    with pytest.raises(SourceError, match=r"a row for every .*; came none") as refused:
        of_kirklees(jobs, answered)
    assert "it answers one that it does not know as “Total”" in refused.value.remedy


# --- the publisher's own workbook: employment, not employees -------------------------------------------------------

WORKBOOK = "nomis/bres_NM_189_nomis_2022_05_19_113110.xlsx"
LABELS = {
    "nuts316:UKI42 Tower Hamlets": TOWER_HAMLETS,
    "lep:London": LONDON,
    "country:England": ENGLAND,
}


@cache
def workbook_rows(path: Path) -> tuple[Row, ...]:
    """The sections of a download of the query wizard as rows of the API; the workbook has no total."""
    codes = {name: code for code, name in INDUSTRIES.items()}
    rows: list[Row] = []
    year, header = 0, [""]
    for cells in sheets(snapshot("ons_bres", path.name, path.read_bytes()))[0].rows:
        label = words(cells[0])
        if label == "date":
            year = int(words(cells[1]))
        elif label == "employment status":
            assert cells[1] == "Employment"
        elif label == "Area":
            header = [words(cell) for cell in cells]
        elif label in LABELS:
            named = [
                (name, words(cell))
                for name, cell in zip(header, cells, strict=True)
                if name in codes
            ]
            rows += [
                row(LABELS[label], year, codes[name], EMPLOYMENT, value) for name, value in named
            ]
    return tuple(rows)


def test_the_publishers_own_names_are_those_of_the_sample() -> None:
    found = {line["industry_name"] for line in workbook_rows(real(WORKBOOK))}
    assert found == set(INDUSTRIES.values()) - {"Total"}


def test_employment_is_refused_where_employees_are_asked_for(jobs: Indicator) -> None:
    rows = workbook_rows(real(WORKBOOK))
    years = {str(year): "" for year in range(2015, 2021)}
    assert len(rows) == 3 * 6 * 21
    with pytest.raises(SourceError, match=r"'1': 'Employees'.*came 4 “Employment”"):
        parse(jobs, rows, {**CODES, "time": years})


EMPLOYMENT_FIGURES = [
    (
        TOWER_HAMLETS,
        2015,
        {"A": 10, "B": 0, "C": 4_500, "J": 24_000, "K": 73_000, "M": 40_000, "Q": 23_000, "U": 0},
    ),
    (
        TOWER_HAMLETS,
        2016,
        {"A": 10, "B": 15, "D": 300, "I": 15_000, "K": 72_000, "O": 10_000, "S": 4_500},
    ),
    (
        TOWER_HAMLETS,
        2018,
        {"A": 15, "B": 20, "D": 900, "F": 6_000, "K": 67_000, "N": 35_000, "P": 17_000},
    ),
    (
        TOWER_HAMLETS,
        2020,
        {"A": 20, "B": 25, "C": 2_500, "D": 450, "G": 19_000, "K": 67_000, "Q": 30_000},
    ),
    (LONDON, 2015, {"A": 2_000, "C": 117_000, "K": 363_000, "M": 713_000, "T": 0}),
    (LONDON, 2020, {"A": 1_750, "B": 2_500, "H": 260_000, "K": 396_000, "Q": 587_000}),
    (ENGLAND, 2015, {"A": 342_000, "C": 2_061_000, "G": 4_083_000, "Q": 3_237_000}),
    (ENGLAND, 2020, {"A": 375_000, "C": 2_024_000, "M": 2_428_000, "R": 612_000}),
]


def test_figures_of_the_publishers_own_workbook_when_employment_is_asked_for(
    jobs: Indicator,
) -> None:
    """Another `ask` and the same code: read cell by cell, and the total that the workbook lacks is not made up."""
    path = real(WORKBOOK)
    ask = {
        **jobs.ask,
        "total": {"employment_status": "Employment", "industry": "Total"},
        "working_pattern": {},
    }
    employment = jobs.model_copy(update={"ask": ask})
    employment._file = None
    totals = [
        row(area, year, TOTAL, EMPLOYMENT, "") for area in AREAS for year in range(2015, 2021)
    ]
    years = {str(year): "" for year in range(2015, 2021)}
    figures = parse(employment, [*workbook_rows(path), *totals], {**CODES, "time": years})
    for area, year, expected in EMPLOYMENT_FIGURES:
        for letter, value in expected.items():
            assert one(figures, area_code=area, year=year, category=letter).value == value
        assert one(figures, area_code=area, year=year, category="total").value is None
