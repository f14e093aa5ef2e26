"""Sameness: whether a release just written says anything that the latest one does not.

What belongs here: what counts as the same. What to do about it is decided in `publishing`.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from thindicators.release.inputs import INPUTS, name_of, what_made
from thindicators.release.writing import CHANGES
from thindicators.storage.sums import read_sums

_NAMES_ITS_RELEASE = (".html", ".jsonld")
"""The ends of files that hold addresses of their own release, where the plan has a public address."""


def is_same(release: Path, other: Path) -> bool:
    """Whether two releases say the same, but for what changed since the release before each, and for their names."""
    return (
        _sums_of_content(release) == _sums_of_content(other)
        and _descriptor(release) == _descriptor(other)
        and what_made(release) == what_made(other)
    )


def _sums_of_content(release: Path) -> dict[str, str]:
    """The sum of each file that says something of its own."""
    name = name_of(release)
    sums = {}
    for path, sha256 in read_sums(release).items():
        if _tells_of_the_release_before(path):
            continue
        # Only where the plan has a public address does a file hold the name of its release.
        names_its_release = bool(name) and path.endswith(_NAMES_ITS_RELEASE)
        sums[path] = (
            _sum_without(
                release / path,
                name,
            )
            if names_its_release
            else sha256
        )
    return sums


def _descriptor(release: Path) -> object:
    """What the package of the whole plan says, but for the table of what changed."""
    descriptor = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    resources = [part for part in descriptor["resources"] if part["path"] not in CHANGES]
    return {**descriptor, "resources": resources}


def _sum_without(path: Path, name: str) -> str:
    """The sum of a file but for the addresses that hold its release's name."""
    content = path.read_bytes().replace(
        f"/releases/{name}/".encode(),
        b"/releases/",
    )
    return hashlib.sha256(content).hexdigest()


def _tells_of_the_release_before(path: str) -> bool:
    # The archive of the whole plan holds the table of revisions.
    is_whole_package = path.endswith(".zip") and "/" not in path
    return is_whole_package or path in (*CHANGES, "datapackage.json", INPUTS)
