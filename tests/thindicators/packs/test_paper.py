"""The paper, read again by python-docx: each indicator once, with its figure or without one, and who owes what."""

from __future__ import annotations

from typing import Any

import pytest
from docx import Document

from tests.samples import sample_release
from thindicators.packs.board import Board, Wanted, board_of
from thindicators.packs.paper import paper

from .test_board import board, contents, every

__all__ = ["board", "contents"]  # the fixtures


@pytest.fixture(scope="module")
def document() -> Any:
    return Document(str(sample_release() / "board-paper.docx"))


def rows_of(document: Any) -> dict[str, list[str]]:
    rows = {}
    for table in document.tables:
        for row in table.rows[1:]:
            title, *cells = [cell.text for cell in row.cells]
            rows[title] = cells
    return rows


def test_each_indicator_stands_once_with_its_figure_or_without(document: Any, board: Board) -> None:
    rows = rows_of(document)
    assert len(rows) == len(every(board))
    for indicator in every(board).values():
        named, *cells = indicator.cells
        assert rows[named] == cells


def test_how_it_stands_beside_others_is_said_with_their_figures(document: Any) -> None:
    rows = rows_of(document)
    beside = rows["Employment rate, people aged 16 to 64"][2:]
    assert beside == ["worse (74.6%)", "worse (76.0%)"]
    assert rows["People whose highest qualification is at level 1"][2] == "not compared (5.8%)"


def test_what_is_missing_is_named_with_whose_figure_it_is(document: Any, board: Board) -> None:
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for indicator in board.missing:
        assert f"{indicator.title} ({indicator.owed_by}). {indicator.why_none}" in text


def test_a_sample_says_so_first(document: Any) -> None:
    assert document.paragraphs[1].text.startswith("Sample edition. Do not quote it.")


def test_the_same_board_gives_the_same_bytes(contents: dict[str, bytes]) -> None:
    board = board_of(contents, Wanted(2))
    assert paper(board) == paper(board)
