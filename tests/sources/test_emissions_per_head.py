"""Emissions for each resident: two parts of two publishers, and a London that is its boroughs together."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from sources import emissions_per_head, leggi, ons_gdhi
from tests.samples import sample_outcomes, sample_run_context
from tests.support import real, snapshot_of
from thindicators.areas.register import register
from thindicators.comparing.verdicts import comparisons
from thindicators.errors import SourceError
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation, Row, rows_of
from thindicators.plan.model import Indicator, Plan

SOURCE = "emissions_per_head"
TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
REAL_WORKBOOK = "ons/regionalgrossdisposablehouseholdincomeallitlregions2022.xlsx"
REAL_2019 = "leggi/LEGGI 2019 Final.xlsx"


@pytest.fixture(scope="module")
def indicator() -> Indicator:
    """The indicator as this source sees it."""
    return sample_run_context().plan.indicators["co2_emissions"].seen_by(SOURCE)


@pytest.fixture(scope="module")
def snapshots() -> dict[str, Snapshot]:
    """What both parts brought in the sample edition, each under the name of its source."""
    run_context = sample_run_context()
    given = {}
    for source in ("leggi", "ons_gdhi"):
        fetched = run_context.store.last_fetch(source)
        assert fetched is not None
        for role, receipt in fetched.roles.items():
            given[f"{source}/{role}"] = run_context.store.load(role, receipt)
    return given


def figure(observations: list[Observation], area: str, year: int) -> Observation:
    [found] = [
        observation
        for observation in observations
        if (observation.area_code, observation.period.year) == (area, year)
    ]
    return found


class TestFigures:
    def test_a_borough_is_its_published_total_over_its_residents(
        self, indicator: Indicator, snapshots: Mapping[str, Snapshot]
    ) -> None:
        own = figure(emissions_per_head.parse(indicator, snapshots), TOWER_HAMLETS, 2019)
        assert own.value == round(1129459.7488115967 / 305066, 6) == 3.702346
        assert (own.denominator, own.unit) == (305066, "tco2e_per_head")
        assert own.note.startswith("Divided here by 305,066 residents, ONS mid-year estimate of")

    def test_london_is_the_33_boroughs_together_and_not_the_inventorys_own_total(
        self, indicator: Indicator, snapshots: Mapping[str, Snapshot]
    ) -> None:
        london = figure(emissions_per_head.parse(indicator, snapshots), LONDON, 2019)
        whole = sample_run_context().plan.indicators["co2_emissions"].seen_by("leggi")
        parts = leggi.parse(
            whole.changed(areas=register().boroughs).with_only_peers(()),
            {role.removeprefix("leggi/"): snapshot for role, snapshot in snapshots.items()},
        )
        totals = [
            part.value or 0
            for part in parts
            if part.breakdown == "total" and part.period.year == 2019
        ]
        assert len(totals) == 33
        assert london.value == round(math.fsum(totals) * 1000 / 8889743, 6) == 3.233356
        assert emissions_per_head.ALL_BOROUGHS in london.note

    def test_every_year_of_the_inventory_has_both_areas(
        self, indicator: Indicator, snapshots: Mapping[str, Snapshot]
    ) -> None:
        observations = emissions_per_head.parse(indicator, snapshots)
        places = {(each.area_code, each.period.year) for each in observations}
        years = [*range(2010, 2018), 2019]
        assert places == {(area, year) for area in (TOWER_HAMLETS, LONDON) for year in years}

    def test_years_without_residents_in_common_are_an_error(
        self,
        indicator: Indicator,
        snapshots: Mapping[str, Snapshot],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(ons_gdhi, "residents", lambda *_: {})
        with pytest.raises(SourceError, match="residents of a year that the inventory has"):
            emissions_per_head.parse(indicator, snapshots)

    def test_residents_that_slipped_by_a_year_are_an_error(
        self,
        indicator: Indicator,
        snapshots: Mapping[str, Snapshot],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        as_they_are = ons_gdhi.residents

        def slipped(*asked: object) -> Mapping[tuple[str, int], ons_gdhi.Residents]:
            residents = as_they_are(*asked)  # type: ignore[arg-type]
            return {(area, year + 1): people for (area, year), people in residents.items()}

        monkeypatch.setattr(ons_gdhi, "residents", slipped)
        with pytest.raises(SourceError, match="about 8,204,407 residents of London in 2011"):
            emissions_per_head.parse(indicator, snapshots)


class TestRealFiles:
    def test_residents_are_read_from_the_workbook_as_published(self, indicator: Indicator) -> None:
        workbook = snapshot_of(real(REAL_WORKBOOK).read_bytes(), ons_gdhi.REGIONS)
        residents = ons_gdhi.residents(indicator, {ons_gdhi.REGIONS: workbook})
        assert residents[TOWER_HAMLETS, 2019] == ons_gdhi.Residents(305066, "305066")
        assert residents[LONDON, 2010].count == 8061495
        assert max(year for _, year in residents) == 2022

    def test_a_workbook_without_residents_says_so(self, indicator: Indicator) -> None:
        workbook = snapshot_of(real(REAL_2019).read_bytes(), ons_gdhi.REGIONS)
        with pytest.raises(SourceError, match="resident population numbers"):
            ons_gdhi.residents(indicator, {ons_gdhi.REGIONS: workbook})


def rows_per_head() -> list[Row]:
    [outcome] = [each for each in sample_outcomes() if each.indicator == "co2_emissions"]
    return [row for row in rows_of(outcome.table) if row["breakdown"] == "per_head"]


def test_the_release_has_them_beside_the_total_which_stays_the_headline(plan: Plan) -> None:
    assert {row["area_code"] for row in rows_per_head()} == {TOWER_HAMLETS, LONDON}
    assert plan.indicators["co2_emissions"].has_total


def test_they_are_compared_with_london_with_a_ratio_and_called_modelled(plan: Plan) -> None:
    outcomes = [each for each in sample_outcomes() if each.indicator == "co2_emissions"]
    [verdict] = [
        each
        for each in comparisons(plan, outcomes)
        if (each.kind, each.breakdown, each.comparator_code) == ("comparison", "per_head", LONDON)
    ]
    assert (verdict.verdict, round(verdict.ratio or 0, 3)) == ("higher", 1.145)
    assert "The figures are modelled" in verdict.words
