"""Paper: a board's paper of about two pages, with every indicator in one table.

What belongs here: what stands where in the paper. What it says belongs in `board`. The library is python-docx:
https://python-docx.readthedocs.io
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from thindicators.packs.board import Board, BoardCall
from thindicators.packs.same_bytes import without_clock

_BLUE = RGBColor(0x12, 0x43, 0x6D)
_WIDTHS = (6.2, 2.6, 3.4, 3.0, 3.0)
"""Of the table's columns, in centimetres: A4 less its edges."""


def paper(board: Board) -> bytes:
    """The paper of a board as the bytes of a DOCX file, the same for the same board."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.4)
    section.top_margin = section.bottom_margin = Cm(1.2)
    document.core_properties.title = board.title
    document.core_properties.author = ""
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(8)
    style.paragraph_format.space_after = Pt(2)
    _heading(document, board.title, level=1, size=15)
    document.add_paragraph(_introduction(board))
    for call in board.calls:
        _call(document, board, call)
    _missing(document, board)
    content = BytesIO()
    document.save(content)
    return without_clock(content.getvalue())


def _introduction(board: Board) -> str:
    sentences = []
    if board.is_sample:
        sentences.append("Sample edition. Do not quote it.")
    if board.part:
        sentences.append(f"This paper is about one part of the plan: {board.part}.")
    sentences.append(
        f"It gives the latest figure of {board.area}, and how it stands beside others."
    )
    sentences.append("“Not clearly different” means that the difference may be chance.")
    if board.fetched:
        sentences.append(f"The newest figures were fetched on {board.fetched}.")
    return " ".join(sentences)


def _heading(
    document: Any,
    text: str,
    level: int,
    size: int,
) -> None:
    heading = document.add_heading(level=level)
    heading.paragraph_format.space_before = Pt(6)
    heading.paragraph_format.space_after = Pt(2)
    heading.paragraph_format.keep_with_next = True
    run = heading.add_run(text)
    run.font.size = Pt(size)
    run.font.name = "Arial"
    run.font.color.rgb = _BLUE


def _call(document: Any, board: Board, call: BoardCall) -> None:
    _heading(document, f"{call.number}. {call.title}", level=2, size=10)
    names = [f"Beside {beside.name}" for beside in call.indicators[0].beside]
    heads = ["Indicator", board.area, "For", *names]
    rows = [indicator.cells for indicator in call.indicators]
    _table(document, heads, rows)


def _table(
    document: Any,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> None:
    table = document.add_table(rows=1, cols=len(heads), style="Light Grid Accent 1")
    table.autofit = False
    _fill(table.rows[0], heads, is_bold=True)
    _repeat(table.rows[0])
    for cells in rows:
        _fill(table.add_row(), cells, is_bold=False)
    for column, width in zip(table.columns, _WIDTHS, strict=False):
        column.width = Cm(width)
    for row in table.rows:
        _keep_whole(row)
        for cell, width in zip(row.cells, _WIDTHS, strict=False):
            cell.width = Cm(width)


def _fill(
    row: Any,
    texts: Sequence[str],
    *,
    is_bold: bool,
) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(text)
        run.font.size = Pt(7.5)
        run.bold = is_bold


def _keep_whole(row: Any) -> None:
    """Keep a row on one page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _repeat(row: Any) -> None:
    """Let the heads of a table stand on every page that it goes on to."""
    properties = row._tr.get_or_add_trPr()
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    properties.append(mark)


def _missing(document: Any, board: Board) -> None:
    if not board.missing:
        return
    _heading(document, "What has no figure yet, and whose figure it is", level=2, size=10)
    for indicator in board.missing:
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.paragraph_format.space_after = Pt(1)
        paragraph.add_run(f"{indicator.title} ({indicator.owed_by}). ").bold = True
        paragraph.add_run(indicator.why_none)
