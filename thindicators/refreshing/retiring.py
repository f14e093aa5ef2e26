"""Retiring: an indicator leaves the plan, and its last figures stay published, as ended.

What belongs here: writing into its file that it has left, what then stands of it, and what may be forgotten of one whose
file is gone. What readers are told of it belongs in `thindicators.site`.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from thindicators.errors import PlanError, ThindicatorsError
from thindicators.outcomes.outcome import Outcome
from thindicators.outcomes.parts import parts_of
from thindicators.outcomes.store import OutcomeStore
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Indicator, Plan
from thindicators.plan.naming import no_such_indicator
from thindicators.refreshing.judged_before import JUDGED
from thindicators.safe_text import is_file_name, visible, why_refused
from thindicators.storage.files import write_whole

FIELD = "retired_because"
_WIDTH = 116


def retire(
    schemas: Path,
    indicator: str,
    reason: str,
) -> Path:
    """Write into an indicator's file that it has left the plan.

    Args:
        schemas: The folder of the plan.
        indicator: Its id.
        reason: For the public: why it is measured no longer.

    Returns:
        The file.

    Raises:
        ThindicatorsError: If there is no such indicator, it has left already, or the reason cannot be published.
    """
    plan = load_plan(schemas)
    if indicator not in plan.indicators:
        raise ThindicatorsError(no_such_indicator(indicator, plan.indicators))
    if plan.indicators[indicator].retired_because:
        raise ThindicatorsError(f"{indicator} has left the plan already. Nothing was changed.")
    words = reason.strip()
    if not words:
        raise ThindicatorsError("A reason is needed: it is published, so write it for the public.")
    if why := why_refused(words):
        raise ThindicatorsError(f"The reason cannot be published: {why}. Write it on one line.")
    path = schemas / "indicators" / f"{indicator}.yaml"
    before = path.read_bytes()
    field = yaml.safe_dump(
        {FIELD: words},
        allow_unicode=True,
        width=_WIDTH,
    )
    write_whole(path, before.rstrip() + b"\n" + field.encode())
    try:
        load_plan(schemas)
    except PlanError:
        # The file ended in a way that takes no further field, such as a text that goes on.
        write_whole(path, before)
        raise
    return path


def last_figures(
    plan: Plan,
    indicator: Indicator,
    store: OutcomeStore,
) -> Outcome:
    """Let an indicator's last good figures stand for good; a failure or a hold of its last refresh ends with it."""
    for part in parts_of(plan, indicator.id) or [""]:
        last = store.load_part(indicator.id, part)
        if last is None or not last.table.num_rows:
            store.keep_empty(indicator.id, indicator.retired_because, part)
        elif last.state != "fresh" or last.held:
            store.settle(indicator.id, part)
    return store.load(indicator.id) or store.keep_empty(indicator.id, indicator.retired_because)


def left_of(
    plan: Plan,
    state: Path,
    indicator: str,
) -> list[Path]:
    """The files that state has of an indicator whose file is gone from the plan.

    Args:
        plan: Which must not have it.
        state: The folder of what this installation knows.
        indicator: Its id.

    Raises:
        ThindicatorsError: If the plan has the indicator, or nothing is left of it.
    """
    if indicator in plan.indicators:
        raise ThindicatorsError(
            f"{indicator} is in the plan, and its figures are what new ones are compared with. "
            f"Nothing was deleted. If it has left, run `thindicators retire {indicator}`; to end its publication "
            f"too, delete indicators/{indicator}.yaml first."
        )
    if not is_file_name(indicator):
        raise ThindicatorsError(f"“{visible(indicator)}” is no id of an indicator.")
    files: list[Path] = []
    # Earlier versions kept outcomes in the last two of these.
    for folder in (
        state / "ledger",
        state / JUDGED,
        state / "indicators",
        state / "indicators" / "held",
    ):
        for ending in ("jsonl", "json", "parquet"):
            files += folder.glob(f"{indicator}.{ending}")
            # The parts of one with several sources; an id has no full stop in it.
            files += folder.glob(f"{indicator}.*.{ending}")
    if not files:
        raise ThindicatorsError(f"{state} has nothing of “{visible(indicator)}”.")
    return sorted(files)
