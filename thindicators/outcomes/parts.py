"""Parts: what each source gives to an indicator that has several, each standing or falling alone.

What belongs here: which parts an indicator has, how they make one outcome, and taking a part out of one. Keeping them
on disk belongs in `outcome_store`; what a part's failure means belongs in `thindicators.refreshing.refresh`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from thindicators.observations.observation import ORDER
from thindicators.outcomes.outcome import Outcome, Reading, Standing, State, receipts_of
from thindicators.plan.model import Plan, Source


def parts_of(plan: Plan, indicator: str) -> list[str]:
    """The ids of an indicator's sources if it has several, the main one first; none if it has one."""
    # An outcome may be older than the plan, and of an indicator that the plan has dropped.
    of_plan = plan.indicators.get(indicator)
    if of_plan is None or not of_plan.also:
        return []
    return list(of_plan.sources)


def combined(
    plan: Plan,
    indicator: str,
    parts: Mapping[str, Outcome | None],
) -> Outcome | None:
    """The outcome of the whole of an indicator; None if no part has one.

    It is fresh if no part failed, and stale if any did and there are figures all the same: the standings say which.

    Args:
        plan: Whose indicator it is.
        indicator: Its id.
        parts: The outcome of each part, by source, in the order of the indicator's file.
    """
    outcomes = [part for part in parts.values() if part is not None]
    if not outcomes:
        return None
    state = _state(outcomes)
    standings = tuple(_standing(plan, part) for part in outcomes)
    table = pa.concat_tables([part.table for part in outcomes])
    receipts = {receipt.sha256: receipt for part in outcomes for receipt in part.receipts}
    readings = [reading for part in outcomes for reading in part.readings]
    return Outcome(
        indicator=indicator,
        state=state,
        reason=reason_of_parts(standings, state),
        checks=tuple(result for part in outcomes for result in part.checks),
        receipts=tuple(receipts.values()),
        table=table.sort_by([(column, "ascending") for column in ORDER]),
        failed=any(part.failed for part in outcomes),
        accepted=tuple(acceptance for part in outcomes for acceptance in part.accepted),
        readings=tuple(sorted(readings, key=_newest_first)),
        remarks=tuple(remark for part in outcomes for remark in part.remarks),
        held=any(part.held for part in outcomes),
        standings=standings,
        places={name: place for part in outcomes for name, place in part.places.items()},
    )


def _newest_first(reading: Reading) -> bool:
    return not reading.is_newest


def part_of(
    plan: Plan,
    whole: Outcome,
    source: str,
) -> Outcome | None:
    """What one source gave to the whole of an indicator; None if it gave nothing.

    Args:
        plan: Whose indicator it is.
        whole: The outcome of all sources together.
        source: The id of one of them.
    """
    standing = _standing_of(whole, source)
    readings = _readings_of(
        plan,
        whole,
        source,
    )
    # A file may also hold areas that another source gives: snapshot and area tell only together.
    snapshots = [receipt.sha256 for receipt in receipts_of(readings, whole.table)]
    areas = plan.indicators[whole.indicator].seen_by(source).wanted_areas
    is_own = pc.and_(
        _is_in(
            whole.table,
            "snapshot",
            snapshots,
        ),
        _is_in(
            whole.table,
            "area_code",
            areas,
        ),
    )
    table = whole.table.filter(is_own)
    if not table.num_rows and standing is None:
        return None
    series = set(table["series"].to_pylist())
    accepted = [acceptance for acceptance in whole.accepted if series & set(acceptance.closed)]
    part = replace(
        whole,
        table=table,
        readings=tuple(readings),
        receipts=receipts_of(readings, table),
        accepted=tuple(accepted),
        source=source,
        standings=(),
    )
    # Outcomes of former times have no standings: what holds for the whole then holds for each part.
    return part if standing is None else _as_standing(part, standing)


def source_of(
    plan: Plan,
    whole: Outcome,
    snapshot: str,
) -> Source:
    """The source that gave a figure; of one that several may have given, the first that the indicator's file names.

    An indicator's headline may be of another source than its main one: a figure that stands in for an awaited return is
    its own publisher's, and must never bear the council's name.

    Args:
        plan: Whose indicator it is.
        whole: The outcome that the figure is in.
        snapshot: The sum of the bytes that it was read from.
    """
    indicator = plan.indicators[whole.indicator]
    gave = {receipt.source for receipt in whole.receipts if receipt.sha256 == snapshot}
    # What is derived was read from the bytes of the sources that it is derived from.
    given = [one for one in indicator.sources if gave & set(plan.fetched_for(one))]
    return plan.sources[given[0] if given else indicator.source]


def _standing_of(whole: Outcome, source: str) -> Standing | None:
    of_source = (standing for standing in whole.standings if standing.source == source)
    return next(of_source, None)


def _readings_of(
    plan: Plan,
    whole: Outcome,
    source: str,
) -> list[Reading]:
    """What one source's figures were read from, without what the others brought."""
    fetched = plan.fetched_for(source)
    readings = []
    for reading in whole.readings:
        own = {each: receipts for each, receipts in reading.fetched.items() if each in fetched}
        if own:
            readings.append(replace(reading, fetched=own))
    return readings


def _as_standing(part: Outcome, standing: Standing) -> Outcome:
    return replace(
        part,
        state=standing.state,
        reason=standing.reason,
        failed=standing.failed,
        held=standing.held,
        checks=standing.checks,
        remarks=standing.remarks,
        facts=standing.facts,
    )


def _state(parts: Collection[Outcome]) -> State:
    if not any(part.table.num_rows for part in parts):
        return "empty"
    return "stale" if any(part.failed for part in parts) else "fresh"


def reason_of_parts(
    standings: Sequence[Standing],
    state: State,
) -> str:
    """Why not all is fresh, each reason with the title of its source; the first reason if there is no figure at all."""
    if state == "fresh":
        return ""
    failed = [standing for standing in standings if standing.failed]
    # Nothing failed and yet there is no figure: each part waits, and the main one says for what.
    if not failed:
        return next(standing.reason for standing in standings)
    return " ".join(f"{standing.title}: {standing.reason}" for standing in failed)


def _standing(plan: Plan, part: Outcome) -> Standing:
    return Standing(
        source=part.source,
        title=plan.sources[part.source].title,
        state=part.state,
        reason=part.reason,
        failed=part.failed,
        held=part.held,
        checks=part.checks,
        remarks=part.remarks,
        facts=part.facts,
    )


def _is_in(
    table: pa.Table,
    column: str,
    values: Collection[str],
) -> pa.ChunkedArray:
    return pc.is_in(table[column], pa.array(list(values), pa.string()))
