"""Making a release again: from its snapshots and the plan, without a network, to see that the same bytes come out.

What belongs here: reading every snapshot that a release names again and comparing what is made of it, file by file.
That files are what SHA256SUMS says belongs in `thindicators.storage.sums`; what is said about them is there too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from thindicators.context import RunContext
from thindicators.contract import is_of_contract
from thindicators.errors import ThindicatorsError
from thindicators.history.vintages import History
from thindicators.outcomes.outcome import Outcome, receipts_of
from thindicators.outcomes.readings import standing_together
from thindicators.refreshing.parsing import figures
from thindicators.refreshing.witnessing import hear_again
from thindicators.release.inputs import Inputs, Written, made_with, plan_sums, read_inputs
from thindicators.release.writing import write_release
from thindicators.storage.sums import differences, sums_of

_PLAN = ("plan", "Bring back the plan of that day")
_CONTRACT = ("contract", "Install the version of this project that made it")
"""Whose file differs, and what brings back the one that the release was made with."""


def verify(run_context: RunContext, release: Path) -> list[str]:
    """Check a release as far as anything can be checked without asking a publisher.

    Its files must be those of SHA256SUMS; the plan and every snapshot must be those that it was made from; and what is
    made of them now must be the same, byte for byte.

    Args:
        run_context: Whose plan and snapshots apply.
        release: Its folder.

    Returns:
        A sentence for each thing that is not as it must be; nothing if all is well.
    """
    problems = differences(release)
    if problems:
        return problems
    try:
        written = read_inputs(release)
        problems = [
            *_other_plan(run_context, written),
            *_other_writers(written),
            *_lost_snapshots(run_context, written),
        ]
        return problems or _other_bytes(run_context, written, release)
    except ThindicatorsError as problem:
        return [str(problem)]


def _other_plan(run_context: RunContext, written: Written) -> Iterator[str]:
    now = plan_sums(run_context.settings.schemas)
    for path in sorted({*now, *written.plan}):
        if now.get(path) != written.plan.get(path):
            what = (
                "is gone"
                if path not in now
                else "is new"
                if path not in written.plan
                else "was changed"
            )
            whose, remedy = _CONTRACT if is_of_contract(path) else _PLAN
            yield f"The {whose}'s {path} {what} since this release. {remedy}, or publish again."


def _other_writers(written: Written) -> Iterator[str]:
    now = made_with()
    for name, made in written.made_with.items():
        if now.get(name) != made:
            yield f"This release was made with {name} {made}; {now.get(name, 'none')} is installed. Install that one."


def _lost_snapshots(run_context: RunContext, written: Written) -> Iterator[str]:
    for receipt in {
        one.sha256: one for fetch in written.fetches for one in fetch.values()
    }.values():
        try:
            run_context.store.load("", receipt)
        except ThindicatorsError as problem:
            yield str(problem)


def _other_bytes(run_context: RunContext, written: Written, release: Path) -> list[str]:
    outcomes = [made_again(run_context, written.outcome(one)) for one in written.outcomes]
    history = History(run_context.settings.state / "history")
    before = history.vintage(written.before) if written.before else None
    with TemporaryDirectory() as folder:
        again = Path(folder) / release.name
        again.mkdir()
        heard = hear_again(run_context, written.witnesses_gave(), written.witness_failures)
        inputs = Inputs(outcomes, written.failures, before, written.name, heard)
        write_release(replace(run_context, edition=written.edition), inputs, again)
        made, published = sums_of(again), sums_of(release)
    return [
        f"{path} comes out otherwise when it is made again from the snapshots."
        for path in sorted({*made, *published})
        if made.get(path) != published.get(path)
    ]


def made_again(run_context: RunContext, outcome: Outcome) -> Outcome:
    """An outcome with the figures that its snapshots hold, as they are read now.

    Raises:
        ThindicatorsError: If a snapshot is gone or changed, or cannot be read any more.
    """
    indicator = run_context.plan.indicators[outcome.indicator]
    table = standing_together(
        outcome.readings, lambda reading: figures(run_context, indicator, reading)
    )
    return replace(outcome, table=table, receipts=receipts_of(outcome.readings, table))
