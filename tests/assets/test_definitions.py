"""What the UI shows: everything follows from the plan."""

from __future__ import annotations

import subprocess
import sys

import pytest
from dagster import AssetSpec, Definitions

from assets.naming import (
    RELEASE,
    REPORT,
    STATUS,
    group_of,
    indicator_key,
    package_key,
    snapshot_key,
)
from assets.repository import definitions
from tests.support import ROOT
from thindicators.plan.model import Plan
from thindicators.refreshing import refresh
from thindicators.settings import Settings


@pytest.fixture(scope="module")
def defs() -> Definitions:
    return definitions(Settings())


@pytest.fixture(scope="module")
def specs(defs: Definitions) -> dict[str, AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_every_snapshot_indicator_and_package_is_an_asset(
    plan: Plan, specs: dict[str, AssetSpec]
) -> None:
    fetched = [source.id for source in plan.sources.values() if refresh.is_fetched(plan, source)]
    expected = [snapshot_key(source) for source in [*fetched, *plan.witnesses]]
    expected += [key for one in plan.indicators for key in (indicator_key(one), package_key(one))]
    assert set(specs) == {key.to_user_string() for key in [*expected, RELEASE, REPORT, STATUS]}


def test_every_asset_has_description_owner_kind_and_group(specs: dict[str, AssetSpec]) -> None:
    for name, spec in specs.items():
        assert spec.description, name
        assert spec.owners == ["team:data-team"], name
        assert spec.kinds, name
        assert spec.group_name, name


def test_indicators_and_packages_have_a_table_schema(
    plan: Plan, specs: dict[str, AssetSpec]
) -> None:
    for one in plan.indicators:
        for key in (indicator_key(one), package_key(one)):
            schema = specs[key.to_user_string()].metadata["dagster/column_schema"]
            assert "lower_ci_95" in [column.name for column in schema.columns]


def test_indicators_are_grouped_by_call_to_action(plan: Plan, specs: dict[str, AssetSpec]) -> None:
    for one in plan.indicators.values():
        assert specs[f"indicator/{one.id}"].group_name == group_of(plan, one)


def test_a_package_follows_from_its_indicator_and_the_indicator_from_its_sources(
    specs: dict[str, AssetSpec],
) -> None:
    def upstream(name: str) -> set[str]:
        return {dep.asset_key.to_user_string() for dep in specs[name].deps}

    assert upstream("package/employment_rate") == {"indicator/employment_rate"}
    assert upstream("indicator/employment_rate") == {"snapshot/ons_aps", "snapshot/ons_els"}
    assert upstream("report") == {"release"}


def test_the_code_location_loads_without_a_warning() -> None:
    program = "import assets.definitions"
    ran = subprocess.run(
        [sys.executable, "-W", "always", "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    told = ("assets/", "Dagster", "BetaWarning", "PreviewWarning", "SupersessionWarning")
    ours = [line for line in ran.stderr.splitlines() if any(word in line for word in told)]
    assert ours == []
