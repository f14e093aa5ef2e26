"""Recovery: an indicator's last published figures, for when what `state/` holds of it is damaged or gone.

What belongs here: reading an outcome back from the latest release. When that is needed is decided in `outcomes`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from thindicators.errors import ReleaseError
from thindicators.observations.observation import SCHEMA
from thindicators.outcomes.outcome import Outcome, receipts_of
from thindicators.release.inputs import read_inputs
from thindicators.release.publishing import latest
from thindicators.storage.sums import differences


def last_published(
    published: Path,
    indicator: str,
) -> Outcome | None:
    """What the latest release says about an indicator; None if it has no figures.

    Args:
        published: The folder of the releases.
        indicator: Its id.

    Raises:
        ReleaseError: If the latest release is not as it was published: then nothing in it can be relied on.
    """
    release = latest(published)
    if release is None:
        return None
    if found := differences(release):
        raise ReleaseError(
            f"The figures of {indicator} cannot be recovered from {release}, which is not as it was published: "
            f"{' '.join(found[:5])} Restore it from a backup."
        )
    written = read_inputs(release)
    said = next(
        (written.outcome(one) for one in written.outcomes if one.indicator == indicator),
        None,
    )
    if said is None:
        return None
    table = pq.read_table(release / "indicators" / indicator / f"{indicator}.parquet").cast(SCHEMA)
    return (
        replace(said, table=table, receipts=receipts_of(said.readings, table))
        if table.num_rows
        else None
    )
