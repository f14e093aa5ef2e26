"""What Dagster loads: the repository of the plan that the environment names.

What belongs here: nothing but what must be ready when a server or a worker has loaded this module.
"""

from __future__ import annotations

import os

from dagster import JobDefinition

from assets.repository import REFRESH, definitions
from thindicators.environment import give_home
from thindicators.settings import settings_from

# Servers load this module without the command line.
give_home(os.environ)
defs = definitions(settings_from(os.environ))


def refresh_job() -> JobDefinition:
    """The job that refreshes everything, as the workers of other processes find it."""
    return defs.resolve_job_def(REFRESH)
