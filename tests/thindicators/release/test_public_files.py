"""What a release tells the public when something failed: the kind of failure, and no word of the server that failed.

Every file of a release is searched, archives, workbooks and Parquet tables too.
"""

from __future__ import annotations

import io
import itertools
import re
import shutil
import socket
import ssl
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import trustme
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sources import SAMPLES
from tests.support import NOW, QUICK, answer_with, closed_port, module_of, smaller_plan
from thindicators.context import RunContext, open_run_context
from thindicators.errors import FailureKind
from thindicators.fetching.answers import Answers, load_answers
from thindicators.plan.loading import load_plan
from thindicators.refreshing import refresh, witnessing
from thindicators.refreshing.refresh import all_outcomes
from thindicators.refreshing.remake import verify
from thindicators.release.inputs import read_inputs
from thindicators.release.publishing import Release, publish
from thindicators.settings import Settings

HAPPINESS, OVERWEIGHT = "happiness", "year_6_overweight"
SOURCES = ("ons_wellbeing", "ncmp")
WITNESS = "ons_els"
FOREIGN = (
    "proxy01",
    "corp.local",
    "jsmith",
    "10.4.3.2",
    "8841-beef",
    "/srv/",
    "c0ffee",
    "Traceback",
)
"""What an error page or a proxy says of itself and of whoever asks, below."""

DENIED = "Access denied by proxy01.corp.local for CORP\\jsmith from 10.4.3.2; ticket 8841-beef"
TRACEBACK = 'Traceback (most recent call last):\n File "/srv/proxy01/app.py", line 3, in jsmith'
LOGIN = f"<html><title>proxy01.corp.local</title><form>{DENIED}</form></html>"
ERROR_JSON = '{"error": {"message": "jsmith may not", "requestId": "8841-beef", "host": "proxy01"}}'


@dataclass(frozen=True)
class Installation:
    """A live edition of two indicators, one of which has a witness, with publishers on loopback."""

    settings: Settings
    server: HTTPServer

    def open(self, addresses: dict[str, str] | None = None) -> RunContext:
        settings = replace(self.settings, addresses=addresses or self.settings.addresses)
        run_context = open_run_context(settings, SAMPLES, "live", lambda: NOW)
        quick = replace(QUICK, read_timeout=5)
        return replace(run_context, manners=quick, sleep=lambda _seconds: None)

    def answer_well(self) -> None:
        names = (*SOURCES, WITNESS)
        answers = [answer for name in names for answer in load_answers(SAMPLES / name).answers]
        plan = load_plan(self.settings.schemas)
        answer_with(self.server, Answers(NOW.date(), tuple(answers)), plan.addresses)

    def answer_all(self, handler: Callable[[Request], Response]) -> None:
        self.server.clear_all_handlers()
        self.server.expect_request(re.compile("")).respond_with_handler(handler)

    def publish(self, addresses: dict[str, str] | None = None) -> Release:
        """Refresh everything, and publish whatever came of it."""
        run_context = self.open(addresses)
        for source in SOURCES:
            refresh.fetch(run_context, source)
        witnessing.fetch(run_context, WITNESS)
        for indicator in run_context.plan.indicators:
            refresh.read_or_stand(run_context, indicator)
        return self.publish_only(run_context)

    def publish_only(self, run_context: RunContext | None = None) -> Release:
        opened = run_context or self.open()
        outcomes = all_outcomes(opened)
        return publish(opened, outcomes, statements=witnessing.hear(opened))

    def at(self, address: str) -> dict[str, str]:
        """Settings by which all publishers are asked at one address."""
        return dict.fromkeys(self.settings.addresses, address)


@pytest.fixture
def installation(tmp_path: Path, httpserver: HTTPServer) -> Installation:
    """One that has published good figures."""
    schemas = smaller_plan(tmp_path / "schemas", HAPPINESS, OVERWEIGHT)
    addresses = {name: httpserver.url_for(f"/{name}") for name in load_plan(schemas).addresses}
    settings = Settings(schemas, tmp_path / "state", tmp_path / "published", addresses=addresses)
    made = Installation(settings, httpserver)
    made.answer_well()
    made.publish()
    return made


def texts(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """All that a file says, by where it says it: of an archive what is in it, of a table its cells."""
    yield name, content.decode("utf-8", "replace")
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from texts(f"{name}!{member}", archive.read(member))
    if content.startswith(b"PAR1"):
        table = pq.read_table(io.BytesIO(content))
        yield name, f"{table.schema.metadata} {table.to_pylist()}"


def telling(release: Release, *words: str) -> list[str]:
    """Where in a release some words stand."""
    places = []
    for path in sorted(release.folder.rglob("*")):
        if path.is_file():
            for place, text in texts(
                path.relative_to(release.folder).as_posix(), path.read_bytes()
            ):
                places += [f"{place}: {word}" for word in words if word.lower() in text.lower()]
    return places


def reason_of(release: Release, indicator: str = OVERWEIGHT) -> str:
    outcomes = read_inputs(release.folder).outcomes
    return next(outcome.reason for outcome in outcomes if outcome.indicator == indicator)


class TestAReleaseMadeUnderAFailingProxy:
    @pytest.mark.parametrize(
        ("page", "status", "media_type", "reason"),
        [
            (DENIED, 403, "text/plain", "was refused (HTTP status 403)."),
            (DENIED, 407, "text/plain", "was refused (HTTP status 407)."),
            (TRACEBACK, 500, "text/plain", "was answered with an error (HTTP status 500)."),
            (DENIED, 404, "text/plain", "was answered with an error (HTTP status 404)."),
            (ERROR_JSON, 400, "application/json", "was answered with an error (HTTP status 400)."),
            (ERROR_JSON, 200, "application/json", "is not in the form that we know how to read."),
            (LOGIN, 200, "text/html", "is not in the form that we know how to read."),
            (DENIED, 200, "text/csv", "is not in the form that we know how to read."),
        ],
    )
    def test_holds_no_word_of_its_page(
        self, installation: Installation, page: str, status: int, media_type: str, reason: str
    ) -> None:
        installation.answer_all(lambda _: Response(page, status, content_type=media_type))
        release = installation.publish()
        assert release.is_new
        assert telling(release, *FOREIGN) == []
        assert reason_of(release).endswith(reason)
        assert verify(installation.open(), release.folder) == []
        words = refresh.failures(installation.open())["ncmp"]
        # Those who run this are told more; of what is asked again, the status is all that is read.
        assert any(word in words for word in (*FOREIGN, "HTTP 500"))

    @pytest.mark.parametrize(
        ("head", "reason"),
        [
            (
                "HTTP/1.1 302 Found\r\nLocation: http://proxy01.corp.local/login?user=jsmith\r\n",
                "was sent on to an address that we do not know.",
            ),
            ("HTTP/1.1 403 Denied to jsmith by proxy01\r\n", "was refused (HTTP status 403)."),
            (
                "HTTP/1.1 200 OK\r\nContent-Encoding: proxy01-8841-beef\r\n",
                "was incomplete or damaged.",
            ),
            (
                "HTTP/1.1 429 Slower\r\nRetry-After: 99999\r\nX-Host: proxy01\r\n",
                "was refused (HTTP status 429).",
            ),
        ],
    )
    def test_holds_no_word_of_its_headers(
        self, installation: Installation, head: str, reason: str
    ) -> None:
        with answering(f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n") as address:
            release = installation.publish(installation.at(address))
        assert telling(release, *FOREIGN) == []
        assert reason_of(release).endswith(reason)
        assert verify(installation.open(), release.folder) == []

    def test_holds_no_word_of_a_name_without_address(self, installation: Installation) -> None:
        release = installation.publish(installation.at("http://proxy01.corp.local.invalid"))
        assert telling(release, *FOREIGN, ".invalid") == []
        assert reason_of(release).startswith("We could not reach the publisher of “")

    def test_holds_no_port_that_is_closed(self, installation: Installation) -> None:
        closed = closed_port()
        release = installation.publish(installation.at(closed))
        assert telling(release, closed.rpartition("/")[2], "127.0.0.1", "localhost") == []
        assert reason_of(release).startswith("We could not reach the publisher of “")

    def test_holds_no_word_of_a_certificate(self, installation: Installation) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("proxy01.corp.local").configure_cert(context)
        with answering("", context) as address:
            release = installation.publish(installation.at(address))
        assert telling(release, *FOREIGN, "certificate verify", "127.0.0.1") == []
        assert reason_of(release).startswith("We could not be sure that the answer")

    def test_holds_no_word_of_a_proxy_that_lets_nobody_through(
        self, installation: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        with answering("HTTP/1.1 407 Denied to jsmith by proxy01\r\n\r\n") as proxy:
            for name in ("HTTPS_PROXY", "https_proxy"):
                monkeypatch.setenv(name, proxy)
            release = installation.publish(installation.at("https://192.0.2.1"))
        assert telling(release, *FOREIGN, "127.0.0.1", "192.0.2.1") == []
        assert verify(installation.open(), release.folder) == []

    def test_is_not_made_anew_for_the_number_of_a_request(self, installation: Installation) -> None:
        numbers = itertools.count(1)
        installation.answer_all(lambda _: Response(f"Blocked. Id: {next(numbers):08x}", 403))
        made = [installation.publish() for _run in range(4)]
        assert [release.is_new for release in made] == [True, False, False, False]

    def test_is_made_anew_for_another_kind_of_failure(self, installation: Installation) -> None:
        for status in (403, 404):
            installation.answer_all(partial(_refusal, status))
            assert installation.publish().is_new


class TestWhatThisMachineSaid:
    @pytest.fixture
    def own(self, installation: Installation) -> str:
        """The folder of the installation, which stands in its own errors."""
        return str(installation.settings.state.parent)

    def test_of_a_lost_outcome_is_not_published(self, installation: Installation, own: str) -> None:
        (installation.settings.state / "ledger" / f"{OVERWEIGHT}.jsonl").unlink()
        release = installation.publish_only()
        assert telling(release, own) == []
        assert (
            reason_of(release) == "A problem in our own systems kept us from refreshing the data."
        )

    def test_of_a_damaged_outcome_is_not_published(
        self, installation: Installation, own: str
    ) -> None:
        (installation.settings.state / "ledger" / f"{OVERWEIGHT}.jsonl").write_bytes(b"no\n")
        release = installation.publish_only()
        assert telling(release, own) == []
        assert own in next(
            outcome.reason
            for outcome in all_outcomes(installation.open())
            if outcome.indicator == OVERWEIGHT
        )

    def test_of_a_damaged_record_of_a_fetch_is_not_published(
        self, installation: Installation, own: str
    ) -> None:
        for name in ("ncmp", WITNESS):
            path = installation.settings.state / "snapshots" / "fetched" / f"{name}.json"
            path.write_text("{", encoding="utf-8")
        run_context = installation.open()
        refresh.read_or_stand(run_context, OVERWEIGHT)
        release = installation.publish_only(run_context)
        assert telling(release, own) == []
        assert (
            reason_of(release) == "A problem in our own systems kept us from refreshing the data."
        )

    def test_of_lost_snapshots_is_not_published(self, installation: Installation, own: str) -> None:
        shutil.rmtree(installation.settings.state / "snapshots" / "bytes")
        run_context = installation.open()
        for indicator in run_context.plan.indicators:
            refresh.read_or_stand(run_context, indicator)
        assert telling(installation.publish_only(run_context), own) == []

    def test_of_a_fault_of_a_module_is_not_published(
        self, installation: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object) -> None:
            raise RuntimeError("no /srv/c0ffee for jsmith")

        monkeypatch.setattr(module_of("ncmp"), "parse", broken)
        release = installation.publish()
        assert telling(release, *FOREIGN) == []
        assert reason_of(release) == "A fault in our own software stopped us from reading the data."

    def test_of_a_fault_of_a_witness_is_not_published(
        self, installation: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from sources.witnesses import ons_els

        def broken(*_: object) -> None:
            raise RuntimeError("no /srv/c0ffee for jsmith")

        monkeypatch.setattr(ons_els, "read", broken)
        assert telling(installation.publish(), *FOREIGN) == []


def test_a_release_from_before_failures_had_facts_still_verifies(
    installation: Installation,
) -> None:
    """Its inputs name no facts, and hold the words that were published then."""
    release = installation.settings.published / "latest"
    assert '"facts"' not in (release / "inputs.json").read_text(encoding="utf-8")
    installation.answer_all(lambda _: Response("no", 404))
    failed = installation.publish().folder
    made = read_inputs(failed)
    assert {outcome.facts.kind for outcome in made.outcomes if outcome.facts} == {
        FailureKind.ERROR_ANSWER
    }
    assert verify(installation.open(), failed) == []
    assert verify(installation.open(), release.resolve()) == []


def test_an_outcome_of_former_times_is_published_with_a_neutral_sentence(
    installation: Installation,
) -> None:
    """State that was written before failures had kinds holds their words only."""
    installation.answer_all(lambda _: Response(DENIED, 403))
    installation.publish()
    run_context = installation.open()
    for name in SOURCES:
        path = installation.settings.state / "snapshots" / "fetched" / f"{name}.json"
        fetched = run_context.store.last_fetch(name)
        assert fetched is not None
        run_context.store.record(replace(fetched, facts=None))
        assert path.exists()
    for indicator in (HAPPINESS, OVERWEIGHT):
        refresh.outcomes(run_context).keep_failure(indicator, DENIED)
    release = installation.publish_only()
    assert telling(release, *FOREIGN) == []
    assert reason_of(release).startswith("The last refresh failed.")
    assert verify(run_context, release.folder) == []


def _refusal(status: int, _request: Request) -> Response:
    return Response("no", status)


@contextmanager
def answering(answer: str, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a server that says the same to everybody, encrypted if it is given how."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with suppress(OSError), connection:
                    if context is not None:
                        connection = context.wrap_socket(connection, server_side=True)
                    connection.recv(1 << 16)
                    connection.sendall(answer.encode())

    threading.Thread(target=serve, daemon=True).start()
    scheme = "https" if context is not None else "http"
    yield f"{scheme}://127.0.0.1:{listening.getsockname()[1]}"
    listening.close()
