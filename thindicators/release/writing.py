"""The files of a release: written one after another, each noted once, and checked whole at the end.

What belongs here: the order in which the files of a release are made from each other. What a data
package consists of belongs in `data_packages`. Where the folder of the release is, and that a
reader never sees half of it, belongs in `publishing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from thindicators.comparing.comparison import Comparison
from thindicators.comparing.latest_figures import LatestFigure, latest_figures
from thindicators.comparing.verdicts import comparisons
from thindicators.comparing.witness_words import witness_sentences
from thindicators.context import RunContext
from thindicators.errors import ReleaseError
from thindicators.formats import registry
from thindicators.formats.files import (
    InTheMaking,
    all_descriptions,
    all_written,
    write_indicator_formats,
    write_plan_formats,
)
from thindicators.formats.media_types import ATOM, JSON, MARKDOWN, ZIP, of_page_file
from thindicators.formats.packages import Profile, check_descriptor, load_profile
from thindicators.formats.published import Published, PublishedPlan
from thindicators.formats.sitemap import write_sitemap
from thindicators.formats.stranger import Stranger
from thindicators.history.revisions import Revision
from thindicators.history.vintages import WHOLE_PLAN
from thindicators.outcomes.outcome import Outcome
from thindicators.packs.files import OF_A_BOARD
from thindicators.parsing.councils_elsewhere import FiguresElsewhere, read_elsewhere
from thindicators.plan.model import Plan
from thindicators.release import changes
from thindicators.release.carried_plan import CARRIED_PLAN, carried_plan
from thindicators.release.data_packages import (
    PlanPackage,
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

Logs = Mapping[str, Sequence[Entry]]


@dataclass(frozen=True)
class _Making:
    """A release that is being made.

    Attributes:
        run_context: Whose plan and edition apply.
        inputs: What it is made from, in the order of the plan.
        folder: In which it is written.
        looking: Who looks at its packages meanwhile.
        verdicts: The comparisons of all figures.
        latest: The latest figure of each indicator and group, with the verdicts on it.
        elsewhere: The figures of councils elsewhere; none if the plan asks for none.
        parts: What the pages know of each indicator.
        charts: Of the pages, which are drawn meanwhile.
    """

    run_context: RunContext
    inputs: Inputs
    folder: Path
    looking: Stranger
    verdicts: Sequence[Comparison]
    latest: Sequence[LatestFigure]
    elsewhere: Sequence[FiguresElsewhere]
    parts: Sequence[Part]
    charts: ChartsByIndicator

    @property
    def plan(self) -> Plan:
        """The plan whose indicators it has."""
        return self.run_context.plan


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
    making = _begin(run_context, inputs, folder)
    whole, logs, files = _write_data(making)
    files += _write_origin(making)
    files += _write_pages(making, whole, logs)
    making.looking.require_valid()
    # Nothing is written after the sums: they are of every other file.
    write_sums(folder, {file.path: file.sha256 for file in files})
    require_whole(folder, files)
    return files


def _begin(
    run_context: RunContext,
    inputs: Inputs,
    folder: Path,
) -> _Making:
    """Work out what several files say, and begin to draw the charts, which takes another processor than writing."""
    plan = run_context.plan
    inputs = _in_order(run_context, inputs)
    verdicts = comparisons(plan, inputs.outcomes)
    latest = latest_figures(plan, inputs.outcomes, verdicts)
    parts = parts_of(plan, inputs.outcomes, latest)
    return _Making(
        run_context,
        inputs,
        folder,
        Stranger(),
        verdicts,
        latest,
        read_elsewhere(run_context, inputs.outcomes),
        parts,
        begin_charts(parts),
    )


def _in_order(run_context: RunContext, inputs: Inputs) -> Inputs:
    """The inputs with their outcomes in the order of the plan."""
    by_id = {outcome.indicator: outcome for outcome in inputs.outcomes}
    indicators = run_context.plan.indicators
    if missing := sorted(set(indicators) - set(by_id)):
        raise ReleaseError(
            f"There is no outcome for {', '.join(missing)}; refresh everything once."
        )
    return replace(inputs, outcomes=[by_id[indicator] for indicator in indicators])


def _write_data(making: _Making) -> tuple[PublishedPlan, Logs, list[WrittenFile]]:
    """Write the data packages, and every format made from them.

    Returns:
        What is published, the log of the changes of each indicator, and the files now written.
    """
    profile = load_profile()
    indicators = [_write_indicator(making, outcome, profile) for outcome in making.inputs.outcomes]
    plan_package = write_plan_package(
        making.run_context,
        making.inputs,
        making.verdicts,
        making.latest,
        making.elsewhere,
        making.folder,
    )
    _check(making, making.folder, profile)
    whole, files = _write_formats(making, indicators, plan_package)
    files += _write_changes(making, plan_package.revisions)
    return whole, {indicator.id: indicator.log for indicator in indicators}, files


@dataclass(frozen=True)
class _Indicator:
    """An indicator whose data package is written.

    Attributes:
        published: What is published of it.
        log: Of its changes.
        files: Of all its formats.
    """

    published: Published
    log: Sequence[Entry]
    files: Sequence[WrittenFile | InTheMaking]

    @property
    def id(self) -> str:
        """Of the indicator."""
        return self.published.indicator.id


def _write_formats(
    making: _Making,
    indicators: Sequence[_Indicator],
    plan_package: PlanPackage,
) -> tuple[PublishedPlan, list[WrittenFile]]:
    """Write every format of the plan, and whatever the helper has made of the indicators meanwhile.

    Returns:
        What is published, and all files now written.
    """
    whole = PublishedPlan(
        making.plan,
        making.inputs.name,
        plan_package.written,
        [indicator.published for indicator in indicators],
        {WHOLE_PLAN: plan_package.downloads},
    )
    # What a board is given needs no file of an indicator; all that is written after it may list those.
    whole, of_board = write_plan_formats(whole, making.folder, OF_A_BOARD)
    of_indicators = {indicator.id: all_written(indicator.files) for indicator in indicators}
    whole = replace(whole, downloads={**of_indicators, **whole.downloads})
    whole, of_plan = write_plan_formats(whole, making.folder, registry.OF_THE_PLAN)
    files = list(chain.from_iterable(of_indicators.values()))
    return whole, [*files, *plan_package.written.files, *of_board, *of_plan]


def _write_indicator(
    making: _Making,
    outcome: Outcome,
    profile: Profile,
) -> _Indicator:
    """Write an indicator's data package, and every format that is made from it."""
    package = write_indicator_package(
        making.run_context,
        outcome,
        making.inputs.before,
        making.folder,
    )
    latest = [figure for figure in making.latest if figure.indicator.id == outcome.indicator]
    published = Published(making.plan, outcome, package.written, latest)
    _check(making, making.folder / published.path, profile)
    return _Indicator(published, package.log, write_indicator_formats(published, making.folder))


def _check(
    making: _Making,
    package: Path,
    profile: Profile,
) -> None:
    """Check a package by what it says of itself, and hand it to a stranger, who looks at its tables meanwhile."""
    check_descriptor(package, profile)
    making.looking.look_at(package)


def _write_origin(making: _Making) -> list[WrittenFile]:
    """Write what the release was made from, and the plan that it was made by."""
    content = inputs_content(making.run_context, making.inputs)
    plan = carried_plan(making.run_context.settings.schemas)
    folder = making.folder
    return [
        write_file(folder, INPUTS, content, "What the release was made from", JSON),
        write_file(folder, CARRIED_PLAN, plan, "The plan that the release was made by", ZIP),
    ]


def _write_changes(making: _Making, revisions: Sequence[Revision]) -> list[WrittenFile]:
    """Write for people what differs from the release before."""
    plan, inputs, folder = making.plan, making.inputs, making.folder
    before = inputs.before.release if inputs.before else ""
    newest = {outcome.indicator: outcome.newest for outcome in inputs.outcomes}
    packages = inputs.before.packages if inputs.before else {}
    accepted = {
        outcome.indicator: accepted_since(packages.get(outcome.indicator), outcome.accepted)
        for outcome in inputs.outcomes
    }
    text = changes_text(plan, revisions, before, accepted)
    feed = feed_text(plan, revisions, newest, making.run_context.is_sample, before, accepted)
    title = "Changes since the release before"
    return [
        write_file(folder, changes.TEXT, text.encode(), title, MARKDOWN),
        write_file(folder, changes.FEED, feed, f"{title}, as a feed", ATOM),
    ]


def _write_pages(
    making: _Making,
    whole: PublishedPlan,
    logs: Logs,
) -> list[WrittenFile]:
    """Write the public pages, and what leads search engines to them."""
    plan, inputs = making.plan, making.inputs
    content = Content(
        plan=plan,
        parts=making.parts,
        logs=logs,
        is_sample=making.run_context.is_sample,
        failures=inputs.failures,
        schemas=making.run_context.table_schemas,
        downloads=whole.downloads,
        descriptions=all_descriptions(whole),
        witnessed=witness_sentences(plan, inputs.outcomes, inputs.statements),
        councils_elsewhere={figures.indicator: figures.councils for figures in making.elsewhere},
    )
    # The pages come last: they show the size of every file that they offer.
    pages = site(content, making.charts)
    files = [
        write_file(
            making.folder,
            path,
            text.encode(),
            f"Public page: {path}",
            of_page_file(path),
        )
        for path, text in pages.items()
    ]
    return [*files, *write_sitemap(plan, inputs.outcomes, pages, making.folder)]
