"""A helper is a process of its own: it does what is handed over, and where there is none all is done here."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from tests.support import ROOT
from thindicators import helper
from thindicators.helper import begin, helping

WITH_A_HELPER = """
import os, sys, time
from thindicators.helper import begin, helping

if __name__ == "__main__":
    with helping():
        print(begin(os.getpid).answer(), flush=True)
        time.sleep(60)
"""


def endless_elsewhere(here: int) -> int:
    """Work that never ends in any process but one."""
    while os.getpid() != here:
        time.sleep(0.1)
    return here


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except FileNotFoundError:
        return False
    # One that ended and that nobody has asked about yet is none.
    return state[0] != "Z"


def wait_until_gone(process: int) -> None:
    end = time.monotonic() + 60
    while is_alive(process):
        assert time.monotonic() < end, "the helper is still there"
        time.sleep(0.05)


def test_work_is_done_in_another_process_and_in_one_for_all() -> None:
    with helping():
        processes = [begin(os.getpid) for _ in range(3)]
        assert all(process.is_elsewhere for process in processes)
        (process,) = {process.answer() for process in processes}
    assert process != os.getpid()


def test_without_a_helper_work_is_done_here_once_somebody_asks(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    begun = begin(folder.mkdir)
    assert not begun.is_elsewhere
    assert not folder.exists()
    begun.answer()
    assert folder.exists()


def test_whoever_has_a_helper_already_goes_on_with_it() -> None:
    with helping():
        process = begin(os.getpid).answer()
        with helping():
            assert begin(os.getpid).answer() == process
        assert begin(os.getpid).answer() == process


def test_what_goes_wrong_in_the_work_is_told_as_it_is() -> None:
    with helping(), pytest.raises(ValueError, match="invalid literal"):
        begin(partial(int, "no number")).answer()


def test_the_helper_ends_with_the_block() -> None:
    with helping():
        process = begin(os.getpid).answer()
        assert is_alive(process)
    wait_until_gone(process)
    assert begin(os.getpid).answer() == os.getpid()


def test_what_a_killed_helper_was_at_is_done_here(caplog: pytest.LogCaptureFixture) -> None:
    with helping():
        process = begin(os.getpid).answer()
        endless = begin(partial(endless_elsewhere, os.getpid()))
        os.kill(process, signal.SIGKILL)
        assert endless.answer() == os.getpid()
        assert "too little memory" in caplog.text
        assert begin(os.getpid).answer() == os.getpid()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_the_helper_of_a_killed_process_ends_with_it(tmp_path: Path) -> None:
    program = tmp_path / "with_a_helper.py"
    program.write_text(WITH_A_HELPER, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(program)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        its_helper = int(process.stdout.readline())
        assert is_alive(its_helper)
        process.kill()
    wait_until_gone(its_helper)


def test_a_process_that_may_start_no_other_does_its_work_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)  # type: ignore[attr-defined]
    with helping():
        assert begin(os.getpid).answer() == os.getpid()


def test_a_machine_on_which_no_process_can_be_started_does_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(_process: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(multiprocessing.context.SpawnProcess, "start", refused)
    with helping():
        assert begin(os.getpid).answer() == os.getpid()


def test_a_machine_that_has_no_room_for_a_helper_does_without(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(**_settings: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(helper, "ProcessPoolExecutor", full)
    with helping():
        assert begin(os.getpid).answer() == os.getpid()
    assert "No space left" in caplog.text
