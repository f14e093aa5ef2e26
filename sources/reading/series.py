"""Telling which series of figures an answer or a year belongs to, where the publisher's file does not say.

What belongs here: comparing figures that came with figures that were published, and years with those of a series. What
a series is stands in the indicator's YAML, under `series`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sources.reading.files import Place
from thindicators.plan.indicator_parts import Figure, Series
from thindicators.plan.model import Indicator

FigureKey = tuple[str, str, str]
"""Area, the publisher's words for the period, and category."""

_HALF_OF_THE_LAST_PLACE = 0.05 + 1e-9


def holds(series: Series, year: int) -> bool:
    """Whether a year lies within the years of a series; without a first or last year it is open on that side."""
    first = series.first_year or year
    last = series.last_year or year
    return first <= year <= last


def recognise(
    indicator: Indicator,
    values: Mapping[FigureKey, float | None],
    place: Place,
) -> Series:
    """Which series an answer is: the one whose published figures it repeats, all of them, to one decimal.

    A publisher may replace a whole series in place, under the same id and without a word in the file. Only the figures
    tell.

    Args:
        indicator: Whose `series` have `recognised_by`.
        values: What came.
        place: Where it came from.

    Raises:
        SourceError: If the answer is none of the series, or more than one.
    """
    fitting = [series for series in indicator.series if _is_repeated(series, values)]
    if len(fitting) == 1:
        return fitting[0]
    came: dict[FigureKey, float | None] = {}
    for series in indicator.series:
        for figure in series.recognised_by:
            came[_key(figure)] = values.get(_key(figure))
    figures = ", ".join(f"{area} {period} {value}" for (area, period, _), value in came.items())
    raise place.wrong(
        " or ".join(_described(series) for series in indicator.series),
        f"{figures}, which is {len(fitting)} of them",
        "the publisher may have restated the whole series again, in place. Read its notes and compare past periods; "
        f"then describe the new series in indicators/{indicator.id}.yaml, with figures that it is recognised by. "
        "Never lengthen an old series with it.",
    )


def _is_repeated(series: Series, values: Mapping[FigureKey, float | None]) -> bool:
    # A series without such figures is recognised by nothing, and not by every answer.
    if not series.recognised_by:
        return False
    return all(
        _repeats(
            values.get(_key(figure)),
            figure.value,
        )
        for figure in series.recognised_by
    )


def _described(series: Series) -> str:
    figures = [f"{figure.area} {figure.period} {figure.value}" for figure in series.recognised_by]
    return f"{series.id} ({', '.join(figures)})"


def _key(figure: Figure) -> FigureKey:
    return figure.area, figure.period, figure.category


def _repeats(came: float | None, published: float) -> bool:
    # The Plan and older releases print one decimal; the file has all of them.
    return came is not None and abs(came - published) <= _HALF_OF_THE_LAST_PLACE
