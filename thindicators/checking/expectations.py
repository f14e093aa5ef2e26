"""Expectations: the rules that Great Expectations does not have, as expectations of its kind.

What belongs here: a class for each, which asks a pure function of `series_rules`, `row_rules` or
`presence`. Each gives what it found as the rule's words, and fails if it found anything.

Importing this module imports Great Expectations, which costs seconds and 280 MB: import it where
figures are judged, never at the head of a module.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

import pandas as pd
from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import ExecutionEngine, PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.expectations.registry import get_expectation_impl
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

from thindicators.checking import presence, row_rules, series_rules
from thindicators.observations.observation import Row
from thindicators.plan.rules import Finding

_ROWS = "table.observations"


class Observations(TableMetricProvider):
    """The rows of a table of observations, once for all expectations that compare them."""

    metric_name = _ROWS

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,  # noqa: N805 (Great Expectations calls it on the class)
        execution_engine: PandasExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> list[Row]:
        frame, _, _ = execution_engine.get_compute_domain(
            metric_domain_kwargs,
            domain_type=MetricDomainTypes.TABLE,
        )
        return rows_of(frame)


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """The rows of a table, with None where pandas has its own word for nothing."""
    columns = {name: _cells(frame[name]) for name in frame.columns}
    rows: list[Any] = []
    for cells in zip(*columns.values(), strict=True):
        row = dict(zip(columns, cells, strict=True))
        rows.append(row)
    return rows


def _cells(column: pd.Series[Any]) -> list[Any]:
    # Nothing else is unequal to itself; asking pandas for it costs ten times as much.
    return [None if cell != cell else cell for cell in column.tolist()]


class _FiguresRule(BatchExpectation):
    """An expectation about rows that are compared with each other."""

    def get_validation_dependencies(
        self,
        execution_engine: ExecutionEngine[Any] | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> ValidationDependencies:
        """The rows, and that the result is kept whatever else is only asked to be true or false."""
        rows = MetricConfiguration(_ROWS, {"batch_id": self.batch_id}, {})
        return ValidationDependencies({_ROWS: rows}, {"result_format": "BASIC"})

    def findings(self, rows: Sequence[Row]) -> Iterable[Finding]:
        """Where the rule is broken."""
        raise NotImplementedError

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        findings = [as_result(finding) for finding in self.findings(metrics[_ROWS])]
        return {"success": not findings, "result": {"findings": findings}}


def as_result(finding: Finding) -> dict[str, Any]:
    """A finding as Great Expectations hands it on: without sets."""
    return {**asdict(finding), "periods": sorted(finding.periods)}


def from_result(result: dict[str, Any]) -> Finding:
    """The finding that Great Expectations handed on."""
    return Finding(**{**result, "periods": frozenset(result["periods"])})


class ExpectFiguresToBeWhatTheirCountsMake(_FiguresRule):
    """Every percentage and ratio is what its counts make, within the rounding."""

    def findings(self, rows: Sequence[Row]) -> Iterable[Finding]:
        """The figures that are not what their counts make."""
        return row_rules.disagreements_with_counts(rows)


class ExpectNoPeriodToRepeatTheOneBefore(_FiguresRule):
    """No period repeats every figure of the period before, to the last digit."""

    def findings(self, rows: Sequence[Row]) -> Iterable[Finding]:
        """The figures of periods that do."""
        return series_rules.repeated_periods(rows)


class ExpectNoGapBetweenPeriods(_FiguresRule):
    """No period is missing between two others, but those that the indicator's file names."""

    period: str
    named_years: list[int]

    def findings(self, rows: Sequence[Row]) -> Iterable[Finding]:
        """The figures after a gap."""
        return series_rules.gaps(rows, self.period, self.named_years)


class ExpectChangesToBePlausible(_FiguresRule):
    """No change from one year to the next is beyond history and limits."""

    decimals: int

    def findings(self, rows: Sequence[Row]) -> Iterable[Finding]:
        """The figures after a change that is."""
        return series_rules.unusual_changes(rows, self.decimals)


class ExpectNoGroupToRepeatItsYearBefore(_FiguresRule):
    """No group repeats its figures of the year before, to the last digit."""

    def findings(self, rows: Sequence[Row]) -> Iterable[Finding]:
        """The figures of groups that do."""
        return series_rules.repeated_groups(rows)


class ExpectTheLatestPeriodToBeComplete(_FiguresRule):
    """Every area and group has a row for the latest period."""

    areas: list[str]

    def findings(self, rows: Sequence[Row]) -> Iterable[Finding]:
        """The rows that are not there."""
        return presence.missing_of_the_latest(rows, self.areas)


@cache
def quick(kind: str) -> Any:
    """An expectation of Great Expectations that judges the same in two thirds of the time.

    In one validation Great Expectations asks each expectation some fifty times for its
    configuration, and makes it anew each time. This one makes it once: it is not changed after it
    was made.

    Args:
        kind: Great Expectations' name of the expectation.
    """
    stock = get_expectation_impl(kind)
    metaclass: Any = type(stock)

    def made_once(expectation: Any) -> ExpectationConfiguration:
        if expectation._configuration is None:
            expectation._configuration = super(quicker, expectation).configuration
        configuration: ExpectationConfiguration = expectation._configuration
        return configuration

    content = {
        "__module__": __name__,
        "__doc__": stock.__doc__,
        "_configuration": PrivateAttr(default=None),
        "configuration": property(made_once),
    }
    # A class registers itself by its name, so that it must not have that of the stock one.
    quicker = metaclass(f"Quick{stock.__name__}", (stock,), content)
    return quicker
