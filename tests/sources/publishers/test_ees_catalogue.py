"""The catalogue of Explore education statistics: the current file is known by its name, among all pages of the list.

Search words are not sent: the publisher's search finds any one of them, in any publication, and no names of files.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from sources.publishers import ees_catalogue
from sources.publishers.ees_catalogue import CatalogueFile, Edition, PublicationFiles, Revision
from tests.sources.ees_files import (
    FILE_ID,
    PUBLICATION_ID,
    file_answer,
    listed,
    listing,
    publication,
)
from tests.support import snapshot_of
from thindicators.errors import SourceError
from thindicators.fetching.answers import Answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot, by_role
from thindicators.observations.periods import academic_year
from thindicators.telling.calendar import Window

Clients = Callable[..., Client]

SLUG = "key-stage-4-performance"
OTHER_ID = "85bdb5af-d60c-42a2-a19c-de7bb02447c5"
REVISED, PROVISIONAL = (
    "202425_all_state_funded_revised.csv",
    "202425_all_state_funded_provisional.csv",
)
WANTED = PublicationFiles(
    publication=SLUG, files=("*_all_state_funded_*.csv", "*_la_char_data_*.csv")
)
NAME = "figures"


def found_in(client: Client, wanted: PublicationFiles = WANTED) -> dict[str, Snapshot]:
    return by_role(ees_catalogue.fetch_file(client, NAME, wanted))


def answers(*entries: Any, size: int = 40, **told: Any) -> Answers:
    return Answers(
        date(2026, 11, 22), (*listed(SLUG, entries, size, **told), file_answer(b"a,b\n1,2\n"))
    )


# --- the file ---


@pytest.mark.parametrize(
    "filename", [REVISED, PROVISIONAL, REVISED.upper(), "202324_la_char_data_revised.csv"]
)
def test_a_file_is_known_by_its_name_whatever_its_title_year_and_edition(
    live_client: Clients, filename: str
) -> None:
    others = [
        listing("202425_national_characteristics_revised.csv", "All state-funded", id=OTHER_ID),
        listing(filename, "Data"),
    ]
    found = found_in(live_client("dfe_ks4", answers(*others)))
    assert list(found) == [f"{NAME} publication", f"{NAME} catalogue 1", f"{NAME} file"]
    file = found[f"{NAME} file"]
    assert file.receipt.url.endswith(f"/data-set-files/{FILE_ID}/download")
    assert file.receipt.release == f"The publication, Academic year 2024/25 ({filename})"


@pytest.mark.parametrize("place", [0, 40, 84])
def test_it_is_found_on_any_page_of_the_list(
    live_client: Clients, httpserver: HTTPServer, place: int
) -> None:
    entries = [
        listing(f"other_{number}.csv", id=f"00000000-0000-0000-0000-{number:012d}")
        for number in range(84)
    ]
    entries.insert(place, listing(REVISED))
    found = found_in(live_client("dfe_ks4", answers(*entries)))
    assert list(found)[1:] == [
        *(f"{NAME} catalogue {number}" for number in (1, 2, 3)),
        f"{NAME} file",
    ]
    asked = [
        dict(request.args)
        for request, _ in httpserver.log
        if request.path.endswith("/data-set-files")
    ]
    whole = {"publicationId": PUBLICATION_ID, "latestOnly": "true", "pageSize": "40"}
    assert asked == [{**whole, "page": number} for number in ("1", "2", "3")]


@pytest.mark.parametrize(("of_every_release", "latest_only"), [(False, "true"), (True, "false")])
def test_a_file_of_an_older_release_is_found_by_its_id_only(
    live_client: Clients, httpserver: HTTPServer, of_every_release: bool, latest_only: str
) -> None:
    """The API may still serve what an older release gave."""
    older = listing("202324_la_char_data_revised.csv", id=OTHER_ID, latestData=False)
    client = live_client("dfe_ks4", answers(older, listing(REVISED)))
    found = by_role(ees_catalogue.fetch_list(client, NAME, SLUG, of_every_release=of_every_release))
    assert [request.args["latestOnly"] for request, _ in httpserver.log[1:]] == [latest_only]
    assert ees_catalogue.find_file(NAME, found, WANTED.files).filename == REVISED
    by_id = ees_catalogue.find_by_id(NAME, found, OTHER_ID)
    assert by_id is not None
    assert by_id.edition == Edition.REVISED
    assert ees_catalogue.find_by_id(NAME, found, PUBLICATION_ID) is None


ANOTHER = {"id": OTHER_ID, "title": "Key stage 2 attainment", "slug": "key-stage-2-attainment"}


@pytest.mark.parametrize(
    ("entries", "came"),
    [
        ([], r"0 among \[\]"),
        (
            [listing("other.csv", "All state-funded")],
            r"0 among .*other\.csv \(All state-funded\).*belongs in `files`",
        ),
        ([listing(REVISED, publication=ANOTHER)], "0 among"),
        ([listing(REVISED, latestData=False)], "0 among"),
        ([listing(REVISED, isSuperseded=True)], "0 among"),
        ([listing(REVISED), listing(PROVISIONAL, id=OTHER_ID)], "2 among"),
        (
            [listing(REVISED, id="../../elsewhere")],
            r"a list of data set files; came results\.0\.id",
        ),
        ([{"title": "no file"}], r"a list of data set files; came results\.0\.id: Field required"),
        ([listing(REVISED, publication="Key stage 4")], r"came results\.0\.publication"),
    ],
)
def test_without_one_current_file_of_the_publication_there_is_an_error(
    live_client: Clients, entries: list[Any], came: str
) -> None:
    with pytest.raises(SourceError, match=came):
        found_in(live_client("dfe_ks4", answers(*entries)))


def test_an_older_release_under_its_old_id_is_passed_over(live_client: Clients) -> None:
    older = listing("202324_la_char_data_revised.csv", id=OTHER_ID, latestData=False)
    file = found_in(live_client("dfe_ks4", answers(older, listing(REVISED))))[f"{NAME} file"]
    assert file.receipt.url.endswith(f"{FILE_ID}/download")


def test_a_publication_that_another_has_followed_is_refused(live_client: Clients) -> None:
    followed = {"id": OTHER_ID, "slug": "other", "title": "Attainment at 16"}
    with pytest.raises(
        SourceError, match=r"superseded by “Attainment at 16”.*correct `publication`"
    ):
        found_in(
            live_client("dfe_ks4", answers(listing(REVISED), supersededByPublication=followed))
        )


@pytest.mark.parametrize(
    ("paging", "came"),
    [
        (
            {"page": 2, "totalPages": 1, "totalResults": 1},
            "page 1 of 50 or fewer; came page 2 of 1",
        ),
        ({"page": 1, "totalPages": 10**9, "totalResults": 1}, "came page 1 of 1000000000"),
        ({"page": 1, "totalPages": 1, "totalResults": 2}, "2 files on 1 pages; came 1 on 1"),
        ({"page": 1}, r"a list of data set files; came paging\.totalPages"),
        ({"page": "١", "totalPages": 1, "totalResults": 1}, r"came paging\.page: .*digits"),
        ({"page": 1, "totalPages": "0_1", "totalResults": 1}, r"came paging\.totalPages: .*digits"),
        (
            {"page": 1, "totalPages": 1, "totalResults": True},
            r"came paging\.totalResults: .*a whole number",
        ),
    ],
)
def test_a_list_that_is_not_whole_is_refused(
    live_client: Clients, paging: dict[str, object], came: str
) -> None:
    about, page = listed(SLUG, [listing(REVISED)])
    changed = {**json.loads(page.content), "paging": paging}
    given = (
        about,
        type(page)("GET", page.url, json.dumps(changed).encode(), media_type=page.media_type),
    )
    with pytest.raises(SourceError, match=came):
        found_in(live_client("dfe_ks4", Answers(date(2026, 11, 22), given)))


# --- the edition ---


@pytest.mark.parametrize(
    ("filename", "edition"),
    [
        (PROVISIONAL, Edition.PROVISIONAL),
        (REVISED, Edition.REVISED),
        ("202324_LA_char_data_Final.CSV", Edition.FINAL),
        ("provisional_figures.csv", Edition.NOT_SAID),
        ("aggregated_attainment_by_region_characteristic_202125.csv", Edition.NOT_SAID),
        ("202425_notprovisional.csv", Edition.NOT_SAID),
    ],
)
def test_an_edition_stands_at_the_end_of_a_files_name(filename: str, edition: Edition) -> None:
    assert CatalogueFile(FILE_ID, "Academic year 2024/25", filename).edition == edition


@given(st.sampled_from(Edition), st.booleans())
def test_nothing_provisional_or_unknown_is_called_final(edition: Edition, is_newest: bool) -> None:
    revision = ees_catalogue.revision_in(edition, is_newest)
    assert (revision.mark == "p") == (
        is_newest and edition in (Edition.PROVISIONAL, Edition.NOT_SAID)
    )
    assert (revision.note != "") == (is_newest and edition is Edition.NOT_SAID)
    if not is_newest:
        assert revision == Revision("")


# --- the newest period ---


@pytest.mark.parametrize("told", ["2024/25", "Academic year 2024/25", ""])
def test_the_newest_period_of_a_file_is_the_one_that_the_catalogue_says(
    live_client: Clients, told: str
) -> None:
    entry = listing(REVISED)
    entry["meta"]["timePeriodRange"] = {"from": "2018/19", "to": told} if told else None
    found = found_in(live_client("dfe_ks4", answers(entry)))
    ees_catalogue.check_newest(
        NAME, found, WANTED.files, [academic_year(2024), academic_year(2023)]
    )
    if told:
        with pytest.raises(
            SourceError, match=f"figures to {told}, as the catalogue says.*came figures to 2025/26"
        ):
            ees_catalogue.check_newest(
                NAME, found, WANTED.files, [academic_year(2025), academic_year(2024)]
            )


# --- when the publication comes next ---


@pytest.mark.parametrize(
    ("announced", "first", "last"),
    [
        ({"year": 2026, "month": 10, "day": 15}, date(2026, 10, 15), date(2026, 10, 15)),
        ({"year": 2027, "month": 2, "day": None}, date(2027, 2, 1), date(2027, 2, 28)),
        ({"year": "2027", "month": "2", "day": "3"}, date(2027, 2, 3), date(2027, 2, 3)),
        ({"year": 2028, "month": 2}, date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_publication_may_announce_a_day_or_a_month(
    announced: dict[str, Any], first: date, last: date
) -> None:
    told = snapshot_of(json.dumps(publication(SLUG, nextReleaseDate=announced)).encode())
    assert ees_catalogue.next_release(told) == Window(first, last)


def test_a_year_alone_says_nothing_of_when_to_look() -> None:
    told = publication(SLUG, nextReleaseDate={"year": 2027, "month": None, "day": None})
    assert ees_catalogue.next_release(snapshot_of(json.dumps(told).encode())) is None


def test_a_publication_need_not_announce_anything() -> None:
    told = publication(SLUG)
    assert ees_catalogue.next_release(snapshot_of(json.dumps(told).encode())) is None
    del told["nextReleaseDate"]
    assert ees_catalogue.next_release(snapshot_of(json.dumps(told).encode())) is None


@pytest.mark.parametrize(
    "announced",
    [
        {"year": 2026, "month": 13},
        {"year": 2026, "month": 2, "day": 30},
        {"year": 10**20, "month": 1},
        {"month": 2},
        {"year": "٢٠٢٦", "month": 2},
        {"year": "2_026", "month": 2},
        {"year": 2026.0, "month": 2},
        {"year": 2026, "month": True},
        "2026",
    ],
)
def test_a_day_that_no_calendar_has_is_refused(announced: object) -> None:
    told = snapshot_of(json.dumps(publication(SLUG, nextReleaseDate=announced)).encode())
    with pytest.raises(SourceError, match="nextReleaseDate"):
        ees_catalogue.next_release(told)
