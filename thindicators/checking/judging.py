"""Judging: Great Expectations says which expectations the figures break, and where.

What belongs here: running the expectations, and reading the results. Which there are belongs in
`expected`; what a result means for an indicator belongs in `checks`.

The figures are looked at twice. The first look asks only whether each expectation is met, which for
most figures is all there is to say. The second asks of those that are broken which rows break them:
to ask that of all would cost half as much again.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from thindicators.checking.expected import Expected
from thindicators.errors import ThindicatorsError
from thindicators.plan.rules import Finding

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult

_NOT_JUDGED = (
    "period_start",
    "revision",
    "source_text",
    "snapshot",
    "note",
)
"""Columns that no expectation is about: each makes every condition slower."""

_WHETHER = {"result_format": "BOOLEAN_ONLY"}
_WHERE = {"result_format": "COMPLETE", "include_unexpected_rows": False}


@dataclass(frozen=True)
class Broken:
    """An expectation that is not met.

    Attributes:
        expected: What was expected.
        rows: The places of the rows that break it, if it is about each row.
        missing: What is not there, if it is about what must be there.
        findings: What was found, if the rule is one of this project's own expectations.
        failures: Why it could not be looked at; empty if it could.
    """

    expected: Expected
    rows: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    failures: tuple[str, ...] = ()


def prepare() -> None:
    """Import Great Expectations and put it together, which takes seconds, before anything is judged."""
    _batch_definition()
    importlib.import_module("thindicators.checking.expectations")


def judge(
    table: pa.Table,
    expected: Sequence[Expected],
) -> list[Broken]:
    """The expectations that a table does not meet, in their order.

    Args:
        table: The figures.
        expected: What is expected of them.
    """
    frame = _frame(table)
    wholes = [_of_whole_column(expectation) for expectation in expected]
    first_look = _validate(frame, wholes, _WHETHER)
    results = dict(enumerate(first_look))
    broken = [place for place, result in results.items() if not result.success]
    # This project's own expectations say at once what they found; the others are asked for the
    # rows.
    unclear = [place for place in broken if not results[place].result]
    if unclear:
        second_look = _validate(
            frame,
            [expected[place] for place in unclear],
            _WHERE,
        )
        results.update(zip(unclear, second_look, strict=True))
    return [_broken(expected[place], results[place]) for place in broken]


def _of_whole_column(expectation: Expected) -> Expected:
    kind = expectation.whole or expectation.kind
    return replace(expectation, kind=kind)


def _frame(table: pa.Table) -> pd.DataFrame:
    """The figures as Great Expectations reads them; days as pandas' times, which it compares."""
    judged = [name for name in table.column_names if name not in _NOT_JUDGED]
    frame: pd.DataFrame = table.select(judged).to_pandas(date_as_object=False)
    return frame


def _validate(
    frame: pd.DataFrame,
    expected: Sequence[Expected],
    result_format: dict[str, Any],
) -> list[ExpectationValidationResult]:
    """What Great Expectations says of each expectation."""
    from great_expectations import ExpectationSuite

    from thindicators.checking.expectations import quick

    suite = ExpectationSuite("figures")
    for place, expectation in enumerate(expected):
        settings = {**expectation.settings, "meta": {"place": place}}
        of_kind = quick(expectation.kind)
        suite.expectations.append(of_kind(**settings))
    batch = _batch_definition().get_batch({"dataframe": frame})
    validated = batch.validate(suite, result_format=result_format)
    # What could not be looked at comes first in the results: they are put in order again.
    return sorted(validated.results, key=_place)


def _place(result: ExpectationValidationResult) -> int:
    configuration = result.expectation_config
    if configuration is None or configuration.meta is None:
        raise ThindicatorsError("Great Expectations gave a result that names no expectation.")
    place: int = configuration.meta["place"]
    return place


def _broken(
    expected: Expected,
    result: ExpectationValidationResult,
) -> Broken:
    if failures := _failures(result.exception_info):
        return Broken(expected, failures=failures)
    details = result.result
    if "findings" in details:
        from thindicators.checking.expectations import from_result

        return Broken(expected, findings=tuple(map(from_result, details["findings"])))
    if "unexpected_index_list" in details:
        return Broken(expected, rows=tuple(details["unexpected_index_list"]))
    # It names some of what is missing in no order; the findings are in that of the indicator's
    # file.
    missing = set(details.get("partial_missing_list", ()))
    wanted = expected.settings.get("value_set", ())
    in_order = [word for word in wanted if word in missing]
    return Broken(expected, missing=tuple(in_order))


def _failures(info: Mapping[str, Any]) -> tuple[str, ...]:
    """Great Expectations says what went wrong either of the whole, or of each part."""
    parts = [info] if "raised_exception" in info else info.values()
    failures = []
    for part in parts:
        if isinstance(part, Mapping) and part.get("raised_exception"):
            failures.append(part["exception_message"])
    return tuple(failures)


@cache
def _batch_definition() -> BatchDefinition[Any]:
    """Great Expectations' way to a table in memory, made once: it costs as much as a check."""
    # It would tell its makers of every run; set before the import, which reads it.
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return (
        context.data_sources.add_pandas("figures")
        .add_dataframe_asset("observations")
        .add_batch_definition_whole_dataframe("all")
    )
