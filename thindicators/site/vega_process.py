"""A program of its own that draws Vega's charts: a specification on each line it reads, an image on each that it writes.

Usage: python -P vega_process.py. A line is a JSON text: a specification comes, and `svg` or `error` goes. It imports
nothing of this project. Vega draws by JavaScript, and would stop the Python around it for as long as it draws.
"""

from __future__ import annotations

import json
import sys

import vl_convert


def drawn(specification: str) -> dict[str, str]:
    """A chart as SVG, or why there is none."""
    try:
        # No address is allowed, so that a chart can never ask the network for anything.
        return {"svg": vl_convert.vega_to_svg(specification, allowed_base_urls=[])}
    except ValueError as problem:
        return {"error": str(problem)}


def main() -> None:
    """Draw until there are no more lines."""
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(drawn(line))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
