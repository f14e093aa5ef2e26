"""All machine files of a release, in the order in which they need each other.

What belongs here: the order. What is in a file belongs in the module of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from thindicators.formats.archive import archive_of, write_archive
from thindicators.formats.csvw import write_csvw, write_group
from thindicators.formats.dashboard import write_dashboard
from thindicators.formats.dcat import write_catalogue
from thindicators.formats.downloads import Download, downloads_of, downloads_of_plan
from thindicators.formats.json_files import write_index, write_indicator_file
from thindicators.formats.published import Published
from thindicators.formats.schema_org import front_page_json_ld, page_json_ld
from thindicators.formats.workbook import write_workbook
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan


def write_machine_files(plan: Plan, outcomes: Sequence[Outcome], release: Path, name: str) -> None:
    """Write everything that programs read beside the tables.

    Args:
        plan: Whose release it is.
        outcomes: One for each indicator, in the order of the plan.
        release: Its folder; all tables and every `datapackage.json` are already written.
        name: Its name.
    """
    published = [Published(plan, outcome, release) for outcome in outcomes]
    for one in published:
        write_csvw(one.folder)
        write_indicator_file(one)
        write_workbook(one)
        write_archive(one.folder, f"{one.indicator.id}.zip")
    write_archive(release, archive_of(plan))
    write_csvw(release)
    write_group(release)
    write_index(plan, published, release)
    write_catalogue(plan, published, release, name)
    write_dashboard(release)


def all_downloads(plan: Plan, release: Path) -> Mapping[str, Sequence[Download]]:
    """The files that each page offers, by indicator; those of the whole plan by the empty name."""
    return {"": downloads_of_plan(release), **{one: downloads_of(release, one) for one in plan.indicators}}


def all_descriptions(plan: Plan, outcomes: Sequence[Outcome], release: Path, name: str) -> Mapping[str, str]:
    """What each page says to search engines, by indicator; what the front page says by the empty name."""
    published = [Published(plan, outcome, release) for outcome in outcomes]
    pages = {one.indicator.id: page_json_ld(one, name) for one in published}
    return {"": front_page_json_ld(plan, published, release, name), **pages}
