"""gov.uk: collections, the documents in them, and the files attached to a document.

What belongs here: what is true of every publication on gov.uk, as its content API gives it
(https://content-api.publishing.service.gov.uk). Which collection, document and file to take belongs in the source's
module.

The address of an attached file changes with every publication, and the order of a collection's documents is an
editor's choice, so that a file is found by the titles and dates on the way to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sources.reading.files import Place, json_of
from thindicators import plain_numbers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot

CONTENT = "https://www.gov.uk/api/content"

_YEAR = re.compile(r"(?<!\d)20[0-9]{2}(?!\d)")
_REMEDY = "open the page on gov.uk; if it has moved or its titles have changed, the source's module must be adapted."


@dataclass(frozen=True)
class Document:
    """A document of a collection.

    Attributes:
        title: As the publisher writes it.
        path: On gov.uk, from the first slash.
        updated: When the publisher last changed it for readers.
    """

    title: str
    path: str
    updated: datetime

    @property
    def last_year(self) -> int | None:
        """The last year that the title names."""
        return max(map(plain_numbers.year, _YEAR.findall(self.title)), default=None)


@dataclass(frozen=True)
class Attachment:
    """A file or page attached to a document."""

    title: str
    url: str

    @property
    def file_name(self) -> str:
        """The last part of the address."""
        return self.url.rsplit("/", 1)[-1]


def fetch_page(
    client: Client,
    role: str,
    path: str,
) -> Snapshot:
    """What the content API has for a page.

    Args:
        client: Asks.
        role: What to call the answer.
        path: Of the page on gov.uk, from the first slash.
    """
    return client.get(role, f"{CONTENT}{path}")


def newest_document(collection: Snapshot, title: re.Pattern[str]) -> Document:
    """The document of a collection with the latest year in its title; of equal ones, the one updated last.

    Args:
        collection: From `fetch_page`.
        title: What its title must contain; documents without a year in their title are passed over.

    Raises:
        SourceError: If it is no collection, or has no such document.
    """
    documents = _documents(collection)
    fitting = [
        document for document in documents if title.search(document.title) and document.last_year
    ]
    if not fitting:
        raise Place(collection).wrong(
            f"a document titled like “{title.pattern}” with a year",
            [document.title for document in documents],
            _REMEDY,
        )
    # An old release may be corrected later than a newer one came out, so that the year comes first.
    return max(fitting, key=lambda document: (document.last_year, document.updated))


def attachment(page: Snapshot, file_name: re.Pattern[str]) -> Attachment:
    """The one file attached to a document whose name fits.

    Raises:
        SourceError: If it is no document, or has no such file, or several.
    """
    attachments = _attachments(page)
    fitting = [attached for attached in attachments if file_name.search(attached.file_name)]
    if len(fitting) != 1:
        raise Place(page).wrong(
            f"one attached file named like “{file_name.pattern}”",
            [attached.url for attached in attachments],
            _REMEDY,
        )
    return fitting[0]


def first_published(page: Snapshot) -> date:
    """The day on which a document was first published.

    Raises:
        SourceError: If it does not say.
    """
    written = _member(page, json_of(page), "first_published_at", str)
    return _moment(page, written).date()


def updated(page: Snapshot) -> date:
    """The day on which a document was last changed for readers.

    Raises:
        SourceError: If it does not say.
    """
    written = _member(page, json_of(page), "public_updated_at", str)
    return _moment(page, written).date()


def _documents(collection: Snapshot) -> list[Document]:
    links = _member(collection, json_of(collection), "links", dict)
    documents: list[Document] = []
    for linked in _member(collection, links, "documents", list):
        # What has been withdrawn is no longer the publisher's word.
        if isinstance(linked, dict) and linked.get("withdrawn"):
            continue
        title = _member(collection, linked, "title", str)
        path = _member(collection, linked, "base_path", str)
        changed = _member(collection, linked, "public_updated_at", str)
        documents.append(
            Document(
                title,
                path,
                _moment(collection, changed),
            )
        )
    return documents


def _attachments(page: Snapshot) -> list[Attachment]:
    details = _member(page, json_of(page), "details", dict)
    attachments: list[Attachment] = []
    for attached in _member(page, details, "attachments", list):
        title = _member(page, attached, "title", str)
        url = _member(page, attached, "url", str)
        attachments.append(Attachment(title, url))
    return attachments


def _member(
    snapshot: Snapshot,
    whole: Any,
    name: str,
    kind: type,
) -> Any:
    member = whole.get(name) if isinstance(whole, dict) else None
    if not isinstance(member, kind):
        came = sorted(whole) if isinstance(whole, dict) else whole
        raise Place(snapshot).wrong(
            f"a member “{name}” ({kind.__name__}) as the content API has it",
            came,
            _REMEDY,
        )
    return member


def _moment(snapshot: Snapshot, text: str) -> datetime:
    try:
        moment = plain_numbers.moment(text)
    except plain_numbers.PlainNumberError:
        moment = None
    # Without a zone, a moment near midnight might be of either day.
    if moment is None or moment.tzinfo is None:
        raise Place(snapshot).wrong(
            "a moment such as 2022-03-31T09:30:00+01:00",
            text,
            _REMEDY,
        )
    return moment
