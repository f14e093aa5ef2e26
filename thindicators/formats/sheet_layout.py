"""Sheet layout: how wide a column and how high a row must be for its text, and how a sheet is printed.

What belongs here: sizes and the page. What stands in the cells belongs in `workbook`.

LibreOffice gives a row one line of height unless the file says another, and hides the rest of a
wrapped text. So the file says how high each row is, and whoever opens or prints it sees every word.

The font is Arial of 12 points, as the guidance for statistics in spreadsheets asks. LibreOffice has one of the same
widths where there is no Arial (Liberation Sans), so that lines break in the same places everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

FONT, TEXT_SIZE = "Arial", 12
_LETTERS_BY_WIDTH = {
    222: "'ijl|‘’",
    278: " !,./:;I[\\]ft",
    334: "()-`r“”{}³²",
    400: '"*°',
    500: "Jcksvxyz^",
    556: "#$0123456789?L_abdeghnopqu£–é",
    611: "FTZ+<=>~µ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    889: "Mm%",
    944: "W",
}
"""How wide letters of Arial are, in thousandths of the font's size."""

_WIDTH_OF = {letter: width for width, letters in _LETTERS_BY_WIDTH.items() for letter in letters}
_WIDEST_LETTER = 1015
"""Of Arial; for all letters that have no width above."""

_DIGIT = 556
_BOLD = 1.14
"""How many times as wide a text may be in bold."""

_ROUNDED = 1.04
"""How many times as wide a text may be where a screen rounds the width of each letter to its own dots."""

_PIXELS_PER_POINT = 4 / 3
_LINE = 1.3
"""The height of a line of text, in sizes of its font."""

_HIGHEST_ROW = 545
"""Pixels: Excel has no higher row. Some 26 lines fit."""

# By Windows' list of paper sizes, which the format takes over.
_A4 = 9
_FOOTER = 255
"""Characters: Excel opens no file with a longer footer."""


@dataclass(frozen=True)
class Font:
    """How a text is written.

    Attributes:
        size: In points.
        is_bold: Whether its letters are bold.
    """

    size: float = TEXT_SIZE
    is_bold: bool = False


LONGEST_TEXT = 32_767
"""Of a cell, in letters. Of a longer one the library would write nothing, and Excel would not open the file."""
_GOES_ON = " … (The whole text is in the CSV file.)"

PLAIN, BOLD = Font(), Font(is_bold=True)


def workbook_options() -> dict[str, Any]:
    """For `xlsxwriter.Workbook`, which writes into them: the font, and the pixels that Excel gives rows and columns."""
    return {
        "in_memory": True,
        "default_format_properties": {
            "font_name": FONT,
            "font_size": TEXT_SIZE,
        },
        "default_row_height": 20,
        "default_column_width": 80,
    }


def in_a_cell(text: str) -> str:
    """A text as a cell has room for it: of a longer one the beginning, and where the rest is."""
    # Excel counts as UTF-16 does, in which some letters are two.
    if 2 * len(text) <= LONGEST_TEXT:
        return text
    whole = text.encode("utf-16-le")
    if len(whole) <= 2 * LONGEST_TEXT:
        return text
    room = LONGEST_TEXT - len(_GOES_ON)
    beginning = whole[: 2 * room].decode("utf-16-le", errors="ignore")
    return beginning + _GOES_ON


# Names, notes and years come again in hundreds of rows.
@lru_cache(maxsize=20_000)
def text_width(text: str, font: Font = PLAIN) -> float:
    """How wide a text is at most, in the unit of column widths: a digit of the workbook's font."""
    letters = sum(_WIDTH_OF.get(letter, _WIDEST_LETTER) for letter in text)
    in_digits = letters / _DIGIT * font.size / TEXT_SIZE
    weight = _BOLD if font.is_bold else 1
    return in_digits * weight * _ROUNDED


@lru_cache(maxsize=20_000)
def count_lines(
    text: str,
    width: float,
    font: Font = PLAIN,
) -> int:
    """How many lines a wrapped text takes at most in a column of a width."""
    lines = [_lines_of(paragraph, width, font) for paragraph in text.splitlines()]
    return sum(lines) or 1


def row_height(lines: int, font: Font = PLAIN) -> int:
    """The height of a row in pixels, in which so many lines of text have room."""
    points = lines * font.size * _LINE
    pixels = math.ceil(points * _PIXELS_PER_POINT)
    return min(pixels, _HIGHEST_ROW)


def lay_out_page(
    sheet: Any,
    title: str,
    header_row: int | None = None,
) -> None:
    """Let a sheet be printed on landscape A4, as wide as the page.

    Args:
        sheet: Of `xlsxwriter`.
        title: For the foot of each page, beside the sheet's name and the page's number.
        header_row: Which stands at the head of each page, if there is one; counted from 0.
    """
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(
        left=0.4,
        right=0.4,
        top=0.5,
        bottom=0.9,
    )
    sheet.set_footer(
        _footer(title),
        {
            "margin": 0.3,
            "scale_with_doc": False,
        },
    )
    if header_row is not None:
        sheet.repeat_rows(header_row)


def _lines_of(
    paragraph: str,
    width: float,
    font: Font,
) -> int:
    """Fill lines word by word; a word that is wider than the column is broken, as spreadsheets do."""
    lines = 1
    filled = 0.0
    space = text_width(" ", font)
    for word in paragraph.split():
        needed = text_width(word, font)
        if filled and filled + space + needed > width:
            lines += 1
            filled = 0.0
        # No space stands before the first word of a line.
        if filled:
            filled += space
        filled += needed
        # A word that is wider than the whole column goes on for as many lines as it needs.
        while filled > width:
            lines += 1
            filled -= width
    return lines


def _footer(title: str) -> str:
    """In the codes of Excel, in which `&` begins a code and `&&` is the sign itself."""
    style = f'&9&"{FONT},Regular"'
    before = f"&L{style}"
    after = f". &A&R{style}Page &P of &N"
    room = _FOOTER - len(before) - len(after)
    # A title that does not fit is left out: cut short, it would end in half a code.
    shown = title.replace("&", "&&")
    return f"{before}{shown if len(shown) <= room else ''}{after}"
