"""Cases: what there is to judge, one case for each group of each indicator.

What belongs here: going through indicators and their groups, and finding the latest figure of each. The verdicts and the
table of latest figures are both made from these cases, so that they speak of the same figures. What a case knows
belongs in `figures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from thindicators import plain_numbers
from thindicators.comparing.figures import Case
from thindicators.comparing.latest import Group, all_series, groups, latest
from thindicators.observations.observation import Row, rows_of
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.indicator_parts import Series
from thindicators.plan.model import Plan


def cases_of(
    plan: Plan,
    outcome: Outcome,
    today: date,
) -> list[Case]:
    """The cases of one indicator, in the order in which its groups are shown."""
    rows = rows_of(outcome.table)
    series = all_series(plan.indicators[outcome.indicator], outcome)
    cases = []
    for group in groups(
        plan,
        plan.indicators[outcome.indicator],
        rows,
    ):
        of_group = [row for row in rows if (row["breakdown"], row["category"]) == group]
        cases.append(
            _case(
                plan,
                outcome,
                group,
                of_group,
                series,
                today,
            )
        )
    return cases


def _case(
    plan: Plan,
    outcome: Outcome,
    group: Group,
    rows: Sequence[Row],
    series: Sequence[Series],
    today: date,
) -> Case:
    own = [row for row in rows if row["area_code"] == plan.subject.code]
    newest = latest(series, own)
    series_by_id = {each.id: each for each in series}
    return Case(
        plan=plan,
        indicator=plan.indicators[outcome.indicator],
        group=group,
        rows=rows,
        newest=newest,
        series=series_by_id.get(newest["series"]) if newest else None,
        today=today,
    )


def newest_day(outcomes: Sequence[Outcome]) -> date:
    """The day on which the newest of the files came: a release knows no other day, so that it can be made again."""
    days = [
        plain_numbers.day(receipt.retrieved[:10])
        for outcome in outcomes
        for receipt in outcome.receipts
    ]
    return max(days, default=date.min)
