"""Small numbers that a percentage and its denominator tell, without a numerator."""

from __future__ import annotations

import pytest

from sources.returns.small_numbers import _implied


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
