"""The probe of the first live day: what it finds where the way is right, and what it says where it is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sources import SAMPLES
from tests.support import NOW, module_of
from thindicators.context import RunContext, open_run_context
from thindicators.errors import ThindicatorsError
from thindicators.fetching.answers import load_answers
from thindicators.fetching.snapshots import by_role
from thindicators.fetching.transport import sample_session
from thindicators.refreshing import probe, refresh
from thindicators.settings import Settings


@pytest.fixture
def run_context(tmp_path: Path) -> RunContext:
    samples = Path(shutil.copytree(SAMPLES, tmp_path / "samples"))
    settings = Settings(state=tmp_path / "state", published=tmp_path / "published")
    return open_run_context(settings, samples, "sample", lambda: NOW)


def test_a_way_that_is_right_is_told_with_answers_figures_periods_and_areas(
    run_context: RunContext,
) -> None:
    finding = probe.probe(run_context, run_context.plan.sources["ncmp"])
    assert finding.differs == ()
    assert any("answers" in line for line in finding.found)
    assert any(
        "year_6_overweight" in line and "E09000030" in line and "/" in line
        for line in finding.found
    )
    assert any("licence line" in line for line in finding.found)


def test_a_way_that_is_wrong_says_what_differs_and_what_to_do(run_context: RunContext) -> None:
    data = next((run_context.samples / "ncmp").glob("*.csv"), None)
    assert data is not None
    for path in (run_context.samples / "ncmp").glob("*.csv"):
        if path.name != "ORIGIN.csv":
            path.write_text(
                path.read_text(encoding="utf-8").replace("Lower CI 95.0 limit", "Lower limit"),
                encoding="utf-8",
            )
    finding = probe.probe(run_context, run_context.plan.sources["ncmp"])
    assert len(finding.differs) == len(finding.remedy) == 1
    assert "Lower CI 95.0 limit" in finding.differs[0]
    assert finding.remedy[0]


def test_a_group_whose_name_is_not_known_is_told_with_the_names_that_come_near(
    run_context: RunContext,
) -> None:
    finding = probe.probe(run_context, run_context.plan.sources["ons_aps"])
    told = [
        line
        for line in finding.found
        if line.startswith("employment_rate: warning: age 50-64: no name")
    ]
    assert len(told) == 1
    assert "the nearest are “Employment rate - aged" in told[0]
    assert finding.remedy == ("Put what is right into `ask` of indicators/employment_rate.yaml.",)


def test_a_publisher_that_does_not_answer_is_one_finding(run_context: RunContext) -> None:
    shutil.rmtree(run_context.samples / "ncmp")
    finding = probe.probe(run_context, run_context.plan.sources["ncmp"])
    assert finding.found == ()
    assert len(finding.differs) == 1


@pytest.mark.parametrize("source", ["ons_aps", "ncmp", "dfe_ks4"])
def test_recorded_answers_serve_as_fixtures(
    run_context: RunContext, source: str, tmp_path: Path
) -> None:
    spec = run_context.plan.sources[source]
    indicators = run_context.plan.indicators_of(source)
    probe.probe(run_context, spec, tmp_path / "recorded")
    client = run_context.client(source)
    asked_before = by_role(module_of(source).fetch(client, indicators))
    client.session = sample_session(spec, load_answers(tmp_path / "recorded" / source))
    again = by_role(module_of(source).fetch(client, indicators))
    assert {role: one.sha256 for role, one in again.items()} == {
        role: one.sha256 for role, one in asked_before.items()
    }


def test_what_was_never_seen_is_probed_first(run_context: RunContext) -> None:
    order = [len(one.recalled) for one in probe.in_order(run_context.plan, [])]
    assert order == sorted(order, reverse=True)
    assert order[0] > 0


def test_every_source_that_is_asked_is_probed(run_context: RunContext) -> None:
    asked = {
        one.id
        for one in run_context.plan.sources.values()
        if refresh.is_fetched(run_context.plan, one)
    }
    assert {one.id for one in probe.in_order(run_context.plan, [])} == asked


def test_a_misspelt_source_is_refused_with_those_there_are(run_context: RunContext) -> None:
    with pytest.raises(ThindicatorsError, match=r"nmcp.*ncmp"):
        probe.in_order(run_context.plan, ["nmcp"])


def test_nothing_is_published(run_context: RunContext) -> None:
    probe.probe(run_context, run_context.plan.sources["ncmp"])
    assert not (run_context.settings.published / "releases").exists()
    assert not (run_context.settings.state / "indicators").exists()
