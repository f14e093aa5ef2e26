"""Year 6 overweight including obesity: the right one of several indicators, and two years that must be flagged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from pytest_httpserver import HTTPServer

from sources import SAMPLES
from tests.sources.fingertips_answers import (
    AREA_TYPES,
    AVAILABLE,
    DATA,
    ENGLAND,
    LONDON,
    TOWER_HAMLETS,
    answers_with_rows,
    converted,
    rows_of,
)
from tests.sources.sample_readings import origins_in
from tests.support import module_of, one, real
from thindicators.errors import SourceError
from thindicators.fetching.answers import Answers
from thindicators.fetching.client import Client
from thindicators.observations.observation import Observation
from thindicators.plan.model import Plan

Read = Callable[..., list[Observation]]
OVERWEIGHT = "year_6_overweight"
SAMPLE = rows_of("ncmp")
NAME = "Year 6: Prevalence of overweight (including obesity)"
"""The name of before the colon went; the id is the same."""


class TestTheSample:
    @pytest.mark.parametrize(
        ("area", "values"),
        [
            (
                TOWER_HAMLETS,
                {2008: 39.4, 2010: 41.4, 2014: 42.4, 2016: 41.0, 2017: 42.5, 2018: 42.1},
            ),
            (LONDON, {2016: 38.1, 2017: 38.5, 2018: 37.7, 2019: 37.9, 2020: 38.2, 2021: 45.2}),
            (ENGLAND, {2007: 31.7, 2008: 32.6, 2012: 33.9, 2016: 34.2, 2018: 34.3}),
        ],
    )
    def test_figures(self, read: Read, area: str, values: dict[int, float]) -> None:
        figures = read(OVERWEIGHT)
        assert {year: one(figures, area_code=area, year=year).value for year in values} == values

    @pytest.mark.parametrize(
        ("area", "first", "last"),
        [(TOWER_HAMLETS, 2007, 2018), (LONDON, 2016, 2021), (ENGLAND, 2007, 2018)],
    )
    def test_years_that_were_published_and_no_others(
        self, read: Read, area: str, first: int, last: int
    ) -> None:
        years = [row.period.year for row in read(OVERWEIGHT) if row.area_code == area]
        assert years == list(range(first, last + 1))

    def test_a_figure_is_a_percentage_of_one_series_by_school_year(self, read: Read) -> None:
        figure = one(read(OVERWEIGHT), area_code=TOWER_HAMLETS, year=2018)
        assert (figure.unit, figure.series, figure.status, figure.source_text) == (
            "percent",
            "ncmp",
            "",
            "42.1",
        )
        assert (figure.period.start, figure.period.end) == (date(2017, 9, 1), date(2018, 8, 31))
        assert (figure.period.label, figure.breakdown, figure.category) == (
            "2017/18",
            "total",
            "total",
        )

    def test_each_cell_has_its_origin_and_each_origin_its_cell(self) -> None:
        origin = {
            (row["area"], row["period"]): row["value"]
            for row in origins_in(SAMPLES / "ncmp")
            if row["figure"] == OVERWEIGHT
        }
        assert {(row["Area Code"], row["Time period"]): row["Value"] for row in SAMPLE} == origin


class TestYearsToReadWithCare:
    def test_tower_hamlets_has_no_value_for_the_first_year(self, read: Read) -> None:
        figure = one(read(OVERWEIGHT), area_code=TOWER_HAMLETS, year=2007)
        assert (figure.value, figure.status, figure.source_text) == (None, "x", "")
        assert figure.note == "The publisher gives no value for this area and period."

    @pytest.mark.parametrize(
        ("year", "says"),
        [
            (2020, "Schools closed in March 2020"),
            (2021, "figures for local authorities come from OHID"),
        ],
    )
    def test_the_years_of_the_pandemic_are_flagged(self, read: Read, year: int, says: str) -> None:
        assert says in one(read(OVERWEIGHT), area_code=LONDON, year=year).note

    def test_other_years_are_not(self, read: Read) -> None:
        notes = {
            row.note
            for row in read(OVERWEIGHT)
            if row.value is not None and row.period.year not in (2020, 2021)
        }
        assert notes == {"No confidence limits came with this figure."}

    def test_a_value_of_tower_hamlets_for_2020_21_is_published_with_its_flag(
        self, read: Read
    ) -> None:
        """Composed from London's cell, which is the only one of that year that is known here."""
        row = next(
            row for row in SAMPLE if row["Area Code"] == LONDON and row["Time period"] == "2020/21"
        )
        local = {**row, "Area Code": TOWER_HAMLETS, "Area Name": "Tower Hamlets"}
        figure = one(
            read(OVERWEIGHT, answers_with_rows("ncmp", [*SAMPLE, local])),
            area_code=TOWER_HAMLETS,
            year=2021,
        )
        assert figure.value == 45.2 and "Far fewer children were measured" in figure.note


class TestTheRightIndicator:
    @pytest.mark.parametrize(
        "name",
        [
            "Year 6 prevalence of obesity (including severe obesity)",
            "Reception prevalence of overweight (including obesity)",
            "Year 6 prevalence of overweight",
        ],
    )
    def test_another_name_under_the_id_is_refused(self, read: Read, name: str) -> None:
        rows = [{**row, "Indicator Name": name} for row in SAMPLE]
        with pytest.raises(SourceError) as problem:
            read(OVERWEIGHT, answers_with_rows("ncmp", rows))
        assert problem.value.came == name and "correct `ask` in the YAML" in problem.value.remedy

    @pytest.mark.parametrize("name", [NAME, "Year 6: Prevalence of overweight (including obese)"])
    def test_the_names_it_had_before_are_known(self, read: Read, name: str) -> None:
        rows = [{**row, "Indicator Name": name} for row in SAMPLE]
        assert (
            one(
                read(OVERWEIGHT, answers_with_rows("ncmp", rows)), area_code=ENGLAND, year=2018
            ).value
            == 34.3
        )

    def test_boys_and_girls_are_not_taken_for_all_children(self, read: Read) -> None:
        boys = [{**row, "Sex": "Male", "Value": "46.0"} for row in SAMPLE]
        found = read(OVERWEIGHT, answers_with_rows("ncmp", [*boys, *SAMPLE]))
        assert one(found, area_code=TOWER_HAMLETS, year=2018).value == 42.1

    def test_years_combined_are_not_taken_for_one_year(self, read: Read) -> None:
        combined = [
            {**row, "Time period": "2015/16 - 17/18", "Time period range": "3y"} for row in SAMPLE
        ]
        with pytest.raises(
            SourceError, match="a period of the kind academic_year; came 2015/16 - 17/18"
        ):
            read(OVERWEIGHT, answers_with_rows("ncmp", combined))

    def test_one_call_asks_for_the_data(
        self, live_client: Callable[..., Client], plan: Plan, httpserver: HTTPServer
    ) -> None:
        module_of("ncmp").fetch(live_client("ncmp"), plan.indicators_of("ncmp"))
        assert [request.path.rpartition("/")[2] for request, _ in httpserver.log] == [
            AREA_TYPES,
            AVAILABLE,
            DATA,
        ]
        assert httpserver.log[2][0].args["indicator_ids"] == "20602"


class TestTheEditionOf2019:
    @pytest.mark.parametrize(
        ("area", "values"),
        [
            (
                TOWER_HAMLETS,
                [None, 39.4, 39.5, 41.4, 40.2, 40.4, 40.7, 42.4, 41.9, 41.0, 42.5, 42.1],
            ),
            (ENGLAND, [31.7, 32.6, 32.6, 33.4, 33.4, 33.9, 33.3, 33.5, 33.2, 34.2, 34.2, 34.3]),
        ],
    )
    def test_figures_from_2006_07_to_2017_18(
        self, read: Read, area: str, values: list[float | None]
    ) -> None:
        found = [row for row in read(OVERWEIGHT, edition_of_2019()) if row.area_code == area]
        assert [row.period.year for row in found] == list(range(2007, 2019))
        assert [row.value for row in found] == values
        assert [row.status for row in found] == ["x" if value is None else "" for value in values]

    def test_obesity_alone_is_refused(self, read: Read) -> None:
        name = {
            "Indicator ID": "20602",
            "Indicator Name": "Year 6 prevalence of obesity (including severe obesity)",
        }
        rows = converted(
            real("ncmp/year6_obesity_90323_derived_2026-04-30.csv"), {**FIXED, **name}, span="1y"
        )
        with pytest.raises(SourceError, match="a name with"):
            read(OVERWEIGHT, answers_with_rows("ncmp", rows))


FIXED = {"Indicator ID": "20602", "Indicator Name": NAME, "Sex": "Persons", "Age": "10-11 yrs"}


def edition_of_2019() -> Answers:
    """What Fingertips gave in May 2019, from a derived file, which has no regions: London's rows are the sample's."""
    rows = converted(
        real("ncmp/year6_excess_weight_20602_derived_2019-05-22.csv"), FIXED, span="1y"
    )
    london = [{**row, "Indicator Name": NAME} for row in SAMPLE if row["Area Code"] == LONDON]
    return answers_with_rows("ncmp", rows + london)
