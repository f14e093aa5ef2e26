"""Backfill from the UI's launchpad: old snapshots read again, and what the history has lost put back.

What belongs here: which release is meant, and showing what came of it. Reading it belongs in
`thindicators.refreshing.backfill`.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dagster import Config, Failure, MetadataValue, OpExecutionContext, job, op
from pydantic import Field

from assets.refusing import failing_in_words
from assets.resources import RunContextResource
from thindicators import plain_numbers
from thindicators.context import RunContext
from thindicators.errors import ThindicatorsError
from thindicators.history.revisions import Revision
from thindicators.history.vintages import History
from thindicators.refreshing.backfill import ReadAgain, read_again, rebuild_history
from thindicators.release.publishing import find
from thindicators.safe_text import markdown_table
from thindicators.sharing.shared import bring_release

_SHOWN = 200


class Backfill(Config):
    """What to read again."""

    release: str = Field(
        default="", description="Name of a release, such as 2026-11-22.1. Empty: by the day."
    )
    day: str = Field(
        default="",
        description="A day such as 2026-11-30: the release that readers saw at its end. Both empty: the latest.",
    )
    indicators: list[str] = Field(
        default=[], description="Ids of the indicators. Empty: all of them."
    )


@op
def read_old_snapshots(
    context: OpExecutionContext, config: Backfill, run_context: RunContextResource
) -> None:
    """Put back what the history has lost, read a release's snapshots again, and tell every difference."""
    with failing_in_words(), run_context.at_work() as opened:
        for name in rebuild_history(opened):
            context.log.info(f"The history has {name} again.")
        folder = _release(opened, config)
        results = read_again(opened, folder, config.indicators)
    differing = sum(len(result.differences) for result in results)
    figures = sum(result.figures for result in results)
    context.log.info(
        f"{folder.name}: {figures} figures read again, {differing} differ. Nothing was published."
    )
    metadata = {
        "release": MetadataValue.text(folder.name),
        "figures": MetadataValue.int(figures),
        "differences": MetadataValue.int(differing),
        "indicators": MetadataValue.md(_by_indicator(results)),
        "every_difference": MetadataValue.md(_differences(results)),
    }
    problems = [f"{result.indicator}: {result.problem}" for result in results if result.problem]
    if problems:
        raise Failure(description=" | ".join(problems), metadata=metadata, allow_retries=False)
    context.add_output_metadata(metadata)


@job(
    description=(
        "Read again, with today's modules and plan, the snapshots that a past release was made from, and tell every "
        "figure that would be another one now; put back vintages that state/history has lost. Publishes nothing."
    )
)
def backfill() -> None:
    """For the day after a module was mended, or a definition was doubted: was anything published that was wrong?

    What is older than what is published never takes its place, so that nothing is published here. If figures differ,
    `republish` publishes what the newest snapshots say now, and the next release tells its readers what was revised.
    """
    read_old_snapshots()


def _release(run_context: RunContext, config: Backfill) -> Path:
    if config.release and config.day:
        raise ThindicatorsError("Give the name of a release or a day, not both.")
    name = config.release or (_name_on(run_context, config.day) if config.day else "")
    bring_release(run_context.settings, name)
    return find(run_context.settings.published, name)


def _name_on(run_context: RunContext, day: str) -> str:
    try:
        wanted = plain_numbers.day(day)
    except plain_numbers.PlainNumberError:
        raise ThindicatorsError(f"“{day}” is no day. Write it as 2026-11-30.") from None
    return History(run_context.settings.state / "history").as_of(wanted)


def _by_indicator(results: Sequence[ReadAgain]) -> str:
    rows = [(result.indicator, result.figures, _in_short(result)) for result in results]
    return markdown_table(("indicator", "figures", "read again"), rows)


def _in_short(result: ReadAgain) -> str:
    if result.problem:
        return result.problem
    kinds = Counter(difference.kind for difference in result.differences)
    counts = [f"{count} {kind}" for kind, count in sorted(kinds.items())]
    return ", ".join(counts) or "the same"


def _differences(results: Sequence[ReadAgain]) -> str:
    every: list[tuple[object, ...]] = []
    for result in results:
        every += map(_cells, result.differences)
    # The page shows a table in a dialogue, which takes no thousands of rows.
    more = f"\n\nand {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    header = ("indicator", "area", "period", "group", "series", "what", "published", "now")
    return markdown_table(header, every[:_SHOWN]) + more


def _cells(revision: Revision) -> tuple[object, ...]:
    row = revision.row
    return (
        row["indicator"],
        row["area_code"],
        row["period"],
        f"{row['breakdown']}: {row['category']}",
        row["series"],
        revision.kind,
        _shown(revision.old, revision.old_status),
        _shown(revision.new, revision.new_status),
    )


def _shown(value: float | None, status: str | None) -> str:
    if value is not None:
        return f"{value:g}"
    return f"[{status}]" if status else "none"
