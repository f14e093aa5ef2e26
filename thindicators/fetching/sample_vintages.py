"""Vintages of the sample edition: earlier releases of a publisher, as far as their figures are known.

What belongs here: which folder of a sample holds what was public on a day. Publishing the vintages in their order
belongs in `thindicators.refreshing.sample_history`.

A source's sample lies in `<source>/`, and holds the publisher's newest release. What was public before lies in
`<source>/vintages/<day>/`, of the same shape, named by the day on which the publisher released it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from thindicators import plain_numbers

VINTAGES = "vintages"


def vintages(sample: Path) -> dict[date, Path]:
    """The folders of a sample's earlier releases, by the day of each, in order."""
    folder = sample / VINTAGES
    if not folder.is_dir():
        return {}
    by_day = {}
    # A day as ISO 8601 writes it is sorted as text.
    for path in sorted(folder.iterdir()):
        released = plain_numbers.day(path.name)
        by_day[released] = path
    return by_day


def sample_on(sample: Path, day: date | None) -> Path:
    """The folder that holds what was public on a day: the sample's own, if the newest is meant or nothing is older.

    Args:
        sample: The folder of a source's sample.
        day: None for the newest.
    """
    if day is None:
        return sample
    newest = sample
    for released, path in vintages(sample).items():
        if released <= day:
            newest = path
    return newest
