"""The sample edition, refreshed and published once for all tests that look at it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sources import SAMPLES
from thindicators.context import RunContext, open_run_context
from thindicators.outcomes.outcome import Outcome
from thindicators.refreshing import refresh, witnessing
from thindicators.release.publishing import publish
from thindicators.settings import Settings


@cache
def sample_run_context() -> RunContext:
    """The context of a run of the sample edition in a folder of its own, in which everything was fetched."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    settings = Settings(
        state=Path(folder.name) / "state", published=Path(folder.name) / "published"
    )
    run_context = open_run_context(settings, SAMPLES, "sample")
    for source in run_context.plan.sources.values():
        if refresh.is_fetched(run_context.plan, source):
            refresh.fetch(run_context, source.id)
    for witness in witnessing.asked(run_context.plan):
        witnessing.fetch(run_context, witness)
    return run_context


@cache
def sample_outcomes() -> tuple[Outcome, ...]:
    """What a refresh of everything in the sample edition finds, in the order of the plan."""
    run_context = sample_run_context()
    return tuple(refresh.read(run_context, indicator) for indicator in run_context.plan.indicators)


@cache
def sample_release() -> Path:
    """The folder of a release of the sample edition."""
    run_context = sample_run_context()
    return publish(run_context, sample_outcomes(), statements=witnessing.hear(run_context)).folder


def earlier_samples(folder: Path, vintages: Mapping[str, str]) -> Path:
    """The sample edition as it would have been, with earlier releases of some sources in place of the newest.

    Args:
        folder: Which must not be there yet.
        vintages: The day of the release to take, by source.

    Returns:
        The folder.
    """
    shutil.copytree(SAMPLES, folder)
    for source, day in vintages.items():
        shutil.rmtree(folder / source)
        shutil.copytree(SAMPLES / source / "vintages" / day, folder / source)
    return folder
