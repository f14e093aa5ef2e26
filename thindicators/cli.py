"""The commands that need no Dagster. `assets.command_line` adds those that do."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import pyarrow.compute as pc
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from thindicators import plain_numbers
from thindicators.contract import FOLDER
from thindicators.environment import give_home
from thindicators.errors import ThindicatorsError
from thindicators.forgetting import forget_sample
from thindicators.history.revisions import compare
from thindicators.history.vintages import History
from thindicators.observations.tables import write_csv_to
from thindicators.packs.board import Wanted
from thindicators.packs.files import write_pack
from thindicators.plan.json_schemas import write_schema_files
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Plan
from thindicators.plan.naming import no_such_indicator
from thindicators.plan.new_plan import write_new_plan
from thindicators.refreshing.retiring import left_of, retire
from thindicators.release.publishing import find, prune
from thindicators.settings import settings_from
from thindicators.sharing.shared import (
    bring_to_same,
    delete_here_and_there,
    same_before_and_after,
)
from thindicators.storage.files import why
from thindicators.telling.changes import changes_text
from thindicators.telling.summary import Line
from thindicators.terminal import say, use_utf8

app = typer.Typer(
    help="Every performance indicator of a council's plan, from its official source, as open data.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.command("write-schemas")
def write_schemas(
    folder: Annotated[
        Path, typer.Option(help="Where to write them; this project's own contract by default.")
    ] = FOLDER,
) -> None:
    """Write the JSON Schemas that give an editor completion in the files of a plan."""
    for path in write_schema_files(folder):
        say(f"written: {path}")


@app.command("forget-sample")
def forget(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete the sample edition's state and releases, so that the live edition can take their place."""
    settings = settings_from(os.environ)
    if not yes:
        typer.confirm(
            f"Delete the sample edition in {settings.state} and {settings.published}?", abort=True
        )
    for path in forget_sample(settings):
        say(f"deleted: {path}")


@app.command("as-of")
def as_of(
    day: Annotated[str, typer.Argument(help="Such as 2026-03-31.")],
    indicator: Annotated[str, typer.Argument(help="Its id; all indicators by default.")] = "",
) -> None:
    """Print the figures, as CSV, as they were published on a day."""
    settings = settings_from(os.environ)
    bring_to_same(settings)
    history = History(settings.state / "history")
    table = history.figures(history.as_of(_date(day)))
    if indicator:
        # An empty table would say that a misspelt indicator had no figures.
        _require_indicator(
            indicator, {*load_plan(settings.schemas).indicators, *history.indicators()}
        )
        table = table.filter(pc.equal(table["indicator"], indicator))
    write_csv_to(table, sys.stdout)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="The name of a release, such as 2026-11-22.1.")],
    after: Annotated[str, typer.Argument(help="The name of another.")],
) -> None:
    """Print what differs between two releases, in sentences."""
    settings = settings_from(os.environ)
    bring_to_same(settings)
    history = History(settings.state / "history")
    vintage = history.vintage(after)
    revisions = compare(history.figures(before), vintage.table, vintage.closed)
    plan = load_plan(settings.schemas)
    say(changes_text(plan, revisions, before))


@app.command("prune")
def prune_releases(
    keep: Annotated[int, typer.Option(help="How many of the newest releases stay.")],
) -> None:
    """Delete old releases; `as-of` and `diff` still answer for their figures."""
    for path in prune(settings_from(os.environ), keep):
        say(f"deleted: {path}")


@app.command("new-plan")
def new_plan(
    council: Annotated[
        str,
        typer.Argument(
            help="The council's name, or its GSS code, such as E06000016 for Leicester."
        ),
    ],
    folder: Annotated[Path, typer.Argument(help="Where to write the plan.")],
) -> None:
    """Write a working plan for another council of England, and say which indicators are not covered there."""
    base = settings_from(os.environ).schemas
    written = write_new_plan(base, council, folder, date.today().year)
    say(f"{folder}: {written.plan.file.title}, {len(written.plan.indicators)} indicators.")
    for indicator, why_not in written.not_covered.items():
        say(f"  not covered here: {indicator}. {why_not}")
    say("Next: write the council's full name and its homepage into plan.yaml.")
    say(
        f"Then set THINDICATORS_SCHEMAS to {folder}, THINDICATORS_STATE and THINDICATORS_PUBLISHED to folders of its own, "
        "and run `thindicators publish --edition live`."
    )


@app.command()
def pack(
    folder: Annotated[Path, typer.Argument(help="Where to write the slides and the paper.")],
    call_to_action: Annotated[
        int | None, typer.Option(help="Only this call to action, by its number.")
    ] = None,
    theme: Annotated[str, typer.Option(help="Only this theme of the Plan, such as health.")] = "",
    release: Annotated[
        str, typer.Option(help="The name of a release; the latest by default.")
    ] = "",
) -> None:
    """Write slides and a paper for a partnership board, from a release that is published."""
    settings = settings_from(os.environ)
    for path in write_pack(
        find(settings.published, release), Wanted(call_to_action, theme), folder
    ):
        say(f"written: {path}")


@app.command("retire")
def retire_indicator(
    indicator: Annotated[str, typer.Argument(help="Its id.")],
    reason: Annotated[
        str, typer.Option(help="Why it is measured no longer; its page tells readers.")
    ],
) -> None:
    """Let an indicator leave the plan: nobody is asked for it any more, and its last figures stay published, as ended."""
    path = retire(settings_from(os.environ).schemas, indicator, reason)
    say(f"{path}: {indicator} has left the plan. Its page says so from the next release on.")
    say("Run `thindicators publish`. To take it back, delete the last field of the file.")


@app.command("forget")
def forget_indicator(
    indicator: Annotated[str, typer.Argument(help="The id of one whose file is gone.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete what state has of an indicator that is no longer in the plan; what was published stays as it is."""
    settings = settings_from(os.environ)
    with same_before_and_after(settings):
        plan = load_plan(settings.schemas)
        files = left_of(plan, settings.state, indicator)
        for path in files:
            say(f"to be deleted: {path}")
        if not yes:
            typer.confirm(f"Forget {indicator}?", abort=True)
        delete_here_and_there(settings, files)
    say(f"{indicator} is forgotten. What was published, and its history, is as it was.")


def _require_indicator(indicator: str, ids: set[str]) -> None:
    if indicator not in ids:
        raise ThindicatorsError(no_such_indicator(indicator, ids))


def _date(text: str) -> date:
    try:
        return plain_numbers.day(text)
    except plain_numbers.PlainNumberError:
        raise ThindicatorsError(f"{text} is no day; write it as 2026-03-31.") from None


def print_summary(plan: Plan, lines: Sequence[Line], console: Console) -> None:
    """Print the table of indicators, latest figures, period and state; no text of it is taken for markup."""
    table = Table(
        title=Text(plan.file.title),
        caption=Text("– none   [x] not available   [c] confidential"),
    )
    table.add_column("indicator", overflow="fold", min_width=22)
    for area in plan.compared_areas:
        table.add_column(Text(area.name), justify="right", overflow="fold")
    table.add_column("period", overflow="fold")
    table.add_column("state")
    for line in lines:
        figures = [line.figures[area.code] for area in plan.compared_areas]
        cells = [
            f"{line.indicator.call_to_action} {line.indicator.title}",
            *figures,
            line.period,
            line.state,
        ]
        table.add_row(*map(Text, cells))
    console.print(table)


def run(application: typer.Typer) -> None:
    """Run the command line; our own errors, and those of a disk, are printed in plain words and end with status 1."""
    use_utf8()
    give_home(os.environ)
    try:
        application()
    except (ThindicatorsError, OSError) as problem:
        said = why(problem) if isinstance(problem, OSError) else str(problem)
        say(said, stderr=True)
        sys.exit(1)
