"""Snapshots: exactly the bytes that a publisher sent, kept by their sha256, with a receipt.

What belongs here: keeping bytes and receipts on disk and finding them again. Asking a publisher belongs in `client`;
reading what the bytes say belongs in `sources`. Nothing here is ever changed or deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from thindicators.errors import FailureFacts, FailureKind, ThindicatorsError
from thindicators.storage.files import why, write_whole

RETURN, PRACTICE = "RETURN", "PRACTICE"
"""The methods of what is handed in: for publication, and to practise on in a sample edition."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Where some bytes came from.

    Attributes:
        sha256: Of the bytes.
        source: Id of the source.
        edition: `live`, or `sample` for bytes that this project composed.
        method: `GET`, `POST`, `RETURN` for a file handed in, or `PRACTICE` for one handed in to a sample edition.
        url: The address asked, with its query and without secrets; a file's name for a return.
        body: What was posted, without secrets.
        retrieved: When these bytes first came, ISO 8601 in UTC; for a sample, when it was composed.
        size: In bytes.
        media_type: As the publisher named it.
        release: The publisher's own words for its release, where known.
        licence: The id of the licence in plan.yaml.
        etag, last_modified: The publisher's validators, to ask whether anything is new.
    """

    sha256: str
    source: str
    edition: str
    method: str
    url: str
    retrieved: str
    size: int
    media_type: str
    licence: str
    body: str = ""
    release: str = ""
    etag: str = ""
    last_modified: str = ""

    @property
    def is_practice(self) -> bool:
        """Whether somebody handed the bytes in to try how a return works; nobody's figures are in them."""
        return self.method == PRACTICE

    @property
    def request(self) -> str:
        """What was asked, as one text; the same request has the same text."""
        asked = (
            self.edition,
            self.source,
            self.method,
            self.url,
            self.body,
        )
        return " ".join(asked)


@dataclass(frozen=True)
class Snapshot:
    """Bytes with their receipt and the part they play for their source.

    Attributes:
        role: What the source's module calls these bytes, such as `codelist`; unique in one fetch.
        content: The bytes.
        receipt: Where they came from.
    """

    role: str
    content: bytes = field(repr=False)
    receipt: Receipt

    @property
    def sha256(self) -> str:
        """The sha256 of the bytes, by which they are kept and found."""
        return self.receipt.sha256

    def text(self, encoding: str = "utf-8-sig") -> str:
        """The bytes as text.

        Raises:
            UnicodeDecodeError: If they are not text in this encoding.
        """
        return self.content.decode(encoding)


@dataclass(frozen=True)
class Unreachable:
    """A host that gave no connection, as it is really called, or the proxy on the way to it; and why it did not."""

    host: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What the last fetch of a source brought.

    Attributes:
        source: Id of the source.
        checked: When the publisher was asked, ISO 8601 in UTC.
        roles: Receipts by the part they play.
        failure: Why the fetch failed; empty if it did not. `roles` are then those of the last good fetch.
        unreachable: The host that gave no connection, if that is why.
        facts: What the public may know of the failure; None if there was none, or if the record is older than facts.
    """

    source: str
    checked: str
    roles: dict[str, Receipt]
    failure: str = ""
    unreachable: Unreachable | None = None
    facts: FailureFacts | None = None

    @property
    def failure_facts(self) -> FailureFacts:
        """What the public may know of a failed fetch, of an old record too."""
        return self.facts or FailureFacts(FailureKind.UNKNOWN, self.source)


Kept = TypeVar("Kept")
_RECEIPT = TypeAdapter(Receipt)
_FETCHED = TypeAdapter(Fetched)


@dataclass(frozen=True)
class SnapshotStore:
    """Snapshots in a folder: `bytes/<sha256>`, `requests/<key>.json`, `fetched/<source>.json`.

    Attributes:
        folder: Where they are.
        bring: Brings a file that is not there from where other machines keep theirs, and says whether it did.
    """

    folder: Path
    bring: Callable[[Path], bool] = lambda _path: False

    def keep(self, role: str, content: bytes, receipt: Receipt) -> Snapshot:
        """Keep bytes; the same bytes for the same request keep the receipt they came with first."""
        before = self.last_answer(receipt)
        if before is not None and before.sha256 == receipt.sha256:
            # When these bytes first came stays; what the publisher says of them may be newer.
            receipt = replace(
                before,
                etag=receipt.etag,
                last_modified=receipt.last_modified,
                release=receipt.release,
            )
        path = self._bytes(receipt.sha256)
        if not path.exists():
            write_whole(path, content)
        # The bytes first: a receipt without its bytes would answer for something that is not there.
        request = self._request(receipt)
        write_whole(request, _RECEIPT.dump_json(receipt, indent=1))
        return Snapshot(role, content, receipt)

    def last_answer(self, receipt: Receipt) -> Receipt | None:
        """The receipt of the last answer to the same request; None if its bytes are gone and must be asked for anew."""
        path = self._request(receipt)
        if not path.exists():
            return None
        answer = _read(path, _RECEIPT)
        return answer if self._is_here(answer.sha256) else None

    def load(self, role: str, receipt: Receipt) -> Snapshot:
        """Bytes kept before.

        Raises:
            ThindicatorsError: If they are gone or not what they were.
        """
        # For what it does: another machine may have the bytes, and brings them.
        self._is_here(receipt.sha256)
        path = self._bytes(receipt.sha256)
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise ThindicatorsError(
                f"{receipt.source}: the snapshot {path} cannot be read ({problem.strerror}). "
                "Restore it from a backup, or refresh the source."
            ) from problem
        # A wrong figure would come of bytes that somebody has changed, so that they are never read.
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 != receipt.sha256:
            raise ThindicatorsError(
                f"{receipt.source}: the snapshot {path} has been changed. Restore it from a backup, "
                "or delete it and refresh the source."
            )
        return Snapshot(role, content, receipt)

    def record(self, fetched: Fetched) -> None:
        """Remember what the last fetch of a source brought."""
        path = self._fetched(fetched.source)
        write_whole(path, _FETCHED.dump_json(fetched, indent=1))

    def last_fetch(self, source: str) -> Fetched | None:
        """What the last fetch of a source brought, or None before the first.

        A record that cannot be read counts as a fetch that failed: the source is asked again at the next refresh, and
        until then its indicators keep their last figures.
        """
        path = self._fetched(source)
        if not path.exists():
            return None
        try:
            return _read(path, _FETCHED)
        except ThindicatorsError as problem:
            return Fetched(
                source=source,
                checked="",
                roles={},
                failure=str(problem),
                facts=FailureFacts(FailureKind.OWN_SYSTEMS, source),
            )

    def load_all(self, fetched: Fetched) -> dict[str, Snapshot]:
        """The snapshots of a fetch, by role."""
        snapshots = {}
        for role, receipt in fetched.roles.items():
            snapshots[role] = self.load(role, receipt)
        return snapshots

    def _is_here(self, sha256: str) -> bool:
        path = self._bytes(sha256)
        return path.exists() or self.bring(path)

    def _bytes(self, sha256: str) -> Path:
        return self.folder / "bytes" / sha256[:2] / sha256

    def _request(self, receipt: Receipt) -> Path:
        # An address may be longer than a file's name, and hold letters that no name may.
        request = receipt.request.encode()
        key = hashlib.sha256(request).hexdigest()
        return self.folder / "requests" / f"{key}.json"

    def _fetched(self, source: str) -> Path:
        return self.folder / "fetched" / f"{source}.json"


def by_role(snapshots: Iterable[Snapshot]) -> dict[str, Snapshot]:
    """Snapshots by the part they play.

    Raises:
        ValueError: If two play the same part.
    """
    snapshot_of: dict[str, Snapshot] = {}
    for snapshot in snapshots:
        if snapshot.role in snapshot_of:
            raise ValueError(f"two snapshots play the part {snapshot.role!r}")
        snapshot_of[snapshot.role] = snapshot
    return snapshot_of


def receipt_rows(receipts: Iterable[Receipt]) -> Iterator[dict[str, object]]:
    """Receipts as rows of a published table, each bytes once, without the validators."""
    seen = set()
    for receipt in sorted(receipts, key=_source_and_request):
        if receipt.sha256 in seen:
            continue
        seen.add(receipt.sha256)
        row = asdict(receipt)
        # Validators are between this client and the publisher's server, and say nothing of the figures.
        del row["etag"], row["last_modified"]
        yield row


def _source_and_request(receipt: Receipt) -> tuple[str, ...]:
    return (
        receipt.source,
        receipt.url,
        receipt.body,
        receipt.sha256,
    )


def timestamp(moment: datetime) -> str:
    """A moment as receipts write it: ISO 8601 in UTC, to the second."""
    in_utc = moment.astimezone(UTC)
    return in_utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(path: Path, kind: TypeAdapter[Kept]) -> Kept:
    try:
        return kind.validate_json(path.read_bytes())
    except ValidationError as problem:
        raise ThindicatorsError(
            f"{path} is damaged: {problem.errors()[0]['msg']}. Delete it and refresh."
        ) from problem
    except OSError as problem:
        raise ThindicatorsError(f"{path} cannot be read. {why(problem)}") from problem
