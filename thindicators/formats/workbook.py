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
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from thindicators.formats.cover import NOTES, Paragraph, cover
from thindicators.formats.published import Published
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
from thindicators.house_style import UNITS, decimals_of, period
from thindicators.observations.observation import Row, cells

COVER, BY_PERIOD, FIGURES = "Cover", "By period", "Figures"
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
_NUMBERS = (
    "value",
    "lower_ci_95",
    "upper_ci_95",
    "numerator",
    "denominator",
)
_LEFT_OUT = ("indicator", "snapshot", "note")
_COLUMN_TITLES = {
    "category": "Group",
    "series": "Series",
    "unit": "Unit",
}
"""Of the columns that the sheet by period has if its rows differ in them."""

NOT_AVAILABLE, NOT_APPLICABLE = "[x]", "[z]"

Cell = str | float | int | date
Line = dict[str, Row]
"""Rows that differ in nothing but their area, by its code."""


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
    tables = _tables(published)
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
    contents = {table.name: table.about for table in tables}
    _write_cover(book, published.title, cover(published, contents))
    for table in tables:
        _write_table(book, published.title, table)
    book.close()
    return _stored(content)


def _tables(published: Published) -> list[Table]:
    """The sheets after the cover; none if there is no figure."""
    if not published.rows:
        return []
    # A note that many figures share stands once, under the number of its first figure.
    texts = [row["note"] for row in published.rows if row["note"]]
    notes = list(dict.fromkeys(texts))
    tables = [_by_period(published, notes), _figures(published, notes)]
    if notes:
        tables.append(_notes(published, notes))
    return tables


def _by_period(
    published: Published,
    notes: Sequence[str],
) -> Table:
    """A row for each period, group, series and unit; a column for each area."""
    unit = published.indicator.unit
    extra = [column for column in _COLUMN_TITLES if _has_several(published, column)]
    of_extra = [_COLUMN_TITLES[column] for column in extra]
    of_areas = [area.name for area in published.areas]
    number_format = _number_format(unit, published)
    rows = [_line(published, line, extra, notes) for line in _by_area(published)]
    return Table(
        name=BY_PERIOD,
        title=published.title,
        about="This sheet holds one table: a row for each period and group, a column for each area.",
        unit="Each row names its unit." if "unit" in extra else f"Unit: {UNITS[unit]}.",
        header=["Period", *of_extra, *of_areas, "Marks and notes"],
        formats=["", *("" for _ in extra), *(number_format for _ in of_areas), ""],
        rows=rows,
    )


def _has_several(published: Published, column: str) -> bool:
    """Whether there is more than one thing in a column, so that readers must see which."""
    values = {cells(row, [column]) for row in published.rows}
    return len(values) > 1


def _by_area(published: Published) -> list[Line]:
    """Rows that differ in nothing but their area, together; the headline first, then group by group, the old first."""
    order = {series.id: place for place, series in enumerate(published.series)}
    lines: dict[tuple[object, ...], Line] = {}
    for row in published.rows:
        key = (
            row["breakdown"] != "total",
            row["breakdown"],
            row["category"],
            # A series that no file names comes after those that one does.
            order.get(row["series"], len(order)),
            row["series"],
            row["unit"],
            row["period_start"],
            row["period_end"],
        )
        lines.setdefault(key, {})[row["area_code"]] = row
    return [lines[key] for key in sorted(lines)]


def _line(
    published: Published,
    line: Line,
    extra: Sequence[str],
    notes: Sequence[str],
) -> list[Cell]:
    """A row of the sheet by period: the figures of all areas, side by side."""
    first = next(iter(line.values()))
    words = {
        "category": published.category_title(first["breakdown"], first["category"]),
        "series": _series_title(published, first["series"]),
        "unit": UNITS.get(first["unit"], first["unit"]),
    }
    figures: list[Cell] = []
    for area in published.areas:
        row = line.get(area.code)
        # An area without a row, as one with a row and no figure, says why its cell has none.
        figures.append(NOT_AVAILABLE if row is None else _figure(row))
    marks = []
    for row in line.values():
        if mark := _marks(row, notes):
            marks.append(f"{row['area_name']} {mark}")
    return [
        period(first["period"], published.indicator.period),
        *(words[column] for column in extra),
        *figures,
        "; ".join(marks) or "none",
    ]


def _figures(
    published: Published,
    notes: Sequence[str],
) -> Table:
    """The rows of the CSV, without the columns in which nothing stands."""
    # The columns have the titles and the order of the published Table Schema.
    fields = published.descriptor["resources"][0]["schema"]["fields"]
    titles = {field["name"]: field["title"] for field in fields}
    columns = [column for column in titles if _is_shown(published, column)]
    rows = []
    for row in published.rows:
        values = [_cell(row, column) for column in columns]
        rows.append([*values, _note(row, notes) or "none"])
    return Table(
        name=FIGURES,
        title=published.title,
        about=(
            "This sheet holds one table: a row for each figure, as in the CSV file, which also names the bytes it was "
            "read from."
        ),
        unit="Each row names its unit.",
        header=[*(titles[column] for column in columns), "Notes"],
        formats=[*(_format_of(column, published) for column in columns), ""],
        rows=rows,
    )


def _is_shown(published: Published, column: str) -> bool:
    """Whether the sheet of figures has a column: the value always, and others where something stands."""
    if column == "value":
        return True
    if column in _LEFT_OUT:
        return False
    # An empty column would have to say in each of its cells that there is nothing in it.
    nothing = (None,)
    return any(cells(row, [column]) != nothing for row in published.rows)


def _notes(published: Published, notes: Sequence[str]) -> Table:
    rows = []
    for number, text in enumerate(notes, 1):
        rows.append([f"note {number}", text])
    return Table(
        name=NOTES,
        title=f"Notes. {published.title}",
        about="This sheet holds one table: what a reader must know about single figures.",
        unit="The other sheets name a note by its number.",
        header=["Note", "Text"],
        formats=["", ""],
        rows=rows,
    )


def _cell(row: Row, column: str) -> Cell:
    """What stands in a cell of the sheet of figures; no cell may be blank."""
    if column == "value":
        return _figure(row)
    (value,) = cells(row, [column])
    if value is None:
        return NOT_AVAILABLE if column in _NUMBERS else NOT_APPLICABLE
    if column in ("status", "revision"):
        return f"[{value}]"
    assert isinstance(value, str | float | int | date)
    return value


def _figure(row: Row) -> Cell:
    value = row["value"]
    return f"[{row['status']}]" if value is None else value


def _marks(row: Row, notes: Sequence[str]) -> str:
    """What a reader must know beside a figure, in shorthand."""
    marks = [
        f"[{row['revision']}]" if row["revision"] else "",
        _note(row, notes),
    ]
    return " ".join(filter(None, marks))


def _note(row: Row, notes: Sequence[str]) -> str:
    note = row["note"]
    return f"[note {notes.index(note) + 1}]" if note else ""


def _series_title(published: Published, series_id: str) -> str:
    titles = {series.id: series.title for series in published.series}
    return titles.get(series_id, series_id)


def _format_of(column: str, published: Published) -> str:
    """How spreadsheets show the numbers of a column; empty for text."""
    if column in ("period_start", "period_end"):
        return "yyyy-mm-dd"
    if column in ("numerator", "denominator"):
        return "#,##0" if _are_whole(published, column) else "General"
    if column in _NUMBERS:
        return _number_format(published.indicator.unit, published)
    return ""


def _are_whole(published: Published, column: str) -> bool:
    for row in published.rows:
        (count,) = cells(row, [column])
        # Weighted counts have decimals, and one of them is enough to show those of all.
        if isinstance(count, float) and not count.is_integer():
            return False
    return True


def _number_format(unit: str, published: Published) -> str:
    decimals = decimals_of(unit, published.indicator)
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


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
    styles = [_style(book, number_format) for number_format in table.formats]
    room = list(map(_room, widths, table.formats))
    header_lines = _most_lines(table.header, room, BOLD)
    sheet.set_row_pixels(HEADER_ROW, row_height(header_lines))
    for number, row in enumerate(table.rows, HEADER_ROW + 1):
        shown = list(map(_shown, row, table.formats))
        lines = _most_lines(shown, room, PLAIN)
        sheet.set_row_pixels(number, row_height(lines))
        for column, cell in enumerate(row):
            _write_cell(sheet, number, column, cell, styles[column])


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
    texts = [_shown(row[column], number_format) for row in table.rows]
    words = " ".join(texts).split()
    of_words = [text_width(word) for word in words]
    of_header = [text_width(word, BOLD) for word in table.header[column].split()]
    of_longest_word = min(max(of_words + of_header), longest_word)
    of_texts = [text_width(text) for text in texts]
    # A table without rows has its header to fit, and nothing else.
    of_longest_text = min(max(of_texts, default=0.0), widest)
    width = math.ceil(max(of_longest_text, of_longest_word))
    return width if number_format else width + _INDENT


def _created(published: Published) -> datetime:
    """The day on which the newest bytes came: the file itself has no other."""
    newest = published.outcome.newest
    if not newest:
        return _EARLIEST
    return datetime.fromisoformat(newest).replace(tzinfo=None)


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
