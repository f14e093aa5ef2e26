"""Releases of a past at random, with the real plan, publisher and files: each can be made again from its snapshots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.weight import (
    WEIGHT,
    change,
    figures_in,
    opened,
    published,
    raised,
    refreshed,
    restore,
    withdraw,
    without,
)
from thindicators.context import RunContext
from thindicators.errors import ThindicatorsError
from thindicators.outcomes.holds import accept
from thindicators.refreshing import refresh
from thindicators.refreshing.remake import verify

pytestmark = pytest.mark.system


def accepted(run_context: RunContext) -> None:
    store = refresh.outcomes(run_context)
    try:
        sum_told = store.sum_held(WEIGHT)
        accept(store, WEIGHT, "The publisher says so.", "2026-11-22", sum_told=sum_told)
    except ThindicatorsError as problem:
        assert "nothing is held" in str(problem)


STEPS: dict[str, Callable[[RunContext], object]] = {
    "restate": lambda run_context: change(run_context, raised(1)),
    "revise": lambda run_context: change(run_context, raised(0.2, "2016/17")),
    "lose": lambda run_context: change(run_context, without(r"E09000030.*,2012/13,")),
    "revert": restore,
    "fail": withdraw,
    "accept": accepted,
}


@pytest.mark.parametrize("seed", range(4))
def test_every_release_of_a_random_past_can_be_made_again(tmp_path: Path, seed: int) -> None:
    made = opened(tmp_path)
    refreshed(made)
    published(made)
    for step in Random(seed).choices(sorted(STEPS), k=8):
        STEPS[step](made)
        if step != "accept":
            refreshed(made)
        release = published(made)
        keys = [figure[:3] for figure in figures_in(release)]
        assert len(keys) == len(set(keys)), step
        assert verify(made, release.folder) == [], step
