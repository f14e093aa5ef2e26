"""A publisher on loopback that answers well, or badly in ways that no web server's library would allow.

What belongs here: sockets and threads. Which faults there are belongs in `transport_faults` and `content_faults`.
"""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import count

from thindicators.fetching.answers import Answer, Answers

SIGN_IN = "sign-in-page"
"""The last part of an address at which every publisher answers with a page that asks for a password."""

_RESET_AT_ONCE = struct.pack("ii", 1, 0)


@dataclass
class Exchange:
    """One request and the connection to answer it on.

    Attributes:
        answer: The good one.
        attempt: How often this has been asked, from 1.
        closing: Set when the publisher ends.
    """

    answer: Answer
    attempt: int
    connection: socket.socket
    closing: threading.Event

    def send(self, content: bytes) -> None:
        """Put bytes on the wire as they are."""
        self.connection.sendall(content)

    def head(self, status: str = "200 OK", **headers: str | int) -> None:
        """Send a status and headers; `Content_Type` is the header `Content-Type`."""
        given = {"Content-Type": self.answer.media_type, "Connection": "close"}
        given |= {name.replace("_", "-"): str(value) for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        self.send(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("latin-1"))

    def reply(self, content: bytes, status: str = "200 OK", **headers: str | int) -> None:
        """Send a whole answer."""
        self.head(status, **{"Content_Length": len(content), **headers})
        self.send(content)

    def well(self) -> None:
        """Answer as the publisher does on a good day."""
        headers = {name.replace("-", "_"): value for name, value in self.answer.headers.items()}
        self.reply(self.answer.content, f"{self.answer.status} Good day", **headers)

    def reset(self) -> None:
        """Break the connection off without a farewell."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_ONCE)

    def hold(self) -> None:
        """Say nothing more until the other side gives up."""
        self.connection.settimeout(10)
        while not self.closing.is_set() and self.connection.recv(1 << 10):
            pass

    def drip(self, content: bytes) -> None:
        """Send the same bytes for ever, a little at a time."""
        while not self.closing.wait(0.02):
            self.send(content)


Behaviour = Callable[[Exchange], None]


@dataclass(frozen=True)
class Visit:
    """What a publisher gives to one visitor: the answers, and how some of them are given instead.

    Attributes:
        addresses: The publishers' own base addresses, by name.
        badly: How to behave, by the index of the answer.
    """

    answers: Answers
    addresses: Mapping[str, str]
    badly: Mapping[int, Behaviour] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)

    def serve(
        self,
        method: str,
        url: str,
        body: bytes,
        connection: socket.socket,
        closing: threading.Event,
    ) -> None:
        """Answer one request."""
        answer = self.answers.find(method, url, body)
        if url.endswith(SIGN_IN):
            answer = Answer(
                method, url, b"<html><body>Please sign in.</body></html>\n", media_type="text/html"
            )
        request = f"{method} {url} {body!r}"
        self.asked[request] = self.asked.get(request, 0) + 1
        known = next((index for index, one in enumerate(self.answers.answers) if one is answer), -1)
        exchange = Exchange(answer, self.asked[request], connection, closing)
        self.badly.get(known, Exchange.well)(exchange)


class Publisher:
    """All publishers, on one port of loopback, until its `with` block ends."""

    def __init__(self) -> None:
        self._visits: dict[str, Visit] = {}
        self._numbers = count(1)
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self._visits, self._closing))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._closed = socket.socket()
        self._closed.bind(("127.0.0.1", 0))

    def __enter__(self) -> Publisher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._closed.close()
        self._thread.join()

    @property
    def refusing(self) -> str:
        """A base address at which every connection is refused: nobody listens, and nobody else can."""
        return f"http://127.0.0.1:{self._closed.getsockname()[1]}"

    def welcome(self, visit: Visit) -> dict[str, str]:
        """Begin to answer; gives what stands in for the publishers' base addresses, by name."""
        number = str(next(self._numbers))
        self._visits[number] = visit
        port = self._server.server_address[1]
        return {name: f"http://127.0.0.1:{port}/{number}/{name}" for name in visit.addresses}


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor that gives up is what many of the faults are about."""


def _handler(visits: Mapping[str, Visit], closing: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _, number, name, rest = self.path.split("/", 3)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            visit = visits[number]
            with suppress(OSError):
                visit.serve(
                    self.command, f"{visit.addresses[name]}/{rest}", body, self.connection, closing
                )
            self.close_connection = True

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is written about good or bad answers here."""

    return Handler
