"""The UI and its daemon: how long until they answer, how much memory they take idle, and how long a refresh takes."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.assets.office import PLACE, office
from tests.sources.returns import HOMES, csv_return

_SETTLED_AFTER = 30.0
_SWITCH_ON = (
    "mutation ($sensor: SensorSelector!) { startSensor(sensorSelector: $sensor) { __typename } }"
)


def measure(console: Console) -> None:
    """Start the UI twice, on the sample edition and on the live one with publishers on loopback, and print figures."""
    with (
        TemporaryDirectory() as folder,
        office(Path(folder)) as ours,
        replace(ours, edition="sample").open() as seconds,
    ):
        console.print(f"The UI answers after {seconds:.1f} s (limit 20 s on two cores).")
        time.sleep(_SETTLED_AFTER)
        sizes = [_resident(one) for one in _family(os.getpid())[1:]]
        console.print(f"Idle: {sum(sizes):.0f} MB in {len(sizes)} processes (limit 900 MB).")
        began = time.monotonic()
        assert ours.end_of(ours.launch("refresh")) == "SUCCESS"
        console.print(
            f"A refresh of the sample edition from the UI: {time.monotonic() - began:.1f} s (limit 40 s)."
        )
    with TemporaryDirectory() as folder, office(Path(folder)) as ours, ours.open():
        ours.ask(_SWITCH_ON, sensor={**PLACE, "sensorName": "returns_in_the_inbox"})
        ours.settings.inbox.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        csv_return(ours.settings.inbox / "return.csv", HOMES)
        ours.run_of("refresh_returns")
        console.print(
            f"A return in the inbox starts its run after {time.monotonic() - began:.1f} s (limit 60 s)."
        )


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
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) * 1024 / 1e6
