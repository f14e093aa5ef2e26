"""Holding: held figures as the UI shows them, each beside the published one, with the way to accept them.

What belongs here: tables in Markdown, and the address of the launchpad. Which figures wait belongs in
`thindicators.refreshing.waiting`.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import yaml

from assets.ui import LOCATION
from thindicators.refreshing.waiting import COLUMNS, Waiting
from thindicators.safe_text import in_markdown, markdown_table

_LAUNCHPAD = f"/locations/{LOCATION}/jobs/accept_held/playground/setup"


def held_figures(held: Sequence[Waiting]) -> str:
    """Every held figure beside the published one, as Markdown; empty if none is held."""
    return "\n\n".join(map(_one, held))


def _one(waiting: Waiting) -> str:
    table = markdown_table(COLUMNS, [figure.cells for figure in waiting.shown])
    parts = [
        f"**{in_markdown(waiting.indicator.title)}**",
        table if waiting.shown else "",
        waiting.not_shown,
        f"[Accept these figures, with a reason]({launchpad(waiting)})",
    ]
    return "\n\n".join(filter(None, parts))


def launchpad(waiting: Waiting) -> str:
    """The address of the launchpad of `accept_held`, filled in but for the reason."""
    config = {
        "indicator": waiting.indicator.id,
        "source": waiting.source,
        "sum": waiting.sum_told,
        "reason": "",
    }
    run = {"ops": {"accept_held_figures": {"config": config}}}
    return f"{_LAUNCHPAD}?config={quote(yaml.safe_dump(run, sort_keys=False))}"
