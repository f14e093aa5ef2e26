"""The kinds of tables that are enumerated, and how large."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tests.disclosure.reader import (
    Attack,
    attack,
    corrected_once,
    one_dimension,
    percentages,
    two_dimensions,
    with_a_group_that_holds_the_total,
    without_total,
)
from thindicators.observations.small_numbers import Cell

Releases = Sequence[Sequence[Cell]]


def attacks() -> Iterator[Attack]:
    """Every kind of table, tried."""
    for groups, largest in ((2, 20), (3, 14), (4, 10)):
        name = f"a total and {groups} groups"
        yield attack(name, one_dimension(groups, largest), _sums_within(largest))
    for first, second, largest in ((2, 2, 16), (2, 3, 13)):
        name = f"a total divided in two ways, into {first} and into {second}"
        yield attack(name, two_dimensions(first, second, largest), _sums_within(largest))
    yield attack("two ways, without the total", without_total(2, 2, 14), _sums_within(14))
    yield attack(
        "a group that holds the total",
        with_a_group_that_holds_the_total(24),
        lambda releases: sum(releases[0][1].counts or ()) <= 24,
    )
    yield attack(
        "percentages of 2 groups, with numerators and denominators",
        percentages(2, 10),
        lambda releases: (releases[0][0].counts or (0,))[-1] <= 10,
    )
    for groups, largest in ((2, 14), (3, 9)):
        name = f"a total and {groups} groups, and again with one group corrected"
        yield attack(name, corrected_once(groups, largest), _sums_within(largest))


def _sums_within(largest: int) -> Callable[[Releases], bool]:
    """Whether the groups of each release add up to no more than the largest group that was tried."""

    def is_inside(releases: Releases) -> bool:
        for cells in releases:
            groups = [cell.counts or (0,) for cell in cells if cell.dimension == "a"]
            if sum(counts[0] for counts in groups) > largest:
                return False
        return True

    return is_inside
