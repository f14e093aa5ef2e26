"""Row rules: what each unit allows, and the words for a figure that breaks a rule by itself.

What belongs here: the ranges of units, the words that are known, whether a figure is what its
counts make, and the words for a row that Great Expectations found. Which rows those are is its
judgement, not made here again; rules about several rows belong in `series_rules`; what must be
there at all belongs in `presence`.

Everything here is a pure function of the row and the indicator's file: what is said of a figure
does not depend on the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from thindicators.observations.observation import Row, cells
from thindicators.plan.model import Indicator
from thindicators.plan.rules import FUTURE, Finding

Bounds = tuple[float | None, float | None]

UNIT_RANGES: dict[str, Bounds] = {
    "percent": (0, 100),
    "years": (0, 120),
    "score_0_10": (0, 10),
    "count": (0, None),
    "gbp": (0, None),
    "ktco2e": (None, None),  # land can take up more than the area gives off
    "ug_m3": (0, None),
    # From a borough of homes, about 2, to the City of London, about 210: a part that is a thousandfold is outside.
    "tco2e_per_head": (0.5, 1000.0),
    "ratio": (0, None),
    "points": (0, None),
}
"""Between what a figure of each unit lies, whatever the indicator."""

LIMITS_WITHOUT_FIGURE = "without_figure"
"""The part of the rule about limits that a row without a figure breaks if it has any."""

PARTS_OF = {"percent": 100.0, "ratio": 1.0, "tco2e_per_head": 1.0}
"""The units that are made of a numerator and a denominator, and what the quotient is times."""

_BINARY_NOISE = 1e-9
"""How far apart two numbers may be that are one: a tenth has no exact binary form."""

Parts = Collection[str]
"""What of a row breaks the rule: the parts of the expectations that it does not meet."""


def bounds_of(unit: str, indicator: Indicator) -> Bounds:
    """The range of a unit; for the indicator's own unit, narrowed to that of its file."""
    low, high = UNIT_RANGES.get(unit, (None, None))
    if unit != indicator.unit:
        return low, high
    # A file can only narrow the range: no plan may allow what the unit cannot be.
    own_low, own_high = indicator.valid_range
    lows = [bound for bound in (low, own_low) if bound is not None]
    highs = [bound for bound in (high, own_high) if bound is not None]
    return max(lows, default=None), min(highs, default=None)


def known_words(indicator: Indicator) -> dict[str, list[str]]:
    """The words that the columns for series, unit and area may hold."""
    areas = set(indicator.wanted_areas)
    for part in indicator.also.values():
        areas.update(part.areas)
    return {
        "series": [series.id for series in indicator.series],
        "unit": list(UNIT_RANGES),
        "area_code": sorted(areas),
    }


def found_at(
    index: int,
    row: Row,
    says: str,
    note: str = "",
) -> Finding:
    """What was seen in one row.

    Args:
        index: Its place in the table.
        row: The row.
        says: What was seen, without its place.
        note: A sentence to publish with the figure; empty for none.
    """
    periods = frozenset({row["period"], row["period_label"]})
    says = f"{_place(row)}: {says}"
    return Finding(
        says=says,
        area=row["area_code"],
        periods=periods,
        category=row["category"],
        row=index,
        note=note,
    )


def _place(row: Row) -> str:
    """Where a figure stands, for a person."""
    place = f"{row['area_name']}, {row['period_label']}"
    if row["breakdown"] == "total":
        return place
    return f"{place}, {row['breakdown']} {row['category']}"


def _shown(row: Row, column: str) -> str:
    """A cell that holds a number, as people write it."""
    (cell,) = cells(row, (column,))
    return f"{cell:.10g}"


def number(value: float) -> str:
    """A number as people write it, with all that is known of it."""
    return f"{value:.10g}"


def disagreements_with_counts(rows: Sequence[Row]) -> Iterator[Finding]:
    """The figures that are not what their counts make."""
    for index, row in enumerate(rows):
        value = row["value"]
        numerator = row["numerator"]
        denominator = row["denominator"]
        # Only percentages and ratios are made of their counts; of a mean they are what it is about.
        times = PARTS_OF.get(row["unit"])
        if times is None or value is None or numerator is None:
            continue
        # Without a denominator, or with one of nobody, there is nothing to divide by.
        if not denominator:
            continue
        says = _disagreement(value, numerator, denominator, times)
        if says:
            yield found_at(index, row, says)


def _disagreement(
    value: float,
    numerator: float,
    denominator: float,
    times: float,
) -> str:
    """What is wrong if a figure is not its quotient, within its last decimal and rounding."""
    made = times * numerator / denominator
    coarse = _count_grain(denominator)
    # A numerator of 0 is a multiple of everything: it was rounded as its denominator was.
    numerator_grain = _count_grain(numerator) if numerator else coarse
    # Each count may be off by half its grain, and moves the quotient by that part of the whole.
    rounding = (times * numerator_grain + made * coarse) / (2 * abs(denominator))
    allowed = _decimal_grain(value) + rounding + _BINARY_NOISE
    if abs(value - made) <= allowed:
        return ""
    counts = f"{number(numerator)} of {number(denominator)}"
    return f"the figure is {number(value)}, but {counts} make {number(round(made, 4))}"


def _decimal_grain(figure: float) -> float:
    """One of the last decimal that a figure has; publishers round, and some cut off."""
    # Trailing noughts are lost in a number: 0.50 has one decimal here, which only allows more.
    _, _, decimals = f"{figure:.10f}".rstrip("0").partition(".")
    return float(10.0 ** -len(decimals))


def _count_grain(count: float) -> float:
    """To what a count may have been rounded: the largest of 1, 5, 10… that it is a multiple of."""
    grain = _decimal_grain(count)
    if grain < 1:
        return grain
    while count and count % (grain * 10) == 0:
        grain *= 10
    # Publishers who protect people round to fives, besides tens and hundreds.
    is_multiple_of_five = count % (grain * 5) == 0
    return grain * 5 if is_multiple_of_five else grain


def _reason_words(
    row: Row,
    parts: Parts,
    _indicator: Indicator,
) -> str:
    if "neither" in parts:
        return "there is neither a figure nor a status that says why not"
    return f"there is the figure {_shown(row, 'value')} and also the status {row['status']}"


def _unknown_words(
    row: Row,
    parts: Parts,
    indicator: Indicator,
) -> str:
    words_of = known_words(indicator)
    unknown = []
    for column, cell in zip(parts, cells(row, parts), strict=True):
        allowed = ", ".join(words_of[column])
        unknown.append(f"{column} is “{cell}”, which is none of {allowed}")
    return "; ".join(unknown)


def _range_words(
    row: Row,
    parts: Parts,
    indicator: Indicator,
) -> str:
    outside = []
    for part in parts:
        if part == "value":
            bounds = bounds_of(row["unit"], indicator)
            range_words = _bounds_words(bounds)
            outside.append(f"{_shown(row, 'value')} is not {range_words}")
        else:
            outside.append(f"{part} {_shown(row, part)} is below 0")
    return "; ".join(outside)


def _limit_range_words(
    row: Row,
    parts: Parts,
    indicator: Indicator,
) -> str:
    limits = " and ".join(_shown(row, part) for part in parts)
    range_words = _bounds_words(bounds_of(row["unit"], indicator))
    return f"the limit {limits} is not {range_words}"


def _bounds_words(bounds: Bounds) -> str:
    low, high = bounds
    # Of a unit without any bound no figure is out of range, and nobody asks for words.
    if high is None:
        return f"{number(low or 0)} or more"
    if low is None:
        return f"{number(high)} or less"
    return f"within {number(low)} and {number(high)}"


def _limits_words(
    row: Row,
    parts: Parts,
    _indicator: Indicator,
) -> str:
    if LIMITS_WITHOUT_FIGURE in parts:
        return "there are limits and no figure"
    sides = {
        "lower_ci_95": "below its lower limit",
        "upper_ci_95": "above its upper limit",
    }
    outside = []
    for part in parts:
        limit = _shown(row, part)
        outside.append(f"{sides[part]} {limit}")
    return f"{_shown(row, 'value')} is {' and '.join(outside)}"


def _future_words(
    row: Row,
    _parts: Parts,
    _indicator: Indicator,
) -> str:
    return f"its period ends on {row['period_end']}"


WORDS: Mapping[str, Callable[[Row, Parts, Indicator], str]] = {
    "value_or_reason": _reason_words,
    "known_words": _unknown_words,
    "value_in_range": _range_words,
    "limits_around_value": _limits_words,
    "limits_in_range": _limit_range_words,
    FUTURE: _future_words,
}
"""The words for a row that breaks a rule, by the rule's name."""
