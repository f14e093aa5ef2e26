"""Latest rows: the table of latest figures, `latest.csv`, one row for each indicator and group.

What belongs here: its columns and how they are filled. Which figure is the latest, and what is said of it, belongs in
`latest_figures`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from thindicators import house_style, plain_numbers
from thindicators.comparing.comparison import Comparison
from thindicators.comparing.latest_figures import LatestFigure
from thindicators.comparing.summaries import summary
from thindicators.observations.observation import cells
from thindicators.plan.model import Area

TABLE = "latest"
"""The name of the table."""

Role = Literal["region", "country"]
ROLES: tuple[Role, ...] = ("region", "country")
"""What an area is to the Plan's own; the table has columns for one area of each."""

_OVER_TIME = ("recent_trend", "long_run", "since_start")
_OF_THE_ROW = (
    "value",
    "lower_ci_95",
    "upper_ci_95",
    "status",
    "revision",
    "period",
    "period_start",
    "period_end",
    "year",
    "series",
    "note",
)
_OF_AN_AREA = ("value", "lower_ci_95", "upper_ci_95", "status")
_NOT_AVAILABLE = "x"

Cells = dict[str, object]


def latest_rows(figures: Iterable[LatestFigure]) -> list[Cells]:
    """The rows of `latest.csv`; a column that a row leaves out is empty."""
    return [latest_row(figure) for figure in figures]


def latest_row(figure: LatestFigure) -> Cells:
    """A latest figure as a row of `latest.csv`."""
    row = {**_group_cells(figure), **_figure_cells(figure)}
    for role in ROLES:
        row |= _area_cells(figure, role)
    for question in _OVER_TIME:
        row |= _answer(question, figure.verdict(question))
    return {**row, **_rank_cells(figure)}


def _rank_cells(figure: LatestFigure) -> Cells:
    """The place among councils like the Plan's own: of several groups of them, among the first."""
    ranks = [verdict for verdict in figure.verdicts if verdict.kind == "rank"]
    if not ranks:
        return {}
    first = ranks[0]
    return {
        "rank_best": first.rank_best,
        "rank_worst": first.rank_worst,
        "rank_of": first.rank_of,
        **_answer("rank", first),
    }


def _group_cells(figure: LatestFigure) -> Cells:
    """What is measured, of whom, and how current it is."""
    plan, indicator = figure.case.plan, figure.indicator
    breakdown, category = figure.group
    fetched = figure.outcome.newest
    return {
        "indicator": indicator.id,
        "title": indicator.title,
        "call_to_action": indicator.call_to_action,
        "theme": indicator.plan_theme,
        "breakdown": breakdown,
        "category": category,
        "breakdown_title": house_style.breakdown(plan, breakdown),
        "category_title": house_style.category(plan, breakdown, category),
        "is_headline": figure.is_headline,
        "polarity": indicator.polarity,
        "area_code": plan.subject.code,
        "area_name": plan.subject.name,
        "state": figure.outcome.state,
        "fetched": plain_numbers.day(fetched[:10]) if fetched else None,
    }


def _figure_cells(figure: LatestFigure) -> Cells:
    """The figure itself, or why there is none."""
    shown = {
        "unit": figure.case.unit,
        "decimals": figure.decimals,
        "value_in_words": figure.value_in_words,
        "period_in_words": figure.period_in_words,
        "series_title": figure.series_title,
        "stands_in": figure.stands_in,
        "source": figure.source.id,
        "other_series": figure.other_series_in_words,
        "why_none": figure.why_none,
        "summary": summary(figure),
        "reliability": "u" if figure.is_unreliable else "",
    }
    # Where there is not even a row, nothing is known but that the figure is not available.
    if figure.row is None:
        return {**shown, "status": _NOT_AVAILABLE}
    copied = zip(
        _OF_THE_ROW,
        cells(figure.row, _OF_THE_ROW),
        strict=True,
    )
    return {**shown, **dict(copied)}


def _area_cells(figure: LatestFigure, role: Role) -> Cells:
    """What the area of a role has for the same time, and how the Plan's own stands to it."""
    area = _area_of(figure.case.plan.compared_areas[1:], role)
    if area is None:
        return {}
    named: Cells = {f"{role}_code": area.code, f"{role}_name": area.name}
    row = figure.beside(area.code)
    if row is not None:
        for column, cell in zip(
            _OF_AN_AREA,
            cells(row, _OF_AN_AREA),
            strict=True,
        ):
            named[f"{role}_{column}"] = cell
    return {**named, **_answer(role, figure.verdict("comparison", area.code))}


def _area_of(areas: Iterable[Area], role: Role) -> Area | None:
    """The first area of a role."""
    return next((area for area in areas if area.kind == role), None)


def _answer(question: str, verdict: Comparison | None) -> Cells:
    """A verdict, or why there is none, in codes and in words."""
    if verdict is None:
        return {}
    return {
        f"{question}_verdict": verdict.verdict,
        f"{question}_reason": verdict.reason,
        f"{question}_words": verdict.words,
    }
