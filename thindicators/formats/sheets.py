"""Sheets: a workbook's cover and tables, by the guidance for statistics in spreadsheets.

What belongs here: how a cover and a table look, whatever they hold. The guidance:
https://analysisfunction.civilservice.gov.uk/policy-store/releasing-statistics-in-spreadsheets/

One cover sheet, then one table on each sheet with a marked header row; no merged cells and no blank ones. Text is
written as text, never as a formula.

The bytes are the same on every machine: times are fixed, and the parts are stored without compression, because what a
compressor makes depends on the library that the machine happens to have.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from thindicators import plain_numbers
from thindicators.formats.cover import Paragraph
from thindicators.formats.sheet_layout import (
    BOLD,
    PLAIN,
    Font,
    count_lines,
    in_a_cell,
    lay_out_page,
    row_height,
    text_width,
    workbook_options,
)

COVER = "Cover"
HEADER_ROW = 3
"""The row of a table's header, counted from 0: above it stand the title, what the sheet holds, and the unit."""

_EARLIEST = datetime(1980, 1, 1)
_EARLIEST_IN_ZIP = (1980, 1, 1, 0, 0, 0)
_COVER_WIDTH = 110
"""As wide as the page in the full size: LibreOffice does not shrink a sheet of one column to it."""
_WIDEST, _WIDEST_LAST = 30, 60
"""Of a column whose text is wrapped; the last one, with the notes, may be wider."""
_LONGEST_WORD, _LONGEST_WORD_LAST = 40, 100
"""Of a column that holds a word which cannot be wrapped, such as an address in a note."""
_TEXT, _NUMBER = {"align": "left", "indent": 1}, {"align": "right"}
_INDENT = 2
"""How much wider a column of text is, which stands off the numbers at its left."""
_TABLE_TITLE = Font(14, is_bold=True)
_COVER_FONTS = {
    "title": Font(16, is_bold=True),
    "heading": Font(13, is_bold=True),
    "warning": BOLD,
}
_WRAPPED = {"text_wrap": True, "valign": "top"}
_RULE = {"bottom": 1, "bottom_color": "#A6A6A6"}
"""A thin line below each row: LibreOffice knows no styles of tables, and a row may have several lines of text."""

Cell = str | float | int | date


@dataclass(frozen=True)
class Table:
    """A sheet with one table.

    Attributes:
        name: Of the sheet.
        title: Above the table.
        about: What the table holds, above it too.
        unit: Of its numbers, or whatever else stands in the third row.
        header: Unique names of its columns.
        formats: How a column's numbers are shown, in the order of the header.
        rows: Cells, none of them empty.
        formats_of_rows: How the numbers of each row are shown, where its rows are of different units; else empty.
    """

    name: str
    title: str
    about: str
    unit: str
    header: Sequence[str]
    formats: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    formats_of_rows: Sequence[str] = ()

    def formats_in(self, row: int) -> Sequence[str]:
        """How the numbers of a row are shown, in the order of the header."""
        if not self.formats_of_rows:
            return self.formats
        own = self.formats_of_rows[row]
        return [own if of_column else "" for of_column in self.formats]


@dataclass(frozen=True)
class About:
    """What a workbook says of itself as a file.

    Attributes:
        title: Of the workbook.
        author: Whose it is.
        comments: What a reader must be told first; empty if nothing.
        created: When what it holds was new.
    """

    title: str
    author: str
    comments: str
    created: datetime


def created_on(newest: str) -> datetime:
    """When a workbook was made: when the newest bytes of its figures came, since the file itself has no other time.

    Args:
        newest: A time in RFC 3339; empty if there are no bytes.
    """
    return plain_numbers.moment(newest).replace(tzinfo=None) if newest else _EARLIEST


def workbook_of(
    about: About,
    paragraphs: Sequence[Paragraph],
    tables: Sequence[Table],
) -> bytes:
    """A workbook: its cover, and a sheet for each table."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, workbook_options())
    book.set_properties(
        {
            "title": about.title,
            "author": about.author,
            "comments": about.comments,
            "created": about.created,
        }
    )
    _write_cover(book, about.title, paragraphs)
    for table in tables:
        _write_table(book, about.title, table)
    book.close()
    return _stored(content)


def _write_cover(
    book: Any,
    title: str,
    paragraphs: Sequence[Paragraph],
) -> None:
    styles = _cover_styles(book)
    sheet = book.add_worksheet(COVER)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, _COVER_WIDTH)
    for number, paragraph in enumerate(paragraphs):
        style = paragraph.style
        text = paragraph.text
        font = _COVER_FONTS.get(style, PLAIN)
        lines = count_lines(text, _COVER_WIDTH, font)
        sheet.set_row_pixels(number, row_height(lines, font))
        # A text that begins like an address or a formula stays text: only our own links are links.
        if style == "link":
            link_style = _link_style(book, text)
            sheet.write_url(number, 0, text, link_style)
        else:
            sheet.write_string(number, 0, in_a_cell(text), styles[style])
    lay_out_page(sheet, title)


def _link_style(book: Any, link: str) -> Any:
    """As small as it takes to show a link on one line, because LibreOffice wraps none."""
    fitting = math.floor(PLAIN.size * _COVER_WIDTH / text_width(link))
    style = {
        **_WRAPPED,
        "font_color": "#0563C1",
        "underline": 1,
        "font_size": min(PLAIN.size, fitting),
    }
    return book.add_format(style)


def _cover_styles(book: Any) -> dict[str, Any]:
    styles = {"text": book.add_format(_WRAPPED)}
    for name, font in _COVER_FONTS.items():
        looks = {
            **_WRAPPED,
            "bold": font.is_bold,
            "font_size": font.size,
        }
        styles[name] = book.add_format(looks)
    return styles


def _write_table(
    book: Any,
    title: str,
    table: Table,
) -> None:
    sheet = book.add_worksheet(table.name)
    _write_lines_above(book, sheet, table)
    last_row = HEADER_ROW + len(table.rows)
    last_column = len(table.header) - 1
    options = {
        # Excel takes no spaces in the name of a table, by which formulas refer to it.
        "name": table.name.replace(" ", "_"),
        "style": "Table Style Light 1",
        "banded_rows": False,
        # Its buttons would cover the headers' text.
        "autofilter": False,
        "columns": _headers(book, table),
    }
    sheet.add_table(
        HEADER_ROW,
        0,
        last_row,
        last_column,
        options,
    )
    widths = _widths(table)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    _write_rows(book, sheet, table, widths)
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    lay_out_page(sheet, title, HEADER_ROW)


def _write_lines_above(
    book: Any,
    sheet: Any,
    table: Table,
) -> None:
    title = book.add_format({"bold": True, "font_size": _TABLE_TITLE.size})
    sheet.set_row_pixels(0, row_height(1, _TABLE_TITLE))
    for number in range(1, HEADER_ROW):
        sheet.set_row_pixels(number, row_height(1))
    sheet.write_string(0, 0, in_a_cell(table.title), title)
    sheet.write_string(1, 0, in_a_cell(table.about))
    sheet.write_string(2, 0, in_a_cell(table.unit))


def _headers(book: Any, table: Table) -> list[dict[str, Any]]:
    style = {
        **_RULE,
        "bold": True,
        "text_wrap": True,
        "valign": "bottom",
    }
    over_text = book.add_format({**style, **_TEXT})
    over_numbers = book.add_format({**style, **_NUMBER})
    headers = []
    for name, number_format in zip(table.header, table.formats, strict=True):
        header_format = over_numbers if number_format else over_text
        headers.append({"header": name, "header_format": header_format})
    return headers


def _write_rows(
    book: Any,
    sheet: Any,
    table: Table,
    widths: Sequence[float],
) -> None:
    """Write the header's height and all rows, each as high as its longest text needs."""
    every_format = {*table.formats, *table.formats_of_rows}
    styles = {number_format: _style(book, number_format) for number_format in sorted(every_format)}
    room = list(map(_room, widths, table.formats))
    header_lines = _most_lines(table.header, room, BOLD)
    sheet.set_row_pixels(HEADER_ROW, row_height(header_lines))
    for place, row in enumerate(table.rows):
        number = HEADER_ROW + 1 + place
        formats = table.formats_in(place)
        shown = list(map(_shown, row, formats))
        lines = _most_lines(shown, room, PLAIN)
        sheet.set_row_pixels(number, row_height(lines))
        for column, cell in enumerate(row):
            _write_cell(sheet, number, column, cell, styles[formats[column]])


def _style(book: Any, number_format: str) -> Any:
    if number_format:
        return book.add_format(
            {
                **_RULE,
                **_NUMBER,
                "num_format": number_format,
                "valign": "top",
            }
        )
    return book.add_format(
        {
            **_RULE,
            **_TEXT,
            **_WRAPPED,
        }
    )


def _write_cell(
    sheet: Any,
    row: int,
    column: int,
    value: Cell,
    style: Any,
) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, in_a_cell(value), style)
    elif isinstance(value, date):
        # Spreadsheets have no days, only moments.
        midnight = datetime(value.year, value.month, value.day)
        sheet.write_datetime(row, column, midnight, style)
    else:
        sheet.write_number(row, column, value, style)


def _room(width: float, number_format: str) -> float:
    return width if number_format else width - _INDENT


def _most_lines(
    texts: Sequence[str],
    room: Sequence[float],
    font: Font,
) -> int:
    lines = []
    for text, width in zip(texts, room, strict=True):
        lines.append(count_lines(text, width, font))
    return max(lines)


def _shown(value: Cell, number_format: str) -> str:
    """What a reader sees in a cell."""
    if isinstance(value, float) and number_format.startswith("#"):
        decimals = len(number_format.partition(".")[2])
        return f"{value:,.{decimals}f}"
    return str(value)


def _widths(table: Table) -> list[int]:
    """Of columns, wide enough for their words and together as wide as the lines above the table."""
    last = len(table.header) - 1
    widths = []
    for column in range(last):
        width = _width(table, column, _WIDEST, _LONGEST_WORD)
        widths.append(width)
    of_last = _width(table, last, _WIDEST_LAST, _LONGEST_WORD_LAST)
    above = max(
        text_width(table.title, _TABLE_TITLE),
        text_width(table.about),
        text_width(table.unit),
    )
    # The last column takes what the lines above the table need beyond the others.
    needed = math.ceil(above) - sum(widths)
    return [*widths, max(of_last, needed)]


def _width(
    table: Table,
    column: int,
    widest: int,
    longest_word: int,
) -> int:
    """Of a column, wide enough for each of its words, and for its whole texts if they are short."""
    number_format = table.formats[column]
    # Most of them stand in many rows.
    texts = set()
    for place, row in enumerate(table.rows):
        texts.add(_shown(row[column], table.formats_in(place)[column]))
    words = set(" ".join(texts).split())
    of_words = [text_width(word) for word in words]
    of_header = [text_width(word, BOLD) for word in table.header[column].split()]
    of_longest_word = min(max(of_words + of_header), longest_word)
    of_texts = [text_width(text) for text in texts]
    # A table without rows has its header to fit, and nothing else.
    of_longest_text = min(max(of_texts, default=0.0), widest)
    width = math.ceil(max(of_longest_text, of_longest_word))
    return width if number_format else width + _INDENT


def _stored(content: io.BytesIO) -> bytes:
    """The same parts without compression and without the time of their making."""
    packed = io.BytesIO()
    # `xlsxwriter` compresses; how, depends on the library that the machine has.
    stored = zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED)
    with zipfile.ZipFile(content) as made, stored:
        for part in made.infolist():
            entry = zipfile.ZipInfo(part.filename, _EARLIEST_IN_ZIP)
            stored.writestr(entry, made.read(part))
    return packed.getvalue()
