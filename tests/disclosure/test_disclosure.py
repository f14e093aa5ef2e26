"""Nothing that is withheld can be worked out, by a reader who knows the rule, from any small table."""

from __future__ import annotations

import pytest

from tests.disclosure.kinds import attacks
from tests.disclosure.reader import Attack, attack, one_dimension
from thindicators.observations import small_numbers


@pytest.fixture(scope="module")
def tried() -> list[Attack]:
    return list(attacks())


def test_no_withheld_cell_is_recovered(tried: list[Attack]) -> None:
    assert {each.name: each.recovered for each in tried if each.recovered} == {}


def test_each_kind_was_tried_on_hundreds_of_withheld_cells_whose_alternatives_were_all_there(
    tried: list[Attack],
) -> None:
    for each in tried:
        assert each.cells - each.at_the_edge >= 50, each


def test_the_reader_recovers_a_cell_where_nothing_is_withheld_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The attack itself can fail: with the small cells alone withheld, the total gives each of them away."""

    def only_small(cells: object, earlier: object = ()) -> frozenset[small_numbers.Cell]:
        return frozenset(cell for cell in cells if cell.is_small)  # type: ignore[attr-defined]

    monkeypatch.setattr("tests.disclosure.reader.withheld", only_small)
    result = attack("careless", one_dimension(2, 12), lambda _: True)
    assert len(result.recovered) > 10
