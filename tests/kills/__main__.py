"""Kill a publish at random moments, many times, and count after how many of them a whole release was left.

The forked kind is killed inside the real fetching, reading and publishing, at chosen stages; the command is the whole
`thindicators publish` with Dagster, killed anywhere. Ends with status 1 if anything was not whole.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import multiprocessing
import random
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.kills.attempts import STAGES, Tally, kill_in_a_row
from tests.support import ROOT, smaller_plan
from thindicators.parsing.modules import module_of
from thindicators.plan.loading import load_plan

_ROWS = 2
"""How many rows of attempts go on at once, each in folders of its own."""

_FEW = 10
"""Up to so many kills are made in one row: each begins and ends with a publish in peace."""


def main() -> int:
    """Run it and print what came of it."""
    given = _arguments()
    seed = given.seed if given.seed is not None else random.randrange(1_000_000)
    console = Console(width=100)
    console.print(f"Seed: {seed} (the same moments again: --seed {seed})")
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        began = time.monotonic()
        schemas = (
            smaller_plan(Path(folder) / "schemas", *given.only) if given.only else ROOT / "schemas"
        )
        forked = _forked(Path(folder), schemas, given.kills, seed)
        _print(console, "publish in a forked process", forked, time.monotonic() - began)
        began = time.monotonic()
        commands = _commands(Path(folder), given.commands, seed)
        _print(console, "thindicators publish", commands, time.monotonic() - began)
    tally = forked + commands
    console.print(f"{tally.kills} kills: {tally.whole} whole releases.")
    for one in tally.faults:
        console.print(f"FAULT {one}", markup=False, soft_wrap=True)
    return status_of(tally, given.kills + given.commands)


def status_of(tally: Tally, wanted: int) -> int:
    """The exit status: 0 if so many kills fell, and after each of them all was whole."""
    return 1 if tally.faults or tally.whole < tally.kills or tally.kills < wanted else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how many of the forked kind (200)")
    parser.add_argument("--commands", type=int, default=10, help="how many of the command (10)")
    parser.add_argument("--seed", type=int, help="for the same moments as in an earlier run")
    parser.add_argument(
        "--only", nargs="*", help="a plan of these indicators, life_satisfaction among them"
    )
    return parser.parse_args()


def load_everything() -> None:
    """Import once what every attempt uses, and start no thread, so that processes can be forked from this one."""
    gc.disable()  # as the command does
    for library in ("great_expectations", "frictionless", "thindicators.release.writing"):
        importlib.import_module(library)
    for source in load_plan(ROOT / "schemas").sources.values():
        module_of(source)


def _forked(folder: Path, schemas: Path, kills: int, seed: int) -> Tally:
    if not kills:
        return Tally()
    load_everything()
    count = _ROWS if kills > _FEW else 1
    shares = [kills // count + (row < kills % count) for row in range(count)]
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("fork")) as pool:
        rows = [
            pool.submit(kill_in_a_row, folder / f"row-{row}", schemas, share, f"{seed}-{row}")
            for row, share in enumerate(shares)
        ]
        return sum((row.result() for row in rows), Tally())


def _commands(folder: Path, kills: int, seed: int) -> Tally:
    from tests.kills.commands import kill_commands

    return kill_commands(folder / "command", kills, f"{seed}-command") if kills else Tally()


def _print(console: Console, title: str, tally: Tally, seconds: float) -> None:
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column("what", min_width=50)
    table.add_column("count", justify="right")
    rows = {
        "kills": tally.kills,
        **{f"  {stage}": tally.fell[stage] for stage in (*STAGES, "anywhere") if tally.fell[stage]},
        "whole afterwards": tally.whole,
        "of these, with the new release": tally.swapped,
        "runs that ended before their kill": tally.finished,
        "left overs that the next run cleared away": tally.cleared,
        "faults": len(tally.faults),
    }
    for name, count in rows.items():
        table.add_row(name, str(count))
    console.print(table)
    console.print(f"{seconds:.0f} seconds")


if __name__ == "__main__":
    sys.exit(main())
