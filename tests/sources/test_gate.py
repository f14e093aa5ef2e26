"""The gate from end to end: what a check sees is published with the figures, and an exception holds until its day."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.samples import earlier_samples, sample_outcomes
from tests.support import NOW, smaller_plan
from thindicators.context import RunContext, open_run_context
from thindicators.outcomes.outcome import Outcome
from thindicators.parsing import parsing
from thindicators.plan.loading import load_plan
from thindicators.refreshing import refresh
from thindicators.refreshing.refresh import all_outcomes
from thindicators.refreshing.remake import verify
from thindicators.release.publishing import Release, publish
from thindicators.settings import Settings

POOR = "children_low_income"
FALL = "a fall of 4.0 since the year before; the median of the 5 earlier changes is a rise of 0.7"
EXCEPTION = """\
exceptions:
  - indicator: children_low_income
    check: {check}
    reason: Incomes were supported during the pandemic.
    who: Head of corporate intelligence
    until: {until}
"""


RELEASED = "2022-03-31"
"""The release of DWP with a change that is unusual; in a sample it is also the day by which exceptions are in date."""


@pytest.fixture
def run_context(tmp_path: Path) -> RunContext:
    """Two indicators of the sample edition as it was with DWP's release of March 2022."""
    schemas = smaller_plan(tmp_path / "schemas", POOR, "employment_rate")
    settings = Settings(state=tmp_path / "state", published=tmp_path / "published", schemas=schemas)
    samples = earlier_samples(tmp_path / "samples", {"dwp_low_income": RELEASED})
    return open_run_context(settings, samples, "sample", lambda: NOW)


def test_a_group_whose_name_was_not_found_is_a_warning_published_with_the_figures(
    run_context: RunContext,
) -> None:
    refresh.fetch(run_context, "ons_aps")
    outcome = refresh.read(run_context, "employment_rate")
    assert outcome.state == "fresh"
    (row,) = check_rows(
        published(run_context), indicator="employment_rate", check="everything_was_found"
    )
    assert (row["result"], row["figures"]) == ("warning", "published")
    assert "age 50-64: no name in the code list has the words" in row["seen"]


def refreshed(run_context: RunContext) -> Outcome:
    refresh.fetch(run_context, "dwp_low_income")
    return refresh.read(run_context, POOR)


def excepting(
    run_context: RunContext, check: str = "change_is_plausible", until: str = "2027-03-31"
) -> RunContext:
    path = run_context.settings.schemas / "exceptions.yaml"
    path.write_text(EXCEPTION.format(check=check, until=until), encoding="utf-8")
    return replace(run_context, plan=load_plan(run_context.settings.schemas))


def published(run_context: RunContext) -> Release:
    return publish(run_context, all_outcomes(run_context))


def check_rows(release: Release, **wanted: str) -> list[dict[str, str]]:
    with (release.folder / "checks.csv").open(encoding="utf-8", newline="") as file:
        return [
            row
            for row in csv.DictReader(file)
            if all(row[name] == value for name, value in wanted.items())
        ]


def descriptor(release: Release) -> dict[str, Any]:
    path = release.folder / "indicators" / POOR / "datapackage.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def notes(outcome: Outcome) -> list[str]:
    rows = outcome.table.to_pylist()
    return [
        row["note"]
        for row in rows
        if (row["period_label"], row["area_name"]) == ("FYE 2021", "Tower Hamlets")
    ]


def without_the_last_year(table: pa.Table) -> pa.Table:
    return table.filter(pc.not_equal(table["period_label"], "FYE 2021"))


class TestAWarning:
    def test_is_published_with_the_figure_and_beside_it(self, run_context: RunContext) -> None:
        outcome = refreshed(run_context)
        release = published(run_context)
        assert outcome.state == "fresh"
        assert [note.endswith(f"Unusual: {FALL}.") for note in notes(outcome)] == [True]
        (row,) = check_rows(release, indicator=POOR, result="warning")
        assert (row["check"], row["figures"]) == ("change_is_plausible", "published")
        assert row["seen"] == f"Tower Hamlets, FYE 2021: {FALL}"
        assert descriptor(release)["warnings"] == [{"check": row["check"], "seen": row["seen"]}]

    def test_makes_no_new_release_when_it_is_seen_again(self, run_context: RunContext) -> None:
        refreshed(run_context)
        first = published(run_context)
        refreshed(run_context)
        assert not published(run_context).is_new
        assert verify(run_context, first.folder) == []

    def test_stays_with_figures_that_stand_when_their_source_fails(
        self, run_context: RunContext, tmp_path: Path
    ) -> None:
        refreshed(run_context)
        broken = replace(run_context, samples=tmp_path / "none")
        assert refreshed(broken).state == "stale"
        release = published(broken)
        assert [row["check"] for row in check_rows(release, indicator=POOR)] == [
            "change_is_plausible"
        ]
        assert "warnings" in descriptor(release)


class TestFiguresThatAreRefused:
    def test_show_what_failed_beside_what_stands(
        self, run_context: RunContext, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refreshed(run_context)
        narrow = run_context.plan.indicators[POOR].changed({"valid_range": (0.0, 20.0)})
        monkeypatch.setitem(run_context.plan.indicators, POOR, narrow)
        assert refreshed(run_context).state == "stale"
        (row,) = check_rows(published(run_context), indicator=POOR, result="failed")
        assert (row["figures"], row["check"]) == ("refused", "value_in_range")
        assert "Tower Hamlets, FYE 2015: 23 is not within 0 and 20" in row["seen"]

    def test_are_held_in_words_if_published_ones_are_lost(
        self, run_context: RunContext, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refreshed(run_context)
        figures = parsing.figures
        monkeypatch.setattr(
            refresh,
            "figures_and_doubts",
            lambda *given: (without_the_last_year(figures(*given)), []),
        )
        outcome = refreshed(run_context)
        assert outcome.reason.startswith(
            "Held: 1 published figures gone: E09000030 2020-04-01/P1Y total"
        )
        found = {one.name: one.seen for one in outcome.checks if not one.passed}
        assert (
            found["nothing_published_is_lost"]
            == "1 published figures gone: E09000030 2020-04-01/P1Y total"
        )
        assert found["latest_period_not_older"].startswith(
            "the latest period is FYE 2020; one that ends on 2021-03-31"
        )


class TestAnException:
    def test_is_published_with_its_reason_in_place_of_the_warning(
        self, run_context: RunContext
    ) -> None:
        reviewed = excepting(run_context)
        outcome = refreshed(reviewed)
        release = published(reviewed)
        (note,) = notes(outcome)
        assert note.endswith("Reviewed exception: Incomes were supported during the pandemic.")
        (row,) = check_rows(release, indicator=POOR, result="excepted")
        assert (row["exception_by"], row["exception_until"]) == (
            "Head of corporate intelligence",
            "2027-03-31",
        )
        found = descriptor(release)
        assert "warnings" not in found
        assert [one["reason"] for one in found["exceptions"]] == [
            "Incomes were supported during the pandemic."
        ]

    def test_that_has_expired_stops_the_indicator_and_says_what_to_do(
        self, run_context: RunContext
    ) -> None:
        refreshed(run_context)
        outcome = refreshed(excepting(run_context, until="2022-03-30"))
        assert (outcome.state, outcome.failed) == ("stale", True)
        assert (
            "ended on 2022-03-30: review the figures again, then give it another last day"
            in outcome.reason
        )

    @pytest.mark.parametrize(
        "now", [datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)]
    )
    def test_is_in_date_for_a_sample_on_the_day_it_was_composed(
        self, run_context: RunContext, now: datetime
    ) -> None:
        """As the receipts are, so that a sample gives the same bytes on any day."""
        later = replace(excepting(run_context, until=RELEASED), now=lambda: now)
        assert refreshed(later).state == "fresh"

    def test_is_in_date_for_live_figures_on_the_day_of_the_run(
        self, run_context: RunContext
    ) -> None:
        refreshed(run_context)
        reviewed = replace(excepting(run_context, until="2026-11-22"), edition="live")
        assert refresh.read(reviewed, POOR).state == "fresh"
        later = replace(reviewed, now=lambda: datetime(2026, 11, 23, tzinfo=UTC))
        assert refresh.read(later, POOR).state == "stale"

    def test_that_covers_nothing_is_published_with_a_warning(self, run_context: RunContext) -> None:
        outcome = refreshed(excepting(run_context, check="value_in_range"))
        found = {one.name: one.result for one in outcome.remarks}
        assert found == {"change_is_plausible": "warning", "exceptions_are_needed": "warning"}


def test_every_figure_of_the_sample_edition_passes_or_warns_with_a_true_sentence() -> None:
    outcomes = sample_outcomes()
    assert [outcome.indicator for outcome in outcomes if outcome.failed] == []
    warned = {(outcome.indicator, one.name) for outcome in outcomes for one in outcome.remarks}
    assert warned == {
        ("anxiety", "change_is_plausible"),
        ("life_satisfaction", "change_is_plausible"),
        ("year_6_overweight", "change_is_plausible"),
        ("co2_emissions", "figures_not_repeated"),
        ("employment_rate", "everything_was_found"),
        ("gdhi_per_head", "change_is_plausible"),
        ("neet_16_17", "periods_without_gaps"),
        ("care_experienced_and_send_neet", "periods_without_gaps"),
        ("community_grants_outputs", "latest_period_complete"),
        ("dwellings_per_child", "latest_period_complete"),
        ("year_6_overweight", "latest_period_complete"),
    }
