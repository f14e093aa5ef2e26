"""Files: writing each format of the registry, and what each page says to search engines.

What belongs here: going through the registry. What is in a file belongs in the module of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from thindicators.formats import registry
from thindicators.formats.published import Published, PublishedPlan
from thindicators.formats.schema_org import front_page_json_ld, page_json_ld
from thindicators.helper import Begun
from thindicators.history.vintages import WHOLE_PLAN
from thindicators.storage.manifest import WrittenFile, write_file


@dataclass(frozen=True)
class InTheMaking:
    """A file of an indicator that is not written yet.

    Attributes:
        release: The folder of the release.
        path: Of the file within the release.
        row: Its format.
        content: Its bytes, or the work that makes them.
    """

    release: Path
    path: str
    row: registry.IndicatorFormat
    content: bytes | Begun[bytes]

    @property
    def is_elsewhere(self) -> bool:
        """Whether the helper makes it, so that something else can be done meanwhile."""
        return isinstance(self.content, Begun) and self.content.is_elsewhere

    def written(self) -> WrittenFile:
        """Write it, as soon as it is made."""
        content = self.content.answer() if isinstance(self.content, Begun) else self.content
        return write_file(
            self.release,
            self.path,
            content=content,
            title=self.row.title,
            media_type=self.row.media_type,
            portal_type=self.row.portal_type,
        )


def write_indicator_formats(
    published: Published,
    release: Path,
) -> list[WrittenFile | InTheMaking]:
    """Write an indicator in every format, but those that the helper makes meanwhile.

    Args:
        published: The indicator, with its data package, which is written.
        release: The folder of the release.

    Returns:
        All its files, with those of its data package, the most wanted first.
    """
    indicator = published.indicator.id
    in_package = {file.path: file for file in published.package.files}
    files: list[WrittenFile | InTheMaking] = []
    for row in registry.OF_AN_INDICATOR:
        path = row.path(indicator)
        # The files of the data package are written already: all others are made from them.
        if row.content is None:
            files.append(in_package[path])
            continue
        file = InTheMaking(release, path, row, row.content(published))
        files.append(file if file.is_elsewhere else file.written())
    return files


def all_written(files: Sequence[WrittenFile | InTheMaking]) -> list[WrittenFile]:
    """The same files, once the last of them is written."""
    return [file.written() if isinstance(file, InTheMaking) else file for file in files]


def write_plan_formats(
    whole: PublishedPlan,
    release: Path,
    formats: Sequence[registry.PlanFormat],
) -> tuple[PublishedPlan, list[WrittenFile]]:
    """Write what is about the whole plan.

    Args:
        whole: The plan, with its data package, which is written.
        release: The folder of the release.
        formats: In which it is written, in their order.

    Returns:
        The plan with what its formats add to the downloads, and the files now written.
    """
    files: list[WrittenFile] = []
    for row in formats:
        written = []
        for path, content in row.contents(whole).items():
            file = write_file(
                release,
                path,
                content=content,
                title=row.title,
                media_type=row.media_type,
                portal_type=row.portal_type,
            )
            written.append(file)
        files += written
        if row.is_download:
            # The rows after this one, the catalogue among them, are given it too.
            offered = [*whole.downloads[WHOLE_PLAN], *written]
            downloads = {**whole.downloads, WHOLE_PLAN: offered}
            whole = replace(whole, downloads=downloads)
    return whole, files


def all_descriptions(whole: PublishedPlan) -> Mapping[str, str]:
    """What each page says to search engines, by indicator; what the front page says by the empty name."""
    descriptions = {WHOLE_PLAN: front_page_json_ld(whole)}
    for published in whole.indicators:
        descriptions[published.indicator.id] = page_json_ld(published, whole)
    return descriptions
