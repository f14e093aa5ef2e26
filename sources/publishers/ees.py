"""Explore education statistics: the catalogue's CSV files, and what their places, periods and cells mean.

What belongs here: what is true of every file of the Department for Education's statistics, from its open data standard,
https://dfe-analytical-services.github.io/analysts-guide/statistics-production/ud.html. The public API, which serves
some of the same data, is in `ees_api`; its rows get the columns of the standard, so that both are read alike. Which
publication, columns and groups to take belongs in the source's module.

A file's id changes with each release, and the old id keeps answering with old figures: the file is looked up each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sources.reading import Line, Place, csv_lines, json_of, number
from thindicators.http import Client
from thindicators.periods import Period, academic_year, calendar_year, financial_year, read_split_year
from thindicators.snapshots import Snapshot

CATALOGUE = "https://content.explore-education-statistics.service.gov.uk/api/data-set-files"
STANDARD = ("time_period", "time_identifier", "geographic_level")
"""Columns that every file has; which of the columns for places it has depends on its geographic levels."""

STATUSES = {"c": "c", "x": "x", "z": "z", "u": "u", "low": "low", "k": "low", ":": "x", "~": "low"}
"""The standard's symbols, the newer `k` and the obsolete `:` and `~`, as the contract's statuses."""

_LARGEST_PAGE = 40
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Level:
    """A geographic level: as the API and as the files write it, and the columns that tell its places."""

    api: str
    name: str
    code_column: str
    name_column: str


LEVELS = (
    Level("NAT", "National", "country_code", "country_name"),
    Level("REG", "Regional", "region_code", "region_name"),
    Level("LA", "Local authority", "new_la_code", "la_name"),
)

PLACE_COLUMNS = (*STANDARD, "old_la_code", *(c for level in LEVELS for c in (level.code_column, level.name_column)))
"""All columns that say when and where."""

_LEVEL_BY_NAME = {level.name: level for level in LEVELS}
_SHARED_CODES = {"E12000007": "London"}
_PERIODS: dict[str, Callable[[str], Period]] = {
    "Academic year": lambda text: academic_year(read_split_year(text)),
    "Financial year": lambda text: financial_year(read_split_year(text)),
    "Calendar year": lambda text: calendar_year(int(text)),
}


@dataclass(frozen=True)
class CatalogueFile:
    """A file of the catalogue: its id in this release, and the publisher's words for release and file."""

    id: str
    release: str
    filename: str


def fetch_file(client: Client, name: str, publication: str, title: str) -> list[Snapshot]:
    """The newest file with this title: the catalogue's list, then the CSV.

    Args:
        client: Asks.
        name: What to call the answers: `<name> catalogue` and `<name> file`.
        publication: The publication's title.
        title: The data set's title in the catalogue.

    Raises:
        SourceError: If the catalogue has no such file, or more than one.
    """
    query = {"searchTerm": title, "latestOnly": "true", "pageSize": str(_LARGEST_PAGE)}
    catalogue = client.get(f"{name} catalogue", CATALOGUE, query)
    file = find_file(catalogue, publication, title)
    release = f"{publication}, {file.release} ({file.filename})"
    return [catalogue, client.get(f"{name} file", f"{CATALOGUE}/{file.id}/download", release=release)]


def find_file(catalogue: Snapshot, publication: str, title: str) -> CatalogueFile:
    """The one current file with this title among those the catalogue lists.

    Raises:
        SourceError: If the list is not as it should be, or has no such file, or more than one.
    """
    place = Place(catalogue)
    try:
        results = json_of(catalogue)["results"]
        listed = [(f"{one['publication']['title']}: {one['title']}", one) for one in results]
        found = [one for name, one in listed if _folded(name) == _folded(f"{publication}: {title}")]
        current = [_catalogue_file(one) for one in found if one["latestData"] and not one.get("isSuperseded")]
    except (KeyError, TypeError, AttributeError) as problem:
        raise place.wrong("a list of data set files", f"no {problem}", "read the catalogue's own requests.") from None
    if len(current) != 1 or not _UUID.fullmatch(current[0].id):
        raise place.wrong(
            f"one current data set “{title}” of “{publication}”",
            f"{len(current)} among {sorted(name for name, _ in listed)}",
            "look it up in the data catalogue; if it has a new title, correct `ask` in the indicator's YAML.",
        )
    return current[0]


def read_file(snapshot: Snapshot, columns: Iterable[str], areas: Collection[str]) -> list[Line]:
    """The rows of a file that are about some areas.

    Args:
        snapshot: The file.
        columns: That must be there, each once, beside those of the standard.
        areas: GSS codes.

    Raises:
        SourceError: If it is no such file.
    """
    return csv_lines(snapshot, [*STANDARD, *columns], keep=lambda line: area_of(line) in areas)


def area_of(line: Line) -> str:
    """The GSS code of the area a row is about; empty for other levels, and for a part that bears the code of the whole.

    Some files give Inner and Outer London the code of London, so that the name must be London's too.

    Raises:
        SourceError: If the columns for this level are absent.
    """
    level = _LEVEL_BY_NAME.get(line["geographic_level"])
    if level is None:
        return ""
    for column in (level.code_column, level.name_column):
        if column not in line.cells:
            raise line.place.wrong(
                f"a column “{column}” for the level {level.name}", list(line.cells), "read the header."
            )
    code = line[level.code_column]
    return code if is_place(code, line[level.name_column]) else ""


def is_place(code: str, name: str) -> bool:
    """Whether a name is the one that a code stands for, where several places share the code."""
    return _SHARED_CODES.get(code, name) == name


def period_of(line: Line, reporting_year: Callable[[str], Period] | None = None) -> Period:
    """The period of a row.

    Args:
        line: A row.
        reporting_year: How to read a `Reporting year`, which each publication defines for itself.

    Raises:
        SourceError: If it is of another kind, or not written as the standard says.
    """
    known = _PERIODS if reporting_year is None else {**_PERIODS, "Reporting year": reporting_year}
    kind = line["time_identifier"]
    if kind not in known:
        raise line.at("time_identifier").wrong(
            f"one of {list(known)}", kind, "read what the period means, then add it."
        )
    try:
        return known[kind](line["time_period"])
    except ValueError as problem:
        raise line.at("time_period").wrong(f"the digits of one {kind.lower()}", problem, "look at the file.") from None


def value_of(line: Line, column: str, *, blank: str = "") -> tuple[float | None, str]:
    """The number of a cell, or the status that its symbol stands for.

    Args:
        line: A row.
        column: Of the cell.
        blank: The status of an empty cell, where the publication says what it means.

    Raises:
        SourceError: If the cell is neither a number nor a known symbol.
    """
    cell = line[column].strip()
    status = STATUSES.get(cell) if cell else blank
    if status:
        return None, status
    return number(cell, line.at(column)), ""


def _catalogue_file(one: dict[str, Any]) -> CatalogueFile:
    return CatalogueFile(str(one["id"]), one["release"]["title"], one["filename"])


def _folded(text: str) -> str:
    return " ".join(text.lower().split())
