"""An indicator of several sources: each part stands or falls alone, and together they make one outcome."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.former import write_former
from tests.samples import sample_outcomes
from thindicators.comparing.latest_figures import latest_figures
from thindicators.errors import ThindicatorsError
from thindicators.outcomes.holds import accept
from thindicators.outcomes.outcome import Outcome, check_rows
from thindicators.outcomes.parts import combined, part_of, parts_of
from thindicators.outcomes.store import OutcomeStore
from thindicators.plan.model import Plan
from thindicators.site.content import Part

INDICATOR = "care_experienced_and_send_neet"
LEAVERS, NEET = "dfe_care_leavers", "dfe_neet"


@pytest.fixture
def whole() -> Outcome:
    return next(outcome for outcome in sample_outcomes() if outcome.indicator == INDICATOR)


@pytest.fixture
def store(tmp_path: Path, plan: Plan) -> OutcomeStore:
    return OutcomeStore(tmp_path, plan)


def parts(plan: Plan, whole: Outcome) -> dict[str, Outcome]:
    taken = {source: part_of(plan, whole, source) for source in parts_of(plan, whole.indicator)}
    return {source: part for source, part in taken.items() if part is not None}


def test_only_an_indicator_of_several_sources_has_parts(plan: Plan) -> None:
    assert parts_of(plan, INDICATOR) == [LEAVERS, NEET]
    assert parts_of(plan, "employment_rate") == []
    assert parts_of(plan, "none_such") == []


def test_parts_taken_out_make_the_same_whole_again(plan: Plan, whole: Outcome) -> None:
    taken = parts(plan, whole)
    assert {tuple(set(part.table["series"].to_pylist())) for part in taken.values()} == {
        ("care_leavers_19_to_21",),
        ("special_needs_16_17",),
    }
    assert {source: {one.source for one in part.receipts} for source, part in taken.items()} == {
        LEAVERS: {LEAVERS},
        NEET: {NEET},
    }
    again = combined(plan, INDICATOR, taken)
    assert again is not None
    assert again.table.equals(whole.table)
    assert (again.state, again.reason, again.failed, again.held) == ("fresh", "", False, False)
    assert [(one.source, one.state) for one in again.standings] == [
        (LEAVERS, "fresh"),
        (NEET, "fresh"),
    ]


def test_parts_that_read_the_same_file_are_told_apart_by_their_areas(plan: Plan) -> None:
    safe = next(
        outcome for outcome in sample_outcomes() if outcome.indicator == "satisfied_with_area"
    )
    taken = parts(plan, safe)
    rows = [row for part in taken.values() for row in part.table.to_pylist()]
    assert len(rows) == safe.table.num_rows
    assert set(taken["lga_poll"].table["area_code"].to_pylist()) == {"K03000001"}


def test_a_part_that_fails_leaves_the_other_fresh(
    plan: Plan, store: OutcomeStore, whole: Outcome
) -> None:
    for part in parts(plan, whole).values():
        store.keep_fresh(part)
    store.keep_failure(INDICATOR, "dfe_neet: no answer", source=NEET)
    outcome = store.load(INDICATOR)
    assert outcome is not None
    assert outcome.table.equals(whole.table)
    assert (outcome.state, outcome.failed) == ("stale", True)
    assert outcome.reason == f"{plan.sources[NEET].title}: dfe_neet: no answer"
    assert [(one.source, one.state) for one in outcome.standings] == [
        (LEAVERS, "fresh"),
        (NEET, "stale"),
    ]


def test_a_page_says_which_part_is_current_and_which_is_not(plan: Plan, whole: Outcome) -> None:
    taken = parts(plan, whole)
    taken[NEET] = replace(taken[NEET], state="stale", reason="no answer", failed=True)
    outcome = combined(plan, INDICATOR, taken)
    assert outcome is not None
    status = Part(plan, outcome, latest_figures(plan, [outcome], [])).statuses[0]
    assert status.kind == "stale"
    assert status.because.startswith(f"{plan.sources[NEET].title}: The last good figures stand.")
    assert status.because.endswith(f"Current: {plan.sources[LEAVERS].title}.")


def test_a_part_that_never_came_is_told_beside_the_figures_of_the_other(
    plan: Plan, whole: Outcome
) -> None:
    taken = parts(plan, whole)
    nothing = replace(taken[NEET], table=whole.table.slice(0, 0), receipts=(), readings=())
    taken[NEET] = replace(nothing, state="empty", reason="no answer", failed=True)
    outcome = combined(plan, INDICATOR, taken)
    assert outcome is not None
    assert (outcome.state, outcome.table.num_rows) == ("stale", taken[LEAVERS].table.num_rows)
    assert (
        Part(plan, outcome, latest_figures(plan, [outcome], [])).statuses[0].label
        == "Part not there"
    )


def test_what_is_awaited_from_one_source_is_no_failure_of_the_whole(plan: Plan) -> None:
    outcome = next(one for one in sample_outcomes() if one.indicator == "ehc_assessments_in_time")
    assert (outcome.state, outcome.failed, outcome.reason) == ("fresh", False, "")
    assert [(one.source, one.state) for one in outcome.standings] == [
        ("council_returns", "empty"),
        ("dfe_ehc", "fresh"),
    ]


def test_a_held_part_is_accepted_alone(plan: Plan, store: OutcomeStore, whole: Outcome) -> None:
    for part in parts(plan, whole).values():
        store.keep_fresh(part)
        store.hold(part, "Held: most figures moved at once.")
    with pytest.raises(
        ThindicatorsError, match="figures of dfe_care_leavers and of dfe_neet are held"
    ):
        accept(store, INDICATOR, "The publisher says so.", "2026-11-22")
    accept(store, INDICATOR, "The publisher says so.", "2026-11-22", LEAVERS)
    outcome = store.load(INDICATOR)
    assert outcome is not None
    assert [(one.source, one.held) for one in outcome.standings] == [(LEAVERS, False), (NEET, True)]
    with pytest.raises(ThindicatorsError, match="Held are those of: dfe_neet"):
        accept(store, INDICATOR, "The publisher says so.", "2026-11-22", LEAVERS)


def test_an_outcome_kept_before_parts_had_files_of_their_own_is_read_as_parts(
    plan: Plan, tmp_path: Path, whole: Outcome
) -> None:
    write_former(whole, tmp_path / "indicators")
    store = OutcomeStore(tmp_path / "ledger", plan, former=tmp_path / "indicators")
    before = store.load(INDICATOR)
    assert before is not None
    assert before.table.equals(whole.table)
    assert (before.state, before.failed) == ("fresh", False)
    for source in (LEAVERS, NEET):
        part = store.load_part(INDICATOR, source)
        assert part is not None
        store.keep_fresh(part)
    assert sorted(path.name for path in (tmp_path / "ledger").glob("*.jsonl")) == [
        f"{INDICATOR}.{LEAVERS}.jsonl",
        f"{INDICATOR}.{NEET}.jsonl",
    ]


def test_checks_are_told_once_and_a_rule_counts_as_kept_only_if_every_part_keeps_it(
    plan: Plan, whole: Outcome
) -> None:
    rows = check_rows(whole)
    told = [(row["check"], row["result"]) for row in rows]
    assert len({tuple(row.items()) for row in rows}) == len(rows)
    remarked = {name for name, result in told if result == "warning"}
    assert not remarked & {name for name, result in told if result == "passed"}
