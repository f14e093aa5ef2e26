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
    stated: str,
    values: Mapping[FigureKey, float | None],
    place: Place,
) -> str:
    """The id of the one series that everything known of an answer points to.

    Args:
        indicator: Whose `series` are the vintages.
        stated: The series that the publisher's own statement means; empty if there is none.
        values: What came; a count fits a published one if it is less than one away from it.
        place: Where it came from.

    Raises:
        SourceError: If nothing tells the vintage, or two things contradict each other.
    """
    verdicts = {series.id: _verdict(series, values) for series in indicator.series}
    repeated = {series_id for series_id, verdict in verdicts.items() if verdict is True}
    contradicted = {series_id for series_id, verdict in verdicts.items() if verdict is False}
    candidates = repeated | {stated} if stated else repeated
    if len(candidates) == 1 and not candidates & contradicted:
        return next(iter(candidates))
    raise place.wrong(
        f"figures of one of the vintages {list(verdicts)}",
        f"by the publisher's words {stated or 'none'}, by the figures {sorted(repeated) or 'none'}; "
        f"not repeated are those of {sorted(contradicted) or 'none'}",
        "the publisher may have restated its figures again. Read its notes, then describe the vintage in "
        f"indicators/{indicator.id}.yaml, with figures that it is recognised by. Never mix two vintages.",
    )


def _verdict(series: Series, values: Mapping[FigureKey, float | None]) -> bool | None:
    """Whether the figures of a series came again; None if none of them is among the values."""
    repeats: list[bool] = []
    for figure in series.recognised_by:
        key = (figure.area, figure.period, figure.category)
        if key in values:
            value = values[key]
            # Counts come with the fractions of an estimate, and are published whole.
            repeats.append(value is not None and abs(value - figure.value) < 1)
    return all(repeats) if repeats else None
