"""Running the refresh in Dagster, as `thindicators publish` and the UI do."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from dagster import AssetKey, DagsterEventType, DagsterInstance, DagsterRun, DagsterRunStatus
from rich.console import Console

from assets import publishing, resources
from assets.repository import REFRESH, definitions
from sources import SAMPLES
from thindicators.context import open_run_context
from thindicators.errors import SettingsError
from thindicators.refreshing import refresh
from thindicators.settings import Settings


@dataclass
class Place:
    """Folders of one test, with a sample edition that the test may break."""

    settings: Settings
    samples: Path

    def publish(self, edition: str = "sample") -> tuple[bool, str]:
        said = io.StringIO()
        succeeded = publishing.run_refresh(self.settings, edition, Console(file=said, width=200))
        return succeeded, said.getvalue()

    def last_run(self) -> DagsterRun:
        with DagsterInstance.get() as instance:
            return instance.get_runs(limit=1)[0]

    def failed_steps(self) -> list[str]:
        with DagsterInstance.get() as instance:
            log = instance.all_logs(self.last_run().run_id, of_type=DagsterEventType.STEP_FAILURE)
        return [str(entry.step_key) for entry in log]


@contextmanager
def at(folder: Path) -> Iterator[Place]:
    settings = Settings(state=folder / "state", published=folder / "published")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "SAMPLES", folder / "samples")
        patch.setattr(resources, "SAMPLES", folder / "samples")
        patch.setenv("THINDICATORS_STATE", str(settings.state))
        patch.setenv("THINDICATORS_PUBLISHED", str(settings.published))
        patch.setenv("DAGSTER_HOME", str(settings.state / "dagster"))
        yield Place(settings, folder / "samples")


@dataclass(frozen=True)
class Once:
    """Folders in which everything was published once, for tests to copy, and what was said."""

    folder: Path
    succeeded: bool
    said: str


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    folder = tmp_path_factory.mktemp("once")
    shutil.copytree(SAMPLES, folder / "samples")
    with at(folder) as place:
        succeeded, said = place.publish()
    return Once(folder, succeeded, said)


@pytest.fixture
def place(once: Once, tmp_path: Path) -> Iterator[Place]:
    """Folders of this test alone, in which everything was published once."""
    shutil.copytree(once.folder, tmp_path / "own", symlinks=True)
    with at(tmp_path / "own") as own:
        yield own


def test_a_run_publishes_and_appears_on_the_instance_that_the_ui_shows(
    once: Once, place: Place
) -> None:
    assert once.succeeded, once.said
    run = place.last_run()
    assert (run.job_name, run.status) == (REFRESH, DagsterRunStatus.SUCCESS)
    with DagsterInstance.get() as instance:
        event = instance.get_latest_materialization_event(
            AssetKey(["package", "year_6_overweight"])
        )
    assert event is not None
    assert event.asset_materialization is not None
    rows = event.asset_materialization.metadata["dagster/row_count"].value
    table = pq.read_table(
        place.settings.published / "latest/indicators/year_6_overweight/year_6_overweight.parquet"
    )
    assert rows == table.num_rows > 0


def test_the_summary_names_all_thirty_with_figures_period_and_state(
    once: Once, place: Place
) -> None:
    said = once.said
    run_context = open_run_context(place.settings, place.samples)
    for indicator in run_context.plan.indicators.values():
        assert indicator.title.split()[0] in said
    line = next(line for line in said.splitlines() if "January to December 2023" in line)
    assert all(figure in line for figure in ("66.2%", "fresh"))
    assert "THIS IS A SAMPLE EDITION" in said
    assert str(once.folder / "published" / "releases") in said


def test_one_source_that_fails_does_not_stop_the_others_and_the_run_ends_as_failed(
    place: Place,
) -> None:
    shutil.rmtree(place.samples / "ncmp")
    succeeded, said = place.publish()
    assert not succeeded
    assert "FAILED ncmp" in said
    assert place.last_run().status == DagsterRunStatus.FAILURE
    assert place.failed_steps() == ["report"]
    run_context = open_run_context(place.settings, place.samples)
    states = {one: refresh.outcomes(run_context).load(one) for one in run_context.plan.indicators}
    stale = [
        one for one, outcome in states.items() if outcome is not None and outcome.state == "stale"
    ]
    assert stale == ["year_6_overweight"]
    folder = (place.settings.published / "latest").resolve()
    assert folder.name.endswith(".2")
    assert '"state": "stale"' in (
        folder / "indicators/year_6_overweight/datapackage.json"
    ).read_text(encoding="utf-8")
    assert (
        pq.read_table(folder / "indicators/year_6_overweight/year_6_overweight.parquet").num_rows
        > 0
    )


def test_a_step_that_fails_alone_fails_its_run(place: Place) -> None:
    shutil.rmtree(place.samples / "ncmp")
    job = definitions(place.settings).resolve_job_def(REFRESH)
    with DagsterInstance.get() as instance:
        result = job.execute_in_process(
            instance=instance,
            asset_selection=[AssetKey(["snapshot", "ncmp"])],
            raise_on_error=False,
        )
    assert not result.success


def test_one_indicator_can_be_materialised_alone(place: Place) -> None:
    job = definitions(place.settings).resolve_job_def(REFRESH)
    with DagsterInstance.get() as instance:
        result = job.execute_in_process(
            instance=instance,
            asset_selection=[AssetKey(["indicator", "year_6_overweight"])],
            raise_on_error=False,
        )
        checks = result.get_asset_check_evaluations()
    assert result.success
    assert {check.check_name for check in checks} == {"figures_are_fresh", "figures_are_good"}
    warnings = [check.severity.value for check in checks if not check.passed]
    assert warnings == ["WARN"], "the sample has no figure of the borough for the latest year"


def test_held_figures_are_accepted_from_the_launchpad(place: Place) -> None:
    run_context = open_run_context(place.settings, place.samples)
    kept = refresh.outcomes(run_context)
    good = kept.load("year_6_overweight")
    assert good is not None
    kept.hold(good, "Held: most figures moved at once.")
    job = definitions(place.settings).resolve_job_def("accept_held")
    config = {"indicator": "year_6_overweight", "reason": "Weighted anew by the publisher."}
    with DagsterInstance.get() as instance:
        result = job.execute_in_process(
            instance=instance,
            run_config={"ops": {"accept_held_figures": {"config": config}}},
            raise_on_error=False,
        )
    assert result.success
    accepted = kept.load("year_6_overweight")
    assert accepted is not None
    assert (accepted.state, [one.reason for one in accepted.accepted]) == (
        "fresh",
        [config["reason"]],
    )


def test_the_other_edition_is_refused_before_a_run_starts(place: Place) -> None:
    with pytest.raises(SettingsError, match="forget-sample"):
        place.publish("live")


def test_the_users_own_dagster_settings_are_kept(place: Place) -> None:
    from assets.home import prepare

    home = prepare(place.settings)
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n# mine\n", encoding="utf-8")
    prepare(place.settings)
    assert "# mine" in (home / "dagster.yaml").read_text(encoding="utf-8")
