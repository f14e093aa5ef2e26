"""Who runs the steps of a run: this process, Celery's workers, or Kubernetes.

What belongs here: turning the settings into Dagster's executor and Celery's application. What an engine needs is
imported only when the settings name it.
"""

from __future__ import annotations

from dagster import ExecutorDefinition, in_process_executor

from thindicators.errors import SettingsError
from thindicators.settings import PREFIX, SERVER_PACKAGES, Settings

_REDIS_URL = f"{PREFIX}REDIS_URL"


def executor(settings: Settings) -> ExecutorDefinition:
    """The executor that the settings name.

    Raises:
        SettingsError: If what it needs is not installed or not set.
    """
    if settings.executor == "celery":
        return _celery(settings)
    if settings.executor == "kubernetes":
        return _kubernetes()
    return in_process_executor


def require_redis(settings: Settings) -> None:
    """Refuse to go on without an address of Redis.

    Raises:
        SettingsError: If it is not set.
    """
    if not settings.redis:
        raise SettingsError(
            f"Celery needs Redis: set {_REDIS_URL}, such as redis://:password@queue:6379/0."
        )


def _celery(settings: Settings) -> ExecutorDefinition:
    require_redis(settings)
    try:
        from dagster_celery import celery_executor
    except ImportError:
        raise _not_installed("celery") from None
    redis = {"env": _REDIS_URL}
    return celery_executor.configured({"broker": redis, "backend": redis}, name="celery")


def _kubernetes() -> ExecutorDefinition:
    try:
        from dagster_k8s import k8s_job_executor
    except ImportError:
        raise _not_installed("kubernetes") from None
    return k8s_job_executor


def _not_installed(name: str) -> SettingsError:
    return SettingsError(f"{PREFIX}EXECUTOR={name} needs {SERVER_PACKAGES}.")
