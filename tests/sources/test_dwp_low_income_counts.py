"""Stat-Xplore's counts of children in low income families: only where they are asked for, and never as percentages."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from sources import dwp_low_income
from sources.publishers import dwp_counts, stat_xplore
from tests.sources.dwp_answers import (
    AREA_FIELD,
    ENGLAND,
    FIELDS,
    LONDON,
    NUMBERS,
    SCHEMA,
    TOWER_HAMLETS,
    VALUE_SET,
    as_json,
    asking,
    counts_body,
    schema_answers,
    snapshot,
)
from tests.support import one
from thindicators.errors import FetchError, SourceError
from thindicators.fetching.answers import Answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import by_role
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator, Plan

KEY = "a-key-that-nobody-may-see"

MakeClient = Callable[..., Client]


@pytest.fixture
def indicator(plan: Plan) -> Indicator:
    return plan.indicators["children_low_income"]


def counts_answers(
    body: object = None, media_type: str = "application/json;charset=UTF-8"
) -> Answers:
    return Answers(
        date(2026, 11, 22),
        (
            *schema_answers(SCHEMA),
            as_json(f"{stat_xplore.API}/table", body or counts_body(), "POST", media_type),
        ),
    )


def with_key(client: Client) -> Client:
    client.secrets = {stat_xplore.KEY: KEY}
    return client


def test_counts_come_without_a_percentage_and_say_so(
    indicator: Indicator, live_client: MakeClient
) -> None:
    client = with_key(live_client("dwp_low_income", counts_answers()))
    wanted = asking(indicator, counts="instead")
    rows = dwp_low_income.parse(wanted, by_role(dwp_low_income.fetch(client, [wanted])))
    borough = [row for row in rows if row.area_code == TOWER_HAMLETS]
    assert {row.period.year: row.numerator for row in borough} == NUMBERS
    assert {(row.value, row.status, row.series) for row in rows} == {
        (None, "x", "stat_xplore_counts")
    }
    assert {row.note for row in borough} == {
        "Stat-Xplore gives the number of children and no percentage."
    }
    figure = one(borough, year=2021)
    assert (figure.period.iso, figure.period.label) == ("2020-04-01/P1Y", "2020/21")
    assert (figure.source_text, figure.revision) == ("16931.0", "p")


def test_london_and_england_are_not_asked_for_and_say_so(
    indicator: Indicator, live_client: MakeClient
) -> None:
    client = with_key(live_client("dwp_low_income", counts_answers()))
    wanted = asking(indicator, counts="instead")
    rows = dwp_low_income.parse(wanted, by_role(dwp_low_income.fetch(client, [wanted])))
    for area in (LONDON, ENGLAND):
        figures = [row for row in rows if row.area_code == area]
        assert [row.period.year for row in figures] == list(NUMBERS)
        assert {(row.numerator, row.status) for row in figures} == {(None, "x")}
        assert "local authorities only" in figures[0].note


def test_the_ages_are_asked_for_as_one_group_and_the_area_by_the_current_value_set(
    indicator: Indicator, live_client: MakeClient, httpserver: HTTPServer
) -> None:
    wanted = asking(indicator, counts="instead")
    dwp_low_income.fetch(with_key(live_client("dwp_low_income", counts_answers())), [wanted])
    query = httpserver.log[-1][0].get_json()
    assert query["recodes"][dwp_counts.AGE_FIELD] == {
        "map": [list(dwp_counts.AGE_IDS)],
        "total": False,
    }
    assert query["recodes"][AREA_FIELD]["map"] == [
        ["str:value:CILIF_REL:V_F_CILIF_REL:UK_COA_CODE:V_C_MASTERGEOG21_LA_TO_REGION_NI:E09000030"]
    ]
    assert dwp_counts.YEAR_FIELD not in query["recodes"]
    assert [dwp_counts.YEAR_FIELD] in query["dimensions"]


SHEFFIELD, SHEFFIELD_UNTIL_2025 = "E08000039", "E08000019"


def sheffield(*listed: str) -> Answers:
    """What Stat-Xplore gives where its value set lists some codes of councils."""
    value = VALUE_SET.replace("valueset", "value")
    schema = {**SCHEMA, VALUE_SET: [f"{value}:{code}" for code in listed]}
    text = json.dumps(counts_body()).replace(f'{TOWER_HAMLETS}"', f'{listed[0]}"')
    body = as_json(f"{stat_xplore.API}/table", json.loads(text), "POST")
    return Answers(date(2026, 11, 22), (*schema_answers(schema), body))


@pytest.mark.parametrize("listed", [SHEFFIELD_UNTIL_2025, SHEFFIELD])
def test_a_council_whose_code_has_changed_is_asked_for_by_the_code_that_is_listed(
    indicator: Indicator, live_client: MakeClient, httpserver: HTTPServer, listed: str
) -> None:
    client = with_key(live_client("dwp_low_income", sheffield(listed, TOWER_HAMLETS)))
    wanted = asking(indicator, counts="instead").changed(areas=(SHEFFIELD,))
    rows = dwp_low_income.parse(wanted, by_role(dwp_low_income.fetch(client, [wanted])))
    asked = httpserver.log[-1][0].get_json()["recodes"][AREA_FIELD]["map"]
    assert asked == [[f"{VALUE_SET.replace('valueset', 'value')}:{listed}"]]
    assert {row.area_code for row in rows} == {SHEFFIELD}
    assert {row.numerator for row in rows} == set(NUMBERS.values())


def test_a_council_that_is_listed_by_none_of_its_codes_is_not_guessed(
    indicator: Indicator, live_client: MakeClient
) -> None:
    client = with_key(live_client("dwp_low_income", sheffield(TOWER_HAMLETS)))
    wanted = asking(indicator, counts="instead").changed(areas=(SHEFFIELD,))
    with pytest.raises(SourceError, match="a value for E08000039 or E08000019; came none among 1"):
        dwp_low_income.fetch(client, [wanted])


OLDER_FIELD = f"{FIELDS}:COA"
OLDER_VALUE_SET = "str:valueset:CILIF_REL:V_F_CILIF_REL:COA:V_C_MASTERGEOG11_LA_TO_UTLA_NI"


@pytest.mark.parametrize(
    ("schema", "field", "value_set"),
    [
        (SCHEMA, AREA_FIELD, VALUE_SET),
        (
            {
                dwp_counts.DATABASE: [OLDER_FIELD, AREA_FIELD],
                OLDER_FIELD: [
                    "str:valueset:CILIF_REL:V_F_CILIF_REL:COA:V_C_MASTERGEOG11_COUNTRY_TO_UK"
                ],
                AREA_FIELD: [VALUE_SET],
            },
            AREA_FIELD,
            VALUE_SET,
        ),
        (
            {
                dwp_counts.DATABASE: [f"{FIELDS}:GB_COA", OLDER_FIELD],
                OLDER_FIELD: [OLDER_VALUE_SET],
            },
            OLDER_FIELD,
            OLDER_VALUE_SET,
        ),
    ],
    ids=["in a group", "the first has no local authorities", "by its former name"],
)
def test_the_field_of_areas_is_the_one_of_the_schema_that_has_local_authorities(
    indicator: Indicator,
    live_client: MakeClient,
    httpserver: HTTPServer,
    schema: dict[str, list[str]],
    field: str,
    value_set: str,
) -> None:
    body = as_json(f"{stat_xplore.API}/table", counts_body(field, value_set), "POST")
    client = with_key(
        live_client("dwp_low_income", Answers(date(2026, 11, 22), (*schema_answers(schema), body)))
    )
    wanted = asking(indicator, counts="instead")
    rows = dwp_low_income.parse(wanted, by_role(dwp_low_income.fetch(client, [wanted])))
    asked = httpserver.log[-1][0].get_json()["recodes"][field]["map"]
    assert asked == [[f"{value_set.replace('valueset', 'value')}:{TOWER_HAMLETS}"]]
    assert {row.numerator for row in rows if row.area_code == TOWER_HAMLETS} == set(
        NUMBERS.values()
    )


def test_the_key_travels_in_its_header_and_is_recorded_nowhere(
    indicator: Indicator, live_client: MakeClient, httpserver: HTTPServer
) -> None:
    client = with_key(live_client("dwp_low_income", counts_answers()))
    fetched = dwp_low_income.fetch(client, [asking(indicator, counts="instead")])
    assert {request.headers["APIKey"] for request, _ in httpserver.log} == {KEY}
    assert KEY not in repr([one.receipt for one in fetched])
    assert not [
        path
        for path in client.store.folder.rglob("*")
        if path.is_file() and KEY.encode() in path.read_bytes()
    ]


@pytest.mark.parametrize(("counts", "key"), [("never", True), ("if_workbook_fails", False)])
def test_without_both_the_switch_and_a_key_a_missing_workbook_fails_the_source(
    indicator: Indicator, live_client: MakeClient, counts: str, key: bool
) -> None:
    client = live_client("dwp_low_income", counts_answers())
    with pytest.raises(FetchError, match="children-in-low-income-families"):
        dwp_low_income.fetch(
            with_key(client) if key else client, [asking(indicator, counts=counts)]
        )


def test_with_both_the_counts_stand_in_for_a_missing_workbook(
    indicator: Indicator, live_client: MakeClient
) -> None:
    client = with_key(live_client("dwp_low_income", counts_answers()))
    fetched = dwp_low_income.fetch(client, [asking(indicator, counts="if_workbook_fails")])
    assert [one.role for one in fetched] == [
        "data set",
        "group X_Geography",
        "geography UK_COA_CODE",
        "counts",
    ]


def test_with_both_a_workbook_that_is_there_is_read(
    indicator: Indicator, live_client: MakeClient
) -> None:
    client = with_key(live_client("dwp_low_income"))
    fetched = dwp_low_income.fetch(client, [asking(indicator, counts="if_workbook_fails")])
    assert [one.role for one in fetched] == ["collection", "release page", "workbook"]


def test_counts_without_a_key_say_where_to_get_one(
    indicator: Indicator, live_client: MakeClient
) -> None:
    client = live_client("dwp_low_income", counts_answers())
    with pytest.raises(SourceError, match=r"THINDICATORS_STAT_XPLORE_KEY.*Open Data API Access"):
        dwp_low_income.fetch(client, [asking(indicator, counts="instead")])


def test_a_count_of_nothing_may_be_negligible_and_is_not_published_as_nil(
    indicator: Indicator,
) -> None:
    body = counts_body()
    body["cubes"][dwp_counts.MEASURE]["values"][0] = [[0.0]]
    figure = one(read_counts(indicator, body), year=2015, area_code=TOWER_HAMLETS)
    assert (figure.numerator, figure.source_text) == (None, "0.0")
    assert "nil or negligible" in figure.note


def read_counts(indicator: Indicator, body: object) -> list[Observation]:
    return dwp_low_income.parse(
        indicator, {"counts": snapshot(json.dumps(body).encode(), "counts")}
    )


def spoiled(field: int, **item: object) -> dict[str, Any]:
    body = counts_body()
    body["fields"][field]["items"][0].update(item)
    return body


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (counts_body(database={"label": "Children - Absolute"}), "counts of relative low income"),
        (
            counts_body(database={"label": "Relative, After Housing Costs"}),
            "counts of relative low income",
        ),
        (counts_body(cubes={}), "counts by year, area and age"),
        (spoiled(2, labels=["0-4", "5-10", "11-15", "16-19"]), "as one group"),
        (spoiled(2, labels=["0-4"]), "as one group"),
        (spoiled(1, uris=["str:value:E09000012"]), "counts for E09000030"),
        (spoiled(0, labels=["2014"]), "a financial year such as 2021/22"),
    ],
)
def test_counts_of_anything_else_are_refused(indicator: Indicator, body: object, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_counts(indicator, body)


def test_an_answer_that_is_not_json_is_refused_whatever_its_status(
    indicator: Indicator, live_client: MakeClient
) -> None:
    wanted = asking(indicator, counts="instead")
    client = with_key(live_client("dwp_low_income", counts_answers(media_type="text/html")))
    with pytest.raises(SourceError, match="an answer of type application/json"):
        dwp_low_income.parse(wanted, by_role(dwp_low_income.fetch(client, [wanted])))


def test_a_schema_without_local_authorities_is_refused(
    indicator: Indicator, live_client: MakeClient
) -> None:
    schema = {**SCHEMA, AREA_FIELD: SCHEMA[AREA_FIELD][:1]}
    client = with_key(
        live_client("dwp_low_income", Answers(date(2026, 11, 22), schema_answers(schema)))
    )
    with pytest.raises(SourceError, match="a field with a value set of local authorities"):
        dwp_low_income.fetch(client, [asking(indicator, counts="instead")])
