"""Whatever the umask of whoever publishes: a web server, which is another user, reads releases, and nobody reads state."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from sources import SAMPLES
from tests.support import NOW, smaller_plan
from tests.thindicators.outcomes.test_holds import refreshed
from thindicators.context import RunContext, open_run_context
from thindicators.release.publishing import publish
from thindicators.settings import Settings

OVERWEIGHT = "year_6_overweight"


@pytest.fixture(params=[0o077, 0o027, 0o022], ids=lambda umask: f"umask {umask:03o}")
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def opened(folder: Path) -> RunContext:
    plan = smaller_plan(folder / "schemas", OVERWEIGHT)
    settings = Settings(plan, folder / "state", folder / "web" / "published")
    samples = Path(shutil.copytree(SAMPLES, folder / "samples"))
    return open_run_context(settings, samples, "sample", lambda: NOW)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_everybody_reads_all_of_a_release_and_finds_the_way_to_it(
    tmp_path: Path, umask: int
) -> None:
    run_context = opened(tmp_path)
    release = publish(run_context, [refreshed(run_context)]).folder
    published = run_context.settings.published
    folders = [published.parent, published, published / "releases", release]
    inside = list(release.rglob("*"))
    assert len(inside) > 50
    for path in [*folders, *inside]:
        assert mode(path) == (0o755 if path.is_dir() else 0o644), path


def test_state_is_as_private_as_the_umask_says(tmp_path: Path, umask: int) -> None:
    run_context = opened(tmp_path)
    publish(run_context, [refreshed(run_context)])
    state = run_context.settings.state
    for path in [state, *state.rglob("*")]:
        assert mode(path) & umask == 0, path


def test_a_folder_that_somebody_closed_on_purpose_stays_closed(tmp_path: Path) -> None:
    published = tmp_path / "web" / "published"
    published.mkdir(parents=True)
    published.chmod(0o750)
    run_context = opened(tmp_path)
    publish(run_context, [refreshed(run_context)])
    assert mode(published) == 0o750
