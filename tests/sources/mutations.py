"""Damage to good bytes: in the bytes themselves, and inside the formats they are in.

A piece of damage is three numbers or words: what is done, where, and with what. It is applied without chance, so that
hypothesis can repeat it and make it smaller.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

TEXTS = (
    *(
        "",
        " ",
        "-",
        "–",
        "..",
        ":",
        "*",
        "[c]",
        "x",
        "NaN",
        "inf",
        "-Infinity",
        "1e999",
        "1e308",
        "-1e308",
        "9" * 400,
    ),
    *(
        "0",
        "-1",
        "00",
        "1_000",
        "1,000",
        "0x10",
        "1e5",
        "12.5.3",
        "100.0000001",
        "²",
        "½",
        "١٢٣",
        "٪",
        "99999",
        "0000",
    ),
    *(
        "0000-01-01",
        "9999-12-31",
        "2021-02-30",
        "10000",
        "2021/22/23",
        "2021/23",
        "2020-13",
        "Jan 0-Dec 0",
        "Mar 9999",
    ),
    *(
        "Apr 0000-Mar 0000",
        "9998 - 99",
        "2018 - 20",
        "2050",
        "1066",
        "12:00",
        "true",
        "None",
        "null",
        "E09000030",
    ),
    *(
        "Tower Hamlets",
        "=1+1",
        "@SUM(A1)",
        "\u202e12",
        "\x00",
        "\ufeff",
        "a\nb",
        'a"b',
        "a,b",
        "<b>",
        "../../x",
        "50%",
    ),
)
"""What may stand in a cell, of which most must not."""

VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        10**400,
        -(10**30),
        1e308,
        float("nan"),
        float("inf"),
        "",
        [],
        {},
        [[]],
        [None],
    ),
    *({"": None}, [{}], {"a": {"a": {"a": []}}}, "\ud800", *TEXTS),
)
"""What may stand in a JSON document."""


@dataclass(frozen=True)
class Damage:
    """One piece of damage: what is done, where (counted round), and with what."""

    kind: str
    at: int
    other: int


Change = Callable[[bytes, int, int], bytes]


def damaged(content: bytes, damages: list[Damage]) -> bytes:
    """The bytes with all the damage; what does not fit the format is done to the bytes."""
    for one in damages:
        content = CHANGES[one.kind](content, one.at, one.other)
    return content


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
    return content[:at] + TEXTS[other % len(TEXTS)].encode() + content[at:]


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
    found = list(re.finditer(rb"\d+(\.\d+)?", content))
    if not found:
        return content
    one = found[at % len(found)]
    return content[: one.start()] + TEXTS[other % len(TEXTS)].encode() + content[one.end() :]


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
        rows[row][column] = TEXTS[other % len(TEXTS)]
    return _csv(rows)


def _column(content: bytes, at: int, other: int) -> bytes:
    """One text in a whole column of a CSV file, or the column left out or doubled."""
    rows = _rows(content)
    width = max(map(len, rows), default=0)
    if not width:
        return _insert(content, at, other)
    column = at % width
    for row in rows[other % 2 :]:
        if column < len(row):
            row[column : column + 1] = ([], [row[column]] * 2, [TEXTS[other % len(TEXTS)]])[
                other % 3
            ]
    return _csv(rows)


def _rows(content: bytes) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return []


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


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


def _places(node: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    keys = (
        list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else []
    )
    for key in keys:
        found.append((node, key))
        found += _places(node[key])
    return found


def _deep(content: bytes, at: int, other: int) -> bytes:
    """JSON nested far too deep, in the place of a value."""
    depth = 10 ** (2 + other % 4)
    return _tree(content, at, 2).replace(b"false", b"[" * depth + b"]" * depth, 1)


def _part(change: Change) -> Change:
    """Do to one XML part of a workbook what could not be done to its zip."""

    def inside(content: bytes, at: int, other: int) -> bytes:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                parts = {name: archive.read(name) for name in archive.namelist()}
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
            EOFError,
        ):
            return change(content, at, other)
        # Parts in the share of their sizes: the cells stand in the large ones.
        place = at % max(1, sum(map(len, parts.values())))
        for name, part in parts.items():
            if place < len(part):
                parts[name] = change(part, at, other)
                break
            place -= len(part)
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, part)
        return whole.getvalue()

    return inside


_XML_TEXT = re.compile(rb"(?<=>)[^<>]+(?=<)|(?<==\")[^\"]*(?=\")")


def _xml_text(content: bytes, at: int, other: int) -> bytes:
    """Another text in the place of a text or an attribute of XML."""
    found = list(_XML_TEXT.finditer(content))
    if not found:
        return _number(content, at, other)
    one = found[at % len(found)]
    text = (
        TEXTS[other % len(TEXTS)]
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace('"', "&quot;")
        .encode()
    )
    return content[: one.start()] + text + content[one.end() :]


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
    general = ["flip", "delete", "insert", "repeat", "cut", "splice", "number"]
    if content.startswith(b"PK"):
        return [
            "flip",
            "delete",
            "cut",
            *(name for name in CHANGES if name.startswith("part:")),
            "part: text",
        ]
    if content.lstrip()[:1] in (b"{", b"["):
        return [*general, "tree", "tree", "tree", "deep"]
    return [*general, "cell", "cell", "column"]


def damages(content: bytes) -> st.SearchStrategy[list[Damage]]:
    """One to three pieces of damage to some bytes."""
    one = st.builds(
        Damage, st.sampled_from(kinds_for(content)), st.integers(0, 10**6), st.integers(0, 10**4)
    )
    return st.lists(one, min_size=1, max_size=3)
