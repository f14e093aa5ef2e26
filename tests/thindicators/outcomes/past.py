"""A made-up past for tests of ledgers: tables of a few figures, what they were read from, and where tables are kept."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from thindicators.fetching.snapshots import Receipt
from thindicators.observations.observation import Observation, table_of
from thindicators.observations.periods import financial_year
from thindicators.outcomes.outcome import Outcome, Reading, receipts_of

INDICATOR, SOURCE = "care_experienced_and_send_neet", "dfe_care_leavers"
AREAS = {"E09000030": "Tower Hamlets"}
DAY = "2026-11-22"

Figures = Mapping[int, float]
"""A value for each year."""


def figures(values: Figures, series: str = "first", unit: str = "percent") -> pa.Table:
    """A table of one area's figures."""
    observations = [
        Observation(
            indicator=INDICATOR,
            area_code="E09000030",
            period=financial_year(year - 1, f"{year - 1}/{year % 100:02d}"),
            value=value,
            unit=unit,
            series=series,
            source_text=f"{value:g}",
            snapshot=_snapshot(values, series, unit),
        )
        for year, value in values.items()
    ]
    return table_of(observations, AREAS)


def reading(values: Figures, came: str, series: str = "first", unit: str = "percent") -> Reading:
    """What such a table was read from.

    Args:
        values: A value for each year.
        came: The day on which the bytes came.
        series: Of all figures.
        unit: Of all figures.
    """
    receipt = Receipt(
        sha256=_snapshot(values, series, unit),
        source=SOURCE,
        edition="live",
        method="GET",
        url="https://publisher.example/file.csv",
        retrieved=f"{came}T08:00:00Z",
        size=1,
        media_type="text/csv",
        licence="ogl",
    )
    return Reading({SOURCE: {"file": receipt}})


def outcome(
    values: Figures, came: str = DAY, series: str = "first", unit: str = "percent"
) -> Outcome:
    """Such figures as a refresh finds them."""
    table = figures(values, series, unit)
    readings = (reading(values, came, series, unit),)
    return Outcome(
        indicator=INDICATOR,
        state="fresh",
        reason="",
        checks=(),
        receipts=receipts_of(readings, table),
        table=table,
        readings=readings,
    )


def values_of(table: pa.Table) -> dict[str, dict[int, float]]:
    """The values of a table by series and year."""
    values: dict[str, dict[int, float]] = {}
    for row in table.to_pylist():
        values.setdefault(row["series"], {})[row["year"]] = row["value"]
    return values


def _snapshot(values: Figures, series: str, unit: str) -> str:
    said = "".join(f"{year}{value:g}" for year, value in values.items())
    return f"{said}{series}{unit}".encode().hex()[:64].ljust(64, "0")
