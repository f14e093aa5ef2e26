"""Nomis: code lists by name, and data in pages that are counted.

What belongs here: what is true of every Nomis data set, from https://www.nomisweb.co.uk/api/v01/help. Which data set,
variables and measures to take belongs in the source's module.

A query that is too long is answered with status 200 and a body cut at 25,000 rows, so that the number of rows is asked
for (`record_count`) and counted. No data, or a code that Nomis does not know, is answered with status 200 and no bytes.

Codes are numbers or text, and so are their names: a yearly data set calls its years 2023 and 2024, a monthly one its
months "2023-12".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sources.reading.files import Line, Place, count_of, csv_lines, json_of, number, text_of
from thindicators import plain_numbers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot

DATASETS = "https://www.nomisweb.co.uk/api/v01/dataset"

_MISSING = {"zero or disclosive": "c", "below 500": "low", "less than 500": "low", "missing": "x"}
_REMEDY = (
    "open the address in a browser; if the answer is right, the source's module must be adapted."
)
_TIMES_REVISED, _RELEASED = "CurrentRevisionVersion", "CurrentRevisionReleased"


@dataclass(frozen=True)
class Code:
    """One code of a list.

    Attributes:
        value: The code itself.
        name: What Nomis calls it.
        said: What else the list says of it, by title, such as when its figures were released.
    """

    value: str
    name: str
    said: Mapping[str, str]


def fetch_codes(
    client: Client,
    dataset: str,
    concept: str,
    search: str = "",
) -> Snapshot:
    """The code list of one dimension of a data set, narrowed by `search`, where `*` stands for anything."""
    query = {"search": search} if search else None
    role = f"{concept} codes{f' {search}' if search else ''}"
    return client.get(role, f"{DATASETS}/{dataset}/{concept}.def.sdmx.json", query)


def read_codes(snapshot: Snapshot) -> dict[str, str]:
    """Names by code.

    Raises:
        SourceError: If it is no code list, or an empty one.
    """
    return {code.value: code.name for code in _code_list(snapshot)}


def provisional_years(times: Snapshot) -> set[str]:
    """The years whose figures have not been revised since they first came out.

    The status of a figure does not tell: Nomis calls provisional ones “Normal Value” too.

    Args:
        times: The code list of the times of a yearly data set. Where it does not say of its newest year how often its
            figures were revised, they were not.

    Raises:
        SourceError: If it is no code list, or an empty one.
    """
    codes = [code for code in _code_list(times) if plain_numbers.is_year(code.value)]
    never = {code.value for code in codes if code.said.get(_TIMES_REVISED) == "0"}
    newest = max(codes, key=lambda code: code.value, default=None)
    return never | ({newest.value} if newest and _TIMES_REVISED not in newest.said else set())


def years_from(first: int, times: Iterable[str]) -> list[str]:
    """The years among the codes of times that are not before another, in order."""
    return sorted(
        code for code in times if plain_numbers.is_year(code) and plain_numbers.year(code) >= first
    )


def last_released(times: Snapshot) -> date | None:
    """The day on which figures of any time were last released; None if the list does not say.

    Args:
        times: The code list of the times of a data set.

    Raises:
        SourceError: If it is no code list, or a day is none.
    """
    days = [code.said[_RELEASED] for code in _code_list(times) if _RELEASED in code.said]
    return max((_day(day, Place(times)) for day in days), default=None)


def _code_list(snapshot: Snapshot) -> list[Code]:
    place = Place(snapshot)
    try:
        lists = json_of(snapshot)["structure"]["codelists"]["codelist"]
        codes = [_code(member) for listed in lists for member in listed["code"]]
    except (AttributeError, KeyError, TypeError, IndexError) as problem:
        raise place.wrong(
            "a code list: structure.codelists.codelist[].code[]",
            f"no {problem}",
            _REMEDY,
        ) from None
    if not codes:
        raise place.wrong(
            "a code list",
            "an empty one",
            _REMEDY,
        )
    return codes


def _code(member: Mapping[str, Any]) -> Code:
    return Code(
        _text_or_number(member["value"]),
        _text_or_number(member["description"]["value"]),
        _said(member),
    )


def _said(member: Mapping[str, Any]) -> dict[str, str]:
    """What a list says of a code beside its name, by title; whatever its shape, it is no reason to refuse the list."""
    annotations = member.get("annotations")
    notes = annotations.get("annotation") if isinstance(annotations, dict) else None
    told = [note for note in notes if isinstance(note, dict)] if isinstance(notes, list) else []
    return {str(note.get("annotationtitle")): str(note.get("annotationtext")) for note in told}


def _text_or_number(member: object) -> str:
    """A member that Nomis writes as a number or as text."""
    return str(member) if type(member) is int else text_of(member)


def code_named(names: Mapping[str, str], wanted: str, place: Place) -> str:
    """The code with a name, however it is spaced and capitalised.

    Raises:
        SourceError: If no code has the name, or several.
    """
    codes = [code for code, name in names.items() if folded(name) == folded(wanted)]
    if len(codes) != 1:
        raise place.wrong(
            f"one code named “{wanted}”",
            f"{len(codes)} of {sorted(names.values())}",
            "compare the names in Nomis' code list with `ask` in the indicator's YAML.",
        )
    return codes[0]


def folded(name: str) -> str:
    """A name without what differs between spellings: case, spaces and the kind of dash."""
    return " ".join(name.lower().replace("–", "-").split())


def fetch_definition(client: Client, dataset: str) -> Snapshot:
    """What Nomis says of a data set: its name, its status, and when it was last updated."""
    return client.get("definition", f"{DATASETS}/{dataset}/def.sdmx.json")


def last_updated(definition: Snapshot, dataset: str) -> date | None:
    """The day on which a data set was last updated; None if its definition does not say.

    Raises:
        SourceError: If it is the definition of no data set or of another one, or the day is none.
    """
    place = Place(definition)
    try:
        families = json_of(definition)["structure"]["keyfamilies"]["keyfamily"]
        notes = {one["id"]: one.get("annotations", {}).get("annotation", []) for one in families}[
            dataset
        ]
        days = [
            str(note["annotationtext"])
            for note in notes
            if note["annotationtitle"] == "LastUpdated"
        ]
    except (AttributeError, KeyError, TypeError, IndexError) as problem:
        raise place.wrong(
            f"the definition of {dataset}, with annotations",
            f"no {problem}",
            _REMEDY,
        ) from None
    return _day(days[0], place) if days else None


def _day(written: str, place: Place) -> date:
    try:
        return plain_numbers.moment(written).date()
    except ValueError:
        raise place.wrong(
            "a day such as 2022-11-02 09:30:00",
            written,
            _REMEDY,
        ) from None


def fetch_data(
    client: Client,
    dataset: str,
    query: Mapping[str, str],
    columns: Sequence[str],
) -> list[Snapshot]:
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
        page = client.get(
            f"data {len(pages) + 1}",
            f"{DATASETS}/{dataset}.data.csv",
            asked,
        )
        lines = _lines([page], columns)
        if page.sha256 in {one.sha256 for one in pages}:
            raise Place(page).wrong(
                "the next page",
                "the same page again",
                "refresh; the answer is incomplete.",
            )
        pages.append(page)
        rows += len(lines)
        if rows >= _record_count(lines):
            return pages


def read_data(pages: Sequence[Snapshot], columns: Sequence[str]) -> list[Line]:
    """The rows of all pages, under column names in lower case; equal rows once.

    Raises:
        SourceError: If a page is no data, or rows are missing.
    """
    lines = _lines(pages, columns)
    if len(lines) != _record_count(lines):
        raise lines[0].place.wrong(
            f"{_record_count(lines)} rows, as RECORD_COUNT says",
            f"{len(lines)} rows",
            "the answer was cut off; refresh.",
        )
    return list({tuple(line.cells.items()): line for line in lines}.values())


def data_pages(snapshots: Mapping[str, Snapshot]) -> list[Snapshot]:
    """The pages of `fetch_data` among a source's snapshots, in order."""
    pages = [role for role in snapshots if role.startswith("data ")]
    return [
        snapshots[role]
        for role in sorted(
            pages,
            key=lambda role: plain_numbers.whole_number(role.split()[-1]),
        )
    ]


def read_value(line: Line) -> tuple[float | None, str]:
    """The figure of a row and its status: empty, or why there is no figure.

    Raises:
        SourceError: If it is no figure, and the publisher's status is not one that is known.
    """
    if line["obs_value"]:
        return number(line["obs_value"], line.at("obs_value")), ""
    name = line["obs_status_name"].lower()
    for text, status in _MISSING.items():
        if text in name:
            return None, status
    if line["obs_status"] == "Q":
        return None, "x"
    raise line.at("obs_status").wrong(
        f"a figure, or a status that says one of {list(_MISSING)}",
        f"{line['obs_status']} “{line['obs_status_name']}”",
        "add the status with its meaning to sources/publishers/nomis.py.",
    )


def _lines(pages: Sequence[Snapshot], columns: Sequence[str]) -> list[Line]:
    """All rows as they came: the publisher counts equal rows too."""
    for page in pages:
        if not page.content:
            raise Place(page).wrong(
                "rows of data",
                "an answer without a byte",
                "Nomis answers so where it has no such data, and where it does not know a code of the request, such as "
                "that of `measures`. Compare the codes in the address with its code lists.",
            )
    needed = [*columns, "record_count"]
    return [
        line
        for page in pages
        for line in csv_lines(
            page,
            needed,
            rename=lambda name: name.strip().lower(),
        )
    ]


def _record_count(lines: Sequence[Line]) -> int:
    counts = {count_of(line["record_count"], line.at("record_count")) for line in lines}
    if len(counts) != 1:
        raise lines[0].place.wrong(
            "one RECORD_COUNT for all rows",
            sorted(counts),
            "the data changed meanwhile; refresh.",
        )
    return counts.pop()
