"""Running the refresh job in this process, on the instance that the UI shows, and telling how it goes."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from dagster import DagsterEventType, DagsterInstance, EventLogEntry, ExecuteInProcessResult, JobDefinition, RunConfig
from rich.console import Console
from rich.progress import Progress, TaskID

from assets.definitions import REFRESH, definitions
from assets.home import prepare, write_ahead_log_kept
from assets.releases import all_outcomes
from assets.resources import WorkshopResource
from sources import SAMPLES, refresh
from thindicators.cli import print_summary
from thindicators.packages import SAMPLE_WARNING
from thindicators.release import latest
from thindicators.settings import Settings
from thindicators.summary import summarise
from thindicators.workshop import Workshop, open_workshop

_ENDS = {DagsterEventType.STEP_SUCCESS, DagsterEventType.STEP_FAILURE, DagsterEventType.STEP_SKIPPED}


def run_refresh(settings: Settings, edition: str, console: Console) -> bool:
    """Refresh everything and publish, printing progress and then the summary.

    Returns:
        Whether everything succeeded.

    Raises:
        ThindicatorsError: If the run cannot start: a wrong plan, or folders that hold the other edition.
    """
    workshop = open_workshop(settings, SAMPLES, edition)
    home = prepare(settings)
    job = definitions(settings).resolve_job_def(REFRESH)
    with (
        DagsterInstance.get() as instance,
        write_ahead_log_kept(home),
        Progress(console=console, transient=True) as progress,
    ):
        result = _execute(job, instance, workshop.edition, progress)
    _tell(workshop, result, console)
    return result.success


def _execute(job: JobDefinition, instance: DagsterInstance, edition: str, progress: Progress) -> ExecuteInProcessResult:
    run_id = str(uuid.uuid4())
    task = progress.add_task("starting", total=len(job.graph.node_defs))
    instance.add_event_listener(run_id, _listener(progress, task))
    return job.execute_in_process(
        run_config=RunConfig(
            resources={"workshop": WorkshopResource(edition=edition)},
            loggers={"console": {"config": {"log_level": "CRITICAL"}}},
        ),
        instance=instance,
        run_id=run_id,
        raise_on_error=False,
        tags={"started_by": "thindicators publish"},
    )


def _listener(progress: Progress, task: TaskID) -> Callable[[EventLogEntry], None]:
    def listen(entry: EventLogEntry) -> None:
        event = entry.dagster_event
        if event is None or event.step_key is None:
            return
        name = event.step_key.replace("__", " ")
        if event.event_type == DagsterEventType.STEP_START:
            progress.update(task, description=name)
        elif event.event_type in _ENDS:
            progress.advance(task)

    return listen


def _tell(workshop: Workshop, result: ExecuteInProcessResult, console: Console) -> None:
    print_summary(workshop.plan, summarise(workshop.plan, all_outcomes(workshop)), console)
    for name, reason in refresh.failures(workshop).items():
        console.print(f"FAILED {name}: {reason}", markup=False, soft_wrap=True, style="red")
    for event in result.all_events if not result.success else []:
        if event.event_type == DagsterEventType.STEP_FAILURE and event.step_key != "report":
            console.print(
                f"FAILED {event.step_key}: {_cause(event.step_failure_data.error)}", markup=False, soft_wrap=True
            )
    if workshop.is_sample:
        console.print(SAMPLE_WARNING, style="yellow", soft_wrap=True)
    folder = latest(workshop.settings.published)
    console.print(f"Release: {folder}" if folder else "No release has been made yet.", soft_wrap=True)


def _cause(error: object) -> str:
    while getattr(error, "cause", None) is not None:
        error = error.cause  # type: ignore[attr-defined]
    return str(getattr(error, "message", error)).strip()
