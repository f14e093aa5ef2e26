"""Files are written whole, also by two processes at once, and what killed writers left is cleared away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT
from thindicators.errors import ThindicatorsError
from thindicators.storage.files import clear_left_overs, write_whole

WRITES_FOR_EVER = """
import sys
from pathlib import Path
from thindicators.storage.files import write_whole
letter = sys.argv[2].encode()
print("writing", flush=True)
while True:
    write_whole(Path(sys.argv[1]), letter * 300_000)
"""

STOPS_IN_THE_MIDDLE = """
import os, sys
from pathlib import Path
from thindicators.storage import files
def stop(_descriptor):
    print("in the middle", flush=True)
    sys.stdin.readline()
files.os.fsync = stop
files.write_whole(Path(sys.argv[1]), b"new")
"""


def start(program: str, *given: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, given)]
    started = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    assert started.stdout.readline()
    return started


def end(*processes: subprocess.Popen[str]) -> None:
    for one in processes:
        one.kill()
        one.communicate()


def test_the_old_content_or_the_new_is_read_while_two_processes_write_and_a_third_clears_away(
    tmp_path: Path,
) -> None:
    path = tmp_path / "figures"
    write_whole(path, b"a" * 300_000)
    writers = [start(WRITES_FOR_EVER, path, letter) for letter in "ab"]
    try:
        for _ in range(300):
            clear_left_overs(tmp_path)
            content = path.read_bytes()
            assert content in (b"a" * 300_000, b"b" * 300_000)
        assert [one.poll() for one in writers] == [None, None]
    finally:
        end(*writers)


def test_what_a_killed_writer_left_is_cleared_away_but_not_while_it_lives(tmp_path: Path) -> None:
    path = tmp_path / "below" / "figures"
    write_whole(path, b"old")
    writer = start(STOPS_IN_THE_MIDDLE, path)
    try:
        clear_left_overs(tmp_path)
        assert len(list(path.parent.glob(".writing-*"))) == 1
    finally:
        end(writer)
    clear_left_overs(tmp_path)
    assert [one.name for one in path.parent.iterdir()] == ["figures"]
    assert path.read_bytes() == b"old"


def test_a_writer_whose_file_was_not_cleared_away_ends_well(tmp_path: Path) -> None:
    path = tmp_path / "figures"
    writer = start(STOPS_IN_THE_MIDDLE, path)
    clear_left_overs(tmp_path)
    writer.communicate("go on\n" * 3)
    assert writer.returncode == 0
    assert path.read_bytes() == b"new"


def test_a_folder_that_is_a_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(
        ThindicatorsError, match=r"state/figures could not be written\..*move it away and run again"
    ):
        write_whole(tmp_path / "state" / "figures", b"new")


def test_a_file_that_cannot_take_the_place_of_another_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    with pytest.raises(ThindicatorsError, match="could not be written"):
        write_whole(tmp_path / "figures", b"new")
    assert [one.name for one in tmp_path.iterdir()] == ["figures"]
