"""`thindicators publish` where folders refuse: plain words, exit status 1, no traceback, and the old release stands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT, may_mount

COMMAND = [sys.executable, "-c", "from assets.command_line import app; app()", "publish"]
ON_A_SMALL_DISK = 'mount -t tmpfs -o "size=$SIZE" tmpfs "$DISK" && exec "$@"'


def publish(folder: Path, *before: str, **settings: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("DAGSTER_")}
    folders = {
        "THINDICATORS_STATE": str(folder / "state"),
        "THINDICATORS_PUBLISHED": str(folder / "published"),
    }
    return subprocess.run(
        [*before, *COMMAND],
        cwd=ROOT,
        env={**own, **folders, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def refused(ran: subprocess.CompletedProcess[str], *words: str) -> None:
    said = ran.stdout + ran.stderr
    assert ran.returncode == 1, said
    assert "Traceback" not in said
    for one in words:
        assert one in said, said


def test_published_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "published").write_text("a file")
    refused(
        publish(tmp_path),
        "published",
        "A file stands where a folder must be",
        "move it away and run again",
    )
    assert (tmp_path / "published").read_text() == "a file"


def test_a_latest_that_points_to_nothing_is_told_before_a_publisher_is_asked(
    tmp_path: Path,
) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "latest").symlink_to("releases/2026-11-22.1")
    refused(publish(tmp_path), "points to releases/2026-11-22.1, which is not there", "ln -sfn")
    assert not (tmp_path / "state" / "snapshots").exists()


@pytest.mark.parametrize("size", ["300k", "2m"])
def test_a_disk_that_is_full_before_dagster_has_written_what_it_must(
    tmp_path: Path, size: str
) -> None:
    may_mount()
    disk = tmp_path / "disk"
    disk.mkdir()
    in_namespace = ("unshare", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK, "sh")
    refused(publish(disk, *in_namespace, DISK=str(disk), SIZE=size), "Dagster", "full")
