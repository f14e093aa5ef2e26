"""Workbooks as the zips of parts that they are: taken apart, put together, and made unsafe to open."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping


def parts_of(archive: bytes) -> dict[str, bytes]:
    """The parts of a zip by their names."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(parts: Mapping[str, bytes], more: Mapping[str, bytes] | None = None) -> bytes:
    """A zip of these parts, and of more; packed fast, since a test's bomb is large."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in {**parts, **(more or {})}.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def largest_part(parts: Mapping[str, bytes]) -> str:
    """The name of the largest part, where the cells stand."""
    return max(parts, key=lambda name: len(parts[name]))


def understated(archive: bytes, name: str) -> bytes:
    """The same zip, whose headers say that a part has a thousand bytes."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        size = opened.getinfo(name).file_size.to_bytes(4, "little")
    return archive.replace(size, (1000).to_bytes(4, "little"))


def with_far_cell(archive: bytes) -> bytes:
    """One cell in the last row and column: a table with the cells between fits into no memory."""
    parts = parts_of(archive)
    if "content.xml" in parts:
        name, end = "content.xml", b"</table:table>"
        far = (
            b'<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
            b'office:value-type="float" table:number-columns-repeated="16000" office:value="1"/>'
            b"</table:table-row>"
        )
    else:
        name = next(name for name in parts if name.startswith("xl/worksheets/"))
        end = b"</sheetData>"
        far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return zipped(parts, {name: parts[name].replace(end, far + end)})
