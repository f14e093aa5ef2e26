"""Confidence limits that are computed here, where a publisher gives a share and its sample but no limits.

What belongs here: the methods, each with the address it is published at. Which figures get computed limits, and the
note that says so, belongs in `sources`.
"""

from __future__ import annotations

import math

CONFIDENCE = 0.95
"""How often limits that are made in this way hold the true value."""

Z_95 = 1.959963984540054
"""The standard normal deviate that leaves 2.5 % on either side."""


def wilson(percentage: float, sample: float) -> tuple[float, float]:
    """Wilson's 95 % limits of a percentage found in a simple random sample, without a design effect.

    The limits stay within 0 and 100, also near them. From Wilson (1927), “Probable inference, the law of succession,
    and statistical inference”, https://doi.org/10.1080/01621459.1927.10502953

    Args:
        percentage: Of the sample, 0-100.
        sample: How many were asked; not whole where a design effect has made it smaller.

    Returns:
        The lower and the upper limit, 0-100.

    Raises:
        ValueError: If the percentage is not within 0 and 100, or nobody was asked.
    """
    if not 0 <= percentage <= 100:
        raise ValueError(f"a percentage lies within 0 and 100, not at {percentage}")
    if sample < 1:
        raise ValueError(f"limits need a sample of at least one, not {sample}")
    share = percentage / 100
    spread = Z_95**2 / sample
    # It is not centred on the share, but leans towards a half, the more the fewer were asked.
    centre = (share + spread / 2) / (1 + spread)
    variance = share * (1 - share) + spread / 4
    half_width = math.sqrt(spread * variance) / (1 + spread)
    lower = max(0.0, 100 * (centre - half_width))
    upper = min(100.0, 100 * (centre + half_width))
    # At 0 and 100 % the limit is the share itself, but for the last bit of a binary fraction.
    return min(percentage, lower), max(percentage, upper)
