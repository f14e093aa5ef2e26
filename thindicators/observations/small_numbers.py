"""Small numbers: which cells of a table of counts must be withheld, so that no person can be recognised in it.

What belongs here: the rule, as a pure function of counts. Which rows of a file make up a table belongs in `sources`.

A count from 1 to 4 is withheld. So is every further cell without which a withheld one could be worked out from its
neighbours and their total (secondary suppression). A reader is taken to know the published cells, that the groups of a
dimension make up the total, and that a withheld count is at least one, because a true zero is never withheld.
See https://analysisfunction.civilservice.gov.uk/policy-store/disclosure-control-for-tables/ for the practice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SMALL = (1, 2, 3, 4)
"""The counts that are withheld."""


@dataclass(frozen=True)
class Cell:
    """One cell of a table: a total, or one group of a dimension.

    Attributes:
        dimension: What the total is divided by, such as `sex`; empty for the total.
        group: Its name in the dimension.
        counts: One count; or those that belong together: counted, not counted, and both, as of a percentage with its
            numerator and denominator. None if the supplier has withheld them.
        confidential: Whether the supplier has withheld them because they are small.
    """

    dimension: str
    group: str
    counts: tuple[float, ...] | None
    confidential: bool = False

    @property
    def is_small(self) -> bool:
        """Whether one of its counts is from 1 to 4."""
        return self.counts is not None and any(count in SMALL for count in self.counts)

    @property
    def is_zero(self) -> bool:
        """Whether it counts nothing at all."""
        return self.counts is not None and not any(self.counts)


def withheld(cells: Iterable[Cell]) -> frozenset[Cell]:
    """The cells of one table that must be withheld; the same cells give the same answer in any order.

    Args:
        cells: At most one total, and the groups of any number of dimensions, each of which makes up that total.
    """
    given = list(cells)
    hidden = {cell for cell in given if cell.is_small}
    total = next((cell for cell in given if not cell.dimension), None)
    if total is None:
        return frozenset(hidden)
    dimensions = [
        sorted((cell for cell in given if cell.dimension == name), key=lambda cell: cell.group)
        for name in sorted({cell.dimension for cell in given} - {""})
    ]
    has_secret = any(cell.is_small or cell.confidential for cell in given)
    while found := _next(total, dimensions, hidden, has_secret):
        hidden.add(found)
    return frozenset(hidden)


def _next(
    total: Cell, dimensions: Sequence[Sequence[Cell]], hidden: set[Cell], has_secret: bool
) -> Cell | None:
    """One more cell to withhold: the smallest of a dimension that gives something away, or else the total."""
    for groups in dimensions:
        if _gives_away(total, groups, hidden, has_secret):
            left = [
                cell
                for cell in groups
                if cell.counts is not None and cell not in hidden and not cell.is_zero
            ]
            if left:
                return min(left, key=lambda cell: (cell.counts or (), cell.group))
            if total.counts is not None and total not in hidden and not total.is_zero:
                return total
    return None


def _gives_away(total: Cell, groups: Sequence[Cell], hidden: set[Cell], has_secret: bool) -> bool:
    """Whether a withheld cell can be worked out from what is left of a dimension and its total."""
    absent = [cell for cell in groups if cell in hidden or cell.counts is None]
    shown = [cell.counts for cell in groups if cell not in hidden and cell.counts is not None]
    if total.counts is None or total in hidden:
        return (
            has_secret
            and not absent
            and (total.counts is None or not any(_rest(total.counts, shown)))
        )
    rest = _rest(total.counts, shown)
    in_no_group = _few_in_no_group(total.counts, groups)
    if not in_no_group and not any(cell in hidden or cell.confidential for cell in absent):
        return False
    several = len(absent) + in_no_group
    return several == 1 or any(
        count <= least * several for count, least in zip(rest, _least(rest), strict=True)
    )


def _few_in_no_group(total: tuple[float, ...], groups: Sequence[Cell]) -> bool:
    """Whether the total holds a small number that no group shows, such as those whose sex is not known."""
    known = [cell.counts for cell in groups if cell.counts is not None]
    rest = _rest(total, known)
    return len(known) == len(groups) and min(rest) >= 0 and any(count in SMALL for count in rest)


def _rest(total: tuple[float, ...], shown: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    """What the total leaves for the cells that are not shown, for each count that all of them have."""
    kinds = min(map(len, [total, *shown]))
    return tuple(total[kind] - sum(counts[kind] for counts in shown) for kind in range(kinds))


def _least(rest: tuple[float, ...]) -> tuple[int, ...]:
    """The least that each count of a withheld cell can be."""
    return (1,) if len(rest) == 1 else (0, 0, 1)
