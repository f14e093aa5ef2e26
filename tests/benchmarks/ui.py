"""The UI and its daemon: how long until they answer, and how much memory they take when nobody uses them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.support import ROOT

_COMMAND = "from assets.command_line import app; app()"
_QUERY = {"query": "{ assetNodes { id } }"}
_PATIENCE = 120.0
_SETTLED_AFTER = 30.0


@dataclass(frozen=True)
class Measured:
    """What was measured.

    Attributes:
        seconds: From the command to the first answer that names the assets.
        megabytes: Resident, of the command and all that it started, half a minute later.
        processes: How many they are.
    """

    seconds: float
    megabytes: float
    processes: int


def measure() -> Measured:
    """Start the UI in new folders, measure, and end it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("THINDICATORS_")},
            "THINDICATORS_STATE": str(Path(folder) / "state"),
            "THINDICATORS_PUBLISHED": str(Path(folder) / "published"),
        }
        command = [sys.executable, "-c", _COMMAND, "ui", "--port", str(port)]
        began = time.monotonic()
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/graphql", process)
            seconds = time.monotonic() - began
            time.sleep(_SETTLED_AFTER)
            sizes = [_resident(one) for one in _family(process.pid)]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
    return Measured(seconds, sum(sizes), len(sizes))


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            if (requests.post(address, json=_QUERY, timeout=30).json().get("data") or {}).get("assetNodes"):
                return
        except (requests.RequestException, ValueError):
            pass
        time.sleep(0.1)
    raise TimeoutError(f"The UI did not answer within {_PATIENCE:g} seconds.")


def _family(process: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    found = [process]
    for one in found:
        found += children.get(one, ())
    return found


def _resident(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def main() -> int:
    """Measure, and print the figures beside their limits."""
    found = measure()
    print(f"The UI answers after {found.seconds:.1f} s (limit 20 s on two cores).")
    print(f"Idle: {found.megabytes:.0f} MiB in {found.processes} processes (limit 900 MB).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
