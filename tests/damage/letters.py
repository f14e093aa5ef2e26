"""Letters changed in one part of a file: a column of a CSV, a member of a JSON document, all text of a workbook."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.damage.archives import parts_of, zipped
from tests.damage.tables import as_csv, csv_rows

Change = Callable[[str], str]
_TEXT_OF_A_CELL = re.compile(r"(<t(?: [^>]*)?>|<text:p(?: [^>]*)?>)([^<]*)")


def each_part_changed(content: bytes, change: Change) -> Iterator[tuple[str, bytes]]:
    """The file with the text of one part changed, for each of its parts and by the part's name."""
    if content.startswith(b"PK"):
        yield "all text", _workbook(content, change)
    elif content.lstrip()[:1] in (b"{", b"["):
        whole = json.loads(content)
        for name in sorted(set(_names(whole))):
            yield name, json.dumps(_with_member(whole, name, change)).encode()
    else:
        yield from _columns(csv_rows(content), change)


def _workbook(content: bytes, change: Change) -> bytes:
    parts = parts_of(content)
    for name, part in parts.items():
        if name.endswith(".xml") and "rels" not in name:
            text = _TEXT_OF_A_CELL.sub(lambda cell: cell[1] + change(cell[2]), part.decode())
            parts[name] = text.encode()
    return zipped(parts)


def _names(node: object) -> Iterator[str]:
    children: list[object] = list(node) if isinstance(node, list) else []
    if isinstance(node, dict):
        yield from node
        children = list(node.values())
    for child in children:
        yield from _names(child)


def _with_member(node: Any, wanted: str, change: Change, name: str = "") -> Any:
    if isinstance(node, dict):
        return {key: _with_member(inner, wanted, change, key) for key, inner in node.items()}
    if isinstance(node, list):
        return [_with_member(inner, wanted, change, name) for inner in node]
    is_meant = name == wanted and isinstance(node, str | int | float) and not isinstance(node, bool)
    return change(str(node)) if is_meant else node


def _columns(rows: list[list[str]], change: Change) -> Iterator[tuple[str, bytes]]:
    header, *under = rows
    for index, name in enumerate(header):
        changed = [[*row[:index], change(row[index]), *row[index + 1 :]] for row in under]
        yield name, as_csv([header, *changed])
