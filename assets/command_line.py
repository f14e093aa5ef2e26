"""The command line: the domain's commands, and those that run Dagster's job or its UI."""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated

import typer

from assets import commands
from thindicators import cli
from thindicators.helper import helping
from thindicators.refreshing.judged_before import prepare_to_judge
from thindicators.settings import home, settings_from
from thindicators.terminal import open_console

typer_app = cli.app
commands.add_to(typer_app)


@typer_app.command()
def publish(
    edition: Annotated[
        str,
        typer.Option(
            help="live: from the publishers. sample: without a network. Default: what the folders hold."
        ),
    ] = "",
) -> None:
    """Refresh every source, check every indicator, and publish a release.

    Runs Dagster's job in this process, on the instance that the UI shows. Ends with status 1 if anything failed; the
    rest is published all the same.
    """
    gc.disable()  # a process of half a minute: collecting its garbage costs seconds and frees little
    settings = settings_from(os.environ)
    with helping():
        prepare_to_judge(settings)
        from assets.publishing import run_refresh

        succeeded = run_refresh(settings, edition, open_console())
    gc.freeze()  # else Python looks through all of it once more before it ends
    if not succeeded:
        raise typer.Exit(1)


@typer_app.command()
def ui(
    host: Annotated[
        str, typer.Option(help="Address to listen on; the UI has no sign-in of its own.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 3000,
) -> None:
    """Start Dagster's UI and its daemon, which runs the schedules."""
    from assets.home import prepare

    prepare(settings_from(os.environ))
    os.chdir(home())
    os.execv(sys.executable, [sys.executable, "-m", "assets.ui", host, str(port)])  # noqa: S606


@typer_app.command()
def worker(
    processes: Annotated[int, typer.Option(help="How many steps it runs at a time.")] = 1,
    name: Annotated[
        str, typer.Option(help="By which runs name it; another for each worker of a machine.")
    ] = "worker",
) -> None:
    """Start a worker that runs steps for Celery, where THINDICATORS_EXECUTOR is celery."""
    from assets.executors import require_redis
    from assets.home import prepare

    settings = settings_from(os.environ)
    require_redis(settings)
    prepare(settings)
    arguments = [
        "--concurrency",
        str(processes),
        "--prefetch-multiplier",
        "1",
        "--loglevel",
        "WARNING",
    ]
    arguments += ["--hostname", f"{name}@%h"]
    command = ["celery", "--app", "assets.worker", "worker", *arguments]
    os.chdir(home())
    os.execv(sys.executable, [sys.executable, "-m", *command])  # noqa: S606


def app() -> None:
    """The `thindicators` command."""
    cli.run(typer_app)
