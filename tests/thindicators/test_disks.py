"""A disk that refuses: the old release stands, byte for byte, and the error says what, where and what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support import ROOT, may_mount
from tests.thindicators.disks import FREE


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each refusal of a small disk came to."""
    may_mount()
    folder = tmp_path_factory.mktemp("disk")
    command = [
        "unshare",
        "--map-root-user",
        "--mount",
        sys.executable,
        "-m",
        "tests.thindicators.disks",
        str(folder),
    ]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    return {one["what"]: one for one in map(json.loads, ran.stdout.splitlines())}


@pytest.mark.parametrize("free", FREE)
def test_a_full_disk_at_any_point_of_the_writing_leaves_the_old_release(
    told: dict[str, dict[str, Any]], free: int
) -> None:
    one = told[f"full, {free} bytes free"]
    assert (one["kind"], one["stands"], one["left"]) == ("ReleaseError", True, [])
    assert "No space left on device. Free some space there" in one["said"]
    assert one["said"].endswith("The release before stands.")


def test_a_read_only_folder_leaves_the_old_release(told: dict[str, dict[str, Any]]) -> None:
    one = told["read-only"]
    assert (one["kind"], one["stands"], one["left"]) == ("ReleaseError", True, [])
    assert "Read-only file system. Let the user who runs this write there" in one["said"]


@pytest.mark.parametrize(
    ("what", "remedy"),
    [
        ("full, a record", "Free some space there"),
        ("read-only, a record", "Let the user who runs this write there"),
    ],
)
def test_a_record_that_cannot_be_written_is_named_with_what_to_do(
    told: dict[str, dict[str, Any]], what: str, remedy: str
) -> None:
    one = told[what]
    assert one["kind"] == "ThindicatorsError"
    assert "ncmp.json could not be written" in one["said"]
    assert remedy in one["said"]
    assert one["left"] == []


def test_once_the_disk_is_well_again_the_release_is_made(told: dict[str, dict[str, Any]]) -> None:
    assert (told["well again"]["kind"], told["well again"]["stands"]) == ("", False)
