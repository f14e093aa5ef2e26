"""Of each cell of a workbook what a person sees is read: no raised mark joins a number, no error is nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.reading.as_seen import NOT_CALCULATED
from sources.reading.files import Cell, Place, number, sheets
from tests.damage import archives
from tests.sources import bombs
from tests.sources.reading.test_workbooks import snapshot_of
from tests.sources.reading.written_sheets import (
    Error,
    Formula,
    Run,
    Text,
    Written,
    ods_row,
    xlsx_row,
)
from thindicators.errors import SourceError

Write = Callable[[Sequence[Written]], bytes]
WRITERS: dict[str, Write] = {
    "shared texts": xlsx_row,
    "texts in cells": lambda cells: xlsx_row(cells, shared=False),
    "ODS": ods_row,
}
CODES = ("#REF!", "#DIV/0!", "#N/A", "#NAME?", "#SPILL!", "#CALC!", "#GETTING_DATA")


@pytest.fixture(params=list(WRITERS.values()), ids=list(WRITERS))
def write(request: pytest.FixtureRequest) -> Write:
    made: Write = request.param
    return made


def read(workbook: bytes) -> list[Cell]:
    return list(sheets(snapshot_of(workbook))[0].rows[0])


def raised(number_: str, mark: str) -> Text:
    return Text((Run(number_), Run(mark, "superscript")))


@pytest.mark.parametrize(("figure", "mark"), [("812", "1"), ("25.3", "1"), ("105,379", "1")])
def test_a_raised_mark_does_not_join_a_number(write: Write, figure: str, mark: str) -> None:
    (cell,) = read(write([raised(figure, mark)]))
    assert cell == f"{figure}^{mark}"
    with pytest.raises(SourceError, match="expected a number"):
        number(cell, Place(snapshot_of(b"")))


def test_a_raised_mark_does_not_join_a_year_or_a_name(write: Write) -> None:
    assert read(write([raised("2025/26", "1"), raised("Tower Hamlets", "2")])) == [
        "2025/26^1",
        "Tower Hamlets^2",
    ]


def test_a_lowered_digit_joins_no_number_and_stays_in_a_word(write: Write) -> None:
    carbon = Text((Run("CO"), Run("2", "subscript")))
    figure = Text((Run("812"), Run("1", "subscript")))
    assert read(write([carbon, figure])) == ["CO2", "812_1"]


def test_letters_that_are_escaped_stay_what_they_are(write: Write) -> None:
    text = Text((Run("Tower & <Hamlets>"), Run("&", "superscript"), Run(" borough")))
    assert read(write([text])) == ["Tower & <Hamlets>^& borough"]


def test_a_raised_blank_is_nothing(write: Write) -> None:
    assert read(write([Text((Run("812"), Run(" ", "superscript")))])) == ["812 "]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("has_formula", [True, False])
def test_an_error_is_read_as_its_word(write: Write, code: str, has_formula: bool) -> None:
    assert read(write([Error(code, has_formula), 7.5])) == [code, 7.5]


def test_an_error_is_told_as_what_it_is(write: Write) -> None:
    (cell,) = read(write([Error("#REF!")]))
    with pytest.raises(SourceError, match="came '#REF!'"):
        number(cell, Place(snapshot_of(b"")))


def test_a_formula_that_was_never_calculated_is_no_empty_cell(write: Write) -> None:
    assert read(write([Formula(None), Formula(7.5)])) == [NOT_CALCULATED, 7.5]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1"><f>1+1</f></c>',
        '<c r="A1"><f>1+1</f><v/></c>',
        '<c r="A1"><f>1+1</f><v></v></c>',
        '<c r="A1" t="n"><f t="array" ref="A1">1+1</f><v> </v></c>',
        '<c r="A1"><f t="shared" si="0"/></c>',
    ],
)
def test_every_way_in_which_xlsx_leaves_out_a_result(cell: str) -> None:
    assert read(bombs.with_sheet(f'<row r="1">{cell}</row>')) == [NOT_CALCULATED]


def test_a_formula_whose_text_is_empty_was_calculated() -> None:
    cell = '<c r="A1" t="str"><f>""</f><v></v></c><c r="B1"><v>1</v></c>'
    assert read(bombs.with_sheet(f'<row r="1">{cell}</row>')) == ["", 1.0]


def test_prefixes_of_names_make_no_difference() -> None:
    sheet = (
        f'<x:worksheet xmlns:x="{bombs.MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:f>1</x:f></x:c>'
        '<x:c r="B1" t="e"><x:v>#REF!</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    parts = {**archives.parts_of(bombs.GOOD), bombs.SHEET: sheet.encode()}
    assert read(archives.zipped(parts)) == [NOT_CALCULATED, "#REF!"]


def test_a_style_of_the_whole_ods_file_and_one_made_from_it_raise_a_text() -> None:
    parts = archives.parts_of(ods_row([raised("812", "1")]))
    named = '<style:style style:name="{}" style:parent-style-name="{}" style:family="text">{}</style:style>'
    position = '<style:text-properties style:text-position="33% 58%"/>'
    styles = (
        '<office:document-styles xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"><office:styles>'
        f"{named.format('Mark', '', position)}{named.format('Child', 'Mark', '')}"
        "</office:styles></office:document-styles>"
    )
    for name in ("Mark", "Child"):
        content = parts["content.xml"].replace(
            b'text:style-name="superscript"', f'text:style-name="{name}"'.encode()
        )
        book = archives.zipped({**parts, "content.xml": content, "styles.xml": styles.encode()})
        assert read(book) == ["812^1"]


def test_a_comment_beside_a_cell_is_no_part_of_it() -> None:
    annotation = (
        b"<office:annotation><text:p>see "
        b'<text:span text:style-name="superscript">1</text:span></text:p></office:annotation>'
    )
    parts = archives.parts_of(ods_row([raised("812", "1")]))
    content = parts["content.xml"].replace(b"<text:p>812", annotation + b"<text:p>812")
    assert read(archives.zipped({**parts, "content.xml": content})) == ["812^1"]


LETTERS = st.text(st.sampled_from("0123456789.,Ab&<"), min_size=1, max_size=4)
RUNS = st.builds(Run, LETTERS, st.sampled_from(["", "superscript", "subscript"]))
CELLS = st.one_of(
    st.builds(Text, st.lists(RUNS, min_size=1, max_size=3).map(tuple)),
    st.builds(Error, st.sampled_from(CODES), st.booleans()),
    st.builds(Formula, st.none() | st.floats(0.5, 1000).map(lambda value: round(value, 3))),
    st.floats(0.5, 1000).map(lambda value: round(value, 3)),
)


def shown(cell: Written) -> Cell:
    """What a person sees, written as plain text."""
    match cell:
        case Text(runs):
            return _joined(runs)
        case Error(code, _):
            return code
        case Formula(result):
            return NOT_CALCULATED if result is None else result
        case value:
            return value


def _joined(runs: Sequence[Run]) -> str:
    text = ""
    for run in runs:
        if run.position == "superscript":
            text += "^"
        elif run.position == "subscript" and text[-1:].isdigit():
            text += "_"
        text += run.text
    return text


@given(st.lists(CELLS, min_size=1, max_size=6), st.sampled_from(sorted(WRITERS)))
def test_what_is_read_is_what_is_seen(cells: list[Written], kind: str) -> None:
    assert read(WRITERS[kind](cells)) == [shown(cell) for cell in cells]
