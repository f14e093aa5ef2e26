"""The register has every council of England in its place, and a plan's peers are councils of its own tier."""

from __future__ import annotations

from thindicators.areas.register import ENGLAND, LONDON, register
from thindicators.plan.model import peers_within


def test_london_has_33_authorities_in_the_order_of_their_codes() -> None:
    assert len(register().boroughs) == 33
    assert register().boroughs[0] == "E09000001"
    assert register()["E09000030"].name == "Tower Hamlets"


def test_england_has_153_upper_and_296_lower_authorities() -> None:
    assert len(register().authorities(ENGLAND, "upper")) == 153
    assert len(register().authorities(ENGLAND, "lower")) == 296


def test_every_parent_is_in_the_register() -> None:
    for area in register().by_code.values():
        assert not area.parent or area.parent in register()


def test_a_district_is_within_its_county_and_its_region() -> None:
    broxtowe, nottinghamshire, east_midlands = "E07000172", "E10000024", "E12000004"
    assert register().is_within(broxtowe, nottinghamshire)
    assert register().is_within(broxtowe, east_midlands)
    assert not register().is_within(broxtowe, LONDON)


def test_peers_of_a_county_are_counties_and_those_of_a_district_districts() -> None:
    assert "E10000024" in peers_within("E12000004", "E10000024")
    assert "E07000172" not in peers_within("E12000004", "E10000024")
    assert "E10000024" not in peers_within("E12000004", "E07000172")
