"""NEET at 16 and 17: three measures that are not each other, of three areas, under two headers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources import SAMPLES, dfe_neet
from sources.reading.files import Line, Place
from tests.sources.ees_files import (
    ENGLAND,
    LONDON,
    TOWER_HAMLETS,
    Row,
    as_csv,
    catalogue,
    listing,
    place,
    plan_for,
)
from tests.sources.sample_readings import origins_in
from tests.support import one, real, snapshot_of
from thindicators.errors import SourceError
from thindicators.fetching.answers import Answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import by_role
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator, Plan

INDICATOR = "neet_16_17"
BY_NEEDS = "care_experienced_and_send_neet"
PUBLICATION = "participation-in-education-training-and-neet-age-16-to-17-by-local-authority"
FILENAME = "ud_neet_characteristics.csv"
NAME = "ud_neet_characteristics"
AREAS = (TOWER_HAMLETS, LONDON, ENGLAND)
HEADERS = ["2025", "2026"]

Read = Callable[..., list[Observation]]
Clients = Callable[..., Client]


def read_with(client: Client, indicator: Indicator) -> list[Observation]:
    return dfe_neet.parse(indicator, by_role(dfe_neet.fetch(client, [indicator])))


@pytest.fixture
def read_needs(plan: Plan, live_client: Clients) -> Read:
    """Reads what this source gives to the indicator that has its other half elsewhere."""

    def read_indicator(answers: Answers | None = None) -> list[Observation]:
        return read_with(
            live_client("dfe_neet", answers), plan.indicators[BY_NEEDS].seen_by("dfe_neet")
        )

    return read_indicator


# --- the sample ---

HEADLINE = {
    TOWER_HAMLETS: [6.80322287789378, 5.72491927097586, 5, 3.4, 3.6, 3.40925935075844, 3.3, 3.6],
    LONDON: [4.8, 4.2, 4, 3.4, 3.4, 3.4, 3.3, 3.2],
    ENGLAND: [5.5, 5.5, 5.5, 4.7, 5.2, 5.4, 5.6, 5.8],
}


@pytest.mark.parametrize("area", AREAS)
def test_sample_has_both_together_for_eight_winters(read: Read, area: str) -> None:
    rows = [row for row in read(INDICATOR) if row.area_code == area and row.category == "total"]
    assert [row.period.year for row in rows] == list(range(2019, 2027))
    assert [row.value for row in rows] == HEADLINE[area]


@pytest.mark.parametrize(
    ("area", "year", "neet", "not_known", "cohort"),
    [
        (TOWER_HAMLETS, 2021, 3.3, 1.7, 6292),
        (TOWER_HAMLETS, 2022, 2.2, 1.2, 6333.7),
        (TOWER_HAMLETS, 2023, 3.0, 0.6, 6576),
        (TOWER_HAMLETS, 2025, 3.1, 0.3, 6872),
        (TOWER_HAMLETS, 2026, 3.3, 0.4, 6880),
        (LONDON, 2021, 1.8, 2.2, 181793),
        (LONDON, 2022, 1.5, 1.9, 184680),
        (LONDON, 2023, 1.6, 1.8, 189141),
        (LONDON, 2025, 1.9, 1.4, 201240),
        (LONDON, 2026, 2, 1.2, 200390),
        (ENGLAND, 2021, 2.8, 2.7, 1181088),
        (ENGLAND, 2022, 2.6, 2.2, 1208392.7),
        (ENGLAND, 2023, 2.8, 2.4, 1236365),
        (ENGLAND, 2025, 3.4, 2.2, 1335160),
        (ENGLAND, 2026, 3.4, 2.4, 1359500),
    ],
)
def test_sample_has_each_part_on_its_own(
    read: Read, area: str, year: int, neet: float, not_known: float, cohort: float
) -> None:
    rows = read(INDICATOR)
    for category, value in (("neet", neet), ("not_known", not_known)):
        row = one(rows, area_code=area, year=year, category=category)
        assert (row.breakdown, row.value, row.denominator) == ("activity", value, cohort)
        assert (row.unit, row.status, row.series, row.note) == ("percent", "", "winter_average", "")


@pytest.mark.parametrize(
    ("area", "values"),
    [
        (TOWER_HAMLETS, {2019: 2.6, 2020: 3.1, 2024: 2.9}),
        (LONDON, {2019: 1.7, 2020: 1.8, 2024: 1.8}),
        (ENGLAND, {2019: 2.6, 2020: 2.7, 2024: 3.2}),
    ],
)
def test_sample_has_neet_alone_where_not_known_was_not_found(
    read: Read, area: str, values: dict[int, float]
) -> None:
    rows = [row for row in read(INDICATOR) if row.area_code == area and row.category == "neet"]
    assert {row.period.year: row.value for row in rows if row.period.year in values} == values


@pytest.mark.parametrize(
    ("area", "category", "values"),
    [
        (TOWER_HAMLETS, "sen_support", {2022: 8.4, 2023: 12.0, 2025: 10.6, 2026: 6.2}),
        (TOWER_HAMLETS, "ehc_plan", {2022: 3.5, 2023: 4.3, 2025: 4.9, 2026: 4.1}),
        (LONDON, "sen_support", {2022: 6, 2023: 5.8, 2025: 6, 2026: 5.8}),
        (LONDON, "ehc_plan", {2022: 5.3, 2023: 5.4, 2025: 6, 2026: 6}),
        (ENGLAND, "sen_support", {2022: 8.4, 2023: 9.3, 2025: 9.6, 2026: 10}),
        (ENGLAND, "ehc_plan", {2022: 8.6, 2023: 10.1, 2025: 10.1, 2026: 9.9}),
    ],
)
def test_sample_by_special_needs(
    read_needs: Read, area: str, category: str, values: dict[int, float]
) -> None:
    rows = [row for row in read_needs() if row.area_code == area and row.category == category]
    assert {row.period.year: row.value for row in rows} == values
    assert {row.breakdown for row in rows} == {"neet_or_not_known"}
    assert {row.series for row in rows} == {"special_needs_16_17"}


def test_what_the_sample_does_not_know_is_not_there(read: Read) -> None:
    rows = read(INDICATOR)
    assert len(rows) == 24 + 24 + 15
    assert {row.period.year for row in rows if row.category == "neet"} == set(range(2019, 2027))
    assert {row.period.year for row in rows if row.category == "not_known"} == {
        2021,
        2022,
        2023,
        2025,
        2026,
    }
    assert {row.numerator for row in rows} == {None}


def test_a_year_is_the_winter_that_ends_in_it(read: Read) -> None:
    rows = read(INDICATOR)
    row = one(rows, area_code=TOWER_HAMLETS, year=2025, category="total")
    assert (row.period.label, row.period.iso) == ("2025", "2024-12-01/P3M")
    assert (row.period.start, row.period.end) == (date(2024, 12, 1), date(2025, 2, 28))
    assert one(rows, area_code=ENGLAND, year=2024, category="total").period.end == date(2024, 2, 29)


def test_a_figure_names_the_cell_it_was_read_from(read: Read) -> None:
    row = one(read(INDICATOR), area_code=TOWER_HAMLETS, year=2019, category="total")
    assert row.source_text == "6.80322287789378"


def test_each_cell_of_the_sample_has_its_origin_and_each_origin_its_cell(
    read: Read, read_needs: Read
) -> None:
    origins = {
        (row["figure"], row["area"], row["period"]): float(row["value"])
        for row in origins_in(SAMPLES / "dfe_neet")
    }
    published: dict[tuple[str, str, str], float | None] = {}
    for row in read(INDICATOR):
        measure = {"total": "neet_or_not_known"}.get(row.category, row.category)
        published[f"{measure}, percent", row.area_code, row.period.label] = row.value
        if row.denominator is not None:
            published["young people, average count", row.area_code, row.period.label] = (
                row.denominator
            )
    for row in read_needs():
        published[f"{row.breakdown}, {row.category}, percent", row.area_code, row.period.label] = (
            row.value
        )
    assert published == origins


def test_one_file_serves_both_indicators(plan: Plan, live_client: Clients) -> None:
    found = by_role(dfe_neet.fetch(live_client("dfe_neet"), plan.indicators_of("dfe_neet")))
    assert list(found) == [f"{NAME} publication", f"{NAME} catalogue 1", f"{NAME} file"]
    publication = "Participation in education, training and NEET age 16 to 17 by local authority"
    assert (
        found[f"{NAME} file"].receipt.release
        == f"{publication}, Academic year 2025/26 ({FILENAME})"
    )


# --- rows of our own, in both headers ---

OLD_NAMES = dict(
    zip(dfe_neet.HEADERS["2026"].columns, dfe_neet.HEADERS["2025"].columns, strict=True)
)
GROUPS = [
    ("Total", "Total"),
    ("SEND", "No SEN"),
    ("SEND", "SEN support"),
    ("SEND", "SEN EHC/statement"),
    ("sex", "Female"),
]


def made_row(area: str, group: tuple[str, str] = ("Total", "Total"), **changed: str) -> Row:
    """A row under the names of 2026; its figures are for the tests only."""
    row = {"time_period": "2026", "time_identifier": "Calendar year", **place(area)}
    row |= {"age": "16 to 17", "characteristic_grouping": group[0], "characteristic": group[1]}
    row |= {
        "avg_cohort_count": "1000",
        "avg_neet_nk_count": "80",
        "avg_neet_count": "50",
        "avg_nk_count": "30",
    }
    row |= {
        "neet_nk_percent": "8",
        "neet_percent": "5",
        "nk_percent": "3",
        "annual_change_neet_nk_percent": "z",
    }
    return {**row, **changed}


def made_rows(**changed: str) -> list[Row]:
    """All areas and groups of one year."""
    return [made_row(area, group, **changed) for area in AREAS for group in GROUPS]


@pytest.fixture(params=[INDICATOR, BY_NEEDS])
def asked(request: pytest.FixtureRequest, plan: Plan) -> Indicator:
    return plan.indicators[request.param].seen_by("dfe_neet")


@pytest.fixture
def reading(plan: Plan, live_client: Clients) -> Callable[..., list[Observation]]:
    """Reads rows through the catalogue."""

    def read_rows(
        rows: Sequence[Mapping[str, str]], header: str = "2026", indicator: Indicator | None = None
    ) -> list[Observation]:
        content = as_csv(rows, {} if header == "2026" else OLD_NAMES)
        answers = catalogue(PUBLICATION, content, listing(FILENAME))
        return read_with(live_client("dfe_neet", answers), indicator or plan.indicators[INDICATOR])

    return read_rows


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("ages", ["16-17", "16 to 17"])
def test_both_headers_are_read_alike(
    reading: Read, asked: Indicator, header: str, ages: str
) -> None:
    rows = reading(made_rows(age=ages), header, asked)
    figures = asked.ask["figures"]
    assert len(rows) == len(figures) * len(AREAS)
    for figure in figures:
        category = figure.get("category", "total")
        row = one(
            rows, area_code=LONDON, category=category, breakdown=figure.get("breakdown", "total")
        )
        expected = {"neet_or_not_known": (8, 80), "neet": (5, 50), "not_known": (3, 30)}[
            figure["measure"]
        ]
        assert (row.value, row.numerator, row.denominator) == (*expected, 1000)


def test_by_special_needs_there_are_three_measures_too(reading: Read, plan: Plan) -> None:
    rows = reading(made_rows(), indicator=plan.indicators[BY_NEEDS].seen_by("dfe_neet"))
    assert {(row.breakdown, row.category) for row in rows} == {
        (measure, group)
        for measure in ("neet", "not_known", "neet_or_not_known")
        for group in ("sen_support", "ehc_plan")
    }


@pytest.mark.parametrize("age", ["16", "17"])
def test_one_age_is_not_both(reading: Read, age: str) -> None:
    wrong = made_rows(
        age=age, neet_nk_percent="9", avg_neet_nk_count="90", avg_neet_count="60", neet_percent="6"
    )
    assert {row.value for row in reading([*wrong, *made_rows()]) if row.category == "total"} == {8}


def test_a_part_that_nobody_has_in_a_year_is_not_there(reading: Read) -> None:
    early = made_rows(time_period="2025", neet_percent="", nk_percent="")
    rows = reading([*early, *made_rows()])
    assert {row.period.year for row in rows if row.breakdown == "activity"} == {2026}
    assert {row.period.year for row in rows if row.breakdown == "total"} == {2025, 2026}


@pytest.mark.parametrize("column", ["neet_percent", "nk_percent"])
def test_a_part_that_one_area_lacks_is_an_error(reading: Read, column: str) -> None:
    rows = [made_row(TOWER_HAMLETS) | {column: ""}, *made_rows()[1:]]
    with pytest.raises(SourceError, match=rf"came an empty cell.*row 2, column “{column}”"):
        reading(rows)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"neet_nk_percent": "5", "neet_percent": "8"},
            r"NEET \(8\.0\) and not known \(3\.0\) together; came 5",
        ),
        ({"neet_percent": "3", "nk_percent": "5"}, r"about 5\.0, as the counts say; came 3"),
        ({"avg_neet_nk_count": "200"}, r"about 20\.0, as the counts say; came 8"),
        (
            {"neet_nk_percent": "0.08", "neet_percent": "0.05", "nk_percent": "0.03"},
            r"about 8\.0, as the counts say",
        ),
    ],
)
def test_measures_that_are_each_others_are_refused(
    reading: Read, changed: dict[str, str], expected: str
) -> None:
    with pytest.raises(SourceError, match=expected):
        reading([made_row(TOWER_HAMLETS) | changed, *made_rows()[1:]])


def test_an_area_that_is_absent_in_an_earlier_year_is_an_error(reading: Read) -> None:
    with pytest.raises(SourceError, match=rf"none for \[\('all', 2025, '{LONDON}'\)\]"):
        reading(
            [
                *made_rows(),
                made_row(TOWER_HAMLETS, time_period="2025"),
                made_row(ENGLAND, time_period="2025"),
            ]
        )


def test_groups_may_start_later_than_the_total(reading: Read, plan: Plan) -> None:
    early = [made_row(area, time_period="2025") for area in AREAS]
    rows = reading([*early, *made_rows()], indicator=plan.indicators[BY_NEEDS].seen_by("dfe_neet"))
    assert {row.period.year for row in rows} == {2026}


def test_groups_that_are_gone_from_the_newest_year_are_an_error(reading: Read, plan: Plan) -> None:
    newest = [made_row(area, time_period="2027") for area in AREAS]
    with pytest.raises(SourceError, match=r"none for \[\('ehc_plan', 2027"):
        reading([*newest, *made_rows()], indicator=plan.indicators[BY_NEEDS].seen_by("dfe_neet"))


@pytest.mark.parametrize(
    ("old", "new"), [("SEN EHC/statement", "EHC plan"), ("SEN support", "SEN")]
)
def test_a_renamed_group_is_missed_and_not_guessed(
    reading: Read, plan: Plan, old: str, new: str
) -> None:
    rows = [
        row | {"characteristic": row["characteristic"].replace(old, new)} for row in made_rows()
    ]
    with pytest.raises(
        SourceError, match=rf"the labels are .*'{new}'.*GROUPS in sources/dfe_neet.py"
    ):
        reading(rows, indicator=plan.indicators[BY_NEEDS].seen_by("dfe_neet"))


def test_other_ages_are_missed_and_not_guessed(reading: Read) -> None:
    with pytest.raises(SourceError, match=r"the labels are .*16 and 17"):
        reading(made_rows(age="16 and 17"))


# --- laws ---


def winter_row(year: int) -> Line:
    cells = {"time_period": str(year), "time_identifier": "Calendar year"}
    return Line(cells, Place(snapshot_of(b""), row=2))


@given(st.integers(min_value=1990, max_value=2200))
def test_a_winter_ends_on_the_last_of_february(year: int) -> None:
    period = dfe_neet.winter(winter_row(year))
    assert period.year == year
    assert (period.start, period.iso) == (date(year - 1, 12, 1), f"{year - 1}-12-01/P3M")
    assert (period.end.month, (date(year, 3, 1) - period.end).days) == (2, 1)


# --- the Department's scorecards, which hold the same figures in another shape ---

SCORECARD = {
    2021: "dfe/UD_NEETNK_LA_dashboard_2021_vg_removed.csv",
    2022: "dfe/UD_NEETNK_LA_dashboard_2022_final.csv",
    2025: "dfe/UD_NEETNK_LA_dashboard_2025_final.csv",
}
BOROUGHS = {
    LONDON: "London",
    ENGLAND: "England",
    "E09000007": "Camden",
    "E09000012": "Hackney",
    "E09000019": "Islington",
    "E09000025": "Newham",
    "E09000033": "Westminster",
    "E08000025": "Birmingham",
    "E12000001": "North East",
}


def converted(year: int, header: str) -> bytes:
    """A scorecard's rows in the shape of the catalogue's file: one row for each group instead of one for each area."""
    with real(SCORECARD[year]).open(encoding="utf-8-sig", newline="") as file:
        scorecard = list(csv.DictReader(file))
    by_needs = {
        "SEN support": "NEET_NK_SENDsupport_percent",
        "SEN EHC/statement": "NEET_NK_EHCP_percent",
    }
    rows = []
    for card in scorecard:
        common = {name: card[name] for name in list(card)[:10]}
        counts = {
            "avg_cohort_count": card["Cohort_DJFavg"],
            "avg_neet_nk_count": "",
            "avg_neet_count": "",
            "avg_nk_count": "",
        }
        values = (card["NEET_not_known_percent"], card["NEET_percent"], card["Notknown_percent"])
        groups = [("Total", "Total", *values, counts)]
        groups += [
            ("SEND", label, card[column], "", "", dict.fromkeys(counts, ""))
            for label, column in by_needs.items()
        ]
        for grouping, characteristic, both, neet, not_known, numbers in groups:
            if both:
                row = {
                    **common,
                    "age": card["Age"],
                    "characteristic_grouping": grouping,
                    "characteristic": characteristic,
                }
                percents = {"neet_nk_percent": both, "neet_percent": neet, "nk_percent": not_known}
                rows.append({**row, **numbers, **percents, "annual_change_neet_nk_percent": "z"})
    return as_csv(rows, {} if header == "2026" else OLD_NAMES)


@pytest.fixture
def read_scorecard(tmp_path: Path, live_client: Clients) -> Read:
    def read_rows(indicator: str, year: int, header: str = "2025") -> list[Observation]:
        wanted = plan_for(tmp_path, indicator, BOROUGHS).indicators[indicator]
        wanted = wanted.seen_by("dfe_neet").with_only_peers(())
        answers = catalogue(PUBLICATION, converted(year, header), listing(FILENAME))
        return read_with(live_client("dfe_neet", answers), wanted)

    return read_rows


REAL_FIGURES = [
    (2021, TOWER_HAMLETS, 5, 3.3, 1.7, 6292),
    (2021, LONDON, 4, 1.8, 2.2, 181793),
    (2021, ENGLAND, 5.5, 2.8, 2.7, 1181088),
    (2022, TOWER_HAMLETS, 3.4, 2.2, 1.2, 6333.7),
    (2022, LONDON, 3.4, 1.5, 1.9, 184680),
    (2022, ENGLAND, 4.7, 2.6, 2.2, 1208392.7),
    (2025, TOWER_HAMLETS, 3.3, 3.1, 0.3, 6872),
    (2025, LONDON, 3.3, 1.9, 1.4, 201240),
    (2025, ENGLAND, 5.6, 3.4, 2.2, 1335160),
]
"""Year and area; percent of both, of NEET and of not known; young people."""


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("scorecard", SCORECARD)
def test_real_figures(read_scorecard: Read, header: str, scorecard: int) -> None:
    rows = read_scorecard(INDICATOR, scorecard, header)
    for year, area, both, neet, not_known, cohort in REAL_FIGURES:
        if year == scorecard:
            ours = [row for row in rows if row.area_code == area]
            values = {row.category: row.value for row in ours}
            assert values == {"total": both, "neet": neet, "not_known": not_known}
            said = {(row.denominator, row.period.year, row.status) for row in ours}
            assert said == {(cohort, year, "")}


@pytest.mark.parametrize("year", SCORECARD)
def test_every_area_of_a_real_scorecard(read_scorecard: Read, year: int) -> None:
    """Found here by a rule of the test's own: the level, then the code."""
    code = {"National": "country_code", "Regional": "region_code", "Local authority": "new_la_code"}
    with real(SCORECARD[year]).open(encoding="utf-8-sig", newline="") as file:
        cards = {card[code[card["geographic_level"]]]: card for card in csv.DictReader(file)}
    rows = read_scorecard(INDICATOR, year)
    assert len(rows) == 3 * (len(BOROUGHS) + 1)
    columns = {
        "total": "NEET_not_known_percent",
        "neet": "NEET_percent",
        "not_known": "Notknown_percent",
    }
    for row in rows:
        assert row.source_text == cards[row.area_code][columns[row.category]]
        assert row.value == float(row.source_text)


@pytest.mark.parametrize(
    ("year", "area", "sen_support", "ehc_plan"),
    [
        (2022, TOWER_HAMLETS, "8.4", "3.5"),
        (2022, LONDON, "6", "5.3"),
        (2022, ENGLAND, "8.4", "8.6"),
        (2025, TOWER_HAMLETS, "10.6", "4.9"),
        (2025, LONDON, "6", "6"),
        (2025, ENGLAND, "9.6", "10.1"),
    ],
)
def test_real_figures_by_special_needs(
    plan: Plan, live_client: Clients, year: int, area: str, sen_support: str, ehc_plan: str
) -> None:
    answers = catalogue(PUBLICATION, converted(year, "2025"), listing(FILENAME))
    rows = read_with(
        live_client("dfe_neet", answers), plan.indicators[BY_NEEDS].seen_by("dfe_neet")
    )
    found = {row.category: row.source_text for row in rows if row.area_code == area}
    assert found == {"sen_support": sen_support, "ehc_plan": ehc_plan}


def test_a_scorecard_of_2021_has_no_groups_below_england(plan: Plan, live_client: Clients) -> None:
    answers = catalogue(PUBLICATION, converted(2021, "2025"), listing(FILENAME))
    with pytest.raises(SourceError, match=rf"none for \[\('ehc_plan', 2021, '{TOWER_HAMLETS}'\)"):
        read_with(live_client("dfe_neet", answers), plan.indicators[BY_NEEDS].seen_by("dfe_neet"))


@pytest.mark.parametrize(
    "name", [*SCORECARD.values(), "fingertips/neet_93203_derived_2020-06-18.csv"]
)
def test_a_real_file_of_another_shape_is_refused(
    plan: Plan, live_client: Clients, name: str
) -> None:
    answers = catalogue(PUBLICATION, real(name).read_bytes(), listing(FILENAME))
    with pytest.raises(SourceError, match="one of the headers of 2026, 2025; came 0 of them"):
        read_with(live_client("dfe_neet", answers), plan.indicators[INDICATOR])


def test_fingertips_names_a_winter_by_its_december(read: Read) -> None:
    """Its 2018 is the Department's 2019, so that the two may never be joined by year."""
    with real("fingertips/neet_93203_derived_2020-06-18.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        fingertips = {
            (row["area_code"], int(row["period"])): row["value"] for row in csv.DictReader(file)
        }
    rows = read(INDICATOR)
    for area in (TOWER_HAMLETS, ENGLAND):
        row = one(rows, area_code=area, year=2019, category="total")
        assert row.value is not None
        assert f"{row.value:.1f}" == fingertips[area, 2018]
    assert fingertips[TOWER_HAMLETS, 2018] == "6.8"
