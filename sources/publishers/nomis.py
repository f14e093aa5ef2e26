"""Nomis: code lists by name, and data in pages that are counted.

What belongs here: what is true of every Nomis data set, from https://www.nomisweb.co.uk/api/v01/help. Which data set,
variables and measures to take belongs in the source's module.

A query that is too long is answered with status 200 and a body cut at 25,000 rows, so that the number of rows is asked
for (`record_count`) and counted. No data, or a code that Nomis does not know, is answered with status 200 and no bytes.

What comes for an unknown code beside known ones has not been seen: rows of the known ones, or no bytes; see `geographies`.

Codes are numbers or text, and so are their names: a yearly data set calls its years 2023 and 2024, a monthly one its
months "2023-12".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sources.reading.areas import codes_of, with_present_codes
from sources.reading.files import Line, Place, count_of, csv_lines, json_of, number, text_of
from sources.reading.pages import pages_of
from thindicators import plain_numbers
from thindicators.areas.register import register
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot

DATASETS = "https://www.nomisweb.co.uk/api/v01/dataset"

# Of the letters of statuses only A and Q have been seen, so that their names tell what is missing.
_MISSING = {
    "zero or disclosive": "c",
    "below 500": "low",
    "less than 500": "low",
    "missing": "x",
}
_REMEDY = (
    "open the address in a browser; if the answer is right, the source's module must be adapted."
)
AREA = "geography_code"
PERIOD = "date"
_TIMES_REVISED = "CurrentRevisionVersion"
_RELEASED = "CurrentRevisionReleased"


@dataclass(frozen=True)
class Code:
    """One code of a list.

    Attributes:
        value: The code itself.
        name: What Nomis calls it.
        annotations: What else the list says of it, by title, such as when its figures were released.
    """

    value: str
    name: str
    annotations: Mapping[str, str]


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
    provisional = {code.value for code in codes if code.annotations.get(_TIMES_REVISED) == "0"}
    newest = max(codes, key=lambda code: code.value, default=None)
    # BRES' newest year is provisional in every release, so that silence about it is no assurance.
    if newest and _TIMES_REVISED not in newest.annotations:
        provisional.add(newest.value)
    return provisional


def years_from(first: int, times: Iterable[str]) -> list[str]:
    """The years among the codes of times that are not before another, in order."""
    years = [code for code in times if plain_numbers.is_year(code)]
    return sorted(code for code in years if plain_numbers.year(code) >= first)


def last_released(times: Snapshot) -> date | None:
    """The day on which figures of any time were last released; None if the list does not say.

    Args:
        times: The code list of the times of a data set.

    Raises:
        SourceError: If it is no code list, or a day is none.
    """
    place = Place(times)
    days: list[date] = []
    for code in _code_list(times):
        if _RELEASED in code.annotations:
            days.append(_day(code.annotations[_RELEASED], place))
    return max(days, default=None)


def _code_list(snapshot: Snapshot) -> list[Code]:
    place = Place(snapshot)
    codes: list[Code] = []
    try:
        for code_list in json_of(snapshot)["structure"]["codelists"]["codelist"]:
            codes += map(_code, code_list["code"])
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
        value=_text_or_number(member["value"]),
        name=_text_or_number(member["description"]["value"]),
        annotations=_annotations(member),
    )


def _annotations(member: Mapping[str, Any]) -> dict[str, str]:
    """What a list says of a code beside its name, by title; whatever its shape, it is no reason to refuse the list."""
    annotations = member.get("annotations")
    notes = annotations.get("annotation") if isinstance(annotations, dict) else None
    if not isinstance(notes, list):
        return {}
    text_of_title: dict[str, str] = {}
    for note in notes:
        if isinstance(note, dict):
            title = str(note.get("annotationtitle"))
            text_of_title[title] = str(note.get("annotationtext"))
    return text_of_title


def _text_or_number(member: object) -> str:
    """A member that Nomis writes as a number or as text."""
    # `type` and not `isinstance`, as True is an instance of int.
    return str(member) if type(member) is int else text_of(member)


def code_named(
    names: Mapping[str, str],
    wanted: str,
    place: Place,
) -> str:
    """The code with a name, however it is spaced and capitalised.

    Raises:
        SourceError: If no code has the name, or several.
    """
    # An unknown code of an industry is answered with the total, so that a code is never fixed.
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
    notes_of: dict[str, Any] = {}
    days: list[str] = []
    try:
        for family in json_of(definition)["structure"]["keyfamilies"]["keyfamily"]:
            notes_of[family["id"]] = family.get("annotations", {}).get("annotation", [])
        for note in notes_of[dataset]:
            if note["annotationtitle"] == "LastUpdated":
                days.append(str(note["annotationtext"]))
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
    areas: Collection[str],
    query: Mapping[str, str],
    columns: Sequence[str],
) -> list[Snapshot]:
    """All rows of a query, in as many pages as it takes.

    Args:
        client: Asks.
        dataset: Such as `NM_17_5`.
        areas: Whose rows are wanted.
        query: The other dimensions and their codes.
        columns: To select; `record_count` is added.

    Raises:
        SourceError: If the pages do not hold as many rows as the publisher says there are.
    """
    # `record_count` comes only where it is selected, and alone tells that an answer was cut.
    select = ",".join([*columns, "record_count"])
    ask = partial(_ask_for_page, client, dataset, {**query, "select": select})
    geography, page = _first_page(ask, areas)
    pages = [page]
    lines = _lines([page], columns)
    rows = len(lines)
    while rows < _record_count(lines):
        page = ask(geography, len(pages) + 1, rows)
        lines = _lines([page], columns)
        _check_not_repeated(page, pages)
        pages.append(page)
        rows += len(lines)
    return pages


def _ask_for_page(
    client: Client,
    dataset: str,
    query: Mapping[str, str],
    geography: str,
    number: int,
    offset: int,
) -> Snapshot:
    paging = {"recordoffset": str(offset)} if offset else {}
    address = f"{DATASETS}/{dataset}.data.csv"
    return client.get(f"data {number}", address, {"geography": geography, **query, **paging})


def _first_page(
    ask: Callable[[str, int, int], Snapshot],
    areas: Collection[str],
) -> tuple[str, Snapshot]:
    """The codes of areas that bring rows, with the first page of them; if none do, the last answer."""
    *others, last = geographies(areas)
    for geography in others:
        page = ask(geography, 1, 0)
        if page.content:
            return geography, page
    return last, ask(last, 1, 0)


def geographies(areas: Collection[str]) -> list[str]:
    """The dimension of areas as a query has it, in the order in which to ask.

    A data set has a council whose code has changed by that of its own boundaries, and maybe by both. So it is asked for by
    both; should one that is unknown spoil the rest, by the present codes alone, and at last by the earlier ones.
    """
    earliest = [register().gss_codes(area)[-1] for area in areas]
    ways = [",".join(sorted(codes)) for codes in (codes_of(areas), areas, earliest)]
    return list(dict.fromkeys(ways))


def _check_not_repeated(page: Snapshot, earlier: Iterable[Snapshot]) -> None:
    """A publisher that ignores the offset would be asked for the same page for ever."""
    if page.sha256 in {other.sha256 for other in earlier}:
        raise Place(page).wrong(
            "the next page",
            "the same page again",
            "refresh; the answer is incomplete.",
        )


def read_data(pages: Sequence[Snapshot], columns: Sequence[str]) -> list[Line]:
    """The rows of all pages, under column names in lower case and the areas' present codes; equal rows once.

    Raises:
        SourceError: If a page is no data, or rows are missing.
    """
    lines = _lines(pages, columns)
    expected = _record_count(lines)
    if len(lines) != expected:
        raise lines[0].place.wrong(
            f"{expected} rows, as RECORD_COUNT says",
            f"{len(lines)} rows",
            "the answer was cut off; refresh.",
        )
    # An area that is both a county and a district is answered once for each.
    line_of_cells = {tuple(line.cells.items()): line for line in lines}
    # By period and not by figure: a rate under one code is never joined to the confidence interval under another.
    period = [PERIOD] if PERIOD in columns else []
    return with_present_codes(list(line_of_cells.values()), AREA, period)


def data_pages(snapshots: Mapping[str, Snapshot]) -> list[Snapshot]:
    """The pages of `fetch_data` among a source's snapshots, in order."""
    return pages_of(snapshots, "data ")


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
    # Q is the letter that has been seen beside empty values, whatever its name goes on to say.
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
    lines: list[Line] = []
    for page in pages:
        # Columns are selected in lower case, and come back in upper case.
        lines += csv_lines(
            page,
            [*columns, "record_count"],
            rename=lambda name: name.strip().lower(),
        )
    return lines


def _record_count(lines: Sequence[Line]) -> int:
    counts: set[int] = set()
    for line in lines:
        counts.add(
            count_of(
                line["record_count"],
                line.at("record_count"),
            )
        )
    if len(counts) != 1:
        raise lines[0].place.wrong(
            "one RECORD_COUNT for all rows",
            sorted(counts),
            "the data changed meanwhile; refresh.",
        )
    return counts.pop()
