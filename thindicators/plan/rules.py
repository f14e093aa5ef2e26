"""Rules: what an indicator's figures are checked for, by name, and what follows if a rule is broken.

What belongs here: the names, the sentences, and which are errors. How a rule is checked belongs in `checks` and
the modules that it names; what is excepted from one belongs in `reviewed`.

One rule decides which is which: what can only be a fault is an error, and stops the indicator; what may be true is a
warning, and is published with the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        says: What holds if it is kept, in words for a data officer.
        severity: What it is if it is not kept.
    """

    says: str
    severity: Severity = "error"


@dataclass(frozen=True)
class Finding:
    """One place where a rule is broken.

    Attributes:
        says: What was seen there, in words.
        area: Its GSS code; empty if it is about no one area.
        periods: The period as an interval and in the publisher's words; empty if it is about no one period.
        category: The member of the breakdown; empty if it is about no one group.
        row: Its place in the table; None if it is about a row that is not there.
        note: A sentence to publish with the figure; empty for none.
    """

    says: str
    area: str = ""
    periods: frozenset[str] = frozenset()
    category: str = ""
    row: int | None = None
    note: str = ""


CONTRACT = "table_is_the_contract"
FUTURE = "periods_have_ended"
LOST = "nothing_published_is_lost"
OUT_OF_DATE = "exceptions_are_in_date"
NEEDLESS = "exceptions_are_needed"
FOUND = "everything_was_found"

RULES = {
    CONTRACT: Rule("The table keeps the contract: columns, types, and what each column may hold."),
    "key_is_unique": Rule("No figure stands twice."),
    "value_or_reason": Rule("Every row has a figure, or a status that says why not; never both."),
    "known_words": Rule(
        "Series, units and areas are ones that the indicator's file or its unit knows."
    ),
    "value_in_range": Rule(
        "Every figure lies in the range of its unit and of the indicator; no count is negative."
    ),
    "limits_around_value": Rule("Every figure lies between its confidence limits."),
    "value_agrees_with_counts": Rule(
        "Every percentage and ratio is what its counts make, within the rounding."
    ),
    "areas_present": Rule("Every area that the indicator promises is there."),
    "groups_present": Rule("The total and every group that the indicator promises are there."),
    "period_is_not_the_one_before": Rule(
        "No period repeats every figure of the period before, to the last digit."
    ),
    FUTURE: Rule("No period ends after the day on which the figures are read."),
    LOST: Rule("No published series, period or area is gone, and no series was restated at once."),
    "limits_in_range": Rule(
        "Every confidence limit lies in the range of its unit and of the indicator.", "warning"
    ),
    "periods_without_gaps": Rule(
        "No period is missing between two others, but those that the file names.", "warning"
    ),
    "latest_period_complete": Rule(
        "Every area and group has a row for the latest period.", "warning"
    ),
    "latest_period_not_older": Rule(
        "The latest period is not older than the one already published.", "warning"
    ),
    "change_is_plausible": Rule(
        "No change from one year to the next is beyond history and limits.", "warning"
    ),
    "figures_not_repeated": Rule(
        "No group repeats its figures of the year before, to the last digit.", "warning"
    ),
    FOUND: Rule(
        "Everything that was looked for in the publisher's answers was found, and only once.",
        "warning",
    ),
    OUT_OF_DATE: Rule("Every reviewed exception of this indicator is in date."),
    NEEDLESS: Rule(
        "Every reviewed exception of this indicator still excepts something.", "warning"
    ),
}
"""Every rule, in the order in which they are shown."""

MAY_BE_ELSEWHERE = (
    "areas_present",
    "groups_present",
    "latest_period_complete",
)
"""The rules about what must be there, which several sources of an indicator keep together."""

NEVER_EXCEPTED = {
    CONTRACT: "a table that does not keep the contract cannot be published; mend the source",
    LOST: "figures that contradict published ones are held; let them through with `thindicators accept`",
    OUT_OF_DATE: "it is about exceptions themselves",
    NEEDLESS: "it is about exceptions themselves",
}
"""The rules that no reviewed exception is taken from, and why."""
