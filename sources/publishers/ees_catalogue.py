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
    note = EDITION_NOT_SAID if edition is Edition.NOT_SAID else ""
    return Revision("p", note)


class PublicationFiles(BaseModel):
    """Where an indicator's file is, in its `ask`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    publication: str = Field(
        description="The last part of the publication's address",
        pattern=r"^[a-z0-9-]+$",
    )
    files: tuple[str, ...] = Field(
        description="The names that the file has had, newest first; `*` stands for a year or an edition",
        min_length=1,
        # YAML knows lists and no tuples.
        strict=False,
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
        for edition in Edition:
            if stem.endswith(f"_{edition}"):
                return edition
        return Edition.NOT_SAID


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
    query = {
        "publicationId": _publication_id(publication),
        "latestOnly": "false" if of_every_release else "true",
        "pageSize": str(_LARGEST_PAGE),
    }
    pages: list[Snapshot] = []
    while not pages or len(pages) < _pages_of(pages[-1], len(pages)):
        number = len(pages) + 1
        page = client.get(
            f"{name} {_CATALOGUE_ROLE} {number}",
            FILES,
            {**query, "page": str(number)},
        )
        pages.append(page)
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
    answers = fetch_list(
        client,
        name,
        wanted.publication,
        of_every_release=of_every_release,
    )
    by_role = {answer.role: answer for answer in answers}
    file = find_file(name, by_role, wanted.files)
    publication = _read(answers[0], _Publication)
    csv = client.get(
        f"{name} {_FILE_ROLE}",
        f"{FILES}/{file.id}/download",
        release=f"{publication.title}, {file.release} ({file.filename})",
    )
    return [*answers, csv]


def find_file(
    name: str,
    snapshots: Mapping[str, Snapshot],
    names: Sequence[str],
) -> CatalogueFile:
    """The one current file with one of these names.

    Args:
        name: What `fetch_list` called its answers.
        snapshots: By role.
        names: As `PublicationFiles.files` has them.

    Raises:
        SourceError: If the list is not as it should be, or has no such file, or more than one.
    """
    # An old release's file stays listed and answers, with old figures and no word of it.
    current = [
        file for file in _files_of(name, snapshots) if file.latest_data and not file.is_superseded
    ]
    fitting = [file for file in current if _is_called(file, names)]
    if len(fitting) != 1:
        listed = sorted(f"{file.filename} ({file.title})" for file in current)
        raise Place(snapshots[f"{name} {_CATALOGUE_ROLE} 1"]).wrong(
            f"one current file called {' or '.join(names)}",
            f"{len(fitting)} among {listed}",
            "look it up in the data catalogue; a new name of the file belongs in `files` in the indicator's YAML.",
        )
    return _as_catalogue_file(fitting[0])


def _is_called(file: _File, patterns: Iterable[str]) -> bool:
    name = file.filename.lower()
    return any(fnmatchcase(name, pattern.lower()) for pattern in patterns)


def find_by_id(
    name: str,
    snapshots: Mapping[str, Snapshot],
    identity: str,
) -> CatalogueFile | None:
    """The listed file with an id, such as the one that a version in the API is made from; None if it is none of them.

    Raises:
        SourceError: If the list is not as it should be.
    """
    for file in _files_of(name, snapshots):
        if str(file.id) == identity.lower():
            return _as_catalogue_file(file)
    return None


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
    expected = find_file(name, snapshots, names).newest.strip()
    newest = max(periods, key=lambda period: period.end, default=None)
    # Without figures, or without the catalogue's word, there is nothing to compare.
    if newest is None or not expected:
        return
    # The catalogue may put words before the year.
    if not expected.endswith(newest.label):
        raise Place(snapshots[f"{name} {_FILE_ROLE}"]).wrong(
            f"figures to {expected}, as the catalogue says of this file",
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
        # Where only a month is announced, all of it is when to look.
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
    described = _read(publication, _Publication)
    # What another publication has followed keeps answering, with old figures.
    if described.superseded_by is not None:
        raise Place(publication).wrong(
            "a publication that is kept up",
            f"one superseded by “{described.superseded_by.title}”",
            "find the file in that publication, and correct `publication` in the indicator's YAML.",
        )
    return str(described.id)


def _files_of(name: str, snapshots: Mapping[str, Snapshot]) -> list[_File]:
    """The publication's files, of all pages."""
    start = f"{name} {_CATALOGUE_ROLE} "
    roles = sorted(role for role in snapshots if role.startswith(start))
    answers = [snapshots[role] for role in roles]
    pages = [_read(answer, _Page) for answer in answers]
    publication = _read(
        snapshots[f"{name} {PUBLICATION_ROLE}"],
        _Publication,
    )
    _check_whole(answers[-1], pages)
    files: list[_File] = []
    for page in pages:
        # Were the filter by publication ignored, other publications' files would come too.
        files += [file for file in page.results if file.publication.id == publication.id]
    return files


def _check_whole(last_answer: Snapshot, pages: Sequence[_Page]) -> None:
    paging = pages[-1].paging
    came = sum(len(page.results) for page in pages)
    if len(pages) < paging.total_pages or came != paging.total_results:
        raise Place(last_answer).wrong(
            f"{paging.total_results} files on {paging.total_pages} pages",
            f"{came} on {len(pages)}",
            "the list was cut off, or changed while it was read; refresh.",
        )


def _as_catalogue_file(file: _File) -> CatalogueFile:
    periods = file.meta.time_periods if file.meta is not None else None
    return CatalogueFile(
        id=str(file.id),
        release=file.release.title,
        filename=file.filename,
        newest=periods.to if periods is not None else "",
    )


def _pages_of(page: Snapshot, number: int) -> int:
    """How many pages there are, as a page says that must be the one with this number."""
    paging = _read(page, _Page).paging
    # A publisher that ignores `page` would be asked for ever.
    if paging.page != number or paging.total_pages > _MOST_PAGES:
        raise Place(page).wrong(
            f"page {number} of {_MOST_PAGES} or fewer",
            f"page {paging.page} of {paging.total_pages}",
            _REMEDY,
        )
    return paging.total_pages


def _read(snapshot: Snapshot, kind: type[Kind]) -> Kind:
    try:
        return kind.model_validate(json_of(snapshot))
    except ValidationError as problem:
        # Three complaints are enough to see that the shape has changed.
        errors = problem.errors(include_url=False)[:3]
        came = "; ".join(f"{_path(error['loc'])}: {error['msg']}" for error in errors)
        words = "a publication" if kind is _Publication else "a list of data set files"
        raise Place(snapshot).wrong(
            words,
            came,
            _REMEDY,
        ) from None


def _path(parts: Iterable[int | str]) -> str:
    return ".".join(str(part) for part in parts)
