"""Own pages only: the UI answers its own pages, and no page of another site that is open in the same browser.

What belongs here: which requests are refused, and in which words. It is a layer around the UI's own application and knows
nothing of Dagster; starting the two belongs in `assets.webserver`.

Dagster takes a mutation, such as the launch of a run, from an address that an image names, and from a form. A browser sends
both for any site that is open in it, with the sign-in of the person who sits there. What a browser cannot be made to lie
about is what is looked at: the host that a page was opened by, the page's origin, and how the two sites stand to each other.
https://www.w3.org/TR/fetch-metadata/
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thindicators.settings import UI_HOSTS

GRAPHQL = "/graphql"
"""Where Dagster takes what is asked and what is ordered, by HTTP and by websocket."""

_LOG = logging.getLogger("thindicators.ui")
_READING = ("GET", "HEAD")
_OWN_SITE = ("same-origin", "none")
"""A request of a page of this host, or one that a person typed or chose from the bookmarks."""
_EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104  (compared with, not listened on)
_POLICY_VIOLATION = 1008
"""The code with which a websocket is closed that may not be opened: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1"""


@dataclass(frozen=True)
class Refusal:
    """Why a request is not answered.

    Attributes:
        status: Of HTTP.
        reason: A sentence for whoever reads the answer or the log.
    """

    status: HTTPStatus
    reason: str


def hosts_of(
    address: str,
    port: int,
    named: tuple[str, ...],
) -> frozenset[str]:
    """The hosts by which people open the UI: this machine's own, the one it listens on, and those that are named.

    Args:
        address: On which the server listens.
        port: On which the server listens.
        named: By the settings.
    """
    own = ["127.0.0.1", "localhost"]
    if address not in _EVERY_ADDRESS:
        own.append(_in_a_url(address))
    with_port = [f"{host}:{port}".lower() for host in own]
    return frozenset([*with_port, *named])


def _in_a_url(address: str) -> str:
    """An address as a browser shows it: one of version 6 stands in brackets."""
    return f"[{address}]" if ":" in address else address


class OwnPagesOnly:
    """The UI's application, behind a door that opens to its own pages only."""

    def __init__(
        self,
        application: ASGIApp,
        hosts: frozenset[str],
    ) -> None:
        """Put the door before an application.

        Args:
            application: What answers.
            hosts: By which people open the UI, with the port where it is none of the usual: `127.0.0.1:3000`.
        """
        self._application = application
        self._hosts = hosts

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Answer one request, one websocket, or the server's own start and end."""
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        refusal = refused(scope, self._hosts)
        if refusal is None:
            await self._application(scope, receive, _never_framed(send))
        else:
            # As Python writes text: whatever a stranger put into an address stays on one line.
            _LOG.warning("Refused: %r. %s", scope["path"], refusal.reason)
            await _refuse(refusal, scope, receive, send)


def refused(scope: Scope, hosts: frozenset[str]) -> Refusal | None:
    """Why a request is refused; None if it is answered."""
    headers = Headers(scope=scope)
    return (
        _wrong_host(headers, hosts)
        or _foreign_origin(headers)
        or _foreign_site(scope, headers)
        or _wrong_form(scope, headers)
    )


def _wrong_host(headers: Headers, hosts: frozenset[str]) -> Refusal | None:
    """Any name may be made to lead to this machine; a page that was opened by it then counts as this host's own."""
    given = headers.getlist("host")
    # Two hosts in one request are a disagreement about whom it is for.
    if len(given) == 1:
        [host] = given
        if host.lower() in hosts:
            return None
    quoted = map(repr, given)
    asked = ", ".join(quoted) or "no host at all"
    own = ", ".join(sorted(hosts))
    reason = (
        f"This page was asked for by {asked}, and is there for {own} only. "
        f"If people shall open it by another, name that in {UI_HOSTS}."
    )
    return Refusal(HTTPStatus.MISDIRECTED_REQUEST, reason)


def _foreign_origin(headers: Headers) -> Refusal | None:
    """A browser names the origin with whatever a page of another site sends that could change something."""
    host = headers["host"]
    for origin in headers.getlist("origin"):
        if not _is_of_host(origin, host):
            reason = f"A page of {origin!r} asked for this. Only pages of {host} may."
            return Refusal(HTTPStatus.FORBIDDEN, reason)
    return None


def _is_of_host(origin: str, host: str) -> bool:
    # Behind a proxy the page's scheme is not known here.
    own = [
        f"http://{host}",
        f"https://{host}",
    ]
    return origin.lower() in map(str.lower, own)


def _foreign_site(scope: Scope, headers: Headers) -> Refusal | None:
    """Another site may link to a page here, as an e-mail does; it may not fetch one, nor show one within its own."""
    # An old browser does not say it. The rest of the rules must do without.
    sites = headers.getlist("sec-fetch-site")
    if all(site in _OWN_SITE for site in sites):
        return None
    if _is_a_link(scope, headers):
        return None
    reason = "A page of another site asked for this. Open the page by itself."
    return Refusal(HTTPStatus.FORBIDDEN, reason)


def _is_a_link(scope: Scope, headers: Headers) -> bool:
    """Whether a person followed a link to a page, which then stands in a window of its own."""
    if scope["type"] == "websocket":
        return False
    return (
        scope["method"] in _READING
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def _wrong_form(scope: Scope, headers: Headers) -> Refusal | None:
    """What changes something comes as JSON by POST, which a page of another site cannot send without being asked first."""
    if scope["type"] == "websocket":
        return None
    reads = scope["method"] in _READING
    # Whatever begins so: the routes of the application would also take a path with a line's end behind it.
    if reads and not scope["path"].startswith(GRAPHQL):
        return None
    if scope["method"] != "POST":
        reason = "This is asked by POST, with JSON."
        return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, reason)
    types = headers.getlist("content-type")
    if len(types) != 1 or _media_type(types[0]) != "application/json":
        reason = "What is posted here must be JSON: Content-Type: application/json."
        return Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, reason)
    return None


def _media_type(text: str) -> str:
    """The type itself: Dagster looks whether the word JSON is in a type, and finds it in a parameter of another."""
    media_type, _, _ = text.partition(";")
    return media_type.strip().lower()


async def _refuse(
    refusal: Refusal,
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    if scope["type"] == "websocket":
        closing = {"type": "websocket.close", "code": _POLICY_VIOLATION}
        await send(closing)
        return
    headers = {"X-Content-Type-Options": "nosniff"}
    answer = PlainTextResponse(f"{refusal.reason}\n", refusal.status, headers)
    await answer(scope, receive, send)


def _never_framed(send: Send) -> Send:
    """Let no other page show this one within itself, where a person would click on it without seeing it."""

    async def send_with_header(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["X-Frame-Options"] = "DENY"
        await send(message)

    return send_with_header
