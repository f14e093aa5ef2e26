"""Small numbers: which cells of a table of counts must be withheld, so that no person can be recognised in it.

What belongs here: the rule, as a pure function of counts. Which rows of a file make up a table belongs in `sources`.

A count from 1 to 4 is withheld. So is every further cell without which a withheld one could be worked out (secondary
suppression): from its neighbours and their total, from a group that holds the total and a few more, or from what an
earlier release said. A reader is taken to know the rule itself, that the groups of a dimension make up the total, that a
withheld count is at least one, because a true zero is never withheld, and which cells have not changed between releases.
See https://analysisfunction.civilservice.gov.uk/policy-store/disclosure-control-for-tables/ for the practice.

All withheld cells must look alike: a mark that tells which of two is the small one gives both away.
`python -m tests.disclosure` enumerates small tables, and tries as such a reader to work out what was withheld.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

SMALL = (1, 2, 3, 4)
"""The counts that are withheld."""

Counts = tuple[float, ...]
"""One count; or those that belong together: counted, not counted, and both."""


@dataclass(frozen=True)
class Cell:
    """One cell of a table: a total, or one group of a dimension.

    Attributes:
        dimension: What the total is divided by, such as `sex`; empty for the total.
        group: Its name in the dimension.
        counts: One count; or counted, not counted, and both, as of a percentage with its numerator and denominator.
            None if the supplier has withheld them.
        confidential: Whether the supplier has withheld them because they are small.
    """

    dimension: str
    group: str
    counts: Counts | None
    confidential: bool = False

    @property
    def name(self) -> tuple[str, str]:
        """What tells the cell from the others of its table, also in another release."""
        return self.dimension, self.group

    @property
    def is_small(self) -> bool:
        """Whether one of its counts is from 1 to 4."""
        return self.counts is not None and any(count in SMALL for count in self.counts)

    @property
    def is_zero(self) -> bool:
        """Whether it counts nothing at all."""
        return self.counts is not None and not any(self.counts)


@dataclass
class _Reader:
    """What a reader has learnt of a table from earlier releases, by the names of its cells.

    Attributes:
        shown: The counts that each cell had when it was last shown.
        hidden: The counts of each cell that the last release withheld.
        knows_of_secrets: Whether any release withheld something.
    """

    shown: dict[tuple[str, str], Counts] = field(default_factory=dict)
    hidden: dict[tuple[str, str], Counts] = field(default_factory=dict)
    knows_of_secrets: bool = False

    def knows(self, cell: Cell) -> bool:
        """Whether the cell was shown once with the counts that it has."""
        return cell.counts is not None and self.shown.get(cell.name) == cell.counts

    def must_not_learn(self, cell: Cell) -> bool:
        """Whether the cell was withheld, and what it has now would tell what it had then."""
        return cell.counts is not None and self.hidden.get(cell.name) == cell.counts

    def corrected(self, cells: Iterable[Cell]) -> frozenset[Cell]:
        """The cells with other counts than they had when they were last published or withheld."""
        before = {**self.shown, **self.hidden}
        return frozenset(
            cell for cell in cells if before.get(cell.name, cell.counts) != cell.counts
        )

    def reads(
        self,
        cells: Iterable[Cell],
        withheld_cells: frozenset[Cell],
    ) -> None:
        """Take in one release."""
        self.knows_of_secrets = self.knows_of_secrets or bool(withheld_cells)
        for cell in cells:
            if cell.counts is None:
                continue
            if cell in withheld_cells:
                self.hidden[cell.name] = cell.counts
            else:
                self.shown[cell.name] = cell.counts
                self.hidden.pop(cell.name, None)


def withheld(cells: Iterable[Cell], earlier: Iterable[Sequence[Cell]] = ()) -> frozenset[Cell]:
    """The cells of one table that must be withheld; the same cells give the same answer in any order.

    Args:
        cells: At most one total, and the groups of any number of dimensions, each of which makes up that total.
        earlier: The same table as it was in earlier releases, from the oldest on.
    """
    # Each release was published by the rule as the readers of its day were then.
    reader = _Reader()
    hidden: frozenset[Cell] = frozenset()
    for version in (*earlier, list(cells)):
        hidden = _Table.of(version, reader).withheld()
        reader.reads(version, hidden)
    return hidden


@dataclass(frozen=True)
class _Table:
    """One version of a table, as a reader of earlier versions sees it.

    Attributes:
        total: The total; None if there is no such row.
        dimensions: The groups of each dimension, in the order of their names.
        already_known: Cells that an earlier release showed as they are; withholding them now hides nothing.
        still_secret: Cells that an earlier release withheld as they are; showing them would tell what they were.
        corrected: Cells that have changed since an earlier release.
        had_secrets: Whether an earlier release withheld something.
    """

    total: Cell | None
    dimensions: tuple[tuple[Cell, ...], ...]
    already_known: frozenset[Cell]
    still_secret: frozenset[Cell]
    corrected: frozenset[Cell]
    had_secrets: bool

    @classmethod
    def of(
        cls,
        cells: Sequence[Cell],
        reader: _Reader,
    ) -> _Table:
        """A table from its cells, in any order."""
        by_dimension: dict[str, list[Cell]] = {}
        for cell in sorted(cells, key=lambda cell: cell.name):
            by_dimension.setdefault(cell.dimension, []).append(cell)
        totals = by_dimension.pop("", [])
        return cls(
            total=totals[0] if totals else None,
            dimensions=tuple(tuple(groups) for groups in by_dimension.values()),
            already_known=frozenset(cell for cell in cells if reader.knows(cell)),
            still_secret=frozenset(cell for cell in cells if reader.must_not_learn(cell)),
            corrected=reader.corrected(cells),
            had_secrets=reader.knows_of_secrets,
        )

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells, the total first."""
        groups = [cell for dimension in self.dimensions for cell in dimension]
        return (*([self.total] if self.total is not None else []), *groups)

    def withheld(self) -> frozenset[Cell]:
        """The cells that must be withheld."""
        hidden = {cell for cell in self.cells if cell.is_small} | set(self.still_secret)
        hidden |= self._of_a_correction(hidden)
        while more := self._next(hidden) or self._all_beside_a_secret_total(hidden):
            hidden |= more
        return frozenset(hidden)

    def _of_a_correction(self, hidden: set[Cell]) -> set[Cell]:
        """The total and what was corrected, of a table that was corrected and has, or had, something to hide.

        Who knows that one group was corrected has its change from the totals before and after, and has the total from
        the change of a group. Here alone a true zero is withheld, if it was something else before.
        """
        has_secrets = bool(hidden) or self.had_secrets
        if self.total is None or not self.corrected or not has_secrets:
            return set()
        more = set(self.corrected)
        if self._can_be_withheld(self.total, hidden):
            more.add(self.total)
        return more

    def _all_beside_a_secret_total(self, hidden: set[Cell]) -> set[Cell]:
        """Every group of each dimension with a secret, where no total is shown.

        How the rule treats one dimension then tells something of the total, and that tells something of another.
        """
        # With one dimension the total goes only after all of its groups.
        if len(self.dimensions) < 2 or not hidden:
            return set()
        if self.total is not None and self._is_seen(self.total, hidden):
            return set()
        more = set()
        for groups in self.dimensions:
            if any(self._is_secret(cell, hidden) for cell in groups):
                more |= {cell for cell in groups if self._can_be_withheld(cell, hidden)}
        return more

    def _next(self, hidden: set[Cell]) -> set[Cell]:
        """More cells to withhold, because without them something can be worked out; none if nothing can."""
        # One step at a time, so that each further cell is chosen by what the others leave.
        for groups in self.dimensions:
            if revealing := self._groups_beside_the_total(groups, hidden):
                return revealing
            if self._gives_away(groups, hidden):
                if more := self._smallest_shown(groups, hidden):
                    return more
                if self.total is not None and self._can_be_withheld(self.total, hidden):
                    return {self.total}
                # The total follows from another dimension, all of which is shown.
                for others in self.dimensions:
                    more = self._smallest_shown(others, hidden)
                    if more and not self._unseen(others, hidden):
                        return more
        return set()

    def _is_seen(
        self,
        cell: Cell,
        hidden: set[Cell],
    ) -> bool:
        """Whether a reader knows the counts of a cell."""
        return cell.counts is not None and (cell not in hidden or cell in self.already_known)

    def _unseen(
        self,
        groups: Sequence[Cell],
        hidden: set[Cell],
    ) -> list[Cell]:
        return [cell for cell in groups if not self._is_seen(cell, hidden)]

    def _can_be_withheld(
        self,
        cell: Cell,
        hidden: set[Cell],
    ) -> bool:
        """Whether withholding a cell would take something from a reader; a true zero is never withheld."""
        return self._is_seen(cell, hidden) and not cell.is_zero and cell not in self.already_known

    def _smallest_shown(
        self,
        groups: Sequence[Cell],
        hidden: set[Cell],
    ) -> set[Cell]:
        """The smallest groups that can still be withheld: all of one size, so that their order tells nothing."""
        # The smallest loses readers least; what it hides beside it stays hidden.
        left = [cell for cell in groups if self._can_be_withheld(cell, hidden)]
        smallest = min((cell.counts or () for cell in left), default=())
        return {cell for cell in left if cell.counts == smallest}

    def _total_of_reader(self, hidden: set[Cell]) -> Counts | None:
        """The total as a reader knows it: shown, or the sum of a dimension all of which is seen."""
        if self.total is not None and self._is_seen(self.total, hidden):
            return self.total.counts
        for groups in self.dimensions:
            if not self._unseen(groups, hidden) and self._makes_up_the_total(groups):
                return _sum([cell.counts for cell in groups if cell.counts is not None])
        return None

    def _makes_up_the_total(self, groups: Sequence[Cell]) -> bool:
        """Whether the groups of a dimension add up to the total, as far as it is known here."""
        if self.total is None or self.total.counts is None:
            return True
        counts = [cell.counts for cell in groups if cell.counts is not None]
        return len(counts) == len(groups) and not any(_rest(self.total.counts, counts))

    def _gives_away(
        self,
        groups: Sequence[Cell],
        hidden: set[Cell],
    ) -> bool:
        """Whether a withheld cell can be worked out from what is left of a dimension and its total."""
        total = self._total_of_reader(hidden)
        if total is None or _overlap(self.total, groups):
            return False
        unseen = self._unseen(groups, hidden)
        # A total that is withheld can be worked out as long as all of a dimension is seen.
        if not unseen and self._is_secret(self.total, hidden):
            return self._makes_up_the_total(groups)
        in_no_group = _few_in_no_group(self.total, groups)
        if not in_no_group and not any(self._is_secret(cell, hidden) for cell in unseen):
            return False
        seen = [cell.counts for cell in groups if self._is_seen(cell, hidden) and cell.counts]
        return _is_narrow(
            _rest(total, seen),
            unseen,
            in_no_group,
        )

    def _is_secret(
        self,
        cell: Cell | None,
        hidden: set[Cell],
    ) -> bool:
        if cell is None or self._is_seen(cell, hidden):
            return False
        return cell in hidden or cell.confidential

    def _groups_beside_the_total(
        self,
        groups: Sequence[Cell],
        hidden: set[Cell],
    ) -> set[Cell]:
        """Groups that hold the total and a few more, or all of it but a few, of whom the difference tells."""
        total = self.total
        if total is None or total.counts is None or not self._is_seen(total, hidden):
            return set()
        # Where groups make up the total, the rest of one is the others, which are judged themselves.
        if not _overlap(total, groups):
            return set()
        revealing = set()
        for cell in groups:
            if cell.counts is not None and self._can_be_withheld(cell, hidden):
                difference = [abs(count) for count in _rest(total.counts, [cell.counts])]
                if any(count in SMALL for count in difference):
                    revealing.add(cell)
        return revealing


def _is_narrow(
    rest: Counts,
    unseen: Sequence[Cell],
    in_no_group: bool,
) -> bool:
    """Whether what is left for some cells is so little, or so much, that it tells what each of them is."""
    several = len(unseen) + in_no_group
    if several == 1:
        return True
    for count, least in zip(
        rest,
        _least(rest),
        strict=True,
    ):
        if count <= least * several:
            return True
    # The highest that small counts can be tells as much as the least; of a larger cell, and of one that the supplier
    # withheld, no highest is known.
    all_small = all(cell.is_small for cell in unseen)
    return len(rest) == 1 and all_small and rest[0] >= max(SMALL) * several


def _overlap(total: Cell | None, groups: Sequence[Cell]) -> bool:
    """Whether groups count more than the total does, so that no group follows from the others."""
    if total is None or total.counts is None:
        return False
    counts = [cell.counts for cell in groups if cell.counts is not None]
    return len(counts) == len(groups) and min(_rest(total.counts, counts)) < 0


def _few_in_no_group(total: Cell | None, groups: Sequence[Cell]) -> bool:
    """Whether the total holds a small number that no group shows, such as those whose sex is not known."""
    if total is None or total.counts is None:
        return False
    counts = [cell.counts for cell in groups if cell.counts is not None]
    rest = _rest(total.counts, counts)
    is_whole = len(counts) == len(groups) and min(rest) >= 0
    return is_whole and any(count in SMALL for count in rest)


def _rest(total: Counts, counts: Sequence[Counts]) -> Counts:
    """What the total leaves for the cells that are not shown, for each count that all of them have."""
    if not counts:
        return total
    # What one cell counts less of, such as no denominator, is known of none together.
    return tuple(whole - part for whole, part in zip(total, _sum(counts), strict=False))


def _sum(counts: Sequence[Counts]) -> Counts:
    """The sum of some cells, for each count that all of them have."""
    return tuple(map(sum, zip(*counts, strict=False)))


def _least(rest: Counts) -> tuple[int, ...]:
    """The least that each count of a withheld cell can be."""
    return (1,) if len(rest) == 1 else (0, 0, 1)
