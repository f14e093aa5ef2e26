"""One module for each named source: what to ask its publisher, and how to read the answer.

A source's module has two functions, `fetch` and `parse`; see `SourceModule`. One that looks for things by words, and
may find none or several, has a third, `remarks`; see `RemarkingModule`. What several sources of one publisher
share belongs in `sources.publishers`; what all of them share for reading files belongs in `sources.reading`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator
from thindicators.plan.rules import Finding

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


@runtime_checkable
class RemarkingModule(Protocol):
    """What a module offers besides, if it may remark on something."""

    @staticmethod
    def remarks(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Finding]:
        """What a person should look at in what `fetch` brought, although the figures can be read. Pure, as `parse`.

        Each becomes a warning of the rule `everything_was_found`: in the probe, and published with the figures.
        """


def exists(source: str) -> bool:
    """Whether a module reads this source."""
    return find_spec(f"sources.{source}") is not None


def module_of(source: str) -> SourceModule:
    """The module that reads a source."""
    return cast(SourceModule, import_module(f"sources.{source}"))


def makes_remarks(source: str) -> bool:
    """Whether the module that reads a source has a function `remarks`."""
    return isinstance(import_module(f"sources.{source}"), RemarkingModule)


def remarks_of(source: str, indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Finding]:
    """What the module that reads a source remarks on; nothing where it never does."""
    module = import_module(f"sources.{source}")
    return module.remarks(indicator, snapshots) if isinstance(module, RemarkingModule) else []
