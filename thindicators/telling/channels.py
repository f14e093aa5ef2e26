"""Channels: how an alert is sent, by webhook or by e-mail.

What belongs here: sending one message, and keeping the address of a webhook and the password of a mail server out of
whatever is said about it: problems name the host only. What is told, and to whom it was told before, belongs in `alerts`.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from urllib.parse import unquote, urlsplit

import requests

from thindicators.errors import ThindicatorsError
from thindicators.fetching import exchange
from thindicators.fetching.exchange import Exchange
from thindicators.fetching.transport import TimedAdapter
from thindicators.settings import AlertSettings

_TIMEOUT = 15.0
"""Seconds for each step with a server that says nothing."""

_PATIENCE = 60.0
"""Seconds for the whole of an e-mail, however often the server says something."""

_ACCEPTED = 220
"""What a mail server answers when it is willing to encrypt."""


@dataclass(frozen=True)
class Channel:
    """A way to tell people.

    Attributes:
        name: Under which it is remembered what was told; no secret.
        send: Takes subject and text.
    """

    name: str
    send: Callable[[str, str], None]


def channels(alerts: AlertSettings) -> Iterator[Channel]:
    """The channels that the settings name."""
    if alerts.webhook:
        # The rest of the address is what lets anybody write there.
        host = urlsplit(alerts.webhook).hostname
        yield Channel(f"webhook at {host}", partial(_post, alerts.webhook))
    if alerts.smtp:
        addresses = ", ".join(alerts.email_to)
        yield Channel(f"e-mail to {addresses}", partial(_mail, alerts))


def in_words(problem: Exception) -> str:
    """What went wrong, without the text of the error, in which an address or a password may stand."""
    if isinstance(problem, ThindicatorsError):
        return str(problem)
    what = type(problem).__name__
    code = getattr(problem, "smtp_code", "")
    if code:
        what = f"{what} {code}"
    return f"{what}. See whether the setting is right."


def _post(address: str, subject: str, text: str) -> None:
    """Send `{"text": …}`, which Slack, Mattermost, Teams' connectors and any script take."""
    content = {"text": f"{subject}\n\n{text}"}
    with Exchange() as under_way, requests.Session() as session:
        for prefix in ("https://", "http://"):
            session.mount(prefix, TimedAdapter())
        try:
            # A redirect could lead the message, which may name what only officers know, to another host. What the
            # webhook says beside its status is not awaited: it may never end.
            answer = session.post(
                address,
                json=content,
                timeout=_TIMEOUT,
                allow_redirects=False,
                stream=True,
            )
        except requests.exceptions.RequestException:
            _refuse_late(under_way, _TIMEOUT)
            raise
        answer.close()
    if not answer.ok or answer.is_redirect:
        raise ThindicatorsError(
            f"HTTP {answer.status_code}. See whether THINDICATORS_ALERT_WEBHOOK is right."
        )


def _mail(alerts: AlertSettings, subject: str, text: str) -> None:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = alerts.email_from
    message["To"] = ", ".join(alerts.email_to)
    # The library encodes the headers and refuses line breaks in them, by which others could be added.
    message.set_content(text)
    with Exchange() as under_way:
        under_way.allow(_PATIENCE)
        try:
            _hand_over(alerts.smtp, message)
        except (smtplib.SMTPException, OSError):
            _refuse_late(under_way, _PATIENCE)
            raise


def _refuse_late(under_way: Exchange, seconds: float) -> None:
    if under_way.is_late:
        raise ThindicatorsError(
            f"It took longer than {seconds:g} seconds. See whether the setting is right."
        ) from None


def _hand_over(address: str, message: EmailMessage) -> None:
    """Give a message to a mail server; once it has taken it, nothing that it says can undo that."""
    server = _MailServer(address)
    try:
        server.sign_in(address)
        server.send_message(message)
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()


class _MailServer(smtplib.SMTP):
    """A mail server, encrypted if it can be; a password never travels otherwise.

    Args:
        address: `smtp://host` or `smtps://host`, perhaps with a port.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._is_encrypted = parts.scheme == "smtps"
        self._secure = ssl.create_default_context()
        usual_port = smtplib.SMTP_PORT
        if self._is_encrypted:
            usual_port = smtplib.SMTP_SSL_PORT
        super().__init__(
            parts.hostname or "",
            parts.port or usual_port,
            timeout=_TIMEOUT,
        )

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connect = partial(socket.create_connection, (host, port), timeout)
        connection = exchange.connected_in_time(connect, timeout)
        if not self._is_encrypted:
            return connection
        return self._secure.wrap_socket(connection, server_hostname=host)

    def sign_in(self, address: str) -> None:
        """Encrypt the connection if the server can, and give it the name and password in its address, if any."""
        parts = urlsplit(address)
        self.ehlo()
        if not self._is_encrypted and self.has_extn("starttls"):
            code, _ = self.starttls(context=self._secure)
            self._is_encrypted = code == _ACCEPTED
        if not parts.username:
            return
        if not self._is_encrypted:
            raise ThindicatorsError(
                f"{parts.hostname} does not encrypt (STARTTLS), so the password was not sent. Use smtps://."
            )
        self.login(unquote(parts.username), unquote(parts.password or ""))
