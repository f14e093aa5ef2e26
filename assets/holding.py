"""Holding: held figures as the UI shows them, each beside the published one, with the way to accept them.

What belongs here: tables in Markdown, and the address of the launchpad. Which figures wait belongs in
`thindicators.refreshing.waiting`.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from assets.ui import LOCATION
from thindicators.refreshing.waiting import COLUMNS, MOST_SHOWN, Waiting
from thindicators.safe_text import in_markdown, markdown_table

_LAUNCHPAD = f"/locations/{LOCATION}/jobs/accept_held/playground/setup"


def held_figures(held: Sequence[Waiting]) -> str:
    """Every held figure beside the published one, as Markdown; empty if none is held."""
    return "\n\n".join(map(_one, held))


def _one(waiting: Waiting) -> str:
    shown = [figure.cells for figure in waiting.figures[:MOST_SHOWN]]
    parts = [f"**{in_markdown(waiting.indicator.title)}**"]
    parts.append(markdown_table(COLUMNS, shown))
    more = len(waiting.figures) - len(shown)
    if more > 0:
        parts.append(f"And {more} more.")
    parts.append(f"[Accept these figures, with a reason]({launchpad(waiting)})")
    return "\n\n".join(parts)


def launchpad(waiting: Waiting) -> str:
    """The address of the launchpad of `accept_held`, filled in but for the reason."""
    lines = [
        "ops:",
        "  accept_held_figures:",
        "    config:",
        f"      indicator: {waiting.indicator.id}",
        f'      sum: "{waiting.sum_told}"',
        '      reason: ""',
    ]
    if waiting.source:
        lines.append(f"      source: {waiting.source}")
    config = "\n".join(lines) + "\n"
    return f"{_LAUNCHPAD}?config={quote(config)}"
