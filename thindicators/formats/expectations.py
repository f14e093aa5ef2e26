"""Expectations: what an indicator's figures are judged by, for Great Expectations to run.

What belongs here: the file of an indicator. What is in it belongs in `checking`.
"""

from __future__ import annotations

from thindicators.checking.published_suite import suite_json
from thindicators.formats.published import Published


def expectations(published: Published) -> bytes:
    """`<id>.expectations.json`: the suite that the published Parquet keeps."""
    return suite_json(published.outcome.table, published.indicator)
