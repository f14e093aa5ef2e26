"""The jobs that somebody launches from the UI: what each does, and how it refuses."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from dagster import Config, DagsterInstance, ExecuteInProcessResult

from assets.accepting import Acceptance
from assets.backfilling import Backfill
from assets.checking import FileInTheInbox
from assets.repository import definitions
from assets.schedules import REPUBLISH
from tests.samples import sample_outcomes, sample_release, sample_run_context
from tests.sources.returns import HOMES, csv_return
from tests.support import ROOT
from thindicators.history.vintages import History
from thindicators.release.publishing import latest
from thindicators.settings import Settings

JOBS = definitions(Settings())


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy of the sample edition, fetched, read and published."""
    made = Settings(
        schemas=tmp_path / "schemas", state=tmp_path / "state", published=tmp_path / "published"
    )
    sample_release()
    done = sample_run_context().settings
    shutil.copytree(done.state, made.state)
    shutil.copytree(done.published, made.published, symlinks=True)
    shutil.copytree(ROOT / "schemas", made.schemas)
    for name in ("schemas", "state", "published"):
        monkeypatch.setenv(f"THINDICATORS_{name.upper()}", str(getattr(made, name)))
    made.inbox_of("sample").mkdir(exist_ok=True)
    return made


def run(name: str, config: Mapping[str, Any] | None = None) -> ExecuteInProcessResult:
    job = JOBS.resolve_job_def(name)
    ops = {"ops": {job.graph.nodes[0].name: {"config": config}}} if config is not None else {}
    with DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(run_config=ops, instance=instance, raise_on_error=False)


def message(result: ExecuteInProcessResult) -> str:
    assert not result.success
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    data = failed.step_failure_data.user_failure_data
    assert data is not None and data.description is not None
    return data.description


def shown(result: ExecuteInProcessResult) -> dict[str, Any]:
    """The metadata of the run's output, or of its failure."""
    if result.success:
        (output,) = [
            event.step_output_data for event in result.all_events if event.is_successful_output
        ]
        return {name: value.value for name, value in output.metadata.items()}
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    data = failed.step_failure_data.user_failure_data
    assert data is not None
    return {name: value.value for name, value in data.metadata.items()}


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_accepted_without_a_reason(settings: Settings, reason: str) -> None:
    result = run("accept_held", {"indicator": "year_6_overweight", "reason": reason})
    assert "Say why the new figures are right" in message(result)


def test_what_is_not_held_is_not_accepted(settings: Settings) -> None:
    result = run("accept_held", {"indicator": "anxiety", "reason": "Weighted anew."})
    assert "nothing is held" in message(result)


@pytest.mark.parametrize(
    ("config", "fields"),
    [
        (Acceptance, {"indicator", "reason", "source", "sum"}),
        (FileInTheInbox, {"file"}),
        (Backfill, {"release", "day", "indicators"}),
    ],
)
def test_the_launchpad_explains_every_field(config: type[Config], fields: set[str]) -> None:
    described = config.to_fields_dict()
    assert set(described) == fields
    assert all(len(field.description or "") > 10 for field in described.values())


class TestCheckReturn:
    def test_a_good_one_shows_what_would_be_published_and_publishes_nothing(
        self, settings: Settings
    ) -> None:
        path = csv_return(settings.inbox_of("sample") / "return.csv", HOMES)
        before = path.read_bytes()
        figures = shown(run("check_return", {"file": "return.csv"}))
        assert figures["figures"] == 1
        assert "affordable_homes_delivered" in figures["would_be_published"]
        assert "812" in figures["would_be_published"]
        assert path.read_bytes() == before
        assert latest(settings.published) is not None
        assert len(list((settings.published / "releases").iterdir())) == 1

    def test_a_wrong_one_fails_with_the_row_the_column_and_the_remedy(
        self, settings: Settings
    ) -> None:
        csv_return(settings.inbox_of("sample") / "return.csv", {**HOMES, "value": "about 800"})
        result = run("check_return", {"file": "return.csv"})
        assert "Row 2, column “value”" in message(result)
        assert "about 800" in shown(result)["report"]
        assert (settings.inbox_of("sample") / "return.csv").exists()

    def test_one_that_was_set_aside_can_be_checked_again(self, settings: Settings) -> None:
        (settings.inbox_of("sample") / "refused").mkdir()
        csv_return(settings.inbox_of("sample") / "refused" / "return.csv", HOMES)
        assert run("check_return", {"file": "refused/return.csv"}).success

    @pytest.mark.parametrize(
        "name", ["../indicators/anxiety.parquet", "/etc/hostname", "none.csv", ""]
    )
    def test_no_file_outside_the_inbox_is_read(self, settings: Settings, name: str) -> None:
        csv_return(settings.inbox_of("sample") / "other.csv", HOMES)
        told = message(run("check_return", {"file": name}))
        assert "There is no file" in told
        assert "There are: other.csv." in told


class TestBackfill:
    def test_a_release_read_again_is_the_same(self, settings: Settings) -> None:
        found = shown(run("backfill", {}))
        assert (found["differences"], found["figures"] > 500) == (0, True)

    def test_a_changed_definition_shows_in_every_figure_that_it_changes(
        self, settings: Settings
    ) -> None:
        path = settings.schemas / "indicators" / "anxiety.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("unit: score_0_10", "unit: ratio"), encoding="utf-8")
        found = shown(run("backfill", {"indicators": ["anxiety", "happiness"]}))
        assert found["differences"] > 10
        assert "revised" in found["indicators"]
        assert "the same" in found["indicators"]

    def test_a_lost_vintage_is_put_back_and_nothing_is_published(self, settings: Settings) -> None:
        shutil.rmtree(settings.state / "history", ignore_errors=True)
        before = sorted(path.name for path in (settings.published / "releases").iterdir())
        assert run("backfill", {"release": before[0], "indicators": ["anxiety"]}).success
        assert History(settings.state / "history").names() == before
        assert sorted(path.name for path in (settings.published / "releases").iterdir()) == before

    def test_a_lost_snapshot_fails_the_run_and_hides_no_other_indicator(
        self, settings: Settings
    ) -> None:
        outcome = next(one for one in sample_outcomes() if one.indicator == "anxiety")
        for receipt in outcome.receipts:
            (settings.state / "snapshots" / "bytes" / receipt.sha256[:2] / receipt.sha256).unlink()
        result = run("backfill", {"indicators": ["anxiety", "employment_rate"]})
        assert "Restore it from a backup" in message(result)
        assert "the same" in shown(result)["indicators"]

    @pytest.mark.parametrize(
        ("config", "told"),
        [
            ({"release": "1999-01-01.1"}, "There is no release 1999-01-01.1"),
            ({"day": "yesterday"}, "is no day. Write it as 2026-11-30"),
            ({"day": "1999-01-01"}, "Nothing had been published by 1999-01-01"),
            ({"day": "2026-11-30", "release": "2026-11-22.1"}, "not both"),
            ({"indicators": ["no_such"]}, "has no indicator no_such"),
        ],
    )
    def test_what_is_not_there_is_refused_in_words(
        self, settings: Settings, config: dict[str, Any], told: str
    ) -> None:
        assert told in message(run("backfill", config))


def test_republish_asks_nobody_and_takes_up_a_change_of_the_plan(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.resources.SAMPLES", settings.state / "no samples are here")
    path = settings.schemas / "indicators" / "anxiety.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r"^title: .*$", "title: Feeling anxious yesterday", text, flags=re.MULTILINE),
        "utf-8",
    )
    before = latest(settings.published)
    with DagsterInstance.ephemeral() as instance:
        result = JOBS.resolve_job_def(REPUBLISH).execute_in_process(
            instance=instance, raise_on_error=False
        )
    assert result.success
    assert not [event for event in result.all_events if str(event.step_key).startswith("snapshot")]
    after = latest(settings.published)
    assert after != before
    assert after is not None
    assert "Feeling anxious yesterday" in (after / "indicators.csv").read_text(encoding="utf-8")
