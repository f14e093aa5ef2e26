"""Row rules: what is wrong with a figure by itself, in words for a data officer.

What belongs here: the rules of `rules` that are seen in one row, and the ranges of units. Rules about several rows
belong in `series_rules`; what must be there at all belongs in `presence`; deciding whether the indicator may be
published belongs in `checks`.

Everything here is a pure function of the row and the indicator's file: what is said of a figure does not depend on the
clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from thindicators.observations.observation import Row, cells, key_of
from thindicators.plan.model import Indicator
from thindicators.plan.rules import Finding

UNIT_RANGES: dict[str, tuple[float | None, float | None]] = {
    "percent": (0, 100),
    "years": (0, 120),
    "score_0_10": (0, 10),
    "count": (0, None),
    "gbp": (0, None),
    "ktco2e": (None, None),  # land can take up more than the area gives off
    "ug_m3": (0, None),
    "ratio": (0, None),
    "points": (0, None),
}
"""Between what a figure of each unit lies, whatever the indicator."""

PARTS_OF = {"percent": 100.0, "ratio": 1.0}
"""The units that are made of a numerator and a denominator, and what their quotient is multiplied by."""


def row_findings(rows: Sequence[Row], indicator: Indicator) -> dict[str, list[Finding]]:
    """The rows of an indicator that break a rule by themselves, by the rule's name."""
    found = {
        name: [found_at(index, row, says) for index, row in enumerate(rows) if (says := judge(row, indicator))]
        for name, judge in _JUDGES.items()
    }
    return {"key_is_unique": list(_twice(rows)), **found}


def _place(row: Row) -> str:
    """Where a figure stands, for a person."""
    group = "" if row["breakdown"] == "total" else f", {row['breakdown']} {row['category']}"
    return f"{row['area_name']}, {row['period_label']}{group}"


def found_at(index: int, row: Row, says: str, note: str = "") -> Finding:
    """What was seen in one row.

    Args:
        index: Its place in the table.
        row: The row.
        says: What was seen, without its place.
        note: A sentence to publish with the figure; empty for none.
    """
    periods = frozenset({row["period"], row["period_label"]})
    return Finding(f"{_place(row)}: {says}", row["area_code"], periods, row["category"], index, note)


def _twice(rows: Sequence[Row]) -> Iterator[Finding]:
    count = Counter(map(key_of, rows))
    for index, row in enumerate(rows):
        if (times := count[key_of(row)]) > 1:
            yield found_at(index, row, f"stands {times} times in the series {row['series']}")


def _reason(row: Row, _indicator: Indicator) -> str:
    if row["value"] is None and row["status"] is None:
        return "there is neither a figure nor a status that says why not"
    if row["value"] is not None and row["status"] is not None:
        return f"there is the figure {number(row['value'])} and also the status {row['status']}"
    return ""


def _unknown(row: Row, indicator: Indicator) -> str:
    areas = {*indicator.areas, *(area for part in indicator.also.values() for area in part.areas)}
    known = {"series": [one.id for one in indicator.series], "unit": list(UNIT_RANGES), "area_code": sorted(areas)}
    return "; ".join(
        f"{name} is “{cell}”, which is none of {', '.join(words)}"
        for (name, words), cell in zip(known.items(), cells(row, known), strict=True)
        if cell not in words
    )


def _out_of_range(row: Row, indicator: Indicator) -> str:
    wrong = [
        f"{name} {number(count)} is below 0"
        for name, count in (("numerator", row["numerator"]), ("denominator", row["denominator"]))
        if count is not None and count < 0
    ]
    if row["value"] is not None and not _is_within(row["value"], bounds := _bounds(row, indicator)):
        wrong.insert(0, f"{number(row['value'])} is not {_range_words(bounds)}")
    return "; ".join(wrong)


def _limit_out_of_range(row: Row, indicator: Indicator) -> str:
    bounds = _bounds(row, indicator)
    limits = [limit for limit in (row["lower_ci_95"], row["upper_ci_95"]) if limit is not None]
    outside = [number(limit) for limit in limits if not _is_within(limit, bounds)]
    return f"the limit {' and '.join(outside)} is not {_range_words(bounds)}" if outside else ""


def _bounds(row: Row, indicator: Indicator) -> tuple[float | None, float | None]:
    """The range of a row: that of its unit and, for figures in the indicator's own unit, that of its file too."""
    low, high = UNIT_RANGES.get(row["unit"], (None, None))
    if row["unit"] != indicator.unit:
        return low, high
    own_low, own_high = indicator.valid_range
    lows = [one for one in (low, own_low) if one is not None]
    highs = [one for one in (high, own_high) if one is not None]
    return max(lows, default=None), min(highs, default=None)


def _is_within(value: float, bounds: tuple[float | None, float | None]) -> bool:
    low, high = bounds
    return (low is None or value >= low) and (high is None or value <= high)


def _range_words(bounds: tuple[float | None, float | None]) -> str:
    low, high = bounds
    if high is None:
        return f"{number(low or 0)} or more"
    return f"{number(high)} or less" if low is None else f"within {number(low)} and {number(high)}"


def _outside_limits(row: Row, _indicator: Indicator) -> str:
    value, lower, upper = row["value"], row["lower_ci_95"], row["upper_ci_95"]
    if value is None:
        return "there are limits and no figure" if lower is not None or upper is not None else ""
    wrong = [
        *([f"below its lower limit {number(lower)}"] if lower is not None and value < lower else []),
        *([f"above its upper limit {number(upper)}"] if upper is not None and value > upper else []),
    ]
    return f"{number(value)} is {' and '.join(wrong)}" if wrong else ""


def _disagrees(row: Row, _indicator: Indicator) -> str:
    """A figure is what its counts make, within one of its last decimal and half of the rounding of each count."""
    value, numerator, denominator = row["value"], row["numerator"], row["denominator"]
    if value is None or numerator is None or not denominator or row["unit"] not in PARTS_OF:
        return ""
    times = PARTS_OF[row["unit"]]
    made = times * numerator / denominator
    coarse = _count_grain(denominator)
    rounding = (times * (_count_grain(numerator) if numerator else coarse) + made * coarse) / (2 * abs(denominator))
    if abs(value - made) <= _decimal_grain(value) + rounding + 1e-9:
        return ""
    counts = f"{number(numerator)} of {number(denominator)}"
    return f"the figure is {number(value)}, but {counts} make {number(round(made, 4))}"


def _decimal_grain(number: float) -> float:
    """One of the last decimal that a figure has; publishers round, and some cut off."""
    decimals = f"{number:.10f}".rstrip("0").partition(".")[2]
    return float(10.0 ** -len(decimals))


def _count_grain(count: float) -> float:
    """To what a count may have been rounded: the largest of 1, 5, 10, 50, 100… that it is a multiple of."""
    grain = _decimal_grain(count)
    while grain >= 1 and count and count % (grain * 10) == 0:
        grain *= 10
    return grain * 5 if grain >= 1 and count % (grain * 5) == 0 else grain


def number(value: float) -> str:
    """A number as people write it, with all that is known of it."""
    return f"{value:.10g}"


_JUDGES: dict[str, Callable[[Row, Indicator], str]] = {
    "value_or_reason": _reason,
    "known_words": _unknown,
    "value_in_range": _out_of_range,
    "limits_around_value": _outside_limits,
    "value_agrees_with_counts": _disagrees,
    "limits_in_range": _limit_out_of_range,
}
"""What says what is wrong with a row, by the rule's name; empty text if nothing is."""
