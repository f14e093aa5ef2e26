"""Refused returns as the UI shows them: a check of what is handed in, red while a file waits to be mended.

What belongs here: the check and its table in Markdown. Which files wait belongs in `thindicators.refreshing.refused`;
what is wrong with one is said in its report.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dagster import AssetCheckResult, AssetCheckSpec, MetadataValue

from assets.naming import snapshot_key
from sources.returns.check import concerned
from thindicators.context import RunContext
from thindicators.plan.model import Source
from thindicators.refreshing.refused import RefusedReturn, refused_returns
from thindicators.safe_text import in_markdown

CHECK = "no_return_is_refused"


def refused_specs(source: Source) -> list[AssetCheckSpec]:
    """The check of a source that is handed in; none of any other."""
    if source.kind != "return":
        return []
    words = "Every file that was handed in is right; one that is not waits in the folder refused."
    return [AssetCheckSpec(CHECK, asset=snapshot_key(source.id), description=words)]


def refused_results(
    run_context: RunContext,
    source: Source,
    warn: Callable[[str], object],
) -> list[AssetCheckResult]:
    """Whether a file of a source waits to be mended; nothing for a source that is not handed in.

    Args:
        run_context: Whose inbox.
        source: Of any kind.
        warn: Tells the run of each file.
    """
    if source.kind != "return":
        return []
    refused = [
        file
        for file in refused_returns(run_context)
        if source.id in concerned(run_context.plan, file.file)
    ]
    for file in refused:
        warn(f"{file.in_short} {file.what_to_do}")
    return [
        AssetCheckResult(
            passed=not refused,
            check_name=CHECK,
            metadata={"report": MetadataValue.md(reports(refused) or "No file waits.")},
        )
    ]


def reports(refused: Sequence[RefusedReturn]) -> str:
    """The reports of refused files as Markdown, each with what to do; empty if there is none."""
    return "\n\n".join(map(_report, refused))


def _report(file: RefusedReturn) -> str:
    title, *problems = map(in_markdown, file.lines)
    listed = "\n".join(f"- {problem}" for problem in problems)
    return "\n\n".join([f"**{title}**", listed, in_markdown(file.what_to_do)])
