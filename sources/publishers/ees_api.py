"""Explore education statistics: the public API, version 1.

What belongs here: what is true of every data set of https://api.education.gov.uk/statistics/docs/. What a row's places,
periods and cells mean is in `ees`: rows come from here under the columns of the CSV files. Which data set, columns and
groups to take belongs in the source's module.

A data set keeps its id from release to release and has versions; all requests of one run name the same one. The ids of
filters, indicators and places may change, so that each is looked up by its column and label. A page is asked for in the
body of the POST: in the address it is ignored, and the first page comes again and again. A wrong id is answered with
status 200, a warning and too few rows, so that any warning is an error here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sources.publishers.ees import LEVELS, is_place
from sources.reading.areas import codes_of
from sources.reading.files import Line, Place, json_of, text_of, whole_of
from sources.reading.pages import pages_of
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot

DATA_SETS = "https://api.education.gov.uk/statistics/v1/data-sets"
# The API takes up to 10,000, and a thousand where nothing is said.
PAGE_SIZE = 1000

_IDENTIFIERS = {
    "AY": "Academic year",
    "CY": "Calendar year",
    "FY": "Financial year",
    "RY": "Reporting year",
}
_LEVEL_BY_CODE = {level.api: level for level in LEVELS}
_REMEDY = "compare the answer with https://api.education.gov.uk/statistics/docs/; the API may have changed."


@dataclass(frozen=True)
class _Paging:
    """Where a page stands among the pages of an answer, and how many rows they hold together."""

    page: int
    total_pages: int
    total_results: int


@dataclass(frozen=True)
class Filter:
    """A dimension of a data set: its id, and the ids of its members by label."""

    id: str
    options: dict[str, str]


@dataclass(frozen=True)
class Location:
    """A place that a data set has figures for."""

    level: str
    id: str
    code: str
    name: str


@dataclass(frozen=True)
class Meta:
    """What a version of a data set holds: filters and indicators by the column of the file they come from."""

    filters: dict[str, Filter]
    indicators: dict[str, str]
    locations: tuple[Location, ...]
    place: Place

    @property
    def columns(self) -> list[str]:
        """Of the file that the data set is made from, without those for place and period."""
        return [*self.filters, *self.indicators]

    @cached_property
    def location_by_id(self) -> dict[tuple[str, str], Location]:
        """Places by level and id."""
        return {(location.level, location.id): location for location in self.locations}

    @cached_property
    def member_by_ids(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Column and label by the ids of filter and member."""
        members = {}
        for column, dimension in self.filters.items():
            for label, member_id in dimension.options.items():
                members[dimension.id, member_id] = (column, label)
        return members

    @cached_property
    def column_by_id(self) -> dict[str, str]:
        """Columns of the indicators by id."""
        return {indicator_id: column for column, indicator_id in self.indicators.items()}


def fetch(
    client: Client,
    name: str,
    data_set: str,
    major: int,
    question_of: Callable[[Meta], Mapping[str, Any]],
) -> list[Snapshot]:
    """All rows that answer a question: the data set's summary, what it holds, and the rows in pages.

    Args:
        client: Asks.
        name: What to call the answers: `<name> data set`, `<name> meta`, `<name> rows 1` and so on.
        data_set: Its id.
        major: The major version that the source's module knows; another may have lost columns or members.
        question_of: Makes the question from what the data set holds; see `question`.

    Raises:
        SourceError: If an answer is not what it should be, or the pages do not hold all rows.
    """
    address = f"{DATA_SETS}/{data_set}"
    summary = client.get(f"{name} data set", address)
    # All requests name one version, else a release in between would give pages of two.
    version = read_version(summary, major)
    release = f"version {version}"
    meta = client.get(
        f"{name} meta",
        f"{address}/meta",
        {"dataSetVersion": version},
        release=release,
    )
    body = {**question_of(read_meta(meta)), "pageSize": PAGE_SIZE}
    pages: list[Snapshot] = []
    while not pages or len(pages) < _paging(pages[-1], len(pages)).total_pages:
        number = len(pages) + 1
        # In the address of a POST the page would be ignored, although an example of the help has it there.
        page = client.post(
            f"{name} rows {number}",
            f"{address}/query?dataSetVersion={version}",
            {**body, "page": number},
            release=release,
        )
        _refuse_warnings(page)
        pages.append(page)
    return [summary, meta, *pages]


def read_version(summary: Snapshot, major: int) -> str:
    """The latest version of a data set.

    Raises:
        SourceError: If the data set is no longer kept up, or has a new major version.
    """
    place = Place(summary)
    try:
        described = json_of(summary)
        status = described["status"]
        version = str(described["latestVersion"]["version"])
        successor = described.get("supersedingDataSetId")
    except (KeyError, TypeError, AttributeError) as problem:
        raise place.wrong(
            "a data set with status and latestVersion",
            f"no {problem}",
            _REMEDY,
        ) from None
    if status != "Published" or successor:
        remedy = "find the data set that follows in the data catalogue, and correct `data_set` in the indicator's YAML."
        raise place.wrong(
            "a data set that is kept up",
            f"{status}, superseded by {successor}",
            remedy,
        )
    # A minor version has new or corrected figures; a major one has lost columns or members.
    if version.split(".")[0] != str(major):
        raise place.wrong(
            f"version {major}.something",
            f"version {version}",
            f"read {summary.receipt.url}/versions/{version}/changes; if nothing that the indicator needs was deleted, "
            "set `major_version` in its YAML.",
        )
    return version


def read_file_id(summary: Snapshot) -> str:
    """The id, in the catalogue, of the file that the latest version of a data set is made from.

    The API has no filter for the edition; the name of this file has.

    Raises:
        SourceError: If the summary does not say it.
    """
    try:
        return text_of(json_of(summary)["latestVersion"]["file"]["id"])
    except (KeyError, TypeError, AttributeError) as problem:
        raise Place(summary).wrong(
            "the id of a version's file",
            f"no {problem}",
            _REMEDY,
        ) from None


def read_meta(snapshot: Snapshot) -> Meta:
    """What a data set holds.

    Raises:
        SourceError: If it is not told as it should be, or a column or label stands twice.
    """
    place = Place(snapshot)
    filters: list[tuple[str, Filter]] = []
    indicators: list[tuple[str, str]] = []
    locations: list[Location] = []
    try:
        described = json_of(snapshot)
        for dimension in described["filters"]:
            filters.append((text_of(dimension["column"]), _filter(dimension, place)))
        for measure in described["indicators"]:
            indicators.append((text_of(measure["column"]), text_of(measure["id"])))
        for group in described["locations"]:
            level = group["level"]["code"]
            # Other levels have no row that is read, and some of them thousands of places.
            if level in _LEVEL_BY_CODE:
                locations += [_location_of(level, option) for option in group["options"]]
    except (KeyError, TypeError, AttributeError) as problem:
        raise place.wrong(
            "filters, indicators and locations",
            f"no {problem}",
            _REMEDY,
        ) from None
    return Meta(
        filters=_once(filters, place),
        indicators=_once(indicators, place),
        locations=tuple(locations),
        place=place,
    )


def _filter(described: Mapping[str, Any], place: Place) -> Filter:
    options = map(_label_and_id, described["options"])
    return Filter(text_of(described["id"]), _once(options, place))


def _location_of(level: str, described: Mapping[str, Any]) -> Location:
    return Location(
        level=text_of(level),
        id=text_of(described["id"]),
        code=text_of(described["code"]),
        name=text_of(described["label"]),
    )


def question(
    meta: Meta,
    areas: Collection[str],
    members: Mapping[str, Sequence[str]],
    columns: Iterable[str],
) -> dict[str, Any]:
    """The body of a query.

    Args:
        meta: What the data set holds.
        areas: GSS codes.
        members: The labels wanted of each filter, by the filter's column.
        columns: Of the indicators.

    Raises:
        SourceError: If the data set lacks an area, a label or an indicator.
    """
    places: list[dict[str, Any]] = []
    for area in sorted(areas):
        places += map(_facets, _locations(meta, area))
    conditions: list[dict[str, Any]] = [{"or": places}]
    # A condition for each filter: the members of one are alternatives, the filters are not.
    for column, labels in members.items():
        ids = [_option(meta, column, label) for label in labels]
        conditions.append({"filters": {"in": ids}})
    return {
        "criteria": {"and": conditions},
        "indicators": [_indicator(meta, column) for column in columns],
    }


def read_rows(
    name: str,
    snapshots: Mapping[str, Snapshot],
    columns: Iterable[str],
) -> list[Line]:
    """The rows of all pages, under the columns of the CSV files.

    Args:
        name: What `fetch` called the answers.
        snapshots: By role.
        columns: That every row must have.

    Raises:
        SourceError: If a page is not as it should be, or rows or columns are missing.
    """
    meta = read_meta(snapshots[f"{name} meta"])
    pages = pages_of(snapshots, f"{name} rows ")
    lines: list[Line] = []
    for number, page in enumerate(pages, 1):
        _refuse_warnings(page)
        paging = _paging(page, number)
        for row, result in enumerate(json_of(page)["results"], 1):
            lines.append(_line(result, meta, Place(page, row=row)))
    if len(pages) != paging.total_pages or len(lines) != paging.total_results:
        raise Place(page).wrong(
            f"{paging.total_results} rows on {paging.total_pages} pages",
            f"{len(lines)} on {len(pages)}",
            "the answer was cut off; refresh.",
        )
    _check_columns(lines, list(columns))
    _check_periods(snapshots[f"{name} meta"], lines)
    return lines


def _check_columns(lines: Iterable[Line], columns: Sequence[str]) -> None:
    for line in lines:
        missing = [column for column in columns if column not in line.cells]
        if missing:
            raise line.place.wrong(
                f"a row with {missing}",
                line.cells,
                "the answer is incomplete; refresh.",
            )


def _check_periods(meta: Snapshot, lines: Sequence[Line]) -> None:
    """The rows are of periods that the data set says it has, the latest among them."""
    try:
        periods = {text_of(period["period"]) for period in json_of(meta)["timePeriods"]}
    except (KeyError, TypeError, AttributeError) as problem:
        raise Place(meta).wrong(
            "timePeriods, each with its period",
            f"no {problem}",
            _REMEDY,
        ) from None
    came = {line["time_period"] for line in lines}
    latest = max(periods, default="")
    if came - periods or latest not in came:
        raise lines[0].place.wrong(
            f"rows of {sorted(periods)}, as {meta.role} says",
            sorted(came),
            "refresh; a period has a wrong name or is gone.",
        )


def _facets(location: Location) -> dict[str, Any]:
    """A place at its own level only: a local authority's rows are in its region and country too."""
    return {
        "geographicLevels": {"eq": location.level},
        # By id, as one code may be that of several places.
        "locations": {"eq": {"level": location.level, "id": location.id}},
    }


def _locations(meta: Meta, area: str) -> list[Location]:
    """An area's place; of one whose code has changed, a place for each code that the data set has."""
    codes = codes_of([area])
    with_code = [location for location in meta.locations if location.code in codes]
    # Inner and Outer London have come under the code of London.
    places = [location for location in with_code if is_place(location.code, location.name)]
    if not places or len(places) != len({location.code for location in places}):
        names = [f"{location.code} {location.name}" for location in with_code]
        raise meta.place.wrong(
            f"one place with the code {' or '.join(sorted(codes))}",
            names or "none",
            "look at the data set's locations.",
        )
    return places


def _option(
    meta: Meta,
    column: str,
    label: str,
) -> str:
    options = meta.filters[column].options
    if label not in options:
        remedy = "read the data set's guidance; a filter without a total, or a new label, needs the source's module adapted."
        raise meta.place.wrong(
            f"“{label}” in the filter “{column}”",
            list(options),
            remedy,
        )
    return options[label]


def _indicator(meta: Meta, column: str) -> str:
    if column not in meta.indicators:
        raise meta.place.wrong(
            f"an indicator “{column}”",
            list(meta.indicators),
            "read the data set's changes.",
        )
    return meta.indicators[column]


def _label_and_id(option: Mapping[str, Any]) -> tuple[str, str]:
    return text_of(option["label"]), text_of(option["id"])


def _once(pairs: Iterable[tuple[str, Any]], place: Place) -> dict[str, Any]:
    value_of: dict[str, Any] = {}
    for key, value in pairs:
        if key in value_of:
            raise place.wrong(
                f"“{key}” once",
                "twice",
                "see which of the two the publisher means.",
            )
        value_of[key] = value
    return value_of


def _paging(page: Snapshot, number: int) -> _Paging:
    try:
        members = json_of(page)["paging"]
        paging = _Paging(
            page=whole_of(members["page"]),
            total_pages=whole_of(members["totalPages"]),
            total_results=whole_of(members["totalResults"]),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise Place(page).wrong(
            "paging with page, totalPages and totalResults",
            f"no {problem}",
            _REMEDY,
        ) from None
    if paging.page != number:
        raise Place(page).wrong(
            f"page {number}",
            f"page {paging.page}",
            "the API no longer takes `page` in the body.",
        )
    return paging


def _refuse_warnings(page: Snapshot) -> None:
    answer = json_of(page)
    if not isinstance(answer, dict) or not isinstance(answer.get("warnings"), list):
        raise Place(page).wrong(
            "an answer with a list of warnings",
            answer,
            _REMEDY,
        )
    # A wrong id is answered with status 200, a warning and too few rows.
    if answer["warnings"]:
        raise Place(page).wrong(
            "an answer without warnings",
            answer["warnings"],
            "read the data set's changes.",
        )
    if not answer.get("results"):
        raise Place(page).wrong(
            "rows",
            "none",
            "open the data set in the data catalogue; it may have changed.",
        )


def _line(
    result: Any,
    meta: Meta,
    place: Place,
) -> Line:
    try:
        level = _LEVEL_BY_CODE[result["geographicLevel"]]
        period = result["timePeriod"]
        # A borough's row names its region and country too: the place is the one of the row's own level.
        location = meta.location_by_id[level.api, result["locations"][level.api]]
        cells = {
            "time_period": text_of(period["period"]),
            "time_identifier": _IDENTIFIERS[period["code"]],
            "geographic_level": level.name,
            level.code_column: location.code,
            level.name_column: location.name,
        }
        for ids in result["filters"].items():
            column, label = meta.member_by_ids[ids]
            cells[column] = label
        for indicator_id, value in result["values"].items():
            # Values come as text, because they may be symbols.
            cells[meta.column_by_id[indicator_id]] = str(value)
    except (KeyError, TypeError, AttributeError) as problem:
        raise place.wrong(
            "a row with known period, place, filters and values",
            f"{result} ({problem!r})",
            _REMEDY,
        ) from None
    return Line(cells, place)
