"""The London Datastore: a data set's record, its files, and the names of the boroughs that they use.

What belongs here: what is true of every data set of https://data.london.gov.uk (DataPress,
https://datapress.com/docs/api). Which data set and file to take, and what a file says, belongs in the source's module.

A file is replaced in place: its id and title stay, its file name and size change. A download address is therefore taken
from the record, and the size that the record gives must be the size that came. The record's hash may be out of date, so
that one that differs is only logged. Links on the Datastore's pages are out of date and never used.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urljoin

from sources.reading.archives import ArchiveError, inflate, opened
from sources.reading.files import Cell, Place, json_of, words
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot

DATASTORE = "https://data.london.gov.uk"

# The names in the order of their GSS codes, E09000001 to E09000033, without “upon Thames”.
_BOROUGHS = (
    "city of london, barking and dagenham, barnet, bexley, brent, bromley, camden, croydon, ealing, enfield, "
    "greenwich, hackney, hammersmith and fulham, haringey, harrow, havering, hillingdon, hounslow, islington, "
    "kensington and chelsea, kingston, lambeth, lewisham, merton, newham, redbridge, richmond, southwark, sutton, "
    "tower hamlets, waltham forest, wandsworth, westminster"
)
BOROUGHS = {name: f"E09{number:06}" for number, name in enumerate(_BOROUGHS.split(", "), 1)}
"""GSS codes of the 33 boroughs, the City of London among them, by the name that `borough_code` folds to."""

_REMEDY = "look at the data set's page; if the publisher has moved the file, change `ask` in the indicator's YAML."
_MD5 = re.compile(r"[0-9a-f]{32}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Resource:
    """A file of a data set, as the Datastore's record describes it.

    Attributes:
        size: In bytes; None if the record has none.
        md5: Of the bytes, which may be out of date; empty if the record has none.
        changed: When the file was put there, in the record's words.
    """

    id: str
    title: str
    file_name: str
    url: str
    size: int | None
    md5: str
    changed: str

    @property
    def names(self) -> tuple[str, str]:
        """The title and the file name, which differ after a file was replaced."""
        return self.title, self.file_name


def record_role(dataset: str) -> str:
    """What the snapshot of a data set's record is called."""
    return f"dataset {dataset}"


def fetch_record(client: Client, dataset: str) -> Snapshot:
    """The record of one data set, by its short id."""
    return client.get(
        record_role(dataset),
        f"{DATASTORE}/api/v3/dataset/{dataset}",
    )


def read_resources(record: Snapshot) -> list[Resource]:
    """The files of a data set: a list, or an object keyed by their ids, with the field names of either API.

    Raises:
        SourceError: If it is no record of a data set, or has no files.
    """
    place = Place(record)
    answer = json_of(record)
    listed = answer.get("resources") if isinstance(answer, dict) else None
    entries: list[Any] = []
    # One API lists the files, the other has them by their ids.
    if isinstance(listed, dict):
        entries = [_with_id(key, entry) for key, entry in listed.items()]
    elif isinstance(listed, list):
        entries = listed
    if not entries:
        raise place.wrong(
            "a record with `resources`",
            record.content[:200],
            "see whether the API has changed.",
        )
    return [_resource(entry, place) for entry in entries]


def _with_id(key: str, entry: Any) -> Any:
    return {"id": key, **entry} if isinstance(entry, dict) else entry


def choose(
    record: Snapshot,
    named: str,
    resource: str = "",
) -> Resource:
    """The one file to read: by its id, else by its title or file name.

    Args:
        record: Of the data set.
        named: A regular expression that the whole title or file name fits, in any case.
        resource: The file's id, where it is known. The file must still have such a name.

    Raises:
        SourceError: If there is no such file, or more than one.
    """
    resources = read_resources(record)
    # Ids changed their kind in 2025, so that one that is gone does not mean that the file is.
    candidates = [file for file in resources if resource and file.id == resource] or resources
    fitting = [file for file in candidates if _is_named(file, named)]
    if len(fitting) != 1:
        listed = "; ".join(f"{file.id} “{file.title}” {file.file_name}" for file in candidates)
        which = f" with the id {resource} or" if resource else ""
        raise Place(record).wrong(
            f"one file{which} named like {named}",
            f"{len(fitting)} of: {listed}",
            _REMEDY,
        )
    return fitting[0]


def _is_named(resource: Resource, named: str) -> bool:
    return any(re.fullmatch(named, name, re.IGNORECASE) for name in resource.names)


def fetch_file(
    client: Client,
    role: str,
    record: Snapshot,
    resource: Resource,
) -> Snapshot:
    """The bytes of a file, as many as the record says.

    Raises:
        SourceError: If more or fewer came, or the record gives no size.
    """
    release = " ".join(filter(None, (resource.file_name, resource.changed)))
    snapshot = client.get(role, resource.url, release=release)
    if len(snapshot.content) != resource.size:
        raise Place(snapshot).wrong(
            f"{resource.size} bytes, as {record.receipt.url} says",
            f"{len(snapshot.content)} bytes",
            "refresh; if it stays so, the publisher is just replacing the file, or its record is wrong.",
        )
    # Hashes of files that were put there in parts are no MD5 of their bytes, and end in “-1” or so.
    is_md5 = _MD5.fullmatch(resource.md5)
    if is_md5 and _md5(snapshot) != resource.md5:
        _log.warning(
            "%s is not the file whose hash its record gives; the record may be out of date",
            resource.url,
        )
    return snapshot


def _md5(snapshot: Snapshot) -> str:
    return hashlib.md5(snapshot.content, usedforsecurity=False).hexdigest()


def file_name_of(snapshot: Snapshot) -> str:
    """The file name in the address that a file came from."""
    return unquote(snapshot.receipt.url.partition("?")[0].rpartition("/")[2])


def member_of(
    archive: Snapshot,
    named: str,
    largest_mb: float = 50,
) -> Snapshot:
    """One file inside a zip, under the receipt of the zip.

    Args:
        archive: The zip.
        named: A regular expression that the member's whole file name fits, whatever its folder.
        largest_mb: More than this is refused, unpacked.

    Raises:
        SourceError: If it is no zip, has no such member or several, or the member is too large or cannot be read.
    """
    place = Place(archive)
    limit = int(largest_mb * 1_000_000)
    try:
        with opened(archive.content) as parts:
            files = [part for part in parts.infolist() if not part.is_dir()]
            # The folder inside has changed with the edition of a zip, the file's own name less so.
            members = [part for part in files if _fits(part.filename, named)]
            if len(members) != 1:
                raise place.wrong(
                    f"one member named like {named}",
                    f"{len(members)} of {parts.namelist()[:20]}",
                    _REMEDY,
                )
            return replace(
                archive,
                content=inflate(parts, members[0], limit),
            )
    except ArchiveError as problem:
        raise place.wrong(
            f"a zip with a member of at most {largest_mb:g} MB",
            problem,
            "refresh, or look into it by hand; it may have been cut off.",
        ) from None


def borough_code(name: Cell) -> str | None:
    """The GSS code of a borough in any of the Datastore's spellings; None for anything else."""
    # “Kensington & Chelsea” in one file is “Kensington and Chelsea” in another, “Kingston upon Thames” also “Kingston”.
    folded = words(name).lower().replace("&", "and")
    return BOROUGHS.get(folded.removesuffix(" upon thames"))


def rows_by_area(
    names: Iterable[tuple[int, Cell]],
    others: Mapping[str, str],
    place: Place,
    remedy: str,
) -> dict[str, int]:
    """Rows by area code, of a table that must have the 33 boroughs and some other rows, each once.

    Args:
        names: Index and name of each row; names of no area are passed over.
        others: What the other rows stand for, by their names.
        place: Of the table, for an error.
        remedy: For an error.

    Raises:
        SourceError: If a row is missing or doubled.
    """
    row_of: dict[str, int] = {}
    for index, name in names:
        code = others.get(words(name)) or borough_code(name)
        if code in row_of:
            raise replace(place, row=index + 1).wrong(
                "each area once",
                f"“{words(name)}” again",
                remedy,
            )
        if code:
            row_of[code] = index
    # A table that has lost a borough has perhaps lost others' figures too, so that none of it is read.
    expected = {*BOROUGHS.values(), *others.values()}
    missing = sorted(expected - row_of.keys())
    if missing:
        raise place.wrong(
            f"the 33 boroughs and {sorted(others)}",
            f"none for {', '.join(missing)}",
            remedy,
        )
    return row_of


def _resource(entry: object, place: Place) -> Resource:
    fields = entry if isinstance(entry, dict) else {}
    if not fields.get("id") or not fields.get("url"):
        raise place.wrong(
            "a file with `id` and `url`",
            entry,
            "see whether the API has changed.",
        )
    # The older API has other names for the size, the hash and the time.
    url = urljoin(DATASTORE, str(fields["url"]))
    size = fields.get("size", fields.get("check_size"))
    name_in_url = unquote(url.rpartition("/")[2])
    return Resource(
        id=str(fields["id"]),
        title=str(fields.get("title") or ""),
        file_name=str(fields.get("filename") or name_in_url),
        url=url,
        size=size if isinstance(size, int) else None,
        md5=str(fields.get("hash") or fields.get("check_hash") or ""),
        changed=str(fields.get("timestamp") or fields.get("check_timestamp") or ""),
    )


def _fits(path: str, named: str) -> bool:
    # Zips made on Windows may part folders by the other stroke.
    name = path.replace("\\", "/").rpartition("/")[2]
    return re.fullmatch(named, name, re.IGNORECASE) is not None
