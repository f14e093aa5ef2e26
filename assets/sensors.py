"""Sensors: a return in the inbox starts its run, and a run that breaks off is told to people.

What belongs here: what Dagster watches. A refresh that comes to its end tells what failed itself, in the asset
`report`, so that `thindicators publish` does so without Dagster's daemon.

What a run was started for is remembered until the files were read: a run that fails is not started again and again,
and the same file may come back later.
"""

import hashlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

from dagster import (
    DagsterEventType,
    DagsterInstance,
    DagsterRun,
    DefaultSensorStatus,
    EventLogEntry,
    RunFailureSensorContext,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    run_failure_sensor,
    sensor,
)

from assets.naming import REPORT
from assets.schedules import SAMPLE_HELD, AssetJob, live_run
from sources import SAMPLES
from thindicators.context import open_run_context
from thindicators.editions import held_edition
from thindicators.errors import ThindicatorsError
from thindicators.refreshing import news
from thindicators.refreshing.troubles import alert_of_run
from thindicators.settings import Settings, settings_from

INBOX = "returns_in_the_inbox"
BROKE_OFF = "runs_that_break_off"
LOOK_EVERY = 30
"""Seconds between two looks into the inbox, so that a run starts within a minute."""
SETTLED = 5.0
"""Seconds for which a file must not have changed before it is taken for whole."""

_ENDS = {DagsterEventType.STEP_SUCCESS, DagsterEventType.STEP_FAILURE}
_TO_PRACTISE = (
    "To practise a return, put it into practice/ there and launch the job refresh_returns."
)
_TOLD = SkipReason("Its report has told what failed.")


def default_sensor_status(settings: Settings) -> DefaultSensorStatus:
    """Whether sensors run that nobody has switched on or off."""
    return DefaultSensorStatus.RUNNING if settings.schedules else DefaultSensorStatus.STOPPED


def inbox_sensor(returns: AssetJob, settings: Settings) -> SensorDefinition:
    """The sensor that starts a run when the files in the inbox are others than those that were read last."""

    @sensor(
        name=INBOX,
        job=returns,
        minimum_interval_seconds=LOOK_EVERY,
        default_status=default_sensor_status(settings),
        description="A return put into the inbox is read, checked and published within a minute or two.",
    )
    def returns_in_the_inbox(context: SensorEvaluationContext) -> SensorResult | SkipReason:
        return watch_inbox(settings_from(os.environ), context.cursor)

    return returns_in_the_inbox


def watch_inbox(settings: Settings, cursor: str | None) -> SensorResult | SkipReason:
    """Whether the returns are read now.

    Args:
        settings: Whose inbox.
        cursor: What the last run was started for; it keeps a run that fails from being started again and again.
    """
    if held_edition(settings) == "sample":
        return SkipReason(f"{SAMPLE_HELD} {_TO_PRACTISE}")
    files = news.return_files(settings.inbox)
    if writing := [path.name for path in files if not _is_settled(path)]:
        return SkipReason(f"Still being written: {', '.join(writing)}.")
    try:
        returns = news.returns_in(settings.inbox)
        were_read = news.were_read(open_run_context(settings, SAMPLES, "live"), returns)
    except (OSError, ThindicatorsError) as problem:
        return SkipReason(f"The inbox cannot be read now: {problem}")
    if were_read:
        return SensorResult(
            skip_reason="No return was put in, changed or taken away.",
            cursor=_cursor({}, _count(cursor)),
        )
    return _started(returns, cursor)


def _started(returns: Mapping[str, str], cursor: str | None) -> SensorResult | SkipReason:
    before: Mapping[str, str] = json.loads(cursor)["files"] if cursor else {}
    if returns == before:
        return SkipReason(
            "A run was started for these files. If it failed, do what it says, or start it again."
        )
    count = _count(cursor) + 1
    sums = hashlib.sha256(json.dumps(returns, sort_keys=True).encode()).hexdigest()
    request = live_run(
        f"In the inbox: {', '.join(sorted(returns)) or 'no file'}", run_key=f"{count}-{sums}"
    )
    return SensorResult(run_requests=[request], cursor=_cursor(returns, count))


def _cursor(files: Mapping[str, str], count: int) -> str:
    """The files that a run was started for and that are not read yet, and how many runs were started."""
    return json.dumps({"files": files, "count": count}, sort_keys=True)


def _count(cursor: str | None) -> int:
    return int(json.loads(cursor)["count"]) if cursor else 0


def _is_settled(path: Path) -> bool:
    """Whether nobody has written to a file for some seconds; a copy may bear the old time of its original."""
    try:
        # Of a link itself: one that leads nowhere would keep all other returns waiting.
        about = path.lstat()
    except FileNotFoundError:
        return False
    return time.time() - max(about.st_mtime, about.st_ctime) > SETTLED


def broke_off_sensor(settings: Settings) -> SensorDefinition:
    """The sensor that tells people of a run that ended before its report could."""

    @run_failure_sensor(
        name=BROKE_OFF,
        default_status=default_sensor_status(settings),
        description="A run that breaks off before its report is told by e-mail or webhook, once.",
    )
    def runs_that_break_off(context: RunFailureSensorContext) -> SkipReason | None:
        return (
            None
            if tell_if_broken_off(settings_from(os.environ), context.instance, context.dagster_run)
            else _TOLD
        )

    return runs_that_break_off


def tell_if_broken_off(settings: Settings, instance: DagsterInstance, run: DagsterRun) -> bool:
    """Tell people of a failed run that did not come as far as its report, which tells what failed otherwise.

    Returns:
        Whether it broke off.
    """
    log = instance.all_logs(run.run_id, of_type={*_ENDS, DagsterEventType.RUN_FAILURE})
    if any(
        entry.step_key == REPORT.to_python_identifier() for entry in log if _type_of(entry) in _ENDS
    ):
        return False
    failed = [entry for entry in log if _type_of(entry) == DagsterEventType.STEP_FAILURE] or log[
        -1:
    ]
    alert_of_run(settings, run.job_name, " ".join(_why(entry) for entry in failed))
    return True


def cause_of(error: object) -> str:
    """Why a step or a run failed: the words of the error that began it."""
    while getattr(error, "cause", None) is not None:
        error = error.cause  # type: ignore[attr-defined]
    return str(getattr(error, "message", error)).strip()


def _why(entry: EventLogEntry) -> str:
    event = entry.dagster_event
    error = getattr(event.event_specific_data, "error", None) if event is not None else None
    return entry.user_message if error is None else cause_of(error)


def _type_of(entry: EventLogEntry) -> DagsterEventType | None:
    return entry.dagster_event.event_type if entry.dagster_event is not None else None
