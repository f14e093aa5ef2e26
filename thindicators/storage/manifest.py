"""The manifest: the files of a release, each noted at the moment it is written.

What belongs here: writing a file of a release and the note of it. From these notes everything else
is made that names the files of a release: the descriptors of its data packages, its lists of
downloads, its catalogues and SHA256SUMS. So no file has to be read again to be described.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from thindicators.errors import ReleaseError


@dataclass(frozen=True)
class WrittenFile:
    """A file of a release, as it was written.

    Attributes:
        path: Within the release.
        title: For people.
        media_type: By IANA's registry.
        size: In bytes.
        sha256: Of its bytes.
        portal_type: What data portals call its type, such as `CSV`; empty if catalogues leave the
            file out.
    """

    path: str
    title: str
    media_type: str
    size: int
    sha256: str
    portal_type: str = ""

    @property
    def name(self) -> str:
        """Of the file, without its folder."""
        return self.path.rpartition("/")[2]


def note_of(
    path: str,
    content: bytes,
    title: str,
    media_type: str,
    portal_type: str = "",
) -> WrittenFile:
    """The note of a file with this content."""
    return WrittenFile(
        path=path,
        title=title,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        portal_type=portal_type,
    )


def write_file(
    release: Path,
    path: str,
    content: bytes,
    title: str,
    media_type: str,
    portal_type: str = "",
) -> WrittenFile:
    """Write a new file of a release.

    Args:
        release: The folder of the release.
        path: Of the file within the release.
        content: Its bytes.
        title: For people.
        media_type: By IANA's registry.
        portal_type: What data portals call its type; empty if catalogues leave the file out.

    Returns:
        The note of it, for the manifest.

    Raises:
        ReleaseError: If the release has a file of this path already: two of its parts would each
            be sure that the file is theirs.
    """
    place = release / path
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        # `x` refuses a file that is there: the later of two writers would win without a word.
        with place.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise ReleaseError(
            f"{path} would be written twice into one release. Two formats share a name: give one "
            "of them another in thindicators/formats/registry.py. The release before stands."
        ) from None
    return note_of(path, content, title, media_type, portal_type)
