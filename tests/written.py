"""What a release on disk publishes, put together again from its files, for tests of what is made from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from thindicators.comparing.latest_figures import latest_figures
from thindicators.comparing.verdicts import comparisons
from thindicators.formats import registry
from thindicators.formats.media_types import CSV, PARQUET
from thindicators.formats.packages import WrittenPackage
from thindicators.formats.published import Published, PublishedPlan
from thindicators.history.vintages import WHOLE_PLAN
from thindicators.outcomes.outcome import Outcome
from thindicators.packs.files import OF_A_BOARD
from thindicators.plan.model import Plan
from thindicators.release.changes import CHANGES
from thindicators.storage.descriptors import described_files
from thindicators.storage.manifest import WrittenFile, note_of


def indicator_at(release: Path, plan: Plan, outcome: Outcome) -> Published:
    """An indicator with its data package as it stands in a release."""
    package = package_at(release, f"indicators/{outcome.indicator}")
    latest = latest_figures(plan, [outcome], comparisons(plan, [outcome]))
    return Published(plan, outcome, package, latest)


def plan_at(release: Path, plan: Plan, outcomes: Sequence[Outcome], name: str) -> PublishedPlan:
    """The whole plan with the files that a release holds of it."""
    indicators = [indicator_at(release, plan, outcome) for outcome in outcomes]
    downloads = {outcome.indicator: _files_of(release, outcome.indicator) for outcome in outcomes}
    whole = package_at(release, "")
    tables = {**downloads, WHOLE_PLAN: _tables(release, whole)}
    published = PublishedPlan(plan, name, whole, indicators, tables)
    offered = [*tables[WHOLE_PLAN], *_offered_formats(release, published)]
    return replace(published, downloads={**tables, WHOLE_PLAN: offered})


def _offered_formats(release: Path, whole: PublishedPlan) -> list[WrittenFile]:
    files = []
    for row in (*OF_A_BOARD, *registry.OF_THE_PLAN):
        if row.is_download:
            for path in row.contents(whole):
                content = (release / path).read_bytes()
                files.append(note_of(path, content, row.title, row.media_type, row.portal_type))
    return files


def package_at(release: Path, folder: str) -> WrittenPackage:
    """A data package as it stands in a folder of a release; its files are not noted."""
    place = release / folder
    descriptor = json.loads((place / "datapackage.json").read_text(encoding="utf-8"))
    paths = ["datapackage.json", *(file["path"] for file in described_files(descriptor))]
    return WrittenPackage(descriptor, [], {path: (place / path).read_bytes() for path in paths})


def _files_of(release: Path, indicator: str) -> list[WrittenFile]:
    return [
        note_of(
            row.path(indicator),
            (release / row.path(indicator)).read_bytes(),
            row.title,
            row.media_type,
            row.portal_type,
        )
        for row in registry.OF_AN_INDICATOR
    ]


def _tables(release: Path, whole: WrittenPackage) -> list[WrittenFile]:
    kinds = {"csv": CSV, "parquet": PARQUET}
    return [
        note_of(
            file["path"],
            (release / file["path"]).read_bytes(),
            file["title"],
            kinds[file["format"]],
            file["format"].upper() if file["path"].startswith("observations.") else "",
        )
        for file in described_files(whole.descriptor)
        if "/" not in file["path"] and file["path"] not in CHANGES
    ]
