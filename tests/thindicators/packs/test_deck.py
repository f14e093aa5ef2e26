"""The slides, read again by python-pptx: native charts with the figures, alternative texts, sources in the notes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from typer.testing import CliRunner

from assets.command_line import typer_app
from tests.samples import sample_release
from thindicators.packs.board import Board, Wanted, board_of
from thindicators.packs.deck import deck
from thindicators.packs.files import write_pack
from thindicators.packs.same_bytes import without_clock

from .test_board import board, contents, every

__all__ = ["board", "contents"]  # the fixtures


@pytest.fixture(scope="module")
def slides() -> Any:
    return Presentation(str(sample_release() / "board-slides.pptx"))


def titles_of(slides: Any) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in slides.slides]


def test_each_indicator_with_a_figure_has_a_slide(slides: Any, board: Board) -> None:
    titles = titles_of(slides)
    for indicator in every(board).values():
        assert (indicator.title in titles) == (not indicator.why_none)


def test_each_call_to_action_has_an_overview_and_what_is_missing_comes_last(
    slides: Any, board: Board
) -> None:
    titles = titles_of(slides)
    for call in board.calls:
        assert f"{call.number}. {call.title}" in titles
    assert titles[-1] == "What has no figure yet"


def test_charts_are_native_and_hold_the_figures(slides: Any, board: Board) -> None:
    by_title = {indicator.title: indicator for indicator in every(board).values()}
    drawn = 0
    for slide in slides.slides:
        for shape in slide.shapes:
            if shape.has_chart:
                chart = by_title[slide.shapes.title.text_frame.text].chart
                assert chart is not None
                held = [tuple(series.values) for series in shape.chart.plots[0].series]
                assert held == [line.values for line in chart.lines]
                drawn += 1
    assert drawn == sum(indicator.chart is not None for indicator in by_title.values())


def test_every_chart_has_an_alternative_text_and_every_slide_of_an_indicator_its_source(
    slides: Any, board: Board
) -> None:
    by_title = {indicator.title: indicator for indicator in every(board).values()}
    for slide in slides.slides:
        indicator = by_title.get(slide.shapes.title.text_frame.text)
        if indicator is not None:
            notes = slide.notes_slide.notes_text_frame.text
            assert f"Source: {indicator.source}." in notes
            for shape in slide.shapes:
                if shape.has_chart:
                    described = shape._element.nvGraphicFramePr.cNvPr.get("descr")
                    assert described.endswith(indicator.summary)


def test_every_slide_of_a_sample_says_so(slides: Any) -> None:
    for slide in slides.slides:
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert "Sample edition. Do not quote it." in texts


def test_the_same_board_gives_the_same_bytes(contents: dict[str, bytes]) -> None:
    board = board_of(contents, Wanted(2))
    assert deck(board) == deck(board)


def test_no_clock_is_left_in_an_office_file(board: Board, contents: dict[str, bytes]) -> None:
    made = deck(board_of(contents, Wanted(2)))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        embedded = [name for name in archive.namelist() if name.endswith(".xlsx")]
        assert embedded
        with zipfile.ZipFile(io.BytesIO(archive.read(embedded[0]))) as workbook:
            assert b"2000-01-01T00:00:00Z" in workbook.read("docProps/core.xml")
    assert without_clock(made) == made


def test_a_pack_of_a_part_is_written_where_it_is_wanted(tmp_path: Path) -> None:
    written = write_pack(sample_release(), Wanted(2), tmp_path / "for" / "the-board")
    assert [path.name for path in written] == ["board-slides.pptx", "board-paper.docx"]
    titles = titles_of(Presentation(str(written[0])))
    assert titles[1] == "2. Better mental health and wellbeing"
    assert len(titles) == 5


def test_the_command_writes_slides_and_paper_of_the_latest_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(sample_release().parents[1]))
    for asked in (["--call-to-action", "2"], ["--theme", "health"]):
        folder = tmp_path / asked[1]
        given = CliRunner().invoke(typer_app, ["pack", *asked, str(folder)], catch_exceptions=False)
        assert given.exit_code == 0
        assert {path.name for path in folder.iterdir()} == {
            "board-slides.pptx",
            "board-paper.docx",
        }
