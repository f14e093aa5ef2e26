"""Earlier releases among the samples: each is one that the live code reads, older than the sample, with its origins."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sources import SAMPLES, module_of
from thindicators.answers import load_answers
from thindicators.http import Client
from thindicators.observations import table_of
from thindicators.plan import Plan
from thindicators.snapshots import by_role

VINTAGES = sorted(SAMPLES.glob("*/vintages/*"))
EARLIER = pytest.mark.parametrize("folder", VINTAGES, ids=lambda folder: f"{folder.parts[-3]} {folder.name}")


@EARLIER
def test_a_vintage_is_named_by_the_day_it_was_published(folder: Path) -> None:
    published = date.fromisoformat(folder.name)
    assert load_answers(folder).composed == published < load_answers(folder.parents[1]).composed


@EARLIER
def test_a_vintage_says_where_its_figures_were_published(folder: Path) -> None:
    with (folder / "ORIGIN.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(row["published_where"] and row["publisher"] for row in rows)
    assert {row["file"] for row in rows} <= {path.name for path in folder.iterdir()}


@EARLIER
def test_a_vintage_is_fetched_and_read_over_loopback(
    folder: Path, plan: Plan, live_client: Callable[..., Client]
) -> None:
    source = folder.parts[-3]
    indicators = plan.indicators_of(source)
    client = live_client(source, load_answers(folder))
    snapshots = by_role(module_of(source).fetch(client, indicators))
    for indicator in indicators:
        seen = indicator.seen_by(source) if source in indicator.sources else indicator
        observations = module_of(source).parse(seen, snapshots)
        assert table_of(observations, plan.area_names).num_rows
        assert max(row.period.end for row in observations) < date.fromisoformat(folder.name)


def test_the_whole_of_them_stays_small() -> None:
    assert sum(path.stat().st_size for folder in VINTAGES for path in folder.rglob("*")) < 2_000_000
