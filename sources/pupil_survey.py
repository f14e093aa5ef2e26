"""The council's Pupil Attitude Survey, from returns in the inbox.

What belongs here: nothing but the name. What a row becomes is the same for all that is handed in, and belongs in
`sources.publishers.return_figures`; the format of a return, and which rows stand, in `sources.publishers.returns`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sources.publishers import return_figures, returns
from thindicators.http import Client
from thindicators.observations import Observation
from thindicators.plan import Indicator
from thindicators.snapshots import Snapshot

Ask = returns.Ask
"""What an indicator asks of the survey: its measure, and its series by mode and wording."""


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The returns in the inbox that hold figures of the survey."""
    return returns.fetch(client, indicators)


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each row that stands and whose licence is confirmed, or that is marked as quoted."""
    return return_figures.observations(indicator, snapshots)
