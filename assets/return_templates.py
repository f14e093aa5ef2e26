"""The template of a return as it is at a moment: its name, and the figures that it asks for.

What belongs here: what the command and the UI's download share. It imports nothing of Dagster, so that the commands
answer at once. What a template says belongs in `sources.returns.template`.
"""

from __future__ import annotations

from datetime import datetime

from sources.returns.awaited import AwaitedFigure, awaited, given_in
from thindicators.plan.model import Plan
from thindicators.release.publishing import latest
from thindicators.settings import Settings
from thindicators.telling.calendar import london_day

TEMPLATE = "thindicators-return"
"""The name of the template's files, without their endings."""


def figures_to_ask_for(
    plan: Plan,
    settings: Settings,
    now: datetime,
) -> list[AwaitedFigure]:
    """The figures that are awaited and not in the latest release."""
    return awaited(plan, london_day(now), given_in(latest(settings.published)))
