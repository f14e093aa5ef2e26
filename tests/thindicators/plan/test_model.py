from __future__ import annotations

import pytest
from pydantic import BaseModel

from tests.support import ROOT
from thindicators.errors import PlanError
from thindicators.plan.json_schemas import outdated
from thindicators.plan.model import Plan


def test_a_wrong_part_of_what_is_asked_is_named_with_its_line(plan: Plan) -> None:
    class Ask(BaseModel):
        search: int

    with pytest.raises(PlanError) as error:
        plan.indicators["employment_rate"].read_ask(Ask)
    text = (ROOT / "schemas" / "indicators" / "employment_rate.yaml").read_text(encoding="utf-8")
    line = next(at for at, line in enumerate(text.splitlines(), 1) if "search:" in line)
    assert (error.value.field, error.value.line) == ("ask.search", line)


def test_a_year_belongs_to_one_series(plan: Plan) -> None:
    indicator = plan.indicators["level_1_qualification"]
    assert indicator.series_of(2021) == "nvq"
    with pytest.raises(PlanError, match="0 series hold the year 2022"):
        indicator.series_of(2022)


def test_licence_attribution_and_months_come_from_the_source(plan: Plan) -> None:
    indicator = plan.indicators["employment_rate"]
    assert plan.licence_of(indicator).name == "OGL-UK-3.0"
    assert "Office for National Statistics" in plan.attribution_of(indicator)
    assert plan.release_months_of(indicator) == [1, 4, 7, 10]


def test_areas_are_the_plans_own_and_the_comparators(plan: Plan) -> None:
    assert plan.indicators["employment_rate"].areas == ("E09000030", "E12000007", "E92000001")


def test_the_json_schemas_say_what_the_models_say() -> None:
    assert outdated() == []
