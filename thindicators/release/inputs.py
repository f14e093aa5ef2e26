"""Inputs: what a release was made from, written into it, so that anybody with the snapshots can make it again.

What belongs here: the model of what a release is made from and the file that says it, `inputs.json`. Making a release
from it belongs in `writing`; reading snapshots again, to see whether the same release comes out, belongs in
`thindicators.refreshing.remake`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from thindicators import __version__
from thindicators.comparing.witnesses import Statements
from thindicators.context import RunContext
from thindicators.contract import contract_files
from thindicators.errors import ReleaseError
from thindicators.fetching.snapshots import Receipt
from thindicators.history.vintages import Vintage
from thindicators.observations.observation import empty_table
from thindicators.outcomes.outcome import (
    Acceptance,
    CheckResult,
    Outcome,
    Place,
    Reading,
    Standing,
    State,
)
from thindicators.plan.model import plan_files

INPUTS = "inputs.json"
_WRITERS = ("jinja2", "pyarrow", "vl-convert-python", "xlsxwriter")
"""The libraries whose version shows in the bytes of a release."""

Fetch = Mapping[str, Receipt]


@dataclass(frozen=True)
class Inputs:
    """What a release is made from, beside the plan.

    Attributes:
        outcomes: One for each indicator of the plan.
        failures: Why the last fetch of a source failed, by source.
        before: The release before; None for the first.
        name: Of the release itself, which stands in addresses of its files.
        statements: What witnesses say of the figures.
    """

    outcomes: Sequence[Outcome]
    failures: Mapping[str, str]
    before: Vintage | None
    name: str
    statements: Statements = field(default_factory=Statements)


@dataclass(frozen=True)
class WrittenReading:
    """A reading, by the numbers of the fetches; `ended` and `kept` are those of `outcomes.Reading`."""

    fetches: Mapping[str, int]
    ended: Mapping[str, str]
    kept: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class WrittenOutcome:
    """An outcome without its figures: they are read again from the snapshots."""

    indicator: str
    state: State
    reason: str
    failed: bool
    checks: tuple[CheckResult, ...]
    accepted: tuple[Acceptance, ...]
    readings: tuple[WrittenReading, ...]
    remarks: tuple[CheckResult, ...] = ()
    held: bool = False
    standings: tuple[Standing, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """What `inputs.json` says.

    Attributes:
        made_with: Versions of this project and of the libraries that write the files, by name.
        plan: The SHA-256 of each file of the plan, by its path under `schemas/`, and of each of the contract, by its
            path there. They stand together because they once were one folder, and releases of then still verify.
        edition: `live` or `sample`.
        before: The name of the release before; empty for the first.
        failures: Why the last fetch of a source failed, by source.
        fetches: All that sources brought: receipts by role.
        outcomes: In the order of the plan.
        name: Of the release itself, which stands in addresses of its files; empty where the plan has no public address,
            so that the same inputs give the same bytes on another day.
        witnesses: The number of the fetch in which a witness gave what the figures are compared with, by witness.
        witness_failures: Why the last fetch of a witness failed, by witness.
    """

    made_with: Mapping[str, str]
    plan: Mapping[str, str]
    edition: str
    before: str
    failures: Mapping[str, str]
    fetches: tuple[Fetch, ...]
    outcomes: tuple[WrittenOutcome, ...]
    name: str = ""
    witnesses: Mapping[str, int] = field(default_factory=dict)
    witness_failures: Mapping[str, str] = field(default_factory=dict)

    def witnesses_gave(self) -> dict[str, Fetch]:
        """What the figures were compared with: receipts by role, by witness."""
        return {witness: self.fetches[number] for witness, number in self.witnesses.items()}

    def outcome(self, written: WrittenOutcome) -> Outcome:
        """An outcome as it was, but without figures and receipts."""
        return Outcome(
            indicator=written.indicator,
            state=written.state,
            reason=written.reason,
            checks=written.checks,
            receipts=(),
            table=empty_table(),
            failed=written.failed,
            accepted=written.accepted,
            readings=tuple(self._reading(reading) for reading in written.readings),
            remarks=written.remarks,
            held=written.held,
            standings=written.standings,
            places=written.places,
        )

    def _reading(self, written: WrittenReading) -> Reading:
        fetched = {source: self.fetches[number] for source, number in written.fetches.items()}
        return Reading(fetched, written.ended, written.kept)


_WRITTEN = TypeAdapter(Written)


def inputs_content(run_context: RunContext, inputs: Inputs) -> bytes:
    """The bytes of `inputs.json`."""
    statements = inputs.statements
    readings = [reading for outcome in inputs.outcomes for reading in outcome.readings]
    fetches = _fetches(readings, statements.fetched)
    numbers = {_identity(source, fetch): number for number, (source, fetch) in enumerate(fetches)}
    witnesses = sorted(statements.fetched.items())
    written = Written(
        made_with=made_with(),
        plan=plan_sums(run_context.settings.schemas),
        edition=run_context.edition,
        before=inputs.before.release if inputs.before else "",
        failures=dict(sorted(inputs.failures.items())),
        fetches=tuple(fetch for _, fetch in fetches),
        outcomes=tuple(_written(outcome, numbers) for outcome in inputs.outcomes),
        name=inputs.name if run_context.plan.file.public_url else "",
        witnesses={witness: numbers[_identity(witness, fetch)] for witness, fetch in witnesses},
        witness_failures=dict(sorted(statements.failures.items())),
    )
    # Everything is sorted or in the order of the plan, so that the same inputs give the same bytes.
    text = json.dumps(asdict(written), indent=1, ensure_ascii=False)
    return f"{text}\n".encode()


def read_inputs(release: Path) -> Written:
    """What a release was made from.

    Raises:
        ReleaseError: If the release does not say it.
    """
    path = release / INPUTS
    try:
        return _WRITTEN.validate_json(path.read_bytes())
    except OSError as problem:
        raise ReleaseError(
            f"{path} cannot be read ({problem.strerror}): what it was made from is not known."
        ) from None
    except ValidationError as problem:
        raise ReleaseError(f"{path} is damaged: {problem.errors()[0]['msg']}.") from None


def what_made(release: Path) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The files and the versions that made a release; if they differ, so do two releases of equal figures.

    Both are empty for a release of an earlier version of this project, which did not say it.
    """
    if not (release / INPUTS).exists():
        return {}, {}
    written = read_inputs(release)
    return written.plan, written.made_with


def name_of(release: Path) -> str:
    """The name that stands in addresses within a release; empty if it has no full addresses."""
    return read_inputs(release).name if (release / INPUTS).exists() else ""


def made_with() -> dict[str, str]:
    """The versions that write a release now."""
    return {
        "thindicators": __version__,
        **{name: version(name) for name in _WRITERS},
    }


def plan_sums(schemas: Path) -> dict[str, str]:
    """The SHA-256 of each file of the plan, by its path under `schemas/`, and of each file of the contract."""
    plan = {path.relative_to(schemas).as_posix(): path.read_bytes() for path in plan_files(schemas)}
    both = {**plan, **contract_files()}
    return {path: hashlib.sha256(both[path]).hexdigest() for path in sorted(both)}


def _written(outcome: Outcome, numbers: Mapping[str, int]) -> WrittenOutcome:
    return WrittenOutcome(
        indicator=outcome.indicator,
        state=outcome.state,
        reason=outcome.reason,
        failed=outcome.failed,
        checks=outcome.checks,
        accepted=outcome.accepted,
        readings=tuple(_written_reading(reading, numbers) for reading in outcome.readings),
        remarks=outcome.remarks,
        held=outcome.held,
        standings=outcome.standings,
        places=outcome.places,
    )


def _written_reading(reading: Reading, numbers: Mapping[str, int]) -> WrittenReading:
    fetches = {
        source: numbers[_identity(source, fetch)] for source, fetch in reading.fetched.items()
    }
    return WrittenReading(fetches, reading.ended, reading.kept)


def _fetches(
    readings: Iterable[Reading], witnesses: Mapping[str, Fetch]
) -> list[tuple[str, Fetch]]:
    """Every fetch once, without the publishers' validators, which change when the bytes do not."""
    fetched = [item for reading in readings for item in reading.fetched.items()]
    by_identity: dict[str, tuple[str, Fetch]] = {}
    for source, fetch in [*fetched, *witnesses.items()]:
        receipts = {role: _without_validators(receipt) for role, receipt in fetch.items()}
        by_identity[_identity(source, fetch)] = (source, receipts)
    return [by_identity[identity] for identity in sorted(by_identity)]


def _without_validators(receipt: Receipt) -> Receipt:
    return replace(receipt, etag="", last_modified="")


def _identity(source: str, fetch: Fetch) -> str:
    """What tells a fetch from all others: who was asked, for what, when, and what came."""
    parts = [
        (role, receipt.sha256, receipt.request, receipt.retrieved)
        for role, receipt in fetch.items()
    ]
    return json.dumps([source, sorted(parts)])
