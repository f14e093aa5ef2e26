from __future__ import annotations

from dataclasses import replace

from tests.thindicators.history.test_revisions import figure
from thindicators.house_style import category
from thindicators.observations.observation import Observation, empty_table, table_of
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan
from thindicators.telling.summary import Line, summarise


def line(plan: Plan, *rows: Observation, reason: str = "") -> Line:
    table = table_of(rows, plan.area_names) if rows else empty_table()
    state = "empty" if not rows else "stale" if reason else "fresh"
    return summarise(plan, [Outcome("happiness", state, reason, (), (), table)])[0]  # type: ignore[arg-type]


def test_the_latest_figures_of_all_areas_stand_side_by_side(plan: Plan) -> None:
    found = line(
        plan, figure(2019, 7.1), figure(2020, 7.25), figure(2020, 7.4, area_code="E12000007")
    )
    assert found.figures == {
        "E09000030": "7.25",
        "E12000007": "7.40",
        "E92000001": "–",
        "K03000001": "–",
    }
    assert (found.period, found.state, found.reason) == ("2020", "fresh", "")


def test_another_areas_newer_figure_does_not_stand_beside_an_older_one(plan: Plan) -> None:
    found = line(plan, figure(2020, 7.25), figure(2021, 7.4, area_code="E12000007"))
    assert (found.figures["E09000030"], found.figures["E12000007"]) == ("7.25", "–")


def test_a_figure_comes_before_a_later_missing_one(plan: Plan) -> None:
    assert line(plan, figure(2020, 7.25), figure(2021, None)).period == "2020"


def test_without_any_figure_the_status_and_the_note_are_shown(plan: Plan) -> None:
    found = line(plan, figure(2021, None, note="Too few were asked."))
    assert (found.figures["E09000030"], found.reason) == ("[x]", "For 2021: Too few were asked.")


def test_a_stale_or_empty_indicator_says_why(plan: Plan) -> None:
    assert line(plan, reason="Nobody has counted.").reason == "Nobody has counted."
    stale = line(plan, figure(2020, 7.25), reason="The publisher did not answer.")
    assert (stale.state, stale.reason) == ("stale", "The publisher did not answer.")


def test_of_an_indicator_without_a_total_the_first_group_is_shown_by_name(plan: Plan) -> None:
    rows = [
        replace(figure(2020, 7.25), breakdown="sex", category=sex) for sex in ("male", "female")
    ]
    assert line(plan, *rows).period == "2020, Female"


def test_of_several_groups_the_first_of_the_file_that_has_a_figure_is_shown_as_on_the_front_page(
    plan: Plan,
) -> None:
    dimension, members = next(iter(plan.indicators["children_happy"].breakdowns.items()))
    values = [None, 61.0]
    rows = [
        figure(
            2024,
            value,
            indicator="children_happy",
            unit="percent",
            series="pupil_attitude_survey",
            breakdown=dimension,
            category=member,
        )
        for member, value in zip(members, values, strict=True)
    ]
    outcome = Outcome("children_happy", "fresh", "", (), (), table_of(rows, plan.area_names))
    (summary,) = summarise(plan, [outcome])
    assert summary.figures[plan.subject.code] == "61%"
    assert summary.period == f"2024, {category(plan, dimension, members[1])}"


def test_of_two_series_of_one_period_the_one_of_the_front_page_is_shown(plan: Plan) -> None:
    """The table of a publish once said 886 where the front page said 1,073."""
    rows = [
        figure(2016, value, indicator="affordable_homes_delivered", unit="count", series=series)
        for series, value in (("city_hall_reported", 886.0), ("mayor_reported", 1073.0))
    ]
    outcome = Outcome(
        "affordable_homes_delivered", "fresh", "", (), (), table_of(rows, plan.area_names)
    )
    assert summarise(plan, [outcome])[0].figures[plan.subject.code] == "1,073"
