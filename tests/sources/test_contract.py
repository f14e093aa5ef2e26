"""The contract that every source's module keeps: what it reads of a good file, and what of a bad one it refuses.

Each test runs for every file of every source of the plan; a source that is added is tried without a line here. The
rules of one publisher alone are in that source's own tests, and what comes of faults in a whole refresh in `tests.faults`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache

import pytest

from tests.damage import cells, whole_files
from tests.damage.cells import Edit, Spoil, edited, our_area
from tests.damage.good_files import LAYOUTS, LONDON
from tests.damage.tables import (
    DoesNotApplyError,
    Layout,
    Rows,
    as_number,
    columns_of,
    header_of,
    read_tables,
    rows_of,
    sheets_of,
)
from tests.sources.contract import (
    CALLED,
    MAY_BE_EMPTY,
    MAY_HAVE_GAPS,
    NEEDED,
    ROW_NOT_NAMED,
    SYMBOLS,
    File,
    files,
)
from tests.sources.sample_readings import PLAN, READ, figures_of, good_figures, sample
from thindicators.errors import SourceError
from thindicators.observations.observation import KEY, Observation, table_of
from thindicators.refreshing.refresh import is_fetched

FILES = tuple(files())
CSV = [file for file in FILES if file.layout.format == "csv"]
WITH_PERIODS_IN_ROWS = [file for file in FILES if file.layout.periods]

each_source = pytest.mark.parametrize("source", READ)
each_file = pytest.mark.parametrize("file", FILES, ids=str)
each_csv = pytest.mark.parametrize("file", CSV, ids=str)


def each_of(some: Sequence[File]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", some, ids=str)


def made(file: File, *edits: Edit) -> list[bytes]:
    """The files that edits make of a good one; the test is skipped where there is nothing to edit."""
    return spoilt(file, edited(*edits))


def spoilt(file: File, spoil: Spoil) -> list[bytes]:
    try:
        return list(spoil(file.layout, file.good))
    except DoesNotApplyError as reason:
        pytest.skip(str(reason))


def as_read(figures: Iterable[Observation]) -> list[str]:
    """Figures with all that is said of them but the sum of the bytes, in an order of their own."""
    return sorted(str(replace(figure, snapshot="")) for figure in figures)


@cache
def good_as_read(reader: str) -> list[str]:
    return as_read(good_figures(reader))


def reads_the_same(file: File, content: bytes) -> bool:
    return as_read(file.figures(content)) == good_as_read(file.reader)


def refused(file: File, content: bytes) -> SourceError:
    with pytest.raises(SourceError) as error:
        file.figures(content)
    return error.value


# --- what is read ---


def test_every_csv_says_what_it_needs() -> None:
    assert {str(file) for file in CSV} == set(NEEDED), "write it in tests/sources/contract.py"


def test_every_source_that_is_fetched_says_where_its_files_have_what() -> None:
    fetched = {source.id for source in PLAN.sources.values() if is_fetched(PLAN, source)}
    assert fetched == set(LAYOUTS), "write its layout in tests/damage/good_files.py"


@each_source
def test_good_files_give_figures_that_make_a_table(source: str) -> None:
    figures = good_figures(source)
    assert figures
    table = table_of(figures, PLAN.area_names)
    assert table.group_by(list(KEY)).aggregate([]).num_rows == table.num_rows == len(figures)


@each_source
def test_every_figure_names_one_of_the_files(source: str) -> None:
    sums = {snapshot.sha256 for snapshot in sample(source).snapshots.values()}
    assert {figure.snapshot for figure in good_figures(source)} <= sums


@each_source
def test_a_figure_has_a_value_or_a_status_that_says_why_not(source: str) -> None:
    for figure in good_figures(source):
        assert (figure.value is None) == (figure.status in {"c", "low", "u", "x", "z"}), figure


@each_source
def test_the_same_files_give_the_same_figures_in_whatever_order_they_come(source: str) -> None:
    snapshots = sample(source).snapshots
    backwards = dict(reversed(list(snapshots.items())))
    assert figures_of(source, backwards) == figures_of(source, snapshots)


@each_csv
@pytest.mark.parametrize("mark", [b"", whole_files.BYTE_ORDER_MARK], ids=["none", "a mark"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_mark_and_the_ends_of_lines_change_nothing(file: File, mark: bytes, end: bytes) -> None:
    text = file.good.removeprefix(whole_files.BYTE_ORDER_MARK)
    assert reads_the_same(file, mark + text.replace(b"\r\n", b"\n").replace(b"\n", end))


# --- what changes nothing ---


def backwards(layout: Layout, rows: Rows) -> None:
    first = header_of(layout, rows) + 1
    rows[first:] = rows[first:][::-1]


def with_columns_moved(_: Layout, rows: Rows) -> None:
    for row in rows:
        row[1:] = row[:0:-1]


def with_another_area(layout: Layout, rows: Rows) -> None:
    """Our area's rows again, under a code that nobody asked for and with figures of their own."""
    first = len(rows)
    cells.area_again(1.5)(layout, rows)
    words = {*layout.areas[our_area(layout)], layout.names.get(our_area(layout), "")} - {""}
    for row in rows[first:]:
        row[:] = ["E09000099" if cell in words else cell for cell in row]


@each_of(WITH_PERIODS_IN_ROWS)
def test_rows_stand_in_any_order(file: File) -> None:
    assert all(reads_the_same(file, content) for content in made(file, backwards))


@each_of(WITH_PERIODS_IN_ROWS)
def test_columns_move_and_new_ones_come(file: File) -> None:
    edits = (with_columns_moved, cells.with_new_column(1), cells.with_new_column(None))
    assert all(reads_the_same(file, content) for content in made(file, *edits))


@each_csv
def test_figures_of_other_areas_are_left_alone(file: File) -> None:
    if "RECORD_COUNT" in NEEDED[str(file)]:
        pytest.skip("only the areas that were asked for are answered")
    assert all(reads_the_same(file, content) for content in made(file, with_another_area))


@each_csv
def test_an_area_is_known_by_its_code_whatever_its_name(file: File) -> None:
    assert all(reads_the_same(file, content) for content in made(file, cells.area_renamed))


def with_a_part_of_london(code: str) -> Edit:
    """London's rows again as those of Inner London, which has figures of its own."""

    def edit(layout: Layout, rows: Rows) -> None:
        region = columns_of(layout, rows, ("region_code", "region_name"))
        for index in rows_of(layout, rows, LONDON):
            part = list(rows[index])
            for column in columns_of(layout, rows, layout.values):
                part[column] = "1"
            part[region[0]], part[region[1]] = code, "Inner London"
            rows.append(part)

    return edit


@each_of([file for file in CSV if "region_name" in NEEDED.get(str(file), ())])
@pytest.mark.parametrize("code", [LONDON, "E13000001"])
def test_a_part_of_london_is_not_london(file: File, code: str) -> None:
    assert all(reads_the_same(file, content) for content in made(file, with_a_part_of_london(code)))


# --- columns ---


def with_column_called(column: int, name: str) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        rows[header_of(layout, rows)][column] = name

    return edit


def with_column_again(column: int) -> Edit:
    def edit(_: Layout, rows: Rows) -> None:
        for row in rows:
            row.append(row[column])

    return edit


@each_csv
def test_a_column_that_is_needed_is_missed_by_its_name_and_no_other_matters(file: File) -> None:
    header = [str(name) for name in file.tables()[""][0]]
    assert set(NEEDED[str(file)]) <= set(header)
    for column, name in enumerate(header):
        (content,) = made(file, with_column_called(column, f"{name} renamed"))
        if name not in NEEDED[str(file)]:
            assert reads_the_same(file, content), name
        else:
            error = str(refused(file, content)).lower()
            assert name.lower() in error or CALLED.get(name, name) in error


@each_csv
def test_a_column_that_is_needed_stands_once(file: File) -> None:
    header = [str(name) for name in file.tables()[""][0]]
    for name in NEEDED[str(file)]:
        (content,) = made(file, with_column_again(header.index(name)))
        assert "more than once" in refused(file, content).came


# --- figures ---

NO_NUMBERS = (
    *cells.NEITHER_NUMBER_NOR_SYMBOL,
    "n/a",
    "45.6%",
    "1,148",
    "1_148",
    "0x1F",
    "infinity",
)
_ROW = re.compile(r"row (\d+)(?:, column “(.*)”)?$")


def with_our_figures(written: str, which: int | None = None) -> Edit:
    """Something in the place of our area's figures: in one column of them, or in all."""

    def edit(layout: Layout, rows: Rows) -> None:
        columns = columns_of(layout, rows, layout.values)
        for index in rows_of(layout, rows, our_area(layout)):
            for column in columns if which is None else columns[which : which + 1]:
                if as_number(rows[index][column]) is not None:
                    rows[index][column] = written

    return edit


def count_of_figure_columns(file: File) -> int:
    tables = file.tables()
    names = sheets_of(file.layout, tables)
    return max(len(columns_of(file.layout, tables[name], file.layout.values)) for name in names)


def place_of(error: SourceError, file: File) -> int | None:
    """The index of the row that an error names, in the file's own table."""
    place = _ROW.search(error.where)
    if place is None:
        return None
    # A document's rows are counted without a header, which is written here as a table's first row.
    return int(place[1]) - (file.layout.format != "json")


def names_the_place(error: SourceError, written: str, file: File, content: bytes) -> bool:
    """Whether the place that an error names holds what was written there."""
    tables = read_tables(file.layout, content)
    sheets = [name for name in tables if not name or f"sheet “{name}”" in error.where]
    if str(file) in ROW_NOT_NAMED:
        return len(sheets) == 1
    index = place_of(error, file)
    return index is not None and any(written in tables[name][index] for name in sheets)


@each_file
@pytest.mark.parametrize("written", NO_NUMBERS)
def test_what_is_neither_number_nor_symbol_is_refused_in_its_place(
    file: File, written: str
) -> None:
    (content,) = made(file, with_our_figures(written))
    assert names_the_place(refused(file, content), written, file, content)


@each_file
def test_every_column_of_figures_is_read_strictly(file: File) -> None:
    for which in range(count_of_figure_columns(file)):
        (content,) = made(file, with_our_figures("12.3p", which))
        try:
            file.figures(content)
        except SourceError as error:
            assert names_the_place(error, "12.3p", file, content)
        else:
            assert reads_the_same(file, content)
            # A workbook has more columns of figures than are published.
            assert file.layout.is_workbook


@each_file
def test_an_emptied_cell_is_refused_or_known_for_a_status_and_never_a_number(file: File) -> None:
    before = {key_of(figure): figure.value for figure in good_figures(file.reader)}
    for which in range(count_of_figure_columns(file)):
        (content,) = made(file, with_our_figures("", which))
        try:
            figures = file.figures(content)
        except SourceError:
            continue
        assert str(file) in MAY_BE_EMPTY or as_read(figures) == good_as_read(file.reader)
        for figure in figures:
            assert figure.value in (None, before[key_of(figure)])
            assert figure.value is not None or figure.status


def key_of(figure: Observation) -> tuple[object, ...]:
    return tuple(getattr(figure, name, figure.period.iso) for name in KEY)


@pytest.mark.parametrize(
    ("file", "symbol", "status"),
    [
        pytest.param(file, symbol, status, id=f"{file} {symbol}")
        for file in FILES
        for symbol, status in SYMBOLS.get(str(file), {}).items()
    ],
)
def test_a_symbol_is_a_status_and_never_zero(file: File, symbol: str, status: str) -> None:
    (content,) = made(file, with_our_figures(symbol))
    figures = file.figures(content)
    (ours, others), (ours_before, others_before) = (
        in_and_beside(our_area(file.layout), each) for each in (figures, good_figures(file.reader))
    )
    assert as_read(others) == as_read(others_before)
    assert {figure.value for figure in ours} == {None}
    assert {(figure.numerator, figure.denominator) for figure in ours} == {(None, None)}
    had_numbers = {key_of(figure) for figure in ours_before if figure.value is not None}
    written = {(each.status, each.source_text) for each in ours if key_of(each) in had_numbers}
    assert written == {(status, symbol)}


def in_and_beside(
    area: str, figures: Iterable[Observation]
) -> tuple[list[Observation], list[Observation]]:
    """The figures of an area, and those of the others."""
    ours: list[Observation] = []
    others: list[Observation] = []
    for figure in figures:
        (ours if figure.area_code == area else others).append(figure)
    return ours, others


# --- areas and periods ---


def without(area: str, *, first_period_only: bool) -> Edit:
    def edit(layout: Layout, rows: Rows) -> None:
        indices = rows_of(layout, rows, area)
        when = columns_of(layout, rows, layout.periods) if first_period_only else []
        periods = [[rows[index][column] for column in when] for index in indices]
        for index, period in reversed(list(zip(indices, periods, strict=True))):
            if period == min(periods):
                del rows[index]

    return edit


FILE_AND_AREA = [
    pytest.param(file, area, id=f"{file} {area}") for file in FILES for area in file.layout.areas
]


@pytest.mark.parametrize(("file", "area"), FILE_AND_AREA)
def test_an_area_that_is_gone_is_missed_by_its_code(file: File, area: str) -> None:
    (content,) = made(file, without(area, first_period_only=False))
    error = str(refused(file, content))
    # A file of one area is then a file without a row.
    is_the_only_one = len(file.layout.areas) == 1
    assert is_the_only_one or any(word in error for word in (area, *file.layout.areas[area]))


@pytest.mark.parametrize(("file", "area"), FILE_AND_AREA)
def test_an_area_that_is_gone_from_one_period_is_missed(file: File, area: str) -> None:
    if not file.layout.periods:
        pytest.skip("each period has columns of its own")
    (content,) = made(file, without(area, first_period_only=True))
    if str(file) not in MAY_HAVE_GAPS:
        assert area in str(refused(file, content))
        return
    figures = as_read(file.figures(content))
    gone = [figure for figure in good_figures(file.reader) if as_read([figure])[0] not in figures]
    assert len(figures) + len(gone) == len(good_figures(file.reader))
    assert len({figure.period for figure in gone}) == 1


@each_file
def test_an_area_that_stands_twice_with_other_figures_is_refused(file: File) -> None:
    (content,) = made(file, cells.area_again(1.1))
    error = refused(file, content)
    if not file.layout.is_workbook:
        rows = read_tables(file.layout, content)[""]
        ours = rows_of(file.layout, rows, our_area(file.layout))
        assert place_of(error, file) in ours or our_area(file.layout) in error.expected


@each_file
def test_an_area_that_stands_twice_is_taken_once_or_refused(file: File) -> None:
    (content,) = made(file, cells.area_again(1))
    with suppress(SourceError):
        assert reads_the_same(file, content)


@each_of(WITH_PERIODS_IN_ROWS)
@pytest.mark.parametrize("written", ["Spring term", "2018/20", "20182", ""])
def test_a_period_of_another_kind_is_refused_in_its_place(file: File, written: str) -> None:
    def edit(layout: Layout, rows: Rows) -> None:
        for index in rows_of(layout, rows, our_area(layout)):
            rows[index][columns_of(layout, rows, layout.periods)[-1]] = written

    (content,) = made(file, edit)
    error = refused(file, content)
    is_missed = our_area(file.layout) in str(error)
    assert (
        is_missed or file.layout.format == "json" or names_the_place(error, written, file, content)
    )


# --- whole files ---


@each_file
def test_a_header_alone_is_refused(file: File) -> None:
    (content,) = made(file, cells.without_rows)
    refused(file, content)


@each_file
def test_a_file_that_ends_early_is_refused(file: File) -> None:
    *within, at_its_end = spoilt(file, whole_files.cut_in_mid_line)
    for content in within:
        refused(file, content)
    # The last two letters may be of a column that is not needed.
    with suppress(SourceError):
        assert reads_the_same(file, at_its_end)


@each_file
@pytest.mark.parametrize("page", [b"", b"<!DOCTYPE html><html><body>Sorry</body></html>", b"\xff"])
def test_a_page_in_the_place_of_a_file_is_refused(file: File, page: bytes) -> None:
    assert file.layout.address in refused(file, page).where or page == b""


@each_file
def test_a_file_that_unpacks_to_more_than_memory_is_refused(file: File) -> None:
    for content in spoilt(file, whole_files.entity_bombs):
        refused(file, content)
