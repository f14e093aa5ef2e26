"""The resource by which every asset reaches the plan, the snapshots and the releases."""

from __future__ import annotations

import os
from typing import Any

from dagster import ConfigurableResource
from pydantic import Field

from sources import SAMPLES
from thindicators.settings import settings_from
from thindicators.workshop import Workshop, open_workshop


class WorkshopResource(ConfigurableResource[Any]):
    """What a run works with."""

    edition: str = Field(
        default="",
        description=(
            "live: figures from the publishers. sample: figures composed from published ones, without a network. "
            "Empty: the edition that the folders hold, or sample in new folders."
        ),
    )

    def open(self) -> Workshop:
        """Load the plan and take the folders for this run's edition."""
        return open_workshop(settings_from(os.environ), SAMPLES, self.edition)
