"""Digits of all scripts, for the tests of what reads numbers, years and days from text."""

from __future__ import annotations

import sys
import unicodedata

from hypothesis import strategies as st

ZEROS = [
    chr(code)
    for code in range(0x80, sys.maxunicode + 1)
    if unicodedata.decimal(chr(code), None) == 0
]
"""The zeros of the other scripts; nine more digits follow each."""


@st.composite
def in_other_digits(draw: st.DrawFn, written: str) -> str:
    """The same text with at least one of its digits in another script."""
    places = [at for at, letter in enumerate(written) if letter in "0123456789"]
    changed = draw(st.sets(st.sampled_from(places), min_size=1))
    zero = draw(st.sampled_from(ZEROS))
    letters = [
        chr(ord(zero) + int(letter)) if at in changed else letter
        for at, letter in enumerate(written)
    ]
    return "".join(letters)
