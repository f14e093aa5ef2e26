"""The Local Government Association's poll of Great Britain, as context beside the council's own survey.

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
"""What an indicator asks of the poll: its measure, its series, and under which name it stands as context."""


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The files in the inbox that hold figures of the poll."""
    return returns.fetch(client, indicators)


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation, marked as context, for each row that stands and whose licence is confirmed or that is quoted."""
    return return_figures.observations(indicator, snapshots)
