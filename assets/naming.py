"""Names of assets, groups and pools, which the UI shows and other definitions refer to."""

from __future__ import annotations

from dagster import AssetKey

from thindicators.plan.model import Indicator, Source

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


def group_of(indicator: Indicator) -> str:
    """Indicators are grouped by call to action."""
    return f"call_to_action_{indicator.call_to_action}"


def pool_of(source: Source) -> str:
    """One pool for each publisher, so that its hosts see few requests at a time."""
    return next(iter(source.addresses), "returns")
