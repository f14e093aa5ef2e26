"""Witness assets: one for each other publisher that prints some of the figures, and what it says as an asset check.

What belongs here: showing a witness in the UI. Asking one belongs in `thindicators.refreshing.witnessing`, comparing in
`thindicators.comparing.witnesses`. A witness that cannot be had is a warning: it stops no indicator and fails no run.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    AssetsDefinition,
    MaterializeResult,
    MetadataValue,
    asset,
)

from assets.naming import OWNERS, indicator_key, pool_of, snapshot_key
from assets.resources import RunContextResource
from thindicators.comparing.witness_words import SAYS, WITNESSED, check_result, says
from thindicators.comparing.witnesses import Report
from thindicators.plan.model import Indicator, Source
from thindicators.refreshing import witnessing
from thindicators.safe_text import markdown_table

ANSWERED = "witness_answered"


def witness_asset(witness: Source) -> AssetsDefinition:
    """The asset that asks one witness."""
    key = snapshot_key(witness.id)

    @asset(
        key=key,
        group_name="witnesses",
        description=f"{witness.title}, {witness.publisher}: the same figures, to compare with. Never published here.",
        kinds={"file"},
        owners=OWNERS,
        pool=pool_of(witness),
        metadata={"homepage": MetadataValue.url(witness.homepage), "licence": witness.licence},
        check_specs=[
            AssetCheckSpec(ANSWERED, asset=key, description="The witness gave what was asked.")
        ],
    )
    def snapshot(run_context: RunContextResource) -> Iterator[MaterializeResult[Any]]:
        with run_context.at_work() as opened:
            fetched = witnessing.fetch(opened, witness.id)
        answered = AssetCheckResult(
            passed=not fetched.failure,
            check_name=ANSWERED,
            severity=AssetCheckSeverity.WARN,
            metadata={"seen": fetched.failure or f"{len(fetched.roles)} answers"},
        )
        yield MaterializeResult(metadata={"checked": fetched.checked}, check_results=[answered])

    return snapshot


def witness_keys(indicator: Indicator) -> list[AssetKey]:
    """The assets of an indicator's witnesses, which it is compared with when they have been asked."""
    return [snapshot_key(one.source) for one in indicator.witnesses]


def witness_specs(indicator: Indicator) -> list[AssetCheckSpec]:
    """The check of an indicator that has a witness."""
    spec = AssetCheckSpec(WITNESSED, asset=indicator_key(indicator.id), description=SAYS)
    return [spec] if indicator.witnesses else []


def witness_results(indicator: Indicator, reports: Sequence[Report]) -> list[AssetCheckResult]:
    """What an indicator's witnesses say, as its check; a difference is a warning, and fails no run."""
    if not indicator.witnesses:
        return []
    result = check_result(reports)
    return [
        AssetCheckResult(
            passed=result.passed,
            check_name=WITNESSED,
            severity=AssetCheckSeverity.WARN,
            metadata={
                "seen": result.seen or "There is no figure to compare.",
                "differences": MetadataValue.md(_differences(reports)),
            },
        )
    ]


def _differences(reports: Sequence[Report]) -> str:
    header = ("witness", "figures", "verdict", "reason", "where")
    differing = ("differs_as_declared", "differs_by_vintage", "differs")
    pairs = [pair for report in reports for pair in report.pairs if pair.verdict in differing]
    return markdown_table(
        header, [(one.witness, says(one), one.verdict, one.reason, one.where) for one in pairs]
    )
