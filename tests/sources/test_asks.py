"""What indicators ask of their sources: numbers are numbers, and yes and no are no words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sources import (
    dfe_ks4,
    dfe_ks5,
    dwellings_per_child,
    dwp_low_income,
    fingertips,
    laei,
    leggi,
    ncmp,
    ons_bres,
)
from tests.support import ROOT
from thindicators.errors import PlanError
from thindicators.plan.loading import load_plan

QUOTED_OR_TURNED = [
    ("employee_jobs", ons_bres.Ask, "first_year: 2015", 'first_year: "2015"', "ask.first_year"),
    ("employee_jobs", ons_bres.Ask, "first_year: 2015", "first_year: 2015.0", "ask.first_year"),
    ("employee_jobs", ons_bres.Ask, "first_year: 2015", "first_year: true", "ask.first_year"),
    ("year_6_overweight", ncmp.Ask, "d: 20602", "d: '20602'", "ask.indicator_id"),
    ("healthy_life_expectancy_male", fingertips.Ask, "d: 90362", 'd: "90362"', "ask.indicator_id"),
    ("gcse_english_maths_9_5", dfe_ks4.Ask, "version: 1", 'version: "1"', "ask.major_version"),
    (
        "key_stage_5_outcomes",
        dfe_ks5.Ask,
        "major_version: 1",
        "major_version: yes",
        "ask.national.major_version",
    ),
    ("no2_exposure", laei.Ask, "threshold: 40", 'threshold: "40"', "ask.threshold"),
    ("no2_exposure", laei.Ask, "titled: false", 'titled: "no"', "ask.editions.0.titled"),
    ("no2_exposure", laei.Ask, "titled: false", "titled: 0", "ask.editions.0.titled"),
    ("co2_emissions", leggi.Ask, "years: [2019]", 'years: ["2019"]', "ask.editions.1.years.0"),
    (
        "children_low_income",
        dwp_low_income.Ask,
        "has_regions: true",
        "has_regions: 'true'",
        "ask.editions.2.has_regions",
    ),
    (
        "children_low_income",
        dwp_low_income.Ask,
        "published_from: 2026-01-01",
        "published_from: '2026-01-01'",
        "ask.editions.2.published_from",
    ),
    (
        "dwellings_per_child",
        dwellings_per_child.Ask,
        "first_year: 2001",
        'first_year: "2001"',
        "ask.population.first_year",
    ),
]


@pytest.mark.parametrize(("indicator", "model", "written", "damaged", "field"), QUOTED_OR_TURNED)
def test_a_number_a_day_or_a_yes_of_another_type_is_refused_with_its_field(
    tmp_path: Path, indicator: str, model: type, written: str, damaged: str, field: str
) -> None:
    schemas = Path(shutil.copytree(ROOT / "schemas", tmp_path / "schemas"))
    path = schemas / "indicators" / f"{indicator}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(written, damaged, 1), encoding="utf-8")
    assert load_plan(ROOT / "schemas").indicators[indicator].read_ask(model)
    with pytest.raises(PlanError) as refused:
        load_plan(schemas).indicators[indicator].read_ask(model)
    assert refused.value.field == field
