"""The Office for National Statistics: data sets of its website and of its API.

What belongs here: what is true of every data set: how its newest edition or version is found, and the file in it. Which
data set to take, and what its file says, belongs in the source's module.

The website gives each of its pages as JSON at `<page>/data`: the page of a data set lists editions, the page of an
edition lists files, as the publisher's own front end reads them
(https://github.com/ONSdigital/dp-frontend-dataset-controller). The API numbers the versions of a data set and names the
latest (https://developer.ons.gov.uk).
"""

from __future__ import annotations

import re
from typing import Any

from sources.reading.files import Place, json_of
from thindicators import plain_numbers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.telling.calendar import LONDON

SITE = "https://www.ons.gov.uk"
API = "https://api.beta.ons.gov.uk/v1"

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_FILE = re.compile(r"[^/?#&]+\.xlsx?", re.IGNORECASE)
_REMEDY = "open the data set's page; if it has moved or its shape has changed, see sources/publishers/ons.py."


def fetch_workbook(
    client: Client,
    role: str,
    page: str,
) -> list[Snapshot]:
    """The page of a data set on the website, its newest edition, and the workbook of that edition, in this order.

    Args:
        client: Asks.
        role: What to call the workbook; the other two are `<role> page` and `<role> edition`.
        page: The data set's page on the website, from the first slash.

    Raises:
        SourceError: If a page is not what it should be, or does not name one edition or one workbook.
    """
    landing = client.get(f"{role} page", f"{SITE}{page}/data")
    edition_page = newest_edition(landing, page)
    edition = client.get(f"{role} edition", f"{SITE}{edition_page}/data")
    workbook = client.get(
        role,
        workbook_address(edition, edition_page),
        release=_release(edition),
    )
    return [landing, edition, workbook]


def newest_edition(landing: Snapshot, page: str) -> str:
    """The path of the newest edition: the only one, or the one whose name ends in the latest year.

    Raises:
        SourceError: If it is not the page of a data set, or does not say which edition is the newest.
    """
    _check_type(landing, "dataset_landing_page")
    editions = _member(landing, json_of(landing), "datasets", list)
    paths = [str(_member(landing, edition, "uri", str)) for edition in editions]
    newest = _with_latest_year(paths)
    if len(newest) != 1 or not all(path.startswith(f"{page}/") for path in paths):
        raise Place(landing).wrong(
            f"editions of {page}, one of which ends in the latest year",
            paths,
            _REMEDY,
        )
    return newest[0]


def _with_latest_year(paths: list[str]) -> list[str]:
    # A single edition may bear any name, such as “current”.
    if len(paths) == 1:
        return paths
    years = [_last_year(path) for path in paths]
    # Beside others, an edition without a year might be newer or older than they are.
    if not all(years):
        return []
    latest = max(years, default=0)
    return [path for path, year in zip(paths, years, strict=True) if year == latest]


def workbook_address(edition: Snapshot, path: str) -> str:
    """The address of the one workbook of an edition.

    Raises:
        SourceError: If it is not the page of an edition, or has no workbook, or several.
    """
    _check_type(edition, "dataset")
    downloads = _member(edition, json_of(edition), "downloads", list)
    addresses = [_address(download, path) for download in downloads if isinstance(download, dict)]
    workbooks = [address for address in addresses if address]
    if len(workbooks) != 1:
        raise Place(edition).wrong(
            "one workbook (.xlsx or .xls) among “downloads”",
            downloads,
            _REMEDY,
        )
    return workbooks[0]


def fetch_csv(
    client: Client,
    role: str,
    dataset: str,
) -> list[Snapshot]:
    """What the API says of a data set and of its latest version, and that version as CSV, in this order.

    Args:
        client: Asks.
        role: What to call the CSV; the other two are `<role> dataset` and `<role> version`.
        dataset: The data set's id.

    Raises:
        SourceError: If an answer is not what it should be.
    """
    about = client.get(f"{role} dataset", f"{API}/datasets/{dataset}")
    link = _text(about, "links", "latest_version", "href")
    number = _version_in_link(about, link, dataset)
    version = client.get(f"{role} version", link)
    _check_version(version, number)
    day = _day(_text(version, "release_date"))
    csv = client.get(
        role,
        _text(version, "downloads", "csv", "href"),
        release=f"version {number}, {day}",
    )
    return [about, version, csv]


def _version_in_link(
    about: Snapshot,
    link: str,
    dataset: str,
) -> int:
    """The number that ends a link to a version of a data set."""
    pattern = rf"/datasets/{re.escape(dataset)}/editions/[^/]+/versions/([0-9]+)\Z"
    match = re.search(pattern, link)
    if not match:
        raise Place(about).wrong(
            f"a link to a version of {dataset}",
            link,
            _REMEDY,
        )
    return plain_numbers.whole_number(match[1])


def _check_version(version: Snapshot, expected: int) -> None:
    """Check that a link to a version leads to that version, not to what a cache between holds."""
    described = json_of(version)
    number = described.get("version") if isinstance(described, dict) else None
    if number != expected:
        raise Place(version).wrong(
            f"version {expected}",
            number,
            _REMEDY,
        )


def _check_type(snapshot: Snapshot, wanted: str) -> None:
    page_type = _text(snapshot, "type")
    if page_type != wanted:
        raise Place(snapshot).wrong(
            f"a page of the type “{wanted}”",
            page_type,
            _REMEDY,
        )


def _last_year(path: str) -> int:
    """The latest year in the last part of a path; 0 if it names none."""
    name = path.rsplit("/", 1)[-1]
    years = map(plain_numbers.year, _YEAR.findall(name))
    return max(years, default=0)


def _address(download: dict[str, Any], path: str) -> str:
    """Where a download is: files of the newer kind have a `uri`, those of the older kind only a `file`."""
    uri = str(download.get("uri") or "")
    if uri:
        name = uri.rsplit("/", 1)[-1]
        address = f"{SITE}/downloads-new/{uri.lstrip('/')}"
    else:
        name = str(download.get("file") or "")
        address = f"{SITE}/file?uri={path}/{name}"
    # Beside the workbook there may be a CSV or a PDF of notes, which are not read.
    return address if _FILE.fullmatch(name) else ""


def _release(edition: Snapshot) -> str:
    """The edition's name and day, as far as the page has them."""
    description = json_of(edition).get("description")
    if not isinstance(description, dict):
        return ""
    name = str(description.get("edition") or "")
    day = _day(str(description.get("releaseDate") or ""))
    return ", ".join(filter(None, [name, day]))


def _day(written: str) -> str:
    """The day of a moment in London; in summer, midnight there is 23:00 of the day before in the publisher's time."""
    try:
        moment = plain_numbers.moment(written)
    except plain_numbers.PlainNumberError:
        # It only describes the release for a reader, so that an odd one is no reason to stop.
        return written[:10]
    if moment.tzinfo:
        moment = moment.astimezone(LONDON)
    return moment.date().isoformat()


def _text(snapshot: Snapshot, *names: str) -> str:
    """A text that is not empty, by the names of the members on the way to it."""
    inner = json_of(snapshot)
    for name in names[:-1]:
        inner = _member(snapshot, inner, name, dict)
    return str(_member(snapshot, inner, names[-1], str))


def _member(
    snapshot: Snapshot,
    whole: Any,
    name: str,
    kind: type,
) -> Any:
    member = whole.get(name) if isinstance(whole, dict) else None
    if not isinstance(member, kind) or member == "":
        came = sorted(whole) if isinstance(whole, dict) else whole
        raise Place(snapshot).wrong(
            f"a member “{name}” ({kind.__name__})",
            came,
            _REMEDY,
        )
    return member
