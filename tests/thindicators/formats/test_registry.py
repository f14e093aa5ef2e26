"""A new format is one module and one row: downloads, catalogue and SHA256SUMS follow from the row."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.thindicators.formats.conftest import MakeRelease
from thindicators.errors import ReleaseError
from thindicators.formats import registry
from thindicators.formats.published import Published, PublishedPlan
from thindicators.formats.registry import IndicatorFormat, PlanFormat
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan
from thindicators.storage.sums import differences, read_sums


def headline(published: Published) -> bytes:
    """The whole module of a toy format: how many figures there are, as plain text."""
    return f"{published.title}: {len(published.rows)} figures\n".encode()


def counts(whole: PublishedPlan) -> dict[str, bytes]:
    lines = [f"{published.indicator.id} {len(published.rows)}" for published in whole.indicators]
    return {"counts.txt": "\n".join(lines).encode()}


HEADLINE = IndicatorFormat("Plain text", "text/plain", "{id}.txt", headline, "TXT")
COUNTS = PlanFormat(
    "Counts, as plain text", "text/plain", counts, is_download=True, portal_type="TXT"
)
PATH = "indicators/employment_rate/employment_rate.txt"


@pytest.fixture
def extended(
    monkeypatch: pytest.MonkeyPatch,
    release_of: MakeRelease,
    small_plan: Plan,
    outcomes: list[Outcome],
) -> Path:
    """A release with a format more of each kind, for which nothing was changed but the registry."""
    monkeypatch.setattr(registry, "OF_AN_INDICATOR", (*registry.OF_AN_INDICATOR, HEADLINE))
    monkeypatch.setattr(registry, "OF_THE_PLAN", (COUNTS, *registry.OF_THE_PLAN))
    return release_of(small_plan, outcomes)


def distributions(release: Path) -> dict[str, dict[str, Any]]:
    """What the catalogue says of each file."""
    catalogue = json.loads((release / "catalogue.jsonld").read_text(encoding="utf-8"))
    files = [file for dataset in catalogue["dcat:dataset"] for file in dataset["dcat:distribution"]]
    return {file["@id"]: file for file in files}


@pytest.mark.parametrize(
    ("path", "page"), [(PATH, "indicators/employment_rate"), ("counts.txt", "downloads")]
)
def test_a_new_format_is_in_the_downloads_the_catalogue_and_the_sums(
    extended: Path, path: str, page: str
) -> None:
    content = (extended / path).read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    assert path.rpartition("/")[2] in (extended / page / "index.html").read_text(encoding="utf-8")
    assert path in (extended / "downloads" / "index.html").read_text(encoding="utf-8")
    file = distributions(extended)[path]
    assert file["dcat:byteSize"]["@value"] == str(len(content))
    assert file["spdx:checksum"]["spdx:checksumValue"]["@value"] == sha256
    assert file["dct:format"]["@id"].endswith("/file-type/TXT")
    assert read_sums(extended)[path] == sha256
    assert differences(extended) == []


def test_search_engines_are_told_of_a_new_format_too(extended: Path) -> None:
    assert (
        "employment_rate.txt"
        in (extended / "indicators" / "employment_rate" / "index.html")
        .read_text(encoding="utf-8")
        .partition("</script>")[0]
    )


def test_all_other_files_but_those_that_list_it_stay_as_they_are(
    extended: Path, release: Path
) -> None:
    before, after = read_sums(release), read_sums(extended)
    changed = {path for path in before if before[path] != after[path]}
    assert {Path(path).suffix for path in changed} == {".html", ".jsonld"}


def test_two_formats_of_one_name_are_refused(
    monkeypatch: pytest.MonkeyPatch,
    release_of: MakeRelease,
    small_plan: Plan,
    outcomes: list[Outcome],
) -> None:
    twice = IndicatorFormat("Another JSON", "application/json", "{id}.json", headline)
    monkeypatch.setattr(registry, "OF_AN_INDICATOR", (*registry.OF_AN_INDICATOR, twice))
    with pytest.raises(ReleaseError, match=r"\.json would be written twice .*registry\.py"):
        release_of(small_plan, outcomes)
