"""Years: none is left out between two others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.reading.files import Place
from sources.reading.years import check_every_year
from tests.sources.dwp_answers import snapshot
from thindicators.errors import SourceError

PLACE = Place(snapshot(b""))


@given(st.integers(1990, 2030), st.lists(st.integers(0, 20), min_size=1))
def test_years_are_every_year_if_and_only_if_none_is_missing(
    first: int, offsets: list[int]
) -> None:
    years = [first + offset for offset in offsets]
    if len(set(years)) == max(years) - min(years) + 1:
        check_every_year(years, PLACE)
    else:
        with pytest.raises(
            SourceError, match=f"every year from {min(years)} to {max(years)}; came none for"
        ):
            check_every_year(years, PLACE)


def test_no_year_at_all_is_nobodys_gap() -> None:
    check_every_year([], PLACE)
