"""Sums: that a release holds exactly the files that it was published with, byte for byte.

What belongs here: writing SHA256SUMS and finding what differs from it. Making a release again from its snapshots, to
see that it comes out the same, belongs in `thindicators.refreshing.remake`. The format is that of `sha256sum`, so that
anybody can check a release without this project.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from thindicators.errors import ReleaseError
from thindicators.storage.descriptors import described_files

SUMS = "SHA256SUMS"


def write_sums(release: Path) -> None:
    """Write SHA256SUMS over all other files of a release."""
    (release / SUMS).write_text(_text(sums_of(release)), encoding="utf-8")


def sums_of(release: Path) -> dict[str, str]:
    """The SHA-256 of each file of a release but SHA256SUMS, by its path, in order."""
    found = sorted(path for path in release.rglob("*") if path.is_symlink() or not path.is_dir())
    return {
        path.relative_to(release).as_posix(): _sum_of(path) for path in found if path.relative_to(release) != Path(SUMS)
    }


def differences(release: Path) -> list[str]:
    """What differs from SHA256SUMS: a sentence for each file that was changed, is missing or was added.

    Returns:
        Nothing if the release is whole.
    """
    try:
        text = (release / SUMS).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        return [f"{SUMS} cannot be read: {problem}."]
    lines = [line.partition("  ") for line in text.splitlines()]
    published = {path: found for found, _, path in lines if path}
    present = sums_of(release)
    sentences = [f"{path} is missing." for path in published if path not in present]
    sentences += [f"{path} was added." for path in present if path not in published]
    sentences += [f"{path} was changed." for path in present if published.get(path, present[path]) != present[path]]
    return sentences or ([] if text == _text(present) else [f"{SUMS} was changed."])


def require_whole(release: Path) -> None:
    """Refuse a release just written whose files are not what SHA256SUMS and its descriptors say.

    Raises:
        ReleaseError: If a file differs in its sum or its size.
    """
    problems = differences(release)
    for path in sorted(release.rglob("datapackage.json")):
        problems += _wrong_resources(path)
    if problems:
        raise ReleaseError(f"{release.name} was not written whole: {' '.join(problems[:5])} The release before stands.")


def _wrong_resources(path: Path) -> Iterator[str]:
    for one in described_files(json.loads(path.read_text(encoding="utf-8"))):
        file = path.parent / one["path"]
        if (one["bytes"], one["hash"]) != (file.stat().st_size, f"sha256:{_sum_of(file)}"):
            yield f"{file.name} is not what {path.name} says of its size and its sum."


def _text(sums: dict[str, str]) -> str:
    return "".join(f"{found}  {path}\n" for path, found in sums.items())


def _sum_of(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return "not a file"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
