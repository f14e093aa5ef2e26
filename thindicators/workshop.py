"""The workshop: one run's settings, plan, edition, clock and folders, put together at the edge.

What belongs here: which edition a run is of, refusing to mix editions, and making the clients that ask publishers.
"""

from __future__ import annotations

import csv
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from thindicators.answers import load_answers
from thindicators.bucket import bringer
from thindicators.errors import SettingsError
from thindicators.files import write_whole
from thindicators.hosts import Hosts, Visits
from thindicators.http import Client, Manners
from thindicators.plan import Plan, load_plan
from thindicators.sample_vintages import sample_on
from thindicators.settings import Settings
from thindicators.snapshots import SnapshotStore
from thindicators.tables import TableSchema, table_schemas
from thindicators.transport import live_session, sample_session

MARK = ".edition"
"""The file by which a folder remembers the edition it holds."""


@dataclass(frozen=True)
class Workshop:
    """What one run works with.

    Attributes:
        edition: `live` or `sample`.
        samples: The folder of the sample edition, a folder for each source.
        now: The clock.
        sleep: What passes the time between two requests.
        known_on: For a sample, the day whose vintages answer; None for the newest.
    """

    settings: Settings
    plan: Plan
    edition: str
    samples: Path
    now: Callable[[], datetime]
    manners: Manners = field(default_factory=Manners)
    sleep: Callable[[float], None] = time.sleep
    known_on: date | None = None

    @cached_property
    def hosts(self) -> Hosts:
        """What this run knows about the hosts that it calls."""
        return Hosts(self.settings.state / ".hosts")

    @property
    def store(self) -> SnapshotStore:
        """Where snapshots are kept."""
        return SnapshotStore(self.settings.state / "snapshots", bringer(self.settings))

    @cached_property
    def contract(self) -> TableSchema:
        """The Table Schema of observations, which every figure must keep."""
        return table_schemas(self.settings.schemas / "tables")["observations"]

    @property
    def is_sample(self) -> bool:
        """Whether figures come from the samples, not from the publishers."""
        return self.edition == "sample"

    def client(self, source: str) -> Client:
        """The client that asks one source's publisher, or its sample."""
        spec = self.plan.source(source)
        manners = replace(self.manners, contact=self.settings.contact)
        if self.is_sample:
            folder = self._sample(source)
            answers = load_answers(folder)
            composed = datetime(answers.composed.year, answers.composed.month, answers.composed.day, tzinfo=UTC)
            session = sample_session(spec, answers)
            return Client(spec, "sample", session, self.store, lambda: composed, {}, folder / "returns", manners)
        visits = Visits(self.hosts, spec.seconds_between_requests, manners.turn_timeout, self.sleep)
        session = live_session(spec, self.settings.addresses, visits)
        secrets, inbox = self.settings.secrets, self.settings.inbox
        return Client(spec, "live", session, self.store, self.now, secrets, inbox, manners, self.sleep, visits)

    def origins(self, source: str) -> list[dict[str, str]]:
        """What a source's sample was composed from, a row for each figure; nothing for the live edition."""
        path = self._sample(source) / "ORIGIN.csv"
        if not self.is_sample or not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return [{"source": source, **row} for row in csv.DictReader(file)]

    def _sample(self, source: str) -> Path:
        """The folder of a source's sample, as it was on the day that counts."""
        return sample_on(self.samples / source, self.known_on)


def open_workshop(
    settings: Settings,
    samples: Path,
    edition: str = "",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Workshop:
    """Load the plan and take the folders for one edition.

    Args:
        settings: What the user chose.
        samples: The folder of the sample edition.
        edition: Overrides the settings; empty for the settings, what the folders hold, or `sample`, in this order.
        now: The clock.

    Raises:
        PlanError: If a file under `schemas/` is wrong.
        SettingsError: If the folders hold the other edition.
    """
    plan = load_plan(settings.schemas)
    settings.check_against(plan)
    chosen = edition or settings.edition or held_edition(settings) or "sample"
    for folder in (settings.state, settings.published):
        _take(folder, chosen)
    return Workshop(settings, plan, chosen, samples, now)


def held_edition(settings: Settings) -> str:
    """The edition that the folders already hold; empty before the first run."""
    marks = {_read_mark(folder) for folder in (settings.state, settings.published)} - {""}
    if len(marks) > 1:
        raise SettingsError(
            f"{settings.state} and {settings.published} hold different editions. Point THINDICATORS_STATE and "
            "THINDICATORS_PUBLISHED at folders of one edition."
        )
    return marks.pop() if marks else ""


def forget_sample(settings: Settings) -> list[Path]:
    """Delete a sample edition's state and releases, so that the folders are free for the live edition.

    Returns:
        What was deleted.

    Raises:
        SettingsError: If the folders hold the live edition, which is never deleted.
    """
    if held_edition(settings) == "live":
        raise SettingsError("These folders hold the live edition; nothing was deleted.")
    kept = {settings.inbox, settings.published / "README.md"}
    gone = [
        path
        for folder in (settings.state, settings.published)
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path not in kept
    ]
    for path in gone:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    return gone


def _take(folder: Path, edition: str) -> None:
    held = _read_mark(folder)
    if not held:
        write_whole(folder / MARK, f"{edition}\n".encode())
    elif held != edition:
        remedy = (
            "Run `thindicators forget-sample` to clear it away first."
            if held == "sample"
            else "Set THINDICATORS_STATE and THINDICATORS_PUBLISHED to other folders to see the sample edition."
        )
        raise SettingsError(f"{folder} holds the {held} edition; a {edition} run never takes its place. {remedy}")


def _read_mark(folder: Path) -> str:
    mark = folder / MARK
    return mark.read_text(encoding="utf-8").strip() if mark.exists() else ""
