"""The files of a release: written one after another, each noted once, and checked whole at the end.

What belongs here: the order in which the files of a release are made from each other. What a data
package consists of belongs in `data_packages`. Where the folder of the release is, and that a
reader never sees half of it, belongs in `publishing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from thindicators.comparing.comparison import Comparison
from thindicators.comparing.latest_figures import LatestFigure, latest_figures
from thindicators.comparing.verdicts import comparisons
from thindicators.comparing.witness_words import witness_sentences
from thindicators.context import RunContext
from thindicators.errors import ReleaseError
from thindicators.formats.files import (
    all_descriptions,
    write_indicator_formats,
    write_plan_formats,
)
from thindicators.formats.media_types import ATOM, JSON, MARKDOWN, ZIP, of_page_file
from thindicators.formats.packages import check_package, load_profile
from thindicators.formats.published import Published, PublishedPlan
from thindicators.formats.sitemap import write_sitemap
from thindicators.history.revisions import Revision
from thindicators.history.vintages import WHOLE_PLAN
from thindicators.packs.files import OF_A_BOARD
from thindicators.release.carried_plan import CARRIED_PLAN, carried_plan
from thindicators.release.data_packages import (
    REVISIONS,
    write_indicator_package,
    write_plan_package,
)
from thindicators.release.inputs import INPUTS, Inputs, inputs_content
from thindicators.site.content import Content, Part, parts_of
from thindicators.site.log import Entry
from thindicators.site.page_charts import ChartsByIndicator, begin_charts
from thindicators.site.pages import site
from thindicators.storage.manifest import WrittenFile, write_file
from thindicators.storage.sums import require_whole, write_sums
from thindicators.telling.changes import accepted_since, changes_text, feed_text

_CHANGES, _FEED = "CHANGES.md", "feed.xml"

CHANGES = (REVISIONS, _CHANGES, _FEED)
"""The files of a release that speak of the release before."""

Logs = Mapping[str, Sequence[Entry]]


def write_release(
    run_context: RunContext,
    inputs: Inputs,
    folder: Path,
) -> list[WrittenFile]:
    """Write all files of a release into an empty folder and check them.

    Args:
        run_context: Whose plan and edition apply.
        inputs: What the release is made from.
        folder: Empty.

    Returns:
        The manifest: what was noted of each file but SHA256SUMS.

    Raises:
        ReleaseError: If an outcome is missing, or what was written is not what it must be.
    """
    inputs = _in_order(run_context, inputs)
    verdicts = comparisons(run_context.plan, inputs.outcomes)
    latest = latest_figures(run_context.plan, inputs.outcomes, verdicts)
    parts = parts_of(run_context.plan, inputs.outcomes, latest)
    # First, so that they are drawn while the data is written.
    charts = begin_charts(parts)
    whole, logs, files = _write_data(
        run_context,
        inputs,
        verdicts,
        latest,
        folder,
    )
    files += _write_origin(run_context, inputs, folder)
    files += _write_pages(
        run_context,
        inputs,
        whole,
        parts,
        logs,
        charts,
        folder,
    )
    # Nothing is written after the sums: they are of every other file.
    write_sums(folder, {file.path: file.sha256 for file in files})
    require_whole(folder, files)
    return files


def _in_order(run_context: RunContext, inputs: Inputs) -> Inputs:
    """The inputs with their outcomes in the order of the plan."""
    by_id = {outcome.indicator: outcome for outcome in inputs.outcomes}
    indicators = run_context.plan.indicators
    if missing := sorted(set(indicators) - set(by_id)):
        raise ReleaseError(
            f"There is no outcome for {', '.join(missing)}; refresh everything once."
        )
    return replace(inputs, outcomes=[by_id[indicator] for indicator in indicators])


def _write_data(
    run_context: RunContext,
    inputs: Inputs,
    verdicts: Sequence[Comparison],
    latest: Sequence[LatestFigure],
    folder: Path,
) -> tuple[PublishedPlan, Logs, list[WrittenFile]]:
    """Write the data packages, and every format made from them.

    Returns:
        What is published, the log of the changes of each indicator, and the files now written.
    """
    plan = run_context.plan
    profile = load_profile()
    files: list[WrittenFile] = []
    indicators, logs = [], {}
    downloads: dict[str, Sequence[WrittenFile]] = {}
    for outcome in inputs.outcomes:
        package = write_indicator_package(run_context, outcome, inputs.before, folder)
        of_outcome = [figure for figure in latest if figure.indicator.id == outcome.indicator]
        published = Published(plan, outcome, package.written, of_outcome)
        # Checked before anything is made from it: what is wrong is then named where it arose.
        check_package(folder / published.path, profile)
        of_indicator = write_indicator_formats(published, folder)
        indicators.append(published)
        logs[outcome.indicator] = package.log
        downloads[outcome.indicator] = of_indicator
        files += of_indicator

    plan_package = write_plan_package(run_context, inputs, verdicts, latest, folder)
    check_package(folder, profile)
    downloads[WHOLE_PLAN] = plan_package.downloads
    whole = PublishedPlan(
        plan,
        inputs.name,
        plan_package.written,
        indicators,
        downloads,
    )
    whole, of_plan = write_plan_formats(whole, folder, OF_A_BOARD)
    files += [*plan_package.written.files, *of_plan]
    files += _write_changes(run_context, inputs, plan_package.revisions, folder)
    return whole, logs, files


def _write_origin(run_context: RunContext, inputs: Inputs, folder: Path) -> list[WrittenFile]:
    """Write what the release was made from, and the plan that it was made by."""
    content = inputs_content(run_context, inputs)
    plan = carried_plan(run_context.settings.schemas)
    return [
        write_file(folder, INPUTS, content, "What the release was made from", JSON),
        write_file(folder, CARRIED_PLAN, plan, "The plan that the release was made by", ZIP),
    ]


def _write_changes(
    run_context: RunContext,
    inputs: Inputs,
    revisions: Sequence[Revision],
    folder: Path,
) -> list[WrittenFile]:
    """Write for people what differs from the release before."""
    plan = run_context.plan
    before = inputs.before.release if inputs.before else ""
    newest = {outcome.indicator: outcome.newest for outcome in inputs.outcomes}
    packages = inputs.before.packages if inputs.before else {}
    accepted = {
        outcome.indicator: accepted_since(packages.get(outcome.indicator), outcome.accepted)
        for outcome in inputs.outcomes
    }
    text = changes_text(plan, revisions, before, accepted)
    feed = feed_text(plan, revisions, newest, run_context.is_sample, before, accepted)
    title = "Changes since the release before"
    return [
        write_file(folder, _CHANGES, text.encode(), title, MARKDOWN),
        write_file(folder, _FEED, feed, f"{title}, as a feed", ATOM),
    ]


def _write_pages(
    run_context: RunContext,
    inputs: Inputs,
    whole: PublishedPlan,
    parts: Sequence[Part],
    logs: Logs,
    charts: ChartsByIndicator,
    folder: Path,
) -> list[WrittenFile]:
    """Write the public pages, and what leads search engines to them."""
    plan, outcomes = run_context.plan, inputs.outcomes
    content = Content(
        plan=plan,
        parts=parts,
        logs=logs,
        is_sample=run_context.is_sample,
        failures=inputs.failures,
        schemas=run_context.table_schemas,
        downloads=whole.downloads,
        descriptions=all_descriptions(whole),
        witnessed=witness_sentences(plan, outcomes, inputs.statements),
    )
    # The pages come last: they show the size of every file that they offer.
    pages = site(content, charts)
    files = [
        write_file(
            folder,
            path,
            text.encode(),
            f"Public page: {path}",
            of_page_file(path),
        )
        for path, text in pages.items()
    ]
    return [*files, *write_sitemap(plan, outcomes, pages, folder)]
