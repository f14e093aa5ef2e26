"""ONS mid-year estimates: children and all ages by the names of their codes, and the vintage of the estimates."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources import SAMPLES, ons_population
from sources.publishers import nomis
from tests.sources.dwelling_answers import (
    AGES,
    CHILDREN,
    PEOPLE,
    mid_2018,
    nomis_answers,
    nomis_row,
)
from tests.sources.publishers.nomis_bodies import (
    AREAS,
    ENGLAND,
    LONDON,
    MISSING,
    TOWER_HAMLETS,
    Row,
    snapshot,
)
from tests.sources.sample_readings import origins_in
from tests.support import one, real
from thindicators.errors import SourceError
from thindicators.fetching.answers import Answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import by_role
from thindicators.observations.observation import Observation
from thindicators.plan.model import Plan

Read = Callable[..., list[Observation]]

MID_2018 = "nomis/NM_2002_1_mid2018_b040c11cf9c7ebfae3b2f32a5c7fb31b.tsv"
METADATA = "nomis/NM_2002_1_metadata.json"
BEFORE, AFTER = "before_2021_census", "after_2021_census"


@pytest.fixture
def read_part(plan: Plan, live_client: Callable[..., Client]) -> Read:
    """Fetches the estimates over loopback with the live code and reads them."""

    def read(answers: Answers | None = None) -> list[Observation]:
        indicators = plan.indicators_of("ons_population")
        client = live_client("ons_population", answers)
        return ons_population.parse(
            indicators[0].with_only_peers(()), by_role(ons_population.fetch(client, indicators))
        )

    return read


def of_england(people: float, year: int = 2018) -> list[Row]:
    """The estimates of mid-2018 under another year, with other people in England."""
    rows = [{**row, "date": str(year)} for row in mid_2018()]
    return [
        {**row, "obs_value": str(people)}
        if row["geography_code"] == ENGLAND and row["c_age"] != "201"
        else row
        for row in rows
    ]


# --- the sample: mid-2018 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("area", AREAS)
def test_the_sample_has_children_and_people_of_mid_2018(read_part: Read, area: str) -> None:
    children, people = (
        one(read_part(), area_code=area, category=kind) for kind in ("children_0_15", "all_ages")
    )
    assert (children.value, people.value) == (CHILDREN[area], PEOPLE[area])
    assert (children.breakdown, children.unit, children.status, children.series) == (
        "part",
        "count",
        "",
        BEFORE,
    )
    assert children.source_text == str(CHILDREN[area])


def test_a_period_is_the_30_of_june(read_part: Read) -> None:
    period = read_part()[0].period
    assert (period.iso, period.label) == ("2018-06-30/P1D", "30 June 2018")


def test_every_figure_of_the_sample_has_its_origin(read_part: Read) -> None:
    origin = {
        (row["figure"], row["area"], row["period"]): float(row["value"])
        for row in origins_in(SAMPLES / "ons_population")
    }
    found = {(row.category, row.area_code, str(row.period.year)): row.value for row in read_part()}
    assert found == origin


# --- Nomis' own answers --------------------------------------------------------------------------------------------


def real_rows() -> dict[str, list[tuple[str, int, float]]]:
    """Area, age and people of both sexes, by the area that they are added to."""
    rows: dict[str, list[tuple[str, int, float]]] = {area: [] for area in AREAS}
    with real(MID_2018).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found = (row["GEOGRAPHY_CODE"], int(row["C_AGE"]) - 101, float(row["OBS_VALUE"]))
            for area, start in {TOWER_HAMLETS: TOWER_HAMLETS, LONDON: "E09", ENGLAND: "E0"}.items():
                if found[0].startswith(start):
                    rows[area].append(found)
    return rows


def test_nomis_own_rows_of_single_ages_add_to_the_estimates(read_part: Read) -> None:
    rows = real_rows()
    people = {area: sum(count for _, _, count in found) for area, found in rows.items()}
    children = {
        area: sum(count for _, age, count in found if age <= 15) for area, found in rows.items()
    }
    given_rows = [
        nomis_row(area, code, int(people[area])) for area in AREAS for code in ("0", "200")
    ]
    given_rows += [nomis_row(area, "201", int(children[area])) for area in AREAS]
    ages = json.loads(real(METADATA).read_bytes())["fields"]["C_AGE"]
    found_rows = read_part(nomis_answers(given_rows, ages=ages))
    assert {
        row.area_code: row.value for row in found_rows if row.category == "children_0_15"
    } == CHILDREN
    assert {row.area_code: row.value for row in found_rows if row.category == "all_ages"} == PEOPLE


def test_nomis_own_code_list_has_two_codes_for_all_ages_and_an_age_is_101_off() -> None:
    ages = json.loads(real(METADATA).read_bytes())["fields"]["C_AGE"]
    assert [code for code, name in ages.items() if name == "All Ages"] == ["200", "0"]
    assert (ages["201"], ages["116"], ages["115"]) == ("Aged 0 to 15", "Age 15", "Age 14")


# --- codes by name -------------------------------------------------------------------------------------------------


def test_ages_are_asked_for_by_name_whatever_their_code(read_part: Read) -> None:
    ages = {"7": "aged  0 to 15", "8": "All ages"}
    rows = [
        nomis_row(area, "200", PEOPLE[area], c_age="8", c_age_name="All ages") for area in AREAS
    ]
    rows += [
        nomis_row(area, "201", CHILDREN[area], c_age="7", c_age_name="Aged 0 to 15")
        for area in AREAS
    ]
    found = read_part(nomis_answers(rows, ages=ages))
    assert one(found, area_code=TOWER_HAMLETS, category="children_0_15").value == 64_615


def test_equal_rows_of_two_geographies_count_once(read_part: Read) -> None:
    rows = mid_2018()
    assert len(read_part(nomis_answers([*rows, *rows]))) == 6


REFUSED: dict[str, tuple[list[Row], str]] = {
    "two codes of all ages that differ": (
        [*mid_2018(), nomis_row(LONDON, "200", 8_900_000)],
        r"8908081, as in another row for \('E12000007', 'all_ages', 2018\); came 8900000.*row 11",
    ),
    "no children": (
        mid_2018()[:-1],
        r"a row for every area.*\('E92000001', 'children_0_15', 2018\)",
    ),
    "an age one off": (
        [*mid_2018(), nomis_row(LONDON, "117", 1)],
        r"one of \['201', '200', '0'\]; came 117.*column “c_age”",
    ),
    "another name for the code": (
        [*mid_2018()[:-1], nomis_row(ENGLAND, "201", 1, c_age_name="Age 16")],
        "“Aged 0 to 15”; came “Age 16”",
    ),
    "women only": (
        [*mid_2018(), nomis_row(LONDON, "201", 1, gender="2")],
        r"one of \['0'\]; came 2",
    ),
    "a percentage": (
        [*mid_2018(), nomis_row(LONDON, "201", 1, measures="20301")],
        r"one of \['20100'\]; came 20301",
    ),
    "another year": (
        [*mid_2018(), nomis_row(LONDON, "201", 1, 2017)],
        r"one of \['2018'\]; came 2017",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_rows_in_doubt_are_refused(read_part: Read, why: str) -> None:
    rows, said = REFUSED[why]
    with pytest.raises(SourceError, match=said):
        read_part(nomis_answers(rows))


@pytest.mark.parametrize(
    ("ages", "said"),
    [
        ({**AGES, "201": "Aged 0 to 14"}, "ages named “Aged 0 to 15”"),
        ({"201": "Aged 0 to 15"}, "ages named “All Ages”"),
    ],
)
def test_ages_without_their_name_are_refused(
    read_part: Read, ages: dict[str, str], said: str
) -> None:
    with pytest.raises(SourceError, match=said):
        read_part(nomis_answers(ages=ages))


def test_a_missing_estimate_is_not_a_zero(read_part: Read) -> None:
    rows = [*mid_2018()[:-1], {**nomis_row(ENGLAND, "201", ""), **MISSING}]
    figure = one(read_part(nomis_answers(rows)), area_code=ENGLAND, category="children_0_15")
    assert (figure.value, figure.status) == (None, "x")


def test_years_before_the_first_are_not_asked_for(read_part: Read) -> None:
    assert {row.period.year for row in read_part(nomis_answers(years=(1991, 2000, 2018)))} == {2018}
    with pytest.raises(SourceError, match="years from 2001"):
        read_part(nomis_answers(years=(1991,)))


# --- the vintage ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("updated", "series"),
    [
        ("2019-06-26 09:30:00", BEFORE),
        ("2022-06-27 09:30:00", BEFORE),
        ("2024-11-25 00:00:00", AFTER),
        ("2026-07-29 09:30:00", AFTER),
    ],
)
def test_the_day_of_the_last_update_tells_the_vintage(
    read_part: Read, updated: str, series: str
) -> None:
    rows = read_part(nomis_answers(of_england(1, 2019), updated, years=(2019,)))
    assert {row.series for row in rows} == {series}


def test_the_day_of_the_last_update_is_said(read_part: Read) -> None:
    rows = read_part(nomis_answers(of_england(1, 2019), "2026-07-29 09:30:00", years=(2019,)))
    assert {row.note for row in rows} == {"Nomis NM_2002_1, last updated 29 July 2026."}


def test_the_list_of_times_tells_the_day_where_the_description_does_not(read_part: Read) -> None:
    """As the publisher's list had it in 2026: mid-2012 to mid-2021 revised in 2024, mid-2025 new."""
    released = {"2019": "2024-07-24 09:30:00", "2025": "2026-07-29 09:30:00"}
    rows = [*of_england(1, 2019), *of_england(1, 2020)]
    found = read_part(
        nomis_answers(rows, years=(2019, 2020), released={**released, "2020": released["2025"]})
    )
    assert {(row.series, row.note) for row in found} == {
        (AFTER, "Nomis NM_2002_1, last updated 29 July 2026.")
    }


def test_a_description_without_annotations_is_no_reason_to_stop(read_part: Read) -> None:
    bare = {"structure": {"keyfamilies": {"keyfamily": [{"id": "NM_2002_1"}]}}}
    assert {row.series for row in read_part(nomis_answers(definition=bare))} == {BEFORE}


@pytest.mark.parametrize("updated", ["", "2022-12-21 09:30:00", "2023-11-23 09:30:00"])
def test_where_the_day_tells_nothing_englands_figure_does(read_part: Read, updated: str) -> None:
    assert {row.series for row in read_part(nomis_answers(updated=updated))} == {BEFORE}
    with pytest.raises(SourceError, match="by the publisher's words none, by the figures none"):
        read_part(nomis_answers(of_england(1), updated))


def test_old_figures_under_a_new_day_are_refused(read_part: Read) -> None:
    with pytest.raises(SourceError, match=f"words {AFTER}, by the figures \\['{BEFORE}'\\]"):
        read_part(nomis_answers(updated="2026-07-29 09:30:00"))


def test_new_figures_under_an_old_day_are_refused(read_part: Read) -> None:
    with pytest.raises(
        SourceError, match=f"words {BEFORE}, by the figures none; not repeated are those of"
    ):
        read_part(nomis_answers(of_england(56_000_000), "2019-06-26 09:30:00"))


@given(st.dates())
def test_a_day_tells_one_vintage_at_most(plan: Plan, day: object) -> None:
    ask = plan.indicators["dwellings_per_child"].read_ask(ons_population.Ask).population
    assert sum(one.since <= day < one.before for one in ask.updated) <= 1  # type: ignore[operator]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "the definition of NM_2002_1"),
        ({"structure": {"keyfamilies": {"keyfamily": []}}}, "the definition of NM_2002_1"),
        (
            {
                "structure": {
                    "keyfamilies": {
                        "keyfamily": [{"id": "NM_1_1", "annotations": {"annotation": []}}]
                    }
                }
            },
            "the definition of NM_2002_1",
        ),
        (
            {
                "structure": {
                    "keyfamilies": {
                        "keyfamily": [
                            {
                                "id": "NM_2002_1",
                                "annotations": {
                                    "annotation": [
                                        {
                                            "annotationtitle": "LastUpdated",
                                            "annotationtext": "today",
                                        }
                                    ]
                                },
                            }
                        ]
                    }
                }
            },
            "a day such as 2022-11-02 09:30:00; came today",
        ),
    ],
)
def test_a_definition_of_another_shape_is_refused(body: object, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        nomis.last_updated(
            snapshot("ons_population", "definition", json.dumps(body).encode()), "NM_2002_1"
        )
