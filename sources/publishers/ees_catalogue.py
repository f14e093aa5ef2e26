"""Explore education statistics: a publication, its current files, and what their names say of their edition.

What belongs here: finding the current file of a publication and downloading it, and what the catalogue says beside the
file itself: which edition it is, and when the publication comes next. What a file's places, periods and cells mean is
in `ees`. Which publication and file to take belongs in the source's module.

A file's id and title change with releases, and an old id keeps answering with old figures; its name stays but for the
year and the edition in it. So the publication's files are listed each time, all pages of them, and the file is known by
its name. The catalogue's own search is of no use: it finds any one of the words in titles and summaries of all
publications, and no names of files.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from sources.reading.files import Place, json_of, whole_of
from thindicators import plain_numbers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Receipt, Snapshot
from thindicators.observations.periods import Period
from thindicators.telling.calendar import Window

CONTENT = "https://content.explore-education-statistics.service.gov.uk/api"
PUBLICATIONS = f"{CONTENT}/publications"
FILES = f"{CONTENT}/data-set-files"

PUBLICATION_ROLE = "publication"
"""How the part of a fetch is called, after the name of the answers, that says when the publication comes next."""

_CATALOGUE_ROLE = "catalogue"
_FILE_ROLE = "file"
_LARGEST_PAGE = 40
_MOST_PAGES = 50
"""Far more than any publication needs: one of the largest has some thirty files."""

_REMEDY = "open the address in a browser; the catalogue's answers may have changed."


class Edition(StrEnum):
    """Which of a year's editions a file holds, by its name; a year has up to three."""

    PROVISIONAL = "provisional"
    REVISED = "revised"
    FINAL = "final"
    NOT_SAID = "not said"


EDITION_NOT_SAID = "The publisher does not say whether this figure is provisional; as the newest, it is taken to be."
"""The note of a newest figure that neither its data nor the name of their file says the edition of."""


@dataclass(frozen=True)
class Revision:
    """The revision mark of a figure, and what a reader must know of it."""

    mark: str
    note: str = ""


def revision_in(edition: Edition, is_newest: bool) -> Revision:
    """The mark of a figure by its file's edition: only the newest year of a provisional file is provisional.

    Args:
        edition: Of the file.
        is_newest: Whether the figure is of the newest year in the file.
    """
    if not is_newest or edition in (Edition.REVISED, Edition.FINAL):
        return Revision("")
    return Revision("p", EDITION_NOT_SAID if edition is Edition.NOT_SAID else "")


class PublicationFiles(BaseModel):
    """Where an indicator's file is, in its `ask`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    publication: str = Field(
        description="The last part of the publication's address",
        pattern=r"^[a-z0-9-]+$",
    )
    files: tuple[str, ...] = Field(
        description="The names that the file has had, newest first; `*` stands for a year or an edition",
        min_length=1,
    )


@dataclass(frozen=True)
class CatalogueFile:
    """A file of the catalogue: its id, and the publisher's words for release, file and newest period.

    The newest period is empty where the catalogue does not say it.
    """

    id: str
    release: str
    filename: str
    newest: str = ""

    @property
    def edition(self) -> Edition:
        """What the end of its name says."""
        stem = self.filename.lower().removesuffix(".csv")
        named = [one for one in Edition if stem.endswith(f"_{one}")]
        return named[0] if named else Edition.NOT_SAID


def _whole(member: object) -> int:
    """A whole number, or text in plain digits; pydantic would take `true`, 1.0 and `1_000` too."""
    try:
        return plain_numbers.count(member) if isinstance(member, str) else whole_of(member)
    except TypeError as problem:
        raise ValueError(str(problem)) from None


_Whole = Annotated[int, BeforeValidator(_whole)]


class _Answer(BaseModel):
    """What is read of an answer; its other members are passed over."""

    model_config = ConfigDict(frozen=True)


class _NextRelease(_Answer):
    year: _Whole
    month: _Whole | None = None
    day: _Whole | None = None


class _Titled(_Answer):
    id: UUID
    title: str


class _Publication(_Answer):
    id: UUID
    title: str
    next_release: _NextRelease | None = Field(None, alias="nextReleaseDate")
    superseded_by: _Titled | None = Field(None, alias="supersededByPublication")


class _Range(_Answer):
    to: str


class _Meta(_Answer):
    time_periods: _Range | None = Field(None, alias="timePeriodRange")


class _File(_Answer):
    id: UUID
    filename: str
    title: str
    publication: _Titled
    release: _Titled
    latest_data: bool = Field(alias="latestData")
    is_superseded: bool = Field(alias="isSuperseded")
    meta: _Meta | None = None


class _Paging(_Answer):
    page: _Whole
    total_pages: _Whole = Field(alias="totalPages")
    total_results: _Whole = Field(alias="totalResults")


class _Page(_Answer):
    paging: _Paging
    results: list[_File]


Kind = TypeVar("Kind", bound=_Answer)


def fetch_list(
    client: Client,
    name: str,
    slug: str,
    *,
    of_every_release: bool = False,
) -> list[Snapshot]:
    """A publication, and all pages of the list of its files.

    Args:
        client: Asks.
        name: What to call the answers: `<name> publication`, `<name> catalogue 1` and so on.
        slug: The last part of the publication's address.
        of_every_release: Whether to list files of older releases too; the API may still serve one.

    Raises:
        SourceError: If an answer is not what it should be.
    """
    publication = client.get(f"{name} {PUBLICATION_ROLE}", f"{PUBLICATIONS}/{slug}")
    whose = _publication_id(publication)
    pages: list[Snapshot] = []
    while not pages or len(pages) < _pages_of(pages[-1], len(pages)):
        number = len(pages) + 1
        latest_only = "false" if of_every_release else "true"
        query = {
            "publicationId": whose,
            "latestOnly": latest_only,
            "pageSize": str(_LARGEST_PAGE),
            "page": str(number),
        }
        pages.append(client.get(f"{name} {_CATALOGUE_ROLE} {number}", FILES, query))
    return [publication, *pages]


def fetch_file(
    client: Client,
    name: str,
    wanted: PublicationFiles,
    *,
    of_every_release: bool = False,
) -> list[Snapshot]:
    """The publication's current file of a name: the publication, the list of its files, then the CSV.

    Args:
        client: Asks.
        name: What to call the answers; the CSV is `<name> file`.
        wanted: Which file.
        of_every_release: As `fetch_list` has it.

    Raises:
        SourceError: If the publication has no such file, or more than one.
    """
    listed = fetch_list(client, name, wanted.publication, of_every_release=of_every_release)
    file = find_file(name, {one.role: one for one in listed}, wanted.files)
    release = f"{_read(listed[0], _Publication).title}, {file.release} ({file.filename})"
    return [
        *listed,
        client.get(f"{name} {_FILE_ROLE}", f"{FILES}/{file.id}/download", release=release),
    ]


def find_file(name: str, snapshots: Mapping[str, Snapshot], names: Sequence[str]) -> CatalogueFile:
    """The one current file with one of these names.

    Args:
        name: What `fetch_list` called its answers.
        snapshots: By role.
        names: As `PublicationFiles.files` has them.

    Raises:
        SourceError: If the list is not as it should be, or has no such file, or more than one.
    """
    listed = [one for one in _listed(name, snapshots) if one.latest_data and not one.is_superseded]
    fitting = [
        one
        for one in listed
        if any(fnmatchcase(one.filename.lower(), each.lower()) for each in names)
    ]
    if len(fitting) != 1:
        raise Place(snapshots[f"{name} {_CATALOGUE_ROLE} 1"]).wrong(
            f"one current file called {' or '.join(names)}",
            f"{len(fitting)} among {sorted(f'{one.filename} ({one.title})' for one in listed)}",
            "look it up in the data catalogue; a new name of the file belongs in `files` in the indicator's YAML.",
        )
    return _as_file(fitting[0])


def find_by_id(name: str, snapshots: Mapping[str, Snapshot], identity: str) -> CatalogueFile | None:
    """The listed file with an id, such as the one that a version in the API is made from; None if it is none of them.

    Raises:
        SourceError: If the list is not as it should be.
    """
    return next(
        (_as_file(one) for one in _listed(name, snapshots) if str(one.id) == identity.lower()),
        None,
    )


def check_newest(
    name: str,
    snapshots: Mapping[str, Snapshot],
    names: Sequence[str],
    periods: Iterable[Period],
) -> None:
    """Check that the newest period that was read from a file is the newest that the catalogue says the file has.

    Args:
        name: What `fetch_file` called its answers.
        snapshots: By role.
        names: As `PublicationFiles.files` has them.
        periods: Those that were read.

    Raises:
        SourceError: If it is another, as it is where the years in the file have wrong names.
    """
    told = find_file(name, snapshots, names).newest.strip()
    newest = max(periods, key=lambda period: period.end, default=None)
    if newest is not None and not told.endswith(newest.label) and told:
        raise Place(snapshots[f"{name} {_FILE_ROLE}"]).wrong(
            f"figures to {told}, as the catalogue says of this file",
            f"figures to {newest.label}",
            "see whether years have wrong names, or our areas have no row in the newest year.",
        )


def is_announcement(receipt: Receipt) -> bool:
    """Whether these bytes are a publication's own, which name the day of its next release."""
    return receipt.url.startswith(f"{PUBLICATIONS}/")


def next_release(publication: Snapshot) -> Window | None:
    """The day or month that a publication has announced for its next release.

    Returns:
        None if it has announced none, or only a year, which says nothing of when to look.

    Raises:
        SourceError: If the answer is not what it should be.
    """
    announced = _read(publication, _Publication).next_release
    if announced is None or announced.month is None:
        return None
    try:
        first = date(announced.year, announced.month, announced.day or 1)
        last = announced.day or calendar.monthrange(announced.year, announced.month)[1]
    except (ValueError, OverflowError) as problem:
        raise Place(publication).wrong(
            "a nextReleaseDate that is one",
            f"{announced} ({problem})",
            _REMEDY,
        ) from None
    return Window(first, first.replace(day=last))


def _publication_id(publication: Snapshot) -> str:
    """The id of a publication that is kept up."""
    told = _read(publication, _Publication)
    if told.superseded_by is not None:
        raise Place(publication).wrong(
            "a publication that is kept up",
            f"one superseded by “{told.superseded_by.title}”",
            "find the file in that publication, and correct `publication` in the indicator's YAML.",
        )
    return str(told.id)


def _listed(name: str, snapshots: Mapping[str, Snapshot]) -> list[_File]:
    """The publication's files, of all pages."""
    start = f"{name} {_CATALOGUE_ROLE} "
    pages = [snapshots[role] for role in sorted(snapshots) if role.startswith(start)]
    read = [_read(page, _Page) for page in pages]
    whose = _read(snapshots[f"{name} {PUBLICATION_ROLE}"], _Publication).id
    _check_whole(pages, read)
    results = [one for page in read for one in page.results]
    return [one for one in results if one.publication.id == whose]


def _check_whole(pages: Sequence[Snapshot], read: Sequence[_Page]) -> None:
    paging, came = read[-1].paging, sum(len(page.results) for page in read)
    if len(read) < paging.total_pages or came != paging.total_results:
        raise Place(pages[-1]).wrong(
            f"{paging.total_results} files on {paging.total_pages} pages",
            f"{came} on {len(read)}",
            "the list was cut off, or changed while it was read; refresh.",
        )


def _pages_of(page: Snapshot, number: int) -> int:
    """How many pages there are, as a page says that must be the one with this number."""
    paging = _read(page, _Page).paging
    if paging.page != number or paging.total_pages > _MOST_PAGES:
        raise Place(page).wrong(
            f"page {number} of {_MOST_PAGES} or fewer",
            f"page {paging.page} of {paging.total_pages}",
            _REMEDY,
        )
    return paging.total_pages


def _as_file(one: _File) -> CatalogueFile:
    periods = one.meta.time_periods if one.meta is not None else None
    return CatalogueFile(
        str(one.id),
        one.release.title,
        one.filename,
        periods.to if periods is not None else "",
    )


def _read(snapshot: Snapshot, kind: type[Kind]) -> Kind:
    try:
        return kind.model_validate(json_of(snapshot))
    except ValidationError as problem:
        came = "; ".join(
            f"{_path(one['loc'])}: {one['msg']}" for one in problem.errors(include_url=False)[:3]
        )
        words = "a publication" if kind is _Publication else "a list of data set files"
        raise Place(snapshot).wrong(
            words,
            came,
            _REMEDY,
        ) from None


def _path(parts: Iterable[int | str]) -> str:
    return ".".join(str(part) for part in parts)
