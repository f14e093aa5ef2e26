"""Files: writing each format of the registry, and what each page says to search engines.

What belongs here: going through the registry. What is in a file belongs in the module of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from thindicators.formats import registry
from thindicators.formats.published import Published, PublishedPlan
from thindicators.formats.schema_org import front_page_json_ld, page_json_ld
from thindicators.history.vintages import WHOLE_PLAN
from thindicators.storage.manifest import WrittenFile, write_file


def write_indicator_formats(
    published: Published,
    release: Path,
) -> list[WrittenFile]:
    """Write an indicator in every format.

    Args:
        published: The indicator, with its data package, which is written.
        release: The folder of the release.

    Returns:
        All its files, with those of its data package, the most wanted first.
    """
    indicator = published.indicator.id
    in_package = {file.path: file for file in published.package.files}
    files = []
    for row in registry.OF_AN_INDICATOR:
        path = row.path(indicator)
        # The files of the data package are written already: all others are made from them.
        if row.content is None:
            files.append(in_package[path])
            continue
        written = write_file(
            release,
            path,
            content=row.content(published),
            title=row.title,
            media_type=row.media_type,
            portal_type=row.portal_type,
        )
        files.append(written)
    return files


def write_plan_formats(
    whole: PublishedPlan,
    release: Path,
    more: Sequence[registry.PlanFormat] = (),
) -> tuple[PublishedPlan, list[WrittenFile]]:
    """Write what programs read about the whole plan.

    Args:
        whole: The plan, with its data package and the files of all indicators, which are written.
        release: The folder of the release.
        more: Formats beside those of the registry, which come before them.

    Returns:
        The plan with what its formats add to the downloads, and the files now written.
    """
    files: list[WrittenFile] = []
    for row in (*more, *registry.OF_THE_PLAN):
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
