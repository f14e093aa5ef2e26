"""The good files of each source as its module sees them, and what the module reads from them: without a server.

What belongs here: what the tests of all sources share. The good files themselves are in `tests.damage.good_files`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sources import SAMPLES
from tests.damage.good_files import good_answers
from tests.support import NOW, ROOT, module_of
from thindicators.fetching.answers import Answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot, SnapshotStore, by_role
from thindicators.fetching.transport import sample_session
from thindicators.observations.observation import Observation
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Indicator

PLAN = load_plan(ROOT / "schemas")
READ = sorted({source for indicator in PLAN.indicators.values() for source in indicator.sources})
"""The sources that give figures to an indicator."""


@dataclass(frozen=True)
class Sample:
    """A source's good files.

    Attributes:
        snapshots: By role, as the source's module sees them.
        indicators: The indicators that it gives figures to, as it sees them.
    """

    snapshots: Mapping[str, Snapshot]
    indicators: tuple[Indicator, ...]

    def with_content(self, role: str, content: bytes) -> dict[str, Snapshot]:
        """The snapshots with other bytes in one of them."""
        return {**self.snapshots, role: replace(self.snapshots[role], content=content)}


def sample_client(
    source: str, folder: Path, answers: Answers | None = None, inbox: Path | None = None
) -> Client:
    """The client of a source whose publisher answers with good files, or with others."""
    spec = PLAN.sources[source]
    session = sample_session(spec, good_answers(source) if answers is None else answers)
    store = SnapshotStore(folder / "snapshots")
    returns = inbox or SAMPLES / source / "returns"
    return Client(
        spec, "sample", session, store, lambda: NOW, {}, returns, sleep=lambda _seconds: None
    )


@cache
def sample(source: str) -> Sample:
    """The good files of a source; a derived one sees its sources' files as `source/role`."""
    indicators = [each for each in PLAN.indicators.values() if source in each.sources]
    return Sample(_snapshots(source), tuple(each.seen_by(source) for each in indicators))


def _snapshots(source: str) -> dict[str, Snapshot]:
    derived_from = PLAN.sources[source].derived_from
    if derived_from:
        return {
            f"{other}/{role}": snapshot
            for other in derived_from
            for role, snapshot in sample(other).snapshots.items()
        }
    with TemporaryDirectory() as folder:
        client = sample_client(source, Path(folder))
        return by_role(module_of(source).fetch(client, PLAN.indicators_of(source)))


OTHERS = ("London boroughs other than the Plan's", "Councils elsewhere in England")
"""How the list begins to say whose figures a row is about, where it is about those of many councils."""


def origins_in(folder: Path) -> list[dict[str, str]]:
    """Where each figure of a sample was published: the rows of the list that lies beside it.

    Without those that tell of all figures of many councils at once.
    """
    with (folder / "ORIGIN.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if not row["area"].startswith(OTHERS)]


def figures_of(source: str, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """What a source's module reads from files, for all indicators that it gives figures to."""
    module = module_of(source)
    return [
        figure
        for indicator in sample(source).indicators
        for figure in module.parse(indicator, snapshots)
    ]


@cache
def good_figures(source: str) -> tuple[Observation, ...]:
    """What a source's module reads from its good files."""
    return tuple(figures_of(source, sample(source).snapshots))
