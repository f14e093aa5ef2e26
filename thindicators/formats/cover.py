"""The cover of an indicator's workbook: what it holds, whose it is, when it was made and how to read it.

What belongs here: the paragraphs and their order. Writing them into a sheet belongs in `workbook`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thindicators.formats.published import Published
from thindicators.house_style import UNITS, day, day_of, sentence
from thindicators.observations.observation import REVISIONS, STATUSES

NOTES = "Notes"
"""The name of the sheet that the shorthand for notes leads to."""


def cover(published: Published, tables: Mapping[str, str]) -> list[tuple[str, str]]:
    """The paragraphs of the cover sheet, each with its style: `title`, `warning`, `heading`, `text` or `link`.

    Args:
        published: The indicator.
        tables: What each other sheet holds, by its name; empty if there is no figure.
    """
    plan, indicator = published.plan, published.indicator
    parts: list[tuple[str, list[str]]] = [
        ("What this workbook holds", [f"{name}: {about}" for name, about in tables.items()] or [_nothing(published)]),
        ("What the Plan measures", [indicator.plan_measures]),
        ("What the figures are", [indicator.definition, f"Unit: {UNITS[indicator.unit]}."]),
        ("How to read them", [*indicator.caveats, *_breaks(published)]),
        ("Dates", _dates(published)),
        ("Source", [text for one in published.sources for text in (f"{one.publisher}: {one.title}", one.homepage)]),
        ("Licence", [published.licence.title, *([published.licence.path] if published.licence.path else [])]),
        ("Attribution", [plan.attribution_of(indicator)]),
        ("Shorthand", _shorthand(tables)),
        ("Published by", [plan.file.council, plan.file.homepage]),
    ]
    head = [("title", published.title), *([("warning", published.warning)] if published.is_sample else [])]
    return [*head, *(one for heading, texts in parts for one in _part(heading, texts))]


def _part(heading: str, texts: Sequence[str]) -> list[tuple[str, str]]:
    """A heading and its paragraphs; an address is a link."""
    lines = [("link", text) if text.startswith("https://") else ("text", sentence(text)) for text in texts]
    return [("heading", heading), *lines] if texts else []


def _nothing(published: Published) -> str:
    return f"There is no figure yet, and so no table. {published.outcome.reason}"


def _breaks(published: Published) -> list[str]:
    texts = []
    for one in published.series:
        reasons = [sentence(text) for text in (one.starts_because, one.ends_because) if text]
        texts += [f"Series {one.title}: {' '.join(reasons)}"] if reasons else []
    return texts


def _dates(published: Published) -> list[str]:
    texts = [f"Version {published.version} of this indicator's data package."]
    if published.first_day and published.last_day:
        texts.append(f"The figures are about {day(published.first_day)} to {day(published.last_day)}.")
    if published.outcome.newest:
        texts.append(f"The newest of what they were read from came on {day_of(published.outcome.newest)}.")
    if published.rows and published.outcome.reason:
        texts.append(published.outcome.reason)
    return [*texts, f"Next figures: {published.next_release}"]


def _shorthand(tables: Mapping[str, str]) -> list[str]:
    if not tables:
        return []
    missing = [f"[{letter}] {meaning}" for letter, meaning in STATUSES.items()]
    marked = [f"[{letter}] {meaning}" for letter, meaning in REVISIONS.items()]
    notes = [f"[note 1] and so on: see the sheet {NOTES}"] if NOTES in tables else []
    return [*missing, *marked, *notes]
