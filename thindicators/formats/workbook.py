"""Workbook: an indicator as an Excel file for people, by the guidance for statistics in spreadsheets.

What belongs here: the sheets and their cells. The guidance:
https://analysisfunction.civilservice.gov.uk/policy-store/releasing-statistics-in-spreadsheets/

One cover sheet, then one table on each sheet with a marked header row; no merged cells and no blank ones: a figure that
is not there has its shorthand in square brackets, which the cover explains. Text is written as text, never as a
formula.

The bytes are the same on every machine: times are fixed, and the parts are stored without compression, because what a
compressor makes depends on the library that the machine happens to have.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from thindicators.formats.cover import NOTES, cover
from thindicators.formats.published import Published
from thindicators.formats.sheet_layout import (
    BOLD,
    PLAIN,
    Font,
    count_lines,
    lay_out_page,
    row_height,
    text_width,
    workbook_options,
)
from thindicators.house_style import UNITS, decimals_of, period

COVER, BY_PERIOD, FIGURES = "Cover", "By period", "Figures"
HEADER_ROW = 3
"""The row of a table's header, counted from 0: above it stand the title, what the sheet holds, and the unit."""

_EARLIEST = datetime(1980, 1, 1)
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
_COVER_FONTS = {"title": Font(16, is_bold=True), "heading": Font(13, is_bold=True), "warning": BOLD}
_WRAPPED = {"text_wrap": True, "valign": "top"}
_RULE = {"bottom": 1, "bottom_color": "#A6A6A6"}
"""A thin line below each row: LibreOffice knows no styles of tables, and a row may have several lines of text."""
_NUMBERS = ("value", "lower_ci_95", "upper_ci_95", "numerator", "denominator")
_LEFT_OUT = ("indicator", "snapshot", "note")

Cell = str | float | int | date
Row = Mapping[str, Any]


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
    """

    name: str
    title: str
    about: str
    unit: str
    header: Sequence[str]
    formats: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def workbook(published: Published) -> bytes:
    """`<id>.xlsx`: the figures of an indicator as people read them."""
    notes = list(dict.fromkeys(row["note"] for row in published.rows if row["note"]))
    tables = [_by_period(published, notes), _figures(published, notes), *([_notes(published, notes)] if notes else [])]
    tables = tables if published.rows else []
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, workbook_options())
    book.set_properties(
        {
            "title": published.title,
            "author": published.plan.file.council,
            "comments": published.warning,
            "created": _created(published),
        }
    )
    _write_cover(book, published.title, cover(published, {table.name: table.about for table in tables}))
    for table in tables:
        _write_table(book, published.title, table)
    book.close()
    return _stored(content)


def _by_period(published: Published, notes: Sequence[str]) -> Table:
    """A row for each period, group, series and unit; a column for each area."""
    several = {name: len({row[name] for row in published.rows}) > 1 for name in ("category", "series", "unit")}
    lines = _by_area(published)
    titles = {"category": "Group", "series": "Series", "unit": "Unit"}
    extra = [name for name, is_needed in several.items() if is_needed]
    areas = published.areas
    shown = _number_format(published.indicator.unit, published)
    rows = [_line(published, found, extra, notes) for found in lines]
    unit = UNITS[published.indicator.unit]
    return Table(
        BY_PERIOD,
        published.title,
        "This sheet holds one table: a row for each period and group, a column for each area.",
        "Each row names its unit." if several["unit"] else f"Unit: {unit}.",
        ["Period", *(titles[name] for name in extra), *(area.name for area in areas), "Marks and notes"],
        ["", *("" for _ in extra), *(shown for _ in areas), ""],
        rows,
    )


def _by_area(published: Published) -> list[dict[str, Row]]:
    """Rows that differ in nothing but their area, together; the headline first, then group by group, the old first."""
    order = [one.id for one in published.series]
    lines: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in published.rows:
        group = (row["breakdown"] != "total", row["breakdown"], row["category"])
        series = (order.index(row["series"]) if row["series"] in order else len(order), row["series"])
        key = (*group, *series, row["unit"], row["period_start"], row["period_end"])
        lines.setdefault(key, {})[row["area_code"]] = row
    return [lines[key] for key in sorted(lines)]


def _line(published: Published, found: Mapping[str, Row], extra: Sequence[str], notes: Sequence[str]) -> list[Cell]:
    one = next(iter(found.values()))
    words: dict[str, str] = {
        "category": published.category_title(one["breakdown"], one["category"]),
        "series": _series_title(published, one["series"]),
        "unit": UNITS.get(str(one["unit"]), str(one["unit"])),
    }
    marks = [f"{row['area_name']} {mark}" for row in found.values() if (mark := _marks(row, notes))]
    figures: list[Cell] = [_figure(found[area.code]) if area.code in found else "[x]" for area in published.areas]
    return [
        period(one["period"], published.indicator.period),
        *(words[name] for name in extra),
        *figures,
        "; ".join(marks) or "none",
    ]


def _figures(published: Published, notes: Sequence[str]) -> Table:
    """The rows of the CSV, without the columns in which nothing stands."""
    fields = [one for one in published.descriptor["resources"][0]["schema"]["fields"] if one["name"] not in _LEFT_OUT]
    used = [
        one for one in fields if one["name"] == "value" or any(row[one["name"]] is not None for row in published.rows)
    ]
    formats = {one["name"]: _format_of(one["name"], published) for one in used}
    return Table(
        FIGURES,
        published.title,
        "This sheet holds one table: a row for each figure, as in the CSV file, which also names the bytes it was "
        "read from.",
        "Each row names its unit.",
        [*(one["title"] for one in used), "Notes"],
        [*formats.values(), ""],
        [[*(_cell(row, one["name"]) for one in used), _note(row, notes) or "none"] for row in published.rows],
    )


def _notes(published: Published, notes: Sequence[str]) -> Table:
    return Table(
        NOTES,
        f"Notes. {published.title}",
        "This sheet holds one table: what a reader must know about single figures.",
        "The other sheets name a note by its number.",
        ["Note", "Text"],
        ["", ""],
        [[f"note {number}", text] for number, text in enumerate(notes, 1)],
    )


def _cell(row: Row, name: str) -> Cell:
    value: Cell | None = row[name]
    if name == "value":
        return _figure(row)
    if value is None:
        return "[x]" if name in _NUMBERS else "[z]"
    return f"[{value}]" if name in ("status", "revision") else value


def _figure(row: Row) -> Cell:
    value: float | None = row["value"]
    return f"[{row['status']}]" if value is None else value


def _marks(row: Row, notes: Sequence[str]) -> str:
    return " ".join(filter(None, [f"[{row['revision']}]" if row["revision"] else "", _note(row, notes)]))


def _note(row: Row, notes: Sequence[str]) -> str:
    return f"[note {notes.index(row['note']) + 1}]" if row["note"] else ""


def _series_title(published: Published, series: str) -> str:
    return next((one.title for one in published.series if one.id == series), series)


def _format_of(column: str, published: Published) -> str:
    if column in ("period_start", "period_end"):
        return "yyyy-mm-dd"
    if column in ("numerator", "denominator"):
        are_whole = all(float(row[column] or 0).is_integer() for row in published.rows)
        return "#,##0" if are_whole else "General"
    return _number_format(published.indicator.unit, published) if column in _NUMBERS else ""


def _number_format(unit: str, published: Published) -> str:
    decimals = decimals_of(unit, published.indicator)
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def _write_cover(book: Any, title: str, paragraphs: Sequence[tuple[str, str]]) -> None:
    styles = _cover_styles(book)
    sheet = book.add_worksheet(COVER)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, _COVER_WIDTH)
    for number, (style, text) in enumerate(paragraphs):
        font = _COVER_FONTS.get(style, PLAIN)
        sheet.set_row_pixels(number, row_height(count_lines(text, _COVER_WIDTH, font), font))
        if style == "link":
            sheet.write_url(number, 0, text, _link_style(book, text))
        else:
            sheet.write_string(number, 0, text, styles[style])
    lay_out_page(sheet, title)


def _link_style(book: Any, link: str) -> Any:
    """As small as it takes to show a link on one line, because LibreOffice wraps none."""
    size = min(PLAIN.size, math.floor(PLAIN.size * _COVER_WIDTH / text_width(link)))
    return book.add_format({**_WRAPPED, "font_color": "#0563C1", "underline": 1, "font_size": size})


def _cover_styles(book: Any) -> dict[str, Any]:
    with_fonts = {
        name: book.add_format({**_WRAPPED, "bold": font.is_bold, "font_size": font.size})
        for name, font in _COVER_FONTS.items()
    }
    return {**with_fonts, "text": book.add_format(_WRAPPED)}


def _write_table(book: Any, title: str, table: Table) -> None:
    sheet = book.add_worksheet(table.name)
    _write_lines_above(book, sheet, table)
    options = {
        "name": table.name.replace(" ", "_"),
        "style": "Table Style Light 1",
        "banded_rows": False,
        "autofilter": False,  # its buttons cover the headers' text
        "columns": _headers(book, table),
    }
    sheet.add_table(HEADER_ROW, 0, HEADER_ROW + len(table.rows), len(table.header) - 1, options)
    widths = _widths(table)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    _write_rows(book, sheet, table, widths)
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    lay_out_page(sheet, title, HEADER_ROW)


def _write_lines_above(book: Any, sheet: Any, table: Table) -> None:
    title = book.add_format({"bold": True, "font_size": _TABLE_TITLE.size})
    sheet.set_row_pixels(0, row_height(1, _TABLE_TITLE))
    for number in range(1, HEADER_ROW):
        sheet.set_row_pixels(number, row_height(1))
    sheet.write_string(0, 0, table.title, title)
    sheet.write_string(1, 0, table.about)
    sheet.write_string(2, 0, table.unit)


def _headers(book: Any, table: Table) -> list[dict[str, Any]]:
    style = {**_RULE, "bold": True, "text_wrap": True, "valign": "bottom"}
    over_text, over_numbers = book.add_format({**style, **_TEXT}), book.add_format({**style, **_NUMBER})
    return [
        {"header": name, "header_format": over_numbers if number_format else over_text}
        for name, number_format in zip(table.header, table.formats, strict=True)
    ]


def _write_rows(book: Any, sheet: Any, table: Table, widths: Sequence[float]) -> None:
    styles = [_style(book, number_format) for number_format in table.formats]
    room = [_room(width, number_format) for width, number_format in zip(widths, table.formats, strict=True)]
    sheet.set_row_pixels(HEADER_ROW, row_height(_most_lines(table.header, room, BOLD)))
    for number, row in enumerate(table.rows, HEADER_ROW + 1):
        shown = [_shown(cell, number_format) for cell, number_format in zip(row, table.formats, strict=True)]
        sheet.set_row_pixels(number, row_height(_most_lines(shown, room, PLAIN)))
        for column, cell in enumerate(row):
            _write_cell(sheet, number, column, cell, styles[column])


def _style(book: Any, number_format: str) -> Any:
    style = {**_NUMBER, "num_format": number_format, "valign": "top"} if number_format else {**_TEXT, **_WRAPPED}
    return book.add_format({**_RULE, **style})


def _write_cell(sheet: Any, row: int, column: int, value: Cell, style: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)
    else:
        sheet.write_number(row, column, value, style)


def _room(width: float, number_format: str) -> float:
    return width if number_format else width - _INDENT


def _most_lines(texts: Sequence[str], room: Sequence[float], font: Font) -> int:
    return max(count_lines(text, width, font) for text, width in zip(texts, room, strict=True))


def _shown(value: Cell, number_format: str) -> str:
    """What a reader sees in a cell."""
    if isinstance(value, float) and number_format.startswith("#"):
        return f"{value:,.{len(number_format.partition('.')[2])}f}"
    return str(value)


def _widths(table: Table) -> list[int]:
    """Of columns, wide enough for their words and together as wide as the lines above the table."""
    last = len(table.header) - 1
    widths = [_width(table, column, _WIDEST, _LONGEST_WORD) for column in range(last)]
    of_last = _width(table, last, _WIDEST_LAST, _LONGEST_WORD_LAST)
    above = max(text_width(table.title, _TABLE_TITLE), text_width(table.about), text_width(table.unit))
    return [*widths, max(of_last, math.ceil(above) - sum(widths))]


def _width(table: Table, column: int, widest: int, longest_word: int) -> int:
    """Of a column, wide enough for each of its words, and for its whole texts if they are short."""
    texts = [_shown(row[column], table.formats[column]) for row in table.rows]
    of_words = [text_width(word) for text in texts for word in text.split()]
    of_header = [text_width(word, BOLD) for word in table.header[column].split()]
    longest_text = max(map(text_width, texts), default=0.0)
    width = max(min(longest_text, widest), min(max(of_words + of_header), longest_word))
    return math.ceil(width) + (0 if table.formats[column] else _INDENT)


def _created(published: Published) -> datetime:
    """The day on which the newest bytes came: the file itself has no other."""
    newest = published.outcome.newest
    return datetime.fromisoformat(newest).replace(tzinfo=None) if newest else _EARLIEST


def _stored(content: io.BytesIO) -> bytes:
    """The same parts without compression and without the time of their making."""
    packed = io.BytesIO()
    with zipfile.ZipFile(content) as made, zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as stored:
        for part in made.infolist():
            entry = zipfile.ZipInfo(part.filename, _EARLIEST.timetuple()[:6])
            stored.writestr(entry, made.read(part))
    return packed.getvalue()
