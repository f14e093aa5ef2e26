"""Returns to practise on: in the sample edition a return goes the whole way, marked, and never becomes a live figure."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources import SAMPLES
from sources.returns.inbox import sort_inbox
from sources.returns.rows import PRACTICE_NOTE
from tests.sources.returns import HOMES, Row, csv_return
from tests.sources.test_inbox import SOURCES, names
from tests.support import NOW
from thindicators.context import RunContext, open_run_context
from thindicators.forgetting import forget_sample
from thindicators.outcomes.outcome import Outcome
from thindicators.refreshing import refresh
from thindicators.settings import Settings

QUOTED: Row = {**HOMES, "licence_confirmed": "quoted"}
BESIDE_THE_SAMPLE: Row = {
    **HOMES,
    "definition_version": "city_hall_reported",
    "period_start": "2015-04-01",
    "period_end": "2016-03-31",
    "period_label": "2015/16",
    "supplied_on": "2026-11-22",
}
"""A figure that the sample has too, supplied on the day on which the sample was composed."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path / "state", published=tmp_path / "published")


@pytest.fixture
def sample(settings: Settings) -> RunContext:
    run_context = open_run_context(settings, SAMPLES, "sample", lambda: NOW)
    sort_inbox(run_context)
    return run_context


def refreshed(run_context: RunContext) -> Outcome:
    for source in SOURCES:
        assert refresh.fetch(run_context, source).failure == ""
    return refresh.read(run_context, "affordable_homes_delivered")


def practised(outcome: Outcome) -> list[tuple[str, float | None]]:
    """Label and value of the figures that are marked as practice."""
    rows = outcome.table.to_pylist()
    marked = [row for row in rows if (row["note"] or "").startswith(PRACTICE_NOTE)]
    return [(row["period_label"], row["value"]) for row in marked]


def test_the_folders_of_both_editions_are_there_from_the_first_refresh(
    sample: RunContext, settings: Settings
) -> None:
    assert settings.inbox.is_dir()
    assert sample.inbox.is_dir()
    assert sample.inbox != settings.inbox


def test_a_right_one_is_published_with_the_sample_and_marked(sample: RunContext) -> None:
    csv_return(sample.inbox / "return.csv", HOMES)
    outcome = refreshed(sample)
    assert outcome.state == "fresh"
    assert practised(outcome) == [("2025/26", 812)]
    assert outcome.table.num_rows > 1  # what the sample itself has is beside it, unmarked
    (receipt,) = [receipt for receipt in outcome.receipts if receipt.is_practice]
    assert (receipt.url, receipt.edition) == ("practice/return.csv", "sample")


def test_one_may_have_the_name_of_a_file_of_the_sample(sample: RunContext) -> None:
    csv_return(sample.inbox / "publicly_reported.csv", HOMES)
    outcome = refreshed(sample)
    assert practised(outcome) == [("2025/26", 812)]
    assert 886 in outcome.table["value"].to_pylist()


def test_a_wrong_one_is_set_aside_with_its_report(sample: RunContext) -> None:
    csv_return(sample.inbox / "return.csv", {**HOMES, "value": "about 800"})
    assert practised(refreshed(sample)) == []
    report = (sample.refused / "return.csv.report.txt").read_text(encoding="utf-8")
    assert "Row 2, column “value”" in report


def test_one_that_was_right_stands_again_if_a_wrong_one_comes_in_its_place(
    sample: RunContext,
) -> None:
    csv_return(sample.inbox / "return.csv", HOMES)
    refreshed(sample)
    csv_return(sample.inbox / "return.csv", {**HOMES, "value": "about 800"})
    assert practised(refreshed(sample)) == [("2025/26", 812)]
    assert names(sample.refused) == ["return.csv", "return.csv.report.txt"]


@pytest.mark.parametrize("row", [QUOTED, BESIDE_THE_SAMPLE])
def test_one_that_contradicts_the_sample_is_set_aside_and_stops_no_figure_of_it(
    sample: RunContext, row: Row
) -> None:
    csv_return(sample.inbox / "return.csv", row)
    outcome = refreshed(sample)
    assert outcome.state == "fresh"
    assert practised(outcome) == []
    assert names(sample.refused) == ["return.csv", "return.csv.report.txt"]


def test_none_is_read_by_the_live_edition_that_takes_the_folders(
    sample: RunContext, settings: Settings
) -> None:
    csv_return(sample.inbox / "return.csv", HOMES)
    refreshed(sample)
    forget_sample(settings)
    live = open_run_context(settings, SAMPLES, "live", lambda: NOW)
    assert refreshed(live).state == "empty"
    assert names(sample.inbox) == ["return.csv"]


def test_a_return_in_the_folder_of_the_live_edition_is_no_practice(
    sample: RunContext, settings: Settings
) -> None:
    csv_return(settings.inbox / "return.csv", HOMES)
    assert practised(refreshed(sample)) == []
    assert names(settings.inbox) == ["return.csv"]
