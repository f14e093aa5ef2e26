"""Archive: a data package as one file, so that one click takes all of it.

What belongs here: which files are in it. Programs that know the Data Package standard read it as it is:
https://datapackage.org

The bytes are the same on every machine: times are fixed, and the parts are stored without compression, because what a
compressor makes depends on the library that the machine happens to have.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from thindicators.formats.packages import WrittenPackage
from thindicators.formats.published import Published, PublishedPlan
from thindicators.plan.model import Plan

# The beginning of time in ZIP files.
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
# Unix keeps a file's mode in the upper half of the attributes; without one, nobody may read it.
_READABLE = 0o644 << 16


def archive_of(plan: Plan) -> str:
    """The name of the archive of the whole plan."""
    return f"{plan.file.id}.zip"


def indicator_archive(published: Published) -> bytes:
    """The data package of an indicator as one file."""
    return package_archive(published.package)


def plan_archive(whole: PublishedPlan) -> dict[str, bytes]:
    """The data package of the whole plan as one file, by its path."""
    return {archive_of(whole.plan): package_archive(whole.package)}


def package_archive(package: WrittenPackage) -> bytes:
    """A data package, its descriptor and all files that it describes, as the bytes of one ZIP file."""
    return archive_with(package.contents)


def archive_with(contents: Mapping[str, bytes]) -> bytes:
    """The bytes of a ZIP file that holds some files, in their order.

    Args:
        contents: The content of each file, by its path.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for path, part in contents.items():
            entry = zipfile.ZipInfo(path, _EARLIEST)
            # Without these, the name of the system that made the archive stands in it.
            entry.create_system = _UNIX
            entry.external_attr = _READABLE
            archive.writestr(entry, part)
    return content.getvalue()
