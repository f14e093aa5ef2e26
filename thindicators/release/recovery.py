"""Recovery: what the latest release says of an indicator, for when its ledger is lost, damaged or another one.

What belongs here: reading outcomes and places in ledgers back from a release. When that is needed is decided in
`thindicators.outcomes.store`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pyarrow.parquet as pq

from thindicators.context import RunContext
from thindicators.errors import ReleaseError
from thindicators.observations.observation import SCHEMA
from thindicators.outcomes.beginnings import LatestRelease
from thindicators.outcomes.outcome import Outcome, Place, receipts_of
from thindicators.outcomes.store import OutcomeStore
from thindicators.release.inputs import INPUTS, read_inputs
from thindicators.storage.sums import differences
from thindicators.telling.calendar import london_day

_LOG = logging.getLogger(__name__)


def outcome_store(run_context: RunContext, latest: Callable[[], Path | None]) -> OutcomeStore:
    """Where the outcomes of an installation are kept.

    Args:
        run_context: Whose plan, clock and folders apply.
        latest: Finds the folder of the latest release; None before the first.
    """
    state = run_context.settings.state
    release = LatestRelease(
        outcome=lambda indicator: published_in(latest(), indicator),
        places=lambda indicator: _places(latest, indicator),
    )
    return OutcomeStore(
        folder=state / "ledger",
        plan=run_context.plan,
        latest=release,
        day=london_day(run_context.now()).isoformat(),
        former=state / "indicators",
    )


def published_in(release: Path | None, indicator: str) -> Outcome | None:
    """What a release says about an indicator; None if it has no figures.

    Args:
        release: Its folder; None if there is no release.
        indicator: Its id.

    Raises:
        ReleaseError: If the release is not as it was published: then nothing in it can be relied on.
    """
    if release is None:
        return None
    if differing := differences(release):
        raise ReleaseError(
            f"The figures of {indicator} cannot be recovered from {release}, which is not as it was published: "
            f"{' '.join(differing[:5])} Restore it from a backup."
        )
    written = read_inputs(release)
    for outcome in written.outcomes:
        if outcome.indicator == indicator:
            return _with_figures(release, written.outcome(outcome))
    return None


def _with_figures(release: Path, outcome: Outcome) -> Outcome | None:
    name = outcome.indicator
    table = pq.read_table(release / "indicators" / name / f"{name}.parquet").cast(SCHEMA)
    if not table.num_rows:
        return None
    return replace(
        outcome,
        table=table,
        receipts=receipts_of(outcome.readings, table),
    )


def _places(latest: Callable[[], Path | None], indicator: str) -> Mapping[str, Place]:
    """The places in ledgers that the latest release names; none if it cannot say any.

    A release that is damaged has no say: the next one takes its place.
    """
    try:
        release = latest()
        if release is None:
            return {}
        path = release / INPUTS
        return _all_places(release, path.stat().st_mtime_ns).get(indicator, {})
    except (ReleaseError, OSError) as problem:
        _LOG.warning("The latest release does not say what it was made from. %s", problem)
        return {}


@lru_cache(maxsize=4)
def _all_places(release: Path, _changed: int) -> Mapping[str, Mapping[str, Place]]:
    """The places by indicator; read once for as long as the file is not changed."""
    written = read_inputs(release)
    return {outcome.indicator: outcome.places for outcome in written.outcomes}
