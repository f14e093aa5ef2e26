"""Sums: that a release holds exactly the files that it was published with, byte for byte.

What belongs here: writing SHA256SUMS and finding what differs from it. Making a release again from
its snapshots, to see that it comes out the same, belongs in `thindicators.refreshing.remake`. The format is that of
`sha256sum`, so that anybody can check a release without this project.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from thindicators.errors import ReleaseError
from thindicators.storage.descriptors import described_files
from thindicators.storage.manifest import WrittenFile

SUMS = "SHA256SUMS"
_DESCRIPTOR = "datapackage.json"


def write_sums(release: Path, sums: Mapping[str, str]) -> None:
    """Write SHA256SUMS.

    Args:
        release: The folder of the release.
        sums: The SHA-256 of each of its other files, by its path, in any order.
    """
    (release / SUMS).write_text(_text(sums), encoding="utf-8")


def read_sums(release: Path) -> dict[str, str]:
    """What SHA256SUMS says: the SHA-256 of each file, by its path."""
    return _parsed((release / SUMS).read_text(encoding="utf-8"))


def sums_of(release: Path) -> dict[str, str]:
    """The SHA-256 of each file of a release but SHA256SUMS, by its path, in order."""
    # A link is listed even where it leads to a folder: it is no file of the release.
    place_of: dict[str, Path] = {}
    for place in release.rglob("*"):
        if place.is_symlink() or not place.is_dir():
            path = place.relative_to(release).as_posix()
            place_of[path] = place
    # A file cannot hold its own sum.
    place_of.pop(SUMS, None)
    sums = {}
    for path in _in_order(place_of):
        sums[path] = _sum_of(place_of[path])
    return sums


def differences(release: Path) -> list[str]:
    """What differs from SHA256SUMS: a sentence for each file that was changed, is missing or was added.

    Returns:
        Nothing if the release is whole.
    """
    try:
        text = (release / SUMS).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        return [f"{SUMS} cannot be read: {problem}."]
    published = _parsed(text)
    present = sums_of(release)
    missing = [path for path in published if path not in present]
    added = [path for path in present if path not in published]
    in_both = [path for path in present if path in published]
    changed = []
    for path in in_both:
        if present[path] != published[path]:
            changed.append(path)
    sentences = [f"{path} is missing." for path in missing]
    sentences += [f"{path} was added." for path in added]
    sentences += [f"{path} was changed." for path in changed]
    # The files may be right, and still SHA256SUMS itself hold other lines or another order.
    if not sentences and text != _text(present):
        sentences.append(f"{SUMS} was changed.")
    return sentences


def require_whole(
    release: Path,
    manifest: Sequence[WrittenFile],
) -> None:
    """Refuse a release just written whose files are not what its manifest and descriptors say.

    This is the one time that everything is read again.

    Args:
        release: Its folder, with SHA256SUMS.
        manifest: What was noted of each file when it was written.

    Raises:
        ReleaseError: If a file differs in its sum or its size.
    """
    files = {file.path: file for file in manifest}
    problems = differences(release)
    # What is on the disk is now known to be what SHA256SUMS says, so that the notes can be
    # compared with it, and the descriptors with the notes, without reading anything twice.
    published = read_sums(release) if not problems else {}
    for path, sha256 in published.items():
        file = files.get(path)
        if file is None or file.sha256 != sha256:
            problems.append(f"{path} is not what was noted of it.")
    for path in files:
        if PurePosixPath(path).name == _DESCRIPTOR:
            problems += _wrong_resources(release, path, files)
    if problems:
        # Five tell what is wrong; a disk that fails would name every file.
        what = " ".join(problems[:5])
        raise ReleaseError(
            f"{release.name} was not written whole: {what} The release before stands."
        )


def _wrong_resources(
    release: Path,
    path: str,
    files: Mapping[str, WrittenFile],
) -> Iterator[str]:
    """What a descriptor says of its files that was not noted of them."""
    descriptor = json.loads((release / path).read_text(encoding="utf-8"))
    folder = PurePosixPath(path).parent
    for described in described_files(descriptor):
        place = folder / described["path"]
        file = files.get(place.as_posix())
        noted = (file.size, f"sha256:{file.sha256}") if file else None
        if (described["bytes"], described["hash"]) != noted:
            yield f"{place.name} is not what {_DESCRIPTOR} says of its size and its sum."


def _parsed(text: str) -> dict[str, str]:
    sums = {}
    for line in text.splitlines():
        # Two spaces, as `sha256sum` writes: the second stands for “text”, in place of an asterisk.
        sha256, _, path = line.partition("  ")
        if path:
            sums[path] = sha256
    return sums


def _text(sums: Mapping[str, str]) -> str:
    lines = [f"{sums[path]}  {path}\n" for path in _in_order(sums)]
    return "".join(lines)


def _in_order(paths: Mapping[str, object]) -> list[str]:
    """Folder by folder, as a list of paths is sorted."""
    return sorted(paths, key=_folders_and_name)


def _folders_and_name(path: str) -> tuple[str, ...]:
    # As text, `a-b/c` would come before `a/b`, and a folder beside another tear its list apart.
    return PurePosixPath(path).parts


def _sum_of(path: Path) -> str:
    # A link, a socket or a device is never what was published, and reading it may not end.
    if path.is_symlink() or not path.is_file():
        return "not a file"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
