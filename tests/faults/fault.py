"""What a fault is, as plain data.

What belongs here: what all modules of this folder share. The faults themselves are in `transport_faults`,
`content_faults`, `cell_faults` and `return_faults`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.damage.cells import Spoil
from tests.faults.publisher import Behaviour


@dataclass(frozen=True, kw_only=True)
class TransportFault:
    """Something that goes wrong on the way.

    Attributes:
        behave: How the publisher answers; None if nobody listens at its address.
        everywhere: Whether each of a source's answers is spoilt in turn, or only its files with figures.
        hasty: Whether the fault is waiting, so that only little patience ends the test soon.
    """

    name: str
    sentence: str
    behave: Behaviour | None
    everywhere: bool = True
    hasty: bool = False


@dataclass(frozen=True)
class ContentFault:
    """Something that is wrong in a file that comes well.

    Attributes:
        spoil: Makes the wrong files of a good one.
        loses: Whether the file honestly lacks some of the rows, so that figures may be fewer where none were before.
        rewords: Columns of the observations that differ because the file's own words do.
    """

    name: str
    sentence: str
    spoil: Spoil
    loses: bool = False
    rewords: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReturnFault:
    """Something that goes wrong with a file that was handed in, where others have the way over the network.

    Attributes:
        disturb: Does it to the file in the inbox.
        loses: Whether the figures are honestly gone.
    """

    name: str
    sentence: str
    disturb: Callable[[Path], None]
    loses: bool = True


Fault = TransportFault | ContentFault | ReturnFault
