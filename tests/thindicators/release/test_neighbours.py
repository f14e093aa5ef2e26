"""Councils that somebody has named: statistical neighbours stand beside the plan's own area, wherever they are."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import ValidationError

from sources import SAMPLES
from tests.support import NOW, smaller_plan
from thindicators.areas.register import ENGLAND, LONDON
from thindicators.context import open_run_context
from thindicators.plan.groups import Elsewhere, PeerGroup
from thindicators.plan.loading import load_plan
from thindicators.refreshing import refresh
from thindicators.refreshing.remake import verify
from thindicators.release.publishing import publish
from thindicators.settings import Settings

OWN, HACKNEY, NEWHAM, ISLINGTON = "E09000030", "E09000012", "E09000025", "E09000019"
CAMDEN, SOUTHWARK = "E09000007", "E09000028"
LEICESTER, BIRMINGHAM = "E06000016", "E08000025"
BOROUGHS = (HACKNEY, NEWHAM, ISLINGTON, CAMDEN, SOUTHWARK)
PARTICLES = "pm25_concentration"
WOMEN = "healthy_life_expectancy_female"
NAMED_BY = "Named for a test, and by nobody else"
GROUP = f"""
  neighbours:
    title: Councils of this test
    members: [{", ".join([*BOROUGHS, LEICESTER, BIRMINGHAM])}]
    named_by: {NAMED_BY}
elsewhere:"""


def with_neighbours(schemas: Path) -> None:
    path = schemas / "plan.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\nelsewhere:", GROUP), encoding="utf-8")
    assert "neighbours" in load_plan(schemas).file.peers


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("neighbours")
    schemas = smaller_plan(folder / "schemas", WOMEN, "happiness", "co2_emissions", PARTICLES)
    with_neighbours(schemas)
    return released(folder, schemas)


def released(folder: Path, schemas: Path) -> Path:
    """A release of the sample edition by a plan, which verifies."""
    settings = Settings(schemas=schemas, state=folder / "state", published=folder / "published")
    run_context = open_run_context(settings, SAMPLES, "sample", lambda: NOW)
    for source in run_context.plan.sources.values():
        if refresh.is_fetched(run_context.plan, source):
            refresh.fetch(run_context, source.id)
    outcomes = [refresh.read(run_context, indicator) for indicator in run_context.plan.indicators]
    made = publish(run_context, outcomes).folder
    assert verify(run_context, made) == []
    return made


def rows(release: Path, name: str, **cells: str) -> list[dict[str, str]]:
    with (release / name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if cells.items() <= row.items()]


def places(release: Path, indicator: str) -> Mapping[str, dict[str, str]]:
    asked = rows(release, "comparisons.csv", indicator=indicator, kind="rank", category="total")
    return {row["among"]: row for row in asked}


def test_their_figures_stand_with_the_observations_and_no_longer_elsewhere(release: Path) -> None:
    [figure] = rows(release, "observations.csv", indicator=WOMEN, area_code=LEICESTER)
    assert (figure["area_name"], figure["value"]) == ("Leicester", "57.9")
    elsewhere = {row["area_code"] for row in rows(release, "councils_elsewhere.csv")}
    assert not elsewhere & {LEICESTER, BIRMINGHAM, HACKNEY}


def test_each_group_has_a_place_of_its_own(release: Path) -> None:
    by_group = places(release, WOMEN)
    assert by_group.keys() == {"london_boroughs", "neighbours"}
    boroughs, neighbours = by_group["london_boroughs"], by_group["neighbours"]
    assert (boroughs["comparator_code"], boroughs["rank_of"]) == (LONDON, "32")
    # One is in the East Midlands and one in the West, so that the smallest area around all of them is England.
    assert (neighbours["comparator_code"], neighbours["rank_of"]) == (ENGLAND, "8")


def test_a_set_of_all_places_is_no_place(release: Path) -> None:
    place = places(release, WOMEN)["neighbours"]
    assert (place["rank_best"], place["rank_worst"], place["reason"]) == ("1", "8", "too_wide")
    assert (
        "a place among councils of this test: anywhere between 1st and 8th highest of 8"
        in (place["words"])
    )


def test_a_place_as_modelled_is_among_the_councils_named_and_no_others(release: Path) -> None:
    place = places(release, PARTICLES)["neighbours"]
    figures = {}
    for row in rows(
        release, "observations.csv", indicator=PARTICLES, period=place["period"], breakdown="total"
    ):
        if row["area_code"] in (OWN, *BOROUGHS):
            figures[row["area_code"]] = float(row["value"])
    assert len(figures) == int(place["rank_of"]) == 6
    higher = sum(figure > figures[OWN] for figure in figures.values())
    assert int(place["rank_best"]) == higher + 1
    assert "no figure for Leicester and Birmingham" in place["words"]


def test_too_few_figures_are_told_by_the_name_of_the_group(release: Path) -> None:
    [place] = rows(
        release,
        "comparisons.csv",
        indicator="co2_emissions",
        kind="rank",
        among="neighbours",
        breakdown="per_head",
    )
    assert place["reason"] == "too_few_figures"
    assert place["words"].startswith("Too few of the councils of this test")


def test_the_table_of_areas_says_which_groups_each_is_in(release: Path) -> None:
    groups = {row["code"]: row["peer_groups"] for row in rows(release, "areas.csv")}
    assert groups[OWN] == groups[HACKNEY] == "london_boroughs neighbours"
    assert groups[LEICESTER] == "neighbours"
    assert groups["E09000001"] == "london_boroughs"
    assert groups[ENGLAND] == ""


def test_the_page_shows_both_groups_and_who_named_the_councils(release: Path) -> None:
    page = (release / "indicators" / WOMEN / "index.html").read_text(encoding="utf-8")
    assert "Councils of this test, 2022 to 2024" in page
    assert f"{NAMED_BY}." in page
    # Of some councils from all over England there is no map.
    assert page.count("<h3>Map</h3>") == 1


def test_the_page_leads_to_the_councils_elsewhere(release: Path) -> None:
    page = (release / "indicators" / WOMEN / "index.html").read_text(encoding="utf-8")
    elsewhere = rows(release, "councils_elsewhere.csv", indicator=WOMEN)
    assert f"The figures of {len(elsewhere)} more councils are in a table" in page
    [listed] = rows(release, "indicators.csv", id=WOMEN)
    assert listed["councils_elsewhere"] == str(len(elsewhere)) == "117"


class TestAGroupThatTheOwnAreaIsNoPartOf:
    """Councils of another region, beside which somebody wants to see the plan's own."""

    group = PeerGroup(title="Councils of the East Midlands", within="E12000004")

    def test_has_the_own_area_too_so_that_it_can_have_a_place(self) -> None:
        assert OWN in self.group.around(OWN)
        assert LEICESTER in self.group.around(OWN)

    def test_is_in_the_area_around_both(self) -> None:
        assert self.group.container(OWN) == ENGLAND
        assert self.group.container(LEICESTER) == "E12000004"


def test_around_an_area_that_is_not_in_the_register_there_is_nobody() -> None:
    group = PeerGroup(title="Councils", members=[HACKNEY], named_by="Somebody")
    assert group.around("E99999999") == ()


def test_a_neighbour_that_is_compared_with_too_stands_among_the_others(
    release: Path, tmp_path: Path
) -> None:
    schemas = smaller_plan(tmp_path / "schemas", PARTICLES)
    with_neighbours(schemas)
    with (schemas / "areas.csv").open("a", encoding="utf-8") as file:
        file.write(f"{HACKNEY},Hackney,London borough\n")
    path = schemas / "indicators" / f"{PARTICLES}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("comparators: [", f"comparators: [{HACKNEY}, "), encoding="utf-8")
    made = released(tmp_path, schemas)
    page = (made / "indicators" / PARTICLES / "index.html").read_text(encoding="utf-8")
    table = page[page.index("Councils of this test, ") :]
    assert '<th scope="row">Hackney</th>' in table
    assert places(made, PARTICLES)["neighbours"]["rank_of"] == "6"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "either"),
        ({"within": LONDON, "members": [HACKNEY], "named_by": "Somebody"}, "either"),
        ({"members": [HACKNEY]}, "named_by"),
        ({"within": "E99999999"}, "E99999999 is no area"),
        (
            {"members": [HACKNEY, "E99999999"], "named_by": "Somebody"},
            "E99999999 is no area of the register",
        ),
        ({"members": [LONDON], "named_by": "Somebody"}, "E12000007 is no council"),
        ({"members": [HACKNEY, "E08000019"], "named_by": "Somebody"}, "write E08000039"),
    ],
)
def test_a_group_that_cannot_be_is_refused(fields: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        PeerGroup.model_validate({"title": "Councils", **fields})


def test_councils_elsewhere_are_within_an_area_that_there_is() -> None:
    with pytest.raises(ValidationError, match="E99999999 is no area"):
        Elsewhere(title="Councils elsewhere", within="E99999999")
