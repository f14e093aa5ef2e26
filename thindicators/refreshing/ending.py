"""The end of a refresh, on one screen: what came, what did not, and what to do first.

What belongs here: choosing what somebody must read at once, and cutting it to the size of a screen. Every reason in
full is for `thindicators status`, the alerts and Dagster.
"""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thindicators.context import RunContext
from thindicators.fetching.snapshots import Unreachable
from thindicators.outcomes.outcome import Outcome
from thindicators.refreshing import refresh

_MOST_LINES = 12
"""Of the lists of what did not come, so that all of it fits a screen of 24 lines.

Failures that take no more than half of them are told in full; of others, the first words.
"""

_MORE = "Why, for each indicator and in full: `thindicators status`."


@dataclass(frozen=True)
class Ending:
    """How a refresh ended.

    Attributes:
        states: How many indicators are in each state.
        came: The publishers' sources that gave what was asked.
        unreachable: The sources whose hosts gave no connection, by host.
        failed: The other sources that failed: the reason by source.
        not_read: The indicators that failed or are held though their sources came: the reason by indicator.
        without_figures: The indicators without figures that nothing failed for.
    """

    states: Mapping[str, int]
    came: Sequence[str]
    unreachable: Mapping[Unreachable, Sequence[str]]
    failed: Mapping[str, str]
    not_read: Mapping[str, str]
    without_figures: Sequence[str]

    @property
    def is_good(self) -> bool:
        """Whether everything came and was read."""
        return not (self.unreachable or self.failed or self.not_read)

    @property
    def asked(self) -> int:
        """How many sources were asked for figures."""
        unreachable = sum(len(names) for names in self.unreachable.values())
        return len(self.came) + len(self.failed) + unreachable


def ending_of(run_context: RunContext, outcomes: Sequence[Outcome]) -> Ending:
    """How the last refresh ended, from what was recorded of it."""
    plan = run_context.plan
    came, unreachable = [], defaultdict(list)
    for source in plan.sources.values():
        fetched = run_context.store.last_fetch(source.id)
        if fetched is not None and fetched.unreachable is not None:
            unreachable[fetched.unreachable].append(source.id)
        elif fetched is not None and not fetched.failure and source.kind != "return":
            came.append(source.id)
    away = {name for names in unreachable.values() for name in names}
    failures = refresh.failures(run_context)
    # Of a host that gave no connection one line is enough, whatever was asked of it.
    others = {name: why for name, why in failures.items() if name not in away}
    empty = [outcome for outcome in outcomes if outcome.state == "empty"]
    return Ending(
        states=Counter(outcome.state for outcome in outcomes),
        came=came,
        unreachable=dict(unreachable),
        failed={name: why for name, why in others.items() if name in plan.sources},
        not_read={name: why for name, why in others.items() if name in plan.indicators},
        without_figures=[outcome.indicator for outcome in empty if not outcome.failed],
    )


def on_a_screen(ending: Ending, width: int) -> list[str]:
    """The ending in lines of at most this width, and no more of them than a screen has."""
    failures = _failures(ending, width)
    lines = _counts(ending)
    lines += _not_reached(ending, _MOST_LINES - len(failures))
    lines += failures
    if awaited := ending.without_figures:
        lines.append(
            f"Nothing failed for {len(awaited)} without figures so far: {', '.join(awaited)}"
        )
    shown = [_cut(line, width) for line in lines]
    # What to do is never cut: it is why the rest is read.
    return [*shown, *textwrap.wrap(_what_to_do(ending), width)]


def _counts(ending: Ending) -> list[str]:
    fresh = ending.states.get("fresh", 0)
    stale = ending.states.get("stale", 0)
    empty = ending.states.get("empty", 0)
    not_covered = ending.states.get("not_covered", 0)
    whole = fresh + stale + empty + not_covered
    elsewhere = f", {not_covered} are not covered here" if not_covered else ""
    return [
        f"Of {whole} indicators {fresh} are fresh, {stale} keep their last figures, {empty} have none{elsewhere}.",
        f"Of {ending.asked} sources that were asked {len(ending.came) or 'none'} came.",
    ]


def _not_reached(ending: Ending, most: int) -> list[str]:
    if not ending.unreachable:
        return []
    hosts = []
    for away, names in ending.unreachable.items():
        hosts.append(f"  {away.host} ({away.why}): {', '.join(names)}")
    return ["No connection to:", *_at_most(most, hosts)]


def _failures(ending: Ending, width: int) -> list[str]:
    reasons = {**ending.failed, **ending.not_read}
    failures = [f"FAILED {name}: {why}" for name, why in reasons.items()]
    in_full: list[str] = []
    for failure in failures:
        in_full += textwrap.wrap(failure, width)
    # Reasons end with what to do, so that they are told whole as long as they leave room for the rest.
    if len(in_full) <= _MOST_LINES // 2:
        return in_full
    most = _MOST_LINES // 2 if ending.unreachable else _MOST_LINES
    return _at_most(most, failures)


def _what_to_do(ending: Ending) -> str:
    if ending.is_good:
        return _MORE if ending.without_figures else ""
    if ending.unreachable and not ending.came and not ending.failed:
        first = (
            "No publisher could be reached. See whether this machine has a network, and whether it needs a proxy "
            "(HTTPS_PROXY); then run this again."
        )
    elif ending.unreachable:
        first = "See whether a browser on this machine gets to what gave no connection; then run this again."
    else:
        first = "Read what failed: it ends with what to do about it."
    return f"What to do first: {first} {_MORE}"


def _at_most(most: int, lines: list[str]) -> list[str]:
    if len(lines) <= most:
        return lines
    # The line that says how many more takes the place of one.
    left = len(lines) - most + 1
    return [*lines[: most - 1], f"  … and {left} more"]


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"
