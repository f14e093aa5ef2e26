"""Naming: what is said of an id that no indicator has."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from thindicators.safe_text import visible


def no_such_indicator(given: str, ids: Collection[str]) -> str:
    """A sentence that no indicator is called so, with the nearest id that there is."""
    near = get_close_matches(given, ids, n=1)
    meant = f" Do you mean {near[0]}?" if near else ""
    return f"No indicator is called “{visible(given)}”.{meant}"
