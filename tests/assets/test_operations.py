"""The operations page says what is there: jobs, sensors, and pictures that load quickly."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets.repository import definitions
from tests.support import ROOT
from thindicators.settings import Settings

PAGE = ROOT / "docs" / "officers.md"
TEXT = PAGE.read_text(encoding="utf-8")
FOLDER = ROOT / "assets" / "operations"
PICTURES = re.findall(r"!\[[^\]]{5,}\]\(\.\./assets/operations/(\w+\.png)\)", TEXT)
LARGEST = 150_000


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_there_and_not_large(name: str) -> None:
    assert 10_000 < (FOLDER / name).stat().st_size < LARGEST


def test_every_picture_is_shown() -> None:
    assert {path.name for path in FOLDER.glob("*.png")} == set(PICTURES)
    week = Path(__file__).with_name("test_officers_week.py").read_text(encoding="utf-8")
    taken = re.findall(r'picture\(page, "(\w+)"\)', week)
    assert {f"{name}.png" for name in taken} == set(PICTURES)


def test_every_job_but_those_of_a_source_is_explained_and_is_there() -> None:
    made = definitions(Settings())
    jobs = {job.name for job in made.resolve_all_job_defs() if not job.name.startswith("__")}
    explained = set(re.findall(r"^\| `(\w+)` \|", TEXT, flags=re.MULTILINE))
    assert explained <= jobs
    assert {job for job in jobs if not job.startswith("refresh_")} <= explained
    sensors = {one.name for one in made.sensors or ()}
    assert all(f"`{name}`" in TEXT for name in sensors)
