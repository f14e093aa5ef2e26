"""The context of a run: its settings, plan, edition, clock and folders, put together at the edge.

What belongs here: which edition a run is of, refusing to mix editions, and making the clients that ask publishers.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from thindicators.editions import held_edition, take_folders
from thindicators.fetching.answers import load_answers
from thindicators.fetching.attempts import Manners
from thindicators.fetching.client import Client
from thindicators.fetching.hosts import Hosts, Visits
from thindicators.fetching.sample_vintages import sample_on
from thindicators.fetching.snapshots import SnapshotStore
from thindicators.fetching.transport import live_session, sample_session
from thindicators.observations.tables import TableSchema, table_schemas
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Plan
from thindicators.settings import REFUSED, Settings
from thindicators.storage.bucket import bringer


@dataclass(frozen=True)
class RunContext:
    """What one run works with.

    Attributes:
        edition: `live` or `sample`.
        samples: The folder of the sample edition, a folder for each source.
        now: The clock.
        sleep: What passes the time between two requests.
        known_on: For a sample, the day whose vintages answer; None for the newest.
        figures_read: The tables that this run has read from snapshots and not taken up yet, by what they were read from.
    """

    settings: Settings
    plan: Plan
    edition: str
    samples: Path
    now: Callable[[], datetime]
    manners: Manners = field(default_factory=Manners)
    sleep: Callable[[float], None] = time.sleep
    known_on: date | None = None
    figures_read: dict[Hashable, pa.Table] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def hosts(self) -> Hosts:
        """What this run knows about the hosts that it calls."""
        return Hosts(self.settings.state / ".hosts")

    @property
    def store(self) -> SnapshotStore:
        """Where snapshots are kept."""
        return SnapshotStore(self.settings.state / "snapshots", bringer(self.settings))

    @cached_property
    def table_schemas(self) -> Mapping[str, TableSchema]:
        """The Table Schemas of everything that is published, by the name of the table."""
        return table_schemas()

    @property
    def contract(self) -> TableSchema:
        """The Table Schema of observations, which every figure must keep."""
        return self.table_schemas["observations"]

    @property
    def inbox(self) -> Path:
        """Where people put what this edition reads of them: returns, or returns to practise on."""
        return self.settings.inbox_of(self.edition)

    @property
    def refused(self) -> Path:
        """Where files of the inbox are set aside that are not right, each with its report."""
        return self.inbox / REFUSED

    @property
    def is_sample(self) -> bool:
        """Whether figures come from the samples, not from the publishers."""
        return self.edition == "sample"

    def client(self, source: str) -> Client:
        """The client that asks one source's publisher, or its sample."""
        spec = self.plan.source(source)
        manners = replace(
            self.manners,
            council=self.plan.file.council,
            contact=self.settings.contact,
        )
        if self.is_sample:
            folder = self._sample(source)
            answers = load_answers(folder)
            # A sample was had on the day on which it was composed, whenever it is published.
            composed = datetime(
                answers.composed.year, answers.composed.month, answers.composed.day, tzinfo=UTC
            )
            return Client(
                spec,
                "sample",
                sample_session(spec, answers),
                self.store,
                lambda: composed,
                inbox=folder / "returns",
                # What somebody practises today was not there on an earlier day.
                practice=self.inbox if self.known_on is None else None,
                manners=manners,
            )
        # One account of visits for each client: a host that several sources ask has turns in it.
        visits = Visits(
            self.hosts,
            spec.seconds_between_requests,
            manners.turn_timeout,
            self.sleep,
        )
        session = live_session(spec, self.settings.addresses, visits)
        return Client(
            spec,
            "live",
            session,
            self.store,
            self.now,
            self.settings.secrets,
            inbox=self.inbox,
            manners=manners,
            sleep=self.sleep,
            visits=visits,
        )

    def origins(self, source: str) -> list[dict[str, str]]:
        """What a source's sample was composed from, a row for each figure; nothing for the live edition."""
        path = self._sample(source) / "ORIGIN.csv"
        if not self.is_sample or not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return [{"source": source, **row} for row in csv.DictReader(file)]

    def sample_returns(self) -> list[Path]:
        """The returns of the sample edition, in the order of their sources and names; none of the live one."""
        if not self.is_sample:
            return []
        folders = [
            self._sample(source.id) / "returns"
            for source in self.plan.sources.values()
            if source.kind == "return"
        ]
        return [path for folder in folders for path in sorted(folder.glob("*.*"))]

    def _sample(self, source: str) -> Path:
        """The folder of a source's sample, as it was on the day that counts."""
        return sample_on(self.samples / source, self.known_on)


def open_run_context(
    settings: Settings,
    samples: Path,
    edition: str = "",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> RunContext:
    """Load the plan and take the folders for one edition.

    Args:
        settings: What the user chose.
        samples: The folder of the sample edition.
        edition: Overrides the settings; empty for the settings, what the folders hold, or `sample`, in this order.
        now: The clock.

    Raises:
        PlanError: If a file under `schemas/` is wrong.
        SettingsError: If there is no such edition, or the folders hold the other one or another plan.
    """
    plan = load_plan(settings.schemas)
    settings.check_against(plan)
    chosen = edition or settings.edition or held_edition(settings) or "sample"
    take_folders(settings, chosen, plan.file.id)
    return RunContext(
        settings,
        plan,
        chosen,
        samples,
        now,
    )
