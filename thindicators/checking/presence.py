"""Presence: what must be in a table: areas, groups, and a row for each of them in the latest period.

What belongs here: what is expected to be there, and the words for what is not. Rules about the rows that are there
belong in `row_rules` and `series_rules`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from thindicators.checking.series_rules import phase
from thindicators.observations.observation import Row
from thindicators.plan.model import Indicator
from thindicators.plan.rules import Finding


@dataclass(frozen=True)
class Wanted:
    """What a rule wants to be there.

    Attributes:
        rule: Its name.
        there: What each row has of it; None for rows that are not concerned.
        missed: What is to be said of each thing that must be there, if it is not.
    """

    rule: str
    there: Sequence[str | None]
    missed: Mapping[str, Finding] = field(default_factory=dict)

    def findings(self) -> list[Finding]:
        """What is not there."""
        return [finding for thing, finding in self.missed.items() if thing not in self.there]


def wanted(rows: Sequence[Row], indicator: Indicator) -> list[Wanted]:
    """Everything that must be in the table of an indicator; only rules that want anything."""
    every = [_areas(rows, indicator), _groups(rows, indicator), _latest(rows, indicator)]
    return [one for one in every if one.missed]


def _areas(rows: Sequence[Row], indicator: Indicator) -> Wanted:
    missed = {area: Finding(f"the area {area} is not there", area=area) for area in indicator.areas}
    return Wanted("areas_present", [row["area_code"] for row in rows], missed)


def _groups(rows: Sequence[Row], indicator: Indicator) -> Wanted:
    promised = [("total", "total")] if indicator.has_total else []
    promised += [(breakdown, member) for breakdown, members in indicator.breakdowns.items() for member in members]
    missed = {_group(one): Finding(f"the group {_group(one)} is not there", category=one[1]) for one in promised}
    return Wanted("groups_present", [_group((row["breakdown"], row["category"])) for row in rows], missed)


def _group(one: tuple[str, str]) -> str:
    return " ".join(dict.fromkeys(one))


def _latest(rows: Sequence[Row], indicator: Indicator) -> Wanted:
    """The rows of the latest period of each calendar, for every area and every group of the same series."""
    newest: dict[tuple[str, int], Row] = {}
    for row in rows:
        if row["area_code"] in indicator.areas:
            known = newest.setdefault(phase(row), row)
            newest[phase(row)] = max(known, row, key=lambda one: one["period_end"])
    names = {row["area_code"]: row["area_name"] for row in rows}
    there = [_who(row, row["area_code"]) if _is_latest(row, newest) else None for row in rows]
    series = {(row["series"], phase(row)) for row, latest in zip(rows, there, strict=True) if latest}
    missed = {
        _who(row, area): _not_there(row, newest[phase(row)], area, names.get(area, area))
        for row in rows
        if (row["series"], phase(row)) in series and row["area_code"] in indicator.areas
        for area in indicator.areas
    }
    return Wanted("latest_period_complete", there, missed)


def _is_latest(row: Row, newest: Mapping[tuple[str, int], Row]) -> bool:
    latest = newest.get(phase(row))
    return latest is not None and row["period_end"] == latest["period_end"]


def _who(row: Row, area: str) -> str:
    return "|".join((area, row["series"], row["breakdown"], row["category"]))


def _not_there(row: Row, latest: Row, area: str, name: str) -> Finding:
    says = (
        f"{name}, {_group((row['breakdown'], row['category']))}: no row for {latest['period_label']}, the latest period"
    )
    return Finding(says, area, frozenset({latest["period"], latest["period_label"]}), row["category"])
