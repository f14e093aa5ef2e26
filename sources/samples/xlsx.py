"""A small workbook whose bytes are the same every time, for samples.

What belongs here: writing cells into sheets. Which cells a sample has belongs in its `compose_<source>.py`. A library
would write the time of day into the file, so that composing again would seem to change the sample.
"""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def workbook(sheets: Mapping[str, Mapping[str, str | float]]) -> bytes:
    """The bytes of an XLSX file.

    Args:
        sheets: Cells by their address, such as `B7`, by sheet.
    """
    targets = {
        f"rId{number}": ("worksheet", f"worksheets/sheet{number}.xml")
        for number in range(1, len(sheets) + 1)
    }
    parts = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": _list_of_sheets(sheets),
        "xl/_rels/workbook.xml.rels": _relations(targets),
    }
    for number, cells in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(cells)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for path, text in parts.items():
            # A zip remembers the time of each part: the earliest that it can is always the same.
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, _HEAD + text)
    return whole.getvalue()


def _content_types(sheets: int) -> str:
    overrides = [f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>']
    for number in range(1, sheets + 1):
        path = f"/xl/worksheets/sheet{number}.xml"
        overrides.append(f'<Override PartName="{path}" ContentType="{_TYPE}.worksheet+xml"/>')
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{''.join(overrides)}"
        "</Types>"
    )


def _list_of_sheets(names: Iterable[str]) -> str:
    entries: list[str] = []
    for number, name in enumerate(names, 1):
        entries.append(f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>')
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{''.join(entries)}</sheets>"
        "</workbook>"
    )


def position(address: str) -> tuple[int, int]:
    """Row and column of an address, as numbers that sort."""
    letters = address.rstrip("0123456789")
    column = 0
    # Letters count to the base of 26 without a zero: Z is 26, and AA is 27.
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(address.removeprefix(letters)), column


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    entries: list[str] = []
    for key, (kind, target) in targets.items():
        entries.append(f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>')
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(entries)}</Relationships>'


def _sheet(cells: Mapping[str, str | float]) -> str:
    cells_of_row: dict[int, list[str]] = defaultdict(list)
    # Readers expect rows, and the cells in them, in order.
    for address in sorted(cells, key=position):
        row, _ = position(address)
        cells_of_row[row].append(_cell(address, cells[address]))
    rows: list[str] = []
    for row, row_cells in cells_of_row.items():
        rows.append(f'<row r="{row}">{"".join(row_cells)}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


def _cell(address: str, value: str | float) -> str:
    if isinstance(value, str):
        # Texts stand in their cells, as a list of shared ones would be another part.
        return f'<c r="{address}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{address}"><v>{value!r}</v></c>'
