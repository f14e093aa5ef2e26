"""A small OpenDocument spreadsheet whose bytes are the same every time, for samples.

What belongs here: writing rows into sheets. Which cells a sample has belongs in its `compose_<source>.py`. A library
would write the time of day into the file, so that composing again would seem to change the sample.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

_MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_XMLNS = "urn:oasis:names:tc:opendocument:xmlns"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MANIFEST = (
    f'{_HEAD}<manifest:manifest xmlns:manifest="{_XMLNS}:manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MEDIA_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>\n'
)


def workbook(sheets: Mapping[str, Sequence[Sequence[str | float]]]) -> bytes:
    """The bytes of an ODS file.

    Args:
        sheets: Rows of cells, by sheet; an empty text is an empty cell.
    """
    tables = "".join(f"{_table(name, rows)}\n" for name, rows in sheets.items())
    content = (
        f'{_HEAD}<office:document-content xmlns:office="{_XMLNS}:office:1.0" xmlns:table="{_XMLNS}:table:1.0" '
        f'xmlns:text="{_XMLNS}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>\n{tables}'
        "</office:spreadsheet></office:body></office:document-content>\n"
    )
    # The media type comes first and is not compressed, so that a program knows the file by its first bytes.
    parts = {
        "mimetype": _MEDIA_TYPE,
        "content.xml": content,
        "META-INF/manifest.xml": _MANIFEST,
    }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for path, text in parts.items():
            # Time and system are always the same, else composing again would change the bytes.
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            archive.writestr(entry, text)
    return whole.getvalue()


def _table(name: str, rows: Sequence[Sequence[str | float]]) -> str:
    lines: list[str] = []
    for row in rows:
        cells = "".join(map(_cell, row))
        lines.append(f"<table:table-row>{cells}</table:table-row>")
    inner = "\n".join(lines)
    return f"<table:table table:name={quoteattr(name)}>\n{inner}\n</table:table>"


def _cell(value: str | float) -> str:
    if not isinstance(value, str):
        return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'
    if not value:
        return "<table:table-cell/>"
    # A line break within a cell is another paragraph.
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n"))
    return f'<table:table-cell office:value-type="string">{paragraphs}</table:table-cell>'
