"""Exchanges: a question to a server and its answer, within a time, wherever in them the server dawdles.

What belongs here: shutting connections when time is up. How long each part of an exchange may take is said by whoever
asks: `client` for publishers, `thindicators.telling.alerts` for mail servers and webhooks.

The timeout of a socket is meant for each read alone. A server that sends a letter now and then, in its certificate, a
header, the size of a chunk or a trailer, would hold whoever asks it for ever. So every connection that is made within
an exchange is watched; when the time is up, all are shut, and whatever read was waiting ends.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextvars import ContextVar, Token
from types import TracebackType

_CURRENT: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


class Exchange:
    """One exchange, for as long as it is entered; it belongs to the thread that entered it.

    Attributes:
        is_late: Whether its time was up before it ended.
    """

    def __init__(self) -> None:
        self.is_late = False
        self._sockets: list[socket.socket] = []
        self._timer: threading.Timer | None = None
        self._guard = threading.Lock()
        self._token: Token[Exchange | None] | None = None

    def __enter__(self) -> Exchange:
        self._token = _CURRENT.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.rest()
        if self._token is not None:
            _CURRENT.reset(self._token)
        # Duplicates only: a connection that may be used again stays open.
        with self._guard:
            for watched in self._sockets:
                watched.close()
            self._sockets.clear()

    def allow(self, seconds: float | None) -> None:
        """From now on, allow so many seconds, whatever was left before; for ever, if None."""
        self.rest()
        if seconds is None:
            return
        self._timer = threading.Timer(seconds, self._hang_up)
        self._timer.daemon = True
        self._timer.start()

    def rest(self) -> None:
        """Let the time stand still until the next `allow`."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    def watch(self, connection: socket.socket) -> None:
        """Shut a connection, too, when the time is up."""
        # A duplicate stays usable when the socket itself is taken over by encryption.
        duplicate = os.dup(connection.fileno())
        watched = socket.socket(fileno=duplicate)
        with self._guard:
            self._sockets.append(watched)
            if self.is_late:
                _shut(watched)

    def _hang_up(self) -> None:
        with self._guard:
            self.is_late = True
            for watched in self._sockets:
                _shut(watched)


def allow(seconds: float | None) -> None:
    """Allow the exchange that is under way so many seconds from now on."""
    if exchange := _CURRENT.get():
        exchange.allow(seconds)


def rest() -> None:
    """Let the time of the exchange that is under way stand still."""
    if exchange := _CURRENT.get():
        exchange.rest()


def refuse_late() -> None:
    """Refuse what came of an exchange that was shut: headers that were cut off look like those that have ended.

    Raises:
        TimeoutError: If the time of the exchange that is under way was up.
    """
    exchange = _CURRENT.get()
    if exchange is not None and exchange.is_late:
        raise TimeoutError("the exchange took too long")


def watch(connection: socket.socket) -> None:
    """Shut a connection when the time of the exchange that is under way is up."""
    if exchange := _CURRENT.get():
        exchange.watch(connection)


def connected_in_time(connect: Callable[[], socket.socket], seconds: float | None) -> socket.socket:
    """A connection, watched; made in a thread, since a question for the addresses of a name has no timeout.

    Raises:
        TimeoutError: If there is none in time.
        OSError: If there is none.
    """
    made: Future[socket.socket] = Future()

    def run() -> None:
        try:
            made.set_result(connect())
        except BaseException as problem:
            made.set_exception(problem)

    threading.Thread(target=run, daemon=True).start()
    if not wait([made], seconds).done:
        made.add_done_callback(_close)
        raise TimeoutError(f"no connection in {seconds} seconds")
    connection = made.result()
    watch(connection)
    return connection


def _close(made: Future[socket.socket]) -> None:
    """Close a connection that nobody waits for any more."""
    if made.exception() is None:
        connection = made.result()
        connection.close()


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
