"""Names of assets, groups and pools, which the UI shows and other definitions refer to."""

from __future__ import annotations

import re

from dagster import AssetKey

from thindicators.plan.model import Indicator, Plan, Source

OWNERS = ["team:data-team"]
RELEASE = AssetKey(["release"])
REPORT = AssetKey(["report"])
STATUS = AssetKey(["status"])


def snapshot_key(source: str) -> AssetKey:
    """The asset of what a source's publisher gave."""
    return AssetKey(["snapshot", source])


def indicator_key(indicator: str) -> AssetKey:
    """The asset of an indicator's checked figures."""
    return AssetKey(["indicator", indicator])


def package_key(indicator: str) -> AssetKey:
    """The asset of an indicator's published data package."""
    return AssetKey(["package", indicator])


def group_of(plan: Plan, indicator: Indicator) -> str:
    """Indicators are grouped by call to action, with its title: `2_better_mental_health_and_wellbeing`."""
    title = plan.call_to_action_of(indicator).title.lower()
    # Dagster takes letters, digits and underscores.
    return re.sub(r"[^a-z0-9]+", "_", f"{indicator.call_to_action} {title}").strip("_")


def pool_of(source: Source) -> str:
    """One pool for each publisher, so that its hosts see few requests at a time."""
    return next(iter(source.addresses), "returns")
