"""Revisions: every difference between two tables of observations, as rows.

What belongs here: comparing figure by figure on the key, naming what happened, and telling when a whole series was
restated. What a restated series means for publication belongs to whoever asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from thindicators.observations.observation import KEY

Kind = Literal["new", "revised", "withdrawn", "restated", "status_changed", "metadata_only"]
Row = Mapping[str, Any]
SeriesOf = tuple[str, str]

MOST = 0.5
"""A series is restated when more than this share of its figures that were there before has moved."""

FEWEST = 4
"""And when figures of at least this many periods have moved: of a short series a routine revision moves as much."""

_PERIOD, _SERIES = KEY.index("period"), KEY.index("series")
_MEASURED = ("value", "lower_ci_95", "upper_ci_95", "numerator", "denominator", "unit")
_SAID = ("period_label", "revision", "note", "area_name", "source_text")


@dataclass(frozen=True)
class Revision:
    """One difference between two tables.

    Attributes:
        key: Of the figure, in the order of `observations.KEY`.
        kind: What happened.
        old, new: The figure before and after, None where there is none.
        old_status, new_status: Why there was or is none.
        size: `new` minus `old`, in the unit of the figure.
        size_in_limits: `size` as a share of the half width of the old limits; beyond 1 it left them.
        changed: The columns that differ.
    """

    key: tuple[str, ...]
    kind: Kind
    old: float | None
    new: float | None
    old_status: str | None
    new_status: str | None
    size: float | None
    size_in_limits: float | None
    changed: tuple[str, ...]

    @property
    def series(self) -> str:
        """The series of the figure."""
        return self.key[_SERIES]

    @property
    def row(self) -> dict[str, object]:
        """As a row of `revisions.csv`."""
        named = dict(zip(KEY, self.key, strict=True))
        return {
            **named,
            "kind": self.kind,
            "old_value": self.old,
            "new_value": self.new,
            "old_status": self.old_status,
            "new_status": self.new_status,
            "size": self.size,
            "size_in_limits": self.size_in_limits,
            "changed": " ".join(self.changed),
        }


def compare(before: pa.Table, after: pa.Table) -> list[Revision]:
    """Every difference between two tables of the contract, in the order of the key.

    The snapshot that a figure was read from is no difference: the same figure may stand in newer bytes.
    """
    old, new = _by_key(before), _by_key(after)
    found = [_difference(key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())]
    revisions = [one for one in found if one is not None]
    restated = _moved_at_once(before, revisions)
    return [
        _as_restated(one) if one.kind == "revised" and _series_of(one.key) in restated else one for one in revisions
    ]


def restated_series(revisions: Iterable[Revision]) -> set[str]:
    """The names of the series that were restated."""
    return {one.series for one in revisions if one.kind == "restated"}


def _moved_at_once(before: pa.Table, revisions: Iterable[Revision]) -> set[SeriesOf]:
    there = Counter(_series_of(key) for key, row in _by_key(before).items() if row["value"] is not None)
    moved = [one for one in revisions if one.kind == "revised" and one.size]
    figures = Counter(_series_of(one.key) for one in moved)
    periods = Counter(series for series, _ in {(_series_of(one.key), one.key[_PERIOD]) for one in moved})
    return {series for series, count in figures.items() if count > MOST * there[series] and periods[series] >= FEWEST}


def _difference(key: tuple[str, ...], old: Row | None, new: Row | None) -> Revision | None:
    if old is None or new is None:
        kind: Kind = "new" if old is None else "withdrawn"
        return _revision(key, kind, old or {}, new or {}, ())
    measured = tuple(name for name in _MEASURED if old[name] != new[name])
    said = tuple(name for name in _SAID if old[name] != new[name])
    if old["status"] != new["status"]:
        return _revision(key, "status_changed", old, new, ("status", *measured, *said))
    if measured:
        return _revision(key, "revised", old, new, (*measured, *said))
    return _revision(key, "metadata_only", old, new, said) if said else None


def _revision(key: tuple[str, ...], kind: Kind, old: Row, new: Row, changed: tuple[str, ...]) -> Revision:
    before, after = old.get("value"), new.get("value")
    size = None if before is None or after is None else round(after - before, 10)
    return Revision(
        key, kind, before, after, old.get("status"), new.get("status"), size, _in_limits(size, old), changed
    )


def _in_limits(size: float | None, old: Row) -> float | None:
    lower, upper = old.get("lower_ci_95"), old.get("upper_ci_95")
    if size is None or lower is None or upper is None or upper <= lower:
        return None
    return round(size / float((upper - lower) / 2), 4)


def _as_restated(one: Revision) -> Revision:
    return Revision(
        one.key, "restated", one.old, one.new, one.old_status, one.new_status, one.size, one.size_in_limits, one.changed
    )


def _by_key(table: pa.Table) -> dict[tuple[str, ...], Row]:
    return {tuple(row[name] for name in KEY): row for row in table.to_pylist()}


def _series_of(key: tuple[str, ...]) -> SeriesOf:
    return key[KEY.index("indicator")], key[_SERIES]
