"""Finding a council by what a person types; nobody else's code is guessed."""

from __future__ import annotations

import pytest

from thindicators.areas.finding import council_of_england
from thindicators.areas.register import ENGLAND, register
from thindicators.errors import ThindicatorsError


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("E06000016", "E06000016"),
        ("e06000016", "E06000016"),
        ("Leicester", "E06000016"),
        (" tower hamlets ", "E09000030"),
        ("Nottingham", "E06000018"),
        ("Nottinghamshire", "E10000024"),
        ("E08000019", "E08000039"),
    ],
)
def test_a_council_is_found_by_its_code_and_its_name(typed: str, code: str) -> None:
    assert council_of_england(typed).code == code


def test_every_council_is_found_by_its_own_name() -> None:
    for code in register().councils(ENGLAND):
        assert council_of_england(register()[code].name).code == code


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Laicester", " Did you mean Leicester (E06000016)?"),
        ("Hull", " Did you mean Kingston upon Hull, City of (E06000010) or Solihull (E08000029)?"),
        ("E09000099", ""),
        ("", ""),
        ("London", " Did you mean City of London (E09000001)?"),
        ("England", ""),
        ("Cardiff", ""),
    ],
)
def test_what_is_no_council_is_told_with_those_that_may_be_meant(typed: str, meant: str) -> None:
    with pytest.raises(ThindicatorsError) as refused:
        council_of_england(typed)
    words = f"“{typed}” is neither the code nor the name of a council of England."
    assert str(refused.value) == words + meant
