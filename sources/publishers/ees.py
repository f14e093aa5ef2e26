"""Explore education statistics: what the places, periods and cells of a file mean.

What belongs here: what is true of every file of the Department for Education's statistics, from its open data standard,
https://dfe-analytical-services.github.io/analysts-guide/statistics-production/ud.html. Finding and downloading a file
is in `ees_catalogue`. The public API, which serves some of the same data, is in `ees_api`; its rows get the columns of
the standard, so that both are read alike. Which publication, columns and groups to take belongs in the source's module.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sources.reading.files import Line, Place, check_ended, csv_header, csv_lines, number
from thindicators import plain_numbers
from thindicators.areas.register import register
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.periods import (
    Period,
    academic_year,
    calendar_year,
    financial_year,
    read_split_year,
)

STANDARD = ("time_period", "time_identifier", "geographic_level")
"""Columns that every file has; which of the columns for places it has depends on its geographic levels."""

STATUSES = {"c": "c", "x": "x", "z": "z", "u": "u", "low": "low", "k": "low", ":": "x", "~": "low"}
"""The standard's symbols, the newer `k` and the obsolete `:` and `~`, as the contract's statuses."""

REVISIONS = {"Provisional": "p", "Revised": "", "Final": ""}
"""What the column `version` says of an edition, and its revision mark."""


@dataclass(frozen=True)
class Level:
    """A geographic level: as the API and as the files write it, and the columns that tell its places."""

    api: str
    name: str
    code_column: str
    name_column: str


LEVELS = (
    Level(
        "NAT",
        "National",
        "country_code",
        "country_name",
    ),
    Level(
        "REG",
        "Regional",
        "region_code",
        "region_name",
    ),
    Level(
        "LA",
        "Local authority",
        "new_la_code",
        "la_name",
    ),
)

_AREA_COLUMNS = (
    *(level.code_column for level in LEVELS),
    *(level.name_column for level in LEVELS),
)

PLACE_COLUMNS = (
    *STANDARD,
    "old_la_code",
    *_AREA_COLUMNS,
)
"""All columns that say when and where."""

_LEVEL_BY_NAME = {level.name: level for level in LEVELS}
# Inner and Outer London came with London's code in 2018/19.
_SHARED_CODES = {"E12000007": "London"}
_PERIODS: dict[str, Callable[[str], Period]] = {
    # Six digits, 202425, for two years that follow each other.
    "Academic year": lambda text: academic_year(read_split_year(text)),
    "Financial year": lambda text: financial_year(read_split_year(text)),
    "Calendar year": lambda text: calendar_year(plain_numbers.year(text)),
}


def header_of(file: Snapshot, headers: Mapping[str, Collection[str]]) -> str:
    """Which of the known headers a file has: the names of columns change with releases.

    Args:
        file: The file.
        headers: The columns that each known header has, by a release with that header.

    Raises:
        SourceError: If not exactly one of them fits.
    """
    return fitting_header(
        csv_header(file),
        headers,
        Place(file),
        "read what the new columns are, then add the header to the source's module.",
    )


def fitting_header(
    columns: Sequence[str],
    headers: Mapping[str, Collection[str]],
    place: Place,
    remedy: str,
    describing: Collection[str] = (),
) -> str:
    """Which of the known headers some columns have.

    Args:
        columns: That came.
        headers: The columns that each known header has, by a release with that header.
        place: Where the columns came from, for an error.
        remedy: For an error.
        describing: Columns that may be there beside those of any header.

    Raises:
        SourceError: If not exactly one of the headers fits.
    """
    missing: dict[str, list[str]] = {}
    for release, header in headers.items():
        missing[release] = [column for column in header if column not in columns]
    fitting = [release for release, absent in missing.items() if not absent]
    if len(fitting) != 1:
        nearest = min(missing, key=lambda release: len(missing[release]))
        expected = {*headers[nearest], *PLACE_COLUMNS, *describing}
        others = [column for column in columns if column not in expected]
        raise place.wrong(
            f"one of the headers of {', '.join(headers)}",
            f"{len(fitting)} of them; the nearest is {nearest}, without {missing[nearest]} but with {others}",
            remedy,
        )
    return fitting[0]


def read_file(
    snapshot: Snapshot,
    columns: Iterable[str],
    areas: Collection[str],
) -> list[Line]:
    """The rows of a file that are about some areas.

    Args:
        snapshot: The file.
        columns: That must be there, each once, beside those of the standard.
        areas: GSS codes.

    Raises:
        SourceError: If it is no such file.
    """
    header = csv_header(snapshot)
    # Which of them are there depends on the file's levels; one that stands twice may name two places.
    places = [column for column in _AREA_COLUMNS if column in header]
    # Of hundreds of thousands of rows, few are about our areas.
    lines = csv_lines(
        snapshot,
        [*STANDARD, *places, *columns],
        keep=lambda line: area_of(line) in areas,
    )
    check_ended(snapshot)
    return lines


def area_of(line: Line) -> str:
    """The GSS code that the area of a row has now; empty for other levels, and for a part that bears the code of the whole.

    Some files give Inner and Outer London the code of London, so that the name must be London's too.

    Raises:
        SourceError: If the columns for this level are absent.
    """
    # Schools, wards and other levels are not read.
    level = _LEVEL_BY_NAME.get(line["geographic_level"])
    if level is None:
        return ""
    for column in (level.code_column, level.name_column):
        if column not in line.cells:
            raise line.place.wrong(
                f"a column “{column}” for the level {level.name}",
                list(line.cells),
                "read the header.",
            )
    code = line[level.code_column]
    return register().present_code(code) if is_place(code, line[level.name_column]) else ""


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
    readers = dict(_PERIODS)
    if reporting_year is not None:
        readers["Reporting year"] = reporting_year
    kind = line["time_identifier"]
    if kind not in readers:
        raise line.at("time_identifier").wrong(
            f"one of {list(readers)}",
            kind,
            "read what the period means, then add it.",
        )
    try:
        return readers[kind](line["time_period"])
    except ValueError as problem:
        raise line.at("time_period").wrong(
            f"the digits of one {kind.lower()}",
            problem,
            "look at the file.",
        ) from None


def value_of(
    line: Line,
    column: str,
    *,
    blank: str = "",
) -> tuple[float | None, str]:
    """The number of a cell, or the status that its symbol stands for.

    Args:
        line: A row.
        column: Of the cell.
        blank: The status of an empty cell, where the publication says what it means.

    Raises:
        SourceError: If the cell is neither a number nor a known symbol.
    """
    cell = line[column].strip()
    # Blanks occur beside the symbols; only a publication can say what they mean.
    status = STATUSES.get(cell) if cell else blank
    if status:
        return None, status
    return number(cell, line.at(column)), ""


def check_share(
    place: Place,
    value: float,
    part: float,
    whole: float,
    within: float,
) -> None:
    """Check that a percentage is the share that the counts beside it say.

    Args:
        place: Of the percentage.
        value: The percentage.
        part: How many of `whole` it is about.
        whole: All of them.
        within: Percentage points that rounding may account for.

    Raises:
        SourceError: If it is another share.
    """
    if not whole:
        return
    # Columns are renamed nearly every year, and a wrong one would still hold percentages.
    share = 100 * part / whole
    if abs(value - share) > within:
        raise place.wrong(
            f"about {share:.1f}, as the counts say",
            value,
            "see which column is which measure.",
        )


def revision_of(line: Line) -> str:
    """The revision mark of a row by its column `version`, which the files have and the API has not.

    Raises:
        SourceError: If the edition is not a known one.
    """
    version = line["version"]
    if version not in REVISIONS:
        remedy = "add the edition with its meaning to sources/publishers/ees.py."
        raise line.at("version").wrong(
            f"one of {list(REVISIONS)}",
            version,
            remedy,
        )
    return REVISIONS[version]
