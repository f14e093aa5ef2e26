"""Damage to whole files: their bytes, their encoding, their end, their sheets, and what they unpack to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy

from tests.damage.archives import largest_part, parts_of, understated, with_far_cell, zipped
from tests.damage.cells import Spoil, scaled, values
from tests.damage.tables import (
    DoesNotApplyError,
    Layout,
    columns_of,
    read_tables,
    sheets_of,
    write_tables,
)

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
BOMB_SIZE = 150_000_000
ENTITIES = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
LAUGHS = f'<!DOCTYPE lolz [<!ENTITY a0 "ha">{ENTITIES}]>'
"""Entities of entities, that take all memory of whoever puts them in their places."""


def unchanged(layout: Layout, good: bytes) -> Iterator[bytes]:
    """The good file, read and written again."""
    yield write_tables(layout, read_tables(layout, good), good)


def text_only(spoil: Callable[[bytes], bytes | Iterable[bytes]]) -> Spoil:
    """Damage to files of plain text."""

    def spoiled(layout: Layout, good: bytes) -> Iterator[bytes]:
        if layout.is_workbook:
            raise DoesNotApplyError("a workbook is no plain text")
        made = spoil(good)
        yield from [made] if isinstance(made, bytes) else made

    return spoiled


def with_byte_order_mark(content: bytes) -> bytes:
    """Text that begins with a byte-order mark."""
    return BYTE_ORDER_MARK + content.removeprefix(BYTE_ORDER_MARK)


def in_utf_16(content: bytes) -> bytes:
    """Text as Excel's “Unicode text” is."""
    return content.removeprefix(BYTE_ORDER_MARK).decode().encode("utf-16")


def in_windows_1252(layout: Layout, good: bytes) -> Iterator[bytes]:
    """With a word that the two encodings write differently, in a cell of words."""
    if layout.is_workbook or layout.format == "json":
        raise DoesNotApplyError("the format fixes its encoding")
    tables = read_tables(layout, good)
    for column in columns_of(layout, tables[""], (layout.text,)):
        tables[""][-1][column] = "Café £ – €"
    yield write_tables(layout, tables, good).decode().encode("cp1252")


def cut_at_a_line(content: bytes) -> Iterator[bytes]:
    """Text that ends early, after a whole line."""
    lines = content.splitlines(keepends=True)
    if len(lines) < 3:
        raise DoesNotApplyError("the file is one line")
    for count in sorted({2, len(lines) // 3, len(lines) // 2, len(lines) - 2, len(lines) - 1}):
        yield b"".join(lines[:count])


def cut_in_mid_line(_: Layout, good: bytes) -> Iterator[bytes]:
    """A file that ends early, within a line or within the zip."""
    for part in (0.1, 0.5, 0.9):
        yield good[: int(len(good) * part)]
    yield good.rstrip(b"\r\n")[:-2]


def renamed_sheet(layout: Layout, good: bytes) -> Iterator[bytes]:
    """The last sheet with figures has another name."""
    _only_of_workbooks(layout, "the file has no sheets")
    tables = read_tables(layout, good)
    last = sheets_of(layout, tables)[-1]
    for new in ("Sheet1", f"{last} (2)", "Notes"):
        renamed = {new if name == last else name: rows for name, rows in tables.items()}
        yield write_tables(layout, renamed, good)


def doubled_sheet(layout: Layout, good: bytes) -> Iterator[bytes]:
    """The last sheet with figures stands twice, with other figures."""
    _only_of_workbooks(layout, "the file has no sheets")
    tables = read_tables(layout, good)
    last = sheets_of(layout, tables)[-1]
    again = deepcopy(tables[last])
    scaled(1.5, values)(layout, again)
    yield write_tables(layout, {**tables, f"{last} (2)": again}, good)


def zip_bombs(layout: Layout, good: bytes) -> Iterator[bytes]:
    """A sheet that inflates enormously, with honest sizes and with small ones; then a far cell."""
    _only_of_workbooks(layout, "the file is no zip")
    parts = parts_of(good)
    largest = largest_part(parts)
    bomb = zipped(parts, {largest: parts[largest] + b" " * BOMB_SIZE})
    yield bomb
    yield understated(bomb, largest)
    yield with_far_cell(good)


def entity_bombs(layout: Layout, good: bytes) -> Iterator[bytes]:
    """Entities of entities: in a part of a workbook, or in a page that comes instead of the file."""
    if not layout.is_workbook:
        yield f"{LAUGHS}<html><body>&a9;</body></html>".encode()
        yield f'<?xml version="1.0"?>{LAUGHS}<data>&a9;</data>'.encode()
        return
    parts = parts_of(good)
    name = largest_part(parts)
    declaration, _, rest = parts[name].partition(b"?>")
    text = re.sub(rb"(<text:p>|<t>)", rb"\1&a9;", rest, count=1)
    yield zipped(parts, {name: declaration + b"?>" + LAUGHS.encode() + text})
    yield zipped(parts, {name: declaration + b"?>" + text})


def _only_of_workbooks(layout: Layout, why_not: str) -> None:
    if not layout.is_workbook:
        raise DoesNotApplyError(why_not)
