"""Parsing: the figures that snapshots hold, read by the modules of an indicator's sources.

What belongs here: which sources have to be read together, and handing each module its own snapshots. Asking publishers
belongs in `thindicators.refreshing`, and so does judging what was read.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pyarrow as pa

from thindicators.checking.checks import with_notes
from thindicators.checking.peer_rules import hold_back_doubtful
from thindicators.context import RunContext
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation, table_of
from thindicators.outcomes.outcome import Reading
from thindicators.parsing.apart import Parsed, parse_apart
from thindicators.parsing.modules import makes_remarks, module_of, remarks_of
from thindicators.plan.model import Indicator, Plan, Source
from thindicators.plan.rules import Finding

Roles = Mapping[str, Snapshot]
"""Snapshots by the part they play for their source."""


def is_read(plan: Plan, indicator: Indicator) -> bool:
    """Whether there is a module for every source of an indicator."""
    return all(plan.sources[source].module for source in indicator.sources)


def fetched_for(plan: Plan, indicator: Indicator) -> list[str]:
    """The sources that must be fetched before an indicator can be read."""
    fetched: list[str] = []
    for source in indicator.sources:
        fetched += plan.fetched_for(source)
    return list(dict.fromkeys(fetched))


def parse(
    run_context: RunContext,
    indicator: Indicator,
    reading: Reading,
) -> Parsed:
    """The figures that some snapshots hold, from all of an indicator's sources.

    Raises:
        ThindicatorsError: If a snapshot is gone or changed, or is not what a source's module knows how to read.
    """
    plan = run_context.plan
    snapshots = _load(run_context, reading)
    observations: list[Observation] = []
    left_out: dict[str, str] = {}
    for source in _read_by(plan, indicator, reading):
        given = _given(plan.sources[source], snapshots)
        module = module_of(plan.sources[source])
        parsed = parse_apart(module, indicator.seen_by(source), given)
        observations += parsed.observations
        left_out |= parsed.left_out
    return Parsed(observations, left_out)


def doubts(
    run_context: RunContext,
    indicator: Indicator,
    reading: Reading,
) -> list[Finding]:
    """What the modules of an indicator's sources remark on in some snapshots.

    Raises:
        ThindicatorsError: As `parse`.
    """
    plan = run_context.plan
    read_by = _read_by(plan, indicator, reading)
    remarking = [source for source in read_by if makes_remarks(plan.sources[source])]
    snapshots = _load(run_context, reading) if remarking else {}
    remarks: list[Finding] = []
    for source in remarking:
        given = _given(plan.sources[source], snapshots)
        remarks += remarks_of(
            plan.sources[source],
            indicator.seen_by(source),
            given,
        )
    return remarks


def figures(
    run_context: RunContext,
    indicator: Indicator,
    reading: Reading,
) -> pa.Table:
    """The table that some snapshots make, with a note on every figure that a warning or an exception is about.

    Raises:
        ThindicatorsError: As `parse`, or if a figure is not one that a table may hold.
    """
    # A run that publishes what it has read a moment ago need not read it twice.
    read = run_context.figures_read.pop(_read_from(indicator, reading), None)
    return _read(run_context, indicator, reading)[0] if read is None else read


def figures_and_doubts(
    run_context: RunContext,
    indicator: Indicator,
    reading: Reading,
) -> tuple[pa.Table, list[Finding]]:
    """The table that some snapshots make, as `figures`, and a remark on each peer that could not be read.

    Raises:
        ThindicatorsError: As `figures`.
    """
    table, remarks = _read(run_context, indicator, reading)
    run_context.figures_read[_read_from(indicator, reading)] = table
    return table, remarks


def _read_from(indicator: Indicator, reading: Reading) -> Hashable:
    """All that the figures of an indicator depend on within a run, whose plan stays as it is."""
    receipts = []
    for source, roles in sorted(reading.fetched.items()):
        receipts += [(source, role, receipt) for role, receipt in sorted(roles.items())]
    return indicator.id, tuple(receipts)


def _read(
    run_context: RunContext,
    indicator: Indicator,
    reading: Reading,
) -> tuple[pa.Table, list[Finding]]:
    plan = run_context.plan
    parsed = parse(run_context, indicator, reading)
    table = table_of(parsed.observations, plan.area_names)
    noted = with_notes(
        hold_back_doubtful(table, indicator),
        indicator,
        plan.exceptions_of(indicator),
    )
    remarks = []
    for code, why in parsed.left_out.items():
        says = f"{plan.area_names[code]} is left out, as its figures could not be read: {why}"
        remarks.append(Finding(says, area=code))
    return noted, remarks


def _read_by(
    plan: Plan,
    indicator: Indicator,
    reading: Reading,
) -> list[str]:
    """The indicator's sources whose answers are in a reading: those of one part, or all."""
    answered = set(reading.fetched)
    # A part that is derived from another part's source is given that source's answers too, and is not it.
    exactly = [source for source in indicator.sources if set(plan.fetched_for(source)) == answered]
    if exactly:
        return exactly
    return [source for source in indicator.sources if set(plan.fetched_for(source)) <= answered]


def _load(run_context: RunContext, reading: Reading) -> dict[str, Roles]:
    snapshots: dict[str, Roles] = {}
    for source, receipts in reading.fetched.items():
        snapshots[source] = {
            role: run_context.store.load(role, receipt) for role, receipt in receipts.items()
        }
    return snapshots


def _given(source: Source, snapshots: Mapping[str, Roles]) -> Roles:
    """What a source's module is given: its own snapshots; a derived source's, those of its sources as `source/role`."""
    if not source.derived_from:
        return snapshots[source.id]
    given = {}
    for part in source.derived_from:
        for role, snapshot in snapshots[part].items():
            given[f"{part}/{role}"] = snapshot
    return given
