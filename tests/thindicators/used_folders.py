"""Folders that a run has used: with a snapshot, its receipt and a release, of either edition and without a network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sources import SAMPLES
from tests.support import NOW, smaller_plan
from tests.thindicators.release.test_publishing import RECEIPT, outcomes
from thindicators.context import RunContext, open_run_context
from thindicators.editions import MARK
from thindicators.release.publishing import publish
from thindicators.settings import Settings

INDICATORS = ("employment_rate", "happiness")


def settings_in(folder: Path) -> Settings:
    """Settings with a small plan and folders of their own."""
    schemas = folder / "schemas"
    if not schemas.exists():
        smaller_plan(schemas, *INDICATORS)
    return Settings(schemas=schemas, state=folder / "state", published=folder / "published")


def opened(settings: Settings, edition: str = "") -> RunContext:
    """The context of a run in these folders."""
    return open_run_context(settings, SAMPLES, edition, lambda: NOW)


def used(folder: Path, edition: str) -> Settings:
    """Settings whose folders hold a snapshot and a release of an edition."""
    settings = settings_in(folder)
    run_context = opened(settings, edition)
    run_context.store.keep("data", b"figures", replace(RECEIPT, edition=edition))
    publish(run_context, outcomes(run_context))
    return settings


def without_marks(settings: Settings) -> Settings:
    """The same folders as a tool leaves them that copies no file whose name begins with a dot."""
    for folder in (settings.state, settings.published):
        (folder / MARK).unlink()
    return settings


def with_other_plan(settings: Settings, plan: str) -> Settings:
    """Settings with a plan of another id."""
    path = settings.schemas / "plan.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    others = [line for line in lines if not line.startswith("id:")]
    path.write_text("".join([f"id: {plan}\n", *others]), encoding="utf-8")
    return settings


def everything_in(settings: Settings) -> set[Path]:
    """All paths in both folders."""
    return {path for folder in (settings.state, settings.published) for path in folder.rglob("*")}
