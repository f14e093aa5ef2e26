"""To every source, a digit of another script is a strange letter like any: it reads no year, period or figure from it.

In each file of each sample, one column of a CSV, one member of a JSON document or all text of a workbook is written in
other digits, and then with a letter for every digit. What comes of the two must be the same: both are refused, or both
give the same figures. A reader that takes other digits for plain ones gives the good sample's figures for the first.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.sources.test_any_bytes import PLAN, READ, sample
from tests.support import module_of
from thindicators.errors import ThindicatorsError
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import table_of

PLAIN = "0123456789"
OTHER = str.maketrans(PLAIN, "٠١٢٣٤٥٦٧٨٩")
STRANGE = str.maketrans(PLAIN, "§" * len(PLAIN))

Change = Callable[[str], str]
_TEXT_OF_A_CELL = re.compile(r"(<t(?: [^>]*)?>|<text:p(?: [^>]*)?>)([^<]*)")


def outcome(source: str, snapshots: Mapping[str, Snapshot]) -> list[object]:
    """The figures of each of a source's indicators, or that they are refused."""
    found: list[object] = []
    for indicator in sample(source).indicators:
        try:
            rows = module_of(source).parse(indicator, snapshots)
            table_of(rows, PLAN.area_names)
        except ThindicatorsError:
            found.append("refused")
            continue
        found.append(
            {
                (row.area_code, row.period.iso, row.breakdown, row.category, row.value)
                for row in rows
            }
        )
    return found


def written(content: bytes, change: Change) -> Iterator[tuple[str, bytes]]:
    """The bytes of a file with a part of its text changed, by the name of the part."""
    if content.startswith(b"PK"):
        yield "all text", _workbook(content, change)
    elif content.lstrip()[:1] in (b"{", b"["):
        yield from _documents(json.loads(content), change)
    else:
        yield from _tables(content, change)


def _workbook(content: bytes, change: Change) -> bytes:
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            inner = old.read(part)
            if part.endswith(".xml") and "rels" not in part:
                text = _TEXT_OF_A_CELL.sub(
                    lambda found: found[1] + change(found[2]), inner.decode()
                )
                inner = text.encode()
            new.writestr(part, inner)
    return changed.getvalue()


def _documents(whole: object, change: Change) -> Iterator[tuple[str, bytes]]:
    for name in sorted(set(_names(whole))):
        yield name, json.dumps(_with_member(whole, name, change)).encode()


def _names(node: object) -> Iterator[str]:
    inner = (
        list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    )
    yield from node if isinstance(node, dict) else []
    for each in inner:
        yield from _names(each)


def _with_member(node: Any, wanted: str, change: Change, name: str = "") -> Any:
    if isinstance(node, dict):
        return {key: _with_member(inner, wanted, change, key) for key, inner in node.items()}
    if isinstance(node, list):
        return [_with_member(inner, wanted, change, name) for inner in node]
    is_meant = name == wanted and isinstance(node, str | int | float) and not isinstance(node, bool)
    return change(str(node)) if is_meant else node


def _tables(content: bytes, change: Change) -> Iterator[tuple[str, bytes]]:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    for at, name in enumerate(rows[0]):
        changed = [
            [change(cell) if at == index else cell for index, cell in enumerate(row)]
            for row in rows[1:]
        ]
        text = io.StringIO(newline="")
        csv.writer(text).writerows([rows[0], *changed])
        yield name, text.getvalue().encode()


FILES = [(source, role) for source in READ for role in sorted(sample(source).snapshots)]


@pytest.mark.parametrize(("source", "role"), FILES)
def test_other_digits_are_strange_letters(source: str, role: str) -> None:
    good = sample(source).snapshots
    content = good[role].content
    in_other_digits = written(content, lambda text: text.translate(OTHER))
    in_strange_letters = written(content, lambda text: text.translate(STRANGE))
    for (name, other), (_, strange) in zip(in_other_digits, in_strange_letters, strict=True):
        came = outcome(source, {**good, role: replace(good[role], content=other)})
        expected = outcome(source, {**good, role: replace(good[role], content=strange)})
        assert came == expected, f"{name} of {role}"
