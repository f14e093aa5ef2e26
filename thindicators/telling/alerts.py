"""Alerts: one message when something needs a person, and one when all is well again.

What belongs here: the words of a message, how it is sent, and remembering what was said, so that the same trouble is
not told every day. Which troubles there are is found out in `thindicators.refreshing.troubles`.

What was told is kept for each channel in `state/alerts.json`. A message that could not be sent counts as not told, and
is tried again at the next refresh; a damaged file means that everything is told once more. Nothing here may fail a
refresh, and the address of a webhook and the password of a mail server are secrets: problems name the host only.
"""

from __future__ import annotations

import logging
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

import requests
from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from thindicators.errors import ThindicatorsError
from thindicators.safe_text import visible
from thindicators.settings import AlertSettings, Settings
from thindicators.storage.files import write_whole

Kind = Literal["failed", "held", "return", "run"]
Reasons = dict[str, str]
"""Why each trouble was told on a channel, by the trouble's name."""

_TIMEOUT = 15.0
_PATIENCE = 60.0
_MEMORY = TypeAdapter(dict[str, Reasons])
_WHERE_TO_LOOK = "`thindicators status`, and the asset `status` in the UI, list everything."
_WITH_DIGITS = re.compile(r"\S*[0-9]\S*")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trouble:
    """Something that needs a person.

    Attributes:
        kind: A source or indicator that `failed`, one that is `held`, a refused `return`, or a `run` that broke off.
        what: What it is about, in words.
        why: What was seen.
        stands: What readers have meanwhile.
        remedy: What to do.
    """

    kind: Kind
    what: str
    why: str
    stands: str
    remedy: str

    @property
    def reason(self) -> str:
        """What makes it the same trouble tomorrow.

        What came from a publisher may bear a time or a number of its own on every day, so that words with digits do
        not count there.
        """
        why = _WITH_DIGITS.sub("#", self.why) if self.kind == "failed" else self.why
        return f"{self.kind}: {why}"


@dataclass(frozen=True)
class Channel:
    """A way to tell people.

    Attributes:
        name: Under which it is remembered what was told; no secret.
        send: Takes subject and text.
    """

    name: str
    send: Callable[[str, str], None]


def tell(
    settings: Settings, troubles: Mapping[str, Trouble], *, these_are_all: bool = True
) -> list[str]:
    """Send one message for what is new, has changed or has ended, on each channel.

    Args:
        settings: Where to send it.
        troubles: What there is now, by a name that stays.
        these_are_all: Whether whatever was told before and is not among them has ended.

    Returns:
        The channels on which a message was sent.
    """
    ways = list(channels(settings.alerts))
    # Without a channel nothing is remembered, so that whoever sets one up later is told of everything.
    if not ways:
        return []
    path = settings.state / "alerts.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), timeout=_PATIENCE):
            return _tell_locked(path, ways, troubles, these_are_all)
    except (OSError, Timeout, ThindicatorsError) as problem:
        _LOG.warning("What was told could not be remembered in %s: %s", path, problem)
        return []


def _tell_locked(
    path: Path,
    ways: Sequence[Channel],
    troubles: Mapping[str, Trouble],
    these_are_all: bool,
) -> list[str]:
    """What `tell` does, while no other run reads or writes what was told."""
    memory = _remembered(path)
    reasons = {name: trouble.reason for name, trouble in troubles.items()}
    sent = []
    for way in ways:
        before = memory.get(way.name, {})
        now = reasons if these_are_all else {**before, **reasons}
        new = [troubles[name] for name, reason in reasons.items() if before.get(name) != reason]
        ended = sorted(set(before) - set(now))
        if not new and not ended:
            continue
        subject, text = _message(new, ended, len(now))
        if _is_sent(way, subject, text):
            memory[way.name] = now
            # After each channel: what was sent on one is not sent again because the next one broke off.
            write_whole(path, _MEMORY.dump_json(memory, indent=1))
            sent.append(way.name)
    return sent


def send_test(settings: Settings) -> list[str]:
    """Send a message that says that alerts arrive.

    Returns:
        The channels on which it was sent.

    Raises:
        ThindicatorsError: If no channel is set, or one does not take it.
    """
    ways = list(channels(settings.alerts))
    if not ways:
        raise ThindicatorsError(
            "No alerts are set up. docs/operating.md lists the settings for them."
        )
    for way in ways:
        try:
            way.send("thindicators: a test", "This is a test. Alerts of thindicators arrive here.")
        except Exception as problem:
            raise ThindicatorsError(
                f"The test could not be sent to {way.name}: {_in_words(problem)}"
            ) from None
    return [way.name for way in ways]


def channels(alerts: AlertSettings) -> Iterator[Channel]:
    """The channels that the settings name."""
    if alerts.webhook:
        yield Channel(
            f"webhook at {urlsplit(alerts.webhook).hostname}", partial(_post, alerts.webhook)
        )
    if alerts.smtp:
        yield Channel(f"e-mail to {', '.join(alerts.email_to)}", partial(_mail, alerts))


def _message(new: Sequence[Trouble], ended: Sequence[str], in_all: int) -> tuple[str, str]:
    """Subject and text of a message about what is new and what has ended, of so many troubles in all."""
    parts = [f"{trouble.what}\n{_indented(trouble)}" for trouble in new]
    if ended:
        parts.append(f"Well again: {', '.join(ended)}.")
    if before := in_all - len(new):
        are = "is" if before == 1 else "are"
        parts.append(f"{before} told before {are} still to do.")
    if in_all:
        parts.append(_WHERE_TO_LOOK)
    else:
        parts.append("Everything is well again. There is nothing to do.")
    subject = _subject([trouble.what for trouble in new], in_all)
    return visible(subject), "\n\n".join(parts) + "\n"


def _indented(trouble: Trouble) -> str:
    lines = {
        # What was seen may quote a publisher's file, which may hold letters that nobody sees.
        "Why": visible(trouble.why),
        "What stands": trouble.stands,
        "What to do": trouble.remedy,
    }
    return "\n".join(f"  {name}: {words}" for name, words in lines.items())


def _subject(new: Sequence[str], in_all: int) -> str:
    if not in_all:
        return "thindicators: all well again"
    if not new:
        return f"thindicators: some of it is well again, {in_all} still to do"
    return (
        f"thindicators: {new[0].rstrip('.')}"
        if len(new) == 1
        else f"thindicators: {len(new)} things need you"
    )


def _remembered(path: Path) -> dict[str, Reasons]:
    try:
        return _MEMORY.validate_json(path.read_bytes()) if path.exists() else {}
    except (OSError, ValidationError):
        _LOG.warning("%s is damaged; everything is told once more.", path)
        return {}


def _is_sent(way: Channel, subject: str, text: str) -> bool:
    try:
        way.send(subject, text)
    except Exception as problem:  # a mail server that is down must not fail a refresh
        _LOG.warning(
            "The alert “%s” could not be sent to %s: %s", subject, way.name, _in_words(problem)
        )
        return False
    return True


def _in_words(problem: Exception) -> str:
    """What went wrong, without the text of the error, in which an address or a password may stand."""
    if isinstance(problem, ThindicatorsError):
        return str(problem)
    code = getattr(problem, "smtp_code", "")
    what = f"{type(problem).__name__} {code}" if code else type(problem).__name__
    return f"{what}. See whether the setting is right."


def _post(address: str, subject: str, text: str) -> None:
    """Send `{"text": …}`, which Slack, Mattermost, Teams' connectors and any script take."""
    content = {"text": f"{subject}\n\n{text}"}
    # A redirect could lead the message, which may name what only officers know, to another host.
    with requests.post(
        address,
        json=content,
        timeout=_TIMEOUT,
        allow_redirects=False,
    ) as answer:
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
    with _mail_server(alerts.smtp) as server:
        server.send_message(message)


def _mail_server(address: str) -> smtplib.SMTP:
    """A mail server, encrypted if it can be; a password never travels otherwise."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    secure = ssl.create_default_context()
    is_encrypted = parts.scheme == "smtps"
    if is_encrypted:
        port = parts.port or 465
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host,
            port,
            timeout=_TIMEOUT,
            context=secure,
        )
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=_TIMEOUT)
    try:
        server.ehlo()
        if not is_encrypted and server.has_extn("starttls"):
            code, _ = server.starttls(context=secure)
            is_encrypted = code == 220
        if parts.username:
            if not is_encrypted:
                raise ThindicatorsError(
                    f"{host} does not encrypt (STARTTLS), so the password was not sent. Use smtps://."
                )
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        # Whoever called has no server to close yet, not even when a run is killed here.
        server.close()
        raise
    return server
