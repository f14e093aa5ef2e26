"""Summaries: the answer that most readers came for, in two or three sentences at the top of a page.

What belongs here: choosing what to say first, in short sentences. Every number and every verdict in them is one that the
page gives further down, with its limits; nothing is worked out here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from thindicators import house_style
from thindicators.comparing.comparison import Comparison
from thindicators.comparing.latest_figures import LatestFigure, headline_of
from thindicators.observations.observation import Row
from thindicators.plan.model import Area
from thindicators.site.content import Part
from thindicators.site.views import group_name

_THAN = {
    "better": "better than",
    "worse": "worse than",
    "higher": "higher than",
    "lower": "lower than",
    "similar": "not clearly different from",
}
_TREND = {
    "better": "Over the last five figures it has got better.",
    "worse": "Over the last five figures it has got worse.",
    "higher": "Over the last five figures it has risen.",
    "lower": "Over the last five figures it has fallen.",
    "similar": "Over the last five figures there is no clear change.",
}
_IN_A_CALL = {
    "better": "better",
    "worse": "worse",
    "higher": "higher",
    "lower": "lower",
    "similar": "not clearly different",
}


def summary(part: Part) -> str:
    """What is known of an indicator, in two or three sentences; or why there is no figure."""
    latest = headline_of(part.latest)
    newest = latest.newest
    if newest is None:
        return ""
    sentences = [_latest(part, latest)]
    if latest.is_unreliable:
        sentences.append("It rests on too few answers to be compared.")
        return " ".join(sentences)
    sentences.append(_compared(part, latest))
    sentences.append(_over_time(part, latest, newest))
    return " ".join(filter(None, sentences))


def _latest(part: Part, latest: LatestFigure) -> str:
    subject = part.plan.subject.name
    what = "The latest figure"
    if latest.group[0] != "total":
        what = f"{house_style.capitalised(group_name(part, latest.group))}: the latest figure"
    return f"{what} for {subject} is {latest.value_in_words}, for {latest.period_in_words}."


def _compared(part: Part, latest: LatestFigure) -> str:
    """How the figure stands beside other areas', those with one verdict together."""
    areas_by_verdict: dict[str, list[str]] = {}
    for area in part.plan.compared_areas[1:]:
        verdict = latest.verdict("comparison", area.code)
        beside = latest.beside(area.code)
        if verdict is not None and verdict.verdict and _has_value(beside):
            areas_by_verdict.setdefault(verdict.verdict, []).append(_named(part, area, beside))
    clauses = []
    for verdict_name, areas in areas_by_verdict.items():
        # “Not different from A and B” could be read as different from one of the two.
        joined = " or ".join(areas) if verdict_name == "similar" else house_style.together(areas)
        clauses.append(f"{_THAN[verdict_name]} {joined}")
    return f"It is {', and '.join(clauses)}." if clauses else ""


def _has_value(row: Row | None) -> bool:
    return row is not None and row["value"] is not None


def _named(part: Part, area: Area, row: Row | None) -> str:
    if row is None:
        return area.name
    return f"{area.name} ({house_style.figure_of(row, part.indicator)})"


def _over_time(part: Part, latest: LatestFigure, newest: Row) -> str:
    """The recent trend, where there is a verdict on it; else the figure before, of the same series."""
    trend = latest.verdict("recent_trend")
    if trend is not None and trend.verdict:
        return _TREND[trend.verdict]
    before = _before(latest, newest)
    if before is None:
        return ""
    period = house_style.period(before["period"], part.indicator.period)
    return (
        f"The figure before it, for {period}, was {house_style.figure_of(before, part.indicator)}."
    )


def _before(latest: LatestFigure, newest: Row) -> Row | None:
    """The newest of the earlier figures that were made in the same way, for a time apart."""
    earlier = []
    for row in latest.own_rows:
        is_alike = row["series"] == newest["series"] and row["unit"] == newest["unit"]
        if is_alike and row["value"] is not None and row["period_end"] < newest["period_start"]:
            earlier.append(row)
    return max(earlier, key=lambda row: row["period_end"], default=None)


@dataclass(frozen=True)
class Tally:
    """How the indicators of a call to action stand beside one area.

    Attributes:
        name: Of the area.
        counts: How many, and what they are, such as `2 better`.
    """

    name: str
    counts: Sequence[str]


def tallies(parts: Sequence[Part]) -> list[Tally]:
    """For each compared area, how many indicators are better, worse and so on, by their headline."""
    if not parts:
        return []
    return [_tally(parts, area) for area in parts[0].plan.compared_areas[1:]]


def _tally(parts: Sequence[Part], area: Area) -> Tally:
    counted: Counter[str] = Counter()
    for part in parts:
        verdict = headline_of(part.latest).verdict("comparison", area.code)
        counted[_verdict_name(verdict)] += 1
    counts = [f"{counted[name]} {words}" for name, words in _IN_A_CALL.items() if counted[name]]
    if counted[""]:
        counts.append(f"{counted['']} not compared")
    return Tally(area.name, counts)


def _verdict_name(verdict: Comparison | None) -> str:
    return verdict.verdict if verdict is not None else ""
