"""Fingertips, the public health profiles of OHID: asking for indicators, and reading the rows of their CSV.

What belongs here: what is true of every Fingertips indicator, from https://fingertips.phe.org.uk/api. Which indicator,
sex and age to take, and what a reader must know about a year, stand in the indicator's YAML; how an area type is chosen
stands in `fingertips_areas`.

Three answers with status 200 are not what they seem: an area type of an older boundary year gives a series that ended
years ago, a pair of indicator and area type without data gives a header alone, and an error may come as plain text or
as a web page. `parent_area_code` is said to be England's where it is left out, and is sent all the same: others were
answered with no rows or an error without it.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from sources.publishers.fingertips_areas import (
    REGION,
    check_available,
    choose_area_type,
    tiers_of,
)
from sources.reading.areas import with_present_codes
from sources.reading.files import Line, Place, csv_lines, number
from sources.reading.years import check_every_year
from thindicators import plain_numbers
from thindicators.errors import SourceError
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.observations.periods import (
    Period,
    academic_year,
    calendar_year,
    financial_year,
    read_split_year,
    years_from,
)
from thindicators.plan.model import Indicator

API = "https://fingertips.phe.org.uk/api"
AREA_TYPES = "fingertips area types"
DATA = "fingertips data "
ENGLAND = "E92000001"
NO_VALUE = "The publisher gives no value for this area and period."
NO_LIMITS = "No confidence limits came with this figure."

LIMITS = ("Lower CI 95.0 limit", "Upper CI 95.0 limit")
FIGURE = ("Value", *LIMITS, "Count", "Denominator", "Value note")
KEY = ("Area Code", "Sex", "Age", "Time period", "Time period Sortable", "Time period range")
_CATEGORY = ("Category Type", "Category")
_WHICH_FIGURE = (*_CATEGORY, *KEY[1:])
# Of 27 columns whose names and number have changed, these are needed, in any order.
COLUMNS = (
    "Indicator ID",
    "Indicator Name",
    "Area Name",
    *_CATEGORY,
    *KEY,
    *FIGURE,
)

_CONFIDENTIAL = ("suppressed", "disclos", "small number")
_REMEDY = "open the address in a browser; if the answer is right, sources/publishers/fingertips.py must be adapted."
_NO_CSV = (
    "open the address in a browser. If a table comes, its columns have changed and sources/publishers/fingertips.py "
    "must be adapted; if a message comes, look on fingertips.phe.org.uk for a notice, and ask its help desk."
)
_log = logging.getLogger(__name__)


class Question(BaseModel):
    """What to take of a Fingertips indicator."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    indicator_id: int
    name_has: list[str] = Field(
        description="Words of its name, in any case; a wrong id has another name"
    )
    sex: str
    age: str
    period_notes: dict[str, str] = Field(
        default={},
        description="What a reader must know of a period, by its label",
    )


@dataclass(frozen=True)
class Row:
    """One figure of one area and period, with its limits and counts, as Fingertips gives it."""

    area: str
    period: Period
    value: float | None
    status: str
    lower: float | None
    upper: float | None
    count: float | None
    denominator: float | None
    note: str
    line: Line


def areas_by_id(
    indicators: Iterable[Indicator],
    ask: type[Question],
) -> dict[int, set[str]]:
    """The areas that indicators want figures of, by the publisher's id of the indicator."""
    areas: dict[int, set[str]] = defaultdict(set)
    for indicator in indicators:
        areas[indicator.read_ask(ask).indicator_id].update(indicator.wanted_areas)
    return areas


def fetch_indicators(
    client: Client,
    areas: Mapping[int, Collection[str]],
) -> list[Snapshot]:
    """Area types, what each indicator has, and the data: one call for all indicators of one area type.

    What each has may be missing: then the newest area type is asked for, as `choose_area_type` says.

    Args:
        client: Asks.
        areas: Whose figures are wanted, by the indicator's id.

    Raises:
        SourceError: If an indicator has no local authorities of a tier that is wanted, or the data are not data.
    """
    area_types = client.get(AREA_TYPES, f"{API}/area_types")
    snapshots = [area_types]
    ids_of_type: dict[int, list[int]] = defaultdict(list)
    for indicator_id in sorted(areas):
        available = _fetch_available(client, indicator_id)
        for tier in tiers_of(areas[indicator_id]):
            area_type = choose_area_type(area_types, available, indicator_id, tier)
            ids_of_type[area_type].append(indicator_id)
        if available:
            snapshots.append(available)
    for area_type, together in ids_of_type.items():
        data = _fetch_data(client, area_type, together)
        # A pair without data is answered by a header alone, which is seen here and not at the next parse.
        for indicator_id in together:
            _lines_of([data], indicator_id)
        snapshots.append(data)
    return snapshots


def _fetch_available(client: Client, indicator_id: int) -> Snapshot | None:
    """What an indicator has data for; None where no such list comes: other lists of this publisher have failed so."""
    try:
        available = client.get(
            f"fingertips areas of {indicator_id}",
            f"{API}/available_data",
            {"indicator_id": str(indicator_id)},
        )
        check_available(available)
    except SourceError as problem:
        _log.warning(
            "The newest area type is taken, as its list for %s cannot be had: %s",
            indicator_id,
            problem,
        )
        return None
    return available


def _fetch_data(
    client: Client,
    area_type: int,
    ids: Sequence[int],
) -> Snapshot:
    query = {
        "indicator_ids": ",".join(map(str, ids)),
        "child_area_type_id": str(area_type),
        # With England as the parent there would be no row for London.
        "parent_area_type_id": str(REGION),
        "parent_area_code": ENGLAND,
    }
    return client.get(f"{DATA}{area_type}", f"{API}/all_data/csv/by_indicator_id", query)


def read_rows(
    snapshots: Mapping[str, Snapshot],
    question: Question,
    areas: Sequence[str],
    period_kind: str,
    peers: Sequence[str] = (),
) -> list[Row]:
    """The figures of some areas for one sex and age, each once, by area and period.

    An area must be there; a peer is read where the publisher has it.

    Rows of a deprivation or ethnic category are left out: they carry the area's own code. England comes twice, as an
    area without a parent and as its own child; equal rows are taken once.

    Raises:
        SourceError: If an area, the sex and age or the indicator is missing, or two rows of one figure differ.
    """
    data = [snapshot for role, snapshot in snapshots.items() if role.startswith(DATA)]
    lines = _lines_of(data, question.indicator_id)
    _check_names(lines, question)
    asked = _of_sex_and_age(lines, question)
    # Areas are matched by code: London has been “London region” and “London region (statistical)”.
    present = {line["Area Code"] for line in asked}
    missing = sorted(set(areas) - present)
    if missing:
        raise Place(asked[0].place.snapshot, column="Area Code").wrong(
            f"rows of {', '.join(areas)} for indicator {question.indicator_id}",
            f"none of {', '.join(missing)}",
            "see on the publisher's site whether the area still has figures.",
        )
    wanted = [*areas, *peers]
    rows = [_row(line, question, period_kind) for line in _once(asked, wanted)]
    return sorted(rows, key=lambda row: (wanted.index(row.area), row.period))


def values_of(rows: Iterable[Row]) -> dict[tuple[str, str, str], float | None]:
    """The values of rows, as `sources.reading.series.recognise` takes them."""
    return {(row.area, row.period.label, "total"): row.value for row in rows}


def check_years(rows: Sequence[Row]) -> None:
    """Check that no year is left out between two others.

    Raises:
        SourceError: If one is.
    """
    place = Place(rows[0].line.place.snapshot, column="Time period")
    check_every_year((row.period.year for row in rows), place)


def observation(
    indicator: Indicator,
    row: Row,
    series: str,
) -> Observation:
    """A row as an observation of a series."""
    return Observation(
        indicator=indicator.id,
        area_code=row.area,
        period=row.period,
        value=row.value,
        unit=indicator.unit,
        lower_ci_95=row.lower,
        upper_ci_95=row.upper,
        numerator=row.count,
        denominator=row.denominator,
        status=row.status,
        series=series,
        source_text=row.line["Value"],
        snapshot=row.line.place.snapshot.sha256,
        note=row.note,
    )


def _lines_of(data: Sequence[Snapshot], indicator_id: int) -> list[Line]:
    lines: list[Line] = []
    for snapshot in data:
        lines += _csv(snapshot)
    lines_of_indicator = [line for line in lines if line["Indicator ID"] == str(indicator_id)]
    if not lines_of_indicator:
        ids = sorted({line["Indicator ID"] for line in lines})
        raise Place(data[0]).wrong(
            f"rows of indicator {indicator_id}",
            f"only rows of {ids}",
            _REMEDY,
        )
    return with_present_codes(lines_of_indicator, "Area Code", _WHICH_FIGURE)


def _csv(snapshot: Snapshot) -> list[Line]:
    """The rows of an answer that is a CSV with rows: errors and empty answers also come with status 200."""
    content = snapshot.content.removeprefix(b"\xef\xbb\xbf")
    header, _, rest = content.partition(b"\n")
    if not header.startswith(b"Indicator ID,"):
        raise Place(snapshot).wrong(
            "a CSV file whose first line starts “Indicator ID,”",
            snapshot.content[:200].decode("utf-8", "replace"),
            _NO_CSV,
        )
    if not rest.strip():
        raise Place(snapshot).wrong(
            "rows under the header",
            "a header only, which is how Fingertips says that it has no data for this indicator and area type",
            "see on the publisher's site which area types the indicator has now.",
        )
    return csv_lines(snapshot, COLUMNS)


def _check_names(lines: Sequence[Line], question: Question) -> None:
    for line in lines:
        name = line["Indicator Name"].lower()
        # Spellings change: “Year 6: Prevalence of …” became “Year 6 prevalence of …”.
        if not all(words.lower() in name for words in question.name_has):
            raise line.at("Indicator Name").wrong(
                f"a name with {question.name_has} for indicator {question.indicator_id}",
                line["Indicator Name"],
                "see on the publisher's site whether the id still measures the same, then correct `ask` in the YAML.",
            )


def _of_sex_and_age(lines: Sequence[Line], question: Question) -> list[Line]:
    # Rows of a deprivation or ethnic group carry the area's own code, and would pass for the area.
    whole = [line for line in lines if not line["Category Type"] and not line["Category"]]
    wanted = (question.sex, question.age)
    asked = [line for line in whole if (line["Sex"], line["Age"]) == wanted]
    if not asked:
        pairs = sorted({f"{line['Sex']}, {line['Age']}" for line in whole})
        raise Place(lines[0].place.snapshot).wrong(
            f"rows for {question.sex}, {question.age} of indicator {question.indicator_id}",
            pairs or "rows of categories only",
            "see on the publisher's site how it names them now, then correct `ask` in the YAML.",
        )
    return asked


def _once(lines: Iterable[Line], areas: Sequence[str]) -> list[Line]:
    """The rows of some areas, equal ones once: England comes twice, with a parent and without."""
    first_of_key: dict[tuple[str, ...], Line] = {}
    for line in lines:
        if line["Area Code"] not in areas:
            continue
        key = tuple(line[column] for column in KEY)
        first = first_of_key.setdefault(key, line)
        differing = {
            column: (first[column], line[column])
            for column in FIGURE
            if first[column] != line[column]
        }
        if differing:
            raise line.place.wrong(
                f"the same figure as in row {first.place.row}, for the same {', '.join(KEY)}",
                differing,
                "see which of the two the publisher means; nothing is chosen here.",
            )
    return list(first_of_key.values())


def _row(
    line: Line,
    question: Question,
    period_kind: str,
) -> Row:
    period = read_period(line, period_kind)
    value = _optional(line, "Value")
    lower, upper = _limits(line, value)
    value_note = line["Value note"].strip()
    notes = [value_note]
    if value is None and not value_note:
        notes.append(NO_VALUE)
    # Some periods of 2024 came with a value and without limits.
    if value is not None and lower is None:
        notes.append(NO_LIMITS)
    notes.append(question.period_notes.get(period.label, ""))
    return Row(
        area=line["Area Code"],
        period=period,
        value=value,
        status="" if value is not None else _status(line["Value note"]),
        lower=lower,
        upper=upper,
        count=_optional(line, "Count"),
        denominator=_optional(line, "Denominator"),
        note=" ".join(filter(None, notes)),
        line=line,
    )


def _optional(line: Line, column: str) -> float | None:
    return number(line[column], line.at(column)) if line[column].strip() else None


def _limits(line: Line, value: float | None) -> tuple[float | None, float | None]:
    # Limits of 99.8 % are empty for most indicators, and are not read.
    lower, upper = (_optional(line, column) for column in LIMITS)
    if lower is None and upper is None:
        return None, None
    if value is None or lower is None or upper is None or not lower <= value <= upper:
        raise line.place.wrong(
            "both limits around a value, or none",
            f"{lower}, {value}, {upper}",
            _REMEDY,
        )
    return lower, upper


def _status(value_note: str) -> str:
    """Why there is no value: confidential if the publisher says so, else not available."""
    note = value_note.lower()
    return "c" if any(words in note for words in _CONFIDENTIAL) else "x"


def read_period(line: Line, kind: str) -> Period:
    """The period of a row, which its text, its sortable start and its range must agree on.

    Raises:
        SourceError: If they do not, or if the period is of another kind.
    """
    label = line["Time period"]
    if kind not in _PERIODS:
        raise line.at("Time period").wrong(
            f"one of the kinds {sorted(_PERIODS)}",
            kind,
            "correct `period` in the YAML.",
        )
    years, build = _PERIODS[kind]
    try:
        period = build(label)
    except ValueError:
        raise line.at("Time period").wrong(
            f"a period of the kind {kind}",
            label,
            _REMEDY,
        ) from None
    # The sortable start is 20180000 for both “2018” and “2018 - 20”, so that the range is compared too.
    stated = (line["Time period Sortable"], line["Time period range"])
    expected = (f"{period.start.year}0000", f"{years}y")
    if stated != expected:
        raise line.at("Time period Sortable").wrong(
            f"{expected} beside {label}",
            stated,
            _REMEDY,
        )
    return period


def _three_years(label: str) -> Period:
    match = re.fullmatch(r"([0-9]{4}) - ([0-9]{2})", label)
    if not match:
        raise ValueError(label)
    first_year = plain_numbers.whole_number(match[1])
    last_digits = plain_numbers.whole_number(match[2])
    if (first_year + 2) % 100 != last_digits:
        raise ValueError(label)
    return years_from(first_year, 3, label)


_PERIODS: dict[str, tuple[int, Callable[[str], Period]]] = {
    "calendar_year": (1, lambda label: calendar_year(plain_numbers.year(label))),
    "financial_year": (1, lambda label: financial_year(read_split_year(label), label)),
    "academic_year": (1, lambda label: academic_year(read_split_year(label), label)),
    # With spaces around the dash: “2018 - 20”.
    "three_years": (3, _three_years),
}
