"""Peers: what each publisher has of the other boroughs comes out as it is, and what is wrong with one stops no other."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pytest

from sources import ons_wellbeing
from tests.samples import sample_outcomes, sample_release
from tests.sources.sample_readings import PLAN, sample
from tests.support import real
from thindicators.areas.register import register
from thindicators.checking.peer_rules import HELD_BACK, hold_back_doubtful
from thindicators.errors import SourceError
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Row, rows_of, table_of
from thindicators.parsing.apart import parse_apart
from thindicators.parsing.modules import module_of

OWN = "E09000030"
PEERS = tuple(code for code in register().boroughs if code != OWN)
ELS = {
    "employment_rate": ("els/employment-rate.csv", "Employment rate"),
    "happiness": ("els/personal-wellbeing-estimates.csv", "Happiness"),
    "anxiety": ("els/personal-wellbeing-estimates.csv", "Anxiety"),
    "life_satisfaction": ("els/personal-wellbeing-estimates.csv", "Satisfaction"),
    "gdhi_per_head": (
        "els/gross-disposable-household-income-per-head.csv",
        "Gross disposable household income",
    ),
    "healthy_life_expectancy_male": (
        "fingertips/ons_els_hle_2026-02-20.csv",
        "Male healthy life expectancy",
    ),
    "healthy_life_expectancy_female": (
        "fingertips/ons_els_hle_2026-02-20.csv",
        "Female healthy life expectancy",
    ),
}
"""Where ONS Explore Local Statistics prints an indicator's figures for every council."""

NEWEST_ELSEWHERE = {
    "happiness": "2022-04-01/P1Y",
    "anxiety": "2022-04-01/P1Y",
    "life_satisfaction": "2022-04-01/P1Y",
    "healthy_life_expectancy_male": "2022-01-01/P3Y",
    "healthy_life_expectancy_female": "2022-01-01/P3Y",
}
"""The indicators whose samples have councils elsewhere, and the period that they have them for."""


def published_rows(indicator: str) -> list[Row]:
    """The rows of the other boroughs, for the whole indicator, that the sample edition publishes."""
    [outcome] = [each for each in sample_outcomes() if each.indicator == indicator]
    rows = rows_of(outcome.table)
    return [row for row in rows if row["area_code"] in PEERS and row["breakdown"] == "total"]


def of_the_publisher(indicator: str) -> Iterator[tuple[tuple[str, str], float | None]]:
    """What the publisher's file says of each other borough and period."""
    path, name = ELS[indicator]
    with real(path).open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["areacd"] in PEERS and row["indicator"] == name:
                value = row["observation"]
                key = (row["areacd"], row["period"])
                yield key, float(value) if value else None


@pytest.mark.parametrize("indicator", ELS)
def test_every_borough_and_every_year_is_as_the_publishers_file_has_it(indicator: str) -> None:
    came = {(row["area_code"], row["period"]): row["value"] for row in published_rows(indicator)}
    expected = dict(of_the_publisher(indicator))
    assert came == expected
    assert len({area for area, _ in came}) >= 31


@pytest.mark.parametrize("indicator", sorted(NEWEST_ELSEWHERE))
def test_every_council_elsewhere_is_as_the_publishers_file_has_it(indicator: str) -> None:
    newest = NEWEST_ELSEWHERE[indicator]
    path, name = ELS[indicator]
    expected = {}
    with real(path).open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            is_newest = row["indicator"] == name and row["period"] == newest
            council = register().present_code(row["areacd"])
            if is_newest and council in PLAN.councils_elsewhere:
                cells = (row["observation"], row["lci_95"], row["uci_95"])
                expected[council] = tuple(float(cell) if cell else None for cell in cells)
    with (sample_release() / "councils_elsewhere.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["indicator"] == indicator]
    came = {}
    for row in rows:
        assert row["period"] == newest
        cells = (row["value"], row["lower_ci_95"], row["upper_ci_95"])
        came[row["area_code"]] = tuple(float(cell) if cell else None for cell in cells)
    assert came == expected
    assert len(came) == len(rows) >= 119


def test_emissions_of_every_borough_are_published() -> None:
    areas = {row["area_code"] for row in published_rows("co2_emissions")}
    assert areas == set(PEERS)


def test_plans_in_time_of_every_borough_are_as_the_departments_file_has_them() -> None:
    rows = published_rows("ehc_assessments_in_time")
    came = {(row["area_code"], row["period_label"]): row["value"] for row in rows}
    with real("dfe/sen2_mi_2023release.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [row for row in csv.DictReader(file) if row["new_la_code"] in PEERS]
    assert len(cells) == 32 * 9
    for cell in cells:
        rate = cell["no_exc_20week_rate"].strip()
        value = came[cell["new_la_code"], cell["time_period"]]
        # The newer release has one decimal where this one has three.
        expected = None if rate in ("x", "z") else pytest.approx(float(rate), abs=0.051)
        assert value == expected


def test_dwellings_of_every_borough_are_as_the_ministrys_workbook_has_them() -> None:
    [outcome] = [each for each in sample_outcomes() if each.indicator == "dwellings_per_child"]
    rows = [row for row in rows_of(outcome.table) if row["area_code"] in PEERS]
    came = {(row["area_code"], row["period_end"].year): row["value"] for row in rows}
    assert {row["category"] for row in rows} == {"dwellings"}
    path = real("dwellings/LT_100_dwellings_tenure_district.ods")
    for year in range(2009, 2022):
        table = pd.read_excel(path, sheet_name=str(year), header=None, engine="calamine")
        for peer in PEERS:
            code = register()[peer].former_codes[0] if year == 2009 else peer
            [cells] = table[(table == code).any(axis="columns")].to_numpy()
            assert came.pop((peer, year)) == [cell for cell in cells if cell == cell][-1]
    assert came == {}


class TestOneCouncilsFault:
    """The mean of one borough is no number; all others are read."""

    @pytest.fixture
    def broken(self) -> Snapshot:
        return wellbeing_that_is_no_number_for("E09000012")

    def test_leaves_out_that_council_and_says_why(self, broken: Snapshot) -> None:
        indicator = PLAN.indicators["happiness"]
        snapshots = {**sample("ons_wellbeing").snapshots, ons_wellbeing.DATA: broken}
        module = module_of(PLAN.sources["ons_wellbeing"])
        parsed = parse_apart(module, indicator, snapshots)
        areas = {observation.area_code for observation in parsed.observations}
        assert areas == {*register().boroughs, "E12000007", "E92000001"} - {"E09000012"}
        assert list(parsed.left_out) == ["E09000012"]
        assert "many" in parsed.left_out["E09000012"]

    def test_is_an_error_where_the_council_is_expected(self, broken: Snapshot) -> None:
        indicator = PLAN.indicators["happiness"].changed(areas=(OWN, "E09000012"))
        snapshots = {**sample("ons_wellbeing").snapshots, ons_wellbeing.DATA: broken}
        with pytest.raises(SourceError, match="many"):
            parse_apart(module_of(PLAN.sources["ons_wellbeing"]), indicator, snapshots)


class TestAFaultOfManyCouncils:
    @pytest.mark.parametrize(("councils", "is_read"), [(3, True), (4, False)])
    def test_is_one_of_the_file(self, councils: int, is_read: bool) -> None:
        broken = wellbeing_that_is_no_number_for(*PEERS[5 : 5 + councils])
        snapshots = {**sample("ons_wellbeing").snapshots, ons_wellbeing.DATA: broken}
        module = module_of(PLAN.sources["ons_wellbeing"])
        if is_read:
            parsed = parse_apart(module, PLAN.indicators["happiness"], snapshots)
            assert list(parsed.left_out) == list(PEERS[5:8])
        else:
            with pytest.raises(SourceError, match="many"):
                parse_apart(module, PLAN.indicators["happiness"], snapshots)


def wellbeing_that_is_no_number_for(*councils: str) -> Snapshot:
    """The file of well-being, in which the newest mean of some councils is a word."""
    good = sample("ons_wellbeing").snapshots[ons_wellbeing.DATA]
    spoilt = []
    for line in good.content.decode().splitlines(keepends=True):
        is_spoilt = ",2022-23," in line and any(f",{council}," in line for council in councils)
        spoilt.append(f"many{line[line.index(',') :]}" if is_spoilt else line)
    return replace(good, content="".join(spoilt).encode())


class TestWhatBreaksARule:
    @pytest.mark.parametrize(
        "changed",
        [
            {"value": 11.0},
            {"value": -1.0, "lower_ci_95": None, "upper_ci_95": None},
            {"lower_ci_95": 9.9},
            {"lower_ci_95": 0.0},
            {"upper_ci_95": 0.1},
            {"value": None},
            {"status": "c"},
            {"series": "another"},
            {"denominator": -5.0},
        ],
        ids=str,
    )
    def test_a_peers_figure_gives_way_to_the_reason(self, changed: dict[str, object]) -> None:
        [row] = held_back("E09000012", changed)
        assert (row["value"], row["lower_ci_95"], row["status"]) == (None, None, "x")
        assert row["note"] == HELD_BACK

    def test_a_share_of_nearly_nobody_has_a_lower_limit_of_zero(self) -> None:
        share = {"unit": "percent", "value": 0.4, "lower_ci_95": 0.0, "upper_ci_95": 1.1}
        [row] = held_back("E09000012", share)
        assert (row["value"], row["note"]) == (0.4, None)

    def test_a_figure_of_the_plans_own_area_is_left_for_the_checks(self) -> None:
        [row] = held_back(OWN, {"value": 11.0})
        assert row["value"] == 11.0

    def test_of_two_rows_for_one_figure_one_stays_without_its_value(self) -> None:
        table = wellbeing_table()
        twice = table.take([*range(table.num_rows), place_of("E09000012")])
        rows = rows_of(hold_back_doubtful(twice, PLAN.indicators["happiness"]))
        assert len(rows) == table.num_rows
        assert [row["note"] for row in rows if row["note"] == HELD_BACK] == [HELD_BACK]

    def test_sound_figures_stay_as_they_are(self) -> None:
        table = wellbeing_table()
        assert hold_back_doubtful(table, PLAN.indicators["happiness"]).equals(table)


def wellbeing_table() -> pa.Table:
    module = module_of(PLAN.sources["ons_wellbeing"])
    observations = module.parse(PLAN.indicators["happiness"], sample("ons_wellbeing").snapshots)
    return table_of(observations, PLAN.area_names)


def place_of(area: str) -> int:
    """The place of an area's newest row."""
    rows = rows_of(wellbeing_table())
    places = [place for place, row in enumerate(rows) if row["area_code"] == area]
    return max(places, key=lambda place: rows[place]["period_end"])


def held_back(area: str, changed: dict[str, object]) -> list[Row]:
    """An area's newest row, with some cells changed, after the rules for peers."""
    table = wellbeing_table()
    place = place_of(area)
    rows = table.to_pylist()
    rows[place] |= changed
    spoilt = pa.Table.from_pylist(rows, schema=table.schema)
    after = rows_of(hold_back_doubtful(spoilt, PLAN.indicators["happiness"]))
    return [after[place]]
