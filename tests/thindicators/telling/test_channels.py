"""Servers that dawdle, and names that are no text: an alert arrives once, and holds nobody up."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pytest_httpserver import HTTPServer

from sources import SAMPLES
from tests.support import NOW
from thindicators.context import open_run_context
from thindicators.errors import ThindicatorsError
from thindicators.refreshing.troubles import alert
from thindicators.settings import AlertSettings, Settings
from thindicators.telling import channels as sending
from thindicators.telling.alerts import Trouble, send_test, tell

SECRET = "0xsecret"
ODD_NAMES = [
    pytest.param(b"r\xe9sum\xe9.csv", id="in an old encoding"),
    pytest.param(b"two\nlines.csv", id="of two lines"),
    pytest.param("pay\u202evsc.exe.csv".encode(), id="that runs backwards"),
    pytest.param(b"\x1b[31mred.csv", id="that colours a terminal"),
    pytest.param(b"x" * 240 + b".csv", id="as long as a disk takes"),
]


class Mailbox:
    """Keeps the messages it is handed."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        self.messages.append(BytesParser(policy=default).parsebytes(envelope.content))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, AlertSettings]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, mailing(f"127.0.0.1:{port}")
    controller.stop()


def mailing(address: str, scheme: str = "smtp") -> AlertSettings:
    return AlertSettings(
        smtp=f"{scheme}://{address}",
        email_to=("data@council.example",),
        email_from="indicators@council.example",
    )


def refused_return(settings: Settings, name: bytes) -> None:
    """A return of this name in the folder of refused ones, with its report."""
    (settings.inbox / "refused").mkdir(parents=True)
    report = os.fsencode(settings.inbox / "refused") + b"/" + name + b".report.txt"
    Path(os.fsdecode(report)).write_text("1 problem.\nRow 2: no value.\n", encoding="utf-8")


def alerted(settings: Settings) -> list[str]:
    return alert(open_run_context(settings, SAMPLES, "live", lambda: NOW))


class TestAnAlertAboutAFileWithAnOddName:
    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_arrives_once_by_webhook(
        self, tmp_path: Path, httpserver: HTTPServer, name: bytes
    ) -> None:
        httpserver.expect_request(f"/{SECRET}").respond_with_data("ok")
        webhook = AlertSettings(webhook=httpserver.url_for(f"/{SECRET}"))
        settings = Settings(
            state=tmp_path / "state", published=tmp_path / "published", alerts=webhook
        )
        refused_return(settings, name)
        assert alerted(settings) == ["webhook at localhost"]
        assert [alerted(settings) for _day in range(3)] == [[], [], []]
        ((request, _),) = httpserver.log
        assert "A return was refused" in request.get_json()["text"]

    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_arrives_once_by_e_mail(
        self, tmp_path: Path, mailbox: tuple[Mailbox, AlertSettings], name: bytes
    ) -> None:
        box, alerts = mailbox
        settings = Settings(
            state=tmp_path / "state", published=tmp_path / "published", alerts=alerts
        )
        refused_return(settings, name)
        assert alerted(settings) == ["e-mail to data@council.example"]
        assert [alerted(settings) for _day in range(3)] == [[], [], []]
        (message,) = box.messages
        assert "A return was refused" in message.get_payload()

    def test_silences_no_other(self, tmp_path: Path, httpserver: HTTPServer) -> None:
        httpserver.expect_request("/hook").respond_with_data("ok")
        webhook = AlertSettings(webhook=httpserver.url_for("/hook"))
        settings = Settings(
            state=tmp_path / "state", published=tmp_path / "published", alerts=webhook
        )
        trouble = Trouble("return", "A return was refused.", "1 problem.", "", "")
        # One name as the other is written, and one that differs only in what cannot be read.
        for name in ("r\udce9.csv", "r\\udce9.csv", "r\udce8.csv"):
            assert tell(settings, {f"return {name}": trouble}, these_are_all=False)
        assert len(httpserver.log) == 3

    def test_whose_report_cannot_be_read_is_sent_all_the_same(
        self, tmp_path: Path, httpserver: HTTPServer
    ) -> None:
        httpserver.expect_request("/hook").respond_with_data("ok")
        webhook = AlertSettings(webhook=httpserver.url_for("/hook"))
        settings = Settings(
            state=tmp_path / "state", published=tmp_path / "published", alerts=webhook
        )
        ((settings.inbox / "refused") / "homes.csv.report.txt").mkdir(parents=True)
        assert alerted(settings) == ["webhook at localhost"]
        ((request, _),) = httpserver.log
        assert "Its report cannot be read" in request.get_json()["text"]


@pytest.fixture
def ended() -> Iterator[threading.Event]:
    over = threading.Event()
    yield over
    over.set()


@pytest.fixture
def dawdling(
    ended: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> Callable[[list[bytes], bytes], str]:
    """Makes a server that answers each line with one of some bytes, and then drips others; its address."""
    monkeypatch.setattr(sending, "_TIMEOUT", 0.5)
    monkeypatch.setattr(sending, "_PATIENCE", 0.8)

    def server(answers: list[bytes], again: bytes) -> str:
        listening = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            with listening, contextlib.suppress(OSError):
                connection, _ = listening.accept()
                with connection:
                    for answer in answers:
                        connection.sendall(answer)
                        connection.recv(1 << 16)
                    while not ended.wait(0.02):
                        connection.sendall(again)

        threading.Thread(target=serve, daemon=True).start()
        return f"127.0.0.1:{listening.getsockname()[1]}"

    return server


def refusal(alerts: AlertSettings) -> str:
    with pytest.raises(ThindicatorsError) as problem:
        send_test(Settings(alerts=alerts))
    return str(problem.value)


class TestAServerThatNeverEnds:
    def test_its_answer_as_a_webhook_is_given_up(
        self, dawdling: Callable[[list[bytes], bytes], str]
    ) -> None:
        address = dawdling([], b"X")
        alerts = AlertSettings(webhook=f"http://{address}/{SECRET}")
        words = refusal(alerts)
        assert "127.0.0.1" in words
        assert SECRET not in words

    def test_its_body_as_a_webhook_is_not_awaited(
        self, dawdling: Callable[[list[bytes], bytes], str], tmp_path: Path
    ) -> None:
        # Once the question is there, the answer's head and the first of a body without an end.
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        address = dawdling([b"", head], b"0")
        alerts = AlertSettings(webhook=f"http://{address}/{SECRET}")
        assert send_test(Settings(state=tmp_path, alerts=alerts)) == ["webhook at 127.0.0.1"]

    @pytest.mark.parametrize(
        ("answers", "again"),
        [
            pytest.param([], b"2", id="in its greeting"),
            pytest.param([b"220 here\r\n"], b"250-x\r\n", id="in what it can do"),
            pytest.param([b"220 here\r\n", b"250 here\r\n"], b"2", id="in the sender"),
        ],
    )
    def test_its_words_as_a_mail_server_are_given_up(
        self, dawdling: Callable[[list[bytes], bytes], str], answers: list[bytes], again: bytes
    ) -> None:
        assert "It took longer than 0.8 seconds" in refusal(mailing(dawdling(answers, again)))

    def test_its_encryption_as_a_mail_server_is_given_up(
        self, dawdling: Callable[[list[bytes], bytes], str]
    ) -> None:
        address = dawdling([b"\x16\x03\x03\x40\x00"], b"\x02")
        assert "could not be sent" in refusal(mailing(address, "smtps"))

    def test_its_good_bye_as_a_mail_server_undoes_nothing(
        self, dawdling: Callable[[list[bytes], bytes], str], tmp_path: Path
    ) -> None:
        polite = [b"220 here\r\n", *[b"250 well\r\n"] * 3, b"354 go on\r\n", b"250 taken\r\n"]
        settings = Settings(state=tmp_path, alerts=mailing(dawdling(polite, b"2")))
        trouble = Trouble("run", "A run broke off.", "No disk.", "The old stands.", "Free some.")
        assert tell(settings, {"run": trouble}) == ["e-mail to data@council.example"]
        assert tell(settings, {"run": trouble}) == []
