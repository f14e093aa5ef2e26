"""What publishers have announced: when a source's next release comes, as its publisher said at the last fetch.

What belongs here: finding that in what a fetch brought. What the answers mean belongs in the publisher's module, and
what follows from an announced day in `thindicators.telling.calendar`.
"""

from __future__ import annotations

from thindicators.errors import ThindicatorsError
from thindicators.fetching.snapshots import SnapshotStore
from thindicators.parsing.modules import AnnouncingModule, module_of
from thindicators.plan.model import Source
from thindicators.telling.calendar import Window


def announced(store: SnapshotStore, source: Source) -> Window | None:
    """When a source's publisher said that it releases next; None if it did not, or its words are gone or not readable.

    Args:
        store: Where the last fetch is kept.
        source: Whose.
    """
    fetched = store.last_fetch(source.id)
    module = module_of(source) if source.module else None
    if fetched is None or not isinstance(module, AnnouncingModule):
        return None
    for role, receipt in fetched.roles.items():
        if module.is_announcement(receipt):
            try:
                return module.next_release(store.load(role, receipt))
            except ThindicatorsError:  # without it the months in the source's file stand
                return None
    return None
