"""What can go wrong on the way from a publisher, made on a real socket."""

from __future__ import annotations

import gzip
from functools import cache

from tests.faults.fault import TransportFault
from tests.faults.publisher import SIGN_IN, Exchange

TWO_GIGABYTES = 2_000_000_000
SIGN_IN_PAGE = b"<!DOCTYPE html><html><body><form action='/sign-in'><input name='password'></form></body></html>\n"
UNPACKED = 310_000_000
"""Bytes of the bomb, more than any source allows."""


def close(exchange: Exchange) -> None:
    exchange.connection.recv(0)


def reset_in_mid_body(exchange: Exchange) -> None:
    content = exchange.answer.content
    exchange.head(Content_Length=len(content))
    exchange.send(content[: len(content) // 2])
    exchange.reset()


def cut_in_mid_chunk(exchange: Exchange) -> None:
    content = exchange.answer.content
    exchange.head(Transfer_Encoding="chunked")
    exchange.send(
        b"%x\r\n%b\r\n%x\r\n" % (len(content) // 2, content[: len(content) // 2], len(content))
    )


def cut_between_chunks(exchange: Exchange) -> None:
    content = exchange.answer.content
    exchange.head(Transfer_Encoding="chunked")
    exchange.send(b"%x\r\n%b\r\n" % (len(content) // 2, content[: len(content) // 2]))


def silent(exchange: Exchange) -> None:
    exchange.hold()


def silent_in_mid_body(exchange: Exchange) -> None:
    exchange.head(Content_Length=len(exchange.answer.content))
    exchange.send(exchange.answer.content[:-1])
    exchange.hold()


def headers_without_end(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    exchange.drip(b"x")


def dripping(exchange: Exchange) -> None:
    exchange.head()
    exchange.drip(b"x")


def too_many(exchange: Exchange, **headers: str | int) -> None:
    if exchange.attempt > 2:
        exchange.well()
    else:
        exchange.reply(b"Slow down.", "429 Too Many Requests", **headers)


def failing_three_times(exchange: Exchange) -> None:
    if exchange.attempt > 3:
        exchange.well()
    else:
        exchange.reply(b"Something went wrong.", "500 Internal Server Error")


def sign_in(exchange: Exchange) -> None:
    exchange.reply(SIGN_IN_PAGE, "302 Found", Location=SIGN_IN)


def endless_sign_in(exchange: Exchange) -> None:
    exchange.head("302 Found", Location=SIGN_IN)
    exchange.drip(SIGN_IN_PAGE * 10_000)


def endless(exchange: Exchange) -> None:
    exchange.head()
    block = (exchange.answer.content * (1 + 1_000_000 // max(1, len(exchange.answer.content))))[
        :1_000_000
    ]
    while not exchange.closing.is_set():
        exchange.send(block)


def two_gigabytes(exchange: Exchange, *, hold: bool) -> None:
    exchange.head(Content_Length=TWO_GIGABYTES)
    exchange.send(exchange.answer.content)
    if hold:
        exchange.hold()


def packed(exchange: Exchange, content: bytes, packing: str = "gzip") -> None:
    exchange.reply(content, Content_Encoding=packing)


@cache
def bomb() -> bytes:
    return gzip.compress(b"\0" * UNPACKED, 1)


def well_packed(exchange: Exchange) -> None:
    packed(exchange, gzip.compress(exchange.answer.content))


def broken_gzip(exchange: Exchange) -> None:
    content = gzip.compress(exchange.answer.content)
    middle = len(content) // 2
    packed(exchange, content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :])


def cut_gzip(exchange: Exchange) -> None:
    """The cut is not seen in the length, which is that of what was sent."""
    content = gzip.compress(exchange.answer.content, 0)
    packed(exchange, content[: len(content) * 2 // 3])


FAULTS = (
    TransportFault(name="connection refused", sentence="Nobody listens at the address.", behave=None),
    TransportFault(name="closed at once", sentence="The connection is closed without a word.", behave=close),
    TransportFault(
        name="reset in mid-body", sentence="The connection breaks in the middle.", behave=reset_in_mid_body
    ),
    TransportFault(
        name="cut in mid-chunk", sentence="A body in chunks ends within a chunk.", behave=cut_in_mid_chunk
    ),
    TransportFault(
        name="last chunk missing", sentence="A body in chunks ends between two chunks.", behave=cut_between_chunks
    ),
    TransportFault(
        name="silent", sentence="Nothing comes within the timeout.", behave=silent, everywhere=False, hasty=True
    ),
    TransportFault(
        name="silent in mid-body", sentence="All but the last byte comes, and then nothing.",
        behave=silent_in_mid_body, everywhere=False, hasty=True,
    ),
    TransportFault(
        name="headers without end", sentence="A header comes letter by letter, for ever.",
        behave=headers_without_end, everywhere=False, hasty=True,
    ),
    TransportFault(
        name="dripping body", sentence="The body comes letter by letter, for ever.",
        behave=dripping, everywhere=False, hasty=True,
    ),
    TransportFault(
        name="429 with Retry-After, twice", sentence="“Too many requests”, and how long to wait; then the answer.",
        behave=lambda exchange: too_many(exchange, Retry_After="1"),
    ),
    TransportFault(
        name="429 without Retry-After, twice", sentence="“Too many requests” and no more; then the answer.",
        behave=too_many,
    ),
    TransportFault(
        name="429 with a long Retry-After", sentence="“Too many requests”, and to come again tomorrow.",
        behave=lambda exchange: too_many(exchange, Retry_After="86400"),
    ),
    TransportFault(
        name="429 for ever", sentence="“Too many requests”, every time.",
        behave=lambda exchange: exchange.reply(b"Slow down.", "429 Too Many Requests"),
    ),
    TransportFault(
        name="500 three times, then good", sentence="The server fails three times, then answers.",
        behave=failing_three_times,
    ),
    TransportFault(
        name="503 for ever", sentence="The server is down for repairs.",
        behave=lambda exchange: exchange.reply(b"Down for repairs.", "503 Service Unavailable"),
    ),
    TransportFault(
        name="sign-in page, same host", sentence="A redirect to a page that asks for a password.", behave=sign_in
    ),
    TransportFault(
        name="sign-in page, other host", sentence="A redirect to such a page of somebody else.",
        behave=lambda exchange: exchange.reply(b"", "302 Found", Location="https://login.example.org/sign-in"),
    ),
    TransportFault(
        name="redirect with an endless body", sentence="A redirect whose own body never ends.", behave=endless_sign_in
    ),
    TransportFault(
        name="redirect nowhere", sentence="A redirect to an address that is none.",
        behave=lambda exchange: exchange.reply(b"", "302 Found", Location="//["),
    ),
    TransportFault(
        name="HTML with status 200", sentence="An error page that calls itself a success.",
        behave=lambda exchange: exchange.reply(SIGN_IN_PAGE, Content_Type="text/html; charset=utf-8"),
    ),
    TransportFault(
        name="HTML as the right media type", sentence="The same, which also calls itself the file.",
        behave=lambda exchange: exchange.reply(SIGN_IN_PAGE),
    ),
    TransportFault(
        name="empty 200", sentence="A success without a byte.", behave=lambda exchange: exchange.reply(b"")
    ),
    TransportFault(
        name="204 no content", sentence="“No content”.",
        behave=lambda exchange: exchange.head("204 No Content"),
    ),
    TransportFault(
        name="206 a part", sentence="Half of the file, which says that it is a part.",
        behave=lambda exchange: exchange.reply(
            exchange.answer.content[: len(exchange.answer.content) // 2], "206 Partial Content"
        ),
    ),
    TransportFault(
        name="304 unasked", sentence="“Not modified”, when the whole was asked for.",
        behave=lambda exchange: exchange.head("304 Not Modified"),
    ),
    TransportFault(name="gzip", sentence="The right body, packed for the way: no fault.", behave=well_packed),
    TransportFault(name="gzip broken", sentence="A packed body with a wrong byte.", behave=broken_gzip),
    TransportFault(name="gzip cut", sentence="Two thirds of a packed body.", behave=cut_gzip),
    TransportFault(
        name="gzip twice", sentence="A body that says it is packed twice.",
        behave=lambda exchange: packed(exchange, gzip.compress(gzip.compress(exchange.answer.content)), "gzip, gzip"),
    ),
    TransportFault(
        name="gzip bomb", sentence="A small body that unpacks to 310 MB.",
        behave=lambda exchange: packed(exchange, bomb()), everywhere=False,
    ),
    TransportFault(
        name="wrong media type", sentence="The right file under the media type of another.",
        behave=lambda exchange: exchange.reply(exchange.answer.content, Content_Type="video/mp4"),
    ),
    TransportFault(
        name="2 GB announced, then ended", sentence="The right body, announced as one of 2 GB.",
        behave=lambda exchange: two_gigabytes(exchange, hold=False),
    ),
    TransportFault(
        name="2 GB announced, then held", sentence="The same, and the connection stays open.",
        behave=lambda exchange: two_gigabytes(exchange, hold=True),
    ),
    TransportFault(
        name="endless body", sentence="The right body again and again, without end.", behave=endless, everywhere=False
    ),
)  # fmt: skip
"""Every fault of the way, by its name in the table of outcomes."""
