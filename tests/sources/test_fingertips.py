"""Healthy life expectancy from Fingertips: the right area type, each figure once, and two series never joined."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from python_calamine import CalamineWorkbook

from sources import SAMPLES
from sources.publishers import fingertips
from sources.publishers.fingertips_areas import choose_area_type
from sources.reading.files import Line, Place
from sources.reading.series import FigureKey, recognise
from tests.sources.fingertips_answers import (
    AREA_TYPES,
    AVAILABLE,
    DATA,
    ENGLAND,
    LONDON,
    TOWER_HAMLETS,
    answers_with,
    answers_with_rows,
    columns_of,
    converted,
    csv_of,
    data_of,
    rows_in,
    rows_of,
)
from tests.sources.sample_readings import origins_in
from tests.support import ROOT, module_of, one, real, snapshot_of
from thindicators.errors import SourceError
from thindicators.fetching.answers import Answer, Answers, load_answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot, by_role
from thindicators.observations.observation import Observation
from thindicators.plan.indicator_parts import Series
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Indicator, Plan

Read = Callable[..., list[Observation]]
MALE, FEMALE = "healthy_life_expectancy_male", "healthy_life_expectancy_female"
OLDER, CURRENT = "hle_older_method", "hle_modelled_health"
FOLDER = SAMPLES / "fingertips"
OLDER_EDITION = FOLDER / "vintages" / "2024-07-08"
FILE_OF_ONS = "fingertips/ons_els_hle_2026-02-20.csv"
OF_ENGLAND = {"Parent Code": ENGLAND, "Parent Name": "England"}
INDICATOR = {
    "Indicator ID": "90362",
    "Indicator Name": "Healthy life expectancy at birth",
    "Age": "All ages",
}


class TestTheSample:
    @pytest.mark.parametrize(
        ("indicator", "area", "year", "value", "lower", "upper"),
        [
            (MALE, TOWER_HAMLETS, 2024, 59.5, 53.2, 65.9),
            (MALE, TOWER_HAMLETS, 2020, 61.7, 57.3, 66.0),
            (MALE, TOWER_HAMLETS, 2013, 56.8, 53.4, 60.1),
            (MALE, LONDON, 2024, 62.9, 62.1, 63.7),
            (MALE, LONDON, 2018, 64.2, 63.6, 64.8),
            (MALE, ENGLAND, 2024, 60.9, 60.7, 61.2),
            (MALE, ENGLAND, 2013, 63.0, 62.9, 63.2),
            (FEMALE, TOWER_HAMLETS, 2024, 59.2, 53.0, 65.3),
            (FEMALE, TOWER_HAMLETS, 2023, 59.2, 52.2, 66.3),
            (FEMALE, TOWER_HAMLETS, 2020, 62.8, 57.4, 68.2),
            (FEMALE, LONDON, 2021, 64.8, 64.1, 65.6),
            (FEMALE, ENGLAND, 2022, 62.8, 62.5, 63.1),
        ],
    )
    def test_figures_and_limits(
        self,
        read: Read,
        indicator: str,
        area: str,
        year: int,
        value: float,
        lower: float,
        upper: float,
    ) -> None:
        figure = one(read(indicator), area_code=area, year=year)
        assert (figure.value, figure.lower_ci_95, figure.upper_ci_95) == (value, lower, upper)
        assert (figure.source_text, figure.unit, figure.status, figure.note) == (
            f"{value}",
            "years",
            "",
            "",
        )

    @pytest.mark.parametrize("indicator", [MALE, FEMALE])
    def test_twelve_periods_of_three_areas_each_once_and_all_of_the_current_series(
        self, read: Read, indicator: str
    ) -> None:
        figures = read(indicator)
        assert len(figures) == 3 * 12 == len({(row.area_code, row.period) for row in figures})
        assert {row.series for row in figures} == {CURRENT}
        assert {row.area_code for row in figures} == {TOWER_HAMLETS, LONDON, ENGLAND}

    def test_a_period_is_three_calendar_years_in_the_publishers_words(self, read: Read) -> None:
        period = one(read(MALE), area_code=TOWER_HAMLETS, year=2024).period
        assert (period.start, period.end) == (date(2022, 1, 1), date(2024, 12, 31))
        assert (period.label, period.iso) == ("2022 - 24", "2022-01-01/P3Y")

    @pytest.mark.parametrize("folder", [FOLDER, OLDER_EDITION], ids=["2026", "2024"])
    def test_each_cell_has_its_origin_and_each_origin_its_cell(self, folder: Path) -> None:
        origin = {
            (row["figure"], row["area"], row["period"]): row["value"]
            for row in origins_in(folder)
            if row["file"].endswith(".csv")
        }
        words = {
            "Value": "",
            "Lower CI 95.0 limit": "lower 95% limit of ",
            "Upper CI 95.0 limit": "upper 95% limit of ",
        }
        cells = {
            (
                f"{word}healthy_life_expectancy_{row['Sex'].lower()}",
                row["Area Code"],
                row["Time period"],
            ): row[column]
            for row in rows_in(folder)
            for column, word in words.items()
            if row[column] and row["Area Code"] in (TOWER_HAMLETS, LONDON, ENGLAND)
        }
        assert cells == origin

    @pytest.mark.parametrize("source", ["fingertips", "ncmp"])
    def test_is_in_the_shape_that_was_seen_in_2026(self, source: str) -> None:
        """No line break at its end, London under its newest name, a media type of its own."""
        (answer,) = [
            one for one in load_answers(SAMPLES / source).answers if one.url.endswith(DATA)
        ]
        assert answer.media_type == "text/csv"
        assert answer.content.endswith(b"y")
        assert {row["Area Name"] for row in rows_of(source) if row["Area Code"] == LONDON} == {
            "London region (statistical)"
        }


class TestTheEarlierEdition:
    """The series by the older method, as it is kept among the samples."""

    @pytest.mark.parametrize(
        ("indicator", "area", "value", "lower", "upper"),
        [
            (MALE, TOWER_HAMLETS, 65.3, 61.24, 69.36),
            (MALE, LONDON, 63.76, 63.06, 64.45),
            (MALE, ENGLAND, 63.14, 62.94, 63.34),
            (FEMALE, TOWER_HAMLETS, 57.8, 52.93, 62.67),
            (FEMALE, LONDON, 64.97, 64.29, 65.66),
            (FEMALE, ENGLAND, 63.87, 63.66, 64.07),
        ],
    )
    def test_ends_with_the_plans_baseline(
        self, read: Read, indicator: str, area: str, value: float, lower: float, upper: float
    ) -> None:
        figures = read(indicator, load_answers(OLDER_EDITION))
        figure = one(figures, area_code=area, year=2020)
        assert (figure.value, figure.lower_ci_95, figure.upper_ci_95) == (value, lower, upper)
        assert {row.series for row in figures} == {OLDER}
        assert max(row.period.year for row in figures) == 2020


class TestAsking:
    def test_one_call_for_the_data_of_both_sexes_with_regions_as_parents(
        self, live_client: Callable[..., Client], plan: Plan, httpserver: HTTPServer
    ) -> None:
        module_of("fingertips").fetch(live_client("fingertips"), plan.indicators_of("fingertips"))
        asked = [request for request, _ in httpserver.log]
        assert [request.path.rpartition("/")[2] for request in asked] == [
            AREA_TYPES,
            AVAILABLE,
            DATA,
        ]
        assert asked[2].args.to_dict() == {
            "indicator_ids": "90362",
            "child_area_type_id": "502",
            "parent_area_type_id": "6",
            "parent_area_code": ENGLAND,
        }

    @pytest.mark.parametrize(
        ("other_has", "calls"),
        [
            ([102, 502], [("20602,90362", "502")]),
            ([102, 402], [("20602", "402"), ("90362", "502")]),
        ],
    )
    def test_indicators_of_one_area_type_share_a_call(
        self,
        live_client: Callable[..., Client],
        httpserver: HTTPServer,
        other_has: list[int],
        calls: list[tuple[str, str]],
    ) -> None:
        client = live_client("fingertips", _answers_of_two(other_has))
        snapshots = by_role(fingertips.fetch_indicators(client, {90362: [LONDON], 20602: [LONDON]}))
        asked = [request.args for request, _ in httpserver.log if request.path.endswith(DATA)]
        assert [(query["indicator_ids"], query["child_area_type_id"]) for query in asked] == calls
        question = fingertips.Question(
            indicator_id=20602, name_has=["overweight"], sex="Persons", age="10-11 yrs"
        )
        rows = fingertips.read_rows(snapshots, question, [LONDON], "academic_year")
        assert rows[-1].value == 45.2

    @pytest.mark.parametrize(
        ("has_data", "chosen"),
        [
            ([6, 15, 102, 202, 302, 402, 502], 502),
            ([502, 501, 402], 502),
            ([102, 402, 15], 402),
            ([102, 202], 202),
            ([102, 602, 502], 602),
            ([7, 3, 102], 102),
        ],
    )
    def test_the_area_type_is_the_newest_by_name_that_has_data(
        self, has_data: list[int], chosen: int
    ) -> None:
        listed = _listed(has_data)
        assert choose_area_type(_snapshot(_area_types()), _snapshot(listed), 90362) == chosen

    def test_a_newer_name_may_have_a_lower_number(self) -> None:
        names = _area_types(**{"402": "Upper tier local authorities (post 4/28)"})
        assert choose_area_type(_snapshot(names), _snapshot(_listed([402, 502])), 90362) == 402

    @pytest.mark.parametrize(
        ("has_data", "names", "says"),
        [
            ([6, 15, 501], {}, "Lower tier local authorities (post 4/23)"),
            ([99], {}, "unnamed 99"),
            ([502], {"502": "Upper tier local authorities (current)"}, "(current)"),
            ([502], {"6": "Combined authorities"}, "Combined authorities"),
            (
                [402, 502],
                {"402": "Upper tier local authorities (post 4/23)"},
                "one newest area type",
            ),
        ],
    )
    def test_no_area_type_is_guessed(
        self, has_data: list[int], names: dict[str, str], says: str
    ) -> None:
        with pytest.raises(SourceError) as problem:
            choose_area_type(_snapshot(_area_types(**names)), _snapshot(_listed(has_data)), 90362)
        assert says in str(problem.value)

    @pytest.mark.parametrize("content", [b"{}", b'["6"]', b'[{"Name": "Region"}]', b"<html>", b""])
    def test_area_types_that_are_no_list_are_refused(self, read: Read, content: bytes) -> None:
        with pytest.raises(SourceError) as problem:
            read(MALE, answers_with("fingertips", **{AREA_TYPES: content}))
        assert "fingertips area types" in problem.value.where
        assert "open the address in a browser" in problem.value.remedy

    def test_what_another_indicator_has_does_not_count(self) -> None:
        listed: list[dict[str, object]] = [
            *_listed([102]),
            {"IndicatorId": 20602, "AreaTypeId": 502},
        ]
        assert choose_area_type(_snapshot(_area_types()), _snapshot(listed), 90362) == 102


class TestWithoutTheListOfWhatAnIndicatorHas:
    """`available_data` is the one list of which no answer of 2026 was seen; others of this publisher have failed."""

    @pytest.mark.parametrize(
        ("status", "content"),
        [
            (500, b"<html>Sorry</html>"),
            (404, b"gone"),
            (200, b"<!DOCTYPE html><html>"),
            (200, b""),
            (200, b"[]"),
            (200, b"{}"),
            (200, b'["502"]'),
            (200, b'[{"AreaTypeId": 502}]'),
        ],
    )
    @pytest.mark.parametrize(
        ("source", "indicator"), [("fingertips", MALE), ("ncmp", "year_6_overweight")]
    )
    def test_the_newest_area_type_is_asked_for(
        self, read: Read, source: str, indicator: str, status: int, content: bytes
    ) -> None:
        sample = load_answers(SAMPLES / source)
        answers = [
            replace(one, status=status, content=content) if one.url.endswith(AVAILABLE) else one
            for one in sample.answers
        ]
        assert read(indicator, Answers(sample.composed, tuple(answers))) == read(indicator)

    def test_a_newest_area_type_without_rows_is_refused(self, read: Read) -> None:
        header = data_of("fingertips").splitlines(keepends=True)[0]
        with pytest.raises(SourceError, match="a header only"):
            read(MALE, answers_with("fingertips", **{AVAILABLE: b"<html>", DATA: header}))

    def test_the_newest_is_chosen_of_all(self) -> None:
        assert choose_area_type(_snapshot(_area_types()), None, 90362) == 602

    def test_a_list_without_upper_tier_authorities_is_one_and_is_believed(self, read: Read) -> None:
        listed = json.dumps(_listed([6, 15, 501])).encode()
        with pytest.raises(SourceError, match="with data for indicator 90362"):
            read(MALE, answers_with("fingertips", **{AVAILABLE: listed}))


class TestAnAnswerWithStatus200ThatIsNone:
    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (data_of("fingertips").splitlines(keepends=True)[0], "header only"),
            (b"ChildAreaTypeId cannot be null", "ChildAreaTypeId cannot be null"),
            (
                b"CSV data could not be built for indicator 90362 and time period 2018.\nAdditional",
                "could not be built",
            ),
            (b"<!DOCTYPE html><html><body>Sorry</body></html>", "Sorry"),
            (b"", "starts “Indicator ID,”"),
        ],
    )
    def test_is_refused_when_it_is_fetched(self, read: Read, content: bytes, says: str) -> None:
        with pytest.raises(SourceError) as problem:
            read(MALE, answers_with("fingertips", **{DATA: content}))
        assert says in str(problem.value)
        assert "fingertips data 502" in problem.value.where

    def test_a_changed_header_says_what_a_person_can_do(self, read: Read) -> None:
        content = data_of("fingertips").replace(b"Indicator ID,", b"IndicatorId,", 1)
        with pytest.raises(SourceError) as problem:
            read(MALE, answers_with("fingertips", **{DATA: content}))
        assert "IndicatorId,Indicator Name" in problem.value.came
        assert "sources/publishers/fingertips.py must be adapted" in problem.value.remedy
        assert "later" not in problem.value.remedy

    def test_with_the_rows_of_another_indicator(self, read: Read) -> None:
        content = data_of("fingertips").replace(b"90362,", b"90366,")
        with pytest.raises(
            SourceError, match=r"rows of indicator 90362; came only rows of \['90366'\]"
        ):
            read(MALE, answers_with("fingertips", **{DATA: content}))


class TestTwoSeriesUnderOneId:
    """Fingertips replaced the whole series in place; Tower Hamlets 2018-20 was 65.3 and 57.8, and is 61.7 and 62.8."""

    @pytest.mark.parametrize(
        ("indicator", "figures"),
        [
            (
                MALE,
                {
                    2012: 53.0,
                    2013: 54.2,
                    2016: 61.4,
                    2017: 61.9,
                    2018: 60.5,
                    2019: 62.6,
                    2020: 65.3,
                },
            ),
            (
                FEMALE,
                {
                    2012: 55.9,
                    2013: 56.0,
                    2016: 55.8,
                    2017: 57.2,
                    2018: 56.6,
                    2019: 59.4,
                    2020: 57.8,
                },
            ),
        ],
    )
    def test_the_edition_of_2024_is_the_older_series(
        self, read: Read, indicator: str, figures: dict[int, float]
    ) -> None:
        found = read(indicator, edition_of_2024())
        assert {row.series for row in found} == {OLDER}
        assert len([row for row in found if row.area_code == TOWER_HAMLETS]) == 9
        for year, value in figures.items():
            assert one(found, area_code=TOWER_HAMLETS, year=year).value == value

    @pytest.mark.parametrize(
        ("indicator", "area", "year", "value"),
        [
            (MALE, ENGLAND, 2012, 63.2),
            (MALE, ENGLAND, 2020, 63.1),
            (MALE, LONDON, 2020, 63.76),
            (FEMALE, ENGLAND, 2013, 63.8),
            (FEMALE, ENGLAND, 2020, 63.9),
            (FEMALE, LONDON, 2020, 64.97),
        ],
    )
    def test_the_edition_of_2024_has_its_own_comparators(
        self, read: Read, indicator: str, area: str, year: int, value: float
    ) -> None:
        assert one(read(indicator, edition_of_2024()), area_code=area, year=year).value == value

    @pytest.mark.parametrize(
        ("indicator", "figures"),
        [
            (
                MALE,
                {
                    2017: 59.6,
                    2018: 58.8,
                    2019: 62.2,
                    2020: 61.7,
                    2021: 62.6,
                    2022: 63.5,
                    2023: 60.0,
                    2024: 59.5,
                },
            ),
            (
                FEMALE,
                {
                    2017: 59.9,
                    2018: 58.6,
                    2019: 62.4,
                    2020: 62.8,
                    2021: 63.1,
                    2022: 64.0,
                    2023: 59.2,
                    2024: 59.2,
                },
            ),
        ],
    )
    def test_the_edition_of_2026_is_the_current_series(
        self, read: Read, indicator: str, figures: dict[int, float]
    ) -> None:
        found = read(indicator, edition_of_2026())
        assert {row.series for row in found} == {CURRENT}
        for year, value in figures.items():
            assert one(found, area_code=TOWER_HAMLETS, year=year).value == value

    @pytest.mark.parametrize("indicator", [MALE, FEMALE])
    def test_the_edition_of_2026_says_what_the_sample_says(
        self, read: Read, indicator: str
    ) -> None:
        sample = {(row.area_code, row.period): row.value for row in parsed_sample(indicator)}
        found = [row for row in read(indicator, edition_of_2026()) if row.area_code != LONDON]
        assert len(found) == 2 * 8
        assert all(sample[row.area_code, row.period] == row.value for row in found)

    @pytest.mark.parametrize("indicator", [MALE, FEMALE])
    def test_the_two_are_never_joined(self, read: Read, indicator: str) -> None:
        older, current = read(indicator, edition_of_2024()), parsed_sample(indicator)
        same_years = {row.period for row in older} & {row.period for row in current}
        assert len(same_years) == 8
        assert {row.series for row in older}.isdisjoint(row.series for row in current)
        keys = [(row.area_code, row.period, row.series) for row in [*older, *current]]
        assert len(keys) == len(set(keys))

    def test_an_answer_of_both_is_neither(self, read: Read) -> None:
        half = [
            _with(row, Value="65.3") if _is(row, TOWER_HAMLETS, "Male", "2018 - 20") else row
            for row in SAMPLE
        ]
        with pytest.raises(SourceError) as problem:
            read(MALE, answers_with_rows("fingertips", [_without_limits(row) for row in half]))
        assert "2018 - 20 65.3, which is 0 of them" in problem.value.came
        assert OLDER in problem.value.expected and CURRENT in problem.value.expected
        assert (
            "restated" in problem.value.remedy and f"indicators/{MALE}.yaml" in problem.value.remedy
        )

    def test_a_series_restated_again_is_refused(self, read: Read) -> None:
        restated = [
            _without_limits(_with(row, Value=f"{float(row['Value']) + 0.4:.1f}")) for row in SAMPLE
        ]
        with pytest.raises(SourceError, match="restated"):
            read(FEMALE, answers_with_rows("fingertips", restated))

    def test_an_answer_without_the_figures_that_tell_is_refused(self, read: Read) -> None:
        rows = [row for row in SAMPLE if row["Time period"] != "2017 - 19"]
        with pytest.raises(SourceError, match="2017 - 19 None"):
            read(MALE, answers_with_rows("fingertips", rows))

    def test_years_left_over_from_before_the_current_series_are_not_published_in_it(
        self, read: Read
    ) -> None:
        left_over = [
            _with(row, **{"Time period": "2010 - 12", "Time period Sortable": "20100000"})
            for row in SAMPLE
            if row["Time period"] == "2011 - 13"
        ]
        found = read(MALE, answers_with_rows("fingertips", [*left_over, *SAMPLE]))
        assert min(row.period.year for row in found) == 2013

    def test_the_older_series_cannot_go_on(self, read: Read) -> None:
        later = [
            _with(row, **{"Time period": "2019 - 21", "Time period Sortable": "20190000"})
            for row in _rows_of_2024()
            if row["Time period"] == "2018 - 20"
        ]
        with pytest.raises(SourceError, match=f"nothing after 2020 in the series {OLDER}"):
            read(MALE, answers_with_rows("fingertips", [*_rows_of_2024(), *later]))

    @given(changes=st.lists(st.floats(-2, 2), min_size=5, max_size=5), current=st.booleans())
    def test_an_answer_is_a_series_if_and_only_if_it_repeats_all_its_figures(
        self, changes: list[float], current: bool
    ) -> None:
        assume(all(abs(abs(change) - 0.05) > 1e-6 for change in changes))
        indicator = PLAN.indicators[MALE]
        series = indicator.series[1 if current else 0]
        values: dict[FigureKey, float | None] = {
            (figure.area, figure.period, figure.category): figure.value + change
            for figure, change in zip(series.recognised_by, changes, strict=True)
        }
        repeated = all(abs(change) < 0.05 for change in changes)
        assert (_recognised(indicator, values) is series) == repeated


class TestEachFigureOnce:
    def test_england_comes_twice_and_is_taken_once(self, read: Read) -> None:
        england = [row for row in SAMPLE if _is(row, ENGLAND, "Male", "2022 - 24")]
        assert [row["Parent Code"] for row in england] == ["", ENGLAND]
        assert one(read(MALE), area_code=ENGLAND, year=2024).value == 60.9

    def test_england_twice_with_two_values_is_refused(self, read: Read) -> None:
        rows = [
            _with(row, Value="61.0") if row["Parent Code"] == ENGLAND and _late(row) else row
            for row in SAMPLE
        ]
        with pytest.raises(SourceError) as problem:
            read(MALE, answers_with_rows("fingertips", rows))
        assert (
            "('60.9', '61.0')" in problem.value.came and "nothing is chosen" in problem.value.remedy
        )
        assert "row 47" in problem.value.where

    def test_rows_of_a_category_carry_the_areas_code_and_are_left_out(self, read: Read) -> None:
        kind = {
            "Category Type": "LSOA11 deprivation quintiles within area (IMD  trend)",
            "Category": "Most deprived",
        }
        split = [_with(row, Value="51.2", **kind) for row in SAMPLE]
        assert (
            _figures(read(MALE, answers_with_rows("fingertips", [*split, *SAMPLE])))
            == SAMPLE_FIGURES
        )

    @settings(max_examples=20, deadline=None)
    @given(order=st.randoms(use_true_random=False), again=st.lists(st.integers(0, 95), max_size=20))
    def test_neither_order_nor_equal_rows_change_a_figure(
        self, order: Random, again: list[int]
    ) -> None:
        rows = [*SAMPLE, *(SAMPLE[index] for index in again)]
        order.shuffle(rows)
        snapshots = {"fingertips data 502": _snapshot(csv_of(rows, columns_of("fingertips")))}
        assert (
            _figures(
                module_of("fingertips").parse(PLAN.indicators[MALE].with_only_peers(()), snapshots)
            )
            == SAMPLE_FIGURES
        )

    def test_another_area_with_two_values_does_not_matter(self, read: Read) -> None:
        other = [
            _with(row, **{"Area Code": "E06000059", "Value": value})
            for row in SAMPLE
            for value in ("63", "64")
        ]
        assert (
            _figures(read(MALE, answers_with_rows("fingertips", [*other, *SAMPLE])))
            == SAMPLE_FIGURES
        )

    def test_the_real_answer_gives_england_once(self) -> None:
        content = real("fingertips/fingertips_all_data_csv_93553_gp.csv").read_bytes()
        question = fingertips.Question(
            indicator_id=93553, name_has=["deprivation score"], sex="Persons", age="All ages"
        )
        [row] = fingertips.read_rows(
            {"fingertips data 7": _snapshot(content)}, question, [ENGLAND], "calendar_year"
        )
        assert (row.value, row.period.label, row.lower, row.note) == (
            21.7220870988933,
            "2019",
            None,
            fingertips.NO_LIMITS,
        )


class TestColumns:
    @pytest.mark.parametrize(
        "name",
        [
            "Compared to percentiles",
            "Compared to parent value or percentiles",
            "Compared to CCGs (from Apr 2021) value",
        ],
    )
    def test_column_23_may_have_any_name(self, read: Read, name: str) -> None:
        content = data_of("fingertips").replace(
            b"Compared to Region value or percentiles", name.encode()
        )
        assert _figures(read(MALE, answers_with("fingertips", **{DATA: content}))) == SAMPLE_FIGURES


class TestCells:
    def test_a_value_without_limits_keeps_its_value_and_says_so(self, read: Read) -> None:
        rows = [_without_limits(row) if _late(row) else row for row in SAMPLE]
        figure = one(
            read(FEMALE, answers_with_rows("fingertips", rows)), area_code=TOWER_HAMLETS, year=2024
        )
        assert (figure.value, figure.lower_ci_95, figure.upper_ci_95) == (59.2, None, None)
        assert figure.note == "No confidence limits came with this figure."

    @pytest.mark.parametrize(
        ("note", "status", "says"),
        [
            ("", "x", "The publisher gives no value for this area and period."),
            (
                "There is a data quality issue with this value",
                "x",
                "There is a data quality issue with this value",
            ),
            (
                "Value suppressed for disclosure control",
                "c",
                "Value suppressed for disclosure control",
            ),
        ],
    )
    def test_no_value_is_missing_and_never_zero(
        self, read: Read, note: str, status: str, says: str
    ) -> None:
        rows = [
            _without_limits(_with(row, Value="", **{"Value note": note})) if _late(row) else row
            for row in SAMPLE
        ]
        figure = one(
            read(MALE, answers_with_rows("fingertips", rows)), area_code=TOWER_HAMLETS, year=2024
        )
        assert (figure.value, figure.status, figure.note, figure.source_text) == (
            None,
            status,
            says,
            "",
        )

    def test_counts_and_a_note_on_a_value_are_kept(self, read: Read) -> None:
        cells = {
            "Count": "1204.5",
            "Denominator": "310000",
            "Value note": "Value aggregated by Fingertips",
        }
        rows = [_with(row, **cells) if _late(row) else row for row in SAMPLE]
        figure = one(read(MALE, answers_with_rows("fingertips", rows)), area_code=LONDON, year=2024)
        assert (figure.numerator, figure.denominator) == (1204.5, 310000)
        assert (figure.status, figure.note) == ("", "Value aggregated by Fingertips")

    def test_full_precision_is_kept(self, read: Read) -> None:
        rows = [
            _with(row, Value="59.5314159265358") if _is_late_in_tower_hamlets(row) else row
            for row in SAMPLE
        ]
        figure = one(
            read(MALE, answers_with_rows("fingertips", rows)), area_code=TOWER_HAMLETS, year=2024
        )
        assert (figure.value, figure.source_text) == (59.5314159265358, "59.5314159265358")

    @pytest.mark.parametrize(
        ("cells", "says"),
        [
            ({"Lower CI 95.0 limit": ""}, "both limits around a value"),
            ({"Upper CI 95.0 limit": ""}, "both limits around a value"),
            ({"Value": ""}, "both limits around a value"),
            ({"Value": "70"}, "both limits around a value"),
            ({"Time period": "2022-24"}, "a period of the kind three_years; came 2022-24"),
            ({"Time period": "2022 - 25"}, "a period of the kind three_years; came 2022 - 25"),
            ({"Time period": "2022/23"}, "a period of the kind three_years; came 2022/23"),
            ({"Time period Sortable": "20210000"}, "beside 2022 - 24"),
            ({"Time period Sortable": "20220001"}, "beside 2022 - 24"),
            ({"Time period range": "1y"}, "beside 2022 - 24"),
            (
                {"Indicator Name": "Healthy life expectancy at 65"},
                "came Healthy life expectancy at 65",
            ),
        ],
    )
    def test_a_cell_that_is_not_known_is_refused_and_its_place_named(
        self, read: Read, cells: dict[str, str], says: str
    ) -> None:
        rows = [_with(row, **cells) if _is_late_in_tower_hamlets(row) else row for row in SAMPLE]
        with pytest.raises(SourceError) as problem:
            read(MALE, answers_with_rows("fingertips", rows))
        assert says in str(problem.value)
        assert "fingertips data 502" in problem.value.where and "row 49" in problem.value.where

    @given(start=st.integers(1900, 2090))
    def test_three_years_start_in_the_first_and_end_in_the_last(self, start: int) -> None:
        label = f"{start} - {(start + 2) % 100:02d}"
        cells = {
            "Time period": label,
            "Time period Sortable": f"{start}0000",
            "Time period range": "3y",
        }
        period = fingertips.read_period(Line(cells, PLACE), "three_years")
        assert (period.start.year, period.year, period.label) == (start, start + 2, label)

    @pytest.mark.parametrize(
        ("kind", "label", "sortable", "first", "last"),
        [
            ("financial_year", "2022/23", "20220000", date(2022, 4, 1), date(2023, 3, 31)),
            ("academic_year", "2022/23", "20220000", date(2022, 9, 1), date(2023, 8, 31)),
            ("calendar_year", "2019", "20190000", date(2019, 1, 1), date(2019, 12, 31)),
        ],
    )
    def test_one_year_is_read_as_the_kind_the_indicator_names(
        self, kind: str, label: str, sortable: str, first: date, last: date
    ) -> None:
        cells = {"Time period": label, "Time period Sortable": sortable, "Time period range": "1y"}
        period = fingertips.read_period(Line(cells, PLACE), kind)
        assert (period.start, period.end) == (first, last)

    def test_a_kind_of_period_that_fingertips_does_not_have(self) -> None:
        with pytest.raises(SourceError, match="correct `period` in the YAML"):
            fingertips.read_period(Line({"Time period": "2019"}, PLACE), "survey_wave")


class TestAreasAndPeople:
    @pytest.mark.parametrize(("column", "cell"), [("Sex", "Persons"), ("Age", "65")])
    def test_another_sex_or_age_is_not_taken_for_the_one_asked(
        self, read: Read, column: str, cell: str
    ) -> None:
        with pytest.raises(SourceError, match="rows for Male, All ages"):
            read(
                MALE,
                answers_with_rows("fingertips", [_with(row, **{column: cell}) for row in SAMPLE]),
            )

    def test_male_and_female_are_two_indicators(self, read: Read) -> None:
        male, female = (
            one(read(name), area_code=TOWER_HAMLETS, year=2022).value for name in (MALE, FEMALE)
        )
        assert (male, female) == (63.5, 64.0)


SAMPLE = rows_of("fingertips")
PLAN = load_plan(ROOT / "schemas")


def _recognised(indicator: Indicator, values: Mapping[FigureKey, float | None]) -> Series | None:
    try:
        return recognise(indicator, values, PLACE)
    except SourceError:
        return None


def parsed_sample(indicator: str) -> list[Observation]:
    """The sample read without a server, to compare with: the server of a test gives one set of answers."""
    snapshots = {"fingertips data 502": _snapshot(data_of("fingertips"))}
    expected = PLAN.indicators[indicator].with_only_peers(())
    return module_of("fingertips").parse(expected, snapshots)


def edition_of_2024() -> Answers:
    """What Fingertips gave in July 2024, from a file derived from it."""
    return answers_with_rows("fingertips", _rows_of_2024())


def _rows_of_2024() -> list[dict[str, str]]:
    """The derived file has no regions: London's one row is that of the ONS workbook of February 2024, for 2018-20."""
    rows = converted(real("fingertips/hle_90362_derived_2024-07-08.csv"), INDICATOR, span="3y")
    workbook = CalamineWorkbook.from_path(real("ons/subnatindicators_2024_02_16.xlsx"))
    for sex in ("Male", "Female"):
        sheet = workbook.get_sheet_by_name(f"{sex} HLE").to_python()
        value, lower, upper = next(row[8:11] for row in sheet if row[0] == LONDON)
        london = {"areacd": LONDON, "indicator": f"{sex} healthy life expectancy"}
        figure = {"observation": f"{value}", "lci_95": f"{lower}", "uci_95": f"{upper}"}
        rows.append(_as_fingertips({**london, **figure, "period": "2018-01-01/P3Y"}))
    return rows


def edition_of_2026() -> Answers:
    """What Fingertips gave in May 2026, from a file derived from it; London's rows are those that ONS published."""
    rows = converted(real("fingertips/hle_90362_derived_2026-05-13.csv"), INDICATOR, span="3y")
    london = [_as_fingertips(row) for row in rows_of_ons() if row["areacd"] == LONDON]
    return answers_with_rows("fingertips", [*rows, *london])


def edition_of_every_council() -> Answers:
    """What ONS published in February 2026 of every council, region and country, in the shape of Fingertips."""
    rows = [_as_fingertips(row) for row in rows_of_ons()]
    # England is given twice, as the API gives it.
    again = [_with(row, **OF_ENGLAND) for row in rows if row["Area Code"] == ENGLAND]
    return answers_with_rows("fingertips", [*rows, *again])


def rows_of_ons() -> list[dict[str, str]]:
    """The figures from which Fingertips takes its own, as ONS published them."""
    with real(FILE_OF_ONS).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _as_fingertips(row: Mapping[str, str]) -> dict[str, str]:
    start = int(row["period"][:4])
    label = f"{start} - {start + 2 - 2000}"
    is_london = row["areacd"] == LONDON
    return {
        **INDICATOR,
        "Area Code": row["areacd"],
        "Area Name": "London region (statistical)" if is_london else row["areanm"],
        "Sex": row["indicator"].partition(" ")[0],
        "Time period": label,
        "Value": row["observation"],
        "Lower CI 95.0 limit": row["lci_95"],
        "Upper CI 95.0 limit": row["uci_95"],
        "Time period Sortable": f"{label[:4]}0000",
        "Time period range": "3y",
    }


def _with(row: dict[str, str], **cells: str) -> dict[str, str]:
    return {**row, **cells}


def _without_limits(row: dict[str, str]) -> dict[str, str]:
    return _with(row, **{"Lower CI 95.0 limit": "", "Upper CI 95.0 limit": ""})


def _is(row: dict[str, str], area: str, sex: str, label: str) -> bool:
    return (row["Area Code"], row["Sex"], row["Time period"]) == (area, sex, label)


def _late(row: dict[str, str]) -> bool:
    return row["Time period"] == "2022 - 24"


def _is_late_in_tower_hamlets(row: dict[str, str]) -> bool:
    return _is(row, TOWER_HAMLETS, "Male", "2022 - 24")


def _figures(observations: list[Observation]) -> list[tuple[object, ...]]:
    return [
        (row.area_code, row.period, row.value, row.lower_ci_95, row.upper_ci_95)
        for row in observations
    ]


def _area_types(**changed: str) -> list[dict[str, object]]:
    names = {
        3: "Middle Super Output Area",
        6: "Government Office Region (E12)",
        7: "General Practice",
        15: "England",
        102: "Upper tier local authorities (pre 4/19)",
        202: "Upper tier local authorities (4/19 - 3/20)",
        302: "Upper tier local authorities (4/20-3/21)",
        402: "Upper tier local authorities (4/21-3/23)",
        501: "Lower tier local authorities (post 4/23)",
        502: "Upper tier local authorities (post 4/23)",
        602: "Upper tier local authorities (post 4/28)",
    }
    return [
        {"Id": number, "Name": changed.get(str(number), name)} for number, name in names.items()
    ]


def _answers_of_two(other_has: list[int]) -> Answers:
    """Healthy life expectancy and another indicator, in one file or asked for one by one."""
    api, data = "https://fingertips.phe.org.uk/api", f"all_data/csv/{DATA}"
    columns, other = columns_of("fingertips"), rows_of("ncmp")
    has_data: dict[str, list[dict[str, object]]] = {
        "90362": _listed([102, 502]),
        "20602": [{"IndicatorId": 20602, "AreaTypeId": number} for number in other_has],
    }
    both, alone, one_alone = (
        csv_of([*SAMPLE, *other], columns),
        csv_of(other, columns),
        csv_of(SAMPLE, columns),
    )
    return Answers(
        date(2026, 11, 22),
        (
            Answer("GET", f"{api}/{AREA_TYPES}", json.dumps(_area_types()).encode()),
            *(
                Answer(
                    "GET",
                    f"{api}/{AVAILABLE}",
                    json.dumps(listed).encode(),
                    {"indicator_id": number},
                )
                for number, listed in has_data.items()
            ),
            Answer("GET", f"{api}/{data}", both, {"indicator_ids": "20602,90362"}),
            Answer("GET", f"{api}/{data}", alone, {"indicator_ids": "20602"}),
            Answer("GET", f"{api}/{data}", one_alone, {"indicator_ids": "90362"}),
        ),
    )


def _listed(area_types: list[int]) -> list[dict[str, object]]:
    return [{"IndicatorId": 90362, "AreaTypeId": number} for number in area_types]


def _snapshot(content: bytes | Sequence[Mapping[str, object]]) -> Snapshot:
    held = content if isinstance(content, bytes) else json.dumps(content).encode()
    return snapshot_of(held, "fingertips data 502", source="fingertips")


PLACE = Place(_snapshot(b""), row=2)
SAMPLE_FIGURES = _figures(parsed_sample(MALE))
