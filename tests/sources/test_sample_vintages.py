"""Vintages of the samples: what a publisher had out on an earlier day, each in a folder of that day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sources import SAMPLES
from tests.sources.sample_readings import origins_in
from tests.support import module_of
from thindicators.fetching.answers import load_answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import by_role
from thindicators.observations.observation import table_of
from thindicators.plan.model import Plan

VINTAGES = sorted(SAMPLES.glob("*/vintages/*"))


def _name(folder: Path) -> str:
    return f"{folder.parent.parent.name} {folder.name}"


def test_there_are_vintages() -> None:
    assert "ons_gdhi" in {folder.parent.parent.name for folder in VINTAGES}


@pytest.mark.parametrize("folder", VINTAGES, ids=_name)
def test_a_vintage_is_of_the_day_that_its_folder_is_called_after(folder: Path) -> None:
    composed = load_answers(folder).composed
    assert composed == date.fromisoformat(folder.name)
    assert composed < load_answers(folder.parent.parent).composed


@pytest.mark.parametrize("folder", VINTAGES, ids=_name)
def test_every_figure_of_a_vintage_has_an_origin(folder: Path) -> None:
    origins = origins_in(folder)
    assert origins
    assert all(row["value"] and row["publisher"] and row["published_where"] for row in origins)


@pytest.mark.parametrize("folder", VINTAGES, ids=_name)
def test_a_vintage_is_read_by_the_live_code(
    folder: Path, plan: Plan, live_client: Callable[..., Client]
) -> None:
    source = folder.parent.parent.name
    indicators = plan.indicators_of(source)
    snapshots = by_role(
        module_of(source).fetch(live_client(source, load_answers(folder)), indicators)
    )
    for indicator in indicators:
        if source in indicator.sources:
            figures = module_of(source).parse(indicator.seen_by(source), snapshots)
            assert any(figure.value is not None for figure in figures), indicator.id
            assert table_of(figures, plan.area_names).num_rows == len(figures)
            assert max(figure.period.end for figure in figures) < date.fromisoformat(folder.name)


def test_the_whole_of_them_stays_small() -> None:
    assert sum(path.stat().st_size for folder in VINTAGES for path in folder.rglob("*")) < 2_000_000
