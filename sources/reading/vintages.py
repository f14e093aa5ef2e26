"""Deciding which vintage of a restated series an answer is: by what its publisher says of it, and by its figures.

What belongs here: weighing the two. What a publisher says is read in the source's module; the figures that a vintage is
recognised by stand in the indicator's YAML, under `series`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sources.reading.files import Place
from thindicators.plan.indicator_parts import Series
from thindicators.plan.model import Indicator

FigureKey = tuple[str, str, str]
"""Area, label of the period, and category."""


def decide(
    indicator: Indicator,
    said: str,
    values: Mapping[FigureKey, float | None],
    place: Place,
) -> str:
    """The id of the one series that everything known of an answer points to.

    Args:
        indicator: Whose `series` are the vintages.
        said: The series that the publisher's own statement means; empty if there is none.
        values: What came; a count fits a published one if it is less than one away from it.
        place: Where it came from.

    Raises:
        SourceError: If nothing tells the vintage, or two things contradict each other.
    """
    repeated = {one.id for one in indicator.series if _verdict(one, values) is True}
    candidates = repeated | ({said} if said else set())
    contradicted = {one.id for one in indicator.series if _verdict(one, values) is False}
    if len(candidates) == 1 and not candidates & contradicted:
        return candidates.pop()
    raise place.wrong(
        f"figures of one of the vintages {[one.id for one in indicator.series]}",
        f"by the publisher's words {said or 'none'}, by the figures {sorted(repeated) or 'none'}; "
        f"not repeated are those of {sorted(contradicted) or 'none'}",
        "the publisher may have restated its figures again. Read its notes, then describe the vintage in "
        f"indicators/{indicator.id}.yaml, with figures that it is recognised by. Never mix two vintages.",
    )


def _verdict(series: Series, values: Mapping[FigureKey, float | None]) -> bool | None:
    """Whether the figures of a series came again; None if none of them is among the values."""
    found = [
        (values[key], figure.value)
        for figure in series.recognised_by
        if (key := (figure.area, figure.period, figure.category)) in values
    ]
    if not found:
        return None
    return all(came is not None and abs(came - published) < 1 for came, published in found)
