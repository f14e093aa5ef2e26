"""Rewording: figures that stand, read again from their snapshots, in the words that the plan has today.

What belongs here: making an outcome again from what it was read from. Reading snapshots belongs in `parsing`; what becomes
of figures when the plan asks for something else in `asked`.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from thindicators.context import RunContext
from thindicators.outcomes.outcome import Outcome, receipts_of
from thindicators.outcomes.readings import standing_together
from thindicators.parsing.parsing import figures

WORDS = ["area_name", "note"]
"""The columns of figures that say in the plan's words what the others say in numbers and codes."""

_LOG = logging.getLogger(__name__)


def made_again(run_context: RunContext, outcome: Outcome) -> Outcome:
    """An outcome with the figures that its snapshots hold, as they are read now.

    Raises:
        ThindicatorsError: If a snapshot is gone or changed, or cannot be read any more.
    """
    indicator = run_context.plan.indicators[outcome.indicator]
    table = standing_together(
        outcome.readings,
        lambda reading: figures(run_context, indicator, reading),
    )
    return replace(
        outcome,
        table=table,
        receipts=receipts_of(outcome.readings, table),
    )


def in_todays_words(run_context: RunContext, outcome: Outcome) -> Outcome:
    """An outcome with the words that the plan has today, if its figures come out as they were checked.

    Figures may have been read by an earlier wording of the plan: while a source is down, or because only another was
    refreshed. They are read again, so that a release is what its plan and its snapshots make.
    """
    if not outcome.readings:
        return outcome
    try:
        again = made_again(run_context, outcome)
    # Whatever it is, what was checked and published is not lost for it.
    except Exception as problem:
        _LOG.warning("%s keeps the words it was read with: %s", outcome.indicator, problem)
        return outcome
    # A figure that comes out otherwise is no matter of words: it was never checked.
    is_same = again.table.drop_columns(WORDS).equals(outcome.table.drop_columns(WORDS))
    return again if is_same else outcome
