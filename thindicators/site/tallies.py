"""Tallies: how many indicators of a call to action are better, worse or not clearly different beside another area.

What belongs here: counting verdicts that are given already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from thindicators.comparing.comparison import BESIDE, Comparison
from thindicators.comparing.latest_figures import headline_of
from thindicators.plan.model import Area
from thindicators.site.content import Part


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
    counts = [f"{counted[name]} {words}" for name, words in BESIDE.items() if counted[name]]
    if counted[""]:
        counts.append(f"{counted['']} not compared")
    return Tally(area.name, counts)


def _verdict_name(verdict: Comparison | None) -> str:
    return verdict.verdict if verdict is not None else ""
