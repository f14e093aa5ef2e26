"""Year 6 overweight including obesity: the right one of several indicators, and two years that must be flagged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from pytest_httpserver import HTTPServer

from sources import SAMPLES
from sources.publishers import fingertips
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
    rows_of,
)
from tests.sources.sample_readings import origins_in
from tests.support import module_of, one, real
from thindicators.errors import SourceError
from thindicators.fetching.answers import Answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import by_role
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


BROXTOWE, LEICESTER, NOTTINGHAMSHIRE = "E07000172", "E06000016", "E10000024"


class TestDistricts:
    """They are in area types of their own, beside all councils that are districts and counties at once."""

    def test_a_district_has_the_figures_of_the_publishers_file(
        self, plan: Plan, live_client: Callable[..., Client], httpserver: HTTPServer
    ) -> None:
        indicator = plan.indicators[OVERWEIGHT].changed(areas=(BROXTOWE, ENGLAND))
        client = live_client("ncmp", edition_of_2019_by_district())
        ncmp = module_of("ncmp")
        figures = ncmp.parse(
            indicator.with_only_peers(()), by_role(ncmp.fetch(client, [indicator]))
        )
        asked = [request.args.get("child_area_type_id") for request, _ in httpserver.log]
        assert asked[2:] == ["501"]
        own = {row.period.year: row.value for row in figures if row.area_code == BROXTOWE}
        assert own == {
            2007: 27.7,
            2008: 28.3,
            2009: 32.9,
            2010: 35.5,
            2011: 30.3,
            2012: 32.2,
            2013: 31.1,
            2014: 30.9,
            2015: 31.2,
            2016: 29.8,
            2017: 28.2,
            2018: 32.3,
        }

    @pytest.mark.parametrize(
        ("areas", "area_types"),
        [
            ([TOWER_HAMLETS, LONDON, ENGLAND], ["502"]),
            ([LEICESTER, NOTTINGHAMSHIRE], ["502"]),
            ([BROXTOWE, LEICESTER], ["501"]),
            ([BROXTOWE, NOTTINGHAMSHIRE], ["501", "502"]),
        ],
    )
    def test_the_area_types_that_hold_all_areas_are_asked_for(
        self,
        live_client: Callable[..., Client],
        httpserver: HTTPServer,
        areas: list[str],
        area_types: list[str],
    ) -> None:
        fingertips.fetch_indicators(
            live_client("ncmp", edition_of_2019_by_district()), {20602: areas}
        )
        asked = [request.args.get("child_area_type_id") for request, _ in httpserver.log]
        assert sorted(filter(None, asked)) == area_types

    def test_a_council_that_comes_by_both_has_each_figure_once(
        self, plan: Plan, live_client: Callable[..., Client]
    ) -> None:
        areas = (BROXTOWE, NOTTINGHAMSHIRE, LEICESTER, ENGLAND)
        rows = [{**SAMPLE[0], "Area Code": area, "Value": "31.5"} for area in areas]
        client = live_client("ncmp", by_both_tiers(rows))
        indicator = plan.indicators[OVERWEIGHT].changed(areas=areas).with_only_peers(())
        ncmp = module_of("ncmp")
        figures = ncmp.parse(indicator, by_role(ncmp.fetch(client, [indicator])))
        assert [figure.area_code for figure in figures] == list(areas)


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


def edition_of_2019_by_district() -> Answers:
    """The same as `edition_of_2019`, in the area types of both tiers: the derived file is one of districts."""
    return by_both_tiers(rows_of_2019())


def by_both_tiers(rows: list[dict[str, str]]) -> Answers:
    """Some rows in the area types of both tiers."""
    listed: list[dict[str, object]] = [
        {"IndicatorId": 20602, "AreaTypeId": number} for number in (6, 15, 501, 502)
    ]
    content = csv_of(rows, columns_of("ncmp"))
    changed: dict[str, bytes | list[dict[str, object]]] = {AVAILABLE: listed, DATA: content}
    upper = answers_with("ncmp", **changed)
    [data] = [answer for answer in upper.answers if answer.url.endswith(DATA)]
    lower = replace(data, query={**data.query, "child_area_type_id": "501"})
    return Answers(upper.composed, (*upper.answers, lower))


def rows_of_2019() -> list[dict[str, str]]:
    return converted(
        real("ncmp/year6_excess_weight_20602_derived_2019-05-22.csv"), FIXED, span="1y"
    )


def edition_of_2019() -> Answers:
    """What Fingertips gave in May 2019, from a derived file, which has no regions: London's rows are the sample's."""
    rows = rows_of_2019()
    london = [{**row, "Indicator Name": NAME} for row in SAMPLE if row["Area Code"] == LONDON]
    return answers_with_rows("ncmp", rows + london)
