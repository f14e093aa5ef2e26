"""How requests travel: to a source's own addresses and no others, to what stands in for them, or to a sample.

What belongs here: sessions and their adapters. Patience, limits and receipts belong in `client`.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from thindicators.fetching import exchange
from thindicators.fetching.answers import Answers, AnswersAdapter
from thindicators.fetching.hosts import Visits, host_of
from thindicators.plan.model import Source


class _TimedConnection(HTTPConnection):
    """A connection each of whose steps has the time that the pool gives it, from its first letter to its last."""

    def connect(self) -> None:
        exchange.allow(self.timeout)
        super().connect()
        # What was asked must now be taken, however long the connection took.
        exchange.allow(self.timeout)

    def _new_conn(self) -> socket.socket:
        try:
            return exchange.connected_in_time(super()._new_conn, self.timeout)
        except TimeoutError as problem:
            raise urllib3.exceptions.ConnectTimeoutError(self, str(problem)) from None

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        # A connection that was used before has not been watched by this exchange.
        exchange.watch(cast(socket.socket, self.sock))
        exchange.allow(self.timeout)
        response = super().getresponse()
        exchange.refuse_late()
        return response


class _TimedSecureConnection(_TimedConnection, HTTPSConnection):
    """The same, encrypted."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _TimedSecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class TimedAdapter(HTTPAdapter):
    """Sends requests over the network, each step of them within its timeout, as part of an `Exchange`."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pool of connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> ProxyManager:
        """The pool of connections through a proxy."""
        manager: ProxyManager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class NetworkAdapter(TimedAdapter):
    """Sends requests to publishers, and does not wait for what comes with a redirect.

    Every request is a visit to the host that is really called, a redirect's too.
    """

    def __init__(self, visits: Visits) -> None:
        self._visits = visits
        super().__init__()

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
            missing = _missing_connection(problem)
            if missing is None:
                raise
            unreachable = proxy_host if missing.is_of_proxy else host
            raise self._visits.hosts.no_connection(
                unreachable, missing.reason, missing.was_silent
            ) from None
        finally:
            # What follows, such as the turn at the host of a redirect, has a time of its own.
            exchange.rest()
        self._visits.hosts.connected(host, proxy_host)
        if response.is_redirect:
            response.close()
        return response


@dataclass(frozen=True)
class _MissingConnection:
    """Why there is no connection, whether it is the proxy that gives none, and whether it did not even refuse."""

    reason: str
    is_of_proxy: bool = False
    was_silent: bool = False


def _missing_connection(
    problem: requests.exceptions.ConnectionError,
) -> _MissingConnection | None:
    """Why there is no connection; None if there was one."""
    cause = problem.args[0] if problem.args else None
    # The libraries wrap the error of a connection once for their attempts, and once for a proxy.
    if isinstance(cause, urllib3.exceptions.MaxRetryError):
        cause = cause.reason
    if isinstance(cause, urllib3.exceptions.ProxyError):
        return _missing_through_proxy(cause.original_error)
    reason = _reason(cause)
    if not reason:
        return None
    return _MissingConnection(reason, was_silent=_is_silence(cause))


def _missing_through_proxy(cause: Exception) -> _MissingConnection:
    reason = _reason(cause)
    if not reason:
        return _MissingConnection(f"the proxy says “{cause}”")
    return _MissingConnection(
        f"not even to the proxy that HTTPS_PROXY or HTTP_PROXY names: {reason}",
        is_of_proxy=True,
        was_silent=_is_silence(cause),
    )


def _is_silence(cause: object) -> bool:
    return isinstance(cause, urllib3.exceptions.ConnectTimeoutError)


def _reason(cause: object) -> str:
    if isinstance(cause, urllib3.exceptions.NameResolutionError):
        return "its name has no address"
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        origin = cause.__cause__
        if isinstance(origin, ConnectionRefusedError):
            return "it was refused"
        words = getattr(origin, "strerror", None)
        return words or "there is no way to it"
    if isinstance(cause, urllib3.exceptions.ConnectTimeoutError):
        return "none in time"
    return ""


class RewritingAdapter(NetworkAdapter):
    """Sends requests for a publisher's base address to another one, such as a server on loopback."""

    def __init__(self, base: str, replacement: str, visits: Visits) -> None:
        super().__init__(visits)
        self._base = base
        self._replacement = replacement

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, **kwargs: Any
    ) -> requests.Response:
        """Send one request to the replacement."""
        asked = request.url or ""
        path = asked.removeprefix(self._base)
        request.url = self._replacement + path
        # Whether there is a proxy on the way was found out for the publisher's own address.
        kwargs["proxies"] = get_environ_proxies(request.url)
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
        # Whoever asks for it may be told so: the host only, since the rest may hold a name or a key.
        super().__init__(f"{host} is not among the source's addresses")
        self.base = f"{parts.scheme}://{host}"

    def line_of_yaml(self) -> str:
        """What would let the source ask there, as a line under `addresses`."""
        _, _, host = self.base.partition("://")
        name = re.sub(r"[^a-z0-9]+", "_", host.lower())
        return f"at_{name.strip('_')}: {self.base}"


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
    adapters: dict[str, BaseAdapter] = {}
    for name, base in source.addresses.items():
        if name in replaced:
            adapters[base] = RewritingAdapter(base, replaced[name], visits)
        else:
            adapters[base] = NetworkAdapter(visits)
    return _session(adapters)


def sample_session(source: Source, answers: Answers) -> requests.Session:
    """A session that answers from a sample, at the source's own addresses and no others."""
    adapter = AnswersAdapter(answers)
    return _session(dict.fromkeys(source.addresses.values(), adapter))


def _session(adapters: Mapping[str, BaseAdapter]) -> requests.Session:
    session = requests.Session()
    session.trust_env = True
    session.adapters.clear()
    for prefix in ("https://", "http://"):
        session.mount(prefix, _UndeclaredAdapter())
    for base, adapter in adapters.items():
        session.mount(f"{base}/", adapter)
    return session
