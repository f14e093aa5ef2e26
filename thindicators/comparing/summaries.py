"""Summaries: the answer that most readers came for, in two or three short sentences.

What belongs here: choosing what to say first of a latest figure. Every number and every verdict in a summary is one that
`latest.csv` and the pages give with its limits; nothing is worked out here.
"""

from __future__ import annotations

from thindicators import house_style
from thindicators.comparing.comparison import BESIDE
from thindicators.comparing.latest_figures import LatestFigure
from thindicators.observations.observation import Row
from thindicators.plan.model import Area

_THAN = {name: f"{words} than" for name, words in BESIDE.items()}
_THAN["similar"] = f"{BESIDE['similar']} from"
_TREND = {
    "better": "Over the last five figures it has got better.",
    "worse": "Over the last five figures it has got worse.",
    "higher": "Over the last five figures it has risen.",
    "lower": "Over the last five figures it has fallen.",
    "similar": "Over the last five figures there is no clear change.",
}


def summary(latest: LatestFigure) -> str:
    """What is known of a group, in two or three sentences; empty if there is no figure."""
    newest = latest.newest
    if newest is None:
        return ""
    sentences = [_latest(latest)]
    if latest.is_practice:
        sentences.append("It was made up to try how a return works, and is nobody's figure.")
    if latest.stands_in:
        sentences.append("It is a related measure: the one that the Plan names is awaited.")
    if latest.is_unreliable:
        sentences.append("It rests on too few answers to be compared.")
        return " ".join(sentences)
    sentences.append(_compared(latest))
    sentences.append(_over_time(latest, newest))
    return " ".join(filter(None, sentences))


def _latest(latest: LatestFigure) -> str:
    subject = latest.case.plan.subject.name
    what = "The latest figure"
    if latest.group[0] != "total":
        what = f"{latest.group_in_words}: the latest figure"
    return f"{what} for {subject} is {latest.value_in_words}, for {latest.period_in_words}."


def _compared(latest: LatestFigure) -> str:
    """How the figure stands beside other areas', those with one verdict together."""
    areas_by_verdict: dict[str, list[str]] = {}
    for area in latest.case.plan.compared_areas[1:]:
        verdict = latest.verdict("comparison", area.code)
        beside = latest.beside(area.code)
        if verdict is None or not verdict.verdict:
            continue
        if beside is not None and beside["value"] is not None:
            areas_by_verdict.setdefault(verdict.verdict, []).append(_named(latest, area, beside))
    clauses = []
    for verdict_name, areas in areas_by_verdict.items():
        # “Not different from A and B” could be read as different from one of the two.
        joined = " or ".join(areas) if verdict_name == "similar" else house_style.together(areas)
        clauses.append(f"{_THAN[verdict_name]} {joined}")
    return f"It is {', and '.join(clauses)}." if clauses else ""


def _named(latest: LatestFigure, area: Area, row: Row) -> str:
    return f"{area.name} ({house_style.figure_of(row, latest.indicator)})"


def _over_time(latest: LatestFigure, newest: Row) -> str:
    """The recent trend, where there is a verdict on it; else the figure before, of the same series."""
    trend = latest.verdict("recent_trend")
    if trend is not None and trend.verdict:
        return _TREND[trend.verdict]
    before = _before(latest, newest)
    # A figure that rests on too few answers says nothing of what has changed.
    if before is None or latest.is_unreliable_row(before):
        return ""
    period = house_style.period(before["period"], latest.indicator.period)
    return f"The figure before it, for {period}, was {house_style.figure_of(before, latest.indicator)}."


def _before(latest: LatestFigure, newest: Row) -> Row | None:
    """The newest of the earlier figures that were made in the same way, for a time apart."""
    earlier = []
    for row in latest.own_rows:
        is_alike = row["series"] == newest["series"] and row["unit"] == newest["unit"]
        if is_alike and row["value"] is not None and row["period_end"] < newest["period_start"]:
            earlier.append(row)
    return max(earlier, key=lambda row: row["period_end"], default=None)
