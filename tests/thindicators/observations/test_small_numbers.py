"""Small numbers: what is withheld, and that nobody can work it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators.observations.small_numbers import SMALL, Cell, withheld


def table(total: float | None, **dimensions: Sequence[float | None]) -> list[Cell]:
    """A total and the groups of its dimensions; None is a cell that the supplier withheld."""
    cells = [_cell("", "total", total)]
    for name, counts in dimensions.items():
        cells += [_cell(name, f"group {at}", count) for at, count in enumerate(counts)]
    return cells


def _cell(dimension: str, group: str, count: float | None) -> Cell:
    return Cell(dimension, group, None if count is None else (count,), confidential=count is None)


def shown(cells: Sequence[Cell]) -> dict[str, list[float | None]]:
    """What is left of a table, by dimension."""
    hidden = withheld(cells)
    left: dict[str, list[float | None]] = {}
    for cell in cells:
        count = None if cell in hidden or cell.counts is None else cell.counts[0]
        left.setdefault(cell.dimension or "total", []).append(count)
    return left


@pytest.mark.parametrize(
    ("cells", "left"),
    [
        pytest.param(
            table(100, sex=[40, 60]),
            {"total": [100], "sex": [40, 60]},
            id="no small number: nothing",
        ),
        pytest.param(table(3), {"total": [None]}, id="a small total"),
        pytest.param(table(0), {"total": [0]}, id="a true zero stays"),
        pytest.param(table(5), {"total": [5]}, id="five is not small"),
        pytest.param(
            table(23, tenure=[3, 8, 12]),
            {"total": [23], "tenure": [None, None, 12]},
            id="a second cell goes with the one that is small, the smallest there is",
        ),
        pytest.param(
            table(20, tenure=[3, 0, 8, 9]),
            {"total": [20], "tenure": [None, 0, None, 9]},
            id="a zero is no second cell",
        ),
        pytest.param(
            table(12, tenure=[3, 2, 7]),
            {"total": [12], "tenure": [None, None, 7]},
            id="two small ones hide each other",
        ),
        pytest.param(
            table(12, tenure=[1, 1, 10]),
            {"total": [12], "tenure": [None, None, None]},
            id="two ones that must be ones do not hide each other",
        ),
        pytest.param(
            table(6, tenure=[1, 1, 1, 1, 1, 1]),
            {"total": [None], "tenure": [None] * 6},
            id="nothing but ones: the total goes too",
        ),
        pytest.param(
            table(4, tenure=[4, 0], sex=[2, 2]),
            {"total": [None], "tenure": [None, 0], "sex": [None, None]},
            id="a small total and all that shows it",
        ),
        pytest.param(
            table(30, sex=[12, 18], tenure=[3, 7, 20]),
            {"total": [30], "sex": [12, 18], "tenure": [None, None, 20]},
            id="another dimension gives nothing away, and stays",
        ),
        pytest.param(
            table(33, sex=[10, 20]),
            {"total": [33], "sex": [None, 20]},
            id="three in no group could be worked out",
        ),
        pytest.param(
            table(20, needs=[15, 18]),
            {"total": [20], "needs": [15, None]},
            id="groups that overlap, one of which leaves two people out",
        ),
        pytest.param(
            table(30, needs=[15, 18]), {"total": [30], "needs": [15, 18]}, id="groups that overlap"
        ),
        pytest.param(
            table(20, exceptions=[22]),
            {"total": [20], "exceptions": [None]},
            id="a group that holds the total and two more",
        ),
        pytest.param(
            table(8, tenure=[4, 4], sex=[1, 7]),
            {"total": [None], "tenure": [None, None], "sex": [None, None]},
            id="nothing stays beside a total that is withheld",
        ),
        pytest.param(
            table(50, ward=[None, 20, 25]),
            {"total": [50], "ward": [None, None, 25]},
            id="a cell that the supplier withheld is hidden as well",
        ),
        pytest.param(
            table(None, ward=[20, 25]),
            {"total": [None], "ward": [None, 25]},
            id="a total that the supplier withheld is hidden as well",
        ),
    ],
)
def test_what_is_left(cells: list[Cell], left: dict[str, list[float | None]]) -> None:
    assert shown(cells) == left


class TestAPercentageWithItsCounts:
    """Counted, not counted, and both."""

    @pytest.mark.parametrize("counts", [(3, 97, 100), (97, 3, 100), (0, 3, 3), (2, 0, 2)])
    def test_is_withheld_if_any_is_small(self, counts: tuple[float, ...]) -> None:
        cell = Cell("", "total", counts)
        assert withheld([cell]) == {cell}

    def test_is_shown_if_none_is(self) -> None:
        assert not withheld([Cell("", "total", (0, 50, 50)), Cell("", "total", (50, 50, 100))])

    def test_takes_a_second_group_along(self) -> None:
        cells = [
            Cell("", "total", (60, 90, 150)),
            Cell("sex", "female", (3, 47, 50)),
            Cell("sex", "male", (57, 43, 100)),
        ]
        assert withheld(cells) == set(cells[1:])

    def test_is_not_hidden_by_a_group_that_must_be_nothing(self) -> None:
        cells = [
            Cell("", "total", (40, 40, 80)),
            Cell("age", "a", (0, 3, 3)),
            Cell("age", "b", (0, 2, 2)),
            Cell("age", "c", (40, 35, 75)),
        ]
        assert withheld(cells) == set(cells[1:])


class TestCountsWithoutATotal:
    def test_are_withheld_one_by_one(self) -> None:
        cells = [_cell("output", "a", 2), _cell("output", "b", 9), _cell("output", "c", 0)]
        assert withheld(cells) == {cells[0]}


COUNTS = st.lists(st.integers(0, 9), min_size=1, max_size=4)


@st.composite
def tables(draw: st.DrawFn) -> list[Cell]:
    """A total with one dimension or two, each of which makes it up."""
    first = draw(COUNTS)
    total = sum(first)
    if not draw(st.booleans()):
        return table(total, first=first)
    cuts = sorted(draw(st.lists(st.integers(0, total), max_size=2)))
    second = [end - start for start, end in zip([0, *cuts], [*cuts, total], strict=True)]
    return table(total, first=first, second=second)


class TestLaws:
    @given(tables())
    def test_every_small_number_is_withheld(self, cells: list[Cell]) -> None:
        hidden = withheld(cells)
        assert all(cell in hidden for cell in cells if cell.counts and cell.counts[0] in SMALL)

    @given(tables())
    def test_a_true_zero_is_never_withheld(self, cells: list[Cell]) -> None:
        assert not any(cell.is_zero for cell in withheld(cells))

    @given(tables())
    def test_without_a_small_number_nothing_is_withheld(self, cells: list[Cell]) -> None:
        assert any(cell.is_small for cell in cells) or not withheld(cells)

    @given(tables(), st.data())
    def test_a_cell_that_the_supplier_withheld_cannot_be_worked_out_either(
        self, cells: list[Cell], data: st.DataObject
    ) -> None:
        at = data.draw(st.integers(0, len(cells) - 1).filter(lambda at: not cells[at].is_zero))
        handed_in = [
            replace(cell, counts=None, confidential=True) if cell is cells[at] else cell
            for cell in cells
        ]
        hidden = withheld(handed_in)
        absent = frozenset(
            true for true, cell in zip(cells, handed_in, strict=True) if cell in hidden
        ) | {cells[at]}
        possible: dict[Cell, set[int]] = {cell: set() for cell in absent}
        for counts in _all_that_fit(cells, absent):
            for cell, count in counts.items():
                possible[cell].add(count)
        for cell, found in possible.items():
            assert len(found) > 1, f"{cell} must be {found}, as a reader can work out"

    @given(tables())
    def test_withholding_once_more_changes_nothing(self, cells: list[Cell]) -> None:
        hidden = withheld(cells)
        left = [
            replace(cell, counts=None, confidential=True) if cell in hidden else cell
            for cell in cells
        ]
        assert not withheld(left), "what is left gives nothing away that would need another cell"

    @given(tables(), st.randoms(use_true_random=False))
    def test_the_order_of_the_cells_changes_nothing(
        self, cells: list[Cell], chance: object
    ) -> None:
        mixed = list(cells)
        chance.shuffle(mixed)  # type: ignore[attr-defined]
        assert withheld(mixed) == withheld(cells)

    @given(tables())
    def test_no_withheld_cell_can_be_worked_out(self, cells: list[Cell]) -> None:
        hidden = withheld(cells)
        possible: dict[Cell, set[int]] = {cell: set() for cell in hidden}
        for counts in _all_that_fit(cells, hidden):
            for cell, count in counts.items():
                possible[cell].add(count)
        for cell, found in possible.items():
            assert len(found) > 1, f"{cell} must be {found}, as a reader can work out"


def _all_that_fit(cells: Sequence[Cell], hidden: frozenset[Cell]) -> Iterator[dict[Cell, int]]:
    """All counts that the withheld cells may have, for a reader who sees the others."""
    total = cells[0]
    true_total = int((total.counts or (0,))[0])
    totals = range(1, true_total + 3) if total in hidden else [true_total]
    for supposed in totals:
        ways = [
            list(_ways(cells, hidden, name, supposed))
            for name in sorted({cell.dimension for cell in cells} - {""})
        ]
        own = {total: supposed} if total in hidden else {}
        if all(ways):
            for at in range(max(map(len, ways))):
                yield {
                    **own,
                    **{
                        cell: count
                        for way in ways
                        for cell, count in way[min(at, len(way) - 1)].items()
                    },
                }


def _ways(
    cells: Sequence[Cell], hidden: frozenset[Cell], name: str, total: int
) -> Iterator[dict[Cell, int]]:
    groups = [cell for cell in cells if cell.dimension == name]
    absent = [cell for cell in groups if cell in hidden]
    rest = total - sum(int((cell.counts or (0,))[0]) for cell in groups if cell not in hidden)
    if rest < len(absent) or (not absent and rest):
        return
    for counts in product(range(1, rest + 1), repeat=max(len(absent) - 1, 0)):
        last = rest - sum(counts)
        if not absent:
            yield {}
        elif last >= 1:
            yield dict(zip(absent, [*counts, last], strict=True))


class TestACorrection:
    """What an earlier release said is not forgotten."""

    def before_and_after(
        self, before: Sequence[Cell], after: Sequence[Cell]
    ) -> dict[tuple[str, str], float | None]:
        hidden = withheld(after, [before])
        left = {}
        for cell in after:
            left[cell.name] = None if cell in hidden or cell.counts is None else cell.counts[0]
        return left

    def test_a_group_that_has_become_small_is_not_told_by_the_totals(self) -> None:
        """50 of 7 and 43, corrected to 46 of 3 and 43: with 46 shown, 3 is 7 less 4."""
        after = self.before_and_after(table(50, sex=[7, 43]), table(46, sex=[3, 43]))
        # Readers have the 43 already, so that withholding it again would hide nothing.
        assert after == {("", "total"): None, ("sex", "group 0"): None, ("sex", "group 1"): 43}

    def test_a_group_that_was_small_is_not_told_by_the_others_now(self) -> None:
        """46 of 3 and 43, both withheld; corrected to 50 of 7 and 43, 43 would tell that it was 3."""
        after = self.before_and_after(table(46, sex=[3, 43]), table(50, sex=[7, 43]))
        assert after["sex", "group 1"] is None
        assert after["", "total"] is None

    def test_a_table_without_small_numbers_is_corrected_in_the_open(self) -> None:
        after = self.before_and_after(table(50, sex=[7, 43]), table(51, sex=[8, 43]))
        assert None not in after.values()

    def test_a_table_that_has_not_changed_is_as_it_was(self) -> None:
        cells = table(46, sex=[3, 13, 30])
        assert withheld(cells, [cells]) == withheld(cells)

    def test_three_releases_tell_no_more_than_two(self) -> None:
        first, second = table(50, sex=[7, 43]), table(46, sex=[3, 43])
        assert withheld(second, [first, second]) == withheld(second, [first])
