"""What the clients of one run know together of the hosts they call, over real connections on loopback."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.support import NOW, closed_port
from thindicators.errors import FetchError, ThindicatorsError, UnreachableError
from thindicators.fetching.attempts import Manners
from thindicators.fetching.client import Client
from thindicators.fetching.hosts import Hosts, Visits, host_of
from thindicators.fetching.snapshots import SnapshotStore
from thindicators.fetching.transport import live_session
from thindicators.plan.model import Source

MANNERS = Manners(connect_timeout=0.2, read_timeout=5, attempts=3, first_wait=0.01, longest_wait=5)
PUBLISHERS = {"one": "https://one.example", "other": "https://other.example"}

Make = Callable[..., Client]


@pytest.fixture
def hosts(tmp_path: Path) -> Hosts:
    return Hosts(tmp_path / "hosts")


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def client(store: SnapshotStore, hosts: Hosts, slept: list[float]) -> Make:
    """Makes the client of a source in the same run, or in another with `of_run`."""

    def make(
        source: str = "a_source", seconds_between: float = 0, of_run: Hosts | None = None, **at: str
    ) -> Client:
        spec = Source(
            id=source,
            module="sources.ncmp",
            title="A source",
            publisher="A publisher",
            homepage=PUBLISHERS["one"],
            addresses=PUBLISHERS,
            licence="ogl",
            attribution="A publisher",
            release_months=[1],
            expected_release="January",
        )
        visits = Visits(of_run or hosts, seconds_between, 60, slept.append)
        session = live_session(spec, at, visits)
        return Client(
            spec,
            "live",
            session,
            store,
            lambda: NOW,
            manners=MANNERS,
            sleep=slept.append,
            visits=visits,
        )

    return make


@contextlib.contextmanager
def listening_at(base: str) -> Iterator[HTTPServer]:
    with HTTPServer(port=int(base.rpartition(":")[2])) as server:
        server.expect_request("/data").respond_with_data("figures")
        yield server


def ask(client: Client, publisher: str = "one") -> bytes:
    return client.get("data", f"{PUBLISHERS[publisher]}/data").content


def test_a_host_that_refuses_is_asked_once_more_and_then_by_nobody_in_the_same_run(
    client: Make, slept: list[float], tmp_path: Path
) -> None:
    base = closed_port()
    with pytest.raises(
        UnreachableError, match=r"no connection: it was refused \(asked twice"
    ) as error:
        ask(client(one=base))
    assert len(slept) == 1
    assert (error.value.host, error.value.why) == (host_of(base), "it was refused")
    with listening_at(base) as server:
        with pytest.raises(
            UnreachableError, match=r"another_source: .*it was refused \(asked twice"
        ):
            ask(client("another_source", one=base))
        assert server.log == []
        assert ask(client(one=base, of_run=Hosts(tmp_path / "hosts"))) == b"figures"
    assert len(slept) == 1


def test_what_to_do_is_said_to_the_person_who_can_mend_a_network(client: Make) -> None:
    with pytest.raises(
        UnreachableError,
        match=r"Where: https://one\.example/data\. What to do: see whether a browser",
    ):
        ask(client(one=closed_port()))


def test_a_host_that_is_there_when_asked_once_more_answers(client: Make) -> None:
    base = closed_port()
    asking = client(one=base)
    with contextlib.ExitStack() as stack:

        def meanwhile(_: float) -> None:
            stack.enter_context(listening_at(base))

        asking.sleep = meanwhile
        assert ask(asking) == b"figures"


def test_a_connection_given_in_between_lets_a_host_be_asked_twice_anew(
    client: Make, slept: list[float]
) -> None:
    base = closed_port()
    once = client(one=base)
    once.manners = replace(MANNERS, attempts=1)
    with pytest.raises(FetchError, match=r"it was refused \(1 attempts\)"):
        ask(once)
    with listening_at(base):
        assert ask(client(one=base)) == b"figures"
    with pytest.raises(UnreachableError):
        ask(client(one=base))
    assert len(slept) == 1


def test_a_name_without_an_address_is_asked_for_once_more(client: Make, slept: list[float]) -> None:
    with pytest.raises(UnreachableError, match=r"its name has no address \(asked twice"):
        ask(client(one="http://publisher.invalid"))
    assert len(slept) == 1


def test_a_connection_that_does_not_come_in_time_is_asked_for_once_more(
    client: Make, slept: list[float]
) -> None:
    with full_queue() as base, pytest.raises(UnreachableError, match=r"none in time \(asked twice"):
        ask(client(one=base))
    assert len(slept) == 1


def test_a_name_that_nobody_finds_is_not_waited_for_longer_than_a_connection(
    client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system asks for a name's addresses for as long as it likes; here until the source has given up."""
    has_given_up = threading.Event()

    def no_answer(*_: object, **__: object) -> None:
        assert has_given_up.wait(30)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", no_answer)
    with pytest.raises(UnreachableError, match=r"none in time \(asked twice"):
        ask(client())
    assert not has_given_up.is_set()
    has_given_up.set()


@contextlib.contextmanager
def full_queue() -> Iterator[str]:
    """An address whose queue of connections is full, so that the system lets the next ones wait without a word."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_one_host_away_says_nothing_about_another(client: Make, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/data").respond_with_data("figures")
    asking = client(one=closed_port(), other=httpserver.url_for("").rstrip("/"))
    with pytest.raises(UnreachableError):
        ask(asking)
    assert ask(asking, "other") == b"figures"


def test_a_proxy_that_is_away_is_asked_twice_for_all_hosts_behind_it(
    client: Make, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = closed_port()
    monkeypatch.setenv("HTTPS_PROXY", proxy.replace("//", "//user:secret@"))
    with pytest.raises(UnreachableError, match="not even to the proxy that HTTPS_PROXY") as error:
        ask(client())
    assert error.value.host == host_of(proxy)
    assert "secret" not in str(error.value)
    with pytest.raises(UnreachableError, match="not even to the proxy"):
        ask(client(), "other")
    assert len(slept) == 1


def test_a_host_that_a_proxy_does_not_reach_is_away_alone(
    client: Make, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    with refusing_proxy() as (proxy, asked_for):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        for publisher in ("one", "one", "other"):
            with pytest.raises(UnreachableError, match=r"the proxy says .*503") as error:
                ask(client(), publisher)
            assert error.value.host == f"{publisher}.example"
    assert asked_for == ["one.example:443"] * 2 + ["other.example:443"] * 2
    assert len(slept) == 2


@contextlib.contextmanager
def refusing_proxy() -> Iterator[tuple[str, list[str]]]:
    """A proxy that reaches no host; its address, and the hosts that it was asked for."""
    asked_for: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection:
                        asked_for.append(connection.recv(1 << 16).split()[1].decode())
                        connection.sendall(
                            b"HTTP/1.1 503 No such host\r\nContent-Length: 0\r\n\r\n"
                        )

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked_for
        listening.shutdown(socket.SHUT_RDWR)


def test_one_host_is_never_asked_twice_at_the_same_time(client: Make, tmp_path: Path) -> None:
    """By four sources of one run, and by a run of another process."""
    at_work: list[int] = []
    most: list[int] = []

    def answer(_: Request) -> Response:
        at_work.append(1)
        most.append(len(at_work))
        threading.Event().wait(0.02)
        at_work.pop()
        return Response("figures")

    with HTTPServer(threaded=True) as server:
        server.expect_request("/data").respond_with_handler(answer)
        base = server.url_for("").rstrip("/")
        clients = [client(f"source_{number}", one=base) for number in range(4)]
        clients += [client("of_another_run", one=base, of_run=Hosts(tmp_path / "hosts"))]
        threads = [threading.Thread(target=ask, args=(each,)) for each in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert most == [1] * len(clients)


def test_a_host_that_said_later_to_one_source_is_not_asked_by_another_in_the_meantime(
    client: Make, hosts: Hosts, httpserver: HTTPServer
) -> None:
    httpserver.expect_ordered_request("/data").respond_with_data("no", status=503)
    httpserver.expect_ordered_request("/data").respond_with_data("figures")
    asking = client(one=httpserver.url_for("").rstrip("/"))

    def meanwhile(_: float) -> None:
        with pytest.raises(ThindicatorsError, match="is asked by one at a time"):
            in_thread(lambda: Hosts(hosts.folder).take_turn(host_of(httpserver.url_for("")), 0.1))

    asking.sleep = meanwhile
    assert ask(asking) == b"figures"


def in_thread(run: Callable[[], object]) -> None:
    """Run something as another process would, whose locks are not those of this thread; and raise what it raises."""
    raised: list[Exception] = []

    def guarded() -> None:
        try:
            run()
        except ThindicatorsError as problem:
            raised.append(problem)

    thread = threading.Thread(target=guarded)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


def test_two_sources_of_one_host_leave_it_alone_between_their_requests(
    client: Make, slept: list[float], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/data").respond_with_data("figures")
    base = httpserver.url_for("").rstrip("/")
    ask(client("a_source", 100, one=base))
    ask(client("another_source", 100, one=base))
    assert [90 < seconds <= 100 for seconds in slept] == [True]


def test_what_is_waited_for_is_said_once_for_each_attempt(
    client: Make, hosts: Hosts, httpserver: HTTPServer
) -> None:
    said: list[str] = []

    def answer(_: Request) -> Response:
        said.extend(hosts.long_waits(0) + hosts.long_waits(0))
        return Response("figures", 200 if len(said) == 3 else 503)

    httpserver.expect_request("/data").respond_with_handler(answer)
    asking = client(one=httpserver.url_for("").rstrip("/"))
    asking.manners = replace(MANNERS, longest_wait=0.01)
    asking.sleep = lambda _seconds: said.extend(hosts.long_waits(0))
    ask(asking)
    host = host_of(httpserver.url_for(""))
    assert said == [
        f"waiting for {host}: attempt 1 of 3",
        f"waiting for {host}: HTTP 503 SERVICE UNAVAILABLE; attempt 2 of 3 in 0 seconds",
        f"waiting for {host}: attempt 2 of 3",
    ]
    assert hosts.long_waits(0) == []


def test_a_short_wait_is_not_told(hosts: Hosts) -> None:
    hosts.wait_for("one.example", "attempt 1 of 5")
    assert hosts.long_waits(60) == []


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://One.Example/data?x=1", "one.example"),
        ("https://one.example:443", "one.example"),
        ("http://user:secret@one.example:8080/", "one.example:8080"),
        ("http://one.example:443/", "one.example:443"),
    ],
)
def test_a_host_is_a_name_and_a_port_that_is_not_the_usual_one(url: str, host: str) -> None:
    assert host_of(url) == host
