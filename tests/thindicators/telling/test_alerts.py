"""One message when something needs a person, and one when all is well again; over real HTTP and SMTP on loopback."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import Message
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pytest_httpserver import HTTPServer

from thindicators.errors import SettingsError, ThindicatorsError
from thindicators.settings import AlertSettings, Settings, settings_from
from thindicators.telling.alerts import Trouble, send_test, tell

SECRET = "0xsecret"
NCMP = Trouble(
    "failed",
    "National Child Measurement Programme could not be fetched.",
    "ncmp: expected an answer; came HTTP 503 (request a1b2c3).",
    "The last good figures stay published.",
    "It is tried again at every refresh.",
)
HELD = Trouble(
    "held",
    "New figures are held: GDHI.",
    "Held: 9 figures gone.",
    "The old stand.",
    "Accept or wait.",
)


class Webhook:
    """What a server on loopback was sent."""

    def __init__(self, server: HTTPServer, status: int = 200) -> None:
        self.server = server
        server.expect_request(f"/{SECRET}", method="POST").respond_with_data("ok", status=status)
        self.settings = AlertSettings(webhook=server.url_for(f"/{SECRET}"))

    @property
    def texts(self) -> list[str]:
        return [str(request.get_json()["text"]) for request, _ in self.server.log]


@pytest.fixture
def webhook(httpserver: HTTPServer) -> Webhook:
    return Webhook(httpserver)


@pytest.fixture
def settings(tmp_path: Path, webhook: Webhook) -> Settings:
    return Settings(state=tmp_path / "state", alerts=webhook.settings)


class TestAMessage:
    def test_says_what_failed_what_stands_and_what_to_do(
        self, settings: Settings, webhook: Webhook
    ) -> None:
        assert tell(settings, {"ncmp": NCMP}) == ["webhook at localhost"]
        (text,) = webhook.texts
        assert text.startswith(
            "thindicators: National Child Measurement Programme could not be fetched\n"
        )
        for words in (NCMP.why, NCMP.stands, NCMP.remedy, "thindicators status"):
            assert words in text

    def test_is_one_for_all_that_is_new(self, settings: Settings, webhook: Webhook) -> None:
        tell(settings, {"ncmp": NCMP, "gdhi_per_head": HELD})
        (text,) = webhook.texts
        assert text.startswith("thindicators: 2 things need you\n")
        assert NCMP.what in text
        assert HELD.what in text

    def test_is_not_sent_again_while_the_reason_is_the_same(
        self, settings: Settings, webhook: Webhook
    ) -> None:
        for _day in range(5):
            tell(settings, {"ncmp": NCMP})
        assert len(webhook.texts) == 1

    def test_is_not_sent_again_for_the_number_that_a_server_gives_each_request(
        self, settings: Settings, webhook: Webhook
    ) -> None:
        tell(settings, {"ncmp": NCMP})
        tell(settings, {"ncmp": replace(NCMP, why=NCMP.why.replace("a1b2c3", "d4e5f6"))})
        assert len(webhook.texts) == 1

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (NCMP, replace(NCMP, why="ncmp: expected an answer; came no connection.")),
            (HELD, replace(HELD, why="Held: 10 figures gone.")),
            (replace(HELD, kind="failed"), HELD),
        ],
    )
    def test_is_sent_again_when_the_reason_changes(
        self, settings: Settings, webhook: Webhook, before: Trouble, after: Trouble
    ) -> None:
        tell(settings, {"one": before})
        tell(settings, {"one": after})
        assert len(webhook.texts) == 2
        assert after.why in webhook.texts[1]

    def test_says_once_that_all_is_well_again(self, settings: Settings, webhook: Webhook) -> None:
        tell(settings, {"ncmp": NCMP, "gdhi_per_head": HELD})
        tell(settings, {"gdhi_per_head": HELD})
        tell(settings, {})
        tell(settings, {})
        _, some, everything = webhook.texts
        assert "Well again: ncmp." in some
        assert "1 told before is still to do." in some
        assert everything.startswith("thindicators: all well again\n")
        assert "Well again: gdhi_per_head." in everything

    def test_is_sent_anew_for_what_comes_back(self, settings: Settings, webhook: Webhook) -> None:
        for troubles in ({"ncmp": NCMP}, {}, {"ncmp": NCMP}):
            tell(settings, troubles)
        assert len(webhook.texts) == 3

    def test_of_a_part_ends_nothing_that_was_told_before(
        self, settings: Settings, webhook: Webhook
    ) -> None:
        tell(settings, {"ncmp": NCMP})
        tell(settings, {"run of refresh": replace(HELD, kind="run")}, these_are_all=False)
        assert "Well again" not in webhook.texts[1]
        tell(settings, {"ncmp": NCMP})
        assert "Well again: run of refresh." in webhook.texts[2]
        assert len(webhook.texts) == 3

    def test_is_not_sent_without_settings_or_trouble(
        self, tmp_path: Path, settings: Settings
    ) -> None:
        assert tell(Settings(state=tmp_path), {"ncmp": NCMP}) == []
        assert tell(settings, {}) == []


class TestWhatWasTold:
    def test_is_told_once_more_if_the_memory_is_damaged(
        self, settings: Settings, webhook: Webhook
    ) -> None:
        tell(settings, {"ncmp": NCMP})
        (settings.state / "alerts.json").write_text("{", encoding="utf-8")
        tell(settings, {"ncmp": NCMP})
        assert len(webhook.texts) == 2

    def test_holds_no_secret(self, settings: Settings) -> None:
        tell(settings, {"ncmp": NCMP})
        assert SECRET not in (settings.state / "alerts.json").read_text(encoding="utf-8")

    def test_is_only_what_was_sent(
        self, tmp_path: Path, httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        broken = Settings(state=tmp_path, alerts=Webhook(httpserver, status=500).settings)
        with caplog.at_level(logging.WARNING):
            assert tell(broken, {"ncmp": NCMP}) == []
        assert "HTTP 500" in caplog.text
        assert SECRET not in caplog.text
        httpserver.clear_all_handlers()
        assert tell(replace(broken, alerts=Webhook(httpserver).settings), {"ncmp": NCMP}) == [
            "webhook at localhost"
        ]

    def test_is_kept_for_each_channel(self, settings: Settings, mail: Mail) -> None:
        down = replace(
            settings.alerts,
            smtp="smtp://127.0.0.1:1",
            email_to=mail.to,
            email_from="indicators@council.example",
        )
        assert tell(replace(settings, alerts=down), {"ncmp": NCMP}) == ["webhook at localhost"]
        both = replace(down, smtp=mail.address())
        assert tell(replace(settings, alerts=both), {"ncmp": NCMP}) == [
            "e-mail to data@council.example"
        ]


class Mail:
    """A mail server on loopback and what it was sent."""

    to = ("data@council.example",)

    def __init__(self, controller: Controller, handler: Mailbox) -> None:
        self.controller, self.handler = controller, handler

    def address(self, user: str = "") -> str:
        return f"smtp://{user}{self.controller.hostname}:{self.controller.port}"

    def alerts(self, user: str = "") -> AlertSettings:
        return AlertSettings(
            smtp=self.address(user), email_to=self.to, email_from="indicators@council.example"
        )


class Mailbox:
    """Keeps the messages it is handed."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        self.messages.append(BytesParser(policy=default).parsebytes(envelope.content))
        return "250 OK"


@pytest.fixture
def serve() -> Iterator[Callable[..., Mail]]:
    running: list[Controller] = []

    def start(**options: Any) -> Mail:
        mailbox = Mailbox()
        controller = Controller(mailbox, hostname="127.0.0.1", port=_free_port(), **options)
        controller.start()
        running.append(controller)
        return Mail(controller, mailbox)

    yield start
    for one in running:
        one.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture
def mail(serve: Callable[..., Mail]) -> Mail:
    return serve()


@pytest.fixture
def authority() -> trustme.CA:
    """A certificate authority that nobody trusts yet."""
    return trustme.CA()


@pytest.fixture
def encrypted(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


class TestEMail:
    def test_arrives(self, tmp_path: Path, mail: Mail) -> None:
        assert tell(Settings(state=tmp_path, alerts=mail.alerts()), {"ncmp": NCMP}) == [
            "e-mail to data@council.example"
        ]
        (message,) = mail.handler.messages
        assert (
            message["Subject"].strip()
            == "thindicators: National Child Measurement Programme could not be fetched"
        )
        assert (message["From"], message["To"]) == (
            "indicators@council.example",
            "data@council.example",
        )
        assert NCMP.remedy in message.get_payload()

    def test_with_a_password_is_not_sent_unencrypted(self, mail: Mail) -> None:
        with pytest.raises(ThindicatorsError, match="does not encrypt") as error:
            send_test(Settings(alerts=mail.alerts(f"indicators:{SECRET}@")))
        assert SECRET not in str(error.value)
        assert mail.handler.messages == []

    def test_is_encrypted_where_the_server_can_and_its_certificate_is_checked(
        self, serve: Callable[..., Mail], encrypted: ssl.SSLContext
    ) -> None:
        mail = serve(tls_context=encrypted)
        with pytest.raises(ThindicatorsError, match="SSLCertVerificationError"):
            send_test(Settings(alerts=mail.alerts()))
        assert mail.handler.messages == []

    def test_signs_in_with_the_password_of_the_setting(
        self,
        serve: Callable[..., Mail],
        encrypted: ssl.SSLContext,
        authority: trustme.CA,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        seen: list[tuple[bytes, bytes]] = []

        def authenticator(
            _server: object, _session: object, _envelope: object, _mechanism: str, data: Any
        ) -> AuthResult:
            seen.append((data.login, data.password))
            return AuthResult(success=data.password == b"p@ss", handled=False)

        mail = serve(tls_context=encrypted, authenticator=authenticator)
        assert send_test(Settings(alerts=mail.alerts("indicators:p%40ss@"))) == [
            "e-mail to data@council.example"
        ]
        assert seen == [(b"indicators", b"p@ss")]
        with pytest.raises(ThindicatorsError, match="SMTPAuthenticationError 535") as error:
            send_test(Settings(alerts=mail.alerts(f"indicators:{SECRET}@")))
        assert SECRET not in str(error.value)


class TestATest:
    def test_is_sent_to_each_channel(self, settings: Settings, webhook: Webhook) -> None:
        assert send_test(settings) == ["webhook at localhost"]
        assert "This is a test" in webhook.texts[0]

    def test_needs_a_channel(self) -> None:
        with pytest.raises(ThindicatorsError, match="No alerts are set up"):
            send_test(Settings())


class TestTheSettings:
    def test_are_read(self) -> None:
        settings = settings_from(
            {
                "THINDICATORS_ALERT_WEBHOOK": "https://hooks.example/0xsecret",
                "THINDICATORS_ALERT_EMAIL_TO": "a@council.example, b@council.example",
                "THINDICATORS_ALERT_EMAIL_FROM": "indicators@council.example",
                "THINDICATORS_SMTP_URL": "smtps://indicators:0xsecret@mail.example",
            }
        )
        assert settings.alerts.email_to == ("a@council.example", "b@council.example")
        assert settings.addresses == {}
        assert SECRET not in repr(settings)

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            (
                {"ALERT_EMAIL_TO": "a@council.example"},
                "THINDICATORS_ALERT_EMAIL_FROM, THINDICATORS_SMTP_URL",
            ),
            ({"ALERT_WEBHOOK": "hooks.example"}, "ALERT_WEBHOOK"),
            ({"SMTP_URL": "mail.example:25"}, "SMTP_URL"),
            ({"SCHEDULES": "yes"}, "one of on, off"),
        ],
    )
    def test_that_are_not_right_are_refused(self, given: dict[str, str], said: str) -> None:
        with pytest.raises(SettingsError, match=said):
            settings_from({f"THINDICATORS_{name}": value for name, value in given.items()})
