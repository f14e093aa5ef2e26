"""The Annual Residents Survey: what has been publicly reported, and returns that people hand in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook  # type: ignore[import-untyped]

from sources import SAMPLES
from sources.returns import cells as return_cells
from sources.returns import handed_in as module
from sources.returns import standing as returns
from sources.returns.file import COLUMNS, read_return
from tests.support import NOW, one
from thindicators.errors import PlanError, SourceError
from thindicators.fetching.answers import load_answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import SnapshotStore, by_role
from thindicators.fetching.transport import sample_session
from thindicators.observations.observation import Observation
from thindicators.plan.model import Plan

SAMPLE = SAMPLES / "residents_survey"
HEADER = [column.name for column in COLUMNS]
ROW = {
    "return_id": "ars-2026",
    "indicator_id": "getting_on_well",
    "measure_id": "percent_agree",
    "area_code": "E09000030",
    "breakdown_type": "total",
    "breakdown": "total",
    "period_type": "survey_wave",
    "period_start": "2026-03-23",
    "period_end": "2026-05-08",
    "period_label": "2026",
    "value": "88",
    "unit": "percent",
    "base_unweighted": "1108",
    "collection_mode": "f2f",
    "definition_version": "get_on_well",
    "source_title": "Annual Residents Survey 2026",
    "licence_confirmed": "yes",
    "supplied_by": "A. Analyst",
    "supplied_on": "2026-09-01",
}
SAFE = {
    **ROW,
    "indicator_id": "feeling_safe",
    "measure_id": "percent_safe",
    "definition_version": "feel_safe",
    "breakdown_type": "time_of_day",
}

Row = Mapping[str, object]
Reader = Callable[..., list[Observation]]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "returns"
    folder.mkdir()
    return folder


@pytest.fixture
def handed_in(read: Reader, inbox: Path) -> Callable[[str], list[Observation]]:
    """Reads an indicator from the inbox, with the live code."""
    return lambda indicator: read(indicator, inbox=inbox)


@pytest.fixture
def quoted(plan: Plan, store: SnapshotStore) -> Callable[[str], list[Observation]]:
    """Reads an indicator from the sample edition."""

    def read_sample(indicator: str, inbox: Path = SAMPLE / "returns") -> list[Observation]:
        spec = plan.sources["residents_survey"]
        session = sample_session(spec, load_answers(SAMPLE))
        client = Client(spec, "sample", session, store, lambda: NOW, inbox=inbox)
        snapshots = by_role(module.fetch(client, plan.indicators_of(spec.id)))
        return module.parse(plan.indicators[indicator], snapshots)

    return read_sample


def csv_return(
    path: Path, *rows: Row, header: Sequence[str] = HEADER, encoding: str = "utf-8"
) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def xlsx_return(path: Path, *rows: Row, sheet: str = "Return") -> Path:
    workbook = Workbook()
    workbook.active.title = "Read me"
    table = workbook.create_sheet(sheet)
    table.append(HEADER)
    for row in rows:
        table.append([row.get(name) for name in HEADER])
    workbook.save(path)
    return path


class TestWhatHasBeenPubliclyReported:
    """The sample edition."""

    @pytest.mark.parametrize(
        ("indicator", "year", "value"),
        [
            *[
                ("getting_on_well", *pair)
                for pair in [(2015, 81), (2016, 87), (2017, 92), (2018, 86), (2019, 78)]
            ],
            *[("getting_on_well", *pair) for pair in [(2023, 87), (2024, 90), (2025, 91)]],
            *[
                ("satisfied_with_area", *pair)
                for pair in [(2015, 82), (2017, 83), (2018, 79), (2024, 84), (2025, 83)]
            ],
            *[
                ("concerned_about_crime", *pair)
                for pair in [(2016, 39), (2017, 31), (2019, 48), (2021, 47), (2023, 39)]
            ],
        ],
    )
    def test_figures(self, quoted: Reader, indicator: str, year: int, value: float) -> None:
        row = one(quoted(indicator), year=year)
        assert (row.value, row.status, row.source_text) == (value, "", str(value))
        assert (row.area_code, row.unit, row.breakdown, row.category) == (
            "E09000030",
            "percent",
            "total",
            "total",
        )

    @pytest.mark.parametrize(
        ("indicator", "years"),
        [
            ("getting_on_well", [2015, 2016, 2017, 2018, 2019, 2023, 2024, 2025]),
            ("satisfied_with_area", [2015, 2017, 2018, 2021, 2024, 2025]),
            ("concerned_about_crime", [2015, 2016, 2017, 2018, 2019, 2021, 2023, 2024]),
            ("feeling_safe", []),
        ],
    )
    def test_years_and_no_others(self, quoted: Reader, indicator: str, years: list[int]) -> None:
        assert sorted(row.period.year for row in quoted(indicator)) == years

    @pytest.mark.parametrize(
        ("indicator", "year", "words"),
        [
            ("satisfied_with_area", 2021, "three out of four people"),
            ("concerned_about_crime", 2015, "historically low levels"),
            ("concerned_about_crime", 2018, "top resident concerns"),
            ("concerned_about_crime", 2024, "top two priorities"),
        ],
    )
    def test_words_are_no_figures(
        self, quoted: Reader, indicator: str, year: int, words: str
    ) -> None:
        row = one(quoted(indicator), year=year)
        assert (row.value, row.status, row.lower_ci_95, row.upper_ci_95, row.source_text) == (
            None,
            "x",
            None,
            None,
            "",
        )
        assert words in row.note

    @pytest.mark.parametrize(
        "indicator", ["getting_on_well", "satisfied_with_area", "concerned_about_crime"]
    )
    def test_every_figure_says_that_it_is_quoted_and_from_where(
        self, quoted: Reader, indicator: str
    ) -> None:
        for row in quoted(indicator):
            assert row.note.startswith("Publicly reported, not a council return.")
            assert "https://" in row.note
            assert "No licence is granted for more than the quoted" in row.note

    @pytest.mark.parametrize(
        ("year", "interval"),
        [
            (2015, "2015-01-01/P2M"),
            (2017, "2017-01-01/P3M"),
            (2019, "2019-03-01/P3M"),
            (2023, "2023-01-01/P1Y"),
            (2025, "2025-03-24/P47D"),
        ],
    )
    def test_the_period_is_that_of_the_interviews_or_the_wave_s_year(
        self, quoted: Reader, year: int, interval: str
    ) -> None:
        row = one(quoted("getting_on_well"), year=year)
        assert (row.period.iso, row.period.label) == (interval, str(year))
        assert ("dates of the interviews are not public" in row.note) == interval.endswith("P1Y")

    @pytest.mark.parametrize(
        ("indicator", "year", "series"),
        [
            ("getting_on_well", 2019, "face_to_face"),
            ("getting_on_well", 2023, "face_to_face"),
            ("satisfied_with_area", 2021, "telephone_2021"),
            ("satisfied_with_area", 2024, "face_to_face"),
            ("concerned_about_crime", 2017, "face_to_face_crime"),
            ("concerned_about_crime", 2019, "face_to_face_crime_and_asb"),
            ("concerned_about_crime", 2021, "telephone_2021_crime"),
            ("concerned_about_crime", 2023, "face_to_face_crime_and_asb"),
        ],
    )
    def test_telephone_and_another_wording_are_series_of_their_own(
        self, quoted: Reader, indicator: str, year: int, series: str
    ) -> None:
        assert one(quoted(indicator), year=year).series == series

    @pytest.mark.parametrize(
        ("indicator", "year", "lower", "upper", "people"),
        [
            ("getting_on_well", 2019, 75.46, 80.34, "1,104"),
            ("getting_on_well", 2023, 84.9, 88.85, "1,117"),
            ("getting_on_well", 2025, 89.18, 92.54, "1,120"),
            ("satisfied_with_area", 2017, 80.5, 85.24, "967"),
            ("concerned_about_crime", 2021, 44.08, 49.94, "1,108"),
        ],
    )
    def test_limits_are_wilson_s_and_the_note_says_so(
        self, quoted: Reader, indicator: str, year: int, lower: float, upper: float, people: str
    ) -> None:
        row = one(quoted(indicator), year=year)
        assert (row.lower_ci_95, row.upper_ci_95) == (lower, upper)
        assert f"95% limits computed here: Wilson, n={people}, no design effect." in row.note
        assert (row.numerator, row.denominator) == (None, None), (
            "the people asked are no base of a weighted share"
        )

    @pytest.mark.parametrize("year", [2015, 2016, 2018, 2024])
    def test_about_1_100_is_no_number_to_compute_limits_from(
        self, quoted: Reader, year: int
    ) -> None:
        row = one(quoted("getting_on_well"), year=year)
        assert (row.lower_ci_95, row.upper_ci_95) == (None, None)
        assert "no limits are computed" in row.note

    def test_what_the_plan_calls_2022_is_the_survey_of_2023(self, quoted: Reader) -> None:
        rows = quoted("getting_on_well")
        assert not [row for row in rows if row.period.year == 2022]
        assert "The Plan gives this figure as 2022" in one(rows, year=2023).note

    def test_the_figures_that_a_newspaper_calls_2024_are_those_of_2025(
        self, quoted: Reader
    ) -> None:
        assert one(quoted("getting_on_well"), year=2025).value == 91
        assert one(quoted("satisfied_with_area"), year=2025).value == 83
        assert "±3% at the 95% level" in one(quoted("satisfied_with_area"), year=2025).note

    def test_every_figure_has_its_origin(self, quoted: Reader) -> None:
        with (SAMPLE / "ORIGIN.csv").open(encoding="utf-8", newline="") as file:
            origins = {(row["figure"], row["period"]): row for row in csv.DictReader(file)}
        for indicator in ("getting_on_well", "satisfied_with_area", "concerned_about_crime"):
            for row in quoted(indicator):
                origin = origins[indicator, row.period.label]
                assert origin["value"] == row.source_text
                assert origin["published_where"] in row.note

    def test_no_package_claims_an_open_licence_for_quoted_figures(self, plan: Plan) -> None:
        for indicator in plan.indicators_of("residents_survey"):
            assert plan.licence_of(indicator).name == "other-quoted"
            assert indicator.no_figures_because

    def test_quoted_figures_are_refused_in_a_live_run(self, read: Reader) -> None:
        with pytest.raises(
            SourceError, match=r"licence_confirmed.*is for figures that this project has quoted"
        ):
            read("getting_on_well", inbox=SAMPLE / "returns")


class TestAReturn:
    """What a file in the inbox becomes, live."""

    def test_an_empty_inbox_gives_no_figure(self, handed_in: Reader) -> None:
        assert handed_in("getting_on_well") == []

    @pytest.mark.parametrize("write", [csv_return, xlsx_return])
    def test_a_row_becomes_a_figure(
        self, handed_in: Reader, inbox: Path, write: Callable[..., Path]
    ) -> None:
        write(
            inbox / f"ars.{'csv' if write is csv_return else 'xlsx'}",
            {**ROW, "note": "First wave of the year."},
        )
        row = one(handed_in("getting_on_well"), year=2026)
        assert (row.value, row.source_text, row.period.iso, row.period.label) == (
            88,
            "88",
            "2026-03-23/P47D",
            "2026",
        )
        assert (row.lower_ci_95, row.upper_ci_95) == (85.95, 89.78)
        assert (
            row.note
            == "First wave of the year. 95% limits computed here: Wilson, n=1,108, no design effect."
        )
        assert row.series == "face_to_face"

    def test_limits_of_the_return_stand(self, handed_in: Reader, inbox: Path) -> None:
        csv_return(inbox / "ars.csv", {**ROW, "ci_lower_95": "85.1", "ci_upper_95": "90.2"})
        row = one(handed_in("getting_on_well"))
        assert (row.lower_ci_95, row.upper_ci_95, row.note) == (85.1, 90.2, "")

    def test_counts_and_the_mark_provisional_are_kept(self, handed_in: Reader, inbox: Path) -> None:
        csv_return(
            inbox / "ars.csv", {**ROW, "numerator": "975", "denominator": "1,108", "revision": "p"}
        )
        row = one(handed_in("getting_on_well"))
        assert (row.numerator, row.denominator, row.revision) == (975, 1108, "p")

    @pytest.mark.parametrize("status", ["c", "low", "u", "x", "z"])
    def test_a_row_without_a_value_says_why(
        self, handed_in: Reader, inbox: Path, status: str
    ) -> None:
        csv_return(inbox / "ars.csv", {**ROW, "value": "", "status": status})
        row = one(handed_in("getting_on_well"))
        assert (row.value, row.status, row.lower_ci_95) == (None, status, None)

    def test_an_indicator_without_a_total_has_its_groups(
        self, handed_in: Reader, inbox: Path
    ) -> None:
        day, dark = (
            {**SAFE, "breakdown": "during_the_day"},
            {**SAFE, "breakdown": "after_dark", "value": "61"},
        )
        csv_return(inbox / "ars.csv", day, dark)
        assert (
            one(handed_in("feeling_safe"), breakdown="time_of_day", category="after_dark").value
            == 61
        )

    def test_a_file_of_another_source_is_left_alone(self, handed_in: Reader, inbox: Path) -> None:
        csv_return(
            inbox / "pupils.csv", {**ROW, "indicator_id": "children_happy", "value": "none of ours"}
        )
        csv_return(inbox / "survey.csv", ROW)
        assert len(handed_in("getting_on_well")) == 1

    def test_a_return_whose_licence_is_not_confirmed_is_not_published(
        self, handed_in: Reader, inbox: Path, plan: Plan
    ) -> None:
        csv_return(inbox / "ars.csv", {**ROW, "licence_confirmed": "no"})
        assert handed_in("getting_on_well") == []
        assert "licence" in plan.indicators["getting_on_well"].no_figures_because

    def test_a_later_return_replaces_an_earlier_one(self, handed_in: Reader, inbox: Path) -> None:
        csv_return(inbox / "b.csv", ROW)
        csv_return(inbox / "a.csv", {**ROW, "value": "89", "supplied_on": "2026-10-01"})
        csv_return(inbox / "c.csv", {**ROW, "value": "87", "supplied_on": "2026-08-01"})
        assert [row.value for row in handed_in("getting_on_well")] == [89]

    def test_the_same_figure_twice_on_one_day_is_one(self, handed_in: Reader, inbox: Path) -> None:
        csv_return(inbox / "a.csv", ROW)
        xlsx_return(inbox / "b.xlsx", {**ROW, "value": 88, "supplied_by": "B. Analyst"})
        assert [row.value for row in handed_in("getting_on_well")] == [88]

    def test_two_figures_of_one_day_contradict_each_other(
        self, handed_in: Reader, inbox: Path
    ) -> None:
        csv_return(inbox / "a.csv", ROW)
        csv_return(inbox / "b.csv", {**ROW, "value": "89"})
        with pytest.raises(SourceError, match=r"another than row 2 of a\.csv: 89 and 88"):
            handed_in("getting_on_well")


class TestExcelsDamage:
    """What Excel does to a file is read right where that is certain."""

    @pytest.mark.parametrize(
        ("column", "cell"),
        [
            ("value", "88%"),
            ("value", "88 %"),
            ("value", " 88.0 "),
            ("base_unweighted", "1,108"),
            ("base_unweighted", "1108.0"),
            ("period_start", "23/03/2026"),
            ("period_start", "2026-03-23 00:00:00"),
            ("supplied_on", "09/09/2026"),
            ("unit", "Percent"),
            ("collection_mode", "F2F"),
            ("source_title", "Annual\u00a0Residents Survey 2026"),
        ],
    )
    def test_a_cell(self, handed_in: Reader, inbox: Path, column: str, cell: str) -> None:
        csv_return(inbox / "ars.csv", {**ROW, column: cell})
        row = one(handed_in("getting_on_well"))
        assert (row.value, row.lower_ci_95, row.period.start) == (88, 85.95, date(2026, 3, 23))
        assert row.source_text == (cell if column == "value" else "88")

    def test_a_byte_order_mark_blank_rows_and_a_moved_column(
        self, handed_in: Reader, inbox: Path
    ) -> None:
        moved = [*reversed(HEADER), "comments of ours"]
        csv_return(inbox / "ars.csv", ROW, {}, {}, header=moved, encoding="utf-8-sig")
        assert one(handed_in("getting_on_well")).value == 88

    def test_blank_cells_that_excel_left_out_at_the_end_of_a_row(
        self, handed_in: Reader, inbox: Path
    ) -> None:
        path = csv_return(inbox / "ars.csv", ROW)
        path.write_bytes(path.read_bytes().replace(b"2026-09-01,,\r\n", b"2026-09-01\r\n"))
        assert one(handed_in("getting_on_well")).value == 88

    def test_real_dates_and_numbers_of_a_workbook(self, handed_in: Reader, inbox: Path) -> None:
        days = {
            "period_start": date(2026, 3, 23),
            "supplied_on": datetime(2026, 9, 1),
            "period_label": 2026,
        }
        xlsx_return(
            inbox / "ars.XLSX", {**ROW, **days, "value": 88.4, "base_unweighted": 1108}, {}, {}
        )
        row = one(handed_in("getting_on_well"))
        assert (row.value, row.source_text, row.period.start, row.period.label) == (
            88.4,
            "88.4",
            date(2026, 3, 23),
            "2026",
        )

    def test_half_a_percent_with_its_counts(self, handed_in: Reader, inbox: Path) -> None:
        csv_return(
            inbox / "ars.csv", {**ROW, "value": "0.5", "numerator": "6", "denominator": "1108"}
        )
        assert one(handed_in("getting_on_well")).value == 0.5


class TestWhatIsRefused:
    """A return that breaks a rule is handed back whole, with row, column and remedy."""

    @pytest.mark.parametrize(
        ("column", "cell", "says"),
        [
            ("value", "", "neither a value nor a reason"),
            ("value", "three out of four", "“three out of four” is not a number"),
            ("value", "[c]", "give the reason in `status`"),
            ("value", "87,5", "a point for decimals"),
            ("value", "101", "from 0 to 100"),
            ("value", "-1", "from 0 to 100"),
            ("value", "0.88", "may be a fraction: Excel keeps 87 % as 0.87"),
            ("value", "1", "may be a fraction"),
            ("status", "x", "there is a value, 88, and also “x”"),
            ("status", "k", "nothing, or one of c, low, u, x, z"),
            ("unit", "pct", "one of percent, count"),
            ("unit", "count", "“count” is not this indicator's unit"),
            ("indicator_id", "", "it is blank, and every row must fill it"),
            ("measure_id", "percent_disagree", "write percent_agree"),
            ("area_code", "E12000007", "write E09000030"),
            ("breakdown_type", "sex", "do not go together"),
            ("period_start", "03/04/2026", "write 2026-04-03 if 3 is the day of the month"),
            ("period_start", "03/23/2026", "the calendar has no “03/23/2026”"),
            ("period_start", "2026-02-30", "the calendar has no"),
            ("period_start", "23.3.26", "write year-month-day"),
            ("period_start", "2026-05-09", "lies before period_start"),
            ("period_start", "2025-03-23", "no survey_wave, which is a year at most"),
            ("period_type", "financial_year", "2026-04-01 to 2027-03-31"),
            (
                "period_label",
                "2022",
                "“2022” names 2022, and the days are 2026-03-23 to 2026-05-08",
            ),
            ("period_label", "Dec-22", "Excel makes one of labels such as 2022-12"),
            ("period_label", "01/12/2026", "“01/12/2026” is a date"),
            ("base_unweighted", "", "needs how many were asked"),
            ("base_unweighted", "c.1,100", "is not a number"),
            ("base_unweighted", "1,1", "is not a number"),
            ("base_unweighted", "41", "give the status u"),
            ("base_unweighted", "29", "give the status c"),
            ("ci_lower_95", "85", "one limit stands without the other"),
            ("denominator", "0", "above zero"),
            (
                "collection_mode",
                "online",
                "collection_mode “online” with “get_on_well” is no known series in 2026",
            ),
            ("collection_mode", "telephone", "is no known series in 2026"),
            ("collection_mode", "", "is no known series"),
            ("definition_version", "2", "a new series: add it to the indicator's YAML first"),
            ("licence_confirmed", "", "one of yes, no, quoted"),
            ("licence_confirmed", "quoted", "write yes if the council licenses the figure"),
            ("supplied_on", "", "a day as 2023-03-31"),
            ("source_url", "towerhamlets.gov.uk", "begin it with https://"),
        ],
    )
    def test_a_cell(
        self, handed_in: Reader, inbox: Path, column: str, cell: str, says: str
    ) -> None:
        safe = {**SAFE, "breakdown": "after_dark"}
        csv_return(inbox / "ars.csv", safe, {**ROW, column: cell})
        with pytest.raises(SourceError) as refused:
            handed_in("getting_on_well")
        assert "ars.csv" in refused.value.where
        assert "Row 3" in refused.value.came
        assert says in refused.value.came

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            (
                {"numerator": "900", "denominator": "1108"},
                "88 is not numerator ÷ denominator, which is 81.23 %",
            ),
            (
                {"value": "87.8", "numerator": "975", "denominator": "1108"},
                "denominator, which is 88.00 %",
            ),
            ({"ci_lower_95": "89", "ci_upper_95": "91"}, "88 does not lie within 89 and 91"),
            ({"value": "", "status": "c", "numerator": "4"}, "must not let it be worked out"),
            ({"breakdown_type": "sex", "breakdown": "female"}, "it has total only"),
            ({"unit": "count", "value": "88%"}, "88% is a percentage, and the unit is count"),
            ({"period_type": "snapshot"}, "no snapshot, which is the same day twice"),
            ({"period_type": "quarter_cumulative"}, "1 April to the end of a quarter"),
        ],
    )
    def test_cells_that_do_not_go_together(
        self, handed_in: Reader, inbox: Path, changes: dict[str, str], says: str
    ) -> None:
        csv_return(inbox / "ars.csv", {**ROW, **changes})
        with pytest.raises(SourceError) as refused:
            handed_in("getting_on_well")
        assert says in refused.value.came

    @pytest.mark.parametrize("column", ["period_label", "breakdown", "measure_id"])
    def test_words_that_a_workbook_has_turned_into_a_date(
        self, handed_in: Reader, inbox: Path, column: str
    ) -> None:
        xlsx_return(inbox / "ars.xlsx", {**ROW, column: date(2022, 12, 1)})
        with pytest.raises(
            SourceError, match=rf"Row 2, column “{column}”: Excel has turned this into a date"
        ):
            handed_in("getting_on_well")

    def test_a_date_that_a_workbook_keeps_as_a_bare_number(
        self, handed_in: Reader, inbox: Path
    ) -> None:
        xlsx_return(inbox / "ars.xlsx", {**ROW, "supplied_on": 46266})
        with pytest.raises(SourceError, match="“46266” is not a day"):
            handed_in("getting_on_well")

    @pytest.mark.parametrize("name", ["gettingonwell", "getting_on_wel"])
    def test_an_indicator_that_is_misspelt(self, handed_in: Reader, inbox: Path, name: str) -> None:
        csv_return(inbox / "ars.csv", {**ROW, "indicator_id": name})
        with pytest.raises(
            SourceError, match=rf"no indicator “{name}” here.*write `getting_on_well`"
        ):
            handed_in("getting_on_well")

    def test_an_indicator_of_another_return_is_left_to_its_source(
        self, handed_in: Reader, inbox: Path
    ) -> None:
        csv_return(inbox / "ars.csv", ROW, {**ROW, "indicator_id": "children_happy"})
        assert [row.value for row in handed_in("getting_on_well")] == [88]

    def test_the_same_row_twice(self, handed_in: Reader, inbox: Path) -> None:
        csv_return(inbox / "ars.csv", ROW, {**ROW, "value": "89"})
        with pytest.raises(
            SourceError, match=r"Row 3.*row 2 has the same indicator, measure, area"
        ):
            handed_in("getting_on_well")

    def test_a_total_where_there_is_none(self, handed_in: Reader, inbox: Path) -> None:
        csv_return(inbox / "ars.csv", {**SAFE, "breakdown_type": "total"})
        with pytest.raises(SourceError, match="this indicator has no total"):
            handed_in("feeling_safe")

    def test_a_group_without_its_total(
        self, plan: Plan, live_client: Callable[..., Client], inbox: Path
    ) -> None:
        csv_return(inbox / "ars.csv", {**ROW, "breakdown_type": "sex", "breakdown": "female"})
        client = live_client("residents_survey", inbox=inbox)
        snapshots = by_role(module.fetch(client, plan.indicators_of("residents_survey")))
        by_sex = plan.indicators["getting_on_well"].model_copy(
            update={"breakdowns": {"sex": ["female", "male"]}}
        )
        with pytest.raises(SourceError, match="“female” has no total beside it for 2026"):
            module.parse(by_sex, snapshots)

    def test_a_break_within_a_series(self, handed_in: Reader, inbox: Path) -> None:
        before = {
            **ROW,
            "period_start": "2025-03-24",
            "period_end": "2025-05-09",
            "period_label": "2025",
        }
        csv_return(inbox / "ars.csv", before, {**ROW, "series_break": "b"})
        with pytest.raises(SourceError, match="b in 2026, after 2025 of the same series"):
            handed_in("getting_on_well")

    @pytest.mark.parametrize(
        ("header", "says"),
        [
            (
                [name for name in HEADER if name != "supplied_on"],
                "column “supplied_on”: the header lacks this column",
            ),
            ([*HEADER, "value"], "column “value”: the header has this column more than once"),
            (
                ["numeratr" if name == "numerator" else name for name in HEADER],
                "if you mean `numerator`, write it so",
            ),
        ],
    )
    def test_a_header_that_is_not_the_template_s(
        self, handed_in: Reader, inbox: Path, header: list[str], says: str
    ) -> None:
        csv_return(
            inbox / "ars.csv",
            {name: cell for name, cell in ROW.items() if name in header},
            header=header,
        )
        with pytest.raises(SourceError) as refused:
            handed_in("getting_on_well")
        assert says in refused.value.came

    def test_a_comma_that_pushed_a_note_out_of_the_table(
        self, handed_in: Reader, inbox: Path
    ) -> None:
        path = csv_return(inbox / "ars.csv", ROW)
        path.write_bytes(path.read_bytes().rstrip(b"\r\n") + b"a note, without quotes\r\n")
        with pytest.raises(SourceError, match="“without quotes” stands outside the table"):
            handed_in("getting_on_well")

    @pytest.mark.parametrize(
        ("name", "content", "says"),
        [
            ("ars.csv", b"", "the header lacks this column"),
            ("ars.csv", ",".join(HEADER).encode() + b"\r\n", "there is no row under the header"),
            ("ars.csv", "a note – £".encode("cp1252"), "not in UTF-8"),
            ("ars.csv", b'"never closed', "this is no CSV file"),
            ("ars.csv", ";".join(HEADER).encode() + b"\r\n", "the header lacks this column"),
            ("ars.xlsx", b"PK\x03\x04 and no more", "the workbook cannot be opened"),
        ],
    )
    def test_a_file_that_is_no_return(
        self, handed_in: Reader, inbox: Path, name: str, content: bytes, says: str
    ) -> None:
        (inbox / name).write_bytes(content)
        with pytest.raises(SourceError) as refused:
            handed_in("getting_on_well")
        assert says in refused.value.came

    def test_a_workbook_without_the_sheet(self, handed_in: Reader, inbox: Path) -> None:
        xlsx_return(inbox / "ars.xlsx", ROW, sheet="Data")
        with pytest.raises(SourceError, match="there is no sheet “Return”, only “Read me”, “Data”"):
            handed_in("getting_on_well")

    def test_all_problems_are_told_at_once(
        self, live_client: Callable[..., Client], inbox: Path
    ) -> None:
        csv_return(
            inbox / "ars.csv",
            {**ROW, "value": "many", "unit": "pct"},
            ROW,
            {**ROW, "period_start": "soon"},
        )
        (snapshot,) = live_client("residents_survey", inbox=inbox).returns()
        file = read_return(snapshot)
        assert [(one.row, one.column) for one in file.problems] == [
            (2, "value"),
            (2, "unit"),
            (4, "period_start"),
        ]
        assert all(one.remedy for one in file.problems)
        assert [row.row for row in file.rows] == [3]

    def test_a_quoted_figure_without_its_report(self, quoted: Reader, inbox: Path) -> None:
        csv_return(inbox / "ars.csv", {**ROW, "licence_confirmed": "quoted"})
        with pytest.raises(SourceError) as refused:
            quoted("getting_on_well", inbox)
        assert "needs the address of the report" in refused.value.came
        assert "begin the note with" in refused.value.came

    def test_a_series_that_the_indicator_does_not_have(self, plan: Plan) -> None:
        indicator = plan.indicators["getting_on_well"].model_copy(update={"series": ()})
        with pytest.raises(PlanError, match="“face_to_face” is none of the indicator's series"):
            returns.figures(indicator, {})


class TestLaws:
    """Cells that hold for all values."""

    @given(st.floats(0, 100).map(lambda value: round(value, 3)))
    def test_a_percent_sign_changes_nothing(self, value: float) -> None:
        assert return_cells.percentage(f"{value:.3f}%") == return_cells.percentage(value) == value

    @given(st.integers(1, 10**9))
    def test_commas_change_nothing(self, count: int) -> None:
        assert (
            return_cells.whole_number(f"{count:,}")
            == return_cells.whole_number(float(count))
            == count
        )

    @given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
    def test_a_day_is_read_right_or_refused(self, day: date) -> None:
        assert return_cells.day(day.isoformat()) == return_cells.day(day) == day
        british = f"{day:%d/%m/%Y}"
        if day.day > 12 or day.day == day.month:
            assert return_cells.day(british) == day
        else:
            with pytest.raises(return_cells.CellError, match="may be one of two days"):
                return_cells.day(british)

    @given(st.text(max_size=12))
    def test_no_cell_breaks_the_reader(self, cell: str) -> None:
        for column in COLUMNS:
            try:
                column.read(cell)
            except return_cells.CellError as problem:
                assert problem.wrong
                assert problem.remedy
