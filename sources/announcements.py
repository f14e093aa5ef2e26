"""What publishers have announced: when a source's next release comes, as its publisher said at the last fetch.

What belongs here: finding that in what a fetch brought. What the answers mean belongs in the publisher's module, and
what follows from an announced day in `thindicators.telling.calendar`.
"""

from __future__ import annotations

from sources.publishers import ees_catalogue
from thindicators.errors import ThindicatorsError
from thindicators.fetching.snapshots import SnapshotStore
from thindicators.plan.model import Source
from thindicators.telling.calendar import Window


def announced(store: SnapshotStore, source: Source) -> Window | None:
    """When a source's publisher said that it releases next; None if it did not, or its words are gone or not readable.

    Args:
        store: Where the last fetch is kept.
        source: Whose.
    """
    fetched = store.last_fetch(source.id)
    receipts = fetched.roles.items() if fetched is not None else ()
    said = [one for one in receipts if one[1].url.startswith(f"{ees_catalogue.PUBLICATIONS}/")]
    try:
        return ees_catalogue.next_release(store.load(*said[0])) if said else None
    except ThindicatorsError:  # without it the months in the source's file stand
        return None
