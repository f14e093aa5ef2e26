"""The periods of a file: the latest of them, one lost, and all called by another year.

What belongs here: what publishers write for a year: `2018`, `2018-19`, `201819`, `2018 - 20`, `20180000`, `Jan 2018`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sources.reading.files import words
from tests.damage.cells import Columns, Edit, Spoil, edited
from tests.damage.tables import (
    Cell,
    DoesNotApplyError,
    Layout,
    Rows,
    columns_of,
    figures_of,
    header_of,
    like,
    read_tables,
    sheets_of,
    write_tables,
)

_YEARS = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:(0000)(?!\d)|(\d\d)(?!\d)|( ?[-/–] ?)(\d\d)(?!\d)(?!-))?|(?<!\d)((?:19|20)\d\d)(?=\d?$)"
)


def moved(text: str, years: int) -> str:
    """The words for a period that is some years later."""

    def replace(found: re.Match[str]) -> str:
        first = str(int(found[1] or found[6]) + years)
        second = found[3] or found[5]
        end = f"{(int(second) + years) % 100:02d}" if second else ""
        return f"{first}{found[2] or ''}{found[4] or ''}{end}"

    return _YEARS.sub(replace, text)


def latest(layout: Layout, rows: Rows) -> Callable[[int, int], bool]:
    """Whether a cell, by its row and column, is of the latest period."""
    when = _when(layout, rows)
    newest = max(when, default=0)
    return lambda index, column: (column if layout.wide else index) in when.get(newest, set())


def without_period(layout: Layout, rows: Rows, which: int) -> None:
    """Take away the rows or columns of one period: the last (-1), or the second (1) of three or more."""
    when = _when(layout, rows)
    periods = sorted(when)
    if len(periods) < (2 if which < 0 else 3):
        raise DoesNotApplyError("the file has too few periods")
    gone = when[periods[which]]
    if layout.wide:
        for row in rows:
            row[:] = [cell for column, cell in enumerate(row) if column not in gone]
    else:
        rows[:] = [row for index, row in enumerate(rows) if index not in gone]


def shifted(layout: Layout, rows: Rows, years: int, *, all_of_them: bool) -> None:
    """Call all periods, or the latest, by another year."""
    newest = latest(layout, rows)
    header = header_of(layout, rows)
    if layout.titles:
        for row in rows:
            row[:] = [
                _moved(cell, years) if re.match(layout.titles, words(cell)) else cell
                for cell in row
            ]
    elif layout.wide:
        for column in columns_of(layout, rows, (layout.wide,)):
            if all_of_them or newest(header, column):
                rows[header][column] = _moved(rows[header][column], years)
    else:
        for index in range(header + 1, len(rows)):
            for column in columns_of(layout, rows, layout.periods):
                if all_of_them or newest(index, column):
                    rows[index][column] = _moved(rows[index][column], years)


def scaled_latest(factor: float, columns: Callable[[Layout], Columns]) -> Edit:
    """Figures times a factor in the latest period only: the publisher has changed its ways."""

    def edit(layout: Layout, rows: Rows) -> None:
        newest = latest(layout, rows)
        for index, column in list(figures_of(layout, rows, columns(layout))):
            if newest(index, column):
                rows[index][column] = like(rows[index][column], float(rows[index][column]) * factor)

    return edit


def period_lost(which: int) -> Spoil:
    """One period is gone: the last (-1), the first (0) or the second (1)."""
    return _in_sheets_of_years(
        lambda layout, rows: without_period(layout, rows, which),
        lambda years: [year for year in years if year != years[which]],
    )


def years_shifted(by: int, *, all_of_them: bool) -> Spoil:
    """All periods, or the latest, are called by another year."""
    return _in_sheets_of_years(
        lambda layout, rows: shifted(layout, rows, by, all_of_them=all_of_them),
        lambda years: [
            str(int(year) + by) if all_of_them or year == years[-1] else year for year in years
        ],
    )


def _in_sheets_of_years(edit: Edit, rename: Callable[[list[str]], list[str]]) -> Spoil:
    """An edit of periods; where each year has a sheet, named by the year, of the names of sheets."""

    def spoil(layout: Layout, good: bytes) -> Iterator[bytes]:
        if not layout.sheets.startswith("20"):
            yield from edited(edit)(layout, good)
            return
        tables = read_tables(layout, good)
        years, new = sheets_of(layout, tables), rename(sheets_of(layout, tables))
        if len(new) < len(years):
            yield write_tables(layout, {name: tables[name] for name in new}, good)
            return
        for year, name in zip(years, new, strict=True):
            for row in tables[year]:
                row[:] = [
                    cell.replace(year, name) if isinstance(cell, str) else cell for cell in row
                ]
        renamed = dict(zip(new, (tables[year] for year in years), strict=True))
        yield write_tables(layout, renamed, good)

    return spoil


def _moved(cell: Cell, years: int) -> Cell:
    return cell + years if isinstance(cell, float) else moved(cell, years)


def _when(layout: Layout, rows: Rows) -> dict[int, set[int]]:
    """The rows, or the columns, by the last year that their period names."""
    header = header_of(layout, rows)
    found: dict[int, set[int]] = {}
    if layout.wide:
        for column in columns_of(layout, rows, (layout.wide,)):
            found.setdefault(_year(rows[header][column]), set()).add(column)
    elif layout.periods:
        columns = columns_of(layout, rows, layout.periods)
        for index in range(header + 1, len(rows)):
            found.setdefault(max(_year(rows[index][column]) for column in columns), set()).add(
                index
            )
    return found


def _year(cell: Cell) -> int:
    return max((int(one) for one in re.findall(r"(?:19|20)\d\d", words(cell))), default=0)
