"""Whether a file may be published as a return, and what would be published of it.

What belongs here: judging a whole file against the plan, alone and beside the files that stand. The rules of a row
belong in `return_rules`, those of an indicator in `returns`; what becomes of a file that fails belongs in `inbox`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from sources.returns import standing as returns
from sources.returns.figures import observations
from sources.returns.file import read_return
from sources.returns.rows import Problem
from thindicators.errors import SourceError
from thindicators.fetching.snapshots import Receipt, Snapshot
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator, Plan
from thindicators.safe_text import is_file_name, why_refused
from thindicators.telling.summary import shown

PREVIEWED = ("indicator", "area", "period", "group", "figure", "95% limits", "note")
"""The columns of `preview`."""

SUFFIXES = frozenset({".csv", ".xlsx"})


def handed_in(plan: Plan) -> list[tuple[str, Indicator]]:
    """Every source that is handed in, with each indicator that it feeds, as the source sees it."""
    return [
        (source.id, indicator)
        for source in plan.sources.values()
        if source.kind == "return"
        for indicator in plan.indicators_of(source.id)
    ]


def opened(plan: Plan, path: Path) -> Snapshot | Problem:
    """A file that somebody wants to hand in, as a live run would see it; or why it cannot be opened at all."""
    if path.is_symlink() or not is_file_name(path.name) or why_refused(path.name):
        return Problem(0, "", "its name is not one to publish", "give it a plain name, such as return-2026.csv.")
    largest = min(one.largest_body_mb for one in plan.sources.values() if one.kind == "return")
    if path.suffix.lower() not in SUFFIXES:
        kind = path.suffix or "file without an ending"
        return Problem(0, "", f"a {kind} is no return", "save it from Excel as .xlsx, or as “CSV UTF-8”.")
    try:
        if path.stat().st_size > largest * 1_000_000:
            return Problem(0, "", f"it is larger than {largest:g} MB", "split the return into several files.")
        content = path.read_bytes()
    except OSError as problem:
        return Problem(0, "", f"it cannot be read ({problem.strerror})", "check the file.")
    receipt = Receipt(
        sha256=hashlib.sha256(content).hexdigest(),
        source="return",
        edition="live",
        method="RETURN",
        url=path.name,
        retrieved="",
        size=len(content),
        media_type="",
        licence="",
    )
    return Snapshot(path.name, content, receipt)


def problems(plan: Plan, snapshot: Snapshot, standing: Mapping[str, Snapshot] | None = None) -> list[Problem]:
    """Everything for which a file may not be published, in the order of its rows.

    Args:
        plan: With all indicators that can be handed in.
        snapshot: The file.
        standing: The files that stand already, by name; the new one must not contradict them.
    """
    file = read_return(snapshot)
    views = handed_in(plan)
    found = [*file.problems, *returns.unknown_indicators(file, {one.id for _, one in views})]
    for _, indicator in views:
        found += returns.indicator_problems(file, indicator)
    if not found:
        found += _contradictions(plan, snapshot, standing or {})
    return sorted(dict.fromkeys(found), key=lambda one: one.row)


def published(plan: Plan, snapshots: Mapping[str, Snapshot]) -> list[tuple[Indicator, Observation]]:
    """The figures that would be published of files that have no problem, small numbers withheld.

    Raises:
        SourceError: If two of the files contradict each other.
    """
    return [
        (indicator, observation)
        for _, indicator in handed_in(plan)
        for observation in observations(indicator, snapshots)
    ]


def preview(plan: Plan, figures: Sequence[tuple[Indicator, Observation]]) -> list[tuple[str, ...]]:
    """The figures that would be published, as the rows of a table for people."""
    return [_previewed(plan, indicator, one) for indicator, one in figures]


def _previewed(plan: Plan, indicator: Indicator, one: Observation) -> tuple[str, ...]:
    limits = "" if one.lower_ci_95 is None else f"{one.lower_ci_95:g} to {one.upper_ci_95:g}"
    group = "" if one.category == "total" else f"{one.breakdown}: {one.category}"
    figure = shown(one.value, one.status, indicator)
    return indicator.id, plan.area_names[one.area_code], one.period.label, group, figure, limits, one.note


def _contradictions(plan: Plan, snapshot: Snapshot, standing: Mapping[str, Snapshot]) -> list[Problem]:
    """What only shows when a file is read together with those that stand."""
    try:
        published(plan, {**standing, snapshot.role: snapshot})
    except SourceError as problem:
        return [Problem(0, "", f"expected {problem.expected}; came {problem.came} ({problem.where})", problem.remedy)]
    return []
