"""Years of a series: that none is left out between two others.

What belongs here: a rule for what a publisher gives for every year. A year that is missing there has been lost, or the
one after it is called by a wrong year. Surveys that are not held every year are read without this rule.
"""

from __future__ import annotations

from collections.abc import Iterable

from sources.reading.files import Place


def check_every_year(years: Iterable[int], place: Place) -> None:
    """Check that years follow each other.

    Args:
        years: In any order, and as often as there are figures.
        place: Where they come from.

    Raises:
        SourceError: If one is left out between two others.
    """
    present = set(years)
    first = min(present, default=0)
    last = max(present, default=0)
    missing = sorted(set(range(first, last)) - present)
    if missing:
        raise place.wrong(
            f"every year from {first} to {last}",
            f"none for {', '.join(map(str, missing))}",
            "see whether the publisher has left them out or given a year a wrong name; nothing is joined across a gap.",
        )
