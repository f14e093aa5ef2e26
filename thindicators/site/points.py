"""Points: what a chart's mark says of its figure, for a reader who points at it, and for the table that a chart is saved as.

What belongs here: one line of text for each figure. The page's script reads it; without the script, the table below each
chart has the same figures.
"""

from __future__ import annotations

from collections.abc import Callable

from thindicators import house_style
from thindicators.observations.observation import Row
from thindicators.site.content import Part

PointOf = Callable[[Row], str]
"""What a reader is told of a figure."""

_BETWEEN = "|"


def point_of(
    part: Part,
    row: Row,
    name: str,
) -> str:
    """A figure as whose it is, when, in words, its limits in words, the three as bare numbers, and its series.

    Such as `Tower Hamlets|January to December 2023|66.2%|59.8% to 72.6%|66.2|59.8|72.6|`; what there is none of is empty.
    The series is named where the group has several: a table of the chart must not join what the chart parts.
    """
    decimals = house_style.decimals_of(row["unit"], part.indicator)
    numbers = (row["value"], row["lower_ci_95"], row["upper_ci_95"])
    period = house_style.period(row["period"], part.indicator.period)
    provisional = ", provisional" if row["revision"] == "p" else ""
    words = [
        name.replace(_BETWEEN, " "),
        period,
        f"{house_style.figure_of(row, part.indicator)}{provisional}",
        house_style.limits(row, decimals),
    ]
    is_one_of_several = (row["breakdown"], row["category"]) in part.groups_of_several_series
    series = part.series_by_id[row["series"]].title if is_one_of_several else ""
    return _BETWEEN.join([*words, *map(_bare, numbers), series.replace(_BETWEEN, " ")])


def _bare(number: float | None) -> str:
    # As many digits as the figure has, and none that came of arithmetic.
    return "" if number is None else f"{number:.12g}"
