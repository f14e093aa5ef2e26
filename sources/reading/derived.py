"""What a source is given that asks for nothing itself: the snapshots of those it is derived from.

What belongs here: taking apart what came under one roof. How each part is read belongs to that source's module.
"""

from __future__ import annotations

from collections.abc import Mapping

from thindicators.fetching.snapshots import Snapshot


def part_of(source: str, snapshots: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
    """One source's snapshots, under its own roles."""
    prefix = f"{source}/"
    own: dict[str, Snapshot] = {}
    for role, snapshot in snapshots.items():
        if role.startswith(prefix):
            own[role.removeprefix(prefix)] = snapshot
    return own
