"""Checks: whether an indicator's figures may be published, as expectations made from its YAML.

What belongs here: the expectations and the words for what they saw. The validation engine is Great Expectations, which
is imported only when it is needed: the import costs seconds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from thindicators.observations import KEY, SCHEMA, STATUSES
from thindicators.outcomes import CheckResult
from thindicators.plan import Indicator

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.expectations.expectation import Expectation

CHECKS = {
    "columns_are_the_contract": "The table has the columns of the contract, in order.",
    "key_is_unique": "No figure stands twice.",
    "value_or_reason": "Every row has a figure, or a status that says why not; never both.",
    "known_words": "Statuses and series are known ones.",
    "value_in_range": "Every figure lies in the valid range of the indicator.",
    "limits_around_value": "Every figure lies between its confidence limits.",
    "value_agrees_with_counts": "Every percentage and ratio is what its counts make, within the rounding.",
    "areas_present": "Every area that the indicator promises is there.",
    "groups_present": "The total and every group that the indicator promises are there.",
}
"""What each check says, by name."""

ROUNDING = {"percent": 0.6, "ratio": 0.006}
"""How far a figure may be from what its counts make: publishers give whole percentages of rounded counts."""

_COUNTED = ("unit", "value", "numerator", "denominator")


def check(table: pa.Table, indicator: Indicator) -> tuple[CheckResult, ...]:
    """Check the figures of one indicator.

    Args:
        table: Observations in the contract, at least one.
        indicator: What they must be like.

    Returns:
        One result for each name of `CHECKS`.
    """
    import great_expectations as gx

    batch = _batch_definition().get_batch({"dataframe": _frame(table)})
    suite = gx.ExpectationSuite(indicator.id, expectations=[one for _, one in _expectations(indicator)])
    validated = batch.validate(suite, result_format="SUMMARY")
    seen: dict[str, list[str]] = {name: [] for name in CHECKS}
    for result in validated.results:
        if not result.success:
            seen[_name(result)].append(_words(result))
    return tuple(CheckResult(name, not found, "; ".join(found) or CHECKS[name]) for name, found in seen.items())


@cache
def _batch_definition() -> BatchDefinition[Any]:
    """Great Expectations' way to a table in memory, made once: it costs as much as a check."""
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


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    frame["value_or_reason"] = frame["value"].isna() == frame["status"].notna()
    frame["agrees"] = [_agrees(*row) for row in zip(*(frame[name] for name in _COUNTED), strict=True)]
    frame["group"] = frame["breakdown"] + ": " + frame["category"]
    return frame


def _agrees(unit: str, value: float, numerator: float, denominator: float) -> bool:
    """Whether a figure is what its counts make; true where it has none."""
    if any(pd.isna(one) for one in (value, numerator, denominator)) or not denominator or unit not in ROUNDING:
        return True
    made = numerator / denominator * (100 if unit == "percent" else 1)
    return bool(abs(value - made) <= ROUNDING[unit])


def _expectations(indicator: Indicator) -> Iterator[tuple[str, Expectation]]:
    import great_expectations.expectations as expect
    from great_expectations.expectations.row_conditions import Column

    def named(name: str, kind: type[Expectation], **wanted: Any) -> tuple[str, Expectation]:
        return name, kind(meta={"check": name}, **wanted)

    low, high = indicator.valid_range
    columns = [*SCHEMA.names, "value_or_reason", "agrees", "group"]
    yield named("columns_are_the_contract", expect.ExpectTableColumnsToMatchOrderedList, column_list=columns)
    yield named("key_is_unique", expect.ExpectCompoundColumnsToBeUnique, column_list=list(KEY))
    yield named("value_or_reason", expect.ExpectColumnValuesToBeInSet, column="value_or_reason", value_set=[True])
    series = [one.id for one in indicator.series]
    yield named("known_words", expect.ExpectColumnValuesToBeInSet, column="series", value_set=series)
    yield named("known_words", expect.ExpectColumnValuesToBeInSet, column="status", value_set=list(STATUSES))
    yield named(
        "value_in_range",
        expect.ExpectColumnValuesToBeBetween,
        column="value",
        min_value=low,
        max_value=high,
        row_condition=Column("unit") == indicator.unit,
    )
    for upper, lower in (("value", "lower_ci_95"), ("upper_ci_95", "value")):
        yield named(
            "limits_around_value",
            expect.ExpectColumnPairValuesAToBeGreaterThanB,
            column_A=upper,
            column_B=lower,
            or_equal=True,
            ignore_row_if="either_value_is_missing",
        )
    yield named("value_agrees_with_counts", expect.ExpectColumnValuesToBeInSet, column="agrees", value_set=[True])
    areas = list(indicator.areas)
    yield named("areas_present", expect.ExpectColumnDistinctValuesToContainSet, column="area_code", value_set=areas)
    yield named(
        "groups_present", expect.ExpectColumnDistinctValuesToContainSet, column="group", value_set=_groups(indicator)
    )


def _groups(indicator: Indicator) -> list[str]:
    total = ["total: total"] if indicator.has_total else []
    return total + [
        f"{breakdown}: {member}" for breakdown, members in indicator.breakdowns.items() for member in members
    ]


def _name(result: Any) -> str:
    return str(result.expectation_config.meta["check"])


def _words(result: Any) -> str:
    """What an expectation saw, for a person."""
    details = result.result
    column = result.expectation_config.kwargs.get("column", "")
    if result.exception_info.get("raised_exception"):
        return f"{column}: the check itself failed: {result.exception_info['exception_message']}"
    if "unexpected_count" in details:
        some = ", ".join(map(str, details.get("partial_unexpected_list", [])[:5]))
        return f"{column or 'rows'}: {details['unexpected_count']} not as they must be, such as {some}"
    wanted = result.expectation_config.kwargs.get("value_set") or result.expectation_config.kwargs.get("column_list")
    return f"{column or 'columns'}: expected {wanted}; came {details.get('observed_value')}"
