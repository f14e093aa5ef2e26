"""The last look: under the lock of the release, whether what is about to be published still is what stands.

What belongs here: taking up what other runs have found out since an outcome was read, and setting aside what cannot be
published, so that no indicator stops the release of the others.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from thindicators.errors import ThindicatorsError
from thindicators.outcomes.holds import repeated_keys
from thindicators.outcomes.outcome import Outcome
from thindicators.outcomes.store import OutcomeStore

_LOG = logging.getLogger(__name__)


def as_they_stand(store: OutcomeStore, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes as they stand now, with the figures published last for those that cannot be published.

    Args:
        store: Where the ledgers are, which know the latest release.
        outcomes: As they were read, perhaps before this run had the lock.
    """
    return [_publishable(store, _newest(store, outcome)) for outcome in outcomes]


def remember_published(
    store: OutcomeStore,
    outcomes: Sequence[Outcome],
    release: str,
) -> None:
    """Note in each ledger that what stands was published.

    The release stands by now: a ledger that cannot be written is told to whoever reads the log, and stops nothing.
    """
    for outcome in outcomes:
        try:
            store.published(outcome, release)
        except ThindicatorsError as problem:
            _LOG.warning("%s", problem)


def _newest(store: OutcomeStore, outcome: Outcome) -> Outcome:
    """An outcome as its ledgers have it now; one that is from no ledger as it is."""
    if not outcome.places:
        return outcome
    now = store.load(outcome.indicator)
    if now is None or now.places == outcome.places:
        return outcome
    return now


def _publishable(store: OutcomeStore, outcome: Outcome) -> Outcome:
    repeated = repeated_keys(outcome.table)
    if not repeated:
        return outcome
    key = " ".join(repeated[0])
    reason = (
        f"Two figures would be published for {key}. Report this, with the ledger of the indicator."
    )
    return store.set_aside(outcome.indicator, reason)
