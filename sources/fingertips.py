"""Healthy life expectancy at birth, male and female, from Fingertips.

In December 2024 ONS replaced the whole series by one made with another method, and Fingertips put it under the same
id. The file does not say which of the two it holds, so each answer is recognised by figures that were published, and
never joined to the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sources.publishers import fingertips
from sources.publishers.fingertips import Question, Row
from sources.reading.series import recognise
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.plan.indicator_parts import Series
from thindicators.plan.model import Indicator


class Ask(Question):
    """What an indicator asks of Fingertips."""


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """One call for the figures of both sexes."""
    return fingertips.fetch_indicators(client, fingertips.areas_by_id(indicators, Ask))


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area and three years of the series that the answer holds."""
    rows = fingertips.read_rows(
        snapshots,
        indicator.read_ask(Ask),
        indicator.areas,
        indicator.period,
        indicator.peers,
    )
    series = recognise(
        indicator,
        fingertips.values_of(rows),
        rows[0].line.at("Value"),
    )
    fingertips.check_years(rows)
    own = [row for row in rows if _belongs(row, series, indicator)]
    return [fingertips.observation(indicator, row, series.id) for row in own]


def _belongs(
    row: Row,
    series: Series,
    indicator: Indicator,
) -> bool:
    """Whether a row is of the series; years before its first can only be left over from the method before."""
    year = row.period.year
    # The old method's last period is 2018 - 20; what comes later cannot be of it.
    if series.last_year is not None and year > series.last_year:
        raise row.line.at("Time period").wrong(
            f"nothing after {series.last_year} in the series {series.id}, which the other figures are of",
            row.period.label,
            f"read the publisher's notes, then describe the series in indicators/{indicator.id}.yaml.",
        )
    return series.first_year is None or year >= series.first_year
