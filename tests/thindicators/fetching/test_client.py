from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.support import NOW, closed_port
from thindicators.errors import FetchError
from thindicators.fetching.attempts import Manners
from thindicators.fetching.client import Client
from thindicators.fetching.hosts import Hosts, Visits
from thindicators.fetching.snapshots import SnapshotStore
from thindicators.fetching.transport import live_session
from thindicators.plan.model import Source

BASE = "https://publisher.example"
MANNERS = Manners(connect_timeout=1, read_timeout=0.5, attempts=3, first_wait=0.01, longest_wait=5)

Make = Callable[..., Client]


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def hosts(tmp_path: Path) -> Hosts:
    return Hosts(tmp_path / "hosts")


@pytest.fixture
def client(httpserver: HTTPServer, store: SnapshotStore, hosts: Hosts, slept: list[float]) -> Make:
    def make(
        secrets: Mapping[str, str] | None = None, inbox: Path | None = None, base: str = ""
    ) -> Client:
        source = Source(
            id="a_source",
            module="sources.ncmp",
            title="A source",
            publisher="A publisher",
            homepage=BASE,
            addresses={"publisher": BASE},
            licence="ogl",
            attribution="A publisher",
            release_months=[1],
            expected_release="January",
            largest_body_mb=0.1,
            seconds_between_requests=0,
        )
        visits = Visits(hosts, source.seconds_between_requests, 60, slept.append)
        session = live_session(
            source, {"publisher": base or httpserver.url_for("").rstrip("/")}, visits
        )
        given = secrets or {}
        return Client(
            source,
            "live",
            session,
            store,
            lambda: NOW,
            given,
            inbox,
            manners=MANNERS,
            sleep=slept.append,
            visits=visits,
        )

    return make


def in_turn(server: HTTPServer, path: str, *responses: Response) -> None:
    for response in responses:
        server.expect_ordered_request(path).respond_with_response(response)


def test_an_answer_is_kept_with_the_publishers_own_address(
    client: Make, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/data", query_string="area=E09000030,E12000007").respond_with_data(
        "figures", content_type="text/csv"
    )
    snapshot = client().get(
        "data", f"{BASE}/data", {"area": "E09000030,E12000007"}, release="July 2026"
    )
    assert snapshot.content == b"figures"
    assert snapshot.receipt.url == f"{BASE}/data?area=E09000030,E12000007"
    assert snapshot.receipt.media_type == "text/csv"
    assert snapshot.receipt.retrieved == "2026-11-22T10:15:00Z"
    assert snapshot.receipt.release == "July 2026"


def test_the_user_agent_names_the_project(client: Make, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/data").respond_with_data("figures")
    client().get("data", f"{BASE}/data")
    assert httpserver.log[0][0].headers["User-Agent"].startswith("thindicators/")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_trouble_that_may_pass_is_tried_again(
    client: Make, httpserver: HTTPServer, status: int
) -> None:
    in_turn(
        httpserver,
        "/data",
        Response("no", status),
        Response("no", status),
        Response("figures", 200),
    )
    assert client().get("data", f"{BASE}/data").content == b"figures"


def test_trouble_that_lasts_is_told(client: Make, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/data").respond_with_data("down for repairs", status=503)
    with pytest.raises(FetchError, match=r"HTTP 503 SERVICE UNAVAILABLE \(3 attempts\)"):
        client().get("data", f"{BASE}/data")
    assert len(httpserver.log) == 3


def test_the_publishers_wish_to_wait_is_honoured(
    client: Make, httpserver: HTTPServer, slept: list[float]
) -> None:
    in_turn(
        httpserver, "/data", Response("slower", 429, {"Retry-After": "4"}), Response("figures", 200)
    )
    client().get("data", f"{BASE}/data")
    assert slept == [4]


def test_a_wait_longer_than_our_patience_ends_the_fetch(
    client: Make, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/data").respond_with_data(
        "no", status=429, headers={"Retry-After": "3600"}
    )
    with pytest.raises(FetchError, match="Retry-After: 3600"):
        client().get("data", f"{BASE}/data")
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_told_at_once_with_the_publishers_words(
    client: Make, httpserver: HTTPServer, status: int
) -> None:
    httpserver.expect_request("/data").respond_with_data("no such thing", status=status)
    with pytest.raises(FetchError, match=rf"HTTP {status}.*no such thing"):
        client().get("data", f"{BASE}/data")
    assert len(httpserver.log) == 1


def test_a_body_larger_than_the_sources_limit_is_refused(
    client: Make, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/data").respond_with_data(b"x" * 200_000)
    with pytest.raises(FetchError, match=r"larger than 0\.1 MB"):
        client().get("data", f"{BASE}/data")


def test_a_small_body_that_unpacks_to_a_large_one_is_refused(
    client: Make, httpserver: HTTPServer
) -> None:
    packed = gzip.compress(b"0" * 10_000_000)
    assert len(packed) < 100_000
    httpserver.expect_request("/data").respond_with_data(
        packed, headers={"Content-Encoding": "gzip"}
    )
    with pytest.raises(FetchError, match=r"larger than 0\.1 MB"):
        client().get("data", f"{BASE}/data")


def test_a_compressed_body_that_cannot_be_opened_is_refused(
    client: Make, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/data").respond_with_data(
        b"no gzip at all", headers={"Content-Encoding": "gzip"}
    )
    with pytest.raises(FetchError, match="cannot be opened"):
        client().get("data", f"{BASE}/data")


def test_a_redirect_within_the_publishers_address_is_followed(
    client: Make, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/old").respond_with_data(
        "", status=302, headers={"Location": "/new"}
    )
    httpserver.expect_request("/new").respond_with_data("figures")
    assert client().get("data", f"{BASE}/old").content == b"figures"


def test_a_redirect_to_another_host_is_refused(client: Make, httpserver: HTTPServer) -> None:
    away = {"Location": "https://sign-in.example/login"}
    httpserver.expect_request("/data").respond_with_data("", status=302, headers=away)
    with pytest.raises(
        FetchError, match=r"sign-in\.example is not among the source's addresses"
    ) as problem:
        client().get("data", f"{BASE}/data")
    assert (
        "the line “at_sign_in_example: https://sign-in.example” under `addresses`"
        in problem.value.remedy
    )


def test_no_other_host_is_ever_asked(client: Make) -> None:
    with pytest.raises(FetchError, match="elsewhere"):
        client().get("data", "https://elsewhere.example/data")


def test_a_host_that_only_begins_like_the_publishers_is_another_host(client: Make) -> None:
    with pytest.raises(FetchError, match=r"publisher\.example\.evil"):
        client().get("data", "https://publisher.example.evil/data")


def test_an_answer_that_does_not_come_in_time_is_told(client: Make) -> None:
    given_up = threading.Event()

    def slow(_: Request) -> Response:
        given_up.wait(5)
        return Response("too late")

    with HTTPServer(threaded=True) as own:
        own.expect_request("/data").respond_with_handler(slow)
        with pytest.raises(FetchError, match="no answer in time"):
            client(base=own.url_for("").rstrip("/")).get("data", f"{BASE}/data")
        given_up.set()


def test_a_publisher_that_is_not_there_is_told(client: Make) -> None:
    with pytest.raises(FetchError, match="no connection"):
        client(base=closed_port()).get("data", f"{BASE}/data")


def test_nothing_is_downloaded_twice_where_the_publisher_has_a_validator(
    client: Make, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/data", headers={"If-None-Match": '"1"'}).respond_with_data(
        "", status=304
    )
    httpserver.expect_request("/data").respond_with_data("figures", headers={"ETag": '"1"'})
    first = client().get("data", f"{BASE}/data")
    again = client().get("data", f"{BASE}/data")
    assert again == first
    assert [response.status_code for _, response in httpserver.log] == [200, 304]


def test_a_key_is_sent_and_recorded_nowhere(
    client: Make, httpserver: HTTPServer, store: SnapshotStore
) -> None:
    httpserver.expect_request("/data", query_string="uid=0xsecret").respond_with_data("figures")
    httpserver.expect_request("/table", method="POST").respond_with_data("{}")
    keyed = client({"NOMIS_KEY": "0xsecret"})
    keyed.get("data", f"{BASE}/data", secret_query={"uid": "0xsecret"})
    keyed.post("table", f"{BASE}/table", {"database": "x"}, headers={"APIKey": "0xsecret"})
    assert httpserver.log[1][0].headers["APIKey"] == "0xsecret"
    kept = [path.read_bytes() for path in store.folder.rglob("*") if path.is_file()]
    assert kept
    assert not any(b"0xsecret" in content for content in kept)


def test_a_key_never_reaches_an_error(client: Make, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/data").respond_with_data("the key 0xsecret is wrong", status=401)
    with pytest.raises(FetchError) as error:
        client({"NOMIS_KEY": "0xsecret"}).get(
            "data", f"{BASE}/data", secret_query={"uid": "0xsecret"}
        )
    assert "0xsecret" not in str(error.value)
    assert "[key]" in str(error.value)


def test_an_answer_that_repeats_the_key_is_not_kept(
    client: Make, httpserver: HTTPServer, store: SnapshotStore
) -> None:
    httpserver.expect_request("/data").respond_with_data("you asked with 0xsecret")
    with pytest.raises(FetchError, match="repeats the key"):
        client({"NOMIS_KEY": "0xsecret"}).get("data", f"{BASE}/data")
    assert not (store.folder / "bytes").exists()


def test_what_was_posted_is_in_the_receipt(client: Make, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/query", method="POST", json={"page": 2}).respond_with_data("{}")
    assert client().post("page 2", f"{BASE}/query", {"page": 2}).receipt.body == '{"page": 2}'


def test_returns_are_the_spreadsheets_and_csv_files_of_the_inbox(
    client: Make, tmp_path: Path
) -> None:
    inbox = tmp_path / "returns"
    inbox.mkdir()
    for name in ("b.csv", "a.XLSX", "~$a.xlsx", ".hidden.csv", "notes.txt"):
        (inbox / name).write_bytes(name.encode())
    snapshots = client(inbox=inbox).returns()
    assert [one.role for one in snapshots] == ["a.XLSX", "b.csv"]
    assert snapshots[1].receipt.method == "RETURN"
    assert snapshots[1].receipt.url == "b.csv"


def test_a_return_larger_than_the_limit_is_refused(client: Make, tmp_path: Path) -> None:
    (tmp_path / "large.csv").write_bytes(b"x" * 200_000)
    with pytest.raises(FetchError, match=r"larger than 0\.1 MB"):
        client(inbox=tmp_path).returns()


def raw_publisher(*parts: bytes, again: bytes = b"") -> tuple[str, threading.Thread]:
    """The address of a publisher that puts bytes on the wire as they are, and then the last ones for ever."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listening, contextlib.suppress(OSError):
            connection, _ = listening.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(b"".join(parts))
                while again:
                    connection.sendall(again)
                    time.sleep(0.02)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}", thread


def test_a_body_that_never_ends_though_it_never_pauses_ends_in_time(client: Make) -> None:
    base, publisher = raw_publisher(b"HTTP/1.1 200 OK\r\n\r\n", again=b"x")
    patient = client(base=base)
    patient.manners = replace(MANNERS, body_timeout=0.2)
    with pytest.raises(FetchError, match=r"a body that had not ended after 0\.2 seconds"):
        patient.get("data", f"{BASE}/data")
    publisher.join(5)


def test_headers_that_never_end_are_given_up(client: Make) -> None:
    base, publisher = raw_publisher(b"HTTP/1.1 200 OK\r\nX-Slow: ", again=b"x")
    patient = client(base=base)
    patient.manners = replace(MANNERS, attempts=1)
    with pytest.raises(FetchError, match="no answer in time"):
        patient.get("data", f"{BASE}/data")
    publisher.join(5)


def test_a_body_announced_as_too_large_is_not_awaited(client: Make) -> None:
    base, publisher = raw_publisher(b"HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\nfigures")
    with pytest.raises(FetchError, match=r"larger than 0\.1 MB"):
        client(base=base).get("data", f"{BASE}/data")
    publisher.join(5)


def test_the_endless_body_of_a_redirect_is_not_read(client: Make) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: https://sign-in.example/\r\n\r\n"
    base, publisher = raw_publisher(head, again=b"x" * 100_000)
    with pytest.raises(FetchError, match=r"sign-in\.example is not among the source's addresses"):
        client(base=base).get("data", f"{BASE}/data")
    publisher.join(5)


@pytest.mark.parametrize(
    ("packed", "packing", "said"),
    [
        (gzip.compress(b"figures" * 1000, 0, mtime=0)[:5000], "gzip", "it was cut off"),
        (b"", "gzip", "it was cut off"),
        (
            gzip.compress(gzip.compress(b"figures", mtime=0), mtime=0),
            "gzip, gzip",
            "was not asked for",
        ),
        (b"figures", "br", "was not asked for"),
    ],
)
def test_a_compressed_body_is_opened_whole_or_not_at_all(
    client: Make, httpserver: HTTPServer, packed: bytes, packing: str, said: str
) -> None:
    httpserver.expect_request("/data").respond_with_data(
        packed, headers={"Content-Encoding": packing}
    )
    with pytest.raises(FetchError, match=said):
        client().get("data", f"{BASE}/data")


def test_a_compressed_body_of_several_parts_is_opened(client: Make, httpserver: HTTPServer) -> None:
    packed = gzip.compress(b"fig") + gzip.compress(b"ures")
    httpserver.expect_request("/data").respond_with_data(
        packed, headers={"Content-Encoding": "gzip"}
    )
    assert client().get("data", f"{BASE}/data").content == b"figures"


def test_not_modified_is_no_answer_to_a_question_for_the_whole(
    client: Make, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/data").respond_with_data("", status=304)
    with pytest.raises(FetchError, match="to a question for the whole"):
        client().get("data", f"{BASE}/data")


def test_a_redirect_that_cannot_be_read_is_refused(client: Make) -> None:
    base, publisher = raw_publisher(
        b"HTTP/1.1 302 Found\r\nLocation: //[\r\nContent-Length: 0\r\n\r\n"
    )
    with pytest.raises(FetchError, match="headers that cannot be read"):
        client(base=base).get("data", f"{BASE}/data")
    publisher.join(5)


ODD_ETAGS = [
    pytest.param(b'"caf\xe9"', id="with a letter that no header can send"),
    pytest.param(b'"' + b"x" * 9000 + b'"', id="longer than servers take"),
    pytest.param(b"\x01\x02", id="of control characters"),
]


@pytest.mark.parametrize("etag", ODD_ETAGS)
def test_a_validator_that_cannot_be_sent_back_is_not(client: Make, etag: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nETag: " + etag + b"\r\nContent-Length: 7\r\n\r\nfigures"
    for _refresh in range(2):
        base, publisher = raw_publisher(answer)
        assert client(base=base).get("data", f"{BASE}/data").content == b"figures"
        publisher.join(5)


@pytest.mark.parametrize("status", [400, 412, 431])
def test_a_server_that_does_not_take_its_own_validator_back_is_asked_for_the_whole(
    client: Make, httpserver: HTTPServer, status: int
) -> None:
    def answer(request: Request) -> Response:
        if "If-None-Match" in request.headers:
            return Response("no", status)
        return Response("figures", headers={"ETag": "W/ odd"})

    httpserver.expect_request("/data").respond_with_handler(answer)
    for _refresh in range(2):
        assert client().get("data", f"{BASE}/data").content == b"figures"
    assert [response.status_code for _, response in httpserver.log] == [200, status, 200]


class TestWhatIsToldOfAnErrorPage:
    KEY = "0xsecret/with+signs"

    @pytest.mark.parametrize(
        "repeated",
        [KEY, "0xsecret%2Fwith%2Bsigns", "0xsecret%2fwith", "0xsecret/with+si"],
        ids=["as it is", "as in an address", "in small letters and cut", "cut"],
    )
    @pytest.mark.parametrize("before", [0, 280, 290, 299, 4090])
    def test_holds_no_part_of_a_key_wherever_it_is_cut(
        self, client: Make, httpserver: HTTPServer, repeated: str, before: int
    ) -> None:
        page = f"{'x' * before}{repeated}"
        httpserver.expect_request("/data").respond_with_data(page, status=403)
        with pytest.raises(FetchError) as problem:
            client({"NOMIS_KEY": self.KEY}).get("data", f"{BASE}/data")
        assert "0xse" not in str(problem.value)

    def test_holds_no_part_of_a_key_that_comes_in_two_parts(self, client: Make) -> None:
        head = b"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunks = b"8\r\n0xsecret\r\nb\r\n/with+signs\r\n0\r\n\r\n"
        base, publisher = raw_publisher(head + chunks)
        with pytest.raises(FetchError) as problem:
            client({"NOMIS_KEY": self.KEY}, base=base).get("data", f"{BASE}/data")
        assert "0xse" not in str(problem.value)
        publisher.join(5)

    def test_holds_no_key_of_its_status_line(self, client: Make) -> None:
        reason = f"{'x' * 70}{self.KEY}".encode()
        base, publisher = raw_publisher(
            b"HTTP/1.1 403 " + reason + b"\r\nContent-Length: 0\r\n\r\n"
        )
        with pytest.raises(FetchError) as problem:
            client({"NOMIS_KEY": self.KEY}, base=base).get("data", f"{BASE}/data")
        assert "0xse" not in str(problem.value)
        publisher.join(5)


def test_a_replaced_address_that_needs_no_proxy_is_asked_without(
    client: Make, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/data").respond_with_data("figures")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, closed_port())
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "localhost,127.0.0.1")
    assert client().get("data", f"{BASE}/data").content == b"figures"


def test_a_publisher_that_needs_no_proxy_may_be_replaced_by_an_address_that_does(
    client: Make, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/data").respond_with_data("figures, through the proxy")
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, httpserver.url_for("").rstrip("/"))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "publisher.example")
    replaced = client(base="http://mirror.example")
    assert replaced.get("data", f"{BASE}/data").content == b"figures, through the proxy"


def test_a_host_that_keeps_silent_is_not_waited_for_between_two_attempts(
    client: Make, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A queue that is full: whatever else wants to connect hears nothing.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as silent:
        address = silent.getsockname()
        with socket.socket() as first, socket.socket() as second:
            for caller in (first, second):
                caller.setblocking(False)
                caller.connect_ex(address)
            hasty = client(base=f"http://127.0.0.1:{address[1]}")
            hasty.manners = replace(MANNERS, connect_timeout=0.2)
            with pytest.raises(FetchError, match="none in time"):
                hasty.get("data", f"{BASE}/data")
    assert slept == [0.0]
