"""The earlier releases beside the samples of the Department for Education: today's code reads each of them.

They are laid like samples, in `vintages/<day>`; the day is that of publication, or the first on which the figures are
known to have stood.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sources import SAMPLES
from tests.sources.sample_readings import origins_in
from tests.support import module_of
from thindicators.areas.register import register
from thindicators.checking.checks import check
from thindicators.fetching.answers import load_answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import by_role
from thindicators.observations.observation import Observation, table_of
from thindicators.observations.tables import table_schemas
from thindicators.plan.model import Plan

SOURCES = ("dfe_care_leavers", "dfe_ehc", "dfe_ks4", "dfe_ks5", "dfe_neet")
VINTAGES = [
    path for source in SOURCES for path in sorted((SAMPLES / source / "vintages").glob("*"))
]
EVERY_RELEASE = [*VINTAGES, *(SAMPLES / source for source in SOURCES)]
TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
AREAS = (TOWER_HAMLETS, LONDON, ENGLAND)

Clients = Callable[..., Client]
Read = Callable[[str], list[Observation]]


def source_of(folder: Path) -> str:
    return folder.parent.parent.name if folder.parent.name == "vintages" else folder.name


def named(folder: Path) -> str:
    return str(folder.relative_to(SAMPLES))


@pytest.fixture
def read_release(plan: Plan, live_client: Clients) -> Callable[[Path], list[Observation]]:
    """Fetches a release over loopback with the live code and reads all its indicators."""

    def read(folder: Path) -> list[Observation]:
        source = source_of(folder)
        module, indicators = module_of(source), plan.indicators_of(source)
        snapshots = by_role(module.fetch(live_client(source, load_answers(folder)), indicators))
        return [row for one in indicators for row in module.parse(one.seen_by(source), snapshots)]

    return read


@pytest.fixture
def read(read_release: Callable[[Path], list[Observation]]) -> Read:
    """As `read_release`, by the folder's name below the samples."""
    return lambda name: read_release(SAMPLES / name)


@pytest.mark.parametrize("folder", EVERY_RELEASE, ids=named)
def test_each_release_is_read_by_todays_code_and_passes_the_checks(
    plan: Plan, read_release: Callable[[Path], list[Observation]], folder: Path
) -> None:
    rows = read_release(folder)
    assert {row.area_code for row in rows} - OTHER_BOROUGHS == set(AREAS)
    contract = table_schemas()["observations"]
    for indicator in plan.indicators_of(source_of(folder)):
        table = table_of([row for row in rows if row.indicator == indicator.id], plan.area_names)
        if not plan.indicators[
            indicator.id
        ].also:  # the checks are about all sources of an indicator together
            results = check(table, indicator, contract, (), date(2026, 11, 22))
            assert [one for one in results if one.result == "failed"] == []


OTHER_BOROUGHS = {*register().boroughs} - {TOWER_HAMLETS}


def cells_of(folder: Path) -> set[tuple[str, str]]:
    """File and figure of every cell that holds one, apart from those that only say where and when."""
    found = set()
    for path in folder.glob("*.csv"):
        if path.name != "ORIGIN.csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                every_row = list(csv.DictReader(file))
            # One line of the list tells of all figures of the other boroughs.
            rows = [row for row in every_row if row.get("new_la_code", "") not in OTHER_BOROUGHS]
            found |= {
                (path.name, row[name]) for row in rows for name in row if is_figure(name, row[name])
            }
    if (folder / "rows.json").exists():
        results = json.loads((folder / "rows.json").read_bytes())["results"]
        found |= {
            ("rows.json", value)
            for row in results
            for value in row["values"].values()
            if value != "x"
        }
    return found


def is_figure(column: str, cell: str) -> bool:
    places = {"time_period", "old_la_code"}
    return column not in places and cell.strip().replace(".", "", 1).isdigit()


@pytest.mark.parametrize("folder", EVERY_RELEASE, ids=named)
def test_every_figure_of_a_release_has_its_origin(folder: Path) -> None:
    origins = origins_in(folder)
    known = {(row["file"], float(row["value"])) for row in origins if row["value"] not in ("", "x")}
    assert {(name, float(value)) for name, value in cells_of(folder)} <= known
    assert all(row["published_where"] for row in origins)


def by_year(
    rows: list[Observation], area: str, **wanted: str
) -> dict[int, tuple[float | None, str]]:
    """Value and revision mark by year."""
    return {
        row.period.year: (row.value, row.revision)
        for row in rows
        if row.area_code == area
        and all(getattr(row, name) == value for name, value in wanted.items())
    }


@pytest.mark.parametrize(
    ("area", "provisional", "revised"),
    [(TOWER_HAMLETS, 47.2, 47.5), (LONDON, 52.6, 52.9), (ENGLAND, 45.2, 45.4)],
)
def test_key_stage_4_is_provisional_first_and_then_revised(
    read: Read, area: str, provisional: float, revised: float
) -> None:
    first, then = (
        by_year(read(name), area, category="total")
        for name in ("dfe_ks4/vintages/2025-10-27", "dfe_ks4")
    )
    assert (first.pop(2025), then.pop(2025)) == ((provisional, "p"), (revised, ""))
    assert first == then
    assert {mark for _, mark in first.values()} == {""}


def test_englands_key_stage_4_was_restated_for_past_years_and_other_areas_not(read: Read) -> None:
    names = ("dfe_ks4/vintages/2024-12-18", "dfe_ks4/vintages/2025-10-27")
    before, after = (read(name) for name in names)
    moved = {
        area: {
            year: (value, by_year(after, area, category="total")[year][0])
            for year, (value, _) in by_year(before, area, category="total").items()
            if value != by_year(after, area, category="total")[year][0]
        }
        for area in AREAS
    }
    assert moved[ENGLAND] == {
        2019: (43.4, 43.2),
        2022: (50, 49.8),
        2023: (45.5, 45.3),
        2024: (46.2, 45.9),
    }
    assert moved[TOWER_HAMLETS] == moved[LONDON] == {}


@pytest.mark.parametrize(
    ("area", "values"),
    [
        (TOWER_HAMLETS, [28, 30.3, 30.38, 30.09, 36.04, 36.6, 32.58, 30.26, 30.29, 30.91]),
        (LONDON, [30.46, 31.43, 32.22, 32.75, 39.12, 41.2, 38.35, 34.97, 35.31, 36.04]),
        (
            ENGLAND,
            [30.44, 31.13, 32.12, 32.87, 38.5477, 40.4587, 37.8621, 34.1598, 34.3762, 34.9873],
        ),
    ],
)
def test_key_stage_5_goes_back_ten_years_over_its_releases(
    read: Read, area: str, values: list[float]
) -> None:
    names = ["2024-11-19", "2025-02-14", "2025-11-17"]
    releases = [by_year(read(f"dfe_ks5/vintages/{name}"), area) for name in names]
    whole = {
        year: figure
        for one in [*releases, by_year(read("dfe_ks5"), area)]
        for year, figure in one.items()
    }
    assert [whole[year] for year in range(2016, 2026)] == [(value, "") for value in values]
    assert {year for year, (_, mark) in releases[2].items() if mark == "p"} == {2025}


def test_three_releases_of_care_leavers_in_a_row_cover_2019_to_2025(read: Read) -> None:
    names = ["vintages/2023-11-16", "vintages/2024-11-20", ""]
    releases = [read(f"dfe_care_leavers/{name}".rstrip("/")) for name in names]
    years = [sorted(by_year(rows, TOWER_HAMLETS, breakdown="neet")) for rows in releases]
    assert years == [list(range(first, first + 5)) for first in (2019, 2020, 2021)]
    for rows in releases:
        own = [row for row in rows if row.area_code not in OTHER_BOROUGHS]
        assert all(row.value is not None for row in own)
    for area, values in {
        TOWER_HAMLETS: [29, 30, 27, 23, 32, 24, 20],
        LONDON: [34, 33, 36, 32, 33, 35, 36],
        ENGLAND: [39, 39, 41, 38, 38, 39, 40],
    }.items():
        whole = {
            year: value
            for rows in releases
            for year, (value, _) in by_year(rows, area, breakdown="neet").items()
        }
        assert [whole[year] for year in range(2019, 2026)] == values


def test_care_leavers_of_2017_and_2018_are_kept_by_the_departments_tool_only(read: Read) -> None:
    rows = read("dfe_care_leavers/vintages/2021-11-18")
    found = {
        area: [value for value, _ in by_year(rows, area, breakdown="neet").values()]
        for area in AREAS
    }
    assert found == {TOWER_HAMLETS: [41, 33], LONDON: [36, 35], ENGLAND: [40, 39]}
    assert {row.status for row in rows if row.breakdown == "not_known"} == {"x"}


def test_neet_of_2025_stood_in_the_release_of_that_july(read: Read) -> None:
    before = {
        (r.indicator, r.area_code, r.period.year, r.breakdown, r.category): r.value
        for r in read("dfe_neet")
    }
    rows = read("dfe_neet/vintages/2025-07-17")
    assert {row.period.year for row in rows} == set(range(2019, 2026))
    for row in rows:
        assert (
            row.value
            == before[row.indicator, row.area_code, row.period.year, row.breakdown, row.category]
        )
