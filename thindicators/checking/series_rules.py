"""Series rules: figures that break a rule about other figures of the table: gaps, changes and repetitions.

What belongs here: which figures of a table may be compared, and what is seen when they are. Rules about one row at a
time belong in `row_rules`; the statistics of a change belong in `plausibility`.

Only figures of one series, area and group are compared with each other. Nothing depends on the order of the rows, and
a later figure never changes what is said of an earlier one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from thindicators.checking.plausibility import Change, Figure, judged_changes
from thindicators.checking.row_rules import UNIT_RANGES, found_at
from thindicators.observations.observation import Row, cells
from thindicators.plan.model import Indicator
from thindicators.plan.rules import Finding

REGULAR = {"calendar_year", "financial_year", "academic_year", "three_years", "twelve_months", "three_months"}
"""The kinds of period of which there is one for each year."""

ENOUGH = 8
"""So many numbers are not the same again by chance: a period that repeats them is the one before."""

NOTEWORTHY = 2
"""A single number often comes again; so many deserve a word."""

_MEASURED = ("value", "lower_ci_95", "upper_ci_95", "numerator", "denominator")
_GROUP = ("series", "breakdown", "category")

Line = list[tuple[int, Row]]
"""Rows with their places in the table."""


def series_findings(rows: Sequence[Row], indicator: Indicator) -> dict[str, list[Finding]]:
    """The rows of an indicator that break a rule when they are compared with others, by the rule's name."""
    return {
        "period_is_not_the_one_before": list(_periods_repeated(rows)),
        "periods_without_gaps": list(_gaps(rows, indicator)),
        "change_is_plausible": list(_unusual(rows, indicator)),
        "figures_not_repeated": list(_groups_repeated(rows)),
    }


def _gaps(rows: Sequence[Row], indicator: Indicator) -> Iterator[Finding]:
    if indicator.period not in REGULAR:
        return
    named = {year for gap in indicator.gaps for year in gap.years}
    for group in _lines(rows).values():
        for (_, before), (index, row) in pairwise(group):
            if set(range(before["year"] + 1, row["year"])) - named:
                says = f"there is no row between this and {before['period_label']}"
                yield found_at(index, row, says, f"The figure before this one is for {before['period_label']}.")


def _unusual(rows: Sequence[Row], indicator: Indicator) -> Iterator[Finding]:
    for line in _lines(rows).values():
        group = _one_a_year(line)
        places = {row["year"]: (index, row) for index, row in group}
        figures = [Figure(row["year"], row["value"], _half_width(row)) for _, row in group if row["value"] is not None]
        for change in judged_changes(figures, 10.0**-indicator.decimals):
            if not change.is_plausible:
                words = _change_words(change, indicator.decimals)
                yield found_at(*places[change.year], words, f"Unusual: {words}.")


def _change_words(change: Change, decimals: int) -> str:
    return (
        f"{_move(change.size, decimals)} since the year before; the median of the {change.history} earlier "
        f"changes is {_move(change.usual, decimals)}"
    )


def _move(size: float, decimals: int) -> str:
    shown = f"{abs(size):,.{decimals if abs(size) < 1000 else 0}f}"
    if not float(shown.replace(",", "")):
        return "no change"
    return f"a {'rise' if size > 0 else 'fall'} of {shown}"


def _half_width(row: Row) -> float | None:
    lower, upper = row["lower_ci_95"], row["upper_ci_95"]
    return None if lower is None or upper is None else (upper - lower) / 2


def _periods_repeated(rows: Sequence[Row]) -> Iterator[Finding]:
    """Whole periods that repeat the one before: last year's file under another year."""
    for before, after in _successive(rows, ("series",)):
        if _numbers_repeated(before, after) >= ENOUGH:
            for index, row in after:
                yield found_at(index, row, f"all of the period is the same as {before[0][1]['period_label']}")


def _groups_repeated(rows: Sequence[Row]) -> Iterator[Finding]:
    for before, after in _successive(rows, _GROUP):
        if _numbers_repeated(before, after) >= NOTEWORTHY:
            everywhere = " in every area" if len(after) > 1 else ""
            says = f"the same as {before[0][1]['period_label']}{everywhere}, to the last digit"
            for index, row in after:
                yield found_at(index, row, says, f"T{says[1:]}.")


def _successive(rows: Sequence[Row], names: tuple[str, ...]) -> Iterator[tuple[Line, Line]]:
    """The rows of each year and those of the year before, for rows that have the same `names` and length of period."""
    years: dict[tuple[object, ...], dict[int, Line]] = defaultdict(lambda: defaultdict(list))
    for index, row in enumerate(rows):
        years[(*cells(row, names), phase(row))][row["year"]].append((index, row))
    for by_year in years.values():
        for year in sorted(by_year):
            if year - 1 in by_year:
                yield by_year[year - 1], by_year[year]


def _numbers_repeated(before: Line, after: Line) -> int:
    """How many numbers came again, if all did; a figure at the bound of its unit comes again for no fault."""
    earlier = {_who(row): row for _, row in before}
    numbers = 0
    for _, row in after:
        same = earlier.get(_who(row))
        if same is None or cells(row, (*_MEASURED, "status")) != cells(same, (*_MEASURED, "status")):
            return 0
        bounds = (None, *UNIT_RANGES.get(row["unit"], ()))
        numbers += sum(number not in bounds for number in cells(row, _MEASURED))
    return numbers


def _who(row: Row) -> tuple[object, ...]:
    return row["area_code"], row["series"], row["breakdown"], row["category"]


def phase(row: Row) -> tuple[str, int]:
    """The length of a period and the month in which it ends: the same for all of one calendar."""
    return row["period"].partition("/")[2], row["period_end"].month


def _lines(rows: Sequence[Row]) -> dict[tuple[object, ...], Line]:
    """The rows of each area and group of a series, in the order of their years."""
    lines: dict[tuple[object, ...], Line] = defaultdict(list)
    for index, row in enumerate(rows):
        lines[_who(row)].append((index, row))
    return {who: sorted(line, key=lambda one: (one[1]["year"], one[1]["period"])) for who, line in lines.items()}


def _one_a_year(line: Line) -> Line:
    """Without the years that have more than one row: which of them follows the year before is not known."""
    count = Counter(row["year"] for _, row in line)
    return [(index, row) for index, row in line if count[row["year"]] == 1]
