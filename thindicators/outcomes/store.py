"""The outcome store: each indicator's last outcome on disk, so that what was good stands when something fails.

What belongs here: writing and reading outcomes, and what stands after a failure or a hold. What an outcome is belongs
in `outcomes`; how the parts of an indicator make one belongs in `parts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from thindicators.errors import FailureFacts, FailureKind, ThindicatorsError
from thindicators.fetching.snapshots import Receipt
from thindicators.observations.observation import SCHEMA, empty_table
from thindicators.outcomes.outcome import Acceptance, CheckResult, Outcome, Reading, State
from thindicators.outcomes.parts import combined, part_of, parts_of
from thindicators.plan.model import Plan
from thindicators.safe_text import is_file_name, visible
from thindicators.storage.files import why, write_whole


@dataclass(frozen=True)
class _About:
    """What is kept of an outcome beside its table."""

    indicator: str
    state: State
    reason: str
    checks: tuple[CheckResult, ...]
    receipts: tuple[Receipt, ...]
    failed: bool
    accepted: tuple[Acceptance, ...]
    readings: tuple[Reading, ...] = ()
    remarks: tuple[CheckResult, ...] = ()
    held: bool = False
    source: str = ""
    facts: FailureFacts | None = None


_ABOUT = TypeAdapter(_About)
_METADATA = b"outcome"
_OWN_SYSTEMS = FailureFacts(FailureKind.OWN_SYSTEMS)
_PATIENCE = 300.0
"""Seconds to wait for another run: longer than any one indicator takes."""


class _DamagedError(ThindicatorsError):
    """What is kept of an outcome cannot be read."""


@dataclass(frozen=True)
class OutcomeStore:
    """Outcomes in a folder: a Parquet file for each indicator, and one under `held/` for figures that wait.

    An indicator of several sources has a file for the part of each, `<indicator>.<source>.parquet`, so that each part
    stands or falls alone. What is said of the figures stands in the file's own metadata, so that both are replaced at
    once.

    Attributes:
        folder: Where they are.
        plan: Whose indicators they are; without one, every indicator counts as having one source.
        last_published: What the latest release says about an indicator, for when its file is damaged or gone.
    """

    folder: Path
    plan: Plan | None = None
    last_published: Callable[[str], Outcome | None] = lambda _indicator: None

    @contextmanager
    def locked(self, indicator: str) -> Iterator[None]:
        """Keep other runs from changing an indicator between a look at its last outcome and the next one.

        Raises:
            ThindicatorsError: If another run does not let go of it.
        """
        path = self.folder / ".locks" / f"{_id(indicator)}.lock"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(path, timeout=_PATIENCE)
            lock.acquire()
        except Timeout:
            raise ThindicatorsError(
                f"{indicator}: another run has been at work on it for {_PATIENCE:g} seconds. "
                "Try again when it has ended."
            ) from None
        except OSError as problem:
            raise ThindicatorsError(f"{path} could not be locked. {why(problem)}") from problem
        try:
            yield
        finally:
            lock.release()

    def keep_fresh(self, outcome: Outcome) -> Outcome:
        """Replace the last good figures of an indicator, or of its part; whatever waited is superseded."""
        # First what stands, then what waited: a run killed in between leaves a hold too many, and loses nothing.
        self._keep(outcome)
        self._held(outcome.indicator, outcome.source).unlink(missing_ok=True)
        return outcome

    def keep_failure(
        self,
        indicator: str,
        reason: str,
        checks: tuple[CheckResult, ...] = (),
        source: str = "",
        facts: FailureFacts | None = None,
    ) -> Outcome:
        """Let the last good figures stand, marked stale; without any, the indicator, or its part, is empty."""
        return self._let_stand(indicator, reason, checks, source, facts)

    def keep_empty(self, indicator: str, reason: str, source: str = "") -> Outcome:
        """Remember that there is no figure to publish, and why."""
        return self._keep(_nothing(indicator, reason, source=source))

    def hold(self, candidate: Outcome, reason: str) -> Outcome:
        """Let new figures wait for somebody's word; the last good ones stand, marked stale."""
        _write(candidate, self._held(candidate.indicator, candidate.source))
        return self._let_stand(
            candidate.indicator,
            reason,
            candidate.checks,
            candidate.source,
            FailureFacts(FailureKind.HELD),
        )

    def held(self, indicator: str, source: str = "") -> Outcome | None:
        """The figures that wait for somebody's word, if any do."""
        return _read(self._held(indicator, source))

    def waiting(self, indicator: str) -> list[str]:
        """The sources whose figures wait for somebody's word; empty text stands for an indicator's only source."""
        parts = self._parts(indicator) or [""]
        return [source for source in parts if self._held(indicator, source).exists()]

    def load(self, indicator: str) -> Outcome | None:
        """The last outcome of the whole of an indicator, or None before the first.

        If it is damaged or gone, the figures published last stand in for it, marked stale, until the next refresh.
        """
        parts = self._parts(indicator)
        if self.plan is None or not parts:
            return self.load_part(indicator)
        loaded = {source: self.load_part(indicator, source) for source in parts}
        return combined(self.plan, indicator, loaded)

    def load_part(self, indicator: str, source: str = "") -> Outcome | None:
        """The last outcome of the part that one of several sources gives; of the whole if `source` is empty.

        If it is damaged or gone, the figures published last stand in for it, as in `load`.
        """
        path = self._place(indicator, source)
        try:
            outcome = _read(path) or self._kept_as_whole(indicator, source)
            return outcome or self._recovered(indicator, source, f"{path} is gone.")
        except _DamagedError as problem:
            recovered = self._recovered(indicator, source, str(problem))
            return recovered or _nothing(
                indicator,
                f"{problem} No release has its figures.",
                source=source,
                facts=_OWN_SYSTEMS,
            )

    def _parts(self, indicator: str) -> list[str]:
        return parts_of(self.plan, indicator) if self.plan is not None else []

    def _kept_as_whole(self, indicator: str, source: str) -> Outcome | None:
        """A part of an outcome that was kept before each part had a file of its own."""
        if not source or self.plan is None:
            return None
        whole = _read(self._place(indicator, ""))
        return None if whole is None else part_of(self.plan, whole, source)

    def _recovered(self, indicator: str, source: str, reason: str) -> Outcome | None:
        last = self.last_published(indicator)
        if source and last is not None and self.plan is not None:
            last = part_of(self.plan, last, source)
        if last is None:
            return None
        return replace(
            last,
            state="stale",
            reason=f"{reason} The figures published last stand.",
            checks=(),
            failed=True,
            held=False,
            standings=(),
            facts=_OWN_SYSTEMS,
        )

    def _let_stand(
        self,
        indicator: str,
        reason: str,
        checks: tuple[CheckResult, ...],
        source: str,
        facts: FailureFacts | None,
    ) -> Outcome:
        last = self.load_part(indicator, source)
        if last is None or last.state == "empty":
            # What stood when it was empty, such as former acceptances, stands for nothing any more.
            last = _nothing(
                indicator,
                reason,
                source=source,
            )
        else:
            last = replace(last, state="stale", reason=reason)
        is_held = facts is not None and facts.kind is FailureKind.HELD
        return self._keep(replace(last, checks=checks, held=is_held, failed=True, facts=facts))

    def _keep(self, outcome: Outcome) -> Outcome:
        _write(outcome, self._place(outcome.indicator, outcome.source))
        parts = self._parts(outcome.indicator)
        places = [self._place(outcome.indicator, source) for source in parts]
        # What was kept of the whole in former times is needed until every part has a file of its own.
        if places and all(place.exists() for place in places):
            self._place(outcome.indicator, "").unlink(missing_ok=True)
        return outcome

    def _place(self, indicator: str, source: str) -> Path:
        return self.folder / _file_name(indicator, source)

    def _held(self, indicator: str, source: str) -> Path:
        return self.folder / "held" / _file_name(indicator, source)


def _nothing(
    indicator: str,
    reason: str,
    *,
    source: str,
    facts: FailureFacts | None = None,
) -> Outcome:
    """The outcome of an indicator, or of its part, without any figure."""
    return Outcome(
        indicator=indicator,
        state="empty",
        reason=reason,
        checks=(),
        receipts=(),
        table=empty_table(),
        failed=facts is not None,
        source=source,
        facts=facts,
    )


def _file_name(indicator: str, source: str) -> str:
    return f"{_id(indicator)}.{_id(source)}.parquet" if source else f"{_id(indicator)}.parquet"


def _id(name: str) -> str:
    """The id of an indicator or a source, which names a file in the folder and leads nowhere else."""
    if not is_file_name(name):
        raise ThindicatorsError(f"“{visible(name)}” is no id of an indicator.")
    return name


def _write(outcome: Outcome, path: Path) -> None:
    about = _About(**{field.name: getattr(outcome, field.name) for field in fields(_About)})
    metadata = {_METADATA: _ABOUT.dump_json(about)}
    sink = pa.BufferOutputStream()
    pq.write_table(outcome.table.replace_schema_metadata(metadata), sink)
    write_whole(path, sink.getvalue().to_pybytes())


def _read(path: Path) -> Outcome | None:
    if not path.exists():
        return None
    try:
        table = pq.read_table(path)
        about = _ABOUT.validate_json((table.schema.metadata or {})[_METADATA])
        return Outcome(**vars(about), table=table.cast(SCHEMA))
    except (OSError, ValueError, pa.ArrowException, KeyError) as problem:
        indicator = path.stem.partition(".")[0]
        raise _DamagedError(
            f"{path} is damaged. Refresh {indicator} to have it written anew."
        ) from problem
