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
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from thindicators import __version__
from thindicators.comparing.witnesses import Statements
from thindicators.context import RunContext
from thindicators.contract import contract_files
from thindicators.errors import FailureFacts, ReleaseError
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
from thindicators.plan.loading import plan_files

INPUTS = "inputs.json"
_WRITERS = (
    "jinja2",
    "pyarrow",
    "python-docx",
    "python-pptx",
    "vl-convert-python",
    "xlsxwriter",
)
"""The libraries whose version shows in the bytes of a release."""

CODE = "code"
"""By which a release names the code that wrote it, beside the version, which many states of the code share."""

Fetch = Mapping[str, Receipt]


@dataclass(frozen=True)
class Inputs:
    """What a release is made from, beside the plan.

    Attributes:
        outcomes: One for each indicator of the plan, with reasons for the public.
        failures: Why the last fetch of a source failed, as the public is told, by source.
        before: The release before; None for the first.
        name: Of the release itself, which stands in addresses of its files.
        statements: What witnesses say of the figures.
        sequence: Which in the row of all releases it is, counted from one.
    """

    outcomes: Sequence[Outcome]
    failures: Mapping[str, str]
    before: Vintage | None
    name: str
    statements: Statements = field(default_factory=Statements)
    sequence: int = 1


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
    facts: FailureFacts | None = None
    places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """What `inputs.json` says.

    Attributes:
        made_with: Versions of this project and of the libraries that write the files, by name; and the code, by its sum.
        plan: The SHA-256 of each file of the plan, by its path under `schemas/`, and of each of the contract, by its
            path there. They stand together because they once were one folder, and releases of then still verify.
        edition: `live` or `sample`.
        before: The name of the release before; empty for the first.
        failures: Why the last fetch of a source failed, as the public is told, by source.
        fetches: All that sources brought: receipts by role.
        outcomes: In the order of the plan.
        name: Of the release itself, which stands in addresses of its files; empty where the plan has no public address,
            so that the same inputs give the same bytes on another day.
        witnesses: The number of the fetch in which a witness gave what the figures are compared with, by witness.
        witness_failures: Why the last fetch of a witness failed, as the public is told, by witness.
        sequence: Which in the row of all releases it is, counted from one; 0 for a release of an earlier version.
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
    sequence: int = 0

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
            facts=written.facts,
            places=written.places,
        )

    def _reading(self, written: WrittenReading) -> Reading:
        fetched = {source: self.fetches[number] for source, number in written.fetches.items()}
        return Reading(fetched, written.ended, written.kept)


_WRITTEN = TypeAdapter(Written)


def written_inputs(
    run_context: RunContext,
    inputs: Inputs,
) -> Written:
    """What `inputs.json` says of a release that is made from these inputs."""
    statements = inputs.statements
    readings = [reading for outcome in inputs.outcomes for reading in outcome.readings]
    fetches = _fetches(readings, statements.fetched)
    numbers = {_identity(source, fetch): number for number, (source, fetch) in enumerate(fetches)}
    witnesses = sorted(statements.fetched.items())
    return Written(
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
        sequence=inputs.sequence,
    )


def inputs_content(
    run_context: RunContext,
    inputs: Inputs,
) -> bytes:
    """The bytes of `inputs.json`."""
    written = written_inputs(run_context, inputs)
    # Everything is sorted or in the order of the plan, so that the same inputs give the same bytes.
    members = asdict(written, dict_factory=_without_missing_facts)
    text = json.dumps(members, indent=1, ensure_ascii=False)
    return f"{text}\n".encode()


def _without_missing_facts(members: list[tuple[str, object]]) -> dict[str, object]:
    """The members of an object; releases from before failures had facts come out as they were."""
    return {name: value for name, value in members if name != "facts" or value is not None}


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


def name_of(release: Path) -> str:
    """The name that stands in addresses within a release; empty if it has no full addresses."""
    return read_inputs(release).name if (release / INPUTS).exists() else ""


def sequence_of(release: Path) -> int:
    """Which in the row of all releases it is; 0 for a release of an earlier version, which does not say it."""
    try:
        return read_inputs(release).sequence
    except ReleaseError:
        return 0


def made_with() -> dict[str, str]:
    """What writes a release now: this project by its version and the sum of its code, and libraries by their versions."""
    return {
        "thindicators": __version__,
        CODE: _sum_of_code(),
        **_versions_of_writers(),
    }


@cache
def _versions_of_writers() -> Mapping[str, str]:
    return {name: version(name) for name in _WRITERS}


@cache
def _sum_of_code() -> str:
    """The SHA-256 of all files of the domain's own package, which tells one state of the code from another."""
    package = Path(__file__).parents[1]
    files = (path for path in package.rglob("*.*") if path.is_file())
    paths = {path.relative_to(package).as_posix(): path for path in files}
    sums = hashlib.sha256()
    for name in sorted(paths):
        # An installed package brings a plan along, and Python lays what it compiled beside the code.
        if name.startswith("schemas/") or "__pycache__" in name:
            continue
        sums.update(f"{name}\n".encode())
        sums.update(paths[name].read_bytes())
    return sums.hexdigest()


def plan_sums(schemas: Path) -> dict[str, str]:
    """The SHA-256 of each file of the plan, by its path under `schemas/`, and of each file of the contract."""
    contents = {}
    for path in plan_files(schemas):
        contents[path.relative_to(schemas).as_posix()] = path.read_bytes()
    contents.update(contract_files())
    # Sorted together, as they were when both were one folder.
    return {path: hashlib.sha256(contents[path]).hexdigest() for path in sorted(contents)}


def _written(
    outcome: Outcome,
    numbers: Mapping[str, int],
) -> WrittenOutcome:
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
        facts=outcome.facts,
        places=outcome.places,
    )


def _written_reading(
    reading: Reading,
    numbers: Mapping[str, int],
) -> WrittenReading:
    fetches = {
        source: numbers[_identity(source, fetch)] for source, fetch in reading.fetched.items()
    }
    return WrittenReading(fetches, reading.ended, reading.kept)


def _fetches(
    readings: Iterable[Reading],
    witnesses: Mapping[str, Fetch],
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


def _identity(
    source: str,
    fetch: Fetch,
) -> str:
    """What tells a fetch from all others: who was asked, for what, when, and what came."""
    parts = []
    for role, receipt in fetch.items():
        parts.append((role, receipt.sha256, receipt.request, receipt.retrieved))
    return json.dumps([source, sorted(parts)])
