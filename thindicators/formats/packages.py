"""Packages: the descriptors of the published data packages, by the Data Package standard, version 2.

What belongs here: what a `datapackage.json` says, and checking it against the official profile and with frictionless.
Which files there are, and writing them, belongs in `release`. The standard: https://datapackage.org/standard/data-package/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs
from frictionless import Package
from frictionless.exception import FrictionlessException

from thindicators.contract import contract_text
from thindicators.errors import ReleaseError
from thindicators.observations.tables import TableSchema
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Indicator, Licence, Plan, Source

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
Descriptor = dict[str, Any]


@dataclass(frozen=True)
class Alternative:
    """A Parquet file with rows of a table, all of them or some.

    Attributes:
        path: Relative to the package's folder.
        title: For people.
    """

    path: str
    title: str


@dataclass(frozen=True)
class Resource:
    """One table of a package, as CSV.

    Attributes:
        name: Unique in the package.
        path: Relative to the package's folder.
        title: For people.
        schema: Of its rows.
        alternatives: The same rows as Parquet.
    """

    name: str
    path: str
    title: str
    schema: TableSchema
    alternatives: Sequence[Alternative] = ()


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
    def in_short(self) -> dict[str, str]:
        """What a file of the package says of itself, for those who find it alone."""
        title = f"{self.title} (sample edition)" if self.is_sample else self.title
        return {"package": self.name, "title": title, "licence": ", ".join(one.name for one in self.licences)}


SAMPLE_WARNING = (
    "THIS IS A SAMPLE EDITION. Its files were composed by this project from published figures, to show how everything "
    "works without a network. Do not quote it; publish the live edition for that."
)


def describe(plan: Plan, about: About, resources: Sequence[Resource], folder: Path) -> Descriptor:
    """The descriptor of a package whose files are already written.

    Args:
        plan: For whom the package is made.
        about: What the package says of itself.
        resources: Its files.
        folder: Where they are.
    """
    description = f"{SAMPLE_WARNING}\n\n{about.description}" if about.is_sample else about.description
    return {
        "$schema": PROFILE,
        "name": about.name,
        "title": f"{about.title} (sample edition)" if about.is_sample else about.title,
        "description": description,
        "homepage": plan.file.homepage,
        **({"created": about.created} if about.created else {}),
        "keywords": plan.file.keywords,
        "contributors": [
            {"title": plan.file.council, "path": plan.file.homepage, "roles": ["publisher"]},
            {"title": "thindicators", "roles": ["wrangler"]},
        ],
        "licenses": [_licence(one) for one in about.licences],
        "sources": [{"title": f"{one.publisher}: {one.title}", "path": one.homepage} for one in about.sources],
        "edition": "sample" if about.is_sample else "live",
        **({"composedFrom": list(about.composed_from)} if about.is_sample else {}),
        **about.extra,
        "resources": [_resource(one, folder) for one in resources],
    }


def about_indicator(
    plan: Plan, indicator: Indicator, outcome: Outcome, is_sample: bool, composed_from: Sequence[str]
) -> About:
    """What the package of one indicator says of itself."""
    no_fresh = [f"Why there are no fresh figures: {outcome.reason}"] if outcome.reason else []
    inner = {"ask", "also", "source", "licence", "attribution", "no_figures_because", "themes", "witnesses"}
    return About(
        name=f"{plan.file.id}-{indicator.id.replace('_', '-')}",
        title=indicator.title,
        description="\n\n".join([indicator.definition, *no_fresh, *indicator.caveats]),
        created=outcome.newest,
        is_sample=is_sample,
        composed_from=composed_from,
        sources=[plan.sources[one] for one in indicator.sources],
        licences=[plan.licence_of(indicator)],
        extra={
            "attribution": plan.attribution_of(indicator),
            "state": outcome.state,
            **({"reason": outcome.reason} if outcome.reason else {}),
            **({"accepted": [asdict(one) for one in outcome.accepted]} if outcome.accepted else {}),
            **_parts(outcome),
            **_remarks(outcome),
            "indicator": indicator.model_dump(mode="json", exclude=inner, exclude_defaults=True),
        },
    )


def _parts(outcome: Outcome) -> Descriptor:
    """How current the figures of each source are, where there are several."""
    parts = [
        {"source": part.source, "title": part.title, "state": part.state, "reason": part.reason}
        for part in outcome.standings
    ]
    return {"parts": parts} if parts else {}


def _remarks(outcome: Outcome) -> Descriptor:
    """The warnings that are published with the figures, and the reviewed exceptions, with their reasons."""
    warnings = [{"check": one.name, "seen": one.seen} for one in outcome.remarks if one.result == "warning"]
    exceptions = [
        {"check": one.name, "seen": one.seen, **asdict(one.review)} for one in outcome.remarks if one.review is not None
    ]
    return {
        **({"warnings": warnings} if warnings else {}),
        **({"exceptions": exceptions} if exceptions else {}),
    }


def load_profile() -> jsonschema_rs.Draft7Validator:
    """The official profile of a data package, ready to check descriptors."""
    profile = json.loads(contract_text("profiles/datapackage-2.0.json"))
    return jsonschema_rs.Draft7Validator(profile, validate_formats=True)


def check_package(folder: Path, profile: jsonschema_rs.Draft7Validator) -> None:
    """Check a written package against the official profile and as a stranger does: with frictionless, as it is.

    Raises:
        ReleaseError: If anything is wrong.
    """
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    errors = [
        f"{'/'.join(map(str, error.instance_path))}: {error.message[:300]}" for error in profile.iter_errors(descriptor)
    ]
    errors = errors or _frictionless_errors(path)
    if errors:
        raise ReleaseError(f"{path} is not a valid data package: {'; '.join(errors[:5])}. The release before stands.")


def _frictionless_errors(path: Path) -> list[str]:
    try:
        report = Package(str(path)).validate()
    except FrictionlessException as problem:
        return [str(problem)]
    return [" ".join(map(str, one)) for one in report.flatten(["title", "rowNumber", "fieldName", "note"])]


def _resource(resource: Resource, folder: Path) -> Descriptor:
    """What is said of a table; its delimiter too, because some readers guess it where nothing is said, and err."""
    alternatives = [_alternative(one, folder) for one in resource.alternatives]
    return {
        "name": resource.name,
        "type": "table",
        "title": resource.title,
        "path": resource.path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ","},
        **_sums(folder / resource.path),
        "schema": resource.schema,
        **({"alternatives": alternatives} if alternatives else {}),
    }


def _alternative(alternative: Alternative, folder: Path) -> Descriptor:
    """What is said of a Parquet file, as a property of its table and not as a resource of its own.

    As a resource it would be a fault to one tool or another. Frictionless says of a table of Parquet that its size is
    wrong, whatever it is, and without its parts for Parquet that it is no table; of a file that it cannot be indexed,
    and then stops; and it makes an empty table of a file in a database.
    """
    return {
        "path": alternative.path,
        "title": alternative.title,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        **_sums(folder / alternative.path),
    }


def _sums(path: Path) -> Descriptor:
    content = path.read_bytes()
    return {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def _licence(licence: Licence) -> Descriptor:
    return {name: value for name, value in licence.model_dump().items() if value}
