"""Dagster's UI with its daemon and the code they show: three processes that live and end together.

What belongs here: starting them, and ending them when this process is told to end or one of them ends by itself. They
share one process for the code, which the UI can load anew. Nothing of the project is imported: this process waits for
as long as the UI runs, and should need no memory for that.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

LOCATION = "assets.definitions"
"""By which Dagster calls the code, and remembers which schedules are on."""

_CODE = (
    "--module-name",
    LOCATION,
    "--location-name",
    LOCATION,
    "--use-python-environment-entry-point",
)
_PATIENCE = 20.0
_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""By which somebody, a terminal or a service says that this should end."""

_LOGS = ("--log-level", "warning")


def run_ui(host: str, port: int) -> int:
    """Run the UI and the daemon until this process is told to end, or one of theirs ends.

    Returns:
        The exit status: 0 if it was told to.
    """
    for number in _ENDS:
        signal.signal(number, _interrupt)
    folder = Path(tempfile.mkdtemp(prefix="thindicators-"))
    try:
        with _together(folder, host, port) as processes:
            while all(process.poll() is None for process in processes):
                time.sleep(0.2)
            return 1
    except KeyboardInterrupt:
        return 0
    finally:
        shutil.rmtree(folder)


@contextmanager
def _together(folder: Path, host: str, port: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    socket, workspace = folder / "code", folder / "workspace.yaml"
    server = {"socket": str(socket), "location_name": LOCATION}
    workspace.write_text(json.dumps({"load_from": [{"grpc_server": server}]}), encoding="utf-8")
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.append(
            _started("dagster", "code-server", "start", *_CODE, "--socket", str(socket), *_LOGS)
        )
        while not socket.exists() and processes[0].poll() is None:
            time.sleep(0.05)
        shown = ["--host", host, "--port", str(port), "--workspace", str(workspace)]
        processes.append(_started("assets.webserver", *shown))
        processes.append(_started("dagster._daemon", "run", "--workspace", str(workspace), *_LOGS))
        yield processes
    finally:
        _ignore_more()
        _end(processes)


def _started(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", *words], start_new_session=True)  # noqa: S603


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    end = time.monotonic() + _PATIENCE
    for process in processes:
        process.send_signal(signal.SIGINT)
    for process in processes:
        try:
            process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            # Its children too: the code's server would wait half a minute before it sees that it is alone.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _interrupt(_signal: int, _frame: object) -> None:
    _ignore_more()
    raise KeyboardInterrupt


def _ignore_more() -> None:
    """Go on ending the processes whoever says it again: one that was left would never end."""
    for number in _ENDS:
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(run_ui(sys.argv[1], int(sys.argv[2])))
