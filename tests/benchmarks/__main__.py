"""`python -m tests.benchmarks`: what the project promises of speed and memory, measured on this machine.

Times are those of a machine that does nothing else.
"""

from __future__ import annotations

import argparse

from rich.console import Console

from tests.benchmarks import everyday, pages, publish, scale, ui, unreachable

MEASURES = {
    "everyday": everyday.measure,
    "publish": publish.measure,
    "scale": scale.measure,
    "pages": pages.measure,
    "ui": ui.measure,
    "unreachable": unreachable.measure,
}


def main() -> None:
    """Measure what was asked for, or everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "what", nargs="*", choices=[*MEASURES, []], help="what to measure; everything by default"
    )
    console = Console()
    for what in parser.parse_args().what or MEASURES:
        MEASURES[what](console)


if __name__ == "__main__":
    main()
