"""A swap, killed right before each of its steps: every call that changes a folder, one after the other.

What belongs here: killing at a chosen call instead of at a random moment, and telling what was left. Run as a program,
because only a process that has started no thread is fit to be forked: `python -m tests.kills.steps FOLDER`.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sources import SAMPLES
from tests.kills.attempts import fork, in_child
from tests.kills.whole import Known, faults, left_overs
from tests.support import smaller_plan
from tests.thindicators.release.test_publishing import outcomes
from thindicators.context import RunContext, open_run_context
from thindicators.release import publishing, writing
from thindicators.release.inputs import Inputs
from thindicators.settings import Settings

STEPS = {
    "tempfile.mkdtemp",
    "tempfile.mkstemp",
    "os.chmod",
    "os.symlink",
    "os.rename",
    "os.remove",
    "shutil.rmtree",
}
"""The calls that change a folder, as Python's audit events name them, each raised right before it happens."""


@dataclass(frozen=True)
class Left:
    """What a kill left, and what the next run made of it.

    Attributes:
        step: The call that did not happen any more.
        latest: The release that readers saw.
        releases: The folders that stood.
        faults: What was not whole.
        after: The same once the next run has ended, with what is left over and what the history holds.
    """

    step: str
    latest: str
    releases: list[str]
    faults: list[str]
    after: dict[str, object]


def main(folder: Path) -> None:
    """Print a line of JSON for each kill: in a swap, then in clearing away what the worst of them left."""
    # Once, and not in each of the processes that are forked from this one.
    for library in ("frictionless", "pandas"):
        importlib.import_module(library)
    smaller_plan(folder / "schemas", "employment_rate", "feeling_safe")
    made = folder / "made"
    in_child(lambda: _publish_twice(made))
    first = folder / "first"
    shutil.copytree(made, first, symlinks=True)
    shutil.rmtree(first / "published" / "releases" / "2026-11-22.2")
    (first / "state" / "history" / "2026-11-22.2.parquet").unlink()
    _point(first / "published" / "latest", "2026-11-22.1")
    abandoned = folder / "abandoned"
    shutil.copytree(made, abandoned, symlinks=True)
    (abandoned / "state" / "history" / "2026-11-22.2.parquet").unlink()
    _point(abandoned / "published" / "latest", "2026-11-22.1")
    _point(abandoned / "published" / ".building-latest", "2026-11-22.2")
    for start in (first, abandoned):
        number = 0
        while left := _killed_before(
            start, folder / "try", number, made / "published" / "releases" / "2026-11-22.2"
        ):
            sys.stdout.write(json.dumps({"start": start.name, **asdict(left)}) + "\n")
            number += 1


def _publish_twice(folder: Path) -> None:
    for value in (66.2, 66.3):
        made = _run_context(folder)
        publishing.publish(made, outcomes(made, value))


def _run_context(folder: Path) -> RunContext:
    return open_run_context(
        _settings(folder), SAMPLES, "live", lambda: datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
    )


def _point(link: Path, name: str) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / name)


def _killed_before(start: Path, folder: Path, number: int, written: Path) -> Left | None:
    """What is left by a publish that is killed before its step of this number; None if it has no such step."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(start, folder, symlinks=True)
    step = folder / "step"
    child = fork(lambda: _publish(folder, written, _killing_at(number, step)))
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        if status:
            raise RuntimeError("The publish failed by itself, with the error above.")
        return None
    settings = _settings(folder)
    known = Known(latest=["2026-11-22.1"])
    problems = in_child(lambda: faults(settings, known))
    latest = (settings.published / "latest").readlink().name
    there = _names(settings.published / "releases")
    _, status = os.waitpid(fork(lambda: _publish(folder, written, lambda _event, _given: None)), 0)
    after = {
        "ended_well": status == 0,
        "latest": (settings.published / "latest").readlink().name,
        "releases": _names(settings.published / "releases"),
        "history": [name.removesuffix(".parquet") for name in _names(settings.state / "history")],
        "left_overs": sorted(left_overs(settings)),
        "faults": in_child(lambda: faults(settings, Known(latest=["2026-11-22.1"]))),
    }
    return Left(step.read_text(), latest, there, problems, after)


def _settings(folder: Path) -> Settings:
    return Settings(
        schemas=folder.parent / "schemas", state=folder / "state", published=folder / "published"
    )


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


Hook = Callable[[str, tuple[object, ...]], None]


def _killing_at(number: int, step: Path) -> Hook:
    left = number

    def hook(event: str, given: tuple[object, ...]) -> None:
        nonlocal left
        if event in STEPS and not _is_inside_a_tree(event, given):
            if left == 0:
                step.write_text(f"{event} {' '.join(Path(str(one)).name for one in given[:2])}")
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    return hook


def _is_inside_a_tree(event: str, given: tuple[object, ...]) -> bool:
    """Whether this is one of the many files of a folder that is deleted as a whole."""
    return event == "os.remove" and given[1] != -1


def _publish(folder: Path, written: Path, hook: Hook) -> None:
    """Publish with a hook on every step, but for the writing of the files: they are copied from a release."""
    made = _run_context(folder)
    is_being_written = False

    def copied(_run_context: RunContext, _inputs: Inputs, building: Path) -> None:
        nonlocal is_being_written
        is_being_written = True
        shutil.copytree(written, building, dirs_exist_ok=True)
        is_being_written = False

    pytest.MonkeyPatch().setattr(writing, "write_release", copied)
    sys.addaudithook(lambda event, given: None if is_being_written else hook(event, given))
    publishing.publish(made, outcomes(made, 66.3))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
