"""Checks: whether an indicator's figures may be published, and what is said of those that may.

What belongs here: the order of the checks, the suite of expectations made from an indicator's YAML, and what follows
from findings and reviewed exceptions. How a rule is seen belongs in `row_rules`, `series_rules` and `presence`;
which rules there are, and which are errors, belongs in `rules`.

First comes the Table Schema of the contract; a table that does not keep it is not looked at further. Then the rules, in
one validation by Great Expectations, which is imported only when it is needed: the import costs seconds. Each rule that
is seen row by row is a column that says whether the row keeps it, and an expectation about the column as a whole, which
costs a third of an expectation about its rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from thindicators.checking.presence import Wanted, wanted
from thindicators.checking.row_rules import found_at, row_findings
from thindicators.checking.series_rules import series_findings
from thindicators.observations.contract import violations
from thindicators.observations.observation import Row
from thindicators.observations.tables import TableSchema
from thindicators.outcomes.outcome import CheckResult, Review
from thindicators.plan.exceptions import Exempted
from thindicators.plan.model import Indicator
from thindicators.plan.rules import (
    CONTRACT,
    FOUND,
    FUTURE,
    LOST,
    MAY_BE_ELSEWHERE,
    NEEDLESS,
    OUT_OF_DATE,
    RULES,
    Finding,
)
from thindicators.safe_text import harmless

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.expectations.expectation import Expectation

OLDER = "latest_period_not_older"
_SHOWN = 5
_SEEN_IN_FIGURES = [name for name in RULES if name not in (LOST, OUT_OF_DATE, NEEDLESS)]


def check(
    table: pa.Table,
    indicator: Indicator,
    contract: TableSchema,
    exceptions: Sequence[Exempted] = (),
    today: date = date.max,
    published: pa.Table | None = None,
    remarks: Sequence[Finding] = (),
    *,
    beside: pa.Table | None = None,
    others_are_read: bool = True,
) -> tuple[CheckResult, ...]:
    """Check the figures of one indicator, or of the part of it that one of its sources gives.

    Args:
        table: Observations, at least one.
        indicator: What they must be like.
        contract: The Table Schema of observations.
        exceptions: The reviewed exceptions of this indicator.
        today: The day by which they are in date, and periods have ended; without one, none is, and all have.
        published: The figures published last; None if there are none.
        remarks: What the modules of its sources remarked on, beside the figures.
        beside: Figures that are published with these and were judged before, such as those of the indicator's other
            sources. What must be there may be among them; what is wrong with them is said of them, not of these.
        others_are_read: Whether every other source of the indicator was read, now or before. If not, what is missing
            may be there when it is, and stops nothing.

    Returns:
        One result for each rule, and one for each exception that covers a finding. A table that does not keep the
        contract has that one result only.
    """
    if breaches := violations(table, contract):
        return (_result(CONTRACT, [Finding(one) for one in breaches]),)
    own = table.to_pylist()
    rows = own if beside is None else own + beside.to_pylist()
    required = wanted(rows, indicator)
    published_to = max(published["period_end"].to_pylist(), default=None) if published is not None else None
    everywhere = _findings(rows, indicator)
    found = {
        **{name: _only_of(len(own), some) for name, some in everywhere.items()},
        **{one.rule: one.findings() for one in required},
        FUTURE: _not_ended(own, today),
        OLDER: _older(own, published_to),
        FOUND: list(remarks),
    }
    broken = _validate(_frame(rows, required, found), _expectations(required, found, published_to))
    seen = {name: [*found.get(name, []), *broken[name]] if name in broken else [] for name in RULES}
    results = [result for name in _SEEN_IN_FIGURES for result in _results(name, seen[name], exceptions)]
    if not others_are_read:
        results = [_may_be_elsewhere(result) for result in results]
    return (*results, *_about_exceptions({**seen, **_joined(seen, everywhere)}, exceptions, today))


def _only_of(rows: int, found: Sequence[Finding]) -> list[Finding]:
    """The findings about the first so many rows, and about none in particular."""
    return [finding for finding in found if finding.row is None or finding.row < rows]


def _joined(seen: Mapping[str, list[Finding]], everywhere: Mapping[str, list[Finding]]) -> dict[str, list[Finding]]:
    """What was seen of each rule, in the figures checked and in those beside them."""
    return {name: [*seen.get(name, []), *found] for name, found in everywhere.items()}


def _may_be_elsewhere(result: CheckResult) -> CheckResult:
    """That something is missing is no error while another source, which may have it, could not be read."""
    if result.name not in MAY_BE_ELSEWHERE or result.passed:
        return result
    seen = f"{result.seen}; another source, which could not be read, may have it"
    return replace(result, severity="warning", seen=seen)


def lost(why: str) -> CheckResult:
    """The result of the rule that nothing published is lost.

    Args:
        why: Why new figures are held; empty if they are not.
    """
    return CheckResult(LOST, not why, harmless(why) or RULES[LOST].says, RULES[LOST].severity)


def with_notes(table: pa.Table, indicator: Indicator, exceptions: Sequence[Exempted] = ()) -> pa.Table:
    """The table with a sentence in the note of each figure that a warning, or an exception, is about.

    It says the same whenever it is asked: neither the clock nor what was published before matters.
    """
    rows = table.to_pylist()
    notes: list[list[str]] = [[row["note"]] if row["note"] else [] for row in rows]
    for name, found in _findings(rows, indicator).items():
        for finding in found:
            reviewed = [f"Reviewed exception: {one.reason}" for one in exceptions if one.covers(name, finding)]
            if finding.row is not None:
                notes[finding.row] += [finding.note, *reviewed]
    column = pa.array([" ".join(_sentence(words) for words in one if words) or None for one in notes], pa.string())
    return table.set_column(table.schema.get_field_index("note"), table.schema.field("note"), column)


def _findings(rows: Sequence[Row], indicator: Indicator) -> dict[str, list[Finding]]:
    return {**row_findings(rows, indicator), **series_findings(rows, indicator)}


def _sentence(words: str) -> str:
    return words if words[-1] in ".!?…”)" else f"{words}."


def _not_ended(rows: Sequence[Row], today: date) -> list[Finding]:
    """Figures for a time that has not passed are of another, whose name is wrong."""
    late = [(index, row) for index, row in enumerate(rows) if row["period_end"] > today]
    return [found_at(index, row, f"its period ends on {row['period_end']}") for index, row in late]


def _older(rows: Sequence[Row], published_to: date | None) -> list[Finding]:
    newest = max(rows, key=lambda row: row["period_end"])
    if published_to is None or newest["period_end"] >= published_to:
        return []
    return [Finding(f"the latest period is {newest['period_label']}; one that ends on {published_to} is published")]


def _frame(rows: Sequence[Row], required: Sequence[Wanted], found: Mapping[str, list[Finding]]) -> pd.DataFrame:
    """What the suite looks at: for each rule a column that says which rows keep it, or what each row has of it.

    What is found of no row in particular is found of all.
    """
    broken = {name: {one.row for one in some} for name, some in found.items()}
    kept = {name: [not {index, None} & some for index in range(len(rows))] for name, some in broken.items()}
    there = {one.rule: list(one.there) for one in required}
    return pd.DataFrame({**kept, **there, OLDER: [row["period_end"].toordinal() for row in rows]})


def _expectations(
    required: Sequence[Wanted], found: Mapping[str, list[Finding]], published_to: date | None
) -> Iterator[Expectation]:
    import great_expectations.expectations as expect

    wanted_by = {one.rule: one for one in required}
    for name in found:
        if name in wanted_by:
            things = sorted(wanted_by[name].missed)
            yield expect.ExpectColumnDistinctValuesToContainSet(column=name, value_set=things)
        elif name != OLDER:
            yield expect.ExpectColumnDistinctValuesToBeInSet(column=name, value_set=[True])
        elif published_to is not None:
            yield expect.ExpectColumnMaxToBeBetween(column=name, min_value=published_to.toordinal())


def _validate(frame: pd.DataFrame, expectations: Iterable[Expectation]) -> dict[str, list[Finding]]:
    """The rules that are broken; with a finding for one that could not be checked."""
    import great_expectations as gx

    suite = gx.ExpectationSuite("figures", expectations=list(expectations))
    validated = _batch_definition().get_batch({"dataframe": frame}).validate(suite, result_format="BOOLEAN_ONLY")
    return {_rule(one): _failures(one) for one in validated.results if not one.success}


def _rule(result: Any) -> str:
    return str(result.expectation_config.kwargs["column"])


def _failures(result: Any) -> list[Finding]:
    raised = [one for one in _exceptions(result.exception_info) if one.get("raised_exception")]
    return [Finding(f"the check itself failed: {one['exception_message']}") for one in raised]


def _exceptions(info: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Great Expectations says what went wrong either of the whole, or of each part."""
    return [info] if "raised_exception" in info else [one for one in info.values() if isinstance(one, Mapping)]


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


def _results(name: str, found: Sequence[Finding], exceptions: Sequence[Exempted]) -> Iterator[CheckResult]:
    """What is left of a rule's findings when the excepted ones are taken off, and then each exception's."""
    covered = [(one, [finding for finding in found if one.covers(name, finding)]) for one in exceptions]
    excepted = [finding for _, some in covered for finding in some]
    yield _result(name, [finding for finding in found if finding not in excepted])
    for one, some in covered:
        if some:
            yield _result(name, some, Review(one.reason, one.who, one.until.isoformat()))


def _result(name: str, found: Sequence[Finding], review: Review | None = None) -> CheckResult:
    rule = RULES[name]
    return CheckResult(name, not found or review is not None, _words(found) or rule.says, rule.severity, review)


def _words(found: Sequence[Finding]) -> str:
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return harmless("; ".join(one.says for one in found[:_SHOWN]) + more)


def _about_exceptions(
    seen: Mapping[str, list[Finding]], exceptions: Sequence[Exempted], today: date
) -> tuple[CheckResult, CheckResult]:
    expired = [Finding(_expired(one)) for one in exceptions if one.until < today]
    needless = [
        Finding(f"the exception from {one.words} covers nothing any more: delete it from exceptions.yaml")
        for one in exceptions
        if not any(one.covers(name, finding) for name, found in seen.items() for finding in found)
    ]
    return _result(OUT_OF_DATE, expired), _result(NEEDLESS, needless)


def _expired(one: Exempted) -> str:
    return (
        f"the exception from {one.words} ended on {one.until}: review the figures again, then give it another last day "
        "in exceptions.yaml, or delete it"
    )
