"""`python -m thindicators`: the command line, as the `thindicators` command starts it.

The command line is put together in `assets`, which this package may not import. So the installed package is asked which
function its command calls.
"""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

COMMAND = "thindicators"


def main() -> None:
    """Run the command line, or say that there is none in this environment."""
    commands = entry_points(group="console_scripts", name=COMMAND)
    if not commands:
        sys.exit(
            f"{COMMAND} is not installed in this environment: run `pip install .` in its checkout."
        )
    command_line = commands[COMMAND].load()
    command_line()


if __name__ == "__main__":
    main()
