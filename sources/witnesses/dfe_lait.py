"""The Department for Education's Local Authority Interactive Tool: one Parquet file of all its measures.

What belongs here: the shape of that file, at https://github.com/dfe-analytical-services/local-authority-interactive-tool.
The Department's own people fill it from its publications, so that it is a second printing of the figures, by hand.

Figures are text, `-` where there is none. Areas come by name: “London” stands beside “London (Inner)”, so that names
are matched whole. A year may be followed by what its figures are, as in `2025 (Rev)`; the year is that in which the
period ends. The tool's dictionary says in which month each measure was brought up to date; it may be absent.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field

from sources.reading.files import Place, csv_lines, number
from thindicators import plain_numbers
from thindicators.comparing.witnesses import WitnessFigure
from thindicators.errors import FetchError, SourceError
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.periods import (
    Period,
    academic_year,
    calendar_year,
    financial_year,
    from_iso,
)
from thindicators.plan.model import Indicator

DATA = "https://raw.githubusercontent.com/dfe-analytical-services/local-authority-interactive-tool/main/01_data/02_prod"
PART = "tool"
FIGURES, DICTIONARY = f"{PART}/figures", f"{PART}/dictionary"
MEASURE, YEARS, AREA, VALUE = COLUMNS = ("Short Desc", "Years", "LA and Regions", "Values")
NO_FIGURE = "-"

_YEAR = re.compile(r"([0-9]{4})( \((Rev|Final|prov)\))?")
_SERIAL = re.compile(r"[345][0-9]{4}")
_FIRST_SERIAL_DAY = date(1899, 12, 30)
_REMEDY = "look at the tool's file on GitHub; if it has changed, correct `witnesses` in the YAML."

_PERIODS: Mapping[str, Callable[[int], Period]] = {
    "calendar_year": calendar_year,
    "academic_year": lambda year: academic_year(year - 1),
    "financial_year": lambda year: financial_year(year - 1),
    "three_months": lambda year: from_iso(
        f"{year - 1}-12-01/P3M",
        str(year),
    ),  # the winter of NEET figures
}
"""The period that a year names, by the indicator's kind of period."""


class Measure(BaseModel):
    """A measure of the tool, and the group that it is of."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    measure: str = Field(description="As the column “Short Desc” names it, letter for letter")
    breakdown: str = "total"
    category: str = "total"


class Ask(BaseModel):
    """What an indicator asks of the tool."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    figures: list[Measure] = Field(min_length=1)


def part_of(indicator: Indicator) -> str:
    """All indicators need the one file."""
    indicator.read_ask(Ask)
    return PART


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The file of figures and, if it can be had, the dictionary."""
    figures = client.get(FIGURES, f"{DATA}/bds_long_0.parquet")
    try:
        return [figures, client.get(DICTIONARY, f"{DATA}/lait_data_dictionary.csv")]
    except FetchError:
        return [figures]


def read(
    indicator: Indicator,
    snapshots: Mapping[str, Snapshot],
    area_names: Mapping[str, str],
) -> list[WitnessFigure]:
    """One figure for each measure, area and year that has one."""
    snapshot, dictionary = snapshots[FIGURES], snapshots.get(DICTIONARY)
    asked = indicator.read_ask(Ask).figures
    rows = _rows(snapshot, [one.measure for one in asked])
    updated = _updated(dictionary) if dictionary else {}
    codes = {area_names[code]: code for code in indicator.areas}
    figures: list[WitnessFigure] = []
    for measure in asked:
        own = [row for row in rows if row[MEASURE] == measure.measure]
        if not own:
            raise Place(snapshot, column=MEASURE).wrong(
                f"rows of {measure.measure}",
                "none",
                _REMEDY,
            )
        vintage = updated.get(measure.measure, "")
        figures += _figures(
            indicator,
            measure,
            _of_areas(own, codes, snapshot),
            vintage,
            snapshot,
        )
    return figures


def _rows(snapshot: Snapshot, measures: Sequence[str]) -> list[dict[str, str]]:
    try:
        table = pq.read_table(
            io.BytesIO(snapshot.content),
            columns=list(COLUMNS),
            filters=[(MEASURE, "in", measures)],
        )
    except (pa.ArrowException, OSError, ValueError) as problem:
        expected = f"a Parquet file with the columns {', '.join(COLUMNS)}"
        raise Place(snapshot).wrong(
            expected,
            problem,
            _REMEDY,
        ) from None
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise Place(snapshot).wrong(
            f"the columns {', '.join(COLUMNS)}",
            f"no {', '.join(missing)}",
            _REMEDY,
        )
    other = [
        name
        for name in COLUMNS
        if table.schema.field(name).type not in (pa.string(), pa.large_string())
    ]
    if other:
        types = {name: str(table.schema.field(name).type) for name in other}
        raise Place(snapshot).wrong(
            f"text in {', '.join(COLUMNS)}",
            types,
            _REMEDY,
        )
    return [{name: cell or "" for name, cell in row.items()} for row in table.to_pylist()]


def _of_areas(
    rows: Iterable[Mapping[str, str]],
    codes: Mapping[str, str],
    snapshot: Snapshot,
) -> Iterator[tuple[str, str, str]]:
    """Area code, year and figure of the rows whose area has exactly one of the names, each once."""
    met = set()
    for row in rows:
        key = (row[AREA], row[YEARS])
        if row[AREA] not in codes or row[VALUE] in ("", NO_FIGURE):
            continue
        if key in met:
            raise Place(snapshot).wrong(
                f"one row of {row[MEASURE]} for {' and '.join(key)}",
                "two",
                _REMEDY,
            )
        met.add(key)
        yield codes[row[AREA]], row[YEARS], row[VALUE]


def _figures(
    indicator: Indicator,
    measure: Measure,
    cells: Iterable[tuple[str, str, str]],
    vintage: str,
    snapshot: Snapshot,
) -> Iterator[WitnessFigure]:
    for area, years, text in cells:
        place = Place(snapshot, column=f"{VALUE}, {measure.measure} of {area} for {years}")
        yield WitnessFigure(
            area_code=area,
            period=_period(indicator, years, place),
            value=number(text, place),
            text=text,
            snapshot=snapshot.sha256,
            where=str(place),
            breakdown=measure.breakdown,
            category=measure.category,
            vintage=vintage,
        )


def _period(indicator: Indicator, years: str, place: Place) -> Period:
    found = _YEAR.fullmatch(years)
    if not found or indicator.period not in _PERIODS:
        raise place.wrong(
            f"a year for a period of the kind {indicator.period}",
            years,
            _REMEDY,
        )
    return _PERIODS[indicator.period](plain_numbers.year(found[1]))


def _updated(dictionary: Snapshot) -> dict[str, str]:
    """The day on which each measure was brought up to date, where it is told as a spreadsheet's number of a day."""
    try:
        lines = csv_lines(dictionary, ("Measure_short", "Last Update"))
    except SourceError:
        return {}  # the figures are there all the same; only their day is not known
    days = {line["Measure_short"]: line["Last Update"].strip() for line in lines}
    serials = {
        measure: plain_numbers.whole_number(day)
        for measure, day in days.items()
        if _SERIAL.fullmatch(day)
    }
    return {
        measure: (_FIRST_SERIAL_DAY + timedelta(serial)).isoformat()
        for measure, serial in serials.items()
    }
