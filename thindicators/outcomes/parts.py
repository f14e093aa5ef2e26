"""Parts: what each source gives to an indicator that has several, each standing or falling alone.

What belongs here: which parts an indicator has, how they make one outcome, and taking a part out of one. Keeping them
on disk belongs in `outcome_store`; what a part's failure means belongs in `thindicators.refreshing.refresh`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from thindicators.observations.observation import ORDER
from thindicators.outcomes.outcome import Outcome, Reading, Standing, State, receipts_of
from thindicators.plan.model import Plan


def parts_of(plan: Plan, indicator: str) -> list[str]:
    """The ids of an indicator's sources if it has several, the main one first; none if it has one."""
    known = plan.indicators.get(indicator)
    return list(known.sources) if known is not None and known.also else []


def combined(plan: Plan, indicator: str, parts: Mapping[str, Outcome | None]) -> Outcome | None:
    """The outcome of the whole of an indicator; None if no part has one.

    It is fresh if no part failed, and stale if any did and there are figures all the same: the standings say which.

    Args:
        plan: Whose indicator it is.
        indicator: Its id.
        parts: The outcome of each part, by source, in the order of the indicator's file.
    """
    known = [part for part in parts.values() if part is not None]
    if not known:
        return None
    table = pa.concat_tables([part.table for part in known])
    state = _state(known)
    readings = [reading for part in known for reading in part.readings]
    return Outcome(
        indicator=indicator,
        state=state,
        reason=_reason(plan, known, state),
        checks=tuple(result for part in known for result in part.checks),
        receipts=tuple({receipt.sha256: receipt for part in known for receipt in part.receipts}.values()),
        table=table.sort_by([(column, "ascending") for column in ORDER]),
        failed=any(part.failed for part in known),
        accepted=tuple(acceptance for part in known for acceptance in part.accepted),
        readings=tuple(sorted(readings, key=lambda reading: not reading.is_newest)),
        remarks=tuple(remark for part in known for remark in part.remarks),
        held=any(part.held for part in known),
        standings=tuple(_standing(plan, part) for part in known),
    )


def part_of(plan: Plan, whole: Outcome, source: str) -> Outcome | None:
    """What one source gave to the whole of an indicator; None if it gave nothing.

    Args:
        plan: Whose indicator it is.
        whole: The outcome of all sources together.
        source: The id of one of them.
    """
    asked = plan.fetched_for(source)
    readings = [_reading_of(reading, asked) for reading in whole.readings if set(asked) & set(reading.fetched)]
    snapshots = [receipt.sha256 for receipt in receipts_of(readings, whole.table)]
    areas = plan.indicators[whole.indicator].seen_by(source).areas
    is_own = pc.and_(_is_in(whole.table, "snapshot", snapshots), _is_in(whole.table, "area_code", areas))
    table = whole.table.filter(is_own)
    standing = next((one for one in whole.standings if one.source == source), None)
    if not table.num_rows and standing is None:
        return None
    series = set(table["series"].to_pylist())
    part = replace(
        whole,
        table=table,
        readings=tuple(readings),
        receipts=receipts_of(readings, table),
        accepted=tuple(acceptance for acceptance in whole.accepted if series & set(acceptance.closed)),
        source=source,
        standings=(),
    )
    if standing is None:
        return part
    return replace(
        part,
        state=standing.state,
        reason=standing.reason,
        failed=standing.failed,
        held=standing.held,
        checks=standing.checks,
        remarks=standing.remarks,
    )


def _state(parts: Collection[Outcome]) -> State:
    if not any(part.table.num_rows for part in parts):
        return "empty"
    return "stale" if any(part.failed for part in parts) else "fresh"


def _reason(plan: Plan, parts: Collection[Outcome], state: State) -> str:
    """Why not all is fresh, each reason with the title of its source; the first reason if there is no figure at all."""
    if state == "fresh":
        return ""
    failed = [part for part in parts if part.failed]
    if failed:
        return " ".join(f"{plan.sources[part.source].title}: {part.reason}" for part in failed)
    return next(part.reason for part in parts)


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
    )


def _reading_of(reading: Reading, sources: Collection[str]) -> Reading:
    own = {source: receipts for source, receipts in reading.fetched.items() if source in sources}
    return replace(reading, fetched=own)


def _is_in(table: pa.Table, column: str, values: Collection[str]) -> pa.ChunkedArray:
    return pc.is_in(table[column], pa.array(list(values), pa.string()))
