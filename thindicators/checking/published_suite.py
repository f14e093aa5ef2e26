"""Published suite: what an indicator's figures are judged by, for Great Expectations to run.

What belongs here: the JSON file. What is expected belongs in `expected`. Whoever has Great
Expectations can judge the published Parquet with it, without this project:
https://docs.greatexpectations.io

Only what Great Expectations has of its own is in it, so that it runs everywhere. The rules about
series and counts are this project's own, in `expectations`; what depends on a day or on the release
before is no property of a file.
"""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from thindicators.checking.expected import NATIVE, Expected, Figures, expected_of
from thindicators.plan.model import Indicator
from thindicators.plan.rules import RULES

_NOTES = (
    "Great Expectations 1 runs this on the Parquet file beside it. Left out are the rules that "
    "need the code of thindicators (figures that agree with their counts, gaps, changes, "
    "repetitions and a whole latest period) and those that need a day or the release before. A "
    "figure that a reviewed exception lets pass breaks its rule here all the same."
)
_SEVERITIES = {"error": "critical", "warning": "warning"}


def suite_json(table: pa.Table, indicator: Indicator) -> bytes:
    """The content of `<id>.expectations.json`.

    Args:
        table: The indicator's figures, as published.
        indicator: What they must be like.
    """
    expected = expected_of(Figures(table, leave_nothing_out=True), indicator)
    suite = {
        "name": indicator.id,
        "expectations": [_described(each) for each in expected if each.kind in NATIVE],
        "meta": {},
        "notes": _NOTES,
    }
    text = json.dumps(suite, indent=2, ensure_ascii=False) + "\n"
    return text.encode()


def _described(expected: Expected) -> dict[str, Any]:
    """An expectation as Great Expectations writes it, with the rule that it is a part of."""
    rule = RULES[expected.rule]
    return {
        "type": expected.kind,
        "kwargs": dict(expected.settings),
        "description": rule.says,
        "severity": _SEVERITIES[rule.severity],
        "meta": {"rule": expected.rule},
    }
