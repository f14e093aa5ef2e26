"""Which indicators a plan's own area has no source for, and what is then said."""

from __future__ import annotations

import pytest

from tests.support import ROOT
from thindicators.plan.coverage import covered
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Area, Plan

HACKNEY = Area(code="E09000012", name="Hackney", kind="London borough")
LEICESTER = Area(code="E06000016", name="Leicester", kind="unitary authority")
BROXTOWE = Area(code="E07000172", name="Broxtowe", kind="district")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(ROOT / "schemas")


def why_not(plan: Plan, indicator: str, area: Area) -> str:
    return covered(plan.indicators[indicator], plan.sources, area).not_covered


def test_an_area_outside_what_the_source_is_about_has_no_figure(plan: Plan) -> None:
    said = why_not(plan, "no2_exposure", LEICESTER)
    assert said.endswith("people exposed to polluted air, is about London only.")


def test_a_district_has_no_figure_of_what_counties_are_responsible_for(plan: Plan) -> None:
    said = why_not(plan, "neet_16_17", BROXTOWE)
    assert said.endswith("has figures of counties and unitary authorities, and not of Broxtowe.")


@pytest.mark.parametrize("area", [HACKNEY, LEICESTER, BROXTOWE], ids=lambda area: area.name)
def test_an_area_of_the_sources_own_tier_is_covered(plan: Plan, area: Area) -> None:
    assert why_not(plan, "employment_rate", area) == ""


def test_a_councils_own_returns_are_of_whichever_council_it_is(plan: Plan) -> None:
    assert why_not(plan, "lets_to_overcrowded_households", BROXTOWE) == ""


def test_a_part_that_has_no_figure_of_the_area_is_left_out_with_its_groups(plan: Plan) -> None:
    """Hackney is no territory of the regional accounts by itself, which alone print residents."""
    emissions = covered(plan.indicators["co2_emissions"], plan.sources, HACKNEY)
    assert emissions.not_covered == ""
    assert emissions.sources == ("leggi",)
    assert "per_head" not in emissions.breakdowns


def test_nobody_is_asked_for_what_is_not_covered(plan: Plan) -> None:
    uncovered = covered(plan.indicators["no2_exposure"], plan.sources, LEICESTER)
    assert not uncovered.is_asked_for
    assert plan.indicators["no2_exposure"].is_asked_for


def test_a_module_that_reads_expected_areas_only_has_no_peers(plan: Plan) -> None:
    """Or a page would say that too few boroughs have a figure, of which the publisher has all."""
    assert plan.indicators["gcse_english_maths_9_5"].peers == ()
    assert why_not(plan, "gcse_english_maths_9_5", LEICESTER) == ""
    assert len(plan.indicators["neet_16_17"].peers) == 32
