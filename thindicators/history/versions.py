"""Versions of data packages, by the standard's own rules.

What belongs here: which number changes with what. The rules: https://datapackage.org/recipes/data-package-version/

- major: a field was added, removed, renamed, reordered or has another type;
- minor: figures were added;
- patch: figures were corrected or withdrawn, or only what is said about them has changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thindicators import plain_numbers
from thindicators.history.revisions import Revision

FIRST = "1.0.0"
_OF_ITSELF = ("version", "created", "resources")
"""What says nothing of the figures; of resources, the fields are compared on their own."""

Descriptor = Mapping[str, Any]


def next_version(
    before: Descriptor | None,
    now: Descriptor,
    revisions: Sequence[Revision],
) -> str:
    """The version of a package.

    Args:
        before: The descriptor of the package in the release before; None if there is none.
        now: The descriptor of the package, whose version is not yet said.
        revisions: The differences between the figures of the two.
    """
    if before is None:
        return FIRST
    major, minor, patch = (
        plain_numbers.whole_number(part) for part in before["version"].split(".")
    )
    if _fields(before) != _fields(now):
        return f"{major + 1}.0.0"
    # The gravest change decides: a reader's program may break on a field, not on a figure.
    if any(revision.kind in ("new", "ended") for revision in revisions):
        return f"{major}.{minor + 1}.0"
    if revisions or _described(before) != _described(now):
        return f"{major}.{minor}.{patch + 1}"
    return str(before["version"])


def _fields(descriptor: Descriptor) -> list[tuple[str, list[tuple[str, str]]]]:
    """Names and types of the fields of each table; the same rows as Parquet have the same."""
    fields_by_table = []
    for resource in descriptor["resources"]:
        if resource["path"].endswith(".csv"):
            fields = [(field["name"], field["type"]) for field in resource["schema"]["fields"]]
            fields_by_table.append((resource["name"], fields))
    return fields_by_table


def _described(descriptor: Descriptor) -> dict[str, Any]:
    """What a descriptor says of its figures, their sources and licences."""
    return {name: value for name, value in descriptor.items() if name not in _OF_ITSELF}
