"""Whoever must decide on held figures sees each beside the published one, what contradicts first."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from typer.testing import CliRunner

from assets.command_line import typer_app
from assets.holding import held_figures, launchpad
from tests.thindicators.outcomes.test_holds import (
    OVERWEIGHT,
    change_sample,
    raised,
    refreshed,
    run_context,
    without,
)
from thindicators.context import RunContext
from thindicators.errors import ThindicatorsError
from thindicators.outcomes.told import short
from thindicators.refreshing import refresh
from thindicators.refreshing.waiting import Waiting, indicator_meant, waiting, waiting_of

__all__ = ["run_context"]  # the fixture


def held(run_context: RunContext) -> None:
    refreshed(run_context)
    change_sample(run_context, raised)
    refreshed(run_context)


def test_nothing_waits_while_nothing_is_held(run_context: RunContext) -> None:
    refreshed(run_context)
    assert waiting_of(run_context, OVERWEIGHT) == []


def test_each_held_figure_stands_beside_the_published_one(run_context: RunContext) -> None:
    held(run_context)
    (found,) = waiting_of(run_context, OVERWEIGHT)
    newest = [figure for figure in found.figures if figure.period == "school year 2017 to 2018"]
    assert newest[0].cells == (
        "Tower Hamlets",
        "school year 2017 to 2018",
        "",
        "42.1%",
        "43.1%",
        "+1.0 percentage points",
    )


def test_the_plans_own_area_comes_first(run_context: RunContext) -> None:
    held(run_context)
    (found,) = waiting_of(run_context, OVERWEIGHT)
    areas = [figure.area for figure in found.figures]
    own = areas.count("Tower Hamlets")
    assert own > 1
    assert set(areas[:own]) == {"Tower Hamlets"}


def test_a_figure_that_is_gone_has_none_in_its_place(run_context: RunContext) -> None:
    refreshed(run_context)
    change_sample(run_context, without(r"E09000030.*,2012/13,"))
    refreshed(run_context)
    (found,) = waiting_of(run_context, OVERWEIGHT)
    (gone,) = found.figures
    assert (gone.area, gone.period) == ("Tower Hamlets", "school year 2012 to 2013")
    assert gone.published.endswith("%")
    assert (gone.held, gone.difference) == ("none", "")


def test_all_that_waits_is_found_with_the_sum_that_accepts_it(run_context: RunContext) -> None:
    held(run_context)
    (found,) = waiting(run_context)
    store = refresh.outcomes(run_context)
    assert found.sum_told == short(store.sum_held(OVERWEIGHT))


def test_the_launchpad_is_filled_in_but_for_the_reason(run_context: RunContext) -> None:
    held(run_context)
    (found,) = waiting(run_context)
    address = launchpad(found)
    assert address.startswith("/locations/assets.definitions/jobs/accept_held/playground/setup?")
    config = yaml.safe_load(parse_qs(urlsplit(address).query)["config"][0])
    assert config["ops"]["accept_held_figures"]["config"] == {
        "indicator": OVERWEIGHT,
        "source": "",
        "sum": found.sum_told,
        "reason": "",
    }


def test_the_ui_shows_a_table_and_the_way_to_accept(run_context: RunContext) -> None:
    held(run_context)
    found = waiting(run_context)
    shown = held_figures(found)
    assert "| area | period | group | published | held | difference |" in shown
    assert "42.1%" in shown
    assert f"({launchpad(found[0])})" in shown
    assert held_figures([]) == ""


def test_the_terminals_status_prints_the_same(run_context: RunContext) -> None:
    held(run_context)
    said = CliRunner().invoke(typer_app, ["status"], catch_exceptions=False).output
    assert "held: Children in Year 6" in said
    assert "43.1%" in said


def test_a_long_table_says_how_many_more_there_are(run_context: RunContext) -> None:
    held(run_context)
    (found,) = waiting(run_context)
    long = replace(found, figures=found.figures[:1] * 53)
    assert (len(long.shown), long.not_shown) == (50, "And 3 more.")
    assert (replace(found, figures=found.figures[:50]).not_shown) == ""


def test_where_only_notes_or_limits_would_change_it_says_so(run_context: RunContext) -> None:
    held(run_context)
    found: Waiting = replace(waiting(run_context)[0], figures=())
    assert "No figure would be another one" in held_figures([found])
    assert "| area |" not in held_figures([found])


def test_an_indicator_is_meant_by_its_id_or_its_title(run_context: RunContext) -> None:
    title = run_context.plan.indicators[OVERWEIGHT].title
    for given in (OVERWEIGHT, title, f" {title.upper()} "):
        assert indicator_meant(run_context, given) == OVERWEIGHT


def test_a_name_that_none_has_is_answered_with_what_is_held(run_context: RunContext) -> None:
    with pytest.raises(ThindicatorsError, match="Figures are held of: none"):
        indicator_meant(run_context, "year_6")
    held(run_context)
    with pytest.raises(ThindicatorsError, match=f"held of: .*{OVERWEIGHT} \\("):
        indicator_meant(run_context, "year_6")


def test_held_figures_are_accepted_by_title_on_the_command_line(run_context: RunContext) -> None:
    held(run_context)
    title = run_context.plan.indicators[OVERWEIGHT].title
    result = CliRunner().invoke(typer_app, ["accept", title, "--reason", "Weighted anew."])
    assert result.exit_code == 0, result.output
    assert f"{OVERWEIGHT}: accepted." in result.output
    assert OVERWEIGHT not in {one.indicator.id for one in waiting(run_context)}
