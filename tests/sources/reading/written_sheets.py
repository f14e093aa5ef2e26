"""One row of cells as spreadsheet programs write them, in XLSX and ODS, with what a person sees in each.

What belongs here: writing runs, errors and formulas as XML. What must be read of them is said in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.damage import archives
from tests.sources import bombs

_CALCEXT = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
_POSITIONS = {"superscript": "super 58%", "subscript": "sub 58%"}


@dataclass(frozen=True)
class Run:
    """A part of a text, and whether it is raised or lowered."""

    text: str
    position: str = ""


@dataclass(frozen=True)
class Text:
    """A text of several runs."""

    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Error:
    """A cell that shows an error, as a value or as what came of a formula."""

    code: str
    has_formula: bool = True


@dataclass(frozen=True)
class Formula:
    """A formula with the number that it came to; None if no program has calculated it."""

    result: float | None


Written = Text | Error | Formula | float


def xlsx_row(cells: Sequence[Written], *, shared: bool = True) -> bytes:
    """A workbook of one row, whose texts are shared by cells or stand in them."""
    texts = [cell for cell in cells if isinstance(cell, Text)]
    row = ""
    for at, cell in enumerate(cells):
        row += xlsx_cell(cell, f"{chr(ord('A') + at)}1", texts if shared else [])
    book = bombs.with_sheet(f'<row r="1">{row}</row>', shared="x" if shared and texts else "")
    if not (shared and texts):
        return book
    items = "".join(f"<si>{_xlsx_runs(text)}</si>" for text in texts)
    table = f'<sst xmlns="{bombs.MAIN}">{items}</sst>'
    return archives.zipped({**archives.parts_of(book), bombs.SHARED: table.encode()})


def xlsx_cell(cell: Written, address: str, shared: Sequence[Text] = ()) -> str:
    """A cell of XLSX, whose text is among those that cells share, or stands in it."""
    match cell:
        case Text() if shared:
            return f'<c r="{address}" t="s"><v>{shared.index(cell)}</v></c>'
        case Text():
            return f'<c r="{address}" t="inlineStr"><is>{_xlsx_runs(cell)}</is></c>'
        case Error(code, has_formula):
            formula = "<f>X1</f>" if has_formula else ""
            return f'<c r="{address}" t="e">{formula}<v>{code}</v></c>'
        case Formula(None):
            return f'<c r="{address}"><f>1+1</f><v></v></c>'
        case Formula(result):
            return f'<c r="{address}"><f>1+1</f><v>{result!r}</v></c>'
        case _:
            return f'<c r="{address}"><v>{cell!r}</v></c>'


def _xlsx_runs(text: Text) -> str:
    return "".join(_xlsx_run(run) for run in text.runs)


def _xlsx_run(run: Run) -> str:
    looks = f'<rPr><vertAlign val="{run.position}"/></rPr>' if run.position else ""
    return f'<r>{looks}<t xml:space="preserve">{escape(run.text)}</t></r>'


def ods_row(cells: Sequence[Written]) -> bytes:
    """A workbook of one row, with the styles that its runs have."""
    row = "".join(map(ods_cell, cells))
    parts = archives.parts_of(bombs.with_content(f"<table:table-row>{row}</table:table-row>"))
    content = with_styles(parts["content.xml"].decode())
    return archives.zipped({**parts, "content.xml": content.encode()})


def with_styles(content: str) -> str:
    """The content of an ODS file with the styles that `ods_cell` names."""
    spaces = f'<office:document-content xmlns:calcext="{_CALCEXT}" xmlns:style="{_STYLE}" '
    content = content.replace("<office:document-content ", spaces, 1)
    styles = "".join(
        f'<style:style style:name="{name}" style:family="text">'
        f'<style:text-properties style:text-position="{position}"/></style:style>'
        for name, position in _POSITIONS.items()
    )
    automatic = f"<office:automatic-styles>{styles}</office:automatic-styles>"
    return content.replace("<office:body>", f"{automatic}<office:body>")


def ods_cell(cell: Written) -> str:
    """A cell of ODS."""
    match cell:
        case Text(runs):
            shown = "".join(map(_ods_run, runs))
            attributes = 'office:value-type="string"'
        case Error(code, has_formula):
            shown = code
            formula = 'table:formula="of:=[.X1]" ' if has_formula else ""
            attributes = (
                f'{formula}office:value-type="float" office:value="0" calcext:value-type="error"'
            )
        case Formula(None):
            return '<table:table-cell table:formula="of:=1+1"/>'
        case Formula(result):
            shown = str(result)
            attributes = (
                f'table:formula="of:=1+1" office:value-type="float" office:value="{result!r}"'
            )
        case _:
            shown = str(cell)
            attributes = f'office:value-type="float" office:value="{cell!r}"'
    return f"<table:table-cell {attributes}><text:p>{shown}</text:p></table:table-cell>"


def _ods_run(run: Run) -> str:
    if not run.position:
        return escape(run.text)
    return f'<text:span text:style-name="{run.position}">{escape(run.text)}</text:span>'
