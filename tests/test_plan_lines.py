"""The Plan's own thirty lines, as printed under “Performance indicators”, stand in the plan letter for letter."""

from __future__ import annotations

import pytest

from thindicators.plan.model import Plan

LINES = {
    "getting_on_well": (
        "Percentage of adult residents agreeing that the local area is a place where people "
        "from different backgrounds get on well together (Annual Residents Survey)"
    ),
    "community_grants_outputs": (
        "Outputs delivered through the Mayor's community grants programmes (reported "
        "annually, Tower Hamlets Council)"
    ),
    "healthy_life_expectancy_male": (
        "Healthy life expectancy for men (at birth) compared to London and England "
        "(Fingertips, public health data)"
    ),
    "healthy_life_expectancy_female": (
        "Healthy life expectancy for women (at birth) compared to London and England "
        "(Fingertips, public health data)"
    ),
    "good_work_standard_employers": (
        "Number of partner organisations that have achieved the Mayor of London's Good work "
        "Standard accreditation (local data)"
    ),
    "happiness": "Residents' happiness rating compared to London and England (score 0 to 10)",
    "anxiety": "Residents' ratings for anxiety compared to London and England (score 0 to 10)",
    "life_satisfaction": "Residents' life satisfaction ratings compared to London and England (score 0 to 10)",
    "satisfied_with_area": (
        "Percentage of residents satisfied with their area as a place to live (LBTH - Annual "
        "Residents Survey, Great Britain - LGA Residents Satisfaction Survey)"
    ),
    "affordable_homes_delivered": "Number of affordable homes delivered (Local data, Tower Hamlets Council)",
    "lets_to_overcrowded_households": "Lets to overcrowded households (Local data, Tower Hamlets Council)",
    "register_lacking_two_bedrooms": (
        "Percentage of households on the common housing register that lack two or more "
        "bedrooms (local data, Tower Hamlets Council)"
    ),
    "dwellings_per_child": (
        "Ratio of dwellings to child population (Dwelling stock data and mid-year population "
        "estimates, Office of National Statistics)"
    ),
    "concerned_about_crime": (
        "Percentage of residents personally concerned about crime and anti-social behaviour "
        "(LBTH Annual Residents Survey)"
    ),
    "feeling_safe": (
        "Percentage of adult residents feeling safe during the day and after dark in Tower "
        "Hamlets (LBTH - Annual Residents Survey Great Britain - LGA Residents Satisfaction "
        "Survey)"
    ),
    "co2_emissions": (
        "Level of CO2 emissions in Tower Hamlets (London Energy and Greenhouse Gas Inventory "
        "(LEGGI))"
    ),
    "no2_exposure": (
        "Percentage of population exposed to annual average NO2 concentration above the Air "
        "Quality Strategy objective of 40µg/m3 (London Atmospheric Emissions Inventory (LAEI) "
        "2019)"
    ),
    "pm25_concentration": (
        "PM2.5 concentration above the interim WHO Guideline of 10µg/m3 (London Atmospheric "
        "Emissions Inventory (LAEI) 2019)"
    ),
    "employment_rate": (
        "Employment rate and subcategories (including female, BAME (incl. Bangladeshi), "
        "disability, young people, over 50's), Labour Supply, ONS annual population Survey"
    ),
    "employee_jobs": "Total Employee jobs and subcategories (ONS Business Register and Employment Survey)",
    "neet_16_17": "Percentage of young people not in education, employment or training",
    "level_1_qualification": "Residents with a Level 1 qualification (% with NVQ1 only - aged 16-64)",
    "children_low_income": (
        "Percentage of children in relative low-income families, aged 0-15 years (DWP; "
        "Children in low income families, local area statistics)"
    ),
    "gdhi_per_head": (
        "Gross disposable household income per head (ONS, Annual estimates of UK regional "
        "gross disposable household income)"
    ),
    "year_6_overweight": "Overweight and Obese at year 6, National Child Measurement Programme",
    "children_happy": "Percentage of children that feel happy in their lives (Pupil Attitude Survey)",
    "gcse_english_maths_9_5": (
        "Percentage of pupils achieving grades 9-5 or above in English and Mathematics GCSEs: "
        "all children; and children eligible for means tested Free School Meals (DfE: Key "
        "stage 4 performance)"
    ),
    "ehc_assessments_in_time": (
        "Percentage of ongoing education, health and care (EHC) assessments that are in "
        "timescales (council, cumulative)"
    ),
    "care_experienced_and_send_neet": (
        "Reduced percentage of care experienced young people and young people with SEND who "
        "are not in education, employment or training"
    ),
    "key_stage_5_outcomes": "Improved key stage 5 outcomes",
}


def test_there_are_thirty(plan: Plan) -> None:
    assert len(LINES) == 30
    assert set(LINES) <= set(plan.indicators)


@pytest.mark.parametrize("indicator", LINES)
def test_each_is_the_plans_own(plan: Plan, indicator: str) -> None:
    assert plan.indicators[indicator].plan_measures == LINES[indicator]
