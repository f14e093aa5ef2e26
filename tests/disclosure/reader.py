"""A reader who knows the rule, and every table that there could have been.

What belongs here: enumerating tables, publishing each by the rule, and counting the withheld cells that only one value
fits. Nothing here knows how the rule decides: it is asked, as anybody could ask it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from thindicators.observations.small_numbers import Cell, Counts, withheld

Shown = tuple[Counts | str | None, ...]
"""What is published of each cell: its counts, or that they are withheld."""

WITHHELD = "withheld"


@dataclass
class Attack:
    """What came of trying every table of one kind.

    Attributes:
        name: The kind.
        tables: How many tables have something withheld.
        cells: How many cells are withheld in them.
        at_the_edge: Withheld cells for which one value was found, but not all tables that look alike were tried.
        recovered: The publications from which a withheld cell can be worked out, with the one table that fits.
    """

    name: str
    tables: int = 0
    cells: int = 0
    at_the_edge: int = 0
    recovered: list[tuple[Shown, tuple[Counts | None, ...]]] = field(default_factory=list)


def published(cells: Sequence[Cell], hidden: frozenset[Cell]) -> Shown:
    """What a reader sees of a table."""
    return tuple(WITHHELD if cell in hidden else cell.counts for cell in cells)


def attack(
    name: str,
    tables: Iterable[Sequence[Sequence[Cell]]],
    is_inside: Callable[[Sequence[Sequence[Cell]]], bool],
) -> Attack:
    """Publish each table, and see which withheld cells have one value in all tables that look alike.

    Args:
        name: Of the kind of tables.
        tables: Each as its releases, from the oldest on; every one has the same cells.
        is_inside: Whether all tables that could look like one are among `tables`. At the edge of what was enumerated,
            a cell might seem to have one value only because the others were not tried.
    """
    alike: dict[tuple[Shown, ...], list[Sequence[Sequence[Cell]]]] = defaultdict(list)
    for releases in tables:
        seen = []
        for place, cells in enumerate(releases):
            seen.append(published(cells, withheld(cells, releases[:place])))
        alike[tuple(seen)].append(releases)
    result = Attack(name)
    for seen_releases, candidates in alike.items():
        all_were_tried = all(is_inside(candidate) for candidate in candidates)
        _judge(result, seen_releases, candidates, all_were_tried)
    return result


def _judge(
    result: Attack,
    seen: tuple[Shown, ...],
    candidates: Sequence[Sequence[Sequence[Cell]]],
    all_were_tried: bool,
) -> None:
    counts = [(release, place) for release, shown in enumerate(seen) for place in range(len(shown))]
    hidden = [(release, place) for release, place in counts if seen[release][place] == WITHHELD]
    if not hidden:
        return
    result.tables += len(candidates)
    result.cells += len(hidden) * len(candidates)
    for release, place in hidden:
        values = {candidate[release][place].counts for candidate in candidates}
        if len(values) > 1:
            continue
        # Where others were tried that differ, more could only add to them; where none was, there may be some.
        if not all_were_tried:
            result.at_the_edge += len(candidates)
        else:
            table = tuple(cell.counts for cell in candidates[0][release])
            result.recovered.append((seen[release], table))


def one_dimension(groups: int, largest: int) -> Iterator[list[list[Cell]]]:
    """Every table of a total and its groups, up to a largest group."""
    for counts in product(range(largest + 1), repeat=groups):
        yield [_table(sum(counts), {"a": counts})]


def two_dimensions(first: int, second: int, largest: int) -> Iterator[list[list[Cell]]]:
    """Every table whose total is divided in two ways."""
    for total in range(largest + 1):
        for one_way in _divisions(total, first):
            for other_way in _divisions(total, second):
                yield [_table(total, {"a": one_way, "b": other_way})]


def without_total(first: int, second: int, largest: int) -> Iterator[list[list[Cell]]]:
    """The same, without the row of the total, which a reader may work out."""
    for releases in two_dimensions(first, second, largest):
        yield [[cell for cell in releases[0] if cell.dimension]]


def with_a_group_that_holds_the_total(largest: int) -> Iterator[list[list[Cell]]]:
    """Every total beside a group that counts the same people and some more."""
    for total in range(largest + 1):
        for more in range(largest + 1):
            cells = [_cell("", "total", (total,)), _cell("exceptions", "in", (total + more,))]
            yield [cells]


def percentages(groups: int, largest: int) -> Iterator[list[list[Cell]]]:
    """Every table of percentages whose numerators and denominators are published."""
    pairs = [(count, base) for base in range(largest + 1) for count in range(base + 1)]
    for chosen in product(pairs, repeat=groups):
        triples = [(count, base - count, base) for count, base in chosen]
        total = tuple(map(sum, zip(*triples, strict=True)))
        cells = [_cell("", "total", total)]
        for place, triple in enumerate(triples):
            cells.append(_cell("a", str(place), triple))
        yield [cells]


def corrected_once(groups: int, largest: int) -> Iterator[list[list[Cell]]]:
    """Every table, and the same after one group was corrected and the total with it."""
    for counts in product(range(largest + 1), repeat=groups):
        for place in range(groups):
            for correction in range(largest + 1):
                if correction == counts[place]:
                    continue
                after = (*counts[:place], correction, *counts[place + 1 :])
                yield [_table(sum(counts), {"a": counts}), _table(sum(after), {"a": after})]


def _table(total: int, dimensions: dict[str, Sequence[int]]) -> list[Cell]:
    cells = [_cell("", "total", (total,))]
    for dimension, counts in dimensions.items():
        for place, count in enumerate(counts):
            cells.append(_cell(dimension, str(place), (count,)))
    return cells


def _cell(dimension: str, group: str, counts: Counts) -> Cell:
    return Cell(dimension, group, counts)


def _divisions(total: int, groups: int) -> Iterator[tuple[int, ...]]:
    """Every way to divide a total among some groups."""
    if groups == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for others in _divisions(total - first, groups - 1):
            yield (first, *others)
