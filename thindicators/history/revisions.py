"""Revisions: every difference between two tables of observations, as rows.

What belongs here: comparing figure by figure on the key, naming what happened, and telling when a whole series was
restated. What a restated series means for publication belongs to whoever asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from math import inf
from typing import Literal

import pyarrow as pa

from thindicators.history.differing import Cells, differing
from thindicators.observations.observation import KEY, Row, key_of, rows_of

Kind = Literal[
    "new", "revised", "withdrawn", "restated", "status_changed", "metadata_only", "ended"
]
Key = tuple[str, ...]
"""What tells a figure from all others, in the order of `observation.KEY`."""

SeriesOf = tuple[str, str]
"""An indicator, and one of its series."""

MOST = 0.5
"""A series is restated when more than this share of its figures that were there before has moved."""

FEWEST = 4
"""And when figures of at least this many periods have moved: of a short series a routine revision moves as much."""

_INDICATOR, _PERIOD, _SERIES = (KEY.index(name) for name in ("indicator", "period", "series"))
_MEASURED = ("value", "lower_ci_95", "upper_ci_95", "numerator", "denominator", "unit")
_DESCRIBED = ("period_label", "revision", "note", "area_name", "source_text")
_COMPARED = (*_MEASURED, "status", *_DESCRIBED)


@dataclass(frozen=True)
class Revision:
    """One difference between two tables.

    Attributes:
        key: Of the figure, in the order of `observation.KEY`.
        kind: What happened.
        old, new: The figure before and after, None where there is none.
        old_status, new_status: Why there was or is none.
        size: `new` minus `old`, in the unit of the figure.
        size_in_limits: `size` as a share of the half width of the old limits; beyond 1 it left them.
        changed: The columns that differ.
        old_unit, new_unit: The unit before and after, None where there is no figure.
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
    old_unit: str | None = None
    new_unit: str | None = None

    @property
    def unit_changed(self) -> bool:
        """Whether the figure is in another unit than before, so that the two cannot be compared."""
        return "unit" in self.changed

    @property
    def series(self) -> str:
        """The series of the figure."""
        return self.key[_SERIES]

    @property
    def named(self) -> dict[str, str]:
        """The key of the figure, by the names of its columns."""
        return dict(
            zip(
                KEY,
                self.key,
                strict=True,
            )
        )

    @property
    def row(self) -> dict[str, object]:
        """The difference as a row of `revisions.csv`."""
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


def compare(
    before: pa.Table,
    after: pa.Table,
    closed: Collection[SeriesOf] = (),
) -> list[Revision]:
    """Every difference between two tables of the contract, in the order of the key.

    The snapshot that a figure was read from is no difference: the same figure may stand in newer bytes.

    Args:
        before: One table.
        after: The other.
        closed: The series of `after` that have ended: a figure that stood before and is now one of theirs is not new.
    """
    revisions = []
    new: dict[Key, Cells | None] = {}
    for key, old_cells, new_cells in differing(before, after, _COMPARED):
        new[key] = new_cells
        revisions.append(_difference(key, old_cells, new_cells))
    restated = _moved_at_once(before, revisions)
    stood = {_without_series(key_of(row), row) for row in rows_of(before)} if closed else set()
    named = []
    for revision in revisions:
        if revision.kind == "revised" and _series_of(revision.key) in restated:
            named.append(replace(revision, kind="restated"))
        elif revision.kind == "new" and _series_of(revision.key) in closed:
            has_stood = _without_series(revision.key, new[revision.key] or {}) in stood
            named.append(replace(revision, kind="ended") if has_stood else revision)
        else:
            named.append(revision)
    return named


def _without_series(key: Key, row: Cells | Row) -> tuple[object, ...]:
    """A figure and what it is about, whatever series it is published in."""
    by_name: Cells = row
    about = (*key[:_SERIES], *key[_SERIES + 1 :])
    return (*about, *(by_name[name] for name in (*_MEASURED, "status")))


def moved_by_percent(revision: Revision) -> float:
    """By how many percent of what it was a figure has moved; none if there was or is no figure."""
    if revision.old is None or revision.new is None:
        return 0
    # From nothing, any step is beyond all bounds.
    if not revision.old:
        return inf
    return abs(revision.new - revision.old) / abs(revision.old) * 100


def _moved_at_once(before: pa.Table, revisions: Iterable[Revision]) -> set[SeriesOf]:
    """The series of which so many figures have moved that the whole was worked out anew."""
    figures = _figures_of_series(before)
    moved = [revision for revision in revisions if revision.kind == "revised" and revision.size]
    moved_figures = Counter(_series_of(revision.key) for revision in moved)
    # A period counts once, in however many areas and groups its figures have moved.
    moved_periods = {(_series_of(revision.key), revision.key[_PERIOD]) for revision in moved}
    periods = Counter(series for series, _ in moved_periods)
    return {
        series
        for series, count in moved_figures.items()
        if count > MOST * figures[series] and periods[series] >= FEWEST
    }


def _figures_of_series(table: pa.Table) -> dict[SeriesOf, int]:
    """How many figures each series has."""
    counted = table.group_by(["indicator", "series"]).aggregate([("value", "count")])
    return {(row["indicator"], row["series"]): row["value_count"] for row in counted.to_pylist()}


def _difference(
    key: Key,
    old: Cells | None,
    new: Cells | None,
) -> Revision:
    if old is None or new is None:
        kind: Kind = "new" if old is None else "withdrawn"
        return _revision(key, kind, old, new, ())
    measured = _differing(old, new, _MEASURED)
    described = _differing(old, new, _DESCRIBED)
    changed = (*measured, *described)
    # A figure that went or came is told as such, even where its limits have changed as well.
    if old["status"] != new["status"]:
        return _revision(key, "status_changed", old, new, ("status", *changed))
    if measured:
        return _revision(key, "revised", old, new, changed)
    return _revision(key, "metadata_only", old, new, changed)


def _differing(
    old: Cells,
    new: Cells,
    columns: tuple[str, ...],
) -> tuple[str, ...]:
    """Those of some columns in which two rows differ."""
    return tuple(column for column in columns if old[column] != new[column])


def _revision(
    key: Key,
    kind: Kind,
    old: Cells | None,
    new: Cells | None,
    changed: tuple[str, ...],
) -> Revision:
    before = _number(old, "value")
    after = _number(new, "value")
    size = None
    # Figures in two units have no difference.
    if before is not None and after is not None and "unit" not in changed:
        # Ten decimals are more than any publisher gives; beyond them is the noise of subtraction.
        size = round(after - before, 10)
    return Revision(
        key=key,
        kind=kind,
        old=before,
        new=after,
        old_status=_text(old, "status"),
        new_status=_text(new, "status"),
        size=size,
        size_in_limits=_in_limits(size, old),
        changed=changed,
        old_unit=_text(old, "unit"),
        new_unit=_text(new, "unit"),
    )


def _number(figure: Cells | None, column: str) -> float | None:
    cell = figure[column] if figure else None
    return cell if isinstance(cell, float) else None


def _text(figure: Cells | None, column: str) -> str | None:
    cell = figure[column] if figure else None
    return cell if isinstance(cell, str) else None


def _in_limits(size: float | None, old: Cells | None) -> float | None:
    if size is None or old is None:
        return None
    lower, upper = _number(old, "lower_ci_95"), _number(old, "upper_ci_95")
    if lower is None or upper is None or upper <= lower:
        return None
    return round(size / ((upper - lower) / 2), 4)


def _series_of(key: Key) -> SeriesOf:
    return key[_INDICATOR], key[_SERIES]
