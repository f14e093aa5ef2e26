"""What Nomis answers, made from plain rows: code lists, tables and their answers, for the tests of its sources."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from tests.support import snapshot_of
from thindicators.fetching.answers import Answer
from thindicators.fetching.snapshots import Snapshot

DATASETS = "https://www.nomisweb.co.uk/api/v01/dataset"
NORMAL = {"obs_status": "A", "obs_status_name": "Normal Value"}
MISSING = {"obs_value": "", "obs_status": "Q", "obs_status_name": "These figures are missing."}

TOWER_HAMLETS, LONDON, ENGLAND = AREAS = ("E09000030", "E12000007", "E92000001")
_BARE = ("obs_value", "record_count")

Row = dict[str, str]


def code_list(
    names: Mapping[str, str], said: Mapping[str, Mapping[str, str | int]] | None = None
) -> bytes:
    """A code list as `<concept>.def.sdmx.json` has it: a code or a name that is a number stands there as one.

    Args:
        names: By code.
        said: What the list says of some codes besides, by title.
    """
    codes = [
        {
            "value": _number_or_text(code),
            "description": {"value": _number_or_text(name), "lang": "en"},
        }
        | ({"annotations": _annotations(said[code])} if said and code in said else {})
        for code, name in names.items()
    ]
    return json.dumps({"structure": {"codelists": {"codelist": [{"code": codes}]}}}).encode()


def _annotations(said: Mapping[str, str | int]) -> dict[str, list[dict[str, str | int]]]:
    return {
        "annotation": [
            {"annotationtext": text, "annotationtitle": title} for title, text in said.items()
        ]
    }


def _number_or_text(text: str) -> str | int:
    return int(text) if text.isdecimal() else text


def table(rows: Sequence[Row], record_count: int | None = None) -> bytes:
    """Rows as `<data set>.data.csv` has them: names in upper case, text quoted, numbers bare."""
    counted = [
        {**row, "record_count": str(len(rows) if record_count is None else record_count)}
        for row in rows
    ]
    lines = [",".join(f'"{name.upper()}"' for name in counted[0])]
    lines += [
        ",".join(cell if name in _BARE else f'"{cell}"' for name, cell in row.items())
        for row in counted
    ]
    return ("\n".join(lines) + "\n").encode()


def data_answer(dataset: str, content: bytes, query: Mapping[str, str] | None = None) -> Answer:
    """The answer to a query for data."""
    return Answer(
        "GET", f"{DATASETS}/{dataset}.data.csv", content, query or {}, media_type="text/csv"
    )


def code_answer(
    dataset: str, concept: str, content: bytes, query: Mapping[str, str] | None = None
) -> Answer:
    """The answer to a query for a code list."""
    url = f"{DATASETS}/{dataset}/{concept}.def.sdmx.json"
    return Answer("GET", url, content, query or {}, media_type="application/json")


def snapshot(source: str, role: str, content: bytes) -> Snapshot:
    """Bytes as the client would have kept them."""
    return snapshot_of(content, role, source=source, url=f"{DATASETS}/{role}")
