"""The application of Celery's workers, which run steps where `THINDICATORS_EXECUTOR` is `celery`.

`thindicators worker` starts one. It loads the plan and the sources before it takes its first step.
"""

from __future__ import annotations

import os

from dagster_celery.executor import CeleryExecutor
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_task

import assets.definitions  # noqa: F401  (so that the first step does not wait for it)
from assets.executors import require_redis
from thindicators.settings import settings_from

_SETTINGS = settings_from(os.environ)
require_redis(_SETTINGS)

celery = CeleryExecutor.for_cli(broker=_SETTINGS.redis, backend=_SETTINGS.redis)  # type: ignore[no-untyped-call]
app = make_app(celery.app_args())  # type: ignore[no-untyped-call]
execute_step = create_task(app)  # type: ignore[no-untyped-call]
