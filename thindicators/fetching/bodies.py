"""Bodies: the bytes of an answer, whole and unpacked, and never more than is allowed.

What belongs here: taking an answer's body off the wire. How long it may take belongs in `exchange`, whether to ask again
after a failure in `client`.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterable, Iterator

import requests

from thindicators import plain_numbers

ACCEPTED = "gzip"
"""The one way of packing that is asked for."""

_CHUNK = 1 << 16
_START = 1 << 12
"""More than anybody is told of an error page: a key in it is blotted out before it is cut."""
_GZIP = 16 + zlib.MAX_WBITS


class BodyError(Exception):
    """A body that asking again would not mend: what came."""


class TooLargeError(BodyError):
    """A body larger than is allowed."""


def read_body(response: requests.Response, largest: int) -> bytes:
    """All bytes of a body, as they were before they were packed for the way.

    Args:
        response: To an answer whose body has not been read.
        largest: In bytes, unpacked.

    Raises:
        BodyError: If it is larger, or is packed so that it cannot be opened.
        urllib3.exceptions.HTTPError: If the connection fails.
    """
    encoding = response.headers.get("Content-Encoding", "")
    packing = encoding.strip().lower()
    if packing not in ("", "identity", ACCEPTED):
        raise BodyError(f"a compressed body that cannot be opened: “{packing}” was not asked for")
    if _announced_length(response) > largest:
        raise TooLargeError("its announced length")
    parts = _parts(response)
    if packing == ACCEPTED:
        parts = _unpacked(parts)
    content = bytearray()
    for part in parts:
        content += part
        if len(content) > largest:
            raise TooLargeError("its length")
    return bytes(content)


def _announced_length(response: requests.Response) -> int:
    """In bytes as they travel; 0 if none is announced that can be read."""
    announced = response.headers.get("Content-Length", "").strip()
    if not plain_numbers.is_whole_number(announced):
        return 0
    return plain_numbers.whole_number(announced)


def start_of_body(response: requests.Response) -> str:
    """The first of a body, to tell somebody what came instead of an answer; nothing if it cannot be had."""
    start = bytearray()
    with contextlib.suppress(Exception):
        for part in _parts(response):
            start += part
            if len(start) >= _START:
                break
    return start[:_START].decode("utf-8", "replace")


def _parts(response: requests.Response) -> Iterator[bytes]:
    """What has come so far, again and again: a read of a fixed length would wait for a byte that never comes."""
    while part := response.raw.read1(_CHUNK, decode_content=False):
        yield part


def _unpacked(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The contents of a gzip, of which several may follow each other, little by little."""
    stream = zlib.decompressobj(_GZIP)
    try:
        for part in parts:
            while part:
                # Another packed part may follow where one has ended.
                stream = zlib.decompressobj(_GZIP) if stream.eof else stream
                yield stream.decompress(part, _CHUNK)
                part = stream.unconsumed_tail or stream.unused_data
        yield stream.flush()
    except zlib.error as problem:
        raise BodyError("a compressed body that cannot be opened") from problem
    if not stream.eof:
        raise BodyError("a compressed body that cannot be opened: it was cut off")
