"""A release is written in one pass: each file once, noted when it is written, and read again once at the end."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.samples import sample_outcomes, sample_run_context
from thindicators.comparing import verdicts
from thindicators.errors import ReleaseError
from thindicators.observations import tables
from thindicators.refreshing import witnessing
from thindicators.release import writing
from thindicators.release.inputs import Inputs
from thindicators.release.writing import write_release
from thindicators.storage import sums
from thindicators.storage.manifest import WrittenFile, write_file

NAME = "2026-11-22.1"
MOST_READS = 2
"""Of a file beside those that frictionless reads as a stranger does: its sum at the end, and a descriptor's words."""


def written(folder: Path) -> list[WrittenFile]:
    """The sample edition, written into an empty folder."""
    folder.mkdir()
    run_context = sample_run_context()
    inputs = Inputs(sample_outcomes(), {}, None, NAME, witnessing.hear(run_context))
    # A copy has parsed nothing yet.
    return write_release(replace(run_context), inputs, folder)


def test_each_file_is_noted_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "release"
    manifest = written(folder)
    on_disk = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    assert sorted(file.path for file in manifest) == sorted(set(on_disk) - {sums.SUMS})
    for file in manifest:
        content = on_disk[file.path].read_bytes()
        assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert file.title
        assert "/" in file.media_type


def opened(folder: Path, run: Callable[[], object]) -> tuple[Counter[str], Counter[str]]:
    """How often each file of a folder is opened to write and to read, by Python's own account."""
    to_write: Counter[str] = Counter()
    to_read: Counter[str] = Counter()
    is_over = False

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        # A hook cannot be taken away again, so that it must know when it is over.
        if is_over or event != "open" or not isinstance(arguments[0], str | os.PathLike):
            return
        path = Path(os.fspath(arguments[0]))
        if path.is_relative_to(folder):
            flags = arguments[2]
            counter = to_write if flags & (os.O_WRONLY | os.O_RDWR) else to_read
            counter[path.relative_to(folder).as_posix()] += 1

    sys.addaudithook(hook)
    run()
    is_over = True
    return to_write, to_read


def test_a_file_is_written_once_and_read_again_for_its_sum_alone(tmp_path: Path) -> None:
    folder = tmp_path / "release"
    to_write, to_read = opened(folder, lambda: written(folder))
    assert set(to_write.values()) == {1}
    # Frictionless reads every table as a stranger does, and so do others what a descriptor says.
    is_checked = {
        path for path in to_read if path.endswith(("datapackage.json", ".csv", sums.SUMS))
    }
    assert {
        path: count for path, count in to_read.items() if count > 1 and path not in is_checked
    } == {}
    assert sum(to_write.values()) + sum(to_read.values()) < 3 * len(to_write)


def test_verdicts_are_worked_out_once_and_schemas_parsed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged, parsed = [], []

    def judging(*given: Any) -> Any:
        judged.append(given)
        return verdicts.comparisons(*given)

    def parsing() -> Any:
        parsed.append(True)
        return tables.table_schemas()

    monkeypatch.setattr(writing, "comparisons", judging)
    monkeypatch.setattr("thindicators.context.table_schemas", parsing)
    written(tmp_path / "release")
    assert (len(judged), len(parsed)) == (1, 1)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda folder: (folder / "a.txt").write_bytes(b"other"), r"a\.txt was changed\."),
        (lambda folder: (folder / "a.txt").unlink(), r"a\.txt is missing\."),
        (lambda folder: (folder / "b.txt").write_bytes(b"more"), r"b\.txt was added\."),
    ],
)
def test_what_is_not_on_the_disk_as_it_was_noted_stops_the_release(
    tmp_path: Path, harm: Callable[[Path], object], says: str
) -> None:
    file = write_file(tmp_path, "a.txt", b"figures", "Figures", "text/plain")
    sums.write_sums(tmp_path, {file.path: file.sha256})
    sums.require_whole(tmp_path, [file])
    harm(tmp_path)
    with pytest.raises(ReleaseError, match=says):
        sums.require_whole(tmp_path, [file])


def test_a_file_that_nobody_noted_stops_the_release(tmp_path: Path) -> None:
    file = write_file(tmp_path, "a.txt", b"figures", "Figures", "text/plain")
    sums.write_sums(tmp_path, {file.path: file.sha256})
    with pytest.raises(ReleaseError, match=r"a\.txt is not what was noted of it"):
        sums.require_whole(tmp_path, [])


def test_a_descriptor_that_says_another_size_stops_the_release(tmp_path: Path) -> None:
    table = write_file(tmp_path, "t.csv", b"a\n1\n", "T", "text/csv")
    resource = {"path": "t.csv", "bytes": table.size + 1, "hash": f"sha256:{table.sha256}"}
    descriptor = json.dumps({"resources": [resource]}).encode()
    package = write_file(tmp_path, "datapackage.json", descriptor, "Package", "application/json")
    files = [table, package]
    sums.write_sums(tmp_path, {file.path: file.sha256 for file in files})
    with pytest.raises(
        ReleaseError, match=r"t\.csv is not what datapackage\.json says of its size and its sum"
    ):
        sums.require_whole(tmp_path, files)
