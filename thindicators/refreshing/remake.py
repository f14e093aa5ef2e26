"""Making a release again: from its snapshots and the plan, without a network, to see that the same comes out.

What belongs here: reading every snapshot that a release names again and comparing what is made of it with what was
published. That files are what SHA256SUMS says belongs in `thindicators.storage.sums`; comparing figures alone, for a
release that other code made, in `same_figures`.

Three things are told apart. The files must be those that were published. The snapshots must give the same figures. And
every other file must come out the same byte for byte, if the same code, libraries and plan make it again; where a
release was made by others, its words and pages may differ, which is said and is no fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from thindicators.context import RunContext
from thindicators.contract import is_of_contract
from thindicators.errors import PlanError, ThindicatorsError
from thindicators.history.vintages import History
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.loading import load_plan
from thindicators.refreshing.rewording import made_again
from thindicators.refreshing.same_figures import compare_figures
from thindicators.refreshing.witnessing import hear_again
from thindicators.release.carried_plan import plan_of
from thindicators.release.inputs import (
    CODE,
    Inputs,
    Written,
    made_with,
    plan_sums,
    read_inputs,
)
from thindicators.release.writing import write_release
from thindicators.storage.sums import differences, sums_of


@dataclass(frozen=True)
class Verification:
    """What came of checking a release.

    Attributes:
        problems: A sentence for each thing that is not as it must be; none if the release is verified.
        remarks: A sentence for each thing that a reader should know and that is no fault.
    """

    problems: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def verify(
    run_context: RunContext,
    release: Path,
) -> list[str]:
    """What is not as it must be in a release; see `examine`."""
    return list(examine(run_context, release).problems)


def examine(
    run_context: RunContext,
    release: Path,
) -> Verification:
    """Check a release as far as anything can be checked without asking a publisher.

    Args:
        run_context: Whose snapshots apply; and whose plan, for a release that carries none of its own.
        release: Its folder.
    """
    if problems := differences(release):
        # What was changed since is told by file; nothing else in the release can be relied on.
        return Verification(tuple(problems))
    try:
        written = read_inputs(release)
        if lost := tuple(_lost_snapshots(run_context, written)):
            return Verification(lost)
        with plan_of(release, written) as schemas:
            by_its_plan, remarks = _by_its_plan(run_context, written, schemas)
            remarks += _made_by_others(by_its_plan, written)
            return _made_again(
                by_its_plan,
                written,
                release,
                remarks,
            )
    except ThindicatorsError as problem:
        return Verification((str(problem),))


def _lost_snapshots(
    run_context: RunContext,
    written: Written,
) -> Iterator[str]:
    receipts = {receipt.sha256: receipt for fetch in written.fetches for receipt in fetch.values()}
    for receipt in receipts.values():
        try:
            run_context.store.load("", receipt)
        except ThindicatorsError as problem:
            yield str(problem)


def _by_its_plan(
    run_context: RunContext,
    written: Written,
    schemas: Path | None,
) -> tuple[RunContext, list[str]]:
    """The context in which a release is made again, and what must be said of its plan.

    Args:
        run_context: Of today.
        written: What the release says it was made from.
        schemas: The folder of the plan that it carries, if it does.
    """
    of_its_edition = replace(run_context, edition=written.edition)
    # Only a release of an earlier version carries no plan.
    if schemas is None:
        return of_its_edition, []
    try:
        plan = load_plan(schemas)
    except PlanError as problem:
        unread = f"The plan that it carries is not read by this version of the project ({problem})."
        return of_its_edition, [f"{unread} Today's plan was used."]
    settings = replace(run_context.settings, schemas=schemas)
    return replace(
        of_its_edition,
        settings=settings,
        plan=plan,
    ), []


def _made_by_others(
    run_context: RunContext,
    written: Written,
) -> list[str]:
    """What has changed since a release was made, of all that makes one beside its snapshots."""
    remarks = []
    # Of a plan that the release carries, only the contract beside it can differ.
    sums = plan_sums(run_context.settings.schemas)
    paths = sorted({*sums, *written.plan})
    changed = [path for path in paths if sums.get(path) != written.plan.get(path)]
    of_plan = [path for path in changed if not is_of_contract(path)]
    if of_plan:
        remarks.append(f"It was made by another plan: {_some(of_plan)} differ.")
    of_contract = [path for path in changed if is_of_contract(path)]
    if of_contract:
        remarks.append(f"It was made by another contract: {_some(of_contract)} differ.")
    now = made_with()
    # A release of an earlier version does not say which state of the code made it.
    for name, made in {CODE: "", **written.made_with}.items():
        if now.get(name) != made:
            remarks.append(
                _made_with_another(
                    name,
                    made,
                    now.get(name, "none"),
                )
            )
    return remarks


def _made_with_another(
    name: str,
    made: str,
    installed: str,
) -> str:
    if name == CODE:
        return "It was made by another state of this project's code."
    return f"It was made with {name} {made}; {installed} is installed."


def _some(paths: Sequence[str]) -> str:
    """How many files, and the first of them."""
    return f"{len(paths)} of its files ({paths[0]}, for one)"


def _made_again(
    run_context: RunContext,
    written: Written,
    release: Path,
    remarks: Sequence[str],
) -> Verification:
    """Make a release again and compare it with what was published.

    Args:
        run_context: In which to make it.
        written: What it was made from.
        release: What was published.
        remarks: What has changed since; if nothing has, every byte must come out the same.
    """
    if not remarks:
        outcomes = [made_again(run_context, written.outcome(each)) for each in written.outcomes]
        return Verification(
            tuple(
                _other_bytes(
                    run_context,
                    written,
                    outcomes,
                    release,
                )
            )
        )
    sums = plan_sums(run_context.settings.schemas)
    of_today = [path for path in sums if not is_of_contract(path)]
    compared = compare_figures(
        run_context,
        written,
        release,
        is_of_its_plan=all(sums[path] == written.plan.get(path) for path in of_today),
    )
    if compared.by_another_plan:
        remarks = [
            *remarks,
            "Every figure that was published comes out the same; beside them, another plan has more figures, or computes "
            f"limits otherwise, for {', '.join(compared.by_another_plan)}.",
        ]
    words = compared.in_other_words
    if words:
        remarks = [*remarks, f"The words beside some figures differ: those of {', '.join(words)}."]
    pages = "Its pages and descriptions may differ in words, and were not compared."
    return Verification(compared.problems, (*remarks, pages))


def _other_bytes(
    run_context: RunContext,
    written: Written,
    outcomes: Sequence[Outcome],
    release: Path,
) -> list[str]:
    """The files that come out otherwise."""
    # The release before may be pruned; its vintage is not.
    history = History(run_context.settings.state / "history")
    before = history.vintage(written.before) if written.before else None
    with TemporaryDirectory() as folder:
        again = Path(folder) / release.name
        again.mkdir()
        heard = hear_again(
            run_context,
            written.witnesses_gave(),
            written.witness_failures,
        )
        inputs = Inputs(
            outcomes,
            written.failures,
            before,
            written.name,
            heard,
            written.sequence,
        )
        write_release(run_context, inputs, again)
        made, published = sums_of(again), sums_of(release)
    return [
        f"{path} comes out otherwise when it is made again from the snapshots."
        for path in sorted({*made, *published})
        if made.get(path) != published.get(path)
    ]
