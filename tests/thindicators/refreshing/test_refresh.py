"""A refresh without Dagster: what a failure of one source means for its indicators, and for the others."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sources import SAMPLES
from tests.support import NOW, ROOT
from thindicators.context import RunContext, open_run_context
from thindicators.errors import ThindicatorsError
from thindicators.parsing import parsing
from thindicators.refreshing import refresh
from thindicators.settings import Settings

Make = Callable[[], RunContext]


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLES, tmp_path / "samples"))


@pytest.fixture
def run_context(tmp_path: Path, samples: Path) -> RunContext:
    settings = Settings(state=tmp_path / "state", published=tmp_path / "published")
    return open_run_context(settings, samples, "sample", lambda: NOW)


def test_fresh_figures_come_with_their_receipts_and_passed_checks(run_context: RunContext) -> None:
    fetched = refresh.fetch(run_context, "ncmp")
    outcome = refresh.read(run_context, "year_6_overweight")
    assert fetched.failure == ""
    assert (outcome.state, outcome.failed) == ("fresh", False)
    assert outcome.checks
    assert "failed" not in {result.result for result in outcome.checks}
    assert set(outcome.table["snapshot"].to_pylist()) == {
        receipt.sha256 for receipt in outcome.receipts
    }
    assert refresh.outcomes(run_context).load("year_6_overweight") == outcome


def test_a_source_that_fails_leaves_its_last_figures_stale_with_the_reason(
    run_context: RunContext, samples: Path
) -> None:
    refresh.fetch(run_context, "ncmp")
    good = refresh.read(run_context, "year_6_overweight")
    shutil.rmtree(samples / "ncmp")
    fetched = refresh.fetch(run_context, "ncmp")
    outcome = refresh.read(run_context, "year_6_overweight")
    assert "answers.yaml" in fetched.failure
    assert (outcome.state, outcome.failed) == ("stale", True)
    assert outcome.reason == fetched.failure
    assert outcome.table.equals(good.table)
    assert outcome.receipts == good.receipts
    assert refresh.failures(run_context) == {"ncmp": fetched.failure}


def test_a_source_that_fails_before_it_ever_gave_figures_leaves_an_empty_indicator(
    run_context: RunContext, samples: Path
) -> None:
    shutil.rmtree(samples / "ncmp")
    refresh.fetch(run_context, "ncmp")
    outcome = refresh.read(run_context, "year_6_overweight")
    assert (outcome.state, outcome.failed, outcome.table.num_rows) == ("empty", True, 0)
    assert refresh.failures(run_context)


def test_a_source_that_recovers_is_fresh_again(run_context: RunContext, samples: Path) -> None:
    shutil.rmtree(samples / "ncmp")
    refresh.fetch(run_context, "ncmp")
    refresh.read(run_context, "year_6_overweight")
    shutil.copytree(SAMPLES / "ncmp", samples / "ncmp")
    refresh.fetch(run_context, "ncmp")
    assert refresh.read(run_context, "year_6_overweight").state == "fresh"
    assert refresh.failures(run_context) == {}


def test_an_indicator_whose_figures_fail_a_check_is_stopped_alone(
    run_context: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    indicator = run_context.plan.indicators["healthy_life_expectancy_male"]
    narrow = indicator.changed({"valid_range": (30.0, 60.0)})
    monkeypatch.setitem(run_context.plan.indicators, "healthy_life_expectancy_male", narrow)
    refresh.fetch(run_context, "fingertips")
    stopped = refresh.read(run_context, "healthy_life_expectancy_male")
    other = refresh.read(run_context, "healthy_life_expectancy_female")
    assert (stopped.state, stopped.failed, other.state) == ("empty", True, "fresh")
    assert "value_in_range" in stopped.reason
    assert list(refresh.failures(run_context)) == ["healthy_life_expectancy_male"]


def test_a_defect_of_a_module_is_a_failure_like_any_other(
    run_context: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sources import ncmp

    def broken(*_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(ncmp, "fetch", broken)
    fetched = refresh.fetch(run_context, "ncmp")
    assert (
        fetched.failure == "An error in the source's module, to be reported: KeyError: 'surprise'"
    )


def test_an_indicator_cannot_be_read_before_its_source_was_fetched(run_context: RunContext) -> None:
    with pytest.raises(ThindicatorsError, match=r"ncmp was never fetched\. Refresh it first"):
        refresh.read(run_context, "year_6_overweight")


PARTED = "care_experienced_and_send_neet"


def test_one_of_two_sources_that_fails_leaves_the_figures_of_the_other_fresh(
    run_context: RunContext, samples: Path
) -> None:
    for source in ("dfe_care_leavers", "dfe_neet"):
        refresh.fetch(run_context, source)
    good = refresh.read(run_context, PARTED)
    shutil.rmtree(samples / "dfe_neet")
    refresh.fetch(run_context, "dfe_neet")
    outcome = refresh.read(run_context, PARTED)
    assert [(one.source, one.state) for one in outcome.standings] == [
        ("dfe_care_leavers", "fresh"),
        ("dfe_neet", "stale"),
    ]
    assert outcome.table.equals(good.table)
    assert list(refresh.failures(run_context)) == ["dfe_neet"]


def test_one_of_two_sources_that_never_gave_anything_leaves_the_figures_of_the_other(
    run_context: RunContext, samples: Path
) -> None:
    shutil.rmtree(samples / "dfe_neet")
    for source in ("dfe_care_leavers", "dfe_neet"):
        refresh.fetch(run_context, source)
    outcome = refresh.read(run_context, PARTED)
    assert [(one.source, one.state) for one in outcome.standings] == [
        ("dfe_care_leavers", "fresh"),
        ("dfe_neet", "empty"),
    ]
    (groups,) = (one for one in outcome.standings[0].checks if one.name == "groups_present")
    assert groups.result == "warning"
    assert groups.seen.endswith("another source, which could not be read, may have it")
    shutil.copytree(SAMPLES / "dfe_neet", samples / "dfe_neet")
    refresh.fetch(run_context, "dfe_neet")
    assert refresh.read(run_context, PARTED).state == "fresh"


def test_a_source_whose_figures_fail_a_check_stops_its_own_part_only(
    run_context: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    for source in ("dfe_care_leavers", "dfe_neet"):
        refresh.fetch(run_context, source)
    wide = run_context.plan.indicators[PARTED]
    rows = refresh.read(run_context, PARTED).table.to_pylist()
    # A figure of a peer is held back by itself, and stops nothing.
    highest = max(
        row["value"]
        for row in rows
        if row["series"] == "care_leavers_19_to_21"
        and row["value"]
        and row["area_code"] in wide.areas
    )
    monkeypatch.setitem(
        run_context.plan.indicators, PARTED, wide.changed({"valid_range": (0.0, highest - 1)})
    )
    outcome = refresh.read(run_context, PARTED)
    assert [(one.source, one.state) for one in outcome.standings] == [
        ("dfe_care_leavers", "stale"),
        ("dfe_neet", "fresh"),
    ]
    assert list(refresh.failures(run_context)) == [PARTED]


def test_every_sample_gives_figures_or_a_reason(run_context: RunContext) -> None:
    for source in run_context.plan.sources.values():
        if refresh.is_fetched(run_context.plan, source):
            assert refresh.fetch(run_context, source.id).failure == ""
    for indicator in run_context.plan.indicators:
        outcome = refresh.read(run_context, indicator)
        assert not outcome.failed, outcome.reason
        assert outcome.table.num_rows or outcome.reason


def test_every_figure_of_a_sample_has_its_origin() -> None:
    folders = [path for path in SAMPLES.iterdir() if (path / "answers.yaml").exists()]
    assert folders
    assert [
        str(path.relative_to(ROOT)) for path in folders if not (path / "ORIGIN.csv").exists()
    ] == []


def test_in_a_run_an_indicator_whose_other_source_was_never_fetched_stands_and_says_so(
    run_context: RunContext,
) -> None:
    outcome = refresh.read_or_stand(run_context, "year_6_overweight")
    assert (outcome.state, outcome.failed) == ("empty", True)
    assert (
        outcome.reason == "year_6_overweight: its source ncmp was never fetched. Refresh it first."
    )
    assert refresh.outcomes(run_context).load("year_6_overweight") == outcome


def test_a_publish_reads_no_snapshot_twice_and_the_next_run_reads_all_of_them_again(
    run_context: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh.fetch(run_context, "ncmp")
    read = []
    parse = parsing.parse

    def counted(*given: Any) -> Any:
        read.append(given)
        return parse(*given)

    monkeypatch.setattr(parsing, "parse", counted)
    outcome = refresh.read(run_context, "year_6_overweight")
    (published,) = (
        one for one in refresh.all_outcomes(run_context) if one.indicator == "year_6_overweight"
    )
    assert published == outcome
    assert len(read) == 1
    assert run_context.figures_read == {}
    next_run = replace(run_context, figures_read={})
    refresh.read(next_run, "year_6_overweight")
    assert len(read) == 2
