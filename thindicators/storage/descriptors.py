"""Descriptors: reading the `datapackage.json` of a package that is already written.

What belongs here: which files it describes. What it says, and checking it, belongs in `packages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

File = Mapping[str, Any]


def described_files(descriptor: Mapping[str, Any]) -> list[File]:
    """What a package says of each of its files: its tables, and after each table the files with the same rows."""
    files: list[File] = []
    for resource in descriptor["resources"]:
        files.append(resource)
        # Parquet stands there; as a resource of its own several tools refuse it.
        files.extend(resource.get("alternatives", ()))
    return files
