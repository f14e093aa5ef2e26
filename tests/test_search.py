"""Tests try the same examples each time, in CI as on any machine; only `make search` looks for others at random."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import ROOT


def tried(profile: str) -> list[int]:
    """The examples that a law is tried with."""
    seen: list[int] = []

    @settings(settings.get_profile(profile), database=None)
    @given(st.integers())
    def law(number: int) -> None:
        seen.append(number)

    law()
    return seen


def test_the_examples_are_the_same_each_time() -> None:
    """Hypothesis chooses the profile `ci` by itself where the variable CI is set; `tests/conftest.py` does anywhere."""
    assert tried("ci") == tried("ci")


def test_a_search_tries_many_more_and_others_each_time() -> None:
    one, other = tried("search"), tried("search")
    assert min(len(one), len(other)) > 5 * len(tried("ci"))
    assert one != other


def test_no_example_is_timed() -> None:
    assert {settings.get_profile(name).deadline for name in ("ci", "search")} == {None}


def test_these_tests_are_run_with_one_of_the_two() -> None:
    assert settings.get_current_profile_name() in ("ci", "search")


def test_make_search_runs_every_property_test_with_its_own_profile() -> None:
    recipe = (
        (ROOT / "Makefile")
        .read_text(encoding="utf-8")
        .partition("\nsearch:")[2]
        .partition("\n\n")[0]
    )
    assert "--hypothesis-profile=search" in recipe
    assert '-m "hypothesis and not system"' in recipe
