"""Dagster's own home: where its runs, schedules and settings live, under `state/dagster`."""

from __future__ import annotations

import os
from pathlib import Path

from thindicators.settings import Settings
from thindicators.snapshots import write_whole

_SETTINGS = """\
# Written at the first run; yours to change. https://docs.dagster.io/deployment/oss/dagster-yaml
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    default_limit: 1
"""


def prepare(settings: Settings) -> Path:
    """Make Dagster's home, if there is none, and let this process and its children use it.

    Returns:
        The folder.
    """
    home = settings.state / "dagster"
    path = home / "dagster.yaml"
    if not path.exists():
        write_whole(path, _SETTINGS.encode())
    os.environ["DAGSTER_HOME"] = str(home)
    return home
