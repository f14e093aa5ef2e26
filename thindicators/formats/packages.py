"""Packages: the descriptors of the published data packages, by the Data Package standard, version 2.

What belongs here: what a `datapackage.json` says, and checking it against the official profile. That frictionless looks
at the package belongs in `stranger`. Which files there are, and writing them, belongs in `release.data_packages`. The
standard: https://datapackage.org/standard/data-package/
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import jsonschema_rs

from thindicators.contract import contract_text
from thindicators.formats.stranger import DESCRIPTOR, require_no_errors
from thindicators.observations.tables import TableSchema
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Indicator, Licence, Plan, Source
from thindicators.storage.manifest import WrittenFile

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

SAMPLE_WARNING = (
    "THIS IS A SAMPLE EDITION. Its files were composed by this project from published figures, to show how everything "
    "works without a network. Do not quote it; publish the live edition for that."
)

_NOT_DESCRIBED = {
    "ask",
    "also",
    "source",
    "licence",
    "attribution",
    "no_figures_because",
    "themes",
    "witnesses",
}
"""What of an indicator's file is about how it is fetched, or is said elsewhere in the descriptor."""

Descriptor = dict[str, Any]
Profile = jsonschema_rs.Draft7Validator


@dataclass(frozen=True)
class Alternative:
    """A Parquet file with rows of a table, all of them or some.

    Attributes:
        title: For people.
        file: As it was written.
    """

    title: str
    file: WrittenFile


@dataclass(frozen=True)
class Resource:
    """One table of a package, as CSV.

    Attributes:
        name: Unique in the package.
        title: For people.
        file: As it was written.
        schema: Of its rows.
        alternatives: The same rows as Parquet.
    """

    name: str
    title: str
    file: WrittenFile
    schema: TableSchema
    alternatives: Sequence[Alternative] = ()


@dataclass(frozen=True)
class WrittenPackage:
    """A data package whose files are written.

    Attributes:
        descriptor: What its `datapackage.json` says.
        files: Its descriptor and all files that it describes, as they were written.
        contents: Their bytes, by path within the package, the descriptor first.
    """

    descriptor: Descriptor
    files: Sequence[WrittenFile]
    contents: Mapping[str, bytes]


@dataclass(frozen=True)
class About:
    """What a package says of itself.

    Attributes:
        name: Its invariant name.
        created: When the newest bytes it was made from came, RFC 3339; empty if there are none.
        is_sample: Whether it is of the sample edition.
        composed_from: For a sample, where the figures that it was composed from were published.
        sources: Whose figures it holds.
        licences: Of the figures.
        extra: Further properties, such as the definition of the indicator.
    """

    name: str
    title: str
    description: str
    created: str
    is_sample: bool
    composed_from: Sequence[str]
    sources: Sequence[Source]
    licences: Sequence[Licence]
    extra: Descriptor

    @property
    def full_title(self) -> str:
        """With a word on the sample edition."""
        return f"{self.title} (sample edition)" if self.is_sample else self.title

    @property
    def in_short(self) -> dict[str, str]:
        """What a file of the package says of itself, for those who find it alone."""
        licences = ", ".join(licence.name for licence in self.licences)
        return {
            "package": self.name,
            "title": self.full_title,
            "licence": licences,
        }


def describe(
    plan: Plan,
    about: About,
    resources: Sequence[Resource],
    folder: str = "",
) -> Descriptor:
    """The descriptor of a package whose files are already written.

    Args:
        plan: For whom the package is made.
        about: What the package says of itself.
        resources: Its files.
        folder: Of the package, within the release; empty for the top.
    """
    description = about.description
    # First of all: a portal may show no more than the first lines.
    if about.is_sample:
        description = f"{SAMPLE_WARNING}\n\n{description}"
    descriptor: Descriptor = {
        "$schema": PROFILE,
        "name": about.name,
        "title": about.full_title,
        "description": description,
        "homepage": plan.file.homepage,
    }
    # The order of the keys is that in which a reader comes upon them, so that it is kept.
    if about.created:
        descriptor["created"] = about.created
    descriptor["keywords"] = plan.file.keywords
    descriptor["contributors"] = [
        {
            "title": plan.file.council,
            "path": plan.file.homepage,
            "roles": ["publisher"],
        },
        {"title": "thindicators", "roles": ["wrangler"]},
    ]
    descriptor["licenses"] = [_licence(licence) for licence in about.licences]
    descriptor["sources"] = [_source(source) for source in about.sources]
    descriptor["edition"] = "sample" if about.is_sample else "live"
    if about.is_sample:
        descriptor["composedFrom"] = list(about.composed_from)
    descriptor.update(about.extra)
    descriptor["resources"] = [_resource(resource, folder) for resource in resources]
    return descriptor


def about_indicator(
    plan: Plan,
    indicator: Indicator,
    outcome: Outcome,
    is_sample: bool,
    composed_from: Sequence[str],
) -> About:
    """What the package of one indicator says of itself."""
    paragraphs = [indicator.definition]
    if outcome.reason:
        paragraphs.append(f"Why there are no fresh figures: {outcome.reason}")
    paragraphs += indicator.all_caveats
    return About(
        name=f"{plan.file.id}-{indicator.id.replace('_', '-')}",
        title=indicator.title,
        description="\n\n".join(paragraphs),
        created=outcome.newest,
        is_sample=is_sample,
        composed_from=composed_from,
        sources=[plan.sources[source] for source in indicator.sources],
        licences=[plan.licence_of(indicator)],
        extra=_about_figures(plan, indicator, outcome),
    )


def _about_figures(
    plan: Plan,
    indicator: Indicator,
    outcome: Outcome,
) -> Descriptor:
    """How the figures of an indicator stand, and what its own file says of it."""
    extra: Descriptor = {
        "attribution": plan.attribution_of(indicator),
        "state": outcome.state,
    }
    if outcome.reason:
        extra["reason"] = outcome.reason
    if outcome.accepted:
        extra["accepted"] = [asdict(acceptance) for acceptance in outcome.accepted]
    extra.update(_parts(outcome))
    extra.update(_remarks(outcome))
    extra["indicator"] = indicator.model_dump(
        mode="json",
        exclude=_NOT_DESCRIBED,
        exclude_defaults=True,
    )
    return extra


def _parts(outcome: Outcome) -> Descriptor:
    """How current the figures of each source are, where there are several."""
    parts = [
        {
            "source": part.source,
            "title": part.title,
            "state": part.state,
            "reason": part.reason,
        }
        for part in outcome.standings
    ]
    return {"parts": parts} if parts else {}


def _remarks(outcome: Outcome) -> Descriptor:
    """The warnings that are published with the figures, and the reviewed exceptions, with their reasons."""
    warnings = [
        {"check": remark.name, "seen": remark.seen}
        for remark in outcome.remarks
        if remark.result == "warning"
    ]
    exceptions = [
        {
            "check": remark.name,
            "seen": remark.seen,
            **asdict(remark.review),
        }
        for remark in outcome.remarks
        if remark.review is not None
    ]
    remarks: Descriptor = {}
    if warnings:
        remarks["warnings"] = warnings
    if exceptions:
        remarks["exceptions"] = exceptions
    return remarks


def load_profile() -> Profile:
    """The official profile of a data package, ready to check descriptors."""
    profile = json.loads(contract_text("profiles/datapackage-2.0.json"))
    return jsonschema_rs.Draft7Validator(profile, validate_formats=True)


def check_descriptor(
    folder: Path,
    profile: Profile,
) -> None:
    """Check the descriptor of a written package against the official profile.

    Raises:
        ReleaseError: If anything is wrong.
    """
    path = folder / DESCRIPTOR
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    errors = []
    for error in profile.iter_errors(descriptor):
        place = "/".join(map(str, error.instance_path))
        # A message quotes what it is about, which may be the whole descriptor.
        errors.append(f"{place}: {error.message[:300]}")
    require_no_errors(path, errors)


def _resource(resource: Resource, folder: str) -> Descriptor:
    """What is said of a table; its delimiter too, because some readers guess it where nothing is said, and err."""
    alternatives = [_alternative(alternative, folder) for alternative in resource.alternatives]
    described: Descriptor = {
        "name": resource.name,
        "type": "table",
        "title": resource.title,
        "path": path_in_package(resource.file, folder),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ","},
        **_sums(resource.file),
        "schema": resource.schema,
    }
    if alternatives:
        described["alternatives"] = alternatives
    return described


def _alternative(
    alternative: Alternative,
    folder: str,
) -> Descriptor:
    """What is said of a Parquet file, as a property of its table and not as a resource of its own.

    As a resource it would be a fault to one tool or another. Frictionless says of a table of Parquet that its size is
    wrong, whatever it is, and without its parts for Parquet that it is no table; of a file that it cannot be indexed,
    and then stops; and it makes an empty table of a file in a database.
    """
    return {
        "path": path_in_package(alternative.file, folder),
        "title": alternative.title,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        **_sums(alternative.file),
    }


def path_in_package(file: WrittenFile, folder: str) -> str:
    """The path of a file of a release, as the descriptor of a package in a folder names it."""
    return PurePosixPath(file.path).relative_to(folder).as_posix()


def _sums(file: WrittenFile) -> Descriptor:
    return {"bytes": file.size, "hash": f"sha256:{file.sha256}"}


def _licence(licence: Licence) -> Descriptor:
    # The profile takes no empty path: where there is no page, there is no such key.
    return {name: value for name, value in licence.model_dump().items() if value}


def _source(source: Source) -> Descriptor:
    return {
        "title": f"{source.publisher}: {source.title}",
        "path": source.homepage,
    }
