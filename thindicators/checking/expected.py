"""Expected: what an indicator's figures are judged by, as settings of Great Expectations.

What belongs here: which expectation stands for which part of which rule. They are data, so that
they can be published as JSON without importing Great Expectations, which costs seconds. The
expectations that it does not have itself are classes in `expectations`; running them belongs in
`judging`; words for what they find belong in `row_rules`.

An expectation about nothing costs as much as one that finds something. So an expectation about a
column that is empty is left out, and so is a condition that every row meets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa

from thindicators.checking.row_rules import (
    LIMITS_WITHOUT_FIGURE,
    PARTS_OF,
    UNIT_RANGES,
    bounds_of,
    known_words,
)
from thindicators.checking.series_rules import named_gaps
from thindicators.observations.observation import KEY
from thindicators.plan.model import Indicator
from thindicators.plan.rules import FUTURE

OLDER = "latest_period_not_older"
IS_NEW = "is_new"
"""The column that tells the figures that are judged from those that stand beside them."""

_UNIQUE = "expect_compound_columns_to_be_unique"
_PAIR = "expect_column_pair_values_a_to_be_greater_than_b"
_BETWEEN = "expect_column_values_to_be_between"
_FILLED = "expect_column_values_to_not_be_null"
_EMPTY = "expect_column_values_to_be_null"
_LEAST = "expect_column_min_to_be_between"
_MOST = "expect_column_max_to_be_between"
_KNOWN = "expect_column_values_to_be_in_set"
_ALL_KNOWN = "expect_column_distinct_values_to_be_in_set"
_HOLDS_ALL = "expect_column_distinct_values_to_contain_set"

_NAMED_AT_ONCE = 20

NATIVE = {_UNIQUE, _PAIR, _BETWEEN, _FILLED, _EMPTY, _KNOWN, _HOLDS_ALL}
"""The kinds that Great Expectations has itself, and that look at the figures alone."""

Condition = Mapping[str, Any]
"""Which rows an expectation is about, as Great Expectations writes its conditions."""


@dataclass(frozen=True)
class Expected:
    """One expectation.

    Attributes:
        rule: The name of the rule that it is a part of.
        part: What it looks at, by which the words for a finding are chosen; empty if it is the
            whole rule.
        kind: Great Expectations' name for such an expectation.
        settings: What Great Expectations is told of it.
        whole: The name of one about the column as a whole, which is broken if and only if this one
            is, and costs half as much; empty if there is none. It says not which rows break it.
    """

    rule: str
    part: str
    kind: str
    settings: Mapping[str, Any]
    whole: str = ""


@dataclass(frozen=True)
class Figures:
    """What decides which expectations, and which conditions, there must be.

    Attributes:
        table: The figures, at least one.
        leave_nothing_out: Whether the expectations are for other figures too, as published ones
            are: nothing is left out then because these figures do not need it.
    """

    table: pa.Table
    leave_nothing_out: bool = False

    def units(self) -> list[str]:
        """The known units of the figures."""
        # In the order of UNIT_RANGES, so that the same figures give the same suite.
        units = set(self.table["unit"].to_pylist())
        return [unit for unit in UNIT_RANGES if unit in units]

    def has_any(self, column: str) -> bool:
        """Whether a column may hold anything."""
        filled = self.table[column].null_count < self.table.num_rows
        return self.leave_nothing_out or filled

    def has_null(self, column: str) -> bool:
        """Whether a column may be empty somewhere."""
        return self.leave_nothing_out or bool(self.table[column].null_count)

    def where(
        self,
        column: str,
        value: object,
    ) -> dict[str, Condition]:
        """The condition that a column holds a value; none if it holds no other."""
        held = set(self.table[column].to_pylist())
        if held == {value} and not self.leave_nothing_out:
            return {}
        return _comparison(column, value)

    def where_null(self, column: str) -> dict[str, Condition]:
        """The condition that a column is empty; none if it is empty everywhere."""
        return _nullity(column, is_null=True) if self.has_any(column) else {}

    def where_filled(self, column: str) -> dict[str, Condition]:
        """The condition that a column is filled; none if it is filled everywhere."""
        return _nullity(column, is_null=False) if self.has_null(column) else {}

    def where_breakdown(
        self,
        breakdown: str,
        members: Collection[str],
    ) -> dict[str, Condition]:
        """The condition that tells the members of a breakdown; none if no other has the same."""
        breakdowns = self.table["breakdown"].to_pylist()
        categories = self.table["category"].to_pylist()
        groups = set(zip(breakdowns, categories, strict=True))
        # A member such as “other” may be one of several breakdowns.
        elsewhere = {category for other, category in groups if other != breakdown}
        if not self.leave_nothing_out and elsewhere.isdisjoint(members):
            return {}
        return _comparison("breakdown", breakdown)


def _comparison(
    column: str,
    value: object,
) -> dict[str, Condition]:
    condition = {
        "type": "comparison",
        "column": {"name": column},
        "operator": "==",
        "parameter": value,
    }
    return {"row_condition": condition}


def _nullity(
    column: str,
    *,
    is_null: bool,
) -> dict[str, Condition]:
    return {
        "row_condition": {
            "type": "nullity",
            "column": {"name": column},
            "is_null": is_null,
        }
    }


def expected_of(
    figures: Figures,
    indicator: Indicator,
) -> list[Expected]:
    """All that is expected of an indicator's figures, whatever the day and whatever was published.

    Args:
        figures: At least one; what they do not hold, such as counts, is not asked about.
        indicator: What they must be like.
    """
    return [
        Expected(
            rule="key_is_unique",
            part="",
            kind=_UNIQUE,
            settings={"column_list": list(KEY)},
        ),
        *_a_figure_or_a_reason(figures),
        *_known_words(indicator),
        *_ranges(figures, indicator, "value_in_range", ("value",)),
        *_counts_not_negative(figures),
        *_between_limits(figures),
        *_agreement_with_counts(figures),
        *_ranges(figures, indicator, "limits_in_range", ("lower_ci_95", "upper_ci_95")),
        *_about_series(indicator),
        *_present(figures, indicator),
    ]


def expected_today(
    figures: Figures,
    today: date,
    published_to: date | None,
) -> list[Expected]:
    """What is expected by the day, and by the release before.

    Args:
        figures: The figures that are new, and those beside them, among which the latest may be.
        today: The day on which they are read; every period has ended on the last day that there is.
        published_to: The day on which the latest published period ends; None if there is none.
    """
    expected = []
    ends = {"column": "period_end"}
    # On the last day that there is every period has ended, and there is nothing to ask.
    if today != date.max:
        of_the_new = {
            **ends,
            **figures.where(IS_NEW, True),
            "max_value": _midnight(today),
        }
        ended = Expected(
            rule=FUTURE,
            part="",
            kind=_BETWEEN,
            settings=of_the_new,
            whole=_MOST,
        )
        expected.append(ended)
    if published_to is not None:
        latest = {**ends, "min_value": _midnight(published_to)}
        not_older = Expected(
            rule=OLDER,
            part="",
            kind=_MOST,
            settings=latest,
        )
        expected.append(not_older)
    return expected


def _midnight(day: date) -> datetime:
    """A day as a time: Great Expectations compares times with times only."""
    return datetime.combine(day, time())


def _a_figure_or_a_reason(figures: Figures) -> Iterator[Expected]:
    rule = "value_or_reason"
    if figures.has_null("value"):
        without = {"column": "status", **figures.where_null("value")}
        yield Expected(
            rule=rule,
            part="neither",
            kind=_FILLED,
            settings=without,
        )
    if figures.has_any("value"):
        with_figure = {"column": "status", **figures.where_filled("value")}
        yield Expected(
            rule=rule,
            part="both",
            kind=_EMPTY,
            settings=with_figure,
        )


def _known_words(indicator: Indicator) -> Iterator[Expected]:
    for column, words in known_words(indicator).items():
        settings = {"column": column, "value_set": list(words)}
        if words:
            yield Expected(
                rule="known_words",
                part=column,
                kind=_KNOWN,
                settings=settings,
                whole=_ALL_KNOWN,
            )
        else:
            # Where no word is known, none may be there.
            yield Expected(
                rule="known_words",
                part=column,
                kind=_EMPTY,
                settings={"column": column},
            )


def _ranges(
    figures: Figures,
    indicator: Indicator,
    rule: str,
    columns: tuple[str, ...],
) -> Iterator[Expected]:
    """That the figures of each unit lie in its range; an unknown unit has none."""
    for column in filter(figures.has_any, columns):
        # A suite for figures that are not there yet asks about the indicator's own unit.
        for unit in figures.units() or [indicator.unit]:
            low, high = bounds_of(unit, indicator)
            if low is not None or high is not None:
                limits = {"min_value": low, "max_value": high}
                settings = {
                    "column": column,
                    **limits,
                    **figures.where("unit", unit),
                }
                yield Expected(
                    rule=rule,
                    part=column,
                    kind=_BETWEEN,
                    settings=settings,
                )


def _counts_not_negative(figures: Figures) -> Iterator[Expected]:
    # A unit says nothing of the counts that a figure was made of; none of them can be below zero.
    for column in ("numerator", "denominator"):
        if figures.has_any(column):
            settings = {"column": column, "min_value": 0}
            yield Expected(
                rule="value_in_range",
                part=column,
                kind=_BETWEEN,
                settings=settings,
                whole=_LEAST,
            )


def _between_limits(figures: Figures) -> Iterator[Expected]:
    rule = "limits_around_value"
    pairs = {
        "lower_ci_95": ("value", "lower_ci_95"),
        "upper_ci_95": ("upper_ci_95", "value"),
    }
    for limit, (larger, smaller) in pairs.items():
        if not figures.has_any(limit):
            continue
        if figures.has_null("value"):
            yield Expected(
                rule=rule,
                part=LIMITS_WITHOUT_FIGURE,
                kind=_EMPTY,
                settings={"column": limit, **figures.where_null("value")},
            )
        settings = {
            "column_A": larger,
            "column_B": smaller,
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        }
        yield Expected(
            rule=rule,
            part=limit,
            kind=_PAIR,
            settings=settings,
        )


def _agreement_with_counts(figures: Figures) -> Iterator[Expected]:
    units_of_parts = PARTS_OF.keys() & set(figures.units())
    if figures.has_any("numerator") and units_of_parts:
        kind = "expect_figures_to_be_what_their_counts_make"
        yield _of_our_own("value_agrees_with_counts", kind)


def _about_series(indicator: Indicator) -> Iterator[Expected]:
    yield _of_our_own(
        "period_is_not_the_one_before",
        "expect_no_period_to_repeat_the_one_before",
    )
    yield _of_our_own(
        "periods_without_gaps",
        "expect_no_gap_between_periods",
        period=indicator.period,
        named_years=named_gaps(indicator),
    )
    yield _of_our_own(
        "change_is_plausible",
        "expect_changes_to_be_plausible",
        decimals=indicator.decimals,
    )
    yield _of_our_own(
        "figures_not_repeated",
        "expect_no_group_to_repeat_its_year_before",
    )


def _of_our_own(
    rule: str,
    kind: str,
    **settings: object,
) -> Expected:
    """An expectation of `expectations`, which is a whole rule and says itself what it found."""
    return Expected(
        rule=rule,
        part="",
        kind=kind,
        settings=settings,
    )


def _present(
    figures: Figures,
    indicator: Indicator,
) -> Iterator[Expected]:
    # Each once, in the order of the file, which may name an area twice.
    areas = list(dict.fromkeys(indicator.areas))
    for batch in _batches(areas):
        yield Expected(
            rule="areas_present",
            part="",
            kind=_HOLDS_ALL,
            settings={"column": "area_code", "value_set": batch},
        )
    totals = {"total": ["total"]} if indicator.has_total else {}
    for breakdown, members in [*totals.items(), *indicator.breakdowns.items()]:
        condition = figures.where_breakdown(breakdown, members)
        for batch in _batches(list(dict.fromkeys(members))):
            settings = {
                "column": "category",
                "value_set": batch,
                **condition,
            }
            yield Expected(
                rule="groups_present",
                part=breakdown,
                kind=_HOLDS_ALL,
                settings=settings,
            )
    if areas:
        kind = "expect_the_latest_period_to_be_complete"
        yield _of_our_own("latest_period_complete", kind, areas=areas)


def _batches(words: list[str]) -> Iterator[list[str]]:
    """Parts of a list: Great Expectations names no more than so many of what is missing."""
    for first in range(0, len(words), _NAMED_AT_ONCE):
        yield words[first : first + _NAMED_AT_ONCE]
