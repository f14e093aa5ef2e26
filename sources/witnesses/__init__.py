"""One module for each witness: what to ask another publisher of the same figures, and how to read its file.

What belongs here: the promise of such a module, and nothing that is true of one witness only. Asking all of them, and
remembering what came, belongs in `sources.witnessing`; comparing in `thindicators.comparing.witnesses`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Protocol, cast

from thindicators.comparing.witnesses import WitnessFigure
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.plan.model import Indicator


class WitnessModule(Protocol):
    """What a module of this package offers. An indicator is given as the witness sees it; see `Indicator.asked_of`."""

    @staticmethod
    def part_of(indicator: Indicator) -> str:
        """The part of the witness's data that an indicator needs; one that fails does not stop the others."""

    @staticmethod
    def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
        """Ask for the one part that these indicators need; the names of the answers begin with `part/`.

        Raises:
            SourceError: If it cannot be had.
        """

    @staticmethod
    def read(
        indicator: Indicator, snapshots: Mapping[str, Snapshot], area_names: Mapping[str, str]
    ) -> list[WitnessFigure]:
        """Read the witness's figures for the areas of one indicator. Pure: no network, no clock.

        Raises:
            SourceError: If the bytes do not say what the module knows how to read.
        """


def module_of(witness: str) -> WitnessModule:
    """The module that reads a witness."""
    return cast(WitnessModule, import_module(f"sources.witnesses.{witness}"))
