"""Running the refresh job in this process, on the instance that the UI shows, and telling how it goes."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Callable, Mapping

from dagster import (
    DagsterEventType,
    DagsterInstance,
    EventLogEntry,
    ExecuteInProcessResult,
    JobExecutionResult,
    execute_job,
    reconstructable,
)
from rich.console import Console
from rich.progress import Progress, TaskID

from assets.home import open_instance, prepare
from assets.one_at_a_time import end_killed_runs, one_at_a_time, tags_of
from assets.repository import REFRESH, definitions
from assets.sensors import cause_of, tell_if_broken_off
from sources import SAMPLES
from thindicators.cli import print_summary
from thindicators.context import RunContext, open_run_context
from thindicators.formats.packages import SAMPLE_WARNING
from thindicators.refreshing import witnessing
from thindicators.refreshing.ending import ending_of, on_a_screen
from thindicators.refreshing.refresh import kept_outcomes
from thindicators.release.publishing import latest
from thindicators.settings import Settings
from thindicators.sharing.shared import bring_to_same
from thindicators.telling.summary import summarise

_ENDS = {
    DagsterEventType.STEP_SUCCESS,
    DagsterEventType.STEP_FAILURE,
    DagsterEventType.STEP_SKIPPED,
}

Result = ExecuteInProcessResult | JobExecutionResult


def run_refresh(settings: Settings, edition: str, console: Console) -> bool:
    """Refresh everything and publish, printing progress and then the summary.

    Returns:
        Whether everything succeeded.

    Raises:
        ThindicatorsError: If the run cannot start: a wrong plan, or folders that hold the other edition.
    """
    bring_to_same(settings)
    run_context = open_run_context(settings, SAMPLES, edition)
    latest(settings.published)  # if that is broken, say so before the publishers are asked
    home = prepare(settings)
    with one_at_a_time(home, console):
        with (
            open_instance(settings) as instance,
            Progress(console=console, transient=True) as progress,
        ):
            end_killed_runs(instance, home)
            execute = _execute_remotely if settings.is_remote else _execute
            result = execute(run_context, instance, progress, tags_of(home))
            if not result.success:
                tell_if_broken_off(settings, instance, result.dagster_run)
        bring_to_same(settings)
        _tell(run_context, result, console)
    return result.success


def _execute(
    run_context: RunContext,
    instance: DagsterInstance,
    progress: Progress,
    tags: Mapping[str, str],
) -> Result:
    job = definitions(run_context.settings).resolve_job_def(REFRESH)
    run_id = str(uuid.uuid4())
    task = progress.add_task("starting", total=len(job.graph.node_defs))
    instance.add_event_listener(run_id, _listener(progress, task))
    return job.execute_in_process(
        run_config=_run_config(run_context),
        instance=instance,
        run_id=run_id,
        raise_on_error=False,
        tags=dict(tags),
    )


def _execute_remotely(
    run_context: RunContext,
    instance: DagsterInstance,
    progress: Progress,
    tags: Mapping[str, str],
) -> Result:
    # It is put together as it is loaded, which a run in this process does for itself.
    from assets.definitions import refresh_job

    progress.add_task("waiting for the workers; the UI shows their steps", total=None)
    warnings.filterwarnings(
        "ignore", "Task name 'execute_plan' is already registered"
    )  # once for each step
    return execute_job(reconstructable(refresh_job), instance, _run_config(run_context), dict(tags))


def _run_config(run_context: RunContext) -> dict[str, object]:
    return {
        "resources": {"run_context": {"config": {"edition": run_context.edition}}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }


def _listener(progress: Progress, task: TaskID) -> Callable[[EventLogEntry], None]:
    def listen(entry: EventLogEntry) -> None:
        event = entry.dagster_event
        if event is None:
            progress.console.print(
                entry.user_message, markup=False, highlight=False, soft_wrap=True
            )
            return
        if event.step_key is None:
            return
        name = event.step_key.replace("__", " ")
        if event.event_type == DagsterEventType.STEP_START:
            progress.update(task, description=name)
        elif event.event_type in _ENDS:
            progress.advance(task)

    return listen


def _tell(run_context: RunContext, result: Result, console: Console) -> None:
    """Print the figures that came, and then on one screen what did not, and what to do first."""
    outcomes = kept_outcomes(run_context)
    ending = ending_of(run_context, outcomes)
    shown = outcomes if ending.is_good else [one for one in outcomes if one.state == "fresh"]
    if shown:
        print_summary(run_context.plan, summarise(run_context.plan, shown), console)
    for line in on_a_screen(ending, console.width):
        console.print(line, markup=False, highlight=False, no_wrap=True)
    for event in result.all_events if not result.success else []:
        if event.event_type == DagsterEventType.STEP_FAILURE and event.step_key != "report":
            console.print(
                f"FAILED {event.step_key}: {cause_of(event.step_failure_data.error)}",
                markup=False,
                soft_wrap=True,
            )
    if run_context.is_sample:
        console.print(SAMPLE_WARNING, style="yellow", soft_wrap=True)
    folder = latest(run_context.settings.published)
    for line in witnessing.in_short(run_context, folder) if folder else ():
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"Release: {folder}" if folder else "No release has been made yet.",
        markup=False,
        soft_wrap=True,
    )
