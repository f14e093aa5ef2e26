"""What a board is shown is what the release says: the same figures, sentences and gaps."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.samples import sample_release
from thindicators.errors import ThindicatorsError
from thindicators.packs.board import Board, BoardIndicator, Wanted, board_of

TABLES = (
    "datapackage.json",
    "indicators.csv",
    "sources.csv",
    "latest.parquet",
    "observations.parquet",
)


@pytest.fixture(scope="module")
def contents() -> dict[str, bytes]:
    release = sample_release()
    return {name: (release / name).read_bytes() for name in TABLES}


@pytest.fixture(scope="module")
def board(contents: dict[str, bytes]) -> Board:
    return board_of(contents)


def every(board: Board) -> dict[str, BoardIndicator]:
    return {indicator.id: indicator for call in board.calls for indicator in call.indicators}


def test_it_has_every_indicator_under_its_call_to_action(board: Board) -> None:
    assert [call.number for call in board.calls] == [1, 2, 3, 4, 5]
    assert len(every(board)) == 30


def test_an_indicator_has_the_figure_and_the_sentences_of_the_table_of_latest_figures(
    board: Board,
) -> None:
    rows = pq.read_table(sample_release() / "latest.parquet").to_pylist()
    for indicator in every(board).values():
        headlines = [row for row in rows if row["indicator"] == indicator.id and row["is_headline"]]
        with_figure = [row for row in headlines if row["value"] is not None]
        shown = (with_figure or headlines)[0]
        assert (indicator.value, indicator.summary) == (
            shown["value_in_words"] or "",
            shown["summary"] or "",
        )
        assert bool(indicator.why_none) == (not with_figure)


def test_a_chart_has_the_figures_of_one_series_and_no_other(board: Board) -> None:
    chart = every(board)["healthy_life_expectancy_male"].chart
    assert chart is not None
    table = pq.read_table(sample_release() / "observations.parquet").to_pylist()
    own = [
        row["value"]
        for row in sorted(table, key=lambda row: row["period_end"])
        if row["indicator"] == "healthy_life_expectancy_male"
        and row["area_code"] == "E09000030"
        and row["series"] == "hle_modelled_health"
    ]
    assert own
    assert [value for value in chart.lines[0].values if value is not None] == own
    assert [line.name for line in chart.lines] == ["Tower Hamlets", "London", "England"]


def test_totals_are_drawn_of_the_plans_own_area_alone(board: Board) -> None:
    chart = every(board)["affordable_homes_delivered"].chart
    assert chart is not None
    assert [line.name for line in chart.lines] == ["Tower Hamlets"]


def test_what_has_no_figure_says_why_and_whose_it_is(board: Board) -> None:
    for indicator in board.missing:
        assert indicator.why_none
        assert indicator.owed_by
        assert indicator.chart is None


def test_a_call_to_action_can_be_asked_for(contents: dict[str, bytes]) -> None:
    board = board_of(contents, Wanted(call_to_action=2))
    assert board.part == "2. Better mental health and wellbeing"
    assert set(every(board)) == {"anxiety", "happiness", "life_satisfaction"}


def test_a_theme_goes_across_the_calls_to_action(contents: dict[str, bytes]) -> None:
    board = board_of(contents, Wanted(theme="health"))
    assert board.part == "Health and wellbeing"
    assert [call.number for call in board.calls] == [1, 2]


def test_a_part_that_is_not_there_is_answered_with_those_that_are(
    contents: dict[str, bytes],
) -> None:
    with pytest.raises(ThindicatorsError, match=r"no indicator of call to action 9 and theme x\."):
        board_of(contents, Wanted(9, "x"))
    with pytest.raises(ThindicatorsError, match="aspiration, children, cohesion"):
        board_of(contents, Wanted(theme="wealth"))


def test_a_sample_says_so(board: Board) -> None:
    assert board.is_sample
    assert "sample" not in board.title


def test_the_release_has_the_same_files(tmp_path: Path, contents: dict[str, bytes]) -> None:
    for name in ("board-slides.pptx", "board-paper.docx"):
        assert (sample_release() / name).stat().st_size > 10_000
