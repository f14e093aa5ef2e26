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
    views = []
    for source in plan.sources.values():
        if source.kind == "return":
            views += [(source.id, indicator) for indicator in plan.indicators_of(source.id)]
    return views


def opened(plan: Plan, path: Path) -> Snapshot | Problem:
    """A file that somebody wants to hand in, as a live run would see it; or why it cannot be opened at all."""
    if path.is_symlink() or not is_file_name(path.name) or why_refused(path.name):
        return Problem(
            0,
            "",
            "its name is not one to publish",
            "give it a plain name, such as return-2026.csv.",
        )
    # Which source a file is of shows only in its rows, so that the strictest limit holds for all.
    returned = [source for source in plan.sources.values() if source.kind == "return"]
    largest = min(source.largest_body_mb for source in returned)
    if path.suffix.lower() not in SUFFIXES:
        kind = path.suffix or "file without an ending"
        return Problem(
            0, "", f"a {kind} is no return", "save it from Excel as .xlsx, or as “CSV UTF-8”."
        )
    try:
        if path.stat().st_size > largest * 1_000_000:
            return Problem(
                0, "", f"it is larger than {largest:g} MB", "split the return into several files."
            )
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


def problems(
    plan: Plan, snapshot: Snapshot, standing: Mapping[str, Snapshot] | None = None
) -> list[Problem]:
    """Everything for which a file may not be published, in the order of its rows.

    Args:
        plan: With all indicators that can be handed in.
        snapshot: The file.
        standing: The files that stand already, by name; the new one must not contradict them.
    """
    file = read_return(snapshot)
    views = handed_in(plan)
    indicator_ids = {indicator.id for _, indicator in views}
    seen = [*file.problems, *returns.unknown_indicators(file, indicator_ids)]
    for _, indicator in views:
        seen += returns.indicator_problems(file, indicator)
    # What contradicts other files can only be told of a file that is right in itself.
    if not seen:
        seen += _contradictions(plan, snapshot, standing or {})
    return sorted(dict.fromkeys(seen), key=lambda problem: problem.row)


def published(plan: Plan, snapshots: Mapping[str, Snapshot]) -> list[tuple[Indicator, Observation]]:
    """The figures that would be published of files that have no problem, small numbers withheld.

    Raises:
        SourceError: If two of the files contradict each other.
    """
    figures: list[tuple[Indicator, Observation]] = []
    for _, indicator in handed_in(plan):
        for observation in observations(indicator, snapshots):
            figures.append((indicator, observation))
    return figures


def preview(plan: Plan, figures: Sequence[tuple[Indicator, Observation]]) -> list[tuple[str, ...]]:
    """The figures that would be published, as the rows of a table for people."""
    return [_previewed(plan, indicator, observation) for indicator, observation in figures]


def _previewed(plan: Plan, indicator: Indicator, observation: Observation) -> tuple[str, ...]:
    lower, upper = observation.lower_ci_95, observation.upper_ci_95
    is_total = observation.category == "total"
    return (
        indicator.id,
        plan.area_names[observation.area_code],
        observation.period.label,
        "" if is_total else f"{observation.breakdown}: {observation.category}",
        shown(observation.value, observation.status, indicator),
        "" if lower is None else f"{lower:g} to {upper:g}",
        observation.note,
    )


def _contradictions(
    plan: Plan, snapshot: Snapshot, standing: Mapping[str, Snapshot]
) -> list[Problem]:
    """What only shows when a file is read together with those that stand."""
    try:
        published(plan, {**standing, snapshot.role: snapshot})
    except SourceError as problem:
        return [
            Problem(
                0,
                "",
                f"expected {problem.expected}; came {problem.came} ({problem.where})",
                problem.remedy,
            )
        ]
    return []
