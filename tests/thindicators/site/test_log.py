"""The log of revisions, carried from release to release."""

from __future__ import annotations

from dataclasses import asdict, replace

from tests.samples import sample_outcomes
from thindicators.history.revisions import compare
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan
from thindicators.site.log import continued, entries


def employment() -> Outcome:
    return next(one for one in sample_outcomes() if one.indicator == "employment_rate")


def revised(outcome: Outcome) -> Outcome:
    rows = outcome.table.to_pylist()
    own = max(
        (row for row in rows if row["area_code"] == "E09000030" and row["value"]),
        key=lambda row: row["year"],
    )
    own["value"] += 0.04
    return replace(outcome, table=outcome.table.from_pylist(rows, outcome.table.schema))


def test_the_first_entry_says_how_much_was_published(plan: Plan) -> None:
    (first,) = continued(plan, employment(), None, [])
    assert first.day == "2026-11-22"
    assert first.says == (f"First published here: {employment().table.num_rows} figures.",)


def test_a_revision_is_told_in_full_even_if_smaller_than_the_decimals_shown(plan: Plan) -> None:
    before = {"changes": [asdict(one) for one in continued(plan, employment(), None, [])]}
    after = revised(employment())
    changes = compare(employment().table, after.table)
    newest, first = continued(plan, after, before, changes)
    assert newest.says == (
        "1 figure revised: Tower Hamlets, January to December 2023: 66.2 became 66.24.",
    )
    assert first.says[0].startswith("First published here")


def test_without_a_change_the_log_stays_as_it_is(plan: Plan) -> None:
    before = {"changes": [asdict(one) for one in continued(plan, employment(), None, [])]}
    assert continued(plan, employment(), before, []) == entries(before)


def test_a_package_of_an_earlier_version_without_a_log_begins_one(plan: Plan) -> None:
    assert continued(plan, employment(), {"name": "older"}, []) == []


def test_an_indicator_without_figures_has_nothing_to_tell(plan: Plan) -> None:
    empty = next(one for one in sample_outcomes() if not one.table.num_rows)
    assert continued(plan, empty, None, []) == []
