"""National Child Measurement Programme, by where the child lives, from Fingertips.

Fingertips holds the figures for local authorities that the programme's own report does not, such as those of 2020/21.
Those by school, and the provisional ones of 2021/22, stand elsewhere and are never mixed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sources.publishers import fingertips
from sources.publishers.fingertips import Question
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator


class Ask(Question):
    """What an indicator asks of the programme's figures in Fingertips."""


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """One call for the figures of all indicators; districts and counties come by two."""
    return fingertips.fetch_indicators(client, fingertips.areas_by_id(indicators, Ask))


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area and school year."""
    rows = fingertips.read_rows(
        snapshots,
        indicator.read_ask(Ask),
        indicator.areas,
        indicator.period,
        indicator.peers,
    )
    fingertips.check_years(rows)
    observations: list[Observation] = []
    for row in rows:
        # Measuring stopped in March 2020; what that means for a year's figures stands in the YAML.
        series = indicator.series_of(row.period.year)
        observations.append(fingertips.observation(indicator, row, series))
    return observations
