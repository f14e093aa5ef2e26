"""The parts of the documents that are made from the code say what the code says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.generated import (
    FILES,
    FROM_A_RELEASE,
    FROM_THE_CODE,
    ONLY_WITH_ADDRESS,
    files_of,
    kind_of,
    part,
)
from tests.samples import sample_release

AGAIN = "run `python -m tests.docs` and look at what has changed"


@pytest.mark.parametrize(
    ("place", "make"), FROM_THE_CODE.items(), ids=lambda value: getattr(value, "__name__", None)
)
def test_a_part_that_is_made_from_the_code_is_as_the_code_is(
    place: tuple[Path, str], make: Callable[[], str]
) -> None:
    assert part(*place) == make(), AGAIN


@pytest.mark.parametrize(
    ("place", "make"), FROM_A_RELEASE.items(), ids=lambda value: getattr(value, "__name__", None)
)
def test_a_part_that_is_made_from_a_release_is_as_a_release_is(
    place: tuple[Path, str], make: Callable[[Path], str]
) -> None:
    assert part(*place) == make(sample_release()), AGAIN


def test_every_file_of_a_release_is_described_and_is_there() -> None:
    assert files_of(sample_release()) == set(FILES) - ONLY_WITH_ADDRESS


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("by_year/2023/observations.parquet", "by_year/<year>/observations.parquet"),
        (
            "indicators/happiness/happiness.csv-metadata.json",
            "indicators/<id>/<id>.csv-metadata.json",
        ),
        ("indicators/happiness/index.html", "indicators/<id>/index.html"),
        ("observations.csv", "<table>.csv"),
        ("observations.parquet", "observations.parquet"),
        ("index.html", "index.html"),
    ],
)
def test_a_kind_of_file_leaves_names_open(path: str, kind: str) -> None:
    assert kind_of(path) == kind
