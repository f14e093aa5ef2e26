"""Hosts: what the clients of one run know together about the hosts that they call.

What belongs here: whose turn it is at a host, how long it is left alone between two requests, whether it can be reached
at all, and for which of them somebody is waiting. How requests travel belongs in `transport`, how patiently a publisher
is asked in `attempts`.

A host is a name with a port, as it is really called: where settings put another address in a publisher's place, that
address. Where a proxy stands between, turns are those of the host behind it; but if the proxy itself gives no
connection, that is remembered of the proxy, and so of every host behind it.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from thindicators.errors import ThindicatorsError
from thindicators.storage.files import why

_TWICE = 2
"""How often in a row a host may give no connection; after that it is not asked again in the same run."""

_USUAL_PORTS = {"http": 80, "https": 443}


class NoConnectionError(Exception):
    """A host gave no connection.

    Attributes:
        host: The host, or the proxy on the way to it.
        why: It gave none.
        is_final: Whether it is not asked again in this run.
        was_silent: Whether it did not even refuse one.
    """

    def __init__(self, host: str, reason: str, *, is_final: bool, was_silent: bool = False) -> None:
        super().__init__(f"no connection: {reason}")
        self.host = host
        self.why = reason
        self.is_final = is_final
        self.was_silent = was_silent


@dataclass(frozen=True)
class _Wait:
    """What a client waits for at a host, and since when."""

    words: str
    since: float


@dataclass(frozen=True)
class _Failures:
    """How often in a row a host gave no connection, and why it did not the last time."""

    times: int
    reason: str


_NO_FAILURES = _Failures(0, "")


@dataclass
class Hosts:
    """What the clients of one run share.

    Attributes:
        folder: Of the locks by which a host has one visitor at a time, whichever run the visitor is of.
    """

    folder: Path
    _asked: dict[str, float] = field(default_factory=dict)
    _failures: dict[str, _Failures] = field(default_factory=dict)
    _waits: dict[str, _Wait] = field(default_factory=dict)
    _said_before: set[str] = field(default_factory=set)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def long_waits(self, seconds: float) -> list[str]:
        """What has been waited for longer than this, in words; the same words once in a run."""
        before = time.monotonic() - seconds
        new = []
        with self._guard:
            for host, waiting in self._waits.items():
                line = f"waiting for {host}: {waiting.words}"
                is_long = waiting.since < before
                if is_long and line not in self._said_before:
                    new.append(line)
            self._said_before.update(new)
        return new

    def take_turn(self, host: str, patience: float) -> FileLock:
        """Wait until nobody else asks a host; whoever has the turn releases it.

        Raises:
            ThindicatorsError: If it does not come in time, or the disk refuses the lock.
        """
        # A port follows a colon, which not every disk takes in a name.
        name = re.sub(r"[^a-z0-9.-]", "_", host)
        lock = FileLock(self.folder / name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=patience)
        except Timeout:
            raise ThindicatorsError(
                f"{host} has been asked by another run for {patience:g} seconds, and is asked by one at a time. "
                "Run again when the other run has ended."
            ) from None
        except OSError as problem:
            raise ThindicatorsError(
                f"{self.folder} could not be locked. {why(problem)}"
            ) from problem
        return lock

    def pause_before(self, host: str, seconds: float) -> float:
        """How long a host must still be left alone; from then on it counts as asked."""
        now = time.monotonic()
        last = self._asked.get(host)
        turn = now
        if last is not None:
            turn = max(now, last + seconds)
        # As if it were asked already: whoever comes next waits for this one as well.
        self._asked[host] = turn
        return turn - now

    def refuse_unreachable(self, host: str) -> None:
        """Refuse to ask again what gave no connection before.

        Raises:
            NoConnectionError: If it did not, as often as a host is asked.
        """
        failures = self._failures.get(host, _NO_FAILURES)
        if failures.times >= _TWICE:
            raise NoConnectionError(host, failures.reason, is_final=True)

    def no_connection(self, host: str, reason: str, was_silent: bool = False) -> NoConnectionError:
        """Remember that a host gave no connection; the error that says so."""
        with self._guard:
            before = self._failures.get(host, _NO_FAILURES)
            times = before.times + 1
            self._failures[host] = _Failures(times, reason)
        return NoConnectionError(
            host,
            reason,
            is_final=times >= _TWICE,
            was_silent=was_silent,
        )

    def connected(self, *hosts: str) -> None:
        """Remember that these hosts gave a connection."""
        # Only what fails twice in a row is unreachable.
        with self._guard:
            for host in hosts:
                self._failures.pop(host, None)

    def wait_for(self, host: str, words: str) -> None:
        """Remember that somebody waits for a host, and for what."""
        waiting = _Wait(words, time.monotonic())
        with self._guard:
            self._waits[host] = waiting

    def stop_waiting(self, host: str) -> None:
        """Remember that nobody waits for a host any more."""
        with self._guard:
            self._waits.pop(host, None)


@dataclass
class Visits:
    """One client's visits: to one host at a time, so that no two clients wait for each other.

    A visit lasts until the next one begins or this one is ended, over the pauses between attempts: a host that asks
    one client to come again later is not asked by another client in the meantime.

    Attributes:
        hosts: What the clients of this run share.
        seconds_between: How long a host is left alone between two requests.
        patience: The longest wait for a turn, in seconds.
        sleep: What passes the time between two requests.
    """

    hosts: Hosts
    seconds_between: float
    patience: float
    sleep: Callable[[float], None]
    _host: str = ""
    _turn: FileLock | None = None
    _words: str = ""

    def begin(self, host: str, proxy: str = "") -> None:
        """Visit a host: wait for the turn and for the pause between two requests.

        Args:
            host: As `host_of` names it.
            proxy: The host of the proxy on the way, if there is one.

        Raises:
            NoConnectionError: If it is known that there is no way to it.
            ThindicatorsError: If the turn does not come.
        """
        # Leaving first: whoever kept one host while waiting for another could wait for ever.
        if host != self._host:
            self.end()
            self._turn = self.hosts.take_turn(host, self.patience)
            self._host = host
        self.hosts.refuse_unreachable(host)
        if proxy:
            self.hosts.refuse_unreachable(proxy)
        self.hosts.wait_for(host, self._words)
        pause = self.hosts.pause_before(host, self.seconds_between)
        if pause:
            self.sleep(pause)

    def say(self, words: str) -> None:
        """Say what the client waits for, at this host and those after it."""
        self._words = words
        if self._host:
            self.hosts.wait_for(self._host, words)

    def end(self) -> None:
        """Leave the host, if the client is at one."""
        if self._turn is not None:
            self.hosts.stop_waiting(self._host)
            self._turn.release()
        self._host = ""
        self._turn = None


def host_of(url: str) -> str:
    """The name of the host that an address is at, with its port if that is not the usual one."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    usual_port = _USUAL_PORTS.get(parts.scheme)
    if parts.port in (None, usual_port):
        return name
    return f"{name}:{parts.port}"
