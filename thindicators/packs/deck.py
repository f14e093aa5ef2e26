"""Deck: a board's slides, with charts that PowerPoint and LibreOffice can edit.

What belongs here: what stands where on a slide. What it says belongs in `board`. The library is python-pptx:
https://python-pptx.readthedocs.io
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Inches, Pt

from thindicators.packs.board import Board, BoardCall, BoardIndicator, Chart
from thindicators.packs.same_bytes import without_clock

_WIDTH, _HEIGHT = Inches(13.333), Inches(7.5)
_EDGE = Inches(0.6)
_INNER = Inches(12.13)
_TITLE_ONLY = 5
_BLUE, _ORANGE, _GREY = (
    RGBColor(0x12, 0x43, 0x6D),
    RGBColor(0xB3, 0x4A, 0x00),
    RGBColor(0x59, 0x59, 0x59),
)
_INK, _FAINT, _WHITE = (
    RGBColor(0x1D, 0x1D, 0x1D),
    RGBColor(0xDA, 0xDA, 0xDA),
    RGBColor(0xFF, 0xFF, 0xFF),
)
_LOOKS = (
    (_BLUE, Pt(3), MSO_LINE.SOLID, XL_MARKER_STYLE.CIRCLE),
    (_ORANGE, Pt(2), MSO_LINE.DASH, XL_MARKER_STYLE.SQUARE),
    (_GREY, Pt(2), MSO_LINE.ROUND_DOT, XL_MARKER_STYLE.DIAMOND),
)
"""Of the Plan's area and of those beside it: told apart by dashes and marks, not by colour alone."""

_SAMPLE = "Sample edition. Do not quote it."
_ROWS_A_SLIDE = 10
_MOST_TICKS = 12


def deck(board: Board) -> bytes:
    """The slides of a board as the bytes of a PPTX file, the same for the same board."""
    slides = Presentation()
    slides.slide_width, slides.slide_height = _WIDTH, _HEIGHT
    slides.core_properties.title = _title(board)
    slides.core_properties.author = ""
    _first(slides, board)
    for call in board.calls:
        _overview(slides, board, call)
        for indicator in call.indicators:
            if not indicator.why_none:
                _of_indicator(slides, board, indicator)
    _missing(slides, board)
    content = BytesIO()
    slides.save(content)
    return without_clock(content.getvalue())


def _title(board: Board) -> str:
    return f"{board.title}: {board.part}" if board.part else board.title


def _slide(slides: Any, board: Board, title: str) -> Any:
    """A slide with its title, by which programs and screen readers tell it from the others."""
    slide = slides.slides.add_slide(slides.slide_layouts[_TITLE_ONLY])
    heading = slide.shapes.title
    heading.left, heading.top, heading.width, heading.height = (
        _EDGE,
        Inches(0.3),
        _INNER,
        Inches(0.9),
    )
    _write(heading.text_frame, [title], size=24, is_bold=True, colour=_BLUE)
    if board.is_sample:
        _text(slide, [_SAMPLE], (_EDGE, Inches(7.05), _INNER, Inches(0.35)), size=12)
    return slide


def _write(
    frame: Any,
    texts: Sequence[str],
    size: int,
    *,
    is_bold: bool = False,
    colour: RGBColor = _INK,
) -> None:
    frame.word_wrap = True
    for number, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment = 1
        paragraph.space_after = Pt(6)
        run = paragraph.add_run()
        run.text = text
        run.font.size = Pt(size)
        run.font.bold = is_bold
        run.font.color.rgb = colour


def _text(
    slide: Any,
    texts: Sequence[str],
    place: tuple[int, int, int, int],
    size: int,
    *,
    is_bold: bool = False,
) -> None:
    box = slide.shapes.add_textbox(*place)
    _write(box.text_frame, texts, size, is_bold=is_bold)


def _first(slides: Any, board: Board) -> None:
    slide = _slide(slides, board, board.title)
    texts = [board.part] if board.part else []
    texts.append(f"What the figures say of {board.area}, for the partnership board.")
    if board.fetched:
        texts.append(f"The newest figures were fetched on {board.fetched}.")
    texts.append(
        "Charts can be edited: choose one, then edit its data. Each slide's notes name its source."
    )
    _text(slide, texts, (_EDGE, Inches(1.8), _INNER, Inches(3)), size=20)


def _overview(slides: Any, board: Board, call: BoardCall) -> None:
    """A table of the indicators of a call to action; a long one goes on on the next slide."""
    for start in range(0, len(call.indicators), _ROWS_A_SLIDE):
        some = call.indicators[start : start + _ROWS_A_SLIDE]
        going_on = " (continued)" if start else ""
        slide = _slide(slides, board, f"{call.number}. {call.title}{going_on}")
        names = [f"Beside {beside.name}" for beside in some[0].beside]
        heads = ["Indicator", board.area, "For", *names]
        rows = [indicator.cells for indicator in some]
        _table(slide, heads, rows, widths=(4.4, 1.9, 2.4, 1.7, 1.7))


def _table(
    slide: Any,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
) -> None:
    shape = slide.shapes.add_table(
        len(rows) + 1, len(heads), _EDGE, Inches(1.4), _INNER, Inches(0.4 * (len(rows) + 1))
    )
    table = shape.table
    for column, width in enumerate(widths[: len(heads)]):
        table.columns[column].width = Inches(width)
    for number, cells in enumerate([heads, *rows]):
        for column, text in enumerate(cells):
            cell = table.cell(number, column)
            _write(
                cell.text_frame,
                [text],
                size=12,
                is_bold=number == 0,
                colour=_WHITE if number == 0 else _INK,
            )


def _of_indicator(slides: Any, board: Board, indicator: BoardIndicator) -> None:
    slide = _slide(slides, board, indicator.title)
    _text(slide, [indicator.summary], (_EDGE, Inches(1.2), _INNER, Inches(1.1)), size=18)
    if indicator.chart is not None:
        _chart(slide, indicator, indicator.chart)
    else:
        place = (_EDGE, Inches(2.6), Inches(7.6), Inches(2))
        _text(slide, [indicator.value, indicator.period], place, size=44, is_bold=True)
    beside = [f"Source: {indicator.source}."]
    if indicator.caveat:
        beside.insert(0, f"To know: {indicator.caveat}")
    if indicator.marks:
        beside.insert(0, f"The latest figure is {indicator.marks}.")
    _text(slide, beside, (Inches(9.1), Inches(2.5), Inches(3.6), Inches(4)), size=14)
    notes = [indicator.definition, *indicator.words, f"Source: {indicator.source}."]
    if indicator.fetched:
        notes.append(f"Fetched on {indicator.fetched}.")
    slide.notes_slide.notes_text_frame.text = "\n".join(notes)


def _chart(slide: Any, indicator: BoardIndicator, chart: Chart) -> None:
    # Days, not names: years without a figure then keep their place on the axis.
    data = CategoryChartData()
    data.categories = list(chart.ends)
    data.categories.number_format = "yyyy"
    for line in chart.lines:
        data.add_series(line.name, line.values)
    shape = slide.shapes.add_chart(
        XL_CHART_TYPE.LINE_MARKERS, _EDGE, Inches(2.4), Inches(8.3), Inches(4.5), data
    )
    _describe(shape, indicator, chart)
    drawn = shape.chart
    drawn.has_title = False
    drawn.has_legend = True
    drawn.legend.position = XL_LEGEND_POSITION.BOTTOM
    drawn.legend.include_in_layout = False
    drawn.font.size = Pt(12)
    _dress_times(drawn.category_axis, chart)
    _dress_values(drawn.value_axis, chart)
    for series, look in zip(drawn.plots[0].series, _LOOKS, strict=False):
        _dress_line(series, *look)


def _dress_times(axis: Any, chart: Chart) -> None:
    axis.tick_labels.number_format = "yyyy"
    axis.tick_labels.number_format_is_linked = False
    axis.has_title = True
    axis.axis_title.text_frame.text = "Year in which the period ends"
    _tick_by_years(axis._element, chart)


def _dress_values(axis: Any, chart: Chart) -> None:
    axis.has_title = True
    axis.axis_title.text_frame.text = chart.unit
    axis.major_gridlines.format.line.color.rgb = _FAINT
    # Emissions may be below zero, and then the scale must go there.
    if chart.starts_at_zero and chart.lowest >= 0:
        axis.minimum_scale = 0


def _dress_line(
    series: Any,
    colour: RGBColor,
    width: int,
    dash: MSO_LINE,
    marker: XL_MARKER_STYLE,
) -> None:
    series.smooth = False
    series.format.line.color.rgb = colour
    series.format.line.width = width
    series.format.line.dash_style = dash
    series.marker.style = marker
    series.marker.size = 7
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = colour
    series.marker.format.line.color.rgb = colour


def _tick_by_years(axis: Any, chart: Chart) -> None:
    """Let the axis of time have a tick a year, or a tick for several of many years."""
    years = chart.ends[-1].year - chart.ends[0].year
    # In the order of the schema (ECMA-376, CT_DateAx), which python-pptx has no names for.
    for tag, value in (("majorUnit", years // _MOST_TICKS + 1), ("majorTimeUnit", "years")):
        for old in axis.findall(qn(f"c:{tag}")):
            axis.remove(old)
        unit = OxmlElement(f"c:{tag}")
        unit.set("val", f"{value}")
        axis.append(unit)


def _describe(shape: Any, indicator: BoardIndicator, chart: Chart) -> None:
    """The alternative text of a chart, for those who cannot see it."""
    names = ", ".join(line.name for line in chart.lines)
    text = (
        f"Line chart of {indicator.title}, {chart.periods[0]} to {chart.periods[-1]}: {names}. "
        f"{indicator.summary}"
    )
    shape._element.nvGraphicFramePr.cNvPr.set("descr", text)


def _missing(slides: Any, board: Board) -> None:
    """What has no figure, why, and who has it."""
    missing = board.missing
    if not missing:
        return
    for start in range(0, len(missing), _ROWS_A_SLIDE):
        going_on = " (continued)" if start else ""
        slide = _slide(slides, board, f"What has no figure yet{going_on}")
        rows = []
        for indicator in missing[start : start + _ROWS_A_SLIDE]:
            rows.append([indicator.title, indicator.why_none, indicator.owed_by])
        _table(slide, ["Indicator", "Why", "Whose figure it is"], rows, widths=(3.6, 6.0, 2.5))
