"""The commands that need the sources: the template of a return, what is wrong with one, and the probe of publishers.

What belongs here: options, and what is printed. Judging a return belongs in `sources.returns`, asking a publisher in
`probe`. The command line itself is put together in `assets.command_line`.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from assets.return_templates import TEMPLATE, figures_to_ask_for
from assets.witness_command import compare_with_witnesses
from sources import SAMPLES
from sources.returns import preview as return_preview
from sources.returns import template as return_template
from sources.returns.setting_aside import report
from thindicators.context import open_run_context
from thindicators.editions import held_edition
from thindicators.errors import ThindicatorsError
from thindicators.outcomes.holds import accept
from thindicators.plan.json_schemas import outdated
from thindicators.plan.loading import load_plan
from thindicators.refreshing import probe, sample_history, status, waiting
from thindicators.refreshing.asks import check_asks
from thindicators.refreshing.refresh import outcomes
from thindicators.refreshing.refused import refused_returns
from thindicators.refreshing.troubles import how_to_accept
from thindicators.release.publishing import find
from thindicators.settings import settings_from
from thindicators.sharing.shared import bring_release, bring_to_same, same_before_and_after
from thindicators.storage.files import write_whole
from thindicators.telling.alerts import send_test
from thindicators.telling.calendar import london_day
from thindicators.terminal import open_console_for_tables, say


def add_to(application: typer.Typer) -> None:
    """Add these commands to the command line."""
    application.command("check-plan")(check_plan)
    application.command("return-template")(return_template_files)
    application.command("check-return")(check_return)
    application.command("probe")(probe_publishers)
    application.command("accept")(accept_held)
    application.command("verify")(verify_release)
    application.command("backfill")(publish_history)
    application.command("status")(print_status)
    application.command("test-alert")(send_test_alert)
    application.command("witness")(compare_with_witnesses)


def check_plan() -> None:
    """Check the files under schemas/, and say file, line and field if one is wrong."""
    settings = settings_from(os.environ)
    plan = load_plan(settings.schemas)
    settings.check_against(plan)
    check_asks(plan)
    if stale := outdated():
        raise ThindicatorsError(
            f"{', '.join(stale)} must be written anew: run `thindicators write-schemas`."
        )
    say(f"{len(plan.indicators)} indicators of {len(plan.sources)} sources: all well.")


def return_template_files(
    folder: Annotated[
        Path, typer.Option(help="Where to write them; the folder you are in by default.")
    ] = Path(),
) -> None:
    """Write the template of a return, with a row for each figure that is awaited: a workbook, and the same as CSV."""
    settings = settings_from(os.environ)
    plan = load_plan(settings.schemas)
    figures = figures_to_ask_for(plan, settings, datetime.now(UTC))
    files = {
        ".xlsx": return_template.as_workbook(plan, figures),
        ".csv": return_template.as_csv(figures),
    }
    for ending, content in files.items():
        path = folder / f"{TEMPLATE}{ending}"
        if path.exists() and path.read_bytes() != content:
            say(
                f"{path} is there already and is not this template. Move it, or choose another --folder."
            )
            raise typer.Exit(1)
    for ending, content in files.items():
        write_whole(folder / f"{TEMPLATE}{ending}", content)
        say(f"written: {folder / f'{TEMPLATE}{ending}'}")


def check_return(
    file: Annotated[Path, typer.Argument(help="The filled template: .xlsx or .csv.")],
) -> None:
    """Say what is wrong with a return, row by row, and how to mend it; or what would be published of it.

    The files in the inbox are read with it: it says which of their rows it replaces, or loses to. Nothing is published
    or kept. Ends with status 1 if something is wrong.
    """
    settings = settings_from(os.environ)
    today = london_day(datetime.now(UTC))
    inbox = settings.inbox_of(held_edition(settings))
    judged = return_preview.judged(load_plan(settings.schemas), inbox, file, today)
    if isinstance(judged, return_preview.Preview):
        _show(judged)
        return
    say(report(file.name, judged))
    raise typer.Exit(1)


def probe_publishers(
    source: Annotated[
        list[str] | None, typer.Argument(help="Which sources; all of them by default.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="A folder to keep the answers in, in the shape of samples.")
    ] = None,
) -> None:
    """Ask the publishers as a refresh would, publish nothing, and say what was found, what differs, and what to do.

    Sources that rest on most that was never seen come first. Ends with status 1 if anything differs.
    """
    with TemporaryDirectory() as folder:
        own = replace(
            settings_from(os.environ),
            state=Path(folder) / "state",
            published=Path(folder) / "published",
        )
        run_context = open_run_context(replace(own, edition="live"), SAMPLES)
        sources = probe.in_order(run_context.plan, source or [])
        findings = [_tell(finding) for finding in probe.probe_all(run_context, sources, record)]
    differing = sum(bool(finding.differs) for finding in findings)
    say(
        f"{_count(len(findings), 'source')} probed; {differing} differ from what their modules expect."
    )
    if differing:
        raise typer.Exit(1)


def accept_held(
    indicator: Annotated[
        str, typer.Argument(help="The indicator whose new figures are held, by its id or title.")
    ],
    reason: Annotated[
        str, typer.Option(help="Why the new figures are right; the release tells its readers.")
    ],
    source: Annotated[
        str, typer.Option(help="Whose, if figures of two of the indicator's sources are held.")
    ] = "",
    sum_told: Annotated[
        str,
        typer.Option(
            "--sum",
            help="The short sum that is told with the held figures, so that no others are accepted; by default that "
            "of those that were told first since figures wait.",
        ),
    ] = "",
) -> None:
    """Let held figures be published: the old ones of a restated series stay, as a series that has ended."""
    settings = settings_from(os.environ)
    with same_before_and_after(settings):
        run_context = open_run_context(settings, SAMPLES)
        today = london_day(run_context.now()).isoformat()
        meant = waiting.indicator_meant(run_context, indicator)
        outcome = accept(outcomes(run_context), meant, reason, today, source, sum_told)
    closed = ", ".join(outcome.accepted[-1].closed) or "none"
    say(
        f"{meant}: accepted. Series that ended: {closed}. They are in the next release: run `thindicators publish`."
    )


def verify_release(
    release: Annotated[
        str, typer.Argument(help="Its name, such as 2026-11-22.1; the latest by default.")
    ] = "",
) -> None:
    """Check a release without a network: its files, and whether its snapshots still give the figures that it published.

    Ends with status 1 and names each thing that is not as it must be. Where other code or another plan made it, says so.
    """
    # All formats come with it, which no other command needs before there is something to write.
    from thindicators.refreshing.remake import examine

    settings = settings_from(os.environ)
    bring_to_same(settings)
    bring_release(settings, release)
    run_context = open_run_context(settings, SAMPLES)
    folder = find(run_context.settings.published, release)
    verification = examine(run_context, folder)
    for sentence in (*verification.problems, *verification.remarks):
        say(f"{folder.name}: {sentence}")
    if verification.problems:
        raise typer.Exit(1)
    if verification.remarks:
        say(f"{folder.name}: whole, and its snapshots give the same figures when it is made again.")
    else:
        say(f"{folder.name}: whole, and made again from its snapshots with the same bytes.")


def publish_history() -> None:
    """Publish the sample's earlier releases in the order in which their figures came out; then run `publish`.

    As-of, revisions and holds can then be seen on real history. Needs folders in which nothing is published yet.
    """
    run_context = open_run_context(settings_from(os.environ), SAMPLES, "sample")
    made = sample_history.publish_history(run_context, _tell_of_release)
    for indicator in sorted({indicator for published in made for indicator in published.held}):
        say(f"held: {indicator}. {how_to_accept(run_context.plan.indicators[indicator])}")
    say(
        f"{_count(len(made), 'release')} published. The newest figures come with `thindicators publish`."
    )


def _tell_of_release(published: sample_history.Published) -> None:
    held = f"; held: {', '.join(published.held)}" if published.held else ""
    say(f"{published.release.name}: {', '.join(published.sources)}{held}")


def print_status() -> None:
    """Say of every indicator whether it is due, late, paused, waiting, held or failed, and what to do about it.

    Asks no publisher. Those that need somebody come first.
    """
    settings = settings_from(os.environ)
    bring_to_same(settings)
    run_context = open_run_context(settings, SAMPLES)
    lines = status.status(run_context)
    table = Table(title=status.in_short(lines), title_justify="left", show_lines=True)
    for name in status.COLUMNS:
        table.add_column(name, overflow="fold", min_width=len(name))
    for line in lines:
        table.add_row(*line.cells)
    open_console_for_tables().print(table)
    for line in lines:
        if line.why:
            say(f"{line.state}: {line.indicator.title}. {line.why}")
    for held in waiting.waiting(run_context):
        _tell_of_held(held)
    for refused in refused_returns(run_context):
        say(f"refused: {' '.join(refused.lines)} {refused.what_to_do}")
    if run_context.is_sample:
        say("This is a sample edition: its figures end where those end that it was composed from.")


def _tell_of_held(held: waiting.Waiting) -> None:
    """Print the figures that somebody must decide on, each beside the published one."""
    table = Table(title=Text(f"held: {held.indicator.title}"), title_justify="left")
    for name in waiting.COLUMNS:
        table.add_column(name, overflow="fold")
    for figure in held.shown:
        table.add_row(*map(Text, figure.cells))
    open_console_for_tables().print(table)
    if held.not_shown:
        say(held.not_shown)


def send_test_alert() -> None:
    """Send a message to every channel that alerts go to, to see whether it arrives."""
    for channel in send_test(settings_from(os.environ)):
        say(f"sent: {channel}")


def _tell(finding: probe.Finding) -> probe.Finding:
    table = Table(title=finding.source, title_justify="left", show_header=False, show_lines=True)
    rows = {
        "found": finding.found,
        "differs": finding.differs or ("nothing",),
        "what to do": finding.remedy or ("nothing",),
    }
    if finding.witnessed:
        rows["what witnesses say"] = finding.witnessed
    if finding.watched:
        rows["never seen before"] = finding.watched
    for name, lines in rows.items():
        table.add_row(name, "\n".join(lines))
    open_console_for_tables().print(table)
    return finding


def _show(preview: return_preview.Preview) -> None:
    say(preview.heading)
    if preview.rows:
        table = Table(show_lines=False)
        for name in return_preview.COLUMNS:
            table.add_column(name, overflow="fold")
        for cells in preview.rows:
            table.add_row(*cells)
        open_console_for_tables().print(table)
    for remark in preview.remarks:
        say(remark)


def _count(number: int, what: str) -> str:
    return f"{number} {what if number == 1 else what + 's'}"
