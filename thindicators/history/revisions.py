"""Revisions: every difference between two tables of observations, as rows.

What belongs here: comparing figure by figure on the key, naming what happened, and telling when a whole series was
restated. What a restated series means for publication belongs to whoever asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import pyarrow as pa

from thindicators.observations.observation import KEY, Row

Kind = Literal["new", "revised", "withdrawn", "restated", "status_changed", "metadata_only"]
Key = tuple[str, ...]
"""The cells of a figure in the columns of `observations.KEY`."""

SeriesOf = tuple[str, str]
"""A series of an indicator: two indicators may call theirs the same."""

MOST = 0.5
"""A series is restated when more than this share of its figures that were there before has moved."""

FEWEST = 4
"""And when figures of at least this many periods have moved: of a short series a routine revision moves as much."""

_INDICATOR = KEY.index("indicator")
_PERIOD = KEY.index("period")
_SERIES = KEY.index("series")
_MEASURED = ("value", "lower_ci_95", "upper_ci_95", "numerator", "denominator", "unit")
_DESCRIBED = ("period_label", "revision", "note", "area_name", "source_text")


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

    key: Key
    kind: Kind
    old: float | None
    new: float | None
    old_status: str | None
    new_status: str | None
    size: float | None
    size_in_limits: float | None
    changed: tuple[str, ...]

    @property
    def named(self) -> dict[str, str]:
        """The key, by the names of its columns."""
        return dict(zip(KEY, self.key, strict=True))

    @property
    def series(self) -> str:
        """The series of the figure."""
        return self.key[_SERIES]

    @property
    def row(self) -> dict[str, object]:
        """As a row of `revisions.csv`."""
        return {
            **self.named,
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
    revisions: list[Revision] = []
    for key in sorted(old.keys() | new.keys()):
        revision = _difference(key, old.get(key), new.get(key))
        if revision is not None:
            revisions.append(revision)
    restated = _moved_at_once(old, revisions)
    return [_as_restated(revision, restated) for revision in revisions]


def restated_series(revisions: Iterable[Revision]) -> set[str]:
    """The names of the series that were restated."""
    return {revision.series for revision in revisions if revision.kind == "restated"}


def _moved_at_once(before: Mapping[Key, Row], revisions: Iterable[Revision]) -> set[SeriesOf]:
    """The series of which most figures, over several periods, have moved."""
    figures = Counter(_series_of(key) for key, row in before.items() if row["value"] is not None)
    moved = [each.key for each in revisions if each.kind == "revised" and each.size]
    moved_figures = Counter(_series_of(key) for key in moved)
    # A period has many figures: each counts once for its series, whatever its groups and areas.
    periods = {(_series_of(key), key[_PERIOD]) for key in moved}
    moved_periods = Counter(series for series, _ in periods)
    return {
        series
        for series, count in moved_figures.items()
        if count > MOST * figures[series] and moved_periods[series] >= FEWEST
    }


def _difference(key: Key, old: Row | None, new: Row | None) -> Revision | None:
    if old is None or new is None:
        kind: Kind = "new" if old is None else "withdrawn"
        return _revision(key, kind, old or {}, new or {}, ())
    measured = _differing(_MEASURED, old, new)
    described = _differing(_DESCRIBED, old, new)
    # In the order of what matters most: a figure that goes, or comes, changes its other columns as well.
    if old["status"] != new["status"]:
        return _revision(key, "status_changed", old, new, ("status", *measured, *described))
    if measured:
        return _revision(key, "revised", old, new, (*measured, *described))
    if described:
        return _revision(key, "metadata_only", old, new, described)
    return None


def _differing(columns: Iterable[str], old: Row, new: Row) -> tuple[str, ...]:
    return tuple(column for column in columns if old[column] != new[column])


def _revision(
    key: Key,
    kind: Kind,
    old: Row,
    new: Row,
    changed: tuple[str, ...],
) -> Revision:
    before, after = old.get("value"), new.get("value")
    # Rounded, since the difference of two decimal fractions is seldom one in binary.
    size = None if before is None or after is None else round(after - before, 10)
    return Revision(
        key=key,
        kind=kind,
        old=before,
        new=after,
        old_status=old.get("status"),
        new_status=new.get("status"),
        size=size,
        size_in_limits=_in_limits(size, old),
        changed=changed,
    )


def _in_limits(size: float | None, old: Row) -> float | None:
    lower, upper = old.get("lower_ci_95"), old.get("upper_ci_95")
    if size is None or lower is None or upper is None:
        return None
    if upper <= lower:
        return None
    half_width = float((upper - lower) / 2)
    return round(size / half_width, 4)


def _as_restated(revision: Revision, restated: set[SeriesOf]) -> Revision:
    """A revision by its right name: one of a series that was restated is no routine one."""
    if revision.kind == "revised" and _series_of(revision.key) in restated:
        return replace(revision, kind="restated")
    return revision


def _by_key(table: pa.Table) -> dict[Key, Row]:
    return {tuple(row[column] for column in KEY): row for row in table.to_pylist()}


def _series_of(key: Key) -> SeriesOf:
    return key[_INDICATOR], key[_SERIES]
