"""Archive: a data package as one file, so that one click takes all of it.

What belongs here: which files are in it. Programs that know the Data Package standard read it as it is:
https://datapackage.org

The bytes are the same on every machine: times are fixed, and the parts are stored without compression, because what a
compressor makes depends on the library that the machine happens to have.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from thindicators.formats.published import read_descriptor
from thindicators.plan.model import Plan
from thindicators.storage.descriptors import described_files

_DESCRIPTOR = "datapackage.json"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_UNIX, _READABLE = 3, 0o644 << 16


def archive_of(plan: Plan) -> str:
    """The name of the archive of the whole plan."""
    return f"{plan.file.id}.zip"


def write_archive(package: Path, name: str) -> None:
    """Write a data package, its descriptor and all files that it describes, into one ZIP file beside them."""
    paths = [_DESCRIPTOR, *(one["path"] for one in described_files(read_descriptor(package)))]
    with zipfile.ZipFile(package / name, "w", zipfile.ZIP_STORED) as archive:
        for path in paths:
            entry = zipfile.ZipInfo(path, _EARLIEST)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, (package / path).read_bytes())
