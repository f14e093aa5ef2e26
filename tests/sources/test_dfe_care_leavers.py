"""Care leavers aged 19 to 21: the publisher's own totals, under two sets of labels, five years at a time."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources import SAMPLES, dfe_care_leavers
from tests.sources.ees_files import (
    ENGLAND,
    FILE_ID,
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
from tests.support import one, real
from thindicators.areas.register import register
from thindicators.errors import SourceError
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import by_role
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator, Plan

INDICATOR = "care_experienced_and_send_neet"
PUBLICATION = "children-looked-after-in-england-including-adoptions"
FILENAME = "la_care_leavers_activity.csv"
OTHER_ID = "85bdb5af-d60c-42a2-a19c-de7bb02447c5"
INNER_LONDON = ("E13000001", "Inner London")
AREAS = (TOWER_HAMLETS, LONDON, ENGLAND)
RELEASES = {
    2023: "dfe/la_care_leavers_activity_2023release.csv",
    2025: "dfe/la_care_leavers_activity_2025release.csv",
}

Read = Callable[..., list[Observation]]
Clients = Callable[..., Client]


OTHER_BOROUGHS = {*register().boroughs} - {TOWER_HAMLETS}


def read_with(client: Client, indicator: Indicator) -> list[Observation]:
    expected = indicator.with_only_peers(())
    return dfe_care_leavers.parse(expected, by_role(dfe_care_leavers.fetch(client, [indicator])))


# --- the sample ---


@pytest.mark.parametrize(
    ("area", "category", "values"),
    [
        (
            TOWER_HAMLETS,
            "neet",
            {2021: (27, 64), 2022: (23, 55), 2023: (32, 74), 2024: (24, 59), 2025: (20, 50)},
        ),
        (
            TOWER_HAMLETS,
            "not_known",
            {2021: (9, 22), 2022: (20, 48), 2023: (4, 10), 2024: (12, 28), 2025: (13, 32)},
        ),
        (
            LONDON,
            "neet",
            {
                2021: (36, 2580),
                2022: (32, 2360),
                2023: (33, 2400),
                2024: (35, 2610),
                2025: (36, 2610),
            },
        ),
        (
            LONDON,
            "not_known",
            {2021: (9, 670), 2022: (9, 640), 2023: (7, 540), 2024: (6, 470), 2025: (6, 460)},
        ),
        (
            ENGLAND,
            "neet",
            {
                2021: (41, 13250),
                2022: (38, 12640),
                2023: (38, 13080),
                2024: (39, 14300),
                2025: (40, 15290),
            },
        ),
        (
            ENGLAND,
            "not_known",
            {2021: (7, 2330), 2022: (7, 2310), 2023: (6, 2180), 2024: (7, 2490), 2025: (6, 2390)},
        ),
    ],
)
def test_sample(
    read: Read, area: str, category: str, values: dict[int, tuple[float, float]]
) -> None:
    rows = [row for row in read(INDICATOR) if row.area_code == area and row.breakdown == category]
    assert {row.period.year: (row.value, row.numerator) for row in rows} == values
    assert {(row.category, row.unit, row.status, row.series) for row in rows} == {
        ("care_experienced", "percent", "", "care_leavers_19_to_21")
    }


@pytest.mark.parametrize(
    ("area", "everybody"),
    [
        (TOWER_HAMLETS, [237, 238, 233, 243, 255]),
        (LONDON, [7190, 7300, 7330, 7380, 7210]),
        (ENGLAND, [32460, 33560, 34680, 36340, 38440]),
    ],
)
def test_sample_says_of_how_many(read: Read, area: str, everybody: list[float]) -> None:
    for category in ("neet", "not_known"):
        rows = [
            row for row in read(INDICATOR) if row.area_code == area and row.breakdown == category
        ]
        assert [row.denominator for row in rows] == everybody


def test_a_reporting_year_ends_in_march(read: Read) -> None:
    row = one(read(INDICATOR), area_code=TOWER_HAMLETS, year=2025, breakdown="neet")
    assert (row.period.label, row.period.iso) == ("2025", "2024-04-01/P1Y")
    assert (row.period.start, row.period.end, row.source_text) == (
        date(2024, 4, 1),
        date(2025, 3, 31),
        "20",
    )


def test_each_cell_of_the_sample_has_its_origin_and_each_origin_its_cell() -> None:
    origins = {
        (row["figure"], row["area"], row["period"]): row["value"]
        for row in origins_in(SAMPLES / "dfe_care_leavers")
    }
    words = {
        "Total": "all",
        "Total in education, employment or training": "in education, employment or training",
        "Total not in education, employment or training": "neet",
        "Total information not known": "not_known",
    }
    cells = {}
    with (SAMPLES / "dfe_care_leavers" / FILENAME).open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            area = row["new_la_code"] or row["region_code"] or row["country_code"]
            if area in OTHER_BOROUGHS:
                continue
            figure = f"care leavers aged 19 to 21, {words[row['breakdown']]}"
            cells[f"{figure}, count", area, row["time_period"]] = row["care_leaver_count"]
            cells[f"{figure}, percent", area, row["time_period"]] = row["care_leaver_percent"]
    assert cells == origins


# --- the publisher's files of two releases ---


@pytest.fixture
def read_release(plan: Plan, live_client: Clients) -> Read:
    def read_rows(release: int, indicator: Indicator | None = None) -> list[Observation]:
        answers = catalogue(PUBLICATION, real(RELEASES[release]).read_bytes(), listing(FILENAME))
        client = live_client("dfe_care_leavers", answers)
        return read_with(client, indicator or plan.indicators[INDICATOR])

    return read_rows


REAL_FIGURES = [
    (2023, TOWER_HAMLETS, 2019, (29, 61), (2, 4), 213),
    (2023, TOWER_HAMLETS, 2020, (30, 66), (7, 15), 222),
    (2023, TOWER_HAMLETS, 2021, (27, 64), (9, 22), 237),
    (2023, TOWER_HAMLETS, 2022, (23, 55), (20, 48), 239),
    (2023, TOWER_HAMLETS, 2023, (32, 73), (4, 10), 231),
    (2023, LONDON, 2019, (34, 2260), (12, 770), 6650),
    (2023, LONDON, 2020, (33, 2300), (12, 830), 6990),
    (2023, LONDON, 2021, (36, 2580), (9, 670), 7190),
    (2023, LONDON, 2022, (32, 2360), (9, 640), 7300),
    (2023, LONDON, 2023, (33, 2400), (7, 540), 7330),
    (2023, ENGLAND, 2019, (39, 11550), (9, 2720), 29910),
    (2023, ENGLAND, 2020, (39, 12040), (9, 2780), 31250),
    (2023, ENGLAND, 2021, (41, 13250), (7, 2350), 32490),
    (2023, ENGLAND, 2022, (38, 12650), (7, 2320), 33580),
    (2023, ENGLAND, 2023, (38, 13060), (6, 2210), 34650),
    (2025, TOWER_HAMLETS, 2021, (27, 64), (9, 22), 237),
    (2025, TOWER_HAMLETS, 2022, (23, 55), (20, 48), 238),
    (2025, TOWER_HAMLETS, 2023, (32, 74), (4, 10), 233),
    (2025, TOWER_HAMLETS, 2024, (24, 59), (12, 28), 243),
    (2025, TOWER_HAMLETS, 2025, (20, 50), (13, 32), 255),
    (2025, LONDON, 2021, (36, 2580), (9, 670), 7190),
    (2025, LONDON, 2024, (35, 2610), (6, 470), 7380),
    (2025, LONDON, 2025, (36, 2610), (6, 460), 7210),
    (2025, ENGLAND, 2021, (41, 13250), (7, 2330), 32460),
    (2025, ENGLAND, 2024, (39, 14300), (7, 2490), 36340),
    (2025, ENGLAND, 2025, (40, 15290), (6, 2390), 38440),
]
"""Release, area and year; of care leavers who are NEET, and not known, percent and number; all of them."""


@pytest.mark.parametrize("release", RELEASES)
def test_real_figures(read_release: Read, release: int) -> None:
    rows = read_release(release)
    for _, area, year, neet, not_known, everybody in (
        figures for figures in REAL_FIGURES if figures[0] == release
    ):
        for breakdown, (value, numerator) in (("neet", neet), ("not_known", not_known)):
            row = one(rows, area_code=area, year=year, breakdown=breakdown)
            assert (row.value, row.numerator) == (value, numerator), (area, year)
            assert (row.denominator, row.status) == (everybody, "")
        both = one(rows, area_code=area, year=year, breakdown="neet_or_not_known")
        assert (both.numerator, both.denominator) == (neet[1] + not_known[1], everybody)
        assert both.value == pytest.approx(100 * (neet[1] + not_known[1]) / everybody)


@pytest.mark.parametrize(("release", "first"), [(2023, 2019), (2025, 2021)])
def test_a_release_holds_five_years(read_release: Read, release: int, first: int) -> None:
    rows = read_release(release)
    assert sorted({row.period.year for row in rows}) == list(range(first, first + 5))
    assert len(rows) == 3 * 5 * len(AREAS)


def test_a_release_may_amend_the_years_before(read_release: Read) -> None:
    then, now = (
        one(read_release(release), area_code=TOWER_HAMLETS, year=2023, breakdown="neet")
        for release in RELEASES
    )
    assert (then.numerator, then.denominator) == (73, 231)
    assert (now.numerator, now.denominator) == (74, 233)


def areas_of(rows: Iterable[Mapping[str, str]], age: str, ages: str) -> dict[str, str]:
    """Local authorities that are in every year."""
    years: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        if row["geographic_level"] == "Local authority" and row[age] == ages:
            council = (register().present_code(row["new_la_code"]), row["la_name"])
            years.setdefault(council, set()).add(row["time_period"])
    longest = max(len(found) for found in years.values())
    return {
        code: name
        for (code, name), found in years.items()
        if len(found) == longest and code != TOWER_HAMLETS
    }


@pytest.mark.parametrize(
    ("release", "age", "ages", "activity", "percent"),
    [
        (2023, "age", "Aged 19 to 21", "activity", "percentage"),
        (2025, "care_leaver_age", "19 to 21 years", "breakdown", "care_leaver_percent"),
    ],
)
def test_every_local_authority(
    tmp_path: Path,
    read_release: Read,
    release: int,
    age: str,
    ages: str,
    activity: str,
    percent: str,
) -> None:
    """Some 150 authorities, with their `c`, `k`, `x` and `z`, found here by a rule of the test's own."""
    with real(RELEASES[release]).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    areas = areas_of(rows, age, ages)
    labels = {
        "Total not in education, employment or training": "neet",
        "Total information not known": "not_known",
    }
    expected = {
        (
            register().present_code(row["new_la_code"]),
            row["time_period"],
            labels[row[activity]],
        ): row[percent]
        for row in rows
        if register().present_code(row["new_la_code"]) in areas
        and row[age] == ages
        and row[activity] in labels
    }
    indicator = (
        plan_for(tmp_path, INDICATOR, areas).indicators[INDICATOR].seen_by("dfe_care_leavers")
    )
    found = {
        (row.area_code, row.period.label, row.breakdown): row
        for row in read_release(release, indicator)
        if row.area_code != TOWER_HAMLETS and row.breakdown in labels.values()
    }
    assert {key: row.source_text for key, row in found.items()} == expected
    assert len(areas) > 140
    statuses = {"c": "c", "k": "low", "x": "x", "z": "z"}
    for key, row in found.items():
        assert row.status == statuses.get(expected[key], "")
        assert row.value == (None if row.status else float(expected[key]))
    assert {"c", "low"} <= {row.status for row in found.values()}


# --- rows of our own ---

OLD_NAMES = dict(
    zip(
        dfe_care_leavers.HEADERS["2025"].columns,
        dfe_care_leavers.HEADERS["2024"].columns,
        strict=True,
    )
)
CELLS = {
    "Total": ("200", "100"),
    "Total in education, employment or training": ("120", "60"),
    "Total not in education, employment or training": ("50", "25"),
    "Total information not known": ("30", "15"),
    "Not in education, training or employment, owing to other reasons": ("c", "c"),
}
NEET = "Total not in education, employment or training"


def made_rows(
    year: int = 2025, ages: str = "19 to 21 years", areas: Sequence[str] = AREAS
) -> list[Row]:
    """All activities of some areas; the figures are for the tests only."""
    return [
        {
            "time_period": str(year),
            "time_identifier": "Reporting year",
            **place(area, region=INNER_LONDON),
            "care_leaver_age": ages,
            "breakdown": activity,
            "care_leaver_count": count,
            "care_leaver_percent": percent,
        }
        for area in areas
        for activity, (count, percent) in CELLS.items()
    ]


def changed(rows: Sequence[Row], area: str, activity: str, **cells: str) -> list[Row]:
    """The rows with other cells for one area and activity."""
    key = {TOWER_HAMLETS: "Local authority", LONDON: "Regional", ENGLAND: "National"}[area]
    return [
        row | cells if (row["geographic_level"], row["breakdown"]) == (key, activity) else row
        for row in rows
    ]


@pytest.fixture
def reading(plan: Plan, live_client: Clients) -> Read:
    """Reads rows through the catalogue."""

    def read_rows(
        rows: Sequence[Row], renamed: Mapping[str, str] | None = None
    ) -> list[Observation]:
        client = live_client(
            "dfe_care_leavers", catalogue(PUBLICATION, as_csv(rows, renamed), listing(FILENAME))
        )
        return read_with(client, plan.indicators[INDICATOR])

    return read_rows


@pytest.mark.parametrize("names", [{}, OLD_NAMES])
@pytest.mark.parametrize("ages", ["19 to 21 years", "Aged 19 to 21"])
def test_both_sets_of_names_and_labels_are_read_alike(
    reading: Read, names: dict[str, str], ages: str
) -> None:
    rows = reading(made_rows(ages=ages), names)
    assert len(rows) == 3 * len(AREAS)
    for area in AREAS:
        neet = one(rows, area_code=area, breakdown="neet")
        assert (neet.value, neet.numerator, neet.denominator) == (25, 50, 200)
        assert one(rows, area_code=area, breakdown="not_known").value == 15
        both = one(rows, area_code=area, breakdown="neet_or_not_known")
        assert (both.value, both.numerator, both.source_text) == (40, 80, "50 + 30")
        assert both.note == (
            "Worked out here from the publisher’s counts: 50 not in education, employment or training and 30 not "
            "known, of 200."
        )


@pytest.mark.parametrize("ages", ["17 to 18 years", "Aged 17 to 18", "22 years"])
def test_other_ages_are_passed_over(reading: Read, ages: str) -> None:
    younger = [
        row | {"care_leaver_percent": "9", "care_leaver_count": "9"} for row in made_rows(ages=ages)
    ]
    assert {row.value for row in reading([*younger, *made_rows()])} == {25, 15, 40}


def test_the_total_row_is_read_and_not_the_sum_of_reasons(reading: Read) -> None:
    assert one(reading(made_rows()), area_code=TOWER_HAMLETS, breakdown="neet").source_text == "25"


@pytest.mark.parametrize(
    ("activity", "cells", "expected"),
    [
        (NEET, {"care_leaver_percent": "30"}, r"three parts of 100.*came \[60\.0, 30\.0, 15\.0\]"),
        (NEET, {"care_leaver_count": "80"}, r"about 40\.0, as the counts say; came 25"),
        ("Total", {"care_leaver_count": "300"}, r"about 40\.0, as the counts say; came 60"),
    ],
)
def test_parts_that_do_not_make_the_whole_are_refused(
    reading: Read, activity: str, cells: dict[str, str], expected: str
) -> None:
    with pytest.raises(SourceError, match=expected):
        reading(changed(made_rows(), TOWER_HAMLETS, activity, **cells))


@pytest.mark.parametrize("total", [98, 99, 101, 102])
def test_whole_numbers_may_miss_a_hundred_by_rounding(reading: Read, total: int) -> None:
    rows = changed(
        made_rows(), TOWER_HAMLETS, NEET, care_leaver_percent=str(total - 75), care_leaver_count="c"
    )
    assert one(reading(rows), area_code=TOWER_HAMLETS, breakdown="neet").value == total - 75


@given(neet=st.integers(0, 500), active=st.integers(0, 500), not_known=st.integers(0, 500))
def test_rounded_shares_of_any_counts_are_never_refused(
    neet: int, active: int, not_known: int
) -> None:
    everybody = neet + active + not_known
    if everybody:
        shares = [round(100 * part / everybody) for part in (neet, active, not_known)]
        assert abs(sum(shares) - 100) <= dfe_care_leavers.WITHIN_WHOLE_NUMBERS


@pytest.mark.parametrize("activity", dfe_care_leavers.ROWS)
def test_a_renamed_row_is_missed_and_not_guessed(reading: Read, activity: str) -> None:
    rows = [
        row | {"breakdown": "Something else"} if row["breakdown"] == activity else row
        for row in made_rows()
    ]
    with pytest.raises(
        SourceError,
        match=rf"none for .*'{activity}'.*new labels belong in sources/dfe_care_leavers",
    ):
        reading(rows)


def test_other_labels_of_the_age_are_missed_and_not_guessed(reading: Read) -> None:
    with pytest.raises(
        SourceError, match=r"one of the ages \['19 to 21 years', 'Aged 19 to 21'\].*came none"
    ):
        reading(made_rows(ages="19-21"))


def test_two_rows_for_one_figure_are_refused(reading: Read) -> None:
    with pytest.raises(
        SourceError, match=r"one row for each area, year, age and activity.*row 17\b"
    ):
        reading([*made_rows(), *made_rows(ages="Aged 19 to 21")])


# --- the file in the catalogue ---


@pytest.mark.parametrize(
    "title", ["Care leavers activity - LA", "Care leavers (now 17-21 years) - activity", "Data"]
)
def test_the_file_is_found_by_its_name_whatever_its_title(
    plan: Plan, live_client: Clients, title: str
) -> None:
    other = listing("la_care_leavers_accommodation.csv", "Care leavers activity - LA", id=OTHER_ID)
    client = live_client(
        "dfe_care_leavers",
        catalogue(PUBLICATION, as_csv(made_rows()), other, listing(FILENAME, title)),
    )
    found = by_role(dfe_care_leavers.fetch(client, [plan.indicators[INDICATOR]]))
    assert found["la_care_leavers_activity file"].receipt.url.endswith(f"{FILE_ID}/download")


def test_without_counts_both_together_are_the_sum_of_whole_percentages_and_say_so(
    reading: Read,
) -> None:
    rows = made_rows()
    for row in rows:
        if row["breakdown"] == "Total information not known":
            row["care_leaver_count"] = "x"
    both = one(reading(rows), area_code=TOWER_HAMLETS, breakdown="neet_or_not_known")
    assert (both.value, both.numerator, both.source_text) == (40, None, "25 + 15")
    assert both.note.startswith("Worked out here from the publisher’s whole percentages, since")


def test_without_one_of_the_shares_there_is_none_of_both_together(reading: Read) -> None:
    rows = made_rows()
    for row in rows:
        if row["breakdown"] == "Total information not known":
            row["care_leaver_count"] = "c"
            row["care_leaver_percent"] = "c"
    both = one(reading(rows), area_code=TOWER_HAMLETS, breakdown="neet_or_not_known")
    assert (both.value, both.numerator, both.status) == (None, None, "c")
    assert both.source_text == "c"
