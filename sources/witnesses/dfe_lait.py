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
from typing import NamedTuple

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
FIGURES = f"{PART}/figures"
DICTIONARY = f"{PART}/dictionary"
MEASURE = "Short Desc"
YEARS = "Years"
AREA = "LA and Regions"
VALUE = "Values"
COLUMNS = (MEASURE, YEARS, AREA, VALUE)
NO_FIGURE = "-"

_YEAR = re.compile(r"([0-9]{4})( \((Rev|Final|prov)\))?")
_SERIAL = re.compile(r"[345][0-9]{4}")
# Spreadsheets count days from here, as if 1900 had been a leap year.
_FIRST_SERIAL_DAY = date(1899, 12, 30)
_TEXT_TYPES = (pa.string(), pa.large_string())
_REMEDY = "look at the tool's file on GitHub; if it has changed, correct `witnesses` in the YAML."

_PERIODS: Mapping[str, Callable[[int], Period]] = {
    "calendar_year": calendar_year,
    "academic_year": lambda year: academic_year(year - 1),
    "financial_year": lambda year: financial_year(year - 1),
    # The winter of NEET figures: December to February.
    "three_months": lambda year: from_iso(f"{year - 1}-12-01/P3M", str(year)),
}
"""The period that a year names, by the indicator's kind of period."""


class FigureRow(NamedTuple):
    """One row of the tool for an area of ours: its code, the tool's words for the year, and the figure as text."""

    area: str
    years: str
    text: str


class Measure(BaseModel):
    """A measure of the tool, and the group that it is of."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    measure: str = Field(description="As the column “Short Desc” names it, letter for letter")
    breakdown: str = "total"
    category: str = "total"


class Ask(BaseModel):
    """What an indicator asks of the tool."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
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
    snapshot = snapshots[FIGURES]
    dictionary = snapshots.get(DICTIONARY)
    measures = indicator.read_ask(Ask).figures
    rows = _rows(snapshot, [measure.measure for measure in measures])
    updated = _updated(dictionary) if dictionary else {}
    codes = {area_names[code]: code for code in indicator.areas}
    figures: list[WitnessFigure] = []
    for measure in measures:
        own = [row for row in rows if row[MEASURE] == measure.measure]
        if not own:
            raise Place(snapshot, column=MEASURE).wrong(
                f"rows of {measure.measure}",
                "none",
                _REMEDY,
            )
        vintage = updated.get(measure.measure, "")
        for row in _of_areas(own, codes, snapshot):
            figures.append(
                _figure(
                    indicator,
                    measure,
                    row,
                    vintage,
                    snapshot,
                )
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
        raise Place(snapshot).wrong(
            f"a Parquet file with the columns {', '.join(COLUMNS)}",
            problem,
            _REMEDY,
        ) from None
    # A column that is not in the file is passed over by the library.
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise Place(snapshot).wrong(
            f"the columns {', '.join(COLUMNS)}",
            f"no {', '.join(missing)}",
            _REMEDY,
        )
    _check_types(table.schema, snapshot)
    rows: list[dict[str, str]] = []
    for row in table.to_pylist():
        rows.append({name: cell or "" for name, cell in row.items()})
    return rows


def _check_types(schema: pa.Schema, snapshot: Snapshot) -> None:
    """Figures are text: as numbers they could have lost their dashes."""
    types = {name: schema.field(name).type for name in COLUMNS}
    other = {name: str(kind) for name, kind in types.items() if kind not in _TEXT_TYPES}
    if other:
        raise Place(snapshot).wrong(
            f"text in {', '.join(COLUMNS)}",
            other,
            _REMEDY,
        )


def _of_areas(
    rows: Iterable[Mapping[str, str]],
    codes: Mapping[str, str],
    snapshot: Snapshot,
) -> Iterator[FigureRow]:
    """The rows whose area has exactly one of the names and that have a figure, each once."""
    met: set[tuple[str, str]] = set()
    for row in rows:
        if row[AREA] not in codes or row[VALUE] in ("", NO_FIGURE):
            continue
        key = (row[AREA], row[YEARS])
        if key in met:
            raise Place(snapshot).wrong(
                f"one row of {row[MEASURE]} for {' and '.join(key)}",
                "two",
                _REMEDY,
            )
        met.add(key)
        yield FigureRow(
            area=codes[row[AREA]],
            years=row[YEARS],
            text=row[VALUE],
        )


def _figure(
    indicator: Indicator,
    measure: Measure,
    row: FigureRow,
    vintage: str,
    snapshot: Snapshot,
) -> WitnessFigure:
    # Rows of a Parquet file have no numbers that a reader could look up.
    place = Place(snapshot, column=f"{VALUE}, {measure.measure} of {row.area} for {row.years}")
    return WitnessFigure(
        area_code=row.area,
        period=_period(indicator, row.years, place),
        value=number(row.text, place),
        text=row.text,
        snapshot=snapshot.sha256,
        where=str(place),
        breakdown=measure.breakdown,
        category=measure.category,
        vintage=vintage,
    )


def _period(
    indicator: Indicator,
    years: str,
    place: Place,
) -> Period:
    match = _YEAR.fullmatch(years)
    if not match or indicator.period not in _PERIODS:
        raise place.wrong(
            f"a year for a period of the kind {indicator.period}",
            years,
            _REMEDY,
        )
    return _PERIODS[indicator.period](plain_numbers.year(match[1]))


def _updated(dictionary: Snapshot) -> dict[str, str]:
    """The day on which each measure was brought up to date, where it is told as a spreadsheet's number of a day."""
    try:
        lines = csv_lines(dictionary, ("Measure_short", "Last Update"))
    except SourceError:
        # The figures are there all the same; only their day is not known.
        return {}
    days: dict[str, str] = {}
    for line in lines:
        written = line["Last Update"].strip()
        # Whatever else stands there is left unread: it is only a remark.
        if _SERIAL.fullmatch(written):
            serial = timedelta(plain_numbers.whole_number(written))
            days[line["Measure_short"]] = (_FIRST_SERIAL_DAY + serial).isoformat()
    return days
