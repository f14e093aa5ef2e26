"""Asking publishers: politely, patiently, and only at the addresses a source declares.

What belongs here: the one client that every source module uses, its retries, its limits and its secrets. Which request
to make, and what an answer must look like, belongs in `sources`.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests
import tenacity
import urllib3
from urllib3.util import Retry

from thindicators import __version__
from thindicators.errors import FetchError, UnreachableError
from thindicators.fetching.bodies import (
    ACCEPTED,
    BodyError,
    TooLargeError,
    read_body,
    start_of_body,
)
from thindicators.fetching.hosts import NoConnectionError, Visits
from thindicators.fetching.snapshots import Receipt, Snapshot, SnapshotStore, timestamp
from thindicators.fetching.transport import UndeclaredAddressError
from thindicators.plan.model import Source
from thindicators.safe_text import why_refused

USER_AGENT = f"thindicators/{__version__} (open indicators of the Tower Hamlets Partnership Plan)"
_RETURNED = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The media types of files that people hand in, by their suffix."""

RETRIED = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How patiently publishers are asked, in seconds unless said otherwise.

    Attributes:
        read_timeout: Until all headers have come, and then between any two parts of the body.
        body_timeout: Until the whole body has come.
        turn_timeout: Until nobody else asks the same host, in this run or another.
    """

    connect_timeout: float = 10
    read_timeout: float = 60
    body_timeout: float = 900
    turn_timeout: float = 7200
    attempts: int = 5
    first_wait: float = 2
    longest_wait: float = 120
    contact: str = ""


class _AgainError(Exception):
    """An attempt failed in a way that may pass; says after how many seconds to try again, if the publisher said."""

    def __init__(self, came: str, after: float | None = None) -> None:
        super().__init__(came)
        self.after = after


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
        inbox: The folder of returns that people handed in.
        visits: To hosts, those of the session; None where it calls none.
    """

    source: Source
    edition: str
    session: requests.Session
    store: SnapshotStore
    now: Callable[[], datetime]
    secrets: Mapping[str, str] = field(default_factory=dict)
    inbox: Path | None = None
    manners: Manners = Manners()
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
        """The files in the inbox, in the order of their names, each as a snapshot.

        Raises:
            FetchError: If a file cannot be read or is larger than the source allows.
        """
        if self.inbox is None or not self.inbox.is_dir():
            return []
        files = [path for path in self.inbox.iterdir() if _is_returned(path)]
        # Spreadsheet programs leave files of such names beside one that is open.
        returns = [path for path in files if not path.name.startswith((".", "~"))]
        return [self._keep_return(path) for path in sorted(returns)]

    def _keep_return(self, path: Path) -> Snapshot:
        try:
            is_too_large = path.stat().st_size > self._limit
            content = b"" if is_too_large else path.read_bytes()
        except OSError as problem:
            came = f"it cannot be read ({problem.strerror})"
            raise self._failed(path.name, came, "check the file.") from problem
        if is_too_large:
            came = f"it is larger than {self.source.largest_body_mb:g} MB"
            raise self._failed(path.name, came, "split the return.")
        media_type = _RETURNED[path.suffix.lower()]
        receipt = self._receipt("RETURN", path.name, b"", content, media_type, "")
        return self.store.keep(path.name, content, receipt)

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
        validators = _validators(before)
        request = requests.Request(
            method,
            _with_query(url, secret_query),
            data=body or None,
            headers={
                "User-Agent": self._user_agent,
                "Accept-Encoding": ACCEPTED,
                **validators,
                **(headers or {}),
            },
        )
        status, received, content = self._patiently(url, request)
        if status == 304:
            if before is None or not validators:
                came = "HTTP 304, “not modified”, to a question for the whole"
                raise self._failed(url, came, "try again later.")
            return self.store.load(role, before)
        self._refuse_secrets(url, content)
        media_type = received.get("Content-Type", "")
        receipt = self._receipt(method, url, body, content, media_type, release, received)
        return self.store.keep(role, content, receipt)

    def _refuse_secrets(self, url: str, content: bytes) -> None:
        """Snapshots are never deleted, and others may be given them, so that none may repeat a key."""
        for secret in filter(None, self.secrets.values()):
            if secret.encode() in content:
                came = "an answer that repeats the key it was asked with"
                raise self._failed(url, came, "report this to the publisher.")

    def _patiently(
        self, url: str, request: requests.Request
    ) -> tuple[int, Mapping[str, str], bytes]:
        manners = self.manners
        backing_off = tenacity.wait_exponential_jitter(
            multiplier=manners.first_wait, max=manners.longest_wait
        )

        def wait(state: tenacity.RetryCallState) -> float:
            problem = state.outcome.exception() if state.outcome else None
            asked = problem.after if isinstance(problem, _AgainError) else None
            return min(backing_off(state) if asked is None else asked, manners.longest_wait)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_AgainError),
            stop=tenacity.stop_after_attempt(manners.attempts),
            wait=wait,
            sleep=self.sleep,
            before=lambda state: self._say(f"attempt {state.attempt_number} of {manners.attempts}"),
            before_sleep=self._say_when_next,
            reraise=True,
        )
        try:
            answer: tuple[int, Mapping[str, str], bytes] = retrying(self._once, url, request)
            return answer
        except _AgainError as problem:
            raise self._failed(
                url,
                f"{problem} ({self.manners.attempts} attempts)",
                "try again later; if it lasts, look at the publisher's site.",
            ) from None
        finally:
            if self.visits is not None:
                self.visits.end()

    def _say(self, words: str) -> None:
        if self.visits is not None:
            self.visits.say(words)

    def _say_when_next(self, state: tenacity.RetryCallState) -> None:
        came = state.outcome.exception() if state.outcome else None
        following = f"attempt {state.attempt_number + 1} of {self.manners.attempts}"
        self._say(
            self._without_secrets(f"{came}; {following} in {state.upcoming_sleep:.0f} seconds")
        )

    def _once(self, url: str, request: requests.Request) -> tuple[int, Mapping[str, str], bytes]:
        timeout = (self.manners.connect_timeout, self.manners.read_timeout)
        try:
            prepared = self.session.prepare_request(request)
            proxies = self.session.merge_environment_settings(prepared.url, {}, True, None, None)
            with self.session.send(prepared, timeout=timeout, **proxies) as response:
                if response.status_code in RETRIED:
                    raise self._again(url, response)
                if response.status_code not in (200, 304):
                    start = start_of_body(response, self.manners.read_timeout)
                    raise self._failed(
                        url,
                        f"{_status_line(response)} {start!r}",
                        "see whether the publisher has moved this address.",
                    )
                content = b"" if response.status_code == 304 else self._read(url, response)
                return response.status_code, response.headers, content
        except NoConnectionError as problem:
            if not problem.is_final:
                raise _AgainError(str(problem)) from None
            where = self._without_secrets(url)
            raise UnreachableError(
                self.source.id,
                host=problem.host,
                why=problem.why,
                where=where,
            ) from None
        except requests.exceptions.InvalidURL as problem:
            raise self._failed(
                url, f"a redirect elsewhere: {problem}", _how_to_go_there(problem, self.source.id)
            ) from None
        except requests.exceptions.TooManyRedirects:
            raise self._failed(
                url, "redirects without end", "see whether the publisher has moved."
            ) from None
        except (
            requests.exceptions.RequestException,
            urllib3.exceptions.HTTPError,
            OSError,
        ) as problem:
            raise _AgainError(_plain_problem(problem)) from None
        except ValueError:
            raise self._failed(
                url, "headers that cannot be read", "see what a browser gets there."
            ) from None

    def _again(self, url: str, response: requests.Response) -> Exception:
        asked = response.headers.get("Retry-After")
        try:
            after = Retry().parse_retry_after(asked) if asked else None
        except urllib3.exceptions.InvalidHeader:
            after = None
        if after is not None and after > self.manners.longest_wait:
            return self._failed(
                url,
                f"{_status_line(response)} and “Retry-After: {asked}”",
                "try again after that time.",
            )
        return _AgainError(_status_line(response), after)

    def _read(self, url: str, response: requests.Response) -> bytes:
        try:
            return read_body(response, self._limit, self.manners.body_timeout)
        except TooLargeError:
            raise self._failed(
                url,
                f"a body larger than {self.source.largest_body_mb:g} MB",
                f"if that is right, raise largest_body_mb in sources/{self.source.id}.yaml.",
            ) from None
        except BodyError as problem:
            raise self._failed(url, str(problem), "try again later.") from None

    @property
    def _limit(self) -> int:
        return int(self.source.largest_body_mb * 1_000_000)

    @property
    def _user_agent(self) -> str:
        return f"{USER_AGENT[:-1]}; {self.manners.contact})" if self.manners.contact else USER_AGENT

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
                came = f"“{text[:100]}”, and {why}"
                raise self._failed(url, came, "look at the publisher's answer.")
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

    def _failed(self, where: str, came: str, remedy: str) -> FetchError:
        return FetchError(
            self.source.id,
            expected="an answer",
            came=self._without_secrets(came),
            where=self._without_secrets(where),
            remedy=remedy,
        )

    def _without_secrets(self, text: str) -> str:
        for secret in filter(None, self.secrets.values()):
            text = text.replace(secret, "[key]")
        return text


def _is_returned(path: Path) -> bool:
    """Whether this is a file that may be read: no folder, and no link, pipe or device that never ends."""
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
    return {name: value for name, value in asked.items() if value}


def _how_to_go_there(problem: requests.exceptions.InvalidURL, source: str) -> str:
    if not isinstance(problem, UndeclaredAddressError):
        return "see whether the publisher has moved."
    return (
        f"find out whether that host is the publisher's, or keeps its files. If so, add the line "
        f"“{problem.line_of_yaml()}” under `addresses` in sources/{source}.yaml; if not, see whether it has moved."
    )


def _status_line(response: requests.Response) -> str:
    return f"HTTP {response.status_code} {(response.reason or '')[:80]}".strip()


def _plain_problem(problem: Exception) -> str:
    # In this order: some of the first are kinds of the last.
    words: list[tuple[type[Exception], str]] = [
        (requests.exceptions.SSLError, "a certificate that cannot be trusted"),
        (requests.exceptions.ConnectTimeout, "no connection in time"),
        (requests.exceptions.ReadTimeout, "no answer in time"),
        (urllib3.exceptions.ReadTimeoutError, "no answer in time"),
        (urllib3.exceptions.ProtocolError, "an answer cut off in the middle"),
        (requests.exceptions.ChunkedEncodingError, "an answer cut off in the middle"),
        (requests.exceptions.ConnectionError, "no connection"),
    ]
    for kind, text in words:
        if isinstance(problem, kind):
            return text
    return type(problem).__name__
