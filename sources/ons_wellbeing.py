"""Personal well-being by local authority, from the API of the Office for National Statistics.

Four questions, each answered from 0 to 10. The file also has the shares of people with a low, middling or high answer:
these are percentages, and are not read. Only the mean (`average-mean`) is.

Names in the header change their case from version to version, and the first column is called after the number of
columns that follow it before the first code (`v4_3`). Rows come in no order. A figure that is missing is an empty cell,
and the reason stands in the column of marks and in both limits. Limits of some areas are wrong; only those of the areas
that are published here are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sources.publishers import ons
from sources.reading.areas import codes_of, with_present_codes
from sources.reading.files import Line, Place, csv_lines, number
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.observations.periods import Period, financial_year, read_split_year
from thindicators.plan.model import Indicator

DATASET = "wellbeing-local-authority"
DATA = "data"
MEAN = "average-mean"
# Columns in lower case: the API has written both “Data Marking” and “Data marking”.
VALUE = "value"
MARK = "data marking"
LIMITS = ("lower limit", "upper limit")
TIME = "time"
AREA = "administrative-geography"
MEASURE = "measure-of-wellbeing"
ESTIMATE = "wellbeing-estimate"
COLUMNS = (VALUE, MARK, *LIMITS, TIME, AREA, MEASURE, ESTIMATE)
STATUSES = {"[x]": "x", "[c]": "c", "[u]": "u"}
NOTES = {
    "x": "The publisher has no figure for this area and year.",
    "c": "The publisher keeps this figure back, so that no person can be recognised.",
    "u": "The publisher finds this figure too unreliable to publish.",
}
NO_LIMITS = "The publisher gives no limits for this figure."

_FIRST_COLUMN = re.compile(r"v4_[0-9]+")
_REMEDY = (
    "look at the file; if the publisher has changed it, sources/ons_wellbeing.py must be adapted."
)


class Ask(BaseModel):
    """What an indicator asks of the data set."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    measure: Literal["anxiety", "happiness", "life-satisfaction", "worthwhile"]


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The data set's latest version; one file holds all measures, areas and years."""
    return ons.fetch_csv(client, DATA, DATASET)


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area and year."""
    measure = indicator.read_ask(Ask).measure
    wanted = codes_of(indicator.wanted_areas)

    def is_wanted(line: Line) -> bool:
        is_mean = line[ESTIMATE] == MEAN and line[MEASURE] == measure
        return is_mean and line[AREA] in wanted

    # The file has some 10 MB: every area, measure and estimate in rows of no order.
    lines = csv_lines(
        snapshots[DATA],
        COLUMNS,
        rename=_column,
        keep=is_wanted,
    )
    lines = with_present_codes(lines, AREA, (TIME,))
    _check_complete(indicator, lines, snapshots[DATA])
    return [_observation(indicator, line) for line in lines]


def _column(name: str) -> str:
    folded = name.strip().lower()
    return VALUE if _FIRST_COLUMN.fullmatch(folded) else folded


def _check_complete(
    indicator: Indicator,
    lines: Sequence[Line],
    snapshot: Snapshot,
) -> None:
    """Every year has one row for every area."""
    first_of_key: dict[tuple[str, str], Line] = {}
    for line in lines:
        first = first_of_key.setdefault((line[AREA], line[TIME]), line)
        if first is not line:
            raise line.place.wrong(
                "one row for each area, year and measure",
                f"a second for {line[AREA]} in {line[TIME]}; the first is row {first.place.row}",
                "see which of the two the publisher means; nothing is chosen here.",
            )
    times = sorted({line[TIME] for line in lines})
    missing = [
        (area, time)
        for area in indicator.areas
        for time in times or ["any year"]
        if (area, time) not in first_of_key
    ]
    if missing:
        measure = indicator.read_ask(Ask).measure
        raise Place(snapshot).wrong(
            f"a row of {MEAN}, {measure}, for each of {list(indicator.areas)} in every year",
            f"none for {missing}",
            _REMEDY,
        )


def _observation(indicator: Indicator, line: Line) -> Observation:
    period = _period(indicator, line)
    value, status = _value(line)
    lower, upper = _limits(line, value)
    note = NOTES.get(status, "")
    if value is not None and lower is None:
        note = NO_LIMITS
    return Observation(
        indicator=indicator.id,
        area_code=line[AREA],
        period=period,
        value=value,
        unit=indicator.unit,
        lower_ci_95=lower,
        upper_ci_95=upper,
        status=status,
        series=indicator.series_of(period.year),
        source_text=line[VALUE] or line[MARK],
        snapshot=line.place.snapshot.sha256,
        note=note,
    )


def _period(indicator: Indicator, line: Line) -> Period:
    try:
        period = financial_year(
            read_split_year(line[TIME]),
            line[TIME],
        )
    except ValueError:
        raise line.at(TIME).wrong(
            "a year from April to March, such as 2022-23",
            line[TIME],
            _REMEDY,
        ) from None
    # A series without a last year holds every later one.
    last_years = [series.last_year or period.year for series in indicator.series]
    last = max(last_years, default=period.year)
    if period.year > last:
        raise line.at(TIME).wrong(
            f"no figures after {last}, because the publisher paused them",
            line[TIME],
            "the pause is over: read what changed in the survey, then describe the new figures under `series` in "
            f"indicators/{indicator.id}.yaml and take `paused` out of sources/ons_wellbeing.yaml.",
        )
    return period


def _value(line: Line) -> tuple[float | None, str]:
    """The mean and its status: empty, or why there is none."""
    if not line[VALUE]:
        return None, _status(line)
    # A mark stands in the place of a figure, never beside one.
    if line[MARK]:
        raise line.at(MARK).wrong(
            "no mark beside a figure",
            line[MARK],
            _REMEDY,
        )
    value = number(line[VALUE], line.at(VALUE))
    if not 0 <= value <= 10:
        raise line.at(VALUE).wrong(
            "a mean from 0 to 10",
            line[VALUE],
            _REMEDY,
        )
    return value, ""


def _limits(line: Line, value: float | None) -> tuple[float | None, float | None]:
    """The two limits, which hold the value; or neither, where marks stand in their place."""
    if value is None:
        _check_marks(line)
        return None, None
    if all(line[limit] in STATUSES for limit in LIMITS):
        return None, None
    lower, upper = (number(line[limit], line.at(limit)) for limit in LIMITS)
    # Limits that are not symmetric are right; some areas had a lower limit of 0, which is wrong.
    if not lower <= value <= upper:
        raise line.place.wrong(
            f"limits that hold the mean, {line[VALUE]}",
            f"{line[LIMITS[0]]} to {line[LIMITS[1]]}",
            "the publisher's file is wrong here: report it to the publisher; nothing is mended here.",
        )
    return lower, upper


def _check_marks(line: Line) -> None:
    """Where there is no figure, its mark stands in the cells of both limits again."""
    for limit in LIMITS:
        if line[limit] != line[MARK]:
            raise line.at(limit).wrong(
                f"the same mark again, {line[MARK]}",
                line[limit] or "an empty cell",
                _REMEDY,
            )


def _status(line: Line) -> str:
    if line[MARK] not in STATUSES:
        raise line.at(MARK).wrong(
            f"one of {list(STATUSES)} where there is no figure",
            line[MARK] or "an empty cell",
            "add the mark with its meaning to sources/ons_wellbeing.py.",
        )
    return STATUSES[line[MARK]]
