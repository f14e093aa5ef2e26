"""Publishing onto a disk that refuses: run inside a mount namespace, in which this process may mount small disks.

`unshare --map-root-user --mount python -m tests.thindicators.disks FOLDER` prints, as a line of JSON for each refusal,
what was said and whether the old release stands, byte for byte.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sources import SAMPLES
from tests.thindicators.release.test_publishing import DAY, outcomes
from thindicators.context import open_run_context
from thindicators.errors import ThindicatorsError
from thindicators.fetching.snapshots import Fetched
from thindicators.release.publishing import publish
from thindicators.settings import Settings

FREE = (0, 100_000, 400_000, 1_000_000)
"""How many bytes are free when a release is written that needs more."""


def main(folder: Path) -> None:
    """Mount a small disk, publish once, and then let the disk refuse in several ways."""
    _mount(folder, "size=16m")
    settings = Settings(state=folder / "state", published=folder / "published")
    made = open_run_context(settings, SAMPLES, "live", lambda: DAY)
    publish(made, outcomes(made))
    for free in FREE:
        with _filled(folder, free):
            _tell(f"full, {free} bytes free", settings, lambda: publish(made, outcomes(made, 66.3)))
    with _filled(folder, 0):
        _tell(
            "full, a record",
            settings,
            lambda: made.store.record(Fetched(source="ncmp", checked="", roles={})),
        )
    _mount(folder, "remount,ro")
    _tell("read-only", settings, lambda: publish(made, outcomes(made, 66.3)))
    _tell(
        "read-only, a record",
        settings,
        lambda: made.store.record(Fetched(source="ncmp", checked="", roles={})),
    )
    _mount(folder, "remount,rw")
    _tell("well again", settings, lambda: publish(made, outcomes(made, 66.3)))


def _mount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)


@contextmanager
def _filled(folder: Path, free: int) -> Iterator[None]:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
        file.truncate(max(0, file.tell() - free))
    yield
    filler.unlink()


def _tell(what: str, settings: Settings, attempt: object) -> None:
    before = _bytes(settings.published)
    try:
        attempt()  # type: ignore[operator]
        said, kind = "", ""
    except ThindicatorsError as problem:
        said, kind = str(problem), type(problem).__name__
    after = _bytes(settings.published)
    left = [
        path.name
        for path in settings.published.parent.rglob(".*-*")
        if not path.name.endswith(".lock")
    ]
    print(
        json.dumps(
            {"what": what, "kind": kind, "said": said, "stands": before == after, "left": left}
        )
    )


def _bytes(published: Path) -> tuple[str, dict[str, bytes]]:
    files = [path for path in (published / "releases").rglob("*") if path.is_file()]
    return os.readlink(published / "latest"), {str(path): path.read_bytes() for path in files}  # noqa: PTH115


if __name__ == "__main__":
    main(Path(sys.argv[1]))
