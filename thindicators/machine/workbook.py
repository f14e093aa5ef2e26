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
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from thindicators.machine.cover import NOTES, cover
from thindicators.machine.published import Published
from thindicators.words import UNITS, decimals_of, period

COVER, BY_PERIOD, FIGURES = "Cover", "By period", "Figures"
HEADER_ROW = 3
"""The row of a table's header, counted from 0: above it stand the title, what the sheet holds, and the unit."""

_EARLIEST = datetime(1980, 1, 1)
_WIDEST = 60
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


def write_workbook(published: Published) -> None:
    """Write `<id>.xlsx` beside the CSV."""
    notes = list(dict.fromkeys(row["note"] for row in published.rows if row["note"]))
    tables = [_by_period(published, notes), _figures(published, notes), *([_notes(published, notes)] if notes else [])]
    tables = tables if published.rows else []
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties(
        {
            "title": published.title,
            "author": published.plan.file.council,
            "comments": published.warning,
            "created": _created(published),
        }
    )
    _write_cover(book, cover(published, {table.name: table.about for table in tables}))
    for table in tables:
        _write_table(book, table)
    book.close()
    _store(content, published.folder / f"{published.indicator.id}.xlsx")


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


def _write_cover(book: Any, paragraphs: Sequence[tuple[str, str]]) -> None:
    styles = {
        "title": book.add_format({"bold": True, "font_size": 16, "text_wrap": True, "valign": "top"}),
        "heading": book.add_format({"bold": True, "font_size": 13, "text_wrap": True, "valign": "top"}),
        "warning": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    sheet = book.add_worksheet(COVER)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 100)
    for number, (style, text) in enumerate(paragraphs):
        if style == "link":
            sheet.write_url(number, 0, text)
        else:
            sheet.write_string(number, 0, text, styles[style])


def _write_table(book: Any, table: Table) -> None:
    sheet = book.add_worksheet(table.name)
    bold = book.add_format({"bold": True, "font_size": 14})
    sheet.write_string(0, 0, table.title, bold)
    sheet.write_string(1, 0, table.about)
    sheet.write_string(2, 0, table.unit)
    styles = [book.add_format({"num_format": one, "align": "right"}) if one else None for one in table.formats]
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    last = HEADER_ROW + len(table.rows)
    options = {
        "name": table.name.replace(" ", "_"),
        "style": "Table Style Light 1",
        "banded_rows": False,
        "columns": [
            {"header": one, "header_format": book.add_format({"bold": True, "text_wrap": True})} for one in table.header
        ],
    }
    sheet.add_table(HEADER_ROW, 0, last, len(table.header) - 1, options)
    for column, width in enumerate(_widths(table)):
        sheet.set_column(column, column, width)
        for number, row in enumerate(table.rows, HEADER_ROW + 1):
            _write_cell(sheet, number, column, row[column], styles[column] or (wrapped if width == _WIDEST else None))
    sheet.freeze_panes(HEADER_ROW + 1, 1)


def _write_cell(sheet: Any, row: int, column: int, value: Cell, style: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)
    else:
        sheet.write_number(row, column, value, style)


def _widths(table: Table) -> list[int]:
    longest = [max((len(str(row[column])) for row in table.rows), default=0) for column in range(len(table.header))]
    return [min(max(width, len(name) + 4, 10) + 1, _WIDEST) for width, name in zip(longest, table.header, strict=True)]


def _created(published: Published) -> datetime:
    """The day on which the newest bytes came: the file itself has no other."""
    newest = published.outcome.newest
    return datetime.fromisoformat(newest).replace(tzinfo=None) if newest else _EARLIEST


def _store(content: io.BytesIO, path: Path) -> None:
    with zipfile.ZipFile(content) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as stored:
        for part in made.infolist():
            entry = zipfile.ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
            stored.writestr(entry, made.read(part))
