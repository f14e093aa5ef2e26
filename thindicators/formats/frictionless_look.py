"""A program of its own that looks at data packages with frictionless, as somebody does who has only their files.

Usage: python -P frictionless_look.py ROWS. It reads the path of a descriptor from each line, a JSON text, and when there
are no more lines writes a JSON object: what is wrong with each. It imports nothing of this project, and so starts at once.
"""

from __future__ import annotations

import json
import sys

from frictionless import Package
from frictionless.exception import FrictionlessException


def errors_of(descriptor: str, rows: int) -> list[str]:
    """What frictionless finds wrong with a package.

    Args:
        descriptor: The path of its `datapackage.json`.
        rows: How many of each table it reads.
    """
    # It raises where it cannot begin, and reports where it could.
    try:
        report = Package(descriptor).validate(limit_rows=rows)
    except FrictionlessException as problem:
        return [str(problem)]
    errors = report.flatten(["title", "rowNumber", "fieldName", "note"])
    return [" ".join(map(str, error)) for error in errors]


def main() -> None:
    """Look at each package as soon as its path comes."""
    rows = int(sys.argv[1])
    descriptors = map(json.loads, sys.stdin)
    errors_by_descriptor = {descriptor: errors_of(descriptor, rows) for descriptor in descriptors}
    json.dump(errors_by_descriptor, sys.stdout)


if __name__ == "__main__":
    main()
