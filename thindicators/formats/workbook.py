"""Workbook: an indicator as an Excel file for people.

What belongs here: the sheets and their cells: a figure that is not there has its shorthand in square brackets, which the
cover explains. How a sheet looks belongs in `sheets`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from thindicators.formats.cover import NOTES, cover
from thindicators.formats.published import Published
from thindicators.formats.sheets import About, Cell, Table, created_on, workbook_of
from thindicators.helper import Begun, begin
from thindicators.house_style import UNITS, decimals_of, period
from thindicators.observations.observation import Row, cells

BY_PERIOD, FIGURES = "By period", "Figures"
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

Line = dict[str, Row]
"""Rows that differ in nothing but their area, by its code."""


def begin_workbook(published: Published) -> Begun[bytes]:
    """Begin `<id>.xlsx`: the figures of an indicator as people read them.

    What stands in it is worked out here; the helper makes the file, which is most of the work.
    """
    tables = _tables(published)
    about = About(
        title=published.title,
        author=published.plan.file.council,
        comments=published.warning,
        created=created_on(published.outcome.newest),
    )
    contents = {table.name: table.about for table in tables}
    return begin(partial(workbook_of, about, cover(published, contents), tables))


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
    number_format = number_format_of(unit, published)
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
        figures.append(NOT_AVAILABLE if row is None else figure_cell(row))
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
        return figure_cell(row)
    (value,) = cells(row, [column])
    if value is None:
        return NOT_AVAILABLE if column in _NUMBERS else NOT_APPLICABLE
    if column in ("status", "revision"):
        return f"[{value}]"
    assert isinstance(value, str | float | int | date)
    return value


def figure_cell(row: Row) -> Cell:
    """The figure of a row, or the shorthand for why there is none."""
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
        return number_format_of(published.indicator.unit, published)
    return ""


def _are_whole(published: Published, column: str) -> bool:
    for row in published.rows:
        (count,) = cells(row, [column])
        # Weighted counts have decimals, and one of them is enough to show those of all.
        if isinstance(count, float) and not count.is_integer():
            return False
    return True


def number_format_of(unit: str, published: Published) -> str:
    """How spreadsheets show figures of a unit: with as many decimals as the pages."""
    decimals = decimals_of(unit, published.indicator)
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"
