"""Texts leave the names of places to the plan, so that another council's pages name no other place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support import ROOT
from thindicators.plan.loading import load_plan

PACKAGE = ROOT / "thindicators"
SHOWN_TO_ALL = (
    "site/templates/*.j2",
    "formats/*.html",
    "contract/tables/*.json",
    "contract/profiles/*",
)


def hackneys_plan(folder: Path) -> Path:
    """The plan's files with another subject."""
    shutil.copytree(ROOT / "schemas", folder / "schemas")
    areas = folder / "schemas" / "areas.csv"
    text = areas.read_text(encoding="utf-8")
    areas.write_text(text.replace("E09000030,Tower Hamlets", "E09000012,Hackney"), encoding="utf-8")
    return folder / "schemas"


def test_what_is_said_of_the_plans_own_area_names_the_area_of_the_plan(tmp_path: Path) -> None:
    plan = load_plan(hackneys_plan(tmp_path))
    told = []
    for indicator in plan.indicators.values():
        told += [indicator.definition, *indicator.all_caveats, *indicator.no_comparator.values()]
    assert any("Hackney" in text for text in told)
    assert [text for text in told if "Tower Hamlets" in text or "{" in text] == []


def test_the_areas_beside_it_are_named_by_their_role(tmp_path: Path) -> None:
    plan = load_plan(hackneys_plan(tmp_path))
    assert plan.indicators["happiness"].caveats[-1].endswith("with London and England.")


def test_a_council_is_named_where_it_publishes_itself() -> None:
    plan = load_plan(ROOT / "schemas")
    assert plan.sources["council_returns"].publisher == "London Borough of Tower Hamlets"


@pytest.mark.parametrize("pattern", SHOWN_TO_ALL)
def test_nothing_that_comes_with_the_package_names_the_place_of_one_plan(pattern: str) -> None:
    named = []
    for path in PACKAGE.glob(pattern):
        if path.is_file() and "Tower Hamlets" in path.read_text(encoding="utf-8"):
            named.append(path.name)
    assert named == []
