"""Councils elsewhere: read apart from the Plan's own figures, which nothing that is wrong with them can change."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sources import SAMPLES
from tests.support import NOW, smaller_plan
from thindicators.areas.register import register
from thindicators.checking.peer_rules import HELD_BACK
from thindicators.context import RunContext, open_run_context
from thindicators.outcomes.outcome import Outcome
from thindicators.parsing.councils_elsewhere import (
    ASKED_BY_NAME,
    NOT_READ,
    NOT_READ_FOR_THEM,
    FiguresElsewhere,
    read_elsewhere,
)
from thindicators.refreshing import refresh
from thindicators.release.publishing import publish
from thindicators.settings import Settings

WOMEN = "healthy_life_expectancy_female"
INDICATORS = ("happiness", "no2_exposure", WOMEN, "employment_rate")
WELLBEING = "ons_wellbeing/4.csv"
LIFE_EXPECTANCY = "fingertips/indicators-CountiesUAsfromApr2023.data.csv"
HARTLEPOOL, LEICESTER, DERBY = "E06000001", "E06000016", "E06000015"


class Opened(Protocol):
    """Opens some indicators of the sample edition, once what one of its files says is changed."""

    def __call__(self, change: Callable[[str], str], file: str = WELLBEING) -> RunContext: ...


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    def open_with(change: Callable[[str], str], file: str = WELLBEING) -> RunContext:
        samples = Path(shutil.copytree(SAMPLES, tmp_path / "samples"))
        path = samples / file
        text = path.read_bytes().decode()
        path.write_bytes(change(text).encode())
        schemas = smaller_plan(tmp_path / "schemas", *INDICATORS)
        settings = Settings(
            schemas=schemas, state=tmp_path / "state", published=tmp_path / "published"
        )
        return open_run_context(settings, samples, "sample", lambda: NOW)

    return open_with


def as_it_is(text: str) -> str:
    return text


def with_newest_mean(value: str, *councils: str) -> Callable[[str], str]:
    """A change of the file: the newest mean of happiness of some councils is another."""

    def change(text: str) -> str:
        lines = []
        for line in text.splitlines(keepends=True):
            is_changed = (
                ",2022-23," in line
                and ",happiness," in line
                and any(f",{council}," in line for council in councils)
            )
            lines.append(f"{value}{line[line.index(',') :]}" if is_changed else line)
        assert lines != text.splitlines(keepends=True)
        return "".join(lines)

    return change


def refreshed(run_context: RunContext) -> list[Outcome]:
    for source in run_context.plan.sources.values():
        if refresh.is_fetched(run_context.plan, source):
            refresh.fetch(run_context, source.id)
    return [refresh.read(run_context, name) for name in run_context.plan.indicators]


def happiness_of(outcomes: list[Outcome]) -> pa.Table:
    [outcome] = [each for each in outcomes if each.indicator == "happiness"]
    assert outcome.state == "fresh"
    # Another file has another sum, whatever else it says.
    return outcome.table.drop_columns(["snapshot"])


def happiness_elsewhere(run_context: RunContext, outcomes: list[Outcome]) -> FiguresElsewhere:
    return elsewhere_of("happiness", run_context, outcomes)


def elsewhere_of(
    indicator: str, run_context: RunContext, outcomes: list[Outcome]
) -> FiguresElsewhere:
    [figures] = [
        each for each in read_elsewhere(run_context, outcomes) if each.indicator == indicator
    ]
    return figures


def rows_of_council(figures: FiguresElsewhere, council: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = figures.table.filter(
        pc.equal(figures.table["area_code"], council)
    ).to_pylist()
    return rows


def test_every_council_is_there_and_none_that_the_plan_names(opened: Opened) -> None:
    run_context = opened(as_it_is)
    figures = happiness_elsewhere(run_context, refreshed(run_context))
    codes = set(figures.table["area_code"].to_pylist())
    assert len(codes) == 282
    # The publisher finds the figures of the others too unreliable to publish.
    assert figures.councils == 274
    assert not codes & {area.code for area in run_context.plan.every_area}
    [leicester] = rows_of_council(figures, LEICESTER)
    assert (leicester["area_name"], leicester["value"]) == ("Leicester", 7.24)
    # The file is older than these councils, each of which took the place of a part of a county in April 2023.
    assert figures.reason == "No figures for Cumberland and Westmorland and Furness."
    [north_yorkshire] = rows_of_council(figures, "E06000065")
    # Of the county, in whose place it is: the file has it as E10000023.
    assert (north_yorkshire["area_name"], north_yorkshire["value"]) == ("North Yorkshire", 7.57)


def test_of_many_councils_without_figures_the_number_is_told(opened: Opened) -> None:
    midlands = register().authorities("E12000004", "lower")

    def without_the_midlands(text: str) -> str:
        lines = text.splitlines(keepends=True)
        return "".join(line for line in lines if not any(f",{code}," in line for code in midlands))

    run_context = opened(without_the_midlands)
    figures = happiness_elsewhere(run_context, refreshed(run_context))
    assert figures.reason == f"No figures for {len(midlands) + 2} councils."


def test_a_source_that_has_figures_of_london_only_says_so(opened: Opened) -> None:
    run_context = opened(as_it_is)
    by_indicator = {
        each.indicator: each for each in read_elsewhere(run_context, refreshed(run_context))
    }
    assert by_indicator["no2_exposure"].councils == 0
    assert by_indicator["no2_exposure"].reason == NOT_READ_FOR_THEM


def test_a_source_that_is_asked_for_areas_by_name_is_not_read_again_and_says_so(
    opened: Opened,
) -> None:
    run_context = opened(as_it_is)
    by_indicator = {
        each.indicator: each for each in read_elsewhere(run_context, refreshed(run_context))
    }
    assert by_indicator["employment_rate"].reason == ASKED_BY_NAME
    assert by_indicator["employment_rate"].receipts == ()


def test_a_plan_that_asks_for_none_has_none(opened: Opened) -> None:
    run_context = opened(as_it_is)
    plan = replace(
        run_context.plan, file=run_context.plan.file.model_copy(update={"elsewhere": None})
    )
    without = replace(run_context, plan=plan)
    outcomes = refreshed(without)
    assert read_elsewhere(without, outcomes) == []
    folder = publish(without, outcomes).folder
    assert not (folder / "councils_elsewhere.csv").exists()


class TestOneCouncilsFault:
    def test_leaves_out_that_council_and_names_it(self, opened: Opened) -> None:
        run_context = opened(with_newest_mean("many", LEICESTER))
        figures = happiness_elsewhere(run_context, refreshed(run_context))
        assert rows_of_council(figures, LEICESTER) == []
        assert rows_of_council(figures, DERBY) != []
        assert figures.reason.startswith("The figures of Leicester could not be read. No figures")

    def test_a_figure_that_breaks_a_rule_gives_way_to_the_reason(self, opened: Opened) -> None:
        of_hartlepool = "Hartlepool,Counties & UAs (from Apr 2023),Female,All ages,,,2022 - 24,"
        longer = f"{of_hartlepool}151.2,147.1,155.2"
        run_context = opened(
            lambda text: text.replace(f"{of_hartlepool}51.2,47.1,55.2", longer), LIFE_EXPECTANCY
        )
        figures = elsewhere_of(WOMEN, run_context, refreshed(run_context))
        [row] = rows_of_council(figures, HARTLEPOOL)
        assert (row["value"], row["status"], row["note"]) == (None, "x", HELD_BACK)


@pytest.mark.parametrize(
    "change",
    [
        with_newest_mean("many", LEICESTER),
        with_newest_mean("11.5", LEICESTER),
        with_newest_mean("many", *register().authorities("E12000004", "upper")),
        lambda text: "".join(
            line for line in text.splitlines(keepends=True) if f",{LEICESTER}," not in line
        ),
        lambda text: "".join(
            line * 2 if f",{LEICESTER}," in line else line
            for line in text.splitlines(keepends=True)
        ),
    ],
    ids=["a word", "out of range", "words of many", "gone", "twice"],
)
def test_whatever_is_wrong_elsewhere_the_plans_own_figures_come_out_the_same(
    opened: Opened, change: Callable[[str], str], tmp_path: Path
) -> None:
    sound = opened(as_it_is)
    before = happiness_of(refreshed(sound))
    shutil.rmtree(tmp_path / "samples")
    shutil.rmtree(tmp_path / "schemas")
    shutil.rmtree(tmp_path / "state")
    assert happiness_of(refreshed(opened(change))).equals(before)


def test_of_hundreds_of_councils_some_more_may_be_at_fault(opened: Opened) -> None:
    at_fault = register().authorities("E12000004", "upper")[:8]
    run_context = opened(with_newest_mean("many", *at_fault))
    figures = happiness_elsewhere(run_context, refreshed(run_context))
    assert figures.councils == 274 - 8
    assert figures.reason.startswith("The figures of 8 councils could not be read.")


def test_a_fault_of_many_councils_is_told_and_the_release_is_made(opened: Opened) -> None:
    midlands = register().authorities("E12000004", "upper")
    run_context = opened(with_newest_mean("many", *midlands))
    outcomes = refreshed(run_context)
    assert happiness_elsewhere(run_context, outcomes).reason == NOT_READ
    folder = publish(run_context, outcomes).folder
    with (folder / "indicators.csv").open(encoding="utf-8", newline="") as file:
        by_id = {row["id"]: row for row in csv.DictReader(file)}
    assert by_id["happiness"]["state"] == "fresh"
    assert by_id["happiness"]["councils_elsewhere"] == "0"
    assert by_id["happiness"]["councils_elsewhere_reason"] == NOT_READ


def test_a_module_that_stumbles_over_councils_elsewhere_stops_no_release(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_context = opened(as_it_is)
    outcomes = refreshed(run_context)

    def stumbling(*_: object) -> None:
        raise KeyError("a council that nobody thought of")

    monkeypatch.setattr("sources.ons_wellbeing.parse", stumbling)
    assert happiness_elsewhere(run_context, outcomes).reason == NOT_READ


def test_a_machine_without_room_is_no_reason_that_is_published(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_context = opened(as_it_is)
    outcomes = refreshed(run_context)

    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("sources.ons_wellbeing.parse", full)
    with pytest.raises(MemoryError):
        read_elsewhere(run_context, outcomes)
