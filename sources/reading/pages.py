"""The pages of an answer that came in several, in their order.

What belongs here: finding them again among a source's snapshots. Asking for pages, and counting what they hold, belongs
in the publisher's module.
"""

from __future__ import annotations

from collections.abc import Mapping

from thindicators import plain_numbers
from thindicators.fetching.snapshots import Snapshot


def pages_of(snapshots: Mapping[str, Snapshot], start: str) -> list[Snapshot]:
    """The snapshots whose role is a beginning and a number, such as `data 2`, by that number."""
    page_of_number: dict[int, Snapshot] = {}
    for role, snapshot in snapshots.items():
        if role.startswith(start):
            number = plain_numbers.whole_number(role.split()[-1])
            page_of_number[number] = snapshot
    # As text, “data 10” would come before “data 2”.
    return [page_of_number[number] for number in sorted(page_of_number)]
