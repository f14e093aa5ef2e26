"""`python -m tests.faults`: try every fault on every source, print what came of each, and compare with OUTCOMES.md."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console

from tests.faults.corpus import SOURCES, verdicts
from tests.faults.report import OUTCOMES, as_markdown, problems, show


def main() -> int:
    """Ends with status 1 if a wrong figure got out, or if OUTCOMES.md says something else."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "source", nargs="*", choices=[*SOURCES, []], help="which sources; all of them by default"
    )
    parser.add_argument("--write", action="store_true", help="write OUTCOMES.md anew")
    asked = parser.parse_args()
    console = Console(width=None if Console().is_terminal else 160)
    results = dict(verdicts(asked.source or SOURCES))
    show(results, console)
    wrong = problems(results)
    for line in wrong:
        console.print(f"WRONG {line}", style="bold red", markup=False, highlight=False)
    written = as_markdown(results)
    if asked.write and not asked.source:
        OUTCOMES.write_text(written, encoding="utf-8")
    differs = not asked.source and written != OUTCOMES.read_text(encoding="utf-8")
    if differs:
        console.print(
            "OUTCOMES.md says something else. Look at the difference; if it is right, run with --write."
        )
    console.print(f"{len(wrong)} wrong figures or words.")
    return int(bool(wrong) or differs)


if __name__ == "__main__":
    sys.exit(main())
