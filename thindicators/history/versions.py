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

Descriptor = Mapping[str, Any]


def next_version(before: Descriptor | None, now: Descriptor, revisions: Sequence[Revision]) -> str:
    """The version of a package.

    Args:
        before: The descriptor of the package in the release before; None if there is none.
        now: The descriptor of the package, whose version is not yet said.
        revisions: The differences between the figures of the two.
    """
    if before is None:
        return FIRST
    major, minor, patch = (plain_numbers.whole_number(part) for part in before["version"].split("."))
    if _fields(before) != _fields(now):
        return f"{major + 1}.0.0"
    if any(one.kind == "new" for one in revisions):
        return f"{major}.{minor + 1}.0"
    if revisions or _said(before) != _said(now):
        return f"{major}.{minor}.{patch + 1}"
    return str(before["version"])


def _fields(descriptor: Descriptor) -> list[tuple[str, list[tuple[str, str]]]]:
    """Names and types of the fields of each table; the same rows as Parquet have the same."""
    tables = [one for one in descriptor["resources"] if one["path"].endswith(".csv")]
    return [(one["name"], [(field["name"], field["type"]) for field in one["schema"]["fields"]]) for one in tables]


def _said(descriptor: Descriptor) -> dict[str, Any]:
    return {name: value for name, value in descriptor.items() if name not in _OF_ITSELF}
