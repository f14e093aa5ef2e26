"""What a row of a council return becomes: an observation, with its limits and its note.

What belongs here: what all sources that are handed in publish of a row. Which rows stand belongs in `returns`.

Where a survey gives no limits, Wilson's are computed from the number of people asked, divided by the design effect that the
indicator's file names: a survey's own design (such as areas drawn first, then quotas and weights) makes limits wider.
"""

from __future__ import annotations

from collections.abc import Mapping

from sources.returns import standing as returns
from sources.returns.rows import PRACTICE_NOTE, ReturnRow
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.limits import wilson
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator

CONTEXT = "context"
"""The breakdown of figures that stand beside an indicator, and are neither its own nor a comparator's."""

_LIMITS_DECIMALS = 2


def observations(
    indicator: Indicator,
    snapshots: Mapping[str, Snapshot],
) -> list[Observation]:
    """One observation for each row that stands and whose licence is confirmed, or that is marked as quoted.

    Raises:
        SourceError: If anything is wrong in a file, or two files of one day contradict each other.
    """
    context = returns.ask_of(indicator).context
    return [
        _observation(indicator, figure, context) for figure in returns.figures(indicator, snapshots)
    ]


def _observation(
    indicator: Indicator,
    figure: returns.Figure,
    context: returns.Context | None,
) -> Observation:
    row = figure.row
    lower, upper, about_limits = _limits(row, indicator.design_effect)
    breakdown, category = place_of((row.breakdown_type, row.breakdown), context)
    return Observation(
        indicator=indicator.id,
        area_code=row.area_code,
        period=row.period,
        breakdown=breakdown,
        category=category,
        value=row.value,
        unit=indicator.unit,
        lower_ci_95=lower,
        upper_ci_95=upper,
        numerator=row.numerator,
        denominator=row.denominator,
        status=row.status,
        revision=row.revision,
        series=figure.series,
        source_text=row.value_text,
        snapshot=row.snapshot.sha256,
        note=" ".join(
            filter(
                None,
                [
                    PRACTICE_NOTE if row.is_practice else "",
                    row.note,
                    context.note if context else "",
                    about_limits,
                    _quotation(row),
                ],
            )
        ),
    )


def place_of(
    group: tuple[str, str],
    context: returns.Context | None,
) -> tuple[str, str]:
    """Breakdown and category under which a group is published.

    Args:
        group: Breakdown and member, as a return calls them.
        context: How the figure is marked, if it stands beside an indicator.
    """
    # Context stands beside an indicator: its own breakdown keeps it out of every comparison.
    if context is None:
        return group
    _, member = group
    return CONTEXT, context.category if member == "total" else f"{context.category}_{member}"


def _limits(
    row: ReturnRow,
    design_effect: float | None,
) -> tuple[float | None, float | None, str]:
    """The limits of a figure, and what its note says of them.

    Args:
        row: The row that is published.
        design_effect: By how much the survey's design widens the variance; None if that is not known.
    """
    # The survey's own limits stand; only where it gives none are they computed.
    published = f"Limits as the survey states them: {row.ci_published}." if row.ci_published else ""
    if row.value is None or row.ci_lower_95 is not None or row.base_unweighted is None:
        return row.ci_lower_95, row.ci_upper_95, published
    # Quotas and weights make a survey less exact than a lottery among as many people.
    effective_base = row.base_unweighted / (design_effect or 1)
    limits = wilson(row.value, effective_base)
    lower, upper = (round(limit, _LIMITS_DECIMALS) for limit in limits)
    by_design = f"design effect {design_effect:g}" if design_effect else "no design effect"
    computed = f"95% limits computed here: Wilson, n={row.base_unweighted:,}, {by_design}."
    return lower, upper, f"{computed} {published}".strip()


def _quotation(row: ReturnRow) -> str:
    if not row.is_quoted:
        return ""
    quoted = "words" if row.value is None else "figure"
    return f"Source: {row.source_title}, {row.source_url}. No licence is granted for more than the quoted {quoted}."
