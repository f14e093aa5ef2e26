"""The sample edition, refreshed and published once for all tests that look at it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sources import SAMPLES
from thindicators.context import Workshop, open_workshop
from thindicators.outcomes.outcome import Outcome
from thindicators.refreshing import refresh, witnessing
from thindicators.release.publishing import publish
from thindicators.settings import Settings


@cache
def sample_workshop() -> Workshop:
    """A workshop of the sample edition in a folder of its own, in which everything was fetched."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    settings = Settings(
        state=Path(folder.name) / "state", published=Path(folder.name) / "published"
    )
    workshop = open_workshop(settings, SAMPLES, "sample")
    for source in workshop.plan.sources.values():
        if refresh.is_fetched(workshop.plan, source):
            refresh.fetch(workshop, source.id)
    for witness in witnessing.asked(workshop.plan):
        witnessing.fetch(workshop, witness)
    return workshop


@cache
def sample_outcomes() -> tuple[Outcome, ...]:
    """What a refresh of everything in the sample edition finds, in the order of the plan."""
    workshop = sample_workshop()
    return tuple(refresh.read(workshop, indicator) for indicator in workshop.plan.indicators)


@cache
def sample_release() -> Path:
    """The folder of a release of the sample edition."""
    workshop = sample_workshop()
    return publish(workshop, sample_outcomes(), statements=witnessing.hear(workshop)).folder


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
