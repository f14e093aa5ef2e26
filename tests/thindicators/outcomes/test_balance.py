"""What stands follows from the entries alone: figures, ended series and their names, windows, holds and acceptances."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from tests.thindicators.outcomes.past import DAY, figures, reading, values_of
from thindicators.outcomes.balance import Balance, fold, table_of_balance
from thindicators.outcomes.entries import (
    Accepted,
    AskedAnew,
    Empty,
    Event,
    Failed,
    Gave,
    Held,
    Published,
    Terms,
)
from thindicators.outcomes.holds import repeated_keys
from thindicators.outcomes.outcome import Acceptance

A, B, C = ({2021: 1.0 * size, 2022: 2.0 * size, 2023: 3.0 * size} for size in (1, 10, 100))


class Past:
    """Entries, and the tables that they name."""

    def __init__(self) -> None:
        self.tables: dict[str, pa.Table] = {}
        self.events: list[Event] = []

    def gave(
        self, values: dict[int, float], series: str = "first", window: int | None = None
    ) -> Gave:
        name = f"{series} {values}"
        self.tables[name] = figures(values, series)
        read = replace(reading(values, DAY, series), table=name)
        return Gave(read, terms=Terms(window_years=window))

    def add(self, *events: Event) -> Balance:
        self.events += events
        return self.balance

    def accept(
        self, values: dict[int, float], series: str = "first", ends: tuple[str, ...] = ()
    ) -> Balance:
        held = Held(self.gave(values, series), "Held: why.", f"sum of {series} {values}", ends)
        return self.add(held, Accepted(held.sum_told, "The publisher says so.", DAY))

    @property
    def balance(self) -> Balance:
        return fold(self.events, self.tables.__getitem__)

    @property
    def values(self) -> dict[str, dict[int, float]]:
        table = table_of_balance(self.balance, self.tables.__getitem__)
        assert repeated_keys(table) == []
        return values_of(table)


@pytest.fixture
def past() -> Past:
    return Past()


def test_what_was_given_last_stands(past: Past) -> None:
    past.add(past.gave(A), past.gave(B))
    assert past.values == {"first": B}
    assert (past.balance.reason, past.balance.failed) == ("", False)


def test_a_failure_lets_stand_what_stood(past: Past) -> None:
    past.add(past.gave(A), Failed("no answer"))
    assert past.values == {"first": A}
    assert (past.balance.reason, past.balance.failed) == ("no answer", True)
    assert past.add(past.gave(B)).failed is False


def test_nothing_stands_of_an_indicator_without_figures(past: Past) -> None:
    past.add(past.gave(A), Empty("none"))
    assert past.values == {}


def test_a_series_that_is_restated_ends_under_a_name_of_its_own(past: Past) -> None:
    past.add(past.gave(A))
    past.accept(B, ends=("first",))
    assert past.values == {"first": B, f"first_until_{DAY}": A}
    assert past.balance.accepted == (
        Acceptance(DAY, "The publisher says so.", (f"first_until_{DAY}",)),
    )


def test_there_and_back_again_on_one_day_keeps_every_past_apart(past: Past) -> None:
    past.add(past.gave(A))
    for values in (B, A, B, C):
        past.accept(values, ends=("first",))
    assert past.values == {
        "first": C,
        f"first_until_{DAY}": A,
        f"first_until_{DAY}_2": B,
        f"first_until_{DAY}_3": A,
        f"first_until_{DAY}_4": B,
    }


def test_a_series_that_is_replaced_keeps_its_name_until_it_comes_back(past: Past) -> None:
    past.add(past.gave(A, "first"))
    past.accept(B, "second", ends=("first",))
    assert past.values == {"second": B, "first": A}
    past.accept(C, "first", ends=("second",))
    assert past.values == {"first": C, "second": B, f"first_until_{DAY}": A}
    past.accept(A, "second", ends=("first",))
    assert past.values == {
        "second": A,
        "first": C,
        f"second_until_{DAY}": B,
        f"first_until_{DAY}": A,
    }
    closed = [series for acceptance in past.balance.accepted for series in acceptance.closed]
    assert set(closed) == past.balance.closed
    assert len(set(closed)) == len(closed)


def test_accepting_a_lost_figure_ends_no_series(past: Past) -> None:
    past.add(past.gave(A))
    past.accept({2021: 1.0, 2022: 2.0})
    assert past.values == {"first": {2021: 1.0, 2022: 2.0}}
    assert past.balance.closed == frozenset()


def test_ended_figures_stay_whatever_comes(past: Past) -> None:
    past.add(past.gave(A))
    past.accept(B, ends=("first",))
    past.add(past.gave(C), Failed("no answer"), past.gave(B))
    assert past.values == {"first": B, f"first_until_{DAY}": A}


def test_years_that_left_the_window_stay_until_they_are_given_again(past: Past) -> None:
    past.add(past.gave(A, window=3))
    past.add(past.gave({2022: 2.0, 2023: 3.0, 2024: 4.0}, window=3))
    assert past.values == {"first": {**A, 2024: 4.0}}
    past.add(past.gave({2023: 3.0, 2024: 4.0, 2025: 5.0}, window=3))
    assert past.values == {"first": {**A, 2024: 4.0, 2025: 5.0}}
    past.add(past.gave({2021: 9.0, 2022: 2.0, 2023: 3.0, 2024: 4.0, 2025: 5.0}, window=3))
    assert past.values == {"first": {**A, 2021: 9.0, 2024: 4.0, 2025: 5.0}}


def test_what_stands_waits_for_a_word_and_another_hold_is_not_what_was_told(past: Past) -> None:
    past.add(past.gave(A))
    first = Held(past.gave(B), "Held: why.", "told on Monday")
    second = Held(past.gave(C), "Held: why.", "told on Tuesday")
    balance = past.add(first, second)
    assert (balance.held, balance.sum_told) == (second, "told on Monday")
    assert past.values == {"first": A}
    gone = past.add(Failed("no answer"))
    assert (gone.held, gone.sum_told) == (None, "told on Monday")
    back = past.add(past.gave(A))
    assert (back.held, back.sum_told) == (None, "")


def test_an_acceptance_of_something_else_changes_nothing(past: Past) -> None:
    past.add(past.gave(A), Held(past.gave(B), "Held: why.", "told"))
    before = past.balance
    assert past.add(Accepted("other", "a reason", DAY)) == before


def test_a_release_is_remembered_and_changes_nothing_else(past: Past) -> None:
    past.add(past.gave(A), Held(past.gave(B), "Held: why.", "told"))
    before = past.balance
    assert past.add(Published("2026-11-22.1")) == replace(before, release="2026-11-22.1")


def test_figures_that_answer_another_question_end_with_the_reason(past: Past) -> None:
    past.add(past.gave(A))
    past.accept(B, ends=("first",))
    why = Acceptance(DAY, "What is asked for was changed.", ())
    balance = past.add(AskedAnew((), Terms(asked="another"), why))
    assert past.values == {}
    assert balance.reason == "What is asked for was changed."
    assert balance.accepted[-1] == why
    assert balance.closed == frozenset(s for each in balance.accepted for s in each.closed)
