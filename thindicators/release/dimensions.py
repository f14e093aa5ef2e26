"""Dimensions: the tables by which a dashboard joins words to figures: periods, breakdowns, series and units.

What belongs here: which rows these tables have. Each has the key by which the observations name the same thing, so that
a dashboard needs no code list of its own. The other side tables belong in `side_tables`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from thindicators import house_style
from thindicators.comparing.latest import all_series
from thindicators.comparing.latest_figures import LatestFigure
from thindicators.observations.periods import from_iso
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Indicator, Plan

DimensionRow = dict[str, object]

DIMENSIONS = ("periods", "breakdowns", "series", "units")
"""The names of the tables."""

_PERIOD = ["period", "period_start", "period_end", "year"]
_GROUP = ["breakdown", "category"]
_YEAR_BEGINS_IN = {1: "calendar_year", 4: "financial_year", 9: "academic_year"}
"""The kinds of year, by the month in which they begin."""


def dimensions(
    plan: Plan,
    outcomes: Sequence[Outcome],
    latest: Sequence[LatestFigure],
) -> dict[str, list[DimensionRow]]:
    """The rows of each dimension, by the name of its table.

    Args:
        plan: Whose words apply.
        outcomes: All that is published.
        latest: The latest figure of each indicator and group.
    """
    headlines = {(figure.indicator.id, *figure.group) for figure in latest if figure.is_headline}
    breakdowns: list[DimensionRow] = []
    series: list[DimensionRow] = []
    for outcome in outcomes:
        indicator = plan.indicators[outcome.indicator]
        breakdowns += _breakdown_rows(plan, indicator, outcome, headlines)
        series += _series_rows(indicator, outcome)
    return {
        "periods": _period_rows(outcomes),
        "breakdowns": breakdowns,
        "series": series,
        "units": _unit_rows(outcomes),
    }


def _period_rows(outcomes: Iterable[Outcome]) -> list[DimensionRow]:
    rows: list[DimensionRow] = []
    for interval, start, end, year in sorted(_distinct(outcomes, _PERIOD)):
        kind = _kind(interval, start)
        rows.append(
            {
                "period": interval,
                "start": start,
                "end": end,
                "year": year,
                "kind": kind,
                "title": house_style.period(interval, kind),
            }
        )
    return rows


def _kind(interval: str, start: date) -> str:
    """What kind of period an interval is, by its length and its first day."""
    stretch = from_iso(interval)
    if stretch.start == stretch.end:
        return "day"
    if not interval.endswith("Y"):
        return "days"
    if not interval.endswith("/P1Y"):
        return "years"
    # Twelve months that end when a survey does are no year that has a name.
    return _YEAR_BEGINS_IN.get(start.month, "days") if start.day == 1 else "days"


def _breakdown_rows(
    plan: Plan,
    indicator: Indicator,
    outcome: Outcome,
    headlines: set[tuple[str, str, str]],
) -> list[DimensionRow]:
    rows: list[DimensionRow] = []
    for breakdown, category in sorted(_distinct([outcome], _GROUP)):
        rows.append(
            {
                "indicator": indicator.id,
                "breakdown": breakdown,
                "category": category,
                "breakdown_title": house_style.breakdown(plan, breakdown),
                "category_title": house_style.category(plan, breakdown, category),
                "is_headline": (indicator.id, breakdown, category) in headlines,
            }
        )
    return rows


def _series_rows(indicator: Indicator, outcome: Outcome) -> list[DimensionRow]:
    rows: list[DimensionRow] = []
    for series in all_series(indicator, outcome):
        rows.append(
            {
                "indicator": indicator.id,
                "series": series.id,
                **series.model_dump(
                    include={"title", "first_year", "last_year", "stands_in"}
                    | {"starts_because", "ends_because"}
                ),
            }
        )
    return rows


def _unit_rows(outcomes: Iterable[Outcome]) -> list[DimensionRow]:
    rows: list[DimensionRow] = []
    for (unit,) in sorted(_distinct(outcomes, ["unit"])):
        before, after = house_style.around(unit)
        title = house_style.UNITS.get(unit, unit)
        rows.append({"unit": unit, "title": title, "before": before, "after": after})
    return rows


def _distinct(outcomes: Iterable[Outcome], columns: list[str]) -> set[tuple[Any, ...]]:
    """The different cells that the figures have in some columns."""
    tables = [outcome.table.select(columns) for outcome in outcomes]
    if not tables:
        return set()
    distinct = pa.concat_tables(tables).group_by(columns).aggregate([])
    cells = [distinct[column].to_pylist() for column in columns]
    return set(zip(*cells, strict=True))
