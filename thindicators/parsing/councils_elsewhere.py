"""Councils elsewhere: figures of councils that the Plan is neither about nor compared with, for a table of their own.

What belongs here: reading them from the snapshots of the figures that stand. They are read apart from all others and
after them, so that nothing that is wrong with a council elsewhere can change, hold or stop a figure of the Plan. Nothing
of them is compared or ranked; a figure that breaks a rule gives way to the reason why there is none, as a peer's does.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from thindicators import house_style
from thindicators.areas.register import register
from thindicators.checking.checks import with_notes
from thindicators.checking.peer_rules import hold_back_doubtful
from thindicators.context import RunContext
from thindicators.fetching.snapshots import Receipt
from thindicators.observations.observation import ORDER, empty_table, table_of
from thindicators.outcomes.outcome import Outcome, Reading, receipts_of
from thindicators.parsing.parsing import parse
from thindicators.plan.model import Indicator, Plan

NOT_READ_FOR_THEM = "None of its sources is read for councils elsewhere."
ASKED_BY_NAME = "Its publisher is asked for the areas of the Plan only."
NOT_GIVEN = "What its publisher gave holds no figures of councils elsewhere."
NOT_READ = "The figures of councils elsewhere could not be read."
LEFT_OUT = "The figures of {councils} could not be read."
MISSING = "No figures for {councils}."

_MOST_NAMED = 5

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class FiguresElsewhere:
    """What there is of councils elsewhere for one indicator.

    Attributes:
        indicator: Its id.
        table: The figures, in the contract of `observations`.
        receipts: Of the snapshots that they were read from.
        reason: Why there are none, or whose are not there; empty if every council's are.
    """

    indicator: str
    table: pa.Table
    receipts: tuple[Receipt, ...] = ()
    reason: str = ""

    @property
    def councils(self) -> int:
        """How many councils have a figure; one that is withheld has none."""
        with_value = self.table.filter(pc.is_valid(self.table["value"]))
        return len(pc.unique(with_value["area_code"]))


def read_elsewhere(
    run_context: RunContext,
    outcomes: Sequence[Outcome],
) -> list[FiguresElsewhere]:
    """The figures of councils elsewhere, for each indicator; none at all if the plan asks for none.

    Args:
        run_context: Whose plan and snapshots apply.
        outcomes: What stands of each indicator.
    """
    if run_context.plan.file.elsewhere is None:
        return []
    return [_beside(run_context, outcome) for outcome in outcomes]


def all_elsewhere(figures: Sequence[FiguresElsewhere]) -> pa.Table:
    """The figures of councils elsewhere in one table, sorted."""
    tables = [empty_table(), *(each.table for each in figures)]
    return pa.concat_tables(tables).sort_by([(column, "ascending") for column in ORDER])


def _beside(
    run_context: RunContext,
    outcome: Outcome,
) -> FiguresElsewhere:
    """What the snapshots of an outcome hold of councils elsewhere."""
    plan = run_context.plan
    indicator = plan.as_seen_elsewhere(plan.indicators[outcome.indicator])
    # Earlier readings are of figures that ended or stayed, which is told of the Plan's own areas only.
    newest = [reading for reading in outcome.readings if reading.is_newest]
    if not newest or not outcome.table.num_rows:
        return FiguresElsewhere(indicator.id, empty_table())
    if not indicator.peers:
        return FiguresElsewhere(indicator.id, empty_table(), reason=_why_none(plan, indicator))
    try:
        return _read(run_context, indicator, newest)
    # A machine that is full would publish that they cannot be read, and never look again.
    except (OSError, MemoryError):
        raise
    # Whatever is wrong with the figures, the Plan's own are published.
    except Exception as problem:
        _LOG.warning("%s: %s %s", indicator.id, NOT_READ, problem)
        return FiguresElsewhere(indicator.id, empty_table(), reason=NOT_READ)


def _why_none(plan: Plan, indicator: Indicator) -> str:
    covers = plan.sources[indicator.source].covers
    return ASKED_BY_NAME if covers is not None and covers.asked_by_name else NOT_READ_FOR_THEM


def _read(
    run_context: RunContext,
    indicator: Indicator,
    readings: Sequence[Reading],
) -> FiguresElsewhere:
    tables = []
    left_out: dict[str, str] = {}
    for reading in readings:
        parsed = parse(run_context, indicator, reading)
        left_out |= parsed.left_out
        elsewhere = set(indicator.peers)
        observations = [each for each in parsed.observations if each.area_code in elsewhere]
        tables.append(table_of(observations, register().names))
    table = with_notes(hold_back_doubtful(pa.concat_tables(tables), indicator), indicator)
    for code, why in left_out.items():
        _LOG.warning("%s: %s is left out: %s", indicator.id, register()[code].name, why)
    return FiguresElsewhere(
        indicator.id,
        table,
        receipts_of(readings, table),
        _reason(indicator, table, left_out),
    )


def _reason(
    indicator: Indicator,
    table: pa.Table,
    left_out: Mapping[str, str],
) -> str:
    """Why there are no figures, or whose are not there."""
    if not table.num_rows and not left_out:
        return NOT_GIVEN
    with_rows = {*pc.unique(table["area_code"]).to_pylist(), *left_out}
    missing = [code for code in indicator.peers if code not in with_rows]
    sentences = []
    if left_out:
        sentences.append(LEFT_OUT.format(councils=_named(sorted(left_out))))
    if missing:
        sentences.append(MISSING.format(councils=_named(missing)))
    return " ".join(sentences)


def _named(codes: Sequence[str]) -> str:
    """Some councils by their names, or of more than a few their number."""
    if len(codes) > _MOST_NAMED:
        return f"{len(codes)} councils"
    return house_style.together([register()[code].name for code in codes])
