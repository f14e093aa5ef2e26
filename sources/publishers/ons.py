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


def fetch_workbook(client: Client, role: str, page: str) -> list[Snapshot]:
    """The page of a data set on the website, its newest edition, and the workbook of that edition, in this order.

    Args:
        client: Asks.
        role: What to call the workbook; the other two are `<role> page` and `<role> edition`.
        page: The data set's page on the website, from the first slash.

    Raises:
        SourceError: If a page is not what it should be, or does not name one edition or one workbook.
    """
    landing = client.get(f"{role} page", f"{SITE}{page}/data")
    newest = newest_edition(landing, page)
    edition = client.get(f"{role} edition", f"{SITE}{newest}/data")
    workbook = client.get(role, workbook_address(edition, newest), release=_release(edition))
    return [landing, edition, workbook]


def newest_edition(landing: Snapshot, page: str) -> str:
    """The path of the newest edition: the only one, or the one whose name ends in the latest year.

    Raises:
        SourceError: If it is not the page of a data set, or does not say which edition is the newest.
    """
    _check_type(landing, "dataset_landing_page")
    listed = _member(landing, json_of(landing), "datasets", list)
    paths = [str(_member(landing, one, "uri", str)) for one in listed]
    strangers = [path for path in paths if not path.startswith(f"{page}/")]
    years = {path: _last_year(path) for path in paths}
    latest = max(years.values(), default=0)
    newest = [
        path for path in paths if len(paths) == 1 or (years[path] == latest and all(years.values()))
    ]
    if strangers or len(newest) != 1:
        raise Place(landing).wrong(
            f"editions of {page}, one of which ends in the latest year",
            paths,
            _REMEDY,
        )
    return newest[0]


def workbook_address(edition: Snapshot, path: str) -> str:
    """The address of the one workbook of an edition.

    Raises:
        SourceError: If it is not the page of an edition, or has no workbook, or several.
    """
    _check_type(edition, "dataset")
    downloads = _member(edition, json_of(edition), "downloads", list)
    addresses = [_address(one, path) for one in downloads if isinstance(one, dict)]
    found = [address for address in addresses if address]
    if len(found) != 1:
        raise Place(edition).wrong(
            "one workbook (.xlsx or .xls) among “downloads”",
            downloads,
            _REMEDY,
        )
    return found[0]


def fetch_csv(client: Client, role: str, dataset: str) -> list[Snapshot]:
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
    named = re.search(rf"/datasets/{re.escape(dataset)}/editions/[^/]+/versions/([0-9]+)\Z", link)
    if not named:
        raise Place(about).wrong(
            f"a link to a version of {dataset}",
            link,
            _REMEDY,
        )
    version = client.get(f"{role} version", link)
    number = json_of(version).get("version") if isinstance(json_of(version), dict) else None
    if number != plain_numbers.whole_number(named[1]):
        raise Place(version).wrong(
            f"version {named[1]}",
            number,
            _REMEDY,
        )
    release = f"version {number}, {_day(_text(version, 'release_date'))}"
    return [
        about,
        version,
        client.get(role, _text(version, "downloads", "csv", "href"), release=release),
    ]


def _check_type(snapshot: Snapshot, wanted: str) -> None:
    came = _text(snapshot, "type")
    if came != wanted:
        raise Place(snapshot).wrong(
            f"a page of the type “{wanted}”",
            came,
            _REMEDY,
        )


def _last_year(path: str) -> int:
    return max(map(plain_numbers.year, _YEAR.findall(path.rsplit("/", 1)[-1])), default=0)


def _address(download: dict[str, Any], path: str) -> str:
    """Where a download is: files of the newer kind have a `uri`, those of the older kind only a `file`."""
    uri, file = str(download.get("uri") or ""), str(download.get("file") or "")
    if uri:
        return (
            f"{SITE}/downloads-new/{uri.lstrip('/')}"
            if _FILE.fullmatch(uri.rsplit("/", 1)[-1])
            else ""
        )
    return f"{SITE}/file?uri={path}/{file}" if _FILE.fullmatch(file) else ""


def _release(edition: Snapshot) -> str:
    """The edition's name and day, as far as the page has them."""
    described = json_of(edition).get("description")
    told = described if isinstance(described, dict) else {}
    return ", ".join(
        filter(None, [str(told.get("edition") or ""), _day(str(told.get("releaseDate") or ""))])
    )


def _day(written: str) -> str:
    """The day of a moment in London; in summer, midnight there is 23:00 of the day before in the publisher's time."""
    try:
        when = plain_numbers.moment(written)
    except plain_numbers.PlainNumberError:
        return written[:10]
    return (when.astimezone(LONDON) if when.tzinfo else when).date().isoformat()


def _text(snapshot: Snapshot, *names: str) -> str:
    found = json_of(snapshot)
    for name in names[:-1]:
        found = _member(snapshot, found, name, dict)
    return str(_member(snapshot, found, names[-1], str))


def _member(snapshot: Snapshot, whole: Any, name: str, kind: type) -> Any:
    found = whole.get(name) if isinstance(whole, dict) else None
    if not isinstance(found, kind) or found == "":
        came = sorted(whole) if isinstance(whole, dict) else whole
        raise Place(snapshot).wrong(
            f"a member “{name}” ({kind.__name__})",
            came,
            _REMEDY,
        )
    return found
