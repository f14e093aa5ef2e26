"""A publisher that dawdles: whatever comes letter by letter ends with the time that it has."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from tests.support import NOW
from thindicators.errors import FailureKind, FetchError
from thindicators.fetching.attempts import Manners
from thindicators.fetching.client import Client
from thindicators.fetching.exchange import Exchange, connected_in_time
from thindicators.fetching.hosts import Hosts, Visits
from thindicators.fetching.snapshots import SnapshotStore
from thindicators.fetching.transport import live_session
from thindicators.plan.model import Plan

BASE = "https://publisher.example"
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
HASTY = Manners(
    connect_timeout=0.5, read_timeout=0.5, body_timeout=0.5, attempts=1, first_wait=0.01
)


@pytest.fixture
def ended() -> Iterator[threading.Event]:
    """Set when the test is over, so that no publisher of it goes on."""
    over = threading.Event()
    yield over
    over.set()


@pytest.fixture
def dawdling(ended: threading.Event) -> Callable[..., str]:
    """Makes a publisher that sends some bytes at once, and others again and again; its address."""

    def publisher(first: bytes, again: bytes, *, waits_for_question: bool = True) -> str:
        listening = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            with listening, contextlib.suppress(OSError):
                connection, _ = listening.accept()
                with connection:
                    if waits_for_question:
                        connection.recv(1 << 16)
                    connection.sendall(first)
                    while not ended.wait(0.02):
                        connection.sendall(again)

        threading.Thread(target=serve, daemon=True).start()
        return f"127.0.0.1:{listening.getsockname()[1]}"

    return publisher


@pytest.fixture
def client_of(plan: Plan, store: SnapshotStore, tmp_path: Path) -> Callable[..., Client]:
    def make(address: str, manners: Manners = HASTY) -> Client:
        source = plan.sources["ncmp"].model_copy(update={"addresses": {"publisher": BASE}})
        visits = Visits(Hosts(tmp_path / "hosts"), 0, 60, lambda _seconds: None)
        return Client(
            source,
            "live",
            live_session(source, {"publisher": address}, visits),
            store,
            lambda: NOW,
            manners=manners,
            sleep=lambda _seconds: None,
            visits=visits,
        )

    return make


def failure(client: Client) -> FetchError:
    with pytest.raises(FetchError) as problem:
        client.get("data", f"{BASE}/data")
    return problem.value


class TestABodyThatNeverEnds:
    @pytest.mark.parametrize(
        ("first", "again"),
        [
            pytest.param(OK + CHUNKED, b"0", id="in the line with a chunk's size"),
            pytest.param(OK + CHUNKED + b"3;", b"x", id="in a chunk's extension"),
            pytest.param(OK + CHUNKED + b"3\r\na,b\r\n0\r\n", b"X: y\r\n", id="in its trailers"),
            pytest.param(OK + CHUNKED + b"ffff\r\n", b"x", id="in a chunk"),
            pytest.param(OK + b"Content-Length: 99999\r\n\r\n", b"x", id="of a known length"),
            pytest.param(OK + b"\r\n", b"x", id="of no known length"),
            pytest.param(
                OK + b"Content-Encoding: gzip\r\n" + CHUNKED, b"0", id="packed, in a chunk's size"
            ),
        ],
    )
    def test_is_given_up_and_nothing_of_it_is_kept(
        self,
        dawdling: Callable[..., str],
        client_of: Callable[..., Client],
        store: SnapshotStore,
        first: bytes,
        again: bytes,
    ) -> None:
        problem = failure(client_of(f"http://{dawdling(first, again)}"))
        assert problem.kind is FailureKind.TOO_SLOW
        assert "a body that had not ended after 0.5 seconds" in str(problem)
        assert not (store.folder / "bytes").exists()

    def test_is_given_up_for_an_error_page_too_which_is_told_as_far_as_it_came(
        self, dawdling: Callable[..., str], client_of: Callable[..., Client]
    ) -> None:
        page = b"HTTP/1.1 404 Not Found\r\n" + CHUNKED + b"4\r\ngone\r\n"
        problem = failure(client_of(f"http://{dawdling(page, b'0')}"))
        assert (problem.kind, problem.status) == (FailureKind.ERROR_ANSWER, 404)
        assert "gone" in str(problem)


class TestAnAnswerThatNeverBegins:
    @pytest.mark.parametrize(
        "first",
        [
            pytest.param(b"HTTP/1.1 2", id="in the status line"),
            pytest.param(OK + b"X-Slow: ", id="in a header"),
        ],
    )
    def test_is_given_up(
        self, dawdling: Callable[..., str], client_of: Callable[..., Client], first: bytes
    ) -> None:
        problem = failure(client_of(f"http://{dawdling(first, b'0')}"))
        assert problem.kind is FailureKind.TOO_SLOW
        assert "no answer in time" in str(problem)

    def test_is_given_up_in_the_greeting_of_an_encrypted_connection(
        self, dawdling: Callable[..., str], client_of: Callable[..., Client]
    ) -> None:
        # A record of the handshake that announces 16 kB, and then comes letter by letter.
        address = dawdling(b"\x16\x03\x03\x40\x00", b"\x02")
        problem = failure(client_of(f"https://{address}"))
        assert problem.kind in (FailureKind.TOO_SLOW, FailureKind.UNREACHABLE)

    def test_is_given_up_in_a_proxys_word_that_there_is_a_way(
        self,
        dawdling: Callable[..., str],
        client_of: Callable[..., Client],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        proxy = dawdling(b"HTTP/1.1 200 Connection established\r\nX-Slow: ", b"x")
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://{proxy}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        problem = failure(client_of("https://192.0.2.1"))
        assert problem.kind in (FailureKind.TOO_SLOW, FailureKind.UNREACHABLE)


class TestACertificateThatCannotBeTrusted:
    def test_is_looked_at_once(
        self, client_of: Callable[..., Client], ended: threading.Event
    ) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
        greeted = []
        listening = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            with listening, contextlib.suppress(OSError):
                while not ended.is_set():
                    connection, _ = listening.accept()
                    greeted.append(connection.getsockname())
                    with connection, contextlib.suppress(OSError):
                        context.wrap_socket(connection, server_side=True).close()

        threading.Thread(target=serve, daemon=True).start()
        patient = replace(HASTY, connect_timeout=5, attempts=5)
        address = f"https://127.0.0.1:{listening.getsockname()[1]}"
        problem = failure(client_of(address, patient))
        assert problem.kind is FailureKind.UNTRUSTED
        assert "a certificate that cannot be trusted" in str(problem)
        assert len(greeted) == 1


class TestAConnection:
    def test_that_comes_too_late_is_closed(self) -> None:
        may_connect = threading.Event()
        ours, theirs = socket.socketpair()

        def connect() -> socket.socket:
            may_connect.wait(5)
            return ours

        with pytest.raises(TimeoutError):
            connected_in_time(connect, 0.05)
        may_connect.set()
        theirs.settimeout(5)
        assert theirs.recv(1) == b""

    def test_that_is_made_when_the_time_is_up_already_is_shut_at_once(self) -> None:
        ours, theirs = socket.socketpair()
        with Exchange() as exchange:
            exchange.allow(0)
            theirs.settimeout(5)
            exchange.watch(ours)
            assert theirs.recv(1) == b""
        assert exchange.is_late

    def test_of_an_exchange_that_ended_in_time_stays_open(self) -> None:
        ours, theirs = socket.socketpair()
        with Exchange() as exchange:
            exchange.allow(5)
            exchange.watch(ours)
        theirs.sendall(b"x")
        assert ours.recv(1) == b"x"
        assert not exchange.is_late
