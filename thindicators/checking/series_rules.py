"""Series rules: figures that break a rule about others: gaps, changes and repetitions.

What belongs here: which figures of a table may be compared, and what is seen when they are. Rules
about one row at a time belong in `row_rules`; the statistics of a change belong in `plausibility`;
that these rules are expectations of Great Expectations too belongs in `expectations`.

Only figures of one series, area and group are compared with each other. Nothing depends on the
order of the rows, and a later figure never changes what is said of an earlier one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pyarrow as pa

from thindicators.checking import suspects
from thindicators.checking.plausibility import Change, Figure, judged_changes
from thindicators.checking.row_rules import UNIT_RANGES, found_at
from thindicators.house_style import reads_as_zero
from thindicators.observations.observation import Row, cells, limits_of, rows_of
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

_MEASURED = (
    "value",
    "lower_ci_95",
    "upper_ci_95",
    "numerator",
    "denominator",
)
_REPEATED = (*_MEASURED, "status")
_GROUP = ("series", "breakdown", "category")

Identity = tuple[object, ...]
"""What tells the rows that are compared with each other from all others."""

Calendar = tuple[str, int]
"""The length of a period and the month in which it ends: the same for all periods of one calendar."""


@dataclass(frozen=True)
class PlacedRow:
    """A row with its place in the table, by which a finding is led back to it."""

    index: int
    row: Row


Line = list[PlacedRow]
"""Rows that are compared with each other."""


def series_findings(
    rows: Sequence[Row],
    indicator: Indicator,
) -> dict[str, list[Finding]]:
    """The rows of an indicator that break a rule when they are compared, by the rule's name."""
    return {rule: list(find(rows, indicator)) for rule, find in _SERIES_RULES.items()}


def findings_of_series(
    table: pa.Table,
    indicator: Indicator,
) -> dict[str, list[Finding]]:
    """As `series_findings`, of a table: only rows that may break a rule are looked at one by one."""
    lines = suspects.of_lines(table, indicator.decimals)
    periods = suspects.of_repetitions(table, ("series",))
    groups = suspects.of_repetitions(table, _GROUP)
    found: dict[str, list[Finding]] = {}
    for places, rules in ((periods, _OF_PERIODS), (lines, _OF_LINES), (groups, _OF_GROUPS)):
        rows = rows_of(table.take(places))
        for rule in rules:
            found[rule] = [_at(finding, places) for finding in _SERIES_RULES[rule](rows, indicator)]
    return found


def _at(finding: Finding, places: suspects.Places) -> Finding:
    """A finding about a row of a part of a table, led back to its place in the whole."""
    return replace(finding, row=None if finding.row is None else places[finding.row].item())


def named_gaps(indicator: Indicator) -> list[int]:
    """The years that the indicator's file names as rightly missing."""
    years: set[int] = set()
    for gap in indicator.gaps:
        years.update(gap.years)
    return sorted(years)


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
        for before, after in pairwise(line):
            years_between = range(before.row["year"] + 1, after.row["year"])
            if all(year in named_years for year in years_between):
                continue
            label = before.row["period_label"]
            yield found_at(
                after.index,
                after.row,
                says=f"there is no row between this and {label}",
                note=f"The figure before this one is for {label}.",
            )


def unusual_changes(
    rows: Sequence[Row],
    decimals: int,
) -> Iterator[Finding]:
    """The figures whose change since the year before is beyond history and limits."""
    grain = 10.0**-decimals
    for line in _lines(rows).values():
        placed_of_year = {placed.row["year"]: placed for placed in _one_a_year(line)}
        figures = []
        for year, placed in placed_of_year.items():
            value = placed.row["value"]
            # From a figure that is not given, and to it, there is no change.
            if value is not None:
                figures.append(Figure(year, value, _half_width(placed.row)))
        for change in judged_changes(figures, grain):
            if change.is_plausible:
                continue
            placed = placed_of_year[change.year]
            words = _change_words(change, decimals)
            yield found_at(
                placed.index,
                placed.row,
                says=words,
                note=f"Unusual: {words}.",
            )


def _change_words(change: Change, decimals: int) -> str:
    moved = _move(change.size, decimals)
    usual = _move(change.usual, decimals)
    history = f"the median of the {change.history} earlier changes is {usual}"
    return f"{moved} since the year before; {history}"


def _move(size: float, decimals: int) -> str:
    # Decimals of a large change tell a reader nothing.
    decimals_shown = decimals if abs(size) < 1000 else 0
    shown = f"{abs(size):,.{decimals_shown}f}"
    if reads_as_zero(shown):
        return "no change"
    direction = "rise" if size > 0 else "fall"
    return f"a {direction} of {shown}"


def _half_width(row: Row) -> float | None:
    limits = limits_of(row)
    if limits is None:
        return None
    lower, upper = limits
    return (upper - lower) / 2


def repeated_periods(rows: Sequence[Row]) -> Iterator[Finding]:
    """Whole periods that repeat the one before: last year's file under another year."""
    for before, after in _successive(rows, ("series",)):
        if _numbers_repeated(before, after) < ENOUGH:
            continue
        label = before[0].row["period_label"]
        for placed in after:
            says = f"all of the period is the same as {label}"
            yield found_at(placed.index, placed.row, says)


def repeated_groups(rows: Sequence[Row]) -> Iterator[Finding]:
    """Groups that repeat their figures of the year before in every area."""
    for before, after in _successive(rows, _GROUP):
        if _numbers_repeated(before, after) < NOTEWORTHY:
            continue
        label = before[0].row["period_label"]
        everywhere = " in every area" if len(after) > 1 else ""
        same = f"same as {label}{everywhere}, to the last digit"
        for placed in after:
            yield found_at(
                placed.index,
                placed.row,
                says=f"the {same}",
                note=f"The {same}.",
            )


def _successive(
    rows: Sequence[Row],
    names: tuple[str, ...],
) -> Iterator[tuple[Line, Line]]:
    """The rows of each year and those of the year before, of equal `names` and one calendar."""
    lines_of: dict[Identity, dict[int, Line]] = {}
    for index, row in enumerate(rows):
        identity = (*cells(row, names), calendar_of(row))
        line_of_year = lines_of.setdefault(identity, defaultdict(list))
        line_of_year[row["year"]].append(PlacedRow(index, row))
    for line_of_year in lines_of.values():
        for year in sorted(line_of_year):
            before = line_of_year.get(year - 1)
            if before is not None:
                yield before, line_of_year[year]


def _numbers_repeated(before: Line, after: Line) -> int:
    """How many numbers came again, if all did."""
    earlier = {_area_and_group(placed.row): placed.row for placed in before}
    numbers = 0
    for placed in after:
        row = placed.row
        same = earlier.get(_area_and_group(row))
        # One figure that differs, or is new, shows that this is not last year's file.
        if same is None or cells(row, _REPEATED) != cells(same, _REPEATED):
            return 0
        numbers += _telling_numbers(row)
    return numbers


def _telling_numbers(row: Row) -> int:
    # A figure at the bound of its unit, such as 100 %, comes again for no fault.
    bounds = (None, *UNIT_RANGES.get(row["unit"], ()))
    telling = [number for number in cells(row, _MEASURED) if number not in bounds]
    return len(telling)


def _area_and_group(row: Row) -> Identity:
    return row["area_code"], row["series"], row["breakdown"], row["category"]


def calendar_of(row: Row) -> Calendar:
    """The calendar that a period is one of: years and rolling quarters of one series have two."""
    _, _, duration = row["period"].partition("/")
    return duration, row["period_end"].month


def _lines(rows: Sequence[Row]) -> dict[Identity, Line]:
    """The rows of each area and group of a series, in the order of their years."""
    lines: dict[Identity, Line] = defaultdict(list)
    for index, row in enumerate(rows):
        lines[_area_and_group(row)].append(PlacedRow(index, row))
    for line in lines.values():
        line.sort(key=_year_and_period)
    return lines


def _year_and_period(placed: PlacedRow) -> tuple[int, str]:
    return placed.row["year"], placed.row["period"]


def _one_a_year(line: Line) -> Line:
    """Without the years that have several rows: which follows the year before is not known."""
    count = Counter(placed.row["year"] for placed in line)
    return [placed for placed in line if count[placed.row["year"]] == 1]


_SERIES_RULES: Mapping[str, Callable[[Sequence[Row], Indicator], Iterator[Finding]]] = {
    "period_is_not_the_one_before": lambda rows, _: repeated_periods(rows),
    "periods_without_gaps": lambda rows, of: gaps(rows, of.period, named_gaps(of)),
    "change_is_plausible": lambda rows, of: unusual_changes(rows, of.decimals),
    "figures_not_repeated": lambda rows, _: repeated_groups(rows),
}
_OF_PERIODS = ("period_is_not_the_one_before",)
_OF_LINES = ("periods_without_gaps", "change_is_plausible")
_OF_GROUPS = ("figures_not_repeated",)
