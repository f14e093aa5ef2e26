"""Observations: one row is one figure, in one tidy table with one contract.

What belongs here: the columns, their order and types, and the making of a table from figures. Reading a publisher's
file belongs in `sources`; judging whether figures may be published belongs in `checks`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypedDict

import pyarrow as pa
import pyarrow.compute as pc

from thindicators.errors import SourceError, ThindicatorsError
from thindicators.observations.periods import Period
from thindicators.safe_text import why_refused

# The letters agreed across the Government Statistical Service, where they stand in square brackets.
STATUSES = {
    "c": "confidential",
    "low": "rounds to zero but is not zero",
    "u": "unreliable",
    "x": "not available",
    "z": "not applicable",
}
"""GSS shorthand for why a figure is missing or weak, and what it says."""

REVISIONS = {"p": "provisional", "r": "revised since the last release"}


class Row(TypedDict):
    """One row of a table of the contract: a figure as it is read back, with the columns of `SCHEMA`.

    What is not there is None. Who goes through columns by their names asks for `cells`.
    """

    indicator: str
    area_code: str
    area_name: str
    period: str
    period_label: str
    period_start: date
    period_end: date
    year: int
    breakdown: str
    category: str
    value: float | None
    unit: str
    lower_ci_95: float | None
    upper_ci_95: float | None
    numerator: float | None
    denominator: float | None
    status: str | None
    revision: str | None
    series: str
    source_text: str | None
    snapshot: str
    note: str | None


KEY = (
    "indicator",
    "area_code",
    "period",
    "breakdown",
    "category",
    "series",
)
"""The columns that tell one figure from all others."""

ORDER = (
    "indicator",
    "series",
    "breakdown",
    "category",
    "area_code",
    "period_start",
    "period_end",
)
"""The columns that a published table is sorted by."""

SCHEMA = pa.schema(
    [
        ("indicator", pa.string()),
        ("area_code", pa.string()),
        ("area_name", pa.string()),
        ("period", pa.string()),
        ("period_label", pa.string()),
        ("period_start", pa.date32()),
        ("period_end", pa.date32()),
        ("year", pa.int32()),
        ("breakdown", pa.string()),
        ("category", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("lower_ci_95", pa.float64()),
        ("upper_ci_95", pa.float64()),
        ("numerator", pa.float64()),
        ("denominator", pa.float64()),
        ("status", pa.string()),
        ("revision", pa.string()),
        ("series", pa.string()),
        ("source_text", pa.string()),
        ("snapshot", pa.string()),
        ("note", pa.string()),
    ]
)
"""The contract: names, order and types. Empty text is null, in Parquet as in CSV."""


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One figure.

    Attributes:
        value: The figure in `unit`; percentages are 0-100. None if and only if `status` says why.
        source_text: The publisher's cell, letter for letter.
        snapshot: sha256 of the bytes the figure was read from.
    """

    indicator: str
    area_code: str
    period: Period
    value: float | None
    unit: str
    series: str
    source_text: str
    snapshot: str
    breakdown: str = "total"
    category: str = "total"
    lower_ci_95: float | None = None
    upper_ci_95: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    status: str = ""
    revision: str = ""
    note: str = ""


def table_of(
    observations: Iterable[Observation],
    area_names: Mapping[str, str],
) -> pa.Table:
    """The observations as a table of the contract, sorted.

    Args:
        observations: Figures, in any order.
        area_names: Names by GSS code.

    Raises:
        ThindicatorsError: If an area is not one of `area_names`, a number is not finite, or a text could act where it
            is read; see `thindicators.safe_text`.
    """
    rows = [_row(observation, area_names) for observation in observations]
    for row in rows:
        _check(row)
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    # Publishers change the order of their rows; a release must not differ from another by that.
    return table.sort_by([(column, "ascending") for column in ORDER])


def cells(row: Row, names: Iterable[str]) -> tuple[object, ...]:
    """Some cells of a row, by the names of their columns."""
    by_name: Mapping[str, object] = row
    return tuple(by_name[name] for name in names)


def value_of(row: Row) -> float:
    """The figure of a row that has one.

    Raises:
        ValueError: If it has none; a missing figure is never a number, and least of all zero.
    """
    value = row["value"]
    if value is None:
        raise ValueError(f"there is no figure of {row['area_name']} for {row['period_label']}")
    return value


def limits_of(row: Row) -> tuple[float, float] | None:
    """The lower and the upper limit of a figure; None if it has not both, since one alone tells nothing."""
    lower = row["lower_ci_95"]
    upper = row["upper_ci_95"]
    if lower is None or upper is None:
        return None
    return lower, upper


def key_of(row: Row) -> tuple[str, ...]:
    """What tells a figure from all others, in the order of `KEY`."""
    return (
        row["indicator"],
        row["area_code"],
        row["period"],
        row["breakdown"],
        row["category"],
        row["series"],
    )


def rows_of(table: pa.Table) -> list[Row]:
    """The rows of a table of the contract."""
    rows: list[Row] = table.to_pylist()
    return rows


def without_areas(table: pa.Table, area_codes: Sequence[str]) -> pa.Table:
    """A table without the figures of some areas."""
    if not area_codes:
        return table
    is_left_out = pc.is_in(table["area_code"], value_set=pa.array(area_codes, pa.string()))
    return table.filter(pc.invert(is_left_out))


def empty_table() -> pa.Table:
    """A table of the contract without rows."""
    return SCHEMA.empty_table()


def percent(fraction: float | str | Decimal) -> float:
    """A fraction of one as a percentage, without the noise of binary floating point.

    Spreadsheets hold 23.8 % as 0.23800000000000002; ten decimals are kept, which is more than any publisher gives.
    """
    # By way of text: a decimal made of the number itself has all the digits that binary made of it.
    return float(round(Decimal(str(fraction)) * 100, 10))


def _row(
    observation: Observation,
    area_names: Mapping[str, str],
) -> Row:
    if observation.area_code not in area_names:
        raise ThindicatorsError(
            f"{observation.indicator}: a figure is for the area {observation.area_code}, which is not in areas.csv"
        )
    period = observation.period
    # Empty text becomes null: in a CSV the two look the same, and so they must in Parquet.
    return {
        "indicator": observation.indicator,
        "area_code": observation.area_code,
        "area_name": area_names[observation.area_code],
        "period": period.iso,
        "period_label": period.label,
        "period_start": period.start,
        "period_end": period.end,
        "year": period.year,
        "breakdown": observation.breakdown,
        "category": observation.category,
        "value": observation.value,
        "unit": observation.unit,
        "lower_ci_95": observation.lower_ci_95,
        "upper_ci_95": observation.upper_ci_95,
        "numerator": observation.numerator,
        "denominator": observation.denominator,
        "status": observation.status or None,
        "revision": observation.revision or None,
        "series": observation.series,
        "source_text": observation.source_text or None,
        "snapshot": observation.snapshot,
        "note": observation.note or None,
    }


def _check(row: Mapping[str, object]) -> None:
    """Refuse what no cell of a published table may hold, wherever it came from."""
    for column, value in row.items():
        why = ""
        if isinstance(value, str):
            why = why_refused(value)
        elif isinstance(value, int | float) and not math.isfinite(value):
            # Parquet holds NaN, and a mean of it is NaN: a status says better what is missing.
            why = "it is no finite number"
        if why:
            raise SourceError(
                str(row["indicator"]),
                expected=f"a {column} that is safe to publish",
                came=f"{str(value)[:100]!r}: {why}",
                where=f"the figure of {row['area_name']} for {row['period_label']}, {row['category']}, read from the "
                f"snapshot {str(row['snapshot'])[:12]}",
                remedy="look at the file; if it is a return, mend that cell and hand it in again.",
            )
