"""Asking publishers: politely, patiently, and only at the addresses a source declares.

What belongs here: the one client that every source module uses, and what becomes of an answer. How often and how long a
publisher is asked belongs in `attempts`; which request to make, and what an answer must look like, in `sources`.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests

from thindicators import __version__
from thindicators.errors import FailureKind, FetchError
from thindicators.fetching.attempts import Attempts, Manners, Received
from thindicators.fetching.bodies import ACCEPTED
from thindicators.fetching.hosts import Visits
from thindicators.fetching.redaction import Redaction
from thindicators.fetching.snapshots import (
    PRACTICE,
    RETURN,
    Receipt,
    Snapshot,
    SnapshotStore,
    timestamp,
)
from thindicators.plan.model import Source
from thindicators.safe_text import why_refused

USER_AGENT = f"thindicators/{__version__}"
_RETURNED = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The media types of files that people hand in, by their suffix."""

_ASKED_AGAIN_WHOLE = frozenset({400, 412, 431})
"""The answers of a server that does not take its own validators back."""

_VALIDATOR = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,254}[\x21-\x7e])?")
"""What can be sent back: a header of another server may hold any byte, at any length."""

_QUOTED = 100


@dataclass
class Client:
    """Asks one source's publisher and keeps every answer as a snapshot.

    Attributes:
        source: Whose addresses, limits and licence apply.
        edition: `live` or `sample`.
        session: How requests travel: one of `thindicators.fetching.transport`.
        store: Where answers are kept.
        now: The clock, for receipts.
        secrets: Keys by name, from settings. They travel in headers or parameters and are recorded nowhere.
        inbox: The folder of returns: those that people handed in, or those of a sample.
        practice: The folder of what people handed in to a sample edition; None in the live one.
        visits: To hosts, those of the session; None where it calls none.
    """

    source: Source
    edition: str
    session: requests.Session
    store: SnapshotStore
    now: Callable[[], datetime]
    secrets: Mapping[str, str] = field(default_factory=dict)
    inbox: Path | None = None
    practice: Path | None = None
    manners: Manners = field(default_factory=Manners)
    sleep: Callable[[float], None] = time.sleep
    visits: Visits | None = None

    def get(
        self,
        role: str,
        url: str,
        query: Mapping[str, str] | None = None,
        *,
        release: str = "",
        secret_query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Snapshot:
        """Ask with GET.

        Args:
            role: What to call the answer.
            url: The publisher's own address, whatever settings put in its place.
            query: Parameters, recorded in the receipt.
            release: The publisher's words for its release, where known before asking.
            secret_query: Parameters that are sent and never recorded.
            headers: Sent and not recorded.

        Raises:
            FetchError: If no good answer came.
        """
        address = _with_query(url, query)
        return self._ask(role, "GET", address, b"", release, secret_query, headers)

    def post(
        self,
        role: str,
        url: str,
        body: Mapping[str, Any],
        *,
        release: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Snapshot:
        """Ask with POST and a JSON body, which is recorded; `headers` are not.

        Raises:
            FetchError: If no good answer came.
        """
        # Sorted, so that the same question has the same receipt.
        content = json.dumps(body, sort_keys=True).encode()
        typed = {"Content-Type": "application/json", **(headers or {})}
        return self._ask(role, "POST", url, content, release, None, typed)

    def returns(self) -> list[Snapshot]:
        """The files in the inbox, in the order of their names, each as a snapshot; then those to practise on.

        Raises:
            FetchError: If a file cannot be read or is larger than the source allows.
        """
        handed_in = [self._keep_return(path, path.name, RETURN) for path in _returns_in(self.inbox)]
        for path in _returns_in(self.practice):
            # By its own name it might take the place of one of the sample's files.
            handed_in.append(self._keep_return(path, f"practice/{path.name}", PRACTICE))
        return handed_in

    def _keep_return(self, path: Path, role: str, method: str) -> Snapshot:
        try:
            is_too_large = path.stat().st_size > self._attempts.largest_body
            content = b"" if is_too_large else path.read_bytes()
        except OSError as problem:
            came = f"it cannot be read ({problem.strerror})"
            raise self._attempts.failed(
                path.name, came, "check the file.", FailureKind.OWN_SYSTEMS
            ) from problem
        if is_too_large:
            came = f"it is larger than {self.source.largest_body_mb:g} MB"
            raise self._attempts.failed(path.name, came, "split the return.", FailureKind.TOO_LARGE)
        media_type = _RETURNED[path.suffix.lower()]
        receipt = self._receipt(method, role, b"", content, media_type, "")
        return self.store.keep(role, content, receipt)

    def _ask(
        self,
        role: str,
        method: str,
        url: str,
        body: bytes,
        release: str,
        secret_query: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
    ) -> Snapshot:
        asked = self._receipt(method, url, body, b"", "", release)
        # A question that is posted is never asked whether its answer is new: no server is bound to say.
        before = self.store.last_answer(asked) if method == "GET" else None
        request = requests.Request(
            method,
            _with_query(url, secret_query),
            data=body or None,
            headers={
                "User-Agent": self._user_agent,
                "Accept-Encoding": ACCEPTED,
                **(headers or {}),
            },
        )
        received = self._whole_or_not_modified(url, request, _validators(before))
        if received.status == 304 and before is not None:
            return self.store.load(role, before)
        self._refuse_secrets(url, received.content)
        media_type = received.headers.get("Content-Type", "")
        receipt = self._receipt(
            method, url, body, received.content, media_type, release, received.headers
        )
        return self.store.keep(role, received.content, receipt)

    def _whole_or_not_modified(
        self, url: str, request: requests.Request, validators: Mapping[str, str]
    ) -> Received:
        """The answer; that nothing was modified is one only where it was asked."""
        whole = dict(request.headers)
        if validators:
            request.headers = {**whole, **validators}
            try:
                return self._attempts.answer_to(url, request)
            except FetchError as problem:
                if problem.status not in _ASKED_AGAIN_WHOLE:
                    raise
            request.headers = whole
        received = self._attempts.answer_to(url, request)
        if received.status == 304:
            raise self._attempts.failed(
                url,
                "HTTP 304, “not modified”, to a question for the whole",
                "try again later.",
                FailureKind.ERROR_ANSWER,
                received.status,
            )
        return received

    def _refuse_secrets(self, url: str, content: bytes) -> None:
        """Snapshots are never deleted, and others may be given them, so that none may repeat a key."""
        if self._redaction.has_key(content):
            raise self._attempts.failed(
                url,
                "an answer that repeats the key it was asked with",
                "report this to the publisher.",
                FailureKind.ERROR_ANSWER,
            )

    @property
    def _redaction(self) -> Redaction:
        return Redaction(self.secrets)

    @property
    def _attempts(self) -> Attempts:
        return Attempts(
            source=self.source,
            session=self.session,
            redaction=self._redaction,
            manners=self.manners,
            sleep=self.sleep,
            visits=self.visits,
        )

    @property
    def _user_agent(self) -> str:
        council = self.manners.council
        # A header takes plain letters only, whatever a council is called.
        plain = council.encode("ascii", "ignore").decode()
        whose = f"open indicators of {plain}" if plain else "open indicators"
        comment = "; ".join(filter(None, [whose, self.manners.contact]))
        return f"{USER_AGENT} ({comment})"

    def _receipt(
        self,
        method: str,
        url: str,
        body: bytes,
        content: bytes,
        media_type: str,
        release: str,
        headers: Mapping[str, str] | None = None,
    ) -> Receipt:
        # Receipts are published, and these three are the publisher's own letters.
        for text in (url, media_type, release):
            if why := why_refused(text):
                came = f"“{self._redaction.shortened(text, _QUOTED)}”, and {why}"
                raise self._attempts.failed(
                    url, came, "look at the publisher's answer.", FailureKind.UNREADABLE
                )
        return Receipt(
            sha256=hashlib.sha256(content).hexdigest(),
            source=self.source.id,
            edition=self.edition,
            method=method,
            url=url,
            body=body.decode(),
            retrieved=timestamp(self.now()),
            size=len(content),
            media_type=media_type,
            release=release,
            licence=self.source.licence,
            etag=(headers or {}).get("ETag", ""),
            last_modified=(headers or {}).get("Last-Modified", ""),
        )


def _returns_in(folder: Path | None) -> list[Path]:
    """The files of a folder that are handed in, in the order of their names."""
    if folder is None or not folder.is_dir():
        return []
    return sorted(filter(_is_return, folder.iterdir()))


def _is_return(path: Path) -> bool:
    """Whether this is a file that is handed in: no folder, and no link, pipe or device that never ends."""
    # Spreadsheet programs leave files of such names beside one that is open.
    if path.name.startswith((".", "~")):
        return False
    return path.suffix.lower() in _RETURNED and path.is_file() and not path.is_symlink()


def _with_query(url: str, query: Mapping[str, str] | None) -> str:
    if not query:
        return url
    joint = "&" if "?" in url else "?"
    # Not encoded, as publishers write these letters in their own examples.
    return f"{url}{joint}{urlencode(query, safe=',*.')}"


def _validators(before: Receipt | None) -> dict[str, str]:
    """The headers that ask whether anything is newer than an answer that was kept."""
    if before is None:
        return {}
    asked = {"If-None-Match": before.etag, "If-Modified-Since": before.last_modified}
    return {name: value for name, value in asked.items() if _VALIDATOR.fullmatch(value)}
