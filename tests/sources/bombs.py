"""Files that take all memory of whoever opens them trustingly, and others that are unsafe to open."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable

from sources.samples import ods, xlsx
from tests.damage.archives import parts_of, zipped

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
SHARED = "xl/sharedStrings.xml"
GOOD = xlsx.workbook({"Table": {"A1": "Area", "B1": "Value", "A2": "Tower Hamlets", "B2": 7.5}})
GOOD_ODS = ods.workbook({"Table": [["Area", "Value"], ["Tower Hamlets", 7.5]]})
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/hostname">]>'


def with_sheet(rows: str, before: str = "", shared: str = "") -> bytes:
    """A workbook with these rows, and the texts that its cells share."""
    sheet = f'{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    parts = {**parts_of(GOOD), SHEET: sheet.encode()}
    if shared:
        parts[SHARED] = f'<sst xmlns="{MAIN}"><si><t>{shared}</t></si></sst>'.encode()
        relation = (
            b'<Relationship Id="rIdS" Target="sharedStrings.xml" '
            b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
        )
        name = "xl/_rels/workbook.xml.rels"
        parts[name] = parts[name].replace(b"</Relationships>", relation)
    return zipped(parts)


def with_content(rows: str, before: str = "") -> bytes:
    """An ODS file with these rows."""
    parts = parts_of(GOOD_ODS)
    head, _, rest = parts["content.xml"].decode().partition("<table:table-row>")
    content = f"{head}{rows}</table:table>{rest.rpartition('</table:table>')[2]}"
    parts["content.xml"] = content.replace(
        "<office:document-content", f"{before}<office:document-content"
    ).encode()
    return zipped(parts)


def cell(address: str) -> str:
    return f'<row r="{address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{address}"><v>1</v></c></row>'


def ods_cell(attribute: str = "office:value-type", value: str = "string", text: str = "x") -> str:
    return f'<table:table-cell {attribute}="{value}"><text:p>{text}</text:p></table:table-cell>'


def lying(megabytes: int) -> bytes:
    """A workbook whose sheet says that it has few bytes, and inflates to many."""
    good = zipped({**parts_of(GOOD), SHEET: b"<worksheet>" + b" " * (megabytes * 1_000_000)})
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        info = archive.getinfo(SHEET)
    true, lie = (
        struct.pack("<LLL", info.CRC, info.compress_size, size) for size in (info.file_size, 11)
    )
    assert good.count(true) == 2, "in the part's own header and in the directory"
    return good.replace(true, lie)


def doubled() -> bytes:
    """A workbook with two parts of one name, of which two readers may take two."""
    whole = io.BytesIO(GOOD)
    with zipfile.ZipFile(whole, "a") as archive, warnings.catch_warnings(action="ignore"):
        archive.writestr(SHEET, parts_of(GOOD)[SHEET].replace(b"7.5", b"9.9"))
    return whole.getvalue()


def encrypted() -> bytes:
    """A workbook whose parts say that they are encrypted."""
    content = bytearray(GOOD)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


UNSAFE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a zip bomb": (
        lambda: zipped({**parts_of(GOOD), SHEET: b" " * 100_000_000}),
        "inflates to more than",
    ),
    "a bomb beside the cells": (
        lambda: zipped(parts_of(GOOD), {"xl/media/image1.png": b"\0" * 100_000_000}),
        "inflates to more than",
    ),
    "many parts, each just small enough": (
        lambda: zipped(parts_of(GOOD), {f"xl/p{n}.bin": b"\0" * 9_000_000 for n in range(20)}),
        "inflates to more than",
    ),
    "a header that lies about the size": (lambda: lying(8), "by its header"),
    "a header that lies about a bomb": (lambda: lying(100), "inflates to more than"),
    "more parts than a workbook has": (
        lambda: zipped(parts_of(GOOD), {f"p{n}": b"" for n in range(6_000)}),
        "parts, more than",
    ),
    "two parts of one name": (doubled, "two parts called"),
    "parts that are encrypted": (encrypted, "encrypted"),
    "a workbook behind a password": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096,
        "encrypted",
    ),
    "a zip in a zip": (lambda: zipped({"inner.xlsx": GOOD}), "a spreadsheet"),
    "entities of a sheet": (
        lambda: with_sheet("<row><c><v>&i;</v></c></row>", LAUGHS),
        "entities of its own",
    ),
    "an entity from outside": (
        lambda: with_sheet("<row><c><v>&i;</v></c></row>", OUTSIDE),
        "entities of its own",
    ),
    "entities of an ODS file": (
        lambda: with_content(f"<table:table-row>{ods_cell(text='&i;')}</table:table-row>", LAUGHS),
        "entities of its own",
    ),
    "a cell at the far end": (
        lambda: with_sheet(cell("A1") + cell("XFD1048576")),
        "cells, more than",
    ),
    "a cell beyond the far end": (lambda: with_sheet(cell("ZZZZZZ1")), "a cell called"),
    "a row beyond all rows": (
        lambda: with_sheet('<row r="99999999999999999999"><c><v>1</v></c></row>'),
        "counts with",
    ),
    "a cell repeated without end": (
        lambda: with_content(
            f"<table:table-row>{ods_cell('table:number-columns-repeated', '9999999')}</table:table-row>"
        ),
        "cells, more than",
    ),
    "a row repeated without end": (
        lambda: with_content(
            f'<table:table-row table:number-rows-repeated="9999999">{ods_cell()}</table:table-row>'
        ),
        "cells, more than",
    ),
    "a cell after rows without end": (
        lambda: with_content(
            '<table:table-row table:number-rows-repeated="99999999"><table:table-cell/></table:table-row>'
            f"<table:table-row>{ods_cell()}</table:table-row>"
        ),
        "cells, more than",
    ),
    "a long text that many cells share": (
        lambda: with_sheet(
            "<row>" + '<c t="s"><v>0</v></c>' * 60_000 + "</row>", shared="x" * 30_000
        ),
        "letters in its cells",
    ),
    "a long text repeated": (
        lambda: with_content(
            f"<table:table-row>{ods_cell('table:number-columns-repeated', '100000', 'x' * 10_000)}</table:table-row>"
        ),
        "letters in its cells",
    ),
}
"""Workbooks that must be refused, and how the error says why."""
