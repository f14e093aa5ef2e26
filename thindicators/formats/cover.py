"""The cover of an indicator's workbook: what it holds, whose it is, when it was made and how to read it.

What belongs here: the paragraphs and their order. Writing them into a sheet belongs in `sheets`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from thindicators.comparing.latest_figures import LatestFigure
from thindicators.formats.published import Published
from thindicators.house_style import UNITS, day, day_of, sentence
from thindicators.observations.observation import REVISIONS, STATUSES

NOTES = "Notes"
"""The name of the sheet that the shorthand for notes leads to."""

_TOTAL = "total"

Style = Literal["title", "warning", "heading", "text", "link"]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the cover.

    Attributes:
        style: How it looks.
        text: What it says; of a link its address.
    """

    style: Style
    text: str


def cover(
    published: Published,
    tables: Mapping[str, str],
) -> list[Paragraph]:
    """The paragraphs of the cover sheet.

    Args:
        published: The indicator.
        tables: What each other sheet holds, by its name; empty if there is no figure.
    """
    plan = published.plan
    indicator = published.indicator
    paragraphs = [Paragraph("title", published.title)]
    if published.is_sample:
        paragraphs.append(Paragraph("warning", published.warning))
    sections: dict[str, Sequence[str]] = {
        "What this workbook holds": _contents(published, tables),
        "Latest figures": _latest(published),
        "What the Plan measures": [indicator.plan_measures],
        "What the figures are": [
            indicator.definition,
            f"Unit: {UNITS[indicator.unit]}.",
        ],
        "How to read them": [*indicator.all_caveats, *_breaks(published)],
        "Dates": _dates(published),
        "Source": _sources(published),
        "Licence": _licence(published),
        "Attribution": [plan.attribution_of(indicator)],
        "Shorthand": shorthand(tables),
        "Published by": [plan.file.council, plan.file.homepage],
    }
    return [*paragraphs, *paragraphs_of(sections)]


def paragraphs_of(sections: Mapping[str, Sequence[str]]) -> list[Paragraph]:
    """Sections as paragraphs, each under its heading; one of which nothing can be said has no heading either."""
    paragraphs = []
    for heading, texts in sections.items():
        if texts:
            paragraphs.append(Paragraph("heading", heading))
        paragraphs += [_paragraph(text) for text in texts]
    return paragraphs


def _paragraph(text: str) -> Paragraph:
    """A sentence, or an address as a link."""
    # A text that only mentions an address is no link; one that is an address begins with it.
    if text.startswith("https://"):
        return Paragraph("link", text)
    return Paragraph("text", sentence(text))


def _contents(
    published: Published,
    tables: Mapping[str, str],
) -> Sequence[str]:
    if not tables:
        yet = "" if published.indicator.not_covered else " yet"
        return [f"There is no figure{yet}, and so no table. {published.outcome.reason}"]
    contents = []
    for name, about in tables.items():
        contents.append(f"{name}: {about}")
    return contents


def _latest(published: Published) -> list[str]:
    """The figures that the indicator's page shows first."""
    # Without any row, what the workbook holds has said already that there is no figure, and why.
    if not published.rows:
        return []
    return [_latest_figure(published, figure) for figure in published.headlines]


def _latest_figure(published: Published, figure: LatestFigure) -> str:
    """A latest figure in the words of the page, with its group where it is not of all."""
    words = figure.why_none
    if figure.newest is not None:
        value = f"{figure.value_in_words} for {figure.period_in_words}."
        words = f"{value} {figure.other_series_in_words}".strip()
    breakdown, category = figure.group
    if breakdown == _TOTAL:
        return words
    of_what = published.breakdown_title(breakdown)
    whose = published.category_title(breakdown, category)
    return f"{of_what}, {whose}: {words}"


def _breaks(published: Published) -> list[str]:
    """Why figures of one series may not be compared with those of the next."""
    texts = []
    for series in published.series:
        reasons = [series.starts_because, series.ends_because]
        sentences = [sentence(reason) for reason in reasons if reason]
        # Of a series that only goes on there is nothing to explain.
        if sentences:
            in_one = " ".join(sentences)
            texts.append(f"Series {series.title}: {in_one}")
    return texts


def _dates(published: Published) -> list[str]:
    outcome = published.outcome
    first = published.first_day
    last = published.last_day
    texts = [f"Version {published.version} of this indicator's data package."]
    if first and last:
        texts.append(f"The figures are about {day(first)} to {day(last)}.")
    if outcome.newest:
        when = day_of(outcome.newest)
        texts.append(f"The newest of what they were read from came on {when}.")
    if published.rows and outcome.reason:
        texts.append(outcome.reason)
    texts.append(f"Next figures: {published.next_release}")
    return texts


def _sources(published: Published) -> list[str]:
    texts = []
    for source in published.sources:
        texts += [f"{source.publisher}: {source.title}", source.homepage]
    return texts


def _licence(published: Published) -> list[str]:
    licence = published.licence
    # A publisher may state terms without a page that holds them.
    return [licence.title, licence.path] if licence.path else [licence.title]


def shorthand(tables: Mapping[str, str]) -> list[str]:
    """What the letters in square brackets mean; nothing if there is no table that has them."""
    if not tables:
        return []
    meanings = {**STATUSES, **REVISIONS}
    texts = []
    for letter, meaning in meanings.items():
        texts.append(f"[{letter}] {meaning}")
    if NOTES in tables:
        texts.append(f"[note 1] and so on: see the sheet {NOTES}")
    return texts
