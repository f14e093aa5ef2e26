"""What a cell of a workbook may hold that is neither text nor a number: an error, a raised mark, nothing calculated.

What belongs here: faults that plain tables of texts and numbers cannot say, written into the file itself. All other
faults of a file's cells are in `content_faults`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.damage import archives
from tests.damage.cells import edited, our_area, with_symbol
from tests.damage.tables import DoesNotApplyError, Layout, Rows, figures_of, rows_of
from tests.faults.fault import ContentFault
from tests.sources.reading.written_sheets import (
    Error,
    Formula,
    Run,
    Text,
    Written,
    ods_cell,
    with_styles,
    xlsx_cell,
)

_MARK = "THE CELL OF THIS FAULT "
_XLSX_CELL = re.compile(rf'<c r="(\w+)" t="inlineStr"><is><t>{_MARK}([^<]*)</t></is></c>')
_ODS_CELL = re.compile(
    rf"<table:table-cell [^>]*><text:p>{_MARK}([^<]*)</text:p></table:table-cell>"
)

Made = Callable[[str], Written]
"""Makes a cell of the figure that stands in it."""


def last_figure(make: Made) -> Callable[[Layout, bytes], Iterator[bytes]]:
    """A fault of the last figure of our area in each sheet of a workbook."""

    def spoil(layout: Layout, good: bytes) -> Iterator[bytes]:
        if not layout.is_workbook:
            raise DoesNotApplyError("only a workbook has such cells")
        for book in edited(_marked)(layout, good):
            yield _with_cells(book, make)

    return spoil


def error(layout: Layout, good: bytes) -> Iterator[bytes]:
    """An error in a workbook; in a file of text the word that a spreadsheet program leaves of it."""
    if layout.is_workbook:
        yield from last_figure(lambda _: Error("#REF!"))(layout, good)
    else:
        yield from edited(with_symbol("#REF!"))(layout, good)


def _marked(layout: Layout, rows: Rows) -> None:
    about = rows_of(layout, rows, our_area(layout))
    figures = [place for place in figures_of(layout, rows, layout.values) if place[0] in about]
    for index, column in figures[-1:]:
        rows[index][column] = f"{_MARK}{rows[index][column]}"


def _with_cells(book: bytes, make: Made) -> bytes:
    parts = archives.parts_of(book)
    for name, content in parts.items():
        if name == "content.xml":
            text = with_styles(content.decode())
            parts[name] = _ODS_CELL.sub(lambda cell: ods_cell(make(cell[1])), text).encode()
        elif name.startswith("xl/worksheets/"):
            parts[name] = _XLSX_CELL.sub(
                lambda cell: xlsx_cell(make(cell[2]), cell[1]), content.decode()
            ).encode()
    return archives.zipped(parts)


def _with_raised_mark(figure: str) -> Text:
    return Text((Run(figure), Run("1", "superscript")))


FAULTS = (
    ContentFault(
        name="an error for a figure",
        sentence="A figure is #REF!, as a formula leaves it whose cell was deleted.",
        spoil=error,
        loses=True,
        rewords=("source_text", "note"),
    ),
    ContentFault(
        name="a raised mark behind a figure",
        sentence="The mark of a note, a raised 1, stands behind a figure in its cell.",
        spoil=last_figure(_with_raised_mark),
        loses=True,
        rewords=("source_text", "note"),
    ),
    ContentFault(
        name="a formula never calculated",
        sentence="A figure is a formula that no program has calculated.",
        spoil=last_figure(lambda _: Formula(None)),
        loses=True,
        rewords=("source_text", "note"),
    ),
)
"""Every fault of a single cell, by its name in the table of outcomes."""
