"""How requests travel: to a source's own addresses and no others, to what stands in for them, or to a sample.

What belongs here: sessions and their adapters. Patience, limits and receipts belong in `http`.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from http.client import HTTPException
from typing import Any, cast
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.utils import select_proxy
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from thindicators.fetching.answers import Answers, AnswersAdapter
from thindicators.fetching.hosts import Visits, host_of
from thindicators.plan.model import Source


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _in_time(self, super()._new_conn)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        return _promptly(self, super().getresponse)


class _SecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _in_time(self, super()._new_conn)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        return _promptly(self, super().getresponse)


def _in_time(connection: HTTPConnection, connect: Callable[[], socket.socket]) -> socket.socket:
    """A connection within its timeout, which is otherwise meant for each address of a name alone.

    And for the question which addresses a name has there is none at all, so that a thread must wait for the answer.
    """
    made: Future[socket.socket] = Future()

    def run() -> None:
        try:
            made.set_result(connect())
        except BaseException as problem:
            made.set_exception(problem)

    threading.Thread(target=run, daemon=True).start()
    if not wait([made], connection.timeout).done:
        made.add_done_callback(_close)
        raise urllib3.exceptions.ConnectTimeoutError(
            connection, f"no connection in {connection.timeout} seconds"
        )
    return made.result()


def _close(made: Future[socket.socket]) -> None:
    if made.exception() is None:
        made.result().close()


def _promptly(connection: HTTPConnection, getresponse: Callable[[], HTTPResponse]) -> HTTPResponse:
    """All headers within the connection's timeout, which is otherwise meant for each byte alone."""
    late = threading.Event()

    def hang_up() -> None:
        late.set()
        with contextlib.suppress(OSError, AttributeError):
            cast(socket.socket, connection.sock).shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(connection.timeout or threading.TIMEOUT_MAX, hang_up)
    watch.daemon = True
    watch.start()
    try:
        response = getresponse()
    except (OSError, HTTPException):
        if not late.is_set():
            raise
    finally:
        watch.cancel()
    if late.is_set():
        raise TimeoutError("the headers took too long")
    return response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class NetworkAdapter(HTTPAdapter):
    """Sends requests over the network, and waits neither for slow headers nor for what comes with a redirect.

    Every request is a visit to the host that is really called, a redirect's too.
    """

    def __init__(self, visits: Visits) -> None:
        self._visits = visits
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pool of connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> ProxyManager:
        """The pool of connections through a proxy."""
        manager: ProxyManager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(  # type: ignore[override]
        self,
        request: requests.PreparedRequest,
        proxies: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> requests.Response:
        """Send one request; the body of a redirect, which `requests` would read to its end, is cut off.

        Raises:
            NoConnectionError: If the host cannot be reached.
        """
        url = request.url or ""
        proxy = select_proxy(url, dict(proxies or {}))
        host, proxy_host = host_of(url), host_of(proxy) if proxy else ""
        self._visits.begin(host, proxy_host)
        try:
            response = super().send(request, proxies=proxies, **kwargs)
        except requests.exceptions.ConnectionError as problem:
            reason, is_of_proxy = _no_connection(problem)
            if not reason:
                raise
            unreachable = proxy_host if is_of_proxy else host
            raise self._visits.hosts.no_connection(unreachable, reason) from None
        self._visits.hosts.connected(host, proxy_host)
        if response.is_redirect:
            response.close()
        return response


def _no_connection(problem: requests.exceptions.ConnectionError) -> tuple[str, bool]:
    """Why there is no connection, and whether it is the proxy that gives none; no reason if there was one."""
    cause = problem.args[0] if problem.args else None
    cause = cause.reason if isinstance(cause, urllib3.exceptions.MaxRetryError) else cause
    if not isinstance(cause, urllib3.exceptions.ProxyError):
        return _reason(cause), False
    if reason := _reason(cause.original_error):
        return f"not even to the proxy that HTTPS_PROXY or HTTP_PROXY names: {reason}", True
    return f"the proxy says “{cause.original_error}”", False


def _reason(cause: object) -> str:
    if isinstance(cause, urllib3.exceptions.NameResolutionError):
        return "its name has no address"
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        if isinstance(cause.__cause__, ConnectionRefusedError):
            return "it was refused"
        return getattr(cause.__cause__, "strerror", None) or "there is no way to it"
    if isinstance(cause, urllib3.exceptions.ConnectTimeoutError):
        return "none in time"
    return ""


class RewritingAdapter(NetworkAdapter):
    """Sends requests for a publisher's base address to another one, such as a server on loopback."""

    def __init__(self, base: str, replacement: str, visits: Visits) -> None:
        super().__init__(visits)
        self._base, self._replacement = base, replacement

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, **kwargs: Any
    ) -> requests.Response:
        """Send one request to the replacement."""
        asked = request.url or ""
        request.url = self._replacement + asked.removeprefix(self._base)
        try:
            response = super().send(request, **kwargs)
        finally:
            request.url = asked
        response.url = asked
        return response


class UndeclaredAddressError(requests.exceptions.InvalidURL):
    """A request for an address that the source does not name, such as where it was redirected to.

    Attributes:
        base: The address without its path.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        super().__init__(f"{host} is not among the source's addresses")
        self.base = f"{parts.scheme}://{host}"

    def line_of_yaml(self) -> str:
        """What would let the source ask there, as a line under `addresses`."""
        name = re.sub(r"[^a-z0-9]+", "_", self.base.partition("://")[2].lower()).strip("_")
        return f"at_{name}: {self.base}"


class _UndeclaredAdapter(BaseAdapter):
    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        raise UndeclaredAddressError(request.url or "")

    def close(self) -> None:
        pass


def live_session(source: Source, replaced: Mapping[str, str], visits: Visits) -> requests.Session:
    """A session that reaches the source's own addresses and no others.

    Args:
        source: Whose addresses may be called.
        replaced: Other base addresses by name, from settings.
        visits: To the hosts, of the client that uses the session.
    """
    adapters: dict[str, BaseAdapter] = {
        base: RewritingAdapter(base, replaced[name], visits)
        if name in replaced
        else NetworkAdapter(visits)
        for name, base in source.addresses.items()
    }
    return _session(adapters)


def sample_session(source: Source, answers: Answers) -> requests.Session:
    """A session that answers from a sample, at the source's own addresses and no others."""
    return _session({base: AnswersAdapter(answers) for base in source.addresses.values()})


def _session(adapters: Mapping[str, BaseAdapter]) -> requests.Session:
    session = requests.Session()
    session.trust_env = True
    session.adapters.clear()
    for prefix in ("https://", "http://"):
        session.mount(prefix, _UndeclaredAdapter())
    for base, adapter in adapters.items():
        session.mount(f"{base}/", adapter)
    return session
