"""Attempts: one question, asked until an answer comes or patience ends.

What belongs here: how patiently a publisher is asked, which troubles may pass, and what is said of those that do not.
What is asked, and what becomes of the answer, belongs in `client`; how requests travel in `transport`.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import requests
import tenacity
import urllib3
from urllib3.util import Retry

from thindicators.errors import FailureKind, FetchError, UnreachableError
from thindicators.fetching.bodies import BodyError, TooLargeError, read_body, start_of_body
from thindicators.fetching.exchange import Exchange
from thindicators.fetching.hosts import NoConnectionError, Visits
from thindicators.fetching.redaction import Redaction
from thindicators.fetching.transport import UndeclaredAddressError
from thindicators.plan.model import Source

RETRIED = frozenset({429, 500, 502, 503, 504})
"""The answers that may be others in a while."""

_REFUSALS = frozenset({401, 402, 403, 407, 429, 451})
"""The answers that refuse whoever asks, or how often they ask; any other is an error."""

_QUOTED = 300
_QUOTED_OF_A_HEADER = 80
"""How many letters of what came are told."""

_TROUBLES = (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError)


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How patiently publishers are asked, in seconds unless said otherwise.

    Attributes:
        connect_timeout: Until there is a connection, encrypted if it is to be, and the request is sent. Long enough
            for a lost first packet to be sent twice more.
        read_timeout: Until all headers have come, and then between any two parts of the body.
        body_timeout: Until the whole body has come.
        turn_timeout: Until nobody else asks the same host, in this run or another.
        council: Whose indicators are asked for, told with every request; empty if nobody said.
        contact: An address that publishers can write to, told with every request; empty for none.
    """

    connect_timeout: float = 5
    read_timeout: float = 60
    body_timeout: float = 900
    turn_timeout: float = 7200
    attempts: int = 5
    first_wait: float = 2
    longest_wait: float = 120
    council: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Received:
    """An answer: its status, its headers, and its body, whole."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)


class _AgainError(Exception):
    """An attempt failed in a way that may pass.

    Attributes:
        kind: What the public is told, if it does not pass.
        status: The status number of the answer; 0 if there was none.
        after: After how many seconds to try again; None for the usual wait.
    """

    def __init__(
        self, came: str, kind: FailureKind, *, status: int = 0, after: float | None = None
    ) -> None:
        super().__init__(came)
        self.kind, self.status, self.after = kind, status, after


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """The attempts of one client.

    Attributes:
        source: Whose limits apply, and which is named when none succeeds.
        session: How requests travel.
        redaction: Which keeps keys out of what is told.
        visits: To hosts, those of the session; None where it calls none.
    """

    source: Source
    session: requests.Session
    redaction: Redaction
    manners: Manners = Manners()
    sleep: Callable[[float], None] = time.sleep
    visits: Visits | None = None

    @property
    def largest_body(self) -> int:
        """In bytes."""
        return int(self.source.largest_body_mb * 1_000_000)

    def answer_to(self, url: str, request: requests.Request) -> Received:
        """The answer to a question.

        Args:
            url: As it is told, without secrets.
            request: As it is sent.

        Raises:
            FetchError: If no good answer came.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_AgainError),
            stop=tenacity.stop_after_attempt(self.manners.attempts),
            wait=self._wait,
            sleep=self.sleep,
            before=self._say_which,
            before_sleep=self._say_when_next,
            reraise=True,
        )
        try:
            received: Received = retrying(self._once, url, request)
            return received
        except _AgainError as problem:
            raise self.failed(
                url,
                f"{problem} ({self.manners.attempts} attempts)",
                "try again later; if it lasts, look at the publisher's site.",
                problem.kind,
                problem.status,
            ) from None
        finally:
            if self.visits is not None:
                self.visits.end()

    def failed(
        self, where: str, came: str, remedy: str, kind: FailureKind, status: int = 0
    ) -> FetchError:
        """The error that something else came than an answer that can be kept."""
        return FetchError(
            self.source.id,
            expected="an answer",
            came=self.redaction.of(came),
            where=self.redaction.of(where),
            remedy=remedy,
            kind=kind,
            status=status,
        )

    def _wait(self, state: tenacity.RetryCallState) -> float:
        longest = self.manners.longest_wait
        problem = _problem_of(state)
        if isinstance(problem, _AgainError) and problem.after is not None:
            return min(problem.after, longest)
        backing_off = tenacity.wait_exponential_jitter(
            multiplier=self.manners.first_wait,
            max=longest,
        )
        return min(backing_off(state), longest)

    def _say_which(self, state: tenacity.RetryCallState) -> None:
        self._say(self._attempt(state.attempt_number))

    def _say_when_next(self, state: tenacity.RetryCallState) -> None:
        came = _problem_of(state)
        following = self._attempt(state.attempt_number + 1)
        words = f"{came}; {following} in {state.upcoming_sleep:.0f} seconds"
        self._say(self.redaction.of(words))

    def _attempt(self, number: int) -> str:
        return f"attempt {number} of {self.manners.attempts}"

    def _say(self, words: str) -> None:
        if self.visits is not None:
            self.visits.say(words)

    def _once(self, url: str, request: requests.Request) -> Received:
        with Exchange() as exchange:
            try:
                return self._received(url, request, exchange)
            except _TROUBLES as problem:
                if exchange.is_late:
                    raise _AgainError("no answer in time", FailureKind.TOO_SLOW) from None
                raise self._told(url, problem) from None
            except NoConnectionError as problem:
                raise self._without_connection(url, problem) from None
            except ValueError:
                raise self.failed(
                    url,
                    "headers that cannot be read",
                    "see what a browser gets there.",
                    FailureKind.BROKEN_ANSWER,
                ) from None

    def _received(self, url: str, request: requests.Request, exchange: Exchange) -> Received:
        timeout = (self.manners.connect_timeout, self.manners.read_timeout)
        prepared = self.session.prepare_request(request)
        proxies = self.session.merge_environment_settings(prepared.url, {}, True, None, None)
        with self.session.send(prepared, timeout=timeout, **proxies) as response:
            if response.status_code == 304:
                return Received(304, response.headers, b"")
            if response.status_code == 200:
                content = self._body(url, response, exchange)
                return Received(200, response.headers, content)
            if response.status_code in RETRIED:
                raise self._again(url, response)
            exchange.allow(self.manners.read_timeout)
            start = self.redaction.shortened(start_of_body(response), _QUOTED)
            raise self.failed(
                url,
                f"{self._status_line(response)} {start!r}",
                "see whether the publisher has moved this address.",
                _kind_of(response.status_code),
                response.status_code,
            )

    def _body(self, url: str, response: requests.Response, exchange: Exchange) -> bytes:
        exchange.allow(self.manners.body_timeout)
        try:
            content = read_body(response, self.largest_body)
        except TooLargeError:
            raise self.failed(
                url,
                f"a body larger than {self.source.largest_body_mb:g} MB",
                f"if that is right, raise largest_body_mb in sources/{self.source.id}.yaml.",
                FailureKind.TOO_LARGE,
            ) from None
        except (BodyError, *_TROUBLES) as problem:
            if exchange.is_late:
                raise self._late(url) from None
            if isinstance(problem, BodyError):
                raise self._unopened(url, problem) from None
            raise
        # A body without a length that was cut off for being late looks like one that has ended.
        if exchange.is_late:
            raise self._late(url)
        return content

    def _late(self, url: str) -> FetchError:
        came = f"a body that had not ended after {self.manners.body_timeout:g} seconds"
        return self.failed(url, came, "try again later.", FailureKind.TOO_SLOW)

    def _unopened(self, url: str, problem: BodyError) -> FetchError:
        # The name of a way of packing is a header's, and may be of any length.
        came = self.redaction.shortened(str(problem), _QUOTED)
        return self.failed(url, came, "try again later.", FailureKind.BROKEN_ANSWER)

    def _again(self, url: str, response: requests.Response) -> Exception:
        asked = response.headers.get("Retry-After")
        try:
            after = Retry().parse_retry_after(asked) if asked else None
        except urllib3.exceptions.InvalidHeader:
            after = None
        came, kind = self._status_line(response), _kind_of(response.status_code)
        if after is None or after <= self.manners.longest_wait:
            return _AgainError(came, kind, status=response.status_code, after=after)
        return self.failed(
            url,
            f"{came} and “Retry-After: {asked}”",
            "try again after that time.",
            kind,
            response.status_code,
        )

    def _status_line(self, response: requests.Response) -> str:
        reason = response.reason or ""
        shown = self.redaction.shortened(reason, _QUOTED_OF_A_HEADER)
        return f"HTTP {response.status_code} {shown}".strip()

    def _without_connection(self, url: str, problem: NoConnectionError) -> Exception:
        if problem.is_final:
            return UnreachableError(
                self.source.id,
                host=problem.host,
                why=problem.why,
                where=self.redaction.of(url),
            )
        # A host that keeps silent has made us wait already.
        after = 0.0 if problem.was_silent else None
        return _AgainError(str(problem), FailureKind.UNREACHABLE, after=after)

    def _told(self, url: str, problem: Exception) -> Exception:
        """What is said of a trouble on the way to an answer; whether it may pass shows in the kind of error."""
        if isinstance(problem, requests.exceptions.InvalidURL):
            came = f"a redirect elsewhere: {problem}"
            remedy = _how_to_go_there(problem, self.source.id)
            return self.failed(url, came, remedy, FailureKind.REDIRECTED)
        if isinstance(problem, requests.exceptions.TooManyRedirects):
            remedy = "see whether the publisher has moved."
            return self.failed(url, "redirects without end", remedy, FailureKind.REDIRECTED)
        # Asking again would only show the same certificate.
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(problem)):
            return self.failed(
                url,
                "a certificate that cannot be trusted",
                "see what a browser says of that address. If it is a proxy of your own that answers there, name its "
                "certificate in the variable REQUESTS_CA_BUNDLE.",
                FailureKind.UNTRUSTED,
            )
        for trouble in _PASSING:
            if isinstance(problem, trouble.errors):
                return _AgainError(trouble.words, trouble.kind)
        return _AgainError(type(problem).__name__, FailureKind.BROKEN_ANSWER)


@dataclass(frozen=True)
class _Trouble:
    """A trouble that may pass: by which errors it is known, and what is said of it."""

    errors: tuple[type[Exception], ...]
    words: str
    kind: FailureKind


# In this order: some of the first are kinds of the last.
_PASSING = (
    _Trouble(
        (requests.exceptions.SSLError,),
        "an encryption that failed",
        FailureKind.UNREACHABLE,
    ),
    _Trouble(
        (requests.exceptions.ConnectTimeout,),
        "no connection in time",
        FailureKind.UNREACHABLE,
    ),
    _Trouble(
        (requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError),
        "no answer in time",
        FailureKind.TOO_SLOW,
    ),
    _Trouble(
        (urllib3.exceptions.ProtocolError, requests.exceptions.ChunkedEncodingError),
        "an answer cut off in the middle",
        FailureKind.BROKEN_ANSWER,
    ),
    _Trouble(
        (requests.exceptions.ConnectionError,),
        "no connection",
        FailureKind.UNREACHABLE,
    ),
)


def _problem_of(state: tenacity.RetryCallState) -> BaseException | None:
    if state.outcome is None:
        return None
    return state.outcome.exception()


def _kind_of(status: int) -> FailureKind:
    return FailureKind.REFUSED if status in _REFUSALS else FailureKind.ERROR_ANSWER


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """An error and those that it is made of, as the libraries on the way to it wrap each other's."""
    yield problem
    inner = (problem.__cause__, getattr(problem, "reason", None), *problem.args)
    for cause in inner:
        if isinstance(cause, BaseException):
            yield from _causes(cause)


def _how_to_go_there(problem: requests.exceptions.InvalidURL, source: str) -> str:
    if not isinstance(problem, UndeclaredAddressError):
        return "see whether the publisher has moved."
    return (
        f"find out whether that host is the publisher's, or keeps its files. If so, add the line "
        f"“{problem.line_of_yaml()}” under `addresses` in sources/{source}.yaml; if not, see whether it has moved."
    )
