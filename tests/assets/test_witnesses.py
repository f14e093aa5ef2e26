"""Witnesses in the UI: an asset each, and a check of every indicator that has one, which only ever warns."""

from __future__ import annotations

from pathlib import Path

import pytest
from dagster import AssetCheckSeverity, Definitions, materialize

from assets.indicators import indicator_asset
from assets.naming import indicator_key, snapshot_key
from assets.repository import definitions
from assets.resources import RunContextResource
from assets.snapshots import snapshot_asset
from assets.witnesses import ANSWERED, witness_asset
from sources import SAMPLES
from thindicators.comparing.witness_words import WITNESSED
from thindicators.observations.tables import table_schemas
from thindicators.plan.model import Plan
from thindicators.settings import Settings


@pytest.fixture(scope="module")
def defs() -> Definitions:
    return definitions(Settings())


def test_every_indicator_with_a_witness_has_the_check_and_no_other_has(
    plan: Plan, defs: Definitions
) -> None:
    checked = {
        key.asset_key
        for key in defs.resolve_asset_graph().asset_check_keys
        if key.name == WITNESSED
    }
    having = {indicator_key(one.id) for one in plan.indicators.values() if one.witnesses}
    assert checked == having
    assert len(having) == 13


def test_a_source_is_refreshed_together_with_the_witnesses_of_its_indicators(
    defs: Definitions,
) -> None:
    job = defs.resolve_job_def("refresh_ons_wellbeing")
    assert snapshot_key("ons_els") in job.asset_layer.selected_asset_keys
    assert snapshot_key("dfe_lait") not in job.asset_layer.selected_asset_keys


def test_a_witness_that_cannot_be_had_is_a_warning_and_its_indicator_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plan: Plan
) -> None:
    monkeypatch.setenv("THINDICATORS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(tmp_path / "published"))
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "ons_wellbeing").symlink_to(SAMPLES / "ons_wellbeing")
    monkeypatch.setattr("assets.resources.SAMPLES", tmp_path / "samples")
    schema = table_schemas()["observations"]
    wanted = [
        snapshot_asset(plan.sources["ons_wellbeing"]),
        witness_asset(plan.witnesses["ons_els"]),
        indicator_asset(plan, plan.indicators["happiness"], schema),
    ]
    result = materialize(
        wanted,
        resources={"run_context": RunContextResource(edition="sample")},
        raise_on_error=False,
    )
    assert result.success
    found = {(one.asset_key, one.check_name): one for one in result.get_asset_check_evaluations()}
    answered = found[snapshot_key("ons_els"), ANSWERED]
    assert (answered.passed, answered.severity) == (False, AssetCheckSeverity.WARN)
    witnessed = found[indicator_key("happiness"), WITNESSED]
    assert witnessed.passed
    assert "Not compared with" in str(witnessed.metadata["seen"].value)
