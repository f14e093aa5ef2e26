"""Sheet layout: every text of a workbook has room where it stands, and a sheet is printed on few pages."""

from __future__ import annotations

import zipfile
from functools import cache
from itertools import pairwise
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell import Cell  # type: ignore[import-untyped]
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]
from PIL import ImageFont

from tests.samples import sample_release
from tests.support import ROOT
from thindicators.formats.sheet_layout import (
    BOLD,
    LONGEST_TEXT,
    PLAIN,
    Font,
    count_lines,
    in_a_cell,
    row_height,
    text_width,
)
from thindicators.formats.sheets import HEADER_ROW
from thindicators.plan.loading import load_plan

INDICATORS = list(load_plan(ROOT / "schemas").indicators)
FONTS = Path("/usr/share/fonts/truetype/liberation")
"""Liberation Sans has the widths of Arial."""

LINE_OF_EXCEL = 15
"""Points that Excel gives to a line of Arial of 12 points."""

ENGLISH = "The share of people aged 16 to 64 in work, “as printed”, £25,949 – 59.2% (GSS: E09000030) [note 1]; AVERAGE WORM"
TEXTS = st.text(st.sampled_from("iIlmMwW 019,.-%£“”é漢\n"), max_size=80)


def path_of(indicator: str) -> Path:
    return sample_release() / "indicators" / indicator / f"{indicator}.xlsx"


@cache
def sheets_of(indicator: str) -> list[Worksheet]:
    return list(openpyxl.load_workbook(path_of(indicator)).worksheets)


def tables_of(indicator: str) -> list[Worksheet]:
    return [sheet for sheet in sheets_of(indicator) if sheet.title != "Cover"]


def texts_of(sheet: Worksheet) -> list[Cell]:
    return [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def column_widths(sheet: Worksheet) -> list[float]:
    """In digits, without the padding; columns of one width stand in the file as one range."""
    ranges = [
        (found.min, found.max, found.width)
        for found in sheet.column_dimensions.values()
        if found.customWidth
    ]
    return [
        next(width for first, last, width in ranges if first <= number <= last) - 7 / 9
        for number in range(1, sheet.max_column + 1)
    ]


@cache
def letters(is_bold: bool) -> ImageFont.FreeTypeFont:
    path = FONTS / f"LiberationSans-{'Bold' if is_bold else 'Regular'}.ttf"
    if not path.exists():
        pytest.skip("Liberation Sans is not installed: apt-get install fonts-liberation")
    return ImageFont.truetype(path, 1000)


def measured(text: str, font: Font = PLAIN) -> float:
    """The width of a text in digits of the workbook's font, by the font itself."""
    return (
        letters(font.is_bold).getlength(text)
        / letters(False).getlength("0")
        * font.size
        / PLAIN.size
    )


def font_of(cell: Cell) -> Font:
    return Font(cell.font.size, bool(cell.font.bold))


def lines_needed(cell: Cell, width: float) -> int:
    """Lines of a cell, filled word by word; what is wider than a line is broken letter by letter."""
    room, font = width - 1.5 * cell.alignment.indent, font_of(cell)
    lines, line = 1, ""
    for word in cell.value.split():
        longer = f"{line} {word}".strip()
        if measured(longer, font) > room:
            lines, longer = lines + bool(line), word
        while measured(longer, font) > room:
            kept = next(
                end for end in range(len(longer), 0, -1) if measured(longer[:end], font) <= room
            )
            lines, longer = lines + 1, longer[kept:]
        line = longer
    return lines


@pytest.mark.parametrize("indicator", INDICATORS)
def test_every_wrapped_text_has_room_in_its_row(indicator: str) -> None:
    wrapped = 0
    for sheet in sheets_of(indicator):
        widths = column_widths(sheet)
        for cell in texts_of(sheet):
            if cell.alignment.wrap_text:
                lines = lines_needed(cell, widths[cell.column - 1])
                needed = lines * LINE_OF_EXCEL * cell.font.size / PLAIN.size
                assert needed <= sheet.row_dimensions[cell.row].height, (
                    f"{sheet.title} {cell.coordinate}"
                )
                wrapped += lines > 1
    assert wrapped, "no text of the workbook was long enough to be wrapped"


@pytest.mark.parametrize("indicator", INDICATORS)
def test_every_text_on_one_line_has_room_before_the_next(indicator: str) -> None:
    for sheet in tables_of(indicator):
        widths = column_widths(sheet)
        for cell in texts_of(sheet):
            if not cell.alignment.wrap_text:
                room = sum(widths) if cell.row <= HEADER_ROW else widths[cell.column - 1]
                assert measured(cell.value, font_of(cell)) <= room, (
                    f"{sheet.title} {cell.coordinate}"
                )


@pytest.mark.parametrize("indicator", INDICATORS)
def test_every_row_has_a_height_of_its_own(indicator: str) -> None:
    for sheet in sheets_of(indicator):
        heights = [sheet.row_dimensions[number].height for number in range(1, sheet.max_row + 1)]
        assert all(height is not None and LINE_OF_EXCEL <= height <= 409 for height in heights)


@pytest.mark.parametrize("indicator", INDICATORS)
def test_every_link_stands_on_one_line(indicator: str) -> None:
    (width,) = column_widths(sheets_of(indicator)[0])
    links = [cell for cell in texts_of(sheets_of(indicator)[0]) if cell.hyperlink]
    assert links
    assert all(measured(cell.value, font_of(cell)) <= width for cell in links)


@pytest.mark.parametrize("indicator", INDICATORS)
def test_each_sheet_is_printed_on_landscape_a4_as_wide_as_the_page(indicator: str) -> None:
    for sheet in sheets_of(indicator):
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.page_setup.fitToWidth in (1, None)
        assert (sheet.print_title_rows or "") == (
            "" if sheet.title == "Cover" else f"${HEADER_ROW + 1}:${HEADER_ROW + 1}"
        )


@pytest.mark.parametrize("indicator", INDICATORS)
def test_the_foot_of_each_page_has_the_title_the_sheet_and_the_pages_number(indicator: str) -> None:
    cover, *tables = sheets_of(indicator)
    for sheet in (cover, *tables):
        assert sheet.oddFooter.left.text == f"{cover['A1'].value}. &A"
        assert sheet.oddFooter.right.text == "Page &P of &N"
        assert sheet.oddFooter.left.size == 9


@pytest.mark.parametrize("indicator", INDICATORS)
def test_headers_are_not_covered_by_buttons(indicator: str) -> None:
    assert all(
        table.autoFilter is None
        for sheet in tables_of(indicator)
        for table in sheet.tables.values()
    )


def test_all_workbooks_of_a_release_have_the_same_font() -> None:
    fonts = set()
    for indicator in INDICATORS:
        with zipfile.ZipFile(path_of(indicator)) as parts:
            fonts.add(
                parts.read("xl/styles.xml")
                .partition(b"<fonts")[2]
                .partition(b"</font>")[0]
                .partition(b">")[2]
            )
    assert fonts == {b'<font><sz val="12"/><color theme="1"/><name val="Arial"/><family val="2"/>'}


@pytest.mark.parametrize("font", [PLAIN, BOLD])
def test_a_text_is_taken_to_be_as_wide_as_it_is_or_a_little_wider(font: Font) -> None:
    for text in (ENGLISH, *ENGLISH.split()):
        assert measured(text, font) <= text_width(text, font) <= 1.25 * measured(text, font), text


def test_the_size_and_the_weight_of_letters_count() -> None:
    widths = [text_width(ENGLISH, font) for font in (Font(9), PLAIN, BOLD, Font(16, is_bold=True))]
    assert all(narrow < wide for narrow, wide in pairwise(widths))
    assert text_width(ENGLISH, Font(24)) == pytest.approx(2 * text_width(ENGLISH))


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("one", 10, 1),
        ("one two three", 20, 1),
        ("one two three", 8, 2),
        ("one two three", 5, 3),
        ("one\ntwo", 20, 2),
        ("one\n\ntwo", 20, 3),
        ("0" * 40, 10, 5),
    ],
)
def test_lines_are_filled_word_by_word(text: str, width: float, lines: int) -> None:
    assert count_lines(text, width) == lines


@given(TEXTS, st.integers(2, 50), st.integers(1, 50))
def test_a_wider_column_never_needs_more_lines(text: str, width: int, wider: int) -> None:
    assert count_lines(text, width + wider) <= count_lines(text, width)


@given(TEXTS, TEXTS, st.integers(2, 50))
def test_a_longer_text_never_needs_fewer_lines(text: str, more: str, width: int) -> None:
    assert count_lines(f"{text} {more}", width) >= count_lines(text, width)


@given(st.integers(1, 26))
def test_a_row_is_as_high_as_its_lines_and_no_higher_than_excel_allows(lines: int) -> None:
    assert lines * LINE_OF_EXCEL / 0.75 <= row_height(lines) <= 409 / 0.75
    assert row_height(lines + 1000) <= 409 / 0.75


@given(st.text(min_size=1, max_size=5), st.integers(0, 40_000))
def test_whatever_a_text_is_a_cell_holds_its_beginning(letters: str, times: int) -> None:
    text = (letters * times)[:40_000]
    written = in_a_cell(text)
    assert len(written.encode("utf-16-le", errors="surrogatepass")) <= 2 * LONGEST_TEXT
    assert written == text or text.startswith(written.rpartition(" … (")[0])
