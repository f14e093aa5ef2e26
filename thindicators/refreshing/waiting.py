"""Waiting: the figures that are held, each beside the one that is published, for whoever must decide.

What belongs here: what would change if held figures were accepted. When figures are held belongs in `outcomes.holds`;
showing them belongs to the terminal and the UI.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thindicators import house_style
from thindicators.context import RunContext
from thindicators.errors import ThindicatorsError
from thindicators.history.revisions import Revision, compare
from thindicators.outcomes.balance import table_of_balance
from thindicators.outcomes.told import short
from thindicators.plan.model import Indicator, Plan
from thindicators.plan.naming import no_such_indicator
from thindicators.refreshing import refresh

COLUMNS = ("area", "period", "group", "published", "held", "difference")
_MOST_SHOWN = 50
_NONE = "none"


@dataclass(frozen=True)
class WaitingFigure:
    """A figure that would be another one if what is held were accepted, in words.

    Attributes:
        area: Its name.
        period: As pages write it.
        group: The member of a breakdown; empty for the total.
        published, held: The figure as it stands and as it came; `none` where there is none.
        difference: From the one to the other; empty where one of the two is missing.
    """

    area: str
    period: str
    group: str
    published: str
    held: str
    difference: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The figure in the order of `COLUMNS`."""
        return self.area, self.period, self.group, self.published, self.held, self.difference


@dataclass(frozen=True)
class Waiting:
    """What waits for somebody's word of one indicator, or of the part of one of its sources.

    Attributes:
        indicator: Whose figures they are.
        source: Of several sources the one that gave them; else empty.
        sum_told: The short sum by which they are accepted and no others.
        figures: Those that would change, those first that stand today and would be another or gone.
    """

    indicator: Indicator
    source: str
    sum_told: str
    figures: tuple[WaitingFigure, ...]

    @property
    def shown(self) -> tuple[WaitingFigure, ...]:
        """As many of them as somebody reads before a decision."""
        return self.figures[:_MOST_SHOWN]

    @property
    def not_shown(self) -> str:
        """What is not in the table, in a sentence; empty if all is."""
        if not self.figures:
            return "No figure would be another one; notes, limits or counts would."
        more = len(self.figures) - len(self.shown)
        return f"And {more} more." if more else ""


def indicator_meant(run_context: RunContext, given: str) -> str:
    """The id of the indicator that somebody names by its id or by its title, in capitals or not.

    Raises:
        ThindicatorsError: If there is none; it names those of which figures are held.
    """
    indicators = run_context.plan.indicators
    words = given.strip()
    if words in indicators:
        return words
    of_title = [one.id for one in indicators.values() if one.title.casefold() == words.casefold()]
    # Of two indicators with one title nobody knows which is meant.
    if len(of_title) == 1:
        return of_title[0]
    held = {one.indicator.id: one.indicator.title for one in waiting(run_context)}
    named = ", ".join(f"{indicator} ({title})" for indicator, title in held.items()) or "none"
    raise ThindicatorsError(f"{no_such_indicator(words, indicators)} Figures are held of: {named}.")


def waiting(run_context: RunContext) -> list[Waiting]:
    """What is held of every indicator, in the order of the plan."""
    every = run_context.plan.indicators
    return [held for indicator in every for held in waiting_of(run_context, indicator)]


def waiting_of(run_context: RunContext, indicator_id: str) -> list[Waiting]:
    """What is held of one indicator; of several sources, each by itself."""
    store = refresh.outcomes(run_context)
    indicator = run_context.plan.indicators[indicator_id]
    found = []
    for source in store.waiting(indicator_id):
        account = store.account(indicator_id, source)
        held = store.held(indicator_id, source)
        if held is not None:
            stands = table_of_balance(account.balance, account.load)
            figures = _figures(run_context.plan, indicator, compare(stands, held.table))
            sum_told = short(store.sum_held(indicator_id, source))
            found.append(Waiting(indicator, source, sum_told, figures))
    return found


def _figures(
    plan: Plan,
    indicator: Indicator,
    revisions: Sequence[Revision],
) -> tuple[WaitingFigure, ...]:
    changed = [revision for revision in revisions if _is_another_figure(revision)]
    # What contradicts a published figure is looked at before what is only new, and the Plan's own area before others.
    own_code = plan.subject.code
    changed.sort(
        key=lambda revision: (revision.kind == "new", revision.named["area_code"] != own_code)
    )
    return tuple(_in_words(plan, indicator, revision) for revision in changed)


def _is_another_figure(revision: Revision) -> bool:
    """Whether a reader would see another figure, not only another note."""
    is_other_value = revision.old != revision.new or revision.unit_changed
    return is_other_value or revision.old_status != revision.new_status


def _in_words(
    plan: Plan,
    indicator: Indicator,
    revision: Revision,
) -> WaitingFigure:
    key = revision.named
    breakdown, category = key["breakdown"], key["category"]
    unit = revision.new_unit or revision.old_unit or indicator.unit
    difference = ""
    if revision.size is not None and not revision.unit_changed:
        sign = "+" if revision.size > 0 else house_style.MINUS
        decimals = house_style.decimals_of(unit, indicator)
        difference = f"{sign}{house_style.amount(revision.size, unit, decimals)}"
    group = "" if breakdown == "total" else house_style.category(plan, breakdown, category)
    return WaitingFigure(
        area=plan.area_names.get(key["area_code"], key["area_code"]),
        period=house_style.period(key["period"], indicator.period),
        group=group,
        published=_shown(revision.old, revision.old_status, revision.old_unit, indicator),
        held=_shown(revision.new, revision.new_status, revision.new_unit, indicator),
        difference=difference,
    )


def _shown(
    value: float | None,
    status: str | None,
    unit: str | None,
    indicator: Indicator,
) -> str:
    if value is None:
        return f"[{status}]" if status else _NONE
    shown_unit = unit or indicator.unit
    return house_style.figure(value, shown_unit, house_style.decimals_of(shown_unit, indicator))
