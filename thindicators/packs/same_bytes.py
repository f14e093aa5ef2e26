"""Same bytes: an Office file made anew gives the same bytes, on any machine and on any day.

What belongs here: taking the clock, and what a machine's compressor makes, out of a file that a library wrote.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from thindicators.formats.archive import archive_with

_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_NO_TIME = rb"\g<1>2000-01-01T00:00:00Z\g<2>"
_PROPERTIES = "docProps/core.xml"


def without_clock(office_file: bytes) -> bytes:
    """An Office file, and the workbooks within it, with no time in it but a fixed one."""
    contents = {}
    with zipfile.ZipFile(BytesIO(office_file)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            if name.endswith(".xlsx"):
                part = without_clock(part)
            elif name == _PROPERTIES:
                part = _TIMES.sub(_NO_TIME, part)
            contents[name] = part
    return archive_with(contents)
