"""A plan for another council: what is true of any council, under its own name, and nothing of the plan at hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.command_line import typer_app
from tests.support import ROOT
from thindicators.errors import ThindicatorsError
from thindicators.plan.loading import load_plan
from thindicators.plan.new_plan import FIND_A_COUNCIL, NewPlan, write_new_plan

BASE = ROOT / "schemas"
LEICESTER, BROXTOWE, HACKNEY = "E06000016", "E07000172", "E09000012"


@pytest.fixture
def leicester(tmp_path: Path) -> NewPlan:
    return write_new_plan(BASE, LEICESTER, tmp_path / "schemas", 2026)


def test_it_is_about_the_council_beside_its_region_and_england(leicester: NewPlan) -> None:
    areas = [(area.code, area.role) for area in leicester.plan.areas]
    assert areas == [(LEICESTER, "subject"), ("E12000004", "region"), ("E92000001", "country")]
    assert leicester.plan.file.title == "Indicators for Leicester"
    assert leicester.plan.file.homepage == FIND_A_COUNCIL


def test_what_only_the_plan_at_hand_says_is_left_out(leicester: NewPlan) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in leicester.folder.rglob("*.*"))
    assert "Tower Hamlets" not in text
    assert "towerhamlets" not in text
    assert "E09000030" not in text
    assert all(not indicator.printed_in_plan for indicator in leicester.plan.indicators.values())


def test_what_is_true_of_the_council_at_hand_only_is_not_said_of_another(
    leicester: NewPlan,
) -> None:
    """Its limits are its own, and so are the years in which its publisher has no figure of it."""
    of_tower_hamlets = load_plan(BASE).indicators
    own = {caveat for indicator in of_tower_hamlets.values() for caveat in indicator.own_caveats}
    assert own
    for name, indicator in leicester.plan.indicators.items():
        assert not own & {*indicator.all_caveats}
        assert own & {*of_tower_hamlets[name].all_caveats} == {*of_tower_hamlets[name].own_caveats}


def test_an_indicator_that_is_not_covered_has_no_figures_to_warn_of(leicester: NewPlan) -> None:
    emissions = leicester.plan.indicators["co2_emissions"]
    assert emissions.not_covered
    assert emissions.caveats
    assert emissions.all_caveats == []


def test_indicators_that_only_the_council_can_fill_are_its_own_to_add(leicester: NewPlan) -> None:
    assert "lets_to_overcrowded_households" not in leicester.plan.indicators
    assert "satisfied_with_area" not in leicester.plan.indicators
    assert "ehc_assessments_in_time" in leicester.plan.indicators


def test_a_district_has_no_figure_in_place_of_a_return_that_a_county_would_hand_in(
    tmp_path: Path,
) -> None:
    plan = write_new_plan(BASE, BROXTOWE, tmp_path / "schemas", 2026).plan
    assert "ehc_assessments_in_time" not in plan.indicators


def test_a_series_is_recognised_by_figures_of_areas_that_are_in_the_plan(
    leicester: NewPlan,
) -> None:
    older, newer = leicester.plan.indicators["healthy_life_expectancy_male"].series
    assert {figure.area for figure in (*older.recognised_by, *newer.recognised_by)} == {"E92000001"}


@pytest.mark.parametrize(
    ("code", "group", "some_of_them"),
    [
        (LEICESTER, "Councils of the East Midlands", {"E06000018", "E10000024"}),
        (BROXTOWE, "Districts of Nottinghamshire", {"E07000170", "E07000173"}),
        (HACKNEY, "London boroughs", {"E09000001", "E09000030"}),
    ],
)
def test_it_stands_among_councils_like_it(
    code: str, group: str, some_of_them: set[str], tmp_path: Path
) -> None:
    plan = write_new_plan(BASE, code, tmp_path / "schemas", 2026).plan
    [peers] = plan.file.peers.values()
    [members] = plan.peer_groups.values()
    assert peers.title == group
    assert some_of_them < set(members)


def test_a_council_may_be_named(tmp_path: Path) -> None:
    assert (
        write_new_plan(BASE, "Leicester", tmp_path / "schemas", 2026).plan.subject.code == LEICESTER
    )


def test_what_is_no_council_of_england_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ThindicatorsError, match="“Laicester” is neither the code nor the name"):
        write_new_plan(BASE, "Laicester", tmp_path / "schemas", 2026)
    assert not (tmp_path / "schemas").exists()


def test_a_folder_with_files_is_left_as_it_is(leicester: NewPlan) -> None:
    before = (leicester.folder / "plan.yaml").read_bytes()
    with pytest.raises(ThindicatorsError, match="overwrites none"):
        write_new_plan(BASE, HACKNEY, leicester.folder, 2026)
    assert (leicester.folder / "plan.yaml").read_bytes() == before


def test_the_command_says_what_is_not_covered_and_what_to_do_next(tmp_path: Path) -> None:
    folder = tmp_path / "leicester"
    result = CliRunner().invoke(typer_app, ["new-plan", LEICESTER, str(folder)])
    assert result.exit_code == 0, result.output
    assert "Indicators for Leicester, 20 indicators." in result.output
    assert "not covered here: no2_exposure." in result.output
    assert f"set THINDICATORS_SCHEMAS to {folder}" in " ".join(result.output.split())
