"""gov.uk: the newest document of a collection and its file are found by title, date and name."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources import dwp_low_income
from sources.publishers import govuk
from tests.sources.dwp_answers import document, snapshot
from thindicators.errors import SourceError
from thindicators.fetching.snapshots import Snapshot

SERIES_TITLE = "Children in low income families: local area statistics"
YEAR_BY_YEAR = [
    document(f"{SERIES_TITLE} 2014 to {year}", f"/{year}", f"{year + 1}-03-25T09:30:00Z")
    for year in range(2020, 2025)
]
BACKGROUND = document(f"{SERIES_TITLE}, background information", "/notes", "2026-06-01T09:30:00Z")
HBAI = document("Households below average income: 1995 to 2026", "/hbai", "2026-07-01T09:30:00Z")
CORRECTED = document(f"{SERIES_TITLE} 2014 to 2019", "/2019", "2026-05-01T09:30:00Z")


@given(st.permutations([*YEAR_BY_YEAR, BACKGROUND, HBAI, CORRECTED]))
def test_the_newest_release_is_told_by_the_years_in_its_title_and_not_by_its_place(
    documents: list[object],
) -> None:
    collection = snapshot(json.dumps({"links": {"documents": documents}}).encode())
    assert govuk.newest_document(collection, dwp_low_income.DOCUMENT).path == "/2024"


def test_of_two_releases_to_the_same_year_the_one_updated_last_is_taken() -> None:
    again = document(
        "Children in low income families: local area statistics 2022 to 2024",
        "/b",
        "2025-09-01T09:30:00Z",
    )
    collection = snapshot(json.dumps({"links": {"documents": [again, *YEAR_BY_YEAR]}}).encode())
    assert govuk.newest_document(collection, dwp_low_income.DOCUMENT).path == "/b"


def test_a_withdrawn_release_is_passed_over() -> None:
    withdrawn = {**YEAR_BY_YEAR[-1], "withdrawn": True}
    collection = snapshot(
        json.dumps({"links": {"documents": [withdrawn, *YEAR_BY_YEAR[:-1]]}}).encode()
    )
    assert govuk.newest_document(collection, dwp_low_income.DOCUMENT).path == "/2023"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "a member “links”"),
        ([], "a member “links”"),
        ({"links": {}}, "a member “documents”"),
        ({"links": {"documents": [{"title": "T"}]}}, "a member “base_path”"),
        ({"links": {"documents": [document("T", "/t", "yesterday")]}}, "a moment such as"),
        ({"links": {"documents": [document("T", "/t", "2026-03-26")]}}, "a moment such as"),
        ({"links": {"documents": []}}, "a document titled like"),
        ({"links": {"documents": [HBAI, BACKGROUND]}}, "a document titled like"),
    ],
)
def test_a_collection_of_another_shape_is_refused(body: object, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        govuk.newest_document(snapshot(json.dumps(body).encode()), dwp_low_income.DOCUMENT)


def attached(*names: str) -> Snapshot:
    files = [
        {"title": name, "url": f"https://assets.publishing.service.gov.uk/media/1/{name}"}
        for name in names
    ]
    return snapshot(json.dumps({"details": {"attachments": files}}).encode())


@pytest.mark.parametrize(
    "name",
    [
        "children-in-low-income-families-local-area-statistics-2014-to-2024.ods",
        "children-in-low-income-families-local-area-statistics-2022-2025.ods",
    ],
)
def test_the_workbook_is_told_from_what_else_is_attached(name: str) -> None:
    page = attached("background-information", "stat-xplore-user-guide.pdf", name)
    assert govuk.attachment(page, dwp_low_income.FILE).file_name == name


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["children-in-low-income-families-local-area-statistics-2014-to-2024.pdf"],
        ["children-in-low-income-families-a.ods", "children-in-low-income-families-b.ods"],
    ],
)
def test_a_page_without_one_workbook_is_refused(names: list[str]) -> None:
    with pytest.raises(SourceError, match="one attached file named like"):
        govuk.attachment(attached(*names), dwp_low_income.FILE)
