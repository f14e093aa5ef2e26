"""A refused return in the UI: a check of what is handed in, red with the report until the file is mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from dagster import AssetCheckResult, AssetKey, DagsterInstance

from assets.refused import CHECK, refused_results, refused_specs, reports
from assets.repository import REFRESH, definitions
from sources import SAMPLES
from tests.sources.returns import HOMES, PUPILS, Row, csv_return
from tests.support import NOW
from thindicators.context import RunContext, open_run_context
from thindicators.plan.model import Plan
from thindicators.refreshing import refresh
from thindicators.refreshing.refused import refused_returns
from thindicators.settings import Settings

WRONG: Row = {**HOMES, "value": "about 800"}


@pytest.fixture
def run_context(tmp_path: Path) -> RunContext:
    settings = Settings(state=tmp_path / "state", published=tmp_path / "published")
    made = open_run_context(settings, SAMPLES, "live", lambda: NOW)
    made.inbox.mkdir(parents=True)
    return made


def handed_in(run_context: RunContext, name: str, *rows: Row) -> None:
    csv_return(run_context.inbox / name, *rows)
    assert refresh.fetch(run_context, "council_returns").failure == ""


def checked(run_context: RunContext, source: str) -> tuple[AssetCheckResult, list[str]]:
    """The check of a source, and what the run is warned of."""
    warnings: list[str] = []
    (result,) = refused_results(run_context, run_context.plan.sources[source], warnings.append)
    return result, warnings


def report_of(result: AssetCheckResult) -> str:
    return str(result.metadata["report"].value)


def test_every_source_that_is_handed_in_has_the_check_and_no_other(plan: Plan) -> None:
    with_check = {source.id for source in plan.sources.values() if refused_specs(source)}
    assert with_check == {"council_returns", "lga_poll", "pupil_survey", "residents_survey"}


def test_it_passes_while_no_file_waits(run_context: RunContext) -> None:
    handed_in(run_context, "return.csv", HOMES)
    result, warnings = checked(run_context, "council_returns")
    assert (result.passed, result.check_name, warnings) == (True, CHECK, [])


def test_it_fails_with_row_column_and_remedy_and_warns_the_run(run_context: RunContext) -> None:
    handed_in(run_context, "return.csv", WRONG)
    result, warnings = checked(run_context, "council_returns")
    assert not result.passed
    assert "Row 2, column “value”" in report_of(result)
    assert "To mend it" in report_of(result)
    (warning,) = warnings
    assert "return.csv: 1 problem" in warning
    assert "put it into" in warning


def test_it_fails_only_where_the_file_seems_to_belong(run_context: RunContext) -> None:
    handed_in(run_context, "return.csv", WRONG)
    result, _warnings = checked(run_context, "pupil_survey")
    assert result.passed


def test_a_file_that_names_no_indicator_may_be_anybodys(run_context: RunContext) -> None:
    (run_context.inbox / "return.docx").write_bytes(b"PK")
    refresh.fetch(run_context, "council_returns")
    for source in ("council_returns", "pupil_survey"):
        result, _warnings = checked(run_context, source)
        assert not result.passed


def test_it_passes_again_when_the_file_is_mended(run_context: RunContext) -> None:
    handed_in(run_context, "return.csv", WRONG)
    handed_in(run_context, "return.csv", HOMES)
    result, _warnings = checked(run_context, "council_returns")
    assert result.passed


def test_what_a_file_says_is_shown_as_text(run_context: RunContext) -> None:
    handed_in(run_context, "return.csv", {**HOMES, "value": "[here](https://evil.example)"})
    shown = reports(refused_returns(run_context))
    assert "“\\[here](https://evil.example)”" in shown


def test_a_run_shows_it(run_context: RunContext, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = run_context.settings
    monkeypatch.setenv("THINDICATORS_STATE", str(settings.state))
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(settings.published))
    csv_return(run_context.inbox / "return.csv", {**PUPILS, "value": "many"})
    job = definitions(settings).resolve_job_def(REFRESH)
    key = AssetKey(["snapshot", "pupil_survey"])
    with DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, asset_selection=[key])
    evaluations = {one.check_name: one for one in result.get_asset_check_evaluations()}
    assert evaluations["publisher_answered"].passed
    assert not evaluations[CHECK].passed
