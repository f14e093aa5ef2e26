"""Downloads: the files of an indicator, or of the whole plan, that a reader may take away.

What belongs here: which files there are and what kind each is. Describing them to catalogues belongs in `dcat` and
`schema_org`; showing them to people belongs in the site.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from thindicators.formats.published import read_descriptor
from thindicators.storage.descriptors import described_files

CSV, PARQUET = "text/csv", "application/vnd.apache.parquet"
JSON = "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSVW = "application/csvm+json"
ZIP = "application/zip"

_OF_AN_INDICATOR = (
    ("{}.csv", "CSV", CSV),
    ("{}.xlsx", "Excel workbook", XLSX),
    ("{}.json", "JSON for charts", JSON),
    ("{}.parquet", "Parquet", PARQUET),
    ("{}.zip", "Data package", ZIP),
    ("datapackage.json", "Description of the data package", JSON),
    ("{}.csv-metadata.json", "Description of the CSV", CSVW),
    ("{}.expectations.json", "Checks for Great Expectations", JSON),
)
_MEDIA_TYPES = {".csv": CSV, ".parquet": PARQUET, ".json": JSON}
_CHANGING = ("revisions.csv",)


@dataclass(frozen=True)
class Download:
    """A file that a reader may take away.

    Attributes:
        title: For people.
        path: Within the release.
        media_type: By IANA's registry.
        size: In bytes.
        sha256: Of its bytes.
    """

    title: str
    path: str
    media_type: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """Of the file, without its folder."""
        return self.path.rpartition("/")[2]


def downloads_of(release: Path, indicator: str) -> list[Download]:
    """The files of an indicator that are written, the most wanted first.

    Args:
        release: The folder of the release.
        indicator: Its id.
    """
    named = [(f"indicators/{indicator}/{name.format(indicator)}", *rest) for name, *rest in _OF_AN_INDICATOR]
    return [_download(release, *one) for one in named if (release / one[0]).exists()]


def downloads_of_plan(release: Path) -> list[Download]:
    """The tables of the whole plan, without those by year and those that change with the release before."""
    tables = [one for one in described_files(read_descriptor(release)) if "/" not in one["path"]]
    named = [(one["path"], one["title"], _MEDIA_TYPES[Path(one["path"]).suffix]) for one in tables]
    return [_download(release, *one) for one in named if one[0] not in _CHANGING]


def observations_of_plan(release: Path) -> list[Download]:
    """The files that hold every figure of the whole plan."""
    return [one for one in downloads_of_plan(release) if one.name.startswith("observations.")]


def _download(release: Path, path: str, title: str, media_type: str) -> Download:
    content = (release / path).read_bytes()
    return Download(title, path, media_type, len(content), hashlib.sha256(content).hexdigest())
