"""Old releases read again: what today's modules and plan make of the bytes that a release was made from.

What belongs here: reading what a release names and comparing the figures with those that it published. Making the same
release again, byte for byte, belongs in `remake`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from thindicators.context import RunContext
from thindicators.errors import ThindicatorsError
from thindicators.history.revisions import Revision, compare
from thindicators.history.vintages import History, Vintage
from thindicators.outcomes.outcome import Outcome
from thindicators.refreshing.refresh import in_words
from thindicators.refreshing.rewording import made_again
from thindicators.release.inputs import read_inputs
from thindicators.release.publishing import RELEASES, release_lock


@dataclass(frozen=True)
class ReadAgain:
    """One indicator of an old release, read again.

    Attributes:
        indicator: Its id.
        figures: How many it had in that release.
        differences: What would be published otherwise now.
        problem: Why it cannot be read again; empty if it can.
    """

    indicator: str
    figures: int
    differences: Sequence[Revision] = ()
    problem: str = ""


def rebuild_history(run_context: RunContext) -> list[str]:
    """Keep the vintage of every release that is still there and that the history has lost.

    Returns:
        The names of the releases that the history has again.
    """
    history = History(run_context.settings.state / "history")
    before = set(history.names())
    with release_lock(run_context.settings.published):
        history.keep(run_context.settings.published / RELEASES)
    return [name for name in history.names() if name not in before]


def read_again(
    run_context: RunContext, release: Path, indicators: Sequence[str] = ()
) -> list[ReadAgain]:
    """Read a release's indicators from the snapshots that it names, with today's modules and plan.

    Args:
        run_context: Whose plan, snapshots and history apply.
        release: Its folder.
        indicators: Their ids; all of the release by default.

    Raises:
        ThindicatorsError: If the release does not say what it was made from, or has no such indicator.
    """
    written = read_inputs(release)
    there = {one.indicator: one for one in written.outcomes}
    if unknown := [one for one in indicators if one not in there]:
        raise ThindicatorsError(
            f"{release.name} has no indicator {', '.join(unknown)}. It has: {', '.join(there)}."
        )
    vintage = History(run_context.settings.state / "history").vintage(release.name)
    asked = indicators or list(there)
    return [
        _read_again(
            run_context,
            written.outcome(there[one]),
            vintage,
        )
        for one in asked
    ]


def _read_again(
    run_context: RunContext,
    outcome: Outcome,
    vintage: Vintage,
) -> ReadAgain:
    published = vintage.figures(outcome.indicator)
    if outcome.indicator not in run_context.plan.indicators:
        return ReadAgain(
            outcome.indicator, published.num_rows, problem="It is not in the plan any more."
        )
    try:
        again = made_again(run_context, outcome)
    except (
        Exception
    ) as problem:  # one that cannot be read must not hide the others, as in a refresh
        return ReadAgain(
            outcome.indicator,
            published.num_rows,
            problem=in_words(problem),
        )
    return ReadAgain(
        outcome.indicator,
        published.num_rows,
        compare(published, again.table),
    )
