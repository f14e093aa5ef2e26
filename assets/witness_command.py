"""The command `witness`: what other publishers of the same figures say, as a table.

What belongs here: what is printed. Comparing belongs in `thindicators.comparing.witnesses`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sources import SAMPLES
from thindicators.comparing.witness_words import counts, says
from thindicators.comparing.witnesses import Pair, Report, Verdict
from thindicators.context import RunContext, open_run_context
from thindicators.errors import ThindicatorsError
from thindicators.refreshing import refresh, witnessing
from thindicators.settings import settings_from
from thindicators.sharing.shared import bring_to_same
from thindicators.terminal import open_console_for_tables

HEADINGS = (
    "indicator",
    "witness",
    "of",
    "compared",
    "agree",
    "differ",
    "declared",
    "vintage",
    "unexplained",
    "alone",
)
_SHOWN = 6
_DIFFERING: tuple[Verdict, ...] = ("differs", "differs_by_vintage", "differs_as_declared")


def compare_with_witnesses(
    indicator: Annotated[
        str, typer.Argument(help="Its id; all indicators that have a witness by default.")
    ] = "",
) -> None:
    """Compare the figures that were read last with those of other publishers, and name every difference.

    Asks nobody: `thindicators publish` does. Ends with status 1 if a difference has no explanation.
    """
    settings = settings_from(os.environ)
    bring_to_same(settings)
    run_context = open_run_context(settings, SAMPLES)
    reports = _reports(run_context, indicator)
    console = open_console_for_tables()
    console.print(_table(run_context, reports))
    for report in reports:
        _tell_differences(console, report, limit=None if indicator else _SHOWN)
        if report.missing:
            _say(console, f"{report.indicator}: {counts(report)}.")
    for witness, why in witnessing.failures(run_context).items():
        _say(console, f"The witness {witness} did not give all that was asked: {why}")
    compared, agree = _total(reports, "compared"), _total(reports, "agree")
    unexplained = _total(reports, "unexplained")
    explained = _total(reports, "differ") - unexplained
    _say(
        console,
        f"{compared} figures compared: {agree} agree, {explained} differ and are explained, "
        f"{unexplained} differ and are not.",
    )
    if run_context.is_sample:
        _say(
            console,
            "This is a sample edition: figures that were composed from a witness's own file agree because of "
            "that. ORIGIN.csv of each sample says which.",
        )
    if unexplained:
        raise typer.Exit(1)


def _reports(run_context: RunContext, wanted: str) -> list[Report]:
    plan = run_context.plan
    witnessed = [indicator.id for indicator in plan.indicators.values() if indicator.witnesses]
    if wanted and wanted not in witnessed:
        raise ThindicatorsError(
            f"No indicator {wanted} has a witness. These have: {', '.join(witnessed)}."
        )
    store = refresh.outcomes(run_context)
    loaded = map(store.load, [wanted] if wanted else witnessed)
    read = [outcome for outcome in loaded if outcome is not None]
    if not read:
        raise ThindicatorsError("No figure has been read yet. Run `thindicators publish` first.")
    return [report for outcome in read for report in witnessing.reports(run_context, outcome)]


def _counts(report: Report) -> dict[str, int]:
    declared, vintage, unexplained = (
        len(report.having(verdict))
        for verdict in ("differs_as_declared", "differs_by_vintage", "differs")
    )
    return {
        "compared": len(report.compared),
        "agree": len(report.having("agrees")),
        "differ": declared + vintage + unexplained,
        "declared": declared,
        "vintage": vintage,
        "unexplained": unexplained,
        "alone": len(report.having("not_with_witness")),
    }


def _total(reports: Sequence[Report], name: str) -> int:
    return sum(_counts(report)[name] for report in reports)


def _table(run_context: RunContext, reports: Sequence[Report]) -> Table:
    caption = "of: the day of the witness's release, where it says so   alone: published here, without a counterpart"
    table = Table(title="What witnesses say", title_justify="left", caption=caption)
    for name in HEADINGS:
        table.add_column(name, justify="left" if name in HEADINGS[:3] else "right", overflow="fold")
    for report in reports:
        title = report.indicator
        numbers = [str(number) for number in _counts(report).values()]
        table.add_row(title, report.witness.title, report.vintage or "–", *numbers)
    return table


def _tell_differences(console: Console, report: Report, limit: int | None) -> None:
    """Name the differences, the unexplained ones first."""
    differing = [pair for verdict in _DIFFERING for pair in report.having(verdict)]
    for pair in differing[:limit]:
        _say(console, f"{pair.verdict}: {report.indicator}, {says(pair)}. {_explained(pair)}")
    if limit is not None and len(differing) > limit:
        _say(
            console,
            f"… and {len(differing) - limit} more: `thindicators witness {report.indicator}` names them all.",
        )


def _explained(pair: Pair) -> str:
    return (
        f"{pair.reason[0].upper()}{pair.reason[1:].rstrip('.')}."
        if pair.reason
        else f"See {pair.where}."
    )


def _say(console: Console, text: str) -> None:
    console.print(text, soft_wrap=True)
