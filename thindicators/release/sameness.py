"""Sameness: whether a release says anything that the latest one does not, before it is written and after.

What belongs here: what counts as the same. What to do about it is decided in `publishing`.

What readers get counts, and nothing else: not which plan's comments, which version of a library or which state of the
code wrote it. Each release carries its own plan and says what made it, so that the latest one verifies all the same.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from thindicators.context import RunContext
from thindicators.release.changes import CHANGES
from thindicators.release.inputs import (
    CODE,
    INPUTS,
    Inputs,
    Written,
    name_of,
    read_inputs,
    written_inputs,
)
from thindicators.storage.sums import read_sums

_NAMES_ITS_RELEASE = (".html", ".jsonld")
"""The ends of files that hold addresses of their own release, where the plan has a public address."""

_OURS = ("thindicators", CODE)
"""Of what made a release: this project. All others are libraries."""


def is_made_from(
    release: Path,
    run_context: RunContext,
    inputs: Inputs,
) -> bool:
    """Whether a release was made from the same as the next one would be, by the same code and libraries.

    The same inputs give the same bytes, so that such a release need not be written to know that it says nothing new.

    Args:
        release: As it was published.
        run_context: Whose plan and edition apply.
        inputs: What the next release would be made from; its `before` is `release`.
    """
    if not (release / INPUTS).exists() or inputs.before is None:
        return False
    stood, coming = read_inputs(release), written_inputs(run_context, inputs)
    if stood.made_with != coming.made_with or _made_from(stood) != _made_from(coming):
        return False
    # The inputs name the snapshots; the figures themselves must be those that stand, too.
    return all(
        outcome.table.equals(inputs.before.figures(outcome.indicator))
        for outcome in inputs.outcomes
    )


def is_same(
    release: Path,
    other: Path,
) -> bool:
    """Whether two releases say the same, but for what changed since the release before each, and for their names."""
    have_same_files = _sums_of_content(release) == _sums_of_content(other)
    if have_same_files and _descriptor(release) == _descriptor(other):
        return True
    return _differ_in_libraries_alone(release, other)


def _sums_of_content(release: Path) -> dict[str, str]:
    """The sum of each file that says something of its own."""
    name = name_of(release)
    sums = {}
    for path, sha256 in read_sums(release).items():
        if _tells_of_its_making(path):
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


def _sum_without(
    path: Path,
    name: str,
) -> str:
    """The sum of a file but for the addresses that hold its release's name."""
    content = path.read_bytes().replace(
        f"/releases/{name}/".encode(),
        b"/releases/",
    )
    return hashlib.sha256(content).hexdigest()


def _tells_of_its_making(path: str) -> bool:
    """Whether a file speaks of the release before, or of what the release was made from."""
    # Archives of the whole plan hold the table of revisions, or the plan's own files.
    is_whole_archive = path.endswith(".zip") and "/" not in path
    return is_whole_archive or path in (*CHANGES, "datapackage.json", INPUTS)


def _differ_in_libraries_alone(
    release: Path,
    other: Path,
) -> bool:
    """Whether two releases hold the same, and other versions of libraries have written it in other bytes.

    A Parquet file names the library that wrote it, and a chart's lines may be cut at another digit.
    """
    if not (release / INPUTS).exists() or not (other / INPUTS).exists():
        return False
    written, other_written = read_inputs(release), read_inputs(other)
    return (
        _libraries(written) != _libraries(other_written)
        and _made_from(written) == _made_from(other_written)
        and _sums_of_tables(release) == _sums_of_tables(other)
    )


def _libraries(written: Written) -> dict[str, str]:
    return {name: made for name, made in written.made_with.items() if name not in _OURS}


def _made_from(written: Written) -> Written:
    """What a release was made from, but for its libraries and its place among the others."""
    ours = {name: made for name, made in written.made_with.items() if name in _OURS}
    # A ledger goes on also on days that bring readers nothing new.
    outcomes = tuple(replace(outcome, places={}) for outcome in written.outcomes)
    # Another state of the code may mean other pages: then their bytes decide, above.
    return replace(
        written,
        made_with=ours,
        outcomes=outcomes,
        before="",
        name="",
        sequence=0,
    )


def _sums_of_tables(release: Path) -> dict[str, str]:
    """The sum of each table, in the one form that no library writes."""
    return {
        path: sha256
        for path, sha256 in read_sums(release).items()
        if path.endswith(".csv") and path not in CHANGES
    }
