"""What the plan asks for: telling whether it asks for something else than when figures were read, and reading them anew.

What belongs here: the sums of what is asked, and which figures still stand when they differ. A figure that was read for
another question is no answer to this one; it ends, also while its source cannot be reached.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa

from thindicators.context import RunContext
from thindicators.history.revisions import compare
from thindicators.outcomes.entries import AskedAnew, Terms
from thindicators.outcomes.outcome import Acceptance, Reading
from thindicators.outcomes.readings import standing_of
from thindicators.outcomes.store import OutcomeStore
from thindicators.parsing.parsing import figures
from thindicators.plan.model import Indicator, Plan

_QUESTION = ("source", "ask", "also", "unit", "definition")
_ENDED = (
    "What is asked for was changed: its definition, its unit, or what is read of the source. Figures that were read "
    "before are of something else, and are no longer published here."
)
_LOG = logging.getLogger(__name__)


def terms_of(
    plan: Plan,
    indicator: Indicator,
    source: str,
) -> Terms:
    """What the plan says of an indicator now, or of the part that one of its sources gives."""
    question = indicator.seen_by(source) if source else indicator
    exceptions = [exempted.model_dump(mode="json") for exempted in plan.exceptions_of(indicator)]
    described = {
        "indicator": indicator.model_dump(mode="json"),
        "exceptions": exceptions,
        "area_names": plan.area_names,
        "areas": indicator.wanted_areas,
    }
    return Terms(
        asked=_sum(question.model_dump(mode="json", include=set(_QUESTION))),
        described=_sum(described),
        window_years=plan.sources[source or indicator.source].window_years,
    )


def read_anew(
    run_context: RunContext,
    store: OutcomeStore,
    indicator: Indicator,
    source: str,
) -> None:
    """Read what stands again if the plan says something else than when it was read, and end what it asks for no more.

    Args:
        run_context: To read with.
        store: Where the ledger is.
        indicator: Whose.
        source: The id of the source, for a part.
    """
    account = store.account(indicator.id, source)
    terms = terms_of(run_context.plan, indicator, source)
    before = account.balance.terms
    if not account.balance.readings or (
        before.asked == terms.asked and before.described == terms.described
    ):
        return
    is_another_question = before.asked not in ("", terms.asked)
    readings = []
    for reading in account.balance.readings:
        again = _read_again(
            run_context,
            indicator,
            reading,
            account.load(reading.table),
        )
        if again is not None:
            readings.append(replace(reading, table=store.keep_table(again)))
        elif not is_another_question:
            # Words do not take figures away, not even where their bytes cannot be read again.
            readings.append(reading)
    has_ended = len(readings) < len(account.balance.readings)
    ended = Acceptance(store.day, _ENDED, closed=()) if has_ended else None
    store.append(indicator.id, source, AskedAnew(tuple(readings), terms, ended))


def _read_again(
    run_context: RunContext,
    indicator: Indicator,
    reading: Reading,
    stood: pa.Table,
) -> pa.Table | None:
    """What a reading gives now, if the figures that stand of it are what they were; None if they are not."""
    try:
        again = figures(run_context, indicator, reading)
    except Exception as problem:
        _LOG.info("%s could not be read again: %s", indicator.id, problem)
        return None
    nothing = stood.slice(0, 0)
    revisions = compare(
        standing_of(
            reading,
            stood,
            newer=nothing,
        ),
        standing_of(
            reading,
            again,
            newer=nothing,
        ),
    )
    kinds = {revision.kind for revision in revisions}
    if not kinds <= {"new", "metadata_only"}:
        return None
    # Figures that come with a wider question are published once they were checked.
    return stood if "new" in kinds else again


def _sum(plain: Mapping[str, object]) -> str:
    content = json.dumps(
        plain,
        ensure_ascii=False,
        sort_keys=True,
        default=str,
    )
    return hashlib.sha256(content.encode()).hexdigest()
