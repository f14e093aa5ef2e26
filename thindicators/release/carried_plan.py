"""The plan that a release carries: the files of `schemas/` that it was made by, in one archive among its own files.

What belongs here: writing that archive, and reading a plan from it again. So a release can be made again, and be read
by whoever wants to know what was asked and defined then, for as long as it exists, however often the plan was reworded
since. What of a release depends on the plan is known to `writing`.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from thindicators.contract import is_of_contract
from thindicators.errors import ReleaseError
from thindicators.formats.archive import archive_with
from thindicators.plan.loading import plan_files
from thindicators.release.inputs import Written

CARRIED_PLAN = "plan-files.zip"


def carried_plan(schemas: Path) -> bytes:
    """The archive of a plan, the same bytes for the same files.

    Args:
        schemas: The folder of the plan.
    """
    paths = {path.relative_to(schemas).as_posix(): path for path in plan_files(schemas)}
    # In the order of their names: no disk's own order shows in the bytes.
    return archive_with({name: paths[name].read_bytes() for name in sorted(paths)})


@contextmanager
def plan_of(
    release: Path,
    written: Written,
) -> Iterator[Path | None]:
    """The folder of the plan that a release was made by, for as long as it is needed.

    Gives None for a release of an earlier version, which carries no plan.

    Args:
        release: Its folder.
        written: What the release says it was made from.

    Raises:
        ReleaseError: If the files are not those that the release says it was made from.
    """
    archive = release / CARRIED_PLAN
    if not archive.exists():
        yield None
        return
    files = _files_of(archive, written)
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield Path(folder)


def _files_of(
    archive: Path,
    written: Written,
) -> Mapping[str, bytes]:
    """The files of an archive, which are those that the release names and no others."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as opened:
            files = {name: opened.read(name) for name in opened.namelist()}
    except (OSError, zipfile.BadZipFile) as problem:
        raise ReleaseError(f"{archive} cannot be read: {problem}.") from None
    sums = {}
    for name, content in files.items():
        sums[name] = hashlib.sha256(content).hexdigest()
    # The contract came with the code, and is not among the files.
    named = {path: sum_ for path, sum_ in written.plan.items() if not is_of_contract(path)}
    if differing := sorted(sums.items() ^ named.items()):
        raise ReleaseError(
            f"{archive} is not the plan that the release was made by: its {differing[0][0]} is another file."
        )
    for name in files:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise ReleaseError(f"{archive} holds {name}, which leads out of the folder of a plan.")
    return files
