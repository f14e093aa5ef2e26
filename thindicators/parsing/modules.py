"""Modules: what the module of a source, or of a witness, promises, and finding it by the name in the source's YAML.

What belongs here: the promises, and nothing that is true of one source only. The modules themselves are in `sources`,
which this project's domain does not know: a plan names them, as `module: sources.ncmp`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Protocol, cast, runtime_checkable

from pydantic import BaseModel

from thindicators.comparing.witnesses import WitnessFigure
from thindicators.context import RunContext
from thindicators.errors import PlanError
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Receipt, Snapshot
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator, Plan, Source
from thindicators.plan.rules import Finding
from thindicators.telling.calendar import Window


class SourceModule(Protocol):
    """What the module of every source offers."""

    Ask: type[BaseModel]
    """What an indicator may ask of the source. It knows all its fields, so that a misspelt one is refused."""

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
class PreparingModule(Protocol):
    """What a module offers besides, if something must be done before its source is fetched."""

    @staticmethod
    def prepare(run_context: RunContext) -> object:
        """Make ready what is fetched, such as the inbox of returns."""


@runtime_checkable
class RemarkingModule(Protocol):
    """What a module offers besides, if it may remark on something."""

    @staticmethod
    def remarks(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Finding]:
        """What a person should look at in what `fetch` brought, although the figures can be read. Pure, as `parse`.

        Each becomes a warning of the rule `everything_was_found`: in the probe, and published with the figures.
        """


@runtime_checkable
class AnnouncingModule(Protocol):
    """What a module offers besides, if its publisher says when the next release comes."""

    @staticmethod
    def is_announcement(receipt: Receipt) -> bool:
        """Whether these bytes are where the publisher says it."""

    @staticmethod
    def next_release(snapshot: Snapshot) -> Window | None:
        """When the next release comes, from such bytes; None if they do not say."""


class WitnessModule(Protocol):
    """What the module of every witness offers. An indicator is given as the witness sees it; see `asked_of`."""

    Ask: type[BaseModel]
    """What an indicator may ask of the witness."""

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


def module_of(source: Source) -> SourceModule:
    """The module that reads a source."""
    return cast(SourceModule, import_module(source.module))


def witness_module_of(witness: Source) -> WitnessModule:
    """The module that reads a witness."""
    return cast(WitnessModule, import_module(witness.module))


def makes_remarks(source: Source) -> bool:
    """Whether the module that reads a source may remark on something."""
    return isinstance(module_of(source), RemarkingModule)


def remarks_of(
    source: Source, indicator: Indicator, snapshots: Mapping[str, Snapshot]
) -> list[Finding]:
    """What the module that reads a source remarks on; nothing where it never does."""
    module = module_of(source)
    return module.remarks(indicator, snapshots) if isinstance(module, RemarkingModule) else []


def require_modules(plan: Plan) -> None:
    """Refuse a plan that names a module which is not there, or is of another kind.

    Raises:
        PlanError: If a source or a witness names one.
    """
    for folder, sources in (("sources", plan.sources), ("witnesses", plan.witnesses)):
        for source in sources.values():
            file = f"{folder}/{source.id}.yaml"
            try:
                module = import_module(source.module)
            except ImportError as problem:
                what = f"{source.module} cannot be imported: {problem}"
                raise PlanError(
                    file,
                    1,
                    "module",
                    what,
                ) from None
            if not hasattr(module, "Ask"):
                what = f"{source.module} has no model “Ask”, so that it is no module of a source"
                raise PlanError(
                    file,
                    1,
                    "module",
                    what,
                )
