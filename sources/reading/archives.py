"""Zips from outside: read in memory and within bounds, whatever their headers say.

What belongs here: what may be wrong with a zip, and inflating one part of it. What the parts of a workbook are belongs
in `workbooks`. Nothing here, or anywhere in the project, writes a part of an archive to disk, so that the names in it
are only ever compared.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

MOST_PARTS = 5_000
"""More parts than this are refused; the fullest workbook that a publisher gives has some eighty."""

_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_CHUNK = 1 << 20
# What the standard library raises over damaged zips is not documented as one kind of error.
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    IndexError,
    OverflowError,
)


class ArchiveError(ValueError):
    """An archive cannot be read, or is refused, in words; whoever knows the file turns it into a `SourceError`."""


@contextmanager
def opened(content: bytes) -> Iterator[zipfile.ZipFile]:
    """A zip whose parts have names of their own and are neither too many nor encrypted.

    Raises:
        ArchiveError: If it is none; also for whatever goes wrong in the `with` block for the zip's sake.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check(archive.infolist())
            yield archive
    except ArchiveError:
        raise
    except _BROKEN as problem:
        raise ArchiveError(f"a zip that cannot be read ({problem})") from None


def inflate(
    archive: zipfile.ZipFile,
    part: zipfile.ZipInfo,
    limit: int,
) -> bytes:
    """One part of a zip. Its size is counted while it inflates; the size in the header is only compared.

    Raises:
        ArchiveError: If it has more bytes than `limit`, or than its header says.
    """
    # The library stops at the size in the header; here it is to go on, so that a lie shows.
    believed = copy(part)
    believed.file_size = limit + _CHUNK
    content = bytearray()
    with archive.open(believed) as file:
        while chunk := file.read(_CHUNK):
            content += chunk
            if len(content) > limit:
                raise ArchiveError(
                    f"a zip whose part “{part.filename}” inflates to more than {limit / 1e6:.3g} MB"
                )
    if len(content) != part.file_size:
        raise ArchiveError(
            f"a zip whose part “{part.filename}” has {len(content)} bytes, and {part.file_size} by its header"
        )
    return bytes(content)


def _check(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise ArchiveError(f"a zip of {len(parts)} parts, more than {MOST_PARTS}")
    names = set()
    for part in parts:
        # Two readers of such a zip would see two files.
        if part.filename in names:
            raise ArchiveError(f"a zip with two parts called “{part.filename}”")
        names.add(part.filename)
        if part.flag_bits & _ENCRYPTED:
            raise ArchiveError("a zip that is encrypted")
        if part.compress_type not in _METHODS:
            raise ArchiveError(
                f"a zip whose part “{part.filename}” is compressed in an unusual way"
            )
