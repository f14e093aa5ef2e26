"""Media types: by which name of IANA's registry the files of a release go.

What belongs here: the names, and which file ending stands for which. Python's own table is not
used: it depends on the machine, and the same release must say the same everywhere.
"""

from __future__ import annotations

from pathlib import PurePosixPath

CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
JSON = "application/json"
JSON_LD = "application/ld+json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSVW = "application/csvm+json"
ZIP = "application/zip"
HTML = "text/html"
XML = "application/xml"
ATOM = "application/atom+xml"
MARKDOWN = "text/markdown"
TEXT = "text/plain"
SQL = "application/sql"

_OF_PAGES = {
    ".html": HTML,
    ".css": "text/css",
    ".js": "text/javascript",
}


def of_page_file(path: str) -> str:
    """The media type of a file of the public pages, by the ending of its path."""
    return _OF_PAGES[PurePosixPath(path).suffix]
