"""Witnessing: asking the witnesses, remembering what came, and hearing what they say of an indicator.

What belongs here: what a failure means. A witness that cannot be had, or one part of it, stops nothing: its other parts
are heard, and what it gave last stands. What a file says belongs in the witness's module, comparing in
`thindicators.comparing.witnesses`.
"""

from __future__ import annotations

import csv
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from thindicators.comparing.witnesses import (
    COMPARED,
    NEVER_ASKED,
    TABLE,
    Report,
    Statement,
    Statements,
    reports_of,
)
from thindicators.context import RunContext
from thindicators.errors import facts_of
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Fetched, Receipt, Snapshot, by_role, timestamp
from thindicators.outcomes.outcome import Outcome
from thindicators.outcomes.public_reasons import public_reason
from thindicators.parsing.modules import witness_module_of
from thindicators.plan.model import Indicator, Plan, Source
from thindicators.refreshing.refresh import in_words

COULD_NOT_BE_HAD = "it could not be had"
COULD_NOT_BE_READ = "its file could not be read"

_Roles = Mapping[str, Receipt]
_LOG = logging.getLogger(__name__)


def asked(plan: Plan) -> list[str]:
    """The ids of the witnesses that an indicator names."""
    return [witness for witness in plan.witnesses if plan.indicators_with(witness)]


def fetch(run_context: RunContext, witness: str) -> Fetched:
    """Ask a witness for all that indicators need of it, and remember what came or why nothing did."""
    last = run_context.store.last_fetch(witness)
    roles: dict[str, Receipt] = {}
    problems: list[Exception] = []
    checked = timestamp(run_context.now())
    try:
        client = run_context.client(witness)
        checked = timestamp(client.now())
        for part, indicators in _parts(run_context.plan, witness).items():
            try:
                roles |= _fetch_part(client, client.source, indicators)
            except Exception as problem:
                problems.append(problem)
                roles |= _of_part(last.roles if last else {}, part)
    except Exception as problem:
        problems.append(problem)
        roles = last.roles if last else {}
    fetched = Fetched(
        source=witness,
        checked=checked,
        roles=roles,
        failure=" ".join(in_words(problem) for problem in problems),
        facts=replace(facts_of(problems[0]), source=witness) if problems else None,
    )
    run_context.store.record(fetched)
    return fetched


def hear(run_context: RunContext) -> Statements:
    """What all witnesses say, from what they gave last."""
    fetched = {
        witness: run_context.store.last_fetch(witness) for witness in asked(run_context.plan)
    }
    came = {witness: one.roles for witness, one in fetched.items() if one is not None}
    return hear_again(
        run_context,
        came,
        _public_failures(run_context.plan, fetched),
    )


def hear_again(
    run_context: RunContext, fetched: Mapping[str, _Roles], failed: Mapping[str, str]
) -> Statements:
    """What witnesses say in what they once gave, as it is read now."""
    heard = {
        indicator.id: tuple(
            _heard(
                run_context,
                indicator,
                one.source,
                fetched.get(one.source),
            )
            for one in indicator.witnesses
        )
        for indicator in run_context.plan.indicators.values()
        if indicator.witnesses
    }
    return Statements(heard, fetched, failed)


def reports(run_context: RunContext, outcome: Outcome) -> list[Report]:
    """What its witnesses say of one indicator's figures, from what they gave last."""
    return reports_of(
        run_context.plan,
        outcome,
        hear_of(run_context, run_context.plan.indicators[outcome.indicator]),
    )


def hear_of(run_context: RunContext, indicator: Indicator) -> Statements:
    """What the witnesses of one indicator say, from what they gave last."""
    last = {one.source: run_context.store.last_fetch(one.source) for one in indicator.witnesses}
    roles = {
        witness: None if fetched is None else fetched.roles for witness, fetched in last.items()
    }
    said = tuple(
        _heard(
            run_context,
            indicator,
            witness,
            came,
        )
        for witness, came in roles.items()
    )
    return Statements({indicator.id: said})


def failures(run_context: RunContext) -> dict[str, str]:
    """Why the last fetch of a witness failed, by witness."""
    last = {witness: run_context.store.last_fetch(witness) for witness in asked(run_context.plan)}
    return {
        witness: one.failure for witness, one in last.items() if one is not None and one.failure
    }


def _public_failures(plan: Plan, fetched: Mapping[str, Fetched | None]) -> dict[str, str]:
    """Why the last fetch of a witness failed, as the public is told, by witness."""
    return {
        witness: public_reason(plan, fetch.failure_facts)
        for witness, fetch in fetched.items()
        if fetch is not None and fetch.failure
    }


def in_short(run_context: RunContext, release: Path) -> list[str]:
    """What the witnesses say of a release, a line each: how many figures agree, and who could not be asked."""
    table = release / f"{TABLE}.csv"
    failed = [
        f"The witness {witness} did not give all that was asked. That stops nothing; `thindicators witness` says why."
        for witness in failures(run_context)
    ]
    return [_agreeing(table), *failed] if table.exists() else failed


def _agreeing(table: Path) -> str:
    with table.open(encoding="utf-8", newline="") as file:
        verdicts = Counter(row["verdict"] for row in csv.DictReader(file))
    compared, agree = sum(verdicts[one] for one in COMPARED), verdicts["agrees"]
    said = f"Witnesses: {agree} of {compared} figures agree with a second publisher's"
    if agree == compared:
        return f"{said}."
    unexplained = verdicts["differs"]
    explained = compared - agree - unexplained
    return (
        f"{said}; {explained} differ and are explained, {unexplained} differ and are not. "
        "`thindicators witness` names them."
    )


def _parts(plan: Plan, witness: str) -> dict[str, list[Indicator]]:
    module = witness_module_of(plan.witnesses[witness])
    parts: dict[str, list[Indicator]] = {}
    for indicator in plan.indicators_with(witness):
        parts.setdefault(module.part_of(indicator), []).append(indicator)
    return parts


def _fetch_part(
    client: Client, witness: Source, indicators: Sequence[Indicator]
) -> dict[str, Receipt]:
    snapshots = by_role(witness_module_of(witness).fetch(client, indicators))
    return {role: snapshot.receipt for role, snapshot in snapshots.items()}


def _of_part(roles: _Roles, part: str) -> dict[str, Receipt]:
    return {role: receipt for role, receipt in roles.items() if role.startswith(f"{part}/")}


def _heard(
    run_context: RunContext, indicator: Indicator, witness: str, roles: _Roles | None
) -> Statement:
    if roles is None:
        return Statement(witness, missing=NEVER_ASKED)
    seen = indicator.asked_of(witness)
    module = witness_module_of(run_context.plan.witnesses[witness])
    own = _of_part(roles, module.part_of(seen))
    if not own:
        return Statement(witness, missing=COULD_NOT_BE_HAD)
    try:
        snapshots: dict[str, Snapshot] = {
            role: run_context.store.load(role, one) for role, one in own.items()
        }
        figures = module.read(seen, snapshots, run_context.plan.area_names)
    except Exception as problem:  # even a defect of the module must not stop the figures
        # What is wrong with a file may quote an error page, and this statement is published.
        _LOG.warning(
            "The witness %s could not be read: %s",
            witness,
            in_words(problem),
        )
        return Statement(witness, missing=COULD_NOT_BE_READ)
    return Statement(witness, tuple(figures))
