"""One module for each named source: what to ask its publisher, and how to read the answer.

A source's module has two functions, `fetch` and `parse`; see `SourceModule`. What several sources of one publisher
share belongs in `sources.publishers`; what all of them share for reading files belongs in `sources.reading`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast

from thindicators.http import Client
from thindicators.observations import Observation
from thindicators.plan import Indicator
from thindicators.snapshots import Snapshot

SAMPLES = Path(__file__).parent / "samples"
"""The sample edition, a folder for each source."""


class SourceModule(Protocol):
    """What a module of this package offers."""

    @staticmethod
    def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
        """Ask the publisher for everything that the indicators need.

        Raises:
            SourceError: If an answer cannot be had, or is not what the module knows.
        """

    @staticmethod
    def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
        """Read the figures of one indicator from what `fetch` brought. Pure: no network, no clock.

        Raises:
            SourceError: If the bytes do not say what the module knows how to read.
        """


def exists(source: str) -> bool:
    """Whether a module reads this source."""
    return find_spec(f"sources.{source}") is not None


def module_of(source: str) -> SourceModule:
    """The module that reads a source."""
    return cast(SourceModule, import_module(f"sources.{source}"))
