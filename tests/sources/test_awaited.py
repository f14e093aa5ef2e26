"""Awaited figures: those that only the council has, each with all that is known of it before anybody fills it in."""

from __future__ import annotations

from datetime import date

from sources.returns.awaited import AwaitedFigure, Given, awaited, given_in
from tests.samples import sample_release
from tests.sources.returns import TODAY
from thindicators.observations.periods import Period, calendar_year, financial_year
from thindicators.plan.model import Plan


def of(figures: list[AwaitedFigure], indicator: str) -> list[AwaitedFigure]:
    return [figure for figure in figures if figure.known["indicator_id"] == indicator]


def labels(figures: list[AwaitedFigure], definition: str) -> list[object]:
    return [
        figure.known.get("period_label")
        for figure in figures
        if figure.known["definition_version"] == definition
    ]


def test_each_year_of_the_plan_that_has_ended_is_awaited(plan: Plan) -> None:
    homes = of(awaited(plan, date(2026, 3, 31)), "affordable_homes_delivered")
    assert labels(homes, "net_completions") == ["2023/24", "2024/25"]
    homes = of(awaited(plan, date(2026, 4, 1)), "affordable_homes_delivered")
    assert labels(homes, "net_completions") == ["2023/24", "2024/25", "2025/26"]


def test_the_days_of_a_year_are_known_and_those_of_a_count_or_a_survey_are_not(plan: Plan) -> None:
    figures = awaited(plan, TODAY)
    (newest, *_others) = reversed(of(figures, "lets_to_overcrowded_households"))
    assert newest.known["period_start"] == date(2025, 4, 1)
    assert newest.known["period_end"] == date(2026, 3, 31)
    (register,) = of(figures, "register_lacking_two_bedrooms")
    assert register.known["period_type"] == "snapshot"
    assert not {"period_start", "period_end", "period_label"} & set(register.known)


def test_every_group_of_an_indicator_is_awaited_and_no_total_where_there_is_none(
    plan: Plan,
) -> None:
    groups = [figure.known["breakdown"] for figure in of(awaited(plan, TODAY), "children_happy")]
    assert groups == ["primary", "secondary"]


def test_a_series_that_has_ended_takes_no_new_figure(plan: Plan) -> None:
    figures = awaited(plan, TODAY)
    definitions = {figure.known["definition_version"] for figure in figures}
    assert "mayor_reported" not in definitions
    assert {"gross_completions", "net_completions"} <= definitions


def test_only_the_plans_own_area_and_what_is_asked_for_as_context(plan: Plan) -> None:
    areas = {figure.known["area_code"] for figure in awaited(plan, TODAY)}
    assert areas == {plan.subject.code, "K03000001"}


def test_words_say_which_counts_are_asked_for(plan: Plan) -> None:
    figures = awaited(plan, TODAY)
    (register,) = of(figures, "register_lacking_two_bedrooms")
    assert register.words.endswith("Give the numerator and the denominator too.")
    assert all("base_unweighted" in one.words for one in of(figures, "getting_on_well"))


def test_what_is_published_is_awaited_no_more(plan: Plan) -> None:
    """The sample quotes how many projects had a grant in two years, and how many organisations in one."""
    given = given_in(sample_release())
    grants = of(awaited(plan, TODAY, given), "community_grants_outputs")
    still = [(figure.known["breakdown"], figure.known["period_label"]) for figure in grants]
    assert still == [
        ("organisations_funded", "2024/25"),
        ("organisations_funded", "2025/26"),
        ("projects_funded", "2025/26"),
    ]


def test_a_calendar_year_is_awaited_beside_a_financial_year_that_ends_in_it(plan: Plan) -> None:
    """A council may hand in either; a figure of one says nothing of the other."""

    def given_for(period: Period) -> Given:
        series = "council_in_time"
        return "ehc_assessments_in_time", plan.subject.code, series, "total", "total", period.iso

    years = {given_for(financial_year(2025)), given_for(calendar_year(2024))}
    assessments = of(awaited(plan, TODAY, years), "ehc_assessments_in_time")
    total = [one.known["period_label"] for one in assessments if one.known["breakdown"] == "total"]
    assert total == ["2023", "2025"]


def test_before_the_first_release_nothing_is_published() -> None:
    assert given_in(None) == set()
