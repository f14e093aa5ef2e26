"""Damage to good bytes anywhere: in the bytes themselves, and inside the formats they are in.

A piece of damage is three numbers or words: what is done, where, and with what. It is applied without chance, so that
hypothesis can repeat it and make it smaller.
"""

from __future__ import annotations

import csv
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from hypothesis import strategies as st

from tests.damage.archives import parts_of, zipped
from tests.damage.tables import as_csv, csv_rows

_WORDS = """
- – .. : * [c] x NaN inf -Infinity 1e999 1e308 -1e308 true None null E09000030 50% \x00 \ufeff
0 -1 00 1_000 1,000 0x10 1e5 12.5.3 100.0000001 ² ½ ١٢٣ ٪ 99999 0000 10000 2050 1066 12:00
0000-01-01 9999-12-31 2021-02-30 2021/22/23 2021/23 2020-13
=1+1 @SUM(A1) \u202e12 a"b a,b <b> ../../x
"""
_WITH_SPACES = ("Jan 0-Dec 0", "Mar 9999", "Apr 0000-Mar 0000", "9998 - 99", "2018 - 20", "a\nb")
TEXTS = ("", " ", "9" * 400, "Tower Hamlets", *_WITH_SPACES, *_WORDS.split())
"""What may stand in a cell, of which most must not."""

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**400, -(10**30), 1e308, float("nan"), float("inf"), ""),
    *([], {}, [[]], [None], {"": None}, [{}], {"a": {"a": {"a": []}}}, "\ud800"),
    *TEXTS,
)
"""What may stand in a JSON document."""


@dataclass(frozen=True)
class Damage:
    """One piece of damage: what is done, where (counted round), and with what."""

    kind: str
    at: int
    other: int


Change = Callable[[bytes, int, int], bytes]
"""Makes a piece of damage to bytes: at a place, with something."""


def damaged(content: bytes, damages: list[Damage]) -> bytes:
    """The bytes with all the damage; what does not fit the format is done to the bytes."""
    for damage in damages:
        content = CHANGES[damage.kind](content, damage.at, damage.other)
    return content


def _text(other: int) -> str:
    return TEXTS[other % len(TEXTS)]


# --- in the bytes ---


def _flip(content: bytes, at: int, other: int) -> bytes:
    if not content:
        return b""
    at %= len(content)
    return content[:at] + bytes([content[at] ^ (1 + other % 255)]) + content[at + 1 :]


def _delete(content: bytes, at: int, other: int) -> bytes:
    at %= len(content) + 1
    return content[:at] + content[at + 1 + other % 40 :]


def _insert(content: bytes, at: int, other: int) -> bytes:
    at %= len(content) + 1
    return content[:at] + _text(other).encode() + content[at:]


def _repeat(content: bytes, at: int, other: int) -> bytes:
    at %= len(content) + 1
    return content[:at] + content[at : at + 1 + other % 200] + content[at:]


def _cut(content: bytes, at: int, _other: int) -> bytes:
    return content[: at % (len(content) + 1)]


def _splice(content: bytes, at: int, other: int) -> bytes:
    """A line moved to another place."""
    lines = content.split(b"\n")
    line = lines.pop(at % len(lines))
    lines.insert(other % (len(lines) + 1), line)
    return b"\n".join(lines)


def _number(content: bytes, at: int, other: int) -> bytes:
    """Another text in the place of a number."""
    return _replaced(content, re.compile(rb"\d+(\.\d+)?"), at, _text(other)) or content


def _replaced(content: bytes, pattern: re.Pattern[bytes], at: int, text: str) -> bytes | None:
    """Another text in the place of one match of a pattern; None if there is none."""
    matches = list(pattern.finditer(content))
    if not matches:
        return None
    match = matches[at % len(matches)]
    return content[: match.start()] + text.encode() + content[match.end() :]


# --- in a table ---


def _cell(content: bytes, at: int, other: int) -> bytes:
    """Another text in a cell of a CSV file, or a cell swapped with another."""
    rows = _rows(content)
    places = [(row, column) for row, cells in enumerate(rows) for column in range(len(cells))]
    if not places:
        return _insert(content, at, other)
    row, column = places[at % len(places)]
    if other % 3 == 0:
        swapped, place = places[other % len(places)]
        rows[row][column], rows[swapped][place] = rows[swapped][place], rows[row][column]
    else:
        rows[row][column] = _text(other)
    return as_csv(rows)


def _column(content: bytes, at: int, other: int) -> bytes:
    """One text in a whole column of a CSV file, or the column left out or doubled."""
    rows = _rows(content)
    width = max(map(len, rows), default=0)
    if not width:
        return _insert(content, at, other)
    column = at % width
    for row in rows[other % 2 :]:
        if column < len(row):
            instead = [[], [row[column]] * 2, [_text(other)]]
            row[column : column + 1] = instead[other % 3]
    return as_csv(rows)


def _rows(content: bytes) -> list[list[str]]:
    try:
        return csv_rows(content)
    except (UnicodeDecodeError, csv.Error):
        return []


# --- in a JSON document ---


def _tree(content: bytes, at: int, other: int) -> bytes:
    """Another value at one place of a JSON document, or that place left out or doubled."""
    try:
        whole = [json.loads(content)]
    except (ValueError, RecursionError):
        return _number(content, at, other)
    places = list(_places(whole))
    holder, key = places[at % len(places)]
    if other % 4 == 0 and holder is not whole:
        del holder[key]
    elif other % 4 == 1 and isinstance(holder, list):
        holder.insert(key, holder[key])
    else:
        holder[key] = VALUES[other % len(VALUES)]
    return json.dumps(whole[0] if whole else None).encode()


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    keys: list[Any] = list(node) if isinstance(node, dict) else []
    if isinstance(node, list):
        keys = list(range(len(node)))
    for key in keys:
        yield node, key
        yield from _places(node[key])


def _deep(content: bytes, at: int, other: int) -> bytes:
    """JSON nested far too deep, in the place of a value."""
    depth = 10 ** (2 + other % 4)
    return _tree(content, at, VALUES.index(False)).replace(b"false", b"[" * depth + b"]" * depth, 1)


# --- in a part of a workbook ---

_NO_ZIP = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError)


def _part(change: Change) -> Change:
    """Do to one XML part of a workbook what could not be done to its zip."""

    def inside(content: bytes, at: int, other: int) -> bytes:
        try:
            parts = parts_of(content)
        except (*_NO_ZIP, EOFError):
            return change(content, at, other)
        # Parts in the share of their sizes: the cells stand in the large ones.
        place = at % max(1, sum(map(len, parts.values())))
        for name, part in parts.items():
            if place < len(part):
                return zipped(parts, {name: change(part, at, other)})
            place -= len(part)
        return zipped(parts)

    return inside


_XML_TEXT = re.compile(rb"(?<=>)[^<>]+(?=<)|(?<==\")[^\"]*(?=\")")


def _xml_text(content: bytes, at: int, other: int) -> bytes:
    """Another text in the place of a text or an attribute of XML."""
    text = escape(_text(other), {'"': "&quot;"})
    return _replaced(content, _XML_TEXT, at, text) or _number(content, at, other)


CHANGES: dict[str, Change] = {
    "flip": _flip,
    "delete": _delete,
    "insert": _insert,
    "repeat": _repeat,
    "cut": _cut,
    "splice": _splice,
    "number": _number,
    "cell": _cell,
    "column": _column,
    "tree": _tree,
    "deep": _deep,
    "part: flip": _part(_flip),
    "part: delete": _part(_delete),
    "part: repeat": _part(_repeat),
    "part: number": _part(_number),
    "part: text": _part(_xml_text),
}
"""What can be done to bytes."""


def kinds_for(content: bytes) -> list[str]:
    """The damage that fits bytes: to a workbook also inside it, to a table in its cells, to JSON in its tree."""
    if content.startswith(b"PK"):
        inside = [name for name in CHANGES if name.startswith("part:")]
        return ["flip", "delete", "cut", *inside, "part: text"]
    general = ["flip", "delete", "insert", "repeat", "cut", "splice", "number"]
    if content.lstrip()[:1] in (b"{", b"["):
        return [*general, "tree", "tree", "tree", "deep"]
    return [*general, "cell", "cell", "column"]


def damages(content: bytes) -> st.SearchStrategy[list[Damage]]:
    """One to three pieces of damage to some bytes."""
    kinds = st.sampled_from(kinds_for(content))
    each = st.builds(Damage, kinds, st.integers(0, 10**6), st.integers(0, 10**4))
    return st.lists(each, min_size=1, max_size=3)
