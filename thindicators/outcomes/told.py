"""What was told of figures that are held, as one sum: an acceptance names it, so that it takes nothing else.

What belongs here: the sum, and the short form in which people pass it on.
"""

from __future__ import annotations

import hashlib
import json

import pyarrow as pa

_SHORT = 8
"""Letters of a sum that people pass on."""


def sum_of_told(figures: pa.Table, why: str) -> str:
    """The sum of held figures and of why they wait.

    The bytes that the figures were read from do not count: a publisher may send the same figures in other bytes.
    """
    rows = figures.drop_columns(["snapshot"]).to_pylist()
    content = json.dumps(
        [why, rows],
        ensure_ascii=False,
        default=str,
    )
    return hashlib.sha256(content.encode()).hexdigest()


def short(sum_told: str) -> str:
    """The beginning of a sum, as people are told it."""
    return sum_told[:_SHORT]


def is_meant(sum_told: str, given: str) -> bool:
    """Whether what a person gave is a sum or its short form."""
    return len(given) >= _SHORT and sum_told.startswith(given)
