"""Text that could act where it is read is refused, and what only looks like it is let through."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators.safe_text import (
    harmless,
    in_markdown,
    is_file_name,
    markdown_table,
    visible,
    why_refused,
)

ACTING = [
    *(
        "=1+1",
        "=HYPERLINK(A1)",
        "@SUM(A1)",
        "+1+1",
        "-1+1",
        "-2+3+cmd|' /C calc'!A0",
        " =1+1",
        "\u00a0@x",
        "- no data",
    ),
    *(
        "＝1+1",
        "＠x",
        "see the report;=1+1",
        "a; -cmd|x",
        "-0.3 points",
        "+44 20 7364 5000",
        "--1",
        "-1e5+A1",
        "-[c]",
    ),
]
UNSEEN = [
    "a\tb",
    "a\rb",
    "a\nb",
    "\x00",
    "\x1b[31m",
    "\u202e12",
    "\u2066a",
    "\ufeffa",
    "a\u200bb",
    "\ud800",
    "\u2028",
]
PLAIN = [
    *(
        "-0.3",
        "+1.2",
        "-5 [r]",
        "-12%",
        "-£5",
        "- 7",
        "+1,200 (p)",
        "-1e5",
        "-",
        "--",
        "–",
        "—",
        "..",
        ":",
        "*",
        "[c]",
    ),
    *(
        "2018 - 20",
        "a = b",
        "3 in 4",
        "x@y",
        "Change; -0.3",
        "Co\u00adop",
        "Cartref £ – “words”",
        "",
        "'=1",
        "−0.3",
        "1,234",
    ),
]


@pytest.mark.parametrize("text", ACTING)
def test_a_formula_is_refused(text: str) -> None:
    assert "for a formula" in why_refused(text)


@pytest.mark.parametrize("text", UNSEEN)
def test_letters_that_cannot_be_seen_are_refused(text: str) -> None:
    assert re.search(r"invisible character U\+[0-9A-F]{4}", why_refused(text))


@pytest.mark.parametrize("text", PLAIN)
def test_what_publishers_write_is_let_through(text: str) -> None:
    assert why_refused(text) == ""


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["", "%", " [r]", "*"]))
def test_every_number_is_let_through(number: float, marker: str) -> None:
    for written in (f"{number!r}{marker}", f"{number:+,.2f}{marker}", f"{number:.3g}{marker}"):
        assert why_refused(written) == ""


@given(st.text())
def test_what_is_let_through_begins_with_no_sign_but_a_numbers_own(text: str) -> None:
    if not why_refused(text):
        for part in text.split(";"):
            assert not part.strip().startswith(("=", "@"))
            assert not re.match(r"\s*[+-].*[A-Za-z]{4}", part)


@given(st.text())
def test_our_own_words_about_any_text_can_be_published(text: str) -> None:
    assert why_refused(harmless(text)) == ""


@given(st.text())
def test_our_own_words_stay_on_one_line_and_can_be_seen(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in shown)
    shown.encode()


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_words_that_can_be_seen_stay_as_they_are(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a | b", r"a \| b"),
        ("[here](http://x)", r"\[here](http://x)"),
        ("<script>", r"\<script\>"),
        ("`rm`", r"\`rm\`"),
        ("**bold** _so_", r"\*\*bold\*\* \_so\_"),
        ("young_people [c] 2018 - 20", "young_people [c] 2018 - 20"),
        ("[x](y)", r"\[x](y)"),
        ("[x]: http://y", r"\[x]: http://y"),
        ("a\n# b", "a # b"),
        ("\\", "\\\\"),
    ],
)
def test_markdown_is_written_as_text(text: str, written: str) -> None:
    assert in_markdown(text) == written


@given(st.lists(st.text(), min_size=2, max_size=2))
def test_a_cell_of_a_markdown_table_stays_in_its_cell(row: list[str]) -> None:
    lines = markdown_table(("one", "two"), [row]).split("\n")
    assert len(lines) == 3
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", lines[2])) == 3


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "/a",
            "a\\b",
            "C:a",
            "a\x00",
            "a\nb",
            "a.",
            "a ",
            " a",
            "con",
            "NUL.csv",
            "com1.x",
        ),
        *("Aux", "lpt9.parquet", "a*b", "a?b", 'a"b', "a|b", "~/x\x7f/.."),
    ],
)
def test_a_name_that_could_lead_elsewhere_is_none_of_a_file(name: str) -> None:
    assert not is_file_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "return.csv",
        "Return (2) [final] – 2026.xlsx",
        "happiness",
        "constant",
        "a..b",
        "2026-11-22.1",
    ],
)
def test_a_plain_name_is_one_of_a_file(name: str) -> None:
    assert is_file_name(name)
