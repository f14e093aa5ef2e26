"""Series rules: figures that break a rule about others: gaps, changes and repetitions.

What belongs here: which figures of a table may be compared, and what is seen when they are. Rules
about one row at a time belong in `row_rules`; the statistics of a change belong in `plausibility`;
that these rules are expectations of Great Expectations too belongs in `expectations`.

Only figures of one series, area and group are compared with each other. Nothing depends on the
order of the rows, and a later figure never changes what is said of an earlier one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from thindicators.checking.plausibility import Change, Figure, judged_changes
from thindicators.checking.row_rules import UNIT_RANGES, found_at
from thindicators.observations.observation import Row, cells
from thindicators.plan.model import Indicator
from thindicators.plan.rules import Finding

REGULAR = {
    "calendar_year",
    "financial_year",
    "academic_year",
    "three_years",
    "twelve_months",
    "three_months",
}
"""The kinds of period of which there is one for each year."""

ENOUGH = 8
"""So many numbers are not the same again by chance: the period is the one before."""

NOTEWORTHY = 2
"""A single number often comes again; so many deserve a word."""

_MEASURED = ("value", "lower_ci_95", "upper_ci_95", "numerator", "denominator")
_REPEATED = (*_MEASURED, "status")
_GROUP = ("series", "breakdown", "category")

Who = tuple[object, ...]
"""What tells the rows that are compared with each other from all others."""

Line = list[tuple[int, Row]]
"""Rows with their places in the table."""


def series_findings(rows: Sequence[Row], indicator: Indicator) -> dict[str, list[Finding]]:
    """The rows of an indicator that break a rule when they are compared, by the rule's name."""
    return {
        "period_is_not_the_one_before": list(repeated_periods(rows)),
        "periods_without_gaps": list(gaps(rows, indicator.period, named_gaps(indicator))),
        "change_is_plausible": list(unusual_changes(rows, indicator.decimals)),
        "figures_not_repeated": list(repeated_groups(rows)),
    }


def named_gaps(indicator: Indicator) -> list[int]:
    """The years that the indicator's file names as rightly missing."""
    return sorted({year for gap in indicator.gaps for year in gap.years})


def gaps(
    rows: Sequence[Row],
    kind: str,
    named_years: Collection[int],
) -> Iterator[Finding]:
    """The figures that do not follow the one before them: a year between is missing, and not named.

    Args:
        rows: Of an indicator.
        kind: Of its periods; of some there is not one for each year, so that nothing is missing.
        named_years: Which are rightly missing.
    """
    if kind not in REGULAR:
        return
    for line in _lines(rows).values():
        for (_, before), (index, row) in pairwise(line):
            years_between = range(before["year"] + 1, row["year"])
            if any(year not in named_years for year in years_between):
                label = before["period_label"]
                says = f"there is no row between this and {label}"
                yield found_at(
                    index,
                    row,
                    says,
                    f"The figure before this one is for {label}.",
                )


def unusual_changes(rows: Sequence[Row], decimals: int) -> Iterator[Finding]:
    """The figures whose change since the year before is beyond history and limits."""
    grain = 10.0**-decimals
    for line in _lines(rows).values():
        one_a_year = _one_a_year(line)
        places = {row["year"]: (index, row) for index, row in one_a_year}
        figures = [
            Figure(row["year"], row["value"], _half_width(row))
            for _, row in one_a_year
            if row["value"] is not None  # a figure that is not given has no change
        ]
        for change in judged_changes(figures, grain):
            if not change.is_plausible:
                index, row = places[change.year]
                words = _change_words(change, decimals)
                yield found_at(
                    index,
                    row,
                    words,
                    f"Unusual: {words}.",
                )


def _change_words(change: Change, decimals: int) -> str:
    moved, usual = _move(change.size, decimals), _move(change.usual, decimals)
    history = f"the median of the {change.history} earlier changes is {usual}"
    return f"{moved} since the year before; {history}"


def _move(size: float, decimals: int) -> str:
    # Decimals of a large change tell a reader nothing.
    shown = f"{abs(size):,.{decimals if abs(size) < 1000 else 0}f}"
    if not float(shown.replace(",", "")):
        return "no change"
    return f"a {'rise' if size > 0 else 'fall'} of {shown}"


def _half_width(row: Row) -> float | None:
    lower, upper = row["lower_ci_95"], row["upper_ci_95"]
    if lower is None or upper is None:
        return None
    half_width: float = (upper - lower) / 2
    return half_width


def repeated_periods(rows: Sequence[Row]) -> Iterator[Finding]:
    """Whole periods that repeat the one before: last year's file under another year."""
    for before, after in _successive(rows, ("series",)):
        if _numbers_repeated(before, after) < ENOUGH:
            continue
        _, earlier_row = before[0]
        says = f"all of the period is the same as {earlier_row['period_label']}"
        for index, row in after:
            yield found_at(index, row, says)


def repeated_groups(rows: Sequence[Row]) -> Iterator[Finding]:
    """Groups that repeat their figures of the year before in every area."""
    for before, after in _successive(rows, _GROUP):
        if _numbers_repeated(before, after) < NOTEWORTHY:
            continue
        _, earlier_row = before[0]
        everywhere = " in every area" if len(after) > 1 else ""
        same = f"he same as {earlier_row['period_label']}{everywhere}, to the last digit"
        for index, row in after:
            yield found_at(
                index,
                row,
                f"t{same}",
                f"T{same}.",
            )


def _successive(rows: Sequence[Row], names: tuple[str, ...]) -> Iterator[tuple[Line, Line]]:
    """The rows of each year and those of the year before, of equal `names` and length of period."""
    years_of: dict[Who, dict[int, Line]] = defaultdict(lambda: defaultdict(list))
    for index, row in enumerate(rows):
        who = (*cells(row, names), phase(row))
        years_of[who][row["year"]].append((index, row))
    for by_year in years_of.values():
        for year in sorted(by_year):
            if year - 1 in by_year:
                yield by_year[year - 1], by_year[year]


def _numbers_repeated(before: Line, after: Line) -> int:
    """How many numbers came again, if all did."""
    earlier = {_who(row): row for _, row in before}
    numbers = 0
    for _, row in after:
        same = earlier.get(_who(row))
        if same is None:
            return 0
        if cells(row, _REPEATED) != cells(same, _REPEATED):
            return 0
        # A figure at the bound of its unit, such as 100 %, comes again for no fault.
        bounds = (None, *UNIT_RANGES.get(row["unit"], ()))
        numbers += sum(number not in bounds for number in cells(row, _MEASURED))
    return numbers


def _who(row: Row) -> Who:
    return row["area_code"], row["series"], row["breakdown"], row["category"]


def phase(row: Row) -> tuple[str, int]:
    """The length of a period and the month in which it ends: the same for all of one calendar."""
    return row["period"].partition("/")[2], row["period_end"].month


def _lines(rows: Sequence[Row]) -> dict[Who, Line]:
    """The rows of each area and group of a series, in the order of their years."""
    lines: dict[Who, Line] = defaultdict(list)
    for index, row in enumerate(rows):
        lines[_who(row)].append((index, row))
    for line in lines.values():
        line.sort(key=lambda place: (place[1]["year"], place[1]["period"]))
    return lines


def _one_a_year(line: Line) -> Line:
    """Without the years that have several rows: which follows the year before is not known."""
    count = Counter(row["year"] for _, row in line)
    return [(index, row) for index, row in line if count[row["year"]] == 1]
