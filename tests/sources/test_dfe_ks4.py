"""Key stage 4: the API and the catalogue's CSV give the same figures, and nothing but totals is taken for a total."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from pytest_httpserver import HTTPServer

from sources import SAMPLES, dfe_ks4
from sources.publishers import ees_api
from sources.publishers.ees_catalogue import EDITION_NOT_SAID
from tests.sources import ees_files
from tests.sources.ees_files import as_csv, listing, plan_for, put, sample_with
from tests.sources.ees_service import Service
from tests.sources.sample_readings import origins_in
from tests.support import NOW, QUICK, answer_with, one, real, unhurried
from thindicators.areas.register import register
from thindicators.errors import SourceError
from thindicators.fetching.answers import Answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import SnapshotStore, by_role
from thindicators.fetching.transport import live_session
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator, Plan

INDICATOR = "gcse_english_maths_9_5"
TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
DATA_SET = f"{ees_api.DATA_SETS}/b3e19901-5d2b-b676-bb4c-e60937d74725"
FILE_ID, OTHER_ID = "9e761bdf-fe02-4e1e-9d3d-b32dac9fa6ef", "85bdb5af-d60c-42a2-a19c-de7bb02447c5"
REAL_FILE = "dfe/201819_la_char_data.csv"
MEASURES = ["pt_l2basics_95", "t_l2basics_95", "t_pupils"]
FILTERS_2019 = ["gender", "ethnic_major", "free_school_meals", "sen_status", "sen_description"]
FILTERS_2019 += ["disadvantage", "first_language"]
PUBLICATION = "key-stage-4-performance"
FILENAME = "201819_la_char_data_{}.csv"

Read = Callable[..., list[Observation]]


@pytest.fixture
def asking(tmp_path: Path) -> Callable[..., Indicator]:
    """Makes the indicator with other comparators, or something else in its `ask`, from a plan of its own."""

    def make(areas: Sequence[str] = (), **ask: object) -> Indicator:
        names = {area: area for area in areas}
        plan = plan_for(tmp_path, INDICATOR, names, lambda written: written["ask"].update(ask))
        return plan.indicators[INDICATOR]

    return make


def read_with(client: Client, indicator: Indicator) -> list[Observation]:
    return dfe_ks4.parse(indicator, by_role(dfe_ks4.fetch(client, [indicator])))


# --- the sample, over the API ---


@pytest.mark.parametrize(
    ("area", "category", "value", "numerator", "denominator", "cell"),
    [
        (TOWER_HAMLETS, "total", 45.6, 1296, 2840, "45.6"),
        (TOWER_HAMLETS, "eligible", 39.4, 452, 1148, "39.4"),
        (LONDON, "total", 49, 39046, 79701, "49"),
        (LONDON, "eligible", 32.9, 4786, 14549, "32.9"),
        (ENGLAND, "total", 43.2, None, None, "43.2"),
        (ENGLAND, "eligible", 22.6, 17115, 75871, "22.6"),
    ],
)
def test_sample_of_2018_19(
    read: Read,
    area: str,
    category: str,
    value: float,
    numerator: int | None,
    denominator: int | None,
    cell: str,
) -> None:
    row = one(read(INDICATOR), area_code=area, category=category, year=2019)
    assert (row.value, row.numerator, row.denominator, row.source_text) == (
        value,
        numerator,
        denominator,
        cell,
    )
    assert row.breakdown == ("total" if category == "total" else "free_school_meals")
    assert (row.unit, row.status, row.revision, row.series, row.note) == (
        "percent",
        "",
        "",
        "exams_2017",
        "",
    )
    assert (row.period.label, row.period.iso) == ("2018/19", "2018-09-01/P1Y")


SERIES = {
    2017: "exams_2017",
    2018: "exams_2017",
    2019: "exams_2017",
    2020: "assessed_2020",
    2021: "assessed_2021",
}
SERIES |= {2022: "exams_2022", 2023: "exams_2023", 2024: "exams_2023", 2025: "exams_2023"}
SAMPLE_FIGURES = {
    TOWER_HAMLETS: [44.3, 44.8, 45.6, 51.3, 54.2, 54.5, 53.1, 51.6, 47.5],
    LONDON: [48.2, 48.7, 49, 55.4, 57.1, 57.5, 54.1, 55.1, 52.9],
    ENGLAND: [42.9, 43.5, 43.2, 49.9, 51.9, 49.8, 45.3, 45.9, 45.4],
}


@pytest.mark.parametrize("area", SAMPLE_FIGURES)
def test_sample_has_nine_years_that_break_where_grading_changed(read: Read, area: str) -> None:
    rows = {
        row.period.year: row
        for row in read(INDICATOR)
        if row.area_code == area and row.category == "total"
    }
    assert [rows[year].value for year in SERIES] == SAMPLE_FIGURES[area]
    assert {year: row.series for year, row in rows.items()} == SERIES
    assert {(row.status, row.revision, row.note) for row in rows.values()} == {("", "", "")}


def test_what_the_sample_does_not_know_is_not_there(read: Read) -> None:
    rows = read(INDICATOR)
    assert len(rows) == 9 * 3 + 3
    england = one(rows, area_code=ENGLAND, year=2024)
    assert (england.numerator, england.denominator) == (None, None)
    assert {row.period.year for row in rows if row.category == "eligible"} == {2019}


def test_sample_has_an_origin_for_every_figure(read: Read) -> None:
    origins = {
        (row["figure"], row["area"], row["period"]): float(row["value"])
        for row in origins_in(SAMPLES / "dfe_ks4")
    }
    words = {"total": "all pupils", "eligible": "eligible for free school meals"}
    published: dict[tuple[str, str, str], float | None] = {}
    for row in read(INDICATOR):
        for figure, value in (
            ("percent", row.value),
            ("pupils with grades 9 to 5", row.numerator),
            ("pupils", row.denominator),
        ):
            if value is not None:
                published[f"{figure}, {words[row.category]}", row.area_code, row.period.label] = (
                    value
                )
    assert published == origins


def test_meta_of_the_sample_has_the_filters_of_a_real_answer(plan: Plan) -> None:
    """No filter for edition, kind of schools or topic, although the CSV has columns for them."""
    seen = json.loads(real("dfe/meta_excerpt_19e39901_transcribed.json").read_bytes())["filters"]
    ours = json.loads((SAMPLES / "dfe_ks4" / "meta.json").read_bytes())["filters"]
    assert {one["column"] for one in seen} <= {one["column"] for one in ours}
    assert {tuple(one) for one in ours} == {tuple(one) for one in seen}
    assert not {one["column"] for one in ours} & dfe_ks4._DESCRIBING


# --- a service that answers queries, and a catalogue, with the publisher's file of 2018/19 ---


@pytest.fixture(scope="module")
def published_rows() -> list[dict[str, str]]:
    with real(REAL_FILE).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def serving(plan: Plan, store: SnapshotStore, httpserver: HTTPServer) -> Callable[..., Client]:
    """Makes a live client whose API is the service, and whose catalogue lists some files."""

    def make(service: Service, *entries: dict[str, Any]) -> Client:
        source = plan.sources["dfe_ks4"]
        visits = unhurried(store)
        replaced = answer_with(
            httpserver, catalogue(b"", *entries), {"ees_content": source.addresses["ees_content"]}
        )
        httpserver.expect_request(re.compile(r"^/ees_api/.*")).respond_with_handler(service.answer)
        session = live_session(
            source, {**replaced, "ees_api": httpserver.url_for("/ees_api")}, visits
        )
        # The service goes through the whole file for each query.
        patient = replace(QUICK, read_timeout=30)
        return Client(source, "live", session, store, lambda: NOW, manners=patient, visits=visits)

    return make


def service_of(rows: Sequence[Mapping[str, str]], page: int = 1000) -> Service:
    service = Service(rows, FILTERS_2019, MEASURES, page)
    service.file = FILE_ID
    return service


def catalogue(content: bytes, *entries: dict[str, Any]) -> Answers:
    """A catalogue that lists some files, and gives the one with our id."""
    files = entries or (listing(FILENAME.format("revised"), id=FILE_ID),)
    return ees_files.catalogue(PUBLICATION, content, *files, identity=FILE_ID)


REAL_FIGURES = [
    (TOWER_HAMLETS, "total", 45.6, 1296, 2840),
    (TOWER_HAMLETS, "eligible", 39.4, 452, 1148),
    (LONDON, "total", 49, 39046, 79701),
    (LONDON, "eligible", 32.9, 4786, 14549),
    (ENGLAND, "total", 43.4, 234482, 540046),
    (ENGLAND, "eligible", 22.6, 17115, 75871),
    ("E09000007", "total", 46.3, 727, 1571),
    ("E09000007", "eligible", 31.5, 138, 438),
    ("E09000012", "total", 47.6, 1061, 2230),
    ("E09000012", "eligible", 34.8, 268, 771),
    ("E09000025", "total", 46.7, 1837, 3933),
    ("E09000025", "eligible", 38.8, 323, 833),
    ("E09000033", "total", 53.5, 886, 1655),
    ("E09000033", "eligible", 43.2, 187, 433),
    ("E12000002", "total", 41.1, 30437, 74006),
    ("E12000002", "eligible", 20.1, 2480, 12311),
    ("E12000008", "total", 46.4, 39929, 85982),
    ("E12000008", "eligible", 19.4, 1621, 8364),
    ("E06000053", "total", 42.9, 6, 14),
    ("E06000053", "eligible", 0, 0, 1),
]


@pytest.mark.parametrize("way", ["api", "csv"])
def test_real_figures_of_2018_19_by_both_ways(
    asking: Callable[..., Indicator],
    way: str,
    serving: Callable[..., Client],
    live_client: Callable[..., Client],
    published_rows: list[dict[str, str]],
) -> None:
    areas = sorted({area for area, *_ in REAL_FIGURES} - {TOWER_HAMLETS})
    indicator = asking(areas, way=way)
    if way == "api":
        client = serving(service_of(published_rows, page=7))
    else:
        client = live_client("dfe_ks4", catalogue(real(REAL_FILE).read_bytes()))
    rows = read_with(client, indicator)
    assert len(rows) == len(REAL_FIGURES)
    for area, category, value, numerator, denominator in REAL_FIGURES:
        row = one(rows, area_code=area, category=category, year=2019)
        assert (row.value, row.numerator, row.denominator, row.status) == (
            value,
            numerator,
            denominator,
            "",
        ), area
        assert (row.revision, row.series, row.note) == ("", "exams_2017", "")


def sheffield(code: str, year: str, percent: str) -> list[dict[str, str]]:
    """Its rows of a year as the API has them under one code, beside those that every year must have."""
    rows = made_rows(time_period=year)
    for meals in ("Total", "FSM", "FSM all other"):
        counts = {"pt_l2basics_95": percent, "t_l2basics_95": percent, "t_pupils": "100"}
        place = {"new_la_code": code, "la_name": "Sheffield"}
        rows.append(made_row(TOWER_HAMLETS, meals, time_period=year, **place, **counts))
    return rows


@pytest.mark.parametrize("way", ["api", "csv"])
def test_a_council_whose_code_has_changed_is_read_under_both(
    asking: Callable[..., Indicator],
    serving: Callable[..., Client],
    live_client: Callable[..., Client],
    way: str,
) -> None:
    """To the API each code is a place of its own, with the years that it has figures of."""
    rows = [*sheffield("E08000019", "201718", "40"), *sheffield("E08000039", "201819", "50")]
    client = (
        serving(service_of(rows))
        if way == "api"
        else live_client("dfe_ks4", catalogue(as_csv(rows)))
    )
    read = read_with(client, asking(["E08000039"], way=way))
    totals = [row for row in read if row.category == "total" and row.area_code == "E08000039"]
    assert {row.period.year: row.value for row in totals} == {2018: 40, 2019: 50}


def test_every_local_authority_of_2018_19(
    asking: Callable[..., Indicator],
    live_client: Callable[..., Client],
    published_rows: list[dict[str, str]],
) -> None:
    """No other reading of the file gives other figures: 150 authorities, found here by a rule of the test's own."""
    totals = [
        row
        for row in published_rows
        if [row[c] for c in FILTERS_2019 if c != "free_school_meals"] == ["Total"] * 6
    ]
    expected = {
        (
            register().present_code(row["new_la_code"]),
            {"Total": "total", "FSM": "eligible"}[row["free_school_meals"]],
        ): float(row["pt_l2basics_95"])
        for row in totals
        if row["geographic_level"] == "Local authority"
        and row["free_school_meals"] in ("Total", "FSM")
    }
    both = {area for area, group in expected if group == "eligible"}
    indicator = asking(sorted(both - {TOWER_HAMLETS}), way="csv")
    rows = read_with(live_client("dfe_ks4", catalogue(real(REAL_FILE).read_bytes())), indicator)
    assert {(row.area_code, row.category): row.value for row in rows} == {
        key: value for key, value in expected.items() if key[0] in both
    }
    assert len(both) > 145


# --- requests and answers, against the publisher's own description of the API ---


def validator(schema: str) -> Draft4Validator:
    """A check against one schema of the published description; OpenAPI 3.0 writes schemas in a dialect of draft 4."""
    described = json.loads(real("dfe/ees-openapi-v1.json").read_text(encoding="utf-8"))
    schemas = described["components"]["schemas"]
    for name, one_schema in schemas.items():
        if "allOf" in one_schema:
            schemas[name] = merged(one_schema["allOf"], schemas)
    return Draft4Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": schemas}}
    )


def merged(parts: Iterable[Mapping[str, Any]], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """One schema of several that extend each other: each alone forbids what the others add."""
    whole: dict[str, Any] = {
        "type": "object",
        "properties": {},
        "required": [],
        "additionalProperties": False,
    }
    for part in parts:
        own = schemas[part["$ref"].split("/")[-1]] if "$ref" in part else part
        whole["properties"].update(own.get("properties", {}))
        whole["required"] += own.get("required", [])
    return whole


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        ("data_set.json", "DataSetViewModel"),
        ("meta.json", "DataSetMetaViewModel"),
        ("rows.json", "DataSetQueryPaginatedResultsViewModel"),
    ],
)
def test_sample_is_in_the_publishers_own_form(file: str, schema: str) -> None:
    validator(schema).validate(json.loads((SAMPLES / "dfe_ks4" / file).read_bytes()))


def test_requests_and_answers_are_as_the_publisher_describes(
    plan: Plan,
    serving: Callable[..., Client],
    httpserver: HTTPServer,
    published_rows: list[dict[str, str]],
) -> None:
    service = service_of(published_rows, page=4)
    read_with(serving(service), plan.indicators[INDICATOR])
    assert [body["page"] for body in service.asked] == [1, 2]
    for body in service.asked:
        validator("DataSetQueryRequest").validate(body)
        assert "debug" not in body
    asked = [
        (request, response)
        for request, response in httpserver.log
        if request.path.startswith("/ees_api/")
    ]
    assert len(asked) == 4
    for request, response in asked:
        schema = "DataSetMetaViewModel" if request.path.endswith("/meta") else "DataSetViewModel"
        if request.path.endswith("/query"):
            schema = "DataSetQueryPaginatedResultsViewModel"
            assert request.content_type == "application/json"
            assert "page" not in request.args
        if not request.path.endswith(DATA_SET.rsplit("/", 1)[1]):
            assert request.args["dataSetVersion"] == "1.0"
        validator(schema).validate(json.loads(response.get_data()))


# --- rows of our own, for what the file of 2018/19 has not ---

PLACES = {
    TOWER_HAMLETS: {
        "geographic_level": "Local authority",
        "new_la_code": TOWER_HAMLETS,
        "la_name": "Tower Hamlets",
    },
    LONDON: {"geographic_level": "Regional", "region_code": LONDON, "region_name": "London"},
    ENGLAND: {"geographic_level": "National"},
}
HEADER_2019 = [
    *("time_period", "time_identifier", "geographic_level", "country_code", "country_name"),
    *("region_code", "region_name", "old_la_code", "new_la_code", "la_name", "version"),
    *("school_characteristic", "breakdown"),
    *FILTERS_2019,
    *MEASURES,
]


def made_row(area: str, meals: str = "Total", **changed: str) -> dict[str, str]:
    """A row in the header of 2018/19; its figures are for the tests only."""
    row = dict.fromkeys(HEADER_2019, "")
    row |= {"time_period": "201819", "time_identifier": "Academic year", "version": "Revised"}
    row |= {
        "country_code": ENGLAND,
        "country_name": "England",
        "school_characteristic": "State-funded schools (LA)",
    }
    row |= dict.fromkeys(FILTERS_2019, "Total") | {"breakdown": "Total", "free_school_meals": meals}
    row |= {"pt_l2basics_95": "50", "t_l2basics_95": "50", "t_pupils": "100"}
    return row | PLACES[area] | changed


def made_rows(**changed: str) -> list[dict[str, str]]:
    """All areas and groups of one year."""
    return [
        made_row(area, meals, **changed)
        for area in PLACES
        for meals in ("Total", "FSM", "FSM all other")
    ]


@pytest.fixture
def by_csv(
    asking: Callable[..., Indicator], live_client: Callable[..., Client]
) -> Callable[..., list[Observation]]:
    """Reads a file through the catalogue."""

    def read_file(
        rows: Sequence[Mapping[str, str]], renamed: Mapping[str, str] | None = None
    ) -> list[Observation]:
        client = live_client("dfe_ks4", catalogue(as_csv(rows, renamed)))
        return read_with(client, asking(way="csv"))

    return read_file


@pytest.fixture
def by_api(plan: Plan, serving: Callable[..., Client]) -> Callable[..., list[Observation]]:
    """Reads rows through the API."""

    def read_rows(rows: Sequence[Mapping[str, str]]) -> list[Observation]:
        return read_with(serving(service_of(rows)), plan.indicators[INDICATOR])

    return read_rows


NEW_NAMES = {
    "pt_l2basics_95": "engmath_95_percent",
    "t_l2basics_95": "engmath_95_total",
    "t_pupils": "pupil_count",
    "free_school_meals": "fsm_status",
    "gender": "sex",
    "ethnic_major": "ethnicity_major",
    "sen_description": "sen_provision",
    "disadvantage": "disadvantage_status",
    "school_characteristic": "establishment_type_group",
    "breakdown": "breakdown_topic",
}
NEW_FILTERS = [
    *(
        "ethnicity_minor",
        "sen_primary_need",
        "prior_attainment",
        "ks2_scaled_score_group",
        "mobility",
    ),
    *("young_carer", "school_admission_type", "school_religious_character"),
]


def in_2024_25(rows: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """The rows with the filters and labels that came in 2024/25; `NEW_NAMES` gives the header."""
    labels = {"FSM": "FSM eligible", "FSM all other": "Not known to be FSM eligible"}
    return [
        {
            **row,
            **dict.fromkeys(NEW_FILTERS, "Total"),
            "free_school_meals": labels.get(row["free_school_meals"], row["free_school_meals"]),
            "breakdown": "Total" if row["free_school_meals"] == "Total" else "FSM status",
            "school_characteristic": "All state-funded",
        }
        for row in rows
    ]


def test_the_header_of_2024_25_is_read_like_that_of_2018_19(by_csv: Read) -> None:
    rows = by_csv(in_2024_25(made_rows()), NEW_NAMES)
    assert [(row.area_code, row.category, row.value) for row in rows] == [
        (row.area_code, row.category, row.value) for row in by_csv(made_rows())
    ]


@pytest.mark.parametrize(
    ("version", "revision"), [("Provisional", "p"), ("Revised", ""), ("Final", "")]
)
def test_the_file_names_an_edition_in_each_row(by_csv: Read, version: str, revision: str) -> None:
    assert {row.revision for row in by_csv(made_rows(version=version))} == {revision}


def test_an_unknown_edition_is_refused(by_csv: Read) -> None:
    with pytest.raises(SourceError, match=r"Provisional.*came Draft.*column “version”"):
        by_csv(made_rows(version="Draft"))


def two_years() -> list[dict[str, str]]:
    return [*made_rows(time_period="201718"), *made_rows()]


@pytest.mark.parametrize(
    ("edition", "newest"), [("provisional", "p"), ("revised", ""), ("final", "")]
)
@pytest.mark.parametrize("way", ["api", "csv"])
def test_the_name_of_the_file_tells_the_edition_of_the_newest_year_where_no_row_does(
    plan: Plan,
    asking: Callable[..., Indicator],
    serving: Callable[..., Client],
    live_client: Callable[..., Client],
    way: str,
    edition: str,
    newest: str,
) -> None:
    """The API has no filter for the edition: October's figures would be published as final."""
    entry = listing(FILENAME.format(edition), id=FILE_ID)
    if way == "api":
        rows = read_with(serving(service_of(two_years()), entry), plan.indicators[INDICATOR])
    else:
        file = as_csv(
            [{name: cell for name, cell in row.items() if name != "version"} for row in two_years()]
        )
        rows = read_with(live_client("dfe_ks4", catalogue(file, entry)), asking(way="csv"))
    assert {(row.period.year, row.revision, row.note) for row in rows} == {
        (2018, "", ""),
        (2019, newest, ""),
    }


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(
            listing(FILENAME.format("revised"), id=OTHER_ID),
            id="made from a file that is not listed",
        ),
        pytest.param(
            listing("201819_la_char_data.csv", id=FILE_ID), id="a name without an edition"
        ),
    ],
)
def test_where_nothing_tells_the_edition_the_newest_year_is_taken_to_be_provisional(
    plan: Plan, serving: Callable[..., Client], entry: dict[str, Any]
) -> None:
    rows = read_with(serving(service_of(two_years()), entry), plan.indicators[INDICATOR])
    assert {(row.period.year, row.revision, row.note) for row in rows} == {
        (2018, "", ""),
        (2019, "p", EDITION_NOT_SAID),
    }


def test_a_filter_for_the_edition_would_be_refused(
    plan: Plan, serving: Callable[..., Client]
) -> None:
    service = Service(made_rows(), [*FILTERS_2019, "version"], MEASURES)
    with pytest.raises(SourceError, match=r"“Total” in the filter “version”; came \['Revised'\]"):
        read_with(serving(service), plan.indicators[INDICATOR])


@pytest.mark.parametrize("title", ["Pupil characteristics of all schools", ""])
def test_a_data_set_of_other_schools_is_refused(
    plan: Plan, serving: Callable[..., Client], title: str
) -> None:
    service = service_of(made_rows())
    service.title = title
    with pytest.raises(SourceError, match="a title that begins with “all state-funded”"):
        read_with(serving(service), plan.indicators[INDICATOR])


@pytest.mark.parametrize(
    ("symbol", "status"),
    [("c", "c"), ("x", "x"), ("z", "z"), ("k", "low"), ("low", "low"), ("u", "u"), (":", "x")],
)
@pytest.mark.parametrize("way", ["api", "csv"])
def test_a_symbol_is_a_status_and_never_zero(
    by_csv: Read, by_api: Read, way: str, symbol: str, status: str
) -> None:
    hidden = made_row(TOWER_HAMLETS, pt_l2basics_95=symbol, t_l2basics_95="c")
    rows = (by_api if way == "api" else by_csv)([hidden, *made_rows()[1:]])
    row = one(rows, area_code=TOWER_HAMLETS, category="total")
    assert (row.value, row.status, row.numerator, row.denominator, row.source_text) == (
        None,
        status,
        None,
        100,
        symbol,
    )


@pytest.mark.parametrize("column", [name for name in FILTERS_2019 if name != "free_school_meals"])
@pytest.mark.parametrize("way", ["api", "csv"])
def test_a_row_about_some_pupils_is_not_a_total(
    by_csv: Read, by_api: Read, way: str, column: str
) -> None:
    """In 2018/19, rows for `Any SEN` say `Total` in the column `breakdown`."""
    some = [
        made_row(area, **{column: "Any SEN", "pt_l2basics_95": "16.3", "t_l2basics_95": "16"})
        for area in PLACES
    ]
    rows = (by_api if way == "api" else by_csv)([*some, *made_rows()])
    assert {row.value for row in rows} == {50}
    assert len(rows) == 6


@pytest.mark.parametrize("way", ["api", "csv"])
def test_a_filter_nobody_knows_must_be_at_its_total_too(
    plan: Plan, serving: Callable[..., Client], by_csv: Read, way: str
) -> None:
    whole = [{**row, "weekday": "Total"} for row in made_rows()]
    part = [
        {**row, "weekday": "Monday", "pt_l2basics_95": "10", "t_l2basics_95": "10"}
        for row in made_rows()
    ]
    if way == "csv":
        rows = by_csv([*part, *whole])
    else:
        service = Service([*part, *whole], [*FILTERS_2019, "weekday"], MEASURES)
        rows = read_with(serving(service), plan.indicators[INDICATOR])
    assert {row.value for row in rows} == {50}


def test_a_filter_without_a_total_is_refused(plan: Plan, serving: Callable[..., Client]) -> None:
    rows = [{**row, "weekday": "Monday"} for row in made_rows()]
    service = Service(rows, [*FILTERS_2019, "weekday"], MEASURES)
    with pytest.raises(SourceError, match=r"“Total” in the filter “weekday”.*Monday"):
        read_with(serving(service), plan.indicators[INDICATOR])


@pytest.mark.parametrize("way", ["api", "csv"])
@pytest.mark.parametrize("code", [LONDON, "E13000001"])
def test_inner_and_outer_london_are_not_london(
    by_csv: Read, by_api: Read, way: str, code: str
) -> None:
    inner = made_row(
        LONDON,
        region_code=code,
        region_name="Inner London",
        pt_l2basics_95="45.9",
        t_l2basics_95="46",
    )
    outer = inner | {
        "region_code": code.replace("1", "2") if code != LONDON else code,
        "region_name": "Outer London",
    }
    rows = (by_api if way == "api" else by_csv)([inner, outer, *made_rows()])
    assert one(rows, area_code=LONDON, category="total").value == 50


@pytest.mark.parametrize("way", ["api", "csv"])
def test_without_london_there_is_an_error(by_csv: Read, by_api: Read, way: str) -> None:
    rows = [row | {"region_name": row["region_name"] and "Inner London"} for row in made_rows()]
    with pytest.raises(SourceError, match="E12000007"):
        (by_api if way == "api" else by_csv)(rows)


@pytest.mark.parametrize("way", ["api", "csv"])
def test_a_renamed_group_is_missed_and_not_guessed(by_csv: Read, by_api: Read, way: str) -> None:
    rows = [
        row | {"free_school_meals": row["free_school_meals"].replace("FSM", "Eligible")}
        for row in made_rows()
    ]
    with pytest.raises(
        SourceError, match=r"free_school_meals.*none for.*E09000030.*eligible.*GROUPS"
    ):
        (by_api if way == "api" else by_csv)(rows)


def test_two_rows_for_one_figure_are_refused(by_csv: Read) -> None:
    with pytest.raises(SourceError, match=r"one row for each area, year and group.*row 11\b"):
        by_csv([*made_rows(), made_row(TOWER_HAMLETS, version="Provisional", pt_l2basics_95="51")])


def test_two_kinds_of_schools_are_not_mixed(by_csv: Read) -> None:
    rows = [
        *made_rows(),
        *made_rows(time_period="201718", school_characteristic="All state-funded"),
    ]
    with pytest.raises(
        SourceError, match=r"throughout.*All state-funded.*State-funded schools \(LA\)"
    ):
        by_csv(rows)


def test_schools_that_are_not_state_funded_only_are_refused(by_csv: Read) -> None:
    with pytest.raises(SourceError, match="came \\['All schools'\\]"):
        by_csv(made_rows(school_characteristic="All schools"))


def test_a_percentage_that_the_counts_deny_is_refused(by_csv: Read) -> None:
    """Grades 9 to 4 stand in the next column."""
    with pytest.raises(SourceError, match=r"about 50\.0, as the counts say; came 67\.9"):
        by_csv([made_row(TOWER_HAMLETS, pt_l2basics_95="67.9"), *made_rows()[1:]])


def test_years_before_the_grades_9_to_1_are_passed_over(by_csv: Read) -> None:
    early = made_rows(time_period="200910", pt_l2basics_95="z", t_l2basics_95="z")
    assert {row.period.year for row in by_csv([*early, *made_rows()])} == {2019}


def test_a_figure_before_the_grades_9_to_1_is_refused(by_csv: Read) -> None:
    with pytest.raises(SourceError, match=r"no figure for 2010, which no series .* holds"):
        by_csv([*made_rows(time_period="200910"), *made_rows()])


@pytest.mark.parametrize("wrong", [{"time_period": "201820"}, {"time_identifier": "Spring term"}])
def test_a_period_of_another_kind_is_refused(by_csv: Read, wrong: dict[str, str]) -> None:
    with pytest.raises(SourceError, match=r"row 2, column “time_"):
        by_csv(made_rows(**wrong))


@pytest.mark.parametrize("old", [*MEASURES, "free_school_meals", "gender", "disadvantage"])
def test_a_header_that_is_half_renamed_is_refused_with_both_names(by_csv: Read, old: str) -> None:
    new = NEW_NAMES[old]
    with pytest.raises(
        SourceError,
        match=rf"nearest is 2018/19, without \['{old}'\] but with \['{new}'\].*VINTAGES",
    ):
        by_csv(made_rows(), {old: new})


def test_a_column_that_stands_twice_is_refused(by_csv: Read) -> None:
    with pytest.raises(SourceError, match="that column more than once"):
        by_csv([{**row, "again": "1"} for row in made_rows()], {"again": "pt_l2basics_95"})


# --- the API's own traps ---


WARNING = {
    "code": "FiltersNotFound",
    "message": "Some filters were not found",
    "detail": {"items": ["x"]},
}


@pytest.mark.parametrize(
    ("file", "change", "expected"),
    [
        (
            "rows.json",
            put("warnings", value=[WARNING]),
            "an answer without warnings; came .*FiltersNotFound",
        ),
        ("rows.json", put("results", value=[]), "expected rows; came none"),
        ("rows.json", put("paging", "page", value=3), "page 1; came page 3"),
        ("rows.json", put("paging", "totalResults", value=14), "14 rows on 1 pages; came 30 on 1"),
        ("rows.json", put("paging", value={}), "paging with page"),
        (
            "rows.json",
            put("results", 0, "filters", "sEx5n", value="other"),
            "known period, place, filters",
        ),
        (
            "rows.json",
            put("results", 0, "locations", value={"NAT": "elsewhere"}),
            "known period, place, filters",
        ),
        (
            "rows.json",
            put("results", 0, "geographicLevel", value="WARD"),
            "known period, place, filters",
        ),
        (
            "rows.json",
            put("results", 0, "values", value={}),
            r"a row with \['engmath_95_percent'\]",
        ),
        (
            "rows.json",
            put("results", 0, "timePeriod", value={"code": "T1", "period": "2024"}),
            "known period",
        ),
        (
            "meta.json",
            put("indicators", 0, "column", value="basics"),
            r"nearest is 2024/25, without \['engmath_95_pe",
        ),
        (
            "meta.json",
            put("filters", 13, "column", value="gender"),
            r"without \['sex'\].*the other `way`",
        ),
        ("meta.json", put("filters", 1, "column", value="sex"), "“sex” once; came twice"),
        (
            "meta.json",
            put("filters", 0, "options", 0, "label", value="All"),
            "“Total” in the filter “disadvantage_st",
        ),
        (
            "meta.json",
            put("locations", 2, "options", value=[]),
            "one place with the code E09000030; came none",
        ),
        (
            "meta.json",
            put("locations", 1, "options", 0, "label", value="Inner London"),
            "one place with the code E1200",
        ),
        ("meta.json", put("locations", value=None), "filters, indicators and locations"),
        (
            "data_set.json",
            put("latestVersion", "version", value="2.0"),
            r"came version 2\.0.*versions/2\.0/changes",
        ),
        (
            "data_set.json",
            put("status", value="Deprecated"),
            "a data set that is kept up; came Deprecated",
        ),
        ("data_set.json", put("supersedingDataSetId", value="1234"), "superseded by 1234"),
        (
            "data_set.json",
            put("latestVersion", value=None),
            "a data set with status and latestVersion",
        ),
        (
            "data_set.json",
            put("latestVersion", "file", value={}),
            "the id of a version's file; came no 'id'",
        ),
    ],
)
def test_an_answer_that_is_not_as_it_should_be_is_refused(
    read: Read, file: str, change: Callable[[Any], Any], expected: str
) -> None:
    with pytest.raises(SourceError, match=expected):
        read(INDICATOR, sample_with(SAMPLES / "dfe_ks4", file, change))


def test_a_new_minor_version_is_asked_for_by_its_number(
    plan: Plan, serving: Callable[..., Client], httpserver: HTTPServer
) -> None:
    service = service_of(made_rows())
    service.version = "1.3"
    indicator = plan.indicators[INDICATOR]
    snapshots = by_role(dfe_ks4.fetch(serving(service), [indicator]))
    asked = [request for request, _ in httpserver.log if request.path.startswith("/ees_api/")]
    assert {request.args.get("dataSetVersion") for request in asked} == {None, "1.3"}
    assert snapshots[f"{INDICATOR} rows 1"].receipt.release == "version 1.3"


def test_pages_that_never_turn_are_refused(plan: Plan, serving: Callable[..., Client]) -> None:
    """As an API would do that takes `page` in the address only."""

    class Stuck(Service):
        def _query(self, body: Mapping[str, Any]) -> dict[str, Any]:
            return super()._query({**body, "page": 1})

    service = Stuck(made_rows(), FILTERS_2019, MEASURES, page=2)
    with pytest.raises(
        SourceError, match=r"page 2; came page 1.*no longer takes `page` in the body"
    ):
        read_with(serving(service), plan.indicators[INDICATOR])
    assert len(service.asked) == 2


# --- the catalogue's own traps ---


def test_a_file_that_was_cut_off_is_refused(
    asking: Callable[..., Indicator], live_client: Callable[..., Client]
) -> None:
    client = live_client("dfe_ks4", catalogue(as_csv(made_rows())[:-12]))
    with pytest.raises(SourceError, match=r"cells, as in the header.*row 10"):
        read_with(client, asking(way="csv"))


def test_a_file_of_other_places_is_refused(
    asking: Callable[..., Indicator], live_client: Callable[..., Client]
) -> None:
    rows = [row | {"geographic_level": "Local authority district"} for row in made_rows()]
    client = live_client("dfe_ks4", catalogue(as_csv(rows)))
    with pytest.raises(SourceError, match="another geography"):
        read_with(client, asking(way="csv"))


def test_the_indicator_says_where_grading_changed(plan: Plan) -> None:
    series = plan.indicators[INDICATOR].series
    assert [one_series.first_year for one_series in series] == [2017, 2020, 2021, 2022, 2023]
    assert all(one_series.starts_because for one_series in series[1:])
