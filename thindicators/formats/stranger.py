"""A stranger: frictionless opens each data package as people elsewhere do, beside whatever is written meanwhile.

What belongs here: handing over packages and hearing what is wrong with them. The look itself is the program
`frictionless_look`, in a process of its own: it needs a processor for as long as all workbooks, and nothing of ours.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from thindicators.errors import ReleaseError
from thindicators.formats import frictionless_look
from thindicators.programs import Program, start

DESCRIPTOR = "datapackage.json"

_ROWS_LOOKED_AT = 250
"""Of each table: enough to see a wrong header, type or pattern, however many councils it has."""

_PATIENCE = 900.0
"""Seconds: far longer than a thousand packages take."""

_ERRORS_TOLD = 5


@dataclass
class Stranger:
    """A look at packages that has begun.

    Attributes:
        program: Which looks by frictionless.
        descriptors: The paths of the packages that were handed over.
    """

    program: Program
    descriptors: list[str] = field(default_factory=list)

    def look_at(self, folder: Path) -> None:
        """Hand over a package that is written whole; nobody waits."""
        descriptor = str(folder / DESCRIPTOR)
        self.descriptors.append(descriptor)
        self.program.tell(json.dumps(descriptor))

    def require_valid(self) -> None:
        """Wait until all packages were looked at.

        Frictionless reads the first rows of each table: by them it sees whether descriptor, header, types and cells
        agree. Of all rows the contract is checked as a whole, and that the CSV holds what the Parquet file holds.

        Raises:
            ReleaseError: If anything is wrong, or the look did not come to its end.
        """
        errors_by_descriptor = self._answer()
        for descriptor in self.descriptors:
            require_no_errors(Path(descriptor), errors_by_descriptor[descriptor])

    def _answer(self) -> dict[str, list[str]]:
        process = self.program.process
        try:
            said, _ = process.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            raise ReleaseError(
                f"frictionless did not come to the end of the data packages in {_PATIENCE:g} seconds. Look what else "
                "this machine does, and run again. The release before stands."
            ) from None
        if process.returncode != 0:
            raise ReleaseError(
                f"frictionless could not look at the data packages: its process ended with {process.returncode}, "
                "and what it said stands above. If it was killed, give this machine more memory, and run again. The "
                "release before stands."
            )
        errors_by_descriptor: dict[str, list[str]] = json.loads(said)
        return errors_by_descriptor


@contextmanager
def stranger() -> Iterator[Stranger]:
    """Begin a look at packages; what has not ended with the block is broken off."""
    program = start(frictionless_look, str(_ROWS_LOOKED_AT))
    try:
        yield Stranger(program)
    finally:
        program.end()


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
