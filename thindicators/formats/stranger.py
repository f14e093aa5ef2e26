"""A stranger: frictionless opens each data package as people elsewhere do, beside whatever is written meanwhile.

What belongs here: handing packages to it, and hearing what is wrong with them. What a package must be belongs in
`packages`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from thindicators.errors import ReleaseError
from thindicators.helper import Begun, begin

DESCRIPTOR = "datapackage.json"

_ROWS_LOOKED_AT = 250
"""Of each table: enough to see a wrong header, type or pattern, however many councils it has."""

_ERRORS_TOLD = 5


@dataclass
class Stranger:
    """Somebody who has only the files.

    Attributes:
        looks: What is seen of each package that was handed over, by the path of its descriptor.
    """

    looks: dict[Path, Begun[list[str]]] = field(default_factory=dict)

    def look_at(self, folder: Path) -> None:
        """Hand over a package that is written whole; nobody waits."""
        descriptor = folder / DESCRIPTOR
        self.looks[descriptor] = begin(partial(errors_of, descriptor))

    def require_valid(self) -> None:
        """Wait until all packages were looked at.

        Frictionless reads the first rows of each table: by them it sees whether descriptor, header, types and cells
        agree. Of all rows the contract is checked as a whole, and that the CSV holds what the Parquet file holds.

        Raises:
            ReleaseError: If anything is wrong.
        """
        for descriptor, look in self.looks.items():
            require_no_errors(descriptor, look.answer())


def errors_of(descriptor: Path) -> list[str]:
    """What frictionless finds wrong with a package.

    Args:
        descriptor: The path of its `datapackage.json`.
    """
    # Half a second, which is for the helper's process where there is one.
    from frictionless import Package
    from frictionless.exception import FrictionlessException

    # It raises where it cannot begin, and reports where it could.
    try:
        report = Package(str(descriptor)).validate(limit_rows=_ROWS_LOOKED_AT)
    except FrictionlessException as problem:
        return [str(problem)]
    errors = report.flatten(["title", "rowNumber", "fieldName", "note"])
    return [" ".join(map(str, error)) for error in errors]


def require_no_errors(descriptor: Path, errors: Sequence[str]) -> None:
    """Refuse a package that something is wrong with.

    Raises:
        ReleaseError: It names the first errors.
    """
    if errors:
        told = "; ".join(errors[:_ERRORS_TOLD])
        raise ReleaseError(
            f"{descriptor} is not a valid data package: {told}. The release before stands."
        )
