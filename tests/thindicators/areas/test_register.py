"""The register has every council of England in its place, and a plan's peers are councils of its own tier."""

from __future__ import annotations

import pytest

from thindicators.areas.register import ENGLAND, LONDON, register
from thindicators.plan.groups import peers_within


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


@pytest.mark.parametrize(
    ("code", "in_a_sentence"),
    [
        ("E12000004", "the East Midlands"),
        ("E12000006", "the East of England"),
        ("E12000007", "London"),
        ("E12000003", "Yorkshire and The Humber"),
        ("E92000001", "England"),
        ("E06000016", "Leicester"),
    ],
)
def test_most_regions_have_an_article_within_a_sentence(code: str, in_a_sentence: str) -> None:
    assert register()[code].in_a_sentence == in_a_sentence


def test_a_council_is_known_by_the_codes_that_it_had_before() -> None:
    assert register()["E09000030"].former_codes == ("00BG",)
    assert register()["E06000057"].former_codes[0] == "E06000048"
    assert register()["E06000066"].since == 2023


def test_a_council_has_the_code_that_it_has_now_and_is_found_by_those_before() -> None:
    assert register().gss_codes("E08000039") == ("E08000039", "E08000019")
    assert register().gss_codes("E09000030") == ("E09000030",)
    assert register().gss_codes("E06000066") == ("E06000066", "E10000027")
    for code in ("E08000019", "E08000039"):
        assert register().present_code(code) == "E08000039"
    assert register().present_code("E99999999") == "E99999999"


def test_no_code_is_that_of_two_areas() -> None:
    codes = []
    for area in register().by_code.values():
        codes += [area.code, *area.former_codes]
    assert len(codes) == len(set(codes))


def test_all_councils_of_an_area_are_those_of_both_tiers() -> None:
    of_both = {*register().authorities(ENGLAND, "upper"), *register().authorities(ENGLAND, "lower")}
    assert register().councils(ENGLAND) == tuple(sorted(of_both))
    assert not register().is_council(LONDON)
    assert not register().is_council("E99999999")


def test_a_council_knows_its_region_and_some_councils_the_area_around_them() -> None:
    broxtowe, gedling, leicester = "E07000172", "E07000173", "E06000016"
    assert register().region_of(broxtowe).name == "East Midlands"
    assert register().smallest_around([broxtowe, gedling]) == "E10000024"
    assert register().smallest_around([broxtowe, leicester]) == "E12000004"
    assert register().smallest_around([leicester, "E09000030"]) == ENGLAND
