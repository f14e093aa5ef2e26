"""The switch of everything that starts by itself: all schedules and sensors on, or all off, in one run.

What belongs here: setting the state that Dagster keeps of each schedule and sensor. It survives a restart, and each can
still be switched in the UI. What they do belongs in `assets.schedules` and `assets.sensors`.
"""

import time
from enum import Enum

from dagster import Config, DagsterInstance, OpExecutionContext, SensorDefinition, job, op
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import RemoteInstigatorOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    ScheduleInstigatorData,
    SensorInstigatorData,
)
from pydantic import Field

from thindicators.errors import ThindicatorsError


class Way(Enum):
    """On or off."""

    on = "on"
    off = "off"


_STATUSES = {Way.on: InstigatorStatus.RUNNING, Way.off: InstigatorStatus.STOPPED}


class Switch(Config):
    """Which way."""

    to: Way = Field(
        default=Way.on,
        description="on: every source is asked by its calendar, and returns are read when they come. off: nothing is.",
    )


@op
def switch_all(context: OpExecutionContext, config: Switch) -> None:
    """Switch every schedule and sensor of this code location."""
    origin = context.run.remote_job_origin
    if origin is None:
        raise ThindicatorsError(
            "This job switches the schedules of the UI that it is started from: start it there."
        )
    found, to = context.repository_def, _STATUSES[config.to]
    for schedule in found.schedule_defs:
        data = ScheduleInstigatorData(
            schedule.cron_schedule, time.time() if config.to is Way.on else None
        )
        _set(
            context.instance,
            origin.repository_origin,
            schedule.name,
            InstigatorType.SCHEDULE,
            to,
            data,
        )
    for one in found.sensor_defs:
        _set(
            context.instance,
            origin.repository_origin,
            one.name,
            InstigatorType.SENSOR,
            to,
            _data_of(one),
        )
    counted = f"{len(found.schedule_defs)} schedules and {len(found.sensor_defs)} sensors"
    context.log.info(f"{counted} are {config.to.value}.")


@job(
    description="Switch all schedules and sensors on, or all off. It lasts until they are switched again."
)
def switch_all_schedules() -> None:
    """One op."""
    switch_all()


def _data_of(one: SensorDefinition) -> SensorInstigatorData:
    return SensorInstigatorData(
        min_interval=one.minimum_interval_seconds,
        last_sensor_start_timestamp=time.time(),
        sensor_type=one.sensor_type,
    )


def _set(
    instance: DagsterInstance,
    repository: RemoteRepositoryOrigin,
    name: str,
    kind: InstigatorType,
    to: InstigatorStatus,
    data: ScheduleInstigatorData | SensorInstigatorData,
) -> None:
    """Set the state of one schedule or sensor; what a sensor remembers of its last look stays."""
    origin = RemoteInstigatorOrigin(repository, name)
    kept = instance.get_instigator_state(origin.get_id(), origin.get_selector().get_id())
    if kept is None:
        instance.add_instigator_state(InstigatorState(origin, kind, to, data))
    elif isinstance(kept.instigator_data, SensorInstigatorData) and isinstance(
        data, SensorInstigatorData
    ):
        started = kept.instigator_data.with_sensor_start_timestamp(time.time())
        instance.update_instigator_state(kept.with_status(to).with_data(started))
    else:
        instance.update_instigator_state(kept.with_status(to).with_data(data))
