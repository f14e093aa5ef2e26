"""Of rows that are about some of the same days the one supplied last stands, in whatever order they are read."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sources.returns.standing import figures
from tests.sources.returns import HEADER, RESIDENTS
from thindicators.fetching.snapshots import Receipt, Snapshot
from thindicators.observations.periods import Period
from thindicators.plan.model import Plan

FIRST = date(2024, 1, 1)
Span = tuple[int, int]
"""First day, counted from 1 January 2024, and how many days follow it."""

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), min_size=1, max_size=8)


def period(span: Span) -> Period:
    start = FIRST + timedelta(days=span[0])
    return Period(start, start + timedelta(days=span[1]), "Wave")


def returned(span: Span, supplied: int) -> Snapshot:
    """A return of one wave, supplied on a day of 2026."""
    days = period(span)
    row = {
        **RESIDENTS,
        "period_start": days.start,
        "period_end": days.end,
        "period_label": days.label,
        "value": str(50 + supplied),
        "supplied_on": date(2026, 1, 1) + timedelta(days=supplied),
    }
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADER, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerow(row)
    content = text.getvalue().encode()
    receipt = Receipt(
        sha256=f"{supplied:064d}",
        source="residents_survey",
        edition="live",
        method="RETURN",
        url=f"{supplied}.csv",
        retrieved="",
        size=len(content),
        media_type="",
        licence="",
    )
    return Snapshot(f"{supplied}.csv", content, receipt)


def overlap(one: Period, other: Period) -> bool:
    return max(one.start, other.start) <= min(one.end, other.end)


@given(SPANS, st.randoms(use_true_random=False))
def test_no_two_figures_share_a_day_and_none_that_was_supplied_last_is_lost(
    plan: Plan, spans: list[Span], order: Random
) -> None:
    """The oracle: one after the other, each takes the place of all that share a day with it."""
    standing: list[tuple[Period, float]] = []
    for supplied, span in enumerate(spans):
        standing = [each for each in standing if not overlap(each[0], period(span))]
        standing.append((period(span), 50.0 + supplied))
    files = [returned(span, supplied) for supplied, span in enumerate(spans)]
    order.shuffle(files)
    read = figures(plan.indicators["satisfied_with_area"], {file.role: file for file in files})
    assert {(figure.row.period, figure.row.value) for figure in read} == set(standing)
