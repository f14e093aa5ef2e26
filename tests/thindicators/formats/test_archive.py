"""One file has a whole data package: frictionless reads it, and its bytes are the same every time."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from frictionless import Package
from frictionless.resources import TableResource

from tests.written import package_at
from thindicators.formats.archive import archive_of, package_archive
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan
from thindicators.storage.descriptors import described_files

EMPLOYMENT = "indicators/employment_rate/employment_rate.zip"


def test_frictionless_reads_and_validates_the_package_of_an_indicator(
    release: Path, outcomes: list[Outcome]
) -> None:
    package = Package(str(release / EMPLOYMENT))
    assert package.validate().valid
    (table,) = package.resources
    figures = next(one.table for one in outcomes if one.indicator == "employment_rate")
    assert isinstance(table, TableResource)
    assert sorted(float(row["value"]) for row in table.read_rows() if row["value"]) == sorted(
        value for value in figures["value"].to_pylist() if value
    )


def test_frictionless_validates_the_package_of_the_whole_plan(
    release: Path, small_plan: Plan
) -> None:
    package = Package(str(release / archive_of(small_plan)))
    assert len(package.resources) > 5
    assert package.validate().valid


def test_it_has_what_the_descriptor_names_and_nothing_else(release: Path, small_plan: Plan) -> None:
    for path in (release / archive_of(small_plan), release / EMPLOYMENT):
        folder = path.parent
        named = [
            one["path"]
            for one in described_files(json.loads((folder / "datapackage.json").read_text()))
        ]
        with zipfile.ZipFile(path) as archive:
            assert archive.namelist() == ["datapackage.json", *named]
            assert all(
                archive.read(one) == (folder / one).read_bytes() for one in archive.namelist()
            )


def test_it_is_the_same_whenever_it_is_written(release: Path) -> None:
    package = package_at(release, "indicators/employment_rate")
    assert package_archive(package) == (release / EMPLOYMENT).read_bytes()
