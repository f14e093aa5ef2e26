"""The probe of the first live day: what it finds where the way is right, and what it says where it is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sources import SAMPLES
from tests.support import NOW, module_of
from thindicators.context import Workshop, open_workshop
from thindicators.errors import ThindicatorsError
from thindicators.fetching.answers import load_answers
from thindicators.fetching.snapshots import by_role
from thindicators.fetching.transport import sample_session
from thindicators.refreshing import probe, refresh
from thindicators.settings import Settings


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    samples = Path(shutil.copytree(SAMPLES, tmp_path / "samples"))
    settings = Settings(state=tmp_path / "state", published=tmp_path / "published")
    return open_workshop(settings, samples, "sample", lambda: NOW)


def test_a_way_that_is_right_is_told_with_answers_figures_periods_and_areas(
    workshop: Workshop,
) -> None:
    finding = probe.probe(workshop, workshop.plan.sources["ncmp"])
    assert finding.differs == ()
    assert any("answers" in line for line in finding.found)
    assert any(
        "year_6_overweight" in line and "E09000030" in line and "/" in line
        for line in finding.found
    )
    assert any("licence line" in line for line in finding.found)


def test_a_way_that_is_wrong_says_what_differs_and_what_to_do(workshop: Workshop) -> None:
    data = next((workshop.samples / "ncmp").glob("*.csv"), None)
    assert data is not None
    for path in (workshop.samples / "ncmp").glob("*.csv"):
        if path.name != "ORIGIN.csv":
            path.write_text(
                path.read_text(encoding="utf-8").replace("Lower CI 95.0 limit", "Lower limit"),
                encoding="utf-8",
            )
    finding = probe.probe(workshop, workshop.plan.sources["ncmp"])
    assert len(finding.differs) == len(finding.remedy) == 1
    assert "Lower CI 95.0 limit" in finding.differs[0]
    assert finding.remedy[0]


def test_a_group_whose_name_is_not_known_is_told_with_the_names_that_come_near(
    workshop: Workshop,
) -> None:
    finding = probe.probe(workshop, workshop.plan.sources["ons_aps"])
    told = [
        line
        for line in finding.found
        if line.startswith("employment_rate: warning: age 50-64: no name")
    ]
    assert len(told) == 1
    assert "the nearest are “Employment rate - aged" in told[0]
    assert finding.remedy == ("Put what is right into `ask` of indicators/employment_rate.yaml.",)


def test_a_publisher_that_does_not_answer_is_one_finding(workshop: Workshop) -> None:
    shutil.rmtree(workshop.samples / "ncmp")
    finding = probe.probe(workshop, workshop.plan.sources["ncmp"])
    assert finding.found == ()
    assert len(finding.differs) == 1


@pytest.mark.parametrize("source", ["ons_aps", "ncmp", "dfe_ks4"])
def test_recorded_answers_serve_as_fixtures(
    workshop: Workshop, source: str, tmp_path: Path
) -> None:
    spec = workshop.plan.sources[source]
    indicators = workshop.plan.indicators_of(source)
    probe.probe(workshop, spec, tmp_path / "recorded")
    client = workshop.client(source)
    asked_before = by_role(module_of(source).fetch(client, indicators))
    client.session = sample_session(spec, load_answers(tmp_path / "recorded" / source))
    again = by_role(module_of(source).fetch(client, indicators))
    assert {role: one.sha256 for role, one in again.items()} == {
        role: one.sha256 for role, one in asked_before.items()
    }


def test_what_was_never_seen_is_probed_first(workshop: Workshop) -> None:
    order = [len(one.recalled) for one in probe.in_order(workshop.plan, [])]
    assert order == sorted(order, reverse=True)
    assert order[0] > 0


def test_every_source_that_is_asked_is_probed(workshop: Workshop) -> None:
    asked = {
        one.id for one in workshop.plan.sources.values() if refresh.is_fetched(workshop.plan, one)
    }
    assert {one.id for one in probe.in_order(workshop.plan, [])} == asked


def test_a_misspelt_source_is_refused_with_those_there_are(workshop: Workshop) -> None:
    with pytest.raises(ThindicatorsError, match=r"nmcp.*ncmp"):
        probe.in_order(workshop.plan, ["nmcp"])


def test_nothing_is_published(workshop: Workshop) -> None:
    probe.probe(workshop, workshop.plan.sources["ncmp"])
    assert not (workshop.settings.published / "releases").exists()
    assert not (workshop.settings.state / "indicators").exists()
