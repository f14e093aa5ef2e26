"""Nomis: code lists by name, and data in pages that are counted.

What belongs here: what is true of every Nomis data set, from https://www.nomisweb.co.uk/api/v01/help. Which data set,
variables and measures to take belongs in the source's module.

A query that is too long is answered with status 200 and a body cut at 25,000 rows, so that the number of rows is asked
for (`record_count`) and counted. No data is answered with status 200 and no bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sources.reading import Line, Place, csv_lines, json_of, number
from thindicators.http import Client
from thindicators.snapshots import Snapshot

DATASETS = "https://www.nomisweb.co.uk/api/v01/dataset"
PAGE = 25_000
"""Rows that a guest gets in one answer."""

_REMEDY = "open the address in a browser; if the answer is right, the source's module must be adapted."


def fetch_codes(client: Client, dataset: str, concept: str, search: str = "") -> Snapshot:
    """The code list of one dimension of a data set, narrowed by `search`, where `*` stands for anything."""
    query = {"search": search} if search else None
    role = f"{concept} codes{f' {search}' if search else ''}"
    return client.get(role, f"{DATASETS}/{dataset}/{concept}.def.sdmx.json", query)


def read_codes(snapshot: Snapshot) -> dict[str, str]:
    """Names by code.

    Raises:
        SourceError: If it is no code list, or an empty one.
    """
    place = Place(snapshot)
    try:
        lists = json_of(snapshot)["structure"]["codelists"]["codelist"]
        codes = {str(code["value"]): str(code["description"]["value"]) for one in lists for code in one["code"]}
    except (KeyError, TypeError, IndexError) as problem:
        raise place.wrong("a code list: structure.codelists.codelist[].code[]", f"no {problem}", _REMEDY) from None
    if not codes:
        raise place.wrong("a code list", "an empty one", _REMEDY)
    return codes


def fetch_data(client: Client, dataset: str, query: Mapping[str, str], columns: Sequence[str]) -> list[Snapshot]:
    """All rows of a query, in as many pages as it takes.

    Args:
        client: Asks.
        dataset: Such as `NM_17_5`.
        query: Dimensions and their codes.
        columns: To select; `record_count` is added.

    Raises:
        SourceError: If the pages do not hold as many rows as the publisher says there are.
    """
    select = ",".join([*columns, "record_count"])
    pages: list[Snapshot] = []
    rows = 0
    while True:
        paging = {"recordoffset": str(rows)} if rows else {}
        asked = {**query, "select": select, **paging}
        page = client.get(f"data {len(pages) + 1}", f"{DATASETS}/{dataset}.data.csv", asked)
        lines = read_data([page], columns, whole=False)
        pages.append(page)
        rows += len(lines)
        if rows >= _record_count(lines):
            return pages


def read_data(pages: Sequence[Snapshot], columns: Sequence[str], whole: bool = True) -> list[Line]:
    """The rows of all pages, under column names in lower case; equal rows once.

    Raises:
        SourceError: If a page is no data, or rows are missing.
    """
    needed = [*columns, "record_count"]
    lines = [line for page in pages for line in csv_lines(page, needed, rename=lambda name: name.strip().lower())]
    if whole and len(lines) != _record_count(lines):
        raise lines[0].place.wrong(
            f"{_record_count(lines)} rows, as RECORD_COUNT says",
            f"{len(lines)} rows",
            "the answer was cut off; refresh.",
        )
    return list({tuple(line.cells.items()): line for line in lines}.values())


def data_pages(snapshots: Mapping[str, Snapshot]) -> list[Snapshot]:
    """The pages of `fetch_data` among a source's snapshots, in order."""
    pages = [role for role in snapshots if role.startswith("data ")]
    return [snapshots[role] for role in sorted(pages, key=lambda role: int(role.split()[-1]))]


def _record_count(lines: Sequence[Line]) -> int:
    counts = {int(number(line["record_count"], line.at("record_count"))) for line in lines}
    if len(counts) != 1:
        raise lines[0].place.wrong(
            "one RECORD_COUNT for all rows", sorted(counts), "the data changed meanwhile; refresh."
        )
    return counts.pop()
