"""Small numbers that a percentage and its denominator tell, or an earlier return about other days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sources.returns.file import read_return
from sources.returns.rows import ReturnRow
from sources.returns.small_numbers import _implied, without_small_numbers
from tests.sources.returns import HOMES, csv_return
from tests.support import snapshot_of
from thindicators.observations.periods import Period, financial_year


@pytest.mark.parametrize(
    ("text", "base", "count"),
    [
        ("2", 150, 3),
        ("2.0", 150, 3),
        ("50", 6, 3),
        ("99", 200, 197),
        ("40", 1000, 400),
        ("0", 1000, 1),
        ("0.0", 1000, 0),
        ("100", 300, 299),
        ("50", 300, 150),
    ],
)
def test_a_percentage_stands_for_a_small_number_if_rounding_allows_one(
    text: str, base: float, count: float
) -> None:
    """99 % of 200 is 197 to 199, so that 1 to 3 people may be left out."""
    assert _implied(float(text), text, base) == count


def rows_of(folder: Path, end: str, total: int, counts: tuple[int, int]) -> list[ReturnRow]:
    """The rows of a return of homes by tenure, in a year that ends on a day."""
    of_year = {**HOMES, "period_end": end, "period_label": "2025/26"}
    groups = [
        {**of_year, "breakdown_type": "tenure", "breakdown": name, "value": str(count)}
        for name, count in zip("ab", counts, strict=True)
    ]
    path = folder / "return.csv"
    csv_return(path, {**of_year, "value": str(total)}, *groups)
    return list(read_return(snapshot_of(path.read_bytes(), path.name)).rows)


def test_a_correction_of_the_days_forgets_nothing_that_was_said_of_the_others(
    tmp_path: Path,
) -> None:
    """50 of 7 and 43; then, with another last day, 46 of 3 and 43: the same people, as anybody sees."""
    before = rows_of(tmp_path, "2026-03-31", 50, (7, 43))
    with_days = [replace(row, period=another_day(row.period)) for row in before]
    now = rows_of(tmp_path, "2026-03-31", 46, (3, 43))
    values = [row.value for row in without_small_numbers(now, [with_days])]
    assert values == [None, None, 43]
    assert values == [row.value for row in without_small_numbers(now, [before])]


def test_another_year_says_nothing_of_this_one(tmp_path: Path) -> None:
    before = rows_of(tmp_path, "2026-03-31", 50, (7, 43))
    of_last_year = [replace(row, period=financial_year(2023)) for row in before]
    now = rows_of(tmp_path, "2026-03-31", 51, (8, 43))
    assert without_small_numbers(now, [of_last_year]) == now


def another_day(period: Period) -> Period:
    return replace(period, end=period.end - timedelta(days=1))
