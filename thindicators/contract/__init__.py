"""The contract: what every release and every plan must keep, whichever council's plan it is.

What belongs here: data only, which changes with the code and not with a plan. `tables/` has the Table Schema of each
published table, `profiles/` the official profile of data packages, and the `*.schema.json` beside them let an editor
complete the YAML files of a plan. What is made of these files belongs to their readers: `observations.tables`,
`formats.packages` and `plan.json_schemas`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

FOLDER = Path(__file__).parent
"""Where `write-schemas` writes; whoever only reads calls the functions below."""


def contract_text(name: str) -> str:
    """A file of the contract, by its path in it: `tables/observations.json`."""
    # By way of the import system: the package may lie in an archive, where there are no paths.
    file = files(__name__).joinpath(name)
    return file.read_text(encoding="utf-8")


def contract_files() -> dict[str, bytes]:
    """Every file of the contract by its path in it, in the order of their names."""
    top = files(__name__)
    return dict(sorted(_files_in(top, "")))


def is_of_contract(path: str) -> bool:
    """Whether a path that a release names is one of the contract's, of this version of the project or of another."""
    return path.startswith(("tables/", "profiles/")) or path.endswith(".schema.json")


def _files_in(
    folder: Traversable,
    prefix: str,
) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        # This module, and what Python compiled of it, are no part of the contract.
        if entry.name.startswith(("__", ".")):
            continue
        if entry.is_dir():
            yield from _files_in(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_bytes()
