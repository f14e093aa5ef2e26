"""Personal well-being from the API of the Office for National Statistics: what is read, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from sources import SAMPLES, ons_wellbeing
from tests.damage.tables import as_csv
from tests.sources.sample_readings import origins_in
from tests.support import ROOT, one, real, snapshot_of, with_witnesses
from thindicators.areas.register import register
from thindicators.errors import FetchError, SourceError
from thindicators.fetching.answers import Answer, Answers, load_answers
from thindicators.fetching.snapshots import by_role
from thindicators.observations.observation import Observation
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Indicator, Plan

Read = Callable[..., list[Observation]]
Cells = list[list[str]]

TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
AREAS = (TOWER_HAMLETS, LONDON, ENGLAND)
MEASURES = {
    "happiness": "happiness",
    "anxiety": "anxiety",
    "life_satisfaction": "life-satisfaction",
}
SHEETS = {"happiness": "Happiness", "anxiety": "Anxiety", "life_satisfaction": "Life satisfaction"}
SAMPLE = SAMPLES / "ons_wellbeing" / "4.csv"
DATASET = "https://api.beta.ons.gov.uk/v1/datasets/wellbeing-local-authority"
VERSION = f"{DATASET}/editions/time-series/versions/4"
FILE = "https://download.ons.gov.uk/downloads/datasets/wellbeing-local-authority/editions/time-series/versions/4.csv"
HEADER = SAMPLE.read_text().splitlines()[0].split(",")
VALUE, MARK, LOWER, UPPER, YEAR, TIME, AREA, NAME, MEASURE, LABEL, ESTIMATE = range(11)


def sample_cells() -> Cells:
    return list(csv.reader(io.StringIO(SAMPLE.read_text())))


def row_of(
    cells: Cells, area: str = TOWER_HAMLETS, time: str = "2022-23", measure: str = "happiness"
) -> list[str]:
    """The row itself, to be changed in place."""
    return next(
        row for row in cells if (row[AREA], row[TIME], row[MEASURE]) == (area, time, measure)
    )


def answering(content: bytes | None = None, **changed: Answer | None) -> Answers:
    """The sample's answers with another file, or with other answers for `dataset`, `version` or `file`."""
    sample = load_answers(SAMPLES / "ons_wellbeing")
    kept = dict(zip(("dataset", "version", "file"), sample.answers, strict=True))
    if content is not None:
        kept["file"] = replace(kept["file"], content=content)
    return replace(
        sample, answers=tuple(answer for answer in {**kept, **changed}.values() if answer)
    )


def json_answer(url: str, whole: Any) -> Answer:
    return Answer("GET", url, json.dumps(whole).encode(), media_type="application/json")


def parse(indicator: Indicator, content: bytes) -> list[Observation]:
    """The observations in a file, without asking anyone."""
    data = snapshot_of(content, ons_wellbeing.DATA, source="ons_wellbeing", url=FILE)
    return ons_wellbeing.parse(indicator, {ons_wellbeing.DATA: data})


def plan_about(folder: Path, *areas: str) -> Plan:
    """The plan with its three indicators of well-being about other areas, the first of which is its subject."""
    for part in ("sources", "indicators"):
        (folder / part).mkdir()
    (folder / "plan.yaml").write_bytes((ROOT / "schemas/plan.yaml").read_bytes())
    (folder / "areas.csv").write_text(
        "code,name,kind\n"
        + "".join(f'{area},"{register().names.get(area, area)}",area\n' for area in areas)
    )
    for file in ("sources/ons_wellbeing.yaml", *(f"indicators/{name}.yaml" for name in MEASURES)):
        text = (ROOT / "schemas" / file).read_text()
        (folder / file).write_text(
            text.replace(f"[{LONDON}, {ENGLAND}]", f"[{', '.join(areas[1:])}]")
        )
    return load_plan(with_witnesses(folder))


class TestSample:
    @pytest.mark.parametrize(
        ("indicator", "area", "label", "value", "lower", "upper"),
        [
            ("happiness", TOWER_HAMLETS, "2011-12", 7.03, 6.8, 7.26),
            ("happiness", TOWER_HAMLETS, "2018-19", 7.73, 7.48, 7.99),
            ("happiness", TOWER_HAMLETS, "2022-23", 6.87, 6.32, 7.41),
            ("happiness", LONDON, "2020-21", 7.25, 7.19, 7.3),
            ("happiness", ENGLAND, "2012-13", 7.29, 7.27, 7.3),
            ("anxiety", TOWER_HAMLETS, "2020-21", 3.82, 3.23, 4.4),
            ("anxiety", TOWER_HAMLETS, "2021-22", 2.62, 2.08, 3.15),
            ("anxiety", TOWER_HAMLETS, "2022-23", 3.26, 2.65, 3.88),
            ("anxiety", LONDON, "2011-12", 3.42, 3.36, 3.48),
            ("anxiety", ENGLAND, "2022-23", 3.24, 3.21, 3.28),
            ("life_satisfaction", TOWER_HAMLETS, "2018-19", 7.82, 7.6, 8.04),
            ("life_satisfaction", TOWER_HAMLETS, "2022-23", 7.32, 6.91, 7.74),
            ("life_satisfaction", LONDON, "2015-16", 7.5, 7.47, 7.54),
            ("life_satisfaction", ENGLAND, "2020-21", 7.38, 7.37, 7.4),
        ],
    )
    def test_has_means_with_their_limits(
        self,
        read: Read,
        indicator: str,
        area: str,
        label: str,
        value: float,
        lower: float,
        upper: float,
    ) -> None:
        found = one(read(indicator), area_code=area, year=int(label[:4]) + 1)
        assert (found.value, found.lower_ci_95, found.upper_ci_95) == (value, lower, upper)
        assert (found.period.label, found.unit) == (label, "score_0_10")
        assert (found.status, found.revision, found.note, found.series) == ("", "", "", "aps")
        assert (found.breakdown, found.category) == ("total", "total")

    @pytest.mark.parametrize("indicator", MEASURES)
    def test_has_twelve_years_for_each_of_three_areas(self, read: Read, indicator: str) -> None:
        rows = read(indicator)
        assert {(row.area_code, row.period.year) for row in rows} == {
            (area, year) for area in AREAS for year in range(2012, 2024)
        }
        assert len(rows) == 36

    def test_a_year_is_from_april_to_march(self, read: Read) -> None:
        found = one(read("happiness"), area_code=TOWER_HAMLETS, year=2023)
        assert found.period.iso == "2022-04-01/P1Y"
        assert str(found.period.end) == "2023-03-31"

    @pytest.mark.parametrize("indicator", MEASURES)
    def test_every_cell_is_a_figure_with_an_origin(self, read: Read, indicator: str) -> None:
        origins = {
            (row["figure"], row["area"], row["period"]): row["value"]
            for row in origins_in(SAMPLES / "ons_wellbeing")
        }
        for row in read(indicator):
            key = (row.area_code, row.period.label)
            measure = MEASURES[indicator]
            assert row.source_text == origins[f"{measure}, mean", *key]
            assert row.lower_ci_95 == float(origins[f"{measure}, lower limit", *key])
            assert row.upper_ci_95 == float(origins[f"{measure}, upper limit", *key])
        expected = [row for row in sample_cells()[1:] if row[AREA] in AREAS]
        assert len(origins) == 3 * len(expected)

    def test_the_publishers_pause_is_told(self, plan: Plan, read: Read) -> None:
        source = plan.sources["ons_wellbeing"]
        assert "paused" in source.paused
        for indicator in MEASURES:
            assert max(row.period.year for row in read(indicator)) == 2023
            assert plan.indicators[indicator].series[0].ends_because


class TestFindingTheFile:
    def test_takes_the_version_that_the_api_calls_the_latest(
        self, plan: Plan, live_client: Callable[..., Any]
    ) -> None:
        latest = VERSION.replace("versions/4", "versions/11")
        answers = answering(
            dataset=json_answer(DATASET, {"links": {"latest_version": {"href": latest}}}),
            version=json_answer(
                latest,
                {
                    "version": 11,
                    "release_date": "2027-01-12T09:30:00Z",
                    "downloads": {"csv": {"href": FILE}},
                },
            ),
        )
        snapshots = by_role(
            ons_wellbeing.fetch(
                live_client("ons_wellbeing", answers), plan.indicators_of("ons_wellbeing")
            )
        )
        assert list(snapshots) == ["data dataset", "data version", "data"]
        assert snapshots["data"].receipt.release == "version 11, 2027-01-12"
        assert snapshots["data"].receipt.url == FILE

    def test_follows_the_publisher_to_its_store_of_files(self, read: Read) -> None:
        stored = "https://static.ons.gov.uk/datasets/4.csv"
        moved = Answer("GET", FILE, b"", status=302, headers={"Location": stored})
        found = read(
            "happiness", answering(file=moved, stored=Answer("GET", stored, SAMPLE.read_bytes()))
        )
        assert one(found, area_code=TOWER_HAMLETS, year=2023).value == 6.87

    @pytest.mark.parametrize(
        ("answer", "came"),
        [
            ({"id": "wellbeing-local-authority"}, "links"),
            ({"links": {"latest_version": {"href": ""}}}, "href"),
            (
                {
                    "links": {
                        "latest_version": {
                            "href": VERSION.replace("wellbeing-local-authority", "cpih01")
                        }
                    }
                },
                "cpih01",
            ),
            ({"links": {"latest_version": {"href": f"{VERSION}/metadata"}}}, "a link to a version"),
            (["nothing"], "nothing"),
        ],
    )
    def test_refuses_a_data_set_without_a_latest_version(
        self, read: Read, answer: Any, came: str
    ) -> None:
        with pytest.raises(SourceError, match=came) as refused:
            read("happiness", answering(dataset=json_answer(DATASET, answer)))
        assert DATASET in refused.value.where
        assert "see sources/publishers/ons.py" in refused.value.remedy

    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            ({"version": 3, "release_date": "2022-10-31"}, "version 4"),
            (
                {"version": 4, "release_date": "2023-11-07", "downloads": {"xls": {"href": FILE}}},
                "“csv”",
            ),
            ({"version": 4, "downloads": {"csv": {"href": FILE}}}, "“release_date”"),
            (["4"], "version 4"),
        ],
    )
    def test_refuses_a_version_that_is_another_or_has_no_csv(
        self, read: Read, answer: Any, expected: str
    ) -> None:
        with pytest.raises(SourceError) as refused:
            read("happiness", answering(version=json_answer(VERSION, answer)))
        assert expected in refused.value.expected

    def test_says_so_when_the_data_set_is_gone(self, read: Read) -> None:
        with pytest.raises(FetchError, match="HTTP 404"):
            read("happiness", answering(dataset=None))

    def test_too_many_requests_end_with_the_publishers_own_words(self, read: Read) -> None:
        busy = Answer("GET", VERSION, b"", status=429, headers={"Retry-After": "3600"})
        with pytest.raises(FetchError, match="Retry-After: 3600"):
            read("happiness", answering(version=busy))

    def test_a_page_instead_of_the_api_is_no_json(self, read: Read) -> None:
        with pytest.raises(SourceError, match="JSON"):
            read(
                "happiness",
                answering(dataset=Answer("GET", DATASET, b"<html>Service unavailable</html>")),
            )


class TestTheFile:
    @pytest.mark.parametrize(
        "changes",
        [
            {"v4_3": "V4_3", "Data marking": "Data Marking"},
            {"Time": "time", "Lower limit": "Lower Limit", "Upper limit": "UPPER LIMIT"},
            {"MeasureOfWellbeing": "AllMeasuresOfWellbeing", "yyyy-yy": "financial-year"},
        ],
    )
    def test_names_in_the_header_differ_between_versions(
        self, read: Read, changes: dict[str, str]
    ) -> None:
        cells = [[changes.get(name, name) for name in HEADER], *sample_cells()[1:]]
        found = one(read("happiness", answering(as_csv(cells))), area_code=TOWER_HAMLETS, year=2023)
        assert (found.value, found.lower_ci_95) == (6.87, 6.32)

    def test_labels_are_not_looked_at_but_codes_are(self, read: Read) -> None:
        cells = sample_cells()
        for row in cells[1:]:
            row[LABEL], row[NAME] = row[LABEL].title(), "another spelling"
        assert len(read("life_satisfaction", answering(as_csv(cells)))) == 36

    @pytest.mark.parametrize("estimate", ["poor", "fair", "good", "very-good"])
    def test_shares_of_people_are_not_means(self, read: Read, estimate: str) -> None:
        share = [
            "7.5",
            "",
            "4.1",
            "10.9",
            "2022-23",
            "2022-23",
            TOWER_HAMLETS,
            "Tower Hamlets",
            "happiness",
            "Happiness",
        ]
        cells = [*sample_cells(), [*share, estimate, estimate.title()]]
        assert (
            one(
                read("happiness", answering(as_csv(cells))), area_code=TOWER_HAMLETS, year=2023
            ).value
            == 6.87
        )

    @pytest.mark.parametrize(("mark", "status"), [("[x]", "x"), ("[c]", "c"), ("[u]", "u")])
    def test_a_mark_stands_in_the_limits_too(self, read: Read, mark: str, status: str) -> None:
        cells = sample_cells()
        row_of(cells)[: UPPER + 1] = ["", mark, mark, mark]
        found = one(read("happiness", answering(as_csv(cells))), area_code=TOWER_HAMLETS, year=2023)
        assert (found.value, found.lower_ci_95, found.upper_ci_95) == (None, None, None)
        assert (found.status, found.source_text, found.note) == (
            status,
            mark,
            ons_wellbeing.NOTES[status],
        )

    def test_a_mean_may_have_marks_instead_of_limits(self, read: Read) -> None:
        cells = sample_cells()
        row_of(cells)[: UPPER + 1] = ["6.87", "", "[x]", "[x]"]
        found = one(read("happiness", answering(as_csv(cells))), area_code=TOWER_HAMLETS, year=2023)
        assert (found.value, found.lower_ci_95, found.status) == (6.87, None, "")
        assert found.note == ons_wellbeing.NO_LIMITS

    @pytest.mark.parametrize(
        ("first_cells", "problem"),
        [
            (["", "", "", ""], "an empty cell"),
            (["", "[z]", "[z]", "[z]"], r"\[z\]"),
            (["", "[x]", "", "[x]"], "an empty cell"),
            (["", "[x]", "[x]", "[u]"], r"the same mark again, \[x\]; came \[u\]"),
            (["", "[x]", "6.32", "7.41"], r"the same mark again, \[x\]; came 6\.32"),
            (["6.87", "[u]", "6.32", "7.41"], "no mark beside a figure"),
            (["6.87", "", "", ""], "a number; came an empty cell"),
            (["6.87", "", "[x]", "7.41"], "a number"),
            (["68.7", "", "63.2", "74.1"], "a mean from 0 to 10"),
            (["-0.1", "", "-0.2", "0.1"], "a mean from 0 to 10"),
            (
                ["7.87", "", "6.32", "7.41"],
                r"limits that hold the mean, 7\.87; came 6\.32 to 7\.41",
            ),
            (["6.2", "", "6.32", "7.41"], "limits that hold the mean"),
            (["6.87", "", "7.41", "6.32"], "limits that hold the mean"),
        ],
    )
    def test_refuses_cells_of_our_areas_that_make_no_sense(
        self, read: Read, first_cells: list[str], problem: str
    ) -> None:
        cells = sample_cells()
        changed = row_of(cells)
        changed[: UPPER + 1] = first_cells
        with pytest.raises(SourceError, match=problem) as refused:
            read("happiness", answering(as_csv(cells)))
        assert f"row {cells.index(changed) + 1}" in refused.value.where
        assert refused.value.remedy

    def test_wrong_limits_of_another_area_stop_nothing(self, read: Read) -> None:
        wrong = "3.05,,2.8,2.9,2012-13,2012-13,E07000246,Somerset West and Taunton,anxiety,Anxiety,average-mean,x"
        worse = "?,?,,,x,x,E09000001,City of London,anxiety,Anxiety,average-mean,x"
        cells = [*sample_cells(), *(line.split(",") for line in (wrong, worse))]
        assert len(read("anxiety", answering(as_csv(cells)))) == 36

    def test_a_code_that_is_written_otherwise_is_not_guessed(self, read: Read) -> None:
        cells = [[cell.replace("average-mean", "mean") for cell in row] for row in sample_cells()]
        with pytest.raises(SourceError, match="a row of average-mean, happiness"):
            read("happiness", answering(as_csv(cells)))

    def test_the_end_of_the_pause_is_for_a_person_to_read_about(self, read: Read) -> None:
        cells = sample_cells()
        later = [
            [*row[:YEAR], "2025-26", "2025-26", *row[AREA:]]
            for row in cells
            if row[TIME] == "2022-23"
        ]
        with pytest.raises(
            SourceError, match=r"no figures after 2023.*came 2025-26.*the pause is over"
        ):
            read("happiness", answering(as_csv([*cells, *later])))


class TestRealFigures:
    """The publisher's own figures for April 2022 to March 2023, from its workbook of subnational indicators."""

    @pytest.fixture
    def published(self) -> dict[tuple[str, str], tuple[float, float, float]]:
        """Mean and limits by indicator and area."""
        workbook = CalamineWorkbook.from_path(real("ons/subnatindicators_2024_02_16.xlsx"))
        found = {}
        for indicator, sheet in SHEETS.items():
            for row in workbook.get_sheet_by_name(sheet).to_python():
                if row[0] in AREAS:
                    found[indicator, str(row[0])] = (
                        float(str(row[6])),
                        float(str(row[7])),
                        float(str(row[8])),
                    )
        return found

    @pytest.mark.parametrize("area", AREAS)
    @pytest.mark.parametrize("indicator", MEASURES)
    def test_the_sample_repeats_them(
        self,
        read: Read,
        published: dict[tuple[str, str], tuple[float, float, float]],
        indicator: str,
        area: str,
    ) -> None:
        found = one(read(indicator), area_code=area, year=2023)
        assert (found.value, found.lower_ci_95, found.upper_ci_95) == published[indicator, area]

    @pytest.mark.parametrize(
        ("indicator", "figures"),
        [
            (
                "happiness",
                {
                    TOWER_HAMLETS: (6.87, 6.32, 7.41),
                    LONDON: (7.32, 7.25, 7.39),
                    ENGLAND: (7.38, 7.36, 7.41),
                },
            ),
            (
                "anxiety",
                {
                    TOWER_HAMLETS: (3.26, 2.65, 3.88),
                    LONDON: (3.34, 3.25, 3.44),
                    ENGLAND: (3.24, 3.21, 3.28),
                },
            ),
            (
                "life_satisfaction",
                {
                    TOWER_HAMLETS: (7.32, 6.91, 7.74),
                    LONDON: (7.35, 7.29, 7.41),
                    ENGLAND: (7.44, 7.42, 7.46),
                },
            ),
        ],
    )
    def test_in_the_shape_of_the_api_they_are_read_cell_by_cell(
        self,
        read: Read,
        published: dict[tuple[str, str], tuple[float, float, float]],
        indicator: str,
        figures: dict[str, tuple[float, float, float]],
    ) -> None:
        rows = []
        for (name, area), (value, lower, upper) in published.items():
            codes = ["2022-23", "2022-23", area, "", MEASURES[name], "", "average-mean", ""]
            rows.append([f"{value}", "", f"{lower}", f"{upper}", *codes])
        found = read(indicator, answering(as_csv([HEADER, *rows])))
        assert {
            row.area_code: (row.value, row.lower_ci_95, row.upper_ci_95) for row in found
        } == figures


class TestRealFile:
    """Lines of the publisher's own file; they are of other areas."""

    EXCERPT = "ons/wellbeing-local-authority-time-series-v4.EXCERPT.csv"

    def test_its_header_is_the_samples(self) -> None:
        assert real(self.EXCERPT).read_text().splitlines()[0] == ",".join(HEADER)

    @pytest.mark.parametrize("indicator", MEASURES)
    def test_its_lines_of_other_areas_change_nothing(self, read: Read, indicator: str) -> None:
        lines = real(self.EXCERPT).read_text().splitlines()
        content = "\n".join([*lines, *SAMPLE.read_text().splitlines()[1:]]).encode()
        found = [replace(row, snapshot="") for row in read(indicator, answering(content))]
        assert found == [replace(row, snapshot="") for row in read(indicator)]

    @pytest.mark.parametrize(
        ("area", "indicator", "time", "value", "lower", "upper"),
        [
            ("E06000032", "anxiety", "2022-23", 2.64, 2.26, 3.02),
            ("E06000032", "happiness", "2022-23", 7.64, 7.37, 7.91),
            ("E06000032", "life_satisfaction", "2022-23", 7.3, 7.08, 7.51),
            ("E07000212", "happiness", "2021-22", 7.46, 6.82, 8.1),
            ("E07000212", "life_satisfaction", "2020-21", 8.0, 7.52, 8.47),
            ("E07000246", "anxiety", "2012-13", 3.05, 2.8, 3.6),
            ("E13000002", "happiness", "2021-22", 7.42, 7.34, 7.5),
            ("S12000020", "happiness", "2022-23", 7.39, 7.09, 7.68),
            ("W06000001", "life_satisfaction", "2022-23", 7.5, 7.19, 7.8),
        ],
    )
    def test_its_figures_are_read(
        self,
        tmp_path: Path,
        area: str,
        indicator: str,
        time: str,
        value: float,
        lower: float,
        upper: float,
    ) -> None:
        plan = plan_about(tmp_path, area)
        found = one(
            parse(plan.indicators[indicator], real(self.EXCERPT).read_bytes()),
            area_code=area,
            year=int(time[:4]) + 1,
        )
        assert (found.value, found.lower_ci_95, found.upper_ci_95) == (value, lower, upper)
        assert found.period.label == time

    @pytest.mark.parametrize(
        ("area", "indicator", "time", "status"),
        [
            ("E07000212", "happiness", "2022-23", "u"),
            ("E07000212", "life_satisfaction", "2022-23", "u"),
            ("E13000002", "anxiety", "2016-17", "x"),
            ("E13000002", "happiness", "2015-16", "x"),
        ],
    )
    def test_its_marks_are_read(
        self, tmp_path: Path, area: str, indicator: str, time: str, status: str
    ) -> None:
        plan = plan_about(tmp_path, area)
        found = one(
            parse(plan.indicators[indicator], real(self.EXCERPT).read_bytes()),
            area_code=area,
            year=int(time[:4]) + 1,
        )
        assert (found.value, found.lower_ci_95, found.status, found.source_text) == (
            None,
            None,
            status,
            f"[{status}]",
        )
