"""Peers apart: reading a source so that what is wrong with one council's figures leaves out that council only.

What belongs here: finding out which peers a source's answer cannot be read for. How an answer is read belongs to the
source's module; what is wrong with an area that is expected is an error, as if there were no peers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from thindicators.errors import SourceError
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.parsing.modules import SourceModule
from thindicators.plan.model import Indicator


@dataclass(frozen=True)
class Parsed:
    """What a source's answer gave.

    Attributes:
        observations: The figures.
        left_out: Why a peer was left out, by its code.
    """

    observations: list[Observation]
    left_out: Mapping[str, str] = field(default_factory=dict)


MOST_LEFT_OUT = 3
"""How many peers may be unreadable. What is wrong with more of them at once is wrong with the file."""

_ONE_IN = 33
"""Of hundreds of peers, one in so many may be. To find each costs some twenty reads."""


class _FileAtFaultError(Exception):
    """More peers cannot be read than one council's fault explains."""


def parse_apart(
    module: SourceModule,
    indicator: Indicator,
    snapshots: Mapping[str, Snapshot],
) -> Parsed:
    """The figures of all areas that can be read.

    Raises:
        SourceError: If the figures of an area that is expected cannot be, or those of more than a few peers.
    """
    try:
        return Parsed(module.parse(indicator, snapshots))
    except SourceError as problem:
        if not indicator.peers:
            raise
        try:
            return _parse_readable(module, indicator, snapshots)
        except _FileAtFaultError:
            raise problem from None


def _parse_readable(
    module: SourceModule,
    indicator: Indicator,
    snapshots: Mapping[str, Snapshot],
) -> Parsed:
    # What is wrong with all, or with an area that is expected, comes up again and is an error.
    observations = module.parse(indicator.with_only_peers(()), snapshots)
    left_out: dict[str, str] = {}
    readable = _readable(
        module,
        indicator,
        snapshots,
        indicator.peers,
        left_out,
    )
    if readable:
        observations = module.parse(indicator.with_only_peers(readable), snapshots)
    return Parsed(observations, left_out)


def _readable(
    module: SourceModule,
    indicator: Indicator,
    snapshots: Mapping[str, Snapshot],
    peers: tuple[str, ...],
    left_out: dict[str, str],
) -> tuple[str, ...]:
    """Those of some peers that can be read, found by halves: one that cannot be costs a few reads, not thirty."""
    try:
        module.parse(indicator.with_only_peers(peers), snapshots)
    except SourceError as problem:
        if len(peers) == 1:
            left_out[peers[0]] = str(problem)
            if len(left_out) > max(MOST_LEFT_OUT, len(indicator.peers) // _ONE_IN):
                raise _FileAtFaultError from problem
            return ()
        middle = len(peers) // 2
        first = _readable(module, indicator, snapshots, peers[:middle], left_out)
        second = _readable(module, indicator, snapshots, peers[middle:], left_out)
        return first + second
    return peers
