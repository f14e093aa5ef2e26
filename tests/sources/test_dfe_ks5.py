"""Points per A level entry: local figures from the catalogue's file, England's from the API, of the same students."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from pytest_httpserver import HTTPServer

from sources import SAMPLES, dfe_ks5
from sources.publishers.ees_catalogue import EDITION_NOT_SAID
from tests.sources import ees_files
from tests.sources.ees_files import RELEASE, as_csv, listing, put, sample_with
from tests.sources.ees_service import Service
from tests.sources.sample_readings import origins_in
from tests.support import NOW, QUICK, answer_with, one, real, unhurried
from thindicators.errors import PlanError, SourceError
from thindicators.fetching.answers import Answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import SnapshotStore, by_role
from thindicators.fetching.transport import live_session
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator, Plan

INDICATOR = "key_stage_5_outcomes"
TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
FILE_ID = "eef8c02f-af0d-4a73-9d5d-4ac15de37da3"
NATIONAL_FILE_ID = "6b24c700-c9e5-4e5d-859b-d23ac1d507b1"
PUBLICATION = "a-level-and-other-16-to-18-results"
FILENAME = "aggregated_attainment_by_region_characteristic_202125.csv"
REAL_FILE = "dfe/ks5_tower_hamlets_by_sex_long_202021_202425.csv"
STATE_FUNDED = "All state-funded schools and colleges"
SAMPLE = SAMPLES / "dfe_ks5"
YEARS = ("202021", "202122", "202223", "202324", "202425")

Read = Callable[..., list[Observation]]
Rows = Sequence[Mapping[str, str]]


# --- the sample ---


SAMPLE_FIGURES = {
    TOWER_HAMLETS: [36.6, 32.58, 30.26, 30.29, 30.91],
    LONDON: [41.2, 38.35, 34.97, 35.31, 36.04],
    ENGLAND: [40.4587, 37.8621, 34.1598, 34.3762, 34.9873],
}


@pytest.mark.parametrize("area", SAMPLE_FIGURES)
def test_sample_has_five_years_of_each_area(read: Read, area: str) -> None:
    rows = [row for row in read(INDICATOR) if row.area_code == area]
    assert [row.period.year for row in rows] == [2021, 2022, 2023, 2024, 2025] or area == ENGLAND
    assert {row.period.year: row.value for row in rows} == dict(
        zip(range(2021, 2026), SAMPLE_FIGURES[area], strict=True)
    )
    assert {(row.unit, row.status, row.revision, row.breakdown) for row in rows} == {
        ("points", "", "", "total")
    }
    assert {(row.numerator, row.denominator, row.lower_ci_95) for row in rows} == {
        (None, None, None)
    }
    assert {row.note for row in rows} == {dfe_ks5.NATIONAL if area == ENGLAND else ""}


@pytest.mark.parametrize(
    ("year", "label", "series"),
    [
        (2021, "2020/21", "assessed_2021"),
        (2022, "2021/22", "exams_2022"),
        (2023, "2022/23", "exams_2023"),
        (2025, "2024/25", "exams_2023"),
    ],
)
def test_sample_breaks_where_grading_changed(
    read: Read, year: int, label: str, series: str
) -> None:
    rows = [row for row in read(INDICATOR) if row.period.year == year]
    assert {(row.period.label, row.period.iso) for row in rows} == {
        (label, f"{year - 1}-09-01/P1Y")
    }
    assert {row.series for row in rows} == {series}


def test_sample_has_an_origin_for_every_figure(read: Read) -> None:
    origins = {(row["area"], row["period"]): float(row["value"]) for row in origins_in(SAMPLE)}
    rows = [row for row in read(INDICATOR) if row.value is not None]
    assert {(row.area_code, row.period.label): row.value for row in rows} == origins


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        ("data_set.json", "DataSetViewModel"),
        ("meta.json", "DataSetMetaViewModel"),
        ("rows.json", "DataSetQueryPaginatedResultsViewModel"),
    ],
)
def test_sample_has_the_members_that_the_publisher_describes(file: str, schema: str) -> None:
    described = json.loads(real("dfe/ees-openapi-v1.json").read_text(encoding="utf-8"))[
        "components"
    ]
    required = described["schemas"][schema].get("required", [])
    answer = json.loads((SAMPLE / file).read_bytes())
    Draft4Validator(
        {"type": "object", "required": required} if required else {"type": "object"}
    ).validate(answer)


# --- a catalogue and a service that answers queries, with rows of our own ---

PLACES = {
    LONDON: {"geographic_level": "Regional"},
    TOWER_HAMLETS: {
        "geographic_level": "Local authority",
        "old_la_code": "211",
        "new_la_code": TOWER_HAMLETS,
        "la_name": "Tower Hamlets",
    },
}
LOCAL_COLUMNS = [
    *(
        "time_period",
        "time_identifier",
        "geographic_level",
        "country_code",
        "country_name",
        "version",
        "region_code",
    ),
    *(
        "region_name",
        "old_la_code",
        "new_la_code",
        "la_name",
        "characteristic_type",
        "characteristic_value",
    ),
    *(
        "establishment_type",
        "establishment_type_group",
        "number_of_students_alev",
        "aps_per_entry_alev",
    ),
    *("aps_per_entry_grade_alev", "aps_per_entry_best3"),
]
NATIONAL_FILTERS = ["exam_cohort", "sex", "establishment_type"]


def local_row(area: str, year: str = "202425", **changed: str) -> dict[str, str]:
    """A row of the file by region and local authority; its figures are for the tests only."""
    row = dict.fromkeys(LOCAL_COLUMNS, "")
    row |= {"time_period": year, "time_identifier": "Academic year", "version": "Revised"}
    row |= {
        "country_code": ENGLAND,
        "country_name": "England",
        "region_code": LONDON,
        "region_name": "London",
    }
    row |= {"characteristic_type": "All students", "characteristic_value": "All students"}
    row |= {
        "establishment_type": STATE_FUNDED,
        "establishment_type_group": "State-funded institutions",
    }
    row |= {
        "number_of_students_alev": "1000",
        "aps_per_entry_alev": "30.5",
        "aps_per_entry_best3": "33",
    }
    return row | PLACES[area] | changed


def local_rows(**changed: str) -> list[dict[str, str]]:
    return [local_row(area, year, **changed) for year in YEARS for area in PLACES]


def national_row(year: str = "202425", **changed: str) -> dict[str, str]:
    """A row of the national data set; its figures are for the tests only."""
    row = {"time_period": year, "time_identifier": "Academic year", "geographic_level": "National"}
    row |= {
        "country_code": ENGLAND,
        "country_name": "England",
        "region_code": "",
        "region_name": "",
    }
    row |= {"new_la_code": "", "la_name": "", "exam_cohort": "A level", "sex": "All"}
    row |= {
        "establishment_type": STATE_FUNDED,
        "aps_per_entry": "35",
        "best_three_alevels_aps": "36",
    }
    return row | changed


OTHERS = [
    {"exam_cohort": "Academic", "aps_per_entry": "36"},
    {"exam_cohort": "End of 16-18 study", "aps_per_entry": "z"},
    {"sex": "Female", "aps_per_entry": "36.5"},
    {"establishment_type": "All schools and FE sector colleges", "aps_per_entry": "37"},
    {"establishment_type": "All state-funded schools", "aps_per_entry": "35.9"},
    {"establishment_type": "All independent schools", "aps_per_entry": "43"},
]
"""What the national set also has, and none of which is England's figure."""


def national_rows(**changed: str) -> list[dict[str, str]]:
    return [national_row(year, **{**other, **changed}) for year in YEARS for other in ({}, *OTHERS)]


def catalogue(content: bytes, *entries: dict[str, Any]) -> Answers:
    """A catalogue that lists some files, and gives the one with our id; by default all files are of one release."""
    files = entries or (listing(FILENAME, id=FILE_ID), listing("national.csv", id=NATIONAL_FILE_ID))
    return ees_files.catalogue(PUBLICATION, content, *files, identity=FILE_ID)


@pytest.fixture
def client_of(plan: Plan, store: SnapshotStore, httpserver: HTTPServer) -> Callable[..., Client]:
    """Makes a live client whose catalogue has a file and whose API is a service."""

    def make(
        content: bytes, service: Service, *entries: dict[str, Any], answers: Answers | None = None
    ) -> Client:
        source = plan.sources["dfe_ks5"]
        addresses = {"ees_content": source.addresses["ees_content"]}
        replaced = answer_with(httpserver, answers or catalogue(content, *entries), addresses)
        httpserver.expect_request(re.compile(r"^/ees_api/.*")).respond_with_handler(service.answer)
        visits = unhurried(store)
        session = live_session(
            source, {**replaced, "ees_api": httpserver.url_for("/ees_api")}, visits
        )
        return Client(source, "live", session, store, lambda: NOW, manners=QUICK, visits=visits)

    return make


def service_of(rows: Rows, filters: Sequence[str] = NATIONAL_FILTERS, page: int = 1000) -> Service:
    service = Service(rows, filters, ["aps_per_entry", "best_three_alevels_aps"], page)
    service.file = NATIONAL_FILE_ID
    return service


def read_with(client: Client, indicator: Indicator) -> list[Observation]:
    return dfe_ks5.parse(indicator, by_role(dfe_ks5.fetch(client, [indicator])))


@pytest.fixture
def by_rows(plan: Plan, client_of: Callable[..., Client]) -> Read:
    """Reads local rows through the catalogue and national ones through the API."""

    def read(
        local: Rows | None = None,
        national: Rows | None = None,
        filters: Sequence[str] = NATIONAL_FILTERS,
        renamed: Mapping[str, str] | None = None,
    ) -> list[Observation]:
        content = as_csv(local_rows() if local is None else local, renamed)
        service = service_of(national_rows() if national is None else national, filters)
        return read_with(client_of(content, service), plan.indicators[INDICATOR])

    return read


def test_local_figures_come_from_the_file_and_england_from_the_api(
    plan: Plan, client_of: Callable[..., Client]
) -> None:
    indicator = plan.indicators[INDICATOR]
    snapshots = by_role(
        dfe_ks5.fetch(client_of(as_csv(local_rows()), service_of(national_rows())), [indicator])
    )
    rows = dfe_ks5.parse(indicator, snapshots)
    assert {(row.area_code, row.value) for row in rows} == {
        (TOWER_HAMLETS, 30.5),
        (LONDON, 30.5),
        (ENGLAND, 35),
    }
    assert [row.period.year for row in rows if row.area_code == ENGLAND] == [
        2021,
        2022,
        2023,
        2024,
        2025,
    ]
    for row in rows:
        role = "England rows 1" if row.area_code == ENGLAND else "file"
        assert row.snapshot == snapshots[f"{INDICATOR} {role}"].sha256


def test_only_england_is_asked_of_the_api_page_by_page(
    plan: Plan, client_of: Callable[..., Client]
) -> None:
    service = service_of(national_rows(), page=2)
    read_with(client_of(as_csv(local_rows()), service), plan.indicators[INDICATOR])
    assert [body["page"] for body in service.asked] == [1, 2, 3]
    places, *filters = service.asked[0]["criteria"]["and"]
    assert [place["geographicLevels"] for place in places["or"]] == [{"eq": "NAT"}]
    assert len(filters) == len(NATIONAL_FILTERS)
    assert "debug" not in service.asked[0]


def test_a_second_page_must_be_fetched_and_read(
    plan: Plan, client_of: Callable[..., Client]
) -> None:
    client = client_of(as_csv(local_rows()), service_of(national_rows(), page=2))
    rows = read_with(client, plan.indicators[INDICATOR])
    assert sum(row.area_code == ENGLAND for row in rows) == 5


# --- the same students ---


@pytest.mark.parametrize("label", ["All state-funded schools and colleges", "All state-funded"])
def test_england_is_all_state_funded_schools_and_colleges(by_rows: Read, label: str) -> None:
    renamed = {STATE_FUNDED: label}
    national = [
        row
        | {"establishment_type": renamed.get(row["establishment_type"], row["establishment_type"])}
        for row in national_rows()
    ]
    assert {row.value for row in by_rows(national=national) if row.area_code == ENGLAND} == {35}


def test_england_without_state_funded_colleges_is_refused(by_rows: Read) -> None:
    """`All state-funded schools` would be higher, and not comparable."""
    national = [row for row in national_rows() if row["establishment_type"] != STATE_FUNDED]
    with pytest.raises(
        SourceError, match=r"filter “establishment_type”; came 0 of them among.*not comparable"
    ):
        by_rows(national=national)


def test_two_names_for_the_same_schools_are_refused(by_rows: Read) -> None:
    national = [*national_rows(), national_row(establishment_type="All state-funded")]
    with pytest.raises(SourceError, match="came 2 of them among"):
        by_rows(national=national)


@pytest.mark.parametrize(
    ("column", "accepted"),
    [("exam_cohort", "A level"), ("sex", "All"), ("establishment_type", STATE_FUNDED)],
)
def test_a_new_label_in_the_national_set_is_not_guessed(
    by_rows: Read, column: str, accepted: str
) -> None:
    national = [
        row | {column: row[column].replace(accepted, "Everything")} for row in national_rows()
    ]
    with pytest.raises(
        SourceError, match=rf"in the filter “{column}”; came 0 of them among .*Everything"
    ):
        by_rows(national=national)


@pytest.mark.parametrize("column", NATIONAL_FILTERS)
def test_a_national_set_without_a_filter_is_refused(by_rows: Read, column: str) -> None:
    national = [
        {name: cell for name, cell in row.items() if name != column} for row in national_rows()
    ]
    with pytest.raises(SourceError, match=f"a filter “{column}”"):
        by_rows(national=national, filters=[name for name in NATIONAL_FILTERS if name != column])


def test_a_filter_nobody_knows_must_be_at_its_total(by_rows: Read) -> None:
    whole = [row | {"rurality": "All"} for row in national_rows()]
    part = [row | {"rurality": "Rural", "aps_per_entry": "38"} for row in national_rows()]
    rows = by_rows(national=[*part, *whole], filters=[*NATIONAL_FILTERS, "rurality"])
    assert {row.value for row in rows if row.area_code == ENGLAND} == {35}
    with pytest.raises(SourceError, match="in the filter “rurality”; came 0 of them"):
        by_rows(national=part, filters=[*NATIONAL_FILTERS, "rurality"])


def test_an_answer_about_other_students_is_refused(read: Read) -> None:
    def to_all_schools(answer: Any) -> Any:
        answer["results"][0]["filters"]["eSt3c"] = "aLin3"
        return answer

    with pytest.raises(
        SourceError, match=r"came All schools and FE sector colleges.*“establishment_type”"
    ):
        read(INDICATOR, sample_with(SAMPLE, "rows.json", to_all_schools))


@pytest.mark.parametrize("label", ["All students", "All", "Total"])
def test_local_rows_about_some_students_are_not_the_total(by_rows: Read, label: str) -> None:
    some = local_rows(
        characteristic_type="Sex", characteristic_value="Female", aps_per_entry_alev="32"
    )
    schools = local_rows(establishment_type="All state-funded schools", aps_per_entry_alev="33")
    rows = by_rows([*some, *schools, *local_rows(characteristic_value=label)])
    assert {row.value for row in rows if row.area_code != ENGLAND} == {30.5}


@pytest.mark.parametrize(
    "changed", [{"characteristic_value": "Everybody"}, {"establishment_type": "All institutions"}]
)
def test_a_new_local_label_is_missed_and_not_guessed(
    by_rows: Read, changed: dict[str, str]
) -> None:
    word = next(iter(changed.values()))
    with pytest.raises(SourceError, match=rf"a row for all students.*rows are about .*{word}"):
        by_rows(local_rows(**changed))


# --- cells, editions, years ---


@settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(points=st.decimals(min_value=0, max_value=60, places=4))
def test_points_are_kept_to_the_last_decimal(by_rows: Read, points: object) -> None:
    rows = by_rows(local_rows(aps_per_entry_alev=str(points)))
    assert {(row.value, row.source_text) for row in rows if row.area_code != ENGLAND} == {
        (float(str(points)), str(points))
    }


@pytest.mark.parametrize(
    ("version", "revision"), [("Provisional", "p"), ("Revised", ""), ("Final", "")]
)
def test_the_file_names_an_edition_in_each_row(by_rows: Read, version: str, revision: str) -> None:
    rows = [row for row in by_rows(local_rows(version=version)) if row.area_code != ENGLAND]
    assert {row.revision for row in rows} == {revision}


def wide(rows: Rows) -> list[dict[str, str]]:
    """The publisher's rows, which were kept by metric, as the file has them; those of young women stand for all."""
    columns = ("number_of_students_alev", "aps_per_entry_alev")
    named = [name for name in rows[0] if name not in ("metric", "value")]
    whole: dict[str, dict[str, str]] = {}
    for row in rows:
        if row["characteristic_value"] == "Female" and row["metric"] in columns:
            kept = whole.setdefault(row["time_period"], {name: row[name] for name in named})
            kept |= {"characteristic_value": "All students", row["metric"]: row["value"]}
    return list(whole.values())


def test_only_the_newest_year_of_a_real_provisional_release_is_provisional(by_rows: Read) -> None:
    with real(REAL_FILE).open(encoding="utf-8-sig", newline="") as file:
        ours = wide(list(csv.DictReader(file)))
    london = [row for row in local_rows() if row["geographic_level"] == "Regional"]
    versions = {row["time_period"]: row["version"] for row in ours}
    assert list(versions.values()) == ["Final", "Revised", "Revised", "Revised", "Provisional"]
    both = [
        {name: row.get(name, "") for name in ours[0]} | {"version": versions[row["time_period"]]}
        for row in london
    ]
    rows = by_rows([*ours, *both])
    for area in (TOWER_HAMLETS, LONDON):
        found = {row.period.year: row.revision for row in rows if row.area_code == area}
        assert found == {2021: "", 2022: "", 2023: "", 2024: "", 2025: "p"}


@pytest.mark.parametrize("latest", [True, False])
@pytest.mark.parametrize(
    ("release", "mark"), [("Academic year 2024/25", ""), ("Academic year 2024/25 Provisional", "p")]
)
def test_the_release_that_the_national_set_was_made_from_tells_englands_edition(
    plan: Plan, client_of: Callable[..., Client], release: str, latest: bool, mark: str
) -> None:
    """The API has no filter for the edition."""
    given = RELEASE | {"title": release}
    national = listing("national.csv", id=NATIONAL_FILE_ID, release=given, latestData=latest)
    client = client_of(
        as_csv(local_rows()), service_of(national_rows()), listing(FILENAME, id=FILE_ID), national
    )
    england = [
        row for row in read_with(client, plan.indicators[INDICATOR]) if row.area_code == ENGLAND
    ]
    marks = {row.period.year: row.revision for row in england}
    assert marks == {2021: "", 2022: "", 2023: "", 2024: "", 2025: mark}
    assert {row.note for row in england} == {dfe_ks5.NATIONAL}


def test_where_the_release_is_not_found_the_newest_year_is_taken_to_be_provisional(
    plan: Plan, client_of: Callable[..., Client]
) -> None:
    client = client_of(
        as_csv(local_rows()), service_of(national_rows()), listing(FILENAME, id=FILE_ID)
    )
    england = [
        row for row in read_with(client, plan.indicators[INDICATOR]) if row.area_code == ENGLAND
    ]
    assert {row.period.year for row in england if row.revision == "p"} == {2025}
    assert one(england, year=2025).note == f"{dfe_ks5.NATIONAL} {EDITION_NOT_SAID}"
    assert one(england, year=2024).note == dfe_ks5.NATIONAL


def of_years(rows: Sequence[Mapping[str, str]], years: Sequence[str]) -> list[Mapping[str, str]]:
    return [row for row in rows if row["time_period"] in years]


def test_a_year_that_only_the_file_has_is_published_without_england(by_rows: Read) -> None:
    """Provisional local figures come in November; the national set in the API was made in April."""
    rows = by_rows(national=of_years(national_rows(), YEARS[:-1]))
    england = one(rows, area_code=ENGLAND, year=2025)
    assert (england.value, england.status, england.source_text, england.note) == (
        None,
        "x",
        "",
        dfe_ks5.NOT_YET,
    )
    assert (england.revision, england.series, england.period.label) == ("", "exams_2023", "2024/25")
    for area in (TOWER_HAMLETS, LONDON):
        assert one(rows, area_code=area, year=2025).value == 30.5
    assert one(rows, area_code=ENGLAND, year=2024).value == 35


def test_a_year_that_only_the_national_set_has_waits_for_the_file(by_rows: Read) -> None:
    rows = by_rows(of_years(local_rows(), YEARS[:-1]))
    assert {row.period.year for row in rows} == {2021, 2022, 2023, 2024}
    assert {row.status for row in rows} == {""}


def test_years_of_england_before_those_of_the_file_are_kept(by_rows: Read) -> None:
    rows = by_rows(of_years(local_rows(), YEARS[2:]))
    assert {row.period.year for row in rows if row.area_code == ENGLAND} == {
        2021,
        2022,
        2023,
        2024,
        2025,
    }
    assert {row.period.year for row in rows if row.area_code == LONDON} == {2023, 2024, 2025}


def test_years_of_wrong_names_are_seen_by_the_catalogue(
    plan: Plan, client_of: Callable[..., Client]
) -> None:
    """A file that seems to have a new year would be published without England."""
    entry = ees_files.with_periods(listing(FILENAME, id=FILE_ID), as_csv(local_rows()))
    shifted = as_csv([local_row(area, f"{int(year) + 101}") for year in YEARS for area in PLACES])
    answers = Answers(
        NOW.date(),
        (*ees_files.listed(PUBLICATION, [entry]), ees_files.file_answer(shifted, FILE_ID)),
    )
    client = client_of(b"", service_of(national_rows()), answers=answers)
    with pytest.raises(
        SourceError,
        match="figures to 2024/25, as the catalogue says of this file; came figures to 2025/26",
    ):
        read_with(client, plan.indicators[INDICATOR])


@pytest.mark.parametrize("which", ["local", "national"])
def test_a_year_that_is_left_out_between_two_others_is_refused(by_rows: Read, which: str) -> None:
    left = [year for year in YEARS if year != "202223"]
    rows = local_rows() if which == "local" else national_rows()
    with pytest.raises(SourceError, match="every year from 2021 to 2025; came none for 2023"):
        by_rows(**{which: of_years(rows, left)})


def test_an_unknown_edition_is_refused(by_rows: Read) -> None:
    with pytest.raises(SourceError, match=r"Provisional.*came Draft.*column “version”"):
        by_rows(local_rows(version="Draft"))


def test_a_year_that_no_series_holds_is_an_error(by_rows: Read) -> None:
    with pytest.raises(PlanError, match="0 series hold the year 2015"):
        by_rows([local_row(area, "201415") for area in PLACES])


# --- the catalogue and the API ---


@pytest.mark.parametrize(
    ("file", "change", "expected"),
    [
        (
            "meta.json",
            put("indicators", 0, "column", value="best_three_alevels_aps"),
            "an indicator “aps_per_entry”",
        ),
        (
            "meta.json",
            put("locations", 0, "options", value=[]),
            "one place with the code E92000001; came none",
        ),
        ("rows.json", put("results", 0, "values", value={}), r"a row with \['aps_per_entry'\]"),
        (
            "catalogue.json",
            put("results", 0, "filename", value="retention.csv"),
            "0 among .*retention",
        ),
        ("catalogue.json", put("results", 0, "latestData", value=False), "0 among"),
    ],
)
def test_an_answer_that_is_not_as_it_should_be_is_refused(
    read: Read, file: str, change: Callable[[Any], Any], expected: str
) -> None:
    with pytest.raises(SourceError, match=expected):
        read(INDICATOR, sample_with(SAMPLE, file, change))


def test_the_newest_of_several_releases_is_taken(
    plan: Plan, client_of: Callable[..., Client]
) -> None:
    older = listing(FILENAME, id=NATIONAL_FILE_ID, latestData=False)
    client = client_of(
        as_csv(local_rows()), service_of(national_rows()), older, listing(FILENAME, id=FILE_ID)
    )
    roles = by_role(dfe_ks5.fetch(client, [plan.indicators[INDICATOR]]))
    file = roles[f"{INDICATOR} file"]
    assert file.receipt.url.endswith(f"{FILE_ID}/download")
    assert file.receipt.release == f"The publication, Academic year 2024/25 ({FILENAME})"
    assert roles.keys() == {
        *(f"{INDICATOR} {role}" for role in ("publication", "catalogue 1", "file")),
        *(f"{INDICATOR} England {role}" for role in ("data set", "meta", "rows 1")),
    }


def test_the_indicator_says_where_grading_changed(plan: Plan) -> None:
    series = plan.indicators[INDICATOR].series
    assert [one_series.first_year for one_series in series] == [2016, 2020, 2021, 2022, 2023]
    assert all(one_series.starts_because for one_series in series[1:])
