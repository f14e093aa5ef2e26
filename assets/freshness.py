"""Freshness: the status page, and Dagster's own freshness of each indicator by its release calendar.

What belongs here: how the list of `thindicators.refreshing.status` is shown in the UI, and by when Dagster must have
seen an indicator read again. What the states mean belongs in `thindicators.telling.calendar`.

Dagster knows when an indicator was last read, not which period came: so its freshness says whether the indicator was
read since the last release was to be out, and the status page says whether the release was in it. An indicator whose
publisher has paused, keeps no fixed time, or whose figures are handed in, is never overdue for Dagster: no policy.
"""

from datetime import timedelta
from typing import Any

from dagster import FreshnessPolicy, MaterializeResult, MetadataValue, asset

from assets.downloads import TEMPLATE_LINK
from assets.holding import held_figures
from assets.naming import OWNERS, RELEASE, STATUS
from assets.refused import reports
from assets.resources import RunContextResource
from thindicators.plan.model import Indicator, Plan
from thindicators.refreshing.refused import refused_returns
from thindicators.refreshing.status import COLUMNS, in_short, status
from thindicators.refreshing.waiting import waiting
from thindicators.safe_text import markdown_table
from thindicators.telling.calendar import GRACE, LONDON, ended_because

_SHORTEST_MONTH = 28


@asset(
    key=STATUS,
    deps=[RELEASE],
    group_name="release",
    description="What is due, late, paused, waiting for a return, held or failed, and what to do about each.",
    kinds={"markdown"},
    owners=OWNERS,
)
def status_page(run_context: RunContextResource) -> MaterializeResult[Any]:
    """The list that `thindicators status` prints."""
    opened = run_context.open()
    lines = status(opened)
    rows = [(*line.cells, line.why) for line in lines]
    held = held_figures(waiting(opened))
    refused = refused_returns(opened)
    return MaterializeResult(
        metadata={
            "in_short": MetadataValue.text(in_short(lines)),
            "edition": MetadataValue.text(opened.edition),
            "needs_somebody": MetadataValue.int(
                sum(line.needs_somebody for line in lines) + len(refused)
            ),
            "status": MetadataValue.md(markdown_table((*COLUMNS, "why"), rows)),
            **({"held": MetadataValue.md(held)} if held else {}),
            **({"refused_returns": MetadataValue.md(reports(refused))} if refused else {}),
            "template": TEMPLATE_LINK,
            "dagster/row_count": MetadataValue.int(len(lines)),
        }
    )


def freshness_of(plan: Plan, indicator: Indicator) -> FreshnessPolicy | None:
    """By when an indicator must have been read again: its release's last day and the grace; None if it is never due."""
    source = plan.sources[indicator.source]
    if (
        source.paused
        or source.kind == "return"
        or not source.new_periods
        or ended_because(indicator)
    ):
        return None
    months = sorted({_after_grace(new.by_end_of) for new in source.new_periods})
    following = zip(months, months[1:] + months[:1], strict=True)
    shortest = min((later - earlier - 1) % 12 + 1 for earlier, later in following)
    return FreshnessPolicy.cron(
        deadline_cron=f"0 0 16 {','.join(map(str, months))} *",
        lower_bound_delta=timedelta(days=_SHORTEST_MONTH * shortest),
        timezone=LONDON.key,
    )


def _after_grace(month: int) -> int:
    """The month in whose middle the grace after a month has ended."""
    return (month + GRACE.days // 30) % 12 + 1
